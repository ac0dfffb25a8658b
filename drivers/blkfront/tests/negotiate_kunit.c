// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xbf_negotiate: what is read of XenStore's nodes, and what is written
 * (negotiate.c). XenStore is a fake, with what a case puts into it.
 */
#define xbf_read_identity tested_xbf_read_identity
#define xbf_write_nodes tested_xbf_write_nodes
#define xbf_read_size tested_xbf_read_size
#define xbf_read_properties tested_xbf_read_properties

#include <tests/kunit/suite.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <tests/kunit/store_steps.h>

#include "../blkfront.h"

#define DIR "device/vbd/51712"
#define PEER "/local/domain/0/backend/vbd/7/51712"
#define NODES 16
#define QUEUES 3
#define REF 500
#define PORT 70

/**
 * struct node - what XenStore has
 * @name: empty for the end of a list
 * @value: a number
 * @err: reading it ends with that
 */
struct node {
	const char *name;
	u64 value;
	int err;
};

/**
 * struct store - XenStore, and the bus
 * @nodes: to be read
 * @mode: text of that node, NULL if it is absent
 * @stray: nodes that are none of a disk's
 * @fatal: faults told to the peer
 * @said: the last of them
 * @persist: what the admin says of persistent grants
 */
struct store {
	struct node nodes[NODES];
	const char *mode;
	unsigned int stray;
	unsigned int fatal;
	char said[96];
	bool persist;
};

static struct store store;
static struct xbf_device *dev;

static const struct node *find(const char *name)
{
	const struct node *node;

	for (node = store.nodes; node->name; node++)
		if (!strcmp(node->name, name))
			return node;
	return NULL;
}

static int fake_uint(const char *name, u64 max, u64 *value)
{
	const struct node *node = find(name);

	if (!node)
		return -ENOENT;
	if (node->err)
		return node->err;
	if (node->value > max)
		return -ERANGE;
	*value = node->value;
	return 0;
}

static int fake_own_uint(const char *dir, const char *name, u64 max, u64 *value)
{
	store.stray += !!strcmp(dir, DIR);
	return fake_uint(name, max, value);
}

static bool fake_feature(const char *name)
{
	u64 value;

	return !fake_uint(name, U64_MAX, &value) && value;
}

static int fake_read(const char *dir, const char *name, char **value)
{
	store.stray += strcmp(dir, PEER) || strcmp(name, "mode");
	if (!store.mode)
		return -ENOENT;
	*value = kstrdup(store.mode, GFP_KERNEL);
	return *value ? 0 : -ENOMEM;
}

__printf(2, 3)
static int fake_fatal(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(store.said, sizeof(store.said), fmt, args);
	va_end(args);
	store.fatal++;
	return err;
}

/* Only what xbf_read_identity() passes on is of interest. */
static int fake_parse(u64 number, struct xbf_vdev *vdev)
{
	if (number == U32_MAX)
		return -EINVAL;
	vdev->first_minor = number;
	return 0;
}

#define xpv_xs_read(txn, dir, node, value) fake_read(dir, node, value)
#define xpv_xs_read_uint(txn, dir, node, max, value) \
	fake_own_uint(dir, node, max, value)
#define xpv_bus_peer_uint(xdev, node, max, value) fake_uint(node, max, value)
#define xpv_bus_peer_feature(xdev, node) fake_feature(node)
#define xpv_bus_fatal(xdev, err, ...)		fake_fatal(err, __VA_ARGS__)
#define xbf_vdev_parse fake_parse
#define xbf_may_persist() store.persist
#undef dev_err
#define dev_err(dev, ...) ((void)(dev))

#include "../negotiate.c"

static int init(struct kunit *test)
{
	store = (struct store){ .persist = true };
	steps = (struct steps){ .dir = DIR };
	dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	dev->xdev = kunit_kzalloc(test, sizeof(*dev->xdev), GFP_KERNEL);
	dev->queues = kunit_kcalloc(test, QUEUES, sizeof(*dev->queues),
				    GFP_KERNEL);
	if (!dev->xdev || !dev->queues)
		return -ENOMEM;
	dev->xdev->nodename = DIR;
	dev->xdev->otherend = PEER;
	return 0;
}

/**
 * struct identity - which disk it is
 * @name: of the case
 * @nodename: of our folder
 * @nodes: in it
 * @err: the disk is refused
 * @number: of the disk
 * @handle: in requests
 */
struct identity {
	const char *name;
	const char *nodename;
	struct node nodes[3];
	int err;
	unsigned int number;
	unsigned int handle;
};

/* clang-format joins what a nested list follows, however long. */
/* clang-format off */
static const struct identity identities[] = {
	{ "plain", DIR, { { "virtual-device", 51712 } }, 0, 51712, 51712 },
	{ "extended", DIR, { { "virtual-device-ext", 1U << 28 } }, 0, 1U << 28, 51712 },
	{ "both", DIR, { { "virtual-device", 768 }, { "virtual-device-ext", 5 } }, 0,
	  768, 51712 },
	{ "a handle of more than 16 bits", "device/vbd/268435457",
	  { { "virtual-device", 9 } }, 0, 9, 1 },
	{ "no number for a handle", "device/vbd/x", { { "virtual-device", 9 } }, 0, 9, 0 },
	{ "no folder", "vbd", { { "virtual-device", 9 } }, 0, 9, 0 },
	{ "neither", DIR, {}, -ENOENT },
	{ "too large", DIR, { { "virtual-device", 1ULL << 32 } }, -ERANGE },
	{ "malformed, and extended", DIR,
	  { { "virtual-device", .err = -EINVAL }, { "virtual-device-ext", 5 } }, -EINVAL },
	{ "extended, malformed", DIR, { { "virtual-device-ext", .err = -EINVAL } },
	  -EINVAL },
	{ "of no known scheme", DIR, { { "virtual-device", U32_MAX } }, -EINVAL },
};

/* clang-format on */

static void describe_identity(const struct identity *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(identity, identities, describe_identity);

static void a_disk_is_known_by_its_number(struct kunit *test)
{
	const struct identity *c = test->param_value;

	memcpy(store.nodes, c->nodes, sizeof(c->nodes));
	dev->xdev->nodename = c->nodename;
	KUNIT_EXPECT_EQ(test, xbf_read_identity(dev), c->err);
	KUNIT_EXPECT_EQ(test, dev->vdev.first_minor, c->number);
	KUNIT_EXPECT_EQ(test, dev->handle, c->handle);
}

/**
 * struct disk - what a backend says, and what is made of it
 * @name: of the case
 * @nodes: of the backend
 * @mode: of the toolstack
 * @err: the backend is refused
 * @prop: is all that was read
 * @why: what is said of it
 */
struct disk {
	const char *name;
	struct node nodes[8];
	const char *mode;
	int err;
	struct xbf_properties prop;
	const char *why;
};

/* clang-format off */
#define SIZE(n)		{ "sectors", n }
#define SECTOR(n)	{ "sector-size", n }
#define PHYSICAL(n)	{ "physical-sector-size", n }

static const struct disk disks[] = {
	{ "plain", { SIZE(100), SECTOR(512) }, .prop = { 100, 512, 512 } },
	{ "4 KiB", { SIZE(800), SECTOR(4096) }, .prop = { 800, 4096, 4096 } },
	{ "4 KiB, and a bit", { SIZE(807), SECTOR(4096) }, .prop = { 800, 4096, 4096 } },
	{ "4 KiB, emulated", { SIZE(80), SECTOR(512), PHYSICAL(4096) },
	  .prop = { 80, 512, 4096 } },
	{ "largest", { SIZE(SECTORS_MAX), SECTOR(512) },
	  .prop = { SECTORS_MAX, 512, 512 } },
	{ "read-only", { SIZE(9), SECTOR(512), { "info", VDISK_READONLY } },
	  .prop = { 9, 512, 512, .read_only = true } },
	{ "read-only by mode", { SIZE(9), SECTOR(512) }, "r",
	  .prop = { 9, 512, 512, .read_only = true } },
	{ "to be written by mode", { SIZE(9), SECTOR(512) }, "w",
	  .prop = { 9, 512, 512 } },
	{ "empty mode", { SIZE(9), SECTOR(512) }, "", .prop = { 9, 512, 512 } },
	{ "CD", { SIZE(9), SECTOR(512), { "info", VDISK_CDROM } },
	  .prop = { 9, 512, 512, .removable = true } },
	{ "removable",
	  { SIZE(9), SECTOR(512), { "info", VDISK_REMOVABLE | VDISK_READONLY } },
	  .prop = { 9, 512, 512, .removable = true, .read_only = true } },
	{ "flush", { SIZE(9), SECTOR(512), { "feature-flush-cache", 1 } },
	  .prop = { 9, 512, 512, .flush_op = BLKIF_OP_FLUSH_DISKCACHE } },
	{ "barrier", { SIZE(9), SECTOR(512), { "feature-barrier", 1 } },
	  .prop = { 9, 512, 512, .flush_op = BLKIF_OP_WRITE_BARRIER } },
	{ "flush and barrier",
	  { SIZE(9), SECTOR(512), { "feature-barrier", 1 }, { "feature-flush-cache", 1 } },
	  .prop = { 9, 512, 512, .flush_op = BLKIF_OP_FLUSH_DISKCACHE } },
	{ "flush denied", { SIZE(9), SECTOR(512), { "feature-flush-cache", 0 } },
	  .prop = { 9, 512, 512 } },
	{ "persistent", { SIZE(9), SECTOR(512), { "feature-persistent", 1 } },
	  .prop = { 9, 512, 512, .persistent = true } },
	{ "no size", { SECTOR(512) }, .err = -ENOENT, .why = "backend's sectors is missing" },
	{ "size of 0", { SIZE(0), SECTOR(512) }, .err = -ENOSPC,
	  .why = "backend's sectors is less than one sector" },
	{ "size of less than a sector", { SIZE(7), SECTOR(4096) }, .err = -ENOSPC },
	{ "a size that overflows", { SIZE(SECTORS_MAX + 1), SECTOR(512) },
	  .err = -ERANGE, .why = "backend's sectors is too large" },
	{ "malformed size", { { "sectors", .err = -EINVAL }, SECTOR(512) },
	  .err = -EINVAL, .why = "backend's sectors is not a number" },
	{ "unreadable size", { { "sectors", .err = -EIO }, SECTOR(512) }, .err = -EIO,
	  .why = "backend's sectors is unreadable" },
	{ "no sector size", { SIZE(9) }, .err = -ENOENT,
	  .why = "backend's sector-size is missing" },
	{ "sector size of 0", { SIZE(9), SECTOR(0) }, .err = -EINVAL },
	{ "sector size of 256", { SIZE(9), SECTOR(256) }, .err = -EINVAL },
	{ "sector size of 1000", { SIZE(9), SECTOR(1000) }, .err = -EINVAL,
	  .why = "backend's sector-size is 1000" },
	{ "sector size of 8192", { SIZE(99), SECTOR(8192) }, .err = -EINVAL },
	{ "sector size beyond 32 bits", { SIZE(99), SECTOR(1ULL << 41) }, .err = -ERANGE },
	{ "physically less", { SIZE(99), SECTOR(4096), PHYSICAL(512) }, .err = -EINVAL,
	  .why = "physical-sector-size is 512" },
	{ "physically odd", { SIZE(99), SECTOR(512), PHYSICAL(5000) }, .err = -EINVAL },
	{ "physically malformed",
	  { SIZE(99), SECTOR(512), { "physical-sector-size", .err = -EINVAL } },
	  .err = -EINVAL },
	{ "malformed info", { SIZE(9), SECTOR(512), { "info", .err = -EINVAL } },
	  .err = -EINVAL, .why = "info is not a number" },
};

/* clang-format on */

static void describe_disk(const struct disk *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(disk, disks, describe_disk);

static void a_backend_is_read_strictly(struct kunit *test)
{
	const struct disk *c = test->param_value;
	struct xbf_properties prop = {};

	memcpy(store.nodes, c->nodes, sizeof(c->nodes));
	store.mode = c->mode;
	KUNIT_EXPECT_EQ(test, xbf_read_properties(dev, &prop), c->err);
	KUNIT_EXPECT_EQ(test, store.fatal, c->err ? 1 : 0);
	KUNIT_EXPECT_EQ(test, store.stray, 0);
	if (c->why)
		KUNIT_EXPECT_NOT_NULL(test, strstr(store.said, c->why));
	if (c->err)
		return;
	KUNIT_EXPECT_EQ(test, prop.sectors, c->prop.sectors);
	KUNIT_EXPECT_EQ(test, prop.sector_size, c->prop.sector_size);
	KUNIT_EXPECT_EQ(test, prop.physical_sector_size,
			c->prop.physical_sector_size);
	KUNIT_EXPECT_EQ(test, prop.flush_op, c->prop.flush_op);
	KUNIT_EXPECT_EQ(test, prop.read_only, c->prop.read_only);
	KUNIT_EXPECT_EQ(test, prop.removable, c->prop.removable);
	KUNIT_EXPECT_EQ(test, prop.persistent, c->prop.persistent);
}

static void pages_persist_if_both_agree(struct kunit *test)
{
	static const struct node nodes[] = { SIZE(9),
					     SECTOR(512),
					     { "feature-persistent", 1 } };
	struct xbf_properties prop;

	memcpy(store.nodes, nodes, sizeof(nodes));
	store.persist = false;
	KUNIT_ASSERT_EQ(test, xbf_read_properties(dev, &prop), 0);
	KUNIT_EXPECT_FALSE(test, prop.persistent);
	store.persist = true;
	KUNIT_ASSERT_EQ(test, xbf_read_properties(dev, &prop), 0);
	KUNIT_EXPECT_TRUE(test, prop.persistent);
}

static void a_size_is_kept_on_error(struct kunit *test)
{
	u64 sectors = 123;

	KUNIT_EXPECT_EQ(test, xbf_read_size(dev, 512, &sectors), -ENOENT);
	store.nodes[0] = (struct node)SIZE(7);
	KUNIT_EXPECT_EQ(test, xbf_read_size(dev, 4096, &sectors), -ENOSPC);
	KUNIT_EXPECT_EQ(test, sectors, 123);
	KUNIT_EXPECT_EQ(test, xbf_read_size(dev, 512, &sectors), 0);
	KUNIT_EXPECT_EQ(test, sectors, 7);
	KUNIT_EXPECT_EQ(test, store.fatal, 0);
}

static void make_queue(unsigned int id, unsigned int pages)
{
	struct xbf_queue *q = &dev->queues[id];
	unsigned int i;

	q->dev = dev;
	q->id = id;
	q->area.nr_pages = pages;
	for (i = 0; i < pages; i++)
		q->area.refs[i] = xpv_gref(REF + pages * id + i);
	q->evtchn.port = xpv_port(PORT + id);
}

/* Of so many pages each, with references in a row. */
static void make_rings(unsigned int queues, unsigned int pages)
{
	unsigned int id;

	dev->nr_queues = queues;
	for (id = 0; id < queues; id++)
		make_queue(id, pages);
}

static void a_ring_of_one_page_has_the_old_name(struct kunit *test)
{
	make_rings(1, 1);
	KUNIT_ASSERT_EQ(test, xbf_write_nodes(dev), 0);
	KUNIT_EXPECT_EQ(test, steps.nr, 7);
	KUNIT_EXPECT_STREQ(test, steps.all[0].node, "state");
	KUNIT_EXPECT_EQ(test, count_steps("ring-page-order", ""), 1);
	KUNIT_EXPECT_EQ(test, count_steps("multi-queue-num-queues", ""), 1);
	KUNIT_EXPECT_EQ(test, count_steps("ring-ref", "500"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("event-channel", "70"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("feature-persistent", "1"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("protocol", "x86_64-abi"), 1);
	KUNIT_EXPECT_EQ(test, steps.stray, 0);
}

static void a_larger_ring_has_numbered_pages(struct kunit *test)
{
	char node[16], value[16];
	unsigned int i;

	make_rings(1, 16);
	store.persist = false;
	KUNIT_ASSERT_EQ(test, xbf_write_nodes(dev), 0);
	KUNIT_EXPECT_EQ(test, steps.nr, 22);
	KUNIT_EXPECT_EQ(test, count_steps("ring-page-order", "4"), 1);
	for (i = 0; i < 16; i++) {
		snprintf(node, sizeof(node), "ring-ref%u", i);
		snprintf(value, sizeof(value), "%u", REF + i);
		KUNIT_EXPECT_EQ(test, count_steps(node, value), 1);
	}
	KUNIT_EXPECT_EQ(test, count_steps("feature-persistent", "0"), 1);
	KUNIT_EXPECT_EQ(test, steps.stray, 0);
}

/* What an earlier frontend left in a folder would be taken for ours. */
static void expect_folder(struct kunit *test, unsigned int id)
{
	char node[32], value[16];

	snprintf(node, sizeof(node), "queue-%u", id);
	KUNIT_EXPECT_EQ(test, count_steps(node, ""), 1);
	snprintf(node, sizeof(node), "queue-%u/event-channel", id);
	snprintf(value, sizeof(value), "%u", PORT + id);
	KUNIT_EXPECT_EQ(test, count_steps(node, value), 1);
}

static void several_queues_have_folders(struct kunit *test)
{
	unsigned int id;

	make_rings(QUEUES, 1);
	KUNIT_ASSERT_EQ(test, xbf_write_nodes(dev), 0);
	KUNIT_EXPECT_EQ(test, steps.nr, 5 + 3 * QUEUES);
	KUNIT_EXPECT_EQ(test, count_steps("multi-queue-num-queues", "3"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("ring-page-order", ""), 1);
	for (id = 0; id < QUEUES; id++)
		expect_folder(test, id);
	KUNIT_EXPECT_EQ(test, count_steps("queue-0/ring-ref", "500"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("queue-2/ring-ref", "502"), 1);
	KUNIT_EXPECT_EQ(test, steps.stray, 0);
}

/* How many these are is told once, and not in the folders. */
static void folders_have_numbered_pages(struct kunit *test)
{
	make_rings(2, 2);
	KUNIT_ASSERT_EQ(test, xbf_write_nodes(dev), 0);
	KUNIT_EXPECT_EQ(test, steps.nr, 5 + 4 * 2);
	KUNIT_EXPECT_EQ(test, count_steps("ring-page-order", "1"), 1);
	expect_folder(test, 1);
	KUNIT_EXPECT_EQ(test, count_steps("queue-0/ring-ref0", "500"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("queue-1/ring-ref0", "502"), 1);
	KUNIT_EXPECT_EQ(test, count_steps("queue-1/ring-ref1", "503"), 1);
	KUNIT_EXPECT_EQ(test, steps.stray, 0);
}

/* A transaction that goes on after an error would be committed with a hole. */
static void expect_each_error(struct kunit *test, unsigned int nr)
{
	unsigned int fails;

	for (fails = 1; fails <= nr; fails++) {
		fail_at_step(fails);
		KUNIT_EXPECT_EQ(test, xbf_write_nodes(dev), steps.err);
		KUNIT_EXPECT_EQ(test, steps.nr, fails);
	}
}

static void the_first_error_ends_it(struct kunit *test)
{
	make_rings(1, 1);
	expect_each_error(test, 7);
	make_rings(1, 2);
	expect_each_error(test, 8);
	make_rings(2, 2);
	expect_each_error(test, 13);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(a_disk_is_known_by_its_number, identity_gen_params),
	KUNIT_CASE_PARAM(a_backend_is_read_strictly, disk_gen_params),
	KUNIT_CASE(pages_persist_if_both_agree),
	KUNIT_CASE(a_size_is_kept_on_error),
	KUNIT_CASE(a_ring_of_one_page_has_the_old_name),
	KUNIT_CASE(a_larger_ring_has_numbered_pages),
	KUNIT_CASE(several_queues_have_folders),
	KUNIT_CASE(folders_have_numbered_pages),
	KUNIT_CASE(the_first_error_ends_it),
	{}
};

static struct kunit_suite suite = {
	.name = "xbf_negotiate",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of xpv-blkfront's nodes");
MODULE_LICENSE("GPL");
