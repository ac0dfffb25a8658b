// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_sysfs: what the files in /sys/hypervisor say (native/sysfs.c). The test is
 * Xen, which tells what it is.
 */
#define xpv_hv_sysfs_init	tested_sysfs_init
#define xpv_hv_sysfs_exit	tested_sysfs_exit

#include <tests/kunit/suite.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <xen/interface/xen.h>
#include <xen/interface/version.h>

#include "../internal.h"

/**
 * struct xen - what Xen says, and what became of the folder
 * @err: instead of any answer
 * @full: each text fills all the room that it has
 * @folder_err: there is none
 * @groups_err: it cannot be filled
 * @folders: held
 * @filled: times it was filled, without those that it was emptied
 */
static struct xen {
	long err;
	bool full;
	bool folder_err;
	int groups_err;
	int folders;
	int filled;
} xen;

static struct kobject some_folder;

static void tell(char *text, size_t len, const char *what)
{
	if (xen.full)
		memset(text, 'x', len);
	else
		strscpy(text, what, len);
}

static void tell_compilation(struct xen_compile_info *info)
{
	tell(info->compiler, sizeof(info->compiler), "a compiler");
	tell(info->compile_by, sizeof(info->compile_by), "somebody");
	tell(info->compile_date, sizeof(info->compile_date), "a day");
}

static void tell_features(struct xen_feature_info *info)
{
	info->submap = info->submap_idx ? 0 : 0x12345678;
}

static void tell_params(struct xen_platform_parameters *params)
{
	params->virt_start = 0xffff8000UL;
}

static void tell_uuid(u8 *uuid)
{
	unsigned int i;

	for (i = 0; i < sizeof(xen_domain_handle_t); i++)
		uuid[i] = i;
}

static long fake_version(int cmd, void *answer)
{
	if (xen.err)
		return xen.err;
	switch (cmd) {
	case XENVER_version:
		return 4 << 16 | 17;
	case XENVER_pagesize:
		return 4096;
	case XENVER_extraversion:
		tell(answer, sizeof(struct xen_extraversion), ".3-x");
		break;
	case XENVER_compile_info:
		tell_compilation(answer);
		break;
	case XENVER_capabilities:
		tell(answer, sizeof(struct xen_capabilities_info), "hvm-3.0");
		break;
	case XENVER_changeset:
		tell(answer, sizeof(struct xen_changeset_info), "a change");
		break;
	case XENVER_platform_parameters:
		tell_params(answer);
		break;
	case XENVER_get_features:
		tell_features(answer);
		break;
	case XENVER_guest_handle:
		tell_uuid(answer);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

static struct kobject *fake_folder(void)
{
	if (xen.folder_err)
		return NULL;
	xen.folders++;
	return &some_folder;
}

static int fake_fill(void)
{
	xen.filled += !xen.groups_err;
	return xen.groups_err;
}

#define xpv_hv_version_op(cmd, answer)		fake_version(cmd, answer)
#define kobject_get(kobj)			fake_folder()
#define kobject_create_and_add(name, parent)	fake_folder()
#define kobject_put(kobj)			((void)xen.folders--)
#define sysfs_create_groups(kobj, groups)	((void)(groups), fake_fill())
#define sysfs_remove_groups(kobj, groups)	((void)xen.filled--)

#undef pr_fmt
#include "../native/sysfs.c"

/**
 * struct entry - a file
 * @name: of it
 * @attr: how it is read
 * @says: what is in it
 * @len: room that Xen has for its text; 0 if it is none
 * @asks: it has to ask Xen
 */
struct entry {
	const char *name;
	struct kobj_attribute *attr;
	const char *says;
	size_t len;
	bool asks;
};

static const struct entry entries[] = {
	{ "type", &type, "xen\n" },
	{ "guest_type", &guest_type, "HVM\n" },
	{ "uuid", &uuid, "00010203-0405-0607-0809-0a0b0c0d0e0f\n", 0, true },
	{ "version/major", &major, "4\n", 0, true },
	{ "version/minor", &minor, "17\n", 0, true },
	{ "version/extra", &extra.attr, ".3-x\n", 16, true },
	{ "compilation/compiler", &compiler.attr, "a compiler\n", 64, true },
	{ "compilation/compiled_by", &compiled_by.attr, "somebody\n", 16, true },
	{ "compilation/compile_date", &compile_date.attr, "a day\n", 32, true },
	{ "properties/capabilities", &capabilities.attr, "hvm-3.0\n", 1024, true },
	{ "properties/changeset", &changeset.attr, "a change\n", 64, true },
	{ "properties/virtual_start", &virtual_start, "ffff8000\n", 0, true },
	{ "properties/pagesize", &pagesize, "1000\n", 0, true },
	{ "properties/features", &features, "12345678\n", 0, true },
};

static void describe_entry(const struct entry *entry, char *desc)
{
	strscpy(desc, entry->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(entry, entries, describe_entry);

static char *page;

static int init(struct kunit *test)
{
	xen = (struct xen){};
	page = (char *)get_zeroed_page(GFP_KERNEL);
	return page ? 0 : -ENOMEM;
}

static void exit_(struct kunit *test)
{
	free_page((unsigned long)page);
}

static void it_says_what_xen_says(struct kunit *test)
{
	const struct entry *entry = test->param_value;
	ssize_t len = entry->attr->show(NULL, entry->attr, page);

	KUNIT_EXPECT_EQ(test, len, strlen(entry->says));
	KUNIT_EXPECT_STREQ(test, page, entry->says);
}

/* Some of Xen's texts have no end of their own. */
static void it_reads_no_further_than_xen_wrote(struct kunit *test)
{
	const struct entry *entry = test->param_value;

	xen.full = true;
	if (entry->len)
		KUNIT_EXPECT_EQ(test, entry->attr->show(NULL, entry->attr, page), entry->len + 1);
	else
		KUNIT_EXPECT_GT(test, entry->attr->show(NULL, entry->attr, page), 0);
}

static void it_is_an_error_not_to_be_told(struct kunit *test)
{
	const struct entry *entry = test->param_value;

	xen.err = -EPERM;
	KUNIT_EXPECT_EQ(test, entry->attr->show(NULL, entry->attr, page),
			entry->asks ? -EPERM : (ssize_t)strlen(entry->says));
}

static void the_folder_comes_and_goes(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_hv_sysfs_init(), 0);
	KUNIT_EXPECT_EQ(test, xen.folders, 1);
	KUNIT_EXPECT_EQ(test, xen.filled, 1);
	xpv_hv_sysfs_exit();
	KUNIT_EXPECT_EQ(test, xen.folders, 0);
	KUNIT_EXPECT_EQ(test, xen.filled, 0);
}

static void an_error_leaves_nothing(struct kunit *test)
{
	xen.folder_err = true;
	KUNIT_EXPECT_EQ(test, xpv_hv_sysfs_init(), -ENOMEM);
	xen.folder_err = false;
	xen.groups_err = -EEXIST;
	KUNIT_EXPECT_EQ(test, xpv_hv_sysfs_init(), -EEXIST);
	KUNIT_EXPECT_EQ(test, xen.folders, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(it_says_what_xen_says, entry_gen_params),
	KUNIT_CASE_PARAM(it_reads_no_further_than_xen_wrote, entry_gen_params),
	KUNIT_CASE_PARAM(it_is_an_error_not_to_be_told, entry_gen_params),
	KUNIT_CASE(the_folder_comes_and_goes),
	KUNIT_CASE(an_error_leaves_nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_sysfs",
	.init = init,
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the files in /sys/hypervisor");
MODULE_LICENSE("GPL");
