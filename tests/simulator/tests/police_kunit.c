// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_police: a ring between a backend of the simulator and our frontends'
 * half of it, which breaks the rules: each breach has to be told, and nothing else.
 */
#define xsim_ring_attach	tested_attach
#define xsim_ring_detach	tested_detach
#define xsim_ring_poll		tested_poll
#define xsim_ring_get		tested_get
#define xsim_ring_put		tested_put
#define xsim_ring_publish	tested_publish
#define xsim_ring_arm		tested_arm
#define xsim_ring_shut		tested_shut
#define xsim_ring_complain	tested_complain
#define xsim_ring_check_slot	tested_check_slot
#define xsim_ring_new_event	tested_new_event
#define xsim_ring_hear		tested_hear
#define xsim_ring_awake		tested_awake

#include <tests/kunit/suite.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <xpv/ring_index.h>

#define SLOT	64
#define SLOTS	8
#define AREA	(64 + SLOTS * SLOT)

/* A ring and its two ends, and what the police have told. */
static struct {
	unsigned int told;
	char last[160];
	unsigned long now;
	struct xpv_ring_shared *area;
	struct xpv_ring front;
	struct xsim_ring *back;
} bench;

__printf(1, 2)
static void fake_violation(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(bench.last, sizeof(bench.last), fmt, args);
	va_end(args);
	bench.told++;
}

#define xsim_violation		fake_violation
#undef jiffies
#define jiffies			(bench.now)
#undef num_online_cpus
#define num_online_cpus()	2u

#include "../backend/ring.c"
#include "../backend/ring_police.c"

static int init(struct kunit *test)
{
	memset(&bench, 0, sizeof(bench));
	bench.now = 1000;
	bench.area = kunit_kzalloc(test, AREA, GFP_KERNEL);
	bench.back = kunit_kzalloc(test, sizeof(*bench.back), GFP_KERNEL);
	if (!bench.area || !bench.back)
		return -ENOMEM;
	bench.area->req_event = 1;
	bench.area->rsp_event = 1;
	bench.front.size = SLOTS;
	bench.front.shared =
		(__force struct xpv_ring_shared __xpv_shared *)bench.area;
	strscpy(bench.back->name, "ring", sizeof(bench.back->name));
	return xsim_ring_attach(bench.back, bench.area, AREA, SLOT);
}

static void exit_(struct kunit *test)
{
	if (bench.back)
		xsim_ring_detach(bench.back);
}

static u8 *slot(u32 index)
{
	return bench.area->slots + (index % SLOTS) * SLOT;
}

/* The frontend shows @nr requests; true if it has to ring. */
static bool ask(unsigned int nr)
{
	while (nr--) {
		memset(slot(bench.front.req_prod), 0x40 + bench.front.req_prod,
		       SLOT);
		bench.front.req_prod++;
	}
	return xpv_ring_publish(&bench.front);
}

static void ring_bell(unsigned int times)
{
	xsim_ring_hear(&bench.back, 1, times);
}

/* The backend takes all there is; it says how many. */
static u32 take(struct kunit *test)
{
	u8 req[SLOT];
	u32 avail = 0, i;

	KUNIT_EXPECT_EQ(test, xsim_ring_poll(bench.back, &avail), 0);
	for (i = 0; i < avail; i++)
		xsim_ring_get(bench.back, req);
	return avail;
}

static void answer(unsigned int nr)
{
	u8 rsp[SLOT] = {};

	while (nr--)
		xsim_ring_put(bench.back, rsp, sizeof(rsp));
	/* The test knows when to look. */
	(void)xsim_ring_publish(bench.back);
	bench.front.rsp_cons = bench.area->rsp_prod;
}

/* Until it sleeps. */
static void serve(struct kunit *test)
{
	do {
		answer(take(test));
	} while (xsim_ring_arm(bench.back, bench.back->req_cons));
}

static void expect_told(struct kunit *test, unsigned int times, const char *what)
{
	KUNIT_EXPECT_EQ_MSG(test, bench.told, times, "%s", bench.last);
	KUNIT_EXPECT_NOT_NULL(test, strstr(bench.last, what));
}

static void leaves_the_honest_alone(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < 100; round++) {
		serve(test);
		KUNIT_EXPECT_TRUE(test, ask(1 + round % SLOTS));
		ring_bell(1);
		KUNIT_EXPECT_TRUE(test, xsim_ring_awake(bench.back));
	}
	serve(test);
	xsim_ring_shut(bench.back);
	expect_told(test, 0, "");
}

/* Published before the backend slept, and rung for when it had looked. */
static void forgives_the_late_doorbell(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, ask(1));
	serve(test);
	ring_bell(1);
	expect_told(test, 0, "");
}

static void tells_of_doorbell_too_many(struct kunit *test)
{
	serve(test);
	KUNIT_EXPECT_TRUE(test, ask(1));
	ring_bell(2);
	expect_told(test, 1, "had 1 needless doorbells");
}

static void tells_of_doorbell_for_nothing(struct kunit *test)
{
	serve(test);
	ring_bell(1);
	expect_told(test, 1, "had 1 needless doorbells");
}

/* It was rung for already, and nobody has asked for another. */
static void tells_of_doorbell_not_asked_for(struct kunit *test)
{
	serve(test);
	KUNIT_EXPECT_TRUE(test, ask(1));
	ring_bell(1);
	KUNIT_EXPECT_FALSE(test, ask(1));
	ring_bell(1);
	expect_told(test, 1, "had 1 needless doorbells");
}

static void tells_of_missing_doorbell(struct kunit *test)
{
	serve(test);
	KUNIT_EXPECT_TRUE(test, ask(1));
	KUNIT_EXPECT_FALSE(test, xsim_ring_awake(bench.back));
	bench.now += DOORBELL_LATE - 2;
	KUNIT_EXPECT_FALSE(test, xsim_ring_awake(bench.back));
	expect_told(test, 0, "");
	bench.now += 4;
	KUNIT_EXPECT_TRUE(test, xsim_ring_awake(bench.back));
	expect_told(test, 1, "lacks a doorbell");
}

static void tells_of_slot_written_when_published(struct kunit *test)
{
	serve(test);
	KUNIT_EXPECT_TRUE(test, ask(2));
	ring_bell(1);
	KUNIT_EXPECT_EQ(test, take(test), 2u);
	slot(bench.front.req_prod - 1)[SLOT - 1] ^= 1;
	answer(1);
	expect_told(test, 0, "");
	answer(1);
	expect_told(test, 1, "had slot 1 written after it was published");
}

static void tells_of_index_too_far(struct kunit *test)
{
	u32 avail;

	bench.area->req_prod = SLOTS;
	KUNIT_EXPECT_EQ(test, xsim_ring_poll(bench.back, &avail), 0);
	KUNIT_EXPECT_EQ(test, avail, (u32)SLOTS);
	bench.area->req_prod = SLOTS + 1;
	KUNIT_EXPECT_EQ(test, xsim_ring_poll(bench.back, &avail), -EPROTO);
	expect_told(test, 1, "has an impossible request index");
}

static void tells_of_index_that_steps_back(struct kunit *test)
{
	u32 avail;

	KUNIT_EXPECT_TRUE(test, ask(2));
	take(test);
	bench.area->req_prod--;
	KUNIT_EXPECT_EQ(test, xsim_ring_poll(bench.back, &avail), -EPROTO);
	expect_told(test, 1, "has an impossible request index");
}

static void tells_of_request_after_close(struct kunit *test)
{
	serve(test);
	xsim_ring_shut(bench.back);
	KUNIT_EXPECT_TRUE(test, ask(1));
	xsim_ring_detach(bench.back);
	expect_told(test, 1, "was written to after its frontend had closed");
}

static void refuses_ring_with_wrong_indexes(struct kunit *test)
{
	xsim_ring_detach(bench.back);
	bench.area->req_prod = SLOTS + 1;
	KUNIT_EXPECT_EQ(test, xsim_ring_attach(bench.back, bench.area, AREA, SLOT),
			-EINVAL);
	expect_told(test, 1, "is handed over with impossible indexes");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(leaves_the_honest_alone),
	KUNIT_CASE(forgives_the_late_doorbell),
	KUNIT_CASE(tells_of_doorbell_too_many),
	KUNIT_CASE(tells_of_doorbell_for_nothing),
	KUNIT_CASE(tells_of_doorbell_not_asked_for),
	KUNIT_CASE(tells_of_missing_doorbell),
	KUNIT_CASE(tells_of_slot_written_when_published),
	KUNIT_CASE(tells_of_index_too_far),
	KUNIT_CASE(tells_of_index_that_steps_back),
	KUNIT_CASE(tells_of_request_after_close),
	KUNIT_CASE(refuses_ring_with_wrong_indexes),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_police",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the simulator's police of rings");
MODULE_LICENSE("GPL");
