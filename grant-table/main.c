// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-grant-table: the API of include/xpv/grant_table.h, handed on to the
 * implementation that fits the domain's owner. Pools are in pool.c, pages
 * shared for a connection in shared.c, pages a peer holds on to in park.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/static_call.h>

#include "internal.h"

struct xpv_gnttab_ops xpv_gnttab_ops __ro_after_init;

/* The two calls of the hot path pay a direct call, not a pointer. */
DEFINE_STATIC_CALL_NULL(gnttab_grant, *xpv_gnttab_ops.grant);
DEFINE_STATIC_CALL_RET0(gnttab_revoke, *xpv_gnttab_ops.revoke);

void xpv_gnttab_grant(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		      enum xpv_gnttab_access access)
{
	static_call_cond(gnttab_grant)(ref, peer, page, access);
}
XPV_EXPORT_SYMBOL(xpv_gnttab_grant);

int xpv_gnttab_revoke(xpv_gref_t ref)
{
	return static_call(gnttab_revoke)(ref);
}
XPV_EXPORT_SYMBOL(xpv_gnttab_revoke);

static int __init adopt(void)
{
	const struct xpv_gnttab_ops *kernel = xpv_gnttab_kernel();

	if (!kernel)
		return -ENODEV;
	xpv_gnttab_ops = *kernel;
	return 0;
}

static int __init choose(void)
{
	switch (xpv_hv_owner()) {
	case XPV_OWNER_KERNEL:
		return adopt();
	case XPV_OWNER_XPV:
		return xpv_gnttab_native_init();
	default:
		return -ENODEV;
	}
}

static int __init xpv_grant_table_init(void)
{
	int err = choose();

	if (err)
		return err;
	static_call_update(gnttab_grant, xpv_gnttab_ops.grant);
	static_call_update(gnttab_revoke, xpv_gnttab_ops.revoke);
	return 0;
}

static void __exit xpv_grant_table_exit(void)
{
	xpv_gnttab_park_exit();
	if (xpv_gnttab_ops.exit)
		xpv_gnttab_ops.exit();
}

module_init(xpv_grant_table_init);
module_exit(xpv_grant_table_exit);

MODULE_DESCRIPTION("Xen guest: grant tables");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;
