// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-fuzz: plays a random, hostile dom0 and a busy guest over the simulator
 * (tests/simulator). In debugfs, below xpv-fuzz:
 *
 *	run	SEED COUNT: COUNT executions, with the seeds from SEED on; ends at the
 *		first that fails, with an error. Read: executions so far
 *
 * An execution is a row of random steps (steps.c), each a choice of a generator
 * that is seeded with its seed, and then the end of all devices: the police must
 * have seen nothing, and what the guest had taken must be given back (balance.c).
 * The same seed makes the same steps; how threads meet is not in its hands.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <xpv/hypervisor.h>

#include "fuzz.h"

static struct dentry *folder;
static unsigned int executions;

/* One run at a time. */
static DEFINE_MUTEX(run_lock);

static int execute(u64 seed)
{
	ktime_t start = ktime_get();

	xfz_trace_begin(seed);
	xfz_seed(seed);
	xfz_steps();
	xfz_balance();
	executions++;
	pr_info("seed %llu: %s, %lld ms\n", seed, xfz_failed() ? "failed" : "ok",
		ktime_ms_delta(ktime_get(), start));
	return xfz_failed() ? -EIO : 0;
}

static int run(u64 seed, u64 count)
{
	int err = 0;

	lockdep_assert_held(&run_lock);
	while (!err && count--) {
		err = execute(seed++);
		if (!err && signal_pending(current))
			err = -EINTR;
	}
	return err;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t len,
			 loff_t *pos)
{
	u64 seed, count;
	char text[64];
	int err;

	if (len >= sizeof(text))
		return -E2BIG;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = 0;
	if (sscanf(text, "%llu %llu", &seed, &count) != 2)
		return -EINVAL;
	mutex_lock(&run_lock);
	err = run(seed, count);
	mutex_unlock(&run_lock);
	return err ?: len;
}

static ssize_t run_read(struct file *file, char __user *to, size_t len,
			loff_t *pos)
{
	char text[16];
	int size = scnprintf(text, sizeof(text), "%u\n", executions);

	return simple_read_from_buffer(to, len, pos, text, size);
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = run_read,
	.write = run_write,
};

/* The kernel stops: tell what has led to it. */
static int stopped(struct notifier_block *nb, unsigned long event, void *data)
{
	xfz_trace_print();
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = stopped };

static int __init xpv_fuzz_init(void)
{
	int err;

	if (xpv_hv_owner() != XPV_OWNER_XPV)
		return -ENODEV;
	err = xfz_net_init();
	if (err)
		return err;
	xfz_balance_init();
	atomic_notifier_chain_register(&panic_notifier_list, &notifier);
	folder = debugfs_create_dir("xpv-fuzz", NULL);
	debugfs_create_file("run", 0600, folder, NULL, &run_fops);
	return 0;
}

static void __exit xpv_fuzz_exit(void)
{
	debugfs_remove_recursive(folder);
	atomic_notifier_chain_unregister(&panic_notifier_list, &notifier);
	xfz_net_exit();
}

module_init(xpv_fuzz_init);
module_exit(xpv_fuzz_exit);

MODULE_DESCRIPTION("A hostile, random dom0 over a simulated Xen");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;
