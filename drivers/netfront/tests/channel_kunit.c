// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xnf_channel: the channels of a queue, and the ends of their interrupts
 * (channel.c). The test is the poll, and the backend.
 */
#define xnf_channels_open	tested_channels_open
#define xnf_channels_close	tested_channels_close
#define xnf_channels_set_cpu	tested_channels_set_cpu
#define xnf_channels_take_ends	tested_channels_take_ends
#define xnf_channels_give_back	tested_channels_give_back
#define xnf_channels_end	tested_channels_end

#include <tests/kunit/suite.h>
#include <linux/device.h>
#include <linux/string.h>

#include "../netfront.h"

#define CPU	5

/**
 * struct bench - a queue, and who is around it
 * @q: the queue
 * @front: its card
 * @xdev: its device
 * @dev: and the driver core's
 * @handler: of all channels
 * @opened: channels open
 * @fails: which one cannot be opened, from 1 on; 0 for none
 * @moved: channels that were moved to @CPU
 * @ends: told of each channel, by what they were told to be
 * @polls: scheduled
 */
struct bench {
	struct xnf_queue q;
	struct xnf_front front;
	struct xpv_device xdev;
	struct device dev;
	irq_handler_t handler;
	unsigned int opened;
	unsigned int fails;
	unsigned int moved;
	unsigned int ends[XNF_CHANNELS][2];
	unsigned int polls;
};

static struct bench *bench;

static int fake_open(struct xpv_evtchn *ch, irq_handler_t handler, void *data)
{
	if (bench->opened + 1 == bench->fails)
		return -ENOSPC;
	bench->handler = handler;
	ch->port = xpv_port(++bench->opened);
	ch->data = data;
	return 0;
}

static void fake_close(struct xpv_evtchn *ch)
{
	bench->opened -= ch->port != XPV_PORT_NONE;
	ch->port = XPV_PORT_NONE;
}

static unsigned int number_of(const struct xpv_evtchn *ch)
{
	return container_of(ch, struct xnf_channel, evtchn) - bench->q.channels;
}

static void fake_eoi(const struct xpv_evtchn *ch, enum xpv_eoi eoi)
{
	bench->ends[number_of(ch)][eoi]++;
}

static void fake_set_cpu(const struct xpv_evtchn *ch, unsigned int cpu)
{
	if (cpu == CPU)
		bench->moved |= BIT(number_of(ch));
}

#define xpv_evtchn_open(ch, peer, handler, name, data) fake_open(ch, handler, data)
#define xpv_evtchn_close		fake_close
#define xpv_evtchn_eoi			fake_eoi
#define xpv_evtchn_set_cpu		fake_set_cpu
#define napi_schedule(napi)		((void)bench->polls++)

#include "../channel.c"

static int init(struct kunit *test)
{
	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	bench->dev.init_name = "vif-7";
	bench->xdev.dev = &bench->dev;
	bench->front.xdev = &bench->xdev;
	bench->q.front = &bench->front;
	bench->q.id = 3;
	return 0;
}

static void begin(struct kunit *test, bool split)
{
	KUNIT_ASSERT_EQ(test, xnf_channels_open(&bench->q, split), 0);
	KUNIT_EXPECT_EQ(test, bench->opened, split ? 2 : 1);
}

static void ring(struct xnf_channel *ch)
{
	bench->handler(0, ch->evtchn.data);
}

static void poll(void)
{
	struct xnf_ends ends = xnf_channels_take_ends(&bench->q);

	xnf_channels_end(&bench->q, &ends);
}

static void expect_ends(struct kunit *test, unsigned int channel,
			unsigned int work, unsigned int spurious)
{
	KUNIT_EXPECT_EQ(test, bench->ends[channel][XPV_EOI_WORK], work);
	KUNIT_EXPECT_EQ(test, bench->ends[channel][XPV_EOI_SPURIOUS], spurious);
}

static void one_is_for_both_ways(struct kunit *test)
{
	begin(test, false);
	KUNIT_EXPECT_STREQ(test, bench->q.channels[0].name, "vif-7-q3");
	KUNIT_EXPECT_PTR_EQ(test, bench->q.tx.channel, &bench->q.channels[0]);
	KUNIT_EXPECT_PTR_EQ(test, bench->q.rx.channel, &bench->q.channels[0]);
	xnf_channels_set_cpu(&bench->q, CPU);
	KUNIT_EXPECT_EQ(test, bench->moved, BIT(0));
}

static void each_way_has_its_own(struct kunit *test)
{
	begin(test, true);
	KUNIT_EXPECT_STREQ(test, bench->q.channels[0].name, "vif-7-q3-tx");
	KUNIT_EXPECT_STREQ(test, bench->q.channels[1].name, "vif-7-q3-rx");
	KUNIT_EXPECT_PTR_EQ(test, bench->q.tx.channel, &bench->q.channels[0]);
	KUNIT_EXPECT_PTR_EQ(test, bench->q.rx.channel, &bench->q.channels[1]);
	xnf_channels_set_cpu(&bench->q, CPU);
	KUNIT_EXPECT_EQ(test, bench->moved, BIT(0) | BIT(1));
}

static void none_stays_open_if_one_fails(struct kunit *test)
{
	for (bench->fails = 1; bench->fails <= 2; bench->fails++) {
		KUNIT_EXPECT_EQ(test, xnf_channels_open(&bench->q, true), -ENOSPC);
		KUNIT_EXPECT_EQ(test, bench->opened, 0);
	}
}

static void an_interrupt_is_polled_for(struct kunit *test)
{
	begin(test, true);
	ring(bench->q.rx.channel);
	KUNIT_EXPECT_EQ(test, bench->polls, 1);
	set_bit(XNF_BROKEN, &bench->q.flags);
	ring(bench->q.tx.channel);
	KUNIT_EXPECT_EQ(test, bench->polls, 1);
}

/* What is found by a poll of the other's is a reason to have rung, too. */
static void an_end_tells_whether_there_was_work(struct kunit *test)
{
	begin(test, true);
	poll();
	ring(bench->q.tx.channel);
	poll();
	expect_ends(test, 0, 0, 1);
	xnf_channel_worked(bench->q.tx.channel);
	ring(bench->q.rx.channel);
	poll();
	expect_ends(test, 1, 0, 1);
	ring(bench->q.tx.channel);
	poll();
	expect_ends(test, 0, 1, 1);
	ring(bench->q.tx.channel);
	poll();
	expect_ends(test, 0, 1, 2);
	expect_ends(test, 1, 0, 1);
}

static void one_end_is_for_both_ways(struct kunit *test)
{
	begin(test, false);
	xnf_channel_worked(bench->q.rx.channel);
	ring(bench->q.tx.channel);
	poll();
	expect_ends(test, 0, 1, 0);
	expect_ends(test, 1, 0, 0);
}

/* As if it ran elsewhere, between the poll's end and that of the interrupt. */
static void another_poll_ends_its_own(struct kunit *test)
{
	struct xnf_ends first;

	begin(test, true);
	ring(bench->q.tx.channel);
	xnf_channel_worked(bench->q.tx.channel);
	first = xnf_channels_take_ends(&bench->q);
	ring(bench->q.rx.channel);
	poll();
	expect_ends(test, 0, 0, 0);
	expect_ends(test, 1, 0, 1);
	xnf_channels_end(&bench->q, &first);
	expect_ends(test, 0, 1, 0);
	expect_ends(test, 1, 0, 1);
}

static void a_poll_that_goes_on_ends_nothing(struct kunit *test)
{
	struct xnf_ends ends;

	begin(test, true);
	ring(bench->q.tx.channel);
	xnf_channel_worked(bench->q.tx.channel);
	ring(bench->q.rx.channel);
	ends = xnf_channels_take_ends(&bench->q);
	xnf_channels_give_back(&bench->q, &ends);
	expect_ends(test, 0, 0, 0);
	poll();
	expect_ends(test, 0, 1, 0);
	expect_ends(test, 1, 0, 1);
}

static void a_connection_owes_no_end_of_another(struct kunit *test)
{
	begin(test, true);
	ring(bench->q.tx.channel);
	ring(bench->q.rx.channel);
	xnf_channels_close(&bench->q);
	KUNIT_EXPECT_EQ(test, bench->opened, 0);
	begin(test, false);
	poll();
	expect_ends(test, 0, 0, 0);
	expect_ends(test, 1, 0, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_is_for_both_ways),
	KUNIT_CASE(each_way_has_its_own),
	KUNIT_CASE(none_stays_open_if_one_fails),
	KUNIT_CASE(an_interrupt_is_polled_for),
	KUNIT_CASE(an_end_tells_whether_there_was_work),
	KUNIT_CASE(one_end_is_for_both_ways),
	KUNIT_CASE(another_poll_ends_its_own),
	KUNIT_CASE(a_poll_that_goes_on_ends_nothing),
	KUNIT_CASE(a_connection_owes_no_end_of_another),
	{}
};

static struct kunit_suite suite = {
	.name = "xnf_channel",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of xpv-netfront's event channels");
MODULE_LICENSE("GPL");
