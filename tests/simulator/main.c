// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-simulator: a hypervisor, a XenStore and a dom0 with backends, inside the
 * kernel, for the xpv modules to be tested on a machine without Xen:
 *
 *	modprobe xpv-hypervisor simulate=1
 *	modprobe xpv-simulator
 *	modprobe xpv-netfront
 *
 * It stays while one of the services has it in use.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <xpv/simulate.h>

#include "dom0_store.h"
#include "simulator.h"
#include "store.h"

DEFINE_RAW_SPINLOCK(xsim_lock);
struct workqueue_struct *xsim_wq;

/**
 * struct part - a part of the simulator
 * @init: starts it; 0 or -errno
 * @exit: ends it; NULL if there is nothing to end
 */
struct part {
	int (*init)(void);
	void (*exit)(void);
};

static int wq_init(void)
{
	/* Backends sleep: each port and watch has its own work. */
	xsim_wq = alloc_workqueue("xpv-dom0", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return xsim_wq ? 0 : -ENOMEM;
}

static void wq_exit(void)
{
	destroy_workqueue(xsim_wq);
}

static unsigned int fail;
module_param(fail, uint, 0444);
MODULE_PARM_DESC(fail,
		 "Which of the first hypercalls fails, for want of memory (default 0: none)");

static int simulate(void)
{
	xsim_fail_nth(~0u, fail, -ENOMEM);
	return xpv_hv_simulate(&xsim_hypercalls);
}

static int debugfs_init(void)
{
	xsim_debugfs_init();
	return 0;
}

static int no_devices(void)
{
	return 0;
}

/* The guest goes before its devices do, and after them: its pages are back. */
static const struct part parts[] = {
	{ wq_init, wq_exit },
	{ xsim_upcall_init, xsim_upcall_exit },
	{ xsim_event_init, xsim_event_exit },
	{ xsim_grant_init, xsim_grant_exit },
	{ xsim_store_init, xsim_store_exit },
	{ xsim_dom0_store_init, NULL },
	{ xsim_ring_init, xsim_ring_exit },
	{ xsim_suspend_init, xsim_suspend_exit },
	{ xsim_shutdown_init, xsim_shutdown_exit },
	{ simulate, xpv_hv_simulate_end },
	{ xsim_blkback_init, xsim_blkback_exit },
	{ xsim_netback_init, xsim_netback_exit },
	{ no_devices, xsim_device_exit },
	{ debugfs_init, xsim_debugfs_exit },
};

static void end(const struct part *part)
{
	while (part-- > parts)
		if (part->exit)
			part->exit();
	xsim_memory_check();
}

static int __init xpv_simulator_init(void)
{
	const struct part *part;
	int err;

	for (part = parts; part < parts + ARRAY_SIZE(parts); part++) {
		err = part->init();
		if (err) {
			pr_err("cannot start: error %d\n", err);
			end(part);
			return err;
		}
	}
	pr_info("this machine is a simulated Xen guest now\n");
	return 0;
}

static void __exit xpv_simulator_exit(void)
{
	end(parts + ARRAY_SIZE(parts));
}

module_init(xpv_simulator_init);
module_exit(xpv_simulator_exit);

MODULE_DESCRIPTION("A simulated Xen, for tests of the xpv modules");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;
