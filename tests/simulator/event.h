/* SPDX-License-Identifier: GPL-2.0-only */
/* Event channels: between event_channel.c, the two ABIs and dom0's ports. */
#ifndef _XSIM_EVENT_H
#define _XSIM_EVENT_H

#include <linux/types.h>

/* What the guest may have: more than the 2-level ABI can tell of. */
#define XSIM_PORTS	8192

struct xsim_port;
struct xsim_fifo_queue;

/**
 * enum xsim_chn_state - what a port of the guest's is
 */
enum xsim_chn_state {
	XSIM_CHN_FREE,
	XSIM_CHN_UNBOUND,
	XSIM_CHN_INTERDOMAIN,
	XSIM_CHN_VIRQ,
	XSIM_CHN_IPI,
};

/**
 * struct xsim_chn - a port of the guest's
 * @state: what it is
 * @dom: the domain that may bind to it, or has
 * @vcpu: who is told of events
 * @priority: queue of the FIFO ABI
 * @virq: number of that
 * @queue: of the FIFO ABI, that it was last linked in
 * @early: an event for which that ABI has no word yet
 * @peer: dom0's end
 */
struct xsim_chn {
	enum xsim_chn_state state;
	u16 dom;
	u32 vcpu;
	u8 priority;
	u32 virq;
	struct xsim_fifo_queue *queue;
	bool early;
	struct xsim_port *peer;
};

extern struct xsim_chn *xsim_chns;

/**
 * struct xsim_event_abi - how events are told; all under xsim_lock
 * @ports: how many there can be
 * @set_pending: an event
 * @clear_pending: the port is closed
 * @unmask: clear the mask and tell what is pending
 */
struct xsim_event_abi {
	u32 ports;
	void (*set_pending)(u32 port);
	void (*clear_pending)(u32 port);
	void (*unmask)(u32 port);
};

extern const struct xsim_event_abi xsim_event_2l;
extern const struct xsim_event_abi xsim_event_fifo;
extern const struct xsim_event_abi *xsim_event_abi;

/* event_fifo.c, under xsim_lock: hypercalls, and back to the 2-level ABI */
long xsim_fifo_init_control(unsigned int vcpu, u64 gfn, u32 offset);
long xsim_fifo_expand_array(u64 gfn);
void xsim_fifo_reset(void);

/* event_channel.c, under xsim_lock: a port of the guest's; NULL unless open */
struct xsim_chn *xsim_chn_locked(u32 port);

/* port.c, under xsim_lock: dom0's end with that number, the guest's end of it */
struct xsim_port *xsim_port_by_number(u32 number);
u32 xsim_port_number(const struct xsim_port *port);
u32 xsim_port_guest(const struct xsim_port *port);
void xsim_port_join(struct xsim_port *port, u32 guest_port);
void xsim_port_ring(struct xsim_port *port);
/* port.c: dom0's end without another, which the guest may bind to */
int xsim_port_create(void (*event)(void *data), void *data,
		     struct xsim_port **port);
/*
 * event_channel.c, under xsim_lock: all ports are closed, the 2-level ABI is on.
 * The toolstack makes a port with dom0's end @store, whose number is returned.
 */
u32 xsim_event_reset_locked(struct xsim_port *store);
/* event_channel.c: the toolstack makes a port of the guest's with that end */
int xsim_event_connect(struct xsim_port *port, u32 *guest_port);

#endif /* _XSIM_EVENT_H */
