// SPDX-License-Identifier: GPL-2.0-only
/*
 * The police of a ring: slots that were changed while they were ours, and
 * doorbells that are missing or needless.
 *
 * A frontend rings when the index it publishes passes req_event. Each value of
 * req_event is passed once, so that many doorbells may be heard, and no more.
 * Some of them are never rung: the frontend published before it could see the
 * new value. But whoever finds nothing on the ring and says so before it
 * sleeps has to be woken.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include "../backend.h"
#include "ring.h"

/* A machine that only emulates its CPUs may take so long to get to it. */
#define DOORBELL_LATE (10 * HZ)

/**
 * xsim_ring_complain - the frontend broke the rules of its ring
 * @ring: ring
 * @fmt: what it did, without newline
 */
void xsim_ring_complain(const struct xsim_ring *ring, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (READ_ONCE(ring->foul))
		return;
	va_start(args, fmt);
	vaf.va = &args;
	if (ring->head)
		xsim_violation("%s %pV: requests %u, taken %u, event %u, responses %u, event %u",
			       ring->name, &vaf, ring->head->req_prod,
			       ring->req_cons, ring->event, ring->rsp_prod,
			       ring->head->rsp_event);
	else
		xsim_violation("%s %pV", ring->name, &vaf);
	va_end(args);
}

/**
 * xsim_ring_check_slot - a slot that was taken has to be as it was
 * @ring: ring
 * @index: of a slot that was taken and not answered
 */
void xsim_ring_check_slot(const struct xsim_ring *ring, u32 index)
{
	if (memcmp(xsim_ring_slot(ring, index), xsim_ring_taken(ring, index),
		   ring->slot_bytes))
		xsim_ring_complain(ring, "had slot %u written after it was published",
				   index & (ring->size - 1));
}

/* Whether a frontend that has published so much has passed our event. */
static bool passed(const struct xsim_ring *ring)
{
	return (s32)(READ_ONCE(ring->head->req_prod) - ring->event) >= 0;
}

/**
 * xsim_ring_new_event - another request is to wake us
 * @ring: ring
 * @event: its index; the caller writes it to the ring
 */
void xsim_ring_new_event(struct xsim_ring *ring, u32 event)
{
	if (event == ring->event)
		return;
	/* Each CPU can be between its publish and its doorbell. */
	if (passed(ring) && !ring->heard &&
	    ring->doorbells < num_online_cpus())
		ring->doorbells++;
	ring->event = event;
	ring->heard = false;
}

/* Return: how many of the doorbells were for this ring. */
static unsigned int account(struct xsim_ring *ring, unsigned int doorbells)
{
	unsigned int past = min(doorbells, ring->doorbells);

	ring->doorbells -= past;
	if (past == doorbells || ring->heard || !passed(ring))
		return past;
	ring->heard = true;
	return past + 1;
}

/**
 * xsim_ring_hear - look whether the frontend had a reason to ring
 * @rings: all rings of the port
 * @nr: how many
 * @doorbells: how often it has rung since the last call
 */
void xsim_ring_hear(struct xsim_ring *const rings[], unsigned int nr,
		    unsigned int doorbells)
{
	unsigned int i;

	if (!doorbells)
		return;
	/* What was published before the doorbell is seen from here on. */
	virt_rmb();
	for (i = 0; i < nr; i++)
		rings[i]->asleep = false;
	for (i = 0; i < nr && doorbells; i++)
		doorbells -= account(rings[i], doorbells);
	if (doorbells)
		xsim_ring_complain(rings[0], "had %u needless doorbells",
				   doorbells);
}

/**
 * xsim_ring_awake - whether there is a reason to look at the ring
 * @ring: ring
 *
 * One who asked for a doorbell is not awake before it is rung. That of a
 * frontend that forgets it is missed for some seconds, and told.
 *
 * Return: true if the ring may be polled.
 */
bool xsim_ring_awake(struct xsim_ring *ring)
{
	if (!ring->asleep)
		return true;
	if (ring->shut || !passed(ring)) {
		ring->overdue = 0;
		return false;
	}
	if (!ring->overdue)
		ring->overdue = jiffies | 1;
	if (time_before(jiffies, ring->overdue + DOORBELL_LATE))
		return false;
	xsim_ring_complain(ring, "lacks a doorbell");
	ring->asleep = false;
	ring->overdue = 0;
	return true;
}
