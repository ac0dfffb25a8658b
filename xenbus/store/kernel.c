// SPDX-License-Identifier: GPL-2.0-only
/*
 * XenStore by the kernel's own client, where that owns the domain. It waits
 * for xenstored without a bound; xenstored is part of what is trusted.
 */
#include <linux/kconfig.h>

#include "../internal.h"

#ifdef CONFIG_XEN
#include <linux/err.h>
#include <linux/slab.h>
#include <xen/xenbus.h>

static struct xenbus_transaction kernel_txn(u32 txn)
{
	return (struct xenbus_transaction){ .id = txn };
}

int xpv_kernel_xs_read(u32 txn, const char *dir, const char *node, char **value)
{
	void *text = xenbus_read(kernel_txn(txn), dir, node, NULL);

	if (IS_ERR(text))
		return PTR_ERR(text);
	*value = text;
	return 0;
}

int xpv_kernel_xs_write(u32 txn, const char *dir, const char *node,
			const char *value)
{
	return xenbus_write(kernel_txn(txn), dir, node, value);
}

int xpv_kernel_xs_remove(u32 txn, const char *dir, const char *node)
{
	return xenbus_rm(kernel_txn(txn), dir, node);
}

int xpv_kernel_xs_begin(u32 *txn)
{
	struct xenbus_transaction new;
	int err = xenbus_transaction_start(&new);

	if (!err)
		*txn = new.id;
	return err;
}

int xpv_kernel_xs_end(u32 txn, bool abort)
{
	return xenbus_transaction_end(kernel_txn(txn), abort);
}

struct kernel_watch {
	struct xenbus_watch kernel;
	struct xpv_xs_watch *ours;
};

static void fired(struct xenbus_watch *kernel, const char *path,
		  const char *token)
{
	struct kernel_watch *w = container_of(kernel, struct kernel_watch,
					      kernel);

	w->ours->changed(w->ours);
}

/*
 * One event waiting is as good as many (XSA-349): the callback looks at the
 * node, not at the event. Called with the kernel's lock for nr_pending held.
 */
static bool none_waiting(struct xenbus_watch *kernel, const char *path,
			 const char *token)
{
	return !kernel->nr_pending;
}

int xpv_kernel_xs_watch(struct xpv_xs_watch *watch)
{
	struct kernel_watch *w = kzalloc(sizeof(*w), GFP_KERNEL);
	int err;

	if (!w)
		return -ENOMEM;

	w->ours = watch;
	w->kernel.node = watch->path;
	w->kernel.callback = fired;
	w->kernel.will_handle = none_waiting;
	watch->priv = w;
	err = register_xenbus_watch(&w->kernel);
	if (err)
		kfree(w);
	return err;
}

void xpv_kernel_xs_unwatch(struct xpv_xs_watch *watch)
{
	struct kernel_watch *w = watch->priv;

	unregister_xenbus_watch(&w->kernel);
	kfree(w);
	watch->priv = NULL;
}
#endif
