// SPDX-License-Identifier: GPL-2.0-only
/* Suite xpv_stack_evtchn: channels between a driver and a backend. */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <xpv/event_channel.h>

#include "stack.h"

/* More than one page of the FIFO ABI's array has words for. */
#define MANY	1030

/**
 * struct bell - a channel, both its ends
 * @ch: the guest's
 * @port: dom0's
 * @heard: how often the guest's handler ran
 * @cpu: where it ran last
 * @late: the end of interrupt is left to the test
 * @answered: how often dom0 was called
 */
struct bell {
	struct xpv_evtchn ch;
	struct xsim_port *port;
	atomic_t heard;
	unsigned int cpu;
	bool late;
	atomic_t answered;
};

static irqreturn_t hear(int irq, void *data)
{
	struct bell *bell = data;

	WRITE_ONCE(bell->cpu, smp_processor_id());
	atomic_inc(&bell->heard);
	if (!bell->late)
		xpv_evtchn_eoi(&bell->ch, XPV_EOI_WORK);
	return IRQ_HANDLED;
}

static void answer(void *data)
{
	atomic_inc(&((struct bell *)data)->answered);
}

static int bind(struct bell *bell)
{
	return xsim_port_bind(xpv_port_raw(bell->ch.port), answer, bell,
			      &bell->port);
}

static struct bell *hang(struct kunit *test)
{
	struct bell *bell = kunit_kzalloc(test, sizeof(*bell), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, bell);
	err = xpv_evtchn_open(&bell->ch, xpv_domid(0), hear, "bell", bell);
	KUNIT_ASSERT_EQ(test, err, 0);
	err = bind(bell);
	KUNIT_EXPECT_EQ(test, err, 0);
	if (err)
		xpv_evtchn_close(&bell->ch);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&bell->answered)));
	return bell;
}

static void take_down(struct bell *bell)
{
	xsim_port_unbind(bell->port);
	xpv_evtchn_close(&bell->ch);
}

static bool ring_guest(struct bell *bell)
{
	int heard = atomic_read(&bell->heard);

	xsim_port_notify(bell->port);
	return wait_until(atomic_read(&bell->heard) > heard);
}

static void rings_both_ways(struct kunit *test)
{
	struct bell *bell = hang(test);
	unsigned int i;

	for (i = 0; i < 100; i++) {
		xpv_evtchn_send(&bell->ch);
		KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	}
	KUNIT_EXPECT_EQ(test, xsim_port_rings(bell->port), 100u);
	KUNIT_EXPECT_EQ(test, atomic_read(&bell->heard), 100);
	take_down(bell);
}

static void keeps_event_while_disabled(struct kunit *test)
{
	struct bell *bell = hang(test);

	disable_irq(bell->ch.irq);
	xsim_port_notify(bell->port);
	xsim_port_notify(bell->port);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&bell->heard), 0);
	enable_irq(bell->ch.irq);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&bell->heard)));
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&bell->heard), 1);
	take_down(bell);
}

static void waits_for_end_of_interrupt(struct kunit *test)
{
	struct bell *bell = hang(test);

	bell->late = true;
	KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	xsim_port_notify(bell->port);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&bell->heard), 1);
	xpv_evtchn_eoi(&bell->ch, XPV_EOI_WORK);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&bell->heard) == 2));
	take_down(bell);
}

static void slows_down_rings_without_reason(struct kunit *test)
{
	struct bell *bell = hang(test);
	unsigned long start = 0;
	unsigned int i;

	bell->late = true;
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_TRUE(test, ring_guest(bell));
		/* Before the delay begins: a busy machine only adds to it. */
		start = jiffies;
		xpv_evtchn_eoi(&bell->ch, XPV_EOI_SPURIOUS);
	}
	/* Two were forgiven; the next delays were 1, 2, 4 .. 32 jiffies. */
	KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	KUNIT_EXPECT_GE(test, jiffies - start, 32ul);
	/* One good reason, and all is forgotten. */
	xpv_evtchn_eoi(&bell->ch, XPV_EOI_WORK);
	KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	take_down(bell);
}

static void follows_affinity(struct kunit *test)
{
	struct bell *bell;
	unsigned int cpu;
	int err;

	if (!IS_ENABLED(CONFIG_SMP))
		kunit_skip(test, "this kernel is for one CPU: an interrupt has no affinity");
	bell = hang(test);
	for_each_online_cpu(cpu) {
		err = irq_set_affinity(bell->ch.irq, cpumask_of(cpu));
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_TRUE(test, ring_guest(bell));
		KUNIT_EXPECT_EQ(test, READ_ONCE(bell->cpu), cpu);
	}
	take_down(bell);
}

/* It leaves no hint behind: the kernel would complain when the interrupt is freed. */
static void comes_in_where_it_is_set(struct kunit *test)
{
	struct bell *bell = hang(test);
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		xpv_evtchn_set_cpu(&bell->ch, cpu);
		KUNIT_EXPECT_TRUE(test, ring_guest(bell));
		KUNIT_EXPECT_EQ(test, READ_ONCE(bell->cpu), cpu);
	}
	take_down(bell);
}

/* The last CPU goes and comes back: whose events it had hears them all the same. */
static void survives_a_cpu_that_goes(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);
	struct bell *bell, *late;

	if (!cpu)
		kunit_skip(test, "there is one CPU only");
	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "no CPU can go offline in this kernel");
	bell = hang(test);
	late = hang(test);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(bell->ch.irq, cpumask_of(cpu)), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(late->ch.irq, cpumask_of(cpu)), 0);
	late->late = true;
	KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	KUNIT_EXPECT_TRUE(test, ring_guest(late));
	xsim_port_notify(late->port);
	KUNIT_ASSERT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	KUNIT_EXPECT_NE(test, READ_ONCE(bell->cpu), cpu);
	/* It rang before, and is told of once the first event has ended. */
	xpv_evtchn_eoi(&late->ch, XPV_EOI_WORK);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&late->heard) == 2));
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(bell->ch.irq, cpumask_of(cpu)), 0);
	KUNIT_EXPECT_TRUE(test, ring_guest(bell));
	KUNIT_EXPECT_EQ(test, READ_ONCE(bell->cpu), cpu);
	take_down(bell);
	take_down(late);
}

static void opens_many(struct kunit *test)
{
	struct bell **bells = kunit_kcalloc(test, MANY, sizeof(*bells), GFP_KERNEL);
	unsigned int i, nr;

	if (!IS_ENABLED(CONFIG_SPARSE_IRQ))
		kunit_skip(test, "this kernel has a table of %d interrupts", NR_IRQS);
	KUNIT_ASSERT_NOT_NULL(test, bells);
	/* Dom0 need not bind them all: the last ones tell. */
	for (nr = 0; nr < MANY; nr++) {
		bells[nr] = kunit_kzalloc(test, sizeof(**bells), GFP_KERNEL);
		if (!bells[nr] ||
		    xpv_evtchn_open(&bells[nr]->ch, xpv_domid(0), hear, "bell",
				    bells[nr]))
			break;
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, nr, MANY);
	for (i = nr - min(nr, 50u); i < nr; i++) {
		KUNIT_EXPECT_EQ(test, bind(bells[i]), 0);
		KUNIT_EXPECT_TRUE(test, ring_guest(bells[i]));
	}
	while (nr--) {
		take_down(bells[nr]);
		cond_resched();
	}
}

static void survives_each_failure(struct kunit *test)
{
	struct bell *bell = kunit_kzalloc(test, sizeof(*bell), GFP_KERNEL);
	unsigned int nth = 0;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, bell);
	do {
		xsim_fail_nth(BIT(XSIM_CALL_EVENT_CHANNEL), ++nth, -ENOMEM);
		err = xpv_evtchn_open(&bell->ch, xpv_domid(0), hear, "bell",
				      bell);
		if (!err) {
			bool failed = xsim_failed();

			xsim_fail_nth(0, 0, 0);
			xpv_evtchn_close(&bell->ch);
			if (!failed)
				break;
		}
	} while (nth < 20);
	KUNIT_EXPECT_GT(test, nth, 1u);
	KUNIT_EXPECT_LT(test, nth, 20u);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rings_both_ways),
	KUNIT_CASE(keeps_event_while_disabled),
	KUNIT_CASE(waits_for_end_of_interrupt),
	KUNIT_CASE(slows_down_rings_without_reason),
	KUNIT_CASE(follows_affinity),
	KUNIT_CASE(comes_in_where_it_is_set),
	KUNIT_CASE(survives_a_cpu_that_goes),
	KUNIT_CASE(opens_many),
	KUNIT_CASE(survives_each_failure),
	{}
};

struct kunit_suite stack_evtchn_suite = {
	.name = "xpv_stack_evtchn",
	.init = stack_init,
	.exit = stack_exit,
	.test_cases = cases,
};
