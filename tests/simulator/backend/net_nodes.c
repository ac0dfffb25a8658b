// SPDX-License-Identifier: GPL-2.0-only
/* What a network backend and its frontend tell each other in XenStore. */
#include <linux/kernel.h>
#include "net.h"

static struct xsim_net *to_net(struct xsim_back *back)
{
	return container_of(back, struct xsim_net, back);
}

static void say_flag(struct xsim_back *back, const char *node,
		     const char *knob, u64 fallback)
{
	xsim_back_say(back, node, "%d",
		      xsim_back_knob(back, knob, fallback) ? 1 : 0);
}

/**
 * xsim_net_offer - say all that is on offer
 * @back: device
 */
void xsim_net_offer(struct xsim_back *back)
{
	u64 queues = xsim_back_knob(back, "queues", 1);
	struct xsim_net *net = to_net(back);

	net->segment = xsim_back_knob(back, "segment", 0);
	net->mtu = xsim_back_knob(back, "mtu", 0);
	say_flag(back, "feature-sg", "sg", 1);
	say_flag(back, "feature-gso-tcpv4", "gso4", 1);
	say_flag(back, "feature-gso-tcpv6", "gso6", 1);
	say_flag(back, "feature-ipv6-csum-offload", "csum6", 1);
	say_flag(back, "feature-no-csum-offload", "no-csum", 0);
	say_flag(back, "feature-split-event-channels", "split", 1);
	say_flag(back, "feature-ctrl-ring", "ctrl-ring", 1);
	say_flag(back, "feature-xdp-headroom", "xdp", 1);
	say_flag(back, "feature-multicast-control", "mcast", 1);
	say_flag(back, "feature-dynamic-multicast-control", "mcast-dynamic", 1);
	xsim_back_say(back, "feature-rx-copy", "1");
	xsim_back_say(back, "feature-rx-flip", "0");
	/* The toolstack's in truth. */
	if (net->mtu)
		xsim_back_say(back, "mtu", "%u", net->mtu);
	if (queues > 1)
		xsim_back_say(back, "multi-queue-max-queues", "%llu", queues);
}

/**
 * xsim_net_hear_headroom - how much of each page the frontend wants left free
 * @back: device, connected or about to be
 *
 * Any number up to that of the protocol, though a page holds less.
 */
void xsim_net_hear_headroom(struct xsim_back *back)
{
	u64 headroom = 0;

	if (xsim_back_knob(back, "xdp", 1))
		headroom = xsim_store_read_uint(back->dev->frontend,
						"xdp-headroom", 0);
	WRITE_ONCE(to_net(back)->headroom,
		   min_t(u64, headroom, XEN_NETIF_MAX_XDP_HEADROOM));
}

static void hear_features(struct xsim_net *net)
{
	struct xsim_back *back = &net->back;

	net->sg = xsim_back_wants(back, "feature-sg");
	net->gso4 = xsim_back_wants(back, "feature-gso-tcpv4");
	net->gso6 = xsim_back_wants(back, "feature-gso-tcpv6");
	net->csum4 = !xsim_back_wants(back, "feature-no-csum-offload");
	net->csum6 = xsim_back_wants(back, "feature-ipv6-csum-offload");
	xsim_net_hear_headroom(back);
}

/**
 * xsim_net_hear_all - what the frontend says of all queues
 * @net: device
 * @nr: how many there are
 *
 * Return: 0 or -EINVAL, told.
 */
int xsim_net_hear_all(struct xsim_net *net, unsigned int *nr)
{
	struct xsim_back *back = &net->back;

	if (xsim_back_hear_queues(back, XSIM_NET_QUEUES, nr))
		return -EINVAL;

	if (!xsim_back_wants(back, "request-rx-copy")) {
		xsim_back_complain(back, "frontend does not want copies");
		return -EINVAL;
	}
	if (!xsim_back_wants(back, "feature-rx-notify"))
		xsim_back_complain(back, "frontend does not ring for buffers");
	hear_features(net);
	return 0;
}

static int map_ring(struct xsim_net_queue *q, const char *dir, const char *node,
		    struct xsim_area *area)
{
	struct xsim_back *back = &q->net->back;
	u32 ref;
	int err;

	err = xsim_back_hear(back, dir, node, U32_MAX, &ref);
	if (err)
		return err;
	err = xsim_area_map(area, &ref, 1);
	if (err)
		xsim_back_complain(back, "%s %u cannot be mapped (%d)",
				   node, ref, err);
	return err;
}

static int hear_ports(struct xsim_back *back, const char *dir, u32 ports[2])
{
	char name[32];
	int err;

	snprintf(name, sizeof(name), "%s%sevent-channel-tx", dir, *dir ? "/" : "");
	/* Both in one, unless they are split. */
	if (!xsim_back_knob(back, "split", 1) ||
	    !xsim_back_wants(back, name)) {
		ports[1] = 0;
		return xsim_back_hear(back, dir, "event-channel", U32_MAX,
				      &ports[0]);
	}
	err = xsim_back_hear(back, dir, "event-channel-tx", U32_MAX, &ports[0]);
	if (err)
		return err;
	return xsim_back_hear(back, dir, "event-channel-rx", U32_MAX,
			      &ports[1]);
}

/**
 * xsim_net_hear_queue - what the frontend says of one queue: maps its rings
 * @q: queue
 * @nr_queues: how many there are
 * @ports: numbers of its ports; the second is 0 if it has one only
 *
 * Return: 0 or -errno, told; what was mapped stays mapped.
 */
int xsim_net_hear_queue(struct xsim_net_queue *q, unsigned int nr_queues,
			u32 ports[2])
{
	struct xsim_back *back = &q->net->back;
	char dir[16] = "";
	int err;

	if (nr_queues > 1)
		snprintf(dir, sizeof(dir), "queue-%u",
			 (unsigned int)(q - q->net->queues));
	err = map_ring(q, dir, "tx-ring-ref", &q->tx_area);
	if (!err)
		err = map_ring(q, dir, "rx-ring-ref", &q->rx_area);
	if (!err)
		err = hear_ports(back, dir, ports);
	return err;
}
