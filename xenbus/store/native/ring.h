/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Our end of the two byte rings with xenstored. Works on memory alone and
 * rings no doorbell: it is told whether one is due.
 */
#ifndef _XPV_XENBUS_NATIVE_RING_H
#define _XPV_XENBUS_NATIVE_RING_H

#include <linux/types.h>

/**
 * struct xpv_store_ring - our end
 * @page: struct xenstore_domain_interface, shared with xenstored; without a
 *	type, as only ring.c may look into it
 * @req_prod: end of what we have written; ours, never read back
 * @req_cons: how far xenstored has read, when last looked at
 * @rsp_cons: how far we have read; ours, never read back
 * @rsp_prod: end of what xenstored has written, when last looked at
 * @refused: index of xenstored's that was found corrupt, for the log
 *
 * No lock: one user at a time.
 */
struct xpv_store_ring {
	void *page;
	u32 req_prod;
	u32 req_cons;
	u32 rsp_cons;
	u32 rsp_prod;
	u32 refused;
};

/**
 * xpv_store_index_moved - whether a peer's index moved as it may
 * @old: where it was
 * @new: where it is
 * @limit: the furthest it can get
 *
 * Indexes run freely and wrap; all three are less than half the range apart.
 */
static inline bool xpv_store_index_moved(u32 old, u32 new, u32 limit)
{
	return new - old <= limit - old;
}

/* Where the shared indexes stand now is where we go on. Mends what is absurd. */
void xpv_store_ring_adopt(struct xpv_store_ring *ring);

/*
 * Write as much as there is room for; @done tells how much, and xenstored's
 * doorbell is due unless that is 0. -EIO: the indexes are corrupt.
 */
int xpv_store_ring_put(struct xpv_store_ring *ring, const void *data,
		       size_t len, size_t *done);

/*
 * Read as much as there is; @done tells how much. @was_full is set, and never
 * cleared, when xenstored waits for room: its doorbell is due. -EIO: the
 * indexes are corrupt.
 */
int xpv_store_ring_get(struct xpv_store_ring *ring, void *data, size_t len,
		       size_t *done, bool *was_full);

/* Why xenstored has given this connection up: XENSTORE_ERROR_*, 0 if it has not. */
u32 xpv_store_ring_error(const struct xpv_store_ring *ring);

/* Whether xenstored can start the connection anew, and whether it is at it. */
bool xpv_store_ring_can_reconnect(const struct xpv_store_ring *ring);
bool xpv_store_ring_reconnecting(const struct xpv_store_ring *ring);
void xpv_store_ring_reconnect(struct xpv_store_ring *ring);

#endif /* _XPV_XENBUS_NATIVE_RING_H */
