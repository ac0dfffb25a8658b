// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches. The guest's are told by a message, dom0's by a call from a work of
 * their own. Under xsim_store_lock, but for those calls.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "simulator.h"
#include "store.h"

/**
 * struct guest_watch - of the guest's
 * @entry: in the list
 * @given: path, as the guest wrote it
 * @path: absolute
 * @token: the guest's
 * @depth: how many levels below count; -1: all
 */
struct guest_watch {
	struct list_head entry;
	char *given;
	char *path;
	char *token;
	int depth;
};

/**
 * struct dom0_watch - of dom0's
 * @entry: in the list
 * @work: calls
 * @watch: whose
 */
struct dom0_watch {
	struct list_head entry;
	struct work_struct work;
	struct xsim_watch *watch;
};

static LIST_HEAD(guest_watches);
static LIST_HEAD(dom0_watches);

char *xsim_absolute(const char *path)
{
	if (*path == '/' || *path == '@')
		return kstrdup(path, GFP_KERNEL);
	return kasprintf(GFP_KERNEL, XSIM_HOME "/%s", path);
}

/* How many levels @path is below @top; -1: it is not. */
static int levels_below(const char *path, const char *top)
{
	size_t len = strlen(top);
	int levels = 0;

	if (!strcmp(top, "/"))
		len = 0;
	if (strncmp(path, top, len) || (path[len] && path[len] != '/'))
		return -1;
	for (path += len; *path; path++)
		levels += *path == '/';
	return levels;
}

/* The path that a watch is told of: below the guest's home, if it asked so. */
static const char *as_given(const struct guest_watch *watch, const char *path)
{
	if (*watch->given == '/' || *watch->given == '@')
		return path;
	return path + strlen(XSIM_HOME "/");
}

static void tell_guest(const struct guest_watch *watch, const char *path)
{
	const char *given = as_given(watch, path);
	size_t len = strlen(given) + 1, tail = strlen(watch->token) + 1;
	char *body = kmalloc(len + tail, GFP_KERNEL);

	if (!body)
		return;
	memcpy(body, given, len);
	memcpy(body + len, watch->token, tail);
	xsim_ring_tell(XS_WATCH_EVENT, 0, 0, body, len + tail);
	kfree(body);
}

static void fire_guest(const char *path, bool below)
{
	struct guest_watch *watch;
	int levels;

	list_for_each_entry(watch, &guest_watches, entry) {
		levels = levels_below(path, watch->path);
		if (levels >= 0 && (watch->depth < 0 || levels <= watch->depth)) {
			if (xsim_txn_may(NULL, path, 'r'))
				tell_guest(watch, path);
		} else if (below && levels_below(watch->path, path) > 0) {
			tell_guest(watch, watch->path);
		}
	}
}

void xsim_watches_fire(const char *path, bool below)
{
	struct dom0_watch *watch;

	lockdep_assert_held(&xsim_store_lock);
	fire_guest(path, below);
	list_for_each_entry(watch, &dom0_watches, entry)
		if (levels_below(path, watch->watch->path) >= 0 ||
		    (below && levels_below(watch->watch->path, path) > 0))
			queue_work(xsim_wq, &watch->work);
}

static struct guest_watch *find(const char *path, const char *token)
{
	struct guest_watch *watch;

	list_for_each_entry(watch, &guest_watches, entry)
		if (!strcmp(watch->given, path) && !strcmp(watch->token, token))
			return watch;
	return NULL;
}

static void free_watch(struct guest_watch *watch)
{
	kfree(watch->given);
	kfree(watch->path);
	kfree(watch->token);
	kfree(watch);
}

int xsim_guest_watch(const char *path, const char *token, const char *depth)
{
	struct guest_watch *watch;
	int levels = -1;

	if (depth && (kstrtoint(depth, 10, &levels) || levels < 0))
		return -EINVAL;
	if (find(path, token))
		return -EEXIST;
	watch = kzalloc(sizeof(*watch), GFP_KERNEL);
	if (!watch)
		return -ENOMEM;
	watch->depth = levels;
	watch->given = kstrdup(path, GFP_KERNEL);
	watch->path = xsim_absolute(path);
	watch->token = kstrdup(token, GFP_KERNEL);
	if (!watch->given || !watch->path || !watch->token) {
		free_watch(watch);
		return -ENOMEM;
	}
	list_add_tail(&watch->entry, &guest_watches);
	return 0;
}

void xsim_guest_watch_fire(const char *path, const char *token)
{
	const struct guest_watch *watch = find(path, token);

	if (watch)
		tell_guest(watch, watch->path);
}

int xsim_guest_unwatch(const char *path, const char *token)
{
	struct guest_watch *watch = find(path, token);

	if (!watch) {
		xsim_violation("store: watch on %s ended, which is not there",
			       path);
		return -ENOENT;
	}
	list_del(&watch->entry);
	free_watch(watch);
	return 0;
}

unsigned int xsim_guest_watches(void)
{
	const struct guest_watch *watch;
	unsigned int nr = 0;

	lockdep_assert_held(&xsim_store_lock);
	list_for_each_entry(watch, &guest_watches, entry)
		nr++;
	return nr;
}

void xsim_guest_forget_watches(void)
{
	struct guest_watch *watch, *next;

	list_for_each_entry_safe(watch, next, &guest_watches, entry) {
		list_del(&watch->entry);
		free_watch(watch);
	}
}

static void call(struct work_struct *work)
{
	struct dom0_watch *w = container_of(work, struct dom0_watch, work);

	w->watch->changed(w->watch);
}

int xsim_watch_add(struct xsim_watch *watch)
{
	struct dom0_watch *w = kzalloc(sizeof(*w), GFP_KERNEL);

	if (!w)
		return -ENOMEM;
	w->watch = watch;
	watch->priv = w;
	INIT_WORK(&w->work, call);
	lockdep_init_map(&w->work.lockdep_map, "xsim_watch", watch->class, 0);
	mutex_lock(&xsim_store_lock);
	list_add_tail(&w->entry, &dom0_watches);
	queue_work(xsim_wq, &w->work);
	mutex_unlock(&xsim_store_lock);
	return 0;
}
XPV_EXPORT_SYMBOL(xsim_watch_add);

void xsim_watch_remove(struct xsim_watch *watch)
{
	struct dom0_watch *w = watch->priv;

	mutex_lock(&xsim_store_lock);
	list_del(&w->entry);
	mutex_unlock(&xsim_store_lock);
	cancel_work_sync(&w->work);
	kfree(w);
	watch->priv = NULL;
}
XPV_EXPORT_SYMBOL(xsim_watch_remove);
