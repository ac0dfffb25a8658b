// SPDX-License-Identifier: GPL-2.0-only
/* The segments of a request: in the request itself, or in pages of their own. */
#include <linux/kernel.h>
#include <linux/string.h>
#include "blk.h"

#define SEGMENTS_PER_PAGE (PAGE_SIZE / sizeof(struct blkif_request_segment))

static int gather_direct(struct xsim_blk_queue *q,
			 const struct blkif_request *req, unsigned int *nr)
{
	*nr = req->u.rw.nr_segments;
	if (*nr > BLKIF_MAX_SEGMENTS_PER_REQUEST)
		return -EINVAL;
	memcpy(q->segs, req->u.rw.seg, *nr * sizeof(q->segs[0]));
	return 0;
}

static int gather_indirect(struct xsim_blk_queue *q,
			   const struct blkif_request *req, unsigned int *nr)
{
	unsigned int done, piece;
	int err;

	*nr = req->u.indirect.nr_segments;
	if (!*nr || *nr > q->blk->indirect)
		return -EINVAL;
	for (done = 0; done < *nr; done += piece) {
		u32 ref = req->u.indirect.indirect_grefs[done / SEGMENTS_PER_PAGE];

		piece = min_t(unsigned int, *nr - done, SEGMENTS_PER_PAGE);
		err = xsim_grant_read(ref, 0, &q->segs[done],
				      piece * sizeof(q->segs[0]));
		if (err)
			return err;
	}
	return 0;
}

/**
 * xsim_blk_gather - copy the segments of a request to @q->segs
 * @q: queue
 * @req: request
 * @nr: how many
 *
 * Return: 0 or -errno: there are none that can be used.
 */
int xsim_blk_gather(struct xsim_blk_queue *q, const struct blkif_request *req,
		    unsigned int *nr)
{
	if (req->operation == BLKIF_OP_INDIRECT)
		return gather_indirect(q, req, nr);
	return gather_direct(q, req, nr);
}
