// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the two ends tell each other through XenStore before they connect. Owns
 * the names of the nodes; keeps no state.
 */
#include <compat/linux/hex.h>
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xpv/xenstore.h>
#include "netfront.h"

/* "00:16:3e:01:02:03", and nothing before or after it. */
#define MAC_LEN (3 * ETH_ALEN - 1)

/**
 * xnf_read_mac - read the address that the toolstack gave the interface
 * @xdev: device
 * @mac: result
 *
 * Context: process.
 * Return: 0, or -errno, told as fatal.
 */
int xnf_read_mac(struct xpv_device *xdev, u8 mac[])
{
	char *text;
	int err;

	err = xpv_xs_read(NULL, xdev->nodename, "mac", &text);
	if (err)
		return xpv_bus_fatal(xdev, err, "cannot read node mac");
	if (strlen(text) != MAC_LEN || !mac_pton(text, mac) ||
	    !is_valid_ether_addr(mac))
		err = xpv_bus_fatal(xdev, -EINVAL,
				    "node mac holds no usable address: '%.32s'",
				    text);
	kfree(text);
	return err;
}

/**
 * xnf_read_offer - read what the backend can take
 * @xdev: device
 * @offer: result
 *
 * Context: process.
 * Return: 0, or -EOPNOTSUPP, told as fatal: no way to receive.
 */
int xnf_read_offer(struct xpv_device *xdev, struct xnf_offer *offer)
{
	if (!xpv_bus_peer_feature(xdev, "feature-rx-copy"))
		return xpv_bus_fatal(xdev, -EOPNOTSUPP,
				     "backend domain %u lacks feature-rx-copy",
				     xpv_domid_raw(xdev->peer));

	*offer = (struct xnf_offer){
		.queues = max(1U, xpv_bus_peer_limit(xdev, "multi-queue-max-queues",
						     1, U32_MAX)),
		.split = xpv_bus_peer_feature(xdev,
					      "feature-split-event-channels"),
		.sg = xpv_bus_peer_feature(xdev, "feature-sg"),
		/* The one feature that is there unless it is denied. */
		.csum4 = !xpv_bus_peer_feature(xdev, "feature-no-csum-offload"),
		.csum6 =
			xpv_bus_peer_feature(xdev, "feature-ipv6-csum-offload"),
		.tso4 = xpv_bus_peer_feature(xdev, "feature-gso-tcpv4"),
		.tso6 = xpv_bus_peer_feature(xdev, "feature-gso-tcpv6"),
	};
	return 0;
}

/*
 * What we take from the backend. It reads this once, when it connects; so there
 * is no switch for the receive side while connected.
 */
static const char *const requests[] = {
	"request-rx-copy",
	"feature-rx-notify",
	"feature-sg",
	"feature-gso-tcpv4",
	"feature-gso-tcpv6",
	"feature-ipv6-csum-offload",
};

/*
 * Left behind by a frontend that had the device before, these would make the
 * backend use rings and ports that are long gone, or lay packets out otherwise.
 */
static const char *const leftovers[] = {
	"ctrl-ring-ref",
	"event-channel-ctrl",
	"request-multicast-control",
	"feature-no-csum-offload",
	"feature-gso-tcpv4-prefix",
	"feature-gso-tcpv6-prefix",
	"xdp-headroom",
};

/* What belongs to a queue, be it in a folder of its own or not. */
static const char *const of_queue[] = {
	"tx-ring-ref",
	"rx-ring-ref",
	"event-channel",
	"event-channel-tx",
	"event-channel-rx",
};

/* 0, which is neither a reference nor a port: this node is not to be. */
static u32 value_of(const struct xnf_queue *q, unsigned int node)
{
	u32 tx = xpv_port_raw(q->tx.channel->evtchn.port);
	u32 rx = xpv_port_raw(q->rx.channel->evtchn.port);
	const u32 values[ARRAY_SIZE(of_queue)] = {
		xpv_gref_raw(q->tx.area.refs[0]),
		xpv_gref_raw(q->rx.area.refs[0]),
		tx == rx ? tx : 0,
		tx != rx ? tx : 0,
		tx != rx ? rx : 0,
	};

	return values[node];
}

static int write_queue(struct xpv_xs_txn *txn, const struct xnf_queue *q,
		       const char *folder)
{
	const char *dir = q->front->xdev->nodename;
	unsigned int i;
	char node[32];
	u32 value;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(of_queue); i++) {
		value = value_of(q, i);
		if (!value)
			continue;
		snprintf(node, sizeof(node), "%s%s", folder, of_queue[i]);
		err = xpv_xs_printf(txn, dir, node, "%u", value);
	}
	return err;
}

/* Without what an earlier frontend left in its folder. */
static int write_folder(struct xpv_xs_txn *txn, const struct xnf_queue *q)
{
	const char *dir = q->front->xdev->nodename;
	char folder[16];
	int err;

	snprintf(folder, sizeof(folder), "queue-%u", q->id);
	err = xpv_xs_remove(txn, dir, folder);
	if (err)
		return err;
	snprintf(folder, sizeof(folder), "queue-%u/", q->id);
	return write_queue(txn, q, folder);
}

/* Where backends that know of one only look for it. */
static int write_one(struct xpv_xs_txn *txn, const struct xnf_front *front)
{
	const char *dir = front->xdev->nodename;
	int err;

	err = xpv_xs_remove(txn, dir, "multi-queue-num-queues");
	if (err)
		return err;
	return write_queue(txn, &front->queues[0], "");
}

static int write_several(struct xpv_xs_txn *txn, const struct xnf_front *front)
{
	const char *dir = front->xdev->nodename;
	const struct xnf_queue *q;
	int err;

	err = xpv_xs_printf(txn, dir, "multi-queue-num-queues", "%u",
			    front->nr_used);
	xnf_for_each_used_queue(q, front) {
		if (!err)
			err = write_folder(txn, q);
	}
	return err;
}

static int remove_all(struct xpv_xs_txn *txn, const char *dir,
		      const char *const nodes[], unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < nr; i++)
		err = xpv_xs_remove(txn, dir, nodes[i]);
	return err;
}

static int write_all(struct xpv_xs_txn *txn, void *arg)
{
	const struct xnf_front *front = arg;
	const char *dir = front->xdev->nodename;
	unsigned int i;
	int err;

	err = xpv_xs_exists(txn, dir, "state");
	if (!err)
		err = remove_all(txn, dir, leftovers, ARRAY_SIZE(leftovers));
	if (!err)
		err = remove_all(txn, dir, of_queue, ARRAY_SIZE(of_queue));
	if (err)
		return err;
	if (front->nr_used > 1)
		err = write_several(txn, front);
	else
		err = write_one(txn, front);
	for (i = 0; !err && i < ARRAY_SIZE(requests); i++)
		err = xpv_xs_printf(txn, dir, requests[i], "1");
	return err;
}

/**
 * xnf_write_nodes - tell the backend where everything is
 * @front: device, the queues that it uses connected
 *
 * All at once, so that a backend never sees a half of it.
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int xnf_write_nodes(struct xnf_front *front)
{
	return xpv_xs_transact(write_all, front);
}
