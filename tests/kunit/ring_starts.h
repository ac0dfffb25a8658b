/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the cases about a ring's indexes begin, as a parameter "start": the
 * first, those before the slots wrap, those before the 32 bits do. A suite
 * defines START_SLOTS, a constant, and includes this.
 */
#ifndef _XPV_TESTS_KUNIT_RING_STARTS_H
#define _XPV_TESTS_KUNIT_RING_STARTS_H

#include <linux/kernel.h>
#include <linux/limits.h>
#include <xpv/ring.h>

static const u32 starts[] = {
	0,
	START_SLOTS - 2,
	0x7fffffff,
	U32_MAX - START_SLOTS,
	U32_MAX - 1,
	U32_MAX,
};

static void describe_start(const u32 *start, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %#x", *start);
}

KUNIT_ARRAY_PARAM(start, starts, describe_start);

/* An empty ring, both halves of it, as if @start requests had been answered. */
static void ring_begin_at(struct xpv_ring *ring, struct xpv_ring_shared *peer,
			  u32 start)
{
	ring->req_prod = start;
	ring->req_published = start;
	ring->rsp_cons = start;
	ring->rsp_prod = start;
	peer->req_prod = start;
	peer->rsp_prod = start;
}

#endif /* _XPV_TESTS_KUNIT_RING_STARTS_H */
