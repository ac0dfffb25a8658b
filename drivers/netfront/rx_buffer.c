// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers on the receive ring: pages from a page pool, granted whole and for
 * writing. NAPI's, and the bus's between two connections.
 *
 * What the peer can see in a granted page: a page new to the pool is zeroed. A
 * page that comes back to the pool has been written by this peer, and after
 * that only by those in the stack who change packets in place, such as a
 * tunnel that decrypts. A peer that is trusted with this guest's memory may
 * see that. One that is not needs the page zeroed again, in fill_slot().
 */
#include <compat/net/page_pool.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/timer.h>
#include "netfront.h"

/*
 * Buffers are given in batches. A peer that is faster than we are has used up
 * all, and asks for a doorbell with the next one: given one at a time, each
 * packet would cost a doorbell and an interrupt. It never waits for what is held
 * back: what it still has, some 200, is more than any packet needs.
 */
#define BATCH (XNF_RING_SIZE / 8)

/* How soon to look for memory again. */
#define RETRY_JIFFIES max(HZ / 50, 1)

static int fill_slot(struct xnf_queue *q, struct xnf_rx_slot *slot)
{
	struct page *page;

	page = page_pool_alloc_pages(q->rx.pages,
				     GFP_ATOMIC | __GFP_NOWARN | __GFP_ZERO);
	if (unlikely(!page))
		return -ENOMEM;
	slot->page = page;
	xpv_gnttab_grant(slot->ref, q->front->xdev->peer, page, XPV_GNTTAB_RW);
	return 0;
}

/*
 * Ring slots that may be given to the peer again: those of a packet that is
 * not complete yet still hold its data.
 */
static u32 slots_to_fill(const struct xnf_rx *rx)
{
	return xpv_ring_free(&rx->ring) - rx->packet.slots;
}

/**
 * xnf_rx_refill - give the peer a buffer for each free slot, if those are many
 * @q: queue
 *
 * A slot that kept its page is offered again as it is.
 *
 * Context: NAPI.
 */
void xnf_rx_refill(struct xnf_queue *q)
{
	struct xnf_rx *rx = &q->rx;
	u32 n = slots_to_fill(rx);

	if (n < BATCH)
		return;
	while (n--) {
		u32 index = rx->ring.req_prod % XNF_RING_SIZE;
		struct xnf_rx_slot *slot = &rx->slots[index];
		struct xen_netif_rx_request req = {
			.id = index,
			.gref = xpv_gref_raw(slot->ref),
		};

		if (!slot->page && unlikely(fill_slot(q, slot))) {
			xnf_rx_count(rx, starved, 1);
			mod_timer(&rx->retry, jiffies + RETRY_JIFFIES);
			break;
		}
		xnf_rx_ring_put(&rx->ring, &req);
	}
	if (xpv_ring_publish(&rx->ring)) {
		xnf_channel_ring(rx->channel);
		xnf_rx_count(rx, doorbells, 1);
	}
}

/*
 * Parts with a page that the peer holds on to. The pool gives a page up when
 * somebody else has a count on it, and that count is the parked one.
 */
static void park_slot(struct xnf_queue *q, struct xnf_rx_slot *slot)
{
	get_page(slot->page);
	page_pool_put_full_page(q->rx.pages, slot->page, false);
	xpv_gnttab_pool_park(&q->pool, slot->ref, slot->page);
	slot->ref = XPV_GREF_NONE;
	slot->page = NULL;
}

/**
 * xnf_rx_take_page - end the peer's access to a slot's page
 * @q: queue
 * @slot: ring slot
 *
 * Context: NAPI.
 * Return: the page, whose contents are stable now and which is the caller's;
 * NULL if the peer does not let go: the queue is broken.
 */
struct page *xnf_rx_take_page(struct xnf_queue *q, u32 slot)
{
	struct xnf_rx_slot *s = &q->rx.slots[slot];
	struct page *page = s->page;

	if (unlikely(xpv_gnttab_revoke(s->ref))) {
		park_slot(q, s);
		xnf_queue_fault(
			q, "rx response in slot %u, whose page is still in use",
			slot);
		return NULL;
	}
	s->page = NULL;
	return page;
}

/**
 * xnf_rx_drain - take back all buffers
 * @q: queue, NAPI not running
 *
 * Context: process.
 */
void xnf_rx_drain(struct xnf_queue *q)
{
	unsigned int i;

	for (i = 0; i < XNF_RING_SIZE; i++) {
		struct xnf_rx_slot *slot = &q->rx.slots[i];

		if (!slot->page)
			continue;
		if (xpv_gnttab_revoke(slot->ref)) {
			park_slot(q, slot);
			continue;
		}
		page_pool_put_full_page(q->rx.pages, slot->page, false);
		slot->page = NULL;
	}
}
