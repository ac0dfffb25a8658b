// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disk that users see. It is made when the backend is connected, and
 * taken away when the connection ends; who has it open then gets errors, and
 * what is left of it is freed when the last one closes it.
 */
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include "blkfront.h"

/* After this a request is looked after; see xbf_timeout_rq(). */
#define LOOK_AFTER (30 * HZ)

static struct workqueue_struct *add_wq;

static int init_hctx(struct blk_mq_hw_ctx *hctx, void *data, unsigned int index)
{
	struct xbf_device *dev = data;

	hctx->driver_data = &dev->queues[index];
	return 0;
}

static const struct blk_mq_ops mq_ops = {
	.queue_rq = xbf_queue_rq,
	.commit_rqs = xbf_commit_rqs,
	.complete = xbf_complete_rq,
	.timeout = xbf_timeout_rq,
	.init_hctx = init_hctx,
};

/* The backend has the last word on writing (blockdev --setrw). */
static int set_read_only(struct block_device *bdev, bool read_only)
{
	struct xbf_disk *disk = bdev->bd_disk->private_data;

	return disk->read_only && !read_only ? -EACCES : 0;
}

static void free_disk(struct gendisk *gd)
{
	kfree(gd->private_data);
}

static const struct block_device_operations disk_ops = {
	.owner = THIS_MODULE,
	.set_read_only = set_read_only,
	.free_disk = free_disk,
};

static int alloc_tags(struct xbf_disk *disk, struct xbf_device *dev)
{
	unsigned long limit = xbf_request_timeout();

	disk->tags.ops = &mq_ops;
	disk->tags.nr_hw_queues = dev->nr_queues;
	disk->tags.queue_depth = xbf_queue_depth(&dev->queues[0]);
	disk->tags.numa_node = NUMA_NO_NODE;
	/*
	 * It is the backend that knows the device and puts requests in order.
	 * What goes straight to the driver costs less, too.
	 */
	disk->tags.flags = XPV_BLK_MQ_F_MERGE | BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	disk->tags.timeout = limit ? min_t(unsigned long, limit, LOOK_AFTER) :
				     LOOK_AFTER;
	disk->tags.driver_data = dev;
	return blk_mq_alloc_tag_set(&disk->tags);
}

/* Return: the first processor that puts requests on a queue, or none. */
static unsigned int first_cpu(const struct blk_mq_queue_map *map,
			      unsigned int queue)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (map->mq_map[cpu] == queue)
			break;
	return cpu;
}

/*
 * What a processor has asked for is answered there. A single queue's interrupt is left
 * where it was put with all others of the guest.
 */
static void spread_interrupts(struct xbf_disk *disk, struct xbf_device *dev)
{
	unsigned int i, cpu;

	if (dev->nr_queues == 1)
		return;
	for (i = 0; i < dev->nr_queues; i++) {
		cpu = first_cpu(&disk->tags.map[HCTX_TYPE_DEFAULT], i);
		if (cpu < nr_cpu_ids)
			xpv_evtchn_set_cpu(&dev->queues[i].evtchn, cpu);
	}
}

static int alloc_gendisk(struct xbf_disk *disk,
			 unsigned int max_segments,
			 const struct xbf_properties *prop)
{
	const struct xpv_disk_limits limits = {
		.logical_block_size = prop->sector_size,
		.physical_block_size = prop->physical_sector_size,
		.max_hw_sectors = max_segments << (PAGE_SHIFT - SECTOR_SHIFT),
		.max_segments = max_segments,
		.max_segment_size = PAGE_SIZE,
		.seg_boundary_mask = PAGE_SIZE - 1,
		/* xen-blkback refuses a segment that is not of whole sectors. */
		.dma_alignment = prop->sector_size - 1,
		.write_cache = prop->flush_op,
	};
	struct gendisk *gd = xpv_alloc_disk(&disk->tags, &limits, NULL);

	if (IS_ERR(gd))
		return PTR_ERR(gd);
	disk->gd = gd;
	return 0;
}

/* Without numbers of the scheme the block layer finds some. */
static void name_gendisk(struct gendisk *gd, const struct xbf_vdev *vdev)
{
	strscpy(gd->disk_name, vdev->name, sizeof(gd->disk_name));
	if (!vdev->minors || !xbf_names_major())
		return;
	gd->major = xbf_names_major();
	gd->first_minor = vdev->first_minor;
	gd->minors = vdev->minors;
}

static void set_up_gendisk(struct xbf_disk *disk, struct xbf_device *dev,
			   const struct xbf_properties *prop)
{
	struct gendisk *gd = disk->gd;

	name_gendisk(gd, &dev->vdev);
	gd->fops = &disk_ops;
	gd->private_data = disk;
	if (prop->removable)
		gd->flags |= GENHD_FL_REMOVABLE;
	disk->read_only = prop->read_only;
	set_disk_ro(gd, prop->read_only);
	set_capacity(gd, prop->sectors);
}

static const char *cache_text(u8 flush_op)
{
	switch (flush_op) {
	case BLKIF_OP_FLUSH_DISKCACHE:
		return "flush";
	case BLKIF_OP_WRITE_BARRIER:
		return "flush by barrier";
	default:
		return "no flush offered";
	}
}

static void announce(struct xbf_device *dev, const struct xbf_properties *prop)
{
	const struct xbf_queue *q = &dev->queues[0];
	char size[16];

	string_get_size(prop->sectors, SECTOR_SIZE, STRING_UNITS_2, size,
			sizeof(size));
	dev_info(dev->xdev->dev,
		 "%s: connected to backend domain %u, %s, sectors of %u/%u bytes, %u queue%s of %u ring pages for %u requests of up to %u KiB, %u data pages %s, %s, %s\n",
		 dev->vdev.name, xpv_domid_raw(dev->xdev->peer), size, prop->sector_size,
		 prop->physical_sector_size, dev->nr_queues,
		 dev->nr_queues == 1 ? "" : "s", q->area.nr_pages,
		 xbf_queue_depth(q),
		 xbf_queues_max_segments(dev) * (u32)(PAGE_SIZE / 1024),
		 q->grants.pool.capacity, q->grants.persistent ? "persistent" : "in place",
		 cache_text(prop->flush_op),
		 prop->read_only ? "read-only" : "read-write");
}

/*
 * Reads the partition table, so a backend that does not answer would block the
 * bus if this ran in its context, and the bus is what ends such waiting.
 */
static void add_disk_work(struct work_struct *work)
{
	struct xbf_disk *disk = container_of(work, struct xbf_disk, add);
	struct xbf_device *dev = disk->tags.driver_data;
	int err;

	err = device_add_disk(dev->xdev->dev, disk->gd, NULL);
	if (err)
		xpv_bus_fatal(dev->xdev, err, "%s: adding the disk failed: %d",
			      dev->vdev.name, err);
	else
		disk->added = true;
}

/**
 * xbf_disk_create - give users a disk
 * @dev: device with queues and a connected backend
 * @prop: what the backend says of its disk
 *
 * It becomes visible a little later.
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; the reason is told.
 */
int xbf_disk_create(struct xbf_device *dev, const struct xbf_properties *prop)
{
	struct xbf_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	int err = -ENOMEM;

	if (!disk)
		goto err_tell;
	INIT_WORK(&disk->add, add_disk_work);
	dev->flush_op = prop->flush_op;
	err = alloc_tags(disk, dev);
	if (err)
		goto err_free;
	err = alloc_gendisk(disk, xbf_queues_max_segments(dev), prop);
	if (err)
		goto err_free_tags;
	set_up_gendisk(disk, dev, prop);
	spread_interrupts(disk, dev);
	dev->disk = disk;
	announce(dev, prop);
	queue_work(add_wq, &disk->add);
	return 0;

err_free_tags:
	blk_mq_free_tag_set(&disk->tags);
err_free:
	kfree(disk);
err_tell:
	dev_err(dev->xdev->dev, "%s: making the disk failed: error %d\n",
		dev->vdev.name, err);
	return err;
}

/* The tags have to outlive a queue that was never shown, and no other. */
static void remove_added(struct xbf_disk *disk)
{
	blk_mark_disk_dead(disk->gd);
	del_gendisk(disk->gd);
	blk_mq_free_tag_set(&disk->tags);
	put_disk(disk->gd); /* free_disk() follows with the last user */
}

static void remove_hidden(struct xbf_disk *disk)
{
	put_disk(disk->gd);
	blk_mq_free_tag_set(&disk->tags);
	kfree(disk);
}

/**
 * xbf_disk_remove - take the disk away, also from those who use it
 * @dev: device, its queues aborted: all I/O fails at once, so nothing here
 *	waits for the peer
 *
 * Context: process, may sleep.
 */
void xbf_disk_remove(struct xbf_device *dev)
{
	struct xbf_disk *disk = dev->disk;

	if (!disk)
		return;
	dev->disk = NULL;
	flush_work(&disk->add);
	if (disk->added)
		remove_added(disk);
	else
		remove_hidden(disk);
	/*
	 * Who put the last request may yet be on the way to ring the doorbell;
	 * the block layer calls us in an RCU read-side section.
	 */
	synchronize_rcu();
}

/**
 * xbf_disk_resize - look whether the backend's disk has another size now
 * @dev: device with a connected backend
 *
 * Context: process, may sleep.
 */
void xbf_disk_resize(struct xbf_device *dev)
{
	struct gendisk *gd = dev->disk->gd;
	u64 sectors, before = get_capacity(gd);
	int err;

	err = xbf_read_size(dev, queue_logical_block_size(gd->queue), &sectors);
	if (err) {
		dev_warn(dev->xdev->dev,
			 "%s: keeps its size: backend's sectors cannot be used: error %d\n",
			 dev->vdev.name, err);
		return;
	}
	if (sectors == before)
		return;
	set_capacity_and_notify(gd, sectors);
	dev_info(dev->xdev->dev, "%s: from %llu to %llu sectors of 512 bytes\n",
		 dev->vdev.name, before, sectors);
}

/**
 * xbf_disks_init - before the first disk
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int xbf_disks_init(void)
{
	add_wq = alloc_workqueue("xpv-blkfront", WQ_UNBOUND, 0);
	return add_wq ? 0 : -ENOMEM;
}

/**
 * xbf_disks_exit - after the last disk
 *
 * Context: process, may sleep.
 */
void xbf_disks_exit(void)
{
	destroy_workqueue(add_wq);
}
