/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page pools. Since v6.6 (a9ca9f9ceff3 "page_pool: split types and declarations
 * from page_pool.h") the functions are in <net/page_pool/helpers.h>; since v6.4
 * (8c48eea3adf3 "page_pool: allow caching from safely localized NAPI") a pool
 * knows its NAPI. Drop this file with v6.1.
 */
#ifndef _XPV_COMPAT_NET_PAGE_POOL_H
#define _XPV_COMPAT_NET_PAGE_POOL_H

#include <linux/netdevice.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

/**
 * xpv_page_pool_set_napi - let pages freed in a NAPI skip the pool's ring
 * @params: parameters of a pool to be created
 * @napi: the one context that allocates from it
 */
static inline void xpv_page_pool_set_napi(struct page_pool_params *params,
					  struct napi_struct *napi)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	params->napi = napi;
#endif
}

#endif /* _XPV_COMPAT_NET_PAGE_POOL_H */
