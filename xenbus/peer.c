// SPDX-License-Identifier: GPL-2.0-only
/* What a backend offers, read strictly from its directory. */
#include <compat/linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "internal.h"

int xpv_bus_peer_uint(struct xpv_device *xdev, const char *node, u64 max,
		      u64 *value)
{
	return xpv_xs_read_uint(NULL, xdev->otherend, node, max, value);
}
XPV_EXPORT_SYMBOL(xpv_bus_peer_uint);

u32 xpv_bus_peer_limit(struct xpv_device *xdev, const char *node, u32 absent,
		       u32 max)
{
	u64 value = absent;
	int err = xpv_bus_peer_uint(xdev, node, U64_MAX, &value);

	if (err && err != -ENOENT)
		dev_notice(xdev->dev,
			   "the backend's %s is malformed: taken as absent\n",
			   node);
	return min_t(u64, value, max);
}
XPV_EXPORT_SYMBOL(xpv_bus_peer_limit);

bool xpv_bus_peer_feature(struct xpv_device *xdev, const char *node)
{
	return xpv_bus_peer_limit(xdev, node, 0, 1);
}
XPV_EXPORT_SYMBOL(xpv_bus_peer_feature);
