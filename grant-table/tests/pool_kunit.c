// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suites xpv_gnttab_pool and xpv_gnttab_park: pools of references, pages shared
 * for a connection, and the parking lot (pool.c, shared.c, park.c), over a
 * table that counts.
 */
#define xpv_gnttab_ops			pool_fake_ops
#define xpv_gnttab_pool_create		tested_pool_create
#define xpv_gnttab_pool_destroy		tested_pool_destroy
#define xpv_gnttab_pool_park		tested_pool_park
#define xpv_gnttab_park			tested_park
#define xpv_gnttab_park_exit		tested_park_exit
#define xpv_gnttab_parked		tested_parked
#define xpv_gnttab_share		tested_share
#define xpv_gnttab_unshare		tested_unshare

#include <tests/kunit/suite.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <xpv/grant_shared.h>

#include "../internal.h"

/**
 * struct table - whose references they are
 * @out: references reserved and not released
 * @next: number of the next
 * @err: reserving fails
 * @granted: grants, less those revoked
 * @busy: from this reference on the peer holds on
 * @abandoned: references given up
 * @looks: times that the lot is to be looked at later
 */
static struct table {
	int out;
	u32 next;
	int err;
	int granted;
	u32 busy;
	unsigned int abandoned;
	unsigned int looks;
} table;

static int fake_reserve(xpv_gref_t *refs, unsigned int count)
{
	if (table.err)
		return table.err;
	table.out += count;
	while (count--)
		*refs++ = xpv_gref(table.next++);
	return 0;
}

static void fake_release(const xpv_gref_t *refs, unsigned int count)
{
	table.out -= count;
}

static int fake_try_release(xpv_gref_t ref)
{
	if (xpv_gref_raw(ref) >= table.busy)
		return -EBUSY;
	table.granted--;
	table.out--;
	return 0;
}

static void fake_abandon(xpv_gref_t ref, struct page *page)
{
	table.abandoned++;
}

struct xpv_gnttab_ops xpv_gnttab_ops = {
	.reserve = fake_reserve,
	.release = fake_release,
	.try_release = fake_try_release,
	.abandon = fake_abandon,
};

#define xpv_gnttab_grant(ref, peer, page, access) (table.granted++)
#define schedule_delayed_work(work, delay) (table.looks++)
#undef module_param_cb
#define module_param_cb(...) static_assert(1)
#undef MODULE_PARM_DESC
#define MODULE_PARM_DESC(...) static_assert(1)
#undef pr_warn
#define pr_warn(...) count_warning(true)

#include "../pool.c"
#include "../shared.c"
#undef pr_fmt
#include "../park.c"

static int init(struct kunit *test)
{
	table = (struct table){ .next = 8, .busy = U32_MAX };
	warnings = 0;
	atomic_set(&xpv_gnttab_parked, 0);
	return parked_ops.get ? 0 : -EINVAL;
}

static void create_bounds_its_capacity(struct kunit *test)
{
	struct xpv_gnttab_pool pool = { .capacity = 77 };

	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_create(&pool, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_create(&pool, 65536), -EINVAL);
	table.err = -ENOSPC;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_create(&pool, 4), -ENOSPC);
	KUNIT_EXPECT_EQ(test, pool.capacity, 77);
	table.err = 0;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_create(&pool, 65535), 0);
	KUNIT_EXPECT_EQ(test, table.out, 65535);
	xpv_gnttab_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, table.out, 0);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static u32 sum_of(const xpv_gref_t *refs, unsigned int count)
{
	u32 sum = 0;

	while (count--)
		sum += xpv_gref_raw(refs[count]);
	return sum;
}

static void take_until_empty(struct kunit *test)
{
	struct xpv_gnttab_pool pool;
	xpv_gref_t refs[3], more = xpv_gref(1234);
	int i;

	KUNIT_ASSERT_EQ(test, xpv_gnttab_pool_create(&pool, 3), 0);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_take(&pool, &refs[i]), 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_take(&pool, &more), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xpv_gref_raw(more), 1234);
	KUNIT_EXPECT_EQ(test, sum_of(refs, 3), 8 + 9 + 10);
	xpv_gnttab_pool_put(&pool, refs[1]);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_take(&pool, &more), 0);
	KUNIT_EXPECT_EQ(test, xpv_gref_raw(more), xpv_gref_raw(refs[1]));
	for (i = 0; i < 3; i++)
		xpv_gnttab_pool_put(&pool, refs[i]);
	xpv_gnttab_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void destroy_tells_of_a_leak(struct kunit *test)
{
	struct xpv_gnttab_pool pool;
	xpv_gref_t ref;

	KUNIT_ASSERT_EQ(test, xpv_gnttab_pool_create(&pool, 3), 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_take(&pool, &ref), 0);
	xpv_gnttab_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, warnings, 1);
	KUNIT_EXPECT_EQ(test, table.out, 1);
	KUNIT_EXPECT_NULL(test, pool.refs);
}

static void park_makes_the_pool_smaller(struct kunit *test)
{
	struct xpv_gnttab_pool pool;
	struct page *page = alloc_page(GFP_KERNEL);
	xpv_gref_t ref;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	KUNIT_ASSERT_EQ(test, xpv_gnttab_pool_create(&pool, 3), 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_pool_take(&pool, &ref), 0);
	xpv_gnttab_pool_park(&pool, ref, page);
	xpv_gnttab_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, warnings, 0);
	KUNIT_EXPECT_EQ(test, table.out, 1);
	look_again(NULL);
	KUNIT_EXPECT_EQ(test, table.out, 0);
}

static void share_bounds_its_pages(struct kunit *test)
{
	struct xpv_gnttab_shared area = {};
	int err;

	KUNIT_EXPECT_EQ(test, xpv_gnttab_share(&area, 0, xpv_domid(1)), -EINVAL);
	err = xpv_gnttab_share(&area, XPV_GNTTAB_SHARED_MAX + 1, xpv_domid(1));
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	table.err = -ENOSPC;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_share(&area, 2, xpv_domid(1)), -ENOSPC);
	KUNIT_EXPECT_NULL(test, area.addr);
	KUNIT_EXPECT_EQ(test, area.nr_pages, 0);
	/* Nothing is shared: nothing to take back. */
	xpv_gnttab_unshare(&area);
	KUNIT_EXPECT_EQ(test, table.granted, 0);
}

static const unsigned int page_counts[] = { 1, 2, XPV_GNTTAB_SHARED_MAX };

static void describe_pages(const unsigned int *nr, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u pages", *nr);
}

KUNIT_ARRAY_PARAM(pages, page_counts, describe_pages);

static void share_lends_zeroed_pages_in_a_row(struct kunit *test)
{
	unsigned int nr = *(const unsigned int *)test->param_value;
	struct xpv_gnttab_shared area = {};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, xpv_gnttab_share(&area, nr, xpv_domid(1)), 0);
	KUNIT_EXPECT_EQ(test, table.granted, (int)nr);
	KUNIT_EXPECT_EQ(test, table.out, (int)nr);
	KUNIT_EXPECT_NULL(test, memchr_inv(area.addr, 0, nr * PAGE_SIZE));
	for (i = 0; i < nr; i++) {
		*(u32 *)(area.addr + i * PAGE_SIZE) = i + 1;
		KUNIT_EXPECT_EQ(test, *(u32 *)page_address(area.pages[i]), i + 1);
	}
	xpv_gnttab_unshare(&area);
	KUNIT_EXPECT_EQ(test, table.granted, 0);
	KUNIT_EXPECT_EQ(test, table.out, 0);
	KUNIT_EXPECT_NULL(test, area.addr);
}

static void unshare_parks_what_is_mapped(struct kunit *test)
{
	struct xpv_gnttab_shared area = {};

	KUNIT_ASSERT_EQ(test, xpv_gnttab_share(&area, 4, xpv_domid(1)), 0);
	table.busy = 10;
	xpv_gnttab_unshare(&area);
	KUNIT_EXPECT_EQ(test, atomic_read(&xpv_gnttab_parked), 2);
	KUNIT_EXPECT_EQ(test, table.granted, 2);
	table.busy = U32_MAX;
	look_again(NULL);
	KUNIT_EXPECT_EQ(test, table.granted, 0);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(create_bounds_its_capacity),
	KUNIT_CASE(take_until_empty),
	KUNIT_CASE(destroy_tells_of_a_leak),
	KUNIT_CASE(park_makes_the_pool_smaller),
	KUNIT_CASE(share_bounds_its_pages),
	KUNIT_CASE_PARAM(share_lends_zeroed_pages_in_a_row, pages_gen_params),
	KUNIT_CASE(unshare_parks_what_is_mapped),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "xpv_gnttab_pool",
	.init = init,
	.test_cases = pool_cases,
};

/* Parks a page with a count of its own; the test keeps another. */
static struct page *parked_page(struct kunit *test, u32 ref)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	get_page(page);
	table.out++;
	xpv_gnttab_park(xpv_gref(ref), page);
	return page;
}

static void lot_keeps_a_page_until_the_peer_lets_go(struct kunit *test)
{
	struct page *a, *b;

	table.busy = 20;
	a = parked_page(test, 20);
	b = parked_page(test, 21);
	KUNIT_EXPECT_EQ(test, table.looks, 2);
	look_again(NULL);
	KUNIT_EXPECT_EQ(test, page_count(a), 2);
	KUNIT_EXPECT_EQ(test, table.looks, 3);
	table.busy = 21;
	look_again(NULL);
	KUNIT_EXPECT_EQ(test, page_count(a), 1);
	KUNIT_EXPECT_EQ(test, page_count(b), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&xpv_gnttab_parked), 1);
	KUNIT_EXPECT_EQ(test, table.looks, 4);
	table.busy = 22;
	look_again(NULL);
	KUNIT_EXPECT_EQ(test, page_count(b), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&xpv_gnttab_parked), 0);
	/* Nothing is left to look at. */
	KUNIT_EXPECT_EQ(test, table.looks, 4);
	KUNIT_EXPECT_EQ(test, table.out, 0);
	__free_page(a);
	__free_page(b);
}

static void lot_takes_a_grant_without_a_page(struct kunit *test)
{
	table.out++;
	xpv_gnttab_park(xpv_gref(20), NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&xpv_gnttab_parked), 1);
	look_again(NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&xpv_gnttab_parked), 0);
	KUNIT_EXPECT_EQ(test, table.out, 0);
}

static void exit_gives_up_what_is_still_mapped(struct kunit *test)
{
	struct page *a, *b;

	table.busy = 21;
	a = parked_page(test, 20);
	b = parked_page(test, 21);
	xpv_gnttab_park_exit();
	KUNIT_EXPECT_EQ(test, page_count(a), 1);
	/* The peer may write to it for good: nobody else gets it. */
	KUNIT_EXPECT_EQ(test, page_count(b), 2);
	KUNIT_EXPECT_EQ(test, table.abandoned, 1);
	KUNIT_EXPECT_EQ(test, warnings, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&lot));
	__free_page(a);
	put_page(b);
	__free_page(b);
}

static struct kunit_case park_cases[] = {
	KUNIT_CASE(lot_keeps_a_page_until_the_peer_lets_go),
	KUNIT_CASE(lot_takes_a_grant_without_a_page),
	KUNIT_CASE(exit_gives_up_what_is_still_mapped),
	{}
};

static struct kunit_suite park_suite = {
	.name = "xpv_gnttab_park",
	.init = init,
	.test_cases = park_cases,
};

kunit_test_suites(&pool_suite, &park_suite);

MODULE_DESCRIPTION("KUnit suites of xpv's pools and parked pages");
MODULE_LICENSE("GPL");
