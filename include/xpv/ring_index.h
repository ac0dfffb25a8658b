/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Indexes of a shared ring, frontend side (layout: Xen's public io/ring.h):
 * what is free, what is published, what was answered, who is to be woken.
 * Drivers include <xpv/ring.h>, which adds typed access to the slots.
 *
 * The peer can write the shared page at any time, so nothing in it is read
 * twice and nothing of ours is read back from it: all indexes that matter are
 * private. The shared pointer carries a sparse address space of its own, so a
 * direct dereference outside these two files is a build warning.
 *
 * No lock of its own: one producer (put, publish) and one consumer (poll,
 * get, arm) at a time, serialised by the owner. Producer and consumer may run
 * concurrently: the consumer never looks further than what was published.
 */
#ifndef _XPV_RING_INDEX_H
#define _XPV_RING_INDEX_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <asm/barrier.h>

#ifdef __CHECKER__
#define __xpv_shared __attribute__((noderef, address_space(__xpv_shared)))
#else
#define __xpv_shared
#endif

/**
 * struct xpv_ring_shared - head of a shared ring, before its slots
 * @req_prod: requests published by us
 * @req_event: the peer wants to be woken by this request
 * @rsp_prod: responses published by the peer
 * @rsp_event: we want to be woken by this response
 * @pad: to a cache line
 * @slots: requests and responses
 *
 * struct foo_sring of Xen's public io/ring.h. The peer may write all of it at
 * any time.
 */
struct xpv_ring_shared {
	u32 req_prod;
	u32 req_event;
	u32 rsp_prod;
	u32 rsp_event;
	u8 pad[48];
	u8 slots[];
};

static_assert(sizeof(struct xpv_ring_shared) == 64);

/**
 * struct xpv_ring - private half of a shared ring
 * @shared: the page or pages shared with the peer
 * @size: number of slots, a power of two
 * @req_prod: index of the next request to be put; producer's
 * @req_published: requests the peer may see; producer writes, consumer reads
 * @rsp_cons: index of the next response to be read; consumer writes,
 *	producer reads
 * @rsp_prod: responses found by the last poll, validated; consumer's
 *
 * Indexes are free-running; a slot is index & (@size - 1).
 */
struct xpv_ring {
	struct xpv_ring_shared __xpv_shared *shared;
	u32 size;
	u32 req_prod;
	u32 req_published;
	u32 rsp_cons;
	u32 rsp_prod;
};

/**
 * xpv_ring_free - slots that can take a request
 * @ring: the ring; producer side
 *
 * Return: number of requests that may be put now.
 */
static inline u32 xpv_ring_free(const struct xpv_ring *ring)
{
	return ring->size - (ring->req_prod - READ_ONCE(ring->rsp_cons));
}

/**
 * xpv_ring_in_flight - published requests without a consumed response
 * @ring: the ring
 *
 * Return: 0 to the ring's size.
 */
static inline u32 xpv_ring_in_flight(const struct xpv_ring *ring)
{
	return READ_ONCE(ring->req_published) - READ_ONCE(ring->rsp_cons);
}

/**
 * xpv_ring_publish - show the peer all requests put since the last time
 * @ring: the ring; producer side
 *
 * Context: any.
 * Return: true when the peer asked to be woken for one of them
 * (req_event of ring.h): ring its doorbell, outside locks.
 */
static inline bool __must_check xpv_ring_publish(struct xpv_ring *ring)
{
	struct xpv_ring_shared *sh = (__force struct xpv_ring_shared *)ring->shared;
	u32 old = ring->req_published;
	u32 new = ring->req_prod;

	if (old == new)
		return false;

	/*
	 * Our consumer bounds the peer's index by this: it must cover a
	 * request before the peer can answer it. Ordered by virt_wmb() below.
	 */
	WRITE_ONCE(ring->req_published, new);
	/* Requests before index; pairs with the peer's rmb after req_prod. */
	virt_wmb();
	WRITE_ONCE(sh->req_prod, new);
	/*
	 * Index before req_event is read; pairs with the peer's mb between
	 * writing req_event and its last look at req_prod.
	 */
	virt_mb();
	return (u32)(new - READ_ONCE(sh->req_event)) < (u32)(new - old);
}

/**
 * xpv_ring_poll - look for responses
 * @ring: the ring; consumer side
 * @avail: responses that may be got now: at most the ring's size
 *
 * Context: any.
 * Return: 0, or -EPROTO when the peer claims to have answered more than was
 * asked: nothing in the ring can be believed any more.
 */
static inline int __must_check xpv_ring_poll(struct xpv_ring *ring, u32 *avail)
{
	struct xpv_ring_shared *sh = (__force struct xpv_ring_shared *)ring->shared;
	u32 prod = READ_ONCE(sh->rsp_prod);

	/*
	 * Index before responses; pairs with the peer's wmb before rsp_prod.
	 * Also index before req_published; pairs with virt_wmb() in publish.
	 */
	virt_rmb();
	if (prod - ring->rsp_cons > xpv_ring_in_flight(ring))
		return -EPROTO;

	ring->rsp_prod = prod;
	*avail = prod - ring->rsp_cons;
	return 0;
}

/**
 * xpv_ring_arm - ask to be woken by a response, and look once more
 * @ring: the ring; consumer side, all polled responses consumed
 * @after: wake after this many responses, 1 for the next one
 *
 * Context: any.
 * Return: true when responses came in meanwhile: the caller polls again,
 * as the peer may not ring for them.
 */
static inline bool __must_check xpv_ring_arm(struct xpv_ring *ring, u32 after)
{
	struct xpv_ring_shared *sh = (__force struct xpv_ring_shared *)ring->shared;

	WRITE_ONCE(sh->rsp_event, ring->rsp_cons + after);
	/*
	 * rsp_event before the last look; pairs with the peer's mb between
	 * writing rsp_prod and reading rsp_event.
	 */
	virt_mb();
	return READ_ONCE(sh->rsp_prod) != ring->rsp_cons;
}

/**
 * xpv_ring_peer - what the peer says, for a log: none of it is validated
 * @ring: the ring
 * @bell: it asked to be woken by the request before this index
 * @answered: it says to have answered so many
 *
 * Context: any.
 */
static inline void xpv_ring_peer(const struct xpv_ring *ring, u32 *bell,
				 u32 *answered)
{
	struct xpv_ring_shared *sh = (__force struct xpv_ring_shared *)ring->shared;

	*bell = READ_ONCE(sh->req_event);
	*answered = READ_ONCE(sh->rsp_prod);
}

#endif /* _XPV_RING_INDEX_H */
