// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared info page, each vCPU's place in it, and interrupting a vCPU: CPU n
 * is vCPU n. The upcall is made in hard interrupt context by an irq_work of
 * that CPU; a remote one is reached by IPI, which queues the irq_work there,
 * as an idle CPU may look at its IPIs outside of an interrupt. An architecture
 * that has no interrupt for irq_work, as user-mode Linux, would run it with the
 * next tick only: a timer that expires at once takes its place there.
 *
 * Under xsim_lock, but for the upcall itself.
 */
#include <compat/linux/hrtimer.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/types.h>
#include <asm/irq_work.h>
#include <xen/interface/xen.h>
#include <xpv/simulate.h>

#include "simulator.h"

static struct xsim_frame shared_info;

/**
 * struct line - the interrupt line of a vCPU
 * @work: makes the upcall on that CPU
 * @timer: does so where irq_work has no interrupt
 * @csd: gets there
 * @info: where it is told of events, other than in the shared info page
 */
struct line {
	struct irq_work work;
	struct hrtimer timer;
	call_single_data_t csd;
	struct vcpu_info *info;
};

static DEFINE_PER_CPU(struct line, lines);

struct xsim_frame *xsim_shared_info_frame(void)
{
	return &shared_info;
}

struct vcpu_info *xsim_vcpu_info_locked(unsigned int vcpu)
{
	struct shared_info *page = shared_info.at;

	lockdep_assert_held(&xsim_lock);
	if (vcpu >= nr_cpu_ids || !cpu_possible(vcpu))
		return NULL;
	if (per_cpu(lines, vcpu).info)
		return per_cpu(lines, vcpu).info;
	return vcpu < ARRAY_SIZE(page->vcpu_info) ? &page->vcpu_info[vcpu] : NULL;
}

static void upcall(struct irq_work *work)
{
	xpv_hv_simulate_upcall();
}

static enum hrtimer_restart upcall_by_timer(struct hrtimer *timer)
{
	xpv_hv_simulate_upcall();
	return HRTIMER_NORESTART;
}

/* What was raised already, and has not run yet, will see the new event too. */
static void interrupt_this_cpu(struct line *line)
{
	if (arch_irq_work_has_interrupt())
		irq_work_queue(&line->work);
	else
		hrtimer_start(&line->timer, 0, HRTIMER_MODE_REL_PINNED_HARD);
}

static void arrive(void *unused)
{
	interrupt_this_cpu(this_cpu_ptr(&lines));
}

static void interrupt(unsigned int cpu)
{
	struct line *line = &per_cpu(lines, cpu);

	if (cpu == smp_processor_id())
		interrupt_this_cpu(line);
	else if (cpu_online(cpu))
		smp_call_function_single_async(cpu, &line->csd);
}

/* As Xen: a vCPU that has not looked yet is not interrupted again. */
void xsim_upcall_raise_locked(unsigned int vcpu)
{
	struct vcpu_info *info = xsim_vcpu_info_locked(vcpu);

	if (info && !xchg(&info->evtchn_upcall_pending, 1))
		interrupt(vcpu);
}

long xsim_register_vcpu_info(unsigned int vcpu, u64 gfn, u32 offset)
{
	unsigned long flags;
	struct vcpu_info *info;
	long ret = -EINVAL;
	void *page;

	raw_spin_lock_irqsave(&xsim_lock, flags);
	page = xsim_guest_page_locked(gfn);
	if (page && offset <= PAGE_SIZE - sizeof(*info) &&
	    vcpu < nr_cpu_ids && !per_cpu(lines, vcpu).info) {
		info = page + offset;
		info->evtchn_pending_sel = ~0ul;
		info->evtchn_upcall_pending = 1;
		per_cpu(lines, vcpu).info = info;
		ret = 0;
	}
	raw_spin_unlock_irqrestore(&xsim_lock, flags);
	return ret;
}

void xsim_upcall_reset_locked(void)
{
	unsigned int cpu;

	lockdep_assert_held(&xsim_lock);
	for_each_possible_cpu(cpu)
		per_cpu(lines, cpu).info = NULL;
	memset(shared_info.at, 0, PAGE_SIZE);
}

static void settle(void *unused)
{
}

int xsim_upcall_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct line *line = &per_cpu(lines, cpu);

		line->work = IRQ_WORK_INIT_HARD(upcall);
		hrtimer_setup(&line->timer, upcall_by_timer, CLOCK_MONOTONIC,
			      HRTIMER_MODE_REL_PINNED_HARD);
		INIT_CSD(&line->csd, arrive, NULL);
		line->info = NULL;
	}
	return xsim_frame_init(&shared_info);
}

/* Nothing is raised any more: what is under way arrives, and ends. */
void xsim_upcall_exit(void)
{
	unsigned int cpu;

	on_each_cpu(settle, NULL, true);
	for_each_possible_cpu(cpu) {
		irq_work_sync(&per_cpu(lines, cpu).work);
		hrtimer_cancel(&per_cpu(lines, cpu).timer);
	}
	xsim_frame_exit(&shared_info);
}
