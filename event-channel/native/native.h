/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the native implementation of event channels. Lock order, outer to
 * inner:
 *
 *   lock of the interrupt's descriptor (the kernel's) -> xpv_chan.lock
 *
 * Both are raw and held with interrupts off. A channel is found by its port in
 * an xarray, under RCU; those who bind and unbind one port are serialised by
 * the channel's user.
 */
#ifndef _XPV_EVENT_CHANNEL_NATIVE_H
#define _XPV_EVENT_CHANNEL_NATIVE_H

#include <linux/bits.h>
#include <linux/interrupt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>

/* Why a port is masked; it is not, once no reason is left. */
#define XPV_MASK_IRQ	BIT(0)	/* the kernel keeps the interrupt disabled */
#define XPV_MASK_EOI	BIT(1)	/* an event is being served */
#define XPV_MASK_MOVE	BIT(2)	/* it goes to another CPU */
#define XPV_MASK_DEAD	BIT(3)	/* the channel is about to go */

/**
 * struct xpv_chan - a port of this domain bound to an interrupt
 * @port: its number in Xen
 * @irq: its number in Linux; 0 until it has one
 * @keep: not ours to close: the toolstack made it
 * @lock: guards all below, and masking and unmasking the port
 * @masked: why the port is masked, XPV_MASK_*
 * @spurious: how many events in a row there was no reason for
 * @cpu: where the interrupt is to be handled
 * @bound: CPU that Xen tells of its events; another one than @cpu where Xen
 *	cannot interrupt that
 * @steered: an event is on its way from @bound to @cpu
 * @csd: carries it there
 * @eoi: unmasks the port later, after too many events without a reason
 */
struct xpv_chan {
	u32 port;
	unsigned int irq;
	bool keep;
	raw_spinlock_t lock;
	u8 masked;
	u8 spurious;
	unsigned int cpu;
	unsigned int bound;
	bool steered;
	call_single_data_t csd;
	struct timer_list eoi;
};

/**
 * struct xpv_evtchn_abi - how this domain and Xen share the state of ports
 * @name: as the module parameter says it
 * @start: turn it on for the domain, and for the CPU upcalls always reach
 * @stop: turn it off; no port of ours is open
 * @leave: the same, but what it stands on stays, for who still runs on it
 * @cpu_comes: a CPU comes; called on it, may sleep
 * @cpu_went: a CPU went; its interrupts have moved
 * @open: have room for a port, masked
 * @move: the port's events now are for @to, no longer for @from; masked
 * @mask: mask the port; nothing to do if it is
 * @unmask: unmask the port, and have an event that is pending told
 * @take: no event is pending any more; false if none was
 * @put: an event is pending; masked
 * @scan: hand what is pending for a CPU to xpv_evtchn_event(); true if there
 *	is more, for later
 */
struct xpv_evtchn_abi {
	const char *name;
	int (*start)(void);
	void (*stop)(void);
	void (*leave)(void);
	int (*cpu_comes)(unsigned int cpu);
	void (*cpu_went)(unsigned int cpu);
	int (*open)(u32 port);
	void (*move)(u32 port, unsigned int from, unsigned int to);
	void (*mask)(u32 port);
	void (*unmask)(u32 port);
	bool (*take)(u32 port);
	void (*put)(u32 port);
	bool (*scan)(unsigned int cpu);
};

/* two_level.c, fifo.c */
extern const struct xpv_evtchn_abi xpv_evtchn_2l;
extern const struct xpv_evtchn_abi xpv_evtchn_fifo;

/* main.c: the one in use, constant while there are channels */
extern const struct xpv_evtchn_abi *xpv_evtchn_abi;
/* main.c: unmask a port, and have Xen tell an event that is pending */
void xpv_evtchn_unmask_port(u32 port);
/* main.c: whether Xen can tell this CPU of events */
bool xpv_evtchn_reaches(unsigned int cpu);

/* channel.c: channels, their interrupts and their end of interrupt */
int xpv_chan_init(void);
void xpv_chan_exit(void);
int xpv_chan_create(u32 port, bool keep, struct xpv_chan **chan);
void xpv_chan_destroy(struct xpv_chan *chan);
struct xpv_chan *xpv_chan_of_port(u32 port);
struct xpv_chan *xpv_chan_of_irq(unsigned int irq);
bool xpv_chan_claim(struct xpv_chan *chan);
void xpv_chan_mask(struct xpv_chan *chan, u8 reason);
void xpv_chan_unmask(struct xpv_chan *chan, u8 reason);
void xpv_chan_unmask_locked(struct xpv_chan *chan, u8 reason);

/* eoi.c: the end of interrupt, late */
void xpv_chan_eoi(struct xpv_chan *chan, bool spurious);
void xpv_chan_eoi_init(struct xpv_chan *chan);
void xpv_chan_eoi_exit(struct xpv_chan *chan);

/* dispatch.c: upcalls into interrupts */
void xpv_evtchn_dispatch_init(void);
void xpv_evtchn_dispatch_exit(void);
void xpv_evtchn_event(u32 port);
void xpv_evtchn_steer_init(struct xpv_chan *chan);
void xpv_evtchn_steer_exit(struct xpv_chan *chan);

/*
 * reset.c: close all ports but those the toolstack made, and go back to
 * the 2-level ABI; the second one only if who was before us left another on
 */
int xpv_evtchn_reset(void);
int xpv_evtchn_reset_stale(void);

#endif /* _XPV_EVENT_CHANNEL_NATIVE_H */
