/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which queue a packet for the guest goes to. A frontend that has a control ring
 * (net_ctrl.h) can have a hash of its own choice computed, and a table that maps
 * hashes to queues; it is then told the hash of each packet. Else it is a
 * backend's own affair.
 */
#ifndef _XSIM_NET_HASH_H
#define _XSIM_NET_HASH_H

#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <xen/interface/io/netif.h>

/* As large as xen-netback has them. */
#define XSIM_NET_HASH_KEY	40
#define XSIM_NET_HASH_MAPPING	128

/* The kinds of hash that there are. */
#define XSIM_NET_HASH_TYPES						   \
	(XEN_NETIF_CTRL_HASH_TYPE_IPV4 | XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP | \
	 XEN_NETIF_CTRL_HASH_TYPE_IPV6 | XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP)

/**
 * struct xsim_net_hash - what the frontend has asked for
 * @lock: for the rest: packets come while it is changed
 * @algorithm: XEN_NETIF_CTRL_HASH_ALGORITHM_*
 * @types: XEN_NETIF_CTRL_HASH_TYPE_*, of which packets there is a hash
 * @key: zeroes behind its end
 * @size: entries of @mapping; 0: the hash modulo the number of queues
 * @mapping: queue of a hash modulo @size
 *
 * As in xen-netback it outlives the connection it was made over.
 */
struct xsim_net_hash {
	struct mutex lock; /* for the rest: packets come while it is changed */
	u32 algorithm;
	u32 types;
	u8 key[XSIM_NET_HASH_KEY];
	u32 size;
	u32 mapping[XSIM_NET_HASH_MAPPING];
};

void xsim_net_hash_init(struct xsim_net_hash *hash);
void xsim_net_hash_forget(struct xsim_net_hash *hash);
u32 xsim_net_toeplitz(const u8 key[XSIM_NET_HASH_KEY], const u8 *data,
		      unsigned int len);
unsigned int xsim_net_hash_steer(struct xsim_net_hash *hash,
				 struct sk_buff *skb, unsigned int nr_queues);
u8 xsim_net_hash_type(const struct sk_buff *skb);

#endif /* _XSIM_NET_HASH_H */
