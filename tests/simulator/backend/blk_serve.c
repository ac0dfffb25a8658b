// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring of a block backend: requests are taken, served and answered, some
 * at a time. Runs as the handler of the queue's port.
 */
#include <linux/delay.h>
#include "blk.h"

static void note_taken(struct xsim_blk_queue *q, const struct blkif_request *req)
{
	u64 id = req->u.rw.id;

	if (id < XSIM_BLK_IDS && __test_and_set_bit(id, q->in_flight))
		xsim_ring_complain(&q->ring, "has request id %llu twice in flight",
				   id);
}

static int take(struct xsim_blk_queue *q)
{
	u32 avail;
	int err;

	err = xsim_ring_poll(&q->ring, &avail);
	if (err)
		return err;
	q->nr_answers = 0;
	while (avail-- && q->nr_answers < ARRAY_SIZE(q->answers)) {
		struct blkif_request *req = &q->answers[q->nr_answers++].req;

		xsim_ring_get(&q->ring, req);
		note_taken(q, req);
	}
	return 0;
}

static void serve(struct xsim_blk_queue *q)
{
	struct xsim_blk_answer *answer = q->answers;
	u32 delay = READ_ONCE(q->blk->back.delay_ms);

	atomic_add(q->nr_answers, &q->blk->requests);
	for (; answer < q->answers + q->nr_answers; answer++)
		answer->status = xsim_blk_do(q, &answer->req);
	if (delay)
		msleep(delay);
}

static void answer_all(struct xsim_blk_queue *q)
{
	bool reverse = READ_ONCE(q->blk->back.reverse);
	unsigned int i, last = q->nr_answers - 1;

	for (i = 0; i < q->nr_answers && !READ_ONCE(q->dead); i++)
		xsim_blk_answer(q, &q->answers[reverse ? last - i : i]);
	if (!q->dead && xsim_ring_publish(&q->ring))
		xsim_port_notify(q->port);
}

static bool is_still(const struct xsim_blk_queue *q)
{
	return READ_ONCE(q->dead) || READ_ONCE(q->blk->back.silent);
}

static void run(struct xsim_blk_queue *q)
{
	while (!is_still(q)) {
		if (take(q)) {
			q->dead = true;
			return;
		}
		if (!q->nr_answers && !xsim_ring_arm(&q->ring, q->ring.req_cons))
			return;
		if (!q->nr_answers)
			continue;
		serve(q);
		answer_all(q);
	}
}

/**
 * xsim_blk_event - the frontend rang, or somebody else did
 * @data: queue
 *
 * Context: process.
 */
void xsim_blk_event(void *data)
{
	struct xsim_blk_queue *q = data;
	struct xsim_ring *ring = &q->ring;
	unsigned int rung;

	/* Pairs with the release in blk_main.c. */
	if (!smp_load_acquire(&q->port))
		return;
	rung = xsim_port_rings(q->port);
	/* Who is silent has heard all the same: it is no fault of the frontend's. */
	if (!READ_ONCE(q->dead))
		xsim_ring_hear(&ring, 1, rung - q->rung);
	q->rung = rung;
	if (!READ_ONCE(q->dead) && xsim_ring_awake(ring))
		run(q);
}
