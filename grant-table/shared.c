// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages shared with a peer for the life of a connection: the rings. Single
 * pages rather than one block, so that each can be parked by itself; mapped
 * one after the other.
 */
#include <compat/linux/export.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <xpv/grant_shared.h>

#include "internal.h"

static void free_pages_of(struct xpv_gnttab_shared *area)
{
	while (area->nr_pages)
		__free_page(area->pages[--area->nr_pages]);
}

static int alloc_pages_of(struct xpv_gnttab_shared *area, unsigned int count)
{
	struct page *page;

	while (area->nr_pages < count) {
		/* Zeroed: the peer may read whatever stands in them. */
		page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!page) {
			free_pages_of(area);
			return -ENOMEM;
		}
		area->pages[area->nr_pages++] = page;
	}
	return 0;
}

static int map_pages_of(struct xpv_gnttab_shared *area)
{
	if (area->nr_pages == 1)
		area->addr = page_address(area->pages[0]);
	else
		area->addr = vmap(area->pages, area->nr_pages, VM_MAP,
				  PAGE_KERNEL);
	return area->addr ? 0 : -ENOMEM;
}

static void unmap_pages_of(struct xpv_gnttab_shared *area)
{
	if (area->nr_pages > 1)
		vunmap(area->addr);
	area->addr = NULL;
}

int xpv_gnttab_share(struct xpv_gnttab_shared *area, unsigned int nr_pages,
		     xpv_domid_t peer)
{
	struct xpv_gnttab_shared new = {};
	unsigned int i;
	int err;

	might_sleep();
	if (!nr_pages || nr_pages > XPV_GNTTAB_SHARED_MAX)
		return -EINVAL;

	err = alloc_pages_of(&new, nr_pages);
	if (err)
		return err;
	err = map_pages_of(&new);
	if (err)
		goto err_free_pages;
	err = xpv_gnttab_ops.reserve(new.refs, nr_pages);
	if (err)
		goto err_unmap_pages;

	for (i = 0; i < nr_pages; i++)
		xpv_gnttab_grant(new.refs[i], peer, new.pages[i], XPV_GNTTAB_RW);
	*area = new;
	return 0;

err_unmap_pages:
	unmap_pages_of(&new);
err_free_pages:
	free_pages_of(&new);
	return err;
}
XPV_EXPORT_SYMBOL(xpv_gnttab_share);

void xpv_gnttab_unshare(struct xpv_gnttab_shared *area)
{
	might_sleep();
	if (!area->addr)
		return;

	unmap_pages_of(area);
	while (area->nr_pages--) {
		if (xpv_gnttab_ops.try_release(area->refs[area->nr_pages]))
			xpv_gnttab_park(area->refs[area->nr_pages],
					area->pages[area->nr_pages]);
		else
			__free_page(area->pages[area->nr_pages]);
	}
	*area = (struct xpv_gnttab_shared){};
}
XPV_EXPORT_SYMBOL(xpv_gnttab_unshare);
