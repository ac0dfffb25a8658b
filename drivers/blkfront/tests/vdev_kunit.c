// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suites xbf_vdev and xbf_names: what a virtual device number stands for
 * (vdev.c), and who gets a name (names.c).
 */
#define xbf_vdev_parse		tested_vdev_parse
#define xbf_name_claim		tested_name_claim
#define xbf_name_release	tested_name_release
#define xbf_names_major		tested_names_major
#define xbf_names_init		tested_names_init
#define xbf_names_exit		tested_names_exit

#include <tests/kunit/suite.h>
#include <linux/major.h>
#include <linux/string.h>

#include "../blkfront.h"

/* Who has the major number of Xen's disks: 0 for nobody. */
static int major_err;
static int majors_held;

static int fake_register(unsigned int major)
{
	if (major_err || major != XENVBD_MAJOR)
		return -EBUSY;
	majors_held++;
	return 0;
}

#undef register_blkdev
#define register_blkdev(major, name)	fake_register(major)
#define unregister_blkdev(major, name)	(majors_held--)
#undef dev_err
#define dev_err(dev, ...)		((void)0)

#include "../vdev.c"
#include "../names.c"

#define XVD(disk, part)	(202 << 8 | (disk) << 4 | (part))
#define EXT(disk, part)	(BIT(28) | (disk) << 8 | (part))
#define OLD(major, minor) ((major) << 8 | (minor))

struct vdev_case {
	u64 number;
	const char *name;	/* NULL: of no scheme */
	unsigned int first;
	unsigned int minors;
};

static const struct vdev_case vdev_cases[] = {
	{ XVD(0, 0), "xvda", 0, 16 },
	{ XVD(0, 1), "xvda1", 1, 1 },
	{ XVD(1, 0), "xvdb", 16, 16 },
	{ XVD(15, 15), "xvdp15", 255, 1 },
	{ OLD(8, 0), "xvda", 0, 16 },
	{ OLD(8, 0x1f), "xvdb15", 31, 1 },
	{ OLD(8, 0xf0), "xvdp", 240, 16 },
	{ OLD(65, 0), "xvdq", 256, 16 },
	{ OLD(65, 0xa0), "xvdaa", 416, 16 },
	{ OLD(71, 0xf0), "xvddx", 2032, 16 },
	{ OLD(128, 0), "xvddy", 2048, 16 },
	{ OLD(135, 0xf0), "xvdiv", 4080, 16 },
	{ OLD(3, 0), "xvda", 0, 16 },
	{ OLD(3, 1), "xvda1", 1, 1 },
	{ OLD(3, 15), "xvda15", 15, 1 },
	{ OLD(3, 16), "xvda16", 0, 0 },
	{ OLD(3, 63), "xvda63", 0, 0 },
	{ OLD(3, 64), "xvdb", 16, 16 },
	{ OLD(3, 127), "xvdb63", 0, 0 },
	{ OLD(3, 128), NULL },
	{ OLD(22, 0), "xvdc", 32, 16 },
	{ OLD(22, 65), "xvdd1", 49, 1 },
	{ OLD(22, 128), NULL },
	{ EXT(0, 0), "xvda", 0, 256 },
	{ EXT(0, 255), "xvda255", 255, 1 },
	{ EXT(1, 0), "xvdb", 256, 256 },
	{ EXT(25, 0), "xvdz", 6400, 256 },
	{ EXT(26, 0), "xvdaa", 6656, 256 },
	{ EXT(701, 0), "xvdzz", 179456, 256 },
	{ EXT(702, 0), "xvdaaa", 179712, 256 },
	{ EXT(4095, 0), "xvdfan", 1048320, 256 },
	{ EXT(4095, 255), "xvdfan255", 1048575, 1 },
	{ EXT(4096, 0), "xvdfao", 0, 0 },
	{ EXT(0xfffff, 0), "xvdbgqcv", 0, 0 },
	{ 0, NULL },
	{ OLD(2, 0), NULL },
	{ OLD(9, 0), NULL },
	{ OLD(64, 0), NULL },
	{ OLD(72, 0), NULL },
	{ OLD(127, 0), NULL },
	{ OLD(136, 0), NULL },
	{ OLD(203, 0), NULL },
	{ 0x10000 | XVD(0, 0), NULL },
	{ BIT(27) | XVD(0, 0), NULL },
	{ 2 * BIT(28), NULL },
	{ BIT_ULL(32) | EXT(0, 0), NULL },
	{ U64_MAX, NULL },
};

static void describe_vdev(const struct vdev_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%#llx", c->number);
}

KUNIT_ARRAY_PARAM(vdev, vdev_cases, describe_vdev);

static void parse_number(struct kunit *test)
{
	const struct vdev_case *c = test->param_value;
	struct xbf_vdev vdev = {};

	KUNIT_EXPECT_EQ(test, xbf_vdev_parse(c->number, &vdev),
			c->name ? 0 : -EINVAL);
	KUNIT_EXPECT_STREQ(test, vdev.name, c->name ?: "");
	KUNIT_EXPECT_EQ(test, vdev.first_minor, c->first);
	KUNIT_EXPECT_EQ(test, vdev.minors, c->minors);
}

/* Counted up as one counts with letters, no two disks share a name. */
static void parse_names_every_disk(struct kunit *test)
{
	struct xbf_vdev vdev, last = { .name = "" };
	unsigned int disk;

	for (disk = 0; disk < 4096; disk++) {
		KUNIT_ASSERT_EQ(test, xbf_vdev_parse(EXT(disk, 0), &vdev), 0);
		if (strlen(vdev.name) == strlen(last.name))
			KUNIT_ASSERT_GT(test, strcmp(vdev.name, last.name), 0);
		else
			KUNIT_ASSERT_GT(test, strlen(vdev.name),
					strlen(last.name));
		KUNIT_ASSERT_EQ(test, vdev.first_minor, disk * 256);
		last = vdev;
	}
}

static struct kunit_case vdev_suite_cases[] = {
	KUNIT_CASE_PARAM(parse_number, vdev_gen_params),
	KUNIT_CASE(parse_names_every_disk),
	{}
};

static struct kunit_suite vdev_suite = {
	.name = "xbf_vdev",
	.test_cases = vdev_suite_cases,
};

static struct xbf_device *device_of(struct kunit *test, u64 number)
{
	struct xbf_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	dev->xdev = kunit_kzalloc(test, sizeof(*dev->xdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev->xdev);
	KUNIT_ASSERT_EQ(test, xbf_vdev_parse(number, &dev->vdev), 0);
	return dev;
}

static void claim_refuses_a_name_twice(struct kunit *test)
{
	struct xbf_device *a = device_of(test, XVD(0, 0));
	struct xbf_device *b = device_of(test, OLD(8, 0));
	struct xbf_device *c = device_of(test, XVD(1, 0));

	KUNIT_EXPECT_EQ(test, xbf_name_claim(a), 0);
	KUNIT_EXPECT_EQ(test, xbf_name_claim(b), -EEXIST);
	KUNIT_EXPECT_EQ(test, xbf_name_claim(c), 0);
	xbf_name_release(a);
	KUNIT_EXPECT_EQ(test, xbf_name_claim(b), 0);
	KUNIT_EXPECT_EQ(test, b->vdev.minors, 16);
	xbf_name_release(b);
	xbf_name_release(c);
	KUNIT_EXPECT_TRUE(test, list_empty(&names));
}

struct overlap_case {
	u64 first;
	u64 second;
	bool overlap;
};

/* Names differ in all of these. */
static const struct overlap_case overlap_cases[] = {
	{ XVD(0, 0), XVD(1, 0), false },
	{ XVD(1, 0), XVD(0, 0), false },
	{ XVD(0, 0), XVD(0, 1), true },
	{ XVD(0, 1), XVD(0, 0), true },
	{ XVD(0, 1), XVD(0, 2), false },
	{ XVD(0, 0), XVD(0, 15), true },
	{ XVD(15, 0), EXT(0, 0), true },
	{ EXT(0, 0), XVD(15, 15), true },
	{ EXT(0, 0), OLD(65, 0), false },
	{ OLD(65, 0), EXT(1, 0), true },
	{ OLD(3, 20), XVD(0, 0), false },
	{ XVD(0, 0), OLD(3, 20), false },
};

static void describe_overlap(const struct overlap_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%#llx beside %#llx", c->second,
		 c->first);
}

KUNIT_ARRAY_PARAM(overlap, overlap_cases, describe_overlap);

static void claim_gives_numbers_once(struct kunit *test)
{
	const struct overlap_case *c = test->param_value;
	struct xbf_device *a = device_of(test, c->first);
	struct xbf_device *b = device_of(test, c->second);
	unsigned int minors_a = a->vdev.minors, minors_b = b->vdev.minors;

	KUNIT_EXPECT_EQ(test, xbf_name_claim(a), 0);
	KUNIT_EXPECT_EQ(test, xbf_name_claim(b), 0);
	KUNIT_EXPECT_EQ(test, a->vdev.minors, minors_a);
	KUNIT_EXPECT_EQ(test, b->vdev.minors, c->overlap ? 0 : minors_b);
	xbf_name_release(a);
	xbf_name_release(b);
}

static void major_is_had_if_it_is_free(struct kunit *test)
{
	majors_held = 0;
	major_err = -EBUSY;
	xbf_names_init();
	KUNIT_EXPECT_EQ(test, xbf_names_major(), 0);
	xbf_names_exit();
	KUNIT_EXPECT_EQ(test, majors_held, 0);

	major_err = 0;
	xbf_names_init();
	KUNIT_EXPECT_EQ(test, xbf_names_major(), 202);
	KUNIT_EXPECT_EQ(test, majors_held, 1);
	xbf_names_exit();
	KUNIT_EXPECT_EQ(test, majors_held, 0);
	xvd_major = 0;
}

static struct kunit_case names_cases[] = {
	KUNIT_CASE(claim_refuses_a_name_twice),
	KUNIT_CASE_PARAM(claim_gives_numbers_once, overlap_gen_params),
	KUNIT_CASE(major_is_had_if_it_is_free),
	{}
};

static struct kunit_suite names_suite = {
	.name = "xbf_names",
	.test_cases = names_cases,
};

kunit_test_suites(&vdev_suite, &names_suite);

MODULE_DESCRIPTION("KUnit suites of xpv-blkfront's names and numbers");
MODULE_LICENSE("GPL");
