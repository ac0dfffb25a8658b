// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's grant table: its frames, which exist from the start and are the
 * guest's from when it places one, its version, and the guest's hypercalls
 * about it. What dom0 does with the entries is in grant_map.c. Under xsim_lock.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include "grant.h"
#include "simulator.h"

/* XENMAPIDX_grant_table_status of Xen's public memory.h */
#define MAPIDX_STATUS	BIT(31)

struct xsim_grants xsim_grants = { .version = 1 };

static unsigned int status_frames(void)
{
	return DIV_ROUND_UP(xsim_grants.nr * XSIM_V2_PER_FRAME,
			    XSIM_STATUS_PER_FRAME);
}

struct xsim_frame *xsim_grant_frame_locked(unsigned long index)
{
	lockdep_assert_held(&xsim_lock);
	if (index & MAPIDX_STATUS) {
		index &= ~MAPIDX_STATUS;
		if (xsim_grants.version != 2 || index >= status_frames())
			return NULL;
		return &xsim_grants.status[index];
	}
	if (index >= XSIM_GRANT_FRAMES)
		return NULL;
	/* Asking for one makes the table that large, as in Xen. */
	if (index >= xsim_grants.nr)
		xsim_grants.nr = index + 1;
	return &xsim_grants.frame[index];
}

u32 xsim_grant_limit(void)
{
	return xsim_grants.nr * (xsim_grants.version == 1 ? XSIM_V1_PER_FRAME :
							    XSIM_V2_PER_FRAME);
}

struct grant_entry_v1 *xsim_grant_v1(u32 ref)
{
	struct grant_entry_v1 *frame =
		xsim_grants.frame[ref / XSIM_V1_PER_FRAME].at;

	return &frame[ref % XSIM_V1_PER_FRAME];
}

union grant_entry_v2 *xsim_grant_v2(u32 ref)
{
	union grant_entry_v2 *frame =
		xsim_grants.frame[ref / XSIM_V2_PER_FRAME].at;

	return &frame[ref % XSIM_V2_PER_FRAME];
}

u16 *xsim_grant_status(u32 ref)
{
	u16 *frame = xsim_grants.status[ref / XSIM_STATUS_PER_FRAME].at;

	return &frame[ref % XSIM_STATUS_PER_FRAME];
}

struct kept {
	u16 flags;
	u16 domid;
	u64 frame;
};

static void read_reserved(struct kept *kept)
{
	u32 ref;

	for (ref = 0; ref < GNTTAB_NR_RESERVED_ENTRIES; ref++) {
		if (xsim_grants.version == 1) {
			kept[ref].flags = xsim_grant_v1(ref)->flags;
			kept[ref].domid = xsim_grant_v1(ref)->domid;
			kept[ref].frame = xsim_grant_v1(ref)->frame;
		} else {
			kept[ref].flags = xsim_grant_v2(ref)->hdr.flags;
			kept[ref].domid = xsim_grant_v2(ref)->hdr.domid;
			kept[ref].frame = xsim_grant_v2(ref)->full_page.frame;
		}
	}
}

static void write_reserved(const struct kept *kept)
{
	u32 ref;

	for (ref = 0; ref < GNTTAB_NR_RESERVED_ENTRIES; ref++) {
		if (xsim_grants.version == 1) {
			xsim_grant_v1(ref)->flags = kept[ref].flags;
			xsim_grant_v1(ref)->domid = kept[ref].domid;
			xsim_grant_v1(ref)->frame = kept[ref].frame;
		} else {
			xsim_grant_v2(ref)->hdr.flags = kept[ref].flags;
			xsim_grant_v2(ref)->hdr.domid = kept[ref].domid;
			xsim_grant_v2(ref)->full_page.frame = kept[ref].frame;
		}
	}
}

static void clear_frames(struct xsim_frame *frame, unsigned int nr)
{
	while (nr--)
		memset(frame[nr].at, 0, PAGE_SIZE);
}

/* All entries are gone but the toolstack's, which are converted. */
static void change_version(u32 version)
{
	struct kept kept[GNTTAB_NR_RESERVED_ENTRIES];

	read_reserved(kept);
	clear_frames(xsim_grants.frame, XSIM_GRANT_FRAMES);
	clear_frames(xsim_grants.status, XSIM_STATUS_FRAMES);
	xsim_grants.version = version;
	write_reserved(kept);
}

void xsim_grant_reset_locked(void)
{
	lockdep_assert_held(&xsim_lock);
	xsim_grant_abandon_locked();
	clear_frames(xsim_grants.frame, XSIM_GRANT_FRAMES);
	clear_frames(xsim_grants.status, XSIM_STATUS_FRAMES);
	xsim_grants.version = 1;
	xsim_grants.nr = 1;
}

static long set_version(struct gnttab_set_version *op)
{
	u32 wanted = op->version;
	long err = 0;

	if (wanted != 1 && wanted != 2)
		err = -EINVAL;
	else if (wanted != xsim_grants.version && xsim_grants.mapped)
		err = -EBUSY;
	else if (wanted != xsim_grants.version)
		change_version(wanted);
	op->version = xsim_grants.version;
	return err;
}

static long query_size(struct gnttab_query_size *op)
{
	if (op->dom != DOMID_SELF) {
		op->status = GNTST_bad_domain;
		return 0;
	}
	op->nr_frames = xsim_grants.nr;
	op->max_nr_frames = XSIM_GRANT_FRAMES;
	op->status = GNTST_okay;
	return 0;
}

long xsim_grant_table_op(int cmd, void *arg, unsigned int count)
{
	unsigned long flags;
	long ret;

	if (count != 1)
		return -EINVAL;
	raw_spin_lock_irqsave(&xsim_lock, flags);
	switch (cmd) {
	case GNTTABOP_set_version:
		ret = set_version(arg);
		break;
	case GNTTABOP_query_size:
		ret = query_size(arg);
		break;
	default:
		ret = -XEN_ENOSYS;
	}
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return ret;
}

void xsim_grant_reserve(u32 ref, u64 gfn)
{
	xsim_grant_v1(ref)->domid = 0;
	xsim_grant_v1(ref)->frame = gfn;
	xsim_grant_v1(ref)->flags = GTF_permit_access;
}

unsigned int xsim_grants_mapped(void)
{
	return READ_ONCE(xsim_grants.mapped);
}
XPV_EXPORT_SYMBOL(xsim_grants_mapped);

static int init_frames(struct xsim_frame *frame, unsigned int nr)
{
	int err = 0;

	while (!err && nr--)
		err = xsim_frame_init(frame++);
	return err;
}

int xsim_grant_init(void)
{
	int err;

	xsim_grants.version = 1;
	xsim_grants.nr = 1;
	xsim_grants.active = kvcalloc(XSIM_GRANT_FRAMES * XSIM_V1_PER_FRAME,
				      sizeof(*xsim_grants.active), GFP_KERNEL);
	err = xsim_grants.active ? 0 : -ENOMEM;
	err = err ?: init_frames(xsim_grants.frame, XSIM_GRANT_FRAMES);
	err = err ?: init_frames(xsim_grants.status, XSIM_STATUS_FRAMES);
	if (err)
		xsim_grant_exit();
	return err;
}

void xsim_grant_exit(void)
{
	unsigned int i;

	for (i = 0; i < XSIM_GRANT_FRAMES; i++)
		xsim_frame_exit(&xsim_grants.frame[i]);
	for (i = 0; i < XSIM_STATUS_FRAMES; i++)
		xsim_frame_exit(&xsim_grants.status[i]);
	kvfree(xsim_grants.active);
	xsim_grants.active = NULL;
}
