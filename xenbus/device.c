// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of a device: made when the bus binds it to a driver, destroyed when it
 * is unbound. Its work runs the handshake whenever the backend's state
 * changes or a fault was told; the driver's operations are called from there,
 * and from create and destroy, always under xpv_device.lock.
 */
#include <compat/linux/export.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "internal.h"

/*
 * Own queue, unbound: a step may wait seconds for its backend, and must not
 * hold up other devices or other users of the system's queues.
 */
static struct workqueue_struct *steps;

void xpv_device_kick(struct xpv_device *xdev)
{
	queue_work(steps, &xdev->work);
}

static void peer_changed(struct xpv_xs_watch *watch)
{
	xpv_device_kick(container_of(watch, struct xpv_device, watch));
}

static void step(struct work_struct *work)
{
	struct xpv_device *xdev = container_of(work, struct xpv_device, work);

	mutex_lock(&xdev->lock);
	if (!xdev->going)
		xpv_handshake_step(xdev);
	mutex_unlock(&xdev->lock);
}

static void lose_patience(struct work_struct *work)
{
	struct xpv_device *xdev = container_of(to_delayed_work(work),
					       struct xpv_device, patience);

	mutex_lock(&xdev->lock);
	if (!xdev->going)
		xpv_handshake_lose_patience(xdev);
	mutex_unlock(&xdev->lock);
}

static struct xpv_device *alloc(struct device *dev, const char *nodename,
				const char *otherend, xpv_domid_t peer,
				const struct xpv_driver *drv)
{
	struct xpv_device *xdev = kzalloc(sizeof(*xdev), GFP_KERNEL);

	if (!xdev)
		return NULL;

	xdev->otherend = kstrdup(otherend, GFP_KERNEL);
	if (!xdev->otherend) {
		kfree(xdev);
		return NULL;
	}
	xdev->dev = dev;
	xdev->nodename = nodename;
	xdev->peer = peer;
	xdev->drv = drv;
	xdev->phase = XPV_PHASE_CLOSED;
	xdev->watch.changed = peer_changed;
	mutex_init(&xdev->lock);
	INIT_WORK(&xdev->work, step);
	INIT_DELAYED_WORK(&xdev->patience, lose_patience);
	return xdev;
}

static void release(struct xpv_device *xdev)
{
	kfree(xdev->otherend);
	kfree(xdev);
}

/* Nothing of ours runs for the device once the works are cancelled here. */
static void quiesce(struct xpv_device *xdev)
{
	xpv_xs_watch_remove(&xdev->watch);
	mutex_lock(&xdev->lock);
	xdev->going = true;
	mutex_unlock(&xdev->lock);
	cancel_work_sync(&xdev->work);
	cancel_delayed_work_sync(&xdev->patience);
}

static int start(struct xpv_device *xdev)
{
	int err;

	mutex_lock(&xdev->lock);
	err = xdev->drv->probe(xdev);
	if (err) {
		/* A step that a fault has queued is not to begin anew. */
		xdev->going = true;
		xpv_state_set(xdev, XenbusStateClosed);
	} else {
		xpv_handshake_restart(xdev);
	}
	mutex_unlock(&xdev->lock);
	return err;
}

static void end(struct xpv_device *xdev)
{
	mutex_lock(&xdev->lock);
	xpv_handshake_end(xdev);
	xdev->drv->remove(xdev);
	mutex_unlock(&xdev->lock);
}

/**
 * xpv_device_create - a device was bound to a driver
 * @dev: device on the bus; its drvdata becomes the result
 * @nodename: its directory; outlives the result
 * @otherend: the backend's directory, copied
 * @peer: domain of the backend
 * @drv: the driver
 *
 * Probes, and starts the handshake, which goes on by itself.
 *
 * Context: process, may sleep.
 * Return: the device, or an ERR_PTR: nothing of it is left.
 */
struct xpv_device *xpv_device_create(struct device *dev, const char *nodename,
				     const char *otherend, xpv_domid_t peer,
				     const struct xpv_driver *drv)
{
	struct xpv_device *xdev = alloc(dev, nodename, otherend, peer, drv);
	int err;

	if (!xdev)
		return ERR_PTR(-ENOMEM);

	dev_set_drvdata(dev, xdev);
	err = start(xdev);
	if (err)
		goto err_release;
	/* Fires at once: that is the first step. */
	err = xpv_xs_watch_add(&xdev->watch, "%s/state", xdev->otherend);
	if (err)
		goto err_end;
	return xdev;

err_end:
	quiesce(xdev);
	end(xdev);
err_release:
	cancel_work_sync(&xdev->work);
	dev_set_drvdata(dev, NULL);
	release(xdev);
	return ERR_PTR(err);
}

/**
 * xpv_device_destroy - a device is unbound from its driver
 * @xdev: device
 *
 * Closes the connection in order; waits some seconds at most for a backend
 * that does not answer.
 *
 * Context: process, may sleep; also from the thread that delivers watches.
 */
void xpv_device_destroy(struct xpv_device *xdev)
{
	if (!xdev->going)
		quiesce(xdev);
	end(xdev);
	/* A fault told by the driver's last acts may have queued it again. */
	cancel_work_sync(&xdev->work);
	dev_set_drvdata(xdev->dev, NULL);
	release(xdev);
}

/**
 * xpv_device_shutdown - this kernel ends
 * @xdev: device, which stays bound to its driver
 *
 * Closes the connection as xpv_device_destroy() does, for good.
 *
 * Context: process, may sleep, with the device's lock held.
 */
void xpv_device_shutdown(struct xpv_device *xdev)
{
	if (!xdev->going)
		quiesce(xdev);
	mutex_lock(&xdev->lock);
	xpv_handshake_end(xdev);
	mutex_unlock(&xdev->lock);
}

/**
 * xpv_device_moved - the domain runs on, with another backend
 * @xdev: device
 * @otherend: the new backend's directory
 * @peer: its domain
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, or an error of XenStore: the device stays closed.
 */
int xpv_device_moved(struct xpv_device *xdev, const char *otherend,
		     xpv_domid_t peer)
{
	char *path;

	/* This kernel ends: nothing is connected any more. */
	if (xdev->going)
		return 0;
	path = kstrdup(otherend, GFP_KERNEL);
	if (!path)
		return -ENOMEM;

	xpv_xs_watch_remove(&xdev->watch);
	mutex_lock(&xdev->lock);
	kfree(xdev->otherend);
	xdev->otherend = path;
	xdev->peer = peer;
	xpv_handshake_restart(xdev);
	mutex_unlock(&xdev->lock);
	return xpv_xs_watch_add(&xdev->watch, "%s/state", xdev->otherend);
}

int xpv_device_init(void)
{
	steps = alloc_workqueue("xpv-xenbus", WQ_UNBOUND, 0);
	return steps ? 0 : -ENOMEM;
}

void xpv_device_exit(void)
{
	destroy_workqueue(steps);
}
