// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bus of a domain that we own: devices and drivers as the driver core
 * knows them, looking as on the kernel's own xenbus. What is on it is found by
 * scan.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/device/bus.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "native.h"

/*
 * A kernel with a xenbus of its own registers that as "xen" even when it is
 * told not to use Xen (xen_nopv), and a second one of that name cannot be. What
 * udev goes by, MODALIAS, is "xen:..." on either.
 */
#if IS_ENABLED(CONFIG_XEN_XENBUS_FRONTEND)
#define BUS_NAME	"xpv"
#else
#define BUS_NAME	"xen"
#endif

static const struct xpv_native_device *to_native(const struct device *dev)
{
	return container_of(dev, struct xpv_native_device, dev);
}

struct native_driver {
	struct device_driver core;
	const struct xpv_driver *ours;
};

static const struct xpv_driver *driver_of(const struct device_driver *core)
{
	return container_of(core, struct native_driver, core)->ours;
}

static int match(struct device *dev, XPV_MATCH_CONST struct device_driver *core)
{
	return !strcmp(to_native(dev)->type, driver_of(core)->device_type);
}

static int uevent(XPV_UEVENT_CONST struct device *dev,
		  struct kobj_uevent_env *env)
{
	const struct xpv_native_device *native = to_native(dev);

	if (add_uevent_var(env, "XENBUS_TYPE=%s", native->type) ||
	    add_uevent_var(env, "XENBUS_PATH=%s", native->nodename) ||
	    add_uevent_var(env, "MODALIAS=xen:%s", native->type))
		return -ENOMEM;
	return 0;
}

static int probe(struct device *dev)
{
	const struct xpv_native_device *native = to_native(dev);
	struct xpv_device *xdev;

	xdev = xpv_device_create(dev, native->nodename, native->otherend,
				 native->peer, driver_of(dev->driver));
	return PTR_ERR_OR_ZERO(xdev);
}

static void remove(struct device *dev)
{
	xpv_device_destroy(dev_get_drvdata(dev));
}

static void shut_down(struct device *dev)
{
	struct xpv_device *xdev = dev_get_drvdata(dev);

	if (dev->driver && xdev)
		xpv_device_shutdown(xdev);
}

static ssize_t nodename_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "%s\n", to_native(dev)->nodename);
}
static DEVICE_ATTR_RO(nodename);

static ssize_t devtype_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", to_native(dev)->type);
}
static DEVICE_ATTR_RO(devtype);

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return sysfs_emit(buf, "xen:%s\n", to_native(dev)->type);
}
static DEVICE_ATTR_RO(modalias);

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	enum xenbus_state state = READ_ONCE(to_native(dev)->state);

	return sysfs_emit(buf, "%s\n", xpv_state_name(state));
}
static DEVICE_ATTR_RO(state);

static struct attribute *native_attrs[] = {
	&dev_attr_nodename.attr,
	&dev_attr_devtype.attr,
	&dev_attr_modalias.attr,
	&dev_attr_state.attr,
	NULL,
};
ATTRIBUTE_GROUPS(native);

static struct bus_type bus = {
	.name = BUS_NAME,
	.dev_groups = native_groups,
	.match = match,
	.uevent = uevent,
	.probe = probe,
	.remove = remove,
	.shutdown = shut_down,
};

void xpv_native_state_written(struct xpv_device *xdev)
{
	struct xpv_native_device *native;

	native = container_of(xdev->dev, struct xpv_native_device, dev);
	WRITE_ONCE(native->state, xdev->state);
}

static void release(struct device *dev)
{
	struct xpv_native_device *native;

	native = container_of(dev, struct xpv_native_device, dev);
	kfree(native->otherend);
	kfree(native->nodename);
	kfree(native->type);
	kfree(native);
}

struct xpv_native_device *xpv_native_device_alloc(const char *type,
						  const char *id)
{
	struct xpv_native_device *native = kzalloc(sizeof(*native), GFP_KERNEL);

	if (!native)
		return NULL;

	native->dev.bus = &bus;
	native->dev.release = release;
	native->state = XenbusStateInitialising;
	device_initialize(&native->dev);
	native->type = kstrdup(type, GFP_KERNEL);
	native->nodename = kasprintf(GFP_KERNEL, "device/%s/%s", type, id);
	if (native->type && native->nodename &&
	    !dev_set_name(&native->dev, "%s-%s", type, id))
		return native;

	put_device(&native->dev);
	return NULL;
}

int xpv_native_device_add(struct xpv_native_device *native)
{
	int err = device_add(&native->dev);

	if (err)
		pr_err("cannot add device %s (error %d)\n", native->nodename,
		       err);
	return err;
}

void xpv_native_device_move(struct xpv_native_device *native, char *otherend,
			    xpv_domid_t peer)
{
	struct xpv_device *xdev;
	int err = 0;

	device_lock(&native->dev);
	kfree(native->otherend);
	native->otherend = otherend;
	native->peer = peer;
	xdev = dev_get_drvdata(&native->dev);
	if (native->dev.driver && xdev)
		err = xpv_device_moved(xdev, otherend, peer);
	device_unlock(&native->dev);
	if (err)
		dev_err(&native->dev, "cannot go on with backend %s (error %d)\n",
			otherend, err);
}

/*
 * Without an owner: a driver in use may be unloaded, as unregistering waits for
 * the removal of every device.
 */
int xpv_native_register(struct xpv_driver *drv)
{
	struct native_driver *n = kzalloc(sizeof(*n), GFP_KERNEL);
	int err;

	if (!n)
		return -ENOMEM;

	n->ours = drv;
	n->core.name = drv->name;
	n->core.bus = &bus;
	err = driver_register(&n->core);
	if (err) {
		kfree(n);
		return err;
	}
	drv->priv = n;
	return 0;
}

void xpv_native_unregister(struct xpv_driver *drv)
{
	struct native_driver *n = drv->priv;

	driver_unregister(&n->core);
	kfree(n);
	drv->priv = NULL;
}

int xpv_native_bus_init(void)
{
	int err = bus_register(&bus);

	if (err)
		pr_err("cannot register bus " BUS_NAME " (error %d)\n", err);
	return err;
}

void xpv_native_bus_exit(void)
{
	bus_unregister(&bus);
}
