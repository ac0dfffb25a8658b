// SPDX-License-Identifier: GPL-2.0-only
/* XenStore's nodes and their permissions. Under xsim_store_lock. */
#include <linux/slab.h>
#include <linux/string.h>

#include "store.h"

/* Counts changes, of any tree. */
static u64 clock;

static void touch(struct xsim_entry *entry)
{
	entry->generation = ++clock;
}

static struct xsim_entry *create(struct xsim_entry *parent, const char *name,
				 size_t len)
{
	struct xsim_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return NULL;
	INIT_LIST_HEAD(&entry->children);
	INIT_LIST_HEAD(&entry->sibling);
	entry->name = kmemdup_nul(name, len, GFP_KERNEL);
	if (!entry->name) {
		kfree(entry);
		return NULL;
	}
	entry->parent = parent;
	if (parent)
		list_add_tail(&entry->sibling, &parent->children);
	touch(entry);
	return entry;
}

struct xsim_entry *xsim_tree_create_root(void)
{
	struct xsim_entry *root = create(NULL, "", 0);

	if (root) {
		root->perms[0] = (struct xsim_perm){ .mode = 'n' };
		root->nr_perms = 1;
	}
	return root;
}

static void free_entry(struct xsim_entry *entry)
{
	list_del(&entry->sibling);
	kfree(entry->name);
	kfree(entry->value);
	kfree(entry);
}

/* The next in a walk that leaves a node after all that is below it. */
static struct xsim_entry *deepest(struct xsim_entry *entry)
{
	while (!list_empty(&entry->children))
		entry = list_first_entry(&entry->children, struct xsim_entry,
					 sibling);
	return entry;
}

void xsim_tree_free(struct xsim_entry *top)
{
	struct xsim_entry *entry, *parent;
	bool last;

	if (!top)
		return;
	do {
		entry = deepest(top);
		parent = entry->parent;
		last = entry == top;
		free_entry(entry);
	} while (!last && parent);
}

static struct xsim_entry *copy_one(const struct xsim_entry *from,
				   struct xsim_entry *parent)
{
	struct xsim_entry *to = create(parent, from->name, strlen(from->name));

	if (!to)
		return NULL;
	if (from->value) {
		to->value = kmemdup(from->value, from->len, GFP_KERNEL);
		if (!to->value) {
			free_entry(to);
			return NULL;
		}
	}
	to->len = from->len;
	to->nr_perms = from->nr_perms;
	memcpy(to->perms, from->perms, sizeof(to->perms));
	to->generation = from->generation;
	return to;
}

/* As deep as paths are: XenStore's have few levels. */
static int copy_children(const struct xsim_entry *from, struct xsim_entry *to)
{
	const struct xsim_entry *child;
	struct xsim_entry *copy;

	list_for_each_entry(child, &from->children, sibling) {
		copy = copy_one(child, to);
		if (!copy || copy_children(child, copy))
			return -ENOMEM;
	}
	return 0;
}

struct xsim_entry *xsim_tree_copy(const struct xsim_entry *from)
{
	struct xsim_entry *to = copy_one(from, NULL);

	if (to && copy_children(from, to)) {
		xsim_tree_free(to);
		to = NULL;
	}
	return to;
}

static struct xsim_entry *child_of(struct xsim_entry *entry, const char *name,
				   size_t len)
{
	struct xsim_entry *child;

	list_for_each_entry(child, &entry->children, sibling)
		if (!strncmp(child->name, name, len) && !child->name[len])
			return child;
	return NULL;
}

/* The next name of a path, and where it ends; its length, 0 at the end. */
static size_t next_name(const char **path)
{
	*path += strspn(*path, "/");
	return strcspn(*path, "/");
}

struct xsim_entry *xsim_tree_find(struct xsim_entry *root, const char *path)
{
	struct xsim_entry *entry = root;
	size_t len;

	while (entry && (len = next_name(&path))) {
		entry = child_of(entry, path, len);
		path += len;
	}
	return entry;
}

/* As far down as there are nodes. */
static struct xsim_entry *find_nearest(struct xsim_entry *root,
				       const char *path)
{
	struct xsim_entry *entry = root, *child;
	size_t len;

	while ((len = next_name(&path))) {
		child = child_of(entry, path, len);
		if (!child)
			break;
		entry = child;
		path += len;
	}
	return entry;
}

/* Who makes a node owns it; dom0 makes it for whoever owns the parent. */
static void inherit(struct xsim_entry *entry, bool guest)
{
	memcpy(entry->perms, entry->parent->perms, sizeof(entry->perms));
	entry->nr_perms = entry->parent->nr_perms;
	if (guest)
		entry->perms[0].domid = XSIM_GUEST;
}

struct xsim_entry *xsim_tree_make(struct xsim_entry *root, const char *path,
				  bool guest)
{
	struct xsim_entry *entry = root, *child;
	size_t len;

	while ((len = next_name(&path))) {
		child = child_of(entry, path, len);
		if (!child) {
			child = create(entry, path, len);
			if (!child)
				return NULL;
			inherit(child, guest);
			touch(entry);
		}
		entry = child;
		path += len;
	}
	return entry;
}

int xsim_tree_set(struct xsim_entry *entry, const void *value, size_t len)
{
	void *copy = kmemdup(value, len, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	kfree(entry->value);
	entry->value = copy;
	entry->len = len;
	touch(entry);
	return 0;
}

void xsim_tree_set_perms(struct xsim_entry *entry,
			 const struct xsim_perm *perms, unsigned int nr)
{
	memcpy(entry->perms, perms, nr * sizeof(*perms));
	entry->nr_perms = nr;
	touch(entry);
}

void xsim_tree_remove(struct xsim_entry *entry)
{
	if (entry->parent)
		touch(entry->parent);
	xsim_tree_free(entry);
}

static bool allows(char mode, char what)
{
	return mode == what || mode == 'b';
}

bool xsim_tree_may(struct xsim_entry *root, const char *path, char what)
{
	const struct xsim_entry *entry = find_nearest(root, path);
	unsigned int i;

	if (entry->perms[0].domid == XSIM_GUEST)
		return true;
	for (i = 1; i < entry->nr_perms; i++)
		if (entry->perms[i].domid == XSIM_GUEST)
			return allows(entry->perms[i].mode, what);
	return allows(entry->perms[0].mode, what);
}
