// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the block layer to the ring. A request's data is cut into pieces first,
 * without a lock; under the queue's lock it is described, its pages are granted
 * and it is put; the doorbell, which traps into the hypervisor, is rung after the
 * lock, once for all requests that the block layer hands over in a row.
 */
#include <linux/jiffies.h>
#include "blkfront.h"

/**
 * xbf_gather - cut a request's data at page boundaries
 * @q: queue, for its limit
 * @rq: request
 * @pieces: filled, in order
 *
 * The same request gives the same pieces each time until it is completed.
 *
 * Context: any.
 * Return: 0, -EINVAL when there is none, or one is not of whole sectors, -E2BIG
 * when there are more than the queue's limits allow.
 */
int xbf_gather(const struct xbf_queue *q, struct request *rq,
	       struct xbf_pieces *pieces)
{
	struct xbf_segment *seg = NULL;
	struct req_iterator iter;
	struct bio_vec bv;
	u8 first;

	pieces->nr = 0;
	rq_for_each_segment(bv, rq, iter) {
		if ((bv.bv_offset | bv.bv_len) & (SECTOR_SIZE - 1))
			return -EINVAL;
		first = bv.bv_offset >> SECTOR_SHIFT;
		/* Halves of a page may come in two bios of a merged request. */
		if (!seg || seg->page != bv.bv_page || seg->last + 1 != first) {
			if (pieces->nr == q->max_segments)
				return -E2BIG;
			seg = &pieces->segs[pieces->nr++];
			seg->page = bv.bv_page;
			seg->first = first;
		}
		seg->last = first + (bv.bv_len >> SECTOR_SHIFT) - 1;
	}
	return pieces->nr ? 0 : -EINVAL;
}

static blk_status_t describe_data(struct xbf_queue *q, struct xbf_slot *slot,
				  struct request *rq, struct xbf_pieces *pieces)
{
	int err = xbf_gather(q, rq, pieces);

	if (unlikely(err)) {
		pr_warn_ratelimited("xpv-blkfront: %s: a buffer is not of whole sectors, or in too many pieces: error %d\n",
				    rq->q->disk->disk_name, err);
		return BLK_STS_IOERR;
	}
	slot->operation = rq_data_dir(rq) == WRITE ? BLKIF_OP_WRITE :
						     BLKIF_OP_READ;
	return BLK_STS_OK;
}

static blk_status_t describe_flush(struct xbf_slot *slot, u8 flush_op,
				   struct xbf_pieces *pieces)
{
	if (WARN_ON_ONCE(!flush_op))
		return BLK_STS_NOTSUPP;
	slot->operation = flush_op;
	pieces->nr = 0;
	return BLK_STS_OK;
}

/* Touches nothing in the slot that xbf_queue_reclaim_locked() may look at. */
static blk_status_t describe(struct xbf_queue *q, struct xbf_slot *slot,
			     struct request *rq, struct xbf_pieces *pieces)
{
	switch (req_op(rq)) {
	case REQ_OP_READ:
	case REQ_OP_WRITE:
		return describe_data(q, slot, rq, pieces);
	case REQ_OP_FLUSH:
		return describe_flush(slot, q->dev->flush_op, pieces);
	default:
		return BLK_STS_NOTSUPP;
	}
}

/* Return: where its segments have to be described: in the request itself. */
static struct blkif_request_segment *
head_direct(const struct xbf_queue *q, struct xbf_slot *slot,
	    struct request *rq, unsigned int nr)
{
	struct blkif_request_rw *rw = &slot->wire.u.rw;

	slot->wire.operation = slot->operation;
	rw->nr_segments = nr;
	rw->handle = q->dev->handle;
	/* A flush is of no place. */
	rw->sector_number = nr ? blk_rq_pos(rq) : 0;
	return rw->seg;
}

/* Return: the same: in a table. The caller has seen that there is one. */
static struct blkif_request_segment *
head_indirect_locked(struct xbf_queue *q, struct xbf_slot *slot,
		     struct request *rq, unsigned int nr)
{
	struct blkif_request_indirect *head = &slot->wire.u.indirect;

	lockdep_assert_held(&q->lock);
	slot->table = __ffs(q->free_tables);
	__clear_bit(slot->table, &q->free_tables);
	slot->wire.operation = BLKIF_OP_INDIRECT;
	head->indirect_op = slot->operation;
	head->nr_segments = nr;
	head->handle = q->dev->handle;
	head->sector_number = blk_rq_pos(rq);
	head->indirect_grefs[0] = xpv_gref_raw(q->tables.refs[slot->table]);
	return page_address(q->tables.pages[slot->table]);
}

/* The peer writes what we read, and only that. */
static void grant_locked(struct xbf_queue *q, struct xbf_slot *slot,
			 const struct xbf_pieces *pieces,
			 struct blkif_request_segment *out)
{
	enum xpv_gnttab_access access = XPV_GNTTAB_RO;
	unsigned int i;

	lockdep_assert_held(&q->lock);
	if (slot->operation == BLKIF_OP_READ)
		access = XPV_GNTTAB_RW;
	for (i = 0; i < pieces->nr; i++) {
		const struct xbf_segment *seg = &pieces->segs[i];

		/* The caller has seen that there are enough. */
		if (WARN_ON_ONCE(xpv_gnttab_pool_take(&q->pool,
						      &slot->refs[i])))
			return;
		slot->nr_refs++;
		xpv_gnttab_grant(slot->refs[i], q->dev->xdev->peer, seg->page,
				 access);
		out[i].gref = xpv_gref_raw(slot->refs[i]);
		out[i].first_sect = seg->first;
		out[i].last_sect = seg->last;
	}
}

static bool has_room_locked(const struct xbf_queue *q, unsigned int nr)
{
	lockdep_assert_held(&q->lock);
	return q->pool.free >= nr && (nr <= XBF_SEGMENTS || q->free_tables);
}

/* As many tags as slots: there is room on the ring. */
static blk_status_t put_locked(struct xbf_queue *q, struct xbf_slot *slot,
			       struct request *rq,
			       const struct xbf_pieces *pieces)
{
	struct blkif_request_segment *out;

	lockdep_assert_held(&q->lock);
	if (unlikely(q->down))
		return BLK_STS_IOERR;
	xbf_queue_reclaim_locked(q);
	/* The block layer comes back when a request ends, or in a while. */
	if (unlikely(!has_room_locked(q, pieces->nr)))
		return BLK_STS_RESOURCE;

	if (pieces->nr > XBF_SEGMENTS)
		out = head_indirect_locked(q, slot, rq, pieces->nr);
	else
		out = head_direct(q, slot, rq, pieces->nr);
	grant_locked(q, slot, pieces, out);
	slot->since = jiffies;
	xbf_ring_put(&q->ring, &slot->wire);
	/*
	 * From here on the peer has it: a hostile one answers before it was
	 * shown the request, and the request may be gone by our next line.
	 * Pairs with smp_load_acquire() in accept_locked(), take_request().
	 */
	smp_store_release(&slot->rq, rq);
	return BLK_STS_OK;
}

/**
 * xbf_queue_rq - put a request on the ring
 * @hctx: its driver data is the queue
 * @bd: request, and whether it is the last for now
 *
 * Context: process or softirq, as the block layer likes.
 * Return: BLK_STS_OK, BLK_STS_RESOURCE to have it come again, or how the
 * request ends.
 */
blk_status_t xbf_queue_rq(struct blk_mq_hw_ctx *hctx,
			  const struct blk_mq_queue_data *bd)
{
	struct xbf_queue *q = hctx->driver_data;
	struct request *rq = bd->rq;
	struct xbf_slot *slot = &q->slots[rq->tag];
	struct xbf_pieces pieces;
	bool last = bd->last, notify = false;
	unsigned long flags;
	blk_status_t status;

	status = describe(q, slot, rq, &pieces);
	if (unlikely(status))
		return status;
	blk_mq_start_request(rq);

	spin_lock_irqsave(&q->lock, flags);
	status = put_locked(q, slot, rq, &pieces);
	if (likely(!status) && last)
		notify = xpv_ring_publish(&q->ring);
	spin_unlock_irqrestore(&q->lock, flags);

	if (notify)
		xpv_evtchn_send(&q->evtchn);
	return status;
}

/**
 * xbf_commit_rqs - show the peer what was put without being the last
 * @hctx: its driver data is the queue
 *
 * Context: as xbf_queue_rq().
 */
void xbf_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct xbf_queue *q = hctx->driver_data;
	unsigned long flags;
	bool notify;

	spin_lock_irqsave(&q->lock, flags);
	notify = !q->down && xpv_ring_publish(&q->ring);
	spin_unlock_irqrestore(&q->lock, flags);
	if (notify)
		xpv_evtchn_send(&q->evtchn);
}
