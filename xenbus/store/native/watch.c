// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches: whose is an event. A watch goes by a number of ours, which is the
 * token on the wire; numbers are not used again soon, so a late event of a
 * watch that is gone finds nobody.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/xarray.h>

#include "store.h"

#define TOKEN_MAX	sizeof("ffffffff")

static DEFINE_XARRAY_ALLOC1(watches);
static u32 next_id;

/*
 * Held while an event is told: so a watch that was struck off is not told of
 * any. Guards next_id and the ids of watches, too.
 */
static DEFINE_MUTEX(watches_lock);

/**
 * xpv_store_watch_enrol - let a watch be told of events
 * @watch: zeroed, but for its path, depth and event
 *
 * xenstored does not know of it yet.
 *
 * Return: 0, -ENOMEM, or -EBUSY when there are no numbers left.
 */
int xpv_store_watch_enrol(struct xpv_store_watch *watch)
{
	int err;

	mutex_lock(&watches_lock);
	err = xa_alloc_cyclic(&watches, &watch->id, watch, xa_limit_31b,
			      &next_id, GFP_NOIO);
	mutex_unlock(&watches_lock);
	/* 1 says that the numbers begin again. */
	return err < 0 ? err : 0;
}

/* No event is told when this returns. Not from an event. */
void xpv_store_watch_strike(struct xpv_store_watch *watch)
{
	mutex_lock(&watches_lock);
	xa_erase(&watches, watch->id);
	mutex_unlock(&watches_lock);
}

/**
 * xpv_store_watch_request - the message that asks for a watch, or ends it
 * @watch: enrolled, or just struck off
 * @type: XS_WATCH or XS_UNWATCH
 *
 * Return: the request, or NULL: there is no memory for it.
 */
struct xpv_store_request *
xpv_store_watch_request(const struct xpv_store_watch *watch, u32 type)
{
	struct xpv_store_part parts[3];
	unsigned int nr = 0;
	char token[TOKEN_MAX];

	snprintf(token, sizeof(token), "%x", watch->id);
	parts[nr++] = xpv_store_text(watch->path);
	parts[nr++] = xpv_store_text(token);
	if (watch->depth && type == XS_WATCH)
		parts[nr++] = xpv_store_text(watch->depth);
	return xpv_store_request_create(type, 0, parts, nr);
}

static int ask_for(struct xpv_store_watch *watch)
{
	struct xpv_store_request *req = xpv_store_watch_request(watch, XS_WATCH);
	int err;

	if (!req)
		return -ENOMEM;

	err = xpv_store_ask(req);
	xpv_store_request_put(req);
	/* It was asked for in the connection's renewal already. */
	return err == -EEXIST ? 0 : err;
}

/**
 * xpv_store_watch_add - begin to watch
 * @watch: zeroed, but for its path, depth and event
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int xpv_store_watch_add(struct xpv_store_watch *watch)
{
	int err = xpv_store_watch_enrol(watch);

	if (err)
		return err;

	err = ask_for(watch);
	/* After a fault of the connection it may have been had all the same. */
	if (err)
		xpv_store_watch_remove(watch);
	return err;
}

/**
 * xpv_store_watch_remove - end a watch
 * @watch: added
 *
 * No event is told when this returns. xenstored is told, and not waited for.
 */
void xpv_store_watch_remove(struct xpv_store_watch *watch)
{
	struct xpv_store_request *req;

	xpv_store_watch_strike(watch);
	req = xpv_store_watch_request(watch, XS_UNWATCH);
	if (req && xpv_store_submit(req))
		xpv_store_request_put(req);
}

/* Called by the link. An event of a watch that is gone is none of ours. */
int xpv_store_watch_fire(const char *payload, size_t len)
{
	const char *path = xpv_store_cut(&payload, &len);
	const char *token = path ? xpv_store_cut(&payload, &len) : NULL;
	struct xpv_store_watch *watch;
	u32 id;

	if (!token || xpv_store_number(token, 16, &id))
		return -EPROTO;

	mutex_lock(&watches_lock);
	watch = xa_load(&watches, id);
	if (watch)
		watch->event(watch, path);
	mutex_unlock(&watches_lock);
	return 0;
}

static void renewed(struct xpv_store_request *req)
{
	/* The path is the first thing in the payload. */
	const char *path = (const char *)req->wire + sizeof(struct xsd_sockmsg);

	if (req->err && req->err != -EEXIST)
		pr_err("lost the watch on %s (error %d)\n", path, req->err);
	xpv_store_request_put(req);
}

static void renew(struct xpv_store_watch *watch)
{
	struct xpv_store_request *req = xpv_store_watch_request(watch, XS_WATCH);

	if (!req) {
		pr_err("lost the watch on %s: out of memory\n", watch->path);
		return;
	}
	req->done = renewed;
	if (xpv_store_submit(req))
		xpv_store_request_put(req);
}

/*
 * Called by the link: xenstored has forgotten all watches. Each fires as it is
 * set, so nothing that happened meanwhile is missed.
 */
void xpv_store_watch_renew(void)
{
	struct xpv_store_watch *watch;
	unsigned long id;

	mutex_lock(&watches_lock);
	xa_for_each(&watches, id, watch)
		renew(watch);
	mutex_unlock(&watches_lock);
}
