// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that the peer has taken: responses, revoked grants, ids given back.
 * Owns the consumer's half of struct xnf_tx, in NAPI; and all of it between two
 * connections.
 */
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "netfront.h"

/* What one poll got done. */
struct tally {
	unsigned int packets;
	unsigned int bytes;
	unsigned int errors;
	/* Those that failed too: the core's byte limit counts them all. */
	unsigned int all_packets;
	unsigned int all_bytes;
};

/*
 * Ends the peer's access to a slot. If the peer does not let go, page and
 * reference stay out of use together, and -EBUSY is returned.
 */
static int end_access(struct xnf_queue *q, struct xnf_tx_slot *slot)
{
	int err = slot->page ? xpv_gnttab_revoke(slot->ref) : 0;

	if (unlikely(err)) {
		/* The packet's count goes with it: the parked page needs one. */
		if (!slot->bounce)
			get_page(slot->page);
		xpv_gnttab_pool_park(&q->pool, slot->ref, slot->page);
		slot->ref = XPV_GREF_NONE;
	} else if (slot->bounce) {
		__free_page(slot->page);
	}
	slot->skb = NULL;
	slot->page = NULL;
	slot->bounce = false;
	return err;
}

static void finish_packet(struct sk_buff *skb, int budget, struct tally *tally)
{
	tally->all_packets++;
	tally->all_bytes += skb->len;
	if (unlikely(xnf_tx_cb(skb)->error)) {
		tally->errors++;
		dev_kfree_skb_any(skb);
		return;
	}
	tally->packets++;
	tally->bytes += skb->len;
	napi_consume_skb(skb, budget);
}

/* An extra slot is answered without an id; it can be counted, that is all. */
static int take_extra(struct xnf_queue *q)
{
	struct xnf_tx *tx = &q->tx;

	if (unlikely(tx->extras_done == READ_ONCE(tx->extras))) {
		xnf_queue_fault(
			q, "tx response for an extra slot that was not sent");
		return -EPROTO;
	}
	tx->extras_done++;
	return 0;
}

static int take_answer(struct xnf_queue *q, u16 id, bool error, int budget,
		       struct tally *tally)
{
	struct xnf_tx *tx = &q->tx;
	struct xnf_tx_slot *slot;
	struct sk_buff *skb;

	/* Pairs with the release in flush(): the slot is complete. */
	if (unlikely(id >= XNF_RING_SIZE ||
		     !smp_load_acquire(&tx->slots[id].in_flight))) {
		xnf_queue_fault(
			q, "tx response with id %u, which is not in flight",
			id);
		return -EPROTO;
	}
	slot = &tx->slots[id];
	slot->in_flight = false;
	skb = slot->skb;
	if (unlikely(error))
		xnf_tx_cb(skb)->error = true;
	if (unlikely(end_access(q, slot))) {
		xnf_tx_cb(skb)->error = true;
		xnf_queue_fault(
			q, "tx response with id %u, whose page is still in use",
			id);
	}
	if (!--xnf_tx_cb(skb)->slots)
		finish_packet(skb, budget, tally);
	if (xnf_queue_broken(q))
		return -EPROTO;
	tx->ids[tx->ids_given % XNF_RING_SIZE] = id;
	/* Pairs with the acquire in xnf_tx_room(). */
	smp_store_release(&tx->ids_given, tx->ids_given + 1);
	return 0;
}

static int take_response(struct xnf_queue *q, int budget, struct tally *tally)
{
	struct xen_netif_tx_response rsp;

	xnf_tx_ring_get(&q->tx.ring, &rsp);
	if (rsp.status == XEN_NETIF_RSP_NULL)
		return take_extra(q);
	return take_answer(q, rsp.id, rsp.status != XEN_NETIF_RSP_OKAY, budget,
			   tally);
}

static void book(struct xnf_queue *q, const struct tally *tally)
{
	struct xnf_tx_stats *stats = &q->tx.stats;

	u64_stats_update_begin(&stats->done_syncp);
	u64_stats_add(&stats->packets, tally->packets);
	u64_stats_add(&stats->bytes, tally->bytes);
	u64_stats_add(&stats->errors, tally->errors);
	u64_stats_update_end(&stats->done_syncp);
}

/**
 * xnf_tx_poll - take what the peer has answered
 * @q: queue
 * @budget: of the poll, 0 from netpoll
 *
 * At most as many responses as the ring has slots.
 *
 * Context: NAPI.
 */
void xnf_tx_poll(struct xnf_queue *q, int budget)
{
	struct tally tally = {};
	u32 avail;

	if (unlikely(xpv_ring_poll(&q->tx.ring, &avail))) {
		xnf_queue_fault(q, "more tx responses than requests");
		return;
	}
	if (!avail)
		return;
	xnf_channel_worked(q->tx.channel);
	while (avail-- && !take_response(q, budget, &tally))
		;
	book(q, &tally);
	netdev_tx_completed_queue(xnf_txq(q), tally.all_packets,
				  tally.all_bytes);
	if (!xnf_queue_broken(q))
		xnf_tx_wake(q);
}

/* More than this many answers are never waited for. */
#define ANSWERS_AT_ONCE (XNF_RING_SIZE / 4)

/**
 * xnf_tx_arm - ask for an interrupt, and look once more
 * @q: queue; all responses were taken
 *
 * Asks for it when three quarters of what is in flight are answered, and then of
 * the rest, and so on: the last packet is never left waiting, be it the only one,
 * nor is the core's byte limit. An interrupt for what was received finds most of
 * the answers before that.
 *
 * Context: NAPI.
 * Return: true when responses came in meanwhile.
 */
bool xnf_tx_arm(struct xnf_queue *q)
{
	u32 most = xpv_ring_in_flight(&q->tx.ring) * 3 / 4;

	return xpv_ring_arm(&q->tx.ring,
			    clamp_t(u32, most, 1, ANSWERS_AT_ONCE));
}

/**
 * xnf_tx_drain - free all that was never answered
 * @q: queue, neither xmit nor NAPI running
 *
 * Context: process.
 */
void xnf_tx_drain(struct xnf_queue *q)
{
	struct tally tally = {};
	unsigned int id;

	for (id = 0; id < XNF_RING_SIZE; id++) {
		struct xnf_tx_slot *slot = &q->tx.slots[id];
		struct sk_buff *skb = slot->skb;

		slot->in_flight = false;
		if (!skb)
			continue;
		/* A peer that vanished may well hold on to pages: no fault. */
		end_access(q, slot);
		xnf_tx_cb(skb)->error = true;
		if (!--xnf_tx_cb(skb)->slots)
			finish_packet(skb, 0, &tally);
	}
	book(q, &tally);
}
