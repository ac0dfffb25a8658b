// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xbf_complete: the end of a request, and the clock of one that is not
 * answered (complete.c). The grant table, the block layer, the bus and the time
 * are fakes.
 */
#define xbf_end_access	tested_end_access
#define xbf_complete_rq	tested_complete_rq
#define xbf_timeout_rq	tested_timeout_rq

#include <tests/kunit/suite.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "../blkfront.h"

#define DEPTH		8
#define NR		16
#define FIRST_REF	500
#define TAG		3

/**
 * struct bench - a queue, and who is around it
 * @q: the queue
 * @mapped: bits of grants that the backend holds on to
 * @revokes: grants that were tried to be revoked
 * @parked: bits of grants parked
 * @copies: requests copied in
 * @early: what was done in the wrong order
 * @ended: requests ended
 * @status: of the last
 * @fatal: faults told
 * @err: of the last
 * @aborts: times the queue was aborted
 * @told: times a slow request was told
 * @told_tag: which
 * @told_seconds: for how long
 * @reaps: looks at the ring
 * @more: what each says
 * @taken: responses that each takes
 * @answers: the look that takes the request's own; 0 for none
 * @now: jiffies
 * @limit: of a request, in jiffies
 */
struct bench {
	struct xbf_queue q;
	struct xbf_device dev;
	struct xpv_device xdev;
	struct blk_mq_hw_ctx hctx;
	struct xbf_slot slots[DEPTH];
	struct xbf_grant grants[NR];
	struct request rq;
	unsigned long mapped;
	unsigned int revokes;
	unsigned long parked;
	unsigned int copies;
	unsigned int early;
	unsigned int ended;
	u8 status;
	unsigned int fatal;
	int err;
	unsigned int aborts;
	unsigned int told;
	int told_tag;
	unsigned int told_seconds;
	unsigned int reaps;
	int more;
	unsigned int taken;
	unsigned int answers;
	unsigned long now;
	unsigned long limit;
};

static struct bench *bench;

static int fake_revoke(xpv_gref_t ref)
{
	bench->revokes++;
	return bench->mapped & BIT(xpv_gref_raw(ref) - FIRST_REF) ? -EBUSY : 0;
}

static void fake_park(u16 index)
{
	lockdep_assert_held(&bench->q.lock);
	bench->parked |= BIT(index);
}

/* What is lent is the next request's as soon as it is on the list. */
static void fake_copy_in(void)
{
	bench->copies++;
	bench->early += !llist_empty(&bench->q.returned);
}

/* The tag is the next request's as soon as this one is ended. */
static void fake_end(blk_status_t status)
{
	bench->ended++;
	bench->status = (__force u8)status;
	bench->early += bench->slots[TAG].nr_grants && llist_empty(&bench->q.returned);
}

static int fake_fatal(int err)
{
	bench->fatal++;
	bench->err = err;
	return err;
}

/* It ends every request, so it comes after the fault was told. */
static void fake_abort(struct xbf_queue *q)
{
	bench->aborts++;
	bench->early += !bench->fatal;
	q->broken = true;
}

static void fake_told(int tag, unsigned int seconds)
{
	bench->told++;
	bench->told_tag = tag;
	bench->told_seconds = seconds;
}

static int fake_reap(unsigned int *taken)
{
	*taken = bench->taken;
	if (++bench->reaps == bench->answers)
		bench->slots[TAG].rq = NULL;
	return bench->more;
}

#define xpv_gnttab_revoke		fake_revoke
#define xbf_grants_park(g, index)	fake_park(index)
#define xbf_copy_in(q, slot, rq)	fake_copy_in()
#define blk_mq_end_request(rq, status)	fake_end(status)
#define xpv_bus_fatal(xdev, err, ...)	fake_fatal(err)
#define xbf_queue_abort			fake_abort
#define xbf_reap(q, taken)		fake_reap(taken)
#define xbf_queue_depth(q)		DEPTH
#define xbf_request_timeout()		(bench->limit)
#define jiffies				(bench->now)
#undef dev_warn
#define dev_warn(dev, fmt, name, peer, tag, sector, seconds) fake_told(tag, seconds)

#include "../complete.c"

static int init(struct kunit *test)
{
	struct xbf_queue *q;
	unsigned int i;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	q = &bench->q;
	q->dev = &bench->dev;
	q->slots = bench->slots;
	q->grants.all = bench->grants;
	for (i = 0; i < NR; i++)
		bench->grants[i].ref = xpv_gref(FIRST_REF + i);
	bench->dev.xdev = &bench->xdev;
	bench->hctx.driver_data = q;
	bench->rq.mq_hctx = &bench->hctx;
	bench->rq.tag = TAG;
	spin_lock_init(&q->lock);
	init_llist_head(&q->returned);
	warnings = 0;
	return 0;
}

/* A request's grants are 2, 3, and so on. */
static struct xbf_slot *lend(unsigned int nr)
{
	struct xbf_slot *slot = &bench->slots[TAG];
	unsigned int i;

	for (i = 0; i < nr; i++)
		slot->grants[i] = 2 + i;
	slot->nr_grants = nr;
	return slot;
}

/**
 * struct end - a request that is ended
 * @name: of the case
 * @op: operation
 * @nr: grants
 * @status: that the peer answered
 * @mapped: grants that it holds on to, by bit
 * @persistent: grants are
 * @broken: the queue was before
 * @ends: what the block layer gets
 * @copies: that data is copied in
 * @faults: that are told
 */
struct end {
	const char *name;
	u8 op;
	unsigned int nr;
	blk_status_t status;
	unsigned long mapped;
	bool persistent;
	bool broken;
	blk_status_t ends;
	unsigned int copies;
	unsigned int faults;
};

static const struct end ends[] = {
	{ "read", BLKIF_OP_READ, 4 },
	{ "write", BLKIF_OP_WRITE, 4 },
	{ "flush", BLKIF_OP_FLUSH_DISKCACHE, 0 },
	{ "read error", BLKIF_OP_READ, 4, BLK_STS_IOERR, .ends = BLK_STS_IOERR },
	{ "not supported", BLKIF_OP_WRITE, 1, BLK_STS_NOTSUPP,
	  .ends = BLK_STS_NOTSUPP },
	{ "flush error", BLKIF_OP_FLUSH_DISKCACHE, 0, BLK_STS_IOERR,
	  .ends = BLK_STS_IOERR },
	{ "first still mapped", BLKIF_OP_READ, 4, .mapped = BIT(2),
	  .ends = BLK_STS_IOERR, .faults = 1 },
	{ "last still mapped", BLKIF_OP_WRITE, 4, .mapped = BIT(5),
	  .ends = BLK_STS_IOERR, .faults = 1 },
	{ "two still mapped", BLKIF_OP_READ, 4, .mapped = BIT(3) | BIT(4),
	  .ends = BLK_STS_IOERR, .faults = 1 },
	{ "all still mapped", BLKIF_OP_READ, 2, .mapped = BIT(2) | BIT(3),
	  .ends = BLK_STS_IOERR, .faults = 1 },
	{ "not supported, mapped", BLKIF_OP_WRITE, 1, BLK_STS_NOTSUPP, BIT(2),
	  .ends = BLK_STS_IOERR, .faults = 1 },
	{ "another's still mapped", BLKIF_OP_READ, 2, .mapped = BIT(4) },
	{ "mapped, was broken", BLKIF_OP_READ, 4, BLK_STS_IOERR, BIT(3),
	  .broken = true, .ends = BLK_STS_IOERR },
	{ "good, mapped, was broken", BLKIF_OP_READ, 4, .mapped = BIT(3),
	  .broken = true, .ends = BLK_STS_IOERR },
	{ "persistent read", BLKIF_OP_READ, 4, .persistent = true, .copies = 1 },
	{ "persistent read error", BLKIF_OP_READ, 4, BLK_STS_IOERR,
	  .persistent = true, .ends = BLK_STS_IOERR },
	{ "persistent write", BLKIF_OP_WRITE, 4, .persistent = true },
	{ "persistent flush", BLKIF_OP_FLUSH_DISKCACHE, 0, .persistent = true },
	{ "persistent, mapped", BLKIF_OP_READ, 4, .mapped = BIT(2) | BIT(3),
	  .persistent = true, .copies = 1 },
};

static void describe_end(const struct end *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(end, ends, describe_end);

/* What was revoked comes back, in order; what was not is parked. */
static void expect_returned(struct kunit *test, const struct end *c)
{
	const struct xbf_slot *slot = &bench->slots[TAG];
	unsigned long lent = BIT(2 + c->nr) - BIT(2);
	unsigned long gone = c->persistent ? 0 : c->mapped & lent;
	unsigned int i, kept = 0;

	KUNIT_EXPECT_EQ(test, bench->parked, gone);
	KUNIT_EXPECT_EQ(test, bench->revokes, c->persistent ? 0 : c->nr);
	KUNIT_EXPECT_EQ(test, !llist_empty(&bench->q.returned), c->nr > 0);
	for (i = 2; i < 2 + c->nr; i++)
		if (!(gone & BIT(i)))
			KUNIT_EXPECT_EQ(test, slot->grants[kept++], i);
	KUNIT_EXPECT_EQ(test, slot->nr_grants, kept);
}

static void a_request_ends(struct kunit *test)
{
	const struct end *c = test->param_value;
	struct xbf_slot *slot = lend(c->nr);

	slot->operation = c->op;
	slot->status = c->status;
	bench->mapped = c->mapped;
	bench->q.grants.persistent = c->persistent;
	bench->q.broken = c->broken;
	xbf_complete_rq(&bench->rq);
	KUNIT_EXPECT_EQ(test, bench->ended, 1);
	KUNIT_EXPECT_EQ(test, bench->status, (__force u8)c->ends);
	KUNIT_EXPECT_EQ(test, bench->copies, c->copies);
	KUNIT_EXPECT_EQ(test, bench->fatal, c->faults);
	KUNIT_EXPECT_EQ(test, bench->aborts, c->faults);
	KUNIT_EXPECT_EQ(test, bench->err, c->faults ? -EPROTO : 0);
	KUNIT_EXPECT_EQ(test, bench->early, 0);
	expect_returned(test, c);
}

/* A peer that holds on to many is told of once: the queue is broken by then. */
static void the_second_breach_is_not_told(struct kunit *test)
{
	struct xbf_slot *slot = lend(1);

	bench->mapped = BIT(2);
	xbf_complete_rq(&bench->rq);
	llist_del_all(&bench->q.returned);
	lend(1);
	slot->status = BLK_STS_OK;
	xbf_complete_rq(&bench->rq);
	KUNIT_EXPECT_EQ(test, bench->status, (__force u8)BLK_STS_IOERR);
	KUNIT_EXPECT_EQ(test, bench->ended, 2);
	KUNIT_EXPECT_EQ(test, bench->fatal, 1);
	KUNIT_EXPECT_EQ(test, bench->aborts, 1);
}

/**
 * struct late - a request that is not answered
 * @name: of the case
 * @limit: after which it is given up, in seconds
 * @age: of the request, in jiffies
 * @start: jiffies when it was put
 * @told: slow ones were before
 * @tells: that this one is told
 * @gives_up: and the connection ends
 */
struct late {
	const char *name;
	unsigned int limit;
	unsigned long age;
	unsigned long start;
	bool told;
	bool tells;
	bool gives_up;
};

static const struct late lates[] = {
	{ "slow", 30, 10 * HZ, .tells = true },
	{ "slow, told before", 30, 20 * HZ, .told = true },
	{ "a tick before the limit", 30, 30 * HZ - 1, .tells = true },
	{ "at the limit", 30, 30 * HZ, .gives_up = true },
	{ "at the limit, told before", 30, 30 * HZ, .told = true,
	  .gives_up = true },
	{ "long after", 30, 3000 * HZ, .gives_up = true },
	{ "no limit", 0, 10 * HZ, .tells = true },
	{ "no limit, long after", 0, 100000 * HZ, .told = true },
	{ "slow, jiffies wrap", 30, 10 * HZ, ULONG_MAX - HZ, .tells = true },
	{ "at the limit, jiffies wrap", 30, 30 * HZ, ULONG_MAX - HZ,
	  .gives_up = true },
};

static void describe_late(const struct late *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(late, lates, describe_late);

static void begin_wait(const struct late *c)
{
	struct xbf_slot *slot = &bench->slots[TAG];

	slot->rq = &bench->rq;
	slot->since = c->start;
	bench->now = c->start + c->age;
	bench->limit = c->limit * HZ;
	bench->q.slow = c->told;
}

static void a_slow_backend_is_told_then_given_up(struct kunit *test)
{
	const struct late *c = test->param_value;
	enum blk_eh_timer_return ret = c->gives_up ? BLK_EH_DONE : BLK_EH_RESET_TIMER;

	begin_wait(c);
	KUNIT_EXPECT_EQ(test, xbf_timeout_rq(&bench->rq), ret);
	KUNIT_EXPECT_EQ(test, bench->told, c->tells);
	if (c->tells) {
		KUNIT_EXPECT_EQ(test, bench->told_tag, TAG);
		KUNIT_EXPECT_EQ(test, bench->told_seconds, c->age / HZ);
	}
	KUNIT_EXPECT_EQ(test, bench->q.slow, c->told || c->tells);
	KUNIT_EXPECT_EQ(test, bench->fatal, c->gives_up);
	KUNIT_EXPECT_EQ(test, bench->err, c->gives_up ? -ETIMEDOUT : 0);
	KUNIT_EXPECT_EQ(test, bench->aborts, c->gives_up);
	KUNIT_EXPECT_EQ(test, bench->early, 0);
	if (c->gives_up)
		return;
	xbf_timeout_rq(&bench->rq);
	KUNIT_EXPECT_EQ(test, bench->told, c->tells);
}

/**
 * struct look - what is found on the ring before a request is called late
 * @name: of the case
 * @more: what each look says
 * @taken: responses that each takes
 * @answers: the look that takes the request's; 0 for none
 * @reaps: looks
 */
struct look {
	const char *name;
	int more;
	unsigned int taken;
	unsigned int answers;
	unsigned int reaps;
};

static const struct look looks[] = {
	{ "nothing", 0, 0, 0, 1 },
	{ "only others", 0, 2, 0, 1 },
	{ "a peer that broke it", -EPROTO, 0, 0, 1 },
	{ "its answer", 0, 1, 1, 1 },
	{ "its answer, in the second", 1, 4, 2, DEPTH },
	{ "never an end", 1, DEPTH, 0, DEPTH },
	{ "never an end, one by one", 1, 1, DEPTH, DEPTH },
	{ "never an end, and nothing there", 1, 0, 0, DEPTH },
};

static void describe_look(const struct look *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(look, looks, describe_look);

/* An event may have got lost; and a peer that goes on answering is not waited for. */
static void the_ring_is_looked_at_first(struct kunit *test)
{
	static const struct late past = { .limit = 30, .age = 31 * HZ };
	const struct look *c = test->param_value;

	begin_wait(&past);
	bench->more = c->more;
	bench->taken = c->taken;
	bench->answers = c->answers;
	KUNIT_EXPECT_EQ(test, xbf_timeout_rq(&bench->rq),
			c->answers ? BLK_EH_RESET_TIMER : BLK_EH_DONE);
	KUNIT_EXPECT_EQ(test, bench->reaps, c->reaps);
	KUNIT_EXPECT_EQ(test, bench->fatal, !c->answers);
	KUNIT_EXPECT_EQ(test, bench->aborts, !c->answers);
	KUNIT_EXPECT_EQ(test, bench->told, 0);
}

/* A write that ends with a flush lends its tag to that, and may do so meanwhile. */
static void a_request_that_has_just_ended_is_left_alone(struct kunit *test)
{
	static const struct late past = { .limit = 30, .age = 31 * HZ };

	begin_wait(&past);
	bench->rq.tag = -1;
	KUNIT_EXPECT_EQ(test, xbf_timeout_rq(&bench->rq), BLK_EH_RESET_TIMER);
	KUNIT_EXPECT_EQ(test, bench->reaps, 0);
	KUNIT_EXPECT_EQ(test, bench->fatal, 0);
	KUNIT_EXPECT_EQ(test, bench->told, 0);
}

static struct kunit_case complete_cases[] = {
	KUNIT_CASE_PARAM(a_request_ends, end_gen_params),
	KUNIT_CASE(the_second_breach_is_not_told),
	KUNIT_CASE_PARAM(a_slow_backend_is_told_then_given_up, late_gen_params),
	KUNIT_CASE_PARAM(the_ring_is_looked_at_first, look_gen_params),
	KUNIT_CASE(a_request_that_has_just_ended_is_left_alone),
	{}
};

static struct kunit_suite complete_suite = {
	.name = "xbf_complete",
	.init = init,
	.test_cases = complete_cases,
};

kunit_test_suite(complete_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-blkfront's completions");
MODULE_LICENSE("GPL");
