// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues: what a connection needs for each, and the poll that both directions
 * share. Owns the flags of a queue; see netfront.h for who may
 * touch the rest.
 */
#include <compat/net/page_pool.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include "netfront.h"

/* One reference for each slot of either ring. */
#define REFS_PER_QUEUE (2 * XNF_RING_SIZE)

/**
 * xnf_queue_fault - the peer broke the protocol
 * @q: queue, of no use until the next connection
 * @fmt: what it did, and with which value
 *
 * Context: any.
 */
void xnf_queue_fault(struct xnf_queue *q, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (test_and_set_bit(XNF_BROKEN, &q->flags))
		return;
	va_start(args, fmt);
	vaf.va = &args;
	xpv_bus_fatal(q->front->xdev, -EPROTO,
		      "backend domain %u, queue %u: %pV",
		      xpv_domid_raw(q->front->xdev->peer), q->id, &vaf);
	va_end(args);
}

/*
 * Asks the peer to wake us, while the queue is still ours: another poll may
 * start as soon as this one is complete. An event that comes in between is
 * not lost, as the core then polls once more.
 */
static bool more_came_in(struct xnf_queue *q)
{
	bool tx = xnf_tx_arm(q);

	return xpv_ring_arm(&q->rx.ring, 1) || tx;
}

static int poll(struct napi_struct *napi, int budget)
{
	struct xnf_queue *q = container_of(napi, struct xnf_queue, napi);
	struct xnf_ends ends;
	int done = 0;

	if (!xnf_queue_broken(q))
		xnf_tx_poll(q, budget);
	if (budget && !xnf_queue_broken(q))
		done = xnf_rx_poll(q, budget);
	if (done >= budget)
		return budget;
	/* Without an end of its interrupt, a broken queue stays silent. */
	if (xnf_queue_broken(q)) {
		napi_complete_done(napi, done);
		return done;
	}
	if (more_came_in(q))
		return budget;
	ends = xnf_channels_take_ends(q);
	if (napi_complete_done(napi, done))
		xnf_channels_end(q, &ends);
	else
		xnf_channels_give_back(q, &ends);
	return done;
}

/**
 * xnf_queue_kick - poll soon, whether or not there was an interrupt
 * @q: queue; nothing happens while it is stopped
 *
 * Context: any but hard interrupt.
 */
void xnf_queue_kick(struct xnf_queue *q)
{
	/* The end of this section runs the poll if nothing else does. */
	local_bh_disable();
	napi_schedule(&q->napi);
	local_bh_enable();
}

static void retry(struct timer_list *timer)
{
	struct xnf_queue *q = container_of(timer, struct xnf_queue, rx.retry);

	napi_schedule(&q->napi);
}

static void init_queue(struct xnf_front *front, unsigned int id)
{
	struct xnf_queue *q = &front->queues[id];

	q->front = front;
	q->id = id;
	u64_stats_init(&q->tx.stats.syncp);
	u64_stats_init(&q->tx.stats.done_syncp);
	u64_stats_init(&q->rx.stats.syncp);
	timer_setup(&q->rx.retry, retry, 0);
	netif_napi_add(front->dev, &q->napi, poll);
}

/**
 * xnf_queues_create - allocate the queues of a device
 * @front: device
 * @nr: how many
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int xnf_queues_create(struct xnf_front *front, unsigned int nr)
{
	unsigned int id;

	front->queues = kvcalloc(nr, sizeof(*front->queues), GFP_KERNEL);
	if (!front->queues)
		return -ENOMEM;
	front->nr_queues = nr;
	for (id = 0; id < nr; id++)
		init_queue(front, id);
	return 0;
}

/**
 * xnf_queues_destroy - free the queues of a device
 * @front: device, its interface unregistered or never registered
 *
 * Context: process.
 */
void xnf_queues_destroy(struct xnf_front *front)
{
	struct xnf_queue *q;

	xnf_for_each_queue(q, front)
		netif_napi_del(&q->napi);
	kvfree(front->queues);
	front->queues = NULL;
	front->nr_queues = 0;
}

static int create_page_pool(struct xnf_queue *q)
{
	struct page_pool_params params = {
		.pool_size = XNF_RING_SIZE,
		.nid = NUMA_NO_NODE,
		.dev = q->front->xdev->dev,
	};
	struct page_pool *pages;

	xpv_page_pool_set_napi(&params, &q->napi);
	pages = page_pool_create(&params);
	if (IS_ERR(pages))
		return PTR_ERR(pages);
	q->rx.pages = pages;
	return 0;
}

static void unshare_all(struct xnf_queue *q)
{
	xpv_gnttab_unshare(&q->tx.heads);
	xpv_gnttab_unshare(&q->rx.area);
	xpv_gnttab_unshare(&q->tx.area);
}

static int share_all(struct xnf_queue *q)
{
	xpv_domid_t peer = q->front->xdev->peer;
	int err;

	err = xpv_gnttab_share(&q->tx.area, 1, peer);
	if (!err)
		err = xpv_gnttab_share(&q->rx.area, 1, peer);
	if (!err)
		err = xpv_gnttab_share(&q->tx.heads, XNF_TX_HEAD_PAGES, peer);
	if (err)
		unshare_all(q);
	return err;
}

static int take_refs(struct xnf_queue *q)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < XNF_RING_SIZE; i++) {
		err = xpv_gnttab_pool_take(&q->pool, &q->tx.slots[i].ref);
		if (!err)
			err = xpv_gnttab_pool_take(&q->pool,
						   &q->rx.slots[i].ref);
	}
	return err;
}

static void put_ref(struct xnf_queue *q, xpv_gref_t *ref)
{
	if (*ref != XPV_GREF_NONE)
		xpv_gnttab_pool_put(&q->pool, *ref);
	*ref = XPV_GREF_NONE;
}

static void put_refs(struct xnf_queue *q)
{
	unsigned int i;

	for (i = 0; i < XNF_RING_SIZE; i++) {
		put_ref(q, &q->tx.slots[i].ref);
		put_ref(q, &q->rx.slots[i].ref);
	}
}

/* All that a new connection must not find as the old one left it. */
static void reset(struct xnf_queue *q)
{
	struct xnf_tx *tx = &q->tx;
	struct xnf_rx *rx = &q->rx;
	unsigned int id;

	q->flags = 0;
	xnf_tx_ring_init(&tx->ring, tx->area.addr, PAGE_SIZE);
	xnf_rx_ring_init(&rx->ring, rx->area.addr, PAGE_SIZE);
	memset(&rx->packet, 0, sizeof(rx->packet));
	tx->ids_taken = 0;
	tx->ids_flushed = 0;
	tx->ids_given = XNF_RING_SIZE;
	tx->extras = 0;
	tx->extras_done = 0;
	tx->strikes = 0;
	for (id = 0; id < XNF_RING_SIZE; id++)
		tx->ids[id] = id;
}

/**
 * xnf_queue_connect - make all that a connection needs
 * @q: queue without connection
 * @split: with a channel for each direction
 *
 * Interrupts may come in from here on; polls do not run yet.
 *
 * Context: process.
 * Return: 0 or -errno, with nothing left behind.
 */
int xnf_queue_connect(struct xnf_queue *q, bool split)
{
	int err;

	err = share_all(q);
	if (err)
		return err;
	err = xpv_gnttab_pool_create(&q->pool, REFS_PER_QUEUE);
	if (err)
		goto err_unshare;
	err = take_refs(q);
	if (err)
		goto err_put_refs;
	err = create_page_pool(q);
	if (err)
		goto err_put_refs;
	reset(q);
	err = xnf_channels_open(q, split);
	if (err)
		goto err_destroy_pages;
	return 0;

err_destroy_pages:
	page_pool_destroy(q->rx.pages);
	q->rx.pages = NULL;
err_put_refs:
	put_refs(q);
	xpv_gnttab_pool_destroy(&q->pool);
err_unshare:
	unshare_all(q);
	return err;
}

/**
 * xnf_queue_disconnect - undo xnf_queue_connect()
 * @q: stopped queue
 *
 * Pages that the peer still uses are parked.
 *
 * Context: process.
 */
void xnf_queue_disconnect(struct xnf_queue *q)
{
	xnf_channels_close(q);
	xnf_tx_drain(q);
	xnf_rx_drain(q);
	netdev_tx_reset_queue(xnf_txq(q));
	page_pool_destroy(q->rx.pages);
	q->rx.pages = NULL;
	put_refs(q);
	xpv_gnttab_pool_destroy(&q->pool);
	unshare_all(q);
}

/**
 * xnf_queue_start - begin to move packets
 * @q: connected queue
 *
 * Context: process.
 */
void xnf_queue_start(struct xnf_queue *q)
{
	napi_enable(&q->napi);
	xnf_tx_open(q);
	/* Also tells the end of an interrupt that came in too early. */
	xnf_queue_kick(q);
}

/**
 * xnf_queue_stop - end to move packets
 * @q: started queue
 *
 * When it returns, nothing is put on the rings and no doorbell is rung.
 *
 * Context: process.
 */
void xnf_queue_stop(struct xnf_queue *q)
{
	xnf_tx_close(q);
	napi_disable(&q->napi);
	/* The last poll may have seen it open, and let it go on since. */
	netif_tx_stop_queue(xnf_txq(q));
	/* After the poll, which sets it; what it schedules does not run. */
	timer_delete_sync(&q->rx.retry);
}
