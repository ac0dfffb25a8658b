// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps of an execution. Each execution draws which kinds of steps it is
 * made of at all: so a combination of few of them is tried for long, and one that
 * would hide the faults of others is left out now and then.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/delay.h>
#include <linux/types.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/memory.h>

#include "fuzz.h"

#define STEPS_MIN 6
#define STEPS_MAX 30

/* How long an execution draws steps: some wait for the peer's answer. */
#define STEPS_MS 20000

static void fail_hypercall(void)
{
	unsigned int nth = 1 + xfz_below(3);

	xfz_trace("hypercall %u from now fails", nth);
	switch (xfz_below(3)) {
	case 0:
		xsim_fail_nth_cmd(XSIM_CALL_EVENT_CHANNEL,
				  EVTCHNOP_alloc_unbound, nth, -ENOSPC);
		break;
	case 1:
		xsim_fail_nth_cmd(XSIM_CALL_EVENT_CHANNEL, EVTCHNOP_bind_vcpu,
				  nth, -ENOENT);
		break;
	default:
		xsim_fail_nth_cmd(XSIM_CALL_MEMORY, XENMEM_add_to_physmap, nth,
				  -ENOMEM);
		break;
	}
}

static void rest(void)
{
	unsigned int ms = xfz_one_in(8) ? xfz_below(300) : xfz_below(20);

	xfz_trace("pause %u ms", ms);
	msleep(ms);
}

/**
 * struct step - a kind of step
 * @run: does it, or nothing if there is nothing to do it with
 * @weight: how often it is drawn
 * @always: in each execution
 */
struct step {
	void (*run)(void);
	unsigned int weight;
	bool always;
};

static const struct step steps[] = {
	{ xfz_attach, 3, true },
	{ xfz_attach_honest, 3, true },
	{ xfz_await, 2, true },
	{ xfz_restart, 3, true },
	{ rest, 2, true },
	{ xfz_detach, 2 },
	{ xfz_rebind, 1 },
	{ xfz_lie, 5 },
	{ xfz_behave, 2 },
	{ xfz_resize, 1 },
	{ xfz_jump_state, 4 },
	{ xfz_write_node, 4 },
	{ xfz_forge, 8 },
	{ xfz_storm, 1 },
	{ xfz_hold, 2 },
	{ xfz_release, 2 },
	{ xfz_disk_io, 8 },
	{ xfz_net_send, 8 },
	{ xfz_net_set, 3 },
	{ fail_hypercall, 2 },
};

static unsigned long draw_kinds(void)
{
	unsigned long kinds = xfz_random();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (steps[i].always)
			kinds |= BIT(i);
	}
	return kinds;
}

static const struct step *draw(unsigned long kinds)
{
	unsigned int i, sum = 0;
	u32 at;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		sum += kinds & BIT(i) ? steps[i].weight : 0;
	at = xfz_below(sum);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!(kinds & BIT(i)))
			continue;
		if (at < steps[i].weight)
			break;
		at -= steps[i].weight;
	}
	return &steps[i];
}

void xfz_steps(void)
{
	unsigned long end = jiffies + msecs_to_jiffies(STEPS_MS);
	unsigned int nr = STEPS_MIN + xfz_below(STEPS_MAX - STEPS_MIN);
	unsigned long kinds = draw_kinds();

	xfz_trace("%u steps of kinds %#lx", nr, kinds & GENMASK(ARRAY_SIZE(steps) - 1, 0));
	xfz_attach_honest();
	while (nr-- && time_before(jiffies, end) && !xfz_failed())
		draw(kinds)->run();
}
