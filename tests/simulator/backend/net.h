/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network backend that behaves as xen-netback. What a guest sends on one card
 * is received by all others of the same segment: two cards are a loop.
 *
 * Knobs, with what they are otherwise: segment (0), sg (1), gso4 (1), gso6 (1),
 * csum6 (1), no-csum (0), split (1; 0: both directions share a port), queues (1),
 * ctrl-ring (1), mcast (1), mcast-dynamic (1), xdp (1: room before data), mtu (0:
 * none is told, and any packet passes).
 *
 * What the guest sends is tx, what it receives rx, as in the protocol.
 */
#ifndef _XSIM_NET_H
#define _XSIM_NET_H

#include <linux/bitmap.h>
#include <linux/skbuff.h>
#include <xen/interface/io/netif.h>
#include "back.h"
#include "net_ctrl.h"
#include "net_mcast.h"
#include "net_packet.h"
#include "ring.h"

#define XSIM_NET_QUEUES		4
#define XSIM_NET_RING_SIZE	256
/* Ids of a frontend are indexes of some array; more than this are not told. */
#define XSIM_NET_IDS		1024
/* Packets that wait for buffers of a guest's at most, each queue. */
#define XSIM_NET_BACKLOG	512

union xsim_net_rx_slot {
	struct xen_netif_rx_request req;
	struct xen_netif_rx_response rsp;
	struct xen_netif_extra_info extra;
};

static_assert(sizeof(union xsim_net_rx_slot) == 8);
/* A grant is 4 KiB, and one page of ours is one grant. */
static_assert(PAGE_SIZE == 4096);

/* GSO, HASH and XDP; the others are for the way to us. */
#define XSIM_NET_RX_EXTRAS	3

/**
 * struct xsim_net_queue - a pair of rings
 * @net: device
 * @tx_area: page of the transmit ring
 * @rx_area: page of the receive ring
 * @tx: transmit ring
 * @rx: receive ring
 * @tx_port: doorbell of the transmit ring, or of both
 * @rx_port: doorbell of the receive ring, if it has one of its own
 * @lock: handlers of both ports
 * @ready: handlers may look at all this; set last
 * @tx_rung: doorbells that were heard on @tx_port
 * @rx_rung: the same of @rx_port
 * @dead: we have lied, and say nothing more
 * @in_flight: ids taken and not answered
 * @answered: an id that was answered, if @has_answered
 * @has_answered: there is one
 * @kept: a page that we keep mapped, as a lie
 * @packet: the one at hand
 * @backlog: packets for the guest; has a lock of its own
 */
struct xsim_net_queue {
	struct xsim_net *net;
	struct xsim_area tx_area;
	struct xsim_area rx_area;
	struct xsim_ring tx;
	struct xsim_ring rx;
	struct xsim_port *tx_port;
	struct xsim_port *rx_port;
	struct mutex lock; /* handlers of both ports */
	bool ready;
	unsigned int tx_rung;
	unsigned int rx_rung;
	bool dead;
	DECLARE_BITMAP(in_flight, XSIM_NET_IDS);
	u16 answered;
	bool has_answered;
	struct xsim_map kept;
	struct xsim_net_packet packet;
	struct sk_buff_head backlog;
};

/**
 * struct xsim_net - a device
 * @back: what backends have in common
 * @segment: who is on the same wire
 * @sg: the guest takes packets of several slots
 * @gso4: and large ones, over IPv4
 * @gso6: the same over IPv6
 * @csum4: and packets without checksum, over IPv4
 * @csum6: the same over IPv6
 * @headroom: this much of each page is left free before the data
 * @mtu: what passes at most; 0: anything
 * @carrier: it is up; else it takes no packets, and is not given any
 * @ctrl: control ring, and which queue a packet goes to
 * @mcast: which groups it listens to
 * @nr_queues: how many
 * @queues: while connected
 * @wire: in the list of those who receive (net_wire.c)
 * @sent: packets that the guest sent
 * @received: packets that it was given
 * @dropped: packets it was not given
 * @refused: packets of its own that make no sense
 */
struct xsim_net {
	struct xsim_back back;
	u32 segment;
	bool sg;
	bool gso4;
	bool gso6;
	bool csum4;
	bool csum6;
	u16 headroom;
	u32 mtu;
	bool carrier;
	struct xsim_net_ctrl ctrl;
	struct xsim_net_mcast mcast;
	unsigned int nr_queues;
	struct xsim_net_queue *queues;
	struct list_head wire;
	atomic_t sent;
	atomic_t received;
	atomic_t dropped;
	atomic_t refused;
};

/* net_nodes.c */
void xsim_net_offer(struct xsim_back *back);
void xsim_net_hear_headroom(struct xsim_back *back);
int xsim_net_hear_all(struct xsim_net *net, unsigned int *nr);
int xsim_net_hear_queue(struct xsim_net_queue *q, unsigned int nr_queues,
			u32 ports[2]);

/* net_serve.c */
void xsim_net_tx_event(void *data);
void xsim_net_rx_event(void *data);
void xsim_net_ring_tx(struct xsim_net_queue *q);
void xsim_net_ring_rx(struct xsim_net_queue *q);

/* net_tx.c */
bool xsim_net_tx(struct xsim_net_queue *q);

/* net_parse.c */
int xsim_net_parse(struct xsim_net_queue *q, u32 avail);

/* net_packet.c */
struct sk_buff *xsim_net_build(struct xsim_net_queue *q);
struct sk_buff *xsim_net_suit(const struct xsim_net *net, struct sk_buff *skb);

/* net_rx.c */
bool xsim_net_rx(struct xsim_net_queue *q);
void xsim_net_rx_put(struct xsim_net_queue *q,
		     const struct xen_netif_rx_response *rsp);
void xsim_net_rx_put_extra(struct xsim_net_queue *q,
			   const struct xen_netif_extra_info *extra);
u16 xsim_net_rx_get(struct xsim_net_queue *q, u32 *ref);

/* net_extra.c */
unsigned int xsim_net_rx_extras(const struct sk_buff *skb, u16 headroom,
				struct xen_netif_extra_info *extras);

/* net_tx_lie.c */
void xsim_net_answer(struct xsim_net_queue *q, s16 status);

/* net_rx_lie.c */
bool xsim_net_lie_rx(struct xsim_net_queue *q, u32 avail);

/* net_wire.c */
void xsim_net_wire_join(struct xsim_net *net);
void xsim_net_wire_leave(struct xsim_net *net);
void xsim_net_wire_send(struct xsim_net *from, struct sk_buff *skb);

#endif /* _XSIM_NET_H */
