// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suites xpv_handshake and xpv_state: what is done in each phase of ours for
 * each state of the peer, and which steps our state may take (handshake.c,
 * state.c). XenStore, the driver and the clock are fakes that write down what
 * happens, in a line such as "calm stop+ =5 =6 wait disconnect".
 */
#define xpv_xenbus_ops			handshake_fake_ops
#define xpv_state_name			tested_state_name
#define xpv_state_set			tested_state_set
#define xpv_state_of_peer		tested_state_of_peer
#define xpv_handshake_step		tested_handshake_step
#define xpv_handshake_end		tested_handshake_end
#define xpv_handshake_restart		tested_handshake_restart
#define xpv_handshake_lose_patience	tested_handshake_lose_patience

#include <tests/kunit/suite.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../internal.h"

/**
 * struct world - all that is not the handshake
 * @line: what happened, in order
 * @len: of @line
 * @now: the clock
 * @peer: state of the backend, as its node says
 * @peer_err: or why it cannot be read
 * @node_err: why our own node cannot be read
 * @lets_go_after: the backend goes from any state to Closed after so many looks
 * @told: a fault was
 * @silent: it was that the backend says nothing
 * @online: the toolstack wants the device
 * @connect_err: what the driver's operation returns
 * @ready_err: likewise
 * @written: our state as others were told
 */
struct world {
	char line[160];
	size_t len;
	unsigned long now;
	u64 peer;
	int peer_err;
	int node_err;
	unsigned int lets_go_after;
	bool told;
	bool silent;
	bool online;
	int connect_err;
	int ready_err;
	int written;
};

static struct world world;

static __printf(1, 2) void note(const char *fmt, ...)
{
	size_t room = sizeof(world.line) - world.len;
	va_list args;

	va_start(args, fmt);
	world.len += vscnprintf(world.line + world.len, room, fmt, args);
	va_end(args);
}

static int fake_read_uint(const char *dir, const char *node, u64 max, u64 *value)
{
	if (strcmp(dir, "backend") || strcmp(node, "state"))
		return -EACCES;
	if (world.peer_err)
		return world.peer_err;
	if (world.peer > max)
		return -ERANGE;
	*value = world.peer;
	return 0;
}

static int fake_write(int state)
{
	note("=%d ", state);
	return 0;
}

static int fake_transact(int (*fn)(struct xpv_xs_txn *txn, void *arg), void *arg)
{
	return fn(NULL, arg);
}

static int fake_fatal(int err)
{
	note("fatal ");
	world.told = true;
	return err;
}

static void fake_forget(struct xpv_device *xdev)
{
	note("forget ");
	world.told = false;
	xdev->closed_by_fault = false;
}

static void fake_sleep(unsigned int ms)
{
	if (!world.lets_go_after || --world.lets_go_after) {
		world.now += msecs_to_jiffies(ms);
		return;
	}
	note("wait ");
	world.peer = XenbusStateClosed;
}

#define xpv_xs_exists(txn, dir, node)	(world.node_err)
#define xpv_xs_read_uint(txn, ...)	fake_read_uint(__VA_ARGS__)
#define xpv_xs_printf(txn, dir, node, fmt, state) fake_write(state)
#define xpv_xs_transact			fake_transact
#define xpv_bus_fatal(xdev, err, ...)	fake_fatal(err)
#define xpv_fault_told(xdev)		(world.told)
#define xpv_fault_is_silence(xdev)	(world.told && world.silent)
#define xpv_bus_peer_feature(xdev, node) (!strcmp(node, "online") && world.online)
#define xpv_fault_publish(xdev)		note("publish ")
#define xpv_fault_forget		fake_forget
#define xpv_device_kick(xdev)		note("kick ")
#define msleep				fake_sleep
#undef mod_delayed_work
#define mod_delayed_work(wq, work, delay) \
	note((delay) < 30 * HZ ? "look " : "patience ")
#define cancel_delayed_work(work)	note("calm ")
#define jiffies				(world.now)
#undef dev_warn
#define dev_warn(dev, ...)		note("warn ")
#undef dev_err
#define dev_err(dev, ...)		note("err ")
#undef dev_notice
#define dev_notice(dev, ...)		((void)0)

#include "../state.c"
#include "../handshake.c"

static void fake_written(struct xpv_device *xdev)
{
	world.written = xdev->state;
}

static const struct xpv_xenbus_ops fake_ops = {
	.state_written = fake_written,
};

const struct xpv_xenbus_ops *xpv_xenbus_ops = &fake_ops;

static int fake_connect(struct xpv_device *xdev)
{
	note("connect ");
	return world.connect_err;
}

static int fake_ready(struct xpv_device *xdev)
{
	note("ready ");
	return world.ready_err;
}

static void fake_changed(struct xpv_device *xdev)
{
	note("changed ");
}

static void fake_stop(struct xpv_device *xdev, bool alive)
{
	note("stop%c ", alive ? '+' : '-');
}

static void fake_disconnect(struct xpv_device *xdev)
{
	note("disconnect ");
}

static const struct xpv_driver fake_driver = {
	.offer_state = XenbusStateInitialised,
	.connect = fake_connect,
	.ready = fake_ready,
	.changed = fake_changed,
	.stop = fake_stop,
	.disconnect = fake_disconnect,
};

static const enum xenbus_state our_state[XPV_PHASES] = {
	[XPV_PHASE_WAITING] = XenbusStateInitialising,
	[XPV_PHASE_OFFERED] = XenbusStateInitialised,
	[XPV_PHASE_RUNNING] = XenbusStateConnected,
	[XPV_PHASE_CLOSED] = XenbusStateClosed,
};

static struct xpv_device *device_in(struct kunit *test, enum xpv_phase phase,
				    u64 peer)
{
	struct xpv_device *xdev = kunit_kzalloc(test, sizeof(*xdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, xdev);
	xdev->nodename = "device";
	xdev->otherend = "backend";
	xdev->drv = &fake_driver;
	xdev->phase = phase;
	xdev->state = our_state[phase];
	mutex_init(&xdev->lock);
	world = (struct world){ .peer = peer, .lets_go_after = 3 };
	warnings = 0;
	return xdev;
}

static void step(struct xpv_device *xdev)
{
	mutex_lock(&xdev->lock);
	xpv_handshake_step(xdev);
	mutex_unlock(&xdev->lock);
}

/* Each phase of ours with each state of the peer. */
struct step_case {
	enum xpv_phase phase;
	int peer;
	enum xpv_phase then;
	const char *line;
};

#define WAITING XPV_PHASE_WAITING
#define OFFERED XPV_PHASE_OFFERED
#define RUNNING XPV_PHASE_RUNNING
#define CLOSED XPV_PHASE_CLOSED

#define CLOSE_LINE "calm stop- =5 =6 disconnect "
#define BEGIN_LINE "forget =1 patience "
#define ANEW_LINE CLOSE_LINE BEGIN_LINE "look "

static const struct step_case step_cases[] = {
	{ WAITING, 0, WAITING, "" },
	{ WAITING, 1, WAITING, "" },
	{ WAITING, 2, OFFERED, "connect =3 patience " },
	{ WAITING, 3, OFFERED, "connect =3 patience " },
	{ WAITING, 4, WAITING, "" },
	{ WAITING, 5, WAITING, "" },
	{ WAITING, 6, WAITING, "" },
	{ WAITING, 7, WAITING, "" },
	{ WAITING, 8, WAITING, "" },
	{ OFFERED, 0, CLOSED, CLOSE_LINE },
	{ OFFERED, 1, WAITING, ANEW_LINE },
	{ OFFERED, 2, OFFERED, "" },
	{ OFFERED, 3, OFFERED, "" },
	{ OFFERED, 4, RUNNING, "ready calm =4 " },
	{ OFFERED, 5, CLOSED, "calm stop+ =5 =6 wait disconnect " },
	{ OFFERED, 6, CLOSED, CLOSE_LINE },
	{ OFFERED, 7, OFFERED, "" },
	{ OFFERED, 8, OFFERED, "" },
	{ RUNNING, 0, CLOSED, CLOSE_LINE },
	{ RUNNING, 1, WAITING, ANEW_LINE },
	{ RUNNING, 2, WAITING, ANEW_LINE },
	{ RUNNING, 3, WAITING, "calm stop- =5 =6 wait disconnect " BEGIN_LINE "look " },
	{ RUNNING, 4, RUNNING, "changed " },
	{ RUNNING, 5, CLOSED, "calm stop+ =5 =6 wait disconnect " },
	{ RUNNING, 6, CLOSED, CLOSE_LINE },
	{ RUNNING, 7, RUNNING, "" },
	{ RUNNING, 8, RUNNING, "" },
	{ CLOSED, 0, CLOSED, "" },
	{ CLOSED, 1, WAITING, BEGIN_LINE "kick " },
	{ CLOSED, 2, WAITING, BEGIN_LINE "kick " },
	{ CLOSED, 3, CLOSED, "" },
	{ CLOSED, 4, CLOSED, "" },
	{ CLOSED, 5, CLOSED, "" },
	{ CLOSED, 6, CLOSED, "" },
	{ CLOSED, 7, CLOSED, "" },
	{ CLOSED, 8, CLOSED, "" },
};

static_assert(ARRAY_SIZE(step_cases) == XPV_PHASES * PEER_STATES);

static void describe_step(const struct step_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "phase %d, peer %s", c->phase,
		 xpv_state_name(c->peer));
}

KUNIT_ARRAY_PARAM(step, step_cases, describe_step);

static void step_does_what_the_table_says(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct xpv_device *xdev = device_in(test, c->phase, c->peer);

	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, c->line);
	KUNIT_EXPECT_EQ(test, xdev->phase, c->then);
	KUNIT_EXPECT_EQ(test, xdev->state, our_state[c->then]);
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

/* A backend that stays where it is gets one connection, not one for each event. */
static void steps_come_to_rest(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct xpv_device *xdev = device_in(test, c->phase, c->peer);
	size_t len;

	step(xdev);
	step(xdev);
	step(xdev);
	len = world.len;
	step(xdev);
	if (xdev->phase == RUNNING && c->peer == XenbusStateConnected)
		KUNIT_EXPECT_STREQ(test, world.line + len, "changed ");
	else
		KUNIT_EXPECT_STREQ(test, world.line + len, "");
	KUNIT_EXPECT_EQ(test, warnings, 0);
}

static void step_reports_a_malformed_state(struct kunit *test)
{
	static const int errs[] = { -EINVAL, -ERANGE };
	struct xpv_device *xdev;
	int i;

	for (i = 0; i < ARRAY_SIZE(errs); i++) {
		xdev = device_in(test, RUNNING, 4);
		world.peer_err = errs[i];
		step(xdev);
		KUNIT_EXPECT_STREQ(test, world.line,
				   "fatal calm stop- =5 =6 disconnect publish ");
		KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	}
	xdev = device_in(test, RUNNING, XenbusStateReconfigured + 1);
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
}

static void step_waits_out_an_error_of_xenstore(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, 4);

	world.peer_err = -EIO;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, "err ");
	KUNIT_EXPECT_EQ(test, xdev->phase, RUNNING);
}

static void step_takes_an_absent_backend_as_gone(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, 4);

	world.peer_err = -ENOENT;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, CLOSE_LINE);
}

static void fault_closes_in_any_phase(struct kunit *test)
{
	static const char *const lines[] = {
		[WAITING] = "calm =5 =6 publish ",
		[OFFERED] = CLOSE_LINE "publish ",
		[RUNNING] = CLOSE_LINE "publish ",
		[CLOSED] = "",
	};
	struct xpv_device *xdev;
	enum xpv_phase phase;

	for (phase = 0; phase < XPV_PHASES; phase++) {
		xdev = device_in(test, phase, XenbusStateClosed);
		world.told = true;
		step(xdev);
		KUNIT_EXPECT_STREQ(test, world.line, lines[phase]);
		KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
		KUNIT_EXPECT_FALSE(test, xdev->closed_by_fault);
	}
}

/* It had the connection, and has begun anew before or while we close. */
static void fault_holds_nobody_who_has_moved(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateInitWait);

	world.told = true;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, CLOSE_LINE "publish kick ");
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, WAITING);

	xdev = device_in(test, RUNNING, XenbusStateConnected);
	world.told = true;
	world.lets_go_after = 0;
	step(xdev);
	world.peer = XenbusStateInitWait;
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, WAITING);
}

static void forget_line(void)
{
	world.len = 0;
	world.line[0] = '\0';
}

static void look_again(struct xpv_device *xdev)
{
	forget_line();
	mutex_lock(&xdev->lock);
	xpv_handshake_lose_patience(xdev);
	mutex_unlock(&xdev->lock);
}

/**
 * struct mercy - whether we try again with a backend that had a connection
 * @name: of the case
 * @silent: it did not answer, and nothing worse
 * @online: its toolstack wants the device
 * @closes: it closes as we do
 * @line: what a look after that does
 */
struct mercy {
	const char *name;
	bool silent;
	bool online;
	bool closes;
	const char *line;
};

static const struct mercy mercies[] = {
	{ "silent", true, true, true, BEGIN_LINE "kick " },
	{ "silent still", true, true, false, "patience " },
	{ "silent, and to go", true, false, true, "" },
	{ "broke the protocol", false, true, true, "" },
	{ "broke it, and to go", false, false, true, "" },
};

static void describe_mercy(const struct mercy *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mercy, mercies, describe_mercy);

static void silence_is_forgiven(struct kunit *test)
{
	const struct mercy *c = test->param_value;
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateConnected);

	world.told = true;
	world.silent = c->silent;
	world.online = c->online;
	if (!c->closes)
		world.lets_go_after = 0;
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	KUNIT_EXPECT_EQ(test, !!strstr(world.line, "publish look "), c->silent);
	look_again(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, c->line);
	KUNIT_EXPECT_EQ(test, world.told, !strstr(c->line, "forget "));
}

static void move(struct xpv_device *xdev, u64 peer)
{
	forget_line();
	world.peer = peer;
	world.lets_go_after = 3;
	step(xdev);
}

/* As xen-blkback does while its disk does not answer. Once connected, that is forgotten. */
static void silence_is_forgiven_again(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateConnected);
	unsigned int i;

	world.told = true;
	world.silent = true;
	world.online = true;
	step(xdev);
	for (i = 0; i < 3; i++) {
		look_again(xdev);
		KUNIT_EXPECT_EQ(test, xdev->phase, WAITING);
		move(xdev, XenbusStateInitWait);
		KUNIT_EXPECT_EQ(test, xdev->phase, OFFERED);
		move(xdev, XenbusStateClosing);
		KUNIT_EXPECT_STREQ(test, world.line,
				   "calm stop+ =5 =6 wait disconnect patience ");
	}
	look_again(xdev);
	move(xdev, XenbusStateInitWait);
	move(xdev, XenbusStateConnected);
	KUNIT_EXPECT_EQ(test, xdev->phase, RUNNING);
	move(xdev, XenbusStateClosing);
	KUNIT_EXPECT_STREQ(test, world.line, "calm stop+ =5 =6 wait disconnect ");
}

/* Another fault is no silence, whatever there was before. */
static void a_breach_ends_forgiveness(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateConnected);

	world.told = true;
	world.silent = true;
	world.online = true;
	step(xdev);
	look_again(xdev);
	world.connect_err = -EPROTO;
	world.silent = false;
	move(xdev, XenbusStateInitWait);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	move(xdev, XenbusStateClosed);
	look_again(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, "");
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
}

static void fault_holds_until_the_peer_moves(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, WAITING, XenbusStateInitWait);

	world.connect_err = -ENODEV;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line,
			   "connect fatal calm =5 =6 publish ");
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	world.peer = XenbusStateClosed;
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	world.peer = XenbusStateInitWait;
	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, WAITING);
}

static void ready_that_fails_closes(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, OFFERED, XenbusStateConnected);

	world.ready_err = -ENOMEM;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line,
			   "ready fatal calm stop- =5 =6 wait disconnect publish ");
	KUNIT_EXPECT_FALSE(test, xdev->closed_by_fault);
}

static void changed_is_optional(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateConnected);
	struct xpv_driver drv = fake_driver;

	drv.changed = NULL;
	xdev->drv = &drv;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, "");
}

static void close_waits_a_bounded_time(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateClosing);

	world.lets_go_after = 0;
	step(xdev);
	KUNIT_EXPECT_STREQ(test, world.line,
			   "calm stop+ =5 =6 warn disconnect ");
	KUNIT_EXPECT_GE(test, world.now, msecs_to_jiffies(5000));
	KUNIT_EXPECT_LE(test, world.now, msecs_to_jiffies(5500));
}

static void end_closes_every_phase(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct xpv_device *xdev = device_in(test, c->phase, c->peer);
	bool holds = c->peer >= 3 && c->peer != 6;
	bool connected = c->phase == OFFERED || c->phase == RUNNING;

	mutex_lock(&xdev->lock);
	xpv_handshake_end(xdev);
	mutex_unlock(&xdev->lock);
	KUNIT_EXPECT_EQ(test, xdev->phase, CLOSED);
	KUNIT_EXPECT_EQ(test, xdev->state, XenbusStateClosed);
	KUNIT_EXPECT_EQ(test, !!strstr(world.line, "stop+"), connected && holds);
	KUNIT_EXPECT_EQ(test, !!strstr(world.line, "stop-"), connected && !holds);
	KUNIT_EXPECT_EQ(test, !!strstr(world.line, "wait"), connected && holds);
	KUNIT_EXPECT_EQ(test, !!strstr(world.line, "disconnect"), connected);
}

static void patience_is_lost_with_a_liar_alone(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct xpv_device *xdev = device_in(test, c->phase, c->peer);
	bool lies = c->peer == 3 || c->peer == 4 || c->peer >= 7;
	bool waits = c->phase == WAITING || c->phase == OFFERED;
	/* An event was missed if there is something to do, and that is done now. */
	bool missed = waits && *c->line;
	const char *line = "";

	if (missed)
		line = c->line;
	else if (waits)
		line = c->phase == WAITING && lies ? "fatal " : "warn ";
	mutex_lock(&xdev->lock);
	xpv_handshake_lose_patience(xdev);
	mutex_unlock(&xdev->lock);
	KUNIT_EXPECT_STREQ(test, world.line, line);
	KUNIT_EXPECT_EQ(test, xdev->phase, missed ? c->then : c->phase);
}

/* It saw the last of our states only, and has waited for us ever since. */
static void looks_again_at_who_began_anew(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateInitWait);

	step(xdev);
	KUNIT_EXPECT_EQ(test, xdev->phase, WAITING);
	look_again(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, "connect =3 patience ");
	KUNIT_EXPECT_EQ(test, xdev->phase, OFFERED);
}

static void a_second_look_tells_nobody(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, XenbusStateInitWait);

	step(xdev);
	world.peer = XenbusStateClosed;
	look_again(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, "patience ");
	look_again(xdev);
	KUNIT_EXPECT_STREQ(test, world.line, "warn ");
}

static struct kunit_case handshake_cases[] = {
	KUNIT_CASE(looks_again_at_who_began_anew),
	KUNIT_CASE(a_second_look_tells_nobody),
	KUNIT_CASE_PARAM(step_does_what_the_table_says, step_gen_params),
	KUNIT_CASE_PARAM(steps_come_to_rest, step_gen_params),
	KUNIT_CASE(step_reports_a_malformed_state),
	KUNIT_CASE(step_waits_out_an_error_of_xenstore),
	KUNIT_CASE(step_takes_an_absent_backend_as_gone),
	KUNIT_CASE(fault_closes_in_any_phase),
	KUNIT_CASE_PARAM(silence_is_forgiven, mercy_gen_params),
	KUNIT_CASE(silence_is_forgiven_again),
	KUNIT_CASE(a_breach_ends_forgiveness),
	KUNIT_CASE(fault_holds_until_the_peer_moves),
	KUNIT_CASE(fault_holds_nobody_who_has_moved),
	KUNIT_CASE(ready_that_fails_closes),
	KUNIT_CASE(changed_is_optional),
	KUNIT_CASE(close_waits_a_bounded_time),
	KUNIT_CASE_PARAM(end_closes_every_phase, step_gen_params),
	KUNIT_CASE_PARAM(patience_is_lost_with_a_liar_alone, step_gen_params),
	{}
};

static struct kunit_suite handshake_suite = {
	.name = "xpv_handshake",
	.test_cases = handshake_cases,
};

/* What may follow each state, as digits. */
static const char *const followers[] = {
	[XenbusStateUnknown] = "16",
	[XenbusStateInitialising] = "345",
	[XenbusStateInitWait] = "",
	[XenbusStateInitialised] = "45",
	[XenbusStateConnected] = "5",
	[XenbusStateClosing] = "6",
	[XenbusStateClosed] = "1",
	[XenbusStateReconfiguring] = "",
	[XenbusStateReconfigured] = "",
};

static const int states[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };

static void describe_state(const int *state, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %s", xpv_state_name(*state));
}

KUNIT_ARRAY_PARAM(state, states, describe_state);

static int set_state(struct xpv_device *xdev, int state)
{
	int err;

	mutex_lock(&xdev->lock);
	err = xpv_state_set(xdev, state);
	mutex_unlock(&xdev->lock);
	return err;
}

static void set_takes_legal_steps_alone(struct kunit *test)
{
	int to, from = *(const int *)test->param_value;

	for (to = 0; to < ARRAY_SIZE(states); to++) {
		struct xpv_device *xdev = device_in(test, CLOSED, 0);
		bool legal = strchr(followers[from], '0' + to);

		xdev->state = from;
		world.written = -1;
		KUNIT_EXPECT_EQ(test, set_state(xdev, to), legal ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, xdev->state, legal ? to : from);
		KUNIT_EXPECT_EQ(test, world.written, legal ? to : -1);
		KUNIT_EXPECT_EQ(test, warnings, legal ? 0 : 1);
		KUNIT_EXPECT_EQ(test, world.len, legal ? strlen("=n ") : 0);
	}
}

static void set_revives_no_removed_device(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, 0);

	world.node_err = -ENOENT;
	KUNIT_EXPECT_EQ(test, set_state(xdev, XenbusStateClosing), 0);
	KUNIT_EXPECT_STREQ(test, world.line, "");
	KUNIT_EXPECT_EQ(test, xdev->state, XenbusStateClosing);
}

static void set_goes_on_without_xenstore(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, 0);

	world.node_err = -EIO;
	KUNIT_EXPECT_EQ(test, set_state(xdev, XenbusStateClosing), -EIO);
	KUNIT_EXPECT_STREQ(test, world.line, "err ");
	KUNIT_EXPECT_EQ(test, xdev->state, XenbusStateClosing);
	KUNIT_EXPECT_EQ(test, world.written, XenbusStateClosing);
}

static void peer_state_is_bounded(struct kunit *test)
{
	struct xpv_device *xdev = device_in(test, RUNNING, 0);
	enum xenbus_state state;

	for (world.peer = 0; world.peer <= XenbusStateReconfigured; world.peer++) {
		KUNIT_EXPECT_EQ(test, xpv_state_of_peer(xdev, &state), 0);
		KUNIT_EXPECT_EQ(test, (u64)state, world.peer);
	}
	KUNIT_EXPECT_EQ(test, xpv_state_of_peer(xdev, &state), -ERANGE);
	world.peer_err = -ENOENT;
	KUNIT_EXPECT_EQ(test, xpv_state_of_peer(xdev, &state), 0);
	KUNIT_EXPECT_EQ(test, state, XenbusStateUnknown);
	world.peer_err = -EIO;
	KUNIT_EXPECT_EQ(test, xpv_state_of_peer(xdev, &state), -EIO);
}

static void names_of_all_states(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, xpv_state_name(i));
	KUNIT_EXPECT_STREQ(test, xpv_state_name(XenbusStateClosing), "Closing");
	KUNIT_EXPECT_STREQ(test, xpv_state_name(9), "?");
	KUNIT_EXPECT_STREQ(test, xpv_state_name(-1), "?");
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE_PARAM(set_takes_legal_steps_alone, state_gen_params),
	KUNIT_CASE(set_revives_no_removed_device),
	KUNIT_CASE(set_goes_on_without_xenstore),
	KUNIT_CASE(peer_state_is_bounded),
	KUNIT_CASE(names_of_all_states),
	{}
};

static struct kunit_suite state_suite = {
	.name = "xpv_state",
	.test_cases = state_cases,
};

kunit_test_suites(&handshake_suite, &state_suite);

MODULE_DESCRIPTION("KUnit suites of xpv's handshake with a backend");
MODULE_LICENSE("GPL");
