// SPDX-License-Identifier: GPL-2.0-only
/* Suite xpv_gnttab_v2: grant entries of version 2 (native/v2.c). */
#define xpv_gnttab_table	v2_tested_table
#define xpv_gnttab_v2		tested_gnttab_v2

#include "entry_kunit.h"

#include "../native/v2.c"

static const u32 refs[] = {
	8,
	255,
	256,
	511,
	2047,
	2048,
	2049,
	FRAMES * 256 - 1,
};

static void describe_ref(const u32 *ref, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "reference %u", *ref);
}

KUNIT_ARRAY_PARAM(ref, refs, describe_ref);

/* Found without entry_of() and status_of(), as Xen does. */
static union grant_entry_v2 *entry_at(u32 ref)
{
	union grant_entry_v2 *frame = xpv_gnttab_table.entries[ref / 256];

	return frame + ref % 256;
}

static u16 *status_at(u32 ref)
{
	return xpv_gnttab_table.status[ref / 2048] + ref % 2048;
}

static void grant_fills_the_entry(struct kunit *test)
{
	u32 ref = *(const u32 *)test->param_value;
	union grant_entry_v2 *entry = entry_at(ref);

	xpv_gnttab_v2.grant(xpv_gref(ref), PEER, any_page(), XPV_GNTTAB_RW);
	KUNIT_EXPECT_EQ(test, entry->hdr.flags, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, entry->hdr.domid, 7);
	KUNIT_EXPECT_EQ(test, entry->full_page.frame, page_to_pfn(any_page()));
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v2.revoke(xpv_gref(ref)), 0);
	KUNIT_EXPECT_EQ(test, entry->hdr.flags, 0);
	KUNIT_EXPECT_EQ(test, entry_at(ref - 1)->hdr.domid, 0);
}

static void grant_for_reading(struct kunit *test)
{
	xpv_gnttab_v2.grant(xpv_gref(9), PEER, any_page(), XPV_GNTTAB_RO);
	KUNIT_EXPECT_EQ(test, entry_at(9)->hdr.flags,
			GTF_permit_access | GTF_readonly);
}

static void revoke_keeps_busy_grant(struct kunit *test)
{
	u32 ref = *(const u32 *)test->param_value;
	u16 *status = status_at(ref);

	xpv_gnttab_v2.grant(xpv_gref(ref), PEER, any_page(), XPV_GNTTAB_RW);
	*status = GTF_reading;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v2.revoke(xpv_gref(ref)), -EBUSY);
	/* No new mapping is possible, whatever the peer has already. */
	KUNIT_EXPECT_EQ(test, entry_at(ref)->hdr.flags, 0);
	*status = GTF_writing;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v2.revoke(xpv_gref(ref)), -EBUSY);
	*status = 0;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v2.revoke(xpv_gref(ref)), 0);
}

static void revoke_looks_at_its_own_status(struct kunit *test)
{
	u32 ref = *(const u32 *)test->param_value;

	*status_at(ref - 1) = GTF_reading | GTF_writing;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v2.revoke(xpv_gref(ref)), 0);
}

static struct kunit_case v2_cases[] = {
	KUNIT_CASE_PARAM(grant_fills_the_entry, ref_gen_params),
	KUNIT_CASE(grant_for_reading),
	KUNIT_CASE_PARAM(revoke_keeps_busy_grant, ref_gen_params),
	KUNIT_CASE_PARAM(revoke_looks_at_its_own_status, ref_gen_params),
	{}
};

static struct kunit_suite v2_suite = {
	.name = "xpv_gnttab_v2",
	.init = init,
	.test_cases = v2_cases,
};

kunit_test_suite(v2_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's grant entries, version 2");
MODULE_LICENSE("GPL");
