// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watches of a file of /dev/xen/xenbus, and their events that wait to be read.
 * The list is the session's, under its mutex for writing; events are under
 * its lock, since the pump brings them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "session.h"

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

static void free_watch(struct kref *ref)
{
	kfree(container_of(ref, struct xpv_session_watch, ref));
}

/* Called by the pump: leave the watch where it is, its list is not ours. */
void xpv_session_watch_answered(struct xpv_session_watch *w, int err)
{
	if (err) {
		xpv_store_watch_strike(&w->store);
		spin_lock(&w->session->lock);
		w->failed = true;
		spin_unlock(&w->session->lock);
	}
	kref_put(&w->ref, free_watch);
}

void xpv_session_event_read_locked(struct xpv_session_item *item)
{
	lockdep_assert_held(&item->session->lock);
	list_del_init(&item->of_watch);
	item->watch->pending--;
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
	struct xpv_session_item *item;

	item = xpv_session_alloc_item(w->session, len + token);
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
		xpv_session_free_item(item);
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

void xpv_session_drop_watches(struct xpv_session *s)
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

void xpv_session_act_watch(struct xpv_session *s, struct xpv_session_item *item)
{
	struct xpv_session_watch *w;
	struct watch_args args;
	int err;

	err = parse_watch(s, item->head.len, &args);
	if (!err)
		err = add_watch(s, &args, &w);
	if (err) {
		xpv_session_reply(item, err);
		return;
	}
	kref_get(&w->ref);
	item->watch = w;
	xpv_session_hand_on(item, xpv_store_watch_request(&w->store, XS_WATCH));
}

void xpv_session_act_unwatch(struct xpv_session *s, struct xpv_session_item *item)
{
	struct xpv_session_watch *w = NULL;
	struct watch_args args;
	int err;

	err = parse_watch(s, item->head.len, &args);
	if (!err)
		w = find_watch(s, args.path, args.token);
	if (!w) {
		xpv_session_reply(item, err ? err : -ENOENT);
		return;
	}
	drop_watch(w);
	xpv_session_hand_on(item, xpv_store_watch_request(&w->store, XS_UNWATCH));
	kref_put(&w->ref, free_watch);
}
