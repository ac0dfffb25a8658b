// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages that a queue's peer is lent for data, and their references: who has
 * claimed which, and the life of those that are persistent. A disk that is hardly
 * used keeps few of these: they are made when they are first needed, and what was
 * used last is used first.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "grants.h"
#include "queue.h"

/* Less than this is too little to run a disk with. */
#define GRANTS_MIN XBF_SEGMENTS_MAX

/* With a grant table that is nearly full, a slow disk is better than none. */
static int create_pool(struct xbf_grants *g, unsigned int nr)
{
	int err;

	do {
		err = xpv_gnttab_pool_create(&g->pool, nr);
		nr /= 2;
	} while (err == -ENOSPC && nr >= GRANTS_MIN);
	return err;
}

static void take_all(struct xbf_grants *g)
{
	unsigned int i;

	for (i = 0; i < g->pool.capacity; i++) {
		/* As many as it was made for. */
		WARN_ON_ONCE(xpv_gnttab_pool_take(&g->pool, &g->all[i].ref));
		g->free[i] = i;
	}
	g->nr_free = i;
}

/**
 * xbf_grants_create - reserve grants for a queue, in place to begin with
 * @g: filled on success
 * @nr: how many, if the grant table has them; 1 to 65535
 * @peer: who is lent pages
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int xbf_grants_create(struct xbf_grants *g, unsigned int nr, xpv_domid_t peer)
{
	int err = create_pool(g, nr);

	if (err)
		return err;
	g->peer = peer;
	g->persistent = false;
	g->all = kvcalloc(g->pool.capacity, sizeof(*g->all), GFP_KERNEL);
	g->free = kvcalloc(g->pool.capacity, sizeof(*g->free), GFP_KERNEL);
	if (!g->all || !g->free)
		goto err_free;
	take_all(g);
	return 0;

err_free:
	kvfree(g->free);
	kvfree(g->all);
	xpv_gnttab_pool_destroy(&g->pool);
	return -ENOMEM;
}

/* A page that the peer has not let go of is freed when it does. */
static void take_back(struct xbf_grants *g, struct xbf_grant *grant)
{
	if (g->persistent && grant->page) {
		if (xpv_gnttab_revoke(grant->ref)) {
			xpv_gnttab_pool_park(&g->pool, grant->ref, grant->page);
			return;
		}
		__free_page(grant->page);
	}
	xpv_gnttab_pool_put(&g->pool, grant->ref);
}

/**
 * xbf_grants_destroy - give all back
 * @g: none of them claimed
 *
 * Context: process, may sleep.
 */
void xbf_grants_destroy(struct xbf_grants *g)
{
	unsigned int i, nr = g->nr_free;

	for (i = 0; i < nr; i++)
		take_back(g, &g->all[g->free[i]]);
	kvfree(g->free);
	kvfree(g->all);
	xpv_gnttab_pool_destroy(&g->pool);
}

/* Zeroed: the peer sees all of it. */
static int lend_page(struct xbf_grants *g, struct xbf_grant *grant, gfp_t gfp)
{
	grant->page = alloc_page(gfp | __GFP_ZERO);
	if (!grant->page)
		return -ENOMEM;
	xpv_gnttab_grant(grant->ref, g->peer, grant->page, XPV_GNTTAB_RW);
	return 0;
}

/**
 * xbf_grants_persist - use pages of our own, which the peer may keep mapped
 * @g: none of them claimed
 *
 * As many as the largest request needs are made at once: with these a disk works
 * when the machine has no memory left.
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM: @g can be destroyed, and nothing else.
 */
int xbf_grants_persist(struct xbf_grants *g)
{
	unsigned int i, nr = min_t(unsigned int, g->nr_free, XBF_SEGMENTS_MAX);
	int err = 0;

	g->persistent = true;
	for (i = 1; !err && i <= nr; i++)
		err = lend_page(g, &g->all[g->free[g->nr_free - i]],
				GFP_KERNEL);
	return err;
}

/**
 * xbf_grants_claim - take some for a request
 * @g: the queue's; the caller serialises
 * @nr: how many
 * @claimed: their indexes in @g->all, on success
 *
 * Context: any.
 * Return: 0, or -ENOSPC or -ENOMEM: there will be as many when requests end.
 */
int xbf_grants_claim(struct xbf_grants *g, unsigned int nr, u16 *claimed)
{
	struct xbf_grant *grant;
	unsigned int i;

	if (g->nr_free < nr)
		return -ENOSPC;
	for (i = 0; i < nr; i++) {
		claimed[i] = g->free[--g->nr_free];
		grant = &g->all[claimed[i]];
		if (!g->persistent || grant->page ||
		    !lend_page(g, grant, GFP_NOWAIT | __GFP_NOWARN))
			continue;
		/* The one without a page first: it is to lie below the others. */
		do {
			xbf_grants_put(g, claimed[i]);
		} while (i--);
		return -ENOMEM;
	}
	return 0;
}

/**
 * xbf_grants_park - part with one that the peer holds on to
 * @g: in place; the caller serialises
 * @index: claimed, and could not be revoked; nobody has it any more
 *
 * Its page is kept from being freed. Pages of the slab allocator may not be
 * counted; the reference is parked alone then.
 *
 * Context: any.
 */
void xbf_grants_park(struct xbf_grants *g, u16 index)
{
	struct xbf_grant *grant = &g->all[index];
	struct page *page = grant->page;

	if (!folio_try_get(page_folio(page)))
		page = NULL;
	xpv_gnttab_pool_park(&g->pool, grant->ref, page);
	*grant = (struct xbf_grant){};
}
