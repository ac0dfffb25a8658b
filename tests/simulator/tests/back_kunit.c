// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite xpv_back: what a simulated backend does as its frontend changes its state,
 * and when it is restarted. The kind of backend is one that only counts.
 */
#define xsim_back_complain	back_tested_complain
#define xsim_back_fail		back_tested_fail
#define xsim_back_frontend_changed back_tested_frontend_changed
#define xsim_back_probe		back_tested_probe
#define xsim_back_remove	back_tested_remove
#define xsim_back_restart	back_tested_restart
#define xsim_back_begin_anew	back_tested_begin_anew
#define xsim_back_kick		back_tested_kick
#define xsim_back_forge		back_tested_forge

#include <tests/kunit/suite.h>
#include <linux/kernel.h>

#include "../backend/back.h"

/* How often each was called. */
static struct {
	unsigned int offered;
	unsigned int connected;
	unsigned int disconnected;
	unsigned int reconfigured;
	unsigned int forgotten;
	unsigned int told;
	enum xenbus_state said;
	struct xsim_device dev;
} bench;

static int fake_set_state(struct xsim_device *dev, enum xenbus_state state)
{
	dev->state = state;
	return 0;
}

static u64 fake_knob(struct xsim_back *back, const char *knob, u64 fallback)
{
	return fallback;
}

/* The frontend's state, as it said it last. */
static u64 fake_read_uint(const char *path, const char *node, u64 fallback)
{
	return bench.said;
}

__printf(1, 2)
static void fake_violation(const char *fmt, ...)
{
	bench.told++;
}

static void fake_debugfs(struct xsim_back *back)
{
}

static void fake_lies_init(struct xsim_lies *lies)
{
}

#define xsim_device_set_state	fake_set_state
#define xsim_back_knob		fake_knob
#define xsim_violation		fake_violation
#define xsim_store_read_uint	fake_read_uint
#define xsim_back_debugfs_add	fake_debugfs
#define xsim_back_debugfs_remove fake_debugfs
#define xsim_lies_init		fake_lies_init

#include "../backend/back.c"

static void nothing(struct xsim_back *back)
{
}

static void count_offer(struct xsim_back *back)
{
	bench.offered++;
}

static int count_connect(struct xsim_back *back)
{
	bench.connected++;
	return 0;
}

static void count_disconnect(struct xsim_back *back)
{
	bench.disconnected++;
}

static void count_reconfigure(struct xsim_back *back)
{
	lockdep_assert_held(&back->lock);
	bench.reconfigured++;
}

static void count_forget(struct xsim_back *back)
{
	bench.forgotten++;
}

static const struct xsim_back_ops full = {
	.size = sizeof(struct xsim_back),
	.connect_at = XenbusStateConnected,
	.init = nothing,
	.forget = count_forget,
	.offer = count_offer,
	.connect = count_connect,
	.shut = nothing,
	.disconnect = count_disconnect,
	.kick = nothing,
	.reconfigure = count_reconfigure,
	.release = nothing,
};

static const struct xsim_back_ops plain = {
	.size = sizeof(struct xsim_back),
	.connect_at = XenbusStateConnected,
	.init = nothing,
	.offer = count_offer,
	.connect = count_connect,
	.shut = nothing,
	.disconnect = count_disconnect,
	.kick = nothing,
	.release = nothing,
};

static void say(enum xenbus_state state)
{
	xsim_back_frontend_changed(&bench.dev, state);
}

static void begin(struct kunit *test, const struct xsim_back_ops *kind)
{
	memset(&bench, 0, sizeof(bench));
	KUNIT_ASSERT_EQ(test, xsim_back_probe(&bench.dev, kind), 0);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateInitWait);
	say(XenbusStateConnected);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateConnected);
}

static void exit_(struct kunit *test)
{
	if (bench.dev.priv)
		xsim_back_remove(&bench.dev);
	KUNIT_EXPECT_EQ(test, bench.connected, bench.disconnected);
	KUNIT_EXPECT_EQ(test, bench.told, 0u);
}

/* And goes on with the connection that there is. */
static void reconfigures_when_it_is_asked(struct kunit *test)
{
	begin(test, &full);
	say(XenbusStateReconfiguring);
	KUNIT_EXPECT_EQ(test, bench.reconfigured, 1u);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateReconfigured);
	say(XenbusStateConnected);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateReconfigured);
	say(XenbusStateReconfiguring);
	KUNIT_EXPECT_EQ(test, bench.reconfigured, 2u);
	KUNIT_EXPECT_EQ(test, bench.connected, 1u);
	say(XenbusStateClosing);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateClosing);
}

static void leaves_it_where_there_is_nothing_to_do(struct kunit *test)
{
	begin(test, &plain);
	say(XenbusStateReconfiguring);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateConnected);
	xsim_back_restart(bench.dev.priv);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateInitWait);
}

static void forgets_when_it_is_restarted(struct kunit *test)
{
	begin(test, &full);
	/* This is the same backend, with a frontend that begins anew. */
	say(XenbusStateInitialising);
	say(XenbusStateConnected);
	KUNIT_EXPECT_EQ(test, bench.forgotten, 0u);
	KUNIT_EXPECT_EQ(test, bench.offered, 2u);
	xsim_back_restart(bench.dev.priv);
	KUNIT_EXPECT_EQ(test, bench.forgotten, 1u);
	KUNIT_EXPECT_EQ(test, bench.offered, 3u);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateInitWait);
}

static void begins_anew_in_a_new_domain(struct kunit *test)
{
	begin(test, &full);
	xsim_back_begin_anew(&bench.dev);
	KUNIT_EXPECT_EQ(test, bench.disconnected, 1u);
	KUNIT_EXPECT_EQ(test, bench.forgotten, 1u);
	KUNIT_EXPECT_EQ(test, bench.offered, 2u);
	KUNIT_EXPECT_EQ(test, bench.dev.state, XenbusStateInitWait);
	say(XenbusStateConnected);
	KUNIT_EXPECT_EQ(test, bench.connected, 2u);
}

/* It connects to what the frontend is about to leave, as real ones do. */
static void blames_nobody_for_a_connection_of_before(struct kunit *test)
{
	struct xsim_back *back;

	begin(test, &full);
	back = bench.dev.priv;
	bench.said = XenbusStateConnected;
	xsim_back_restart(back);
	say(XenbusStateConnected);
	KUNIT_EXPECT_TRUE(test, xsim_back_is_foul(back));
	xsim_back_complain(back, "nothing");
	KUNIT_EXPECT_EQ(test, bench.told, 0u);
	say(XenbusStateClosing);
	KUNIT_EXPECT_FALSE(test, xsim_back_is_foul(back));
	/* Where there was no connection there is nothing to leave. */
	bench.said = XenbusStateInitialising;
	xsim_back_restart(back);
	KUNIT_EXPECT_FALSE(test, xsim_back_is_foul(back));
}

/* A frontend that closes while its backend connects owes it nothing any more. */
static void blames_nobody_who_has_closed(struct kunit *test)
{
	struct xsim_back *back;

	begin(test, &full);
	back = bench.dev.priv;
	bench.said = XenbusStateClosing;
	xsim_back_complain(back, "of what was connected");
	KUNIT_EXPECT_EQ(test, bench.told, 1u);
	say(XenbusStateClosing);
	xsim_back_complain(back, "of what was to be connected");
	KUNIT_EXPECT_EQ(test, bench.told, 1u);
	bench.said = XenbusStateInitialised;
	xsim_back_complain(back, "of what is to be connected");
	KUNIT_EXPECT_EQ(test, bench.told, 2u);
	/* These were wanted. */
	bench.told = 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(reconfigures_when_it_is_asked),
	KUNIT_CASE(leaves_it_where_there_is_nothing_to_do),
	KUNIT_CASE(forgets_when_it_is_restarted),
	KUNIT_CASE(begins_anew_in_a_new_domain),
	KUNIT_CASE(blames_nobody_for_a_connection_of_before),
	KUNIT_CASE(blames_nobody_who_has_closed),
	{}
};

static struct kunit_suite suite = {
	.name = "xpv_back",
	.exit = exit_,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit suite of what the simulated backends have in common");
MODULE_LICENSE("GPL");
