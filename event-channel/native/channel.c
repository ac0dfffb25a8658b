// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels, and the interrupt chip that makes each a Linux interrupt: masks
 * with reasons, and the CPU that it is for.
 *
 * An event is claimed before the interrupt's handler runs: the port is masked
 * and no longer pending, until the end of interrupt. So an event is handled
 * once, whoever else looks at the port, and the kernel's flow handler has
 * nothing to acknowledge.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/irq.h>
#include <linux/cpumask.h>
#include <linux/irqdomain.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xpv/hypercall.h>
#include <xpv/upcall.h>

#include "native.h"

#define DOMAIN_NAME	"xpv-event"

/* Channels by port: written by create and destroy, read under RCU. */
static DEFINE_XARRAY(chans);

static struct fwnode_handle *fwnode;
static struct irq_domain *domain;

/* How many channels are for a CPU: a hint for the next choice. */
static DEFINE_PER_CPU(atomic_t, load);

static void mask_locked(struct xpv_chan *chan, u8 reason)
{
	lockdep_assert_held(&chan->lock);
	if (!chan->masked)
		xpv_evtchn_abi->mask(chan->port);
	chan->masked |= reason;
}

void xpv_chan_unmask_locked(struct xpv_chan *chan, u8 reason)
{
	lockdep_assert_held(&chan->lock);
	if (!(chan->masked & reason))
		return;
	chan->masked &= ~reason;
	if (!chan->masked)
		xpv_evtchn_abi->unmask(chan->port);
}

void xpv_chan_mask(struct xpv_chan *chan, u8 reason)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	mask_locked(chan, reason);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
}

void xpv_chan_unmask(struct xpv_chan *chan, u8 reason)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	xpv_chan_unmask_locked(chan, reason);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
}

/* True if the caller now has an event to handle, up to its end of interrupt. */
bool xpv_chan_claim(struct xpv_chan *chan)
{
	unsigned long flags;
	bool ours = false;

	raw_spin_lock_irqsave(&chan->lock, flags);
	if (chan->masked) {
		/* Told before it was masked, or unmasked for a dead CPU. */
		xpv_evtchn_abi->mask(chan->port);
	} else {
		mask_locked(chan, XPV_MASK_EOI);
		ours = xpv_evtchn_abi->take(chan->port);
		if (!ours)
			xpv_chan_unmask_locked(chan, XPV_MASK_EOI);
	}
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	return ours;
}

static void chip_mask(struct irq_data *data)
{
	xpv_chan_mask(data->chip_data, XPV_MASK_IRQ);
}

static void chip_unmask(struct irq_data *data)
{
	xpv_chan_unmask(data->chip_data, XPV_MASK_IRQ);
}

static void chip_ack(struct irq_data *data)
{
	/* Done when the event was claimed. */
}

/* The claimed event was not handled, as the interrupt was disabled: put it back. */
static int chip_retrigger(struct irq_data *data)
{
	struct xpv_chan *chan = data->chip_data;
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	mask_locked(chan, XPV_MASK_EOI);
	xpv_evtchn_abi->put(chan->port);
	xpv_chan_unmask_locked(chan, XPV_MASK_EOI);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
	return 1;
}

static void bind_vcpu(struct xpv_chan *chan, unsigned int cpu)
{
	struct evtchn_bind_vcpu op = {
		.port = chan->port,
		.vcpu = xpv_hv_vcpu_id(cpu),
	};

	/* Xen tells the CPU it did before: then that one passes events on. */
	if (cpu == chan->bound ||
	    xpv_hv_event_channel_op(EVTCHNOP_bind_vcpu, &op))
		return;
	xpv_evtchn_abi->move(chan->port, chan->bound, cpu);
	chan->bound = cpu;
}

/* Masked, since an event told to the old CPU would be lost on the new one. */
static void move(struct xpv_chan *chan, unsigned int cpu)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&chan->lock, flags);
	mask_locked(chan, XPV_MASK_MOVE);
	bind_vcpu(chan, xpv_evtchn_reaches(cpu) ? cpu : xpv_hv_upcall_home());
	atomic_dec(&per_cpu(load, chan->cpu));
	atomic_inc(&per_cpu(load, cpu));
	/* Read without the lock by deliver(), for a hint. */
	WRITE_ONCE(chan->cpu, cpu);
	xpv_chan_unmask_locked(chan, XPV_MASK_MOVE);
	raw_spin_unlock_irqrestore(&chan->lock, flags);
}

/*
 * The CPU with the fewest channels, of those that Xen can interrupt if there
 * are any; the one it is on, if that is as good.
 */
static unsigned int choose_cpu(const struct xpv_chan *chan,
			       const struct cpumask *mask)
{
	unsigned int cpu, best = nr_cpu_ids;
	int least = INT_MAX;

	for_each_cpu_and(cpu, mask, cpu_online_mask) {
		int count = 2 * atomic_read(&per_cpu(load, cpu));

		/* It counts itself there, and a draw is for staying. */
		if (cpu == chan->cpu)
			count -= 3;
		if (!xpv_evtchn_reaches(cpu))
			count += INT_MAX / 2;
		if (count < least) {
			least = count;
			best = cpu;
		}
	}
	return best;
}

static int chip_set_affinity(struct irq_data *data, const struct cpumask *mask,
			     bool force)
{
	struct xpv_chan *chan = data->chip_data;
	unsigned int cpu;

	/* An admin may ask for this when the channel is about to go. */
	if (!chan)
		return -ENXIO;
	cpu = choose_cpu(chan, mask);
	if (cpu >= nr_cpu_ids)
		return -EINVAL;
	if (cpu != chan->cpu)
		move(chan, cpu);
	irq_data_update_effective_affinity(data, cpumask_of(cpu));
	return IRQ_SET_MASK_OK;
}

static struct irq_chip chip = {
	.name = "xpv-event",
	.irq_mask = chip_mask,
	.irq_unmask = chip_unmask,
	.irq_ack = chip_ack,
	.irq_retrigger = chip_retrigger,
	.irq_set_affinity = chip_set_affinity,
	/* Else it could start on a CPU that went offline meanwhile. */
	.flags = IRQCHIP_SKIP_SET_WAKE | IRQCHIP_AFFINITY_PRE_STARTUP,
};

static int map(struct irq_domain *d, unsigned int irq, irq_hw_number_t port)
{
	struct xpv_chan *chan = xpv_chan_of_port(port);

	if (!chan)
		return -ENXIO;
	irq_set_chip_data(irq, chan);
	irq_set_chip_and_handler_name(irq, &chip, handle_edge_irq, "event");
	xpv_irq_moves_at_once(irq);
	return 0;
}

static const struct irq_domain_ops domain_ops = { .map = map };

struct xpv_chan *xpv_chan_of_port(u32 port)
{
	return xa_load(&chans, port);
}

struct xpv_chan *xpv_chan_of_irq(unsigned int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);

	return data && data->chip == &chip ? data->chip_data : NULL;
}

static struct xpv_chan *alloc_chan(u32 port, bool keep)
{
	struct xpv_chan *chan = kzalloc(sizeof(*chan), GFP_KERNEL);

	if (!chan)
		return NULL;
	chan->port = port;
	chan->keep = keep;
	raw_spin_lock_init(&chan->lock);
	chan->masked = XPV_MASK_IRQ;
	/* Xen binds a new port to vCPU 0. */
	chan->cpu = xpv_hv_upcall_home();
	chan->bound = chan->cpu;
	xpv_evtchn_steer_init(chan);
	xpv_chan_eoi_init(chan);
	return chan;
}

int xpv_chan_create(u32 port, bool keep, struct xpv_chan **result)
{
	struct xpv_chan *chan = alloc_chan(port, keep);
	int err;

	if (!chan)
		return -ENOMEM;
	/* First: a port that has a channel must not be touched. */
	err = xa_insert(&chans, port, chan, GFP_KERNEL);
	if (err)
		goto err_free;
	err = xpv_evtchn_abi->open(port);
	if (err)
		goto err_erase;
	xpv_evtchn_abi->move(port, chan->bound, chan->bound);
	chan->irq = irq_create_mapping(domain, port);
	if (!chan->irq) {
		err = -ENOMEM;
		goto err_erase;
	}
	atomic_inc(&per_cpu(load, chan->cpu));
	*result = chan;
	return 0;

err_erase:
	xa_erase(&chans, port);
	/* An event that Xen told before may have found it. */
	synchronize_rcu();
err_free:
	kfree(chan);
	return err;
}

/*
 * The interrupt has no handler any more, but events and ends of interrupt may
 * still be under way. They find the channel by port or by interrupt under RCU,
 * and the chip's operations under the lock of the interrupt's descriptor.
 */
void xpv_chan_destroy(struct xpv_chan *chan)
{
	xpv_chan_mask(chan, XPV_MASK_DEAD);
	xa_erase(&chans, chan->port);
	irq_set_chip_data(chan->irq, NULL);
	synchronize_rcu();
	xpv_evtchn_steer_exit(chan);
	xpv_chan_eoi_exit(chan);

	/* Not before: the number would be another's then. */
	irq_dispose_mapping(chan->irq);
	xpv_evtchn_abi->move(chan->port, chan->bound, xpv_hv_upcall_home());
	atomic_dec(&per_cpu(load, chan->cpu));
	kfree(chan);
}

int xpv_chan_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		atomic_set(&per_cpu(load, cpu), 0);
	fwnode = irq_domain_alloc_named_fwnode(DOMAIN_NAME);
	if (!fwnode)
		return -ENOMEM;
	domain = irq_domain_create_tree(fwnode, &domain_ops, NULL);
	if (!domain) {
		irq_domain_free_fwnode(fwnode);
		return -ENOMEM;
	}
	return 0;
}

void xpv_chan_exit(void)
{
	irq_domain_remove(domain);
	irq_domain_free_fwnode(fwnode);
}
