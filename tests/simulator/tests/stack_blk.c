// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_stack_blk: a disk of the simulated backend, honest and lying.
 */
#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/io/blkif.h>
#include <compat/linux/blkdev.h>

#include "../backend/blk.h"
#include "../toolstack.h"
#include "stack.h"

/*
 * Each disk has another number than the last one, from that of xvda to that of
 * xvdp: the bus may take its time to see that a device went, and would take one
 * of the same number for that.
 */
static unsigned int disk_id;
static char disk_number[12];
static char disk_front[48];

#define DISK	MKDEV(disk_id >> 8, disk_id & 0xff)

#define REQUEST_TIMEOUT	"module/xpv_blkfront/parameters/request_timeout"

/* So many requests at a time, of one page each. */
#define BATCH	4
/* And so many pages in a large one, which the block layer cuts to the disk's limits. */
#define LARGE	100

/**
 * struct lie - a lie, and what is to become of the disk
 * @lie: it
 * @harmless: no breach of the protocol, so that the connection goes on
 * @fails: the request ends with an error
 */
struct lie {
	enum xsim_lie lie;
	bool harmless;
	bool fails;
};

static const struct lie lies[] = {
	{ XSIM_LIE_ID_RANGE, .fails = true },
	{ XSIM_LIE_ID_IDLE, .fails = true },
	{ XSIM_LIE_ID_TWICE, .fails = true },
	{ XSIM_LIE_OPERATION, .fails = true },
	{ XSIM_LIE_STATUS, .fails = true },
	{ XSIM_LIE_MAPPED, .fails = true },
	{ XSIM_LIE_INDEX, .fails = true },
	{ XSIM_LIE_JUMP, .fails = true },
	{ XSIM_LIE_SILENCE, .fails = true },
	{ XSIM_LIE_ERROR, .harmless = true, .fails = true },
	{ XSIM_LIE_MUTE, .harmless = true },
	{ XSIM_LIE_STORM, .harmless = true },
};

/**
 * struct batch - requests in flight
 * @pages: one each
 * @left: how many have not ended
 * @err: how one of them ended that failed
 * @ended: all have
 */
struct batch {
	struct page *pages[BATCH];
	atomic_t left;
	int err;
	struct completion ended;
};

static struct batch batch;

static void end_one(void)
{
	if (atomic_dec_and_test(&batch.left))
		complete(&batch.ended);
}

static void end_io(struct bio *bio)
{
	if (bio->bi_status)
		WRITE_ONCE(batch.err, blk_status_to_errno(bio->bi_status));
	bio_put(bio);
	end_one();
}

static int flush_disk(void)
{
	struct xpv_bdev_handle *handle = xpv_bdev_open(DISK);
	int err;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	err = blkdev_issue_flush(xpv_bdev_of(handle));
	xpv_bdev_close(handle);
	return err;
}

/* 0 if there is no disk. */
static u64 ask_disk(u64 (*question)(struct block_device *bdev))
{
	struct xpv_bdev_handle *handle = xpv_bdev_open(DISK);
	u64 answer;

	if (IS_ERR(handle))
		return 0;
	answer = question(xpv_bdev_of(handle));
	xpv_bdev_close(handle);
	return answer;
}

static u64 size_of(struct block_device *bdev)
{
	return bdev_nr_sectors(bdev);
}

static u64 disk_size(void)
{
	return ask_disk(size_of);
}

/* All of them at once, from page @from on; all have ended when it returns. */
static int transfer_at(enum req_op op, unsigned int from)
{
	struct xpv_bdev_handle *handle = xpv_bdev_open(DISK);
	unsigned int i;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	batch.err = 0;
	init_completion(&batch.ended);
	atomic_set(&batch.left, BATCH + 1);
	for (i = 0; i < BATCH; i++) {
		struct bio *bio = bio_alloc(xpv_bdev_of(handle), 1, op, GFP_KERNEL);

		bio->bi_iter.bi_sector = (from + i) * (PAGE_SIZE >> SECTOR_SHIFT);
		__bio_add_page(bio, batch.pages[i], PAGE_SIZE, 0);
		bio->bi_end_io = end_io;
		submit_bio(bio);
	}
	end_one();
	wait_for_completion(&batch.ended);
	xpv_bdev_close(handle);
	return batch.err;
}

static int transfer(enum req_op op)
{
	return transfer_at(op, 0);
}

/* One request, from page 0 on; each fourth page of it is the same page of ours. */
static int transfer_large(enum req_op op)
{
	struct xpv_bdev_handle *handle = xpv_bdev_open(DISK);
	struct bio *bio;
	unsigned int i;
	int err;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	bio = bio_alloc(xpv_bdev_of(handle), LARGE, op, GFP_KERNEL);
	for (i = 0; i < LARGE; i++)
		__bio_add_page(bio, batch.pages[i % BATCH], PAGE_SIZE, 0);
	err = submit_bio_wait(bio);
	bio_put(bio);
	xpv_bdev_close(handle);
	return err;
}

static void fill(u8 seed)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		memset(page_address(batch.pages[i]), seed + i, PAGE_SIZE);
}

static bool is_filled(u8 seed)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		if (memchr_inv(page_address(batch.pages[i]), (u8)(seed + i),
			       PAGE_SIZE))
			return false;
	}
	return true;
}

/* There is a disk, and what is written to it can be read. */
static void expect_works(struct kunit *test, u8 seed)
{
	fill(seed);
	KUNIT_EXPECT_TRUE(test, wait_until(!transfer(REQ_OP_WRITE)));
	fill(0);
	KUNIT_EXPECT_EQ(test, transfer(REQ_OP_READ), 0);
	KUNIT_EXPECT_TRUE(test, is_filled(seed));
}

static struct xsim_back *the_back(void)
{
	return xsim_device_find("vbd", disk_id)->priv;
}

/* At both ends: a backend that has yet to hear of it would close once more. */
static bool is_closed(void)
{
	return xsim_store_read_uint(disk_front, "state", 0) == XenbusStateClosed &&
	       READ_ONCE(the_back()->dev->state) == XenbusStateClosed;
}

static const struct xsim_node front[] = {
	{ "virtual-device", disk_number },
	{ "device-type", "disk" },
	{}
};

static int create_disk(const struct xsim_node *back, const struct xsim_node *its_front)
{
	static unsigned int nr;

	disk_id = 51712 + 16 * (nr++ % 16);
	snprintf(disk_number, sizeof(disk_number), "%u", disk_id);
	snprintf(disk_front, sizeof(disk_front), "/local/domain/1/device/vbd/%u", disk_id);
	return xsim_device_create("vbd", disk_id, back, its_front);
}

static int blk_init(struct kunit *test)
{
	unsigned int i;
	int err = stack_init(test);

	if (err)
		return err;
	for (i = 0; i < BATCH; i++) {
		batch.pages[i] = alloc_page(GFP_KERNEL);
		if (!batch.pages[i])
			return -ENOMEM;
	}
	return create_disk(NULL, front);
}

static void blk_exit(struct kunit *test)
{
	unsigned int i;

	if (!xsim_device_find("vbd", disk_id))
		return;
	KUNIT_EXPECT_EQ(test, xsim_device_destroy("vbd", disk_id, PATIENCE_MS), 0);
	/* If that was in vain, the next test is to have a device all the same. */
	xsim_device_destroy("vbd", disk_id, 0);
	for (i = 0; i < BATCH; i++) {
		/* What a backend has kept was parked, and is given back now. */
		KUNIT_EXPECT_TRUE(test,
				  wait_until(page_count(batch.pages[i]) == 1));
		put_page(batch.pages[i]);
	}
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), 0u);
	stack_set_parameter(test, REQUEST_TIMEOUT, "180");
	stack_exit(test);
}

static void carries_data(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 20 && !stack_violated(); i++)
		expect_works(test, 10 * i);
}

static void comes_back_with_its_backend(struct kunit *test)
{
	expect_works(test, 1);
	xsim_back_restart(the_back());
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vbd", disk_id, PATIENCE_MS), 0);
	expect_works(test, 2);
}

/* @before: how often the backend had been connected to */
static void expect_survives(struct kunit *test, const struct lie *lie, unsigned int before)
{
	if (lie->harmless) {
		KUNIT_EXPECT_FALSE(test, is_closed());
		return;
	}
	if (lie->lie == XSIM_LIE_SILENCE) {
		KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(the_back()->connections) > before));
	} else {
		KUNIT_EXPECT_TRUE(test, wait_until(is_closed()));
		xsim_back_restart(the_back());
	}
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vbd", disk_id, PATIENCE_MS), 0);
}

/*
 * A backend that says nothing costs a case that many seconds; an honest one on a
 * busy machine must not need as many. Requests are checked each second, as with
 * queue/io_timeout.
 */
static void set_short_timeout(struct kunit *test)
{
	struct xpv_bdev_handle *handle = xpv_bdev_open(DISK);

	KUNIT_ASSERT_FALSE(test, IS_ERR(handle));
	stack_set_parameter(test, REQUEST_TIMEOUT, IS_ENABLED(CONFIG_UML) ? "4" : "30");
	blk_queue_rq_timeout(bdev_get_queue(xpv_bdev_of(handle)), HZ);
	xpv_bdev_close(handle);
}

static void expect_survival(struct kunit *test, int (*read)(enum req_op op))
{
	const struct lie *lie = test->param_value;
	unsigned int i, before;
	int err = 0;

	expect_works(test, 1);
	before = the_back()->connections;
	set_short_timeout(test);
	xsim_lies_arm(&the_back()->lies, XSIM_WAY_TX, lie->lie, 2);
	for (i = 0; i < 20 && !the_back()->lies.told; i++)
		err = read(REQ_OP_READ);
	KUNIT_EXPECT_EQ(test, the_back()->lies.told, 1u);
	KUNIT_EXPECT_EQ(test, err < 0, lie->fails);
	expect_survives(test, lie, before);
	expect_works(test, 2);
}

static void survives_a_lie(struct kunit *test)
{
	expect_survival(test, transfer);
}

static void survives_a_lie_about_much(struct kunit *test)
{
	expect_survival(test, transfer_large);
}

static void describe(const struct lie *lie, char *desc)
{
	strscpy(desc, xsim_lie_name(lie->lie), KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lie, lies, describe);

/* A backend that offered to flush, and then will not, is told from one that did. */
static void flush_that_is_refused_fails(struct kunit *test)
{
	expect_works(test, 1);
	KUNIT_EXPECT_EQ(test, flush_disk(), 0);
	xsim_lies_arm(&the_back()->lies, XSIM_WAY_TX, XSIM_LIE_UNSUPPORTED, 0);
	KUNIT_EXPECT_EQ(test, flush_disk(), -EIO);
	KUNIT_EXPECT_EQ(test, flush_disk(), 0);
	KUNIT_EXPECT_FALSE(test, is_closed());
}

/*
 * Another one in its place, of a backend with these nodes. The first is connected
 * before it goes, so that it closes in order, and nothing of it is under way.
 */
static void replace_disk(struct kunit *test, const struct xsim_node *back,
			 const struct xsim_node *its_front)
{
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vbd", disk_id, PATIENCE_MS), 0);
	KUNIT_EXPECT_EQ(test, xsim_device_destroy("vbd", disk_id, PATIENCE_MS), 0);
	KUNIT_ASSERT_EQ(test, create_disk(back, its_front), 0);
}

/**
 * struct kind - a kind of disk
 * @name: for the log
 * @back: nodes of its backend
 */
struct kind {
	const char *name;
	struct xsim_node back[4];
};

static void describe_kind(const struct kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

static const struct kind kinds[] = {
	{ "one ring page", { { "knob/ring-order", "0" } } },
	{ "two queues", { { "knob/queues", "2" } } },
	{ "two queues of one page", { { "knob/queues", "2" }, { "knob/ring-order", "0" } } },
	{ "more queues than processors", { { "knob/queues", "8" } } },
	{ "answers in reverse", { { "knob/reverse", "1" }, { "knob/delay", "2" } } },
	{ "large sectors", { { "knob/sector-size", "4096" }, { "knob/removable", "1" } } },
	{ "barrier", { { "knob/flush", "2" } } },
	{ "no flush", { { "knob/flush", "0" } } },
	{ "says little", { { "without/info", "" }, { "without/physical-sector-size", "" } } },
	{ "offers more",
	  { { "knob/discard", "1" }, { "knob/indirect", "32" }, { "knob/persistent", "1" } } },
};

KUNIT_ARRAY_PARAM(kind, kinds, describe_kind);

static void takes_each_kind_of_disk(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	replace_disk(test, kind->back, front);
	expect_works(test, 3);
	KUNIT_EXPECT_EQ(test, flush_disk(), 0);
}

static u64 alignment_of(struct block_device *bdev)
{
	return bdev_dma_alignment(bdev) + 1;
}

/* A backend may refuse a part of one: so an address where none begins is refused at once. */
static void wants_buffers_where_a_sector_begins(struct kunit *test)
{
	static const struct xsim_node large[] = { { "knob/sector-size", "4096" }, {} };

	expect_works(test, 1);
	KUNIT_EXPECT_EQ(test, ask_disk(alignment_of), 512);
	replace_disk(test, large, front);
	expect_works(test, 1);
	KUNIT_EXPECT_EQ(test, ask_disk(alignment_of), 4096);
}

/**
 * struct large - how a backend takes large requests
 * @kind: of disk
 * @requests: that a large one comes in
 */
struct large {
	struct kind kind;
	unsigned int requests;
};

static const struct large larges[] = {
	{ { "not at all", { { "knob/indirect", "0" } } }, DIV_ROUND_UP(LARGE, 11) },
	{ { "hardly", { { "knob/indirect", "12" } } }, DIV_ROUND_UP(LARGE, 12) },
	{ { "as xen-blkback", { { "knob/indirect", "256" } } }, DIV_ROUND_UP(LARGE, 64) },
	{ { "persistent", { { "knob/indirect", "256" }, { "knob/persistent", "1" } } },
	  DIV_ROUND_UP(LARGE, 64) },
	{ { "says nonsense", { { "instead/feature-max-indirect-segments", "x" } } },
	  DIV_ROUND_UP(LARGE, 11) },
};

static void describe_large(const struct large *large, char *desc)
{
	describe_kind(&large->kind, desc);
}

KUNIT_ARRAY_PARAM(large, larges, describe_large);

static int requests_done(void)
{
	return atomic_read(&container_of(the_back(), struct xsim_blk, back)->requests);
}

static void carries_large_requests(struct kunit *test)
{
	const struct large *large = test->param_value;
	unsigned int from;
	int before;

	replace_disk(test, large->kind.back, front);
	expect_works(test, 1);
	fill(40);
	before = requests_done();
	KUNIT_EXPECT_EQ(test, transfer_large(REQ_OP_WRITE), 0);
	KUNIT_EXPECT_EQ(test, requests_done() - before, large->requests);
	fill(0);
	KUNIT_EXPECT_EQ(test, transfer_large(REQ_OP_READ), 0);
	KUNIT_EXPECT_TRUE(test, is_filled(40));
	for (from = 0; from < LARGE; from += BATCH) {
		fill(0);
		KUNIT_EXPECT_EQ(test, transfer_at(REQ_OP_READ, from), 0);
		KUNIT_EXPECT_TRUE(test, is_filled(40));
	}
}

static u64 queues_of(struct block_device *bdev)
{
	return bdev_get_queue(bdev)->nr_hw_queues;
}

static void expect_queues(struct kunit *test, unsigned int nr)
{
	KUNIT_EXPECT_TRUE(test, wait_until(ask_disk(queues_of) == nr));
	expect_works(test, nr);
}

static const struct xsim_node two_queues[] = {
	{ "knob/queues", "2" },
	{}
};

/* By default four, and here two, whatever the backend offers. */
static void has_as_many_queues_as_both_have(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "there is one CPU only");
	expect_queues(test, 1);
	replace_disk(test, two_queues, front);
	expect_queues(test, 2);
	stack_offer(test, the_back(), "knob/queues", "1");
	expect_queues(test, 1);
	stack_offer(test, the_back(), "knob/queues", "100");
	expect_queues(test, min(num_online_cpus(), 4U));
}

static unsigned int bells_of_queue(unsigned int id)
{
	struct xsim_blk *blk = container_of(the_back(), struct xsim_blk, back);

	return READ_ONCE(blk->queues[id].rung);
}

/* The one of two queues that a request of this CPU's is put on; 2 for both or none. */
static unsigned int queue_of_cpu(struct kunit *test, unsigned int cpu)
{
	unsigned int before[2] = { bells_of_queue(0), bells_of_queue(1) };
	bool used[2];

	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(cpu)), 0);
	KUNIT_EXPECT_EQ(test, transfer(REQ_OP_READ), 0);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	used[0] = bells_of_queue(0) != before[0];
	used[1] = bells_of_queue(1) != before[1];
	return used[0] == used[1] ? 2 : used[1];
}

/* Which CPU has which queue is for the block layer to say. */
static void asks_by_the_queue_of_its_processor(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "there is one CPU only");
	replace_disk(test, two_queues, front);
	expect_queues(test, 2);
	KUNIT_EXPECT_EQ(test, queue_of_cpu(test, 0) + queue_of_cpu(test, 1), 1);
}

/* There is room for one queue then, of few pages. */
#define GRANTS_LEFT	128

static void makes_do_with_fewer_queues(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "there is one CPU only");
	KUNIT_EXPECT_EQ(test, xsim_device_destroy("vbd", disk_id, PATIENCE_MS), 0);
	stack_hoard_grants(test, GRANTS_LEFT);
	KUNIT_EXPECT_EQ(test, create_disk(two_queues, front), 0);
	expect_queues(test, 1);
	stack_release_grants();
	stack_offer(test, the_back(), "knob/queues", "2");
	expect_queues(test, 2);
}

static const struct xsim_node persistent[] = {
	{ "knob/persistent", "1" },
	{}
};

/* The backend keeps what it was lent, and is lent nothing new for the same work. */
static void lends_the_same_pages_again(struct kunit *test)
{
	unsigned int in_place, mapped, i;

	expect_works(test, 1);
	in_place = xsim_grants_mapped();
	replace_disk(test, persistent, front);
	expect_works(test, 2);
	mapped = xsim_grants_mapped();
	KUNIT_EXPECT_GE(test, mapped, in_place + BATCH);
	for (i = 3; i < 13; i++)
		expect_works(test, i);
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), mapped);
	xsim_back_restart(the_back());
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vbd", disk_id, PATIENCE_MS), 0);
	expect_works(test, 13);
}

static const struct lie persistent_lies[] = {
	{ XSIM_LIE_ID_TWICE, .fails = true },
	{ XSIM_LIE_JUMP, .fails = true },
	{ XSIM_LIE_ERROR, .harmless = true, .fails = true },
};

KUNIT_ARRAY_PARAM(persistent_lie, persistent_lies, describe);

static void survives_a_lie_of_one_that_keeps_pages(struct kunit *test)
{
	replace_disk(test, persistent, front);
	expect_survival(test, transfer);
}

static const struct kind refused[] = {
	{ "sector-size banana", { { "instead/sector-size", "banana" } } },
	{ "sector-size 100", { { "instead/sector-size", "100" } } },
	{ "sector-size 8192", { { "instead/sector-size", "8192" } } },
	{ "no sector-size", { { "without/sector-size", "" } } },
	{ "physical-sector-size 256", { { "instead/physical-sector-size", "256" } } },
	{ "physical-sector-size 1000", { { "instead/physical-sector-size", "1000" } } },
	{ "physical-sector-size -", { { "instead/physical-sector-size", "-" } } },
	{ "no sectors", { { "without/sectors", "" } } },
	{ "sectors -1", { { "instead/sectors", "-1" } } },
	{ "sectors 0", { { "instead/sectors", "0" } } },
	{ "sectors 2^64 - 1", { { "instead/sectors", "18446744073709551615" } } },
	{ "less than a sector", { { "instead/sectors", "7" }, { "knob/sector-size", "4096" } } },
	{ "info x", { { "instead/info", "x" } } },
};

KUNIT_ARRAY_PARAM(refused, refused, describe_kind);

static void refuses_what_cannot_be(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	replace_disk(test, kind->back, front);
	KUNIT_EXPECT_TRUE(test, wait_until(is_closed()));
	KUNIT_EXPECT_EQ(test, disk_size(), 0ull);
}

static const struct kind read_only[] = {
	{ "backend says so", { { "knob/read-only", "1" } } },
	{ "toolstack says so", { { "mode", "r" } } },
};

KUNIT_ARRAY_PARAM(read_only, read_only, describe_kind);

/* -errno, or whether the disk can be read only; it cannot be told otherwise then. */
static int is_read_only(void)
{
	struct xpv_bdev_handle *handle = xpv_bdev_open(DISK);
	struct block_device *bdev;
	int ret;

	if (IS_ERR(handle))
		return PTR_ERR(handle);
	bdev = xpv_bdev_of(handle);
	ret = bdev_read_only(bdev);
	if (bdev->bd_disk->fops->set_read_only(bdev, true) ||
	    bdev->bd_disk->fops->set_read_only(bdev, false) != (ret ? -EACCES : 0))
		ret = -EINVAL;
	xpv_bdev_close(handle);
	return ret;
}

static void is_read_only_if_told(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	expect_works(test, 1);
	KUNIT_EXPECT_EQ(test, is_read_only(), 0);
	replace_disk(test, kind->back, front);
	KUNIT_EXPECT_TRUE(test, wait_until(is_read_only() == 1));
	KUNIT_EXPECT_EQ(test, transfer(REQ_OP_READ), 0);
}

static bool is_refused(unsigned int id)
{
	char path[48];

	snprintf(path, sizeof(path), "/local/domain/1/device/vbd/%u", id);
	return xsim_store_read_uint(path, "state", 0) == XenbusStateClosed;
}

/* Beside two disks of no scheme, which nobody takes, one with its number elsewhere. */
static void finds_its_number(struct kunit *test)
{
	static const struct xsim_node wrong[] = { { "virtual-device", "banana" }, {} };
	static const struct xsim_node unknown[] = { { "virtual-device", "4294967295" }, {} };
	static const struct xsim_node extended[] = { { "virtual-device-ext", disk_number }, {} };

	KUNIT_EXPECT_EQ(test, xsim_device_create("vbd", 1, NULL, wrong), 0);
	KUNIT_EXPECT_EQ(test, xsim_device_create("vbd", 2, NULL, unknown), 0);
	replace_disk(test, NULL, extended);
	expect_works(test, 5);
	KUNIT_EXPECT_TRUE(test, wait_until(is_refused(1) && is_refused(2)));
	KUNIT_EXPECT_EQ(test, xsim_device_destroy("vbd", 1, PATIENCE_MS), 0);
	KUNIT_EXPECT_EQ(test, xsim_device_destroy("vbd", 2, PATIENCE_MS), 0);
}

static void resize(struct kunit *test, u64 sectors)
{
	KUNIT_EXPECT_EQ(test, the_back()->ops->resize(the_back(), sectors), 0);
}

static void follows_its_size(struct kunit *test)
{
	expect_works(test, 1);
	resize(test, 8192);
	KUNIT_EXPECT_TRUE(test, wait_until(disk_size() == 8192));
	/* Not a size: it keeps the one that it has, and takes the next. */
	resize(test, 0);
	msleep(100);
	resize(test, 16384);
	KUNIT_EXPECT_TRUE(test, wait_until(disk_size() == 16384));
	expect_works(test, 7);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(carries_data),
	KUNIT_CASE(comes_back_with_its_backend),
	KUNIT_CASE_PARAM(survives_a_lie, lie_gen_params),
	KUNIT_CASE_PARAM(survives_a_lie_about_much, lie_gen_params),
	KUNIT_CASE_PARAM(carries_large_requests, large_gen_params),
	KUNIT_CASE(has_as_many_queues_as_both_have),
	KUNIT_CASE(asks_by_the_queue_of_its_processor),
	KUNIT_CASE(makes_do_with_fewer_queues),
	KUNIT_CASE(lends_the_same_pages_again),
	KUNIT_CASE_PARAM(survives_a_lie_of_one_that_keeps_pages, persistent_lie_gen_params),
	KUNIT_CASE(flush_that_is_refused_fails),
	KUNIT_CASE_PARAM(takes_each_kind_of_disk, kind_gen_params),
	KUNIT_CASE(wants_buffers_where_a_sector_begins),
	KUNIT_CASE_PARAM(refuses_what_cannot_be, refused_gen_params),
	KUNIT_CASE_PARAM(is_read_only_if_told, read_only_gen_params),
	KUNIT_CASE(finds_its_number),
	KUNIT_CASE(follows_its_size),
	{}
};

struct kunit_suite stack_blk_suite = {
	.name = "xpv_stack_blk",
	.init = blk_init,
	.exit = blk_exit,
	.test_cases = cases,
};
