// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grant references reserved for one queue. Taking and putting are inline in
 * the header: a stack without a lock, since the queue has one owner.
 */
#include <compat/linux/export.h>
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include "internal.h"

int xpv_gnttab_pool_create(struct xpv_gnttab_pool *pool, unsigned int capacity)
{
	xpv_gref_t *refs;
	int err;

	might_sleep();
	if (!capacity || capacity > U16_MAX)
		return -EINVAL;

	refs = kvmalloc_array(capacity, sizeof(*refs), GFP_KERNEL);
	if (!refs)
		return -ENOMEM;

	err = xpv_gnttab_ops.reserve(refs, capacity);
	if (err) {
		kvfree(refs);
		return err;
	}

	*pool = (struct xpv_gnttab_pool){
		.refs = refs,
		.free = capacity,
		.capacity = capacity,
	};
	return 0;
}
XPV_EXPORT_SYMBOL(xpv_gnttab_pool_create);

void xpv_gnttab_pool_destroy(struct xpv_gnttab_pool *pool)
{
	might_sleep();
	/* A reference that was taken and never came back is a leak of ours. */
	WARN_ON_ONCE(pool->free != pool->capacity);

	xpv_gnttab_ops.release(pool->refs, pool->free);
	kvfree(pool->refs);
	*pool = (struct xpv_gnttab_pool){};
}
XPV_EXPORT_SYMBOL(xpv_gnttab_pool_destroy);

void xpv_gnttab_pool_park(struct xpv_gnttab_pool *pool, xpv_gref_t ref,
			  struct page *page)
{
	pool->capacity--;
	xpv_gnttab_park(ref, page);
}
XPV_EXPORT_SYMBOL(xpv_gnttab_pool_park);
