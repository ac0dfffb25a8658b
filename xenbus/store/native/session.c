// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the messages mean that a file of /dev/xen/xenbus brings. Most are handed
 * on to xenstored as they are, under a number of ours. Those about transactions
 * and watches are kept in mind: the connection is one for all, but each file
 * has its own. Nothing here waits for xenstored.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "session.h"

struct session_txn {
	struct list_head entry;
	u32 id;
};

struct xpv_session *xpv_session_create(void)
{
	struct xpv_session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;

	kref_init(&s->ref);
	init_waitqueue_head(&s->changed);
	mutex_init(&s->writing);
	mutex_init(&s->reading);
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->watches);
	INIT_LIST_HEAD(&s->items);
	INIT_LIST_HEAD(&s->txns);
	return s;
}

static void free_session(struct kref *ref)
{
	kfree(container_of(ref, struct xpv_session, ref));
}

struct xpv_session_item *xpv_session_alloc_item(struct xpv_session *s,
						size_t text)
{
	struct xpv_session_item *item = kzalloc(struct_size(item, text, text),
						GFP_NOIO);

	if (!item)
		return NULL;
	item->session = s;
	INIT_LIST_HEAD(&item->entry);
	INIT_LIST_HEAD(&item->of_watch);
	return item;
}

void xpv_session_free_item(struct xpv_session_item *item)
{
	if (item->req)
		xpv_store_request_put(item->req);
	kfree(item);
}

struct xpv_session_item *xpv_session_next(struct xpv_session *s)
{
	struct xpv_session_item *item;

	spin_lock(&s->lock);
	item = list_first_entry_or_null(&s->items, struct xpv_session_item,
					entry);
	if (item) {
		list_del_init(&item->entry);
		if (item->head.type == XS_WATCH_EVENT)
			xpv_session_event_read_locked(item);
	}
	spin_unlock(&s->lock);
	return item;
}

void xpv_session_done(struct xpv_session *s, struct xpv_session_item *item)
{
	if (item->head.type != XS_WATCH_EVENT) {
		spin_lock(&s->lock);
		WRITE_ONCE(s->owed, s->owed - 1);
		spin_unlock(&s->lock);
		wake_up_interruptible(&s->changed);
	}
	xpv_session_free_item(item);
}

/* To the user; @err stands in for a reply that did not come, or was XS_ERROR. */
void xpv_session_reply(struct xpv_session_item *item, int err)
{
	struct xpv_session *s = item->session;

	if (err) {
		item->head.type = XS_ERROR;
		item->body = xpv_store_error_name(err);
		item->head.len = strlen(item->body) + 1;
	}
	spin_lock(&s->lock);
	if (!s->closed) {
		list_add_tail(&item->entry, &s->items);
		item = NULL;
	}
	spin_unlock(&s->lock);
	if (item)
		xpv_session_free_item(item);
	else
		wake_up_interruptible(&s->changed);
}

static void queue_ok(struct xpv_session_item *item)
{
	item->body = "OK";
	item->head.len = sizeof("OK");
	xpv_session_reply(item, 0);
}

/* A transaction that was begun for a file that is closed by now ends at once. */
static int remember_txn(struct xpv_session *s, const char *text)
{
	struct session_txn *txn = kzalloc(sizeof(*txn), GFP_NOIO);
	bool kept;
	u32 id;
	int err;

	err = xpv_store_number(text, 10, &id);
	if (err) {
		kfree(txn);
		return -EIO;
	}
	spin_lock(&s->lock);
	kept = txn && !s->closed;
	if (kept) {
		txn->id = id;
		list_add(&txn->entry, &s->txns);
	}
	spin_unlock(&s->lock);
	if (kept)
		return 0;

	xpv_store_abort(id);
	kfree(txn);
	return -ENOMEM;
}

static struct session_txn *find_txn_locked(struct xpv_session *s, u32 id)
{
	struct session_txn *txn;

	lockdep_assert_held(&s->lock);
	list_for_each_entry(txn, &s->txns, entry)
		if (txn->id == id)
			return txn;
	return NULL;
}

static bool knows_txn(struct xpv_session *s, u32 id)
{
	bool known;

	spin_lock(&s->lock);
	known = !id || find_txn_locked(s, id);
	spin_unlock(&s->lock);
	return known;
}

/* However xenstored takes the end of a transaction, it is over. */
static void forget_txn(struct xpv_session *s, u32 id)
{
	struct session_txn *txn;

	spin_lock(&s->lock);
	txn = find_txn_locked(s, id);
	if (txn)
		list_del(&txn->entry);
	spin_unlock(&s->lock);
	kfree(txn);
}

static void abort_txns(struct xpv_session *s)
{
	struct session_txn *txn, *next;
	LIST_HEAD(txns);

	spin_lock(&s->lock);
	list_splice_init(&s->txns, &txns);
	spin_unlock(&s->lock);
	list_for_each_entry_safe(txn, next, &txns, entry) {
		xpv_store_abort(txn->id);
		kfree(txn);
	}
}

/* Called by the pump: a request has ended. */
static void answered(struct xpv_store_request *req)
{
	struct xpv_session_item *item = req->owner;
	struct xpv_session *s = item->session;
	int err = req->err;

	item->req = req;
	item->body = req->reply;
	item->head.len = req->reply_len;
	if (item->watch)
		xpv_session_watch_answered(item->watch, err);
	item->watch = NULL;
	if (!err && item->head.type == XS_TRANSACTION_START)
		err = remember_txn(s, req->reply);
	xpv_session_reply(item, err);
	kref_put(&s->ref, free_session);
}

/* Hand a request on; NULL: there was no memory for it. The reply is @item. */
static void submit(struct xpv_session_item *item, struct xpv_store_request *req)
{
	struct xpv_session *s = item->session;
	int err = req ? xpv_store_submit(req) : -ENOMEM;

	/* Once submitted, the item may be gone. */
	if (!err)
		return;
	if (req)
		xpv_store_request_put(req);
	if (item->watch)
		xpv_session_watch_answered(item->watch, err);
	item->watch = NULL;
	xpv_session_reply(item, err);
	kref_put(&s->ref, free_session);
}

void xpv_session_hand_on(struct xpv_session_item *item,
			 struct xpv_store_request *req)
{
	kref_get(&item->session->ref);
	if (req) {
		req->done = answered;
		req->owner = item;
	}
	submit(item, req);
}

static void pass(struct xpv_session *s, struct xpv_session_item *item)
{
	struct xpv_store_part payload = {
		s->bytes + sizeof(item->head), item->head.len
	};
	struct xpv_store_request *req;

	if (!knows_txn(s, item->head.tx_id)) {
		xpv_session_reply(item, -ENOENT);
		return;
	}
	req = xpv_store_request_create(item->head.type, item->head.tx_id,
				       &payload, 1);
	xpv_session_hand_on(item, req);
}

static void act_end(struct xpv_session *s, struct xpv_session_item *item)
{
	const u8 *payload = s->bytes + sizeof(item->head);
	u32 txn = item->head.tx_id;

	if (item->head.len != 2 || payload[1] ||
	    (payload[0] != 'T' && payload[0] != 'F')) {
		xpv_session_reply(item, -EINVAL);
		return;
	}
	pass(s, item);
	forget_txn(s, txn);
}

/**
 * xpv_session_act - act on a whole message
 * @s: session; the message is in @s->bytes
 *
 * Whatever is wrong with it is told in a reply, as xenstored would.
 *
 * Return: 0, or -ENOMEM: there is not even memory for that.
 */
int xpv_session_act(struct xpv_session *s)
{
	struct xpv_session_item *item;

	lockdep_assert_held(&s->writing);
	item = xpv_session_alloc_item(s, 0);
	if (!item)
		return -ENOMEM;

	memcpy(&item->head, s->bytes, sizeof(item->head));
	spin_lock(&s->lock);
	WRITE_ONCE(s->owed, s->owed + 1);
	spin_unlock(&s->lock);
	switch (item->head.type) {
	case XS_WATCH:
		xpv_session_act_watch(s, item);
		break;
	case XS_UNWATCH:
		xpv_session_act_unwatch(s, item);
		break;
	case XS_TRANSACTION_END:
		act_end(s, item);
		break;
	case XS_RESET_WATCHES:
		/* The connection is the whole domain's: reset this file's part. */
		xpv_session_drop_watches(s);
		abort_txns(s);
		queue_ok(item);
		break;
	default:
		pass(s, item);
	}
	return 0;
}

void xpv_session_destroy(struct xpv_session *s)
{
	struct xpv_session_item *item;

	spin_lock(&s->lock);
	s->closed = true;
	spin_unlock(&s->lock);
	mutex_lock(&s->writing);
	xpv_session_drop_watches(s);
	mutex_unlock(&s->writing);
	abort_txns(s);
	while ((item = xpv_session_next(s)))
		xpv_session_free_item(item);
	if (s->current_item)
		xpv_session_free_item(s->current_item);
	kref_put(&s->ref, free_session);
}
