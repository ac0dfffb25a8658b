// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_stack_bus: devices come, connect and go, between a driver and a
 * backend of this suite's own that do nothing but count.
 */
#include <linux/atomic.h>
#include <xpv/xenbus.h>

#include "../toolstack.h"
#include "stack.h"

#define TYPE	"xkunit"

/*
 * Each case has a device of another number: the bus may take its time to see that
 * the last one went, and would take one of the same number for that.
 */
static unsigned int id;
static char front[48];

/* How often each of the driver's operations was called. */
static struct {
	atomic_t probe;
	atomic_t connect;
	atomic_t ready;
	atomic_t stop;
	atomic_t disconnect;
	atomic_t remove;
} counts;

static int front_probe(struct xpv_device *xdev)
{
	atomic_inc(&counts.probe);
	return 0;
}

static int front_connect(struct xpv_device *xdev)
{
	atomic_inc(&counts.connect);
	return 0;
}

static int front_ready(struct xpv_device *xdev)
{
	atomic_inc(&counts.ready);
	return 0;
}

static void front_stop(struct xpv_device *xdev, bool alive)
{
	atomic_inc(&counts.stop);
}

static void front_disconnect(struct xpv_device *xdev)
{
	atomic_inc(&counts.disconnect);
}

static void front_remove(struct xpv_device *xdev)
{
	atomic_inc(&counts.remove);
}

static struct xpv_driver driver = {
	.name = "xpv-kunit",
	.device_type = TYPE,
	.offer_state = XenbusStateInitialised,
	.probe = front_probe,
	.connect = front_connect,
	.ready = front_ready,
	.stop = front_stop,
	.disconnect = front_disconnect,
	.remove = front_remove,
};

static int back_probe(struct xsim_device *dev)
{
	return xsim_device_set_state(dev, XenbusStateInitWait);
}

/* The frontend's state that the backend has acted upon. */
static enum xenbus_state seen;

static void back_frontend_changed(struct xsim_device *dev,
				  enum xenbus_state state)
{
	switch (state) {
	case XenbusStateInitialising:
		xsim_device_set_state(dev, XenbusStateInitWait);
		break;
	case XenbusStateInitialised:
		xsim_device_set_state(dev, XenbusStateConnected);
		break;
	case XenbusStateClosing:
	case XenbusStateClosed:
		xsim_device_set_state(dev, XenbusStateClosed);
		break;
	default:
		break;
	}
	WRITE_ONCE(seen, state);
}

/* The backend does nothing more by itself, as long as the frontend does not. */
static bool is_settled(void)
{
	return xsim_store_read_uint(front, "state", 0) == READ_ONCE(seen);
}

static void back_remove(struct xsim_device *dev)
{
}

static struct xsim_backend backend = {
	.type = TYPE,
	.probe = back_probe,
	.frontend_changed = back_frontend_changed,
	.remove = back_remove,
};

static int bus_init(struct kunit *test)
{
	int err = stack_init(test);

	memset(&counts, 0, sizeof(counts));
	seen = XenbusStateUnknown;
	snprintf(front, sizeof(front), "/local/domain/1/device/" TYPE "/%u", ++id);
	err = err ?: xsim_backend_register(&backend);
	return err ?: xpv_bus_register(&driver);
}

/* Whatever happened: what began has ended. */
static void bus_exit(struct kunit *test)
{
	if (xpv_hv_owner() != XPV_OWNER_XPV)
		return;
	xpv_bus_unregister(&driver);
	xsim_device_destroy(TYPE, id, 0);
	xsim_backend_unregister(&backend);
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.probe),
			atomic_read(&counts.remove));
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.connect),
			atomic_read(&counts.stop));
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.connect),
			atomic_read(&counts.disconnect));
	stack_exit(test);
}

static void connect(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xsim_device_create(TYPE, id, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected(TYPE, id, PATIENCE_MS), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.ready)));
}

static void connects_and_detaches(struct kunit *test)
{
	connect(test);
	KUNIT_EXPECT_EQ(test, xsim_device_destroy(TYPE, id, PATIENCE_MS), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.remove)));
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.connect), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.ready), 1);
}

/* More names than fit into one reply of XenStore's, so that it tells parts. */
static void finds_one_in_a_crowd(struct kunit *test)
{
	static const char parent[] = "/local/domain/1/device/" TYPE;
	static const char fmt[] = "one-of-many-that-never-have-a-state-%u/backend-id";
	char node[64];
	unsigned int i;

	for (i = 0; i < 150; i++) {
		snprintf(node, sizeof(node), fmt, i);
		KUNIT_ASSERT_EQ(test, xsim_store_write(parent, node, "0"), 0);
	}
	connect(test);
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.probe), 1);
	KUNIT_EXPECT_EQ(test, xsim_device_destroy(TYPE, id, PATIENCE_MS), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.remove)));
	KUNIT_EXPECT_EQ(test, xsim_store_remove(parent, ""), 0);
}

/* Before the bus has seen that the last one went, or while it looks. */
static void comes_back_at_once(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		connect(test);
		KUNIT_EXPECT_EQ(test, xsim_device_destroy(TYPE, id, PATIENCE_MS), 0);
	}
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.remove) ==
					   atomic_read(&counts.probe)));
}

static void survives_forced_detach(struct kunit *test)
{
	connect(test);
	KUNIT_EXPECT_EQ(test, xsim_device_destroy(TYPE, id, 0), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.remove)));
}

static void comes_back_with_its_driver(struct kunit *test)
{
	connect(test);
	xpv_bus_unregister(&driver);
	KUNIT_EXPECT_EQ(test, (int)xsim_store_read_uint(front, "state", 0),
			XenbusStateClosed);
	KUNIT_EXPECT_EQ(test, xpv_bus_register(&driver), 0);
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected(TYPE, id, PATIENCE_MS), 0);
}

static void comes_back_with_its_backend(struct kunit *test)
{
	struct xsim_device *dev;

	connect(test);
	dev = xsim_device_find(TYPE, id);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	xsim_device_set_state(dev, XenbusStateClosing);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.disconnect)));
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(seen) == XenbusStateClosed));
	xsim_device_set_state(dev, XenbusStateInitWait);
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected(TYPE, id, PATIENCE_MS), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.connect), 2);
}

/* Its backend begins anew, and hears nothing of a frontend that is closed already. */
static void detaches_what_has_closed(struct kunit *test)
{
	struct xsim_device *dev;

	connect(test);
	xpv_bus_unregister(&driver);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(seen) == XenbusStateClosed));
	dev = xsim_device_find(TYPE, id);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	xsim_device_set_state(dev, XenbusStateInitWait);
	KUNIT_EXPECT_EQ(test, xsim_device_destroy(TYPE, id, 2000), 0);
	KUNIT_EXPECT_EQ(test, xpv_bus_register(&driver), 0);
}

/* As after a migration: here is the same device, served from elsewhere. */
static void moves_to_another_backend(struct kunit *test)
{
	static const char other[] = "/local/domain/0/elsewhere";

	connect(test);
	KUNIT_ASSERT_EQ(test, xsim_store_give(other), 0);
	KUNIT_EXPECT_EQ(test, xsim_store_write(other, "state", "2"), 0);
	KUNIT_EXPECT_EQ(test, xsim_store_write(front, "backend", other), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.connect) == 2));
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.disconnect), 1);
	KUNIT_EXPECT_EQ(test, xsim_store_write(other, "state", "4"), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.ready) == 2));
	KUNIT_EXPECT_EQ(test, xsim_store_remove(other, ""), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.disconnect) == 2));
}

/* A toolstack without transactions: node by node, and the state last. */
static void waits_for_its_state(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, xsim_store_give(front), 0);
	KUNIT_EXPECT_EQ(test, xsim_store_write(front, "backend-id", "0"), 0);
	KUNIT_EXPECT_EQ(test, xsim_store_write(front, "backend", "/nowhere"), 0);
	msleep(200);
	KUNIT_EXPECT_EQ(test, atomic_read(&counts.probe), 0);
	KUNIT_EXPECT_EQ(test, xsim_store_write(front, "state", "1"), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.probe)));
	KUNIT_EXPECT_EQ(test, xsim_store_remove(front, ""), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(atomic_read(&counts.remove)));
}

/* Each state of a backend that is out of its mind, and that there is none. */
static void survives_any_state(struct kunit *test)
{
	static const char *const states[] = { "0", "1", "2", "3", "4", "5", "6",
					      "7", "8", "9", "", "-1", "four" };
	struct xsim_device *dev;
	unsigned int i;

	connect(test);
	dev = xsim_device_find(TYPE, id);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		xsim_store_write(dev->path, "state", states[i]);
		msleep(20);
	}
	xsim_store_remove(dev->path, "state");
	msleep(20);
	/* Sane again, and the device is of use again. */
	xsim_device_set_state(dev, XenbusStateClosed);
	msleep(100);
	KUNIT_EXPECT_TRUE(test, wait_until(is_settled()));
	xsim_device_set_state(dev, XenbusStateInitWait);
	KUNIT_EXPECT_EQ(test, xsim_device_wait_connected(TYPE, id, PATIENCE_MS), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(waits_for_its_state),
	KUNIT_CASE(connects_and_detaches),
	KUNIT_CASE(finds_one_in_a_crowd),
	KUNIT_CASE(comes_back_at_once),
	KUNIT_CASE(moves_to_another_backend),
	KUNIT_CASE(survives_forced_detach),
	KUNIT_CASE(comes_back_with_its_driver),
	KUNIT_CASE(comes_back_with_its_backend),
	KUNIT_CASE(detaches_what_has_closed),
	KUNIT_CASE(survives_any_state),
	{}
};

struct kunit_suite stack_bus_suite = {
	.name = "xpv_stack_bus",
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = cases,
};
