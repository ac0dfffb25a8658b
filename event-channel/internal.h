/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between the API of event channels and what implements it. Chosen
 * once at module load, constant afterwards.
 */
#ifndef _XPV_EVENT_CHANNEL_INTERNAL_H
#define _XPV_EVENT_CHANNEL_INTERNAL_H

#include <xpv/event_channel.h>

/**
 * struct xpv_evtchn_ops - an implementation of event channels
 * @alloc: allocate an unbound port for a peer
 * @bind: bind a port to an interrupt with late EOI, which stays disabled. On
 *	error it has closed the port
 * @adopt: the same for a port that exists already, and that this and @unbind
 *	leave open; one interrupt is waiting. NULL where no such port is to be had
 * @unbind: free the interrupt and close its port
 * @send: see xpv_evtchn_send(); reached by static_call
 * @eoi: see xpv_evtchn_eoi(); reached by static_call
 */
struct xpv_evtchn_ops {
	int (*alloc)(xpv_domid_t peer, xpv_port_t *port);
	int (*bind)(xpv_port_t port, irq_handler_t handler, const char *name,
		    void *data, unsigned int *irq);
	int (*adopt)(xpv_port_t port, irq_handler_t handler, const char *name,
		     void *data, unsigned int *irq);
	void (*unbind)(unsigned int irq, void *data);
	void (*send)(xpv_port_t port);
	void (*eoi)(unsigned int irq, enum xpv_eoi eoi);
};

/* kernel.c: over the kernel's Xen core; NULL on a kernel without one. */
const struct xpv_evtchn_ops *xpv_evtchn_kernel(void);

/* native/main.c: over the hypervisor itself */
const struct xpv_evtchn_ops *xpv_evtchn_native(void);
int xpv_evtchn_native_init(void);
void xpv_evtchn_native_exit(void);

#endif /* _XPV_EVENT_CHANNEL_INTERNAL_H */
