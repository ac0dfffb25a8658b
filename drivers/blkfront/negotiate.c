// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nodes in XenStore through which frontend and backend agree. The backend
 * is not trusted: each number is checked before it is used, and a wrong one
 * ends in one line that names the node and the value.
 *
 * Nothing here is kept: values go to the caller, so no lock is needed.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/io/protocols.h>
#include "blkfront.h"

/* The block layer addresses disks in bytes, with a signed number. */
#define SECTORS_MAX ((u64)(S64_MAX >> SECTOR_SHIFT))

static u16 handle_of(const char *nodename)
{
	const char *last = strrchr(nodename, '/');
	unsigned int handle;

	/* Backends do not use it today; the protocol wants our node's name. */
	if (!last || kstrtouint(last + 1, 10, &handle))
		return 0;
	return (u16)handle;
}

/**
 * xbf_read_identity - learn which disk the toolstack means
 * @dev: gets its vdev and handle
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; the reason is told.
 */
int xbf_read_identity(struct xbf_device *dev)
{
	struct xpv_device *xdev = dev->xdev;
	u64 number;
	int err;

	err = xpv_xs_read_uint(NULL, xdev->nodename, "virtual-device", U32_MAX,
			       &number);
	/* Old toolstacks hide the extended numbers from old guests. */
	if (err == -ENOENT)
		err = xpv_xs_read_uint(NULL, xdev->nodename,
				       "virtual-device-ext", U32_MAX, &number);
	if (err) {
		dev_err(xdev->dev, "no usable virtual-device node: error %d\n",
			err);
		return err;
	}
	err = xbf_vdev_parse(number, &dev->vdev);
	if (err) {
		dev_err(xdev->dev, "virtual-device %llu is of no known scheme\n",
			number);
		return err;
	}
	dev->handle = handle_of(xdev->nodename);
	return 0;
}

/* Of each queue. Backends that know one page only look for a ring-ref without number. */
static int write_ring_order(struct xpv_xs_txn *txn,
			    const struct xbf_device *dev)
{
	const char *dir = dev->xdev->nodename;
	unsigned int nr_pages = dev->queues[0].area.nr_pages;

	if (nr_pages == 1)
		return xpv_xs_remove(txn, dir, "ring-page-order");
	return xpv_xs_printf(txn, dir, "ring-page-order", "%u",
			     ilog2(nr_pages));
}

static int write_ring_refs(struct xpv_xs_txn *txn, const struct xbf_queue *q,
			   const char *folder)
{
	const char *dir = q->dev->xdev->nodename;
	unsigned int i;
	char node[32];
	int err = 0;

	for (i = 0; !err && i < q->area.nr_pages; i++) {
		snprintf(node, sizeof(node), "%sring-ref%u", folder, i);
		err = xpv_xs_printf(txn, dir, node, "%u",
				    xpv_gref_raw(q->area.refs[i]));
	}
	return err;
}

static int write_ring_ref(struct xpv_xs_txn *txn, const struct xbf_queue *q,
			  const char *folder)
{
	char node[32];

	snprintf(node, sizeof(node), "%sring-ref", folder);
	return xpv_xs_printf(txn, q->dev->xdev->nodename, node, "%u",
			     xpv_gref_raw(q->area.refs[0]));
}

static int write_queue(struct xpv_xs_txn *txn, const struct xbf_queue *q,
		       const char *folder)
{
	char node[32];
	int err;

	if (q->area.nr_pages > 1)
		err = write_ring_refs(txn, q, folder);
	else
		err = write_ring_ref(txn, q, folder);
	if (err)
		return err;
	snprintf(node, sizeof(node), "%sevent-channel", folder);
	return xpv_xs_printf(txn, q->dev->xdev->nodename, node, "%u",
			     xpv_port_raw(q->evtchn.port));
}

/* Without what an earlier frontend left in its folder. */
static int write_folder(struct xpv_xs_txn *txn, const struct xbf_queue *q)
{
	char folder[16];
	int err;

	snprintf(folder, sizeof(folder), "queue-%u", q->id);
	err = xpv_xs_remove(txn, q->dev->xdev->nodename, folder);
	if (err)
		return err;
	snprintf(folder, sizeof(folder), "queue-%u/", q->id);
	return write_queue(txn, q, folder);
}

/* One alone is where backends that know of no more look for it. */
static int write_queues(struct xpv_xs_txn *txn, const struct xbf_device *dev)
{
	const char *dir = dev->xdev->nodename;
	unsigned int i;
	int err;

	if (dev->nr_queues == 1) {
		err = xpv_xs_remove(txn, dir, "multi-queue-num-queues");
		return err ? err : write_queue(txn, &dev->queues[0], "");
	}
	err = xpv_xs_printf(txn, dir, "multi-queue-num-queues", "%u",
			    dev->nr_queues);
	for (i = 0; !err && i < dev->nr_queues; i++)
		err = write_folder(txn, &dev->queues[i]);
	return err;
}

static int write_all(struct xpv_xs_txn *txn, void *arg)
{
	const struct xbf_device *dev = arg;
	const char *dir = dev->xdev->nodename;
	int err;

	err = xpv_xs_exists(txn, dir, "state");
	if (err)
		return err;
	err = write_ring_order(txn, dev);
	if (err)
		return err;
	err = write_queues(txn, dev);
	if (err)
		return err;
	err = xpv_xs_printf(txn, dir, "feature-persistent", "%u",
			    xbf_may_persist());
	if (err)
		return err;
	return xpv_xs_printf(txn, dir, "protocol", "%s",
			     XEN_IO_PROTO_ABI_NATIVE);
}

/**
 * xbf_write_nodes - tell the backend where ring and doorbell are
 * @dev: device with queues
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; the reason is told.
 */
int xbf_write_nodes(struct xbf_device *dev)
{
	int err = xpv_xs_transact(write_all, dev);

	if (err)
		dev_err(dev->xdev->dev, "%s: writing %s failed: error %d\n",
			dev->vdev.name, dev->xdev->nodename, err);
	return err;
}

static const char *why_not(int err)
{
	switch (err) {
	case -ENOENT:
		return "missing";
	case -EINVAL:
		return "not a number";
	case -ERANGE:
		return "too large";
	case -ENOSPC:
		return "less than one sector";
	default:
		return "unreadable";
	}
}

static int refuse(struct xbf_device *dev, const char *node, int err)
{
	return xpv_bus_fatal(dev->xdev, err, "%s: backend's %s is %s",
			     dev->vdev.name, node, why_not(err));
}

static int read_number(struct xbf_device *dev, const char *node, u64 max,
		       u64 *value)
{
	int err = xpv_bus_peer_uint(dev->xdev, node, max, value);

	return err ? refuse(dev, node, err) : 0;
}

static int read_number_or(struct xbf_device *dev, const char *node, u64 max,
			  u64 absent, u64 *value)
{
	int err = xpv_bus_peer_uint(dev->xdev, node, max, value);

	if (err == -ENOENT) {
		*value = absent;
		return 0;
	}
	return err ? refuse(dev, node, err) : 0;
}

static int check_sector_sizes(struct xbf_device *dev, u64 logical, u64 physical)
{
	if (!is_power_of_2(logical) || logical < SECTOR_SIZE ||
	    logical > PAGE_SIZE)
		return xpv_bus_fatal(dev->xdev, -EINVAL,
				     "%s: backend's sector-size is %llu: not a power of two from 512 to 4096",
				     dev->vdev.name, logical);
	if (!is_power_of_2(physical) || physical < logical)
		return xpv_bus_fatal(dev->xdev, -EINVAL,
				     "%s: backend's physical-sector-size is %llu: not a power of two from %llu on",
				     dev->vdev.name, physical, logical);
	return 0;
}

static int read_sector_sizes(struct xbf_device *dev,
			     struct xbf_properties *prop)
{
	u64 logical, physical;
	int err;

	err = read_number(dev, "sector-size", U32_MAX, &logical);
	if (err)
		return err;
	err = read_number_or(dev, "physical-sector-size", U32_MAX, logical,
			     &physical);
	if (err)
		return err;
	err = check_sector_sizes(dev, logical, physical);
	if (err)
		return err;
	prop->sector_size = logical;
	prop->physical_sector_size = physical;
	return 0;
}

/**
 * xbf_read_size - learn how big the disk is
 * @dev: device with a connected backend
 * @sector_size: of the disk: what does not fill a sector is left out
 * @sectors: size in 512 bytes, not 0; not touched on error
 *
 * Context: process, may sleep.
 * Return: 0, as xpv_bus_peer_uint(), or -ENOSPC for less than one sector; not
 * told.
 */
int xbf_read_size(struct xbf_device *dev, unsigned int sector_size,
		  u64 *sectors)
{
	u64 number;
	int err;

	err = xpv_bus_peer_uint(dev->xdev, "sectors", SECTORS_MAX, &number);
	if (err)
		return err;
	/* In 512 bytes whatever sector-size says: backends agree on that. */
	number = round_down(number, (u64)sector_size >> SECTOR_SHIFT);
	if (!number)
		return -ENOSPC;
	*sectors = number;
	return 0;
}

/* Toolstack's word, beside the backend's in info: "r" or "w". */
static bool mode_is_read_only(struct xbf_device *dev)
{
	bool read_only;
	char *mode;

	if (xpv_xs_read(NULL, dev->xdev->otherend, "mode", &mode))
		return false;
	read_only = mode[0] == 'r';
	kfree(mode);
	return read_only;
}

static int read_info(struct xbf_device *dev, struct xbf_properties *prop)
{
	u64 info;
	int err;

	err = read_number_or(dev, "info", U32_MAX, 0, &info);
	if (err)
		return err;
	prop->read_only = (info & VDISK_READONLY) || mode_is_read_only(dev);
	prop->removable = info & (VDISK_REMOVABLE | VDISK_CDROM);
	return 0;
}

/*
 * A barrier without data waits for all that was written before, and flushes:
 * more than a flush has to do, and all that old backends offer.
 */
static u8 read_flush_op(struct xbf_device *dev)
{
	if (xpv_bus_peer_feature(dev->xdev, "feature-flush-cache"))
		return BLKIF_OP_FLUSH_DISKCACHE;
	if (xpv_bus_peer_feature(dev->xdev, "feature-barrier"))
		return BLKIF_OP_WRITE_BARRIER;
	return 0;
}

/**
 * xbf_read_properties - learn all about the backend's disk
 * @dev: device with a connected backend
 * @prop: filled on success
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; the reason is told to peer and log.
 */
int xbf_read_properties(struct xbf_device *dev, struct xbf_properties *prop)
{
	int err;

	err = read_sector_sizes(dev, prop);
	if (err)
		return err;
	err = xbf_read_size(dev, prop->sector_size, &prop->sectors);
	if (err)
		return refuse(dev, "sectors", err);
	err = read_info(dev, prop);
	if (err)
		return err;
	prop->flush_op = read_flush_op(dev);
	prop->persistent = xbf_may_persist() &&
			   xpv_bus_peer_feature(dev->xdev, "feature-persistent");
	return 0;
}
