// SPDX-License-Identifier: GPL-2.0-only
/* The grant table of the kernel's own Xen core, where that owns the domain. */
#include <linux/kconfig.h>

#include "internal.h"

#ifdef CONFIG_XEN
#include <xen/grant_table.h>
#include <xen/page.h>

static void kernel_release(const xpv_gref_t *refs, unsigned int count)
{
	while (count--)
		gnttab_free_grant_reference(xpv_gref_raw(refs[count]));
}

static int kernel_reserve(xpv_gref_t *refs, unsigned int count)
{
	grant_ref_t head;
	unsigned int i;
	int err;

	/* One trip under the domain-wide lock for all of them. */
	err = gnttab_alloc_grant_references(count, &head);
	if (err)
		return err;

	for (i = 0; i < count; i++)
		refs[i] = xpv_gref(gnttab_claim_grant_reference(&head));
	return 0;
}

static void kernel_grant(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
			 enum xpv_gnttab_access access)
{
	gnttab_grant_foreign_access_ref(xpv_gref_raw(ref), xpv_domid_raw(peer),
					xen_page_to_gfn(page),
					access == XPV_GNTTAB_RO);
}

static int kernel_revoke(xpv_gref_t ref)
{
	return gnttab_end_foreign_access_ref(xpv_gref_raw(ref)) ? 0 : -EBUSY;
}

static int kernel_try_release(xpv_gref_t ref)
{
	return gnttab_try_end_foreign_access(xpv_gref_raw(ref)) ? 0 : -EBUSY;
}

/* The kernel has a list of its own for what is still mapped. */
static void kernel_abandon(xpv_gref_t ref, struct page *page)
{
	gnttab_end_foreign_access(xpv_gref_raw(ref), page);
}

static const struct xpv_gnttab_ops ops = {
	.reserve = kernel_reserve,
	.release = kernel_release,
	.grant = kernel_grant,
	.revoke = kernel_revoke,
	.try_release = kernel_try_release,
	.abandon = kernel_abandon,
};

const struct xpv_gnttab_ops *xpv_gnttab_kernel(void)
{
	return &ops;
}
#else
const struct xpv_gnttab_ops *xpv_gnttab_kernel(void)
{
	return NULL;
}
#endif
