// SPDX-License-Identifier: GPL-2.0-only
/* XenStore for dom0: all of it, without transactions, by function call. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dom0_store.h"
#include "simulator.h"
#include "store.h"
#include "toolstack.h"

static char *join(const char *path, const char *node)
{
	return kasprintf(GFP_KERNEL, *node ? "%s/%s" : "%s%s", path, node);
}

char *xsim_store_read(const char *path, const char *node)
{
	char *full = join(path, node), *value = ERR_PTR(-ENOENT);
	struct xsim_entry *entry;

	if (!full)
		return ERR_PTR(-ENOMEM);
	mutex_lock(&xsim_store_lock);
	entry = xsim_txn_find(NULL, full);
	if (entry)
		value = kmemdup_nul(entry->value ?: "", entry->len, GFP_KERNEL) ?:
				ERR_PTR(-ENOMEM);
	mutex_unlock(&xsim_store_lock);
	kfree(full);
	return value;
}
XPV_EXPORT_SYMBOL(xsim_store_read);

u64 xsim_store_read_uint(const char *path, const char *node, u64 fallback)
{
	char *text = xsim_store_read(path, node);
	u64 value;

	if (IS_ERR(text))
		return fallback;
	if (kstrtou64(text, 10, &value))
		value = fallback;
	kfree(text);
	return value;
}
XPV_EXPORT_SYMBOL(xsim_store_read_uint);

static int change(enum xsim_change type, const char *path, const char *node,
		  const void *value, size_t len)
{
	struct xsim_op op = { .type = type, .value = value, .len = len };
	char *full = join(path, node);
	int err;

	if (!full)
		return -ENOMEM;
	op.path = full;
	err = xsim_txn_change(NULL, &op);
	kfree(full);
	return err;
}

int xsim_store_write_locked(const char *path, const char *node,
			    const char *value)
{
	return change(XSIM_WRITE, path, node, value, strlen(value));
}

int xsim_store_make_locked(const char *path, const char *node, u16 owner,
			   char others)
{
	struct xsim_perm perms[2] = {
		{ .mode = 'n', .domid = owner },
		{ .mode = others, .domid = owner ? 0 : XSIM_GUEST },
	};
	int err = change(XSIM_MKDIR, path, node, NULL, 0);

	return err ?: change(XSIM_SET_PERMS, path, node, perms, sizeof(perms));
}

int xsim_store_give(const char *path)
{
	int err;

	mutex_lock(&xsim_store_lock);
	err = xsim_store_make_locked(path, "", XSIM_GUEST, 'r');
	mutex_unlock(&xsim_store_lock);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_store_give);

int xsim_store_write(const char *path, const char *node, const char *value)
{
	int err;

	mutex_lock(&xsim_store_lock);
	err = xsim_store_write_locked(path, node, value);
	mutex_unlock(&xsim_store_lock);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_store_write);

int xsim_store_printf(const char *path, const char *node, const char *fmt, ...)
{
	va_list args;
	char *value;
	int err;

	va_start(args, fmt);
	value = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	if (!value)
		return -ENOMEM;
	err = xsim_store_write(path, node, value);
	kfree(value);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_store_printf);

int xsim_store_remove(const char *path, const char *node)
{
	int err;

	mutex_lock(&xsim_store_lock);
	err = change(XSIM_RM, path, node, NULL, 0);
	mutex_unlock(&xsim_store_lock);
	return err == -ENOENT ? 0 : err;
}
XPV_EXPORT_SYMBOL(xsim_store_remove);

/* What xl makes for every domain. */
static int make_home(void)
{
	static const char *const guests[] = { "control/shutdown", "data",
					      "drivers", "error", "attr" };
	int err = xsim_store_make_locked(XSIM_HOME, "", 0, 'r');
	unsigned int i;

	err = err ?: xsim_store_write_locked(XSIM_HOME, "name", "simulated");
	err = err ?: xsim_store_write_locked(XSIM_HOME, "domid", "1");
	err = err ?: xsim_store_make_locked(XSIM_HOME, "device", 0, 'r');
	for (i = 0; !err && i < ARRAY_SIZE(guests); i++)
		err = xsim_store_make_locked(XSIM_HOME, guests[i], XSIM_GUEST, 'n');
	return err;
}

int xsim_dom0_store_reset_locked(void)
{
	lockdep_assert_held(&xsim_store_lock);
	return change(XSIM_RM, XSIM_HOME, "", NULL, 0) ?: make_home();
}

int xsim_dom0_store_init(void)
{
	int err;

	mutex_lock(&xsim_store_lock);
	err = make_home();
	mutex_unlock(&xsim_store_lock);
	return err;
}
