/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels: the doorbells between this domain and a peer.
 *
 * A channel is allocated unbound for one peer, bound to a Linux interrupt,
 * and its port number is told to the peer through XenStore. All channels use
 * late EOI: after the handler ran, the port stays masked until
 * xpv_evtchn_eoi(), so a peer cannot raise interrupts faster than they are
 * served (XSA-332).
 */
#ifndef _XPV_EVENT_CHANNEL_H
#define _XPV_EVENT_CHANNEL_H

#include <linux/interrupt.h>
#include <linux/types.h>
#include <xpv/hypervisor.h>

/**
 * typedef xpv_port_t - number of an event channel in this domain
 *
 * evtchn_port_t of Xen's public event_channel.h.
 */
typedef u32 __bitwise xpv_port_t;

/* Xen never hands out port 0 (event_channel.h, "Port 0 is reserved"). */
#define XPV_PORT_NONE ((__force xpv_port_t)0)

/**
 * xpv_port - number of a port, from Xen's own type
 * @raw: the number, as it stands in a structure of Xen's
 *
 * Context: any.
 * Return: the same number.
 */
static inline xpv_port_t xpv_port(u32 raw)
{
	return (__force xpv_port_t)raw;
}

/**
 * xpv_port_raw - number of a port, for Xen's own type
 * @port: the number
 *
 * Context: any.
 * Return: the same number.
 */
static inline u32 xpv_port_raw(xpv_port_t port)
{
	return (__force u32)port;
}

/**
 * enum xpv_eoi - what an interrupt turned out to be, told at its end
 * @XPV_EOI_WORK: the peer had a reason: there was work, now or found by an
 *	earlier poll
 * @XPV_EOI_SPURIOUS: no work at all; such events may be delayed (XSA-391)
 */
enum xpv_eoi {
	XPV_EOI_WORK,
	XPV_EOI_SPURIOUS,
};

/**
 * struct xpv_evtchn - one open channel, embedded in its user
 * @port: our end, %XPV_PORT_NONE while closed
 * @irq: Linux interrupt it is bound to
 * @data: cookie of the handler
 *
 * Zero-initialised means closed. Written by open and close only, which the
 * caller serialises; read freely in between.
 */
struct xpv_evtchn {
	xpv_port_t port;
	unsigned int irq;
	void *data;
};

/**
 * xpv_evtchn_open - allocate a channel for a peer and bind a handler
 * @ch: closed channel; not touched on error
 * @peer: domain that may bind the other end
 * @handler: called in hard interrupt context; schedules the work, whose end
 *	calls xpv_evtchn_eoi()
 * @name: shown in /proc/interrupts; must live as long as the channel
 * @data: passed to @handler
 *
 * EVTCHNOP_alloc_unbound of Xen's public event_channel.h.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOSPC when the domain has no port left, -ENOMEM, or another
 * errno of the hypercall.
 */
int xpv_evtchn_open(struct xpv_evtchn *ch, xpv_domid_t peer,
		    irq_handler_t handler, const char *name, void *data);

/**
 * xpv_evtchn_adopt_port - bind a handler to a port that exists already
 * @ch: closed channel; not touched on error
 * @port: a port that the toolstack made for this domain (XenStore, console)
 * @handler: as in xpv_evtchn_open(). It is called once without the peer having
 *	rung, since what rang before this call is lost
 * @name: as in xpv_evtchn_open()
 * @data: passed to @handler
 *
 * Closing the channel leaves the port open in Xen, masked: nobody in this
 * domain could make it again. The number may change when xpv-event-channel is
 * unloaded: read it from HVM_PARAM_STORE_EVTCHN each time.
 *
 * Context: process, may sleep.
 * Return: 0, -EOPNOTSUPP where the kernel owns the domain (it has adopted the
 * port itself), -EBUSY if the port is bound here, -ENOENT if it is closed,
 * -ENOMEM, or another errno of the hypercall.
 */
int xpv_evtchn_adopt_port(struct xpv_evtchn *ch, xpv_port_t port,
			  irq_handler_t handler, const char *name, void *data);

/**
 * xpv_evtchn_close - unbind the handler and close the port
 * @ch: channel, open or closed; a port that was adopted stays open
 *
 * No handler runs any more when it returns. Closing a closed channel does
 * nothing.
 *
 * Context: process, may sleep. Not from the handler.
 */
void xpv_evtchn_close(struct xpv_evtchn *ch);

/**
 * xpv_evtchn_set_cpu - have a channel's interrupt come in on one CPU
 * @ch: open channel
 * @cpu: online
 *
 * A hint: an admin and irqbalance may move it (/proc/irq/N/smp_affinity), and it
 * moves when the CPU goes offline. Without it, channels are spread evenly.
 *
 * Context: process.
 */
void xpv_evtchn_set_cpu(const struct xpv_evtchn *ch, unsigned int cpu);

/**
 * xpv_evtchn_send - ring the peer's doorbell
 * @ch: open channel
 *
 * EVTCHNOP_send. Call it outside locks: it traps into the hypervisor.
 *
 * Context: any.
 */
void xpv_evtchn_send(const struct xpv_evtchn *ch);

/**
 * xpv_evtchn_eoi - the work of the last interrupt is done
 * @ch: open channel whose handler has run
 * @eoi: whether there was a reason for it
 *
 * Leaving this out keeps the channel silent: the right end for a peer that
 * broke the protocol.
 *
 * Context: any.
 */
void xpv_evtchn_eoi(const struct xpv_evtchn *ch, enum xpv_eoi eoi);

#endif /* _XPV_EVENT_CHANNEL_H */
