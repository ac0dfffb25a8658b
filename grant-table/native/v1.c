// SPDX-License-Identifier: GPL-2.0-only
/*
 * Version 1 of the entries: 8 bytes, with frame numbers of 32 bits. The flags
 * tell what we allow, and also what the peer does at the moment, so that both
 * sides change them by compare-and-exchange.
 */
#include <asm/barrier.h>
#include <linux/atomic.h>
#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include "../internal.h"

#define PER_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))
#define BUSY		(GTF_reading | GTF_writing)

/* A peer that begins and ends a mapping all the time is using the page. */
#define REVOKE_TRIES	8

static struct grant_entry_v1 *entry_of(xpv_gref_t ref)
{
	struct grant_entry_v1 *frame;

	frame = xpv_gnttab_table.entries[xpv_gref_raw(ref) / PER_FRAME];
	return &frame[xpv_gref_raw(ref) % PER_FRAME];
}

static void v1_grant(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		     enum xpv_gnttab_access access)
{
	struct grant_entry_v1 *entry = entry_of(ref);
	u16 flags = GTF_permit_access;

	if (access == XPV_GNTTAB_RO)
		flags |= GTF_readonly;
	entry->domid = xpv_domid_raw(peer);
	/* Fits: main.c looked at the highest frame before it chose us. */
	entry->frame = page_to_pfn(page);
	/*
	 * Pairs with Xen's atomic read of the flags when the peer maps: once
	 * they permit access, the rest of the entry must be in place.
	 */
	virt_wmb();
	WRITE_ONCE(entry->flags, flags);
}

static int v1_revoke(xpv_gref_t ref)
{
	u16 *flags = &entry_of(ref)->flags;
	u16 seen, old = READ_ONCE(*flags);
	int i;

	for (i = 0; i < REVOKE_TRIES && !(old & BUSY); i++, old = seen) {
		/*
		 * Locked on a kernel for one processor too, as Xen runs on
		 * another. A full barrier: pairs with the one in Xen's unmap,
		 * so that all the peer wrote is seen after this.
		 */
		seen = sync_cmpxchg(flags, old, 0);
		if (seen == old)
			return 0;
	}
	return -EBUSY;
}

const struct xpv_gnttab_format xpv_gnttab_v1 = {
	.version = 1,
	.per_frame = PER_FRAME,
	.grant = v1_grant,
	.revoke = v1_revoke,
};
