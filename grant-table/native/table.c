// SPDX-License-Identifier: GPL-2.0-only
/*
 * The native grant table: where its frames are mapped, and which of its entries
 * are free. It begins with one chunk of frames, and gets another when entries
 * run out, as far as Xen lets it grow.
 *
 * The lock guards all of it. It is taken when a queue's pool is made or freed
 * and when a parked page comes free, never for a grant: a queue takes
 * references from its own pool, and what it reads here (xpv_gnttab_table) is
 * never changed once there.
 */
#include <linux/bitmap.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/memory.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>

#include "../internal.h"

/*
 * In Xen's public memory.h since 4.0 as XENMAPIDX_grant_table_status, but not
 * in the kernel's copy: names frames of status words in
 * XENMAPSPACE_grant_table.
 */
#define MAPIDX_STATUS	0x80000000UL

struct chunk {
	struct xpv_hv_frames entries;
	struct xpv_hv_frames status;
};

/**
 * struct layout - what only this file needs to know of the table
 * @format: of the entries; constant
 * @max_frames: so many may be mapped; constant
 * @nr_frames: so many are
 * @nr_chunks: in so many chunks
 * @chunks: room for all that there may be
 * @taken: a bit for each entry that there may be: reserved, or not mapped yet
 */
struct layout {
	const struct xpv_gnttab_format *format;
	u32 max_frames;
	u32 nr_frames;
	u32 nr_chunks;
	struct chunk *chunks;
	unsigned long *taken;
};

struct xpv_gnttab_table xpv_gnttab_table;
struct xpv_gnttab_counts xpv_gnttab_counts;

static DEFINE_MUTEX(table_lock);
static struct layout layout;

static int map_status(struct chunk *chunk)
{
	if (!layout.format->per_status)
		return 0;
	return xpv_hv_frames_map(&chunk->status, XENMAPSPACE_grant_table,
				 MAPIDX_STATUS | layout.nr_chunks, 1);
}

static int map_chunk(struct chunk *chunk, u32 nr)
{
	int err;

	err = xpv_hv_frames_map(&chunk->entries, XENMAPSPACE_grant_table,
				layout.nr_frames, nr);
	if (err)
		return err;
	err = map_status(chunk);
	if (err)
		xpv_hv_frames_unmap(&chunk->entries);
	return err;
}

/*
 * Entries granted by whoever had the table before, and which their peer still
 * maps, wait in the parking lot. Their pages are unknown, and not ours to free.
 */
static void clear_entries_locked(u32 first, u32 end)
{
	u32 raw;

	/* The toolstack's own entries, for console and XenStore. */
	for (raw = max_t(u32, first, GNTTAB_NR_RESERVED_ENTRIES); raw < end; raw++) {
		if (!layout.format->revoke(xpv_gref(raw))) {
			__clear_bit(raw, layout.taken);
			continue;
		}
		xpv_gnttab_counts.in_use++;
		xpv_gnttab_park(xpv_gref(raw), NULL);
	}
}

static void publish_chunk_locked(struct chunk *chunk)
{
	u32 i, first = xpv_gnttab_counts.size;

	for (i = 0; i < chunk->entries.nr; i++)
		xpv_gnttab_table.entries[layout.nr_frames++] =
			chunk->entries.addr + i * PAGE_SIZE;
	xpv_gnttab_table.status[layout.nr_chunks++] = chunk->status.addr;
	xpv_gnttab_counts.size = layout.nr_frames * layout.format->per_frame;
	clear_entries_locked(first, xpv_gnttab_counts.size);
}

static int grow_locked(void)
{
	struct chunk *chunk = &layout.chunks[layout.nr_chunks];
	u32 nr = min_t(u32, layout.max_frames - layout.nr_frames,
		       XPV_GNTTAB_CHUNK);
	int err;

	lockdep_assert_held(&table_lock);
	if (!nr)
		return -ENOSPC;
	err = map_chunk(chunk, nr);
	if (!err)
		publish_chunk_locked(chunk);
	return err;
}

/* How many of @size entries are ours and not reserved. */
static u32 spare_of(u32 size)
{
	u32 not_free = GNTTAB_NR_RESERVED_ENTRIES + xpv_gnttab_counts.in_use;

	return size > not_free ? size - not_free : 0;
}

static int make_room_locked(unsigned int count)
{
	int err = 0;

	/* Better nothing than frames that do not help. */
	if (spare_of(xpv_gnttab_counts.limit) < count)
		return -ENOSPC;
	while (!err && spare_of(xpv_gnttab_counts.size) < count)
		err = grow_locked();
	/* However Xen says that it does not grow the table. */
	return err && err != -ENOMEM ? -ENOSPC : err;
}

static void take_locked(xpv_gref_t *refs, unsigned int count)
{
	unsigned long raw = 0;

	xpv_gnttab_counts.in_use += count;
	while (count--) {
		raw = find_next_zero_bit(layout.taken, xpv_gnttab_counts.size,
					 raw);
		__set_bit(raw, layout.taken);
		*refs++ = xpv_gref(raw);
	}
}

int xpv_gnttab_table_reserve(xpv_gref_t *refs, unsigned int count)
{
	unsigned int flags;
	int err;

	might_sleep();
	mutex_lock(&table_lock);
	/* To write to a disk, for memory, may need a pool for that disk. */
	flags = memalloc_noio_save();
	err = make_room_locked(count);
	if (!err)
		take_locked(refs, count);
	memalloc_noio_restore(flags);
	mutex_unlock(&table_lock);
	return err;
}

void xpv_gnttab_table_release(const xpv_gref_t *refs, unsigned int count)
{
	might_sleep();
	mutex_lock(&table_lock);
	xpv_gnttab_counts.in_use -= count;
	while (count--)
		__clear_bit(xpv_gref_raw(refs[count]), layout.taken);
	mutex_unlock(&table_lock);
}

static void free_layout(void)
{
	kvfree(layout.taken);
	kvfree(layout.chunks);
	kvfree(xpv_gnttab_table.status);
	kvfree(xpv_gnttab_table.entries);
	xpv_gnttab_table = (struct xpv_gnttab_table){};
	xpv_gnttab_counts = (struct xpv_gnttab_counts){};
	layout = (struct layout){};
}

static int alloc_layout(void)
{
	u32 max_chunks = DIV_ROUND_UP(layout.max_frames, XPV_GNTTAB_CHUNK);
	u32 limit = layout.max_frames * layout.format->per_frame;

	xpv_gnttab_table.entries = kvcalloc(layout.max_frames, sizeof(void *),
					    GFP_KERNEL);
	xpv_gnttab_table.status = kvcalloc(max_chunks, sizeof(u16 *),
					   GFP_KERNEL);
	layout.chunks = kvcalloc(max_chunks, sizeof(*layout.chunks), GFP_KERNEL);
	layout.taken = kvcalloc(BITS_TO_LONGS(limit), sizeof(long), GFP_KERNEL);
	if (!xpv_gnttab_table.entries || !xpv_gnttab_table.status ||
	    !layout.chunks || !layout.taken)
		return -ENOMEM;

	bitmap_fill(layout.taken, limit);
	xpv_gnttab_counts.version = layout.format->version;
	xpv_gnttab_counts.limit = limit;
	return 0;
}

int xpv_gnttab_table_init(const struct xpv_gnttab_format *format,
			  u32 max_frames)
{
	int err;

	layout.format = format;
	layout.max_frames = max_frames;
	err = alloc_layout();
	if (!err) {
		mutex_lock(&table_lock);
		err = grow_locked();
		mutex_unlock(&table_lock);
	}
	if (err)
		free_layout();
	return err;
}

/* The kernel ends: Xen's frames go, and nothing else changes under who still looks. */
void xpv_gnttab_table_leave(void)
{
	u32 i;

	mutex_lock(&table_lock);
	layout.max_frames = layout.nr_frames;
	for (i = 0; i < layout.nr_chunks; i++) {
		xpv_hv_frames_leave(&layout.chunks[i].status);
		xpv_hv_frames_leave(&layout.chunks[i].entries);
	}
	mutex_unlock(&table_lock);
}

/* All references are back, or their pages are given up: nobody looks any more. */
void xpv_gnttab_table_exit(void)
{
	struct chunk *chunk;

	while (layout.nr_chunks) {
		chunk = &layout.chunks[--layout.nr_chunks];
		xpv_hv_frames_unmap(&chunk->status);
		xpv_hv_frames_unmap(&chunk->entries);
	}
	free_layout();
}
