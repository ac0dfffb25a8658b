// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names and device numbers that our disks have taken. Several virtual
 * device numbers stand for one name (hda, sda and xvda are all xvda), and the
 * block layer would answer a clash with a splat.
 *
 * The mutex guards the list. A disk keeps its name as long as its device is on
 * the bus, with or without backend.
 */
#include <linux/list.h>
#include <linux/major.h>
#include <linux/mutex.h>
#include "blkfront.h"

static DEFINE_MUTEX(names_mutex);
static LIST_HEAD(names);
static int xvd_major;

static bool minors_overlap(const struct xbf_vdev *a, const struct xbf_vdev *b)
{
	return a->minors && b->minors &&
	       a->first_minor < b->first_minor + b->minors &&
	       b->first_minor < a->first_minor + a->minors;
}

/**
 * xbf_name_claim - take a device's name and numbers
 * @dev: device, its vdev filled in; loses its numbers when they are taken,
 *	and gets dynamic ones then
 *
 * Context: process, may sleep.
 * Return: 0, or -EEXIST when another device has the name; it is told.
 */
int xbf_name_claim(struct xbf_device *dev)
{
	struct xbf_device *other;
	int err = 0;

	mutex_lock(&names_mutex);
	list_for_each_entry(other, &names, named) {
		if (!strcmp(other->vdev.name, dev->vdev.name)) {
			dev_err(dev->xdev->dev,
				"%s is the name of %s already: give this disk another one\n",
				dev->vdev.name, other->xdev->nodename);
			err = -EEXIST;
			goto out;
		}
		if (minors_overlap(&other->vdev, &dev->vdev))
			dev->vdev.minors = 0;
	}
	list_add(&dev->named, &names);
out:
	mutex_unlock(&names_mutex);
	return err;
}

/**
 * xbf_name_release - let others have a device's name
 * @dev: device that has claimed it
 *
 * Context: process, may sleep.
 */
void xbf_name_release(struct xbf_device *dev)
{
	mutex_lock(&names_mutex);
	list_del(&dev->named);
	mutex_unlock(&names_mutex);
}

/**
 * xbf_names_major - major number that goes with struct xbf_vdev's minors
 *
 * Context: any.
 * Return: the number, or 0 when another driver has it: disks get dynamic ones.
 */
int xbf_names_major(void)
{
	return xvd_major;
}

/**
 * xbf_names_init - reserve the major number of Xen's disks, if it is free
 *
 * Disks do without it where the kernel's own driver has it.
 *
 * Context: process, may sleep.
 */
void xbf_names_init(void)
{
	if (register_blkdev(XENVBD_MAJOR, "xvd"))
		pr_info("xpv-blkfront: major %d is taken: disks get dynamic device numbers\n",
			XENVBD_MAJOR);
	else
		xvd_major = XENVBD_MAJOR;
}

/**
 * xbf_names_exit - undo xbf_names_init()
 *
 * Context: process, may sleep.
 */
void xbf_names_exit(void)
{
	if (xvd_major)
		unregister_blkdev(xvd_major, "xvd");
}
