// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages whose grant a peer holds on to, kept out of use with their reference
 * until it lets go. A peer that never does costs what it was lent, no more:
 * the list is bounded by the grants its queues had.
 *
 * The lot's lock guards the list; a leaf, taken with interrupts off since
 * queues park from any context.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "internal.h"

#define LOOK_AGAIN_AFTER	(HZ / 2)

struct parked {
	struct list_head list;
	xpv_gref_t ref;
	struct page *page;
};

static void look_again(struct work_struct *work);

static LIST_HEAD(lot);
static DEFINE_SPINLOCK(lot_lock);
static DECLARE_DELAYED_WORK(lot_work, look_again);

atomic_t xpv_gnttab_parked = ATOMIC_INIT(0);

static int show_parked(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&xpv_gnttab_parked));
}

static const struct kernel_param_ops parked_ops = { .get = show_parked };

module_param_cb(parked, &parked_ops, NULL, 0444);
MODULE_PARM_DESC(parked,
		 "Pages kept out of use because a backend still maps them (read only)");

static void forget(struct parked *p)
{
	if (p->page)
		put_page(p->page);
	kfree(p);
	atomic_dec(&xpv_gnttab_parked);
}

/* Those still held go back to the lot. */
static void look_at(struct list_head *batch)
{
	struct parked *p, *next;

	list_for_each_entry_safe(p, next, batch, list) {
		if (xpv_gnttab_ops.try_release(p->ref))
			continue;
		list_del(&p->list);
		forget(p);
	}
}

static void look_again(struct work_struct *work)
{
	LIST_HEAD(batch);
	bool again;

	spin_lock_irq(&lot_lock);
	list_splice_init(&lot, &batch);
	spin_unlock_irq(&lot_lock);

	look_at(&batch);

	spin_lock_irq(&lot_lock);
	list_splice(&batch, &lot);
	again = !list_empty(&lot);
	spin_unlock_irq(&lot_lock);

	if (again)
		schedule_delayed_work(&lot_work, LOOK_AGAIN_AFTER);
}

void xpv_gnttab_park(xpv_gref_t ref, struct page *page)
{
	struct parked *p = kmalloc(sizeof(*p), GFP_ATOMIC | __GFP_NOWARN);
	unsigned long flags;

	if (!p) {
		/* Whoever owns the table may find memory for it, or leak it. */
		xpv_gnttab_ops.abandon(ref, page);
		return;
	}

	p->ref = ref;
	p->page = page;
	atomic_inc(&xpv_gnttab_parked);
	pr_info_ratelimited("a backend still maps grant %u: its page is kept out of use until it lets go\n",
			    xpv_gref_raw(ref));

	spin_lock_irqsave(&lot_lock, flags);
	list_add_tail(&p->list, &lot);
	spin_unlock_irqrestore(&lot_lock, flags);
	schedule_delayed_work(&lot_work, LOOK_AGAIN_AFTER);
}
XPV_EXPORT_SYMBOL(xpv_gnttab_park);

void xpv_gnttab_park_exit(void)
{
	struct parked *p, *next;

	/* All users are gone: nothing is added any more. */
	cancel_delayed_work_sync(&lot_work);
	look_at(&lot);

	list_for_each_entry_safe(p, next, &lot, list) {
		pr_warn("unloaded while a backend still maps grant %u\n",
			xpv_gref_raw(p->ref));
		xpv_gnttab_ops.abandon(p->ref, p->page);
		list_del(&p->list);
		kfree(p);
	}
}
