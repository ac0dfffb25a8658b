/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Our own XenStore client, where nobody else owns the domain. Layers, each
 * used by those above it:
 *
 *   ring.c, wire.c   bytes on the ring; bytes of a message
 *   link.c                  the connection: one work, the pump, owns the
 *                                  ring and matches replies with requests
 *   request.c               one request: its bytes, its end, its reply
 *   watch.c                 watches: which event is whose
 *   xs.c                    what xs.c and the bus ask for
 *   file.c, session.c  /dev/xen/xenbus
 *
 * Lock order, outer to inner:
 *
 *   a file's writing mutex -> the watches' mutex -> a file's lock -> link.lock
 *
 * The last two are spinlocks. Called by the pump, so neither waiting for
 * XenStore nor for anybody who does: xpv_store_request.done,
 * xpv_store_watch.event.
 */
#ifndef _XPV_XENBUS_NATIVE_STORE_H
#define _XPV_XENBUS_NATIVE_STORE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include "wire.h"

/**
 * struct xpv_store_request - a message to xenstored, and what came of it
 * @ref: one for who made it, one for the link while that has it
 * @entry: in the link's queue, then among those that wait for their reply
 * @done: called once, by the pump; takes over the maker's reference
 * @owner: the maker's
 * @type: XS_*
 * @txn: transaction, or 0
 * @id: xenstored copies it into the reply; the link's
 * @deadline: in jiffies, when waiting ends with -ETIMEDOUT
 * @given_up: it has; the reply may still come
 * @err: 0, or -errno of the link or of xenstored; valid once done
 * @reply: payload of the reply, with a NUL behind it; NULL on error. The
 *	maker may take it, and leaves NULL.
 * @reply_len: bytes of @reply, without that NUL
 * @sent: bytes of @wire that are on the ring
 * @len: bytes of @wire
 * @wire: the message
 */
struct xpv_store_request {
	struct kref ref;
	struct list_head entry;
	void (*done)(struct xpv_store_request *req);
	void *owner;
	u32 type;
	u32 txn;
	u32 id;
	unsigned long deadline;
	bool given_up;
	int err;
	char *reply;
	size_t reply_len;
	size_t sent;
	size_t len;
	u8 wire[];
};

/* request.c: made with no done, it is forgotten once it has ended. */
struct xpv_store_request *
xpv_store_request_create(u32 type, u32 txn, const struct xpv_store_part *parts,
			 unsigned int nr);
void xpv_store_request_put(struct xpv_store_request *req);
void xpv_store_request_number(struct xpv_store_request *req, u32 id);
void xpv_store_request_end(struct xpv_store_request *req, int err);
void xpv_store_request_answer(struct xpv_store_request *req,
			      const struct xsd_sockmsg *head, const char *body);
/* Submit, and never mind the outcome. @parts as in create. */
void xpv_store_tell(u32 type, u32 txn, const struct xpv_store_part *parts,
		    unsigned int nr);
void xpv_store_abort(u32 txn);
/* Submit and wait, a bounded time. On success @req holds the reply. */
int xpv_store_ask(struct xpv_store_request *req);

/*
 * link.c. A request that is submitted ends, within a bounded time; one
 * that is refused (-EIO: no connection; -EBUSY: too many without a reply)
 * still belongs to its maker.
 */
int xpv_store_link_open(void);
void xpv_store_link_close(void);
void xpv_store_link_leave(void);
int xpv_store_submit(struct xpv_store_request *req);

/**
 * struct xpv_store_watch - a watch with xenstored
 * @path: what to watch; outlives the watch
 * @depth: how many levels below it, as text, or NULL for all
 * @event: something changed at @path of the event, or above it
 * @id: what the token says; 0 while the watch is not known
 */
struct xpv_store_watch {
	const char *path;
	const char *depth;
	void (*event)(struct xpv_store_watch *watch, const char *path);
	u32 id;
};

/* watch.c: add waits for xenstored, remove does not. */
int xpv_store_watch_add(struct xpv_store_watch *watch);
void xpv_store_watch_remove(struct xpv_store_watch *watch);
/* The parts of add, for who does not want to wait. */
int xpv_store_watch_enrol(struct xpv_store_watch *watch);
struct xpv_store_request *
xpv_store_watch_request(const struct xpv_store_watch *watch, u32 type);
void xpv_store_watch_strike(struct xpv_store_watch *watch);
/* For the link: an event came in; the connection is a new one. */
int xpv_store_watch_fire(const char *payload, size_t len);
void xpv_store_watch_renew(void);

#endif /* _XPV_XENBUS_NATIVE_STORE_H */
