// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that Xen's domain builder sets aside above a guest's RAM: the kernel
 * has no struct page for them.
 */
#include <compat/linux/export.h>
#include <linux/io.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>

/* Xen's pages have 4 KiB, whatever the kernel's have. */
#define SPECIAL_PAGE_SHIFT	12
#define SPECIAL_PAGE_SIZE	4096

void *xpv_hv_special_page_map(u64 pfn)
{
	return memremap(pfn << SPECIAL_PAGE_SHIFT, SPECIAL_PAGE_SIZE,
			MEMREMAP_WB);
}
XPV_EXPORT_SYMBOL(xpv_hv_special_page_map);

void xpv_hv_special_page_unmap(void *page)
{
	memunmap(page);
}
XPV_EXPORT_SYMBOL(xpv_hv_special_page_unmap);
