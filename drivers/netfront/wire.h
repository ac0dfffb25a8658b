/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What netfront and netback write into their two rings (Xen's public
 * io/netif.h), as accessors over <xpv/ring.h>.
 */
#ifndef _XNF_WIRE_H
#define _XNF_WIRE_H

#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <xen/interface/xen.h>
#include <xen/interface/io/netif.h>
#include <xpv/ring.h>

/* One page holds a ring; the protocol knows no larger one. */
#define XNF_RING_SIZE 256

/* Data slots of one packet that every peer takes, in either direction. */
#define XNF_PACKET_SLOTS XEN_NETIF_NR_SLOTS_MIN

/* A slot carries data, or one piece of extra information on the packet. */
union xnf_tx_req {
	struct xen_netif_tx_request data;
	struct xen_netif_extra_info extra;
};

union xnf_rx_rsp {
	struct xen_netif_rx_response data;
	struct xen_netif_extra_info extra;
};

XPV_RING_TYPE(xnf_tx_ring, union xnf_tx_req, struct xen_netif_tx_response)
XPV_RING_TYPE(xnf_rx_ring, struct xen_netif_rx_request, union xnf_rx_rsp)

static_assert(sizeof(union xnf_tx_ring_slot) == 12);
static_assert(sizeof(union xnf_rx_ring_slot) == 8);
static_assert(sizeof(struct xen_netif_tx_response) == 4);
/* A grant is 4 KiB, and one page of ours is one grant. */
static_assert(PAGE_SIZE == 4096);

#endif /* _XNF_WIRE_H */
