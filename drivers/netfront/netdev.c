// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface as the network core sees it. Owns features, MTU and watchdog of
 * the net_device; under RTNL unless said otherwise.
 *
 * Queues run from ready to stop, whether the interface is up or down: so
 * nothing here waits for the peer, and transmitted packets come back after
 * the interface went down. Up and down only decides if buffers are given to
 * the peer, and whether packets are passed on.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include "netfront.h"

/* All of these can be switched by the user, as far as the backend offers them. */
#define FEATURES                                                          \
	(NETIF_F_SG | NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM | NETIF_F_TSO | \
	 NETIF_F_TSO6)

/* The size of a packet on the ring has 16 bits, the headers included. */
#define MTU_MAX (XEN_NETIF_MAX_TX_SIZE - VLAN_ETH_HLEN)

/* A backend host that is short of CPU time may well stay silent for seconds. */
#define WATCHDOG_JIFFIES (10 * HZ)
#define STRIKES_MAX 3

static int open(struct net_device *dev)
{
	struct xnf_front *front = netdev_priv(dev);
	struct xnf_queue *q;

	/* The poll gives out buffers now. Without connection nothing happens. */
	xnf_for_each_used_queue(q, front)
		xnf_queue_kick(q);
	return 0;
}

static int stop(struct net_device *dev)
{
	/*
	 * The core has marked the interface down, and waited since for polls
	 * that had not seen it. Transmit queues are stopped by the driver only
	 * when they are full or not connected, which this does not change.
	 */
	return 0;
}

static netdev_features_t fix_features(struct net_device *dev,
				      netdev_features_t features)
{
	const struct xnf_offer *offer =
		&((struct xnf_front *)netdev_priv(dev))->offer;

	if (!offer->sg)
		features &= ~(NETIF_F_SG | NETIF_F_TSO | NETIF_F_TSO6);
	if (!offer->csum4)
		features &= ~NETIF_F_IP_CSUM;
	if (!offer->csum6)
		features &= ~NETIF_F_IPV6_CSUM;
	if (!offer->tso4)
		features &= ~NETIF_F_TSO;
	if (!offer->tso6)
		features &= ~NETIF_F_TSO6;
	return features;
}

/*
 * Any lock. A large packet in too many pieces is cut up by the core, which
 * copies no data; xmit would have to copy all of it into one piece.
 */
static netdev_features_t check_features(struct sk_buff *skb,
					struct net_device *dev,
					netdev_features_t features)
{
	if (skb_is_gso(skb) && xnf_tx_count_pieces(skb) > XNF_PACKET_SLOTS)
		features &= ~NETIF_F_GSO_MASK;
	return vlan_features_check(skb, features);
}

static void add_tx_stats(const struct xnf_tx_stats *stats,
			 struct rtnl_link_stats64 *sum)
{
	u64 packets, bytes, errors, dropped;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&stats->done_syncp);
		packets = u64_stats_read(&stats->packets);
		bytes = u64_stats_read(&stats->bytes);
		errors = u64_stats_read(&stats->errors);
	} while (u64_stats_fetch_retry(&stats->done_syncp, start));
	do {
		start = u64_stats_fetch_begin(&stats->syncp);
		dropped = u64_stats_read(&stats->dropped);
	} while (u64_stats_fetch_retry(&stats->syncp, start));
	sum->tx_packets += packets;
	sum->tx_bytes += bytes;
	sum->tx_errors += errors;
	sum->tx_dropped += dropped;
}

static void add_rx_stats(const struct xnf_rx_stats *stats,
			 struct rtnl_link_stats64 *sum)
{
	u64 packets, bytes, errors, dropped;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&stats->syncp);
		packets = u64_stats_read(&stats->packets);
		bytes = u64_stats_read(&stats->bytes);
		errors = u64_stats_read(&stats->errors);
		dropped = u64_stats_read(&stats->dropped);
	} while (u64_stats_fetch_retry(&stats->syncp, start));
	sum->rx_packets += packets;
	sum->rx_bytes += bytes;
	sum->rx_errors += errors;
	sum->rx_dropped += dropped;
}

/* No lock. */
static void get_stats64(struct net_device *dev, struct rtnl_link_stats64 *sum)
{
	struct xnf_front *front = netdev_priv(dev);
	struct xnf_queue *q;

	xnf_for_each_queue(q, front) {
		add_tx_stats(&q->tx.stats, sum);
		add_rx_stats(&q->rx.stats, sum);
	}
}

/*
 * The core's lock of all transmit queues, carrier on: so the queue is connected
 * while this runs. A lost event is made up for by a poll and a doorbell. If the
 * peer has answered nothing at all for three times, it is given up.
 */
static void tx_timeout(struct net_device *dev, unsigned int id)
{
	struct xnf_front *front = netdev_priv(dev);
	struct xnf_queue *q = &front->queues[id];
	u32 seen = READ_ONCE(q->tx.ring.rsp_cons);
	u32 bell, answered;

	xpv_ring_peer(&q->tx.ring, &bell, &answered);
	netdev_warn(
		dev,
		"queue %u waits for backend domain %u: requests %u, told %u, to be rung for %u, answered %u, seen %u\n",
		id, xpv_domid_raw(front->xdev->peer),
		READ_ONCE(q->tx.ring.req_prod),
		READ_ONCE(q->tx.ring.req_published), bell, answered, seen);
	if (seen != q->tx.watched)
		q->tx.strikes = 0;
	q->tx.watched = seen;
	if (++q->tx.strikes >= STRIKES_MAX) {
		xpv_bus_fatal(
			front->xdev, -ETIMEDOUT,
			"backend domain %u, queue %u: no tx response after number %u",
			xpv_domid_raw(front->xdev->peer), id, seen);
		return;
	}
	napi_schedule(&q->napi);
	xnf_channel_ring(q->tx.channel);
}

static const struct net_device_ops ops = {
	.ndo_open = open,
	.ndo_stop = stop,
	.ndo_start_xmit = xnf_start_xmit,
	.ndo_tx_timeout = tx_timeout,
	.ndo_get_stats64 = get_stats64,
	.ndo_fix_features = fix_features,
	.ndo_features_check = check_features,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_set_mac_address = eth_mac_addr,
};

/**
 * xnf_netdev_setup - fill in a new interface, before it is registered
 * @dev: interface
 *
 * Context: process, no lock needed.
 */
void xnf_netdev_setup(struct net_device *dev)
{
	dev->netdev_ops = &ops;
	dev->ethtool_ops = &xnf_ethtool_ops;
	dev->watchdog_timeo = WATCHDOG_JIFFIES;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = MTU_MAX;
	netif_set_tso_max_size(dev, XEN_NETIF_MAX_TX_SIZE);
	/* A packet in flight carries state of ours. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	/* Wanted all; what there is depends on the backend. */
	dev->hw_features = FEATURES;
	dev->features = FEATURES | NETIF_F_RXCSUM | NETIF_F_HIGHDMA;
	netif_carrier_off(dev);
}

static void adopt_mtu(struct net_device *dev, bool sg)
{
	int err;

	dev->max_mtu = sg ? MTU_MAX : ETH_DATA_LEN;
	if (dev->mtu <= dev->max_mtu)
		return;
	netdev_warn(dev,
		    "backend takes one page a packet: mtu goes from %u to %u\n",
		    dev->mtu, dev->max_mtu);
	err = dev_set_mtu(dev, dev->max_mtu);
	if (err)
		netdev_warn(
			dev,
			"mtu stays at %u (%d): longer packets are dropped\n",
			dev->mtu, err);
}

/**
 * xnf_netdev_adopt_offer - bring features and MTU in line with the backend
 * @front: device, carrier off
 *
 * Context: process, under RTNL.
 */
void xnf_netdev_adopt_offer(struct xnf_front *front)
{
	ASSERT_RTNL();
	netdev_update_features(front->dev);
	adopt_mtu(front->dev, front->offer.sg);
}
