// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a backend says of packets that it has taken (drivers/netfront/tx_done.c).
 * The input is the backend: it writes the ring's page, we send meanwhile. Each
 * packet ends once, and each reference goes one way.
 */
#include "fuzz_user.h"

#define netdev_get_tx_queue(dev, id) ((struct netdev_queue *)NULL)
#define netdev_tx_completed_queue(txq, packets, bytes) ((void)(txq))
#define u64_stats_update_begin(sync) ((void)(sync))
#define u64_stats_update_end(sync) ((void)(sync))
#define u64_stats_add(counter, n) (*(counter) += (n))

#include "../../../drivers/netfront/netfront.h"

#define AREA 4096

static struct xnf_queue queue;
static struct xnf_front front;
static struct sk_buff skbs[XNF_RING_SIZE];
static bool is_sent[XNF_RING_SIZE];
static u32 in_flight, parked;
static bool holds_on;

static void end_skb(struct sk_buff *skb)
{
	u32 i = skb - skbs;

	ALWAYS(i < XNF_RING_SIZE && is_sent[i]);
	is_sent[i] = false;
	in_flight--;
}

#define dev_kfree_skb_any(skb) end_skb(skb)
#define napi_consume_skb(skb, budget) ((void)(budget), end_skb(skb))
#define get_page(page) ((void)(page))
#define __free_page(page) ((void)(page))

int xpv_gnttab_revoke(xpv_gref_t ref)
{
	return holds_on ? -EBUSY : 0;
}

void xpv_gnttab_pool_park(struct xpv_gnttab_pool *pool, xpv_gref_t ref,
			  struct page *page)
{
	parked++;
}

void xnf_queue_fault(struct xnf_queue *q, const char *fmt, ...)
{
	set_bit(XNF_BROKEN, &q->flags);
}

void xnf_tx_wake(struct xnf_queue *q)
{
}

#include "../../../drivers/netfront/tx_done.c"

static void put(u16 id)
{
	const union xnf_tx_req req = { .data.id = id };

	xnf_tx_ring_put(&queue.tx.ring, &req);
}

static struct sk_buff *new_skb(u32 nr_slots)
{
	u32 i;

	/* A packet has a slot at least, so there is one. */
	for (i = 0; is_sent[i]; i++)
		ALWAYS(i < XNF_RING_SIZE - 1);
	is_sent[i] = true;
	in_flight++;
	memset(skbs[i].cb, 0, sizeof(skbs[i].cb));
	xnf_tx_cb(&skbs[i])->slots = nr_slots;
	return &skbs[i];
}

/* One packet of @slots slots, and an extra one for each other packet. */
static void send(u32 slots)
{
	struct xnf_tx *tx = &queue.tx;
	struct sk_buff *skb;
	u32 i;

	if (xnf_tx_room(tx) < slots + 1 || xnf_queue_broken(&queue))
		return;
	skb = new_skb(slots);
	for (i = 0; i < slots; i++) {
		u16 id = tx->ids[tx->ids_taken++ % XNF_RING_SIZE];

		ALWAYS(!tx->slots[id].in_flight && !tx->slots[id].skb);
		tx->slots[id].skb = skb;
		/* The first slot of a packet is not lent by itself. */
		tx->slots[id].page = i ? (struct page *)skb : NULL;
		tx->slots[id].in_flight = true;
		put(id);
	}
	if (slots & 1) {
		tx->extras++;
		put(0);
	}
	(void)xpv_ring_publish(&tx->ring);
}

static void init(u8 *area)
{
	struct xnf_tx *tx = &queue.tx;
	u32 id;

	memset(&queue, 0, sizeof(queue));
	memset(is_sent, 0, sizeof(is_sent));
	queue.front = &front;
	queue.tx.channel = &queue.channels[0];
	in_flight = 0;
	parked = 0;
	holds_on = false;
	xnf_tx_ring_init(&tx->ring, area, AREA);
	tx->ids_given = XNF_RING_SIZE;
	for (id = 0; id < XNF_RING_SIZE; id++)
		tx->ids[id] = id;
}

/* Answers that are nearly right: the next index, an id that may be in flight. */
static void answer(struct input *in, struct xpv_ring_shared *peer)
{
	struct xen_netif_tx_response rsp;
	u8 how = input_byte(in);

	input_take(in, &rsp, sizeof(rsp));
	if (how & 1)
		rsp.id &= XNF_RING_SIZE - 1;
	if (how & 2)
		rsp.status = how & 4 ? XEN_NETIF_RSP_NULL : XEN_NETIF_RSP_OKAY;
	memcpy(peer->slots + (peer->rsp_prod & 0xff) * sizeof(union xnf_tx_ring_slot),
	       &rsp, sizeof(rsp));
	if (how & 0x80)
		peer->rsp_prod = input_u32(in);
	else
		peer->rsp_prod++;
	holds_on = (how & 0x70) == 0x70;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 *area = calloc(1, AREA);

	if (!area)
		abort();
	init(area);
	while (in.len && !xnf_queue_broken(&queue)) {
		u8 burst = input_byte(&in);

		send(1 + burst % XNF_PACKET_SLOTS);
		for (burst >>= 5; burst; burst--)
			answer(&in, (struct xpv_ring_shared *)area);
		xnf_tx_poll(&queue, 64);
		(void)xnf_tx_arm(&queue);
	}
	/* Whatever it was told, all packets end. */
	xnf_tx_drain(&queue);
	ALWAYS(!in_flight);
	free(area);
	return 0;
}
