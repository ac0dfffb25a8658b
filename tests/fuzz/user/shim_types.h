/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's types that our headers have in theirs; part of shim.h. */
#ifndef _XFZ_USER_SHIM_TYPES_H
#define _XFZ_USER_SHIM_TYPES_H

struct list_head {
	struct list_head *next, *prev;
};

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

struct work_struct {
	int unused;
};

struct delayed_work {
	struct work_struct work;
};

struct tasklet_struct {
	int unused;
};

struct timer_list {
	int unused;
};

struct napi_struct {
	int unused;
};

struct u64_stats_sync {
	int unused;
};

struct mutex {
	int unused;
};

struct device;
struct page;
struct ethtool_ops;
struct gendisk;
struct net_device;
struct netdev_queue;
struct blk_mq_hw_ctx;
struct blk_mq_queue_data;

struct blk_mq_tag_set {
	int unused;
};

struct sk_buff {
	unsigned int len;
	char cb[48];
};

#define BLK_STS_OK	0
#define BLK_STS_NOTSUPP	1
#define BLK_STS_IOERR	10

enum blk_eh_timer_return {
	BLK_EH_DONE,
};

#endif /* _XFZ_USER_SHIM_TYPES_H */
