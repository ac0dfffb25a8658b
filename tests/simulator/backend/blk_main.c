// SPDX-License-Identifier: GPL-2.0-only
/* The life of a block backend's device: see blk.h. */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "blk.h"

static struct xsim_blk *to_blk(struct xsim_back *back)
{
	return container_of(back, struct xsim_blk, back);
}

static void queue_disconnect(struct xsim_blk_queue *q)
{
	/* Nobody uses the ring after this. */
	xsim_port_unbind(q->port);
	q->port = NULL;
	xsim_grant_unmap(&q->kept);
	xsim_blk_forget_persistent(q);
	xsim_ring_detach(&q->ring);
	xsim_area_unmap(&q->area);
}

static int queue_attach(struct xsim_blk_queue *q)
{
	struct xsim_device *dev = q->blk->back.dev;

	/* Others may have had a hand in which page it is. */
	q->ring.foul = xsim_back_is_foul(&q->blk->back);
	snprintf(q->ring.name, sizeof(q->ring.name), "vbd %u queue %u",
		 dev->id, (unsigned int)(q - q->blk->queues));
	return xsim_ring_attach(&q->ring, q->area.addr,
				(size_t)q->area.nr * PAGE_SIZE,
				sizeof(union xsim_blk_slot));
}

static int queue_bind(struct xsim_blk_queue *q, u32 guest_port)
{
	struct xsim_port *port;
	int err;

	err = xsim_port_bind(guest_port, xsim_blk_event, q, &port);
	if (err) {
		xsim_back_complain(&q->blk->back, "queue %u cannot have port %u (%d)",
				   (unsigned int)(q - q->blk->queues),
				   guest_port, err);
		return err;
	}
	/* The handler looks at nothing before this. */
	smp_store_release(&q->port, port);
	xsim_port_kick(port);
	return 0;
}

static int queue_connect(struct xsim_blk_queue *q, unsigned int nr_queues)
{
	u32 port;
	int err;

	err = xsim_blk_hear_queue(q, nr_queues, &port);
	if (err)
		return err;
	err = queue_attach(q);
	if (!err)
		err = queue_bind(q, port);
	if (err)
		queue_disconnect(q);
	return err;
}

static void disconnect(struct xsim_back *back)
{
	struct xsim_blk *blk = to_blk(back);

	while (blk->nr_queues)
		queue_disconnect(&blk->queues[--blk->nr_queues]);
	kvfree(blk->queues);
	blk->queues = NULL;
}

static int connect_queues(struct xsim_blk *blk, unsigned int nr)
{
	int err = 0;

	blk->queues = kvcalloc(nr, sizeof(*blk->queues), GFP_KERNEL);
	if (!blk->queues)
		return -ENOMEM;
	while (!err && blk->nr_queues < nr) {
		struct xsim_blk_queue *q = &blk->queues[blk->nr_queues];

		q->blk = blk;
		xa_init(&q->persistent);
		err = queue_connect(q, nr);
		if (!err)
			blk->nr_queues++;
	}
	return err;
}

static int connect(struct xsim_back *back)
{
	struct xsim_blk *blk = to_blk(back);
	unsigned int nr;
	int err;

	err = xsim_blk_hear_queues(blk, &nr);
	if (!err)
		err = connect_queues(blk, nr);
	if (err) {
		disconnect(back);
		xsim_back_fail(back, err, "connecting");
		return err;
	}
	xsim_blk_describe(blk);
	return 0;
}

static void shut(struct xsim_back *back)
{
	struct xsim_blk *blk = to_blk(back);
	unsigned int i;

	for (i = 0; i < blk->nr_queues; i++)
		xsim_ring_shut(&blk->queues[i].ring);
}

static void kick(struct xsim_back *back)
{
	struct xsim_blk *blk = to_blk(back);
	unsigned int i;

	for (i = 0; i < blk->nr_queues; i++)
		xsim_port_kick(blk->queues[i].port);
}

static void forge(struct xsim_back *back, struct xsim_forger *forger)
{
	struct xsim_blk *blk = to_blk(back);
	unsigned int i;

	for (i = 0; i < blk->nr_queues; i++) {
		struct xsim_blk_queue *q = &blk->queues[i];

		WRITE_ONCE(q->dead, true);
		xsim_port_quiesce(q->port);
		WRITE_ONCE(q->ring.foul, true);
		forger->forge(forger, &q->ring, XSIM_RING_BLK, q->port);
	}
}

static void init(struct xsim_back *back)
{
	xsim_blk_disk_init(&to_blk(back)->disk);
}

static void release(struct xsim_back *back)
{
	xsim_blk_disk_free(&to_blk(back)->disk);
}

/* As xen-blkback: writes the new size, and its state once more. */
static int resize(struct xsim_back *back, u64 sectors)
{
	int err = 0;

	mutex_lock(&back->lock);
	WRITE_ONCE(to_blk(back)->disk.sectors, sectors);
	if (back->connected) {
		xsim_back_say(back, "sectors", "%llu", sectors);
		err = xsim_device_set_state(back->dev, XenbusStateConnected);
	}
	mutex_unlock(&back->lock);
	return err;
}

static void stats(struct xsim_back *back, struct seq_file *s)
{
	struct xsim_blk *blk = to_blk(back);

	seq_printf(s, "requests %d\nflushes %d\ndiscards %d\n",
		   atomic_read(&blk->requests), atomic_read(&blk->flushes),
		   atomic_read(&blk->discards));
}

static const struct xsim_back_ops ops = {
	.size = sizeof(struct xsim_blk),
	.connect_at = XenbusStateInitialised,
	.init = init,
	.offer = xsim_blk_offer,
	.connect = connect,
	.shut = shut,
	.disconnect = disconnect,
	.kick = kick,
	.forge = forge,
	.resize = resize,
	.stats = stats,
	.release = release,
};

static int probe(struct xsim_device *dev)
{
	return xsim_back_probe(dev, &ops);
}

static struct xsim_backend backend = {
	.type = "vbd",
	.probe = probe,
	.frontend_changed = xsim_back_frontend_changed,
	.restart = xsim_back_begin_anew,
	.remove = xsim_back_remove,
};

int xsim_blkback_init(void)
{
	xsim_back_debugfs_init();
	return xsim_backend_register(&backend);
}

void xsim_blkback_exit(void)
{
	xsim_backend_unregister(&backend);
	xsim_back_debugfs_exit();
}
