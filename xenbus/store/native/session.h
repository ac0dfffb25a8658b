/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One open file of /dev/xen/xenbus, between file.c, which moves its
 * bytes, session.c, which knows what they mean, and session_watch.c,
 * which has its watches.
 */
#ifndef _XPV_XENBUS_NATIVE_SESSION_H
#define _XPV_XENBUS_NATIVE_SESSION_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "store.h"

/* Requests whose reply was not read yet; then writing has to wait. */
#define XPV_SESSION_OWED_MAX	128

/**
 * struct xpv_session_item - a message for the user to read
 * @entry: in the session's items
 * @of_watch: in its watch's events; empty for a reply
 * @session: for a reply that is still to come
 * @watch: of an event; or for XS_WATCH, the one that is asked for
 * @head: as the user reads it; before that, as the user wrote it
 * @body: @head.len bytes
 * @req: holds @body of a reply; or NULL
 * @text: holds @body of an event
 */
struct xpv_session_item {
	struct list_head entry;
	struct list_head of_watch;
	struct xpv_session *session;
	struct xpv_session_watch *watch;
	struct xsd_sockmsg head;
	const char *body;
	struct xpv_store_request *req;
	char text[];
};

/**
 * struct xpv_session - an open file
 * @ref: one for the file, one for each request under way
 * @changed: there is something to read, or room to write
 *
 * @writing: guards the next three; held while a message is acted upon
 * @have: bytes in @bytes
 * @watches: that the user has set
 * @nr_watches: how many
 *
 * @reading: guards the next two
 * @current_item: read in part, and in no list any more
 * @at: bytes of it that were read
 *
 * @lock: guards what follows, and events of watches
 * @closed: nobody will read
 * @items: to be read
 * @txns: transactions that the user has open
 * @owed: replies that were not read, or have not come yet
 *
 * @bytes: a message, as far as it was written
 */
struct xpv_session {
	struct kref ref;
	wait_queue_head_t changed;

	struct mutex writing; /* guards what is being written, and watches */
	size_t have;
	struct list_head watches;
	unsigned int nr_watches;

	struct mutex reading; /* guards what is being read */
	struct xpv_session_item *current_item;
	size_t at;

	spinlock_t lock; /* guards what is to be read, and transactions */
	bool closed;
	struct list_head items;
	struct list_head txns;
	unsigned int owed;

	u8 bytes[XPV_STORE_MESSAGE_MAX];
};

struct xpv_session *xpv_session_create(void);
/* Aborts its transactions, ends its watches. Does not wait for xenstored. */
void xpv_session_destroy(struct xpv_session *s);
/* Act on the message in @s->bytes, with @s->writing held. -ENOMEM. */
int xpv_session_act(struct xpv_session *s);
/* The next message to be read, now the caller's; or NULL. */
struct xpv_session_item *xpv_session_next(struct xpv_session *s);
/* It was read. */
void xpv_session_done(struct xpv_session *s, struct xpv_session_item *item);

/* session.c. An item with room for @text bytes. */
struct xpv_session_item *xpv_session_alloc_item(struct xpv_session *s,
						size_t text);
void xpv_session_free_item(struct xpv_session_item *item);
/* To the user; @err stands in for a reply that did not come, or was XS_ERROR. */
void xpv_session_reply(struct xpv_session_item *item, int err);
/* Hand a request on; NULL: there was no memory for it. The reply is @item. */
void xpv_session_hand_on(struct xpv_session_item *item,
			 struct xpv_store_request *req);

/* session_watch.c. With @s->writing held: messages about watches. */
void xpv_session_act_watch(struct xpv_session *s, struct xpv_session_item *item);
void xpv_session_act_unwatch(struct xpv_session *s,
			     struct xpv_session_item *item);
void xpv_session_drop_watches(struct xpv_session *s);
/* An event leaves those of its watch that wait. */
void xpv_session_event_read_locked(struct xpv_session_item *item);
/* By the pump: xenstored has taken a watch, or refused it (@err). */
void xpv_session_watch_answered(struct xpv_session_watch *w, int err);

#endif /* _XPV_XENBUS_NATIVE_SESSION_H */
