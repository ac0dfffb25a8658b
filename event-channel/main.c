// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-event-channel: the API of include/xpv/event_channel.h, handed on to the
 * implementation that fits the domain's owner. Keeps no state of its own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/static_call.h>

#include "internal.h"

static struct xpv_evtchn_ops ops __ro_after_init;

/* The two calls of the hot path pay a direct call, not a pointer. */
DEFINE_STATIC_CALL_NULL(evtchn_send, *ops.send);
DEFINE_STATIC_CALL_NULL(evtchn_eoi, *ops.eoi);

static void opened(struct xpv_evtchn *ch, xpv_port_t port, unsigned int irq,
		   void *data)
{
	*ch = (struct xpv_evtchn){ .port = port, .irq = irq, .data = data };
	/*
	 * Only now: a peer may guess the port and ring before it is told, and
	 * the work a handler starts ends in xpv_evtchn_eoi(), which needs @ch.
	 */
	enable_irq(irq);
}

int xpv_evtchn_open(struct xpv_evtchn *ch, xpv_domid_t peer,
		    irq_handler_t handler, const char *name, void *data)
{
	unsigned int irq;
	xpv_port_t port;
	int err;

	might_sleep();
	err = ops.alloc(peer, &port);
	if (err)
		return err;

	err = ops.bind(port, handler, name, data, &irq);
	if (err)
		return err;
	opened(ch, port, irq, data);
	return 0;
}
XPV_EXPORT_SYMBOL(xpv_evtchn_open);

int xpv_evtchn_adopt_port(struct xpv_evtchn *ch, xpv_port_t port,
			  irq_handler_t handler, const char *name, void *data)
{
	unsigned int irq;
	int err;

	might_sleep();
	if (!ops.adopt)
		return -EOPNOTSUPP;
	err = ops.adopt(port, handler, name, data, &irq);
	if (err)
		return err;
	opened(ch, port, irq, data);
	return 0;
}
XPV_EXPORT_SYMBOL(xpv_evtchn_adopt_port);

void xpv_evtchn_close(struct xpv_evtchn *ch)
{
	might_sleep();
	if (ch->port == XPV_PORT_NONE)
		return;

	/* An interrupt that is freed must have no hint. */
	irq_update_affinity_hint(ch->irq, NULL);
	ops.unbind(ch->irq, ch->data);
	ch->port = XPV_PORT_NONE;
}
XPV_EXPORT_SYMBOL(xpv_evtchn_close);

void xpv_evtchn_set_cpu(const struct xpv_evtchn *ch, unsigned int cpu)
{
	irq_set_affinity_and_hint(ch->irq, cpumask_of(cpu));
}
XPV_EXPORT_SYMBOL(xpv_evtchn_set_cpu);

void xpv_evtchn_send(const struct xpv_evtchn *ch)
{
	static_call_cond(evtchn_send)(ch->port);
}
XPV_EXPORT_SYMBOL(xpv_evtchn_send);

void xpv_evtchn_eoi(const struct xpv_evtchn *ch, enum xpv_eoi eoi)
{
	static_call_cond(evtchn_eoi)(ch->irq, eoi);
}
XPV_EXPORT_SYMBOL(xpv_evtchn_eoi);

static int __init xpv_event_channel_init(void)
{
	const struct xpv_evtchn_ops *chosen = NULL;
	enum xpv_owner owner = xpv_hv_owner();
	int err;

	if (owner == XPV_OWNER_KERNEL)
		chosen = xpv_evtchn_kernel();
	else if (owner == XPV_OWNER_XPV)
		chosen = xpv_evtchn_native();
	if (!chosen)
		return -ENODEV;

	if (owner == XPV_OWNER_XPV) {
		err = xpv_evtchn_native_init();
		if (err)
			return err;
	}
	ops = *chosen;
	static_call_update(evtchn_send, ops.send);
	static_call_update(evtchn_eoi, ops.eoi);
	return 0;
}

static void __exit xpv_event_channel_exit(void)
{
	if (xpv_hv_owner() == XPV_OWNER_XPV)
		xpv_evtchn_native_exit();
}

module_init(xpv_event_channel_init);
module_exit(xpv_event_channel_exit);

MODULE_DESCRIPTION("Xen guest: event channels");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;
