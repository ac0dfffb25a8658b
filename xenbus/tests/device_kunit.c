// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_xenbus_device: the life of a device (device.c). Its driver, XenStore and
 * the handshake are fakes that write down what happens; its works are real, as
 * what is tried here is that none of them outlives it.
 */
#define xpv_device_kick		tested_device_kick
#define xpv_device_create	tested_device_create
#define xpv_device_destroy	tested_device_destroy
#define xpv_device_shutdown	tested_device_shutdown
#define xpv_device_moved	tested_device_moved
#define xpv_device_init		tested_device_init
#define xpv_device_exit		tested_device_exit

#include <tests/kunit/suite.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../internal.h"

/**
 * struct scene - all that is not the device
 * @line: what happened, in order
 * @probe_err: what the driver's probe returns
 * @watch_err: what adding the watch returns
 * @kicks: probe tells a fault, and a step begins before it returns
 * @steps: of the handshake
 */
struct scene {
	char line[120];
	int probe_err;
	int watch_err;
	bool kicks;
	atomic_t steps;
};

static struct scene *scene;
static struct device *parent;

static void note(const char *what)
{
	strlcat(scene->line, what, sizeof(scene->line));
}

/* Whoever steps now waits for the device's lock, which its caller has. */
static void begin_step(struct xpv_device *xdev)
{
	unsigned int tries;

	xpv_device_kick(xdev);
	for (tries = 0; tries < 60000; tries++) {
		if (work_busy(&xdev->work) & WORK_BUSY_RUNNING)
			return;
		usleep_range(500, 1000);
	}
	note("nobody-steps ");
}

static int fake_probe(struct xpv_device *xdev)
{
	note("probe ");
	if (scene->kicks)
		begin_step(xdev);
	return scene->probe_err;
}

static void fake_remove(struct xpv_device *xdev)
{
	note("remove ");
}

static const struct xpv_driver driver = {
	.name = "fake",
	.probe = fake_probe,
	.remove = fake_remove,
};

static int fake_watch_add(struct xpv_xs_watch *watch)
{
	note("watch ");
	return scene->watch_err;
}

static void fake_watch_remove(struct xpv_xs_watch *watch)
{
	note("unwatch ");
}

static void fake_state(struct xpv_device *xdev, enum xenbus_state state)
{
	note(state == XenbusStateClosed ? "closed " : "state ");
}

/* As the real one's wait for a backend does. */
static void fake_step(struct xpv_device *xdev)
{
	atomic_inc(&scene->steps);
	mod_delayed_work(system_wq, &xdev->patience, HZ);
}

static void fake_restart(struct xpv_device *xdev)
{
	note("restart ");
	mod_delayed_work(system_wq, &xdev->patience, HZ);
}

static void fake_end(struct xpv_device *xdev)
{
	if (work_busy(&xdev->work) || work_busy(&xdev->patience.work))
		note("busy ");
	note("end ");
}

#define xpv_xs_watch_add(watch, fmt, ...) fake_watch_add(watch)
#define xpv_xs_watch_remove		fake_watch_remove
#define xpv_state_set			fake_state
#define xpv_handshake_step		fake_step
#define xpv_handshake_end		fake_end
#define xpv_handshake_restart		fake_restart
#define xpv_handshake_lose_patience(xdev) note("impatient ")

#include "../device.c"

static int init(struct kunit *test)
{
	scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);
	parent = kunit_kzalloc(test, sizeof(*parent), GFP_KERNEL);
	if (!scene || !parent)
		return -ENOMEM;
	return xpv_device_init();
}

static void teardown(struct kunit *test)
{
	/* Where init() failed there is none. */
	if (steps)
		xpv_device_exit();
	steps = NULL;
}

static struct xpv_device *create(void)
{
	return xpv_device_create(parent, "device/fake/0", "/backend", xpv_domid(0), &driver);
}

static void expect_happened(struct kunit *test, const char *line)
{
	KUNIT_EXPECT_STREQ(test, scene->line, line);
	scene->line[0] = '\0';
}

static void lives_and_goes(struct kunit *test)
{
	struct xpv_device *xdev = create();

	KUNIT_ASSERT_FALSE(test, IS_ERR(xdev));
	KUNIT_EXPECT_PTR_EQ(test, dev_get_drvdata(parent), (void *)xdev);
	expect_happened(test, "probe restart watch ");
	xpv_device_destroy(xdev);
	expect_happened(test, "unwatch end remove ");
	KUNIT_EXPECT_NULL(test, dev_get_drvdata(parent));
}

static void steps_when_it_is_kicked(struct kunit *test)
{
	struct xpv_device *xdev = create();

	KUNIT_ASSERT_FALSE(test, IS_ERR(xdev));
	xpv_device_kick(xdev);
	flush_workqueue(steps);
	KUNIT_EXPECT_EQ(test, atomic_read(&scene->steps), 1);
	xpv_device_destroy(xdev);
}

/* It is freed at once: whoever steps now would arm a timer in freed memory. */
static void steps_no_more_when_its_probe_failed(struct kunit *test)
{
	scene->kicks = true;
	scene->probe_err = -EINVAL;
	KUNIT_EXPECT_EQ(test, PTR_ERR(create()), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, atomic_read(&scene->steps), 0);
	expect_happened(test, "probe closed ");
	KUNIT_EXPECT_NULL(test, dev_get_drvdata(parent));
}

static void ends_in_order_if_it_cannot_be_watched(struct kunit *test)
{
	scene->watch_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, PTR_ERR(create()), (long)-ENOMEM);
	expect_happened(test, "probe restart watch unwatch end remove ");
}

static void stays_closed_once_the_kernel_ends(struct kunit *test)
{
	struct xpv_device *xdev = create();

	KUNIT_ASSERT_FALSE(test, IS_ERR(xdev));
	expect_happened(test, "probe restart watch ");
	xpv_device_shutdown(xdev);
	expect_happened(test, "unwatch end ");
	xpv_device_kick(xdev);
	flush_workqueue(steps);
	KUNIT_EXPECT_EQ(test, atomic_read(&scene->steps), 0);
	KUNIT_EXPECT_EQ(test, xpv_device_moved(xdev, "/other", xpv_domid(1)), 0);
	expect_happened(test, "");
	xpv_device_destroy(xdev);
	expect_happened(test, "end remove ");
}

static void follows_its_backend(struct kunit *test)
{
	struct xpv_device *xdev = create();

	KUNIT_ASSERT_FALSE(test, IS_ERR(xdev));
	expect_happened(test, "probe restart watch ");
	KUNIT_EXPECT_EQ(test, xpv_device_moved(xdev, "/other", xpv_domid(1)), 0);
	expect_happened(test, "unwatch restart watch ");
	KUNIT_EXPECT_STREQ(test, xdev->otherend, "/other");
	KUNIT_EXPECT_EQ(test, xpv_domid_raw(xdev->peer), 1);
	xpv_device_destroy(xdev);
}

static struct kunit_case device_cases[] = {
	KUNIT_CASE(lives_and_goes),
	KUNIT_CASE(steps_when_it_is_kicked),
	KUNIT_CASE(steps_no_more_when_its_probe_failed),
	KUNIT_CASE(ends_in_order_if_it_cannot_be_watched),
	KUNIT_CASE(stays_closed_once_the_kernel_ends),
	KUNIT_CASE(follows_its_backend),
	{}
};

static struct kunit_suite device_suite = {
	.name = "xpv_xenbus_device",
	.init = init,
	.exit = teardown,
	.test_cases = device_cases,
};

kunit_test_suite(device_suite);

MODULE_DESCRIPTION("KUnit suite of the life of a device");
MODULE_LICENSE("GPL");
