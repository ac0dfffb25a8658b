// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual device numbers (Xen's docs/man/xen-vbd-interface): which name and
 * which minor numbers a disk gets. Pure functions of the number.
 *
 *   1 << 28 | disk << 8 | partition         xvd, extended
 *   202 << 8 | disk << 4 | partition        xvd, 16 disks
 *   8 << 8, 65..71 << 8, 128..135 << 8      sd, 16 disks each
 *   3 << 8, 22 << 8 | disk << 6 | partition hd, 2 disks each
 *
 * All are named xvd here, as the names sd and hd belong to other drivers.
 * Mostly the partition is 0, and the disk may hold a partition table. A number
 * with a partition is still a disk for us, but one that is named, and numbered,
 * like the partition that the toolstack means it to be.
 */
#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/string.h>
#include "blkfront.h"

#define EXTENDED BIT(28)
/* Minors of one disk, its own and its partitions': see the table above. */
#define MINORS_OLD 16
#define MINORS_EXTENDED 256

/**
 * struct position - a number taken apart
 * @disk: 0 for xvda
 * @part: 0 for none
 * @minors: of one disk
 */
struct position {
	unsigned int disk;
	unsigned int part;
	unsigned int minors;
};

static int split_sd(unsigned int minor, unsigned int first_disk,
		    struct position *pos)
{
	pos->disk = first_disk + minor / 16;
	pos->part = minor % 16;
	return 0;
}

static int split_hd(unsigned int minor, unsigned int first_disk,
		    struct position *pos)
{
	if (minor >= 2 * 64)
		return -EINVAL;
	pos->disk = first_disk + minor / 64;
	pos->part = minor % 64;
	return 0;
}

static int split_major(unsigned int major, unsigned int minor,
		       struct position *pos)
{
	pos->minors = MINORS_OLD;
	switch (major) {
	case XENVBD_MAJOR:
	case XEN_SCSI_DISK0_MAJOR:
		return split_sd(minor, 0, pos);
	case XEN_SCSI_DISK1_MAJOR ... XEN_SCSI_DISK7_MAJOR:
		return split_sd(minor, (major - XEN_SCSI_DISK1_MAJOR + 1) * 16,
				pos);
	case XEN_SCSI_DISK8_MAJOR ... XEN_SCSI_DISK15_MAJOR:
		return split_sd(minor, (major - XEN_SCSI_DISK8_MAJOR + 8) * 16,
				pos);
	case XEN_IDE0_MAJOR:
		return split_hd(minor, 0, pos);
	case XEN_IDE1_MAJOR:
		return split_hd(minor, 2, pos);
	default:
		return -EINVAL;
	}
}

static int split(u64 number, struct position *pos)
{
	if (number >= 2 * EXTENDED)
		return -EINVAL;
	if (number & EXTENDED) {
		number -= EXTENDED;
		pos->disk = number >> 8;
		pos->part = number & 0xff;
		pos->minors = MINORS_EXTENDED;
		return 0;
	}
	if (number > U16_MAX)
		return -EINVAL;
	return split_major(number >> 8, number & 0xff, pos);
}

/* 0 is a, 25 is z, 26 is aa: digits from the right, and no digit is a zero. */
static void print_name(const struct position *pos, char name[DISK_NAME_LEN])
{
	char letters[8] = "";
	char *p = letters + sizeof(letters) - 1;
	int n;

	for (n = pos->disk; n >= 0; n = n / 26 - 1)
		*--p = 'a' + n % 26;
	snprintf(name, DISK_NAME_LEN, "xvd%s", p);
	if (pos->part)
		snprintf(name + strlen(name), DISK_NAME_LEN - strlen(name),
			 "%u", pos->part);
}

/*
 * No minors when they are more than dev_t can hold, or when an hd partition
 * has none in our narrower scheme: any free number will do then.
 */
static void assign_minors(const struct position *pos, struct xbf_vdev *vdev)
{
	u64 first = (u64)pos->disk * pos->minors + pos->part;

	vdev->first_minor = 0;
	vdev->minors = 0;
	if (pos->part >= pos->minors || first > MINORMASK)
		return;
	vdev->first_minor = first;
	vdev->minors = pos->part ? 1 : pos->minors;
}

/**
 * xbf_vdev_parse - take a virtual device number apart
 * @number: node "virtual-device"
 * @vdev: filled on success
 *
 * Context: any.
 * Return: 0, or -EINVAL when the number is of no known scheme.
 */
int xbf_vdev_parse(u64 number, struct xbf_vdev *vdev)
{
	struct position pos;
	int err;

	err = split(number, &pos);
	if (err)
		return err;
	print_name(&pos, vdev->name);
	assign_minors(&pos, vdev);
	return 0;
}
