// SPDX-License-Identifier: GPL-2.0-only
/* The implementation for a domain that nobody else owns: its start and end. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>

#include "native.h"
#include "../store/native/store.h"

static struct xpv_hv_leaver leaver = { .leave = xpv_store_link_leave };

static int native_start(void)
{
	int err;

	err = xpv_native_xs_init();
	if (err) {
		pr_err("no memory for a queue of watch events\n");
		return err;
	}
	err = xpv_store_link_open();
	if (err)
		goto err_exit_xs;
	err = xpv_native_bus_init();
	if (err)
		goto err_close_link;
	err = xpv_native_file_init();
	if (err)
		goto err_exit_bus;
	/* Their disks and cards are ours from here on. */
	xpv_hv_unplug();
	err = xpv_native_scan_init();
	if (err)
		goto err_exit_file;
	xpv_hv_leaver_add(&leaver);
	return 0;

err_exit_file:
	xpv_native_file_exit();
err_exit_bus:
	xpv_native_bus_exit();
err_close_link:
	xpv_store_link_close();
err_exit_xs:
	xpv_native_xs_exit();
	return err;
}

/*
 * Devices tell their backends that they go, and files' last requests are still
 * under way: so the connection goes after both. Callbacks of watches end before
 * their queue does.
 */
static void native_stop(void)
{
	xpv_hv_leaver_remove(&leaver);
	xpv_native_scan_exit();
	xpv_native_file_exit();
	xpv_native_bus_exit();
	xpv_store_link_close();
	xpv_native_xs_exit();
}

static const struct xpv_xenbus_ops ops = {
	.read = xpv_native_read,
	.write = xpv_native_write,
	.remove = xpv_native_remove,
	.begin = xpv_native_begin,
	.end = xpv_native_end,
	.watch = xpv_native_watch,
	.unwatch = xpv_native_unwatch,
	.register_driver = xpv_native_register,
	.unregister_driver = xpv_native_unregister,
	.state_written = xpv_native_state_written,
	.start = native_start,
	.stop = native_stop,
};

const struct xpv_xenbus_ops *xpv_xenbus_native(void)
{
	return &ops;
}
