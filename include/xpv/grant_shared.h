/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages shared with a peer for the life of a connection: its rings. Part of
 * the grant table's API.
 */
#ifndef _XPV_GRANT_SHARED_H
#define _XPV_GRANT_SHARED_H

#include <xpv/grant_table.h>

/* Ring pages at most: XENBUS_MAX_RING_GRANT_ORDER in Linux backends is 4. */
#define XPV_GNTTAB_SHARED_MAX 16

/**
 * struct xpv_gnttab_shared - zeroed pages lent for the life of a connection
 * @addr: where they are mapped one after the other, NULL while not shared
 * @nr_pages: how many
 * @refs: their grant references, to be told to the peer in this order
 * @pages: the pages
 *
 * Zero-initialised means not shared.
 */
struct xpv_gnttab_shared {
	void *addr;
	unsigned int nr_pages;
	xpv_gref_t refs[XPV_GNTTAB_SHARED_MAX];
	struct page *pages[XPV_GNTTAB_SHARED_MAX];
};

/**
 * xpv_gnttab_share - allocate zeroed pages and grant them to a peer
 * @area: not shared; not touched on error
 * @nr_pages: 1 to %XPV_GNTTAB_SHARED_MAX
 * @peer: domain that may read and write them
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL, -ENOMEM or -ENOSPC.
 */
int xpv_gnttab_share(struct xpv_gnttab_shared *area, unsigned int nr_pages,
		     xpv_domid_t peer);

/**
 * xpv_gnttab_unshare - revoke and free; park what the peer still maps
 * @area: shared or not; not shared afterwards
 *
 * Context: process, may sleep.
 */
void xpv_gnttab_unshare(struct xpv_gnttab_shared *area);

#endif /* _XPV_GRANT_SHARED_H */
