// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_shutdown: who leaves when this kernel ends, and in which order
 * (native/shutdown.c). The test is the driver core.
 */
#define xpv_hv_leaver_add	tested_leaver_add
#define xpv_hv_leaver_remove	tested_leaver_remove
#define xpv_hv_shutdown_init	tested_shutdown_init
#define xpv_hv_shutdown_exit	tested_shutdown_exit

#include <tests/kunit/suite.h>
#include <linux/err.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <xpv/shutdown.h>

#include "../internal.h"

/**
 * struct core - the driver core, and what came to pass
 * @driver_err: of the driver
 * @device_err: of the device
 * @drivers: registered
 * @devices: registered
 * @said: who left: a letter each
 */
static struct core {
	int driver_err;
	int device_err;
	int drivers;
	int devices;
	char said[16];
} core;

static struct platform_device some_device;

static void say(char letter)
{
	size_t len = strlen(core.said);

	if (len < sizeof(core.said) - 1)
		core.said[len] = letter;
}

static int fake_register(void)
{
	core.drivers += !core.driver_err;
	return core.driver_err;
}

static struct platform_device *fake_device(void)
{
	if (core.device_err)
		return ERR_PTR(core.device_err);
	core.devices++;
	return &some_device;
}

static void fake_device_gone(struct platform_device *device)
{
	core.devices -= device == &some_device;
}

#undef platform_driver_register
#define platform_driver_register(driver)		fake_register()
#define platform_driver_unregister(driver)		((void)core.drivers--)
#define platform_device_register_simple(name, id, res, n) fake_device()
#define platform_device_unregister			fake_device_gone
#define xpv_hv_upcall_leave()				say('U')
#define xpv_hv_shared_info_leave()			say('I')

#undef pr_fmt
#include "../native/shutdown.c"

static void leave_a(void)
{
	say('a');
}

static void leave_b(void)
{
	say('b');
}

static void leave_c(void)
{
	say('c');
}

static int init(struct kunit *test)
{
	core = (struct core){};
	return 0;
}

static void the_last_to_come_leaves_first(struct kunit *test)
{
	struct xpv_hv_leaver a = { .leave = leave_a }, b = { .leave = leave_b };
	struct xpv_hv_leaver c = { .leave = leave_c };

	xpv_hv_leaver_add(&a);
	xpv_hv_leaver_add(&b);
	xpv_hv_leaver_add(&c);
	driver.shutdown(&some_device);
	KUNIT_EXPECT_STREQ(test, core.said, "cbaUI");

	xpv_hv_leaver_remove(&b);
	memset(core.said, 0, sizeof(core.said));
	driver.shutdown(&some_device);
	KUNIT_EXPECT_STREQ(test, core.said, "caUI");

	xpv_hv_leaver_remove(&a);
	xpv_hv_leaver_remove(&c);
	memset(core.said, 0, sizeof(core.said));
	driver.shutdown(&some_device);
	KUNIT_EXPECT_STREQ(test, core.said, "UI");
}

static void it_stands_until_it_is_told(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xpv_hv_shutdown_init(), 0);
	KUNIT_EXPECT_EQ(test, core.drivers, 1);
	KUNIT_EXPECT_EQ(test, core.devices, 1);
	xpv_hv_shutdown_exit();
	KUNIT_EXPECT_EQ(test, core.drivers, 0);
	KUNIT_EXPECT_EQ(test, core.devices, 0);
	KUNIT_EXPECT_STREQ(test, core.said, "");
}

static void an_error_leaves_nothing(struct kunit *test)
{
	core.driver_err = -EBUSY;
	KUNIT_EXPECT_EQ(test, xpv_hv_shutdown_init(), -EBUSY);
	core.driver_err = 0;
	core.device_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, xpv_hv_shutdown_init(), -ENOMEM);
	KUNIT_EXPECT_EQ(test, core.drivers, 0);
	KUNIT_EXPECT_EQ(test, core.devices, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_last_to_come_leaves_first),
	KUNIT_CASE(it_stands_until_it_is_told),
	KUNIT_CASE(an_error_leaves_nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_shutdown",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of the end of a kernel");
MODULE_LICENSE("GPL");
