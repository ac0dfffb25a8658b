// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which devices there are: what the toolstack has put below device/ in our
 * directory. One watch on that; its work looks through all of it, adds what is
 * new and removes what is gone. Only that work looks at the list, so that needs
 * no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/xen.h>

#include "native.h"
#include "../store/native/store.h"

#define ROOT		"device"

static LIST_HEAD(devices);

/*
 * Some device had no state when the scan looked. Written by the scan's work,
 * before it looks, so that the watch's event of a state written later sees it.
 */
static bool incomplete;

/* Where the backend of a device is. */
struct backend {
	char *path;
	xpv_domid_t peer;
};

/* Strict: both nodes, or it is no device of ours. */
static int read_backend(const char *nodename, struct backend *backend)
{
	u64 peer;
	int err;

	err = xpv_xs_read_uint(NULL, nodename, "backend-id",
			       DOMID_FIRST_RESERVED - 1, &peer);
	if (err)
		return err;
	err = xpv_xs_read(NULL, nodename, "backend", &backend->path);
	if (err)
		return err;
	if (!*backend->path) {
		kfree(backend->path);
		return -EINVAL;
	}
	backend->peer = xpv_domid(peer);
	return 0;
}

static struct xpv_native_device *find(const char *type, const char *id)
{
	struct xpv_native_device *native;
	size_t len = strlen(type);

	list_for_each_entry(native, &devices, entry)
		if (!strcmp(native->type, type) &&
		    !strcmp(native->nodename + sizeof(ROOT) + len + 1, id))
			return native;
	return NULL;
}

static void keep(struct xpv_native_device *native, struct backend *backend)
{
	native->seen = true;
	if (strcmp(native->otherend, backend->path) ||
	    native->peer != backend->peer)
		xpv_native_device_move(native, backend->path, backend->peer);
	else
		kfree(backend->path);
}

static int add(struct xpv_native_device *native, struct backend *backend)
{
	int err;

	native->otherend = backend->path;
	native->peer = backend->peer;
	native->seen = true;
	err = xpv_native_device_add(native);
	if (err)
		put_device(&native->dev);
	else
		list_add_tail(&native->entry, &devices);
	return err;
}

/* Its toolstack writes the state last, or all at once. */
static int look_for_state(const char *nodename)
{
	bool was = incomplete;
	int err;

	WRITE_ONCE(incomplete, true);
	err = xpv_xs_exists(NULL, nodename, "state");
	if (err != -ENOENT)
		WRITE_ONCE(incomplete, was);
	return err;
}

/* A device that one cannot read is not there; what has gone wrong is told. */
static int visit_new(const char *type, const char *id)
{
	struct xpv_native_device *native = xpv_native_device_alloc(type, id);
	struct backend backend;
	int err;

	if (!native)
		return -ENOMEM;

	err = look_for_state(native->nodename);
	if (!err)
		err = read_backend(native->nodename, &backend);
	if (!err)
		return add(native, &backend);

	if (err == -EINVAL || err == -ERANGE)
		pr_warn_ratelimited("%s: its backend or backend-id is malformed: ignored\n",
				    native->nodename);
	put_device(&native->dev);
	return err == -EIO || err == -ETIMEDOUT ? err : 0;
}

static int visit(const char *type, const char *id)
{
	struct xpv_native_device *native = find(type, id);
	struct backend backend;
	int err;

	/* The console is not for a driver on this bus. */
	if (!strcmp(type, "console") && !strcmp(id, "0"))
		return 0;
	if (!native)
		return visit_new(type, id);

	err = read_backend(native->nodename, &backend);
	if (!err)
		keep(native, &backend);
	else if (err != -ENOENT)
		/* It is there, whatever became of its backend. */
		native->seen = true;
	return 0;
}

/* Names in a directory, one after the other; one that is gone has none. */
static int visit_names(const char *path, const char *type,
		       int (*fn)(const char *type, const char *name))
{
	struct xpv_store_names names;
	const char *at, *name;
	size_t left;
	int err;

	err = xpv_native_list(path, &names);
	if (err)
		return err == -ENOENT ? 0 : err;

	at = names.text;
	left = names.len;
	while (!err && left) {
		name = xpv_store_cut(&at, &left);
		err = name ? fn(type, name) : -EIO;
	}
	kfree(names.text);
	return err;
}

static int visit_type(const char *root, const char *type)
{
	char *path = kasprintf(GFP_KERNEL, "%s/%s", root, type);
	int err;

	if (!path)
		return -ENOMEM;

	err = visit_names(path, type, visit);
	kfree(path);
	return err;
}

static void forget(struct xpv_native_device *native)
{
	list_del(&native->entry);
	device_unregister(&native->dev);
}

static void scan(struct work_struct *work)
{
	struct xpv_native_device *native, *next;
	int err;

	list_for_each_entry(native, &devices, entry)
		native->seen = false;
	WRITE_ONCE(incomplete, false);
	err = visit_names(ROOT, ROOT, visit_type);
	if (err) {
		/* Not knowing what there is, remove nothing. */
		pr_err("cannot look through the devices in XenStore (error %d)\n",
		       err);
		return;
	}
	list_for_each_entry_safe(native, next, &devices, entry)
		if (!native->seen)
			forget(native);
}

static DECLARE_WORK(scan_work, scan);

/*
 * Most of what changes below device/ are the drivers' own nodes. Devices come
 * with their state, go with their directory, or one above it, and move with
 * their backend.
 */
static bool matters(const char *path)
{
	unsigned int slashes = 0;
	const char *at;

	for (at = path; *at; at++)
		slashes += *at == '/';
	if (slashes <= 2)
		return true;
	at = strrchr(path, '/') + 1;
	if (slashes != 3)
		return false;
	if (!strcmp(at, "state"))
		return READ_ONCE(incomplete);
	return !strcmp(at, "backend") || !strcmp(at, "backend-id");
}

static void changed(struct xpv_store_watch *watch, const char *path)
{
	if (matters(path))
		xpv_native_queue(&scan_work);
}

static struct xpv_store_watch watch = {
	.path = ROOT,
	.event = changed,
};

static void stop(void)
{
	struct xpv_native_device *native, *next;

	cancel_work_sync(&scan_work);
	list_for_each_entry_safe(native, next, &devices, entry)
		forget(native);
}

/* The watch fires at once: that is the first scan. */
int xpv_native_scan_init(void)
{
	int err = xpv_store_watch_add(&watch);

	if (err) {
		pr_err("cannot watch the devices in XenStore (error %d)\n", err);
		stop();
	}
	return err;
}

void xpv_native_scan_exit(void)
{
	xpv_store_watch_remove(&watch);
	stop();
}
