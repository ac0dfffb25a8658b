// SPDX-License-Identifier: GPL-2.0-only
/* The life of a network backend's device: see net.h. */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "net.h"

static struct xsim_net *to_net(struct xsim_back *back)
{
	return container_of(back, struct xsim_net, back);
}

static void queue_disconnect(struct xsim_net_queue *q)
{
	/* Nobody uses the rings after this. */
	xsim_port_unbind(q->tx_port);
	xsim_port_unbind(q->rx_port);
	q->tx_port = NULL;
	q->rx_port = NULL;
	q->ready = false;
	xsim_grant_unmap(&q->kept);
	skb_queue_purge(&q->backlog);
	xsim_ring_detach(&q->tx);
	xsim_ring_detach(&q->rx);
	xsim_area_unmap(&q->tx_area);
	xsim_area_unmap(&q->rx_area);
}

static void queue_init(struct xsim_net_queue *q, struct xsim_net *net)
{
	unsigned int id = q - net->queues;

	q->net = net;
	mutex_init(&q->lock);
	/* Others may have had a hand in which pages they are. */
	q->tx.foul = xsim_back_is_foul(&net->back);
	q->rx.foul = q->tx.foul;
	skb_queue_head_init(&q->backlog);
	snprintf(q->tx.name, sizeof(q->tx.name), "vif %u queue %u tx",
		 net->back.dev->id, id);
	snprintf(q->rx.name, sizeof(q->rx.name), "vif %u queue %u rx",
		 net->back.dev->id, id);
}

static void queue_kick(struct xsim_net_queue *q)
{
	xsim_port_kick(q->tx_port);
	if (q->rx_port)
		xsim_port_kick(q->rx_port);
}

static int queue_bind(struct xsim_net_queue *q, const u32 ports[2])
{
	int err;

	err = xsim_port_bind(ports[0], xsim_net_tx_event, q, &q->tx_port);
	if (!err && ports[1])
		err = xsim_port_bind(ports[1], xsim_net_rx_event, q,
				     &q->rx_port);
	if (err) {
		xsim_back_complain(&q->net->back, "queue %u cannot have its port (%d)",
				   (unsigned int)(q - q->net->queues), err);
		return err;
	}
	/* The handlers look at nothing before this. */
	smp_store_release(&q->ready, true);
	queue_kick(q);
	return 0;
}

static int queue_connect(struct xsim_net_queue *q, unsigned int nr_queues)
{
	u32 ports[2];
	int err;

	err = xsim_net_hear_queue(q, nr_queues, ports);
	if (!err)
		err = xsim_ring_attach(&q->tx, q->tx_area.addr, PAGE_SIZE,
				       sizeof(union xsim_net_tx_slot));
	if (!err)
		err = xsim_ring_attach(&q->rx, q->rx_area.addr, PAGE_SIZE,
				       sizeof(union xsim_net_rx_slot));
	if (!err)
		err = queue_bind(q, ports);
	if (err)
		queue_disconnect(q);
	return err;
}

static void disconnect(struct xsim_back *back)
{
	struct xsim_net *net = to_net(back);

	xsim_net_wire_leave(net);
	xsim_net_ctrl_disconnect(&net->ctrl);
	while (net->nr_queues)
		queue_disconnect(&net->queues[--net->nr_queues]);
	kvfree(net->queues);
	net->queues = NULL;
	xsim_net_mcast_disconnect(&net->mcast);
}

static int connect_queues(struct xsim_net *net, unsigned int nr)
{
	int err = 0;

	net->queues = kvcalloc(nr, sizeof(*net->queues), GFP_KERNEL);
	if (!net->queues)
		return -ENOMEM;
	while (!err && net->nr_queues < nr) {
		struct xsim_net_queue *q = &net->queues[net->nr_queues];

		queue_init(q, net);
		err = queue_connect(q, nr);
		if (!err)
			net->nr_queues++;
	}
	return err;
}

static int connect(struct xsim_back *back)
{
	struct xsim_net *net = to_net(back);
	unsigned int nr;
	int err;

	err = xsim_net_hear_all(net, &nr);
	/* Before the queues, whose first packets ask for groups. */
	if (!err)
		err = xsim_net_mcast_connect(&net->mcast, back);
	if (!err)
		err = xsim_net_ctrl_connect(&net->ctrl, back, nr);
	if (!err)
		err = connect_queues(net, nr);
	if (err) {
		disconnect(back);
		xsim_back_fail(back, err, "connecting");
		return err;
	}
	xsim_net_wire_join(net);
	return 0;
}

static void shut(struct xsim_back *back)
{
	struct xsim_net *net = to_net(back);
	unsigned int i;

	for (i = 0; i < net->nr_queues; i++) {
		xsim_ring_shut(&net->queues[i].tx);
		xsim_ring_shut(&net->queues[i].rx);
	}
	xsim_ring_shut(&net->ctrl.ring);
}

static void kick(struct xsim_back *back)
{
	struct xsim_net *net = to_net(back);
	unsigned int i;

	for (i = 0; i < net->nr_queues; i++)
		queue_kick(&net->queues[i]);
	xsim_net_ctrl_kick(&net->ctrl);
}

static void forge(struct xsim_back *back, struct xsim_forger *forger)
{
	struct xsim_net *net = to_net(back);
	unsigned int i;

	for (i = 0; i < net->nr_queues; i++) {
		struct xsim_net_queue *q = &net->queues[i];

		WRITE_ONCE(q->dead, true);
		xsim_port_quiesce(q->tx_port);
		if (q->rx_port)
			xsim_port_quiesce(q->rx_port);
		WRITE_ONCE(q->tx.foul, true);
		WRITE_ONCE(q->rx.foul, true);
		forger->forge(forger, &q->tx, XSIM_RING_TX, q->tx_port);
		forger->forge(forger, &q->rx, XSIM_RING_RX,
			      q->rx_port ?: q->tx_port);
	}
}

static void init(struct xsim_back *back)
{
	struct xsim_net *net = to_net(back);

	INIT_LIST_HEAD(&net->wire);
	xsim_net_hash_init(&net->ctrl.hash);
	xsim_net_mcast_init(&net->mcast);
	net->carrier = true;
}

static void forget(struct xsim_back *back)
{
	xsim_net_hash_forget(&to_net(back)->ctrl.hash);
}

static void release(struct xsim_back *back)
{
}

static void stats(struct xsim_back *back, struct seq_file *s)
{
	struct xsim_net *net = to_net(back);

	seq_printf(s, "sent %d\nreceived %d\ndropped %d\nrefused %d\n",
		   atomic_read(&net->sent), atomic_read(&net->received),
		   atomic_read(&net->dropped), atomic_read(&net->refused));
	seq_printf(s, "groups %u\nheadroom %u\nhash %u of types %#x\n",
		   READ_ONCE(net->mcast.nr), READ_ONCE(net->headroom),
		   READ_ONCE(net->ctrl.hash.algorithm),
		   READ_ONCE(net->ctrl.hash.types));
}

/* The protocol has no word for it: the guest hears nothing, and is not heard. */
static void debugfs(struct xsim_back *back)
{
	debugfs_create_bool("carrier", 0600, back->dir, &to_net(back)->carrier);
}

static const struct xsim_back_ops ops = {
	.size = sizeof(struct xsim_net),
	.connect_at = XenbusStateConnected,
	.init = init,
	.forget = forget,
	.offer = xsim_net_offer,
	.connect = connect,
	.shut = shut,
	.disconnect = disconnect,
	.kick = kick,
	.forge = forge,
	.reconfigure = xsim_net_hear_headroom,
	.stats = stats,
	.debugfs = debugfs,
	.release = release,
};

static int probe(struct xsim_device *dev)
{
	return xsim_back_probe(dev, &ops);
}

static struct xsim_backend backend = {
	.type = "vif",
	.probe = probe,
	.frontend_changed = xsim_back_frontend_changed,
	.restart = xsim_back_begin_anew,
	.remove = xsim_back_remove,
};

int xsim_netback_init(void)
{
	xsim_back_debugfs_init();
	return xsim_backend_register(&backend);
}

void xsim_netback_exit(void)
{
	xsim_backend_unregister(&backend);
	xsim_back_debugfs_exit();
}
