// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a block backend and its frontend tell each other in XenStore. The
 * backend offers in two steps, as xen-blkback does: before it waits for the
 * frontend, and before it says that it is connected.
 */
#include <linux/blk_types.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/io/protocols.h>
#include "blk.h"

#define FLUSH_NONE	0
#define FLUSH_CACHE	1
#define FLUSH_BARRIER	2

static struct xsim_blk *to_blk(struct xsim_back *back)
{
	return container_of(back, struct xsim_blk, back);
}

static u8 flush_op_of(u64 knob)
{
	switch (knob) {
	case FLUSH_NONE:
		return 0;
	case FLUSH_BARRIER:
		return BLKIF_OP_WRITE_BARRIER;
	default:
		return BLKIF_OP_FLUSH_DISKCACHE;
	}
}

static void read_knobs(struct xsim_blk *blk)
{
	struct xsim_back *back = &blk->back;

	if (!blk->disk.sectors)
		blk->disk.sectors = xsim_back_knob(back, "sectors", 65536);
	blk->sector_size = xsim_back_knob(back, "sector-size", SECTOR_SIZE);
	blk->read_only = xsim_back_knob(back, "read-only", 0);
	blk->flush_op = flush_op_of(xsim_back_knob(back, "flush", FLUSH_CACHE));
	blk->discard = xsim_back_knob(back, "discard", 0);
	blk->indirect = min_t(u64, xsim_back_knob(back, "indirect", XSIM_BLK_SEGMENTS),
			      XSIM_BLK_SEGMENTS);
}

/**
 * xsim_blk_offer - the first step
 * @back: device
 */
void xsim_blk_offer(struct xsim_back *back)
{
	struct xsim_blk *blk = to_blk(back);
	u64 queues = xsim_back_knob(back, "queues", 1);

	read_knobs(blk);
	xsim_back_say(back, "max-ring-page-order", "%llu",
		      xsim_back_knob(back, "ring-order", 4));
	if (queues > 1)
		xsim_back_say(back, "multi-queue-max-queues", "%llu", queues);
	if (blk->indirect)
		xsim_back_say(back, "feature-max-indirect-segments", "%u",
			      blk->indirect);
}

static void describe_discard(struct xsim_back *back)
{
	xsim_back_say(back, "feature-discard", "1");
	xsim_back_say(back, "discard-granularity", "%lu", PAGE_SIZE);
	xsim_back_say(back, "discard-alignment", "0");
	xsim_back_say(back, "discard-secure", "0");
}

static void describe_disk(struct xsim_blk *blk)
{
	struct xsim_back *back = &blk->back;
	unsigned int info = 0;

	if (blk->read_only)
		info |= VDISK_READONLY;
	if (xsim_back_knob(back, "removable", 0))
		info |= VDISK_REMOVABLE;
	xsim_back_say(back, "sectors", "%llu", blk->disk.sectors);
	xsim_back_say(back, "info", "%u", info);
	xsim_back_say(back, "sector-size", "%u", blk->sector_size);
	xsim_back_say(back, "physical-sector-size", "%llu",
		      xsim_back_knob(back, "physical-sector-size",
				     blk->sector_size));
}

/**
 * xsim_blk_describe - the second step
 * @blk: device
 */
void xsim_blk_describe(struct xsim_blk *blk)
{
	struct xsim_back *back = &blk->back;

	xsim_back_say(back, "feature-barrier", "%d",
		      blk->flush_op == BLKIF_OP_WRITE_BARRIER);
	xsim_back_say(back, "feature-flush-cache", "%d",
		      blk->flush_op == BLKIF_OP_FLUSH_DISKCACHE);
	xsim_back_say(back, "feature-persistent", "%d",
		      xsim_back_knob(back, "persistent", 0) ? 1 : 0);
	if (blk->discard)
		describe_discard(back);
	describe_disk(blk);
}

static int hear_protocol(struct xsim_back *back)
{
	char *text = xsim_store_read(back->dev->frontend, "protocol");
	bool known;

	/* Absent, it is the backend's own. */
	if (IS_ERR(text))
		return 0;
	known = !strcmp(text, XEN_IO_PROTO_ABI_NATIVE);
	kfree(text);
	if (known)
		return 0;
	xsim_back_complain(back, "frontend speaks another protocol");
	return -EINVAL;
}

/**
 * xsim_blk_hear_queues - what the frontend says of all queues
 * @blk: device
 * @nr: how many there are
 *
 * Return: 0 or -EINVAL, told.
 */
int xsim_blk_hear_queues(struct xsim_blk *blk, unsigned int *nr)
{
	struct xsim_back *back = &blk->back;

	if (xsim_back_hear_queues(back, XSIM_BLK_QUEUES, nr))
		return -EINVAL;

	blk->persistent = xsim_back_knob(back, "persistent", 0) &&
			  xsim_back_wants(back, "feature-persistent");
	return hear_protocol(back);
}

static int hear_refs(struct xsim_blk_queue *q, const char *dir, u32 *refs,
		     unsigned int *nr)
{
	struct xsim_back *back = &q->blk->back;
	u64 none = U64_MAX, order;
	char node[16];
	int err = 0;

	/* Of the device, not of the queue, whatever else is. */
	order = xsim_store_read_uint(back->dev->frontend, "ring-page-order",
				     none);
	*nr = 1;
	if (order == none)
		return xsim_back_hear(back, dir, "ring-ref", U32_MAX, refs);
	if (order > min(4ULL, xsim_back_knob(back, "ring-order", 4))) {
		xsim_back_complain(back, "frontend has a ring of order %llu",
				   order);
		return -EINVAL;
	}
	for (*nr = 0; !err && *nr < 1U << order; ++*nr) {
		snprintf(node, sizeof(node), "ring-ref%u", *nr);
		err = xsim_back_hear(back, dir, node, U32_MAX, &refs[*nr]);
	}
	return err;
}

/**
 * xsim_blk_hear_queue - what the frontend says of one queue: maps its ring
 * @q: queue
 * @nr_queues: how many there are
 * @port: number of its port
 *
 * Return: 0 or -errno, told.
 */
int xsim_blk_hear_queue(struct xsim_blk_queue *q, unsigned int nr_queues,
			u32 *port)
{
	struct xsim_back *back = &q->blk->back;
	unsigned int id = q - q->blk->queues;
	u32 refs[XSIM_AREA_MAX];
	char dir[16] = "";
	unsigned int nr;
	int err;

	if (nr_queues > 1)
		snprintf(dir, sizeof(dir), "queue-%u", id);
	err = hear_refs(q, dir, refs, &nr);
	if (!err)
		err = xsim_back_hear(back, dir, "event-channel", U32_MAX, port);
	if (err)
		return err;
	err = xsim_area_map(&q->area, refs, nr);
	if (err)
		xsim_back_complain(back, "ring of queue %u cannot be mapped (%d)",
				   id, err);
	return err;
}
