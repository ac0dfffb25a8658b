// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xbf_response: what a backend answers, checked (response.c). The test is
 * the backend: it writes whatever it likes into the ring.
 */
#define xbf_reap	tested_reap
#define xbf_interrupt	tested_interrupt
#define xbf_poll	tested_xbf_poll
#define xbf_linger	tested_linger

#include <tests/kunit/suite.h>
#include <linux/string.h>

#include "../blkfront.h"

#define DEPTH		64
#define START_SLOTS	DEPTH
#include <tests/kunit/ring_starts.h>

#define AREA		(64 + DEPTH * sizeof(union xbf_ring_slot))
#define FLUSH		BLKIF_OP_FLUSH_DISKCACHE

/**
 * struct seen - what the block layer, the bus and the doorbell were told
 * @completed: requests, in order; their number only, beyond the array
 * @nr_completed: how many
 * @fatal: faults told
 * @aborts: times the queue was aborted
 * @eois: ends of interrupt
 * @eoi: the last one's verdict
 * @scheduled: times the tasklet left the rest to its next run
 * @late: so many answers come as the peer is asked to ring
 */
struct seen {
	struct request *completed[DEPTH];
	unsigned int nr_completed;
	unsigned int fatal;
	unsigned int aborts;
	unsigned int eois;
	enum xpv_eoi eoi;
	unsigned int scheduled;
	unsigned int late;
};

/* A queue with its backend. */
struct bench {
	struct seen seen;
	struct xbf_queue q;
	struct xbf_device dev;
	struct xpv_device xdev;
	struct xbf_slot slots[DEPTH];
	struct request rqs[DEPTH];
	struct xpv_ring_shared *peer;
	unsigned int cpus; /* that the guest may have */
	bool idle;	   /* the processor was, when it was interrupted */
	bool lingers;	   /* the timer is set */
};

static struct bench *bench;

static void answer(u64 id, u8 op, s16 status);

static void fake_complete(struct request *rq)
{
	struct seen *seen = &bench->seen;

	if (seen->nr_completed < DEPTH)
		seen->completed[seen->nr_completed] = rq;
	seen->nr_completed++;
}

/* The peer saw the event index of before, or that of now. */
static bool fake_arm(struct xpv_ring *ring, u32 after)
{
	if (bench->seen.late)
		answer(DEPTH - bench->seen.late--, BLKIF_OP_READ, 0);
	return xpv_ring_arm(ring, after);
}

static int fake_fatal(int err)
{
	bench->seen.fatal++;
	return err;
}

static void fake_abort(struct xbf_queue *q)
{
	bench->seen.aborts++;
	q->broken = true;
}

static void fake_eoi(enum xpv_eoi eoi)
{
	bench->seen.eois++;
	bench->seen.eoi = eoi;
}

/* A jiffy from now, whatever now is; set again while it is would be for nothing. */
static void fake_mod_timer(unsigned long at)
{
	WARN_ON_ONCE(bench->lingers || time_after(at, jiffies + 1));
	bench->lingers = true;
}

#define blk_mq_complete_request		fake_complete
#define xpv_ring_arm			fake_arm
#define xpv_bus_fatal(xdev, err, ...)	fake_fatal(err)
#define xbf_queue_abort			fake_abort
#define xbf_queue_depth(q)		((q)->ring.size)
#define xpv_evtchn_eoi(ch, eoi)		fake_eoi(eoi)
#define tasklet_schedule(tasklet)	(bench->seen.scheduled++)
#define is_idle_task(task)		(bench->idle)
#undef timer_pending
#define timer_pending(timer)		(bench->lingers)
#define mod_timer(timer, at)		fake_mod_timer(at)
#undef nr_cpu_ids
#define nr_cpu_ids			(bench->cpus)
#undef dev_err_ratelimited
#define dev_err_ratelimited(dev, ...)	((void)0)

#include "../response.c"

static int init(struct kunit *test)
{
	struct xbf_queue *q;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	bench->peer = kunit_kzalloc(test, AREA, GFP_KERNEL);
	if (!bench->peer)
		return -ENOMEM;
	q = &bench->q;
	q->dev = &bench->dev;
	q->slots = bench->slots;
	bench->dev.xdev = &bench->xdev;
	bench->dev.flush_op = FLUSH;
	bench->dev.nr_queues = 2;
	bench->cpus = 2;
	bench->idle = true;
	init_waitqueue_head(&q->idle);
	spin_lock_init(&q->lock);
	spin_lock_init(&q->rsp_lock);
	xbf_ring_init(&q->ring, bench->peer, AREA);
	warnings = 0;
	return 0;
}

/* As request.c does: puts a request and publishes it. */
static void send(u64 id, u8 op)
{
	struct xbf_slot *slot = &bench->slots[id];

	slot->wire.operation = op;
	slot->operation = op;
	slot->wire.u.rw.id = id;
	slot->status = BLK_STS_AGAIN;
	slot->rq = &bench->rqs[id];
	xbf_ring_put(&bench->q.ring, &slot->wire);
	if (xpv_ring_publish(&bench->q.ring))
		bench->peer->req_event = bench->peer->req_prod + 1;
}

static void send_all(unsigned int nr)
{
	unsigned int id;

	for (id = 0; id < nr; id++)
		send(id, BLKIF_OP_READ);
}

static void answer(u64 id, u8 op, s16 status)
{
	union xbf_ring_slot *slots = (void *)bench->peer->slots;
	struct blkif_response *rsp;

	rsp = &slots[bench->peer->rsp_prod++ % DEPTH].rsp;
	rsp->id = id;
	rsp->operation = op;
	rsp->status = status;
}

static int reap(unsigned int *taken)
{
	return xbf_reap(&bench->q, taken);
}

/* As long as there may be more; *taken is of all. */
static int reap_all(unsigned int *taken)
{
	unsigned int now, round = 0;
	int more;

	*taken = 0;
	do {
		more = reap(&now);
		*taken += now;
	} while (more > 0 && ++round < DEPTH);
	return more;
}

/* One answer to one of four reads (0 to 3), a write (4) and a flush (5). */
struct answer_case {
	const char *name;
	u64 id;
	u8 op;
	s16 status;
	int err;
	blk_status_t ends;
};

static const struct answer_case answer_cases[] = {
	{ "okay", 0, BLKIF_OP_READ, BLKIF_RSP_OKAY, 0, BLK_STS_OK },
	{ "out of order", 3, BLKIF_OP_READ, BLKIF_RSP_OKAY, 0, BLK_STS_OK },
	{ "write", 4, BLKIF_OP_WRITE, BLKIF_RSP_OKAY, 0, BLK_STS_OK },
	{ "flush", 5, FLUSH, BLKIF_RSP_OKAY, 0, BLK_STS_OK },
	{ "error", 1, BLKIF_OP_READ, BLKIF_RSP_ERROR, 0, BLK_STS_IOERR },
	{ "unsupported", 1, BLKIF_OP_READ, BLKIF_RSP_EOPNOTSUPP, 0,
	  BLK_STS_NOTSUPP },
	{ "flush unsupported", 5, FLUSH, BLKIF_RSP_EOPNOTSUPP, 0, BLK_STS_IOERR },
	{ "status 1", 0, BLKIF_OP_READ, 1, -EPROTO },
	{ "status -3", 0, BLKIF_OP_READ, -3, -EPROTO },
	{ "lowest status", 0, BLKIF_OP_READ, S16_MIN, -EPROTO },
	{ "id not in flight", 6, BLKIF_OP_READ, 0, -EPROTO },
	{ "last id", DEPTH - 1, BLKIF_OP_READ, 0, -EPROTO },
	{ "id one too high", DEPTH, BLKIF_OP_READ, 0, -EPROTO },
	{ "id of 32 bits and more", BIT_ULL(32) | 1, BLKIF_OP_READ, 0, -EPROTO },
	{ "highest id", U64_MAX, BLKIF_OP_READ, 0, -EPROTO },
	{ "write for read", 0, BLKIF_OP_WRITE, 0, -EPROTO },
	{ "read for write", 4, BLKIF_OP_READ, 0, -EPROTO },
	{ "read for flush", 5, BLKIF_OP_READ, 0, -EPROTO },
	{ "unknown operation", 0, 0xff, 0, -EPROTO },
};

static void describe_answer(const struct answer_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, describe_answer);

static void send_mixed(void)
{
	send_all(4);
	send(4, BLKIF_OP_WRITE);
	send(5, FLUSH);
}

static void expect_taken(struct kunit *test, const struct answer_case *c)
{
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
	KUNIT_EXPECT_PTR_EQ(test, bench->seen.completed[0], &bench->rqs[c->id]);
	KUNIT_EXPECT_EQ(test, (__force u8)bench->slots[c->id].status,
			(__force u8)c->ends);
	KUNIT_EXPECT_NULL(test, bench->slots[c->id].rq);
	KUNIT_EXPECT_EQ(test, bench->seen.fatal, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.aborts, 0);
}

static void expect_breach(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bench->seen.fatal, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.aborts, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 0);
}

static void reap_checks_each_answer(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	unsigned int taken, id;

	send_mixed();
	answer(c->id, c->op, c->status);
	/* The peer has five more: it is not asked to ring yet. */
	KUNIT_EXPECT_EQ(test, reap(&taken), c->err ? c->err : 1);
	KUNIT_EXPECT_EQ(test, taken, c->err ? 0 : 1);
	if (!c->err) {
		expect_taken(test, c);
		return;
	}
	expect_breach(test);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 0);
	for (id = 0; id < 6; id++)
		KUNIT_EXPECT_PTR_EQ(test, bench->slots[id].rq, &bench->rqs[id]);
}

static void reap_rejects_an_id_twice(struct kunit *test)
{
	unsigned int taken;

	send_mixed();
	answer(2, BLKIF_OP_READ, 0);
	answer(2, BLKIF_OP_READ, 0);
	KUNIT_EXPECT_EQ(test, reap(&taken), -EPROTO);
	/* The first of them was good. */
	KUNIT_EXPECT_EQ(test, taken, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
	expect_breach(test);
}

static void reap_rejects_prod_overflow(struct kunit *test)
{
	unsigned int taken;

	send_all(4);
	bench->peer->rsp_prod = 5;
	KUNIT_EXPECT_EQ(test, reap(&taken), -EPROTO);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 0);
	expect_breach(test);
}

static void reap_ends_what_was_good_before_a_breach(struct kunit *test)
{
	unsigned int taken, id;

	send_all(40);
	for (id = 0; id < 35; id++)
		answer(id, BLKIF_OP_READ, 0);
	answer(35, BLKIF_OP_WRITE, 0);
	KUNIT_EXPECT_EQ(test, reap_all(&taken), -EPROTO);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 35);
	KUNIT_EXPECT_NULL(test, bench->slots[34].rq);
	KUNIT_EXPECT_PTR_EQ(test, bench->slots[35].rq, &bench->rqs[35]);
	expect_breach(test);
}

static void reap_looks_at_nothing_once_broken(struct kunit *test)
{
	unsigned int taken;

	send_all(1);
	answer(0, BLKIF_OP_READ, 0);
	bench->q.broken = true;
	KUNIT_EXPECT_EQ(test, reap(&taken), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.fatal, 0);
}

static const unsigned int counts[] = { 0, 1, 31, 32, 33, 63, 64 };

static void describe_count(const unsigned int *count, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u answers", *count);
}

KUNIT_ARRAY_PARAM(count, counts, describe_count);

static void reap_takes_all_in_order(struct kunit *test)
{
	unsigned int taken, id, nr = *(const unsigned int *)test->param_value;

	bench->q.slow = true;
	send_all(DEPTH);
	for (id = 0; id < nr; id++)
		answer(id, BLKIF_OP_READ, 0);
	KUNIT_EXPECT_EQ(test, reap_all(&taken), 0);
	KUNIT_EXPECT_EQ(test, taken, nr);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, nr);
	for (id = 0; id < nr; id++)
		KUNIT_EXPECT_PTR_EQ(test, bench->seen.completed[id],
				    &bench->rqs[id]);
	KUNIT_EXPECT_EQ(test, bench->q.slow, !nr);
	/* And it asked to be woken by the next. */
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, nr + 1);
}

static void begin_at(u32 start)
{
	ring_begin_at(&bench->q.ring, bench->peer, start);
}

/* Slots wrap, and so do the indexes; a part is answered each time, in reverse. */
static void reap_goes_round_and_round(struct kunit *test)
{
	unsigned int taken, id, round;

	begin_at(*(const u32 *)test->param_value);
	send_all(DEPTH);
	for (round = 0; round < 10; round++) {
		for (id = DEPTH; id-- > DEPTH - 20;)
			answer(id, BLKIF_OP_READ, 0);
		KUNIT_EXPECT_EQ(test, reap_all(&taken), 0);
		KUNIT_EXPECT_EQ(test, taken, 20);
		for (id = DEPTH - 20; id < DEPTH; id++)
			send(id, BLKIF_OP_READ);
	}
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 200);
	bench->peer->rsp_prod += DEPTH + 1;
	KUNIT_EXPECT_EQ(test, reap(&taken), -EPROTO);
	expect_breach(test);
}

static void poll(void)
{
	xbf_poll(&bench->q.poll);
}

/* The peer, which has several requests, rings, and the tasklet looks for the first time. */
static void ring(struct kunit *test)
{
	unsigned int before = bench->seen.scheduled;

	KUNIT_EXPECT_EQ(test, xbf_interrupt(0, &bench->q), IRQ_HANDLED);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, before + 1);
	bench->seen.scheduled = before;
	poll();
}

/* The peer answers one of its requests and rings; no tasklet has run yet. */
static void interrupt_of(unsigned int nr)
{
	send_all(nr);
	answer(0, BLKIF_OP_READ, 0);
	xbf_interrupt(0, &bench->q);
}

/* Requests of a single queue end in a softirq of the block layer's. */
static void interrupt_of_a_single_queue_looks_at_once(struct kunit *test)
{
	bench->dev.nr_queues = 1;
	interrupt_of(2);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 1);
}

/* Those of a single processor do not. */
static void interrupt_of_a_single_processor_completes_nothing(struct kunit *test)
{
	bench->dev.nr_queues = 1;
	bench->cpus = 1;
	interrupt_of(2);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 1);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
}

/* One alone does not take long, whatever it is. */
static void interrupt_of_one_request_looks_at_once(struct kunit *test)
{
	interrupt_of(1);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_WORK);
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, 2);
}

/* With several queues a request ends where the block layer is told of it. */
static void interrupt_of_many_requests_completes_nothing(struct kunit *test)
{
	interrupt_of(2);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 0);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
}

static void interrupt_without_work_is_spurious(struct kunit *test)
{
	send_all(2);
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_SPURIOUS);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 0);
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, 1);
}

static void poll_of_the_last_requests_ends_at_once(struct kunit *test)
{
	send_all(2);
	answer(0, BLKIF_OP_READ, 0);
	answer(1, BLKIF_OP_READ, 0);
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_WORK);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 0);
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, 3);
}

static void interrupt_of_a_broken_queue_has_no_end(struct kunit *test)
{
	send_all(3);
	answer(9, BLKIF_OP_READ, 0);
	ring(test);
	expect_breach(test);
	ring(test);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 0);
	KUNIT_EXPECT_EQ(test, bench->seen.fatal, 1);
}

/* A peer that has more requests need not ring for them, until none comes. */
static void poll_goes_on_until_nothing_comes(struct kunit *test)
{
	unsigned int id;

	send_all(DEPTH);
	answer(0, BLKIF_OP_READ, 0);
	ring(test);
	for (id = 1; id < 4; id++) {
		KUNIT_EXPECT_EQ(test, bench->seen.scheduled, id);
		answer(id, BLKIF_OP_READ, 0);
		poll();
		KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, id + 1);
		KUNIT_EXPECT_LE(test, bench->peer->rsp_event, 1);
	}
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 0);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 4);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_WORK);
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, 5);
}

static void one_look_takes_a_batch_at_most(struct kunit *test)
{
	unsigned int id;

	send_all(DEPTH);
	for (id = 0; id < DEPTH; id++)
		answer(id, BLKIF_OP_READ, 0);
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, BATCH);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 1);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, DEPTH);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);
}

/* Its event is on its way when its answer is taken without it. */
static void an_event_that_comes_late_is_not_spurious(struct kunit *test)
{
	send_all(DEPTH);
	bench->seen.late = 1;
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 0);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
	poll();
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);

	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 2);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_WORK);
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 3);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_SPURIOUS);
}

/* So many are with the peer, and it is asked to ring for so many. */
struct worth_case {
	bool idle;
	unsigned int sent;
	unsigned int rings_for;
};

static const struct worth_case worth_cases[] = {
	{ true, 1, 1 },
	{ true, DEPTH, 1 },
	{ false, 0, 1 },
	{ false, 1, 1 },
	{ false, 7, 1 },
	{ false, 8, 2 },
	{ false, 32, 8 },
	{ false, DEPTH, DEPTH / 4 },
};

static void describe_worth(const struct worth_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u, %s", c->sent,
		 c->idle ? "idle" : "busy");
}

KUNIT_ARRAY_PARAM(worth, worth_cases, describe_worth);

static void a_busy_processor_is_rung_for_several(struct kunit *test)
{
	const struct worth_case *c = test->param_value;
	unsigned int taken;

	bench->idle = c->idle;
	send_all(c->sent);
	KUNIT_EXPECT_EQ(test, reap(&taken), 0);
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, c->rings_for);
	KUNIT_EXPECT_EQ(test, bench->lingers, c->rings_for > 1);
	/* The timer that is set already is as good. */
	KUNIT_EXPECT_EQ(test, reap(&taken), 0);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void linger(void)
{
	bench->lingers = false;
	xbf_linger(&bench->q.linger);
}

/* And it is no end of an interrupt, since there was none. */
static void fewer_answers_wait_for_a_moment_only(struct kunit *test)
{
	bench->idle = false;
	send_all(DEPTH);
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_SPURIOUS);
	answer(0, BLKIF_OP_READ, 0);
	linger();
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 1);
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, DEPTH / 4);
	KUNIT_EXPECT_TRUE(test, bench->lingers);
	linger();
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, 1 + (DEPTH - 1) / 4);
	KUNIT_EXPECT_TRUE(test, bench->lingers);
	bench->idle = true;
	linger();
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, 2);
	KUNIT_EXPECT_FALSE(test, bench->lingers);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 1);
	KUNIT_EXPECT_EQ(test, bench->seen.scheduled, 0);
}

/* The peer had as many answers as it was to ring for, just as the timer took them. */
static void an_event_for_what_the_timer_took_is_not_spurious(struct kunit *test)
{
	bench->idle = false;
	send_all(DEPTH);
	ring(test);
	answer(0, BLKIF_OP_READ, 0);
	linger();
	linger();
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eois, 2);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_WORK);
	/* Once. */
	ring(test);
	KUNIT_EXPECT_EQ(test, bench->seen.eoi, XPV_EOI_SPURIOUS);
}

static void the_timer_of_a_broken_queue_looks_at_nothing(struct kunit *test)
{
	bench->idle = false;
	send_all(DEPTH);
	answer(0, BLKIF_OP_READ, 0);
	bench->q.broken = true;
	linger();
	KUNIT_EXPECT_EQ(test, bench->seen.nr_completed, 0);
	KUNIT_EXPECT_FALSE(test, bench->lingers);
}

static struct kunit_case response_cases[] = {
	KUNIT_CASE_PARAM(reap_checks_each_answer, answer_gen_params),
	KUNIT_CASE(reap_rejects_an_id_twice),
	KUNIT_CASE(reap_rejects_prod_overflow),
	KUNIT_CASE(reap_ends_what_was_good_before_a_breach),
	KUNIT_CASE(reap_looks_at_nothing_once_broken),
	KUNIT_CASE_PARAM(reap_takes_all_in_order, count_gen_params),
	KUNIT_CASE_PARAM(reap_goes_round_and_round, start_gen_params),
	KUNIT_CASE(interrupt_of_a_single_queue_looks_at_once),
	KUNIT_CASE(interrupt_of_a_single_processor_completes_nothing),
	KUNIT_CASE(interrupt_of_one_request_looks_at_once),
	KUNIT_CASE(interrupt_of_many_requests_completes_nothing),
	KUNIT_CASE(interrupt_without_work_is_spurious),
	KUNIT_CASE(interrupt_of_a_broken_queue_has_no_end),
	KUNIT_CASE(poll_of_the_last_requests_ends_at_once),
	KUNIT_CASE(poll_goes_on_until_nothing_comes),
	KUNIT_CASE(one_look_takes_a_batch_at_most),
	KUNIT_CASE(an_event_that_comes_late_is_not_spurious),
	KUNIT_CASE_PARAM(a_busy_processor_is_rung_for_several, worth_gen_params),
	KUNIT_CASE(fewer_answers_wait_for_a_moment_only),
	KUNIT_CASE(an_event_for_what_the_timer_took_is_not_spurious),
	KUNIT_CASE(the_timer_of_a_broken_queue_looks_at_nothing),
	{}
};

static struct kunit_suite response_suite = {
	.name = "xbf_response",
	.init = init,
	.test_cases = response_cases,
};

kunit_test_suite(response_suite);

MODULE_DESCRIPTION("KUnit suite of xpv-blkfront's responses");
MODULE_LICENSE("GPL");
