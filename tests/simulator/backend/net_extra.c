// SPDX-License-Identifier: GPL-2.0-only
/* The slots behind the first one of a packet for the guest that hold no data. */
#include <linux/skbuff.h>
#include <linux/string.h>
#include "net.h"

static void add_gso(struct xen_netif_extra_info *extra,
		    const struct sk_buff *skb)
{
	bool v4 = skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4;

	extra->type = XEN_NETIF_EXTRA_TYPE_GSO;
	extra->u.gso.size = skb_shinfo(skb)->gso_size;
	extra->u.gso.type = v4 ? XEN_NETIF_GSO_TYPE_TCPV4 :
				 XEN_NETIF_GSO_TYPE_TCPV6;
}

static void add_hash(struct xen_netif_extra_info *extra,
		     const struct sk_buff *skb)
{
	u32 value = skb_get_hash_raw(skb);

	extra->type = XEN_NETIF_EXTRA_TYPE_HASH;
	extra->u.hash.type = xsim_net_hash_type(skb);
	extra->u.hash.algorithm = XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ;
	memcpy(extra->u.hash.value, &value, sizeof(value));
}

static void add_xdp(struct xen_netif_extra_info *extra, u16 headroom)
{
	extra->type = XEN_NETIF_EXTRA_TYPE_XDP;
	extra->u.xdp.headroom = headroom;
}

/**
 * xsim_net_rx_extras - what the guest has to know of a packet
 * @skb: packet
 * @headroom: before its data, in each page
 * @extras: room for XSIM_NET_RX_EXTRAS of them, or NULL: only count
 *
 * In the order of their types, as xen-netback has them.
 *
 * Return: how many there are.
 */
unsigned int xsim_net_rx_extras(const struct sk_buff *skb, u16 headroom,
				struct xen_netif_extra_info *extras)
{
	unsigned int nr = skb_is_gso(skb) + skb->sw_hash + !!headroom, i;

	if (!extras)
		return nr;
	memset(extras, 0, nr * sizeof(*extras));
	for (i = 0; i + 1 < nr; i++)
		extras[i].flags = XEN_NETIF_EXTRA_FLAG_MORE;
	if (skb_is_gso(skb))
		add_gso(extras++, skb);
	if (skb->sw_hash)
		add_hash(extras++, skb);
	if (headroom)
		add_xdp(extras, headroom);
	return nr;
}
