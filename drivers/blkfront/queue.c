// SPDX-License-Identifier: GPL-2.0-only
/*
 * A queue's life: its ring, slots, grants and doorbell are made when the
 * backend waits for us, and freed when it has let go. In between it is shut
 * (nothing is put on the ring any more), drained if the backend still answers,
 * and aborted: each step may be done again and does nothing then.
 */
#include <linux/blk-mq.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include "blkfront.h"

/*
 * Pages that a disk lends for data at a time: 4 MiB in flight, divided among its
 * queues. Reserving for the largest request in every slot would take 64 times the
 * slots, and a few disks would then empty the grant table of a guest (by default
 * 64 frames of 512 grants).
 */
#define DATA_REFS 1024
static_assert(DATA_REFS / XBF_QUEUES_MAX >= XBF_SEGMENTS_MAX);

/* How long a backend that still answers has to answer what is in flight. */
#define DRAIN_SECONDS 5

/**
 * xbf_queue_depth - requests that can be with the peer
 * @q: queue
 *
 * Context: any.
 * Return: number of slots.
 */
unsigned int xbf_queue_depth(const struct xbf_queue *q)
{
	return q->ring.size;
}

static int create_ring(struct xbf_queue *q, unsigned int order)
{
	int err;

	err = xpv_gnttab_share(&q->area, 1U << order, q->dev->xdev->peer);
	if (err)
		return err;
	xbf_ring_init(&q->ring, q->area.addr,
		      (size_t)q->area.nr_pages * PAGE_SIZE);
	return 0;
}

static int create_slots(struct xbf_queue *q)
{
	unsigned int i;

	q->slots = kvcalloc(xbf_queue_depth(q), sizeof(*q->slots), GFP_KERNEL);
	if (!q->slots)
		return -ENOMEM;
	for (i = 0; i < xbf_queue_depth(q); i++)
		q->slots[i].wire.u.rw.id = i;
	return 0;
}

/* Without them, too, it is a disk: of small requests. */
static void create_tables(struct xbf_queue *q, unsigned int max_segments)
{
	q->max_segments = XBF_SEGMENTS;
	if (max_segments <= XBF_SEGMENTS ||
	    xpv_gnttab_share(&q->tables, XBF_TABLES, q->dev->xdev->peer))
		return;
	q->max_segments = min_t(unsigned int, max_segments, XBF_SEGMENTS_MAX);
	q->free_tables = GENMASK(XBF_TABLES - 1, 0);
}

static void queue_init(struct xbf_device *dev, unsigned int id)
{
	struct xbf_queue *q = &dev->queues[id];

	q->dev = dev;
	q->id = id;
	snprintf(q->name, sizeof(q->name), "%s-q%u", dev->vdev.name, id);
	init_llist_head(&q->returned);
	init_waitqueue_head(&q->idle);
	tasklet_setup(&q->poll, xbf_poll);
	timer_setup(&q->linger, xbf_linger, 0);
	spin_lock_init(&q->lock);
	spin_lock_init(&q->rsp_lock);
}

/* The channel comes last: its handler needs all the rest. */
static int queue_create(struct xbf_queue *q, unsigned int ring_order,
			unsigned int max_segments, unsigned int data_refs)
{
	int err;

	err = create_ring(q, ring_order);
	if (err)
		return err;
	err = create_slots(q);
	if (err)
		goto err_unshare;
	create_tables(q, max_segments);
	err = xbf_grants_create(&q->grants,
				min(xbf_queue_depth(q) * q->max_segments,
				    data_refs),
				q->dev->xdev->peer);
	if (err)
		goto err_unshare_tables;
	err = xpv_evtchn_open(&q->evtchn, q->dev->xdev->peer, xbf_interrupt,
			      q->name, q);
	if (err)
		goto err_destroy_grants;
	return 0;

err_destroy_grants:
	xbf_grants_destroy(&q->grants);
err_unshare_tables:
	xpv_gnttab_unshare(&q->tables);
	kvfree(q->slots);
err_unshare:
	xpv_gnttab_unshare(&q->area);
	return err;
}

/*
 * An aborted queue's handler, tasklet and timer look at nothing, and do not end the
 * interrupt nor begin again, so the tasklet may run after the channel is closed. But
 * one that had looked before may be about to end it.
 */
static void queue_destroy(struct xbf_queue *q)
{
	xbf_queue_abort(q);
	tasklet_kill(&q->poll);
	xpv_evtchn_close(&q->evtchn);
	tasklet_kill(&q->poll);
	timer_delete_sync(&q->linger);
	spin_lock_irq(&q->lock);
	xbf_queue_reclaim_locked(q);
	spin_unlock_irq(&q->lock);
	xbf_grants_destroy(&q->grants);
	xpv_gnttab_unshare(&q->tables);
	kvfree(q->slots);
	xpv_gnttab_unshare(&q->area);
}

/* Return: the number of those that could be made; -errno if there is none. */
static int create_all(struct xbf_device *dev, unsigned int nr,
		      unsigned int ring_order, unsigned int max_segments)
{
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		queue_init(dev, i);
		err = queue_create(&dev->queues[i], ring_order, max_segments,
				   DATA_REFS / nr);
		if (err)
			break;
	}
	if (i == nr)
		return nr;
	dev_err(dev->xdev->dev,
		"%s: has %u of %u queues, each a ring of %u pages with grants and a doorbell: error %d\n",
		dev->vdev.name, i, nr, 1U << ring_order, err);
	return i ? (int)i : err;
}

/**
 * xbf_queues_create - make all queues of a device
 * @dev: device without queues
 * @nr: how many, up to XBF_QUEUES_MAX; where grants or ports have run out, those
 *	there are will do
 * @ring_order: of the number of pages in each ring
 * @max_segments: that the backend takes in a request; the number it gets may be
 *	smaller
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; the reason is told.
 */
int xbf_queues_create(struct xbf_device *dev, unsigned int nr,
		      unsigned int ring_order, unsigned int max_segments)
{
	int made;

	dev->queues = kcalloc(nr, sizeof(*dev->queues), GFP_KERNEL);
	if (!dev->queues)
		return -ENOMEM;
	made = create_all(dev, nr, ring_order, max_segments);
	if (made < 0) {
		xbf_queues_destroy(dev);
		return made;
	}
	dev->nr_queues = made;
	return 0;
}

/**
 * xbf_queues_max_segments - how large a request may be, whichever queue it goes by
 * @dev: device with queues
 *
 * Context: any.
 * Return: segments.
 */
unsigned int xbf_queues_max_segments(const struct xbf_device *dev)
{
	unsigned int i, most = XBF_SEGMENTS_MAX;

	for (i = 0; i < dev->nr_queues; i++)
		most = min(most, dev->queues[i].max_segments);
	return most;
}

/**
 * xbf_queues_destroy - free all queues
 * @dev: device, its disk gone
 *
 * Context: process, may sleep.
 */
void xbf_queues_destroy(struct xbf_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->nr_queues; i++)
		queue_destroy(&dev->queues[i]);
	kfree(dev->queues);
	dev->queues = NULL;
	dev->nr_queues = 0;
}

/**
 * xbf_queues_persist - agree that the backend may keep pages mapped
 * @dev: device with queues, without a disk
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM; the reason is told.
 */
int xbf_queues_persist(struct xbf_device *dev)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < dev->nr_queues; i++)
		err = xbf_grants_persist(&dev->queues[i].grants);
	if (err)
		xpv_bus_fatal(dev->xdev, err, "%s: no memory for a few pages",
			      dev->vdev.name);
	return err;
}

/* A peer that still answers is shown what was put already. */
static void queue_shut(struct xbf_queue *q)
{
	unsigned long flags;
	bool notify;

	spin_lock_irqsave(&q->lock, flags);
	notify = !q->down && !READ_ONCE(q->broken) &&
		 xpv_ring_publish(&q->ring);
	q->down = true;
	spin_unlock_irqrestore(&q->lock, flags);
	if (notify)
		xpv_evtchn_send(&q->evtchn);
}

/**
 * xbf_queues_shut - let no more requests in: they fail at once
 * @dev: device, with or without queues
 *
 * Context: any.
 */
void xbf_queues_shut(struct xbf_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->nr_queues; i++)
		queue_shut(&dev->queues[i]);
}

static bool is_idle(const struct xbf_queue *q)
{
	return READ_ONCE(q->broken) || !xpv_ring_in_flight(&q->ring);
}

/**
 * xbf_queues_drain - wait for what is in flight, some seconds at most
 * @dev: device, its queues shut
 *
 * Context: process, may sleep.
 */
void xbf_queues_drain(struct xbf_device *dev)
{
	unsigned long deadline = jiffies + DRAIN_SECONDS * HZ;
	struct xbf_queue *q;
	unsigned int i;
	long left;

	for (i = 0; i < dev->nr_queues; i++) {
		q = &dev->queues[i];
		left = max(0L, (long)(deadline - jiffies));
		if (!wait_event_timeout(q->idle, is_idle(q), left))
			dev_warn(dev->xdev->dev,
				 "%s: %u requests unanswered after %u s are given up\n",
				 dev->vdev.name, xpv_ring_in_flight(&q->ring),
				 DRAIN_SECONDS);
	}
}

static struct request *take_request(struct xbf_queue *q, struct xbf_slot *slot)
{
	struct request *rq;
	unsigned long flags;

	spin_lock_irqsave(&q->rsp_lock, flags);
	/* Pairs with smp_store_release() in put_locked(). */
	rq = smp_load_acquire(&slot->rq);
	if (rq) {
		slot->status = BLK_STS_IOERR;
		WRITE_ONCE(slot->rq, NULL);
	}
	spin_unlock_irqrestore(&q->rsp_lock, flags);
	return rq;
}

/**
 * xbf_queue_abort - fail all that is in flight, and what may come
 * @q: queue
 *
 * The ring is not used any more until the next connection. A request that the
 * peer answers at the same time ends once, one way or the other.
 *
 * Context: any.
 */
void xbf_queue_abort(struct xbf_queue *q)
{
	struct request *rq;
	unsigned int i;

	WRITE_ONCE(q->broken, true);
	/* No request enters a slot behind our back: put_locked() saw it down. */
	queue_shut(q);
	for (i = 0; i < xbf_queue_depth(q); i++) {
		rq = take_request(q, &q->slots[i]);
		if (rq)
			blk_mq_complete_request(rq);
	}
	wake_up(&q->idle);
}

/**
 * xbf_queues_abort - xbf_queue_abort() for all queues
 * @dev: device, with or without queues
 *
 * Context: any.
 */
void xbf_queues_abort(struct xbf_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->nr_queues; i++)
		xbf_queue_abort(&dev->queues[i]);
}

/**
 * xbf_queue_reclaim_locked - take back grants and tables of completed requests
 * @q: queue
 *
 * Before a slot is used again it has to be off the list: whoever puts a
 * request calls this first.
 *
 * Context: any; caller holds q->lock.
 */
void xbf_queue_reclaim_locked(struct xbf_queue *q)
{
	struct xbf_slot *slot, *next;
	struct llist_node *all;

	lockdep_assert_held(&q->lock);
	if (llist_empty(&q->returned))
		return;
	all = llist_del_all(&q->returned);
	llist_for_each_entry_safe(slot, next, all, returned) {
		while (slot->nr_grants)
			xbf_grants_put(&q->grants,
				       slot->grants[--slot->nr_grants]);
		if (slot->wire.operation == BLKIF_OP_INDIRECT)
			__set_bit(slot->table, &q->free_tables);
	}
}
