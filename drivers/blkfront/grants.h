/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a queue lends its peer for data. Internal to xpv-blkfront.
 *
 * In place: each request's own pages, for as long as the peer has it. Persistent:
 * pages of ours, which the peer may keep mapped until the connection ends; data is
 * copied. See blkif.h, "feature-persistent".
 */
#ifndef _XBF_GRANTS_H
#define _XBF_GRANTS_H

#include <linux/types.h>
#include <xpv/grant_table.h>

/**
 * struct xbf_grant - one page that the peer can be lent
 * @ref: its grant, XPV_GREF_NONE when that was parked
 * @page: persistent: ours, once it was needed; in place: the request's
 *
 * Whoever has claimed it has it.
 */
struct xbf_grant {
	xpv_gref_t ref;
	struct page *page;
};

/**
 * struct xbf_grants - all that one queue has
 * @pool: owns the references
 * @all: each grant
 * @free: indexes in @all of those that nobody has claimed, the last put first.
 *	Persistent: those that have a page lie above those that have none yet
 * @nr_free: how many
 * @peer: who is lent the pages
 * @persistent: pages are ours; fixed while there is a disk
 *
 * No lock of its own: whoever owns the queue serialises.
 */
struct xbf_grants {
	struct xpv_gnttab_pool pool;
	struct xbf_grant *all;
	u16 *free;
	unsigned int nr_free;
	xpv_domid_t peer;
	bool persistent;
};

int xbf_grants_create(struct xbf_grants *g, unsigned int nr, xpv_domid_t peer);
void xbf_grants_destroy(struct xbf_grants *g);
int xbf_grants_persist(struct xbf_grants *g);
int xbf_grants_claim(struct xbf_grants *g, unsigned int nr, u16 *claimed);
void xbf_grants_park(struct xbf_grants *g, u16 index);

/**
 * xbf_grants_put - put one back that was claimed
 * @g: the queue's; the caller serialises
 * @index: in @g->all; in place: revoked
 *
 * Context: any.
 */
static inline void xbf_grants_put(struct xbf_grants *g, u16 index)
{
	g->free[g->nr_free++] = index;
}

#endif /* _XBF_GRANTS_H */
