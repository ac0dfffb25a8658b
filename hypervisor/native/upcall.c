// SPDX-License-Identifier: GPL-2.0-only
/*
 * Upcalls: how Xen interrupts this domain when an event is pending. By a
 * vector of each CPU's own (upcall_vector.c), or by the line interrupt of the
 * platform device (upcall_intx.c), which Xen raises for vCPU 0 only.
 *
 * The way is chosen in module init and constant afterwards. The handler may
 * change at any time: RCU.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/params.h>
#include <xpv/hypercall.h>
#include <xpv/simulate.h>
#include <xpv/upcall.h>

#include "../arch.h"
#include "../internal.h"

enum way {
	WAY_AUTO,
	WAY_VECTOR,
	WAY_INTX,
	WAY_SIMULATED,
};

/* The first three are what the parameter takes. */
static const char *const way_names[] = {
	[WAY_AUTO] = "auto",
	[WAY_VECTOR] = "vector",
	[WAY_INTX] = "intx",
	[WAY_SIMULATED] = "simulated",
	NULL,
};

static enum way asked = WAY_AUTO;
static enum way taken = WAY_AUTO;

/* Written by xpv_hv_upcall_register(), read in hard interrupt context. */
static void (*handler)(unsigned int cpu);

static int set_upcall(const char *val, const struct kernel_param *kp)
{
	int way = sysfs_match_string(way_names, val);

	if (way < 0 || way == WAY_SIMULATED) {
		pr_err("upcall=: '%s' is none of auto, vector, intx\n", val);
		return -EINVAL;
	}
	asked = way;
	return 0;
}

static int show_upcall(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", way_names[taken ?: asked]);
}

static const struct kernel_param_ops upcall_ops = {
	.set = set_upcall,
	.get = show_upcall,
};

module_param_cb(upcall, &upcall_ops, NULL, 0444);
MODULE_PARM_DESC(upcall,
		 "How Xen interrupts a domain that xpv owns: auto, vector (one for each CPU) or intx (platform device)");

const char *xpv_hv_upcall_way(void)
{
	return way_names[taken];
}

void xpv_hv_upcall_register(void (*new)(unsigned int cpu))
{
	might_sleep();
	if (new)
		xpv_hv_hypercall_hold(true);
	/* Pairs with smp_load_acquire() in xpv_hv_upcall_take(). */
	smp_store_release(&handler, new);
	/* A call under way is in hard interrupt context: a reader of RCU. */
	synchronize_rcu();
	if (!new)
		xpv_hv_hypercall_hold(false);
}
XPV_EXPORT_SYMBOL(xpv_hv_upcall_register);

/* Context: hard interrupt. */
void xpv_hv_upcall_take(unsigned int cpu)
{
	void (*call)(unsigned int cpu);

	/*
	 * Pairs with smp_store_release() in xpv_hv_upcall_register(): what the
	 * handler stands on was written before the handler was set.
	 */
	call = smp_load_acquire(&handler);
	if (call)
		call(cpu);
	else if (xpv_hv_vcpu_info(cpu))
		WRITE_ONCE(xpv_hv_vcpu_info(cpu)->evtchn_upcall_pending, 0);
}

void xpv_hv_simulate_upcall(void)
{
	xpv_hv_upcall_take(smp_processor_id());
}
XPV_EXPORT_SYMBOL(xpv_hv_simulate_upcall);

bool xpv_hv_upcall_reaches(unsigned int cpu)
{
	if (!xpv_hv_vcpu_info(cpu))
		return false;

	switch (taken) {
	case WAY_VECTOR:
		return xpv_hv_upcall_vector_told(cpu);
	case WAY_INTX:
		return cpu == xpv_hv_upcall_home();
	default:
		return true;
	}
}
XPV_EXPORT_SYMBOL(xpv_hv_upcall_reaches);

static int take_vector(void)
{
	int err = xpv_hv_upcall_vector_init();

	if (err)
		return err;
	/*
	 * Interrupt line 1, which Xen does not raise for a vCPU that has a
	 * vector. To the toolstack a value that is not 0 means that this guest
	 * knows Xen, and can be asked to shut down or suspend.
	 */
	err = xpv_hv_param_set(HVM_PARAM_CALLBACK_IRQ, 1);
	if (err)
		xpv_hv_upcall_vector_exit();
	return err;
}

/* In the order of preference; each is tried unless another was asked for. */
static int choose(void)
{
	int err = -ENODEV;

	if (asked != WAY_INTX) {
		err = take_vector();
		if (!err) {
			taken = WAY_VECTOR;
			return 0;
		}
	}
	if (asked == WAY_AUTO)
		pr_info("no vectors for upcalls (%d): the platform device's line interrupt is taken\n",
			err);
	if (asked != WAY_VECTOR) {
		err = xpv_hv_upcall_intx_init();
		if (!err)
			taken = WAY_INTX;
	}
	return err;
}

int xpv_hv_upcall_init(void)
{
	if (!xpv_hv_simulated())
		return choose();
	taken = WAY_SIMULATED;
	return 0;
}

/* Xen looks at each vCPU once more when this changes. */
void xpv_hv_upcall_leave(void)
{
	if (taken != WAY_SIMULATED &&
	    xpv_hv_param_set(HVM_PARAM_CALLBACK_IRQ, 0))
		pr_warn("Xen still believes that upcalls are taken\n");
}

void xpv_hv_upcall_exit(void)
{
	xpv_hv_upcall_leave();
	if (taken == WAY_VECTOR)
		xpv_hv_upcall_vector_exit();
	else if (taken == WAY_INTX)
		xpv_hv_upcall_intx_exit();
	taken = WAY_AUTO;
}
