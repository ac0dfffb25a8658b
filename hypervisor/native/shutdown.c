// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of this kernel. The driver core shuts devices down in the reverse
 * order of their coming, those of our bus before the one that stands here for
 * the hypervisor: so no backend uses our pages any more when it is its turn.
 * Then the services leave, top to bottom, and this module last.
 *
 * A kernel that crashes does none of this. The one that it starts lives in
 * memory of its own, which Xen has never been told of.
 *
 * The lock guards the list.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <xpv/shutdown.h>

#include "../internal.h"

#define DEVICE_NAME	"xpv-hypervisor"

static LIST_HEAD(leavers);
static DEFINE_MUTEX(leavers_lock);

static struct platform_device *device;

void xpv_hv_leaver_add(struct xpv_hv_leaver *leaver)
{
	mutex_lock(&leavers_lock);
	/* In front: the lowest service was the first to come. */
	list_add(&leaver->entry, &leavers);
	mutex_unlock(&leavers_lock);
}
XPV_EXPORT_SYMBOL(xpv_hv_leaver_add);

void xpv_hv_leaver_remove(struct xpv_hv_leaver *leaver)
{
	mutex_lock(&leavers_lock);
	list_del(&leaver->entry);
	mutex_unlock(&leavers_lock);
}
XPV_EXPORT_SYMBOL(xpv_hv_leaver_remove);

static void shut_down(struct platform_device *pdev)
{
	struct xpv_hv_leaver *leaver;

	mutex_lock(&leavers_lock);
	list_for_each_entry(leaver, &leavers, entry)
		leaver->leave();
	mutex_unlock(&leavers_lock);
	xpv_hv_upcall_leave();
	xpv_hv_shared_info_leave();
}

static struct platform_driver driver = {
	.shutdown = shut_down,
	.driver = {
		.name = DEVICE_NAME,
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

int xpv_hv_shutdown_init(void)
{
	int err = platform_driver_register(&driver);

	if (err)
		return err;
	device = platform_device_register_simple(DEVICE_NAME,
						 PLATFORM_DEVID_NONE, NULL, 0);
	if (!IS_ERR(device))
		return 0;
	platform_driver_unregister(&driver);
	return PTR_ERR(device);
}

void xpv_hv_shutdown_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
}
