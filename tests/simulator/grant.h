/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's grant table, between grant_table.c and grant_map.c. */
#ifndef _XSIM_GRANT_H
#define _XSIM_GRANT_H

#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include "simulator.h"

#define XSIM_GRANT_FRAMES	64
#define XSIM_V1_PER_FRAME	(PAGE_SIZE / sizeof(struct grant_entry_v1))
#define XSIM_V2_PER_FRAME	(PAGE_SIZE / sizeof(union grant_entry_v2))
#define XSIM_STATUS_PER_FRAME	(PAGE_SIZE / sizeof(grant_status_t))
#define XSIM_STATUS_FRAMES	\
	(XSIM_GRANT_FRAMES * XSIM_V2_PER_FRAME / XSIM_STATUS_PER_FRAME)

/**
 * struct xsim_active - what dom0 does with an entry
 * @gfn: the page, as it was when first mapped
 * @readers: mapped for reading only
 * @writers: mapped for writing too
 */
struct xsim_active {
	u64 gfn;
	u16 readers;
	u16 writers;
};

/**
 * struct xsim_grants - the table; under xsim_lock
 * @version: of the entries
 * @nr: frames that the guest has
 * @mapped: maps of dom0's
 * @life: of which domain; counts up with each
 * @active: what dom0 does, for each entry there can be
 * @frame: of entries
 * @status: of status words
 */
struct xsim_grants {
	u32 version;
	u32 nr;
	u32 mapped;
	u32 life;
	struct xsim_active *active;
	struct xsim_frame frame[XSIM_GRANT_FRAMES];
	struct xsim_frame status[XSIM_STATUS_FRAMES];
};

extern struct xsim_grants xsim_grants;

/* How many entries the guest has; an entry below that. */
u32 xsim_grant_limit(void);
struct grant_entry_v1 *xsim_grant_v1(u32 ref);
union grant_entry_v2 *xsim_grant_v2(u32 ref);
u16 *xsim_grant_status(u32 ref);
/* grant_map.c: what dom0 maps now it has mapped of a domain that is gone. */
void xsim_grant_abandon_locked(void);

#endif /* _XSIM_GRANT_H */
