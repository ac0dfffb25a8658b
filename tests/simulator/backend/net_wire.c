// SPDX-License-Identifier: GPL-2.0-only
/*
 * The wire between the cards: what one sends, all others of its segment get, if
 * they are connected. Owns the list of these.
 */
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
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

/* As a bridge does, for which a tag of a virtual network does not count. */
static bool fits(const struct xsim_net *to, const struct sk_buff *skb)
{
	return !to->mtu || skb_is_gso(skb) ||
	       skb->len <= to->mtu + ETH_HLEN + VLAN_HLEN;
}

static void deliver(struct xsim_net *to, struct sk_buff *skb)
{
	struct xsim_net_queue *q;

	q = &to->queues[xsim_net_hash_steer(&to->ctrl.hash, skb, to->nr_queues)];

	if (!fits(to, skb) || skb_queue_len(&q->backlog) >= XSIM_NET_BACKLOG) {
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

/* All packets have a whole Ethernet header in one piece (net_packet.c). */
static bool passes(struct xsim_net *to, const struct sk_buff *skb)
{
	return READ_ONCE(to->carrier) &&
	       xsim_net_mcast_passes(&to->mcast, skb->data);
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
		if (!passes(to, skb)) {
			atomic_inc(&to->dropped);
			continue;
		}
		copy = skb_copy(skb, GFP_KERNEL);
		if (copy)
			deliver_list(to, copy);
	}
	mutex_unlock(&wire_lock);
	kfree_skb(skb);
}
