// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells how much of a processor's time was that of the simulator's backends, so
 * that tests/bench/cost can take it off what the guest itself has used. For
 * machines with one processor.
 *
 * The simulator does dom0's work in a workqueue. Time is dom0's while such work
 * runs, and neither is it switched out, nor does an interrupt, or the softirq
 * after it, run on top of it: these are the guest's. The boundaries are
 * tracepoints of the kernel's; the clock is the TSC, which under QEMU's -icount
 * counts instructions.
 *
 * No lock: one processor, and each probe runs to its end. An interrupt between
 * two lines of a probe moves some instructions from one side to the other.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include <asm/msr.h>

/*
 * Workers in the middle of dom0's work, whether or not they have the processor.
 * Where one sleeps, the workqueue has another go on.
 */
static struct task_struct *workers[8];
/* Interrupts and softirqs that are under way. */
static int depth;
/* Since when the time is dom0's, 0 while it is not. */
static u64 since;
static u64 dom0_time;
/* What was told from the names of functions: one is dom0's, one is not. */
static work_func_t dom0_func, other_func;
static struct dentry *folder;
/* Set once all probes are there, outside of interrupts: no pair is half seen. */
static bool active;

static struct task_struct **place_of(const struct task_struct *task)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(workers); i++)
		if (workers[i] == task)
			return &workers[i];
	return NULL;
}

/* With @next on the processor. */
static void look(const struct task_struct *next)
{
	bool dom0 = !depth && place_of(next);

	if (!active || dom0 == !!since)
		return;
	if (dom0) {
		since = rdtsc();
		return;
	}
	dom0_time += rdtsc() - since;
	since = 0;
}

static bool is_dom0s(work_func_t func)
{
	char name[96];

	if (func == dom0_func)
		return true;
	if (func == other_func)
		return false;
	snprintf(name, sizeof(name), "%ps", func);
	if (!strstr(name, "[xpv_simulator]")) {
		other_func = func;
		return false;
	}
	dom0_func = func;
	return true;
}

static void work_starts(void *unused, struct work_struct *work)
{
	struct task_struct **place = place_of(NULL);

	if (!is_dom0s(work->func) || WARN_ON_ONCE(!place))
		return;
	*place = current;
	look(current);
}

static void work_ends(void *unused, struct work_struct *work, work_func_t func)
{
	struct task_struct **place = place_of(current);

	if (!place)
		return;
	*place = NULL;
	look(current);
}

static void switches(void *unused, bool preempt, struct task_struct *prev,
		     struct task_struct *next, unsigned int prev_state)
{
	look(next);
}

static void enters(void *unused, int number)
{
	if (!active)
		return;
	depth++;
	look(current);
}

static void leaves(void *unused, int number)
{
	if (!active)
		return;
	depth--;
	look(current);
}

/**
 * struct probe - a tracepoint and what is to be called there
 * @name: of the tracepoint
 * @func: has its arguments
 * @point: found by name
 */
struct probe {
	const char *name;
	void *func;
	struct tracepoint *point;
};

static struct probe probes[] = {
	{ "softirq_entry", enters },
	{ "softirq_exit", leaves },
	{ "irq_work_entry", enters },
	{ "irq_work_exit", leaves },
	{ "local_timer_entry", enters },
	{ "local_timer_exit", leaves },
	{ "sched_switch", switches },
	{ "workqueue_execute_end", work_ends },
	{ "workqueue_execute_start", work_starts },
};

static void find(struct tracepoint *point, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(point->name, probes[i].name))
			probes[i].point = point;
}

static void detach(unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].point, probes[nr].func,
					    NULL);
	tracepoint_synchronize_unregister();
}

static int attach(void)
{
	unsigned int i;
	int err;

	for_each_kernel_tracepoint(find, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = probes[i].point ?
			      tracepoint_probe_register(probes[i].point,
							probes[i].func, NULL) :
			      -ENOENT;
		if (!err)
			continue;
		pr_err("no tracepoint %s: %d\n", probes[i].name, err);
		detach(i);
		return err;
	}
	return 0;
}

static int __init clock_init(void)
{
	int err;

	if (num_online_cpus() != 1) {
		pr_err("this machine has more than one processor\n");
		return -EINVAL;
	}
	err = attach();
	if (err)
		return err;
	WRITE_ONCE(active, true);
	folder = debugfs_create_dir("xpv-bench", NULL);
	debugfs_create_u64("dom0", 0444, folder, &dom0_time);
	return 0;
}

static void __exit clock_exit(void)
{
	debugfs_remove_recursive(folder);
	WRITE_ONCE(active, false);
	detach(ARRAY_SIZE(probes));
}

module_init(clock_init);
module_exit(clock_exit);

MODULE_DESCRIPTION("Benchmarks of xpv: tells the guest's time from dom0's");
MODULE_LICENSE("GPL");
