// SPDX-License-Identifier: GPL-2.0-only
/* Event channels by the kernel's own Xen core, where that owns the domain. */
#include <linux/kconfig.h>

#include "internal.h"

#ifdef CONFIG_XEN
#include <asm/xen/hypercall.h>
#include <xen/events.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/xen.h>

static int kernel_alloc(xpv_domid_t peer, xpv_port_t *port)
{
	struct evtchn_alloc_unbound op = {
		.dom = DOMID_SELF,
		.remote_dom = xpv_domid_raw(peer),
	};
	int err = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &op);

	if (!err)
		*port = xpv_port(op.port);
	return err;
}

static void close_port(xpv_port_t port)
{
	struct evtchn_close op = { .port = xpv_port_raw(port) };

	/* Without memory for its own tables, the kernel has closed it already. */
	(void)HYPERVISOR_event_channel_op(EVTCHNOP_close, &op);
}

static int kernel_bind(xpv_port_t port, irq_handler_t handler,
		       const char *name, void *data, unsigned int *irq)
{
	int ret = bind_evtchn_to_irq_lateeoi(xpv_port_raw(port));
	int err;

	if (ret < 0) {
		close_port(port);
		return ret;
	}
	err = request_irq(ret, handler, IRQF_NO_AUTOEN, name, data);
	if (err) {
		/* Gives back the irq, and closes its port. */
		evtchn_put(xpv_port_raw(port));
		return err;
	}
	*irq = ret;
	return 0;
}

static void kernel_unbind(unsigned int irq, void *data)
{
	unbind_from_irqhandler(irq, data);
}

static void kernel_send(xpv_port_t port)
{
	notify_remote_via_evtchn(xpv_port_raw(port));
}

static void kernel_eoi(unsigned int irq, enum xpv_eoi eoi)
{
	xen_irq_lateeoi(irq, eoi == XPV_EOI_SPURIOUS ? XEN_EOI_FLAG_SPURIOUS : 0);
}

static const struct xpv_evtchn_ops ops = {
	.alloc = kernel_alloc,
	.bind = kernel_bind,
	.unbind = kernel_unbind,
	.send = kernel_send,
	.eoi = kernel_eoi,
};

const struct xpv_evtchn_ops *xpv_evtchn_kernel(void)
{
	return &ops;
}
#else
const struct xpv_evtchn_ops *xpv_evtchn_kernel(void)
{
	return NULL;
}
#endif
