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

/* The structures are for many, the negotiation is for one so far. */
#define QUEUES 1

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

static struct net_device *create_netdev(struct xpv_device *xdev)
{
	struct net_device *dev =
		alloc_etherdev_mqs(sizeof(struct xnf_front), QUEUES, QUEUES);
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
	struct net_device *dev;
	u8 mac[ETH_ALEN];
	int err;

	err = xnf_read_mac(xdev, mac);
	if (err)
		return err;
	dev = create_netdev(xdev);
	if (!dev)
		return -ENOMEM;
	eth_hw_addr_set(dev, mac);
	err = xnf_queues_create(netdev_priv(dev), QUEUES);
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

static int connect_queues(struct xnf_front *front)
{
	unsigned int i;
	int err;

	for (i = 0; i < front->nr_queues; i++) {
		err = xnf_queue_connect(&front->queues[i]);
		if (err) {
			disconnect_queues(front, i);
			return err;
		}
	}
	return 0;
}

static int connect(struct xpv_device *xdev)
{
	struct xnf_front *front = xdev->data;
	struct xnf_offer offer;
	int err;

	err = xnf_read_offer(xdev, &offer);
	if (err)
		return err;
	err = connect_queues(front);
	if (err)
		return err;
	err = xnf_write_nodes(front);
	if (err) {
		disconnect_queues(front, front->nr_queues);
		return err;
	}
	rtnl_lock();
	front->offer = offer;
	xnf_netdev_adopt_offer(front);
	rtnl_unlock();
	return 0;
}

static void log_connected(const struct xnf_front *front)
{
	const struct xnf_offer *offer = &front->offer;

	netdev_info(
		front->dev,
		"connected to backend domain %u, %u queue%s,%s%s%s%s%s mtu %u\n",
		xpv_domid_raw(front->xdev->peer), front->nr_queues,
		front->nr_queues == 1 ? "" : "s", offer->sg ? " sg" : "",
		offer->csum4 ? " csum4" : "", offer->csum6 ? " csum6" : "",
		offer->tso4 ? " tso4" : "", offer->tso6 ? " tso6" : "",
		front->dev->mtu);
}

static int ready(struct xpv_device *xdev)
{
	struct xnf_front *front = xdev->data;
	struct xnf_queue *q;

	xnf_for_each_queue(q, front)
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
	xnf_for_each_queue(q, front)
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

	disconnect_queues(front, front->nr_queues);
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
