// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an upcall to the interrupts of the ports that rang.
 *
 * One upcall looks at each port once or, where the ABI makes that possible
 * at all, at a bounded number of events; what is left waits for the next tick.
 * Every port that was handled stays masked until its end of interrupt.
 *
 * An event for a CPU that Xen cannot interrupt arrives at another one, which
 * claims it and passes it on.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdesc.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <xen/interface/xen.h>
#include <xpv/upcall.h>

#include "native.h"

/**
 * struct desk - where the upcalls of one CPU come in
 * @calls: upcalls not looked after yet; who makes it 1 does so
 * @later: what one interrupt could not handle
 * @cpu: whose it is
 */
struct desk {
	atomic_t calls;
	struct irq_work later;
	unsigned int cpu;
};

static DEFINE_PER_CPU(struct desk, desks);

static void look(struct desk *desk)
{
	struct vcpu_info *info = xpv_hv_vcpu_info(desk->cpu);

	/* Xen tries the vector once when it is set, events or not. */
	if (!info)
		return;
	WRITE_ONCE(info->evtchn_upcall_pending, 0);
	/*
	 * Xen sets it after what it stands for, and interrupts again only if it
	 * was clear: clear it, then look. A store and loads: a full barrier.
	 */
	virt_mb();
	if (xpv_evtchn_abi->scan(desk->cpu))
		irq_work_queue(&desk->later);
}

/*
 * The line interrupt of the platform device can run on any CPU, and so run
 * into the work left for later on another: one at a time looks.
 */
static void upcall(unsigned int cpu)
{
	struct desk *desk = &per_cpu(desks, cpu);
	int calls;

	if (atomic_inc_return(&desk->calls) > 1)
		return;
	do {
		calls = atomic_read(&desk->calls);
		look(desk);
	} while (atomic_sub_return(calls, &desk->calls));
}

static void look_later(struct irq_work *work)
{
	upcall(container_of(work, struct desk, later)->cpu);
}

static void handle_steered(void *data)
{
	struct xpv_chan *chan = data;

	generic_handle_irq(chan->irq);
	/* Pairs with smp_load_acquire() in xpv_evtchn_steer_exit(). */
	smp_store_release(&chan->steered, false);
}

/* False if it cannot be: the CPU is about to go, or the last one is on its way. */
static bool steer(struct xpv_chan *chan, unsigned int cpu)
{
	if (READ_ONCE(chan->steered) || !cpu_online(cpu))
		return false;
	WRITE_ONCE(chan->steered, true);
	if (!smp_call_function_single_async(cpu, &chan->csd))
		return true;
	WRITE_ONCE(chan->steered, false);
	return false;
}

/* The event is claimed: nobody else delivers one of this channel. */
static void deliver(struct xpv_chan *chan)
{
	unsigned int cpu = READ_ONCE(chan->cpu);

	if (cpu != smp_processor_id() && !xpv_evtchn_reaches(cpu) &&
	    steer(chan, cpu))
		return;
	generic_handle_irq(chan->irq);
}

/* Context: hard interrupt. */
void xpv_evtchn_event(u32 port)
{
	struct xpv_chan *chan;

	rcu_read_lock();
	chan = xpv_chan_of_port(port);
	if (!chan)
		xpv_evtchn_abi->mask(port);
	else if (xpv_chan_claim(chan))
		deliver(chan);
	rcu_read_unlock();
}

void xpv_evtchn_steer_init(struct xpv_chan *chan)
{
	INIT_CSD(&chan->csd, handle_steered, chan);
}

/* No event is claimed any more; one that was may still be on its way. */
void xpv_evtchn_steer_exit(struct xpv_chan *chan)
{
	/* Pairs with smp_store_release() in handle_steered(). */
	while (smp_load_acquire(&chan->steered))
		usleep_range(50, 100);
}

void xpv_evtchn_dispatch_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct desk *desk = &per_cpu(desks, cpu);

		atomic_set(&desk->calls, 0);
		desk->later = IRQ_WORK_INIT_LAZY(look_later);
		desk->cpu = cpu;
	}
	xpv_hv_upcall_register(upcall);
}

void xpv_evtchn_dispatch_exit(void)
{
	unsigned int cpu;

	xpv_hv_upcall_register(NULL);
	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu(desks, cpu).later);
}
