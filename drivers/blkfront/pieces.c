// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data of a request in pieces that each lie in one page: to be described, and,
 * where grants are persistent, to be copied.
 */
#include <linux/highmem.h>
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

/*
 * A piece lies in the lent page as it lies in its own: it is described the same
 * either way. Most are whole pages, which processors have a way of their own for.
 */
static void copy_piece(const struct xbf_segment *seg, struct page *lent,
		       bool out)
{
	size_t offset = seg->first << SECTOR_SHIFT;
	size_t len = (seg->last - seg->first + 1) << SECTOR_SHIFT;
	struct page *from = out ? seg->page : lent;
	struct page *to = out ? lent : seg->page;

	if (len == PAGE_SIZE)
		copy_highpage(to, from);
	else
		memcpy_page(to, offset, from, offset, len);
}

static void copy_pieces(const struct xbf_queue *q, const struct xbf_slot *slot,
			const struct xbf_pieces *pieces, bool out)
{
	unsigned int i;

	for (i = 0; i < slot->nr_grants; i++)
		copy_piece(&pieces->segs[i],
			   q->grants.all[slot->grants[i]].page, out);
}

/**
 * xbf_copy_out - copy what is to be written into lent pages
 * @q: queue with persistent grants
 * @slot: its grants claimed, one for each piece
 * @pieces: the data
 *
 * Context: any.
 */
void xbf_copy_out(const struct xbf_queue *q, const struct xbf_slot *slot,
		  const struct xbf_pieces *pieces)
{
	copy_pieces(q, slot, pieces, true);
}

/**
 * xbf_copy_in - copy what was read out of lent pages
 * @q: queue with persistent grants
 * @slot: answered
 * @rq: its request
 *
 * Context: any.
 */
void xbf_copy_in(const struct xbf_queue *q, const struct xbf_slot *slot,
		 struct request *rq)
{
	struct xbf_pieces pieces;

	/* It could be cut before, and was not changed since. */
	if (WARN_ON_ONCE(xbf_gather(q, rq, &pieces) ||
			 pieces.nr != slot->nr_grants))
		return;
	copy_pieces(q, slot, &pieces, false);
}
