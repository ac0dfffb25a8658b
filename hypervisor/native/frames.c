// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of Xen's (shared info, grant table, grant status) placed over RAM of
 * ours. A page's guest frame number stays the same all the time, and so does
 * the kernel's direct map of it: what changes is the memory behind it.
 *
 *	RAM -> nothing (given back) -> a frame of Xen's -> nothing -> new RAM
 *
 * Xen's tables of the guest say that such a frame is RAM, so that it is cached
 * as the kernel's own page tables ask: write-back.
 *
 * No lock: a set of frames belongs to its caller.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>

/*
 * XENMEM_decrease_reservation takes the RAM behind a page, and
 * XENMEM_populate_physmap puts some there again. Both say how many of the
 * extents asked for they did, not why they stopped.
 */
static int change_ram(struct page *page, int cmd)
{
	xen_pfn_t gfn = page_to_pfn(page);
	struct xen_memory_reservation op = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};
	long done;

	set_xen_guest_handle(op.extent_start, &gfn);
	done = xpv_hv_memory_op(cmd, &op);
	if (done < 0)
		return done;
	return done == 1 ? 0 : -EIO;
}

static int add_frame(struct page *page, unsigned int space, unsigned long index)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF,
		.space = space,
		.idx = index,
		.gpfn = page_to_pfn(page),
	};

	return xpv_hv_memory_op(XENMEM_add_to_physmap, &op);
}

static int remove_frame(struct page *page)
{
	struct xen_remove_from_physmap op = {
		.domid = DOMID_SELF,
		.gpfn = page_to_pfn(page),
	};
	int err = xpv_hv_memory_op(XENMEM_remove_from_physmap, &op);

	/* Xen itself takes away a frame that it frees: nothing is there. */
	return err == -ENOENT ? 0 : err;
}

/* The kernel must never use a page again that has no RAM behind it. */
static void restore_ram(struct page *page)
{
	int err = change_ram(page, XENMEM_populate_physmap);

	if (err)
		pr_warn("Xen gave no RAM back for page %#lx (%d): it is lost to this guest\n",
			page_to_pfn(page), err);
	else
		__free_page(page);
}

static void remove_page(struct page *page)
{
	int err = remove_frame(page);

	if (err)
		pr_warn("Xen does not take its frame away from page %#lx (%d): it is lost to this guest\n",
			page_to_pfn(page), err);
	else
		restore_ram(page);
}

/* A page of ours with frame @index of @space in it. */
static int add_page(struct page **added, unsigned int space, unsigned long index)
{
	/* Zeroed: Xen may hand this RAM to another guest as it stands. */
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	int err;

	if (!page)
		return -ENOMEM;

	err = change_ram(page, XENMEM_decrease_reservation);
	if (err) {
		pr_err_ratelimited("Xen does not take the RAM of page %#lx back: %d\n",
				   page_to_pfn(page), err);
		__free_page(page);
		return err;
	}
	err = add_frame(page, space, index);
	if (err) {
		pr_err_ratelimited("Xen does not place frame %#lx of its space %u: %d\n",
				   index, space, err);
		restore_ram(page);
		return err;
	}
	*added = page;
	return 0;
}

static int map_pages(struct xpv_hv_frames *frames)
{
	if (frames->nr == 1)
		frames->addr = page_address(frames->pages[0]);
	else
		frames->addr = vmap(frames->pages, frames->nr, VM_MAP,
				    PAGE_KERNEL);
	return frames->addr ? 0 : -ENOMEM;
}

static void unmap_pages(struct xpv_hv_frames *frames)
{
	if (frames->addr && frames->nr > 1)
		vunmap(frames->addr);
	frames->addr = NULL;
}

int xpv_hv_frames_map(struct xpv_hv_frames *frames, unsigned int space,
		      unsigned long first, unsigned int nr)
{
	struct xpv_hv_frames new = {};
	int err;

	might_sleep();
	if (!nr)
		return -EINVAL;
	new.pages = kcalloc(nr, sizeof(*new.pages), GFP_KERNEL);
	if (!new.pages)
		return -ENOMEM;

	for (; new.nr < nr; new.nr++) {
		err = add_page(&new.pages[new.nr], space, first + new.nr);
		if (err)
			goto err_unmap;
	}
	err = map_pages(&new);
	if (err)
		goto err_unmap;
	*frames = new;
	return 0;

err_unmap:
	xpv_hv_frames_unmap(&new);
	return err;
}
XPV_EXPORT_SYMBOL(xpv_hv_frames_map);

void xpv_hv_frames_leave(struct xpv_hv_frames *frames)
{
	unsigned int i;
	int err;

	might_sleep();
	for (i = 0; i < frames->nr; i++) {
		err = remove_frame(frames->pages[i]);
		if (!err)
			err = change_ram(frames->pages[i],
					 XENMEM_populate_physmap);
		if (err)
			pr_warn("the next kernel finds no RAM at page %#lx: %d\n",
				page_to_pfn(frames->pages[i]), err);
	}
}
XPV_EXPORT_SYMBOL(xpv_hv_frames_leave);

void xpv_hv_frames_unmap(struct xpv_hv_frames *frames)
{
	might_sleep();
	unmap_pages(frames);
	while (frames->nr)
		remove_page(frames->pages[--frames->nr]);
	kfree(frames->pages);
	*frames = (struct xpv_hv_frames){};
}
XPV_EXPORT_SYMBOL(xpv_hv_frames_unmap);
