// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_stack_net: two cards of the simulated backend, on one wire. The
 * backend of the first one lies.
 */
#include <linux/device.h>
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "../backend/back.h"
#include "../toolstack.h"
#include "stack.h"

#define CARDS	2
#define FRONT	"/local/domain/1/device/vif/0"

/* Nobody else's: the first of IEEE 802's for experiments. */
#define PROTOCOL ETH_P_802_EX1

/* More than a driver copies out of its page, and what it holds at each place. */
#define LEN	1200
#define FILL	0x5c

/**
 * struct lie - a lie, and what is to become of the card
 * @way: XSIM_WAY_*
 * @lie: it
 * @harmless: no breach of the protocol, so that the connection goes on
 */
struct lie {
	unsigned int way;
	enum xsim_lie lie;
	bool harmless;
};

static const struct lie lies[] = {
	{ XSIM_WAY_TX, XSIM_LIE_ID_RANGE },
	{ XSIM_WAY_TX, XSIM_LIE_ID_IDLE },
	{ XSIM_WAY_TX, XSIM_LIE_ID_TWICE },
	{ XSIM_WAY_TX, XSIM_LIE_NULL },
	{ XSIM_WAY_TX, XSIM_LIE_MAPPED },
	{ XSIM_WAY_TX, XSIM_LIE_INDEX },
	{ XSIM_WAY_TX, XSIM_LIE_JUMP },
	{ XSIM_WAY_TX, XSIM_LIE_ERROR, true },
	{ XSIM_WAY_TX, XSIM_LIE_STATUS, true },
	{ XSIM_WAY_TX, XSIM_LIE_STORM, true },
	{ XSIM_WAY_RX, XSIM_LIE_ID_RANGE },
	{ XSIM_WAY_RX, XSIM_LIE_ID_TWICE },
	{ XSIM_WAY_RX, XSIM_LIE_LENGTH_ZERO },
	{ XSIM_WAY_RX, XSIM_LIE_LENGTH_HUGE },
	{ XSIM_WAY_RX, XSIM_LIE_OFFSET },
	{ XSIM_WAY_RX, XSIM_LIE_FLAGS },
	{ XSIM_WAY_RX, XSIM_LIE_MORE },
	{ XSIM_WAY_RX, XSIM_LIE_EXTRA_ENDLESS },
	{ XSIM_WAY_RX, XSIM_LIE_EXTRA_TYPE },
	{ XSIM_WAY_RX, XSIM_LIE_GSO_TYPE },
	{ XSIM_WAY_RX, XSIM_LIE_GSO_SIZE },
	{ XSIM_WAY_RX, XSIM_LIE_MAPPED },
	{ XSIM_WAY_RX, XSIM_LIE_INDEX },
	{ XSIM_WAY_RX, XSIM_LIE_JUMP },
	{ XSIM_WAY_RX, XSIM_LIE_ERROR, true },
	{ XSIM_WAY_RX, XSIM_LIE_STATUS, true },
	{ XSIM_WAY_RX, XSIM_LIE_STORM, true },
};

/* What arrived at each card: as it was sent, and not. */
static struct net_device *cards[CARDS];
static atomic_t whole[CARDS];
static atomic_t damaged[CARDS];

static bool is_whole(struct sk_buff *skb)
{
	return skb->len == LEN && !skb_linearize(skb) &&
	       !memchr_inv(skb->data, FILL, LEN);
}

static int receive(struct sk_buff *skb, struct net_device *dev,
		   struct packet_type *type, struct net_device *orig)
{
	unsigned int card = dev == cards[1];

	if (is_whole(skb))
		atomic_inc(&whole[card]);
	else
		atomic_inc(&damaged[card]);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static struct packet_type packets = {
	.type = htons(PROTOCOL),
	.func = receive,
};

/* The card of that device; under RTNL. */
static struct net_device *find_card(unsigned int id)
{
	struct net_device *dev;
	char name[16];

	snprintf(name, sizeof(name), "vif-%u", id);
	for_each_netdev(&init_net, dev) {
		if (dev->dev.parent && !strcmp(dev_name(dev->dev.parent), name))
			return dev;
	}
	return NULL;
}

static bool is_gone(unsigned int id)
{
	bool gone;

	rtnl_lock();
	gone = !find_card(id);
	rtnl_unlock();
	return gone;
}

/* False: it is not there yet. */
static bool bring_up(unsigned int id)
{
	rtnl_lock();
	cards[id] = find_card(id);
	if (cards[id]) {
		dev_hold(cards[id]);
		dev_open(cards[id], NULL);
	}
	rtnl_unlock();
	return cards[id];
}

static void send_frame(unsigned int from)
{
	struct net_device *dev = cards[from];
	struct sk_buff *skb = alloc_skb(LL_RESERVED_SPACE(dev) + LEN, GFP_KERNEL);

	if (!skb)
		return;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	memset(skb_put(skb, LEN), FILL, LEN);
	skb->dev = dev;
	skb->protocol = htons(PROTOCOL);
	skb_reset_network_header(skb);
	if (dev_hard_header(skb, dev, PROTOCOL, cards[!from]->dev_addr,
			    dev->dev_addr, skb->len) < 0)
		kfree_skb(skb);
	else
		dev_queue_xmit(skb);
}

/* Send until one arrives: a card that comes up may lose what is sent meanwhile. */
static bool passes(unsigned int from)
{
	int before = atomic_read(&whole[!from]);
	unsigned int i;

	for (i = 0; i < 200 && atomic_read(&whole[!from]) == before; i++) {
		send_frame(from);
		msleep(50);
	}
	return atomic_read(&whole[!from]) > before;
}

static void expect_works(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, passes(0));
	KUNIT_EXPECT_TRUE(test, passes(1));
}

static struct xsim_back *the_back(void)
{
	return xsim_device_find("vif", 0)->priv;
}

static bool is_closed(void)
{
	return xsim_store_read_uint(FRONT, "state", 0) == XenbusStateClosed;
}

static int net_init(struct kunit *test)
{
	static const struct xsim_node fronts[CARDS][2] = {
		{ { "mac", "00:16:3e:00:00:01" } },
		{ { "mac", "00:16:3e:00:00:02" } },
	};
	unsigned int i;
	int err = stack_init(test);

	dev_add_pack(&packets);
	for (i = 0; i < CARDS; i++) {
		atomic_set(&whole[i], 0);
		atomic_set(&damaged[i], 0);
		err = err ?: xsim_device_create("vif", i, NULL, fronts[i]);
		if (!err && !wait_until(bring_up(i)))
			err = -ETIMEDOUT;
	}
	return err;
}

static void net_exit(struct kunit *test)
{
	unsigned int i;

	dev_remove_pack(&packets);
	for (i = 0; i < CARDS; i++) {
		if (cards[i])
			dev_put(cards[i]);
		cards[i] = NULL;
		if (xsim_device_find("vif", i))
			KUNIT_EXPECT_EQ(test, xsim_device_destroy("vif", i, PATIENCE_MS),
					0);
		/* If that was in vain, the next test is to have a card all the same. */
		xsim_device_destroy("vif", i, 0);
		KUNIT_EXPECT_TRUE(test, wait_until(is_gone(i)));
		KUNIT_EXPECT_EQ(test, atomic_read(&damaged[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), 0u);
	stack_exit(test);
}

static void carries_packets(struct kunit *test)
{
	unsigned int i;

	expect_works(test);
	for (i = 0; i < 500 && !stack_violated(); i++)
		send_frame(i % CARDS);
	expect_works(test);
}

static void comes_back_with_its_backend(struct kunit *test)
{
	expect_works(test);
	xsim_back_restart(the_back());
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vif", 0, PATIENCE_MS), 0);
	expect_works(test);
}

static void expect_survives(struct kunit *test, const struct lie *lie)
{
	if (lie->harmless) {
		KUNIT_EXPECT_FALSE(test, is_closed());
		return;
	}
	KUNIT_EXPECT_TRUE(test, wait_until(is_closed()));
	xsim_back_restart(the_back());
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vif", 0, PATIENCE_MS), 0);
}

static void survives_a_lie(struct kunit *test)
{
	const struct lie *lie = test->param_value;
	unsigned int i;

	expect_works(test);
	xsim_lies_arm(&the_back()->lies, lie->way, lie->lie, 2);
	for (i = 0; i < 100 && !READ_ONCE(the_back()->lies.told); i++) {
		send_frame(lie->way == XSIM_WAY_RX);
		msleep(20);
	}
	KUNIT_EXPECT_EQ(test, the_back()->lies.told, 1u);
	expect_survives(test, lie);
	expect_works(test);
}

static void describe(const struct lie *lie, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s",
		 lie->way == XSIM_WAY_RX ? "rx" : "tx", xsim_lie_name(lie->lie));
}

KUNIT_ARRAY_PARAM(lie, lies, describe);

static struct kunit_case cases[] = {
	KUNIT_CASE(carries_packets),
	KUNIT_CASE(comes_back_with_its_backend),
	KUNIT_CASE_PARAM(survives_a_lie, lie_gen_params),
	{}
};

struct kunit_suite stack_net_suite = {
	.name = "xpv_stack_net",
	.init = net_init,
	.exit = net_exit,
	.test_cases = cases,
};
