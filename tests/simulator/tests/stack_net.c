// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_stack_net: two cards of the simulated backend, on one wire. The
 * backend of the first one lies.
 */
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "../backend/net.h"
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

static bool bulk_is_through(void)
{
	return stack_tcp_payload() >= STACK_TCP_BULK || stack_tcp_torn();
}

static void expect_bulk(struct kunit *test, bool v6)
{
	stack_tcp_send(cards[0], cards[1], v6);
	KUNIT_EXPECT_TRUE(test, wait_until(bulk_is_through()));
	KUNIT_EXPECT_EQ(test, stack_tcp_payload(), STACK_TCP_BULK);
	KUNIT_EXPECT_EQ(test, stack_tcp_torn(), 0);
}

static bool has_arrived(unsigned int from, int before)
{
	if (atomic_read(&whole[!from]) > before)
		return true;
	send_frame(from);
	msleep(50);
	return atomic_read(&whole[!from]) > before;
}

/* Send until one arrives: a card that comes up may lose what is sent meanwhile. */
static bool passes(unsigned int from)
{
	int before = atomic_read(&whole[!from]);

	return wait_until(has_arrived(from, before));
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

/* At both ends: a backend that has yet to hear of it would close once more. */
static bool is_closed(void)
{
	return xsim_store_read_uint(FRONT, "state", 0) == XenbusStateClosed &&
	       READ_ONCE(the_back()->dev->state) == XenbusStateClosed;
}

static const struct xsim_node fronts[CARDS][2] = {
	{ { "mac", "00:16:3e:00:00:01" } },
	{ { "mac", "00:16:3e:00:00:02" } },
};

static int plug_in(unsigned int id, const struct xsim_node *back)
{
	int err = xsim_device_create("vif", id, back, fronts[id]);

	if (err)
		return err;
	if (!wait_until(bring_up(id)))
		return -ETIMEDOUT;
	/* So that it closes in order, whenever it goes. */
	return xsim_device_wait_connected("vif", id, PATIENCE_MS);
}

static void unplug(struct kunit *test, unsigned int id)
{
	if (cards[id])
		dev_put(cards[id]);
	cards[id] = NULL;
	if (xsim_device_find("vif", id))
		KUNIT_EXPECT_EQ(test, xsim_device_destroy("vif", id, PATIENCE_MS), 0);
	/* If that was in vain, the next test is to have a card all the same. */
	xsim_device_destroy("vif", id, 0);
	KUNIT_EXPECT_TRUE(test, wait_until(is_gone(id)));
}

static int net_init(struct kunit *test)
{
	unsigned int i;
	int err = stack_init(test);

	dev_add_pack(&packets);
	stack_tcp_start();
	for (i = 0; i < CARDS; i++) {
		atomic_set(&whole[i], 0);
		atomic_set(&damaged[i], 0);
		err = err ?: plug_in(i, NULL);
	}
	return err;
}

static void net_exit(struct kunit *test)
{
	unsigned int i;

	dev_remove_pack(&packets);
	stack_tcp_stop();
	for (i = 0; i < CARDS; i++) {
		unplug(test, i);
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

/* Gives the backend something to lie about, unless it did. */
static bool has_lied(const struct lie *lie)
{
	if (READ_ONCE(the_back()->lies.told))
		return true;
	send_frame(lie->way == XSIM_WAY_RX);
	msleep(20);
	return READ_ONCE(the_back()->lies.told);
}

static void survives_a_lie(struct kunit *test)
{
	const struct lie *lie = test->param_value;

	expect_works(test);
	xsim_lies_arm(&the_back()->lies, lie->way, lie->lie, 2);
	KUNIT_EXPECT_TRUE(test, wait_until(has_lied(lie)));
	expect_survives(test, lie);
	expect_works(test);
	KUNIT_EXPECT_EQ(test, the_back()->lies.told, 1u);
}

static void describe(const struct lie *lie, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s",
		 lie->way == XSIM_WAY_RX ? "rx" : "tx", xsim_lie_name(lie->lie));
}

KUNIT_ARRAY_PARAM(lie, lies, describe);

/**
 * struct kind - a kind of backend
 * @name: for the log
 * @back: its nodes
 */
struct kind {
	const char *name;
	struct xsim_node back[4];
};

static const struct kind kinds[] = {
	{ "all there is", {} },
	{ "one slot a packet", { { "knob/sg", "0" }, { "knob/gso4", "0" }, { "knob/gso6", "0" } } },
	{ "one slot, and says otherwise", { { "knob/sg", "0" } } },
	{ "no large packets", { { "knob/gso4", "0" }, { "knob/gso6", "0" } } },
	{ "one port for both ways", { { "knob/split", "0" } } },
	{ "two queues of one port", { { "knob/queues", "2" }, { "knob/split", "0" } } },
	{ "whole checksums", { { "knob/no-csum", "1" }, { "knob/csum6", "0" } } },
	{ "slow", { { "knob/delay", "2" } } },
	{ "two queues", { { "knob/queues", "2" } } },
	{ "more queues than processors", { { "knob/queues", "8" } } },
};

static void describe_kind(const struct kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, describe_kind);

/* With either end of that kind, packets of all sizes arrive. */
static void suits_each_kind_of_backend(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	unsigned int i;

	for (i = 0; i < CARDS; i++) {
		unplug(test, i);
		KUNIT_ASSERT_EQ(test, plug_in(i, kind->back), 0);
		expect_works(test);
		expect_bulk(test, false);
		/* It is cut up by the core's own code, where the card does not. */
		if (IS_ENABLED(CONFIG_IPV6) || !kind->back[0].name)
			expect_bulk(test, true);
	}
}

static bool is_split(void)
{
	return container_of(the_back(), struct xsim_net, back)->queues[0].rx_port;
}

static void rings_by_the_channels_that_its_backend_knows(struct kunit *test)
{
	expect_works(test);
	KUNIT_EXPECT_TRUE(test, is_split());
	stack_offer(test, the_back(), "knob/split", "0");
	KUNIT_EXPECT_FALSE(test, is_split());
	expect_works(test);
	stack_offer(test, the_back(), "knob/split", "1");
	KUNIT_EXPECT_TRUE(test, is_split());
	expect_works(test);
}

/* By default, whatever the backend offers. */
static unsigned int queues_of_a_card(void)
{
	return min(num_online_cpus(), 8U);
}

static const struct xsim_node two_queues[] = { { "knob/queues", "2" }, {} };

/* What one has left stopped would be taken for a queue that is stuck. */
static bool one_is_stopped(const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++)
		if (netif_tx_queue_stopped(netdev_get_tx_queue(dev, i)))
			return true;
	return false;
}

static void expect_queues(struct kunit *test, unsigned int nr)
{
	struct ethtool_channels channels = {};

	cards[0]->ethtool_ops->get_channels(cards[0], &channels);
	KUNIT_EXPECT_EQ(test, channels.combined_count, nr);
	KUNIT_EXPECT_EQ(test, channels.max_combined, queues_of_a_card());
	KUNIT_EXPECT_EQ(test, cards[0]->real_num_tx_queues, nr);
	KUNIT_EXPECT_EQ(test, cards[0]->real_num_rx_queues, nr);
	expect_works(test);
	KUNIT_EXPECT_FALSE(test, one_is_stopped(cards[0]));
}

static void has_as_many_queues_as_both_have(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "there is one CPU only");
	expect_queues(test, 1);
	unplug(test, 0);
	KUNIT_ASSERT_EQ(test, plug_in(0, two_queues), 0);
	expect_queues(test, 2);
	stack_offer(test, the_back(), "knob/queues", "1");
	expect_queues(test, 1);
	stack_offer(test, the_back(), "knob/queues", "100");
	expect_queues(test, queues_of_a_card());
}

/* Each queue has its own processor, to send from and to be told at. */
static void sends_by_the_queue_of_its_processor(struct kunit *test)
{
	struct ethtool_stats request = {};
	u64 *before, *after;
	unsigned int nr;

	if (num_online_cpus() < 2)
		kunit_skip(test, "there is one CPU only");
	unplug(test, 0);
	KUNIT_ASSERT_EQ(test, plug_in(0, two_queues), 0);
	expect_works(test);
	nr = cards[0]->ethtool_ops->get_sset_count(cards[0], ETH_SS_STATS);
	before = kunit_kcalloc(test, nr, sizeof(*before), GFP_KERNEL);
	after = kunit_kcalloc(test, nr, sizeof(*after), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	KUNIT_ASSERT_NOT_NULL(test, after);
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(1)), 0);
	cards[0]->ethtool_ops->get_ethtool_stats(cards[0], &request, before);
	expect_works(test);
	cards[0]->ethtool_ops->get_ethtool_stats(cards[0], &request, after);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	/* Packets sent are the first of each queue's. */
	KUNIT_EXPECT_EQ(test, after[0], before[0]);
	nr /= queues_of_a_card();
	KUNIT_EXPECT_GT(test, after[nr], before[nr]);
}

/* There is room for one queue then. */
#define GRANTS_LEFT	768

static void makes_do_with_fewer_queues(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "there is one CPU only");
	unplug(test, 0);
	stack_hoard_grants(test, GRANTS_LEFT);
	KUNIT_EXPECT_EQ(test, plug_in(0, two_queues), 0);
	expect_queues(test, 1);
	stack_release_grants();
	stack_offer(test, the_back(), "knob/queues", "2");
	expect_queues(test, 2);
}

static const struct kind refused[] = {
	{ "no copies", { { "without/feature-rx-copy", "" } } },
	{ "denies copies", { { "instead/feature-rx-copy", "0" } } },
};

KUNIT_ARRAY_PARAM(refused, refused, describe_kind);

static void refuses_what_cannot_be(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	unplug(test, 0);
	KUNIT_ASSERT_EQ(test, xsim_device_create("vif", 0, kind->back, fronts[0]), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(is_closed()));
}

static const char *const macs[] = {
	"",
	"banana",
	"00:16:3e:00:00",
	"00:16:3e:00:00:01 ",
	"01:00:5e:00:00:01",
	"00:00:00:00:00:00",
	"00-16-3e-00-00-01",
	"00:16:3e:00:00:0g",
};

static void describe_mac(const char *const *mac, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", *mac);
}

KUNIT_ARRAY_PARAM(mac, macs, describe_mac);

static void refuses_what_is_no_address(struct kunit *test)
{
	const char *const *mac = test->param_value;
	const struct xsim_node node[] = { { "mac", *mac }, {} };

	unplug(test, 0);
	KUNIT_ASSERT_EQ(test, xsim_device_create("vif", 0, NULL, node), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(is_closed()));
	KUNIT_EXPECT_TRUE(test, is_gone(0));
}

static void tells_what_it_has_done(struct kunit *test)
{
	const struct ethtool_ops *ops = cards[0]->ethtool_ops;
	struct ethtool_drvinfo info = {};
	struct rtnl_link_stats64 sum;
	struct ethtool_stats request = {};
	char *names;
	u64 *values;
	int nr, i;

	expect_works(test);
	dev_get_stats(cards[0], &sum);
	KUNIT_EXPECT_GE(test, sum.tx_bytes, (u64)LEN);
	KUNIT_EXPECT_GE(test, sum.rx_bytes, (u64)LEN);
	ops->get_drvinfo(cards[0], &info);
	KUNIT_EXPECT_STREQ(test, info.bus_info, "vif-0");
	KUNIT_EXPECT_EQ(test, ops->get_sset_count(cards[0], ETH_SS_TEST), -EOPNOTSUPP);
	nr = ops->get_sset_count(cards[0], ETH_SS_STATS);
	KUNIT_ASSERT_GT(test, nr, 0);
	names = kunit_kcalloc(test, nr, ETH_GSTRING_LEN, GFP_KERNEL);
	values = kunit_kcalloc(test, nr, sizeof(*values), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, names);
	KUNIT_ASSERT_NOT_NULL(test, values);
	ops->get_strings(cards[0], ETH_SS_TEST, names);
	KUNIT_EXPECT_EQ(test, names[0], '\0');
	ops->get_strings(cards[0], ETH_SS_STATS, names);
	ops->get_ethtool_stats(cards[0], &request, values);
	KUNIT_EXPECT_STREQ(test, names, "q0_tx_packets");
	/* Nothing else is sent meanwhile, but the core may announce a card. */
	KUNIT_EXPECT_GE(test, values[0], sum.tx_packets);
	/* Queues that are not in use, too. */
	for (i = 0; i < nr; i++) {
		int queue = i * queues_of_a_card() / nr;
		int said, n;

		n = sscanf(names + i * ETH_GSTRING_LEN, "q%d_", &said);
		KUNIT_EXPECT_EQ(test, n, 1);
		KUNIT_EXPECT_EQ(test, said, queue);
	}
}

static void works_when_it_is_up_again(struct kunit *test)
{
	expect_works(test);
	rtnl_lock();
	dev_close(cards[0]);
	rtnl_unlock();
	/* What comes meanwhile is not passed on, and does not stay in its way. */
	send_frame(1);
	msleep(50);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(cards[0], NULL), 0);
	rtnl_unlock();
	expect_works(test);
}

/* As the core's watchdog does when a queue has been stopped for long. */
static void lose_patience(void)
{
	local_bh_disable();
	netif_tx_lock(cards[0]);
	cards[0]->netdev_ops->ndo_tx_timeout(cards[0], 0);
	netif_tx_unlock(cards[0]);
	local_bh_enable();
}

/* It is alive otherwise: so it closes with us, and is given another try. */
static void gives_up_a_connection_that_answers_nothing(struct kunit *test)
{
	static const struct lie silence = { XSIM_WAY_TX, XSIM_LIE_SILENCE };
	unsigned int before;

	expect_works(test);
	before = the_back()->connections;
	/* From here on it does not mind doorbells that it has not asked for. */
	xsim_lies_arm(&the_back()->lies, XSIM_WAY_TX, XSIM_LIE_SILENCE, 0);
	KUNIT_ASSERT_TRUE(test, wait_until(has_lied(&silence)));
	lose_patience();
	lose_patience();
	KUNIT_EXPECT_FALSE(test, is_closed());
	lose_patience();
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(the_back()->connections) > before));
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vif", 0, PATIENCE_MS), 0);
	expect_works(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(carries_packets),
	KUNIT_CASE(comes_back_with_its_backend),
	KUNIT_CASE_PARAM(survives_a_lie, lie_gen_params),
	KUNIT_CASE_PARAM(suits_each_kind_of_backend, kind_gen_params),
	KUNIT_CASE(rings_by_the_channels_that_its_backend_knows),
	KUNIT_CASE(has_as_many_queues_as_both_have),
	KUNIT_CASE(sends_by_the_queue_of_its_processor),
	KUNIT_CASE(makes_do_with_fewer_queues),
	KUNIT_CASE_PARAM(refuses_what_cannot_be, refused_gen_params),
	KUNIT_CASE_PARAM(refuses_what_is_no_address, mac_gen_params),
	KUNIT_CASE(tells_what_it_has_done),
	KUNIT_CASE(works_when_it_is_up_again),
	KUNIT_CASE(gives_up_a_connection_that_answers_nothing),
	{}
};

struct kunit_suite stack_net_suite = {
	.name = "xpv_stack_net",
	.init = net_init,
	.exit = net_exit,
	.test_cases = cases,
};
