// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suites xpv_hypercall and xpv_frames: what Xen answers, as errno, and frames
 * of Xen's over RAM of ours (native/hypercall.c, native/frames.c). Xen is a fake with one
 * operation, which every kind of hypercall ends in.
 */
#define xpv_hv_event_channel_op		tested_event_channel_op
#define xpv_hv_grant_table_op		tested_grant_table_op
#define xpv_hv_memory_op		tested_memory_op
#define xpv_hv_hvm_op			tested_hvm_op
#define xpv_hv_vcpu_op			tested_vcpu_op
#define xpv_hv_sched_op			tested_sched_op
#define xpv_hv_version_op		tested_version_op
#define xpv_hv_param			tested_param
#define xpv_hv_param_set		tested_param_set
#define xpv_hv_simulated		tested_simulated
#define xpv_hv_hypercall_init		tested_hypercall_init
#define xpv_hv_hypercall_replace	tested_hypercall_replace
#define xpv_hv_hypercall_hold		tested_hypercall_hold
#define xpv_hv_frames_map		tested_frames_map
#define xpv_hv_frames_unmap		tested_frames_unmap
#define xpv_hv_frames_leave		tested_frames_leave

#include <tests/kunit/suite.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>

#include "../arch.h"

/* What the architecture issues hypercalls by; NULL if it cannot. */
static const struct xpv_hypercall_ops *arch_hypercalls;

#define xpv_hv_arch_hypercalls()	(arch_hypercalls)
#undef pr_fmt
#include "../native/hypercall.c"
#undef pr_fmt
#undef pr_warn
#define pr_warn(...) count_warning(true)
#undef pr_err_ratelimited
#define pr_err_ratelimited(...) count_warning(true)
#include "../native/frames.c"

#define FRAMES	5

/* What stands behind a page of ours. */
enum backing {
	RAM,
	NOTHING,
	FRAME,
};

/**
 * struct xen - the hypervisor
 * @ret: what a hypercall returns that is not about memory
 * @cmd: of the last
 * @param: of the last about an HVM parameter
 * @gfns: pages that it has seen
 * @behind: what is behind each
 * @index: frame that is, if one is
 * @nr: how many pages
 * @calls: hypercalls about memory
 * @fail_at: the one that fails; 0 for none
 * @fail: what it returns
 * @gone: Xen has taken its frames away of its own accord
 */
static struct xen {
	long ret;
	int cmd;
	struct xen_hvm_param param;
	u64 gfns[FRAMES];
	enum backing behind[FRAMES];
	u64 index[FRAMES];
	unsigned int nr;
	unsigned int calls;
	unsigned int fail_at;
	long fail;
	bool gone;
} xen;

static long fake_op(int cmd, void *arg)
{
	xen.cmd = cmd;
	return xen.ret;
}

static long fake_grant_table_op(int cmd, void *arg, unsigned int count)
{
	return fake_op(cmd + count, arg);
}

static long fake_vcpu_op(int cmd, unsigned int vcpu, void *arg)
{
	return fake_op(cmd + vcpu, arg);
}

static long fake_hvm_op(int cmd, void *arg)
{
	struct xen_hvm_param *param = arg;

	if (param) {
		xen.param = *param;
		param->value = 4711;
	}
	return fake_op(cmd, arg);
}

static unsigned int number_of(u64 gfn)
{
	unsigned int i;

	for (i = 0; i < xen.nr; i++)
		if (xen.gfns[i] == gfn)
			return i;
	xen.gfns[xen.nr] = gfn;
	return xen.nr++;
}

static long change(u64 gfn, enum backing from, enum backing to)
{
	unsigned int i = number_of(gfn);

	if (xen.behind[i] != from)
		return -ENOENT;
	xen.behind[i] = to;
	return 0;
}

static long reserve(struct xen_memory_reservation *op, enum backing from,
		    enum backing to)
{
	long err = change(*op->extent_start, from, to);

	if (op->domid != DOMID_SELF || op->nr_extents != 1 || op->extent_order)
		return -EINVAL;
	return err ? 0 : 1;
}

static long place(const struct xen_add_to_physmap *op)
{
	long err = change(op->gpfn, NOTHING, FRAME);

	if (err)
		return err;
	xen.index[number_of(op->gpfn)] = op->idx;
	return 0;
}

static long fake_memory_op(int cmd, void *arg)
{
	struct xen_remove_from_physmap *remove = arg;

	if (++xen.calls == xen.fail_at)
		return xen.fail;
	switch (cmd) {
	case XENMEM_decrease_reservation:
		return reserve(arg, RAM, NOTHING);
	case XENMEM_populate_physmap:
		return reserve(arg, NOTHING, RAM);
	case XENMEM_add_to_physmap:
		return place(arg);
	case XENMEM_remove_from_physmap:
		if (xen.gone)
			xen.behind[number_of(remove->gpfn)] = NOTHING;
		return change(remove->gpfn, FRAME, NOTHING);
	default:
		return -EOPNOTSUPP;
	}
}

static const struct xpv_hypercall_ops fake_ops = {
	.event_channel_op = fake_op,
	.grant_table_op = fake_grant_table_op,
	.memory_op = fake_op,
	.hvm_op = fake_hvm_op,
	.vcpu_op = fake_vcpu_op,
	.sched_op = fake_op,
	.xen_version = fake_op,
};

static int init(struct kunit *test)
{
	xen = (struct xen){};
	warnings = 0;
	xpv_hv_hypercall_replace(&fake_ops);
	return 0;
}

/* Xen's numbers are its own: spelt out, not taken from the kernel's. */
struct errno_case {
	long xen;
	long ours;
};

static const struct errno_case errno_cases[] = {
	{ 0, 0 },
	{ 1, 1 },
	{ 1234567, 1234567 },
	{ LONG_MAX, LONG_MAX },
	{ -1, -EPERM },
	{ -2, -ENOENT },
	{ -3, -ESRCH },
	{ -5, -EIO },
	{ -6, -ENXIO },
	{ -7, -E2BIG },
	{ -11, -EAGAIN },
	{ -12, -ENOMEM },
	{ -13, -EACCES },
	{ -14, -EFAULT },
	{ -16, -EBUSY },
	{ -17, -EEXIST },
	{ -19, -ENODEV },
	{ -22, -EINVAL },
	{ -28, -ENOSPC },
	{ -34, -ERANGE },
	{ -38, -EOPNOTSUPP },
	{ -95, -EOPNOTSUPP },
	{ -105, -ENOBUFS },
	{ -107, -ENOTCONN },
	{ -111, -ECONNREFUSED },
	{ -4, -EIO },
	{ -15, -EIO },
	{ -85, -EIO },
	{ -112, -EIO },
	{ -512, -EIO },
	{ -4095, -EIO },
	{ -100000, -EIO },
	{ LONG_MIN + 1, -EIO },
};

static void describe_errno(const struct errno_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%ld", c->xen);
}

KUNIT_ARRAY_PARAM(errno, errno_cases, describe_errno);

static void errors_become_errno(struct kunit *test)
{
	const struct errno_case *c = test->param_value;

	xen.ret = c->xen;
	KUNIT_EXPECT_EQ(test, xpv_hv_event_channel_op(3, NULL), c->ours);
	KUNIT_EXPECT_EQ(test, xpv_hv_grant_table_op(3, NULL, 1), c->ours);
	KUNIT_EXPECT_EQ(test, xpv_hv_memory_op(3, NULL), c->ours);
	KUNIT_EXPECT_EQ(test, xpv_hv_hvm_op(3, NULL), c->ours);
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_op(3, 1, NULL), c->ours);
	KUNIT_EXPECT_EQ(test, xpv_hv_sched_op(3, NULL), c->ours);
	KUNIT_EXPECT_EQ(test, xpv_hv_version_op(3, NULL), c->ours);
	KUNIT_EXPECT_EQ(test, xen.cmd, 3);
}

/* Whatever Xen says, a guest sees an errno that user space knows. */
static void every_error_is_one_of_ours(struct kunit *test)
{
	long err;

	for (xen.ret = -1; xen.ret > -1000; xen.ret--) {
		err = xpv_hv_sched_op(0, NULL);
		KUNIT_ASSERT_LT(test, err, 0);
		KUNIT_ASSERT_GT(test, err, -134);
	}
}

static void param_is_read_and_written(struct kunit *test)
{
	u64 value = 5;

	KUNIT_EXPECT_EQ(test, xpv_hv_param(11, &value), 0);
	KUNIT_EXPECT_EQ(test, value, 4711);
	KUNIT_EXPECT_EQ(test, xen.cmd, HVMOP_get_param);
	KUNIT_EXPECT_EQ(test, xen.param.domid, DOMID_SELF);
	KUNIT_EXPECT_EQ(test, xen.param.index, 11);
	KUNIT_EXPECT_EQ(test, xpv_hv_param_set(12, 99), 0);
	KUNIT_EXPECT_EQ(test, xen.cmd, HVMOP_set_param);
	KUNIT_EXPECT_EQ(test, xen.param.domid, DOMID_SELF);
	KUNIT_EXPECT_EQ(test, xen.param.index, 12);
	KUNIT_EXPECT_EQ(test, xen.param.value, 99);

	value = 5;
	xen.ret = -22;
	KUNIT_EXPECT_EQ(test, xpv_hv_param(11, &value), -EINVAL);
	KUNIT_EXPECT_EQ(test, value, 5);
	KUNIT_EXPECT_EQ(test, xpv_hv_param_set(12, 99), -EINVAL);
}

static void init_asks_the_version(struct kunit *test)
{
	xen.ret = 4 << 16 | 17;
	KUNIT_EXPECT_TRUE(test, xpv_hv_simulated());
	KUNIT_EXPECT_EQ(test, xpv_hv_hypercall_init(), 0);
	KUNIT_EXPECT_EQ(test, xen.cmd, XENVER_version);
	xen.ret = -38;
	KUNIT_EXPECT_EQ(test, xpv_hv_hypercall_init(), -EOPNOTSUPP);
	xpv_hv_hypercall_replace(NULL);
	KUNIT_EXPECT_FALSE(test, xpv_hv_simulated());
}

static void hypercalls_fail_before_init(struct kunit *test)
{
	xpv_hv_hypercall_replace(NULL);
	KUNIT_EXPECT_EQ(test, xpv_hv_event_channel_op(0, NULL), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xpv_hv_grant_table_op(0, NULL, 0), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xpv_hv_memory_op(0, NULL), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xpv_hv_hvm_op(0, NULL), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xpv_hv_vcpu_op(0, 0, NULL), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xpv_hv_sched_op(0, NULL), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, xpv_hv_version_op(0, NULL), -EOPNOTSUPP);
}

static void init_takes_what_the_architecture_has(struct kunit *test)
{
	xpv_hv_hypercall_replace(NULL);
	arch_hypercalls = NULL;
	KUNIT_EXPECT_EQ(test, xpv_hv_hypercall_init(), -EOPNOTSUPP);
	arch_hypercalls = &fake_ops;
	xen.ret = 4 << 16 | 17;
	KUNIT_EXPECT_EQ(test, xpv_hv_hypercall_init(), 0);
	KUNIT_EXPECT_EQ(test, xen.cmd, XENVER_version);
	KUNIT_EXPECT_FALSE(test, xpv_hv_simulated());
}

static struct kunit_case hypercall_cases[] = {
	KUNIT_CASE_PARAM(errors_become_errno, errno_gen_params),
	KUNIT_CASE(every_error_is_one_of_ours),
	KUNIT_CASE(param_is_read_and_written),
	KUNIT_CASE(init_asks_the_version),
	KUNIT_CASE(hypercalls_fail_before_init),
	KUNIT_CASE(init_takes_what_the_architecture_has),
	{}
};

static struct kunit_suite hypercall_suite = {
	.name = "xpv_hypercall",
	.init = init,
	.test_cases = hypercall_cases,
};

static struct xpv_hypercall_ops memory_ops;

static int frames_init(struct kunit *test)
{
	xen = (struct xen){};
	warnings = 0;
	memory_ops = fake_ops;
	memory_ops.memory_op = fake_memory_op;
	xpv_hv_hypercall_replace(&memory_ops);
	return 0;
}

static unsigned int count_backing(enum backing what)
{
	unsigned int i, nr = 0;

	for (i = 0; i < xen.nr; i++)
		nr += xen.behind[i] == what;
	return nr;
}

static const unsigned int frame_counts[] = { 1, 2, FRAMES };

static void describe_frames(const unsigned int *nr, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u frames", *nr);
}

KUNIT_ARRAY_PARAM(frames, frame_counts, describe_frames);

static void map_and_unmap(struct kunit *test)
{
	unsigned int i, nr = *(const unsigned int *)test->param_value;
	struct xpv_hv_frames frames = {};

	KUNIT_ASSERT_EQ(test, xpv_hv_frames_map(&frames, 1, 40, nr), 0);
	KUNIT_EXPECT_EQ(test, frames.nr, nr);
	KUNIT_EXPECT_EQ(test, count_backing(FRAME), nr);
	for (i = 0; i < nr; i++) {
		u64 gfn = page_to_pfn(frames.pages[i]);

		KUNIT_EXPECT_EQ(test, xen.index[number_of(gfn)], 40 + i);
		*(u32 *)(frames.addr + i * PAGE_SIZE) = i + 1;
		KUNIT_EXPECT_EQ(test, *(u32 *)page_address(frames.pages[i]),
				i + 1);
	}
	xpv_hv_frames_unmap(&frames);
	KUNIT_EXPECT_EQ(test, xen.nr, nr);
	KUNIT_EXPECT_EQ(test, count_backing(RAM), nr);
	KUNIT_EXPECT_NULL(test, frames.addr);
	KUNIT_EXPECT_EQ(test, warnings, 0);
	/* Once more does nothing. */
	xpv_hv_frames_unmap(&frames);
	KUNIT_EXPECT_EQ(test, count_backing(RAM), nr);
}

static void map_nothing_is_refused(struct kunit *test)
{
	struct xpv_hv_frames frames = {};

	KUNIT_EXPECT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, xen.calls, 0);
}

/* Each hypercall fails once; two are made for each frame. */
static void map_undoes_all_on_an_error(struct kunit *test)
{
	struct xpv_hv_frames frames = {};
	unsigned int at;

	for (at = 1; at <= 2 * FRAMES; at++) {
		xen = (struct xen){ .fail_at = at, .fail = -22 };
		KUNIT_EXPECT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, FRAMES),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, count_backing(FRAME), 0);
		KUNIT_EXPECT_EQ(test, count_backing(NOTHING), 0);
		KUNIT_EXPECT_NULL(test, frames.pages);
	}
	xen = (struct xen){};
	KUNIT_EXPECT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, 1), 0);
	xpv_hv_frames_unmap(&frames);
}

/* Xen says that it did none of the one extent. */
static void map_believes_no_half_done_work(struct kunit *test)
{
	struct xpv_hv_frames frames = {};

	xen.fail_at = 1;
	xen.fail = 0;
	KUNIT_EXPECT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, 1), -EIO);
	KUNIT_EXPECT_EQ(test, count_backing(FRAME), 0);
}

static void unmap_forgives_what_xen_took(struct kunit *test)
{
	struct xpv_hv_frames frames = {};

	KUNIT_ASSERT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, 2), 0);
	xen.gone = true;
	xpv_hv_frames_unmap(&frames);
	KUNIT_EXPECT_EQ(test, count_backing(RAM), 2);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

/* A page is lost rather than used with no RAM behind it, or with Xen's. */
static void unmap_loses_what_it_cannot_restore(struct kunit *test)
{
	struct xpv_hv_frames frames = {};
	struct page *page;
	unsigned int at;

	for (at = 1; at <= 2; at++) {
		xen = (struct xen){};
		KUNIT_ASSERT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, 1), 0);
		page = frames.pages[0];
		xen.fail_at = xen.calls + at;
		xen.fail = -22;
		xpv_hv_frames_unmap(&frames);
		KUNIT_EXPECT_EQ(test, warnings, at);
		KUNIT_EXPECT_EQ(test, count_backing(RAM), 0);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		__free_page(page);
	}
}

/* RAM is there again, in the same pages, which whoever still looks may write to. */
static void leave_restores_ram_and_keeps_pages(struct kunit *test)
{
	struct xpv_hv_frames frames = {};
	void *addr;

	xpv_hv_frames_leave(&frames);
	KUNIT_EXPECT_EQ(test, xen.calls, 0);
	KUNIT_ASSERT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, FRAMES), 0);
	addr = frames.addr;
	xpv_hv_frames_leave(&frames);
	KUNIT_EXPECT_EQ(test, count_backing(RAM), FRAMES);
	KUNIT_EXPECT_EQ(test, frames.nr, FRAMES);
	KUNIT_EXPECT_PTR_EQ(test, frames.addr, addr);
	KUNIT_EXPECT_EQ(test, page_count(frames.pages[FRAMES - 1]), 1);
	KUNIT_EXPECT_EQ(test, warnings, 0);

	/* What cannot be restored is told, and the rest is. */
	xpv_hv_frames_unmap(&frames);
	KUNIT_EXPECT_EQ(test, warnings, FRAMES);
	frames_init(test);
	KUNIT_ASSERT_EQ(test, xpv_hv_frames_map(&frames, 1, 0, FRAMES), 0);
	xen.fail_at = xen.calls + 1;
	xen.fail = -22;
	xpv_hv_frames_leave(&frames);
	KUNIT_EXPECT_EQ(test, warnings, 1);
	KUNIT_EXPECT_EQ(test, count_backing(RAM), FRAMES - 1);
	xen.fail_at = 0;
	xpv_hv_frames_unmap(&frames);
}

static struct kunit_case frames_cases[] = {
	KUNIT_CASE_PARAM(map_and_unmap, frames_gen_params),
	KUNIT_CASE(map_nothing_is_refused),
	KUNIT_CASE(map_undoes_all_on_an_error),
	KUNIT_CASE(map_believes_no_half_done_work),
	KUNIT_CASE(unmap_forgives_what_xen_took),
	KUNIT_CASE(unmap_loses_what_it_cannot_restore),
	KUNIT_CASE(leave_restores_ram_and_keeps_pages),
	{}
};

static struct kunit_suite frames_suite = {
	.name = "xpv_frames",
	.init = frames_init,
	.test_cases = frames_cases,
};

kunit_test_suites(&hypercall_suite, &frames_suite);

MODULE_DESCRIPTION("KUnit suites of xpv's hypercalls");
MODULE_LICENSE("GPL");
