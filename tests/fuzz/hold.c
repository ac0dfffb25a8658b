// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grants that a backend maps and does not let go of: whatever the guest frees
 * meanwhile, these pages must not be. What is writable is written to.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <xen/interface/io/blkif.h>
#include <xen/interface/io/netif.h>

#include "../simulator/backend/ring.h"
#include "fuzz.h"

#define HOLDS		32

/* The toolstack's own come first in the table. */
#define FIRST_REF	8
#define LAST_REF	4096

static struct xsim_map holds[HOLDS];
static bool is_data[HOLDS];

static void write_to_data(void)
{
	unsigned int i;

	for (i = 0; i < HOLDS; i++) {
		if (holds[i].page && is_data[i] && !holds[i].readonly)
			xfz_bytes(holds[i].addr + xfz_below(PAGE_SIZE - 32), 32);
	}
}

static bool map(u32 ref, bool readonly, bool data)
{
	unsigned int i;

	for (i = 0; i < HOLDS; i++) {
		if (holds[i].page)
			continue;
		if (xsim_grant_map(&holds[i], ref, readonly))
			return false;
		is_data[i] = data;
		xfz_trace("  hold grant %u", ref);
		return true;
	}
	return false;
}

static u32 ref_in(const void *slot, enum xsim_ring_kind kind)
{
	const struct blkif_request *blk = slot;
	const struct xen_netif_tx_request *tx = slot;
	const struct xen_netif_rx_request *rx = slot;

	switch (kind) {
	case XSIM_RING_BLK:
		return blk->u.rw.seg[0].gref;
	case XSIM_RING_TX:
		return tx->gref;
	default:
		return rx->gref;
	}
}

/* One of the requests that are not answered: its slot is as the guest wrote it. */
void xfz_hold_of_ring(const struct xsim_ring *ring, enum xsim_ring_kind kind)
{
	u32 waiting = READ_ONCE(ring->head->req_prod) - ring->rsp_prod;
	u32 ref;

	if (!waiting || waiting > ring->size)
		return;
	ref = ref_in(xsim_ring_slot(ring, ring->rsp_prod + xfz_below(waiting)),
		     kind);
	if (ref < FIRST_REF)
		return;
	if (kind == XSIM_RING_TX || !map(ref, false, true))
		map(ref, true, false);
	write_to_data();
}

void xfz_hold(void)
{
	unsigned int tries = 200;

	while (tries--) {
		if (map(FIRST_REF + xfz_below(LAST_REF), true, false))
			break;
	}
	write_to_data();
}

void xfz_release(void)
{
	unsigned int i;

	xfz_trace("release some grants");
	write_to_data();
	for (i = 0; i < HOLDS; i++) {
		if (xfz_one_in(2))
			xsim_grant_unmap(&holds[i]);
	}
}

void xfz_release_all(void)
{
	unsigned int i;

	write_to_data();
	for (i = 0; i < HOLDS; i++)
		xsim_grant_unmap(&holds[i]);
}
