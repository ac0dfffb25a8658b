// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions. One has a copy of the whole tree to change, and another as it
 * was; it notes which nodes it looked at, and what it changed. At its end the
 * changes are made to the tree itself, if none of those nodes has changed there:
 * else -EAGAIN, as xenstored does. Under xsim_store_lock.
 */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store.h"

/* All of the store: see store.h. */
DEFINE_MUTEX(xsim_store_lock);

static struct xsim_entry *tree;
static LIST_HEAD(txns);
static unsigned int nr_txns;
static u32 last_id;

/* As many as xenstored lets a guest have. */
#define TXNS_MAX	10

struct seen {
	struct list_head entry;
	u64 generation;
	char path[];
};

struct change {
	struct list_head entry;
	struct xsim_op op;
	char *path;
	void *value;
};

/**
 * struct xsim_txn - a transaction of the guest's
 * @entry: in the list
 * @id: its number
 * @copy: of the tree, with its own changes
 * @before: of the tree, without
 * @seen: nodes looked at
 * @changes: in the order they were made
 */
struct xsim_txn {
	struct list_head entry;
	u32 id;
	struct xsim_entry *copy;
	struct xsim_entry *before;
	struct list_head seen;
	struct list_head changes;
};

static u64 generation_of(const struct xsim_entry *entry)
{
	return entry ? entry->generation : 0;
}

static struct xsim_entry *root_of(const struct xsim_txn *txn)
{
	return txn ? txn->copy : tree;
}

static struct seen *find_seen(struct xsim_txn *txn, const char *path)
{
	struct seen *seen;

	list_for_each_entry(seen, &txn->seen, entry)
		if (!strcmp(seen->path, path))
			return seen;
	return NULL;
}

/* As it was, whatever the transaction itself has done to it, or to one above it. */
static int note(struct xsim_txn *txn, const char *path)
{
	struct seen *seen;

	if (!txn || find_seen(txn, path))
		return 0;
	seen = kzalloc(struct_size(seen, path, strlen(path) + 1), GFP_KERNEL);
	if (!seen)
		return -ENOMEM;
	strcpy(seen->path, path);
	seen->generation = generation_of(xsim_tree_find(txn->before, path));
	list_add_tail(&seen->entry, &txn->seen);
	return 0;
}

struct xsim_entry *xsim_txn_find(struct xsim_txn *txn, const char *path)
{
	return note(txn, path) ? NULL : xsim_tree_find(root_of(txn), path);
}

bool xsim_txn_may(struct xsim_txn *txn, const char *path, char what)
{
	return xsim_tree_may(root_of(txn), path, what);
}

static int apply(struct xsim_entry *root, const struct xsim_op *op)
{
	struct xsim_entry *entry = xsim_tree_find(root, op->path);

	if (op->type == XSIM_RM || op->type == XSIM_SET_PERMS) {
		if (!entry)
			return -ENOENT;
		if (op->type == XSIM_RM)
			xsim_tree_remove(entry);
		else
			xsim_tree_set_perms(entry, op->value,
					    op->len / sizeof(struct xsim_perm));
		return 0;
	}
	if (entry && op->type == XSIM_MKDIR)
		return 0;
	entry = entry ?: xsim_tree_make(root, op->path, op->guest);
	if (!entry)
		return -ENOMEM;
	if (op->type == XSIM_MKDIR)
		return 0;
	return xsim_tree_set(entry, op->value, op->len);
}

static void free_change(struct change *change)
{
	kfree(change->path);
	kfree(change->value);
	kfree(change);
}

static int remember(struct xsim_txn *txn, const struct xsim_op *op)
{
	struct change *change = kzalloc(sizeof(*change), GFP_KERNEL);

	if (!change)
		return -ENOMEM;
	change->path = kstrdup(op->path, GFP_KERNEL);
	change->value = op->len ? kmemdup(op->value, op->len, GFP_KERNEL) : NULL;
	if (!change->path || (op->len && !change->value)) {
		free_change(change);
		return -ENOMEM;
	}
	change->op = *op;
	change->op.path = change->path;
	change->op.value = change->value;
	list_add_tail(&change->entry, &txn->changes);
	return 0;
}

int xsim_txn_change(struct xsim_txn *txn, const struct xsim_op *op)
{
	int err = note(txn, op->path);

	err = err ?: apply(root_of(txn), op);
	if (err)
		return err;
	if (txn)
		return remember(txn, op);
	xsim_watches_fire(op->path, op->type == XSIM_RM);
	return 0;
}

static void free_txn(struct xsim_txn *txn)
{
	struct change *change, *next_change;
	struct seen *seen, *next_seen;

	list_for_each_entry_safe(seen, next_seen, &txn->seen, entry)
		kfree(seen);
	list_for_each_entry_safe(change, next_change, &txn->changes, entry)
		free_change(change);
	xsim_tree_free(txn->copy);
	xsim_tree_free(txn->before);
	list_del(&txn->entry);
	nr_txns--;
	kfree(txn);
}

int xsim_txn_begin(u32 *id)
{
	struct xsim_txn *txn;

	if (nr_txns == TXNS_MAX)
		return -ENOSPC;
	txn = kzalloc(sizeof(*txn), GFP_KERNEL);
	if (!txn)
		return -ENOMEM;
	txn->copy = xsim_tree_copy(tree);
	if (!txn->copy)
		goto err_free;
	txn->before = xsim_tree_copy(tree);
	if (!txn->before)
		goto err_free_copy;
	INIT_LIST_HEAD(&txn->seen);
	INIT_LIST_HEAD(&txn->changes);
	/* 0 stands for none. */
	if (!++last_id)
		last_id = 1;
	txn->id = last_id;
	*id = txn->id;
	list_add_tail(&txn->entry, &txns);
	nr_txns++;
	return 0;

err_free_copy:
	xsim_tree_free(txn->copy);
err_free:
	kfree(txn);
	return -ENOMEM;
}

static bool has_conflict(struct xsim_txn *txn)
{
	struct seen *seen;

	list_for_each_entry(seen, &txn->seen, entry)
		if (generation_of(xsim_tree_find(tree, seen->path)) !=
		    seen->generation)
			return true;
	return false;
}

int xsim_txn_end(u32 id, bool abort)
{
	struct xsim_txn *txn = xsim_txn_of(id);
	struct change *change;
	int err = 0;

	if (IS_ERR_OR_NULL(txn))
		return -ENOENT;
	if (!abort && has_conflict(txn))
		err = -EAGAIN;
	if (!abort && !err)
		list_for_each_entry(change, &txn->changes, entry)
			err = xsim_txn_change(NULL, &change->op) ?: err;
	free_txn(txn);
	return err;
}

void xsim_txn_abort_all(void)
{
	struct xsim_txn *txn, *next;

	list_for_each_entry_safe(txn, next, &txns, entry)
		free_txn(txn);
}

struct xsim_txn *xsim_txn_of(u32 id)
{
	struct xsim_txn *txn;

	if (!id)
		return NULL;
	list_for_each_entry(txn, &txns, entry)
		if (txn->id == id)
			return txn;
	return ERR_PTR(-ENOENT);
}

int xsim_store_init(void)
{
	tree = xsim_tree_create_root();
	return tree ? 0 : -ENOMEM;
}

void xsim_store_exit(void)
{
	xsim_txn_abort_all();
	xsim_tree_free(tree);
	tree = NULL;
}

unsigned int xsim_txns(void)
{
	lockdep_assert_held(&xsim_store_lock);
	return nr_txns;
}
