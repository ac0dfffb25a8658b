// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xbf_pieces: the data of a request in pieces, and copied where it is
 * described (pieces.c). The bios are made by hand: their pages are four in a row,
 * and each has bytes of its own.
 */
#define xbf_gather	tested_gather
#define xbf_copy_out	tested_copy_out
#define xbf_copy_in	tested_copy_in

#include <tests/kunit/suite.h>
#include <linux/bio.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../blkfront.h"

#include "../pieces.c"

#define ORDER		2
#define PAGES		BIT(ORDER)
#define VECS		4
#define LENT		8
#define PAGE		4096
#define HALF		2048
#define NOTHING		0xee

/* What the block layer hands over: a range from a page on; of a bio of its own. */
struct vec {
	u8 page;
	u16 offset;
	u32 len;
	bool own;
};

/* A piece: sectors of a page. */
struct piece {
	u8 page;
	u8 first;
	u8 last;
};

/**
 * struct bench - a request, and pages to copy to and from
 * @q: the queue
 * @slot: of the request
 * @grants: each with a page of @lent
 * @rq: the request
 * @bios: of it
 * @vecs: theirs
 * @data: its pages
 * @lent: the queue's
 */
struct bench {
	struct xbf_queue q;
	struct xbf_slot slot;
	struct xbf_grant grants[LENT];
	struct request rq;
	struct bio bios[VECS];
	struct bio_vec vecs[XBF_SEGMENTS_MAX + 1];
	struct page *data;
	struct page *lent;
};

static struct bench *bench;

static int init(struct kunit *test)
{
	unsigned int i;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	test->priv = bench;
	bench->data = alloc_pages(GFP_KERNEL, ORDER);
	bench->lent = alloc_pages(GFP_KERNEL, ilog2(LENT));
	if (!bench->data || !bench->lent)
		return -ENOMEM;
	bench->q.max_segments = XBF_SEGMENTS_MAX;
	bench->q.grants.all = bench->grants;
	for (i = 0; i < LENT; i++)
		bench->grants[i].page = bench->lent + i;
	warnings = 0;
	return 0;
}

static void finish(struct kunit *test)
{
	const struct bench *b = test->priv;

	if (b && b->data)
		__free_pages(b->data, ORDER);
	if (b && b->lent)
		__free_pages(b->lent, ilog2(LENT));
}

static void add_vec(struct bio *bio, unsigned int i, const struct vec *v)
{
	bench->vecs[i] = (struct bio_vec){
		.bv_page = bench->data + v->page,
		.bv_offset = v->offset,
		.bv_len = v->len,
	};
	bio->bi_vcnt++;
	bio->bi_iter.bi_size += v->len;
}

static struct bio *add_bio(struct bio *bio, unsigned int i)
{
	memset(bio, 0, sizeof(*bio));
	bio->bi_io_vec = &bench->vecs[i];
	return bio;
}

/* Up to the first that is of no length. */
static void make_request(const struct vec *vecs)
{
	struct bio *bio = add_bio(bench->bios, 0);
	unsigned int i;

	bench->rq.bio = bio;
	for (i = 0; i < VECS && vecs[i].len; i++) {
		if (vecs[i].own) {
			bio->bi_next = add_bio(bio + 1, i);
			bio = bio->bi_next;
		}
		add_vec(bio, i, &vecs[i]);
	}
}

/**
 * struct cut - a request, and the pieces that it is cut into
 * @name: of the case
 * @vecs: its data
 * @nr: pieces
 * @pieces: each
 * @limit: of pieces; 0: as many as there is room for
 * @err: if there is no way
 */
struct cut {
	const char *name;
	struct vec vecs[VECS];
	unsigned int nr;
	struct piece pieces[VECS];
	unsigned int limit;
	int err;
};

static const struct cut cuts[] = {
	{ "a page", { { 0, 0, PAGE } }, 1, { { 0, 0, 7 } } },
	{ "the first sector", { { 1, 0, 512 } }, 1, { { 1, 0, 0 } } },
	{ "a sector between", { { 1, 512, 512 } }, 1, { { 1, 1, 1 } } },
	{ "the last sector", { { 3, 3584, 512 } }, 1, { { 3, 7, 7 } } },
	{ "halves", { { 0, 0, HALF }, { 0, HALF, HALF } }, 1, { { 0, 0, 7 } } },
	{ "two bios", { { 0, 0, HALF }, { 0, HALF, HALF, true } }, 1, { { 0, 0, 7 } } },
	{ "next page", { { 2, 0, PAGE }, { 3, 0, HALF } }, 2, { { 2, 0, 7 }, { 3, 0, 3 } } },
	{ "backwards", { { 0, HALF, HALF }, { 0, 0, HALF } }, 2, { { 0, 4, 7 }, { 0, 0, 3 } } },
	{ "a gap between", { { 0, 0, 512 }, { 0, 1024, 512 } }, 2, { { 0, 0, 0 }, { 0, 2, 2 } } },
	{ "the same twice", { { 1, 0, 512 }, { 1, 0, 512 } }, 2, { { 1, 0, 0 }, { 1, 0, 0 } } },
	{ "another page", { { 0, 0, 512 }, { 1, 512, 512 } }, 2, { { 0, 0, 0 }, { 1, 1, 1 } } },
	{ "two pages", { { 0, 0, PAGE }, { 1, 0, PAGE, true } }, 2, { { 0, 0, 7 }, { 1, 0, 7 } } },
	{ "over a page's end", { { 1, 3584, 1024 } }, 2, { { 1, 7, 7 }, { 2, 0, 0 } } },
	{ "in a row", { { 0, HALF, 2 * PAGE } }, 3, { { 0, 4, 7 }, { 1, 0, 7 }, { 2, 0, 3 } } },
	{ "its rest", { { 0, HALF, PAGE }, { 1, HALF, 512 } }, 2, { { 0, 4, 7 }, { 1, 0, 4 } } },
	{ "just enough", { { 0, 0, PAGE }, { 2, 0, PAGE } }, 2, { { 0, 0, 7 }, { 2, 0, 7 } }, 2 },
	{ "merged, enough", { { 0, 0, HALF }, { 0, HALF, HALF } }, 1, { { 0, 0, 7 } }, 1 },
	{ "one too many", { { 0, 0, PAGE }, { 2, 0, PAGE } }, .limit = 1, .err = -E2BIG },
	{ "too many in a row", { { 0, HALF, 2 * PAGE } }, .limit = 2, .err = -E2BIG },
	{ "odd offset", { { 0, 256, 512 } }, .err = -EINVAL },
	{ "odd length", { { 0, 0, 513 } }, .err = -EINVAL },
	{ "odd both", { { 0, 1, 511 } }, .err = -EINVAL },
	{ "odd length, later", { { 0, 0, PAGE }, { 1, 0, 100, true } }, .err = -EINVAL },
	{ "odd offset, later", { { 0, 0, PAGE }, { 1, 8, 512 } }, .err = -EINVAL },
	{ "no data", .err = -EINVAL },
};

static void describe_cut(const struct cut *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cut, cuts, describe_cut);

static int gather(const struct cut *c, struct xbf_pieces *pieces)
{
	make_request(c->vecs);
	bench->q.max_segments = c->limit ?: XBF_SEGMENTS_MAX;
	return xbf_gather(&bench->q, &bench->rq, pieces);
}

static void data_is_cut_at_pages(struct kunit *test)
{
	const struct cut *c = test->param_value;
	struct xbf_pieces pieces = { .nr = 99 };
	unsigned int i;

	KUNIT_ASSERT_EQ(test, gather(c, &pieces), c->err);
	if (c->err)
		return;
	KUNIT_ASSERT_EQ(test, pieces.nr, c->nr);
	for (i = 0; i < c->nr; i++) {
		KUNIT_EXPECT_PTR_EQ(test, pieces.segs[i].page,
				    bench->data + c->pieces[i].page);
		KUNIT_EXPECT_EQ(test, pieces.segs[i].first, c->pieces[i].first);
		KUNIT_EXPECT_EQ(test, pieces.segs[i].last, c->pieces[i].last);
	}
}

/* A request without bio, as a flush is, has no data to be described. */
static void a_request_without_bio_has_none(struct kunit *test)
{
	struct xbf_pieces pieces;

	KUNIT_EXPECT_EQ(test, xbf_gather(&bench->q, &bench->rq, &pieces), -EINVAL);
}

static void there_is_room_for_so_many(struct kunit *test)
{
	struct xbf_pieces *pieces = kunit_kzalloc(test, 2 * sizeof(*pieces), GFP_KERNEL);
	struct bio *bio = add_bio(bench->bios, 0);
	struct vec v = { .len = PAGE };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pieces);
	memset(&pieces[1], NOTHING, sizeof(*pieces));
	bench->rq.bio = bio;
	for (i = 0; i <= XBF_SEGMENTS_MAX; i++) {
		v.page = i % PAGES;
		add_vec(bio, i, &v);
		KUNIT_EXPECT_EQ(test, xbf_gather(&bench->q, &bench->rq, pieces),
				i < XBF_SEGMENTS_MAX ? 0 : -E2BIG);
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(&pieces[1], NOTHING, sizeof(*pieces)));
}

/* Sector n of page i, of the data or of what is lent. */
static u8 byte_of(bool lent, unsigned int page, unsigned int sector)
{
	return (lent ? 0x80 : 0) + page * 8 + sector;
}

static void fill(struct page *pages, unsigned int nr, bool lent)
{
	unsigned int i;
	u8 *to = page_address(pages);

	for (i = 0; i < nr * 8; i++)
		memset(to + i * 512, byte_of(lent, i / 8, i % 8), 512);
}

/* Which grant piece i has: in another order than the pieces are. */
static unsigned int grant_of(unsigned int i)
{
	return (5 + 3 * i) % LENT;
}

static void lend(unsigned int nr)
{
	unsigned int i;

	fill(bench->data, PAGES, false);
	fill(bench->lent, LENT, true);
	for (i = 0; i < nr; i++)
		bench->slot.grants[i] = grant_of(i);
	bench->slot.nr_grants = nr;
}

/* All of it has a byte: that of its source if it was to be copied, else its own. */
static void expect_sectors(struct kunit *test, const struct page *page,
			   unsigned int nr, const u8 *bytes)
{
	const u8 *at = page_address(page);
	unsigned int i;

	for (i = 0; i < nr * 8; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(at + i * 512, bytes[i], 512));
}

/* What there should be after each piece was copied, or none. */
static void expect_copied(struct kunit *test, const struct cut *c, bool out, bool in)
{
	u8 data[PAGES * 8], lent[LENT * 8];
	unsigned int i, s, at, from;

	for (i = 0; i < LENT * 8; i++)
		lent[i] = byte_of(true, i / 8, i % 8);
	for (i = 0; i < PAGES * 8; i++)
		data[i] = byte_of(false, i / 8, i % 8);
	for (i = 0; i < c->nr; i++)
		for (s = c->pieces[i].first; s <= c->pieces[i].last; s++) {
			at = grant_of(i) * 8 + s;
			from = c->pieces[i].page * 8 + s;
			if (out)
				lent[at] = data[from];
			if (in)
				data[from] = lent[at];
		}
	expect_sectors(test, bench->data, PAGES, data);
	expect_sectors(test, bench->lent, LENT, lent);
}

static void copies_out_hit_their_sectors(struct kunit *test)
{
	const struct cut *c = test->param_value;
	struct xbf_pieces pieces;

	lend(c->nr);
	if (!gather(c, &pieces)) {
		KUNIT_ASSERT_EQ(test, pieces.nr, c->nr);
		xbf_copy_out(&bench->q, &bench->slot, &pieces);
	}
	expect_copied(test, c, true, false);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

/* A request that cannot be cut now could not before: that is a bug of ours. */
static void copies_in_hit_their_sectors(struct kunit *test)
{
	const struct cut *c = test->param_value;

	lend(c->nr);
	make_request(c->vecs);
	bench->q.max_segments = c->limit ?: XBF_SEGMENTS_MAX;
	xbf_copy_in(&bench->q, &bench->slot, &bench->rq);
	expect_copied(test, c, false, true);
	KUNIT_EXPECT_EQ(test, warnings, c->err ? 1 : 0);
}

static void a_request_that_changed_is_not_copied(struct kunit *test)
{
	static const struct vec more[VECS] = { { 0, 0, PAGE }, { 1, 0, PAGE } };
	static const struct cut none = {};

	lend(1);
	make_request(none.vecs);
	xbf_copy_in(&bench->q, &bench->slot, &bench->rq);
	make_request(more);
	xbf_copy_in(&bench->q, &bench->slot, &bench->rq);
	expect_copied(test, &none, false, false);
	KUNIT_EXPECT_EQ(test, warnings, 2);
}

static struct kunit_case pieces_cases[] = {
	KUNIT_CASE_PARAM(data_is_cut_at_pages, cut_gen_params),
	KUNIT_CASE(a_request_without_bio_has_none),
	KUNIT_CASE(there_is_room_for_so_many),
	KUNIT_CASE_PARAM(copies_out_hit_their_sectors, cut_gen_params),
	KUNIT_CASE_PARAM(copies_in_hit_their_sectors, cut_gen_params),
	KUNIT_CASE(a_request_that_changed_is_not_copied),
	{}
};

static struct kunit_suite pieces_suite = {
	.name = "xbf_pieces",
	.init = init,
	.exit = finish,
	.test_cases = pieces_cases,
};

kunit_test_suite(pieces_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-blkfront's pieces");
MODULE_LICENSE("GPL");
