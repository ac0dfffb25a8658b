// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request of a block frontend: checked as xen-blkback does, and done. What a
 * correct frontend never asks for is told to the police, and answered with an
 * error.
 */
#include <linux/blk_types.h>
#include <linux/slab.h>
#include "blk.h"

#define SECTORS_PER_PAGE (PAGE_SIZE >> SECTOR_SHIFT)

static s16 refuse(struct xsim_blk_queue *q, const struct blkif_request *req,
		  const char *why)
{
	if (!xsim_back_is_foul(&q->blk->back))
		xsim_ring_complain(&q->ring, "has a request, id %llu, operation %u, that %s",
				   req->u.rw.id, req->operation, why);
	return BLKIF_RSP_ERROR;
}

static size_t length_of(const struct blkif_request_segment *seg)
{
	return (size_t)(seg->last_sect - seg->first_sect + 1) << SECTOR_SHIFT;
}

static bool within(const struct xsim_blk *blk, u64 sector, u64 nr)
{
	u64 sectors = READ_ONCE(blk->disk.sectors);

	return nr <= sectors && sector <= sectors - nr;
}

static int check_segments(struct xsim_blk_queue *q, unsigned int nr, u64 *total)
{
	u32 unit = q->blk->sector_size >> SECTOR_SHIFT;
	unsigned int i;

	*total = 0;
	for (i = 0; i < nr; i++) {
		const struct blkif_request_segment *seg = &q->segs[i];

		if (seg->first_sect > seg->last_sect ||
		    seg->last_sect >= SECTORS_PER_PAGE)
			return -EINVAL;
		*total += length_of(seg) >> SECTOR_SHIFT;
	}
	return unit && *total % unit ? -EINVAL : 0;
}

/* A page that both want to stay mapped, or one for this request only. */
static int map(struct xsim_blk_queue *q, u32 ref, bool readonly,
	       struct xsim_map **map)
{
	struct xsim_map *m;
	int err;

	m = xa_load(&q->persistent, ref);
	if (m) {
		*map = m;
		return 0;
	}
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	err = xsim_grant_map(m, ref, readonly && !q->blk->persistent);
	if (!err && q->blk->persistent) {
		err = xa_insert(&q->persistent, ref, m, GFP_KERNEL);
		if (err)
			xsim_grant_unmap(m);
	}
	if (err)
		kfree(m);
	else
		*map = m;
	return err;
}

static void unmap(struct xsim_blk_queue *q, struct xsim_map *map)
{
	if (q->blk->persistent)
		return;
	xsim_grant_unmap(map);
	kfree(map);
}

/**
 * xsim_blk_forget_persistent - unmap what stays mapped
 * @q: queue, not used
 */
void xsim_blk_forget_persistent(struct xsim_blk_queue *q)
{
	struct xsim_map *map;
	unsigned long ref;

	xa_for_each(&q->persistent, ref, map) {
		xsim_grant_unmap(map);
		kfree(map);
	}
	xa_destroy(&q->persistent);
}

static int move_segment(struct xsim_blk_queue *q, bool write, u64 sector,
			const struct blkif_request_segment *seg)
{
	struct xsim_blk_disk *disk = &q->blk->disk;
	struct xsim_map *m;
	void *at;
	int err;

	err = map(q, seg->gref, write, &m);
	if (err) {
		if (!xsim_back_is_foul(&q->blk->back))
			xsim_ring_complain(&q->ring, "has a request with unusable grant %u (%d)",
					   seg->gref, err);
		return err;
	}
	at = m->addr + (seg->first_sect << SECTOR_SHIFT);
	if (write)
		err = xsim_blk_disk_write(disk, sector, at, length_of(seg));
	else
		xsim_blk_disk_read(disk, sector, at, length_of(seg));
	unmap(q, m);
	return err;
}

static s16 move(struct xsim_blk_queue *q, bool write, u64 sector,
		unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (move_segment(q, write, sector, &q->segs[i]))
			return BLKIF_RSP_ERROR;
		sector += length_of(&q->segs[i]) >> SECTOR_SHIFT;
	}
	return BLKIF_RSP_OKAY;
}

static u64 sector_of(const struct blkif_request *req)
{
	return req->operation == BLKIF_OP_INDIRECT ?
		       req->u.indirect.sector_number :
		       req->u.rw.sector_number;
}

static s16 do_data(struct xsim_blk_queue *q, const struct blkif_request *req,
		   bool write)
{
	u64 total;
	unsigned int nr;

	if (xsim_blk_gather(q, req, &nr))
		return refuse(q, req, "has no usable segments");
	if (!nr && req->operation != BLKIF_OP_WRITE_BARRIER)
		return refuse(q, req, "has no segments");
	if (check_segments(q, nr, &total))
		return refuse(q, req, "has impossible segments");
	if (nr && !within(q->blk, sector_of(req), total))
		return BLKIF_RSP_ERROR;
	if (write && q->blk->read_only)
		return refuse(q, req, "writes to a disk that is read-only");
	return move(q, write, sector_of(req), nr);
}

static s16 do_indirect(struct xsim_blk_queue *q,
		       const struct blkif_request *req)
{
	u8 op = req->u.indirect.indirect_op;

	if (!q->blk->indirect)
		return refuse(q, req, "was not offered");
	if (op != BLKIF_OP_READ && op != BLKIF_OP_WRITE)
		return refuse(q, req, "is indirect, and neither reads nor writes");
	return do_data(q, req, op == BLKIF_OP_WRITE);
}

/* What was written is in memory, so there is nothing to flush. */
static s16 do_flush(struct xsim_blk_queue *q, const struct blkif_request *req)
{
	if (req->operation != q->blk->flush_op)
		return refuse(q, req, "was not offered");
	if (req->operation == BLKIF_OP_FLUSH_DISKCACHE &&
	    req->u.rw.nr_segments)
		return refuse(q, req, "flushes, and has segments");
	atomic_inc(&q->blk->flushes);
	if (req->u.rw.nr_segments)
		return do_data(q, req, true);
	return BLKIF_RSP_OKAY;
}

static s16 do_discard(struct xsim_blk_queue *q, const struct blkif_request *req)
{
	const struct blkif_request_discard *discard = &req->u.discard;

	if (!q->blk->discard)
		return refuse(q, req, "was not offered");
	if (q->blk->read_only)
		return refuse(q, req, "discards on a disk that is read-only");
	if (!within(q->blk, discard->sector_number, discard->nr_sectors))
		return BLKIF_RSP_ERROR;
	xsim_blk_disk_discard(&q->blk->disk, discard->sector_number,
			      discard->nr_sectors);
	atomic_inc(&q->blk->discards);
	return BLKIF_RSP_OKAY;
}

/**
 * xsim_blk_do - serve a request
 * @q: queue
 * @req: copy
 *
 * Return: BLKIF_RSP_*.
 */
s16 xsim_blk_do(struct xsim_blk_queue *q, const struct blkif_request *req)
{
	switch (req->operation) {
	case BLKIF_OP_READ:
		return do_data(q, req, false);
	case BLKIF_OP_WRITE:
		return do_data(q, req, true);
	case BLKIF_OP_WRITE_BARRIER:
	case BLKIF_OP_FLUSH_DISKCACHE:
		return do_flush(q, req);
	case BLKIF_OP_DISCARD:
		return do_discard(q, req);
	case BLKIF_OP_INDIRECT:
		return do_indirect(q, req);
	default:
		return refuse(q, req, "is of no known kind");
	}
}
