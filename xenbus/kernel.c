// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices and drivers on the kernel's own xenbus, where the kernel owns the
 * domain: it finds the devices and binds them; the handshake is ours.
 */
#include <linux/kconfig.h>

#include "internal.h"

#ifdef CONFIG_XEN
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/xenbus.h>

struct kernel_driver {
	struct xenbus_driver kernel;
	/* The kernel takes a list that ends in an empty type. */
	struct xenbus_device_id ids[2];
	const struct xpv_driver *ours;
};

static const struct xpv_driver *driver_of(struct xenbus_device *kdev)
{
	struct xenbus_driver *kernel = to_xenbus_driver(kdev->dev.driver);

	return container_of(kernel, struct kernel_driver, kernel)->ours;
}

static int kernel_probe(struct xenbus_device *kdev,
			const struct xenbus_device_id *id)
{
	struct xpv_device *xdev;

	xdev = xpv_device_create(&kdev->dev, kdev->nodename, kdev->otherend,
				 xpv_domid(kdev->otherend_id), driver_of(kdev));
	return PTR_ERR_OR_ZERO(xdev);
}

static void kernel_remove(struct xenbus_device *kdev)
{
	xpv_device_destroy(dev_get_drvdata(&kdev->dev));
}

/* The domain was restored or migrated: the kernel has read the new backend. */
static int kernel_resume(struct xenbus_device *kdev)
{
	return xpv_device_moved(dev_get_drvdata(&kdev->dev), kdev->otherend,
				xpv_domid(kdev->otherend_id));
}

static int kernel_register(struct xpv_driver *drv)
{
	struct kernel_driver *a = kzalloc(sizeof(*a), GFP_KERNEL);
	int err;

	if (!a)
		return -ENOMEM;

	a->ours = drv;
	strscpy(a->ids[0].devicetype, drv->device_type,
		sizeof(a->ids[0].devicetype));
	a->kernel = (struct xenbus_driver){
		.name = drv->name,
		.ids = a->ids,
		.probe = kernel_probe,
		.remove = kernel_remove,
		.resume = kernel_resume,
		/* Else loading may wait 5 minutes for a dead backend, not 30 s. */
		.not_essential = true,
	};
	/*
	 * Without an owner: each bound device would hold a reference on it, and
	 * a driver in use could not be unloaded. Unregistering waits for the
	 * removal of every device, so no callback outlives its code.
	 */
	err = __xenbus_register_frontend(&a->kernel, NULL, drv->name);
	if (err) {
		kfree(a);
		return err;
	}
	drv->priv = a;
	return 0;
}

static void kernel_unregister(struct xpv_driver *drv)
{
	struct kernel_driver *a = drv->priv;

	xenbus_unregister_driver(&a->kernel);
	kfree(a);
	drv->priv = NULL;
}

/* The kernel skips its own write of Closed after remove if this says so. */
static void kernel_state_written(struct xpv_device *xdev)
{
	to_xenbus_device(xdev->dev)->state = xdev->state;
}

static const struct xpv_xenbus_ops ops = {
	.read = xpv_kernel_xs_read,
	.write = xpv_kernel_xs_write,
	.remove = xpv_kernel_xs_remove,
	.begin = xpv_kernel_xs_begin,
	.end = xpv_kernel_xs_end,
	.watch = xpv_kernel_xs_watch,
	.unwatch = xpv_kernel_xs_unwatch,
	.register_driver = kernel_register,
	.unregister_driver = kernel_unregister,
	.state_written = kernel_state_written,
};

const struct xpv_xenbus_ops *xpv_xenbus_kernel(void)
{
	return &ops;
}
#else
const struct xpv_xenbus_ops *xpv_xenbus_kernel(void)
{
	return NULL;
}
#endif
