/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Typed access to shared rings, frontend side: requests are copied in,
 * responses are copied out, once, and only the copy is used. Indexes and
 * doorbells are in ring_index.h. No ring macro of Xen's headers is used.
 */
#ifndef _XPV_RING_H
#define _XPV_RING_H

#include <linux/bug.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <xpv/ring_index.h>

/* The four below serve XPV_RING_TYPE only. */

static inline u32 __xpv_ring_slots(size_t bytes, size_t slot_bytes)
{
	return rounddown_pow_of_two((bytes - sizeof(struct xpv_ring_shared)) /
				    slot_bytes);
}

static inline void __xpv_ring_init(struct xpv_ring *ring, void *area, u32 size)
{
	struct xpv_ring_shared *sh = area;

	memset(sh, 0, sizeof(*sh));
	/* As ring.h initialises: wake for the first request and response. */
	sh->req_event = 1;
	sh->rsp_event = 1;
	*ring = (struct xpv_ring){
		.shared = (__force struct xpv_ring_shared __xpv_shared *)sh,
		.size = size,
	};
}

static inline void *__xpv_ring_slot(const struct xpv_ring *ring, u32 index,
				    size_t slot_bytes)
{
	struct xpv_ring_shared *sh = (__force struct xpv_ring_shared *)ring->shared;

	return sh->slots + (size_t)(index & (ring->size - 1)) * slot_bytes;
}

static inline bool __xpv_ring_may_get(const struct xpv_ring *ring)
{
	return !WARN_ON_ONCE(ring->rsp_cons == ring->rsp_prod);
}

/**
 * XPV_RING_TYPE - define the accessors of one kind of ring
 * @name: their prefix
 * @req_type: request
 * @rsp_type: response
 *
 * Defines:
 *
 * * ``u32 name_slots(size_t bytes)``: slots in a shared area of that size;
 * * ``void name_init(struct xpv_ring *, void *area, size_t bytes)``: an empty
 *   ring over a shared, zeroed area;
 * * ``void name_put(struct xpv_ring *, const req_type *)``: copies a request
 *   into the next slot; xpv_ring_free() must have said there is one;
 * * ``void name_get(struct xpv_ring *, rsp_type *)``: copies the next response
 *   out, once; at most as often as xpv_ring_poll() said.
 */
#define XPV_RING_TYPE(name, req_type, rsp_type)				\
union name##_slot {							\
	req_type req;							\
	rsp_type rsp;							\
};									\
									\
static inline u32 name##_slots(size_t bytes)				\
{									\
	return __xpv_ring_slots(bytes, sizeof(union name##_slot));	\
}									\
									\
static inline void name##_init(struct xpv_ring *ring, void *area,	\
			       size_t bytes)				\
{									\
	__xpv_ring_init(ring, area, name##_slots(bytes));		\
}									\
									\
static inline void name##_put(struct xpv_ring *ring, const req_type *req) \
{									\
	union name##_slot *slot = __xpv_ring_slot(ring, ring->req_prod,	\
						  sizeof(*slot));	\
									\
	if (WARN_ON_ONCE(!xpv_ring_free(ring)))				\
		return;							\
	slot->req = *req;						\
	ring->req_prod++;						\
}									\
									\
static inline void name##_get(struct xpv_ring *ring, rsp_type *rsp)	\
{									\
	union name##_slot *slot = __xpv_ring_slot(ring, ring->rsp_cons,	\
						  sizeof(*slot));	\
									\
	if (!__xpv_ring_may_get(ring))					\
		return;							\
	*rsp = slot->rsp;						\
	/* The compiler must not read the shared slot a second time. */	\
	barrier();							\
	WRITE_ONCE(ring->rsp_cons, ring->rsp_cons + 1);			\
}

#endif /* _XPV_RING_H */
