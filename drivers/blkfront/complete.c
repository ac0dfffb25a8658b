// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a request: its grants are revoked, and only then the block layer
 * gets its pages back. Pages that the peer will not let go of are kept from
 * being freed (parked). Where grants are persistent, what was read is copied
 * instead. And the clock of a request that the peer does not answer.
 */
#include <linux/jiffies.h>
#include "blkfront.h"

static void park(struct xbf_queue *q, u16 index)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	xbf_grants_park(&q->grants, index);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* Return: whether all could be revoked. */
static bool revoke(struct xbf_queue *q, struct xbf_slot *slot)
{
	unsigned int i, kept = 0;

	for (i = 0; i < slot->nr_grants; i++) {
		u16 index = slot->grants[i];

		if (likely(!xpv_gnttab_revoke(q->grants.all[index].ref)))
			slot->grants[kept++] = index;
		else
			park(q, index);
	}
	slot->nr_grants = kept;
	return kept == i;
}

/**
 * xbf_end_access - a request's pages are the peer's no more
 * @q: queue
 * @slot: of a request that the peer does not have, or not any more
 *
 * Persistent: it may go on to use them, but they are not the request's.
 *
 * Context: any, without locks.
 * Return: false when the peer still maps some of them.
 */
bool xbf_end_access(struct xbf_queue *q, struct xbf_slot *slot)
{
	bool all;

	if (!slot->nr_grants)
		return true;
	all = q->grants.persistent || revoke(q, slot);
	/* Before the tag is free: see xbf_queue_reclaim_locked(). */
	llist_add(&slot->returned, &q->returned);
	return all;
}

/*
 * A peer that answers and yet maps the pages could change data after it was
 * checked. When the queue was broken before, it was not asked to unmap.
 */
static void breach_mapped(struct xbf_queue *q, unsigned int tag)
{
	if (READ_ONCE(q->broken))
		return;
	xpv_bus_fatal(q->dev->xdev, -EPROTO,
		      "%s: backend %u answered request %u and still maps its pages",
		      q->dev->vdev.name, xpv_domid_raw(q->dev->xdev->peer),
		      tag);
	xbf_queue_abort(q);
}

/**
 * xbf_complete_rq - end a request that was taken out of its slot
 * @rq: request
 *
 * Context: softirq or hard interrupt, without locks.
 */
void xbf_complete_rq(struct request *rq)
{
	struct xbf_queue *q = rq->mq_hctx->driver_data;
	struct xbf_slot *slot = &q->slots[rq->tag];
	blk_status_t status = slot->status;

	if (q->grants.persistent && slot->operation == BLKIF_OP_READ && !status)
		xbf_copy_in(q, slot, rq);
	if (unlikely(!xbf_end_access(q, slot))) {
		breach_mapped(q, rq->tag);
		status = BLK_STS_IOERR;
	}
	blk_mq_end_request(rq, status);
}

static void tell_slow(struct xbf_queue *q, struct request *rq,
		      unsigned int seconds)
{
	if (READ_ONCE(q->slow))
		return;
	WRITE_ONCE(q->slow, true);
	dev_warn(q->dev->xdev->dev,
		 "%s: backend %u has not answered request %d (sector %llu) for %u s\n",
		 q->dev->vdev.name, xpv_domid_raw(q->dev->xdev->peer), rq->tag,
		 (u64)blk_rq_pos(rq), seconds);
}

static void give_up(struct xbf_queue *q, struct request *rq,
		    unsigned int seconds)
{
	xpv_bus_fatal(q->dev->xdev, -ETIMEDOUT,
		      "%s: backend %u has not answered request %d (sector %llu) for %u s",
		      q->dev->vdev.name, xpv_domid_raw(q->dev->xdev->peer),
		      rq->tag, (u64)blk_rq_pos(rq), seconds);
	xbf_queue_abort(q);
}

/*
 * The answer may be there, and only its event got lost. A look that finds nothing
 * counts, too: the peer may have the ring look full each time, and empty then.
 */
static void reap_all(struct xbf_queue *q)
{
	unsigned int taken, looks = xbf_queue_depth(q);

	while (looks && xbf_reap(q, &taken) > 0)
		looks--;
}

/**
 * xbf_timeout_rq - a request is not answered
 * @rq: request
 *
 * A slow backend is not a broken one, and what it was given to read and write
 * cannot be taken back from it alone. So it is told first, and after
 * request_timeout the whole connection ends.
 *
 * Context: process.
 * Return: BLK_EH_DONE when this has ended the request; otherwise, and when
 * somebody else has just done so or is about to put it, BLK_EH_RESET_TIMER.
 */
enum blk_eh_timer_return xbf_timeout_rq(struct request *rq)
{
	struct xbf_queue *q = rq->mq_hctx->driver_data;
	unsigned long limit = xbf_request_timeout();
	int tag = READ_ONCE(rq->tag);
	struct xbf_slot *slot;
	unsigned long age;

	/* One that is answered just now may have given back its tag. */
	if (tag < 0)
		return BLK_EH_RESET_TIMER;
	slot = &q->slots[tag];
	reap_all(q);
	if (READ_ONCE(slot->rq) != rq)
		return BLK_EH_RESET_TIMER;
	age = jiffies - slot->since;
	if (!limit || age < limit) {
		tell_slow(q, rq, age / HZ);
		return BLK_EH_RESET_TIMER;
	}
	give_up(q, rq, age / HZ);
	return BLK_EH_DONE;
}
