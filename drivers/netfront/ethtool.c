// SPDX-License-Identifier: GPL-2.0-only
/* What ethtool shows. Reads counters; changes nothing. */
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/string.h>
#include "netfront.h"

/**
 * struct counter - one line of ethtool -S, for each queue
 * @name: what follows "q0_"
 * @offset: of the counter in struct xnf_queue
 */
struct counter {
	const char *name;
	size_t offset;
};

#define COUNTER(dir, field)                                                  \
	{                                                                    \
#dir "_" #field, offsetof(struct xnf_queue, dir.stats.field) \
	}

static const struct counter counters[] = {
	COUNTER(tx, packets),
	COUNTER(tx, bytes),
	COUNTER(tx, errors),
	COUNTER(tx, dropped),
	COUNTER(tx, stops),
	COUNTER(tx, copied),
	COUNTER(tx, bounced),
	COUNTER(tx, doorbells),
	COUNTER(rx, packets),
	COUNTER(rx, bytes),
	COUNTER(rx, errors),
	COUNTER(rx, dropped),
	COUNTER(rx, copied),
	COUNTER(rx, starved),
	COUNTER(rx, doorbells),
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	const struct xnf_front *front = netdev_priv(dev);

	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->bus_info, dev_name(front->xdev->dev),
		sizeof(info->bus_info));
}

static void get_channels(struct net_device *dev, struct ethtool_channels *channels)
{
	const struct xnf_front *front = netdev_priv(dev);

	channels->max_combined = front->nr_queues;
	channels->combined_count = front->nr_used;
}

static int get_sset_count(struct net_device *dev, int set)
{
	const struct xnf_front *front = netdev_priv(dev);

	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return front->nr_queues * ARRAY_SIZE(counters);
}

static void get_strings(struct net_device *dev, u32 set, u8 *data)
{
	struct xnf_front *front = netdev_priv(dev);
	struct xnf_queue *q;
	unsigned int i;

	if (set != ETH_SS_STATS)
		return;
	xnf_for_each_queue(q, front) {
		for (i = 0; i < ARRAY_SIZE(counters); i++)
			ethtool_sprintf(&data, "q%u_%s", q->id,
					counters[i].name);
	}
}

/* Each counter is one 64-bit word, read whole on the machines Xen runs on. */
static void get_stats(struct net_device *dev, struct ethtool_stats *stats,
		      u64 *data)
{
	struct xnf_front *front = netdev_priv(dev);
	struct xnf_queue *q;
	unsigned int i;

	xnf_for_each_queue(q, front) {
		for (i = 0; i < ARRAY_SIZE(counters); i++) {
			const void *counter =
				(const char *)q + counters[i].offset;

			*data++ = u64_stats_read(counter);
		}
	}
}

const struct ethtool_ops xnf_ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_channels = get_channels,
	.get_link = ethtool_op_get_link,
	.get_ts_info = ethtool_op_get_ts_info,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_stats,
};
