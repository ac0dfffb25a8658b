// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_xs_ring: our end of the byte rings with xenstored (native/ring.c),
 * with the test as xenstored. Cases run from several indexes: the first, those
 * before the bytes wrap, those before the 32 bits do.
 */
#define xpv_store_ring_adopt		tested_store_ring_adopt
#define xpv_store_ring_put		tested_store_ring_put
#define xpv_store_ring_get		tested_store_ring_get
#define xpv_store_ring_error		tested_store_ring_error
#define xpv_store_ring_can_reconnect	tested_store_ring_can_reconnect
#define xpv_store_ring_reconnecting	tested_store_ring_reconnecting
#define xpv_store_ring_reconnect	tested_store_ring_reconnect

#include <tests/kunit/suite.h>

#include "../store/native/ring.c"

struct pair {
	struct xpv_store_ring ring;
	struct xenstore_domain_interface *page;
	u8 bytes[2 * SIZE];
};

static const u32 starts[] = {
	0,
	1,
	SIZE - 1,
	SIZE,
	0x7fffffff,
	U32_MAX - SIZE,
	U32_MAX - 2,
	U32_MAX,
};

static void describe_start(const u32 *start, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %#x", *start);
}

KUNIT_ARRAY_PARAM(start, starts, describe_start);

static struct pair *pair_of(struct kunit *test)
{
	const u32 *start = test->param_value;
	struct pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	p->page = kunit_kzalloc(test, sizeof(*p->page), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->page);
	for (i = 0; i < sizeof(p->bytes); i++)
		p->bytes[i] = i * 7 + (i >> 8);
	p->page->req_cons = *start;
	p->page->req_prod = *start;
	p->page->rsp_cons = *start;
	p->page->rsp_prod = *start;
	p->ring.page = p->page;
	xpv_store_ring_adopt(&p->ring);
	return p;
}

static void expect_put(struct kunit *test, struct pair *p, size_t len,
		       size_t want)
{
	size_t done = ~0;

	KUNIT_EXPECT_EQ(test, xpv_store_ring_put(&p->ring, p->bytes, len, &done),
			0);
	KUNIT_EXPECT_EQ(test, done, want);
}

static void expect_get(struct kunit *test, struct pair *p, size_t len,
		       size_t want)
{
	u8 *data = kunit_kzalloc(test, max(len, 1ul), GFP_KERNEL);
	size_t done = ~0;
	bool was_full = false;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	KUNIT_EXPECT_EQ(test,
			xpv_store_ring_get(&p->ring, data, len, &done, &was_full),
			0);
	KUNIT_EXPECT_EQ(test, done, want);
	KUNIT_EXPECT_EQ(test, memcmp(data, p->bytes, min(done, want)), 0);
}

/* xenstored sends so many bytes, the first of ours. */
static void send(struct pair *p, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		p->page->rsp[MASK_XENSTORE_IDX(p->page->rsp_prod + i)] = p->bytes[i];
	p->page->rsp_prod += len;
}

static void put_copies_across_the_wrap(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 i, start = p->page->req_prod;

	expect_put(test, p, 1000, 1000);
	KUNIT_EXPECT_EQ(test, p->page->req_prod, start + 1000);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test,
				(u8)p->page->req[MASK_XENSTORE_IDX(start + i)],
				p->bytes[i]);
}

static void put_takes_what_fits(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->req_prod;

	expect_put(test, p, 0, 0);
	expect_put(test, p, SIZE - 10, SIZE - 10);
	expect_put(test, p, 100, 10);
	expect_put(test, p, 1, 0);
	KUNIT_EXPECT_EQ(test, p->page->req_prod, start + SIZE);
	p->page->req_cons += 3;
	expect_put(test, p, 100, 3);
	p->page->req_cons = p->page->req_prod;
	expect_put(test, p, 2 * SIZE, SIZE);
}

static void put_writes_nothing_beyond(struct kunit *test)
{
	struct pair *p = pair_of(test);
	int i;

	expect_put(test, p, SIZE, SIZE);
	for (i = 0; i < SIZE; i++)
		KUNIT_ASSERT_EQ(test, p->page->rsp[i], 0);
}

static void expect_bad_cons(struct kunit *test, struct pair *p, u32 cons)
{
	size_t done = 1;

	p->page->req_cons = cons;
	KUNIT_EXPECT_EQ(test, xpv_store_ring_put(&p->ring, p->bytes, 4, &done),
			-EIO);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test, p->ring.refused, cons);
}

static void put_rejects_a_bad_consumer(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->req_prod;

	expect_bad_cons(test, p, start + 1);
	expect_bad_cons(test, p, start - 1);
	expect_bad_cons(test, p, start + 0x80000000);
	p->page->req_cons = start;
	expect_put(test, p, 10, 10);
	expect_bad_cons(test, p, start + 11);
	p->page->req_cons = start + 5;
	expect_put(test, p, 1, 1);
	/* Back to where it was before. */
	expect_bad_cons(test, p, start + 4);
	KUNIT_EXPECT_EQ(test, p->page->req_prod, start + 11);
}

static void get_empty(struct kunit *test)
{
	struct pair *p = pair_of(test);

	expect_get(test, p, 100, 0);
	send(p, 3);
	expect_get(test, p, 0, 0);
}

static void get_copies_across_the_wrap(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->rsp_cons;

	send(p, 1000);
	expect_get(test, p, 1024, 1000);
	KUNIT_EXPECT_EQ(test, p->page->rsp_cons, start + 1000);
	expect_get(test, p, 1024, 0);
}

static void get_takes_a_part(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->rsp_cons;

	send(p, 20);
	expect_get(test, p, 7, 7);
	KUNIT_EXPECT_EQ(test, p->page->rsp_cons, start + 7);
	memmove(p->bytes, p->bytes + 7, 13);
	expect_get(test, p, 100, 13);
}

static void get_full(struct kunit *test)
{
	struct pair *p = pair_of(test);

	send(p, SIZE);
	expect_get(test, p, SIZE, SIZE);
	expect_get(test, p, SIZE, 0);
}

static void get_tells_that_the_ring_was_full(struct kunit *test)
{
	struct pair *p = pair_of(test);
	bool was_full = false;
	size_t done;
	u8 data[4];

	send(p, SIZE - 1);
	KUNIT_EXPECT_EQ(test,
			xpv_store_ring_get(&p->ring, data, 4, &done, &was_full),
			0);
	KUNIT_EXPECT_FALSE(test, was_full);
	send(p, 5);
	KUNIT_EXPECT_EQ(test,
			xpv_store_ring_get(&p->ring, data, 4, &done, &was_full),
			0);
	KUNIT_EXPECT_TRUE(test, was_full);
	/* Not cleared again: whoever rings the bell does that. */
	KUNIT_EXPECT_EQ(test,
			xpv_store_ring_get(&p->ring, data, 4, &done, &was_full),
			0);
	KUNIT_EXPECT_TRUE(test, was_full);
}

static void expect_bad_prod(struct kunit *test, struct pair *p, u32 prod)
{
	bool was_full = false;
	size_t done = 1;
	u8 data[4];

	p->page->rsp_prod = prod;
	KUNIT_EXPECT_EQ(test,
			xpv_store_ring_get(&p->ring, data, 4, &done, &was_full),
			-EIO);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test, p->ring.refused, prod);
}

static void get_rejects_a_bad_producer(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->rsp_prod;

	expect_bad_prod(test, p, start + SIZE + 1);
	expect_bad_prod(test, p, start - 1);
	expect_bad_prod(test, p, start + 0x80000000);
	p->page->rsp_prod = start;
	send(p, 10);
	expect_get(test, p, 4, 4);
	/* Back, though there would still be bytes. */
	expect_bad_prod(test, p, start + 9);
	expect_bad_prod(test, p, start + 4 + SIZE + 1);
	p->page->rsp_prod = start + 4 + SIZE;
	memmove(p->bytes, p->bytes + 4, 6);
	expect_get(test, p, 6, 6);
}

static void adopt_goes_on_where_the_ring_stands(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->rsp_prod;

	p->page->req_prod = start + SIZE;
	p->page->rsp_prod = start + SIZE;
	xpv_store_ring_adopt(&p->ring);
	expect_put(test, p, 1, 0);
	KUNIT_EXPECT_EQ(test, p->ring.rsp_prod - p->ring.rsp_cons, SIZE);
	KUNIT_EXPECT_EQ(test, p->page->req_prod, start + SIZE);
	KUNIT_EXPECT_EQ(test, p->page->rsp_cons, start);
}

static void adopt_mends_what_is_absurd(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->page->rsp_prod;

	p->page->req_prod = start + SIZE + 1;
	p->page->rsp_cons = start + 1;
	xpv_store_ring_adopt(&p->ring);
	KUNIT_EXPECT_EQ(test, p->page->req_prod, start);
	KUNIT_EXPECT_EQ(test, p->page->rsp_cons, start);
	expect_put(test, p, SIZE, SIZE);
	send(p, 4);
	expect_get(test, p, 8, 4);
}

static void moved_within_its_limit(struct kunit *test)
{
	u32 s = *(const u32 *)test->param_value;

	KUNIT_EXPECT_TRUE(test, xpv_store_index_moved(s, s, s));
	KUNIT_EXPECT_TRUE(test, xpv_store_index_moved(s, s, s + 5));
	KUNIT_EXPECT_TRUE(test, xpv_store_index_moved(s, s + 5, s + 5));
	KUNIT_EXPECT_FALSE(test, xpv_store_index_moved(s, s + 6, s + 5));
	KUNIT_EXPECT_FALSE(test, xpv_store_index_moved(s, s - 1, s + 5));
	KUNIT_EXPECT_FALSE(test, xpv_store_index_moved(s, s + 1, s));
}

static void features_are_asked_first(struct kunit *test)
{
	struct pair *p = pair_of(test);

	p->page->error = XENSTORE_ERROR_RINGIDX;
	p->page->connection = XENSTORE_RECONNECT;
	KUNIT_EXPECT_EQ(test, xpv_store_ring_error(&p->ring), 0);
	KUNIT_EXPECT_FALSE(test, xpv_store_ring_can_reconnect(&p->ring));
	KUNIT_EXPECT_FALSE(test, xpv_store_ring_reconnecting(&p->ring));

	p->page->server_features = XENSTORE_SERVER_FEATURE_ERROR |
				   XENSTORE_SERVER_FEATURE_RECONNECTION;
	KUNIT_EXPECT_EQ(test, xpv_store_ring_error(&p->ring),
			XENSTORE_ERROR_RINGIDX);
	KUNIT_EXPECT_TRUE(test, xpv_store_ring_can_reconnect(&p->ring));
	KUNIT_EXPECT_TRUE(test, xpv_store_ring_reconnecting(&p->ring));
	p->page->connection = XENSTORE_CONNECTED;
	KUNIT_EXPECT_FALSE(test, xpv_store_ring_reconnecting(&p->ring));
	xpv_store_ring_reconnect(&p->ring);
	KUNIT_EXPECT_EQ(test, p->page->connection, XENSTORE_RECONNECT);
}

static struct kunit_case store_ring_cases[] = {
	KUNIT_CASE_PARAM(put_copies_across_the_wrap, start_gen_params),
	KUNIT_CASE_PARAM(put_takes_what_fits, start_gen_params),
	KUNIT_CASE_PARAM(put_writes_nothing_beyond, start_gen_params),
	KUNIT_CASE_PARAM(put_rejects_a_bad_consumer, start_gen_params),
	KUNIT_CASE_PARAM(get_empty, start_gen_params),
	KUNIT_CASE_PARAM(get_copies_across_the_wrap, start_gen_params),
	KUNIT_CASE_PARAM(get_takes_a_part, start_gen_params),
	KUNIT_CASE_PARAM(get_full, start_gen_params),
	KUNIT_CASE_PARAM(get_tells_that_the_ring_was_full, start_gen_params),
	KUNIT_CASE_PARAM(get_rejects_a_bad_producer, start_gen_params),
	KUNIT_CASE_PARAM(adopt_goes_on_where_the_ring_stands, start_gen_params),
	KUNIT_CASE_PARAM(adopt_mends_what_is_absurd, start_gen_params),
	KUNIT_CASE_PARAM(moved_within_its_limit, start_gen_params),
	KUNIT_CASE_PARAM(features_are_asked_first, start_gen_params),
	{}
};

static struct kunit_suite store_ring_suite = {
	.name = "xpv_xs_ring",
	.test_cases = store_ring_cases,
};

kunit_test_suite(store_ring_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's ring with xenstored");
MODULE_LICENSE("GPL");
