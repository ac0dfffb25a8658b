// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-xenbus: the API of include/xpv/xenbus.h and xenstore.h, over the
 * implementation that fits the domain's owner.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "internal.h"

const struct xpv_xenbus_ops *xpv_xenbus_ops __ro_after_init;

int xpv_bus_register(struct xpv_driver *drv)
{
	might_sleep();
	/* Built in, drivers get here even where no service could be given. */
	if (!xpv_xenbus_ops)
		return -ENODEV;
	return xpv_xenbus_ops->register_driver(drv);
}
XPV_EXPORT_SYMBOL(xpv_bus_register);

void xpv_bus_unregister(struct xpv_driver *drv)
{
	might_sleep();
	xpv_xenbus_ops->unregister_driver(drv);
}
XPV_EXPORT_SYMBOL(xpv_bus_unregister);

static int __init xpv_xenbus_init(void)
{
	const struct xpv_xenbus_ops *chosen = NULL;
	int err;

	if (xpv_hv_owner() == XPV_OWNER_KERNEL)
		chosen = xpv_xenbus_kernel();
	else if (xpv_hv_owner() == XPV_OWNER_XPV)
		chosen = xpv_xenbus_native();
	if (!chosen)
		return -ENODEV;

	err = xpv_device_init();
	if (err)
		return err;
	/* What start() finds is looked at with these. */
	xpv_xenbus_ops = chosen;
	if (chosen->start)
		err = chosen->start();
	if (err) {
		xpv_xenbus_ops = NULL;
		xpv_device_exit();
	}
	return err;
}

static void __exit xpv_xenbus_exit(void)
{
	if (xpv_xenbus_ops->stop)
		xpv_xenbus_ops->stop();
	xpv_device_exit();
}

module_init(xpv_xenbus_init);
module_exit(xpv_xenbus_exit);

MODULE_DESCRIPTION("Xen guest: XenStore client and device bus");
MODULE_LICENSE("GPL");
XPV_IMPORT_NS;
