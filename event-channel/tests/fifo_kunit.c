// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_evtchn_fifo: the FIFO ABI of event channels (native/fifo.c), with
 * the test as Xen, which links ports into queues of the one CPU there is here.
 */
#define xpv_evtchn_fifo	tested_evtchn_fifo

#include <tests/kunit/suite.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xpv/hypercall.h>
#include <xpv/upcall.h>

#include "../native/native.h"

#define CPU	0
#define PAGE_PORTS	1024

/**
 * struct xen - the hypervisor, and what it saw
 * @pages: pages of the array that it knows, by frame number
 * @nr_pages: how many
 * @blocks: control blocks that it was given
 * @fail_at: the hypercall that fails
 * @calls: hypercalls made
 * @tail: last port of each queue; 0 for an empty one
 * @unmasked: ports that it was asked to unmask
 * @nr_unmasked: how many
 * @events: ports that were handed on
 * @nr_events: how many
 * @endless: each port rings again when it is handled
 * @resets: times that all was reset
 * @reset_err: what that returns
 * @info: of the vCPU
 */
static struct xen {
	u64 pages[128];
	unsigned int nr_pages;
	unsigned int blocks;
	unsigned int fail_at;
	unsigned int calls;
	u32 tail[EVTCHN_FIFO_MAX_QUEUES];
	u32 unmasked[64];
	unsigned int nr_unmasked;
	u32 events[64];
	unsigned int nr_events;
	bool endless;
	unsigned int resets;
	int reset_err;
	struct vcpu_info info;
} xen;

static void ring(u32 port, unsigned int prio);

static long fake_op(int cmd, void *arg)
{
	if (++xen.calls == xen.fail_at)
		return -ENOMEM;
	if (cmd == EVTCHNOP_init_control) {
		xen.blocks++;
		return 0;
	}
	if (cmd != EVTCHNOP_expand_array)
		return -EOPNOTSUPP;
	xen.pages[xen.nr_pages++] = ((struct evtchn_expand_array *)arg)->array_gfn;
	return 0;
}

static void fake_unmask(u32 port)
{
	if (xen.nr_unmasked < ARRAY_SIZE(xen.unmasked))
		xen.unmasked[xen.nr_unmasked] = port;
	xen.nr_unmasked++;
}

static void fake_event(u32 port)
{
	if (xen.nr_events < ARRAY_SIZE(xen.events))
		xen.events[xen.nr_events] = port;
	xen.nr_events++;
	if (xen.endless)
		ring(port, 7);
}

static int fake_reset(void)
{
	xen.resets++;
	return xen.reset_err;
}

#define xpv_hv_event_channel_op		fake_op
#define xpv_evtchn_unmask_port		fake_unmask
#define xpv_evtchn_event		fake_event
#define xpv_evtchn_reset		fake_reset
#define xpv_hv_upcall_home()		CPU
#define xpv_hv_vcpu_id(cpu)		(cpu)
#define xpv_hv_vcpu_info(cpu)		(&xen.info)
#undef pr_warn
#define pr_warn(...)			count_warning(true)

#undef pr_fmt
#include "../native/fifo.c"

/* Found as Xen does, in what it was told of. */
static u32 *xen_word(u32 port)
{
	struct page *page = pfn_to_page(xen.pages[port / PAGE_PORTS]);

	return (u32 *)page_address(page) + port % PAGE_PORTS;
}

static struct evtchn_fifo_control_block *block(void)
{
	return per_cpu(queues, CPU).block;
}

/* An event, as Xen tells it: pending, and linked unless masked or linked. */
static void ring(u32 port, unsigned int prio)
{
	u32 *word = xen_word(port), *tail;

	*word |= PENDING;
	if (*word & (MASKED | LINKED))
		return;
	tail = xen.tail[prio] ? xen_word(xen.tail[prio]) : NULL;
	if (tail && (*tail & LINKED)) {
		*tail |= port;
	} else {
		block()->head[prio] = port;
		block()->ready |= BIT(prio);
	}
	*word |= LINKED;
	xen.tail[prio] = port;
}

static int init(struct kunit *test)
{
	xen = (struct xen){};
	warnings = 0;
	return start();
}

static void exit_test(struct kunit *test)
{
	xen.reset_err = 0;
	stop();
}

static void open_unmasked(struct kunit *test, u32 port)
{
	KUNIT_ASSERT_EQ(test, open(port), 0);
	unmask(port);
}

static void expect_events(struct kunit *test, const u32 *ports, unsigned int nr)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, xen.nr_events, nr);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, xen.events[i], ports[i]);
}

static void start_gives_xen_a_block(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xen.blocks, 1);
	KUNIT_EXPECT_EQ(test, cpu_comes(CPU), 0);
	/* It has one already, which Xen would not take back. */
	KUNIT_EXPECT_EQ(test, xen.blocks, 1);
}

struct open_case {
	u32 port;
	int err;
	unsigned int pages;
};

static const struct open_case open_cases[] = {
	{ 1, 0, 1 },
	{ PAGE_PORTS - 1, 0, 1 },
	{ PAGE_PORTS, 0, 2 },
	{ 3 * PAGE_PORTS + 5, 0, 4 },
	{ EVTCHN_FIFO_NR_CHANNELS - 1, 0, 128 },
	{ EVTCHN_FIFO_NR_CHANNELS, -ENOSPC, 0 },
	{ U32_MAX, -ENOSPC, 0 },
};

static void describe_open(const struct open_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "port %u", c->port);
}

KUNIT_ARRAY_PARAM(open, open_cases, describe_open);

static void open_makes_room(struct kunit *test)
{
	const struct open_case *c = test->param_value;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, open(c->port), c->err);
	KUNIT_EXPECT_EQ(test, xen.nr_pages, c->pages);
	for (i = 0; i < c->pages * PAGE_PORTS; i++)
		KUNIT_ASSERT_EQ(test, *xen_word(i), MASKED);
	KUNIT_EXPECT_EQ(test, open(c->port), c->err);
	KUNIT_EXPECT_EQ(test, xen.nr_pages, c->pages);
}

static void open_stops_where_xen_does(struct kunit *test)
{
	xen.fail_at = xen.calls + 3;
	KUNIT_EXPECT_EQ(test, open(5 * PAGE_PORTS), -ENOMEM);
	KUNIT_EXPECT_EQ(test, xen.nr_pages, 2);
	KUNIT_EXPECT_EQ(test, nr_pages, 2);
	KUNIT_EXPECT_EQ(test, open(2 * PAGE_PORTS), 0);
	KUNIT_EXPECT_EQ(test, xen.nr_pages, 3);
}

static void mask_and_unmask(struct kunit *test)
{
	open_unmasked(test, 9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), 0);
	mask(9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), MASKED);
	mask(9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), MASKED);
	unmask(9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), 0);
	KUNIT_EXPECT_EQ(test, xen.nr_unmasked, 0);
	/* The other bits are Xen's. */
	*xen_word(9) = LINKED | 77;
	mask(9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), MASKED | LINKED | 77);
	unmask(9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), LINKED | 77);
	*xen_word(9) = 0;
}

static void unmask_leaves_the_pending_to_xen(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, open(9), 0);
	ring(9, 7);
	KUNIT_EXPECT_EQ(test, *xen_word(9), PENDING | MASKED);
	unmask(9);
	KUNIT_EXPECT_EQ(test, xen.nr_unmasked, 1);
	KUNIT_EXPECT_EQ(test, xen.unmasked[0], 9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), PENDING | MASKED);
	*xen_word(9) = MASKED | BUSY;
	unmask(9);
	KUNIT_EXPECT_EQ(test, xen.nr_unmasked, 2);
	KUNIT_EXPECT_EQ(test, *xen_word(9), MASKED | BUSY);
}

static void take_and_put(struct kunit *test)
{
	open_unmasked(test, 9);
	KUNIT_EXPECT_FALSE(test, take(9));
	put(9);
	KUNIT_EXPECT_EQ(test, *xen_word(9), PENDING);
	KUNIT_EXPECT_TRUE(test, take(9));
	KUNIT_EXPECT_FALSE(test, take(9));
	KUNIT_EXPECT_EQ(test, *xen_word(9), 0);
}

static void scan_empty(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 0);
}

static void scan_one(struct kunit *test)
{
	static const u32 want[] = { 9 };

	open_unmasked(test, 9);
	ring(9, 7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	expect_events(test, want, 1);
	/* Off its queue, and still pending: who handles it takes that. */
	KUNIT_EXPECT_EQ(test, *xen_word(9), PENDING);
	KUNIT_EXPECT_EQ(test, block()->ready, 0);
}

static void scan_keeps_the_order(struct kunit *test)
{
	static const u32 want[] = { 9, 1030, 4, 2000, 5 };
	int i;

	open_unmasked(test, 2000);
	for (i = 0; i < 4; i++)
		if (want[i] != 2000)
			unmask(want[i]);
	unmask(5);
	for (i = 0; i < 5; i++)
		ring(want[i], 7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	expect_events(test, want, 5);
}

static void scan_by_priority(struct kunit *test)
{
	static const u32 want[] = { 3, 4, 1, 2 };
	int port;

	for (port = 1; port <= 4; port++)
		open_unmasked(test, port);
	ring(1, 15);
	ring(2, 15);
	ring(3, 0);
	ring(4, 7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	expect_events(test, want, 4);
}

static void scan_begins_a_queue_anew(struct kunit *test)
{
	static const u32 want[] = { 1, 2, 1 };

	open_unmasked(test, 1);
	open_unmasked(test, 2);
	ring(1, 7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_TRUE(test, take(1));
	ring(2, 7);
	ring(1, 7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	expect_events(test, want, 3);
}

static void scan_skips_the_masked(struct kunit *test)
{
	static const u32 want[] = { 2 };

	open_unmasked(test, 1);
	open_unmasked(test, 2);
	ring(1, 7);
	ring(2, 7);
	mask(1);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	expect_events(test, want, 1);
	KUNIT_EXPECT_EQ(test, *xen_word(1), PENDING | MASKED);
}

static void scan_is_bounded(struct kunit *test)
{
	open_unmasked(test, 1);
	xen.endless = true;
	ring(1, 7);
	KUNIT_EXPECT_TRUE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 512);
	xen.endless = false;
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 513);
}

static void scan_survives_ports_without_a_word(struct kunit *test)
{
	open_unmasked(test, 1);
	block()->head[7] = 3 * PAGE_PORTS;
	block()->ready = BIT(7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	block()->head[7] = EVTCHN_FIFO_NR_CHANNELS + 1;
	block()->ready = BIT(7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	block()->head[7] = 0;
	block()->ready = BIT(7);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 0);
}

static void went_has_events_told_elsewhere(struct kunit *test)
{
	int port;

	for (port = 1; port <= 3; port++)
		open_unmasked(test, port);
	ring(1, 7);
	ring(2, 3);
	ring(3, 7);
	mask(3);
	xen.info.evtchn_upcall_pending = 1;
	cpu_went(CPU);
	KUNIT_ASSERT_EQ(test, xen.nr_unmasked, 2);
	KUNIT_EXPECT_EQ(test, xen.unmasked[0], 2);
	KUNIT_EXPECT_EQ(test, xen.unmasked[1], 1);
	KUNIT_EXPECT_EQ(test, *xen_word(1), PENDING);
	KUNIT_EXPECT_EQ(test, xen.nr_events, 0);
	KUNIT_EXPECT_EQ(test, xen.info.evtchn_upcall_pending, 0);
}

static void no_block_no_scan(struct kunit *test)
{
	stop();
	KUNIT_EXPECT_EQ(test, xen.resets, 1);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	cpu_went(CPU);
	xen.fail_at = xen.calls + 1;
	KUNIT_EXPECT_EQ(test, start(), -ENOMEM);
	KUNIT_EXPECT_NULL(test, block());
}

static void stop_keeps_pages_that_xen_keeps(struct kunit *test)
{
	struct page *page, *control = virt_to_page(block());

	KUNIT_ASSERT_EQ(test, open(1), 0);
	page = virt_to_page(xen_word(1));
	xen.reset_err = -EAGAIN;
	stop();
	KUNIT_EXPECT_EQ(test, warnings, 1);
	KUNIT_EXPECT_NULL(test, block());
	KUNIT_EXPECT_EQ(test, nr_pages, 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page_count(control), 1);
	__free_page(page);
	__free_page(control);
}

static struct kunit_case fifo_cases[] = {
	KUNIT_CASE(start_gives_xen_a_block),
	KUNIT_CASE_PARAM(open_makes_room, open_gen_params),
	KUNIT_CASE(open_stops_where_xen_does),
	KUNIT_CASE(mask_and_unmask),
	KUNIT_CASE(unmask_leaves_the_pending_to_xen),
	KUNIT_CASE(take_and_put),
	KUNIT_CASE(scan_empty),
	KUNIT_CASE(scan_one),
	KUNIT_CASE(scan_keeps_the_order),
	KUNIT_CASE(scan_by_priority),
	KUNIT_CASE(scan_begins_a_queue_anew),
	KUNIT_CASE(scan_skips_the_masked),
	KUNIT_CASE(scan_is_bounded),
	KUNIT_CASE(scan_survives_ports_without_a_word),
	KUNIT_CASE(went_has_events_told_elsewhere),
	KUNIT_CASE(no_block_no_scan),
	KUNIT_CASE(stop_keeps_pages_that_xen_keeps),
	{}
};

static struct kunit_suite fifo_suite = {
	.name = "xpv_evtchn_fifo",
	.init = init,
	.exit = exit_test,
	.test_cases = fifo_cases,
};

kunit_test_suite(fifo_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's FIFO event channels");
MODULE_LICENSE("GPL");
