// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a block backend answers, and how it lies. A lie about the ring is the last
 * thing it says on a connection, so what the frontend does about it has no other
 * reason.
 */
#include <linux/bitmap.h>
#include "blk.h"

/**
 * xsim_blk_put - put an answer on the ring
 * @q: queue
 * @id: request's
 * @operation: request's
 * @status: BLKIF_RSP_*
 */
void xsim_blk_put(struct xsim_blk_queue *q, u64 id, u8 operation, s16 status)
{
	struct blkif_response rsp = {
		.id = id,
		.operation = operation,
		.status = status,
	};

	xsim_ring_put(&q->ring, &rsp, sizeof(rsp));
}

/* What answers repeat: as xen-blkback's, not that a request was indirect. */
static u8 op_of(const struct blkif_request *req)
{
	if (req->operation == BLKIF_OP_INDIRECT)
		return req->u.indirect.indirect_op;
	return req->operation;
}

static void put_honest(struct xsim_blk_queue *q,
		       const struct blkif_request *req, s16 status)
{
	u64 id = req->u.rw.id;

	xsim_blk_put(q, id, op_of(req), status);
	if (id < XSIM_BLK_IDS)
		__clear_bit(id, q->in_flight);
	q->answered = id;
	q->has_answered = true;
}

/* Shows what was put, rings in any case, and says no more. */
static void end(struct xsim_blk_queue *q)
{
	(void)xsim_ring_publish(&q->ring);
	q->dead = true;
	xsim_port_notify(q->port);
}

static void end_index(struct xsim_blk_queue *q, u32 ahead)
{
	q->ring.rsp_pvt += ahead;
	end(q);
}

/*
 * The frontend may have published more than we took: these have ids in use too.
 * The highest free one is the last that it will take, if it takes them in turn.
 */
static u64 idle_id(const struct xsim_blk_queue *q)
{
	u64 id = q->ring.size;

	while (id--) {
		if (!test_bit(id, q->in_flight))
			return id;
	}
	return 0;
}

static bool was_answered(const struct xsim_blk_queue *q)
{
	return q->has_answered && q->answered < XSIM_BLK_IDS &&
	       !test_bit(q->answered, q->in_flight);
}

static u32 ref_of(const struct blkif_request *req)
{
	return req->operation == BLKIF_OP_INDIRECT ?
		       req->u.indirect.indirect_grefs[0] :
		       req->u.rw.seg[0].gref;
}

static bool has_pages(const struct blkif_request *req)
{
	return req->operation <= BLKIF_OP_WRITE ||
	       req->operation == BLKIF_OP_INDIRECT;
}

/* Whether a lie makes sense for this answer; another one may come. */
static bool suits(const struct xsim_blk_queue *q, enum xsim_lie lie,
		  const struct blkif_request *req)
{
	switch (lie) {
	case XSIM_LIE_ID_TWICE:
		return was_answered(q);
	case XSIM_LIE_MAPPED:
		return has_pages(req);
	case XSIM_LIE_UNSUPPORTED:
		return req->operation == q->blk->flush_op;
	default:
		return true;
	}
}

static void lie_about_index(struct xsim_blk_queue *q, enum xsim_lie lie)
{
	if (lie == XSIM_LIE_INDEX)
		end_index(q, q->ring.size + 5);
	else
		end_index(q, 1);
}

static void lie_about_id(struct xsim_blk_queue *q, enum xsim_lie lie,
			 const struct blkif_request *req)
{
	u64 id = ~1ULL;

	if (lie == XSIM_LIE_ID_IDLE)
		id = idle_id(q);
	else if (lie == XSIM_LIE_ID_TWICE)
		id = q->answered;
	xsim_blk_put(q, id, op_of(req), BLKIF_RSP_OKAY);
	end(q);
}

static void lie_about_bells(struct xsim_blk_queue *q, enum xsim_lie lie,
			    const struct blkif_request *req, s16 status)
{
	unsigned int i;

	put_honest(q, req, status);
	if (lie == XSIM_LIE_MUTE) {
		(void)xsim_ring_publish(&q->ring);
		return;
	}
	for (i = 0; i < 1000; i++)
		xsim_port_notify(q->port);
}

static void keep_mapped(struct xsim_blk_queue *q,
			const struct blkif_request *req, s16 status)
{
	xsim_grant_unmap(&q->kept);
	xsim_grant_map(&q->kept, ref_of(req), true);
	put_honest(q, req, status);
	end(q);
}

static void tell(struct xsim_blk_queue *q, enum xsim_lie lie,
		 const struct xsim_blk_answer *answer)
{
	const struct blkif_request *req = &answer->req;

	switch (lie) {
	case XSIM_LIE_OPERATION:
		xsim_blk_put(q, req->u.rw.id, op_of(req) ^ 1,
			     answer->status);
		end(q);
		break;
	case XSIM_LIE_STATUS:
		xsim_blk_put(q, req->u.rw.id, op_of(req), 7);
		end(q);
		break;
	case XSIM_LIE_MAPPED:
		keep_mapped(q, req, answer->status);
		break;
	case XSIM_LIE_INDEX:
	case XSIM_LIE_JUMP:
		lie_about_index(q, lie);
		break;
	case XSIM_LIE_SILENCE:
		q->dead = true;
		break;
	case XSIM_LIE_MUTE:
	case XSIM_LIE_STORM:
		lie_about_bells(q, lie, req, answer->status);
		break;
	case XSIM_LIE_ERROR:
		put_honest(q, req, BLKIF_RSP_ERROR);
		break;
	case XSIM_LIE_UNSUPPORTED:
		put_honest(q, req, BLKIF_RSP_EOPNOTSUPP);
		break;
	default:
		lie_about_id(q, lie, req);
		break;
	}
}

/**
 * xsim_blk_answer - answer, or lie if it is time to
 * @q: queue
 * @answer: a request that was served
 */
void xsim_blk_answer(struct xsim_blk_queue *q,
		     const struct xsim_blk_answer *answer)
{
	struct xsim_lies *lies = &q->blk->back.lies;
	enum xsim_lie lie = xsim_lies_take(lies, XSIM_WAY_TX);

	if (lie != XSIM_LIE_NONE && !suits(q, lie, &answer->req)) {
		xsim_lies_postpone(lies, XSIM_WAY_TX, lie);
		lie = XSIM_LIE_NONE;
	}
	if (lie == XSIM_LIE_NONE)
		put_honest(q, &answer->req, answer->status);
	else
		tell(q, lie, answer);
}
