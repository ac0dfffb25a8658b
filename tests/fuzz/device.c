// SPDX-License-Identifier: GPL-2.0-only
/* Devices: they come, change, are bound anew, and go; how their backends behave. */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/string.h>

#include "fuzz.h"

#define NODES_MAX 12

/* A detach that is not waited for to the end. */
#define IMPATIENCE_MS 300

struct xfz_device xfz_devices[XFZ_DEVICES] = {
	{ .type = "vbd", .id = 51712, .name = "vbd-51712" },
	{ .type = "vbd", .id = 51728, .name = "vbd-51728" },
	{ .type = "vif", .id = 0, .name = "vif-0" },
	{ .type = "vif", .id = 1, .name = "vif-1" },
};

/**
 * struct knob - a setting of a backend's
 * @name: its node
 * @limit: value is below that
 */
struct knob {
	const char *name;
	u32 limit;
};

static const struct knob disk_knobs[] = {
	{ "knob/delay", 3 },
	{ "knob/reverse", 2 },
	{ "knob/ring-order", 5 },
	{ "knob/flush", 3 },
	{ "knob/discard", 2 },
	{ "knob/read-only", 2 },
	{ "knob/removable", 2 },
	{ "knob/persistent", 2 },
};

static const struct knob card_knobs[] = {
	{ "knob/delay", 2 },
	{ "knob/sg", 2 },
	{ "knob/gso4", 2 },
	{ "knob/gso6", 2 },
	{ "knob/csum6", 2 },
	{ "knob/no-csum", 2 },
};

bool xfz_is_disk(const struct xfz_device *dev)
{
	return dev < xfz_devices + XFZ_DISKS;
}

static struct xfz_device *pick(bool there)
{
	unsigned int i, first = xfz_below(XFZ_DEVICES);

	for (i = 0; i < XFZ_DEVICES; i++) {
		struct xfz_device *dev = &xfz_devices[(first + i) % XFZ_DEVICES];

		if (dev->there == there)
			return dev;
	}
	return NULL;
}

struct xfz_device *xfz_pick_device(void)
{
	return pick(true);
}

struct xsim_back *xfz_back(const struct xfz_device *dev)
{
	return xsim_device_find(dev->type, dev->id)->priv;
}

void xfz_foul(const struct xfz_device *dev)
{
	WRITE_ONCE(xfz_back(dev)->foul, true);
}

/* The bus is not ours to name: it is that of a card or of nobody. */
static struct device *find_on_bus(const struct xfz_device *dev)
{
	static typeof(((struct device *)NULL)->bus) bus;
	unsigned int i;

	for (i = XFZ_DISKS; !bus && i < XFZ_DEVICES; i++) {
		struct net_device *card = xfz_card(&xfz_devices[i]);

		if (!card)
			continue;
		bus = card->dev.parent->bus;
		dev_put(card);
	}
	return bus ? bus_find_device_by_name(bus, NULL, dev->name) : NULL;
}

bool xfz_guest_has(const struct xfz_device *dev)
{
	struct device *found = find_on_bus(dev);

	put_device(found);
	return found;
}

static bool is_driven(const struct xfz_device *dev)
{
	struct device *found = find_on_bus(dev);
	bool driven = found && READ_ONCE(found->driver);

	put_device(found);
	return driven;
}

static unsigned int add_knobs(const struct xfz_device *dev,
			      struct xsim_node *nodes, unsigned int max)
{
	static const char *const digits[] = { "0", "1", "2", "3", "4" };
	const struct knob *knobs = disk_knobs;
	u32 i, nr = 0, all = ARRAY_SIZE(disk_knobs);

	if (!xfz_is_disk(dev)) {
		knobs = card_knobs;
		all = ARRAY_SIZE(card_knobs);
	}
	for (i = 0; i < all && nr < max; i++) {
		if (!xfz_one_in(3))
			continue;
		nodes[nr].name = knobs[i].name;
		nodes[nr++].value = digits[xfz_below(knobs[i].limit)];
	}
	return nr;
}

static void frontend_nodes(const struct xfz_device *dev, struct xsim_node *nodes)
{
	if (!xfz_is_disk(dev)) {
		nodes[0].name = "mac";
		nodes[0].value = dev->id ? "00:16:3e:00:00:02" :
					   "00:16:3e:00:00:01";
		return;
	}
	nodes[0].name = "virtual-device";
	nodes[0].value = dev->id == 51712 ? "51712" : "51728";
	nodes[1].name = "device-type";
	nodes[1].value = "disk";
}

static void create(struct xfz_device *dev, bool odd)
{
	struct xsim_node back[NODES_MAX + 1] = {}, front[3] = {};
	unsigned int nr = 0;
	int err;

	frontend_nodes(dev, front);
	if (odd) {
		nr = add_knobs(dev, back, NODES_MAX / 2);
		nr += xfz_odd_nodes(dev, back + nr, NODES_MAX - nr);
	}
	/* What the toolstack says is not the peer's, and may be wrong all the same. */
	if (odd && xfz_one_in(16))
		front[0].value = xfz_odd_text();
	err = xsim_device_create(dev->type, dev->id, back, front);
	xfz_trace("attach %s, %u nodes of the backend's, %s '%.20s': %d", dev->name,
		  nr, front[0].name, front[0].value, err);
	dev->there = !err;
}

void xfz_attach(void)
{
	struct xfz_device *dev = pick(false);

	if (dev)
		create(dev, true);
}

static void wait_for(const struct xfz_device *dev, unsigned int ms)
{
	int err = xsim_device_wait_connected(dev->type, dev->id, ms);

	xfz_trace("await %s: %d", dev->name, err);
	if (!err && !xfz_is_disk(dev))
		xfz_net_up(dev);
}

void xfz_attach_honest(void)
{
	struct xfz_device *dev = pick(false);

	if (!dev)
		return;
	create(dev, false);
	if (dev->there)
		wait_for(dev, 2000);
}

void xfz_await(void)
{
	struct xfz_device *dev = xfz_pick_device();

	if (dev)
		wait_for(dev, 200 + xfz_below(800));
}

void xfz_detach(void)
{
	struct xfz_device *dev = xfz_pick_device();
	unsigned int ms = xfz_one_in(2) ? IMPATIENCE_MS : 0;
	int err;

	if (!dev)
		return;
	err = xsim_device_destroy(dev->type, dev->id, ms);
	xfz_trace("detach %s, %u ms: %d", dev->name, ms, err);
	if (!err)
		dev->there = false;
}

/* A device with a driver goes when it is asked to, whatever its backend has done. */
static void detach_for_good(struct xfz_device *dev)
{
	bool force = xfz_one_in(3) || !is_driven(dev);
	int err;

	if (!force) {
		xfz_rewrite_state(dev);
		err = xsim_device_destroy(dev->type, dev->id, XFZ_PATIENCE_MS);
		if (err)
			xfz_fail("%s does not close when it is detached",
				 dev->name);
		force = err;
	}
	if (force)
		xsim_device_destroy(dev->type, dev->id, 0);
	dev->there = false;
}

void xfz_detach_all(void)
{
	unsigned int i;

	for (i = 0; i < XFZ_DEVICES; i++) {
		if (xfz_devices[i].there)
			detach_for_good(&xfz_devices[i]);
	}
}

void xfz_lie(void)
{
	enum xsim_lie lie = 1 + xfz_below(XSIM_LIES - 1);
	unsigned int way = xfz_below(XSIM_WAYS), after = xfz_below(8);
	struct xfz_device *dev = xfz_pick_device();

	if (!dev)
		return;
	if (xfz_is_disk(dev))
		way = XSIM_WAY_TX;
	xsim_lies_arm(&xfz_back(dev)->lies, way, lie, after);
	xfz_trace("%s is to lie: %s, way %u, after %u", dev->name,
		  xsim_lie_name(lie), way, after);
}

void xfz_behave(void)
{
	struct xfz_device *dev = xfz_pick_device();
	struct xsim_back *back;

	if (!dev)
		return;
	back = xfz_back(dev);
	WRITE_ONCE(back->reverse, xfz_one_in(2));
	WRITE_ONCE(back->delay_ms, xfz_below(4));
	WRITE_ONCE(back->silent, xfz_one_in(6));
	/* What is looked at in the end, the frontend may have given up. */
	if (back->silent)
		xfz_foul(dev);
	xfz_trace("%s: reverse %d, delay %u, silent %d", dev->name,
		  back->reverse, back->delay_ms, back->silent);
}

void xfz_restart(void)
{
	struct xfz_device *dev = xfz_pick_device();

	if (!dev)
		return;
	xfz_trace("restart %s", dev->name);
	xsim_back_restart(xfz_back(dev));
}

void xfz_resize(void)
{
	struct xfz_device *dev = xfz_pick_device();
	u64 sectors = 8 * (1 + xfz_below(8192));

	if (!dev || !xfz_is_disk(dev))
		return;
	xfz_trace("resize %s to %llu sectors", dev->name, sectors);
	xfz_back(dev)->ops->resize(xfz_back(dev), sectors);
}

void xfz_rebind(void)
{
	struct xfz_device *dev = xfz_pick_device();
	struct device *found = dev ? find_on_bus(dev) : NULL;
	int bound;

	if (!found)
		return;
	device_release_driver(found);
	bound = device_attach(found);
	xfz_trace("bind %s anew: %d", dev->name, bound);
	put_device(found);
}
