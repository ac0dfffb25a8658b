// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the ring to the block layer. A poll takes the responses off the ring, checks
 * each, and hands the requests over. While the peer has more requests, a tasklet
 * polls again for what was answered meanwhile. Only when that was nothing the peer is
 * asked to ring again, and the interrupt ends (late EOI): many requests in flight cost
 * few interrupts, and one alone waits for nothing. A processor that has other work is
 * rung for several answers at once, and looks after a moment by itself.
 *
 * The requests of a queue that several processors share are completed by the block
 * layer in BLOCK_SOFTIRQ, before that of the tasklet. Others it completes where it is
 * told of them, and that may mean to copy their data: so the interrupt leaves the first
 * poll to the tasklet, too, unless there is one request only.
 *
 * The peer is not trusted: a response is copied once, has to name a request
 * that the peer has, and to repeat its operation. Anything else ends the
 * connection.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include "blkfront.h"

/* Requests taken off the ring in one go under the lock. */
#define BATCH 32

/**
 * struct batch - requests taken off the ring
 * @nr: how many
 * @rqs: the requests
 */
struct batch {
	unsigned int nr;
	struct request *rqs[BATCH];
};

static int breach_index(struct xbf_queue *q)
{
	return xpv_bus_fatal(q->dev->xdev, -EPROTO,
			     "%s: backend %u answered more than the %u requests it has",
			     q->dev->vdev.name,
			     xpv_domid_raw(q->dev->xdev->peer),
			     xpv_ring_in_flight(&q->ring));
}

static int breach(struct xbf_queue *q, const struct blkif_response *rsp,
		  const char *what)
{
	return xpv_bus_fatal(q->dev->xdev, -EPROTO,
			     "%s: backend %u answers with %s: id %llu, op %u, status %d",
			     q->dev->vdev.name,
			     xpv_domid_raw(q->dev->xdev->peer), what, rsp->id,
			     rsp->operation, rsp->status);
}

/*
 * A flush that is "not supported" must not pass as one that was done, nor may
 * the block layer hear of it by a status it ignores: the write cache is there,
 * and nothing is known to be on disk. An admin who knows better sets
 * queue/write_cache to "write through".
 */
static blk_status_t unsupported(struct xbf_queue *q, u8 operation)
{
	if (operation != q->dev->flush_op)
		return BLK_STS_NOTSUPP;
	dev_err_ratelimited(q->dev->xdev->dev,
			    "%s: backend offered to flush its cache, and now will not: written data may not be on disk\n",
			    q->dev->vdev.name);
	return BLK_STS_IOERR;
}

static int translate(struct xbf_queue *q, const struct blkif_response *rsp,
		     blk_status_t *status)
{
	switch (rsp->status) {
	case BLKIF_RSP_OKAY:
		*status = BLK_STS_OK;
		return 0;
	case BLKIF_RSP_ERROR:
		*status = BLK_STS_IOERR;
		return 0;
	case BLKIF_RSP_EOPNOTSUPP:
		*status = unsupported(q, rsp->operation);
		return 0;
	default:
		return breach(q, rsp, "an unknown status");
	}
}

static int accept_locked(struct xbf_queue *q, const struct blkif_response *rsp,
			 struct request **rq)
{
	struct xbf_slot *slot;
	int err;

	lockdep_assert_held(&q->rsp_lock);
	if (rsp->id >= xbf_queue_depth(q))
		return breach(q, rsp, "an id out of range");
	slot = &q->slots[array_index_nospec(rsp->id, xbf_queue_depth(q))];
	/* Pairs with smp_store_release() in put_locked(). */
	*rq = smp_load_acquire(&slot->rq);
	if (!*rq)
		return breach(q, rsp, "the id of a request it does not have");
	if (rsp->operation != slot->operation)
		return breach(q, rsp, "another operation than the request's");
	err = translate(q, rsp, &slot->status);
	if (err)
		return err;
	WRITE_ONCE(slot->rq, NULL);
	return 0;
}

/*
 * A processor that idles has nothing else to do than to wait for the next one. One
 * that does not would stop its work for each of many, and the peer its own to ring.
 */
static u32 answers_worth_a_ring_locked(const struct xbf_queue *q)
{
	lockdep_assert_held(&q->rsp_lock);
	if (is_idle_task(current))
		return 1;
	return max(xpv_ring_in_flight(&q->ring) / 4, 1U);
}

/*
 * The peer may ring for what this look finds, and a later interrupt find nothing:
 * that was no spurious one.
 *
 * Return: whether there is more.
 */
static bool look_last_locked(struct xbf_queue *q)
{
	u32 answers = answers_worth_a_ring_locked(q);

	if (xpv_ring_arm(&q->ring, answers)) {
		WRITE_ONCE(q->early, true);
		return true;
	}
	/* They may take long, or never be so many. */
	if (answers > 1 && !timer_pending(&q->linger))
		mod_timer(&q->linger, jiffies + 1);
	return false;
}

/* Return: 1 when there may be more, 0 when the peer will ring, or -errno. */
static int take_locked(struct xbf_queue *q, struct batch *batch)
{
	struct blkif_response rsp;
	u32 avail;
	int err;

	lockdep_assert_held(&q->rsp_lock);
	if (READ_ONCE(q->broken))
		return -ESHUTDOWN;
	if (xpv_ring_poll(&q->ring, &avail))
		return breach_index(q);
	for (batch->nr = 0; batch->nr < min_t(u32, avail, BATCH); batch->nr++) {
		xbf_ring_get(&q->ring, &rsp);
		err = accept_locked(q, &rsp, &batch->rqs[batch->nr]);
		if (err)
			return err;
	}
	/* What comes while these are completed needs no interrupt. */
	if (batch->nr && xpv_ring_in_flight(&q->ring))
		return 1;
	return look_last_locked(q);
}

static int take(struct xbf_queue *q, struct batch *batch)
{
	unsigned long flags;
	int more;

	spin_lock_irqsave(&q->rsp_lock, flags);
	batch->nr = 0;
	more = take_locked(q, batch);
	if (batch->nr)
		WRITE_ONCE(q->slow, false);
	spin_unlock_irqrestore(&q->rsp_lock, flags);
	return more;
}

/**
 * xbf_reap - take responses off the ring, a batch at most
 * @q: queue
 * @taken: how many there were
 *
 * A breach of the protocol aborts the queue.
 *
 * Context: any.
 * Return: 1 when there may be more, 0 when the peer will ring for the next, or
 * -errno when the queue is broken.
 */
int xbf_reap(struct xbf_queue *q, unsigned int *taken)
{
	struct batch batch;
	unsigned int i;
	int more;

	more = take(q, &batch);
	for (i = 0; i < batch.nr; i++)
		blk_mq_complete_request(batch.rqs[i]);
	*taken = batch.nr;

	if (more < 0)
		xbf_queue_abort(q);
	/* It has the barrier that xbf_queues_drain() relies on. */
	else if (wq_has_sleeper(&q->idle))
		wake_up(&q->idle);
	return more;
}

/* A tasklet is dear for one request, and the data of many too much to be copied now. */
static bool may_poll_now(const struct xbf_queue *q)
{
	bool shared = q->dev->nr_queues == 1 && nr_cpu_ids > 1;

	return shared || xpv_ring_in_flight(&q->ring) == 1;
}

/**
 * xbf_interrupt - the backend rang
 * @irq: not used
 * @data: queue
 *
 * Context: hard interrupt.
 * Return: IRQ_HANDLED.
 */
irqreturn_t xbf_interrupt(int irq, void *data)
{
	struct xbf_queue *q = data;

	/* There was no other interrupt, nor a tasklet, since the last one ended. */
	q->worked = READ_ONCE(q->early);
	WRITE_ONCE(q->early, false);
	if (may_poll_now(q))
		xbf_poll(&q->poll);
	else
		tasklet_schedule(&q->poll);
	return IRQ_HANDLED;
}

/**
 * xbf_poll - do what the interrupt is for, and end it
 * @tasklet: the queue's
 *
 * A broken queue's interrupt is not ended: there will be no other.
 *
 * Context: softirq, or hard interrupt.
 */
void xbf_poll(struct tasklet_struct *tasklet)
{
	struct xbf_queue *q = container_of(tasklet, struct xbf_queue, poll);
	unsigned int taken;
	int more;

	more = xbf_reap(q, &taken);
	if (taken)
		q->worked = true;
	if (more > 0)
		tasklet_schedule(&q->poll);
	else if (!more)
		xpv_evtchn_eoi(&q->evtchn,
			       q->worked ? XPV_EOI_WORK : XPV_EOI_SPURIOUS);
}

/**
 * xbf_linger - look for answers that the peer does not ring for yet
 * @timer: the queue's
 *
 * A batch at most: the peer still rings once it has as many more as it was asked for.
 *
 * Context: softirq.
 */
void xbf_linger(struct timer_list *timer)
{
	struct xbf_queue *q = container_of(timer, struct xbf_queue, linger);
	unsigned int taken;
	int more;

	more = xbf_reap(q, &taken);
	if (taken)
		WRITE_ONCE(q->early, true);
	/* Nobody has looked for the last time. */
	if (more > 0)
		mod_timer(&q->linger, jiffies + 1);
}
