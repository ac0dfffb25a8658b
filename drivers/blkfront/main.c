// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-blkfront: disks of a Xen guest. This file is the module and what the bus
 * calls; the rest is
 *
 *   vdev.c, names.c   which disk it is
 *   negotiate.c       what frontend and backend tell each other in XenStore
 *   queue.c           ring, grants and doorbell of a connection
 *   grants.c          pages that the backend is lent for data
 *   pieces.c          a request's data, within pages
 *   request.c         from the block layer to the ring
 *   response.c        from the ring to the block layer
 *   complete.c        the end of a request, and the clock of one without end
 *   disk.c            the block layer's disk
 *
 * The bus calls for one device one operation at a time, so what they share
 * needs no lock.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <compat/linux/export.h>
#include "blkfront.h"

/*
 * Each has a thread in the backend, and a share of the pages: with many of them a
 * disk of one busy processor would have little.
 */
#define QUEUES_DEFAULT 4

static unsigned int request_timeout = 180;
module_param(request_timeout, uint, 0644);
MODULE_PARM_DESC(request_timeout,
		 "seconds after which an unanswered request, and all others with it, fail with an error and the disk is closed; 0: never (default 180: storage behind a network may need that long to fail over)");

static unsigned int max_queues = QUEUES_DEFAULT;
module_param(max_queues, uint, 0444);
MODULE_PARM_DESC(max_queues,
		 "most queues of a disk, 1 to 16: there is one for each processor, if the backend has as many (default 4)");

static unsigned int max_ring_page_order = XBF_RING_ORDER_MAX;
module_param(max_ring_page_order, uint, 0444);
MODULE_PARM_DESC(max_ring_page_order,
		 "largest order of ring pages, 0 to 4, of all queues of a disk together: a page has room for 32 requests (default 4)");

static unsigned int max_segments = XBF_SEGMENTS_MAX;
module_param(max_segments, uint, 0444);
MODULE_PARM_DESC(max_segments,
		 "most pages in a request, 11 to 64: more than 11 by indirect descriptors, if the backend takes them (default 64)");

static bool persistent = true;
module_param(persistent, bool, 0444);
MODULE_PARM_DESC(persistent,
		 "copy data through pages that the backend keeps mapped, if it offers that; 0: lend it the pages of each request (default 1)");

/**
 * xbf_may_persist - whether the backend may keep our pages mapped
 *
 * Context: any.
 * Return: as the admin says; it never changes.
 */
bool xbf_may_persist(void)
{
	return persistent;
}

/**
 * xbf_request_timeout - how long a request may go unanswered
 *
 * Context: any.
 * Return: jiffies, 0 for any time.
 */
unsigned long xbf_request_timeout(void)
{
	return (unsigned long)READ_ONCE(request_timeout) * HZ;
}

static int xbf_probe(struct xpv_device *xdev)
{
	struct xbf_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int err;

	if (!dev)
		return -ENOMEM;
	dev->xdev = xdev;
	err = xbf_read_identity(dev);
	if (err)
		goto err_free;
	err = xbf_name_claim(dev);
	if (err)
		goto err_free;
	xdev->data = dev;
	return 0;

err_free:
	kfree(dev);
	return err;
}

static unsigned int count_queues(struct xpv_device *xdev)
{
	unsigned int wanted = min(clamp(max_queues, 1U, XBF_QUEUES_MAX),
				  num_online_cpus());

	return max(1U, xpv_bus_peer_limit(xdev, "multi-queue-max-queues", 1,
					  wanted));
}

/*
 * All rings together have as many pages as one alone would have: xen-blkback sets
 * aside half a MiB of its domain's memory for each.
 */
static unsigned int order_of_each(struct xpv_device *xdev, unsigned int nr)
{
	int order = min_t(unsigned int, max_ring_page_order, XBF_RING_ORDER_MAX);

	order = max(0, order - order_base_2(nr));
	return xpv_bus_peer_limit(xdev, "max-ring-page-order", 0, order);
}

static int xbf_connect(struct xpv_device *xdev)
{
	struct xbf_device *dev = xdev->data;
	unsigned int nr = count_queues(xdev);
	unsigned int segments;
	int err;

	segments = xpv_bus_peer_limit(xdev, "feature-max-indirect-segments", 0,
				      max_segments);
	err = xbf_queues_create(dev, nr, order_of_each(xdev, nr), segments);
	if (err)
		return err;
	err = xbf_write_nodes(dev);
	if (err)
		xbf_queues_destroy(dev);
	return err;
}

static int xbf_ready(struct xpv_device *xdev)
{
	struct xbf_device *dev = xdev->data;
	struct xbf_properties prop;
	int err;

	err = xbf_read_properties(dev, &prop);
	if (err)
		return err;
	/* Before there is a request. */
	if (prop.persistent)
		err = xbf_queues_persist(dev);
	if (err)
		return err;
	return xbf_disk_create(dev, &prop);
}

static void xbf_changed(struct xpv_device *xdev)
{
	xbf_disk_resize(xdev->data);
}

/*
 * From the first step on new I/O fails at once, so nobody waits for us while
 * we wait for the peer.
 */
static void xbf_stop(struct xpv_device *xdev, bool alive)
{
	struct xbf_device *dev = xdev->data;

	xbf_queues_shut(dev);
	if (alive)
		xbf_queues_drain(dev);
	xbf_queues_abort(dev);
	xbf_disk_remove(dev);
}

static void xbf_disconnect(struct xpv_device *xdev)
{
	xbf_queues_destroy(xdev->data);
}

static void xbf_remove(struct xpv_device *xdev)
{
	struct xbf_device *dev = xdev->data;

	xbf_name_release(dev);
	xdev->data = NULL;
	kfree(dev);
}

/* Backends read our nodes when they see Initialised. */
static struct xpv_driver xbf_driver = {
	.name = "xpv-blkfront",
	.device_type = "vbd",
	.offer_state = XenbusStateInitialised,
	.probe = xbf_probe,
	.connect = xbf_connect,
	.ready = xbf_ready,
	.changed = xbf_changed,
	.stop = xbf_stop,
	.disconnect = xbf_disconnect,
	.remove = xbf_remove,
};

static int __init xbf_init(void)
{
	int err;

	err = xbf_disks_init();
	if (err)
		return err;
	xbf_names_init();
	err = xpv_bus_register(&xbf_driver);
	if (err)
		goto err_exit;
	return 0;

err_exit:
	xbf_names_exit();
	xbf_disks_exit();
	return err;
}
module_init(xbf_init);

static void __exit xbf_exit(void)
{
	xpv_bus_unregister(&xbf_driver);
	xbf_names_exit();
	xbf_disks_exit();
}
module_exit(xbf_exit);

MODULE_DESCRIPTION("Xen block device frontend (xpv)");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen:vbd");
XPV_IMPORT_NS;
