// SPDX-License-Identifier: GPL-2.0-only
/* A shared ring, the backend's half: see ring.h. */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include "ring.h"

/**
 * xsim_ring_attach - begin with a ring of the frontend's
 * @ring: zeroed, but for its name
 * @area: shared pages
 * @bytes: how much
 * @slot_bytes: size of a slot
 *
 * Takes it up where its indexes are, as a backend does that finds the ring of
 * a connection that it has not made.
 *
 * Return: 0, -ENOMEM, or -EINVAL when nobody could work with these indexes.
 */
int xsim_ring_attach(struct xsim_ring *ring, void *area, size_t bytes,
		     u32 slot_bytes)
{
	struct xsim_ring_head *head = area;

	ring->size = rounddown_pow_of_two((bytes - sizeof(*head)) / slot_bytes);
	ring->slot_bytes = slot_bytes;
	ring->taken = kvcalloc(ring->size, slot_bytes, GFP_KERNEL);
	if (!ring->taken)
		return -ENOMEM;
	ring->head = head;
	ring->rsp_prod = READ_ONCE(head->rsp_prod);
	ring->rsp_pvt = ring->rsp_prod;
	ring->req_cons = ring->rsp_prod;
	ring->event = READ_ONCE(head->req_event);
	if (READ_ONCE(head->req_prod) - ring->rsp_prod <= ring->size)
		return 0;
	xsim_ring_complain(ring, "is handed over with impossible indexes");
	xsim_ring_detach(ring);
	return -EINVAL;
}

/**
 * xsim_ring_detach - part with the ring
 * @ring: attached or not
 */
void xsim_ring_detach(struct xsim_ring *ring)
{
	if (ring->head && ring->shut &&
	    READ_ONCE(ring->head->req_prod) != ring->shut_at)
		xsim_ring_complain(ring, "was written to after its frontend had closed");
	kvfree(ring->taken);
	ring->taken = NULL;
	ring->head = NULL;
}

/**
 * xsim_ring_poll - look for requests
 * @ring: ring
 * @avail: requests that may be got
 *
 * Return: 0, or -EPROTO when there are more than slots.
 */
int xsim_ring_poll(struct xsim_ring *ring, u32 *avail)
{
	u32 prod = READ_ONCE(ring->head->req_prod);

	/* Index before requests; pairs with the frontend's write barrier. */
	virt_rmb();
	if (prod - ring->rsp_prod > ring->size ||
	    (s32)(prod - ring->req_cons) < 0) {
		xsim_ring_complain(ring, "has an impossible request index");
		return -EPROTO;
	}
	ring->asleep = false;
	*avail = prod - ring->req_cons;
	return 0;
}

/**
 * xsim_ring_get - take the next request
 * @ring: ring; xsim_ring_poll() said that there is one
 * @req: copy of the whole slot
 */
void xsim_ring_get(struct xsim_ring *ring, void *req)
{
	void *taken = xsim_ring_taken(ring, ring->req_cons);

	memcpy(taken, xsim_ring_slot(ring, ring->req_cons), ring->slot_bytes);
	memcpy(req, taken, ring->slot_bytes);
	ring->req_cons++;
}

/**
 * xsim_ring_put - answer
 * @ring: ring; a request was taken and not answered
 * @rsp: the answer
 * @len: its size
 */
void xsim_ring_put(struct xsim_ring *ring, const void *rsp, size_t len)
{
	xsim_ring_check_slot(ring, ring->rsp_pvt);
	memcpy(xsim_ring_slot(ring, ring->rsp_pvt), rsp, len);
	ring->rsp_pvt++;
}

/**
 * xsim_ring_publish - show the frontend the answers
 * @ring: ring
 *
 * Return: whether its doorbell is to be rung.
 */
bool xsim_ring_publish(struct xsim_ring *ring)
{
	u32 old = ring->rsp_prod;

	ring->rsp_prod = ring->rsp_pvt;
	/* Responses before index; pairs with the frontend's read barrier. */
	virt_wmb();
	WRITE_ONCE(ring->head->rsp_prod, ring->rsp_prod);
	/* Index before rsp_event is read; pairs with the frontend's arm. */
	virt_mb();
	return ring->rsp_prod - READ_ONCE(ring->head->rsp_event) <
	       ring->rsp_prod - old;
}

/**
 * xsim_ring_arm - ask for a doorbell at the next request, and look once more
 * @ring: ring
 * @known: requests we know of, taken or not, and cannot go on with
 *
 * Return: true when requests came in meanwhile; else we are asleep.
 */
bool xsim_ring_arm(struct xsim_ring *ring, u32 known)
{
	if (READ_ONCE(ring->head->req_prod) != known)
		return true;
	xsim_ring_new_event(ring, known + 1);
	WRITE_ONCE(ring->head->req_event, ring->event);
	/* req_event before the last look; pairs with the frontend's publish. */
	virt_mb();
	ring->asleep = READ_ONCE(ring->head->req_prod) == known;
	return !ring->asleep;
}

/**
 * xsim_ring_shut - the frontend says that it puts nothing on the ring any more
 * @ring: attached or not
 */
void xsim_ring_shut(struct xsim_ring *ring)
{
	if (!ring->head || ring->shut)
		return;
	ring->shut_at = READ_ONCE(ring->head->req_prod);
	ring->shut = true;
}
