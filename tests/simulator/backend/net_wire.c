// SPDX-License-Identifier: GPL-2.0-only
/*
 * The wire between the cards: what one sends, all others of its segment get, if
 * they are connected. Owns the list of these.
 */
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include "net.h"

/* Guards the list. Leaves wait for it, so who is found in it stays for now. */
static DEFINE_MUTEX(wire_lock);
static LIST_HEAD(wire);

/**
 * xsim_net_wire_join - receive from now on
 * @net: connected device
 */
void xsim_net_wire_join(struct xsim_net *net)
{
	mutex_lock(&wire_lock);
	list_add_tail(&net->wire, &wire);
	mutex_unlock(&wire_lock);
}

/**
 * xsim_net_wire_leave - receive no more
 * @net: device
 */
void xsim_net_wire_leave(struct xsim_net *net)
{
	mutex_lock(&wire_lock);
	list_del_init(&net->wire);
	mutex_unlock(&wire_lock);
}

/* Where addresses and ports are in most packets: a flow stays in its queue. */
#define FLOW_AT		26
#define FLOW_LEN	12

/* The core's own hash asks for the name space of a packet, which has none here. */
static u32 flow_of(const struct sk_buff *skb)
{
	if (skb_headlen(skb) < FLOW_AT + FLOW_LEN)
		return 0;
	return jhash(skb->data + FLOW_AT, FLOW_LEN, 0);
}

static void deliver(struct xsim_net *to, struct sk_buff *skb)
{
	struct xsim_net_queue *q = &to->queues[flow_of(skb) % to->nr_queues];

	if (skb_queue_len(&q->backlog) >= XSIM_NET_BACKLOG) {
		atomic_inc(&to->dropped);
		kfree_skb(skb);
		return;
	}
	skb_queue_tail(&q->backlog, skb);
	xsim_net_ring_rx(q);
}

static void deliver_list(struct xsim_net *to, struct sk_buff *skb)
{
	struct sk_buff *next;

	skb = xsim_net_suit(to, skb);
	if (!skb)
		atomic_inc(&to->dropped);
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		deliver(to, skb);
	}
}

/**
 * xsim_net_wire_send - a card sends a packet
 * @from: card
 * @skb: packet, data at the Ethernet header; consumed
 */
void xsim_net_wire_send(struct xsim_net *from, struct sk_buff *skb)
{
	struct xsim_net *to;
	struct sk_buff *copy;

	mutex_lock(&wire_lock);
	list_for_each_entry(to, &wire, wire) {
		if (to == from || to->segment != from->segment)
			continue;
		copy = skb_copy(skb, GFP_KERNEL);
		if (copy)
			deliver_list(to, copy);
	}
	mutex_unlock(&wire_lock);
	kfree_skb(skb);
}
