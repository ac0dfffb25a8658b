// SPDX-License-Identifier: GPL-2.0-only
/* The handshake with a frontend, as the backends in Linux do it: see back.h. */
#include <compat/linux/export.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include "back.h"

#define TICK (HZ / 2)

/* Doorbells that were forgotten are looked for; see xsim_ring_awake(). */
static void tick(struct work_struct *work)
{
	struct xsim_back *back = container_of(to_delayed_work(work),
					      struct xsim_back, tick);

	/* Who holds it may wait for us to end. */
	if (mutex_trylock(&back->lock)) {
		if (back->connected)
			back->ops->kick(back);
		mutex_unlock(&back->lock);
	}
	schedule_delayed_work(&back->tick, TICK);
}

static void read_knobs(struct xsim_back *back)
{
	back->delay_ms = xsim_back_knob(back, "delay", 0);
	back->reverse = xsim_back_knob(back, "reverse", 0);
	back->silent = xsim_back_knob(back, "silent", 0);
	if (xsim_back_knob(back, "foul", 0))
		WRITE_ONCE(back->foul, true);
}

static void offer_locked(struct xsim_back *back)
{
	lockdep_assert_held(&back->lock);
	read_knobs(back);
	back->ops->offer(back);
	xsim_device_set_state(back->dev, XenbusStateInitWait);
}

static void disconnect_locked(struct xsim_back *back)
{
	lockdep_assert_held(&back->lock);
	if (!back->connected)
		return;
	back->ops->disconnect(back);
	back->connected = false;
}

/* Whether the frontend says that there is a connection to be had. */
static bool is_offered(const struct xsim_back *back)
{
	u64 state = xsim_store_read_uint(back->dev->frontend, "state", 0);

	return state == XenbusStateInitialised || state == XenbusStateConnected;
}

/**
 * xsim_back_complain - what the frontend says of its connection is wrong
 * @back: device
 * @fmt: what, without newline
 */
void xsim_back_complain(const struct xsim_back *back, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (xsim_back_is_foul(back))
		return;
	/* What it has closed while we connected to it, it may take away. */
	if (!back->connected && !is_offered(back))
		return;
	va_start(args, fmt);
	vaf.va = &args;
	xsim_violation("%s %u: %pV", back->dev->type, back->dev->id, &vaf);
	va_end(args);
}

/**
 * xsim_back_fail - the frontend cannot be worked with: say so, and close
 * @back: device, not connected
 * @err: errno
 * @what: reason
 */
void xsim_back_fail(struct xsim_back *back, int err, const char *what)
{
	xsim_back_complain(back, "frontend cannot be served: %s (%d)", what, err);
	xsim_device_set_state(back->dev, XenbusStateClosing);
}

static void connect_locked(struct xsim_back *back)
{
	lockdep_assert_held(&back->lock);
	if (back->connected)
		return;
	/* It has told why. */
	if (back->ops->connect(back))
		return;
	back->connected = true;
	back->connections++;
	xsim_device_set_state(back->dev, XenbusStateConnected);
}

static void close_locked(struct xsim_back *back, enum xenbus_state state)
{
	lockdep_assert_held(&back->lock);
	WRITE_ONCE(back->stale, false);
	if (back->connected)
		back->ops->shut(back);
	disconnect_locked(back);
	if (back->dev->state != XenbusStateClosed)
		xsim_device_set_state(back->dev, state);
}

/* A frontend that begins anew, as after a crash and a reboot. */
static void begin_locked(struct xsim_back *back)
{
	lockdep_assert_held(&back->lock);
	WRITE_ONCE(back->stale, false);
	if (!back->connected && back->dev->state == XenbusStateInitWait)
		return;
	disconnect_locked(back);
	offer_locked(back);
}

/*
 * The frontend goes back to Connected when it sees ours, and ours stays what it
 * is: that of xen-netback does.
 */
static void reconfigure_locked(struct xsim_back *back)
{
	lockdep_assert_held(&back->lock);
	if (!back->ops->reconfigure)
		return;
	back->ops->reconfigure(back);
	xsim_device_set_state(back->dev, XenbusStateReconfigured);
}

/**
 * xsim_back_frontend_changed - for struct xsim_backend
 * @dev: device
 * @state: the frontend's
 */
void xsim_back_frontend_changed(struct xsim_device *dev,
				enum xenbus_state state)
{
	struct xsim_back *back = dev->priv;

	mutex_lock(&back->lock);
	switch (state) {
	case XenbusStateInitialising:
		begin_locked(back);
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		if (state >= back->ops->connect_at)
			connect_locked(back);
		break;
	case XenbusStateReconfiguring:
		reconfigure_locked(back);
		break;
	case XenbusStateClosing:
		close_locked(back, XenbusStateClosing);
		break;
	case XenbusStateClosed:
	case XenbusStateUnknown:
		close_locked(back, XenbusStateClosed);
		break;
	default:
		break;
	}
	mutex_unlock(&back->lock);
}

/**
 * xsim_back_probe - for struct xsim_backend
 * @dev: device that appeared
 * @ops: kind of backend
 *
 * Return: 0 or -ENOMEM.
 */
int xsim_back_probe(struct xsim_device *dev, const struct xsim_back_ops *ops)
{
	struct xsim_back *back = kzalloc(ops->size, GFP_KERNEL);

	if (!back)
		return -ENOMEM;
	back->dev = dev;
	back->ops = ops;
	mutex_init(&back->lock);
	xsim_lies_init(&back->lies);
	INIT_DELAYED_WORK(&back->tick, tick);
	dev->priv = back;
	ops->init(back);
	mutex_lock(&back->lock);
	offer_locked(back);
	mutex_unlock(&back->lock);
	xsim_back_debugfs_add(back);
	schedule_delayed_work(&back->tick, TICK);
	return 0;
}

/**
 * xsim_back_remove - for struct xsim_backend
 * @dev: device that goes
 */
void xsim_back_remove(struct xsim_device *dev)
{
	struct xsim_back *back = dev->priv;

	xsim_back_debugfs_remove(back);
	cancel_delayed_work_sync(&back->tick);
	mutex_lock(&back->lock);
	disconnect_locked(back);
	mutex_unlock(&back->lock);
	back->ops->release(back);
	dev->priv = NULL;
	mutex_destroy(&back->lock);
	kfree(back);
}

/**
 * xsim_back_restart - as if the driver domain was restarted
 * @back: device, connected or not
 *
 * The old connection ends without a word, and the backend offers itself anew.
 */
void xsim_back_restart(struct xsim_back *back)
{
	mutex_lock(&back->lock);
	disconnect_locked(back);
	WRITE_ONCE(back->stale, is_offered(back));
	if (back->ops->forget)
		back->ops->forget(back);
	offer_locked(back);
	mutex_unlock(&back->lock);
}
XPV_EXPORT_SYMBOL(xsim_back_restart);

/**
 * xsim_back_begin_anew - for struct xsim_backend: the guest is in a new domain
 * @dev: device
 */
void xsim_back_begin_anew(struct xsim_device *dev)
{
	xsim_back_restart(dev->priv);
}

/**
 * xsim_back_kick - look at all rings, as something else has changed
 * @back: device, connected or not
 */
void xsim_back_kick(struct xsim_back *back)
{
	mutex_lock(&back->lock);
	if (back->connected)
		back->ops->kick(back);
	mutex_unlock(&back->lock);
}

/**
 * xsim_back_forge - have somebody else write to the rings
 * @back: device
 * @forger: who; called for each ring
 *
 * The backend itself says nothing more on this connection, and the police look
 * at its rings no more.
 *
 * Return: 0, or -ENOTCONN.
 */
int xsim_back_forge(struct xsim_back *back, struct xsim_forger *forger)
{
	int err = -ENOTCONN;

	mutex_lock(&back->lock);
	if (back->connected) {
		back->ops->forge(back, forger);
		err = 0;
	}
	mutex_unlock(&back->lock);
	return err;
}
XPV_EXPORT_SYMBOL(xsim_back_forge);
