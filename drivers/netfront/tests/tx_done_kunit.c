// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_tx_done: what a backend says of packets that it was given, checked,
 * and what becomes of them (tx_done.c). The test is xmit, and the backend. Cases
 * that are about indexes run from several of them: the first, those before the
 * slots wrap, those before the 32 bits do.
 */
#define xnf_tx_poll	tested_tx_poll
#define xnf_tx_arm	tested_tx_arm
#define xnf_tx_drain	tested_tx_drain

#include <tests/kunit/suite.h>
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "../netfront.h"

#define START_SLOTS	XNF_RING_SIZE
#include <tests/kunit/ring_starts.h>

#define AREA	(sizeof(struct xpv_ring_shared) + XNF_RING_SIZE * sizeof(union xnf_tx_ring_slot))
#define LEN	100

/**
 * struct bench - a queue, and who is around it
 * @q: the queue
 * @peer: its ring
 * @page: that all slots lend
 * @mapped: ids whose page the backend holds on to
 * @faults: told
 * @parked: grants parked
 * @sent: packets freed that were taken
 * @lost: packets freed that were not
 * @completed: packets, for the core's byte limit
 * @wakes: times the queue was looked at whether it may go on
 */
struct bench {
	struct xnf_queue q;
	struct xpv_ring_shared *peer;
	struct page *page;
	DECLARE_BITMAP(mapped, XNF_RING_SIZE);
	unsigned int faults;
	unsigned int parked;
	unsigned int sent;
	unsigned int lost;
	unsigned int completed;
	unsigned int wakes;
};

static struct bench *bench;

/* The reference of an id is the id, and one. */
static int fake_revoke(xpv_gref_t ref)
{
	return test_bit(xpv_gref_raw(ref) - 1, bench->mapped) ? -EBUSY : 0;
}

static void fake_fault(struct xnf_queue *q)
{
	bench->faults++;
	set_bit(XNF_BROKEN, &q->flags);
}

static void fake_park(struct page *page)
{
	bench->parked++;
	put_page(page);
}

static void fake_consume(struct sk_buff *skb)
{
	bench->sent++;
	kfree_skb(skb);
}

static void fake_free(struct sk_buff *skb)
{
	bench->lost++;
	kfree_skb(skb);
}

/* It has no test at hand: bytes that are wrong are a fault that none expects. */
static void fake_completed(unsigned int packets, unsigned int bytes)
{
	bench->completed += packets;
	bench->faults += bytes != packets * LEN;
}

#define xpv_gnttab_revoke		fake_revoke
#define xpv_gnttab_pool_park(pool, ref, page) fake_park(page)
#define xnf_queue_fault(q, ...)		fake_fault(q)
#define xnf_tx_wake(q)			((void)bench->wakes++)
#define xnf_txq(q)			NULL
#define netdev_tx_completed_queue(txq, packets, bytes) fake_completed(packets, bytes)
#define napi_consume_skb(skb, budget)	fake_consume(skb)
#undef dev_kfree_skb_any
#define dev_kfree_skb_any		fake_free

#include "../tx_done.c"

static void begin_at(u32 start)
{
	struct xnf_tx *tx = &bench->q.tx;

	xnf_tx_ring_init(&tx->ring, bench->peer, AREA);
	ring_begin_at(&tx->ring, bench->peer, start);
	tx->extras = start;
	tx->extras_done = start;
	tx->ids_given = start;
}

static void begin(struct kunit *test)
{
	begin_at(*(const u32 *)test->param_value);
}

static int init(struct kunit *test)
{
	unsigned int id;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	bench->q.tx.channel = &bench->q.channels[0];
	bench->peer = kunit_kzalloc(test, AREA, GFP_KERNEL);
	bench->page = alloc_page(GFP_KERNEL);
	if (!bench->peer || !bench->page)
		return -ENOMEM;
	for (id = 0; id < XNF_RING_SIZE; id++) {
		bench->q.tx.slots[id].ref = xpv_gref(id + 1);
		bench->q.tx.ids[id] = id;
	}
	begin_at(0);
	return 0;
}

/* Nothing is left in flight, and no page lost. */
static void exit_(struct kunit *test)
{
	if (!bench || !bench->page)
		return;
	bitmap_zero(bench->mapped, XNF_RING_SIZE);
	xnf_tx_drain(&bench->q);
	KUNIT_EXPECT_EQ(test, page_count(bench->page), 1);
	put_page(bench->page);
}

static void put_request(void)
{
	static const union xnf_tx_req req;

	xnf_tx_ring_put(&bench->q.tx.ring, &req);
	(void)!xpv_ring_publish(&bench->q.tx.ring);
}

/* A packet in @nr slots, from id @id on, as xmit does; @extra in one more. */
static void send(struct kunit *test, u16 id, unsigned int nr, bool extra)
{
	struct sk_buff *skb = alloc_skb(LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put(skb, LEN);
	*xnf_tx_cb(skb) = (struct xnf_tx_cb){ .slots = nr };
	for (; nr--; id++) {
		struct xnf_tx_slot *slot = &bench->q.tx.slots[id];

		slot->skb = skb;
		slot->page = bench->page;
		slot->in_flight = true;
		put_request();
	}
	if (!extra)
		return;
	bench->q.tx.extras++;
	put_request();
}

static void send_each(struct kunit *test, unsigned int nr)
{
	u16 id;

	for (id = 0; id < nr; id++)
		send(test, id, 1, false);
}

static void answer(u16 id, s16 status)
{
	union xnf_tx_ring_slot *slots = (void *)bench->peer->slots;
	struct xen_netif_tx_response *rsp;

	rsp = &slots[bench->peer->rsp_prod++ % XNF_RING_SIZE].rsp;
	rsp->id = id;
	rsp->status = status;
}

static void okay(u16 id)
{
	answer(id, XEN_NETIF_RSP_OKAY);
}

/* What was freed until now: taken by the backend, or not. */
static void expect_freed(struct kunit *test, unsigned int sent, unsigned int lost)
{
	KUNIT_EXPECT_EQ(test, bench->sent, sent);
	KUNIT_EXPECT_EQ(test, bench->lost, lost);
	KUNIT_EXPECT_EQ(test, bench->completed, sent + lost);
}

static void poll_queue(struct kunit *test, unsigned int faults)
{
	xnf_tx_poll(&bench->q, 64);
	KUNIT_EXPECT_EQ(test, bench->faults, faults);
}

static void poll_empty(struct kunit *test)
{
	begin(test);
	poll_queue(test, 0);
	send_each(test, 1);
	poll_queue(test, 0);
	expect_freed(test, 0, 0);
	KUNIT_EXPECT_EQ(test, bench->wakes, 0u);
	KUNIT_EXPECT_FALSE(test, test_bit(XNF_WORKED, &bench->q.channels[0].flags));
}

static void poll_one(struct kunit *test)
{
	const u32 given = *(const u32 *)test->param_value;

	begin(test);
	send_each(test, 1);
	okay(0);
	poll_queue(test, 0);
	expect_freed(test, 1, 0);
	KUNIT_EXPECT_EQ(test, bench->wakes, 1u);
	KUNIT_EXPECT_TRUE(test, test_bit(XNF_WORKED, &bench->q.channels[0].flags));
	KUNIT_EXPECT_EQ(test, bench->q.tx.ids_given, given + 1);
	KUNIT_EXPECT_EQ(test, bench->q.tx.ids[given % XNF_RING_SIZE], 0);
	KUNIT_EXPECT_EQ(test, (u64)u64_stats_read(&bench->q.tx.stats.packets), 1ull);
	KUNIT_EXPECT_EQ(test, (u64)u64_stats_read(&bench->q.tx.stats.bytes), (u64)LEN);
}

static void poll_partial(struct kunit *test)
{
	begin(test);
	send_each(test, 5);
	okay(4);
	okay(1);
	poll_queue(test, 0);
	expect_freed(test, 2, 0);
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&bench->q.tx.ring), 3u);
	okay(0);
	poll_queue(test, 0);
	expect_freed(test, 3, 0);
}

static void poll_full(struct kunit *test)
{
	unsigned int id;

	begin(test);
	send_each(test, XNF_RING_SIZE);
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&bench->q.tx.ring), 0u);
	for (id = XNF_RING_SIZE; id--;)
		okay(id);
	poll_queue(test, 0);
	expect_freed(test, XNF_RING_SIZE, 0);
	KUNIT_EXPECT_EQ(test, xpv_ring_free(&bench->q.tx.ring), (u32)XNF_RING_SIZE);
}

static void traffic_goes_round_and_round(struct kunit *test)
{
	unsigned int round, i;

	begin(test);
	for (round = 0; round < 3 * XNF_RING_SIZE; round += 5) {
		for (i = 0; i < 5; i++)
			send(test, (round + i) % XNF_RING_SIZE, 1, false);
		for (i = 0; i < 5; i++)
			okay((round + i) % XNF_RING_SIZE);
		poll_queue(test, 0);
		expect_freed(test, round + 5, 0);
	}
}

static void poll_rejects_prod_overflow(struct kunit *test)
{
	begin(test);
	send_each(test, 3);
	bench->peer->rsp_prod += 4;
	poll_queue(test, 1);
	expect_freed(test, 0, 0);
}

static void poll_rejects_a_step_back(struct kunit *test)
{
	begin(test);
	send_each(test, 3);
	okay(0);
	poll_queue(test, 0);
	bench->peer->rsp_prod--;
	poll_queue(test, 1);
	expect_freed(test, 1, 0);
}

/* One answer to packets with ids 0 to 3; the last two are one, with an extra slot. */
struct answer_case {
	const char *name;
	u16 id;
	s16 status;
	unsigned int faults;
	unsigned int sent;
	unsigned int lost;
};

static const struct answer_case answer_cases[] = {
	{ "okay", 0, XEN_NETIF_RSP_OKAY, 0, 1, 0 },
	{ "out of order", 1, XEN_NETIF_RSP_OKAY, 0, 1, 0 },
	{ "dropped", 0, XEN_NETIF_RSP_DROPPED, 0, 0, 1 },
	{ "error", 0, XEN_NETIF_RSP_ERROR, 0, 0, 1 },
	{ "unknown status", 0, 77, 0, 0, 1 },
	{ "lowest status", 0, S16_MIN, 0, 0, 1 },
	{ "half a packet", 2, XEN_NETIF_RSP_OKAY, 0, 0, 0 },
	{ "extra", 0, XEN_NETIF_RSP_NULL, 0, 0, 0 },
	{ "extra, whatever its id", 0xffff, XEN_NETIF_RSP_NULL, 0, 0, 0 },
	{ "id not in flight", 4, XEN_NETIF_RSP_OKAY, 1, 0, 0 },
	{ "last id", XNF_RING_SIZE - 1, XEN_NETIF_RSP_OKAY, 1, 0, 0 },
	{ "id one too high", XNF_RING_SIZE, XEN_NETIF_RSP_OKAY, 1, 0, 0 },
	{ "highest id", 0xffff, XEN_NETIF_RSP_ERROR, 1, 0, 0 },
};

static void describe_answer(const struct answer_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, describe_answer);

static void poll_checks_each_answer(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	struct xnf_tx *tx = &bench->q.tx;

	send_each(test, 2);
	send(test, 2, 2, true);
	/* What lies beyond the last slot looks like one that is in flight. */
	memcpy((void *)tx + offsetofend(struct xnf_tx, slots), &tx->slots[0],
	       sizeof(tx->slots[0]));
	answer(c->id, c->status);
	poll_queue(test, c->faults);
	expect_freed(test, c->sent, c->lost);
	KUNIT_EXPECT_EQ(test, (u64)u64_stats_read(&bench->q.tx.stats.errors), (u64)c->lost);
	KUNIT_EXPECT_EQ(test, bench->wakes, c->faults ? 0u : 1u);
}

static void poll_rejects_an_id_twice(struct kunit *test)
{
	begin(test);
	send_each(test, 3);
	okay(1);
	okay(1);
	okay(2);
	poll_queue(test, 1);
	/* What was good before the breach ends well, what follows is not looked at. */
	expect_freed(test, 1, 0);
}

static void poll_rejects_an_extra_that_was_not_sent(struct kunit *test)
{
	begin(test);
	send_each(test, 2);
	send(test, 2, 1, true);
	answer(0, XEN_NETIF_RSP_NULL);
	answer(0, XEN_NETIF_RSP_NULL);
	poll_queue(test, 1);
}

/* A packet is the stack's again when its last slot is answered, and lost if one is. */
static void packet_ends_with_its_last_slot(struct kunit *test)
{
	send(test, 0, 3, true);
	okay(2);
	answer(0, XEN_NETIF_RSP_NULL);
	answer(1, XEN_NETIF_RSP_ERROR);
	poll_queue(test, 0);
	expect_freed(test, 0, 0);
	okay(0);
	poll_queue(test, 0);
	expect_freed(test, 0, 1);
}

static void page_in_use_is_parked(struct kunit *test)
{
	struct xnf_tx_slot *slot = &bench->q.tx.slots[1];

	__set_bit(1, bench->mapped);
	send_each(test, 3);
	okay(1);
	okay(2);
	poll_queue(test, 1);
	expect_freed(test, 0, 1);
	KUNIT_EXPECT_EQ(test, bench->parked, 1u);
	KUNIT_EXPECT_TRUE(test, slot->ref == XPV_GREF_NONE);
	KUNIT_EXPECT_NULL(test, slot->page);
}

/* What was in the id's room had no grant of its own: there is nothing to end. */
static void head_needs_no_revoke(struct kunit *test)
{
	struct xnf_tx_slot *slot = &bench->q.tx.slots[0];

	send(test, 0, 1, false);
	slot->page = NULL;
	__set_bit(0, bench->mapped);
	okay(0);
	poll_queue(test, 0);
	expect_freed(test, 1, 0);
	KUNIT_EXPECT_EQ(test, bench->parked, 0u);
	KUNIT_EXPECT_TRUE(test, slot->ref == xpv_gref(1));
}

/* A copy is the slot's own, and is freed with it; or parked, with that one count. */
static void copy_goes_with_its_slot(struct kunit *test)
{
	unsigned int id;

	for (id = 0; id < 2; id++) {
		send(test, id, 1, false);
		bench->q.tx.slots[id].bounce = true;
		get_page(bench->page);
	}
	okay(0);
	poll_queue(test, 0);
	KUNIT_EXPECT_EQ(test, page_count(bench->page), 2);
	__set_bit(1, bench->mapped);
	okay(1);
	poll_queue(test, 1);
	KUNIT_EXPECT_EQ(test, bench->parked, 1u);
	KUNIT_EXPECT_EQ(test, page_count(bench->page), 1);
}

/* A backend that vanished holds on to a page: no fault, and no packet stays. */
static void drain_frees_all(struct kunit *test)
{
	__set_bit(3, bench->mapped);
	send_each(test, 2);
	send(test, 2, 4, false);
	xnf_tx_drain(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->faults, 0u);
	KUNIT_EXPECT_EQ(test, bench->lost, 3u);
	KUNIT_EXPECT_EQ(test, bench->parked, 1u);
	KUNIT_EXPECT_EQ(test, (u64)u64_stats_read(&bench->q.tx.stats.errors), 3ull);
	xnf_tx_drain(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->lost, 3u);
}

static void arm_at(struct kunit *test, unsigned int in_flight, u32 after)
{
	KUNIT_EXPECT_EQ(test, xpv_ring_in_flight(&bench->q.tx.ring), in_flight);
	KUNIT_EXPECT_FALSE(test, xnf_tx_arm(&bench->q));
	KUNIT_EXPECT_EQ(test, bench->peer->rsp_event, bench->q.tx.ring.rsp_cons + after);
}

/* Three quarters of what is in flight, but never none, and never too much. */
static void arm_asks_for_most(struct kunit *test)
{
	begin(test);
	arm_at(test, 0, 1);
	send_each(test, 1);
	arm_at(test, 1, 1);
	send(test, 1, 1, false);
	send(test, 2, 2, false);
	arm_at(test, 4, 3);
	send(test, 4, XNF_RING_SIZE - 4, false);
	arm_at(test, XNF_RING_SIZE, XNF_RING_SIZE / 4);
	okay(0);
	KUNIT_EXPECT_TRUE(test, xnf_tx_arm(&bench->q));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(poll_empty, start_gen_params),
	KUNIT_CASE_PARAM(poll_one, start_gen_params),
	KUNIT_CASE_PARAM(poll_partial, start_gen_params),
	KUNIT_CASE_PARAM(poll_full, start_gen_params),
	KUNIT_CASE_PARAM(traffic_goes_round_and_round, start_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_prod_overflow, start_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_a_step_back, start_gen_params),
	KUNIT_CASE_PARAM(poll_checks_each_answer, answer_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_an_id_twice, start_gen_params),
	KUNIT_CASE_PARAM(poll_rejects_an_extra_that_was_not_sent, start_gen_params),
	KUNIT_CASE(packet_ends_with_its_last_slot),
	KUNIT_CASE(page_in_use_is_parked),
	KUNIT_CASE(head_needs_no_revoke),
	KUNIT_CASE(copy_goes_with_its_slot),
	KUNIT_CASE(drain_frees_all),
	KUNIT_CASE_PARAM(arm_asks_for_most, start_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "xnf_tx_done",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's transmit responses");
MODULE_LICENSE("GPL");
