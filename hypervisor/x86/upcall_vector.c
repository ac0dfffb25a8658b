// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt vector for upcalls on each CPU: HVMOP_set_evtchn_upcall_vector,
 * since Xen 4.6.
 *
 * One managed interrupt for each possible CPU, in a domain of ours on top of
 * the kernel's domain of APIC vectors. The kernel starts a managed interrupt
 * when its CPU comes online and shuts it down when that goes; each start
 * activates it in our domain, where Xen is told the vector.
 *
 * Xen cannot be told to forget a vector. After us no event is unmasked, and
 * none is raised.
 *
 * The table of interrupts is written in module init and exit. Whether Xen knows
 * a CPU's vector is written under the lock of the interrupt's descriptor.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <asm/hw_irq.h>
#include <asm/irqdomain.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xpv/hypercall.h>
#include <xpv/upcall.h>

#include "../arch.h"
#include "../internal.h"

#define DOMAIN_NAME	"xpv-upcall"

static struct fwnode_handle *fwnode;
static struct irq_domain *domain;

/* The CPU's interrupt, 0 for none. */
static DEFINE_PER_CPU(unsigned int, irq);
/* 0 while Xen knows the CPU's vector; else why it does not. */
static DEFINE_PER_CPU(int, untold) = -ENODEV;
static DEFINE_PER_CPU(u8, told);

bool xpv_hv_upcall_vector_told(unsigned int cpu)
{
	return !READ_ONCE(per_cpu(untold, cpu));
}

static int tell(unsigned int cpu, u8 vector)
{
	struct xen_hvm_evtchn_upcall_vector op = { .vector = vector };

	/* A CPU's first start comes before anyone asked it for its number. */
	if (xpv_hv_vcpu_id(cpu) == XPV_VCPU_NONE) {
		if (cpu != smp_processor_id())
			return -ENXIO;
		xpv_hv_vcpu_learn(cpu);
	}
	op.vcpu = xpv_hv_vcpu_id(cpu);
	return xpv_hv_hvm_op(HVMOP_set_evtchn_upcall_vector, &op);
}

static void tell_vector_of(struct irq_data *data)
{
	unsigned int cpu = data->hwirq;
	u8 vector = irqd_cfg(data)->vector;
	int err;

	if (xpv_hv_upcall_vector_told(cpu) && per_cpu(told, cpu) == vector)
		return;
	err = tell(cpu, vector);
	per_cpu(told, cpu) = vector;
	WRITE_ONCE(per_cpu(untold, cpu), err);
	if (err)
		pr_warn_once("Xen takes no upcall vector for CPU %u: %d\n", cpu,
			     err);
}

/* The interrupt's lock is held: no error may go up, the kernel would WARN. */
static int activate(struct irq_domain *d, struct irq_data *data, bool reserve)
{
	/* Without a CPU there is no vector yet. */
	if (!reserve && !irqd_is_managed_and_shutdown(data))
		tell_vector_of(data);
	return 0;
}

static void deactivate(struct irq_domain *d, struct irq_data *data)
{
	WRITE_ONCE(per_cpu(untold, data->hwirq), -ENODEV);
}

static int set_affinity(struct irq_data *data, const struct cpumask *mask,
			bool force)
{
	int ret = irq_chip_set_affinity_parent(data, mask, force);

	/* The vector may be another now. */
	if (ret >= 0 && irqd_is_activated(data))
		tell_vector_of(data);
	return ret;
}

static struct irq_chip chip = {
	.name = "xpv-upcall",
	.irq_ack = irq_chip_ack_parent,
	.irq_set_affinity = set_affinity,
	.irq_retrigger = irq_chip_retrigger_hierarchy,
	.flags = IRQCHIP_SKIP_SET_WAKE,
};

static int alloc(struct irq_domain *d, unsigned int virq, unsigned int nr,
		 void *arg)
{
	const struct irq_alloc_info *info = arg;
	int err = irq_domain_alloc_irqs_parent(d, virq, nr, arg);

	if (!err)
		irq_domain_set_info(d, virq, info->hwirq, &chip, NULL,
				    handle_edge_irq, NULL, "edge");
	return err;
}

static const struct irq_domain_ops domain_ops = {
	.alloc = alloc,
	.free = irq_domain_free_irqs_common,
	.activate = activate,
	.deactivate = deactivate,
};

static irqreturn_t upcall(int virq, void *data)
{
	xpv_hv_upcall_take(smp_processor_id());
	return IRQ_HANDLED;
}

static void destroy_irq(unsigned int cpu)
{
	unsigned int virq = per_cpu(irq, cpu);

	if (!virq)
		return;
	free_irq(virq, &domain);
	irq_dispose_mapping(virq);
	per_cpu(irq, cpu) = 0;
}

static int create_irq(unsigned int cpu, const struct irq_affinity_desc *where)
{
	struct irq_alloc_info info = { .hwirq = cpu };
	int virq, err;

	virq = __irq_domain_alloc_irqs(domain, -1, 1, cpu_to_node(cpu), &info,
				       false, where);
	if (virq < 0)
		return virq;

	err = request_irq(virq, upcall, IRQF_NO_THREAD | IRQF_NOBALANCING,
			  "xpv:upcall", &domain);
	if (err) {
		irq_dispose_mapping(virq);
		return err;
	}
	per_cpu(irq, cpu) = virq;
	/* One that is not online yet will be told of when it is. */
	return cpu_online(cpu) ? READ_ONCE(per_cpu(untold, cpu)) : 0;
}

static int create_irqs(void)
{
	/* Not on the stack: it holds a mask of all CPUs a kernel can have. */
	struct irq_affinity_desc *where = kzalloc(sizeof(*where), GFP_KERNEL);
	unsigned int cpu;
	int err = 0;

	if (!where)
		return -ENOMEM;
	where->is_managed = 1;
	for_each_possible_cpu(cpu) {
		cpumask_copy(&where->mask, cpumask_of(cpu));
		err = create_irq(cpu, where);
		if (err)
			break;
	}
	kfree(where);
	return err;
}

void xpv_hv_upcall_vector_exit(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		destroy_irq(cpu);
	irq_domain_remove(domain);
	irq_domain_free_fwnode(fwnode);
}

int xpv_hv_upcall_vector_init(void)
{
	int err;

	/* A kernel told to use no local APIC. */
	if (!x86_vector_domain)
		return -ENODEV;

	fwnode = irq_domain_alloc_named_fwnode(DOMAIN_NAME);
	if (!fwnode)
		return -ENOMEM;
	domain = irq_domain_create_hierarchy(x86_vector_domain, 0, nr_cpu_ids,
					     fwnode, &domain_ops, NULL);
	if (!domain) {
		irq_domain_free_fwnode(fwnode);
		return -ENOMEM;
	}
	err = create_irqs();
	if (err)
		xpv_hv_upcall_vector_exit();
	return err;
}
