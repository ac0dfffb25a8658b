/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internal to xpv-blkfront: devices and disks, and what each file offers.
 *
 * Lock order: none of the locks below is taken inside another.
 *
 *   names_mutex (names.c) who has which disk name
 *   xbf_queue.lock        putting requests on the ring
 *   xbf_queue.rsp_lock    taking responses off it
 */
#ifndef _XBF_BLKFRONT_H
#define _XBF_BLKFRONT_H

#include <linux/list.h>
#include <linux/workqueue.h>
#include <xpv/xenbus.h>
#include <compat/linux/blkdev.h>
#include "queue.h"

/**
 * struct xbf_vdev - which disk a virtual device number stands for
 * @name: of the disk, "xvda"
 * @first_minor: of major 202
 * @minors: how many, 0 when the numbers of the scheme cannot say it
 */
struct xbf_vdev {
	char name[DISK_NAME_LEN];
	unsigned int first_minor;
	unsigned int minors;
};

/**
 * struct xbf_properties - what the backend says of its disk
 * @sectors: size in 512 bytes, whatever @sector_size is
 * @sector_size: logical block in bytes
 * @physical_sector_size: in bytes
 * @flush_op: BLKIF_OP_ that flushes its write cache, 0 when it offers none
 * @read_only: writes are refused
 * @removable: the medium is
 * @persistent: it keeps pages mapped that it was lent, and we agree
 */
struct xbf_properties {
	u64 sectors;
	unsigned int sector_size;
	unsigned int physical_sector_size;
	u8 flush_op;
	bool read_only;
	bool removable;
	bool persistent;
};

/**
 * struct xbf_disk - a disk of the block layer
 * @gd: its disk
 * @tags: requests; one hardware queue for each struct xbf_queue
 * @add: makes it visible, which reads its partition table
 * @added: whether that worked; written by @add
 * @read_only: the backend refuses writes
 *
 * Made when the backend is connected, and taken from the user when it goes.
 * What is left of it then is freed when its last user closes it.
 */
struct xbf_disk {
	struct gendisk *gd;
	struct blk_mq_tag_set tags;
	struct work_struct add;
	bool added;
	bool read_only;
};

/**
 * struct xbf_device - a device on the bus, with or without backend
 * @xdev: the bus's
 * @vdev: name and numbers, fixed
 * @named: in the list of taken names
 * @handle: our name for the device in requests
 * @flush_op: see &struct xbf_properties; fixed while there is a disk
 * @nr_queues: how many
 * @queues: from connect to disconnect, else NULL
 * @disk: from ready to stop, else NULL
 */
struct xbf_device {
	struct xpv_device *xdev;
	struct xbf_vdev vdev;
	struct list_head named;
	blkif_vdev_t handle;
	u8 flush_op;
	unsigned int nr_queues;
	struct xbf_queue *queues;
	struct xbf_disk *disk;
};

/**
 * struct xbf_segment - a piece of a request within one page
 * @page: the page
 * @first: first sector in it
 * @last: last sector in it
 */
struct xbf_segment {
	struct page *page;
	u8 first;
	u8 last;
};

/**
 * struct xbf_pieces - the data of a request
 * @nr: how many segments
 * @segs: each
 */
struct xbf_pieces {
	unsigned int nr;
	struct xbf_segment segs[XBF_SEGMENTS_MAX];
};

/* vdev.c */
int xbf_vdev_parse(u64 number, struct xbf_vdev *vdev);

/* names.c */
void xbf_names_init(void);
void xbf_names_exit(void);
int xbf_name_claim(struct xbf_device *dev);
void xbf_name_release(struct xbf_device *dev);
int xbf_names_major(void);

/* negotiate.c */
int xbf_read_identity(struct xbf_device *dev);
int xbf_write_nodes(struct xbf_device *dev);
int xbf_read_size(struct xbf_device *dev, unsigned int sector_size,
		  u64 *sectors);
int xbf_read_properties(struct xbf_device *dev, struct xbf_properties *prop);

/* queue.c */
int xbf_queues_create(struct xbf_device *dev, unsigned int nr,
		      unsigned int ring_order, unsigned int max_segments);
unsigned int xbf_queues_max_segments(const struct xbf_device *dev);
void xbf_queues_destroy(struct xbf_device *dev);
int xbf_queues_persist(struct xbf_device *dev);
void xbf_queues_shut(struct xbf_device *dev);
void xbf_queues_drain(struct xbf_device *dev);
void xbf_queues_abort(struct xbf_device *dev);
void xbf_queue_abort(struct xbf_queue *q);
void xbf_queue_reclaim_locked(struct xbf_queue *q);
unsigned int xbf_queue_depth(const struct xbf_queue *q);

/* pieces.c */
int xbf_gather(const struct xbf_queue *q, struct request *rq,
	       struct xbf_pieces *pieces);
void xbf_copy_out(const struct xbf_queue *q, const struct xbf_slot *slot,
		  const struct xbf_pieces *pieces);
void xbf_copy_in(const struct xbf_queue *q, const struct xbf_slot *slot,
		 struct request *rq);

/* request.c */
blk_status_t xbf_queue_rq(struct blk_mq_hw_ctx *hctx,
			  const struct blk_mq_queue_data *bd);
void xbf_commit_rqs(struct blk_mq_hw_ctx *hctx);

/* response.c */
int xbf_reap(struct xbf_queue *q, unsigned int *taken);
irqreturn_t xbf_interrupt(int irq, void *data);
void xbf_poll(struct tasklet_struct *tasklet);
void xbf_linger(struct timer_list *timer);

/* complete.c */
bool xbf_end_access(struct xbf_queue *q, struct xbf_slot *slot);
void xbf_complete_rq(struct request *rq);
enum blk_eh_timer_return xbf_timeout_rq(struct request *rq);

/* disk.c */
int xbf_disks_init(void);
void xbf_disks_exit(void);
int xbf_disk_create(struct xbf_device *dev, const struct xbf_properties *prop);
void xbf_disk_remove(struct xbf_device *dev);
void xbf_disk_resize(struct xbf_device *dev);

/* main.c */
bool xbf_may_persist(void);
unsigned long xbf_request_timeout(void);

#endif /* _XBF_BLKFRONT_H */
