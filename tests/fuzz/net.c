// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cards: packets go out in bursts, settings change under them, and every
 * byte that comes in is looked at, so that one which is not there is found.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "fuzz.h"

#define BURST_MAX 96

/* Of what has come in, so that the compiler cannot leave it out. */
static atomic_t checksum;

static int receive(struct sk_buff *skb, struct net_device *dev,
		   struct packet_type *type, struct net_device *orig)
{
	atomic_add((__force int)skb_checksum(skb, 0, skb->len, 0), &checksum);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type packets = {
	.type = htons(ETH_P_ALL),
	.func = receive,
};

int xfz_net_init(void)
{
	dev_add_pack(&packets);
	return 0;
}

void xfz_net_exit(void)
{
	dev_remove_pack(&packets);
}

struct net_device *xfz_card(const struct xfz_device *dev)
{
	struct net_device *card, *found = NULL;

	rtnl_lock();
	for_each_netdev(&init_net, card) {
		if (!card->dev.parent ||
		    strcmp(dev_name(card->dev.parent), dev->name))
			continue;
		dev_hold(card);
		found = card;
		break;
	}
	rtnl_unlock();
	return found;
}

/* Under RTNL it may be on its way out, or out. */
static bool is_registered(const struct net_device *card)
{
	ASSERT_RTNL();
	return card->reg_state == NETREG_REGISTERED;
}

void xfz_net_up(const struct xfz_device *dev)
{
	struct net_device *card = xfz_card(dev);

	if (!card)
		return;
	rtnl_lock();
	if (is_registered(card))
		dev_open(card, NULL);
	rtnl_unlock();
	dev_put(card);
}

static const struct xfz_device *pick_card(void)
{
	return &xfz_devices[XFZ_DISKS + xfz_below(XFZ_CARDS)];
}

void xfz_net_send(void)
{
	const struct xfz_device *dev = pick_card();
	u32 i, nr = xfz_one_in(6) ? 300 : 1 + xfz_below(BURST_MAX);
	struct net_device *card = xfz_card(dev);

	if (!card)
		return;
	xfz_trace("%s: %u packets", dev->name, nr);
	for (i = 0; i < nr; i++) {
		struct sk_buff *skb = xfz_packet(card);

		if (skb)
			dev_queue_xmit(skb);
	}
	dev_put(card);
}

static void toggle(struct net_device *card)
{
	netdev_features_t some = card->hw_features & xfz_random();

	card->wanted_features ^= some;
	netdev_update_features(card);
}

static void set_one(struct net_device *card)
{
	struct rtnl_link_stats64 stats;

	switch (xfz_below(6)) {
	case 0:
		dev_close(card);
		break;
	case 1:
		dev_set_mtu(card, xfz_one_in(2) ? 68 + xfz_below(1500) :
						  (int)xfz_odd_number());
		break;
	case 2:
		toggle(card);
		break;
	case 3:
		dev_get_stats(card, &stats);
		break;
	default:
		dev_open(card, NULL);
		break;
	}
}

void xfz_net_set(void)
{
	const struct xfz_device *dev = pick_card();
	struct net_device *card = xfz_card(dev);

	if (!card)
		return;
	xfz_trace("%s: a setting", dev->name);
	rtnl_lock();
	if (is_registered(card))
		set_one(card);
	rtnl_unlock();
	dev_put(card);
}
