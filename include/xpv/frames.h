/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that Xen shares with a domain that xpv owns: those of its domain
 * builder, and its own frames placed over RAM of ours. For the native services
 * only.
 */
#ifndef _XPV_FRAMES_H
#define _XPV_FRAMES_H

#include <linux/types.h>

struct page;

/**
 * xpv_hv_special_page_map - map a page that Xen's domain builder set aside
 * @pfn: its frame number, an HVM parameter such as HVM_PARAM_STORE_PFN
 *
 * Such a page has 4 KiB, whatever the kernel's pages have, and need not be RAM
 * to the kernel.
 *
 * Context: process, may sleep.
 * Return: its address, mapped write-back, or NULL.
 */
void *xpv_hv_special_page_map(u64 pfn);

/**
 * xpv_hv_special_page_unmap - unmap a page that Xen's domain builder set aside
 * @page: what xpv_hv_special_page_map() returned
 *
 * Context: process, may sleep.
 */
void xpv_hv_special_page_unmap(void *page);

/**
 * struct xpv_hv_frames - frames of Xen's placed over RAM of ours
 * @addr: where they are mapped, write-back, one after the other
 * @nr: how many
 * @pages: our pages below them
 *
 * Zero-initialised means none.
 */
struct xpv_hv_frames {
	void *addr;
	unsigned int nr;
	struct page **pages;
};

/**
 * xpv_hv_frames_map - place frames of Xen's over our own RAM
 * @frames: none yet
 * @space: XENMAPSPACE_* of Xen's public memory.h
 * @first: index of the first frame in that space
 * @nr: how many
 *
 * Gives the RAM behind the pages back to Xen first (XENMEM_decrease_reservation)
 * and then XENMEM_add_to_physmap.
 *
 * Context: process, may sleep.
 * Return: 0 or -errno with nothing changed.
 */
int xpv_hv_frames_map(struct xpv_hv_frames *frames, unsigned int space,
		      unsigned long first, unsigned int nr);

/**
 * xpv_hv_frames_unmap - take the frames away and populate the RAM again
 * @frames: mapped, or none
 *
 * A page that Xen does not populate again is lost to the kernel, and told.
 *
 * Context: process, may sleep.
 */
void xpv_hv_frames_unmap(struct xpv_hv_frames *frames);

#endif /* _XPV_FRAMES_H */
