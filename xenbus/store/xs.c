// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads, writes, transactions and watches of XenStore, in the form drivers
 * want them. Keeps no state.
 */
#include <compat/linux/export.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <xen/interface/io/xs_wire.h>

#include "../internal.h"

/*
 * Only our own domain's toolstack and backends write near our nodes: so many
 * conflicts in a row mean that something keeps writing on purpose.
 */
#define TRANSACTION_TRIES	16

int xpv_xs_read(struct xpv_xs_txn *txn, const char *dir, const char *node,
		char **value)
{
	might_sleep();
	return xpv_xenbus_ops->read(xpv_xs_txn_id(txn), dir, node, value);
}
XPV_EXPORT_SYMBOL(xpv_xs_read);

int xpv_xs_exists(struct xpv_xs_txn *txn, const char *dir, const char *node)
{
	char *value;
	int err = xpv_xs_read(txn, dir, node, &value);

	if (!err)
		kfree(value);
	return err;
}
XPV_EXPORT_SYMBOL(xpv_xs_exists);

/* kstrtou64() forgives a leading plus and a trailing newline: this does not. */
static int parse_uint(const char *text, u64 *value)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || text[digits])
		return -EINVAL;
	return kstrtou64(text, 10, value);
}

int xpv_xs_read_uint(struct xpv_xs_txn *txn, const char *dir, const char *node,
		     u64 max, u64 *value)
{
	char *text;
	u64 number;
	int err;

	err = xpv_xs_read(txn, dir, node, &text);
	if (err)
		return err;

	err = parse_uint(text, &number);
	kfree(text);
	if (err)
		return err;
	if (number > max)
		return -ERANGE;

	*value = number;
	return 0;
}
XPV_EXPORT_SYMBOL(xpv_xs_read_uint);

int xpv_xs_printf(struct xpv_xs_txn *txn, const char *dir, const char *node,
		  const char *fmt, ...)
{
	va_list args;
	char *text;
	int err;

	might_sleep();
	va_start(args, fmt);
	text = kvasprintf(GFP_NOIO | __GFP_HIGH, fmt, args);
	va_end(args);
	if (!text)
		return -ENOMEM;

	err = -E2BIG;
	if (strlen(text) <= XENSTORE_PAYLOAD_MAX)
		err = xpv_xenbus_ops->write(xpv_xs_txn_id(txn), dir, node, text);
	kfree(text);
	return err;
}
XPV_EXPORT_SYMBOL(xpv_xs_printf);

int xpv_xs_remove(struct xpv_xs_txn *txn, const char *dir, const char *node)
{
	int err;

	might_sleep();
	err = xpv_xenbus_ops->remove(xpv_xs_txn_id(txn), dir, node);
	return err == -ENOENT ? 0 : err;
}
XPV_EXPORT_SYMBOL(xpv_xs_remove);

static int try_transaction(int (*fn)(struct xpv_xs_txn *txn, void *arg),
			   void *arg)
{
	struct xpv_xs_txn txn;
	int err;

	err = xpv_xenbus_ops->begin(&txn.id);
	if (err)
		return err;

	err = fn(&txn, arg);
	if (err) {
		xpv_xenbus_ops->end(txn.id, true);
		return err;
	}
	return xpv_xenbus_ops->end(txn.id, false);
}

int xpv_xs_transact(int (*fn)(struct xpv_xs_txn *txn, void *arg), void *arg)
{
	int tries, err;

	for (tries = 0; tries < TRANSACTION_TRIES; tries++) {
		err = try_transaction(fn, arg);
		if (err != -EAGAIN)
			return err;
	}
	return -EAGAIN;
}
XPV_EXPORT_SYMBOL(xpv_xs_transact);

int xpv_xs_watch_add(struct xpv_xs_watch *watch, const char *fmt, ...)
{
	va_list args;
	int err;

	might_sleep();
	va_start(args, fmt);
	watch->path = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	if (!watch->path)
		return -ENOMEM;

	err = xpv_xenbus_ops->watch(watch);
	if (err) {
		kfree(watch->path);
		watch->path = NULL;
	}
	return err;
}
XPV_EXPORT_SYMBOL(xpv_xs_watch_add);

void xpv_xs_watch_remove(struct xpv_xs_watch *watch)
{
	might_sleep();
	if (!watch->path)
		return;

	xpv_xenbus_ops->unwatch(watch);
	kfree(watch->path);
	watch->path = NULL;
}
XPV_EXPORT_SYMBOL(xpv_xs_watch_remove);
