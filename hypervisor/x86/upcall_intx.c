// SPDX-License-Identifier: GPL-2.0-only
/*
 * Upcalls by the line interrupt of the platform device: the way of every Xen,
 * and of kernels that have no vectors to give. Xen holds the line while an
 * event is pending for vCPU 0, and the kernel may take the interrupt on any CPU.
 *
 * Set up in module init, constant afterwards: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/params.h>
#include <xpv/hypercall.h>
#include <xpv/upcall.h>

#include "../arch.h"
#include "../internal.h"

static unsigned int irq;
static DECLARE_COMPLETION(seen);

/*
 * A vector that Xen keeps from an earlier life of this module may by now be the
 * one that the kernel gave to the line: then it comes here, though the line is
 * quiet. Only what came by the line is active in the I/O APIC until its end. An
 * interrupt controller that does not say so is believed.
 */
static bool came_by_line(void)
{
	bool active;

	return irq_get_irqchip_state(irq, IRQCHIP_STATE_ACTIVE, &active) ||
	       active;
}

static irqreturn_t upcall(int virq, void *data)
{
	unsigned int cpu = xpv_hv_upcall_home();

	/* The line is shared with other devices. */
	if (!READ_ONCE(xpv_hv_vcpu_info(cpu)->evtchn_upcall_pending))
		return IRQ_NONE;
	xpv_hv_upcall_take(cpu);
	if (!completion_done(&seen) && came_by_line())
		complete(&seen);
	return IRQ_HANDLED;
}

/*
 * Xen does not say if it will use the line: a vCPU that was given a vector
 * once in the life of this domain, gets that. So have it raise one.
 */
static int try_line(u64 via)
{
	struct vcpu_info *info = xpv_hv_vcpu_info(xpv_hv_upcall_home());
	int err;

	reinit_completion(&seen);
	WRITE_ONCE(info->evtchn_upcall_pending, 1);
	err = xpv_hv_param_set(HVM_PARAM_CALLBACK_IRQ, via);
	if (err)
		return err;
	if (wait_for_completion_timeout(&seen, HZ))
		return 0;

	pr_err("no interrupt on the platform device's line: a vector for upcalls that was set since this guest started stays in force\n");
	WRITE_ONCE(info->evtchn_upcall_pending, 0);
	xpv_hv_param_set(HVM_PARAM_CALLBACK_IRQ, 0);
	return -EIO;
}

int xpv_hv_upcall_intx_init(void)
{
	u64 via;
	int err;

	err = xpv_hv_platform_intx(&irq, &via);
	if (err)
		return err;
	err = request_irq(irq, upcall, IRQF_SHARED | IRQF_NOBALANCING,
			  "xpv:upcall", &irq);
	if (err)
		return err;
	err = try_line(via);
	if (err)
		free_irq(irq, &irq);
	return err;
}

void xpv_hv_upcall_intx_exit(void)
{
	free_irq(irq, &irq);
}
