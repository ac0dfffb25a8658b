// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_stack_blk: a disk of the simulated backend, honest and lying. The
 * parameter request_timeout of xpv-blkfront is to be some seconds only.
 */
#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/io/blkif.h>
#include <compat/linux/blkdev.h>

#include "../backend/back.h"
#include "../toolstack.h"
#include "stack.h"

#define ID	51712
#define DISK	MKDEV(ID >> 8, ID & 0xff)
#define FRONT	"/local/domain/1/device/vbd/51712"

/* So many requests at a time, of one page each. */
#define BATCH	4

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

/* All of them at once, from sector 0 on; all have ended when it returns. */
static int transfer(enum req_op op)
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

		bio->bi_iter.bi_sector = i * (PAGE_SIZE >> SECTOR_SHIFT);
		__bio_add_page(bio, batch.pages[i], PAGE_SIZE, 0);
		bio->bi_end_io = end_io;
		submit_bio(bio);
	}
	end_one();
	wait_for_completion(&batch.ended);
	xpv_bdev_close(handle);
	return batch.err;
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
	return xsim_device_find("vbd", ID)->priv;
}

static bool is_closed(void)
{
	return xsim_store_read_uint(FRONT, "state", 0) == XenbusStateClosed;
}

static int blk_init(struct kunit *test)
{
	static const struct xsim_node front[] = {
		{ "virtual-device", "51712" },
		{ "device-type", "disk" },
		{}
	};
	unsigned int i;
	int err = stack_init(test);

	if (err)
		return err;
	for (i = 0; i < BATCH; i++) {
		batch.pages[i] = alloc_page(GFP_KERNEL);
		if (!batch.pages[i])
			return -ENOMEM;
	}
	return xsim_device_create("vbd", ID, NULL, front);
}

static void blk_exit(struct kunit *test)
{
	unsigned int i;

	if (!xsim_device_find("vbd", ID))
		return;
	KUNIT_EXPECT_EQ(test, xsim_device_destroy("vbd", ID, PATIENCE_MS), 0);
	/* If that was in vain, the next test is to have a device all the same. */
	xsim_device_destroy("vbd", ID, 0);
	for (i = 0; i < BATCH; i++) {
		/* What a backend has kept was parked, and is given back now. */
		KUNIT_EXPECT_TRUE(test,
				  wait_until(page_count(batch.pages[i]) == 1));
		put_page(batch.pages[i]);
	}
	KUNIT_EXPECT_EQ(test, xsim_grants_mapped(), 0u);
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
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vbd", ID, PATIENCE_MS), 0);
	expect_works(test, 2);
}

static void expect_survives(struct kunit *test, const struct lie *lie)
{
	if (lie->harmless) {
		KUNIT_EXPECT_FALSE(test, is_closed());
		return;
	}
	KUNIT_EXPECT_TRUE(test, wait_until(is_closed()));
	xsim_back_restart(the_back());
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected("vbd", ID, PATIENCE_MS), 0);
}

static void survives_a_lie(struct kunit *test)
{
	const struct lie *lie = test->param_value;
	unsigned int i;
	int err = 0;

	expect_works(test, 1);
	xsim_lies_arm(&the_back()->lies, XSIM_WAY_TX, lie->lie, 2);
	for (i = 0; i < 20 && !the_back()->lies.told; i++)
		err = transfer(REQ_OP_READ);
	KUNIT_EXPECT_EQ(test, the_back()->lies.told, 1u);
	KUNIT_EXPECT_EQ(test, err < 0, lie->fails);
	expect_survives(test, lie);
	expect_works(test, 2);
}

static void describe(const struct lie *lie, char *desc)
{
	strscpy(desc, xsim_lie_name(lie->lie), KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lie, lies, describe);

static struct kunit_case cases[] = {
	KUNIT_CASE(carries_data),
	KUNIT_CASE(comes_back_with_its_backend),
	KUNIT_CASE_PARAM(survives_a_lie, lie_gen_params),
	{}
};

struct kunit_suite stack_blk_suite = {
	.name = "xpv_stack_blk",
	.init = blk_init,
	.exit = blk_exit,
	.test_cases = cases,
};
