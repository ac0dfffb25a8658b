// SPDX-License-Identifier: GPL-2.0-only
/* Suite xpv_stack_gnttab: pages lent to a backend. */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <xpv/grant_shared.h>
#include <xpv/grant_table.h>

#include "stack.h"

static void map_all(struct kunit *test, const struct xpv_gnttab_shared *shared,
		    struct xsim_area *area)
{
	u32 refs[XPV_GNTTAB_SHARED_MAX];
	unsigned int i;

	for (i = 0; i < shared->nr_pages; i++)
		refs[i] = xpv_gref_raw(shared->refs[i]);
	KUNIT_EXPECT_EQ(test, xsim_area_map(area, refs, shared->nr_pages), 0);
}

static void shares_pages(struct kunit *test)
{
	struct xpv_gnttab_shared shared = {};
	struct xsim_area area = {};
	size_t size = XPV_GNTTAB_SHARED_MAX * PAGE_SIZE;
	int err;

	err = xpv_gnttab_share(&shared, XPV_GNTTAB_SHARED_MAX, xpv_domid(0));
	KUNIT_ASSERT_EQ(test, err, 0);
	map_all(test, &shared, &area);
	if (area.addr) {
		memset(area.addr, 0xa5, size);
		KUNIT_EXPECT_NULL(test, memchr_inv(shared.addr, 0xa5, size));
	}
	xsim_area_unmap(&area);
	xpv_gnttab_unshare(&shared);
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), 0u);
}

static void lends_for_reading(struct kunit *test, struct xpv_gnttab_pool *pool,
			      struct page *page)
{
	struct xsim_map map = {};
	xpv_gref_t ref;
	u32 raw;

	KUNIT_ASSERT_EQ(test, xpv_gnttab_pool_take(pool, &ref), 0);
	raw = xpv_gref_raw(ref);
	KUNIT_EXPECT_EQ(test, xsim_grant_map(&map, raw, true), -EINVAL);
	xpv_gnttab_grant(ref, xpv_domid(0), page, XPV_GNTTAB_RO);
	KUNIT_EXPECT_EQ(test, xsim_grant_map(&map, raw, false), -EACCES);
	KUNIT_EXPECT_EQ(test, xsim_grant_map(&map, raw, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, map.page, page);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_revoke(ref), -EBUSY);
	xsim_grant_unmap(&map);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_revoke(ref), 0);
	KUNIT_EXPECT_EQ(test, xsim_grant_map(&map, raw, true), -EINVAL);
	xpv_gnttab_pool_put(pool, ref);
}

static void keeps_reader_from_writing(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct xpv_gnttab_pool pool;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_create(&pool, 1), 0);
	lends_for_reading(test, &pool, page);
	xpv_gnttab_pool_destroy(&pool);
	__free_page(page);
}

static void parks_what_is_mapped(struct kunit *test)
{
	struct xpv_gnttab_shared shared = {};
	struct xsim_area area = {};
	struct page *page;

	KUNIT_ASSERT_EQ(test, xpv_gnttab_share(&shared, 1, xpv_domid(0)), 0);
	map_all(test, &shared, &area);
	page = shared.pages[0];
	/* Ours, to see when the other is given back. */
	get_page(page);
	xpv_gnttab_unshare(&shared);
	msleep(700);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	xsim_area_unmap(&area);
	KUNIT_EXPECT_TRUE(test, wait_until(page_count(page) == 1));
	put_page(page);
}

/* How many pools of a thousand there can be at a time. */
static unsigned int fill_table(struct kunit *test, struct xpv_gnttab_pool *pools,
			       unsigned int max)
{
	unsigned int nr = 0, i;
	int err;

	while (nr < max) {
		err = xpv_gnttab_pool_create(&pools[nr], 1000);
		if (err)
			break;
		nr++;
	}
	KUNIT_EXPECT_EQ(test, err, -ENOSPC);
	for (i = 0; i < nr; i++)
		xpv_gnttab_pool_destroy(&pools[i]);
	return nr;
}

static void grows_up_to_its_limit(struct kunit *test)
{
	const unsigned int max = 64;
	struct xpv_gnttab_pool *pools;
	unsigned int nr;

	pools = kunit_kcalloc(test, max, sizeof(*pools), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pools);
	nr = fill_table(test, pools, max);
	KUNIT_EXPECT_GE(test, nr, 15u);
	KUNIT_EXPECT_EQ(test, fill_table(test, pools, max), nr);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(shares_pages),
	KUNIT_CASE(keeps_reader_from_writing),
	KUNIT_CASE(parks_what_is_mapped),
	KUNIT_CASE(grows_up_to_its_limit),
	{}
};

struct kunit_suite stack_gnttab_suite = {
	.name = "xpv_stack_gnttab",
	.init = stack_init,
	.exit = stack_exit,
	.test_cases = cases,
};
