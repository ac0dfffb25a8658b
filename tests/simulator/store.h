/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore, inside. Layers, each used by those below it in this list:
 *
 *   store_tree.c     nodes and their permissions
 *   store_txn.c      transactions, and access to nodes within one or without
 *   store_watch.c    watches, the guest's and dom0's
 *   store_request.c  what the guest asks, as messages
 *   store_ring.c     messages as bytes on the ring
 *
 * and dom0_store.c, which is dom0's way in. All under xsim_store_lock.
 */
#ifndef _XSIM_STORE_H
#define _XSIM_STORE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <xen/interface/io/xs_wire.h>

#include "backend.h"

extern struct mutex xsim_store_lock;

#define XSIM_HOME	"/local/domain/1"
#define XSIM_PERMS	4

/**
 * struct xsim_perm - what a domain may do; of the first, it is the owner, and
 * what all others may do
 * @mode: n, r, w or b
 * @domid: the domain
 */
struct xsim_perm {
	char mode;
	u16 domid;
};

/**
 * struct xsim_entry - a node in the tree
 * @sibling: in the parent's children
 * @children: nodes below
 * @parent: NULL for the root
 * @name: without slashes
 * @value: bytes; NULL for none
 * @len: how many
 * @nr_perms: how many
 * @perms: who may do what
 * @generation: of the last change of the value, the permissions or the children
 */
struct xsim_entry {
	struct list_head sibling;
	struct list_head children;
	struct xsim_entry *parent;
	char *name;
	void *value;
	size_t len;
	unsigned int nr_perms;
	struct xsim_perm perms[XSIM_PERMS];
	u64 generation;
};

/* store_tree.c. @root: the tree's; paths are absolute. */
struct xsim_entry *xsim_tree_create_root(void);
void xsim_tree_free(struct xsim_entry *entry);
struct xsim_entry *xsim_tree_copy(const struct xsim_entry *entry);
struct xsim_entry *xsim_tree_find(struct xsim_entry *root, const char *path);
/* The node, made with those above it if need be; NULL: no memory. */
struct xsim_entry *xsim_tree_make(struct xsim_entry *root, const char *path,
				  bool guest);
int xsim_tree_set(struct xsim_entry *entry, const void *value, size_t len);
void xsim_tree_set_perms(struct xsim_entry *entry,
			 const struct xsim_perm *perms, unsigned int nr);
void xsim_tree_remove(struct xsim_entry *entry);
/* Whether the guest may do this: 'r' or 'w' to the node, or where it would be. */
bool xsim_tree_may(struct xsim_entry *root, const char *path, char what);

/**
 * enum xsim_change - what is done to a node
 */
enum xsim_change {
	XSIM_WRITE,
	XSIM_MKDIR,
	XSIM_RM,
	XSIM_SET_PERMS,
};

/**
 * struct xsim_op - a change of a node
 * @type: what
 * @guest: by the guest
 * @path: of which node, absolute
 * @value: for XSIM_WRITE; or struct xsim_perm, for XSIM_SET_PERMS
 * @len: bytes of that
 */
struct xsim_op {
	enum xsim_change type;
	bool guest;
	const char *path;
	const void *value;
	size_t len;
};

/* store_txn.c */
struct xsim_txn;
int xsim_store_init(void);
void xsim_store_exit(void);
int xsim_txn_begin(u32 *id);
int xsim_txn_end(u32 id, bool abort);
void xsim_txn_abort_all(void);
unsigned int xsim_txns(void);
/* NULL for 0; ERR_PTR(-ENOENT). */
struct xsim_txn *xsim_txn_of(u32 id);
/* The node, as the transaction (or NULL) sees it; NULL: there is none. */
struct xsim_entry *xsim_txn_find(struct xsim_txn *txn, const char *path);
bool xsim_txn_may(struct xsim_txn *txn, const char *path, char what);
int xsim_txn_change(struct xsim_txn *txn, const struct xsim_op *op);

/* store_watch.c */
int xsim_guest_watch(const char *path, const char *token, const char *depth);
/* Its first event, which comes however things are. */
void xsim_guest_watch_fire(const char *path, const char *token);
int xsim_guest_unwatch(const char *path, const char *token);
void xsim_guest_forget_watches(void);
unsigned int xsim_guest_watches(void);
/* Something changed at @path; @below: and everything below it. */
void xsim_watches_fire(const char *path, bool below);
/* The guest's path made absolute; kfree() it. NULL: no memory. */
char *xsim_absolute(const char *path);

/* store_request.c: answer a message of the guest's */
void xsim_store_serve(const struct xsd_sockmsg *head, char *body);

/* store_ring.c: the ring, and a message for the guest */
int xsim_ring_init(void);
void xsim_ring_exit(void);
/* suspend.c's: an empty page, and a new port (under xsim_lock); */
void xsim_ring_reset_locked(void);
/* nothing that is under way, no watches and transactions; look at the page. */
void xsim_ring_forget(void);
void xsim_ring_kick(void);
int xsim_ring_tell(u32 type, u32 id, u32 txn, const void *body, size_t len);

#endif /* _XSIM_STORE_H */
