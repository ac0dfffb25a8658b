// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the disks, that nobody waits for before the end of the execution.
 * Their pages are freed when they end: what a backend still maps then must have
 * been kept out of use by the driver.
 */
#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <compat/linux/blkdev.h>

#include "fuzz.h"

#define BIOS_MAX	24
#define PAGES_MAX	8

static struct xpv_bdev_handle *handles[XFZ_DISKS];
static atomic_t in_flight;

static void end_io(struct bio *bio)
{
	struct bio_vec *bv;
	struct bvec_iter_all iter;

	bio_for_each_segment_all(bv, bio, iter)
		__free_page(bv->bv_page);
	bio_put(bio);
	atomic_dec(&in_flight);
}

bool xfz_disk_is_idle(void)
{
	return !atomic_read(&in_flight);
}

static blk_opf_t draw_op(struct block_device *bdev)
{
	u32 kind = xfz_below(8);

	/* The block layer only warns of writes to what is read-only. */
	if (kind < 3 || bdev_read_only(bdev))
		return REQ_OP_READ;
	if (kind == 3)
		return REQ_OP_WRITE | REQ_PREFLUSH;
	if (kind == 4)
		return REQ_OP_WRITE | REQ_FUA;
	return REQ_OP_WRITE;
}

static void give_pages(struct bio *bio, u32 nr, u32 unit)
{
	u32 len;

	while (nr--) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			break;
		len = unit * (1 + xfz_below(PAGE_SIZE / unit));
		__bio_add_page(bio, page, len, PAGE_SIZE - len);
	}
}

static void submit_one(struct block_device *bdev)
{
	u32 unit = bdev_logical_block_size(bdev);
	u64 sectors = bdev_nr_sectors(bdev);
	blk_opf_t op = draw_op(bdev);
	u32 nr = op & REQ_PREFLUSH && xfz_one_in(2) ? 0 : 1 + xfz_below(PAGES_MAX);
	struct bio *bio;

	bio = bio_alloc(bdev, PAGES_MAX, op, GFP_KERNEL);
	give_pages(bio, nr, unit);
	/* Beyond the end too, now and then. */
	bio->bi_iter.bi_sector = xfz_below(min_t(u64, sectors, U32_MAX) + 1) &
				 ~(u64)((unit >> SECTOR_SHIFT) - 1);
	bio->bi_end_io = end_io;
	atomic_inc(&in_flight);
	submit_bio(bio);
}

static void close_one(unsigned int disk)
{
	if (handles[disk])
		xpv_bdev_close(handles[disk]);
	handles[disk] = NULL;
}

static bool open_one(unsigned int disk)
{
	struct xpv_bdev_handle *handle;

	if (handles[disk])
		return true;
	handle = xpv_bdev_open(MKDEV(xfz_devices[disk].id >> 8,
				     xfz_devices[disk].id & 0xff));
	if (!IS_ERR(handle))
		handles[disk] = handle;
	return handles[disk];
}

void xfz_disk_io(void)
{
	unsigned int disk = xfz_below(XFZ_DISKS);
	u32 nr = 1 + xfz_below(BIOS_MAX);
	bool stays = xfz_one_in(2);
	struct blk_plug plug;

	if (!open_one(disk)) {
		xfz_trace("no disk %u", disk);
		return;
	}
	xfz_trace("disk %u: %u bios, %s", disk, nr,
		  stays ? "stays open" : "is closed");
	blk_start_plug(&plug);
	while (nr--)
		submit_one(xpv_bdev_of(handles[disk]));
	blk_finish_plug(&plug);
	if (!stays)
		close_one(disk);
}

void xfz_disk_close(void)
{
	unsigned int disk;

	for (disk = 0; disk < XFZ_DISKS; disk++)
		close_one(disk);
}
