// SPDX-License-Identifier: GPL-2.0-only
/*
 * Version 2 of the entries: 16 bytes, with frame numbers of 64 bits. Only we
 * write an entry; what the peer does stands in a status word of its own, which
 * only Xen writes.
 */
#include <asm/barrier.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include "../internal.h"

#define PER_FRAME	(PAGE_SIZE / sizeof(union grant_entry_v2))
#define PER_STATUS	(PAGE_SIZE / sizeof(grant_status_t))

/* What table.c takes for granted: frame n of the status is that of chunk n. */
static_assert(PER_STATUS / PER_FRAME == XPV_GNTTAB_CHUNK);

static union grant_entry_v2 *entry_of(xpv_gref_t ref)
{
	union grant_entry_v2 *frame;

	frame = xpv_gnttab_table.entries[xpv_gref_raw(ref) / PER_FRAME];
	return &frame[xpv_gref_raw(ref) % PER_FRAME];
}

static u16 *status_of(xpv_gref_t ref)
{
	u16 *frame = xpv_gnttab_table.status[xpv_gref_raw(ref) / PER_STATUS];

	return &frame[xpv_gref_raw(ref) % PER_STATUS];
}

static void v2_grant(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		     enum xpv_gnttab_access access)
{
	union grant_entry_v2 *entry = entry_of(ref);
	u16 flags = GTF_permit_access;

	if (access == XPV_GNTTAB_RO)
		flags |= GTF_readonly;
	entry->hdr.domid = xpv_domid_raw(peer);
	entry->full_page.frame = page_to_pfn(page);
	/*
	 * Pairs with Xen's atomic read of the flags when the peer maps: once
	 * they permit access, the rest of the entry must be in place.
	 */
	virt_wmb();
	WRITE_ONCE(entry->hdr.flags, flags);
}

static int v2_revoke(xpv_gref_t ref)
{
	WRITE_ONCE(entry_of(ref)->hdr.flags, 0);
	/*
	 * Pairs with the one in Xen between setting the status and reading the
	 * flags again: either Xen sees that the grant is gone, or we see that
	 * the peer has it.
	 */
	virt_mb();
	if (READ_ONCE(*status_of(ref)) & (GTF_reading | GTF_writing))
		return -EBUSY;
	/*
	 * Pairs with the one in Xen's unmap, before it clears the status: all
	 * the peer wrote is seen after this.
	 */
	virt_rmb();
	return 0;
}

const struct xpv_gnttab_format xpv_gnttab_v2 = {
	.version = 2,
	.per_frame = PER_FRAME,
	.per_status = PER_STATUS,
	.grant = v2_grant,
	.revoke = v2_revoke,
};
