/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A shared ring, the backend's half (layout: Xen's public io/ring.h), with the
 * police at its side: what a correct frontend never does to a ring is found
 * here. One at a time uses it: the handler of its port, or whoever has stopped
 * that.
 */
#ifndef _XSIM_RING_H
#define _XSIM_RING_H

#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct xsim_ring_head - what is at the start of the shared pages
 * @req_prod: requests published by the frontend
 * @req_event: we want to be woken by this request
 * @rsp_prod: responses published by us
 * @rsp_event: the frontend wants to be woken by this response
 * @pad: to a cache line
 * @slots: requests and responses
 */
struct xsim_ring_head {
	u32 req_prod;
	u32 req_event;
	u32 rsp_prod;
	u32 rsp_event;
	u8 pad[48];
	u8 slots[];
};

static_assert(sizeof(struct xsim_ring_head) == 64);

/**
 * struct xsim_ring - our half
 * @head: shared
 * @name: in what the police says
 * @size: number of slots, a power of two
 * @slot_bytes: size of one
 * @req_cons: requests taken
 * @rsp_pvt: responses put
 * @rsp_prod: responses published
 * @event: what @head->req_event says, as we wrote it
 * @heard: the frontend has rung for that
 * @doorbells: it may ring so often yet, for events of the past
 * @asleep: we wait for a doorbell; nothing was published when we began to
 * @overdue: when the frontend was first seen to owe a doorbell, in jiffies
 * @shut: the frontend has said that it closes
 * @shut_at: requests it had published by then
 * @foul: somebody else has written to it (xsim_back_forge()): no complaints
 * @taken: what was in each slot when we took it
 */
struct xsim_ring {
	struct xsim_ring_head *head;
	char name[40];
	u32 size;
	u32 slot_bytes;
	u32 req_cons;
	u32 rsp_pvt;
	u32 rsp_prod;
	u32 event;
	bool heard;
	unsigned int doorbells;
	bool asleep;
	unsigned long overdue;
	bool shut;
	u32 shut_at;
	bool foul;
	u8 *taken;
};

int xsim_ring_attach(struct xsim_ring *ring, void *area, size_t bytes,
		     u32 slot_bytes);
void xsim_ring_detach(struct xsim_ring *ring);
int xsim_ring_poll(struct xsim_ring *ring, u32 *avail);
void xsim_ring_get(struct xsim_ring *ring, void *req);
void xsim_ring_put(struct xsim_ring *ring, const void *rsp, size_t len);
bool xsim_ring_publish(struct xsim_ring *ring);
bool xsim_ring_arm(struct xsim_ring *ring, u32 known);
void xsim_ring_shut(struct xsim_ring *ring);

/* The police's part of it (ring_police.c). */
__printf(2, 3)
void xsim_ring_complain(const struct xsim_ring *ring, const char *fmt, ...);
void xsim_ring_check_slot(const struct xsim_ring *ring, u32 index);
void xsim_ring_new_event(struct xsim_ring *ring, u32 event);
void xsim_ring_hear(struct xsim_ring *const rings[], unsigned int nr,
		    unsigned int doorbells);
bool xsim_ring_awake(struct xsim_ring *ring);

static inline void *xsim_ring_slot(const struct xsim_ring *ring, u32 index)
{
	return ring->head->slots +
	       (size_t)(index & (ring->size - 1)) * ring->slot_bytes;
}

static inline void *xsim_ring_taken(const struct xsim_ring *ring, u32 index)
{
	return ring->taken +
	       (size_t)(index & (ring->size - 1)) * ring->slot_bytes;
}

/* Requests taken and not answered. */
static inline u32 xsim_ring_held(const struct xsim_ring *ring)
{
	return ring->req_cons - ring->rsp_pvt;
}

#endif /* _XSIM_RING_H */
