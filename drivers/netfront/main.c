// SPDX-License-Identifier: GPL-2.0-only
/*
 * xpv-netfront: the network card of a Xen guest. Owns the life of a device, in
 * the operations that the bus calls one at a time; see netfront.h for locks.
 */
#include <compat/linux/export.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>
#include <xpv/xenbus.h>
#include "netfront.h"

/*
 * Each takes 1 MiB for what it receives, and 530 grants, of which a guest has
 * 32768 by default: with more queues a guest of many processors and many cards
 * would run out of them.
 */
#define QUEUES_DEFAULT 8
/* By the names of the nodes, and of the counters. */
#define QUEUES_MAX 256U

static unsigned int max_queues = QUEUES_DEFAULT;
module_param(max_queues, uint, 0644);
MODULE_PARM_DESC(max_queues,
		 "most queues of a card that is found from now on, 1 to 256: there is one for each processor, if the backend has as many (default 8)");

#define ANNOUNCE_JIFFIES max(HZ / 20, 1)
#define ANNOUNCE_TRIES 100

/*
 * Tells switches and neighbours where the address is now. The core drops what
 * is sent until it has noticed the carrier, so that is waited for.
 */
static void announce(struct work_struct *work)
{
	struct xnf_front *front =
		container_of(to_delayed_work(work), struct xnf_front, announce);

	if (qdisc_tx_is_noop(front->dev) && front->announce_tries--) {
		schedule_delayed_work(&front->announce, ANNOUNCE_JIFFIES);
		return;
	}
	netdev_notify_peers(front->dev);
}

static unsigned int queues_wanted(void)
{
	return min(clamp(READ_ONCE(max_queues), 1U, QUEUES_MAX),
		   num_online_cpus());
}

static struct net_device *create_netdev(struct xpv_device *xdev,
					unsigned int queues)
{
	struct net_device *dev =
		alloc_etherdev_mqs(sizeof(struct xnf_front), queues, queues);
	struct xnf_front *front;

	if (!dev)
		return NULL;
	SET_NETDEV_DEV(dev, xdev->dev);
	xnf_netdev_setup(dev);
	front = netdev_priv(dev);
	front->dev = dev;
	front->xdev = xdev;
	INIT_DELAYED_WORK(&front->announce, announce);
	return dev;
}

static int probe(struct xpv_device *xdev)
{
	unsigned int queues = queues_wanted();
	struct net_device *dev;
	u8 mac[ETH_ALEN];
	int err;

	err = xnf_read_mac(xdev, mac);
	if (err)
		return err;
	dev = create_netdev(xdev, queues);
	if (!dev)
		return -ENOMEM;
	eth_hw_addr_set(dev, mac);
	err = xnf_queues_create(netdev_priv(dev), queues);
	if (err)
		goto err_free;
	xdev->data = netdev_priv(dev);
	err = register_netdev(dev);
	if (err)
		goto err_destroy_queues;
	return 0;

err_destroy_queues:
	xnf_queues_destroy(netdev_priv(dev));
err_free:
	free_netdev(dev);
	return err;
}

static void disconnect_queues(struct xnf_front *front, unsigned int nr)
{
	while (nr--)
		xnf_queue_disconnect(&front->queues[nr]);
}

/*
 * As many queues as both ends want; where grants or ports have run out, those
 * there are will do.
 */
static int connect_queues(struct xnf_front *front, const struct xnf_offer *offer)
{
	unsigned int nr = min(front->nr_queues, offer->queues);
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < nr; i++)
		err = xnf_queue_connect(&front->queues[i], offer->split);
	if (!err)
		return nr;
	if (!--i)
		return err;
	netdev_warn(front->dev, "has %u of %u queues: error %d\n", i, nr, err);
	return i;
}

static int connect(struct xpv_device *xdev)
{
	struct xnf_front *front = xdev->data;
	struct xnf_offer offer;
	int nr, err;

	err = xnf_read_offer(xdev, &offer);
	if (err)
		return err;
	nr = connect_queues(front, &offer);
	if (nr < 0)
		return nr;
	rtnl_lock();
	front->offer = offer;
	err = xnf_adopt_queues(front, nr);
	if (!err)
		xnf_netdev_adopt_offer(front);
	rtnl_unlock();
	if (!err)
		err = xnf_write_nodes(front);
	if (err)
		disconnect_queues(front, nr);
	else
		xnf_spread_interrupts(front);
	return err;
}

static void log_connected(const struct xnf_front *front)
{
	const struct xnf_offer *offer = &front->offer;

	netdev_info(
		front->dev,
		"connected to backend domain %u, %u queue%s,%s%s%s%s%s mtu %u\n",
		xpv_domid_raw(front->xdev->peer), front->nr_used,
		front->nr_used == 1 ? "" : "s", offer->sg ? " sg" : "",
		offer->csum4 ? " csum4" : "", offer->csum6 ? " csum6" : "",
		offer->tso4 ? " tso4" : "", offer->tso6 ? " tso6" : "",
		front->dev->mtu);
}

static int ready(struct xpv_device *xdev)
{
	struct xnf_front *front = xdev->data;
	struct xnf_queue *q;

	xnf_for_each_used_queue(q, front)
		xnf_queue_start(q);
	netif_carrier_on(front->dev);
	log_connected(front);
	if (front->was_connected) {
		front->announce_tries = ANNOUNCE_TRIES;
		schedule_delayed_work(&front->announce, ANNOUNCE_JIFFIES);
	}
	front->was_connected = true;
	front->running = true;
	return 0;
}

/* What is in flight is not waited for: the network makes up for it. */
static void stop(struct xpv_device *xdev, bool alive)
{
	struct xnf_front *front = xdev->data;
	struct xnf_queue *q;

	/* The connection may have ended before it was ready. */
	if (!front->running)
		return;
	front->running = false;
	netif_carrier_off(front->dev);
	cancel_delayed_work_sync(&front->announce);
	xnf_for_each_used_queue(q, front)
		xnf_queue_stop(q);
	/* A watchdog that still saw the carrier may be looking at a queue. */
	netif_tx_lock_bh(front->dev);
	netif_tx_unlock_bh(front->dev);
	netdev_info(front->dev, "disconnected from backend domain %u\n",
		    xpv_domid_raw(xdev->peer));
}

static void disconnect(struct xpv_device *xdev)
{
	struct xnf_front *front = xdev->data;

	disconnect_queues(front, front->nr_used);
}

static void remove(struct xpv_device *xdev)
{
	struct xnf_front *front = xdev->data;

	xdev->data = NULL;
	unregister_netdev(front->dev);
	xnf_queues_destroy(front);
	free_netdev(front->dev);
}

static struct xpv_driver driver = {
	.name = "xpv-netfront",
	.device_type = "vif",
	/* netback reads our nodes only once it sees us connected. */
	.offer_state = XenbusStateConnected,
	.probe = probe,
	.connect = connect,
	.ready = ready,
	.stop = stop,
	.disconnect = disconnect,
	.remove = remove,
};

static int __init xnf_init(void)
{
	return xpv_bus_register(&driver);
}

static void __exit xnf_exit(void)
{
	xpv_bus_unregister(&driver);
}

module_init(xnf_init);
module_exit(xnf_exit);

MODULE_DESCRIPTION("Xen network frontend");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen:vif");
XPV_IMPORT_NS;
