// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xbf_request: from the block layer to the ring (request.c). The ring is
 * real; the block layer, the grants and the doorbell are the test.
 */
#define xbf_queue_rq	tested_queue_rq
#define xbf_commit_rqs	tested_commit_rqs

#include <tests/kunit/suite.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../blkfront.h"

#define DEPTH		32
#define AREA		(64 + DEPTH * sizeof(union xbf_ring_slot))
#define NR		(2 * XBF_SEGMENTS_MAX)
#define FIRST_REF	500
#define TABLE_REF	900
#define HANDLE		0xca10
#define SECTOR		0x123456789aULL
#define TAG		5
#define OLD		(jiffies - 1000 * HZ)

/**
 * struct bench - a queue, and who is around it
 * @q: the queue
 * @peer: its ring
 * @table: page of all tables, and the first of the data's, which nobody reads
 * @nr: pieces that a request is in
 * @gather_err: or why it is in none
 * @room: grants that are free
 * @goes_down: between claim and put
 * @comes_back: tables that are found to be free again
 * @reclaims: times what came back was taken
 * @claims: times grants were asked for
 * @late: claims before what came back was taken
 * @claimed: grants
 * @started: requests that the block layer's clock runs for
 * @lent: page of each grant, NULL while it is not granted
 * @access: of the last grant
 * @grants: times that one was granted
 * @copies: requests copied out
 * @ended: accesses
 * @sends: doorbells
 */
struct bench {
	struct xbf_queue q;
	struct xbf_device dev;
	struct blk_mq_hw_ctx hctx;
	struct xbf_slot slots[DEPTH];
	struct request rqs[DEPTH];
	struct xpv_ring_shared *peer;
	struct page *table;
	unsigned int nr;
	int gather_err;
	unsigned int room;
	bool goes_down;
	unsigned long comes_back;
	unsigned int reclaims;
	unsigned int claims;
	unsigned int late;
	unsigned int claimed;
	unsigned int started;
	struct page *lent[NR];
	enum xpv_gnttab_access access;
	unsigned int grants;
	unsigned int copies;
	unsigned int ended;
	unsigned int sends;
};

static struct bench *bench;

/* Piece i begins at sector i and ends at the last one, of page i, modulo 8. */
static int fake_gather(struct xbf_pieces *pieces)
{
	unsigned int i;

	for (i = 0; i < bench->nr; i++) {
		pieces->segs[i].page = bench->table + i;
		pieces->segs[i].first = i % 8;
		pieces->segs[i].last = 7;
	}
	pieces->nr = bench->nr;
	return bench->gather_err;
}

static void fake_reclaim(struct xbf_queue *q)
{
	bench->reclaims++;
	q->free_tables |= bench->comes_back;
}

/* The last ones first, as the real ones are. */
static int fake_claim(unsigned int nr, u16 *claimed)
{
	bench->late += bench->claims++ == bench->reclaims;
	if (bench->room < nr)
		return -ENOSPC;
	bench->claimed += nr;
	while (nr--)
		*claimed++ = --bench->room;
	return 0;
}

static void fake_grant(xpv_gref_t ref, struct page *page,
		       enum xpv_gnttab_access access)
{
	bench->lent[xpv_gref_raw(ref) - FIRST_REF] = page;
	bench->access = access;
	bench->grants++;
}

static void fake_start(void)
{
	bench->started++;
	if (bench->goes_down)
		bench->q.down = true;
}

static bool fake_end_access(void)
{
	bench->ended++;
	return true;
}

#define xbf_gather(q, rq, pieces)		fake_gather(pieces)
#define xbf_queue_reclaim_locked		fake_reclaim
#define xbf_grants_claim(g, nr, claimed)	fake_claim(nr, claimed)
#define xpv_gnttab_grant(ref, peer, page, access) fake_grant(ref, page, access)
#define xbf_copy_out(q, slot, pieces)		((void)bench->copies++)
#define xbf_end_access(q, slot)			fake_end_access()
#define blk_mq_start_request(rq)		fake_start()
#define xpv_evtchn_send(ch)			((void)bench->sends++)
#undef pr_warn_ratelimited
#define pr_warn_ratelimited(...)		((void)0)

#include "../request.c"

static void init_slots(struct xbf_queue *q)
{
	unsigned int i;

	for (i = 0; i < DEPTH; i++) {
		bench->slots[i].wire.u.rw.id = i;
		bench->slots[i].since = OLD;
		bench->rqs[i].tag = i;
	}
	for (i = 0; i < NR; i++)
		q->grants.all[i].ref = xpv_gref(FIRST_REF + i);
	for (i = 0; i < XBF_TABLES; i++) {
		q->tables.refs[i] = xpv_gref(TABLE_REF + i);
		q->tables.pages[i] = bench->table;
	}
}

static int init(struct kunit *test)
{
	struct xbf_queue *q;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	q = &bench->q;
	bench->peer = kunit_kzalloc(test, AREA, GFP_KERNEL);
	q->grants.all = kunit_kcalloc(test, NR, sizeof(*q->grants.all), GFP_KERNEL);
	bench->table = alloc_page(GFP_KERNEL | __GFP_ZERO);
	test->priv = bench->table;
	if (!bench->peer || !q->grants.all || !bench->table)
		return -ENOMEM;
	q->dev = &bench->dev;
	q->slots = bench->slots;
	q->free_tables = GENMASK(XBF_TABLES - 1, 0);
	bench->dev.handle = HANDLE;
	bench->dev.flush_op = BLKIF_OP_FLUSH_DISKCACHE;
	bench->hctx.driver_data = q;
	bench->room = NR;
	spin_lock_init(&q->lock);
	xbf_ring_init(&q->ring, bench->peer, AREA);
	init_slots(q);
	warnings = 0;
	return 0;
}

static void finish(struct kunit *test)
{
	if (test->priv)
		__free_page(test->priv);
}

static u8 queue(unsigned int tag, enum req_op op, bool last)
{
	struct request *rq = &bench->rqs[tag];
	struct blk_mq_queue_data bd = { .rq = rq, .last = last };

	rq->cmd_flags = (__force blk_opf_t)op;
	rq->__sector = SECTOR;
	return (__force u8)xbf_queue_rq(&bench->hctx, &bd);
}

static const struct blkif_request *on_ring(u32 index)
{
	return &((union xbf_ring_slot *)bench->peer->slots)[index].req;
}

/* A request that goes to the peer: what the block layer has, and what is put. */
struct good {
	const char *name;
	enum req_op op;
	unsigned int nr;
	u8 operation;
	bool indirect;
	bool persistent;
	unsigned int copies;
};

static const struct good goods[] = {
	{ "read of 1", REQ_OP_READ, 1, BLKIF_OP_READ },
	{ "read of 11", REQ_OP_READ, 11, BLKIF_OP_READ },
	{ "read of 12", REQ_OP_READ, 12, BLKIF_OP_READ, true },
	{ "read of 64", REQ_OP_READ, 64, BLKIF_OP_READ, true },
	{ "write of 1", REQ_OP_WRITE, 1, BLKIF_OP_WRITE },
	{ "write of 11", REQ_OP_WRITE, 11, BLKIF_OP_WRITE },
	{ "write of 12", REQ_OP_WRITE, 12, BLKIF_OP_WRITE, true },
	{ "write of 64", REQ_OP_WRITE, 64, BLKIF_OP_WRITE, true },
	{ "flush", REQ_OP_FLUSH, 0, BLKIF_OP_FLUSH_DISKCACHE },
	{ "persistent read of 11", REQ_OP_READ, 11, BLKIF_OP_READ, false, true },
	{ "persistent read of 12", REQ_OP_READ, 12, BLKIF_OP_READ, true, true },
	{ "persistent write of 11", REQ_OP_WRITE, 11, BLKIF_OP_WRITE, false, true, 1 },
	{ "persistent write of 12", REQ_OP_WRITE, 12, BLKIF_OP_WRITE, true, true, 1 },
	{ "persistent flush", REQ_OP_FLUSH, 0, BLKIF_OP_FLUSH_DISKCACHE, false, true },
};

static void describe_good(const struct good *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(good, goods, describe_good);

static const struct blkif_request_segment *
expect_direct(struct kunit *test, const struct good *c)
{
	const struct blkif_request *req = on_ring(0);

	KUNIT_EXPECT_EQ(test, req->operation, c->operation);
	KUNIT_EXPECT_EQ(test, req->u.rw.nr_segments, c->nr);
	KUNIT_EXPECT_EQ(test, req->u.rw.handle, HANDLE);
	KUNIT_EXPECT_EQ(test, req->u.rw.id, TAG);
	/* A flush is of no place. */
	KUNIT_EXPECT_EQ(test, req->u.rw.sector_number, c->nr ? SECTOR : 0);
	KUNIT_EXPECT_EQ(test, bench->q.free_tables, GENMASK(XBF_TABLES - 1, 0));
	return req->u.rw.seg;
}

static const struct blkif_request_segment *
expect_indirect(struct kunit *test, const struct good *c)
{
	const struct blkif_request *req = on_ring(0);

	KUNIT_EXPECT_EQ(test, req->operation, BLKIF_OP_INDIRECT);
	KUNIT_EXPECT_EQ(test, req->u.indirect.indirect_op, c->operation);
	KUNIT_EXPECT_EQ(test, req->u.indirect.nr_segments, c->nr);
	KUNIT_EXPECT_EQ(test, req->u.indirect.handle, HANDLE);
	KUNIT_EXPECT_EQ(test, req->u.indirect.id, TAG);
	KUNIT_EXPECT_EQ(test, req->u.indirect.sector_number, SECTOR);
	KUNIT_EXPECT_EQ(test, req->u.indirect.indirect_grefs[0], TABLE_REF);
	KUNIT_EXPECT_EQ(test, bench->q.free_tables, GENMASK(XBF_TABLES - 1, 1));
	return page_address(bench->table);
}

static void expect_lent(struct kunit *test, const struct good *c)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, bench->copies, c->copies);
	KUNIT_EXPECT_EQ(test, bench->grants, c->persistent ? 0 : c->nr);
	if (c->persistent || !c->nr)
		return;
	for (i = 0; i < c->nr; i++)
		KUNIT_EXPECT_PTR_EQ(test, bench->lent[NR - 1 - i], bench->table + i);
	KUNIT_EXPECT_EQ(test, bench->access,
			c->operation == BLKIF_OP_READ ? XPV_GNTTAB_RW : XPV_GNTTAB_RO);
}

static void a_request_is_put_as_it_is(struct kunit *test)
{
	const struct good *c = test->param_value;
	const struct blkif_request_segment *seg;
	unsigned int i;

	bench->nr = c->nr;
	bench->q.grants.persistent = c->persistent;
	KUNIT_EXPECT_EQ(test, queue(TAG, c->op, true), 0);
	KUNIT_EXPECT_EQ(test, bench->peer->req_prod, 1);
	seg = c->indirect ? expect_indirect(test, c) : expect_direct(test, c);
	for (i = 0; i < c->nr; i++) {
		KUNIT_EXPECT_EQ(test, seg[i].gref, FIRST_REF + NR - 1 - i);
		KUNIT_EXPECT_EQ(test, seg[i].first_sect, i % 8);
		KUNIT_EXPECT_EQ(test, seg[i].last_sect, 7);
	}
	expect_lent(test, c);
	KUNIT_EXPECT_PTR_EQ(test, bench->slots[TAG].rq, &bench->rqs[TAG]);
	KUNIT_EXPECT_EQ(test, bench->slots[TAG].operation, c->operation);
	KUNIT_EXPECT_TRUE(test, time_after(bench->slots[TAG].since, OLD + HZ));
	KUNIT_EXPECT_EQ(test, bench->started, 1);
	KUNIT_EXPECT_EQ(test, bench->late, 0);
	KUNIT_EXPECT_EQ(test, bench->ended, 0);
}

/* One that does not, and why; room is how many grants are free. */
struct bad {
	const char *name;
	enum req_op op;
	unsigned int nr;
	blk_status_t status;
	int gather_err;
	bool no_flush;
	bool down;
	bool goes_down;
	bool no_table;
	unsigned int room;
	unsigned int claims;
	unsigned int claimed;
};

static const struct bad bads[] = {
	{ "down", REQ_OP_READ, 1, BLK_STS_IOERR, .down = true, .room = NR },
	{ "down, no grant", REQ_OP_WRITE, 1, BLK_STS_IOERR, .down = true },
	{ "down, no table", REQ_OP_READ, 12, BLK_STS_IOERR, .down = true,
	  .no_table = true, .room = NR },
	{ "flush while down", REQ_OP_FLUSH, 0, BLK_STS_IOERR, .down = true },
	{ "no table", REQ_OP_READ, 12, BLK_STS_RESOURCE, .no_table = true, .room = NR },
	{ "no table, no grant", REQ_OP_WRITE, 64, BLK_STS_RESOURCE, .no_table = true },
	{ "no grant", REQ_OP_READ, 1, BLK_STS_RESOURCE, .claims = 1 },
	{ "a grant too few", REQ_OP_WRITE, 11, BLK_STS_RESOURCE, .room = 10,
	  .claims = 1 },
	{ "no grant for 12", REQ_OP_READ, 12, BLK_STS_RESOURCE, .room = 11,
	  .claims = 1 },
	{ "goes down", REQ_OP_READ, 3, BLK_STS_IOERR, .goes_down = true,
	  .room = NR, .claims = 1, .claimed = 3 },
	{ "goes down, flush", REQ_OP_FLUSH, 0, BLK_STS_IOERR, .goes_down = true, .claims = 1 },
	{ "goes down, 12", REQ_OP_WRITE, 12, BLK_STS_IOERR, .goes_down = true,
	  .room = NR, .claims = 1, .claimed = 12 },
	{ "half a sector", REQ_OP_READ, 1, BLK_STS_IOERR, .gather_err = -EINVAL,
	  .room = NR },
	{ "too many pieces", REQ_OP_WRITE, 64, BLK_STS_IOERR,
	  .gather_err = -E2BIG, .room = NR },
	{ "flush not offered", REQ_OP_FLUSH, 0, BLK_STS_NOTSUPP,
	  .no_flush = true, .room = NR },
	{ "discard", REQ_OP_DISCARD, 1, BLK_STS_NOTSUPP, .room = NR },
	{ "zeroes", REQ_OP_WRITE_ZEROES, 0, BLK_STS_NOTSUPP, .room = NR },
	{ "of a driver", REQ_OP_DRV_OUT, 1, BLK_STS_NOTSUPP, .room = NR },
};

static void describe_bad(const struct bad *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad, bads, describe_bad);

static void expect_not_put(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bench->q.ring.req_prod, 0);
	KUNIT_EXPECT_EQ(test, bench->peer->req_prod, 0);
	KUNIT_EXPECT_EQ(test, bench->sends, 0);
	KUNIT_EXPECT_NULL(test, bench->slots[TAG].rq);
}

static void a_request_is_refused(struct kunit *test)
{
	const struct bad *c = test->param_value;
	unsigned long tables;

	bench->nr = c->nr;
	bench->gather_err = c->gather_err;
	bench->q.down = c->down;
	bench->goes_down = c->goes_down;
	bench->room = c->room;
	if (c->no_table)
		bench->q.free_tables = 0;
	if (c->no_flush)
		bench->dev.flush_op = 0;
	tables = bench->q.free_tables;
	KUNIT_EXPECT_EQ(test, queue(TAG, c->op, true), (__force u8)c->status);
	expect_not_put(test);
	KUNIT_EXPECT_EQ(test, bench->claims, c->claims);
	KUNIT_EXPECT_EQ(test, bench->claimed, c->claimed);
	/* Without a claim nothing has begun; with one, all of it has an end. */
	KUNIT_EXPECT_EQ(test, bench->grants, c->claimed);
	KUNIT_EXPECT_EQ(test, bench->started, c->goes_down);
	KUNIT_EXPECT_EQ(test, bench->ended, c->goes_down);
	if (!c->claimed)
		KUNIT_EXPECT_EQ(test, bench->q.free_tables, tables);
	if (c->down)
		KUNIT_EXPECT_EQ(test, bench->reclaims, 0);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

/* Each is with the peer: none may be described where another is. */
static void no_two_requests_share_a_table(struct kunit *test)
{
	unsigned int i;

	bench->nr = 12;
	bench->q.free_tables = BIT(1) | BIT(4);
	KUNIT_EXPECT_EQ(test, queue(0, REQ_OP_READ, true), 0);
	KUNIT_EXPECT_EQ(test, queue(1, REQ_OP_READ, true), 0);
	KUNIT_EXPECT_EQ(test, queue(2, REQ_OP_READ, true), (__force u8)BLK_STS_RESOURCE);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, on_ring(i)->u.indirect.indirect_grefs[0],
				TABLE_REF + (i ? 4 : 1));
	/* Small ones need none. */
	bench->nr = 11;
	KUNIT_EXPECT_EQ(test, queue(2, REQ_OP_READ, true), 0);
	bench->nr = 12;
	bench->comes_back = BIT(4);
	KUNIT_EXPECT_EQ(test, queue(3, REQ_OP_READ, true), 0);
	KUNIT_EXPECT_EQ(test, on_ring(3)->u.indirect.indirect_grefs[0], TABLE_REF + 4);
}

/* A batch of requests, of which the peer wants to hear at one index. */
struct bell {
	const char *name;
	unsigned int nr;
	u32 event;
	bool last;
	bool down;
	unsigned int sends;
	unsigned int commits;
};

static const struct bell bells[] = {
	{ "nothing", 0, 1, false },
	{ "one, asked for", 1, 1, true, .sends = 1 },
	{ "one, not asked for", 1, 2, true },
	{ "one, asked for before", 1, 0, true },
	{ "three, asked for the first", 3, 1, true, .sends = 1 },
	{ "three, asked for the last", 3, 3, true, .sends = 1 },
	{ "three, asked for the next", 3, 4, true },
	{ "one, last to come", 1, 1, false, .commits = 1 },
	{ "three, last to come", 3, 2, false, .commits = 1 },
	{ "three, not asked for", 3, 9, false },
	{ "three, then down", 3, 1, false, .down = true },
};

static void describe_bell(const struct bell *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bell, bells, describe_bell);

static void the_peer_is_woken_once_if_it_asked(struct kunit *test)
{
	const struct bell *c = test->param_value;
	unsigned int i;

	bench->nr = 1;
	bench->peer->req_event = c->event;
	for (i = 1; i <= c->nr; i++) {
		KUNIT_EXPECT_EQ(test, bench->sends, 0);
		KUNIT_EXPECT_EQ(test, bench->peer->req_prod, 0);
		KUNIT_EXPECT_EQ(test, queue(i, REQ_OP_READ, c->last && i == c->nr), 0);
	}
	KUNIT_EXPECT_EQ(test, bench->sends, c->sends);
	KUNIT_EXPECT_EQ(test, bench->peer->req_prod, c->last ? c->nr : 0);
	bench->q.down = c->down;
	for (i = 0; i < 2; i++) {
		xbf_commit_rqs(&bench->hctx);
		KUNIT_EXPECT_EQ(test, bench->sends, c->sends + c->commits);
		KUNIT_EXPECT_EQ(test, bench->peer->req_prod, c->down ? 0 : c->nr);
	}
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE_PARAM(a_request_is_put_as_it_is, good_gen_params),
	KUNIT_CASE_PARAM(a_request_is_refused, bad_gen_params),
	KUNIT_CASE(no_two_requests_share_a_table),
	KUNIT_CASE_PARAM(the_peer_is_woken_once_if_it_asked, bell_gen_params),
	{}
};

static struct kunit_suite request_suite = {
	.name = "xbf_request",
	.init = init,
	.exit = finish,
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-blkfront's requests");
MODULE_LICENSE("GPL");
