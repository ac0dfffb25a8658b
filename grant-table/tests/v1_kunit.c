// SPDX-License-Identifier: GPL-2.0-only
/* Suite xpv_gnttab_v1: grant entries of version 1 (native/v1.c). */
#define xpv_gnttab_table	v1_tested_table
#define xpv_gnttab_v1		tested_gnttab_v1

#include "entry_kunit.h"
#include <linux/atomic.h>

static u16 (*peer_acts)(u16 flags);
static unsigned int exchanges;

/* What the peer does to the flags between our look at them and the exchange. */
static u16 exchange(u16 *flags, u16 old, u16 new)
{
	exchanges++;
	if (peer_acts)
		*flags = peer_acts(*flags);
	return cmpxchg(flags, old, new);
}

#undef sync_cmpxchg
#define sync_cmpxchg exchange

#include "../native/v1.c"

static const u32 refs[] = { 8, 511, 512, 1023, FRAMES * 512 - 1 };

static void describe_ref(const u32 *ref, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "reference %u", *ref);
}

KUNIT_ARRAY_PARAM(ref, refs, describe_ref);

/* Found without entry_of(), as Xen does. */
static struct grant_entry_v1 *entry_at(u32 ref)
{
	struct grant_entry_v1 *frame = xpv_gnttab_table.entries[ref / 512];

	return frame + ref % 512;
}

static struct grant_entry_v1 *granted(struct kunit *test, u32 ref)
{
	peer_acts = NULL;
	exchanges = 0;
	xpv_gnttab_v1.grant(xpv_gref(ref), PEER, any_page(), XPV_GNTTAB_RW);
	return entry_at(ref);
}

static void grant_fills_the_entry(struct kunit *test)
{
	u32 ref = *(const u32 *)test->param_value;
	struct grant_entry_v1 *entry = granted(test, ref);

	KUNIT_EXPECT_EQ(test, entry->flags, GTF_permit_access);
	KUNIT_EXPECT_EQ(test, entry->domid, 7);
	KUNIT_EXPECT_EQ(test, entry->frame, (u32)page_to_pfn(any_page()));
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v1.revoke(xpv_gref(ref)), 0);
	KUNIT_EXPECT_EQ(test, entry->flags, 0);
	/* Neighbours were never written. */
	KUNIT_EXPECT_EQ(test, entry_at(ref - 1)->domid, 0);
}

static void grant_for_reading(struct kunit *test)
{
	xpv_gnttab_v1.grant(xpv_gref(9), PEER, any_page(), XPV_GNTTAB_RO);
	KUNIT_EXPECT_EQ(test, entry_at(9)->flags,
			GTF_permit_access | GTF_readonly);
}

static void revoke_of_the_revoked_is_fine(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v1.revoke(xpv_gref(20)), 0);
	KUNIT_EXPECT_EQ(test, entry_at(20)->flags, 0);
}

static const u16 busy_flags[] = {
	GTF_reading,
	GTF_writing,
	GTF_reading | GTF_writing,
};

static void describe_flags(const u16 *flags, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "flags %#x", *flags);
}

KUNIT_ARRAY_PARAM(flags, busy_flags, describe_flags);

static void revoke_keeps_busy_grant(struct kunit *test)
{
	struct grant_entry_v1 *entry = granted(test, 10);
	u16 flags = GTF_permit_access | *(const u16 *)test->param_value;

	entry->flags = flags;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v1.revoke(xpv_gref(10)), -EBUSY);
	KUNIT_EXPECT_EQ(test, entry->flags, flags);
	KUNIT_EXPECT_EQ(test, exchanges, 0);
	entry->flags = GTF_permit_access;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v1.revoke(xpv_gref(10)), 0);
}

static u16 begins_to_read(u16 flags)
{
	return flags | GTF_reading;
}

/* The peer maps the page just when we look the other way. */
static void revoke_loses_the_race(struct kunit *test)
{
	struct grant_entry_v1 *entry = granted(test, 11);

	peer_acts = begins_to_read;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v1.revoke(xpv_gref(11)), -EBUSY);
	KUNIT_EXPECT_EQ(test, entry->flags, GTF_permit_access | GTF_reading);
	KUNIT_EXPECT_EQ(test, exchanges, 1);
}

/* Some bit that does not mean that the page is in use. */
static u16 fidgets(u16 flags)
{
	return flags ^ BIT(15);
}

static void revoke_tries_a_bounded_time(struct kunit *test)
{
	granted(test, 12);
	peer_acts = fidgets;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_v1.revoke(xpv_gref(12)), -EBUSY);
	KUNIT_EXPECT_GT(test, exchanges, 1);
	KUNIT_EXPECT_LE(test, exchanges, 8);
}

static struct kunit_case v1_cases[] = {
	KUNIT_CASE_PARAM(grant_fills_the_entry, ref_gen_params),
	KUNIT_CASE(grant_for_reading),
	KUNIT_CASE(revoke_of_the_revoked_is_fine),
	KUNIT_CASE_PARAM(revoke_keeps_busy_grant, flags_gen_params),
	KUNIT_CASE(revoke_loses_the_race),
	KUNIT_CASE(revoke_tries_a_bounded_time),
	{}
};

static struct kunit_suite v1_suite = {
	.name = "xpv_gnttab_v1",
	.init = init,
	.test_cases = v1_cases,
};

kunit_test_suite(v1_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's grant entries, version 1");
MODULE_LICENSE("GPL");
