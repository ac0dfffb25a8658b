// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a backend answers to requests of a disk (drivers/blkfront/response.c). The
 * input is the backend: it writes the ring's page. Each request ends once.
 */
#include "fuzz_user.h"

/* Of the block layer's own there is nothing to be tried here. */
#define _XPV_COMPAT_LINUX_BLKDEV_H

#include "../../../drivers/blkfront/blkfront.h"

#define DEPTH	32
#define AREA	(64 + DEPTH * sizeof(union xbf_ring_slot))

struct request {
	bool with_peer;
	unsigned int ended;
};

static struct request requests[DEPTH];
static struct xbf_slot slots[DEPTH];
static struct xbf_queue queue;
static struct xbf_device device;
static struct xpv_device xdev;
static u32 completed;

static void complete_request(struct request *rq)
{
	ALWAYS(rq >= requests && rq < requests + DEPTH);
	ALWAYS(rq->with_peer);
	rq->with_peer = false;
	completed++;
}

#define blk_mq_complete_request(rq) complete_request(rq)
#define xpv_bus_fatal(xdev, err, ...) (err)
#define tasklet_schedule(tasklet) ((void)(tasklet))
#define wq_has_sleeper(head) ((void)(head), false)
#define wake_up(head) ((void)(head))
/* Two processors, so that a queue alone is looked at in the interrupt. */
#define nr_cpu_ids 2
/* Busy, so that several answers are asked for; the timer's part is the loop's. */
#define is_idle_task(task) false
#define timer_pending(timer) ((void)(timer), false)
#define mod_timer(timer, at) ((void)(timer))

unsigned int xbf_queue_depth(const struct xbf_queue *q)
{
	return q->ring.size;
}

void xbf_queue_abort(struct xbf_queue *q)
{
	q->broken = true;
}

void xpv_evtchn_eoi(const struct xpv_evtchn *ch, enum xpv_eoi eoi)
{
}

#include "../../../drivers/blkfront/response.c"

static void send(u8 how)
{
	u32 tag = how % DEPTH;
	struct xbf_slot *slot = &slots[tag];

	if (slot->rq || requests[tag].with_peer || !xpv_ring_free(&queue.ring))
		return;
	slot->wire.u.rw.id = tag;
	slot->operation = how & 0x80 ? BLKIF_OP_FLUSH_DISKCACHE :
			  how & 0x40 ? BLKIF_OP_WRITE :
				       BLKIF_OP_READ;
	slot->wire.operation = slot->operation;
	requests[tag].with_peer = true;
	slot->rq = &requests[tag];
	xbf_ring_put(&queue.ring, &slot->wire);
	(void)xpv_ring_publish(&queue.ring);
}

/* Answers that are nearly right, at the next index or any. */
static void answer(struct input *in, struct xpv_ring_shared *peer)
{
	struct blkif_response rsp;
	u8 how = input_byte(in);

	input_take(in, &rsp, sizeof(rsp));
	if (how & 1)
		rsp.id %= DEPTH;
	if (how & 2)
		rsp.operation = slots[rsp.id % DEPTH].operation;
	if (how & 4)
		rsp.status = -(rsp.status & 3);
	memcpy(peer->slots + (peer->rsp_prod % DEPTH) * sizeof(union xbf_ring_slot),
	       &rsp, sizeof(rsp));
	if (how & 0x80)
		peer->rsp_prod = input_u32(in);
	else
		peer->rsp_prod++;
}

static void init(u8 *area)
{
	memset(requests, 0, sizeof(requests));
	memset(slots, 0, sizeof(slots));
	memset(&queue, 0, sizeof(queue));
	device.xdev = &xdev;
	device.flush_op = BLKIF_OP_FLUSH_DISKCACHE;
	queue.dev = &device;
	queue.slots = slots;
	xbf_ring_init(&queue.ring, area, AREA);
	ALWAYS(queue.ring.size == DEPTH);
}

/* A request that is not with the peer has been completed, and the reverse. */
static void check(void)
{
	u32 tag;

	for (tag = 0; tag < DEPTH; tag++)
		ALWAYS(!!slots[tag].rq == requests[tag].with_peer);
	ALWAYS(xpv_ring_in_flight(&queue.ring) <= DEPTH);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 *area = calloc(1, AREA);
	unsigned int taken;
	u8 burst;

	if (!area)
		abort();
	init(area);
	while (in.len && !queue.broken) {
		for (burst = input_byte(&in) & 7; burst; burst--)
			send(input_byte(&in));
		for (burst = input_byte(&in) & 7; burst; burst--)
			answer(&in, (struct xpv_ring_shared *)area);
		(void)xbf_reap(&queue, &taken);
		ALWAYS(taken <= BATCH);
		check();
	}
	free(area);
	return 0;
}
