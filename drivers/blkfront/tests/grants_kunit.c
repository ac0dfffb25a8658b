// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xbf_grants: which page of a queue is lent for what (grants.c). The grant
 * table and the memory are fakes.
 */
#define xbf_grants_create	tested_grants_create
#define xbf_grants_destroy	tested_grants_destroy
#define xbf_grants_persist	tested_grants_persist
#define xbf_grants_claim	tested_grants_claim
#define xbf_grants_park		tested_grants_park

#include <tests/kunit/suite.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../grants.h"
#include "../queue.h"

#define NR		(2 * XBF_SEGMENTS_MAX)
#define PEER		xpv_domid(7)
#define FIRST_REF	500

/**
 * struct seen - the grant table and the memory
 * @room: references that the table has
 * @pages: that may yet be allocated
 * @allocated: pages that are not freed
 * @lent: page of each reference, NULL while it is not granted
 * @busy: this reference cannot be revoked
 * @parked: references parked
 * @parked_page: the last one's page
 */
struct seen {
	unsigned int room;
	unsigned int pages;
	unsigned int allocated;
	struct page *lent[NR];
	xpv_gref_t busy;
	unsigned int parked;
	struct page *parked_page;
};

static struct seen *seen;
static struct xbf_grants *grants;

static int fake_pool_create(struct xpv_gnttab_pool *pool, unsigned int nr)
{
	unsigned int i;

	if (nr > seen->room)
		return -ENOSPC;
	pool->refs = kcalloc(nr, sizeof(*pool->refs), GFP_KERNEL);
	if (!pool->refs)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		pool->refs[i] = xpv_gref(FIRST_REF + i);
	pool->free = nr;
	pool->capacity = nr;
	return 0;
}

static void fake_pool_destroy(struct xpv_gnttab_pool *pool)
{
	WARN_ON_ONCE(pool->free != pool->capacity);
	kfree(pool->refs);
	*pool = (struct xpv_gnttab_pool){};
}

static void fake_pool_park(struct xpv_gnttab_pool *pool, xpv_gref_t ref,
			   struct page *page)
{
	pool->capacity--;
	seen->parked++;
	seen->parked_page = page;
	if (page)
		put_page(page);
}

static void fake_grant(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		       enum xpv_gnttab_access access)
{
	WARN_ON_ONCE(xpv_domid_raw(peer) != xpv_domid_raw(PEER));
	WARN_ON_ONCE(access != XPV_GNTTAB_RW);
	WARN_ON_ONCE(memchr_inv(page_address(page), 0, PAGE_SIZE));
	seen->lent[xpv_gref_raw(ref) - FIRST_REF] = page;
}

static int fake_revoke(xpv_gref_t ref)
{
	if (ref == seen->busy)
		return -EBUSY;
	seen->lent[xpv_gref_raw(ref) - FIRST_REF] = NULL;
	return 0;
}

/* Something was in it before, unless it is asked to be empty. */
static struct page *real_alloc_page(gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	if (page && !(gfp & __GFP_ZERO))
		memset(page_address(page), 0x5a, PAGE_SIZE);
	return page;
}

static struct page *fake_alloc_page(gfp_t gfp)
{
	if (!seen->pages)
		return NULL;
	seen->pages--;
	seen->allocated++;
	return real_alloc_page(gfp);
}

static void fake_free_page(struct page *page)
{
	seen->allocated--;
	put_page(page);
}

#define xpv_gnttab_pool_create	fake_pool_create
#define xpv_gnttab_pool_destroy	fake_pool_destroy
#define xpv_gnttab_pool_park	fake_pool_park
#define xpv_gnttab_grant	fake_grant
#define xpv_gnttab_revoke	fake_revoke
#undef alloc_page
#define alloc_page		fake_alloc_page
#undef __free_page
#define __free_page		fake_free_page

#include "../grants.c"

static int init(struct kunit *test)
{
	seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	grants = kunit_kzalloc(test, sizeof(*grants), GFP_KERNEL);
	if (!seen || !grants)
		return -ENOMEM;
	seen->room = NR;
	seen->pages = NR;
	warnings = 0;
	return 0;
}

static void create(struct kunit *test, bool persistent)
{
	KUNIT_ASSERT_EQ(test, xbf_grants_create(grants, NR, PEER), 0);
	if (persistent)
		KUNIT_ASSERT_EQ(test, xbf_grants_persist(grants), 0);
}

static void destroy(struct kunit *test)
{
	xbf_grants_destroy(grants);
	KUNIT_EXPECT_EQ(test, seen->allocated, seen->parked);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void put_all(const u16 *claimed, unsigned int nr)
{
	while (nr)
		xbf_grants_put(grants, claimed[--nr]);
}

static unsigned int nr_lent(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR; i++)
		nr += !!seen->lent[i];
	return nr;
}

static struct page *page_of(u16 index)
{
	return seen->lent[xpv_gref_raw(grants->all[index].ref) - FIRST_REF];
}

/* A full table makes a slow disk, and only a very full one makes none. */
static void takes_less_if_there_is_less(struct kunit *test)
{
	seen->room = NR - 1;
	KUNIT_ASSERT_EQ(test, xbf_grants_create(grants, NR, PEER), 0);
	KUNIT_EXPECT_EQ(test, grants->nr_free, NR / 2);
	destroy(test);
	seen->room = XBF_SEGMENTS_MAX - 1;
	KUNIT_EXPECT_EQ(test, xbf_grants_create(grants, NR, PEER), -ENOSPC);
}

static void no_two_claims_share_a_grant(struct kunit *test)
{
	bool had[NR] = {};
	u16 claimed[NR];
	unsigned int i;

	create(test, false);
	for (i = 0; i < NR; i += NR / 4)
		KUNIT_ASSERT_EQ(test, xbf_grants_claim(grants, NR / 4, claimed + i), 0);
	for (i = 0; i < NR; i++) {
		KUNIT_ASSERT_LT(test, claimed[i], NR);
		KUNIT_EXPECT_FALSE(test, had[claimed[i]]);
		had[claimed[i]] = true;
	}
	KUNIT_EXPECT_EQ(test, xbf_grants_claim(grants, 1, claimed), -ENOSPC);
	KUNIT_EXPECT_EQ(test, xbf_grants_claim(grants, 0, claimed), 0);
	put_all(claimed, NR);
	KUNIT_EXPECT_EQ(test, seen->allocated, 0);
	destroy(test);
}

static void persistent_ones_are_made_when_needed(struct kunit *test)
{
	u16 claimed[NR];
	unsigned int i, round;

	create(test, true);
	KUNIT_EXPECT_EQ(test, seen->allocated, XBF_SEGMENTS_MAX);
	KUNIT_EXPECT_EQ(test, nr_lent(), XBF_SEGMENTS_MAX);
	for (round = 0; round < 5; round++) {
		KUNIT_ASSERT_EQ(test, xbf_grants_claim(grants, XBF_SEGMENTS_MAX, claimed), 0);
		put_all(claimed, XBF_SEGMENTS_MAX);
	}
	KUNIT_EXPECT_EQ(test, seen->allocated, XBF_SEGMENTS_MAX);

	KUNIT_ASSERT_EQ(test, xbf_grants_claim(grants, XBF_SEGMENTS_MAX + 3, claimed), 0);
	KUNIT_EXPECT_EQ(test, seen->allocated, XBF_SEGMENTS_MAX + 3);
	for (i = 0; i < XBF_SEGMENTS_MAX + 3; i++)
		KUNIT_EXPECT_PTR_EQ(test, grants->all[claimed[i]].page, page_of(claimed[i]));
	put_all(claimed, XBF_SEGMENTS_MAX + 3);
	destroy(test);
	KUNIT_EXPECT_EQ(test, nr_lent(), 0);
}

/* What was made at the beginning is enough for one request, ever after. */
static void works_without_memory(struct kunit *test)
{
	u16 claimed[NR];
	unsigned int round;

	seen->pages = XBF_SEGMENTS_MAX;
	create(test, true);
	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, xbf_grants_claim(grants, 10, claimed), 0);
		KUNIT_EXPECT_EQ(test,
				xbf_grants_claim(grants, XBF_SEGMENTS_MAX - 9, claimed + 10),
				-ENOMEM);
		KUNIT_EXPECT_EQ(test, grants->nr_free, NR - 10);
		KUNIT_EXPECT_EQ(test,
				xbf_grants_claim(grants, XBF_SEGMENTS_MAX - 10, claimed + 10), 0);
		put_all(claimed, XBF_SEGMENTS_MAX);
	}
	destroy(test);
}

static void without_any_memory_says_so(struct kunit *test)
{
	create(test, false);
	seen->pages = XBF_SEGMENTS_MAX - 1;
	KUNIT_EXPECT_EQ(test, xbf_grants_persist(grants), -ENOMEM);
	destroy(test);
	KUNIT_EXPECT_EQ(test, nr_lent(), 0);
}

/* Its page must not be used by anybody else while the peer has it. */
static void parks_what_the_peer_keeps(struct kunit *test)
{
	u16 claimed[2];
	struct page *page;

	create(test, true);
	KUNIT_ASSERT_EQ(test, xbf_grants_claim(grants, 2, claimed), 0);
	seen->busy = grants->all[claimed[1]].ref;
	page = grants->all[claimed[1]].page;
	put_all(claimed, 2);
	destroy(test);
	KUNIT_EXPECT_EQ(test, seen->parked, 1);
	KUNIT_EXPECT_PTR_EQ(test, seen->parked_page, page);
}

/* The request's owner may free it meanwhile. */
static void parks_a_page_with_a_count_of_its_own(struct kunit *test)
{
	struct page *page = real_alloc_page(GFP_KERNEL);
	u16 index;

	KUNIT_ASSERT_NOT_NULL(test, page);
	create(test, false);
	KUNIT_ASSERT_EQ(test, xbf_grants_claim(grants, 1, &index), 0);
	grants->all[index].page = page;
	get_page(page);
	xbf_grants_park(grants, index);
	/* The fake has given back what it was given. */
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	KUNIT_EXPECT_PTR_EQ(test, seen->parked_page, page);
	put_page(page);
	put_page(page);
	KUNIT_EXPECT_EQ(test, grants->nr_free, NR - 1);
	xbf_grants_destroy(grants);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static struct kunit_case grants_cases[] = {
	KUNIT_CASE(takes_less_if_there_is_less),
	KUNIT_CASE(no_two_claims_share_a_grant),
	KUNIT_CASE(persistent_ones_are_made_when_needed),
	KUNIT_CASE(works_without_memory),
	KUNIT_CASE(without_any_memory_says_so),
	KUNIT_CASE(parks_what_the_peer_keeps),
	KUNIT_CASE(parks_a_page_with_a_count_of_its_own),
	{}
};

static struct kunit_suite grants_suite = {
	.name = "xbf_grants",
	.init = init,
	.test_cases = grants_cases,
};

kunit_test_suite(grants_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-blkfront's grants");
MODULE_LICENSE("GPL");
