// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk of memory, which takes up what was written to it. Pages are never
 * freed but by a discard of them, or with the disk: readers take the xarray's
 * lock for the copy, so that is safe.
 */
#include <linux/blk_types.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "blk.h"

#define SECTORS_PER_PAGE (PAGE_SIZE >> SECTOR_SHIFT)

void xsim_blk_disk_init(struct xsim_blk_disk *disk)
{
	xa_init(&disk->pages);
}

void xsim_blk_disk_free(struct xsim_blk_disk *disk)
{
	struct page *page;
	unsigned long index;

	xa_for_each(&disk->pages, index, page)
		__free_page(page);
	xa_destroy(&disk->pages);
}

static size_t piece_of(u64 byte, size_t len)
{
	return min_t(size_t, len, PAGE_SIZE - offset_in_page(byte));
}

/**
 * xsim_blk_disk_read - read
 * @disk: disk
 * @sector: first one
 * @to: where to
 * @len: bytes
 */
void xsim_blk_disk_read(struct xsim_blk_disk *disk, u64 sector, void *to,
			size_t len)
{
	u64 byte = sector << SECTOR_SHIFT;
	struct page *page;
	size_t piece;

	for (; len; len -= piece, to += piece, byte += piece) {
		piece = piece_of(byte, len);
		xa_lock(&disk->pages);
		page = xa_load(&disk->pages, byte >> PAGE_SHIFT);
		if (page)
			memcpy(to, page_address(page) + offset_in_page(byte),
			       piece);
		else
			memset(to, 0, piece);
		xa_unlock(&disk->pages);
	}
}

static int provide(struct xsim_blk_disk *disk, unsigned long index)
{
	struct page *page;
	int err;

	if (xa_load(&disk->pages, index))
		return 0;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return -ENOMEM;
	err = xa_insert(&disk->pages, index, page, GFP_KERNEL);
	if (err)
		__free_page(page);
	/* Another queue was faster. */
	return err == -EBUSY ? 0 : err;
}

/**
 * xsim_blk_disk_write - write
 * @disk: disk
 * @sector: first one
 * @from: where from
 * @len: bytes
 *
 * Return: 0 or -ENOMEM.
 */
int xsim_blk_disk_write(struct xsim_blk_disk *disk, u64 sector,
			const void *from, size_t len)
{
	u64 byte = sector << SECTOR_SHIFT;
	struct page *page;
	size_t piece;
	int err;

	for (; len; len -= piece, from += piece, byte += piece) {
		piece = piece_of(byte, len);
		err = provide(disk, byte >> PAGE_SHIFT);
		if (err)
			return err;
		xa_lock(&disk->pages);
		page = xa_load(&disk->pages, byte >> PAGE_SHIFT);
		if (page)
			memcpy(page_address(page) + offset_in_page(byte), from,
			       piece);
		xa_unlock(&disk->pages);
	}
	return 0;
}

static void zero(struct xsim_blk_disk *disk, u64 sector, u64 nr)
{
	struct page *page;

	xa_lock(&disk->pages);
	page = xa_load(&disk->pages, sector / SECTORS_PER_PAGE);
	if (page)
		memset(page_address(page) +
			       (sector % SECTORS_PER_PAGE << SECTOR_SHIFT),
		       0, nr << SECTOR_SHIFT);
	xa_unlock(&disk->pages);
}

/**
 * xsim_blk_disk_discard - forget what was written
 * @disk: disk
 * @sector: first one
 * @nr: how many
 */
void xsim_blk_disk_discard(struct xsim_blk_disk *disk, u64 sector, u64 nr)
{
	struct page *page;
	u64 piece;

	for (; nr; nr -= piece, sector += piece) {
		piece = min_t(u64, nr,
			      SECTORS_PER_PAGE - sector % SECTORS_PER_PAGE);
		if (piece < SECTORS_PER_PAGE) {
			zero(disk, sector, piece);
			continue;
		}
		page = xa_erase(&disk->pages, sector / SECTORS_PER_PAGE);
		if (page)
			__free_page(page);
	}
}
