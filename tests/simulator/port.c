// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dom0's ends of event channels. A ring of the guest's queues the port's work,
 * which calls back; the guest's doorbell is rung through its ABI. The table of
 * ports and who is joined to whom are under xsim_lock.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "event.h"
#include "simulator.h"

/* Dom0's port numbers; 0 is none. */
#define DOM0_PORTS	1024

/**
 * struct xsim_port - an end of dom0's
 * @number: of dom0's
 * @guest: the guest's end, 0 for none; under xsim_lock
 * @work: calls back
 * @event: who wants to know
 * @data: for that
 * @rings: how often the guest rang
 */
struct xsim_port {
	u32 number;
	u32 guest;
	struct work_struct work;
	void (*event)(void *data);
	void *data;
	atomic_t rings;
};

static struct xsim_port *ports[DOM0_PORTS];

struct xsim_port *xsim_port_by_number(u32 number)
{
	lockdep_assert_held(&xsim_lock);
	return number && number < DOM0_PORTS ? ports[number] : NULL;
}

u32 xsim_port_number(const struct xsim_port *port)
{
	return port->number;
}

u32 xsim_port_guest(const struct xsim_port *port)
{
	lockdep_assert_held(&xsim_lock);
	return port->guest;
}

void xsim_port_join(struct xsim_port *port, u32 guest_port)
{
	lockdep_assert_held(&xsim_lock);
	port->guest = guest_port;
	/* As in Xen: whoever is bound has to look. */
	if (guest_port)
		queue_work(xsim_wq, &port->work);
}

void xsim_port_ring(struct xsim_port *port)
{
	lockdep_assert_held(&xsim_lock);
	atomic_inc(&port->rings);
	queue_work(xsim_wq, &port->work);
}

static void call(struct work_struct *work)
{
	struct xsim_port *port = container_of(work, struct xsim_port, work);

	/* Nobody is there to hear it: suspend.c */
	if (READ_ONCE(xsim_frozen))
		return;
	port->event(port->data);
}

static int number(struct xsim_port *port)
{
	unsigned long flags;
	u32 i;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	for (i = 1; i < DOM0_PORTS && ports[i]; i++)
		;
	if (i < DOM0_PORTS) {
		ports[i] = port;
		port->number = i;
	}
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return i < DOM0_PORTS ? 0 : -ENOSPC;
}

int xsim_port_create(void (*event)(void *data), void *data,
		     struct xsim_port **result)
{
	struct xsim_port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	int err;

	if (!port)
		return -ENOMEM;
	INIT_WORK(&port->work, call);
	port->event = event;
	port->data = data;
	err = number(port);
	if (err)
		kfree(port);
	else
		*result = port;
	return err;
}

static int bind(struct xsim_port *port, u32 guest_port)
{
	struct xsim_chn *chn;
	unsigned long flags;
	int err = -EINVAL;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	chn = xsim_chn_locked(guest_port);
	if (chn && chn->state == XSIM_CHN_UNBOUND && !chn->dom) {
		chn->state = XSIM_CHN_INTERDOMAIN;
		chn->peer = port;
		xsim_port_join(port, guest_port);
		err = 0;
	}
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return err;
}

int xsim_port_bind(u32 guest_port, void (*event)(void *data), void *data,
		   struct xsim_port **result)
{
	struct xsim_port *port;
	int err = xsim_port_create(event, data, &port);

	if (err)
		return err;
	/* Before the first event. */
	*result = port;
	err = bind(port, guest_port);
	if (err) {
		xsim_port_unbind(port);
		*result = NULL;
	}
	return err;
}
XPV_EXPORT_SYMBOL(xsim_port_bind);

static void part(struct xsim_port *port)
{
	struct xsim_chn *chn;
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	ports[port->number] = NULL;
	chn = port->guest ? xsim_chn_locked(port->guest) : NULL;
	if (chn) {
		chn->state = XSIM_CHN_UNBOUND;
		chn->dom = 0;
		chn->peer = NULL;
	}
	port->guest = 0;
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
}

void xsim_port_unbind(struct xsim_port *port)
{
	if (!port)
		return;
	part(port);
	cancel_work_sync(&port->work);
	kfree(port);
}
XPV_EXPORT_SYMBOL(xsim_port_unbind);

void xsim_port_notify(struct xsim_port *port)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	if (port->guest)
		xsim_event_abi->set_pending(port->guest);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
}
XPV_EXPORT_SYMBOL(xsim_port_notify);

void xsim_port_kick(struct xsim_port *port)
{
	queue_work(xsim_wq, &port->work);
}
XPV_EXPORT_SYMBOL(xsim_port_kick);

void xsim_port_quiesce(struct xsim_port *port)
{
	cancel_work_sync(&port->work);
}
XPV_EXPORT_SYMBOL(xsim_port_quiesce);

unsigned int xsim_port_rings(const struct xsim_port *port)
{
	return atomic_read(&port->rings);
}
XPV_EXPORT_SYMBOL(xsim_port_rings);
