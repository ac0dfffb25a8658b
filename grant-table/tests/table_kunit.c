// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_gnttab_table: which entries of the native table are free, and how
 * it grows (native/table.c), over a hypervisor that maps what it likes.
 */
#define xpv_gnttab_table		table_tested_table
#define xpv_gnttab_counts		tested_gnttab_counts
#define xpv_gnttab_table_init		tested_table_init
#define xpv_gnttab_table_exit		tested_table_exit
#define xpv_gnttab_table_leave		tested_table_leave
#define xpv_gnttab_table_reserve	tested_table_reserve
#define xpv_gnttab_table_release	tested_table_release

#include <tests/kunit/suite.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>

#include "../internal.h"

#define PER_FRAME	512
#define NO_REF		U32_MAX

/**
 * struct xen - the hypervisor
 * @maps: frames that are mapped now
 * @left: frames that were left
 * @calls: times it was asked to map some
 * @fail_at: the call that fails
 * @err: how
 * @last_first: first frame that was asked for last
 * @last_nr: how many
 * @busy: an entry whose peer holds on
 * @parked: entries that went to the parking lot
 * @last_parked: the last one
 */
static struct xen {
	int maps;
	int left;
	unsigned int calls;
	unsigned int fail_at;
	int err;
	unsigned long last_first;
	unsigned int last_nr;
	u32 busy;
	unsigned int parked;
	u32 last_parked;
} xen;

static int fake_map(struct xpv_hv_frames *frames, unsigned int space,
		    unsigned long first, unsigned int nr)
{
	if (++xen.calls == xen.fail_at)
		return xen.err;
	frames->addr = vzalloc(nr * 4096);
	if (!frames->addr)
		return -ENOMEM;
	frames->nr = nr;
	xen.last_first = first;
	xen.last_nr = nr;
	xen.maps += nr;
	return 0;
}

static void fake_unmap(struct xpv_hv_frames *frames)
{
	xen.maps -= frames->nr;
	vfree(frames->addr);
	*frames = (struct xpv_hv_frames){};
}

static void fake_leave(struct xpv_hv_frames *frames)
{
	xen.left += frames->nr;
}

static void fake_park(u32 ref)
{
	xen.parked++;
	xen.last_parked = ref;
}

#define xpv_hv_frames_map		fake_map
#define xpv_hv_frames_unmap		fake_unmap
#define xpv_hv_frames_leave		fake_leave
#define xpv_gnttab_park(ref, page)	fake_park(xpv_gref_raw(ref))

#include "../native/table.c"

static int revoke(xpv_gref_t ref)
{
	return xpv_gref_raw(ref) == xen.busy ? -EBUSY : 0;
}

static const struct xpv_gnttab_format plain = {
	.version = 1,
	.per_frame = PER_FRAME,
	.revoke = revoke,
};

static const struct xpv_gnttab_format with_status = {
	.version = 2,
	.per_frame = PER_FRAME,
	.per_status = PER_FRAME * XPV_GNTTAB_CHUNK,
	.revoke = revoke,
};

static int init(struct kunit *test)
{
	xen = (struct xen){ .busy = NO_REF, .err = -ENOMEM };
	return 0;
}

static void exit_table(struct kunit *test)
{
	xpv_gnttab_table_exit();
	KUNIT_EXPECT_EQ(test, xen.maps, 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.size, 0);
}

static xpv_gref_t *new_refs(struct kunit *test, unsigned int nr)
{
	xpv_gref_t *refs = kunit_kcalloc(test, nr, sizeof(*refs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, refs);
	return refs;
}

/* All different, none of the toolstack's, all within what is mapped. */
static void expect_distinct(struct kunit *test, const xpv_gref_t *refs,
			    unsigned int nr)
{
	u32 limit = xpv_gnttab_counts.limit;
	unsigned long *seen = kunit_kcalloc(test, BITS_TO_LONGS(limit),
					    sizeof(long), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, seen);
	for (i = 0; i < nr; i++) {
		u32 raw = xpv_gref_raw(refs[i]);

		KUNIT_ASSERT_GE(test, raw, 8);
		KUNIT_ASSERT_LT(test, raw, xpv_gnttab_counts.size);
		KUNIT_ASSERT_FALSE(test, test_bit(raw, seen));
		__set_bit(raw, seen);
	}
}

struct size_case {
	u32 max_frames;
	u32 first_frames;
};

static const struct size_case size_cases[] = {
	{ 1, 1 },
	{ 7, 7 },
	{ 8, 8 },
	{ 9, 8 },
	{ 64, 8 },
};

static void describe_size(const struct size_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u frames", c->max_frames);
}

KUNIT_ARRAY_PARAM(size, size_cases, describe_size);

static void init_maps_the_first_chunk(struct kunit *test)
{
	const struct size_case *c = test->param_value;

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, c->max_frames), 0);
	KUNIT_EXPECT_EQ(test, xen.maps, (int)c->first_frames);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.size,
			c->first_frames * PER_FRAME);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.limit,
			c->max_frames * PER_FRAME);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.in_use, 0);
	KUNIT_EXPECT_PTR_EQ(test, xpv_gnttab_table.entries[c->first_frames - 1],
			    xpv_gnttab_table.entries[0] +
				    (c->first_frames - 1) * 4096);
	exit_table(test);
}

static void init_maps_status_with_each_chunk(struct kunit *test)
{
	xpv_gref_t *refs = new_refs(test, 8 * PER_FRAME);

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&with_status, 16), 0);
	KUNIT_EXPECT_EQ(test, xen.maps, 9);
	KUNIT_EXPECT_EQ(test, xen.last_first, 0x80000000ul);
	KUNIT_EXPECT_EQ(test, xen.last_nr, 1);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 8 * PER_FRAME), 0);
	KUNIT_EXPECT_EQ(test, xen.maps, 18);
	KUNIT_EXPECT_EQ(test, xen.last_first, 0x80000001ul);
	KUNIT_EXPECT_NOT_NULL(test, xpv_gnttab_table.status[1]);
	exit_table(test);
}

static void init_undoes_all_on_an_error(struct kunit *test)
{
	unsigned int at;

	for (at = 1; at <= 2; at++) {
		xen = (struct xen){ .fail_at = at, .err = -EIO, .busy = NO_REF };
		KUNIT_EXPECT_EQ(test, xpv_gnttab_table_init(&with_status, 16),
				-EIO);
		KUNIT_EXPECT_EQ(test, xen.maps, 0);
		KUNIT_EXPECT_NULL(test, xpv_gnttab_table.entries);
	}
}

static void reserve_up_to_the_limit(struct kunit *test)
{
	unsigned int all = 9 * PER_FRAME - 8;
	xpv_gref_t *refs = new_refs(test, all + 1);

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, 9), 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, all + 1), -ENOSPC);
	/* Nothing was mapped for what could not be had. */
	KUNIT_EXPECT_EQ(test, xen.maps, 8);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, all), 0);
	KUNIT_EXPECT_EQ(test, xen.maps, 9);
	KUNIT_EXPECT_EQ(test, xen.last_first, 8);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.in_use, all);
	expect_distinct(test, refs, all);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs + all, 1), -ENOSPC);
	xpv_gnttab_table_release(refs + 5, 1);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs + all, 1), 0);
	KUNIT_EXPECT_EQ(test, xpv_gref_raw(refs[all]), xpv_gref_raw(refs[5]));
	exit_table(test);
}

static void release_gives_back(struct kunit *test)
{
	xpv_gref_t *refs = new_refs(test, 600);

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, 8), 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 200), 0);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs + 200, 200), 0);
	expect_distinct(test, refs, 400);
	xpv_gnttab_table_release(refs + 100, 200);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.in_use, 200);
	/* Into the gap, and beyond it. */
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs + 400, 200), 0);
	memcpy(refs + 100, refs + 400, 100 * sizeof(*refs));
	memcpy(refs + 200, refs + 500, 100 * sizeof(*refs));
	expect_distinct(test, refs, 400);
	KUNIT_EXPECT_EQ(test, xen.maps, 8);
	exit_table(test);
}

struct fault_case {
	int from;
	int to;
};

static const struct fault_case fault_cases[] = {
	{ -ENOMEM, -ENOMEM },
	{ -EINVAL, -ENOSPC },
	{ -EIO, -ENOSPC },
};

static void describe_fault(const struct fault_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "error %d", c->from);
}

KUNIT_ARRAY_PARAM(fault, fault_cases, describe_fault);

static void reserve_survives_a_table_that_does_not_grow(struct kunit *test)
{
	const struct fault_case *c = test->param_value;
	xpv_gref_t *refs = new_refs(test, 9 * PER_FRAME);

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, 64), 0);
	xen.fail_at = xen.calls + 1;
	xen.err = c->from;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 9 * PER_FRAME),
			c->to);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.in_use, 0);
	/* And what there is can still be had; and later, more. */
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 100), 0);
	xpv_gnttab_table_release(refs, 100);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 9 * PER_FRAME), 0);
	expect_distinct(test, refs, 9 * PER_FRAME);
	exit_table(test);
}

static void grow_undoes_half_a_chunk(struct kunit *test)
{
	xpv_gref_t *refs = new_refs(test, 9 * PER_FRAME);

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&with_status, 64), 0);
	xen.fail_at = xen.calls + 2;
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 9 * PER_FRAME),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, xen.maps, 9);
	exit_table(test);
}

/* Left granted by whoever had the table before us. */
static void stale_grants_are_parked(struct kunit *test)
{
	xpv_gref_t *refs = new_refs(test, PER_FRAME);
	unsigned int i;

	xen.busy = 100;
	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, 1), 0);
	KUNIT_EXPECT_EQ(test, xen.parked, 1);
	KUNIT_EXPECT_EQ(test, xen.last_parked, 100);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_counts.in_use, 1);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, PER_FRAME - 8),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, PER_FRAME - 9), 0);
	for (i = 0; i < PER_FRAME - 9; i++)
		KUNIT_EXPECT_NE(test, xpv_gref_raw(refs[i]), 100);
	exit_table(test);
}

/* The toolstack's own entries are not even looked at. */
static void reserved_entries_are_left_alone(struct kunit *test)
{
	xen.busy = 7;
	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, 1), 0);
	KUNIT_EXPECT_EQ(test, xen.parked, 0);
	exit_table(test);
	xen.busy = 8;
	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&plain, 1), 0);
	KUNIT_EXPECT_EQ(test, xen.parked, 1);
	exit_table(test);
}

/* All frames go; who still looks finds the table, which grows no more. */
static void leave_ends_growth(struct kunit *test)
{
	xpv_gref_t *refs = new_refs(test, 8 * PER_FRAME);

	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_init(&with_status, 32), 0);
	KUNIT_ASSERT_EQ(test, xpv_gnttab_table_reserve(refs, 8 * PER_FRAME), 0);
	xpv_gnttab_table_leave();
	KUNIT_EXPECT_EQ(test, xen.left, 18);
	KUNIT_EXPECT_NOT_NULL(test, xpv_gnttab_table.entries[15]);
	KUNIT_EXPECT_EQ(test, xpv_gnttab_table_reserve(refs, 8 * PER_FRAME),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, xen.maps, 18);
	exit_table(test);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE_PARAM(init_maps_the_first_chunk, size_gen_params),
	KUNIT_CASE(init_maps_status_with_each_chunk),
	KUNIT_CASE(init_undoes_all_on_an_error),
	KUNIT_CASE(reserve_up_to_the_limit),
	KUNIT_CASE(release_gives_back),
	KUNIT_CASE_PARAM(reserve_survives_a_table_that_does_not_grow,
			 fault_gen_params),
	KUNIT_CASE(grow_undoes_half_a_chunk),
	KUNIT_CASE(stale_grants_are_parked),
	KUNIT_CASE(reserved_entries_are_left_alone),
	KUNIT_CASE(leave_ends_growth),
	{}
};

static struct kunit_suite table_suite = {
	.name = "xpv_gnttab_table",
	.init = init,
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's grant table");
MODULE_LICENSE("GPL");
