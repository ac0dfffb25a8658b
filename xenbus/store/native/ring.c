// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page shared with xenstored (Xen's public io/xs_wire.h and
 * docs/misc/xenstore-ring.txt). The only file that touches it. What xenstored
 * says of its indexes is read once and held against where they were.
 */
#include <asm/barrier.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <xen/interface/io/xs_wire.h>

#include "ring.h"

#define SIZE	XENSTORE_RING_SIZE

static_assert((SIZE & (SIZE - 1)) == 0);
static_assert(offsetof(struct xenstore_domain_interface, rsp) == 1024);
static_assert(offsetof(struct xenstore_domain_interface, req_cons) == 2048);
static_assert(offsetof(struct xenstore_domain_interface, req_prod) == 2052);
static_assert(offsetof(struct xenstore_domain_interface, rsp_cons) == 2056);
static_assert(offsetof(struct xenstore_domain_interface, rsp_prod) == 2060);
static_assert(offsetof(struct xenstore_domain_interface, server_features) == 2064);
static_assert(offsetof(struct xenstore_domain_interface, connection) == 2068);
static_assert(offsetof(struct xenstore_domain_interface, error) == 2072);

static struct xenstore_domain_interface *page_of(const struct xpv_store_ring *ring)
{
	return ring->page;
}

void xpv_store_ring_adopt(struct xpv_store_ring *ring)
{
	struct xenstore_domain_interface *page = page_of(ring);

	ring->req_cons = READ_ONCE(page->req_cons);
	ring->req_prod = READ_ONCE(page->req_prod);
	if (ring->req_prod - ring->req_cons > SIZE) {
		ring->req_prod = ring->req_cons;
		WRITE_ONCE(page->req_prod, ring->req_prod);
	}
	ring->rsp_prod = READ_ONCE(page->rsp_prod);
	ring->rsp_cons = READ_ONCE(page->rsp_cons);
	if (ring->rsp_prod - ring->rsp_cons > SIZE) {
		ring->rsp_cons = ring->rsp_prod;
		WRITE_ONCE(page->rsp_cons, ring->rsp_cons);
	}
}

static void copy_in(char *slots, u32 at, const char *data, size_t len)
{
	size_t first = min_t(size_t, len, SIZE - MASK_XENSTORE_IDX(at));

	memcpy(slots + MASK_XENSTORE_IDX(at), data, first);
	memcpy(slots, data + first, len - first);
}

static void copy_out(char *data, const char *slots, u32 at, size_t len)
{
	size_t first = min_t(size_t, len, SIZE - MASK_XENSTORE_IDX(at));

	memcpy(data, slots + MASK_XENSTORE_IDX(at), first);
	memcpy(data + first, slots, len - first);
}

int xpv_store_ring_put(struct xpv_store_ring *ring, const void *data,
		       size_t len, size_t *done)
{
	struct xenstore_domain_interface *page = page_of(ring);
	u32 cons = READ_ONCE(page->req_cons);

	*done = 0;
	if (!xpv_store_index_moved(ring->req_cons, cons, ring->req_prod)) {
		ring->refused = cons;
		return -EIO;
	}

	ring->req_cons = cons;
	len = min_t(size_t, len, SIZE - (ring->req_prod - cons));
	if (!len)
		return 0;

	/*
	 * xenstored has read what we write over; pairs with its barrier
	 * between its copy and its store of req_cons.
	 */
	virt_mb();
	copy_in(page->req, ring->req_prod, data, len);
	/* Bytes before the index; pairs with its barrier after it reads that. */
	virt_wmb();
	ring->req_prod += len;
	WRITE_ONCE(page->req_prod, ring->req_prod);
	*done = len;
	return 0;
}

int xpv_store_ring_get(struct xpv_store_ring *ring, void *data, size_t len,
		       size_t *done, bool *was_full)
{
	struct xenstore_domain_interface *page = page_of(ring);
	u32 prod = READ_ONCE(page->rsp_prod);

	*done = 0;
	if (!xpv_store_index_moved(ring->rsp_prod, prod, ring->rsp_cons + SIZE)) {
		ring->refused = prod;
		return -EIO;
	}

	ring->rsp_prod = prod;
	len = min_t(size_t, len, prod - ring->rsp_cons);
	if (!len)
		return 0;

	/* Index before the bytes; pairs with xenstored's barrier between them. */
	virt_rmb();
	copy_out(data, page->rsp, ring->rsp_cons, len);
	/* We have read what it will write over; pairs with its read of rsp_cons. */
	virt_mb();
	WRITE_ONCE(page->rsp_cons, ring->rsp_cons + len);
	/*
	 * If it found the ring full before it could see this, it waits for a
	 * doorbell; pairs with its store of rsp_prod before its look for room.
	 */
	virt_mb();
	if (READ_ONCE(page->rsp_prod) - ring->rsp_cons >= SIZE)
		*was_full = true;
	ring->rsp_cons += len;
	*done = len;
	return 0;
}

static bool has_feature(const struct xpv_store_ring *ring, u32 feature)
{
	return READ_ONCE(page_of(ring)->server_features) & feature;
}

u32 xpv_store_ring_error(const struct xpv_store_ring *ring)
{
	if (!has_feature(ring, XENSTORE_SERVER_FEATURE_ERROR))
		return XENSTORE_ERROR_NONE;
	return READ_ONCE(page_of(ring)->error);
}

bool xpv_store_ring_can_reconnect(const struct xpv_store_ring *ring)
{
	return has_feature(ring, XENSTORE_SERVER_FEATURE_RECONNECTION);
}

/* Another may have asked for it before us: a loader, or the domain's builder. */
bool xpv_store_ring_reconnecting(const struct xpv_store_ring *ring)
{
	if (!xpv_store_ring_can_reconnect(ring))
		return false;
	if (READ_ONCE(page_of(ring)->connection) != XENSTORE_CONNECTED)
		return true;

	/* Pairs with xenstored's barrier: indexes are reset before this says so. */
	virt_rmb();
	return false;
}

void xpv_store_ring_reconnect(struct xpv_store_ring *ring)
{
	WRITE_ONCE(page_of(ring)->connection, XENSTORE_RECONNECT);
}
