// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the block layer to the ring. Under the queue's lock a request claims grants;
 * without it, it is described, and its pages are granted or copied; under the lock it
 * is put. The doorbell, which traps into the hypervisor, is rung after the lock, once
 * for all requests that the block layer hands over in a row.
 */
#include <linux/jiffies.h>
#include "blkfront.h"

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
	/* An admin may call the cache "write back" where there is no flush. */
	if (unlikely(!flush_op))
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

/* The caller has seen that there is one. */
static void claim_table_locked(struct xbf_queue *q, struct xbf_slot *slot)
{
	lockdep_assert_held(&q->lock);
	slot->table = __ffs(q->free_tables);
	__clear_bit(slot->table, &q->free_tables);
	slot->wire.operation = BLKIF_OP_INDIRECT;
}

static blk_status_t claim_locked(struct xbf_queue *q, struct xbf_slot *slot,
				 unsigned int nr)
{
	bool indirect = nr > XBF_SEGMENTS;

	lockdep_assert_held(&q->lock);
	/* First: what is parked by then may never come back. */
	if (unlikely(q->down))
		return BLK_STS_IOERR;
	/* A slot that is still on that list is not to be touched. */
	xbf_queue_reclaim_locked(q);
	/* The block layer comes back when a request ends, or in a while. */
	if (unlikely(indirect && !q->free_tables))
		return BLK_STS_RESOURCE;
	if (unlikely(xbf_grants_claim(&q->grants, nr, slot->grants)))
		return BLK_STS_RESOURCE;
	slot->nr_grants = nr;
	slot->wire.operation = slot->operation;
	if (indirect)
		claim_table_locked(q, slot);
	return BLK_STS_OK;
}

/* What a request needs is its own from here on, until its access is ended. */
static blk_status_t claim(struct xbf_queue *q, struct xbf_slot *slot,
			  unsigned int nr)
{
	unsigned long flags;
	blk_status_t status;

	spin_lock_irqsave(&q->lock, flags);
	status = claim_locked(q, slot, nr);
	spin_unlock_irqrestore(&q->lock, flags);
	return status;
}

/* Return: where its segments have to be described: in the request itself. */
static struct blkif_request_segment *
head_direct(const struct xbf_queue *q, struct xbf_slot *slot,
	    struct request *rq)
{
	struct blkif_request_rw *rw = &slot->wire.u.rw;

	rw->nr_segments = slot->nr_grants;
	rw->handle = q->dev->handle;
	/* A flush is of no place. */
	rw->sector_number = slot->nr_grants ? blk_rq_pos(rq) : 0;
	return rw->seg;
}

/* Return: the same: in a table. */
static struct blkif_request_segment *
head_indirect(const struct xbf_queue *q, struct xbf_slot *slot,
	      struct request *rq)
{
	struct blkif_request_indirect *head = &slot->wire.u.indirect;

	head->indirect_op = slot->operation;
	head->nr_segments = slot->nr_grants;
	head->handle = q->dev->handle;
	head->sector_number = blk_rq_pos(rq);
	head->indirect_grefs[0] = xpv_gref_raw(q->tables.refs[slot->table]);
	return page_address(q->tables.pages[slot->table]);
}

/* The peer writes what we read, and only that. */
static void grant_in_place(struct xbf_queue *q, struct xbf_slot *slot,
			   const struct xbf_pieces *pieces)
{
	enum xpv_gnttab_access access = XPV_GNTTAB_RO;
	struct xbf_grant *grant;
	unsigned int i;

	if (slot->operation == BLKIF_OP_READ)
		access = XPV_GNTTAB_RW;
	for (i = 0; i < slot->nr_grants; i++) {
		grant = &q->grants.all[slot->grants[i]];
		grant->page = pieces->segs[i].page;
		xpv_gnttab_grant(grant->ref, q->grants.peer, grant->page,
				 access);
	}
}

/* Writes the request, and gives the peer access to its data. */
static void fill(struct xbf_queue *q, struct xbf_slot *slot,
		 struct request *rq, const struct xbf_pieces *pieces)
{
	struct blkif_request_segment *out;
	unsigned int i;

	if (slot->wire.operation == BLKIF_OP_INDIRECT)
		out = head_indirect(q, slot, rq);
	else
		out = head_direct(q, slot, rq);
	for (i = 0; i < slot->nr_grants; i++) {
		out[i].gref = xpv_gref_raw(q->grants.all[slot->grants[i]].ref);
		out[i].first_sect = pieces->segs[i].first;
		out[i].last_sect = pieces->segs[i].last;
	}
	if (!q->grants.persistent)
		grant_in_place(q, slot, pieces);
	else if (slot->operation == BLKIF_OP_WRITE)
		xbf_copy_out(q, slot, pieces);
}

/* As many tags as slots: there is room on the ring. */
static int put_locked(struct xbf_queue *q, struct xbf_slot *slot,
		      struct request *rq)
{
	lockdep_assert_held(&q->lock);
	/* Since it was claimed. */
	if (unlikely(q->down))
		return -ESHUTDOWN;
	slot->since = jiffies;
	xbf_ring_put(&q->ring, &slot->wire);
	/*
	 * From here on the peer has it: a hostile one answers before it was
	 * shown the request, and the request may be gone by our next line.
	 * Pairs with smp_load_acquire() in accept_locked(), take_request().
	 */
	smp_store_release(&slot->rq, rq);
	return 0;
}

static blk_status_t put(struct xbf_queue *q, struct xbf_slot *slot,
			struct request *rq, bool last)
{
	bool notify = false;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&q->lock, flags);
	err = put_locked(q, slot, rq);
	if (likely(!err) && last)
		notify = xpv_ring_publish(&q->ring);
	spin_unlock_irqrestore(&q->lock, flags);

	if (notify)
		xpv_evtchn_send(&q->evtchn);
	if (likely(!err))
		return BLK_STS_OK;
	/* The peer was told of none of its grants, but may have guessed. */
	(void)xbf_end_access(q, slot);
	return BLK_STS_IOERR;
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
	/* The request may be gone, and @bd with it, once it is put. */
	bool last = bd->last;
	blk_status_t status;

	status = describe(q, slot, rq, &pieces);
	if (unlikely(status))
		return status;
	status = claim(q, slot, pieces.nr);
	if (unlikely(status))
		return status;
	blk_mq_start_request(rq);
	fill(q, slot, rq, &pieces);
	return put(q, slot, rq, last);
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
