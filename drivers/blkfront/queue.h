/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue of a disk: ring, slots, grants, doorbell. Internal to xpv-blkfront;
 * lock order: blkfront.h.
 *
 * Who has a request: the block layer, until submit stores it in its slot
 * (release); then the peer, until whoever holds rsp_lock takes it out of the
 * slot, which happens once. Only that one completes it.
 */
#ifndef _XBF_QUEUE_H
#define _XBF_QUEUE_H

#include <linux/blk_types.h>
#include <linux/blkdev.h>
#include <linux/interrupt.h>
#include <linux/llist.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <xen/interface/io/blkif.h>
#include <xpv/event_channel.h>
#include <xpv/grant_shared.h>
#include <xpv/ring.h>
#include "grants.h"

struct request;
struct xbf_device;

XPV_RING_TYPE(xbf_ring, struct blkif_request, struct blkif_response)

/* A grant is one Xen page, and segments are counted in pages of ours. */
static_assert(PAGE_SIZE == 4096);
static_assert(sizeof(union xbf_ring_slot) == 112);
static_assert(offsetof(struct blkif_request, u.rw.id) == 8);
static_assert(offsetof(struct blkif_request, u.rw.seg) == 24);
static_assert(offsetof(struct blkif_request, u.indirect.nr_segments) == 2);
static_assert(offsetof(struct blkif_request, u.indirect.id) == 8);
static_assert(offsetof(struct blkif_request, u.indirect.indirect_grefs) == 28);
static_assert(sizeof(struct blkif_request_segment) == 8);
static_assert(offsetof(struct blkif_response, status) == 10);

/* In a request itself; and where a table of its own describes its segments. */
#define XBF_SEGMENTS BLKIF_MAX_SEGMENTS_PER_REQUEST
#define XBF_SEGMENTS_MAX 64
/* Such requests that can be with the peer, each with its table in one page. */
#define XBF_TABLES XPV_GNTTAB_SHARED_MAX
/* Of all rings of a disk, and so the most queues: each has a page. */
#define XBF_RING_ORDER_MAX 4
#define XBF_QUEUES_MAX 16U
static_assert(BIT(XBF_RING_ORDER_MAX) == XBF_QUEUES_MAX);

/**
 * struct xbf_slot - one request that can be with the peer; index: tag and id
 * @wire: what the peer is told, apart from what it can scribble on
 * @rq: the request while the peer has it, else NULL; set by submit (release),
 *	cleared under rsp_lock
 * @returned: links it to xbf_queue.returned
 * @since: jiffies when the peer got it
 * @grants: of its segments, indexes in xbf_queue.grants; in place: revoked once
 *	on xbf_queue.returned
 * @nr_grants: how many
 * @table: of xbf_queue.tables, that describes them in an indirect request
 * @operation: BLKIF_OP_ that the answer has to repeat
 * @status: how it ended, once @rq is taken out
 *
 * Whoever has the tag has the slot. But while it is on xbf_queue.returned,
 * @returned, @grants, @nr_grants, @table and @wire are under xbf_queue.lock.
 */
struct xbf_slot {
	struct blkif_request wire;
	struct request *rq;
	struct llist_node returned;
	unsigned long since;
	u16 grants[XBF_SEGMENTS_MAX];
	u8 nr_grants;
	u8 table;
	u8 operation;
	blk_status_t status;
};

/**
 * struct xbf_queue - a ring, its channel and its grants
 * @dev: device it belongs to
 * @id: its number in that, and of its folder in XenStore
 * @name: of its interrupt
 * @slots: one for each slot of the ring, and for each tag
 * @area: pages of the ring
 * @tables: pages for descriptions of large requests; none if the peer takes
 *	none of these. Lent as long as the ring; never read by us
 * @max_segments: of a request
 * @evtchn: doorbell
 * @returned: slots with grants to be put, for submit to take back: completion
 *	needs no lock of submit's for that
 * @idle: woken when responses were taken off the ring
 * @poll: goes on taking them where the interrupt left off, or from the start
 * @linger: takes them when the peer has answered fewer than it will ring for
 * @lock: one producer at a time; guards @down, @grants and @free_tables
 * @down: nothing is put on the ring any more
 * @grants: of data
 * @free_tables: bits of @tables that no request has
 * @ring: both sides
 * @rsp_lock: one consumer at a time
 * @early: an answer was found that the peer may yet ring for
 * @worked: the interrupt that has not ended had a reason; its tasklet's alone
 * @broken: no response is looked at any more; set once, from any context
 * @slow: the peer was reported as slow and has not answered since
 */
struct xbf_queue {
	struct xbf_device *dev;
	unsigned int id;
	char name[DISK_NAME_LEN + sizeof("-q4294967295")];
	struct xbf_slot *slots;
	struct xpv_gnttab_shared area;
	struct xpv_gnttab_shared tables;
	unsigned int max_segments;
	struct xpv_evtchn evtchn;
	struct llist_head returned;
	wait_queue_head_t idle;
	struct tasklet_struct poll;
	struct timer_list linger;

	spinlock_t lock ____cacheline_aligned_in_smp;
	bool down;
	struct xbf_grants grants;
	unsigned long free_tables;
	struct xpv_ring ring;

	spinlock_t rsp_lock ____cacheline_aligned_in_smp;
	bool early;
	bool worked;
	bool broken;
	bool slow;
};

#endif /* _XBF_QUEUE_H */
