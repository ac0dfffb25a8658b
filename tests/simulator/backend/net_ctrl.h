/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control ring of a network device: the frontend asks for what XenStore is
 * too small for, one message at a time. All messages that there are concern the
 * hash of packets (net_hash.h). It may have one; without it nothing is missing.
 */
#ifndef _XSIM_NET_CTRL_H
#define _XSIM_NET_CTRL_H

#include <linux/build_bug.h>
#include <xen/interface/io/netif.h>
#include "../backend.h"
#include "net_hash.h"
#include "ring.h"

struct xsim_back;

union xsim_net_ctrl_slot {
	struct xen_netif_ctrl_request req;
	struct xen_netif_ctrl_response rsp;
};

static_assert(sizeof(union xsim_net_ctrl_slot) == 16);

/**
 * struct xsim_net_ctrl - the control ring, and what it controls
 * @hash: outlives the ring
 * @nr_queues: that a packet may be steered to
 * @area: page of the ring
 * @ring: attached while the frontend is connected, if it has one
 * @port: its doorbell; NULL: it has none
 * @ready: the handler may look at all this; set last
 * @rung: doorbells that were heard
 * @dead: nobody can work with its indexes
 */
struct xsim_net_ctrl {
	struct xsim_net_hash hash;
	unsigned int nr_queues;
	struct xsim_area area;
	struct xsim_ring ring;
	struct xsim_port *port;
	bool ready;
	unsigned int rung;
	bool dead;
};

int xsim_net_ctrl_connect(struct xsim_net_ctrl *ctrl, struct xsim_back *back,
			  unsigned int nr_queues);
void xsim_net_ctrl_disconnect(struct xsim_net_ctrl *ctrl);
void xsim_net_ctrl_kick(struct xsim_net_ctrl *ctrl);

#endif /* _XSIM_NET_CTRL_H */
