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

#include "native_session.h"

/* A file's own; xenstored has a limit for the domain, 128 if nobody changed it. */
#define WATCHES_MAX	256
/* Different events of one watch that wait to be read. */
#define EVENTS_MAX	32

/**
 * struct xpv_session_watch - a watch that a file has set
 * @ref: one for the list, one while xenstored is asked for it
 * @entry: in the session's watches
 * @store: its number and path
 * @session: whose it is; outlives it
 * @events: to be read; guarded by the session's lock
 * @pending: how many; likewise
 * @failed: xenstored refused it; set once, under the session's lock
 * @token: the user's, behind which are path and depth
 */
struct xpv_session_watch {
	struct kref ref;
	struct list_head entry;
	struct xpv_store_watch store;
	struct xpv_session *session;
	struct list_head events;
	unsigned int pending;
	bool failed;
	char token[];
};

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

static void free_watch(struct kref *ref)
{
	kfree(container_of(ref, struct xpv_session_watch, ref));
}

static struct xpv_session_item *alloc_item(struct xpv_session *s, size_t text)
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

static void free_item(struct xpv_session_item *item)
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
		if (item->head.type == XS_WATCH_EVENT) {
			list_del_init(&item->of_watch);
			item->watch->pending--;
		}
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
	free_item(item);
}

/* To the user; @err stands in for a reply that did not come, or was XS_ERROR. */
static void queue_reply(struct xpv_session_item *item, int err)
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
		free_item(item);
	else
		wake_up_interruptible(&s->changed);
}

static void queue_ok(struct xpv_session_item *item)
{
	item->body = "OK";
	item->head.len = sizeof("OK");
	queue_reply(item, 0);
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

/* Called by the pump: leave the watch where it is, its list is not ours. */
static void watch_answered(struct xpv_session_watch *w, int err)
{
	if (err) {
		xpv_store_watch_strike(&w->store);
		spin_lock(&w->session->lock);
		w->failed = true;
		spin_unlock(&w->session->lock);
	}
	kref_put(&w->ref, free_watch);
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
		watch_answered(item->watch, err);
	item->watch = NULL;
	if (!err && item->head.type == XS_TRANSACTION_START)
		err = remember_txn(s, req->reply);
	queue_reply(item, err);
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
		watch_answered(item->watch, err);
	item->watch = NULL;
	queue_reply(item, err);
	kref_put(&s->ref, free_session);
}

static void hand_on(struct xpv_session_item *item,
		    struct xpv_store_request *req)
{
	kref_get(&item->session->ref);
	if (req) {
		req->done = answered;
		req->owner = item;
	}
	submit(item, req);
}

static bool has_event_locked(struct xpv_session_watch *w,
			     const struct xpv_session_item *like)
{
	struct xpv_session_item *item;

	lockdep_assert_held(&w->session->lock);
	list_for_each_entry(item, &w->events, of_watch)
		if (item->head.len == like->head.len &&
		    !memcmp(item->body, like->body, like->head.len))
			return true;
	return false;
}

static struct xpv_session_item *make_event(struct xpv_session_watch *w,
					   const char *path)
{
	size_t len = strlen(path) + 1, token = strlen(w->token) + 1;
	struct xpv_session_item *item = alloc_item(w->session, len + token);

	if (!item)
		return NULL;
	memcpy(item->text, path, len);
	memcpy(item->text + len, w->token, token);
	item->body = item->text;
	item->watch = w;
	item->head.type = XS_WATCH_EVENT;
	item->head.len = len + token;
	return item;
}

/*
 * Called by the pump. An event that waits already is not told twice; and when
 * too many wait, one about the watch's own path stands for all further ones.
 */
static void fired(struct xpv_store_watch *store, const char *path)
{
	struct xpv_session_watch *w = container_of(store, struct xpv_session_watch,
						   store);
	struct xpv_session *s = w->session;
	struct xpv_session_item *item;

	if (READ_ONCE(w->pending) >= EVENTS_MAX)
		path = store->path;
	item = make_event(w, path);
	if (!item) {
		pr_err_ratelimited("lost an event of %s: out of memory\n",
				   store->path);
		return;
	}
	spin_lock(&s->lock);
	if (!s->closed && !has_event_locked(w, item)) {
		list_add_tail(&item->entry, &s->items);
		list_add_tail(&item->of_watch, &w->events);
		w->pending++;
		item = NULL;
	}
	spin_unlock(&s->lock);
	if (item)
		free_item(item);
	else
		wake_up_interruptible(&s->changed);
}

/* Nothing comes of the watch any more, and what came and was not read is gone. */
static void drop_watch(struct xpv_session_watch *w)
{
	struct xpv_session *s = w->session;
	struct xpv_session_item *item, *next;

	lockdep_assert_held(&s->writing);
	list_del(&w->entry);
	s->nr_watches--;
	xpv_store_watch_strike(&w->store);
	spin_lock(&s->lock);
	list_for_each_entry_safe(item, next, &w->events, of_watch) {
		list_del(&item->entry);
		list_del(&item->of_watch);
		kfree(item);
	}
	w->pending = 0;
	spin_unlock(&s->lock);
}

/* Nobody waits for xenstored's answer. */
static void end_watch(struct xpv_session_watch *w)
{
	struct xpv_store_request *req;

	drop_watch(w);
	req = xpv_store_watch_request(&w->store, XS_UNWATCH);
	if (req && xpv_store_submit(req))
		xpv_store_request_put(req);
	kref_put(&w->ref, free_watch);
}

static bool has_failed(struct xpv_session_watch *w)
{
	bool failed;

	spin_lock(&w->session->lock);
	failed = w->failed;
	spin_unlock(&w->session->lock);
	return failed;
}

/* Drops those that xenstored has refused, on the way. */
static struct xpv_session_watch *find_watch(struct xpv_session *s,
					    const char *path, const char *token)
{
	struct xpv_session_watch *w, *next;

	lockdep_assert_held(&s->writing);
	list_for_each_entry_safe(w, next, &s->watches, entry) {
		if (has_failed(w)) {
			end_watch(w);
		} else if (!strcmp(w->store.path, path) &&
			   !strcmp(w->token, token)) {
			return w;
		}
	}
	return NULL;
}

static void drop_watches(struct xpv_session *s)
{
	struct xpv_session_watch *w, *next;

	list_for_each_entry_safe(w, next, &s->watches, entry)
		end_watch(w);
}

/* The payload of XS_WATCH or XS_UNWATCH; @depth is NULL if there is none. */
struct watch_args {
	const char *path;
	const char *token;
	const char *depth;
};

static int parse_watch(const struct xpv_session *s, size_t len,
		       struct watch_args *args)
{
	const char *text = (const char *)s->bytes + sizeof(struct xsd_sockmsg);

	args->path = xpv_store_cut(&text, &len);
	args->token = args->path ? xpv_store_cut(&text, &len) : NULL;
	args->depth = args->token ? xpv_store_cut(&text, &len) : NULL;
	return args->token ? 0 : -EINVAL;
}

static struct xpv_session_watch *make_watch(struct xpv_session *s,
					    const struct watch_args *args)
{
	size_t token = strlen(args->token) + 1, path = strlen(args->path) + 1;
	size_t depth = args->depth ? strlen(args->depth) + 1 : 0;
	struct xpv_session_watch *w;

	w = kzalloc(struct_size(w, token, token + path + depth), GFP_KERNEL);
	if (!w)
		return NULL;

	kref_init(&w->ref);
	INIT_LIST_HEAD(&w->events);
	w->session = s;
	memcpy(w->token, args->token, token);
	w->store.path = memcpy(w->token + token, args->path, path);
	if (depth)
		w->store.depth = memcpy(w->token + token + path, args->depth,
					depth);
	w->store.event = fired;
	return w;
}

static int add_watch(struct xpv_session *s, const struct watch_args *args,
		     struct xpv_session_watch **added)
{
	struct xpv_session_watch *w;
	int err;

	if (find_watch(s, args->path, args->token))
		return -EEXIST;
	/* As xenstored says when the domain has too many. */
	if (s->nr_watches >= WATCHES_MAX)
		return -E2BIG;

	w = make_watch(s, args);
	if (!w)
		return -ENOMEM;
	err = xpv_store_watch_enrol(&w->store);
	if (err) {
		kref_put(&w->ref, free_watch);
		return err;
	}
	list_add(&w->entry, &s->watches);
	s->nr_watches++;
	*added = w;
	return 0;
}

static void act_watch(struct xpv_session *s, struct xpv_session_item *item)
{
	struct xpv_session_watch *w;
	struct watch_args args;
	int err;

	err = parse_watch(s, item->head.len, &args);
	if (!err)
		err = add_watch(s, &args, &w);
	if (err) {
		queue_reply(item, err);
		return;
	}
	kref_get(&w->ref);
	item->watch = w;
	hand_on(item, xpv_store_watch_request(&w->store, XS_WATCH));
}

static void act_unwatch(struct xpv_session *s, struct xpv_session_item *item)
{
	struct xpv_session_watch *w = NULL;
	struct watch_args args;
	int err;

	err = parse_watch(s, item->head.len, &args);
	if (!err)
		w = find_watch(s, args.path, args.token);
	if (!w) {
		queue_reply(item, err ? err : -ENOENT);
		return;
	}
	drop_watch(w);
	hand_on(item, xpv_store_watch_request(&w->store, XS_UNWATCH));
	kref_put(&w->ref, free_watch);
}

static void pass(struct xpv_session *s, struct xpv_session_item *item)
{
	struct xpv_store_part payload = {
		s->bytes + sizeof(item->head), item->head.len
	};

	if (!knows_txn(s, item->head.tx_id)) {
		queue_reply(item, -ENOENT);
		return;
	}
	hand_on(item, xpv_store_request_create(item->head.type, item->head.tx_id,
					       &payload, 1));
}

static void act_end(struct xpv_session *s, struct xpv_session_item *item)
{
	const u8 *payload = s->bytes + sizeof(item->head);
	u32 txn = item->head.tx_id;

	if (item->head.len != 2 || payload[1] ||
	    (payload[0] != 'T' && payload[0] != 'F')) {
		queue_reply(item, -EINVAL);
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
	item = alloc_item(s, 0);
	if (!item)
		return -ENOMEM;

	memcpy(&item->head, s->bytes, sizeof(item->head));
	spin_lock(&s->lock);
	WRITE_ONCE(s->owed, s->owed + 1);
	spin_unlock(&s->lock);
	switch (item->head.type) {
	case XS_WATCH:
		act_watch(s, item);
		break;
	case XS_UNWATCH:
		act_unwatch(s, item);
		break;
	case XS_TRANSACTION_END:
		act_end(s, item);
		break;
	case XS_RESET_WATCHES:
		/* The connection is the whole domain's: reset this file's part. */
		drop_watches(s);
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
	drop_watches(s);
	mutex_unlock(&s->writing);
	abort_txns(s);
	while ((item = xpv_session_next(s)))
		free_item(item);
	if (s->current_item)
		free_item(s->current_item);
	kref_put(&s->ref, free_session);
}
