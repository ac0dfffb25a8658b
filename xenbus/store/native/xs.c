// SPDX-License-Identifier: GPL-2.0-only
/*
 * XenStore by our own client: the calls that xs.c and the bus are made of. Each
 * waits for xenstored, a bounded time.
 */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../native/native.h"
#include "store.h"

/* A directory that changes while it is read is read again, so often. */
#define LIST_TRIES	8
/* A directory of more than this has no sense left. */
#define LIST_MAX	(1024 * 1024)

static struct workqueue_struct *events;

/* Ask; on success *@reply, if wanted, is the payload, for the caller to free. */
static int ask(u32 type, u32 txn, const struct xpv_store_part parts[2],
	       struct xpv_store_names *reply)
{
	struct xpv_store_request *req;
	u32 len;
	int err;

	err = xpv_store_length(parts, 2, &len);
	if (err)
		return err;
	req = xpv_store_request_create(type, txn, parts, 2);
	if (!req)
		return -ENOMEM;

	err = xpv_store_ask(req);
	if (!err && reply) {
		*reply = (struct xpv_store_names){ req->reply, req->reply_len };
		req->reply = NULL;
	}
	xpv_store_request_put(req);
	return err;
}

/* As ask(), about a node. @value is added to the payload. */
static int ask_node(u32 type, u32 txn, const char *path,
		    struct xpv_store_part value, struct xpv_store_names *reply)
{
	struct xpv_store_part parts[] = { xpv_store_text(path), value };

	return ask(type, txn, parts, reply);
}

static const struct xpv_store_part nothing = { "", 0 };

static char *join(const char *dir, const char *node)
{
	return kasprintf(GFP_NOIO, *node ? "%s/%s" : "%s%s", dir, node);
}

int xpv_native_read(u32 txn, const char *dir, const char *node, char **value)
{
	char *path = join(dir, node);
	struct xpv_store_names reply;
	int err;

	if (!path)
		return -ENOMEM;

	err = ask_node(XS_READ, txn, path, nothing, &reply);
	if (!err)
		*value = reply.text;
	kfree(path);
	return err;
}

int xpv_native_write(u32 txn, const char *dir, const char *node,
		     const char *value)
{
	char *path = join(dir, node);
	int err;

	if (!path)
		return -ENOMEM;

	err = ask_node(XS_WRITE, txn, path, xpv_store_octets(value), NULL);
	kfree(path);
	return err;
}

int xpv_native_remove(u32 txn, const char *dir, const char *node)
{
	char *path = join(dir, node);
	int err;

	if (!path)
		return -ENOMEM;

	err = ask_node(XS_RM, txn, path, nothing, NULL);
	kfree(path);
	return err;
}

int xpv_native_begin(u32 *txn)
{
	struct xpv_store_names reply;
	u32 id;
	int err;

	err = ask_node(XS_TRANSACTION_START, 0, "", nothing, &reply);
	if (err)
		return err;

	err = xpv_store_number(reply.text, 10, &id);
	kfree(reply.text);
	/* 0 would stand for none. */
	if (err || !id)
		return -EIO;
	*txn = id;
	return 0;
}

int xpv_native_end(u32 txn, bool abort)
{
	int err = ask_node(XS_TRANSACTION_END, txn, abort ? "F" : "T", nothing,
			   NULL);

	/* Forgotten with all else when the connection began anew. */
	return err == -ENOENT ? -EAGAIN : err;
}

static int list_small(const char *path, struct xpv_store_names *names)
{
	return ask_node(XS_DIRECTORY, 0, path, nothing, names);
}

static int append(struct xpv_store_names *names, const char *text, size_t len)
{
	char *more;

	if (names->len + len > LIST_MAX)
		return -E2BIG;

	more = krealloc(names->text, names->len + len, GFP_NOIO);
	if (!more)
		return -ENOMEM;
	memcpy(more + names->len, text, len);
	names->text = more;
	names->len += len;
	return 0;
}

/*
 * Ask for what follows @names. *@generation says to which state of the
 * directory they belong; -EAGAIN when this is another.
 */
static int list_more(const char *path, struct xpv_store_names *names,
		     char **generation, bool *last)
{
	struct xpv_store_names reply;
	struct xpv_store_chunk chunk;
	char offset[12];
	int err;

	snprintf(offset, sizeof(offset), "%zu", names->len);
	err = ask_node(XS_DIRECTORY_PART, 0, path, xpv_store_text(offset),
		       &reply);
	if (err)
		return err;

	err = xpv_store_chunk(reply.text, reply.len, &chunk);
	if (!err && *generation && strcmp(*generation, chunk.generation))
		err = -EAGAIN;
	if (!err && chunk.len)
		err = append(names, chunk.names, chunk.len);
	if (!err && !*generation) {
		*generation = kstrdup(chunk.generation, GFP_NOIO);
		err = *generation ? 0 : -ENOMEM;
	}
	*last = !err && chunk.last;
	kfree(reply.text);
	return err;
}

static int list_large(const char *path, struct xpv_store_names *names)
{
	char *generation = NULL;
	bool last = false;
	int err = 0;

	*names = (struct xpv_store_names){};
	while (!err && !last)
		err = list_more(path, names, &generation, &last);
	kfree(generation);
	if (err)
		kfree(names->text);
	return err;
}

/**
 * xpv_native_list - read a directory of any size
 * @path: directory
 * @names: its names, which the caller frees
 *
 * Where XenStore refuses to tell them all at once, it is asked for parts of one
 * and the same state of the directory (XS_DIRECTORY_PART, since Xen 4.9; older
 * ones say that they do not know it).
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT, -EAGAIN when it changed all the time, or another error.
 */
int xpv_native_list(const char *path, struct xpv_store_names *names)
{
	int tries, err;

	err = list_small(path, names);
	if (err != -E2BIG)
		return err;

	for (tries = 0; tries < LIST_TRIES; tries++) {
		err = list_large(path, names);
		if (err != -EAGAIN)
			break;
	}
	return err;
}

/**
 * struct native_watch - a watch of xs.c's
 * @store: its number and path
 * @work: tells; waits at most once, which merges the events
 * @ours: who wants to know
 */
struct native_watch {
	struct xpv_store_watch store;
	struct work_struct work;
	struct xpv_xs_watch *ours;
};

static void tell(struct work_struct *work)
{
	struct native_watch *w = container_of(work, struct native_watch, work);

	w->ours->changed(w->ours);
}

static void fired(struct xpv_store_watch *store, const char *path)
{
	struct native_watch *w = container_of(store, struct native_watch, store);

	queue_work(events, &w->work);
}

int xpv_native_watch(struct xpv_xs_watch *watch)
{
	struct native_watch *w = kzalloc(sizeof(*w), GFP_KERNEL);
	int err;

	if (!w)
		return -ENOMEM;

	w->store.path = watch->path;
	w->store.event = fired;
	w->ours = watch;
	INIT_WORK(&w->work, tell);
	watch->priv = w;
	err = xpv_store_watch_add(&w->store);
	if (err) {
		cancel_work_sync(&w->work);
		kfree(w);
	}
	return err;
}

void xpv_native_unwatch(struct xpv_xs_watch *watch)
{
	struct native_watch *w = watch->priv;

	xpv_store_watch_remove(&w->store);
	cancel_work_sync(&w->work);
	kfree(w);
	watch->priv = NULL;
}

/* Each event on its own: one that takes long holds up no other. */
void xpv_native_queue(struct work_struct *work)
{
	queue_work(events, work);
}

int xpv_native_xs_init(void)
{
	events = alloc_workqueue("xpv-xenwatch", WQ_UNBOUND, 0);
	return events ? 0 : -ENOMEM;
}

void xpv_native_xs_exit(void)
{
	destroy_workqueue(events);
}
