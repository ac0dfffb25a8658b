/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connection to xenstored, between link.c, which has its queue and
 * its life, input.c, which has what comes in, and output.c, which
 * has what goes out.
 */
#ifndef _XPV_XENBUS_NATIVE_LINK_H
#define _XPV_XENBUS_NATIVE_LINK_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <xpv/event_channel.h>

#include "ring.h"
#include "store.h"

/* SYNCING -> UP, UP -> SYNCING, either -> DEAD. DEAD is for good. */
enum xpv_link_state {
	XPV_LINK_SYNCING,	/* looking for the boundary of a message */
	XPV_LINK_UP,
	XPV_LINK_DEAD,
};

/* Bits of xpv_store_link.flags */
#define XPV_LINK_RUNG		0	/* the doorbell rang, its end was not told */
#define XPV_LINK_CLOSING	1	/* the doorbell starts nothing any more */

/**
 * struct xpv_store_probe - the request that finds the boundary of a message
 * @id: random, so that no rest of an old message is taken for the reply
 * @sent: bytes of @wire on the ring
 * @wire: XS_RESET_WATCHES, which has one NUL for payload
 */
struct xpv_store_probe {
	u32 id;
	size_t sent;
	u8 wire[sizeof(struct xsd_sockmsg) + 1];
};

/**
 * struct xpv_store_link - the connection
 * @channel: doorbell
 * @wq: where the pump runs
 * @pump: moves bytes and ends requests; never two at a time
 * @flags: XPV_LINK_*
 * @changed: @state changed, or a request ended
 *
 * @pending: requests that have not ended, with those of @given_up
 * @given_up: requests that nobody waits for any more, but their reply may come
 *
 * @lock: guards @queue, @next_id, and changes of @state, which only the pump,
 *	open and close make
 * @state: where the connection stands
 * @queue: requests submitted
 * @next_id: number of the next request
 *
 * The rest is the pump's, and that of open and close while there is none:
 *
 * @sending: requests taken from @queue; the first may be on the ring in part
 * @waiting: requests sent, without a reply
 * @ring: our end of the ring
 * @reconnecting: xenstored was asked to begin anew, and has not yet
 * @sync_until: in jiffies, when SYNCING ends in DEAD
 * @probe: the request sent while SYNCING
 * @falls: how often the connection had to begin anew of late
 * @last_fall: in jiffies, when it last had to
 * @fault: what was found wrong
 * @fault_value: the value that was
 * @doorbell: xenstored's is to be rung
 * @budget: bytes that this run may still read
 * @have: bytes in @bytes
 * @head: of the message in @bytes
 * @bytes: a message, as far as it has come in
 */
struct xpv_store_link {
	struct xpv_evtchn channel;
	struct workqueue_struct *wq;
	struct delayed_work pump;
	unsigned long flags;
	wait_queue_head_t changed;
	atomic_t pending;
	atomic_t given_up;

	spinlock_t lock; /* guards what follows, down to next_id */
	enum xpv_link_state state;
	struct list_head queue;
	u32 next_id;

	struct list_head sending;
	struct list_head waiting;
	struct xpv_store_ring ring;
	bool reconnecting;
	unsigned long sync_until;
	struct xpv_store_probe probe;
	unsigned int falls;
	unsigned long last_fall;
	const char *fault;
	u32 fault_value;
	bool doorbell;
	size_t budget;
	size_t have;
	struct xsd_sockmsg head;
	u8 bytes[XPV_STORE_MESSAGE_MAX];
};

/* link.c */
void xpv_store_link_up(struct xpv_store_link *link);
void xpv_store_link_take(struct xpv_store_link *link,
			 struct xpv_store_request *req);
/* Tell what is wrong with the ring; -EPROTO. */
int xpv_store_link_corrupt(struct xpv_store_link *link, const char *what,
			   u32 value);

/* A request has ended before its time. */
void xpv_store_link_fail(struct xpv_store_link *link,
			 struct xpv_store_request *req, int err);

/* output.c: -EAGAIN when all is sent, or the ring is full. */
int xpv_store_link_transmit(struct xpv_store_link *link);
struct xpv_store_request *xpv_store_link_first(struct xpv_store_link *link);

/* input.c: -EAGAIN when all is read, or the budget used up. */
int xpv_store_link_receive(struct xpv_store_link *link);

#endif /* _XPV_XENBUS_NATIVE_LINK_H */
