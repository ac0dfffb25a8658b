// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_owner: who drives the hypervisor, as main.c decides it when the module
 * is loaded, and when a simulator comes and goes.
 */
#define xpv_hv_owner		tested_owner
#define xpv_hv_guest		tested_guest
#define xpv_hv_simulate		tested_simulate
#define xpv_hv_simulate_end	tested_simulate_end

#include <tests/kunit/suite.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <xpv/simulate.h>

#include "../arch.h"
#include "../internal.h"

/**
 * struct world - what is below the module
 * @kernel_owned: the kernel's Xen core owns the domain
 * @detected: there is a Xen
 * @native_err: why it cannot be driven
 * @natives: times that it was taken over, less those that it was given back
 * @ops: table of hypercalls in place; NULL for Xen's own
 * @replaced: times that one was put in place
 */
static struct world {
	bool kernel_owned;
	bool detected;
	int native_err;
	int natives;
	const struct xpv_hypercall_ops *ops;
	unsigned int replaced;
} world;

static bool fake_ask_kernel(struct xpv_hv_facts *facts)
{
	if (!world.kernel_owned)
		return false;
	*facts = (struct xpv_hv_facts){ XPV_OWNER_KERNEL, XPV_GUEST_PV, 4, 17 };
	return true;
}

static bool fake_detect(struct xpv_hv_facts *facts)
{
	if (!world.detected)
		return false;
	*facts = (struct xpv_hv_facts){ XPV_OWNER_NONE, XPV_GUEST_HVM, 4, 17 };
	return true;
}

static int fake_native_init(void)
{
	world.natives += !world.native_err;
	return world.native_err;
}

static void fake_native_exit(void)
{
	world.natives--;
}

static void fake_replace(const struct xpv_hypercall_ops *new)
{
	world.ops = new;
	world.replaced++;
}

#define xpv_hv_ask_kernel		fake_ask_kernel
#define xpv_hv_detect		fake_detect
#define xpv_hv_native_init	fake_native_init
#define xpv_hv_native_exit	fake_native_exit
#define xpv_hv_hypercall_replace fake_replace
#define xpv_hv_upcall_way()	"none"
/* It is called by the cases, after the kernel has started. */
#undef __init
#undef __exit
#define __init
#define __exit
#undef module_init
#undef module_exit
#define module_init(fn)		static_assert(1)
#define module_exit(fn)		static_assert(1)
#undef module_param
#undef module_param_cb
#undef MODULE_PARM_DESC
#undef MODULE_DESCRIPTION
#undef MODULE_LICENSE
#define module_param(...)	static_assert(1)
#define module_param_cb(name, ops, arg, perm) \
	static const void *const shown_##name __maybe_unused = (ops)
#define MODULE_PARM_DESC(...)	static_assert(1)
#define MODULE_DESCRIPTION(...)	static_assert(1)
#define MODULE_LICENSE(...)	static_assert(1)

/* The file has its own. */
#undef pr_fmt

#include "../main.c"

static int init(struct kunit *test)
{
	world = (struct world){};
	facts = (struct xpv_hv_facts){};
	native = false;
	simulate = false;
	return 0;
}

/* What there is, what was asked for, and what comes of it. */
struct load {
	const char *name;
	bool kernel_owned;
	bool detected;
	bool native;
	bool simulate;
	int native_err;
	int err;
	enum xpv_owner owner;
	enum xpv_guest guest;
	int natives;
};

static const struct load loads[] = {
	{ "kernel's", true, true, .owner = XPV_OWNER_KERNEL, .guest = XPV_GUEST_PV },
	{ "kernel's, native asked for", true, true, true, .err = -EBUSY },
	{ "kernel's, simulator asked for", true, true, .simulate = true,
	  .owner = XPV_OWNER_KERNEL, .guest = XPV_GUEST_PV },
	{ "nobody's", false, true, .err = -ENODEV, .guest = XPV_GUEST_HVM },
	{ "nobody's, simulator asked for", false, true, .simulate = true,
	  .err = -ENODEV, .guest = XPV_GUEST_HVM },
	{ "nobody's, native asked for", false, true, true,
	  .owner = XPV_OWNER_XPV, .guest = XPV_GUEST_HVM, .natives = 1 },
	{ "cannot be driven", false, true, true, .native_err = -EIO,
	  .err = -EIO, .guest = XPV_GUEST_HVM },
	{ "no Xen", .err = -ENODEV },
	{ "no Xen, native asked for", .native = true, .err = -ENODEV },
	{ "no Xen, simulator to come", .simulate = true },
};

static void describe_load(const struct load *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(load, loads, describe_load);

static void load_decides_who_owns_the_domain(struct kunit *test)
{
	const struct load *c = test->param_value;

	world.kernel_owned = c->kernel_owned;
	world.detected = c->detected;
	world.native_err = c->native_err;
	native = c->native;
	simulate = c->simulate;
	KUNIT_EXPECT_EQ(test, xpv_hypervisor_init(), c->err);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_owner(), (int)c->owner);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_guest(), (int)c->guest);
	KUNIT_EXPECT_EQ(test, world.natives, c->natives);
	/* Only what was taken over is given back. */
	if (!c->err)
		xpv_hypervisor_exit();
	KUNIT_EXPECT_EQ(test, world.natives, 0);
	KUNIT_EXPECT_EQ(test, world.replaced, 0u);
}

/* The simulator's table is never looked into here. */
static const struct xpv_hypercall_ops *some_ops(void)
{
	return (const struct xpv_hypercall_ops *)&world;
}

static void a_simulator_is_taken_for_xen(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_hv_simulate(some_ops()), 0);
	KUNIT_EXPECT_PTR_EQ(test, world.ops, some_ops());
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_owner(), XPV_OWNER_XPV);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_guest(), XPV_GUEST_HVM);
	/* One is enough. */
	KUNIT_EXPECT_EQ(test, xpv_hv_simulate(NULL), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, world.ops, some_ops());
	xpv_hv_simulate_end();
	KUNIT_EXPECT_NULL(test, world.ops);
	KUNIT_EXPECT_EQ(test, world.natives, 0);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_owner(), XPV_OWNER_NONE);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_guest(), XPV_GUEST_NONE);
	KUNIT_EXPECT_EQ(test, xpv_hv_simulate(some_ops()), 0);
	xpv_hv_simulate_end();
}

static void a_simulator_that_fails_leaves_nothing(struct kunit *test)
{
	world.native_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, xpv_hv_simulate(some_ops()), -ENOMEM);
	KUNIT_EXPECT_NULL(test, world.ops);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_owner(), XPV_OWNER_NONE);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_guest(), XPV_GUEST_NONE);
}

/* On a real one it would answer for a domain that it knows nothing of. */
static void a_simulator_is_refused_on_xen(struct kunit *test)
{
	world.kernel_owned = true;
	KUNIT_ASSERT_EQ(test, xpv_hypervisor_init(), 0);
	KUNIT_EXPECT_EQ(test, xpv_hv_simulate(some_ops()), -EBUSY);
	KUNIT_EXPECT_EQ(test, world.replaced, 0u);
	KUNIT_EXPECT_EQ(test, (int)xpv_hv_owner(), XPV_OWNER_KERNEL);
}

static void an_admin_can_read_who_it_is(struct kunit *test)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, show_owner(page, NULL), 5);
	KUNIT_EXPECT_STREQ(test, page, "none\n");
	world.kernel_owned = true;
	KUNIT_EXPECT_EQ(test, xpv_hypervisor_init(), 0);
	show_owner(page, NULL);
	KUNIT_EXPECT_STREQ(test, page, "kernel\n");
	show_guest(page, NULL);
	KUNIT_EXPECT_STREQ(test, page, "pv\n");
	free_page((unsigned long)page);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(load_decides_who_owns_the_domain, load_gen_params),
	KUNIT_CASE(a_simulator_is_taken_for_xen),
	KUNIT_CASE(a_simulator_that_fails_leaves_nothing),
	KUNIT_CASE(a_simulator_is_refused_on_xen),
	KUNIT_CASE(an_admin_can_read_who_it_is),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_owner",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_INFO(license, "GPL");
MODULE_INFO(description, "KUnit suite of who owns the hypervisor");
