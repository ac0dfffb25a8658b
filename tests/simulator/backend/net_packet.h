/* SPDX-License-Identifier: GPL-2.0-only */
/* What a guest sends, as slots of its transmit ring. */
#ifndef _XSIM_NET_PACKET_H
#define _XSIM_NET_PACKET_H

#include <linux/build_bug.h>
#include <linux/if_ether.h>
#include <xen/interface/io/netif.h>

union xsim_net_tx_slot {
	struct xen_netif_tx_request req;
	struct xen_netif_extra_info extra;
	struct xen_netif_tx_response rsp;
};

static_assert(sizeof(union xsim_net_tx_slot) == 12);

/**
 * struct xsim_net_packet - a packet on the transmit ring
 * @slots: its slots, of either kind
 * @nr_slots: how many
 * @nr_extras: extra slots among them: all but the first of the first ones
 * @len: of the packet
 * @first_len: of what is in its first slot
 * @gso_type: XEN_NETIF_GSO_TYPE_*
 * @gso_size: of a segment
 * @mcast_type: if not 0 it is no packet: XEN_NETIF_EXTRA_TYPE_MCAST_*
 * @mcast: the address to be added or removed
 */
struct xsim_net_packet {
	union xsim_net_tx_slot slots[XEN_NETIF_NR_SLOTS_MIN +
				     XEN_NETIF_EXTRA_TYPE_MAX];
	unsigned int nr_slots;
	unsigned int nr_extras;
	u32 len;
	u32 first_len;
	u8 gso_type;
	u16 gso_size;
	u8 mcast_type;
	u8 mcast[ETH_ALEN];
};

#endif /* _XSIM_NET_PACKET_H */
