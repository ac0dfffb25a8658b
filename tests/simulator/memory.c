// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's memory. All of it is RAM, but for the pages that the guest has
 * handed back or placed a frame of the hypervisor's over: those are listed
 * here. A page without RAM cannot be taken from the kernel that the guest is,
 * so it is filled with a pattern, and the guest must not have touched it when
 * it asks for RAM again.
 *
 * A frame is moved to where it is placed: the guest's own page becomes the
 * shared info page, or a part of the grant table. Under xsim_lock.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "simulator.h"

#define UNTOUCHED	0xdb

/**
 * struct place - a page of the guest's that is not RAM
 * @gfn: its number; 0: no such place
 * @frame: what is there; NULL for nothing
 */
struct place {
	u64 gfn;
	struct xsim_frame *frame;
};

/* A grant table of the largest size, its status, shared info, and some room. */
static struct place places[256];

static struct place *find(u64 gfn)
{
	struct place *place;

	for (place = places; place < places + ARRAY_SIZE(places); place++)
		if (place->gfn == gfn)
			return place;
	return NULL;
}

static void *address(u64 gfn)
{
	return gfn && pfn_valid(gfn) ? page_address(pfn_to_page(gfn)) : NULL;
}

void *xsim_guest_page_locked(u64 gfn)
{
	lockdep_assert_held(&xsim_lock);
	return find(gfn) ? NULL : address(gfn);
}

int xsim_frame_init(struct xsim_frame *frame)
{
	frame->own = (void *)get_zeroed_page(GFP_KERNEL);
	frame->at = frame->own;
	return frame->own ? 0 : -ENOMEM;
}

void xsim_frame_exit(struct xsim_frame *frame)
{
	free_page((unsigned long)frame->own);
	*frame = (struct xsim_frame){};
}

static long decrease(u64 gfn)
{
	void *page = xsim_guest_page_locked(gfn);
	struct place *place = find(0);

	if (!page || !place) {
		xsim_violation("memory: page %#llx handed back, which is not RAM",
			       gfn);
		return 0;
	}
	place->gfn = gfn;
	place->frame = NULL;
	memset(page, UNTOUCHED, PAGE_SIZE);
	return 1;
}

static long populate(u64 gfn)
{
	struct place *place = find(gfn);
	void *page = address(gfn);

	if (!gfn || !place || place->frame) {
		xsim_violation("memory: RAM asked for page %#llx, which is not empty",
			       gfn);
		return 0;
	}
	if (memchr_inv(page, UNTOUCHED, PAGE_SIZE))
		xsim_violation("memory: page %#llx written to while no RAM was there",
			       gfn);
	memset(page, 0, PAGE_SIZE);
	place->gfn = 0;
	return 1;
}

static struct xsim_frame *find_frame(unsigned int space, unsigned long index)
{
	switch (space) {
	case XENMAPSPACE_shared_info:
		return index ? NULL : xsim_shared_info_frame();
	case XENMAPSPACE_grant_table:
		return xsim_grant_frame_locked(index);
	default:
		return NULL;
	}
}

/* Who has a grant table needs us; the shared info page comes with ourselves. */
static bool is_service(const struct xsim_frame *frame)
{
	return frame != xsim_shared_info_frame();
}

static void take_away(struct place *place)
{
	struct xsim_frame *frame = place->frame;

	if (is_service(frame))
		module_put(THIS_MODULE);
	memcpy(frame->own, frame->at, PAGE_SIZE);
	memset(frame->at, UNTOUCHED, PAGE_SIZE);
	frame->at = frame->own;
	place->frame = NULL;
}

void xsim_memory_reset_locked(void)
{
	struct place *place;

	lockdep_assert_held(&xsim_lock);
	for (place = places; place < places + ARRAY_SIZE(places); place++)
		if (place->gfn && place->frame)
			take_away(place);
}

static long add(const struct xen_add_to_physmap *op)
{
	struct xsim_frame *frame = find_frame(op->space, op->idx);
	struct place *place = op->gpfn ? find(op->gpfn) : NULL;

	if (!frame)
		return -EINVAL;
	if (!place || place->frame) {
		xsim_violation("memory: frame %#llx of space %u placed over page %#llx",
			       (u64)op->idx, op->space, (u64)op->gpfn);
		return -EINVAL;
	}
	if (frame->at != frame->own) {
		xsim_violation("memory: frame %#llx of space %u placed twice",
			       (u64)op->idx, op->space);
		return -EBUSY;
	}
	if (is_service(frame))
		__module_get(THIS_MODULE);
	frame->at = address(op->gpfn);
	memcpy(frame->at, frame->own, PAGE_SIZE);
	place->frame = frame;
	return 0;
}

static long remove(u64 gfn)
{
	struct place *place = gfn ? find(gfn) : NULL;

	/* As Xen does for what is not there. */
	if (!place || !place->frame)
		return -ENOENT;
	take_away(place);
	return 0;
}

static long change_ram(int cmd, const struct xen_memory_reservation *op)
{
	xen_pfn_t *gfns = op->extent_start;
	long done;

	if (op->extent_order)
		return -EINVAL;
	for (done = 0; done < op->nr_extents; done++)
		if (!(cmd == XENMEM_populate_physmap ? populate(gfns[done]) :
						       decrease(gfns[done])))
			break;
	return done;
}

static long dispatch_locked(int cmd, void *arg)
{
	switch (cmd) {
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return change_ram(cmd, arg);
	case XENMEM_add_to_physmap:
		return add(arg);
	case XENMEM_remove_from_physmap:
		return remove(((struct xen_remove_from_physmap *)arg)->gpfn);
	default:
		return -XEN_ENOSYS;
	}
}

long xsim_memory_op(int cmd, void *arg)
{
	unsigned long flags;
	long ret;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	ret = dispatch_locked(cmd, arg);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return ret;
}

void xsim_memory_check(void)
{
	struct place *place;

	for (place = places; place < places + ARRAY_SIZE(places); place++) {
		if (!place->gfn)
			continue;
		xsim_violation("memory: page %#llx was never made RAM again",
			       place->gfn);
		place->gfn = 0;
	}
}
