/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grant tables: pages of ours lent to a peer.
 *
 * A grant reference goes through: reserved (in a pool) -> granted -> revoked,
 * and back to the pool. Revoking can fail, because the peer may still map the
 * page; then page and reference are parked together until it lets go.
 */
#ifndef _XPV_GRANT_TABLE_H
#define _XPV_GRANT_TABLE_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <xpv/hypervisor.h>

struct page;

/**
 * typedef xpv_gref_t - grant reference: index of an entry in our grant table
 *
 * grant_ref_t of Xen's public grant_table.h.
 */
typedef u32 __bitwise xpv_gref_t;

/* The toolstack reserves the first entries: 0 is never ours. */
#define XPV_GREF_NONE ((__force xpv_gref_t)0)

/**
 * xpv_gref - grant reference, from Xen's own type
 * @raw: the number, as it stands in a structure of Xen's
 *
 * Context: any.
 * Return: the same number.
 */
static inline xpv_gref_t xpv_gref(u32 raw)
{
	return (__force xpv_gref_t)raw;
}

/**
 * xpv_gref_raw - grant reference, for Xen's own type
 * @ref: the number
 *
 * Context: any.
 * Return: the same number.
 */
static inline u32 xpv_gref_raw(xpv_gref_t ref)
{
	return (__force u32)ref;
}

/**
 * enum xpv_gnttab_access - what the peer may do with a page
 * @XPV_GNTTAB_RW: read and write
 * @XPV_GNTTAB_RO: read only
 */
enum xpv_gnttab_access {
	XPV_GNTTAB_RW,
	XPV_GNTTAB_RO,
};

/**
 * struct xpv_gnttab_pool - grant references reserved for one queue
 * @refs: stack of the references not in use
 * @free: how many @refs holds
 * @capacity: how many the pool owns, in use or not
 *
 * No lock of its own: whoever owns the queue serialises take and put.
 */
struct xpv_gnttab_pool {
	xpv_gref_t *refs;
	unsigned int free;
	unsigned int capacity;
};

/**
 * xpv_gnttab_pool_create - reserve grant references for one queue
 * @pool: filled on success, not touched on error
 * @capacity: number of references, 1 to 65535
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, or -ENOSPC when the grant table is full and cannot
 * grow (gnttab_max_frames of the domain).
 */
int xpv_gnttab_pool_create(struct xpv_gnttab_pool *pool, unsigned int capacity);

/**
 * xpv_gnttab_pool_destroy - give all references back
 * @pool: every reference put back or parked; a zeroed pool is fine
 *
 * Context: process, may sleep.
 */
void xpv_gnttab_pool_destroy(struct xpv_gnttab_pool *pool);

/**
 * xpv_gnttab_pool_take - take a reference that is not granted
 * @pool: the pool; the caller serialises
 * @ref: the reference, on success
 *
 * Context: any.
 * Return: 0, or -ENOSPC when the pool is empty.
 */
static inline int xpv_gnttab_pool_take(struct xpv_gnttab_pool *pool,
				       xpv_gref_t *ref)
{
	if (unlikely(!pool->free))
		return -ENOSPC;
	*ref = pool->refs[--pool->free];
	return 0;
}

/**
 * xpv_gnttab_pool_put - put a revoked reference back
 * @pool: pool it was taken from; the caller serialises
 * @ref: reference, not granted
 *
 * Context: any.
 */
static inline void xpv_gnttab_pool_put(struct xpv_gnttab_pool *pool,
				       xpv_gref_t ref)
{
	pool->refs[pool->free++] = ref;
}

/**
 * xpv_gnttab_pool_park - part with a reference the peer holds on to
 * @pool: pool it was taken from; the caller serialises
 * @ref: reference whose revoke said -EBUSY
 * @page: page behind it, see xpv_gnttab_park()
 *
 * The pool is smaller by one for the rest of its life.
 *
 * Context: any.
 */
void xpv_gnttab_pool_park(struct xpv_gnttab_pool *pool, xpv_gref_t ref,
			  struct page *page);

/**
 * xpv_gnttab_grant - let a peer access one page
 * @ref: reference taken from a pool, not granted
 * @peer: the domain that may access it
 * @page: first page frame is granted whole: it must hold nothing the peer
 *	may not see
 * @access: read and write, or read only
 *
 * Orders the entry's contents before its validity itself (grant_table.h,
 * "Introducing a valid entry into the grant table").
 *
 * Context: any.
 */
void xpv_gnttab_grant(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		      enum xpv_gnttab_access access);

/**
 * xpv_gnttab_revoke - end a peer's access
 * @ref: granted reference
 *
 * On success the peer's writes are visible and it can make no more.
 *
 * Context: any.
 * Return: 0, or -EBUSY when the peer still has the page mapped or a copy
 * under way: the page must not be freed or reused; park it.
 */
int __must_check xpv_gnttab_revoke(xpv_gref_t ref);

/**
 * xpv_gnttab_park - keep a page until the peer lets go of it
 * @ref: reference whose revoke said -EBUSY
 * @page: page behind it, or NULL when its memory is never freed
 *
 * Takes over @ref and the caller's one count on @page. Both are released
 * when the peer unmaps, which is looked for now and then. What is parked is
 * counted in the module parameter xpv_grant_table.parked.
 *
 * Context: any.
 */
void xpv_gnttab_park(xpv_gref_t ref, struct page *page);

#endif /* _XPV_GRANT_TABLE_H */
