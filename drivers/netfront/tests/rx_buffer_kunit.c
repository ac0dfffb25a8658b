// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_rx_buffer: buffers on the receive ring, given to the backend and
 * taken back (rx_buffer.c). The test is the poll, and the backend. Cases that
 * are about indexes run from several of them: the first, those before the slots
 * wrap, those before the 32 bits do.
 */
#define xnf_rx_refill		tested_rx_refill
#define xnf_rx_take_page	tested_rx_take_page
#define xnf_rx_drain		tested_rx_drain

#include <tests/kunit/suite.h>
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <compat/net/page_pool.h>
#include "../netfront.h"

#define START_SLOTS	XNF_RING_SIZE
#include <tests/kunit/ring_starts.h>

#define AREA	(sizeof(struct xpv_ring_shared) + XNF_RING_SIZE * sizeof(union xnf_rx_ring_slot))

/**
 * struct bench - a queue, and who is around it
 * @q: the queue
 * @front: its card
 * @xdev: its device
 * @peer: its ring
 * @held: slots whose page the backend holds on to
 * @granted: slots granted
 * @memory: pages there are
 * @pages: pages in use
 * @grants: times a page was granted
 * @doorbells: rung
 * @faults: told
 * @parked: grants parked
 * @retries: times a look for memory was planned
 */
struct bench {
	struct xnf_queue q;
	struct xnf_front front;
	struct xpv_device xdev;
	struct xpv_ring_shared *peer;
	DECLARE_BITMAP(held, XNF_RING_SIZE);
	DECLARE_BITMAP(granted, XNF_RING_SIZE);
	unsigned int memory;
	unsigned int pages;
	unsigned int grants;
	unsigned int doorbells;
	unsigned int faults;
	unsigned int parked;
	unsigned int retries;
};

static struct bench *bench;

static struct page *fake_alloc(gfp_t gfp)
{
	struct page *page;

	if (bench->pages == bench->memory)
		return NULL;
	page = alloc_page(GFP_KERNEL | (gfp & __GFP_ZERO));
	bench->pages += !!page;
	return page;
}

static void fake_put(struct page *page)
{
	bench->pages--;
	put_page(page);
}

/*
 * The reference of a slot is the slot, and one. To grant what is granted is a
 * fault that none expects.
 */
static void fake_grant(xpv_gref_t ref)
{
	bench->grants++;
	bench->faults += __test_and_set_bit(xpv_gref_raw(ref) - 1, bench->granted);
}

static int fake_revoke(xpv_gref_t ref)
{
	if (test_bit(xpv_gref_raw(ref) - 1, bench->held))
		return -EBUSY;
	bench->faults += !__test_and_clear_bit(xpv_gref_raw(ref) - 1, bench->granted);
	return 0;
}

static void fake_park(struct page *page)
{
	bench->parked++;
	put_page(page);
}

static void fake_fault(struct xnf_queue *q)
{
	bench->faults++;
	set_bit(XNF_BROKEN, &q->flags);
}

#define page_pool_alloc_pages(pool, gfp)	fake_alloc(gfp)
#define page_pool_put_full_page(pool, page, direct) fake_put(page)
#define xpv_gnttab_grant(ref, peer, page, how)	fake_grant(ref)
#define xpv_gnttab_revoke			fake_revoke
#define xpv_gnttab_pool_park(pool, ref, page)	fake_park(page)
#define xnf_channel_ring(ch)			((void)bench->doorbells++)
#define xnf_queue_fault(q, ...)			fake_fault(q)
#define mod_timer(timer, when)			((void)bench->retries++)

#include "../rx_buffer.c"

static void begin_at(u32 start)
{
	struct xpv_ring *ring = &bench->q.rx.ring;

	xnf_rx_ring_init(ring, bench->peer, AREA);
	ring_begin_at(ring, bench->peer, start);
	bench->peer->req_event = start + 1;
}

static void begin(struct kunit *test)
{
	begin_at(*(const u32 *)test->param_value);
}

static int init(struct kunit *test)
{
	unsigned int slot;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	bench->peer = kunit_kzalloc(test, AREA, GFP_KERNEL);
	if (!bench->peer)
		return -ENOMEM;
	bench->front.xdev = &bench->xdev;
	bench->q.front = &bench->front;
	bench->memory = 2 * XNF_RING_SIZE;
	u64_stats_init(&bench->q.rx.stats.syncp);
	for (slot = 0; slot < XNF_RING_SIZE; slot++)
		bench->q.rx.slots[slot].ref = xpv_gref(slot + 1);
	begin_at(0);
	return 0;
}

/* Whatever happened, all comes back. */
static void exit_(struct kunit *test)
{
	if (!bench || !bench->peer)
		return;
	bitmap_zero(bench->held, XNF_RING_SIZE);
	xnf_rx_drain(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->pages, 0);
}

/* The backend uses @nr buffers; the poll takes each page, or copies and leaves it. */
static void receive(unsigned int nr, bool copied)
{
	struct xpv_ring *ring = &bench->q.rx.ring;

	bench->peer->rsp_prod += nr;
	ring->rsp_prod += nr;
	for (; nr--; ring->rsp_cons++) {
		struct page *page;

		if (copied)
			continue;
		page = xnf_rx_take_page(&bench->q, ring->rsp_cons % XNF_RING_SIZE);
		if (page)
			fake_put(page);
	}
}

/* Buffers that the backend was given, and has not used. */
static u32 given(void)
{
	return bench->peer->req_prod - bench->peer->rsp_prod;
}

static void refill_gives_all_at_first(struct kunit *test)
{
	const union xnf_rx_ring_slot *slots = (void *)bench->peer->slots;
	unsigned int slot;

	begin(test);
	xnf_rx_refill(&bench->q);
	KUNIT_EXPECT_EQ(test, given(), XNF_RING_SIZE);
	KUNIT_EXPECT_EQ(test, bench->doorbells, 1);
	KUNIT_EXPECT_EQ(test, bench->pages, XNF_RING_SIZE);
	for (slot = 0; slot < XNF_RING_SIZE; slot++) {
		KUNIT_EXPECT_EQ(test, slots[slot].req.id, slot);
		KUNIT_EXPECT_EQ(test, slots[slot].req.gref, slot + 1);
	}
	KUNIT_EXPECT_EQ(test, bench->faults, 0);
}

/**
 * struct batch - buffers that came back, and what is given again
 * @used: came back
 * @held: of these, hold a packet that is not complete
 * @given: are given again
 */
struct batch {
	unsigned int used;
	unsigned int held;
	unsigned int given;
};

static const struct batch batches[] = {
	{ 0, 0, 0 },
	{ 1, 0, 0 },
	{ 31, 0, 0 },
	{ 32, 0, 32 },
	{ 33, 0, 33 },
	{ 33, 1, 32 },
	{ 32, 1, 0 },
	{ 53, 22, 0 },
	{ 256, 0, 256 },
	{ 256, 22, 234 },
};

static void describe_batch(const struct batch *b, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u used, %u held", b->used, b->held);
}

KUNIT_ARRAY_PARAM(batch, batches, describe_batch);

static void refill_gives_in_batches(struct kunit *test)
{
	const struct batch *b = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		begin_at(starts[i]);
		bench->q.rx.packet.slots = 0;
		xnf_rx_refill(&bench->q);
		receive(b->used, false);
		bench->q.rx.packet.slots = b->held;
		xnf_rx_refill(&bench->q);
		KUNIT_EXPECT_EQ(test, given(), XNF_RING_SIZE - b->used + b->given);
		xnf_rx_drain(&bench->q);
	}
	KUNIT_EXPECT_EQ(test, bench->faults, 0);
}

/* A packet has up to 18 slots of data, and four that tell of it. */
static void backend_can_always_go_on(struct kunit *test)
{
	unsigned int used, held;

	for (held = 0; held < XNF_PACKET_SLOTS + 4; held++) {
		for (used = held; used < XNF_RING_SIZE; used += 7) {
			begin_at(0);
			bench->q.rx.packet.slots = 0;
			xnf_rx_refill(&bench->q);
			receive(used, true);
			bench->q.rx.packet.slots = held;
			xnf_rx_refill(&bench->q);
			KUNIT_ASSERT_GE(test, given(), 200);
		}
	}
}

static void refill_rings_if_it_is_asked_to(struct kunit *test)
{
	begin(test);
	xnf_rx_refill(&bench->q);
	receive(100, false);
	xnf_rx_refill(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->doorbells, 1);
	receive(XNF_RING_SIZE, false);
	bench->peer->req_event = bench->peer->req_prod + 1;
	xnf_rx_refill(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->doorbells, 2);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&bench->q.rx.stats.doorbells), 2);
}

static void refill_gives_a_kept_page_as_it_is(struct kunit *test)
{
	begin(test);
	xnf_rx_refill(&bench->q);
	receive(XNF_RING_SIZE, true);
	xnf_rx_refill(&bench->q);
	KUNIT_EXPECT_EQ(test, given(), XNF_RING_SIZE);
	KUNIT_EXPECT_EQ(test, bench->grants, XNF_RING_SIZE);
	KUNIT_EXPECT_EQ(test, bench->pages, XNF_RING_SIZE);
	KUNIT_EXPECT_EQ(test, bench->faults, 0);
}

static void refill_waits_for_memory(struct kunit *test)
{
	static const unsigned int there_are[] = { 0, 1, 100, XNF_RING_SIZE - 33 };
	unsigned int i;

	begin(test);
	for (i = 0; i < ARRAY_SIZE(there_are); i++) {
		bench->memory = there_are[i];
		xnf_rx_refill(&bench->q);
		KUNIT_EXPECT_EQ(test, given(), there_are[i]);
		KUNIT_EXPECT_EQ(test, bench->retries, i + 1);
		KUNIT_EXPECT_EQ(test, u64_stats_read(&bench->q.rx.stats.starved), i + 1);
	}
	bench->memory = XNF_RING_SIZE;
	xnf_rx_refill(&bench->q);
	KUNIT_EXPECT_EQ(test, given(), XNF_RING_SIZE);
	KUNIT_EXPECT_EQ(test, bench->retries, i);
}

static void page_in_use_is_parked(struct kunit *test)
{
	xnf_rx_refill(&bench->q);
	__set_bit(5, bench->held);
	receive(5, false);
	KUNIT_EXPECT_EQ(test, bench->faults, 0);
	receive(1, false);
	KUNIT_EXPECT_EQ(test, bench->faults, 1);
	KUNIT_EXPECT_EQ(test, bench->parked, 1);
	KUNIT_EXPECT_TRUE(test, xnf_queue_broken(&bench->q));
	KUNIT_EXPECT_NULL(test, bench->q.rx.slots[5].page);
	KUNIT_EXPECT_EQ(test, xpv_gref_raw(bench->q.rx.slots[5].ref),
			xpv_gref_raw(XPV_GREF_NONE));
}

static void drain_takes_all_it_can(struct kunit *test)
{
	unsigned int slot;

	xnf_rx_refill(&bench->q);
	receive(100, false);
	__set_bit(0, bench->held);
	__set_bit(100, bench->held);
	__set_bit(XNF_RING_SIZE - 1, bench->held);
	xnf_rx_drain(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->parked, 2);
	KUNIT_EXPECT_EQ(test, bench->pages, 0);
	KUNIT_EXPECT_EQ(test, bench->faults, 0);
	for (slot = 0; slot < XNF_RING_SIZE; slot++)
		KUNIT_EXPECT_NULL(test, bench->q.rx.slots[slot].page);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(refill_gives_all_at_first, start_gen_params),
	KUNIT_CASE_PARAM(refill_gives_in_batches, batch_gen_params),
	KUNIT_CASE(backend_can_always_go_on),
	KUNIT_CASE_PARAM(refill_rings_if_it_is_asked_to, start_gen_params),
	KUNIT_CASE_PARAM(refill_gives_a_kept_page_as_it_is, start_gen_params),
	KUNIT_CASE_PARAM(refill_waits_for_memory, start_gen_params),
	KUNIT_CASE(page_in_use_is_parked),
	KUNIT_CASE(drain_takes_all_it_can),
	{}
};

static struct kunit_suite suite = {
	.name = "xnf_rx_buffer",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's receive buffers");
MODULE_LICENSE("GPL");
