/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore: the tree of nodes through which frontend and backend find each
 * other. Requests wait for xenstored, which is trusted to answer; what a
 * backend wrote is not trusted, hence the strict number reads.
 */
#ifndef _XPV_XENSTORE_H
#define _XPV_XENSTORE_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

/* An open transaction; NULL stands for none. */
struct xpv_xs_txn;

/**
 * xpv_xs_read - read a node
 * @txn: transaction, or NULL
 * @dir: directory
 * @node: name below it, "" for the directory itself
 * @value: NUL-terminated copy, which the caller kfree()s
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT, -EACCES, -ENOMEM, or another error of XenStore.
 */
int xpv_xs_read(struct xpv_xs_txn *txn, const char *dir, const char *node,
		char **value);

/**
 * xpv_xs_exists - whether a node is there
 * @txn: transaction, or NULL
 * @dir: directory
 * @node: name below it
 *
 * The toolstack removes the directory of a device that goes, and what is above
 * it is not for us to write to: a transaction that writes nodes of a device
 * looks for its state first.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT, or another error of XenStore.
 */
int xpv_xs_exists(struct xpv_xs_txn *txn, const char *dir, const char *node);

/**
 * xpv_xs_read_uint - read a node that holds one decimal number
 * @txn: transaction, or NULL
 * @dir: directory
 * @node: name below it
 * @max: largest value that makes sense
 * @value: the number; not touched on error
 *
 * Strict: signs, blanks, trailing characters and empty nodes are malformed.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT when absent, -EINVAL when malformed, -ERANGE when over
 * @max, or another error of XenStore.
 */
int xpv_xs_read_uint(struct xpv_xs_txn *txn, const char *dir, const char *node,
		     u64 max, u64 *value);

/**
 * xpv_xs_printf - write a node
 * @txn: transaction, or NULL
 * @dir: directory
 * @node: name below it
 * @fmt: contents; formatted they must fit XENSTORE_PAYLOAD_MAX
 *
 * Context: process, may sleep.
 * Return: 0, -E2BIG, -EACCES, -ENOMEM, -ENOSPC (quota), or another error.
 */
__printf(4, 5)
int xpv_xs_printf(struct xpv_xs_txn *txn, const char *dir, const char *node,
		  const char *fmt, ...);

/**
 * xpv_xs_remove - remove a node and all below it
 * @txn: transaction, or NULL
 * @dir: directory
 * @node: name below it
 *
 * Context: process, may sleep.
 * Return: 0 (also when it was absent) or an error of XenStore.
 */
int xpv_xs_remove(struct xpv_xs_txn *txn, const char *dir, const char *node);

/**
 * xpv_xs_transact - run a function in a transaction until it goes through
 * @fn: reads and writes with the transaction it is given; it may be called
 *	several times and keeps no state of a failed try; an error aborts
 * @arg: passed to @fn
 *
 * A transaction that met a conflict is tried again, a bounded number of
 * times.
 *
 * Context: process, may sleep.
 * Return: 0, the error of @fn, -EAGAIN when every try met a conflict, or
 * another error of XenStore.
 */
int xpv_xs_transact(int (*fn)(struct xpv_xs_txn *txn, void *arg), void *arg);

/**
 * struct xpv_xs_watch - tells when a node or anything below it changes
 * @changed: called in process context, one event at a time, right after
 *	xpv_xs_watch_add() and then for each change; events may be merged.
 *	It must not block on the peer.
 * @path: the node, a copy
 * @priv: the implementation's
 */
struct xpv_xs_watch {
	void (*changed)(struct xpv_xs_watch *watch);
	char *path;
	void *priv;
};

/**
 * xpv_xs_watch_add - start to watch a node
 * @watch: zeroed, but for @watch->changed
 * @fmt: path of the node
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, or an error of XenStore (-ENOSPC: quota).
 */
__printf(2, 3)
int xpv_xs_watch_add(struct xpv_xs_watch *watch, const char *fmt, ...);

/**
 * xpv_xs_watch_remove - stop to watch
 * @watch: added, or zeroed
 *
 * No callback runs any more when it returns.
 *
 * Context: process, may sleep. Not from the callback itself.
 */
void xpv_xs_watch_remove(struct xpv_xs_watch *watch);

#endif /* _XPV_XENSTORE_H */
