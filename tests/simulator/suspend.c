// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest suspends: SCHEDOP_shutdown. Either that is cancelled, and nothing has
 * changed, or the guest finds itself in a new domain, as after xl restore, which
 * has of Xen and of dom0 what a domain has at its start, and the old memory.
 *
 * The hypervisor's part is done when the hypercall returns: the guest makes it
 * with interrupts off and all its other CPUs held, so nothing here may sleep. The
 * rest is done by a work. Until then the old domain's dom0 is frozen: its ports
 * are not heard, it maps nothing, it does not touch the ring of XenStore, and the
 * police look away. A guest that asks XenStore for something waits so long.
 *
 * The number of the domain stays what it was; a guest must not rely on that.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <xen/interface/sched.h>

#include "dom0_store.h"
#include "simulator.h"
#include "store.h"
#include "toolstack.h"

/* Written under xsim_lock. */
bool xsim_frozen;

static bool cancelled;
static atomic_t lives;

static void thaw(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	WRITE_ONCE(xsim_frozen, false);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	atomic_inc(&lives);
	xsim_ring_kick();
}

/* Nodes first, so that a backend that begins anew finds a frontend that does. */
static void restore(struct work_struct *work)
{
	int err;

	mutex_lock(&xsim_store_lock);
	xsim_ring_forget();
	err = xsim_dom0_store_reset_locked();
	mutex_unlock(&xsim_store_lock);
	err = err ?: xsim_device_restart_all();
	if (err)
		pr_err("cannot restore the domain: error %d\n", err);
	thaw();
}

static DECLARE_WORK(restore_work, restore);

/* Frames first: those that follow are cleared where they are then. */
static long resume_elsewhere(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	WRITE_ONCE(xsim_frozen, true);
	xsim_memory_reset_locked();
	xsim_upcall_reset_locked();
	xsim_grant_reset_locked();
	xsim_ring_reset_locked();
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	queue_work(xsim_wq, &restore_work);
	return 0;
}

long xsim_shutdown_op(const void *arg)
{
	const struct sched_shutdown *op = arg;

	if (op->reason != SHUTDOWN_suspend)
		return -XEN_ENOSYS;
	return READ_ONCE(cancelled) ? 1 : resume_elsewhere();
}

void xsim_suspend_cancel(bool cancel)
{
	WRITE_ONCE(cancelled, cancel);
}
XPV_EXPORT_SYMBOL(xsim_suspend_cancel);

int xsim_suspend_ask(void)
{
	return xsim_store_write(XSIM_HOME "/control/shutdown", "", "suspend");
}
XPV_EXPORT_SYMBOL(xsim_suspend_ask);

unsigned int xsim_resumed(void)
{
	return atomic_read(&lives);
}
XPV_EXPORT_SYMBOL(xsim_resumed);

int xsim_suspend_init(void)
{
	xsim_frozen = false;
	cancelled = false;
	atomic_set(&lives, 0);
	return 0;
}

void xsim_suspend_exit(void)
{
	cancel_work_sync(&restore_work);
}
