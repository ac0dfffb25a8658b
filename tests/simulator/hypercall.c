// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of hypercalls, and making them fail: each call is counted, and the
 * nth of a choice of them can be told to fail.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <xpv/hypercall.h>

#include "simulator.h"

/**
 * struct failure - which call is to fail; under xsim_lock
 * @calls: a bit for each hypercall that counts
 * @cmd: only those that do this count; -1: all
 * @left: how many calls until then; 0: none
 * @err: what it returns
 * @done: it has failed
 */
struct failure {
	unsigned int calls;
	int cmd;
	unsigned int left;
	int err;
	bool done;
};

static struct failure failure;

static void arm(const struct failure *next)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	failure = *next;
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
}

void xsim_fail_nth(unsigned int calls, unsigned int nth, int err)
{
	const struct failure next = {
		.calls = calls,
		.cmd = -1,
		.left = nth,
		.err = err,
	};

	arm(&next);
}
XPV_EXPORT_SYMBOL(xsim_fail_nth);

void xsim_fail_nth_cmd(enum xsim_call call, int cmd, unsigned int nth, int err)
{
	const struct failure next = {
		.calls = BIT(call),
		.cmd = cmd,
		.left = nth,
		.err = err,
	};

	arm(&next);
}
XPV_EXPORT_SYMBOL(xsim_fail_nth_cmd);

bool xsim_failed(void)
{
	return READ_ONCE(failure.done);
}
XPV_EXPORT_SYMBOL(xsim_failed);

static bool counts_locked(enum xsim_call call, int cmd)
{
	lockdep_assert_held(&xsim_lock);
	return failure.left && (failure.calls & BIT(call)) &&
	       (failure.cmd < 0 || failure.cmd == cmd);
}

/* 0, or the error that this call has to return. */
static int count(enum xsim_call call, int cmd)
{
	unsigned long flags;
	int err = 0;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	if (counts_locked(call, cmd) && !--failure.left) {
		err = failure.err;
		WRITE_ONCE(failure.done, true);
	}
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return err;
}

static long event_channel_op(int cmd, void *arg)
{
	return count(XSIM_CALL_EVENT_CHANNEL, cmd) ?: xsim_event_channel_op(cmd, arg);
}

static long grant_table_op(int cmd, void *arg, unsigned int nr)
{
	return count(XSIM_CALL_GRANT_TABLE, cmd) ?: xsim_grant_table_op(cmd, arg, nr);
}

static long memory_op(int cmd, void *arg)
{
	return count(XSIM_CALL_MEMORY, cmd) ?: xsim_memory_op(cmd, arg);
}

static long hvm_op(int cmd, void *arg)
{
	return count(XSIM_CALL_HVM, cmd) ?: xsim_hvm_op(cmd, arg);
}

static long vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	return count(XSIM_CALL_VCPU, cmd) ?: xsim_vcpu_op(cmd, vcpu, arg);
}

static long sched_op(int cmd, void *arg)
{
	return count(XSIM_CALL_SCHED, cmd) ?: xsim_sched_op(cmd, arg);
}

static long version_op(int cmd, void *arg)
{
	return count(XSIM_CALL_VERSION, cmd) ?: xsim_version_op(cmd, arg);
}

const struct xpv_hypercall_ops xsim_hypercalls = {
	.event_channel_op = event_channel_op,
	.grant_table_op = grant_table_op,
	.memory_op = memory_op,
	.hvm_op = hvm_op,
	.vcpu_op = vcpu_op,
	.sched_op = sched_op,
	.xen_version = version_op,
	.owner = THIS_MODULE,
};
