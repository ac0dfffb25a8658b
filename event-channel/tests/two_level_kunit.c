// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suites xpv_evtchn_2l and xpv_evtchn_eoi: the 2-level ABI of event channels,
 * and the late end of interrupt (native/two_level.c, native/eoi.c).
 */
#define xpv_evtchn_2l		tested_evtchn_2l
#define xpv_chan_eoi		tested_chan_eoi
#define xpv_chan_eoi_init	tested_chan_eoi_init
#define xpv_chan_eoi_exit	tested_chan_eoi_exit

#include <tests/kunit/suite.h>
#include <linux/jiffies.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xpv/upcall.h>

#include "../native/native.h"

#define CPU	0
#define PORTS	4096

/**
 * struct xen - what is shared with it, and what it saw
 * @page: shared info
 * @info: of the vCPU
 * @unmasked: last port that it was asked to unmask; 0 for none
 * @events: a bit for each port that was handed on
 * @nr_events: how often one was
 */
static struct xen {
	struct shared_info page;
	struct vcpu_info info;
	u32 unmasked;
	unsigned long events[PORTS / BITS_PER_LONG];
	unsigned int nr_events;
} xen;

static void fake_event(u32 port)
{
	__set_bit(port, xen.events);
	xen.nr_events++;
}

/* Jiffies that a timer was set for; 0 for none. */
static unsigned long timer_delay;
static unsigned int unmasks;

/* The clock stands still: a tick between two looks at it would be a jiffy less. */
#define NOW	(ULONG_MAX - 20)

static void set_timer(unsigned long at)
{
	timer_delay = at - NOW;
}

#define xpv_hv_shared_info()		(&xen.page)
#define xpv_hv_vcpu_info(cpu)		(&xen.info)
#define xpv_evtchn_unmask_port(port)	(xen.unmasked = (port))
#define xpv_evtchn_event		fake_event
#define xpv_chan_unmask_locked(chan, reason) ((chan)->masked &= ~(reason), unmasks++)
#define xpv_chan_unmask			xpv_chan_unmask_locked
#define mod_timer(timer, at)		set_timer(at)
#undef jiffies
#define jiffies				NOW
#undef lockdep_assert_held
#define lockdep_assert_held(lock)	((void)0)

#include "../native/two_level.c"
#include "../native/eoi.c"

static int init(struct kunit *test)
{
	memset(&xen, 0, sizeof(xen));
	memset(xen.page.evtchn_pending, 0xff, sizeof(xen.page.evtchn_pending));
	return start();
}

/* An event, as Xen tells it. */
static void ring(u32 port)
{
	sync_set_bit(port, xen.page.evtchn_pending);
	if (!sync_test_bit(port, xen.page.evtchn_mask))
		sync_set_bit(port / BITS_PER_LONG, &xen.info.evtchn_pending_sel);
}

static void open_unmasked(struct kunit *test, u32 port)
{
	KUNIT_ASSERT_EQ(test, open(port), 0);
	move(port, CPU, CPU);
	unmask(port);
}

static const u32 ports[] = { 1, 63, 64, 65, 2047, PORTS - 64, PORTS - 1 };

static void describe_port(const u32 *port, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "port %u", *port);
}

KUNIT_ARRAY_PARAM(port, ports, describe_port);

static void start_and_stop_mask_all(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, memchr_inv(xen.page.evtchn_mask, 0xff,
					   sizeof(xen.page.evtchn_mask)));
	KUNIT_EXPECT_NULL(test, memchr_inv(xen.page.evtchn_pending, 0,
					   sizeof(xen.page.evtchn_pending)));
	open_unmasked(test, 5);
	stop();
	KUNIT_EXPECT_NULL(test, memchr_inv(xen.page.evtchn_mask, 0xff,
					   sizeof(xen.page.evtchn_mask)));
}

static void open_is_bounded(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, open(PORTS - 1), 0);
	KUNIT_EXPECT_EQ(test, open(PORTS), -ENOSPC);
	KUNIT_EXPECT_EQ(test, open(U32_MAX), -ENOSPC);
}

static void open_masks(struct kunit *test)
{
	u32 port = *(const u32 *)test->param_value;

	unmask(port);
	KUNIT_EXPECT_EQ(test, open(port), 0);
	KUNIT_EXPECT_TRUE(test, sync_test_bit(port, xen.page.evtchn_mask));
}

static void scan_one(struct kunit *test)
{
	u32 port = *(const u32 *)test->param_value;

	open_unmasked(test, port);
	ring(port);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 1);
	KUNIT_EXPECT_TRUE(test, test_bit(port, xen.events));
	/* Who handles it takes it, not the scan. */
	KUNIT_EXPECT_TRUE(test, take(port));
	KUNIT_EXPECT_FALSE(test, take(port));
	KUNIT_EXPECT_EQ(test, xen.info.evtchn_pending_sel, 0);
}

static void scan_looks_at_selected_words(struct kunit *test)
{
	open_unmasked(test, 5);
	open_unmasked(test, 70);
	ring(5);
	ring(70);
	xen.info.evtchn_pending_sel = BIT(1);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 1);
	KUNIT_EXPECT_TRUE(test, test_bit(70, xen.events));
}

static void scan_skips_the_masked(struct kunit *test)
{
	open_unmasked(test, 5);
	open_unmasked(test, 6);
	ring(5);
	ring(6);
	mask(5);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 1);
	KUNIT_EXPECT_TRUE(test, test_bit(6, xen.events));
}

static void scan_skips_what_is_another_cpus(struct kunit *test)
{
	open_unmasked(test, 5);
	KUNIT_ASSERT_EQ(test, open(6), 0);
	unmask(6);
	ring(5);
	ring(6);
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, 1);
	KUNIT_EXPECT_TRUE(test, test_bit(5, xen.events));
}

static void scan_all_at_once(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		open_unmasked(test, ports[i]);
		ring(ports[i]);
	}
	KUNIT_EXPECT_FALSE(test, scan(CPU));
	KUNIT_EXPECT_EQ(test, xen.nr_events, ARRAY_SIZE(ports));
	for (i = 0; i < ARRAY_SIZE(ports); i++)
		KUNIT_EXPECT_TRUE(test, test_bit(ports[i], xen.events));
}

static void unmask_has_the_pending_told(struct kunit *test)
{
	u32 port = *(const u32 *)test->param_value;

	KUNIT_ASSERT_EQ(test, open(port), 0);
	unmask(port);
	KUNIT_EXPECT_EQ(test, xen.unmasked, 0);
	KUNIT_EXPECT_FALSE(test, sync_test_bit(port, xen.page.evtchn_mask));
	mask(port);
	put(port);
	unmask(port);
	KUNIT_EXPECT_EQ(test, xen.unmasked, port);
	/* Xen tells only what it finds masked. */
	KUNIT_EXPECT_TRUE(test, sync_test_bit(port, xen.page.evtchn_mask));
}

static void went_forgets_its_upcall(struct kunit *test)
{
	xen.info.evtchn_pending_sel = ~0ul;
	xen.info.evtchn_upcall_pending = 1;
	KUNIT_EXPECT_EQ(test, cpu_comes(CPU), 0);
	cpu_went(CPU);
	KUNIT_EXPECT_EQ(test, xen.info.evtchn_pending_sel, 0);
	KUNIT_EXPECT_EQ(test, xen.info.evtchn_upcall_pending, 0);
}

static struct kunit_case two_level_cases[] = {
	KUNIT_CASE(start_and_stop_mask_all),
	KUNIT_CASE(open_is_bounded),
	KUNIT_CASE_PARAM(open_masks, port_gen_params),
	KUNIT_CASE_PARAM(scan_one, port_gen_params),
	KUNIT_CASE(scan_looks_at_selected_words),
	KUNIT_CASE(scan_skips_the_masked),
	KUNIT_CASE(scan_skips_what_is_another_cpus),
	KUNIT_CASE(scan_all_at_once),
	KUNIT_CASE_PARAM(unmask_has_the_pending_told, port_gen_params),
	KUNIT_CASE(went_forgets_its_upcall),
	{}
};

static struct kunit_suite two_level_suite = {
	.name = "xpv_evtchn_2l",
	.init = init,
	.test_cases = two_level_cases,
};

static struct xpv_chan chan;

static int eoi_init(struct kunit *test)
{
	memset(&chan, 0, sizeof(chan));
	raw_spin_lock_init(&chan.lock);
	xpv_chan_eoi_init(&chan);
	timer_delay = 0;
	unmasks = 0;
	return 0;
}

static void eoi_exit(struct kunit *test)
{
	xpv_chan_eoi_exit(&chan);
}

static void event_ends(bool spurious)
{
	chan.masked = XPV_MASK_EOI;
	timer_delay = 0;
	xpv_chan_eoi(&chan, spurious);
}

static void work_ends_at_once(struct kunit *test)
{
	int i;

	for (i = 0; i < 1000; i++) {
		event_ends(false);
		KUNIT_ASSERT_EQ(test, timer_delay, 0);
		KUNIT_ASSERT_EQ(test, chan.masked, 0);
	}
	KUNIT_EXPECT_EQ(test, unmasks, 1000);
}

/* How long the n-th event in a row without a reason keeps the port masked. */
static unsigned long delay_of(unsigned int nth)
{
	if (nth <= 2)
		return 0;
	if (nth > 18)
		return HZ;
	return min_t(unsigned long, 1ul << (nth - 3), HZ);
}

static void spurious_ends_later_and_later(struct kunit *test)
{
	unsigned int nth;

	for (nth = 1; nth <= 600; nth++) {
		event_ends(true);
		KUNIT_ASSERT_EQ_MSG(test, timer_delay, delay_of(nth),
				    "number %u", nth);
		KUNIT_ASSERT_EQ(test, chan.masked,
				timer_delay ? XPV_MASK_EOI : 0);
	}
	KUNIT_EXPECT_EQ(test, unmasks, 2);
}

static void work_is_forgiveness(struct kunit *test)
{
	int i;

	for (i = 0; i < 300; i++)
		event_ends(true);
	event_ends(false);
	KUNIT_EXPECT_EQ(test, timer_delay, 0);
	KUNIT_EXPECT_EQ(test, chan.masked, 0);
	event_ends(true);
	KUNIT_EXPECT_EQ(test, timer_delay, 0);
}

static void timer_unmasks(struct kunit *test)
{
	chan.masked = XPV_MASK_EOI | XPV_MASK_IRQ;
	unmask_late(&chan.eoi);
	KUNIT_EXPECT_EQ(test, chan.masked, XPV_MASK_IRQ);
}

static void end_without_an_event_is_nothing(struct kunit *test)
{
	chan.masked = XPV_MASK_IRQ;
	xpv_chan_eoi(&chan, true);
	KUNIT_EXPECT_EQ(test, chan.spurious, 0);
	KUNIT_EXPECT_EQ(test, unmasks, 0);
}

static void dead_channel_sets_no_timer(struct kunit *test)
{
	chan.spurious = 100;
	chan.masked = XPV_MASK_EOI | XPV_MASK_DEAD;
	xpv_chan_eoi(&chan, true);
	KUNIT_EXPECT_EQ(test, timer_delay, 0);
	KUNIT_EXPECT_EQ(test, unmasks, 0);
}

static struct kunit_case eoi_cases[] = {
	KUNIT_CASE(work_ends_at_once),
	KUNIT_CASE(spurious_ends_later_and_later),
	KUNIT_CASE(work_is_forgiveness),
	KUNIT_CASE(timer_unmasks),
	KUNIT_CASE(end_without_an_event_is_nothing),
	KUNIT_CASE(dead_channel_sets_no_timer),
	{}
};

static struct kunit_suite eoi_suite = {
	.name = "xpv_evtchn_eoi",
	.init = eoi_init,
	.exit = eoi_exit,
	.test_cases = eoi_cases,
};

kunit_test_suites(&two_level_suite, &eoi_suite);

MODULE_DESCRIPTION("KUnit suites of xpv's 2-level event channels");
MODULE_LICENSE("GPL");
