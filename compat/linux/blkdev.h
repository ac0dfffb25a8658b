/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making a disk with its limits, and opening one. Since v6.9 (27e32cd23fed "block: pass a
 * queue_limits argument to blk_mq_alloc_disk") they are handed over when the
 * disk is made, since v6.11 (1122c0c1cc71 "block: move cache control settings
 * out of queue->flags") the write cache is one of them, and disks do not
 * rotate unless told (bd4a633b6f7c "block: move the nonrot flag to
 * queue_limits"). Drop the branches with v6.8 and v6.10; what is left then is
 * plain struct queue_limits. A disk is opened as a file since v6.9 (f3a608827d1f
 * "bdev: open block device as files"), as a handle since v6.7; drop with v6.8.
 */
#ifndef _XPV_COMPAT_LINUX_BLKDEV_H
#define _XPV_COMPAT_LINUX_BLKDEV_H

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/version.h>
#include <compat/linux/blk-mq.h>

/**
 * struct xpv_disk_limits - what of struct queue_limits xpv uses
 * @seg_boundary_mask: no segment crosses this
 * @logical_block_size: in bytes
 * @physical_block_size: in bytes
 * @max_hw_sectors: of one request, in 512 bytes
 * @max_segment_size: in bytes
 * @dma_alignment: mask that buffers are aligned to
 * @max_segments: of one request
 * @write_cache: whether there is one that has to be flushed
 */
struct xpv_disk_limits {
	unsigned long seg_boundary_mask;
	unsigned int logical_block_size;
	unsigned int physical_block_size;
	unsigned int max_hw_sectors;
	unsigned int max_segment_size;
	unsigned int dma_alignment;
	unsigned short max_segments;
	bool write_cache;
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)

static inline struct gendisk *
xpv_alloc_disk(struct blk_mq_tag_set *set, const struct xpv_disk_limits *from,
	       void *queuedata)
{
	struct queue_limits lim = {
		.seg_boundary_mask = from->seg_boundary_mask,
		.logical_block_size = from->logical_block_size,
		.physical_block_size = from->physical_block_size,
		.io_min = from->physical_block_size,
		.max_hw_sectors = from->max_hw_sectors,
		.max_segment_size = from->max_segment_size,
		.dma_alignment = from->dma_alignment,
		.max_segments = from->max_segments,
	};
	struct gendisk *disk;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	if (from->write_cache)
		lim.features |= BLK_FEAT_WRITE_CACHE;
	disk = blk_mq_alloc_disk(set, &lim, queuedata);
#else
	disk = blk_mq_alloc_disk(set, &lim, queuedata);
	if (IS_ERR(disk))
		return disk;
	blk_queue_write_cache(disk->queue, from->write_cache, false);
	blk_queue_flag_set(QUEUE_FLAG_NONROT, disk->queue);
#endif
	return disk;
}

#else /* before v6.9 */

static inline struct gendisk *
xpv_alloc_disk(struct blk_mq_tag_set *set, const struct xpv_disk_limits *from,
	       void *queuedata)
{
	struct gendisk *disk = blk_mq_alloc_disk(set, queuedata);
	struct request_queue *q;

	if (IS_ERR(disk))
		return disk;
	q = disk->queue;
	blk_queue_segment_boundary(q, from->seg_boundary_mask);
	blk_queue_logical_block_size(q, from->logical_block_size);
	blk_queue_physical_block_size(q, from->physical_block_size);
	blk_queue_io_min(q, from->physical_block_size);
	blk_queue_max_hw_sectors(q, from->max_hw_sectors);
	blk_queue_max_segment_size(q, from->max_segment_size);
	blk_queue_dma_alignment(q, from->dma_alignment);
	blk_queue_max_segments(q, from->max_segments);
	blk_queue_write_cache(q, from->write_cache, false);
	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
	return disk;
}

#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)

#define xpv_bdev_handle			file
#define xpv_bdev_open(dev)		\
	bdev_file_open_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE, NULL, NULL)
#define xpv_bdev_of(handle)		file_bdev(handle)
#define xpv_bdev_close(handle)		bdev_fput(handle)

#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)

#define xpv_bdev_handle			bdev_handle
#define xpv_bdev_open(dev)		\
	bdev_open_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE, NULL, NULL)
#define xpv_bdev_of(handle)		((handle)->bdev)
#define xpv_bdev_close(handle)		bdev_release(handle)

#else /* before v6.7 */

#define xpv_bdev_handle			block_device
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define xpv_bdev_open(dev)		\
	blkdev_get_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE, NULL, NULL)
#define xpv_bdev_close(handle)		blkdev_put(handle, NULL)
#else
#define xpv_bdev_open(dev)		\
	blkdev_get_by_dev(dev, FMODE_READ | FMODE_WRITE, NULL)
#define xpv_bdev_close(handle)		\
	blkdev_put(handle, FMODE_READ | FMODE_WRITE)
#endif
#define xpv_bdev_of(handle)		(handle)

#endif

#endif /* _XPV_COMPAT_LINUX_BLKDEV_H */
