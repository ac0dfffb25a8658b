/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Multicast control: a frontend that has asked for it is given no packets to
 * groups but those in a list, which it changes by requests on its transmit rings
 * that are no packets (net_parse.c). Broadcasts are not concerned.
 */
#ifndef _XSIM_NET_MCAST_H
#define _XSIM_NET_MCAST_H

#include <linux/if_ether.h>
#include <linux/mutex.h>
#include "../backend.h"

struct xsim_back;

/* XEN_NETBK_MCAST_MAX of xen-netback */
#define XSIM_NET_MCAST	64

/**
 * struct xsim_net_mcast - what the frontend wants of groups
 * @lock: for @nr and @groups: queues change them, and packets come
 * @offered: the frontend may change the list
 * @wanted: groups that are not in the list are filtered
 * @nr: how many
 * @groups: addresses; one that was added twice is there twice, as in xen-netback
 * @back: device, while connected
 * @watch: on whether it is wanted, if that may change; its path is ours
 */
struct xsim_net_mcast {
	struct mutex lock; /* for @nr and @groups */
	bool offered;
	bool wanted;
	unsigned int nr;
	u8 groups[XSIM_NET_MCAST][ETH_ALEN];
	struct xsim_back *back;
	struct xsim_watch watch;
};

void xsim_net_mcast_init(struct xsim_net_mcast *mcast);
int xsim_net_mcast_connect(struct xsim_net_mcast *mcast,
			   struct xsim_back *back);
void xsim_net_mcast_disconnect(struct xsim_net_mcast *mcast);
int xsim_net_mcast_add(struct xsim_net_mcast *mcast, const u8 *addr);
void xsim_net_mcast_del(struct xsim_net_mcast *mcast, const u8 *addr);
bool xsim_net_mcast_passes(struct xsim_net_mcast *mcast, const u8 *addr);

#endif /* _XSIM_NET_MCAST_H */
