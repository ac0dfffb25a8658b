// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_net_wire: which packets of a card get to which other card of the
 * simulated network backend, and to which of its queues.
 */
#define xsim_net_wire_join	wire_tested_join
#define xsim_net_wire_leave	wire_tested_leave
#define xsim_net_wire_send	wire_tested_send
#define xsim_net_tx_event	wire_tested_tx_event
#define xsim_net_rx_event	wire_tested_rx_event
#define xsim_net_ring_tx	wire_tested_ring_tx
#define xsim_net_ring_rx	wire_tested_ring_rx

#include <tests/kunit/suite.h>
#include <linux/kernel.h>

#include "../backend/net.h"

#define CARDS	3
#define QUEUES	2
#define MTU	1500

/* Cards on a wire, and what is asked of the rest of the backend. */
struct bench {
	struct xsim_net cards[CARDS];
	struct xsim_net_queue queues[CARDS][QUEUES];
	unsigned int steered;
	bool filtered;
	unsigned int kicked;
	unsigned int waiting;
	unsigned int taken;
};

static struct bench *bench;

static unsigned int fake_steer(struct xsim_net_hash *hash, struct sk_buff *skb,
			       unsigned int nr_queues)
{
	return bench->steered;
}

static bool fake_mcast_passes(struct xsim_net_mcast *mcast, const u8 *addr)
{
	return !bench->filtered;
}

static struct sk_buff *fake_suit(const struct xsim_net *net, struct sk_buff *skb)
{
	return skb;
}

static bool fake_tx(struct xsim_net_queue *q)
{
	if (bench->taken == bench->waiting)
		return false;
	bench->taken++;
	return true;
}

static bool fake_rx(struct xsim_net_queue *q)
{
	return false;
}

static void fake_kick(struct xsim_port *port)
{
	bench->kicked++;
}

static void fake_notify(struct xsim_port *port)
{
}

static unsigned int fake_rings(const struct xsim_port *port)
{
	return 0;
}

static void fake_hear(struct xsim_ring *const rings[], unsigned int nr,
		      unsigned int doorbells)
{
}

static bool fake_awake(struct xsim_ring *ring)
{
	return true;
}

static bool fake_publish(struct xsim_ring *ring)
{
	return false;
}

#define xsim_net_hash_steer	fake_steer
#define xsim_net_mcast_passes	fake_mcast_passes
#define xsim_net_suit		fake_suit
#define xsim_net_tx		fake_tx
#define xsim_net_rx		fake_rx
#define xsim_port_kick		fake_kick
#define xsim_port_notify	fake_notify
#define xsim_port_rings		fake_rings
#define xsim_ring_hear		fake_hear
#define xsim_ring_awake		fake_awake
#define xsim_ring_publish	fake_publish

#include "../backend/net_serve.c"
#include "../backend/net_wire.c"

static void init_card(struct xsim_net *net, struct xsim_net_queue *queues)
{
	unsigned int i;

	INIT_LIST_HEAD(&net->wire);
	net->carrier = true;
	net->queues = queues;
	net->nr_queues = QUEUES;
	for (i = 0; i < QUEUES; i++) {
		queues[i].net = net;
		queues[i].ready = true;
		mutex_init(&queues[i].lock);
		skb_queue_head_init(&queues[i].backlog);
	}
	xsim_net_wire_join(net);
}

static int init(struct kunit *test)
{
	unsigned int i;

	bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);
	if (!bench)
		return -ENOMEM;
	for (i = 0; i < CARDS; i++)
		init_card(&bench->cards[i], bench->queues[i]);
	return 0;
}

static void exit_(struct kunit *test)
{
	unsigned int i, k;

	for (i = 0; bench && i < CARDS; i++) {
		xsim_net_wire_leave(&bench->cards[i]);
		for (k = 0; k < QUEUES; k++)
			skb_queue_purge(&bench->queues[i][k].backlog);
	}
}

/* The first card sends a packet of so many bytes behind its Ethernet header. */
static void send(struct kunit *test, unsigned int len, u16 gso_size)
{
	struct sk_buff *skb = alloc_skb(ETH_HLEN + len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, ETH_HLEN + len);
	skb_shinfo(skb)->gso_size = gso_size;
	xsim_net_wire_send(&bench->cards[0], skb);
}

static unsigned int got(unsigned int card, unsigned int queue)
{
	return skb_queue_len(&bench->queues[card][queue].backlog);
}

static void expect(struct kunit *test, unsigned int card, unsigned int packets,
		   int dropped)
{
	KUNIT_EXPECT_EQ(test, got(card, 0) + got(card, 1), packets);
	KUNIT_EXPECT_EQ(test, atomic_read(&bench->cards[card].dropped), dropped);
}

static void reaches_all_others_of_its_segment(struct kunit *test)
{
	bench->cards[2].segment = 1;
	send(test, 100, 0);
	expect(test, 0, 0, 0);
	expect(test, 1, 1, 0);
	expect(test, 2, 0, 0);
	KUNIT_EXPECT_EQ(test, bench->kicked, 1u);
	xsim_net_wire_leave(&bench->cards[1]);
	send(test, 100, 0);
	expect(test, 1, 1, 0);
}

static void goes_to_the_queue_that_was_chosen(struct kunit *test)
{
	bench->steered = 1;
	send(test, 100, 0);
	KUNIT_EXPECT_EQ(test, got(1, 0), 0u);
	KUNIT_EXPECT_EQ(test, got(1, 1), 1u);
}

static void leaves_what_is_filtered(struct kunit *test)
{
	bench->filtered = true;
	send(test, 100, 0);
	expect(test, 1, 0, 1);
}

/* Packets of each size to a card that was told an MTU. */
struct mtu_case {
	const char *name;
	u32 mtu;
	unsigned int len;
	u16 gso_size;
	bool passes;
};

static const struct mtu_case mtu_cases[] = {
	{ "none", 0, 9000, 0, true },
	{ "as large as that", MTU, MTU, 0, true },
	{ "with a tag", MTU, MTU + 4, 0, true },
	{ "larger", MTU, MTU + 5, 0, false },
	{ "to be cut up later", MTU, 9000, 1448, true },
};

static void passes_what_fits(struct kunit *test)
{
	const struct mtu_case *c = test->param_value;

	bench->cards[1].mtu = c->mtu;
	send(test, c->len, c->gso_size);
	expect(test, 1, c->passes ? 1 : 0, c->passes ? 0 : 1);
	/* It is the receiver's. */
	expect(test, 2, 1, 0);
}

static void describe_mtu(const struct mtu_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mtu, mtu_cases, describe_mtu);

static void keeps_so_many_for_later(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < XSIM_NET_BACKLOG + 3; i++)
		send(test, 100, 0);
	expect(test, 1, XSIM_NET_BACKLOG, 3);
}

static void gets_nothing_when_it_is_down(struct kunit *test)
{
	bench->cards[1].carrier = false;
	send(test, 100, 0);
	expect(test, 1, 0, 1);
	expect(test, 2, 1, 0);
	bench->cards[1].carrier = true;
	send(test, 100, 0);
	expect(test, 1, 1, 1);
}

static void is_not_heard_when_it_is_down(struct kunit *test)
{
	bench->waiting = 5;
	bench->cards[1].carrier = false;
	xsim_net_tx_event(&bench->queues[1][0]);
	KUNIT_EXPECT_EQ(test, bench->taken, 0u);
	bench->cards[1].carrier = true;
	xsim_net_tx_event(&bench->queues[1][0]);
	KUNIT_EXPECT_EQ(test, bench->taken, 5u);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(reaches_all_others_of_its_segment),
	KUNIT_CASE(goes_to_the_queue_that_was_chosen),
	KUNIT_CASE(leaves_what_is_filtered),
	KUNIT_CASE_PARAM(passes_what_fits, mtu_gen_params),
	KUNIT_CASE(keeps_so_many_for_later),
	KUNIT_CASE(gets_nothing_when_it_is_down),
	KUNIT_CASE(is_not_heard_when_it_is_down),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_net_wire",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the wire between simulated cards");
MODULE_LICENSE("GPL");
