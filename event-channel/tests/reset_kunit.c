// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_evtchn_reset: all ports closed but those that the toolstack made
 * (native/reset.c), with a Xen of a few ports.
 */
#define xpv_evtchn_reset	tested_evtchn_reset
#define xpv_evtchn_reset_stale	tested_evtchn_reset_stale

#include <tests/kunit/suite.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/hvm/params.h>
#include <xpv/hypercall.h>

#include "../native/native.h"

#define PORTS	16

/**
 * struct port - one of Xen's
 * @status: EVTCHNSTAT_*
 * @dom: the other end's domain
 * @remote: and its port, if that is bound
 */
struct port {
	u32 status;
	u32 dom;
	u32 remote;
};

/**
 * struct xen - the hypervisor
 * @ports: from 1 on
 * @params: numbers of the ports of XenStore and console
 * @sets: times that such a number was written
 * @again: resets that are answered with -EAGAIN
 * @resets: times that one was asked for
 * @reset_err: what the others are answered with
 * @bind_err: a port cannot be bound
 * @fifo: Xen thinks that the FIFO ABI is on
 */
static struct xen {
	struct port ports[PORTS];
	u64 params[2];
	unsigned int sets;
	unsigned int again;
	unsigned int resets;
	int reset_err;
	int bind_err;
	bool fifo;
} xen;

static long ask(struct evtchn_status *op)
{
	const struct port *port = &xen.ports[op->port];

	if (op->port >= PORTS)
		return -EINVAL;
	op->status = port->status;
	if (port->status == EVTCHNSTAT_interdomain) {
		op->u.interdomain.dom = port->dom;
		op->u.interdomain.port = port->remote;
	} else if (port->status == EVTCHNSTAT_unbound) {
		op->u.unbound.dom = port->dom;
	}
	return 0;
}

static long reset(void)
{
	unsigned int i;

	xen.resets++;
	if (xen.again) {
		xen.again--;
		return -EAGAIN;
	}
	for (i = 0; i < PORTS && !xen.reset_err; i++)
		xen.ports[i].status = EVTCHNSTAT_closed;
	return xen.reset_err;
}

/* The lowest number that is free, as Xen gives it. */
static long bind(u32 *number, struct port as)
{
	unsigned int i;

	for (i = 1; i < PORTS; i++) {
		if (xen.ports[i].status != EVTCHNSTAT_closed)
			continue;
		xen.ports[i] = as;
		*number = i;
		return xen.bind_err;
	}
	return -ENOSPC;
}

static long fake_op(int cmd, void *arg)
{
	struct evtchn_bind_interdomain *inter = arg;
	struct evtchn_alloc_unbound *unbound = arg;

	switch (cmd) {
	case EVTCHNOP_status:
		return ask(arg);
	case EVTCHNOP_reset:
		return reset();
	case EVTCHNOP_bind_interdomain:
		return bind(&inter->local_port,
			    (struct port){ EVTCHNSTAT_interdomain,
					   inter->remote_dom,
					   inter->remote_port });
	case EVTCHNOP_alloc_unbound:
		return bind(&unbound->port,
			    (struct port){ EVTCHNSTAT_unbound,
					   unbound->remote_dom });
	case EVTCHNOP_expand_array:
		return xen.fifo ? -EINVAL : -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static u64 *param_of(u32 index)
{
	return &xen.params[index == HVM_PARAM_CONSOLE_EVTCHN];
}

static int fake_param(u32 index, u64 *value)
{
	*value = *param_of(index);
	return 0;
}

static int fake_param_set(u32 index, u64 value)
{
	xen.sets++;
	*param_of(index) = value;
	return 0;
}

#define xpv_hv_event_channel_op	fake_op
#define xpv_hv_param		fake_param
#define xpv_hv_param_set	fake_param_set
#define msleep(ms)		((void)0)
#undef pr_fmt
#undef pr_err
#define pr_err(...)		count_warning(true)

#include "../native/reset.c"

#define STORE	(&xen.ports[xen.params[0]])
#define CONSOLE	(&xen.ports[xen.params[1]])

static void boot_with(u32 store, u32 console)
{
	xen = (struct xen){ .params = { store, console } };
	*STORE = (struct port){ EVTCHNSTAT_interdomain, 0, 40 };
	*CONSOLE = (struct port){ EVTCHNSTAT_interdomain, 3, 41 };
	xen.ports[9].status = EVTCHNSTAT_virq;
	warnings = 0;
}

static void expect_bound(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, STORE->status, EVTCHNSTAT_interdomain);
	KUNIT_EXPECT_EQ(test, STORE->dom, 0);
	KUNIT_EXPECT_EQ(test, STORE->remote, 40);
	KUNIT_EXPECT_EQ(test, CONSOLE->status, EVTCHNSTAT_interdomain);
	KUNIT_EXPECT_EQ(test, CONSOLE->dom, 3);
	KUNIT_EXPECT_EQ(test, CONSOLE->remote, 41);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void reset_keeps_the_toolstacks_ports(struct kunit *test)
{
	boot_with(1, 2);
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	expect_bound(test);
	KUNIT_EXPECT_EQ(test, xen.ports[9].status, EVTCHNSTAT_closed);
	/* Each has its number again. */
	KUNIT_EXPECT_EQ(test, xen.sets, 0);

	boot_with(2, 1);
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	expect_bound(test);
	KUNIT_EXPECT_EQ(test, xen.sets, 0);
}

static void reset_tells_new_numbers(struct kunit *test)
{
	boot_with(5, 7);
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	expect_bound(test);
	KUNIT_EXPECT_EQ(test, xen.params[0], 1);
	KUNIT_EXPECT_EQ(test, xen.params[1], 2);
	KUNIT_EXPECT_EQ(test, xen.sets, 2);
}

static void reset_offers_an_unbound_port_again(struct kunit *test)
{
	boot_with(1, 2);
	CONSOLE->status = EVTCHNSTAT_unbound;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	KUNIT_EXPECT_EQ(test, CONSOLE->status, EVTCHNSTAT_unbound);
	KUNIT_EXPECT_EQ(test, CONSOLE->dom, 3);
}

static void reset_does_without_a_console(struct kunit *test)
{
	boot_with(1, 2);
	CONSOLE->status = EVTCHNSTAT_closed;
	xen.params[1] = 0;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	KUNIT_EXPECT_EQ(test, STORE->status, EVTCHNSTAT_interdomain);
	KUNIT_EXPECT_EQ(test, xen.ports[2].status, EVTCHNSTAT_closed);
	KUNIT_EXPECT_EQ(test, xen.sets, 0);
}

static void reset_survives_a_wild_number(struct kunit *test)
{
	boot_with(1, 2);
	xen.params[1] = BIT_ULL(32) | 9;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	KUNIT_EXPECT_EQ(test, STORE->status, EVTCHNSTAT_interdomain);
	KUNIT_EXPECT_EQ(test, xen.sets, 0);
}

static void reset_tries_again_a_bounded_time(struct kunit *test)
{
	boot_with(1, 2);
	xen.again = 9;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	KUNIT_EXPECT_EQ(test, xen.resets, 10);
	expect_bound(test);

	boot_with(1, 2);
	xen.again = 1000;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), -EAGAIN);
	KUNIT_EXPECT_EQ(test, xen.resets, 10);
	expect_bound(test);
}

/* What is still open is not bound a second time. */
static void reset_that_is_refused_changes_nothing(struct kunit *test)
{
	unsigned int i, open = 0;

	boot_with(1, 2);
	xen.reset_err = -EPERM;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), -EPERM);
	expect_bound(test);
	for (i = 0; i < PORTS; i++)
		open += xen.ports[i].status != EVTCHNSTAT_closed;
	KUNIT_EXPECT_EQ(test, open, 3);
}

static void reset_tells_of_a_lost_port(struct kunit *test)
{
	boot_with(1, 2);
	xen.bind_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset(), 0);
	KUNIT_EXPECT_EQ(test, warnings, 2);
}

static void stale_fifo_alone_is_reset(struct kunit *test)
{
	boot_with(1, 2);
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset_stale(), 0);
	KUNIT_EXPECT_EQ(test, xen.resets, 0);
	xen.fifo = true;
	KUNIT_EXPECT_EQ(test, xpv_evtchn_reset_stale(), 0);
	KUNIT_EXPECT_EQ(test, xen.resets, 1);
	expect_bound(test);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(reset_keeps_the_toolstacks_ports),
	KUNIT_CASE(reset_tells_new_numbers),
	KUNIT_CASE(reset_offers_an_unbound_port_again),
	KUNIT_CASE(reset_does_without_a_console),
	KUNIT_CASE(reset_survives_a_wild_number),
	KUNIT_CASE(reset_tries_again_a_bounded_time),
	KUNIT_CASE(reset_that_is_refused_changes_nothing),
	KUNIT_CASE(reset_tells_of_a_lost_port),
	KUNIT_CASE(stale_fifo_alone_is_reset),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "xpv_evtchn_reset",
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's reset of event channels");
MODULE_LICENSE("GPL");
