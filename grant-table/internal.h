/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between the API of grant tables and what implements it, and the
 * parking lot. Two locks, outer to inner:
 *
 * 1. the native table's (native/table.c), a mutex: which references are reserved
 * 2. the parking lot's (park.c), a leaf that is taken in any context
 *
 * Granting and revoking take none.
 */
#ifndef _XPV_GRANT_TABLE_INTERNAL_H
#define _XPV_GRANT_TABLE_INTERNAL_H

#include <linux/atomic.h>
#include <xpv/grant_table.h>

/**
 * struct xpv_gnttab_ops - an implementation of grant tables
 * @exit: undo what choosing this implementation did; NULL for nothing
 * @reserve: take @count references from the domain's free list
 * @release: give references back, not granted
 * @grant: see xpv_gnttab_grant(); reached by static_call
 * @revoke: see xpv_gnttab_revoke(); reached by static_call
 * @try_release: revoke and give back, silently; -EBUSY while the peer holds on
 * @abandon: this module goes while the peer still holds on: hand page and
 *	reference over to whoever stays
 */
struct xpv_gnttab_ops {
	void (*exit)(void);
	int (*reserve)(xpv_gref_t *refs, unsigned int count);
	void (*release)(const xpv_gref_t *refs, unsigned int count);
	void (*grant)(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		      enum xpv_gnttab_access access);
	int (*revoke)(xpv_gref_t ref);
	int (*try_release)(xpv_gref_t ref);
	void (*abandon)(xpv_gref_t ref, struct page *page);
};

/* main.c: chosen at module load, constant afterwards */
extern struct xpv_gnttab_ops xpv_gnttab_ops;

/* kernel.c: over the kernel's Xen core; NULL on a kernel without one. */
const struct xpv_gnttab_ops *xpv_gnttab_kernel(void);

/*
 * native/main.c: agree with Xen on a version and set the table up; fills
 * xpv_gnttab_ops itself, before the first entry is looked at.
 */
int xpv_gnttab_native_init(void);

/* park.c: empty the lot for module exit */
void xpv_gnttab_park_exit(void);

/* park.c: how many are in the lot, for whoever shows it */
extern atomic_t xpv_gnttab_parked;

/* The table grows by so many frames: one frame of status words for them all. */
#define XPV_GNTTAB_CHUNK	8

/**
 * struct xpv_gnttab_format - a version of the entries in the table
 * @version: as GNTTABOP_set_version counts
 * @per_frame: entries in one frame
 * @per_status: status words in one frame of those; 0 if entries hold their own
 * @grant: see xpv_gnttab_grant()
 * @revoke: see xpv_gnttab_revoke(); fine on an entry that is not granted
 */
struct xpv_gnttab_format {
	u32 version;
	u32 per_frame;
	u32 per_status;
	void (*grant)(xpv_gref_t ref, xpv_domid_t peer, struct page *page,
		      enum xpv_gnttab_access access);
	int (*revoke)(xpv_gref_t ref);
};

/* native/v1.c, native/v2.c */
extern const struct xpv_gnttab_format xpv_gnttab_v1;
extern const struct xpv_gnttab_format xpv_gnttab_v2;

/**
 * struct xpv_gnttab_table - where the native table is mapped
 * @entries: each frame of entries
 * @status: each frame of status words
 *
 * Both only grow. A frame's address is written before the first reference in
 * it is reserved, and read by who holds such a reference: no lock.
 */
struct xpv_gnttab_table {
	void **entries;
	u16 **status;
};

extern struct xpv_gnttab_table xpv_gnttab_table;

/**
 * struct xpv_gnttab_counts - the native table in numbers, for debugfs
 * @version: of the entries
 * @size: entries that are mapped
 * @limit: entries that Xen lets this domain have
 * @in_use: entries reserved, parked or abandoned
 *
 * Written under the table's lock, shown without.
 */
struct xpv_gnttab_counts {
	u32 version;
	u32 size;
	u32 limit;
	u32 in_use;
};

extern struct xpv_gnttab_counts xpv_gnttab_counts;

/* native/table.c: maps the first frames of at most @max_frames; or undoes all */
int xpv_gnttab_table_init(const struct xpv_gnttab_format *format,
			  u32 max_frames);
void xpv_gnttab_table_exit(void);
void xpv_gnttab_table_leave(void);
int xpv_gnttab_table_reserve(xpv_gref_t *refs, unsigned int count);
void xpv_gnttab_table_release(const xpv_gref_t *refs, unsigned int count);

#endif /* _XPV_GRANT_TABLE_INTERNAL_H */
