// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_ring: shared rings (<xpv/ring.h>), with the test as the peer. Each
 * case that is about indexes runs from several of them: the first, those before
 * the slots wrap, those before the 32 bits do.
 */
#include <tests/kunit/suite.h>
#include <xpv/ring.h>

struct demo_req {
	u32 id;
	u32 data[2];
};

struct demo_rsp {
	u32 id;
};

XPV_RING_TYPE(demo, struct demo_req, struct demo_rsp)

#define SIZE	256
#define AREA	(64 + SIZE * sizeof(union demo_slot))

/* Both ends of a ring. */
struct pair {
	struct xpv_ring ring;
	struct xpv_ring_shared *peer;
};

static const u32 starts[] = {
	0,
	1,
	SIZE - 1,
	SIZE,
	0x7fffffff,
	U32_MAX - SIZE,
	U32_MAX - 1,
	U32_MAX,
};

static void describe_start(const u32 *start, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %#x", *start);
}

KUNIT_ARRAY_PARAM(start, starts, describe_start);

static struct pair *new_pair(struct kunit *test)
{
	struct pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	p->peer = kunit_kzalloc(test, AREA, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->peer);
	demo_init(&p->ring, p->peer, AREA);
	warnings = 0;
	return p;
}

static struct pair *pair_at(struct kunit *test, u32 start)
{
	struct pair *p = new_pair(test);

	p->ring.req_prod = start;
	p->ring.req_published = start;
	p->ring.rsp_cons = start;
	p->ring.rsp_prod = start;
	p->peer->req_prod = start;
	p->peer->rsp_prod = start;
	p->peer->req_event = start + 1;
	p->peer->rsp_event = start + 1;
	return p;
}

static struct pair *pair_of(struct kunit *test)
{
	return pair_at(test, *(const u32 *)test->param_value);
}

static void put(struct pair *p, unsigned int nr)
{
	struct demo_req req = {};

	while (nr--) {
		req.id = p->ring.req_prod;
		req.data[0] = ~req.id;
		demo_put(&p->ring, &req);
	}
}

/* The peer answers: its responses repeat the number that their slot had. */
static void answer(struct pair *p, unsigned int nr)
{
	union demo_slot *slots = (void *)p->peer->slots;

	while (nr--) {
		slots[p->peer->rsp_prod % SIZE].rsp.id = ~p->peer->rsp_prod;
		p->peer->rsp_prod++;
	}
}

static bool put_and_publish(struct pair *p, unsigned int nr)
{
	put(p, nr);
	return xpv_ring_publish(&p->ring);
}

static void expect_poll(struct kunit *test, struct pair *p, u32 want)
{
	u32 avail = ~want;

	KUNIT_EXPECT_EQ(test, xpv_ring_poll(&p->ring, &avail), 0);
	KUNIT_EXPECT_EQ(test, avail, want);
}

static void expect_responses(struct kunit *test, struct pair *p, u32 nr)
{
	struct demo_rsp rsp;

	while (nr--) {
		u32 index = p->ring.rsp_cons;

		demo_get(&p->ring, &rsp);
		KUNIT_EXPECT_EQ(test, rsp.id, ~index);
	}
}

/* How many slots a shared area of so many bytes has. */
struct slots_case {
	size_t bytes;
	u32 slots;
};

static const struct slots_case slots_cases[] = {
	{ 64 + 12, 1 },
	{ 64 + 2 * 12 - 1, 1 },
	{ 64 + 2 * 12, 2 },
	{ 64 + 3 * 12, 2 },
	{ 64 + 256 * 12, 256 },
	{ 4096, 256 },
	{ 2 * 4096, 512 },
	{ 16 * 4096, 4096 },
};

static void describe_slots(const struct slots_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->bytes);
}

KUNIT_ARRAY_PARAM(slots, slots_cases, describe_slots);

static void slots_round_down(struct kunit *test)
{
	const struct slots_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, demo_slots(c->bytes), c->slots);
}

static void init_leaves_an_empty_ring(struct kunit *test)
{
	struct pair *p = new_pair(test);

	memset(p->peer, 0xff, 64);
	demo_init(&p->ring, p->peer, AREA);
	KUNIT_EXPECT_EQ(test, p->ring.size, SIZE);
	KUNIT_EXPECT_EQ(test, p->peer->req_prod, 0);
	KUNIT_EXPECT_EQ(test, p->peer->rsp_prod, 0);
	KUNIT_EXPECT_EQ(test, p->peer->req_event, 1);
	KUNIT_EXPECT_EQ(test, p->peer->rsp_event, 1);
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&p->ring), SIZE);
	expect_poll(test, p, 0);
}

static void free_counts_down_to_a_full_ring(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 i;

	for (i = 0; i < SIZE; i++) {
		KUNIT_EXPECT_EQ(test, xpv_ring_free(&p->ring), SIZE - i);
		put(p, 1);
	}
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&p->ring), 0);
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&p->ring), 0);
	KUNIT_EXPECT_TRUE(test, xpv_ring_publish(&p->ring));
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&p->ring), SIZE);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void put_refuses_a_full_ring(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 end = p->ring.req_prod + SIZE;

	put(p, SIZE);
	put(p, 1);
	KUNIT_EXPECT_EQ(test, p->ring.req_prod, end);
	KUNIT_EXPECT_EQ(test, warnings, 1);
}

static void put_fills_slots_in_order(struct kunit *test)
{
	struct pair *p = pair_of(test);
	union demo_slot *slots = (void *)p->peer->slots;
	u32 i, start = p->ring.req_prod;

	put(p, SIZE);
	for (i = start; i != start + SIZE; i++) {
		KUNIT_EXPECT_EQ(test, slots[i % SIZE].req.id, i);
		KUNIT_EXPECT_EQ(test, slots[i % SIZE].req.data[0], ~i);
	}
}

static void put_shows_nothing_before_publish(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->peer->req_prod;

	put(p, 3);
	KUNIT_EXPECT_EQ(test, p->peer->req_prod, start);
	KUNIT_EXPECT_TRUE(test, xpv_ring_publish(&p->ring));
	KUNIT_EXPECT_EQ(test, p->peer->req_prod, start + 3);
}

static void publish_nothing_stays_silent(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->peer->req_prod;

	p->peer->req_event = start;
	p->peer->req_prod = start + 7;
	KUNIT_EXPECT_FALSE(test, xpv_ring_publish(&p->ring));
	/* It was not even written. */
	KUNIT_EXPECT_EQ(test, p->peer->req_prod, start + 7);
}

/* When is the doorbell to be rung? */
struct bell_case {
	unsigned int put;
	int event;	/* relative to the first that is put */
	bool rings;
};

static const struct bell_case bell_cases[] = {
	{ 1, 0, false },
	{ 1, 1, true },
	{ 1, 2, false },
	{ 1, -1, false },
	{ 5, 0, false },
	{ 5, 1, true },
	{ 5, 3, true },
	{ 5, 5, true },
	{ 5, 6, false },
	{ 5, -1, false },
	{ SIZE, 0, false },
	{ SIZE, 1, true },
	{ SIZE, SIZE, true },
	{ SIZE, SIZE + 1, false },
	{ 5, INT_MIN, false },
	{ 5, INT_MAX, false },
};

static void describe_bell(const struct bell_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u put, event at %+d", c->put,
		 c->event);
}

KUNIT_ARRAY_PARAM(bell, bell_cases, describe_bell);

static void publish_rings_if_asked(struct kunit *test)
{
	const struct bell_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		struct pair *p = pair_at(test, starts[i]);

		p->peer->req_event = starts[i] + c->event;
		KUNIT_EXPECT_EQ_MSG(test, put_and_publish(p, c->put), c->rings,
				    "from %#x", starts[i]);
	}
}

static void poll_empty(struct kunit *test)
{
	struct pair *p = pair_of(test);

	expect_poll(test, p, 0);
	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 4));
	expect_poll(test, p, 0);
}

static void poll_one(struct kunit *test)
{
	struct pair *p = pair_of(test);

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 1));
	answer(p, 1);
	expect_poll(test, p, 1);
	expect_responses(test, p, 1);
	expect_poll(test, p, 0);
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&p->ring), 0);
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&p->ring), SIZE);
}

static void poll_partial(struct kunit *test)
{
	struct pair *p = pair_of(test);

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 10));
	answer(p, 3);
	expect_poll(test, p, 3);
	expect_responses(test, p, 2);
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&p->ring), 8);
	answer(p, 4);
	expect_poll(test, p, 5);
	expect_responses(test, p, 5);
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&p->ring), 3);
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&p->ring), SIZE - 3);
}

static void poll_full(struct kunit *test)
{
	struct pair *p = pair_of(test);

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, SIZE));
	answer(p, SIZE);
	expect_poll(test, p, SIZE);
	expect_responses(test, p, SIZE);
	expect_poll(test, p, 0);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void expect_refused(struct kunit *test, struct pair *p, u32 prod)
{
	u32 avail = 77;

	p->peer->rsp_prod = prod;
	KUNIT_EXPECT_EQ(test, xpv_ring_poll(&p->ring, &avail), -EPROTO);
	KUNIT_EXPECT_EQ(test, avail, 77);
}

static void poll_rejects_prod_overflow(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->ring.rsp_cons;

	expect_refused(test, p, start + 1);
	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 3));
	expect_refused(test, p, start + 4);
	expect_refused(test, p, start + SIZE);
	expect_refused(test, p, start + SIZE + 3);
	expect_refused(test, p, start + 0x80000000);
	expect_refused(test, p, start - 1);
	p->peer->rsp_prod = start + 3;
	expect_poll(test, p, 3);
}

static void poll_rejects_answers_to_the_unpublished(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->ring.rsp_cons;

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 2));
	put(p, 2);
	expect_refused(test, p, start + 3);
	p->peer->rsp_prod = start + 2;
	expect_poll(test, p, 2);
}

static void poll_rejects_a_step_back(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->ring.rsp_cons;

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 5));
	answer(p, 5);
	expect_poll(test, p, 5);
	expect_responses(test, p, 3);
	expect_refused(test, p, start + 2);
	expect_refused(test, p, start);
}

static void get_refuses_what_was_not_polled(struct kunit *test)
{
	struct pair *p = pair_of(test);
	struct demo_rsp rsp = { .id = 55 };
	u32 cons = p->ring.rsp_cons;

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 1));
	answer(p, 1);
	demo_get(&p->ring, &rsp);
	KUNIT_EXPECT_EQ(test, rsp.id, 55);
	KUNIT_EXPECT_EQ(test, p->ring.rsp_cons, cons);
	KUNIT_EXPECT_EQ(test, warnings, 1);
}

static void peer_tells_what_it_says(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = *(const u32 *)test->param_value, bell, answered;

	p->peer->req_event = start + 3;
	p->peer->rsp_prod = start - 2;
	xpv_ring_peer(&p->ring, &bell, &answered);
	KUNIT_EXPECT_EQ(test, bell, start + 3);
	KUNIT_EXPECT_EQ(test, answered, start - 2);
}

static void arm_asks_from_the_next_on(struct kunit *test)
{
	struct pair *p = pair_of(test);
	u32 start = p->ring.rsp_cons;

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 8));
	KUNIT_EXPECT_FALSE(test, xpv_ring_arm(&p->ring, 1));
	KUNIT_EXPECT_EQ(test, p->peer->rsp_event, start + 1);
	KUNIT_EXPECT_FALSE(test, xpv_ring_arm(&p->ring, 4));
	KUNIT_EXPECT_EQ(test, p->peer->rsp_event, start + 4);
}

static void arm_finds_what_came_meanwhile(struct kunit *test)
{
	struct pair *p = pair_of(test);

	KUNIT_EXPECT_TRUE(test, put_and_publish(p, 2));
	answer(p, 1);
	KUNIT_EXPECT_TRUE(test, xpv_ring_arm(&p->ring, 1));
	expect_poll(test, p, 1);
	expect_responses(test, p, 1);
	KUNIT_EXPECT_FALSE(test, xpv_ring_arm(&p->ring, 1));
}

/* Three rounds of the slots, a bit more than half of them at a time. */
static void traffic_goes_round_and_round(struct kunit *test)
{
	struct pair *p = pair_of(test);
	unsigned int i, burst = SIZE / 2 + 1;

	for (i = 0; i < 6; i++) {
		p->peer->req_event = p->peer->req_prod + 1;
		KUNIT_EXPECT_TRUE(test, put_and_publish(p, burst));
		answer(p, burst);
		expect_poll(test, p, burst);
		expect_responses(test, p, burst);
	}
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&p->ring), SIZE);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE_PARAM(slots_round_down, slots_gen_params),
	KUNIT_CASE(init_leaves_an_empty_ring),
	KUNIT_CASE_PARAM(free_counts_down_to_a_full_ring, start_gen_params),
	KUNIT_CASE_PARAM(put_refuses_a_full_ring, start_gen_params),
	KUNIT_CASE_PARAM(put_fills_slots_in_order, start_gen_params),
	KUNIT_CASE_PARAM(put_shows_nothing_before_publish, start_gen_params),
	KUNIT_CASE_PARAM(publish_nothing_stays_silent, start_gen_params),
	KUNIT_CASE_PARAM(publish_rings_if_asked, bell_gen_params),
	KUNIT_CASE_PARAM(poll_empty, start_gen_params),
	KUNIT_CASE_PARAM(poll_one, start_gen_params),
	KUNIT_CASE_PARAM(poll_partial, start_gen_params),
	KUNIT_CASE_PARAM(poll_full, start_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_prod_overflow, start_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_answers_to_the_unpublished, start_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_a_step_back, start_gen_params),
	KUNIT_CASE_PARAM(get_refuses_what_was_not_polled, start_gen_params),
	KUNIT_CASE_PARAM(arm_asks_from_the_next_on, start_gen_params),
	KUNIT_CASE_PARAM(arm_finds_what_came_meanwhile, start_gen_params),
	KUNIT_CASE_PARAM(peer_tells_what_it_says, start_gen_params),
	KUNIT_CASE_PARAM(traffic_goes_round_and_round, start_gen_params),
	{}
};

static struct kunit_suite ring_suite = {
	.name = "xpv_ring",
	.test_cases = ring_cases,
};

kunit_test_suite(ring_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's shared rings");
MODULE_LICENSE("GPL");
