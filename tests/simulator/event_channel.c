// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels: the guest's ports, and its hypercalls about them. What an
 * event looks like to the guest is in event_2l.c and event_fifo.c, dom0's ends
 * are in port.c. All of it under xsim_lock.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/hvm/params.h>

#include "event.h"
#include "simulator.h"

struct xsim_chn *xsim_chns;
const struct xsim_event_abi *xsim_event_abi = &xsim_event_2l;

struct xsim_chn *xsim_chn_locked(u32 port)
{
	lockdep_assert_held(&xsim_lock);
	if (!port || port >= XSIM_PORTS ||
	    xsim_chns[port].state == XSIM_CHN_FREE)
		return NULL;
	return &xsim_chns[port];
}

/* The lowest free number, as Xen gives it. 0: none. */
static u32 find_free(void)
{
	u32 port;

	for (port = 1; port < xsim_event_abi->ports; port++)
		if (xsim_chns[port].state == XSIM_CHN_FREE)
			return port;
	return 0;
}

static struct xsim_chn *take(enum xsim_chn_state state, u32 *port)
{
	struct xsim_chn *chn;

	*port = find_free();
	if (!*port)
		return NULL;
	chn = &xsim_chns[*port];
	/* Where it was linked last stays: the guest may not have seen it yet. */
	*chn = (struct xsim_chn){
		.state = state,
		.priority = EVTCHN_FIFO_PRIORITY_DEFAULT,
		.queue = chn->queue,
	};
	return chn;
}

static long alloc_unbound(struct evtchn_alloc_unbound *op)
{
	struct xsim_chn *chn;

	if (op->dom != DOMID_SELF)
		return -EPERM;
	chn = take(XSIM_CHN_UNBOUND, &op->port);
	if (!chn)
		return -ENOSPC;
	chn->dom = op->remote_dom;
	return 0;
}

static void join(struct xsim_chn *chn, u32 port, struct xsim_port *peer)
{
	chn->state = XSIM_CHN_INTERDOMAIN;
	chn->peer = peer;
	xsim_port_join(peer, port);
}

static long bind_interdomain(struct evtchn_bind_interdomain *op)
{
	struct xsim_port *peer = xsim_port_by_number(op->remote_port);
	struct xsim_chn *chn;

	if (op->remote_dom || !peer || xsim_port_guest(peer))
		return -EINVAL;
	chn = take(XSIM_CHN_INTERDOMAIN, &op->local_port);
	if (!chn)
		return -ENOSPC;
	join(chn, op->local_port, peer);
	/* What was rung meanwhile is not known: Xen has it looked for. */
	xsim_event_abi->set_pending(op->local_port);
	return 0;
}

static long bind_virq(struct evtchn_bind_virq *op)
{
	struct xsim_chn *chn;

	if (!xsim_vcpu_info_locked(op->vcpu))
		return -ENOENT;
	chn = take(XSIM_CHN_VIRQ, &op->port);
	if (!chn)
		return -ENOSPC;
	chn->vcpu = op->vcpu;
	chn->virq = op->virq;
	return 0;
}

static long bind_ipi(struct evtchn_bind_ipi *op)
{
	struct xsim_chn *chn;

	if (!xsim_vcpu_info_locked(op->vcpu))
		return -ENOENT;
	chn = take(XSIM_CHN_IPI, &op->port);
	if (!chn)
		return -ENOSPC;
	chn->vcpu = op->vcpu;
	return 0;
}

static void close_chn(struct xsim_chn *chn, u32 port)
{
	if (chn->peer)
		xsim_port_join(chn->peer, 0);
	chn->peer = NULL;
	chn->state = XSIM_CHN_FREE;
	xsim_event_abi->clear_pending(port);
}

static long close(u32 port)
{
	struct xsim_chn *chn = xsim_chn_locked(port);

	if (!chn) {
		xsim_violation("event: port %u closed, which is not open", port);
		return -EINVAL;
	}
	close_chn(chn, port);
	return 0;
}

static long send(u32 port)
{
	struct xsim_chn *chn = xsim_chn_locked(port);

	if (!chn) {
		xsim_violation("event: rung on port %u, which is not open", port);
		return -EINVAL;
	}
	switch (chn->state) {
	case XSIM_CHN_INTERDOMAIN:
		xsim_port_ring(chn->peer);
		return 0;
	case XSIM_CHN_UNBOUND:
		return 0;
	case XSIM_CHN_IPI:
		xsim_event_abi->set_pending(port);
		return 0;
	default:
		return -EINVAL;
	}
}

static long status(struct evtchn_status *op)
{
	struct xsim_chn *chn;

	if (op->dom != DOMID_SELF)
		return -EPERM;
	if (op->port >= xsim_event_abi->ports)
		return -EINVAL;
	chn = xsim_chn_locked(op->port);
	op->status = EVTCHNSTAT_closed;
	if (!chn)
		return 0;
	op->vcpu = chn->vcpu;
	switch (chn->state) {
	case XSIM_CHN_UNBOUND:
		op->status = EVTCHNSTAT_unbound;
		op->u.unbound.dom = chn->dom;
		break;
	case XSIM_CHN_INTERDOMAIN:
		op->status = EVTCHNSTAT_interdomain;
		op->u.interdomain.dom = 0;
		op->u.interdomain.port = xsim_port_number(chn->peer);
		break;
	case XSIM_CHN_VIRQ:
		op->status = EVTCHNSTAT_virq;
		op->u.virq = chn->virq;
		break;
	default:
		op->status = EVTCHNSTAT_ipi;
	}
	return 0;
}

static long bind_vcpu(const struct evtchn_bind_vcpu *op)
{
	struct xsim_chn *chn = xsim_chn_locked(op->port);

	if (!xsim_vcpu_info_locked(op->vcpu))
		return -ENOENT;
	if (!chn || chn->state == XSIM_CHN_IPI)
		return -EINVAL;
	chn->vcpu = op->vcpu;
	return 0;
}

static long unmask_port(u32 port)
{
	if (!port || port >= xsim_event_abi->ports)
		return -EINVAL;
	xsim_event_abi->unmask(port);
	return 0;
}

static long set_priority(const struct evtchn_set_priority *op)
{
	struct xsim_chn *chn = xsim_chn_locked(op->port);

	if (xsim_event_abi != &xsim_event_fifo)
		return -XEN_ENOSYS;
	if (!chn || op->priority >= EVTCHN_FIFO_MAX_QUEUES)
		return -EINVAL;
	chn->priority = op->priority;
	return 0;
}

/* But for @kept, which may be 0. */
static void close_all(u32 kept)
{
	u32 port;

	for (port = 1; port < XSIM_PORTS; port++) {
		if (xsim_chns[port].state != XSIM_CHN_FREE && port != kept)
			close_chn(&xsim_chns[port], port);
		xsim_chns[port].queue = NULL;
	}
}

static long reset(const struct evtchn_reset *op)
{
	if (op->dom != DOMID_SELF)
		return -EPERM;
	close_all(0);
	xsim_fifo_reset();
	return 0;
}

/* The guest's pages of events are not touched: it is another domain's now. */
u32 xsim_event_reset_locked(struct xsim_port *store)
{
	struct xsim_chn *chn;
	u32 port;

	lockdep_assert_held(&xsim_lock);
	xsim_fifo_reset();
	/* Another number than before, as there is room: the guest has to ask. */
	chn = take(XSIM_CHN_UNBOUND, &port);
	close_all(port);
	chn = chn ?: take(XSIM_CHN_UNBOUND, &port);
	join(chn, port, store);
	return port;
}

static long init_control(struct evtchn_init_control *op)
{
	op->link_bits = EVTCHN_FIFO_LINK_BITS;
	return xsim_fifo_init_control(op->vcpu, op->control_gfn, op->offset);
}

static long dispatch_locked(int cmd, void *arg)
{
	switch (cmd) {
	case EVTCHNOP_alloc_unbound:
		return alloc_unbound(arg);
	case EVTCHNOP_bind_interdomain:
		return bind_interdomain(arg);
	case EVTCHNOP_bind_virq:
		return bind_virq(arg);
	case EVTCHNOP_bind_ipi:
		return bind_ipi(arg);
	case EVTCHNOP_close:
		return close(((struct evtchn_close *)arg)->port);
	case EVTCHNOP_send:
		return send(((struct evtchn_send *)arg)->port);
	case EVTCHNOP_status:
		return status(arg);
	case EVTCHNOP_bind_vcpu:
		return bind_vcpu(arg);
	case EVTCHNOP_unmask:
		return unmask_port(((struct evtchn_unmask *)arg)->port);
	case EVTCHNOP_reset:
		return reset(arg);
	case EVTCHNOP_init_control:
		return init_control(arg);
	case EVTCHNOP_expand_array:
		return xsim_fifo_expand_array(((struct evtchn_expand_array *)arg)->array_gfn);
	case EVTCHNOP_set_priority:
		return set_priority(arg);
	default:
		return -XEN_ENOSYS;
	}
}

long xsim_event_channel_op(int cmd, void *arg)
{
	unsigned long flags;
	long ret;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	ret = dispatch_locked(cmd, arg);
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return ret;
}

int xsim_event_connect(struct xsim_port *port, u32 *guest_port)
{
	struct evtchn_bind_interdomain op = {
		.remote_port = xsim_port_number(port),
	};
	int err = xsim_event_channel_op(EVTCHNOP_bind_interdomain, &op);

	*guest_port = op.local_port;
	return err;
}

int xsim_event_init(void)
{
	xsim_chns = kvcalloc(XSIM_PORTS, sizeof(*xsim_chns), GFP_KERNEL);
	return xsim_chns ? 0 : -ENOMEM;
}

void xsim_event_check(void)
{
	u32 port;

	for (port = 1; port < XSIM_PORTS; port++)
		if (xsim_chns[port].state != XSIM_CHN_FREE &&
		    port != xsim_param(HVM_PARAM_STORE_EVTCHN))
			xsim_violation("event: port %u was left open", port);
}

/* The guest is gone. */
void xsim_event_exit(void)
{
	xsim_event_check();
	kvfree(xsim_chns);
	xsim_chns = NULL;
}
