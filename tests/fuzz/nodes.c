// SPDX-License-Identifier: GPL-2.0-only
/* What a backend says in XenStore: its state, and all its other nodes. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "fuzz.h"

/* Read by the frontends, and some that nobody reads. */
static const char *const disk_nodes[] = {
	"sectors", "sector-size", "physical-sector-size", "info", "mode",
	"feature-flush-cache", "feature-barrier", "feature-persistent",
	"feature-discard", "discard-granularity", "max-ring-page-order",
	"multi-queue-max-queues", "feature-max-indirect-segments", "online"
};

static const char *const card_nodes[] = {
	"feature-sg", "feature-gso-tcpv4", "feature-gso-tcpv6",
	"feature-ipv6-csum-offload", "feature-no-csum-offload",
	"feature-rx-copy", "feature-split-event-channels", "mtu", "mac",
	"multi-queue-max-queues", "feature-ctrl-ring", "online"
};

static const char *pick_node(const struct xfz_device *dev)
{
	if (xfz_is_disk(dev))
		return disk_nodes[xfz_below(ARRAY_SIZE(disk_nodes))];
	return card_nodes[xfz_below(ARRAY_SIZE(card_nodes))];
}

void xfz_jump_state(void)
{
	struct xfz_device *dev = xfz_pick_device();
	char text[8];

	if (!dev)
		return;
	xfz_foul(dev);
	if (xfz_one_in(12)) {
		xfz_trace("%s: state removed", dev->name);
		xsim_store_remove(xfz_back(dev)->dev->path, "state");
		return;
	}
	snprintf(text, sizeof(text), "%u", xfz_below(10));
	xfz_trace("%s: state %s", dev->name, text);
	xsim_store_write(xfz_back(dev)->dev->path, "state",
			 xfz_one_in(12) ? xfz_odd_text() : text);
}

void xfz_rewrite_state(const struct xfz_device *dev)
{
	struct xsim_device *sim = xfz_back(dev)->dev;

	xsim_store_printf(sim->path, "state", "%d", READ_ONCE(sim->state));
}

void xfz_write_node(void)
{
	struct xfz_device *dev = xfz_pick_device();
	const char *node, *value;

	if (!dev)
		return;
	xfz_foul(dev);
	node = pick_node(dev);
	if (xfz_one_in(6)) {
		xfz_trace("%s: %s removed", dev->name, node);
		xsim_store_remove(xfz_back(dev)->dev->path, node);
		return;
	}
	value = xfz_odd_text();
	xfz_trace("%s: %s is '%.24s', %zu bytes", dev->name, node, value,
		  strlen(value));
	xsim_store_write(xfz_back(dev)->dev->path, node, value);
}

/* Said from the start in place of what the backend would say: see back.h. */
unsigned int xfz_odd_nodes(const struct xfz_device *dev,
			   struct xsim_node *nodes, unsigned int max)
{
	static char names[2][48], values[2][64];
	unsigned int i, nr = 0;

	if (xfz_one_in(2) || max < 3)
		return 0;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		bool without = xfz_one_in(4);

		snprintf(names[i], sizeof(names[i]), "%s/%s",
			 without ? "without" : "instead", pick_node(dev));
		strscpy(values[i], xfz_odd_text(), sizeof(values[i]));
		xfz_trace("%s: %s '%.20s'", dev->name, names[i], values[i]);
		nodes[nr].name = names[i];
		nodes[nr++].value = values[i];
	}
	nodes[nr].name = "knob/foul";
	nodes[nr++].value = "1";
	return nr;
}
