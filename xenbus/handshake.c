// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handshake of Xen's public io/xenbus.h, frontend side. One table says
 * what to do in each phase of ours for each state of the peer. It goes by the
 * state the peer is in, not by how it got there, so events may be merged.
 *
 * Everything here runs with xpv_device.lock held.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>

#include "internal.h"

enum action {
	NOTHING,
	CONNECT,	/* the backend waits for us: make rings, tell it */
	READY,		/* the backend is connected: start I/O */
	CHANGED,	/* it wrote Connected again: a property changed */
	CLOSE,		/* it closes or is gone */
	REOPEN,		/* it started anew: close our old half, begin again */
};

#define PEER_STATES	(XenbusStateReconfigured + 1)

/*
 * All pairs are listed. In WAITING a state that makes no sense is given time:
 * a backend may still be busy with a former driver of this device. See
 * xpv_handshake_lose_patience().
 */
static const u8 actions[XPV_PHASES][PEER_STATES] = {
	[XPV_PHASE_WAITING] = {
		[XenbusStateUnknown] = NOTHING,
		[XenbusStateInitialising] = NOTHING,
		[XenbusStateInitWait] = CONNECT,
		/* some backends skip InitWait (blktap) */
		[XenbusStateInitialised] = CONNECT,
		[XenbusStateConnected] = NOTHING,
		[XenbusStateClosing] = NOTHING,
		[XenbusStateClosed] = NOTHING,
		[XenbusStateReconfiguring] = NOTHING,
		[XenbusStateReconfigured] = NOTHING,
	},
	[XPV_PHASE_OFFERED] = {
		[XenbusStateUnknown] = CLOSE,
		[XenbusStateInitialising] = REOPEN,
		/* it has not looked yet */
		[XenbusStateInitWait] = NOTHING,
		[XenbusStateInitialised] = NOTHING,
		[XenbusStateConnected] = READY,
		[XenbusStateClosing] = CLOSE,
		[XenbusStateClosed] = CLOSE,
		[XenbusStateReconfiguring] = NOTHING,
		[XenbusStateReconfigured] = NOTHING,
	},
	[XPV_PHASE_RUNNING] = {
		[XenbusStateUnknown] = CLOSE,
		[XenbusStateInitialising] = REOPEN,
		[XenbusStateInitWait] = REOPEN,
		[XenbusStateInitialised] = REOPEN,
		[XenbusStateConnected] = CHANGED,
		[XenbusStateClosing] = CLOSE,
		[XenbusStateClosed] = CLOSE,
		[XenbusStateReconfiguring] = NOTHING,
		[XenbusStateReconfigured] = NOTHING,
	},
	[XPV_PHASE_CLOSED] = {
		[XenbusStateUnknown] = NOTHING,
		[XenbusStateInitialising] = REOPEN,
		[XenbusStateInitWait] = REOPEN,
		[XenbusStateInitialised] = NOTHING,
		[XenbusStateConnected] = NOTHING,
		[XenbusStateClosing] = NOTHING,
		[XenbusStateClosed] = NOTHING,
		[XenbusStateReconfiguring] = NOTHING,
		[XenbusStateReconfigured] = NOTHING,
	},
};

/* A backend is given this long to let go of a connection. */
#define CLOSE_TIMEOUT_MS	5000
/* A backend that does not answer is told to the admin after this. */
#define PATIENCE		(30 * HZ)
/* One that began anew is looked at again after this; see reopen(). */
#define SECOND_LOOK		HZ

/*
 * Whether a backend in this state may still use what was shared with it. The
 * one that waits or begins again has dropped the old connection.
 */
static bool holds_on(enum xenbus_state peer)
{
	switch (peer) {
	case XenbusStateUnknown:
	case XenbusStateInitialising:
	case XenbusStateInitWait:
	case XenbusStateClosed:
		return false;
	default:
		return true;
	}
}

/*
 * Polled, not waited for by a watch: a device is also removed from the thread
 * that delivers watches. What a backend keeps beyond this is parked.
 */
static void await_peer_closed(struct xpv_device *xdev)
{
	unsigned long end = jiffies + msecs_to_jiffies(CLOSE_TIMEOUT_MS);
	enum xenbus_state peer;
	unsigned int pause = 1;

	while (!xpv_state_of_peer(xdev, &peer) && holds_on(peer)) {
		if (time_after(jiffies, end)) {
			dev_warn(xdev->dev,
				 "backend stays in state %s: going on without it\n",
				 xpv_state_name(peer));
			return;
		}
		msleep(pause);
		pause = min(pause * 2, 50U);
	}
}

static void close_connection(struct xpv_device *xdev, bool alive)
{
	bool connected = xdev->phase == XPV_PHASE_OFFERED ||
			 xdev->phase == XPV_PHASE_RUNNING;

	if (xdev->phase == XPV_PHASE_CLOSED)
		return;

	cancel_delayed_work(&xdev->patience);
	if (connected)
		xdev->drv->stop(xdev, alive);
	xpv_state_set(xdev, XenbusStateClosing);
	xpv_state_set(xdev, XenbusStateClosed);
	if (connected) {
		await_peer_closed(xdev);
		xdev->drv->disconnect(xdev);
	}
	xdev->phase = XPV_PHASE_CLOSED;
}

/**
 * xpv_handshake_end - end the connection in order, for good
 * @xdev: device, in any phase
 */
void xpv_handshake_end(struct xpv_device *xdev)
{
	enum xenbus_state peer;

	lockdep_assert_held(&xdev->lock);
	close_connection(xdev,
			 !xpv_state_of_peer(xdev, &peer) && holds_on(peer));
}

static void await_peer(struct xpv_device *xdev, bool second_look)
{
	xdev->second_look = second_look;
	mod_delayed_work(system_wq, &xdev->patience,
			 second_look ? SECOND_LOOK : PATIENCE);
}

/*
 * A backend that broke the protocol has to begin anew by itself. One that was only
 * silent may have lost an event, or had no processor for long, and nobody but us
 * would begin again. It is given time each time, since there are those that close
 * while they still wait for their storage, and then fail to connect (xen-blkback).
 */
static void retry_soon(struct xpv_device *xdev)
{
	bool first = !xdev->retry;

	xdev->retry = true;
	await_peer(xdev, first);
}

/*
 * @peer is where the backend was when the fault was found. If it waited for us
 * there, it has to move before we try again: else one that only ever says
 * InitWait would have us connect for ever. One that we had a connection with has
 * moved, and may be waiting by the time we are closed, or is already.
 */
static void close_by_fault(struct xpv_device *xdev, enum xenbus_state peer)
{
	bool waits = peer == XenbusStateInitWait ||
		     peer == XenbusStateInitialised;
	bool anew = waits && xdev->phase == XPV_PHASE_RUNNING;

	close_connection(xdev, false);
	xpv_fault_publish(xdev);
	xdev->closed_by_fault = waits && !anew;
	if (anew)
		xpv_device_kick(xdev);
	else if (xpv_fault_is_silence(xdev))
		retry_soon(xdev);
	else
		xdev->retry = false;
}

/**
 * xpv_handshake_restart - close what there is and wait for the backend anew
 * @xdev: device, in any phase
 */
void xpv_handshake_restart(struct xpv_device *xdev)
{
	lockdep_assert_held(&xdev->lock);
	close_connection(xdev, false);
	xpv_fault_forget(xdev);
	xdev->phase = XPV_PHASE_WAITING;
	xpv_state_set(xdev, XenbusStateInitialising);
	await_peer(xdev, false);
}

static void reopen(struct xpv_device *xdev, enum xenbus_state peer)
{
	bool was_closed = xdev->phase == XPV_PHASE_CLOSED;

	if (!was_closed)
		dev_notice(xdev->dev,
			   "backend began anew (state %s): reconnecting\n",
			   xpv_state_name(peer));
	xpv_handshake_restart(xdev);
	/*
	 * A backend that waits for us already says nothing more. One that has
	 * just been told that we close still does: that is waited for. But it
	 * looks at the state that we are in, not at each that we were in, and if
	 * it saw the last one only, it says nothing either.
	 */
	if (was_closed)
		xpv_device_kick(xdev);
	else
		await_peer(xdev, true);
}

/* An operation failed; it may have told why. */
static void operation_failed(struct xpv_device *xdev, enum xenbus_state peer,
			     const char *what, int err)
{
	xpv_bus_fatal(xdev, err, "%s failed", what);
	close_by_fault(xdev, peer);
}

static void connect(struct xpv_device *xdev, enum xenbus_state peer)
{
	int err = xdev->drv->connect(xdev);

	if (err) {
		operation_failed(xdev, peer, "connecting", err);
		return;
	}
	xdev->phase = XPV_PHASE_OFFERED;
	xpv_state_set(xdev, xdev->drv->offer_state);
	await_peer(xdev, false);
}

static void ready(struct xpv_device *xdev, enum xenbus_state peer)
{
	int err = xdev->drv->ready(xdev);

	if (err) {
		operation_failed(xdev, peer, "starting I/O", err);
		return;
	}
	cancel_delayed_work(&xdev->patience);
	xdev->phase = XPV_PHASE_RUNNING;
	xdev->retry = false;
	if (xdev->state != XenbusStateConnected)
		xpv_state_set(xdev, XenbusStateConnected);
}

static void act(struct xpv_device *xdev, enum action action,
		enum xenbus_state peer)
{
	switch (action) {
	case NOTHING:
		break;
	case CONNECT:
		connect(xdev, peer);
		break;
	case READY:
		ready(xdev, peer);
		break;
	case CHANGED:
		if (xdev->drv->changed)
			xdev->drv->changed(xdev);
		break;
	case CLOSE:
		/* Told to close by its toolstack, it still serves requests. */
		close_connection(xdev, holds_on(peer));
		if (xdev->retry)
			retry_soon(xdev);
		break;
	case REOPEN:
		reopen(xdev, peer);
		break;
	}
}

/* Whether a backend has yet to leave the state that it was in at a fault. */
static bool held_by_fault(struct xpv_device *xdev, enum xenbus_state peer)
{
	if (xdev->phase != XPV_PHASE_CLOSED || !xdev->closed_by_fault)
		return false;
	if (peer != XenbusStateInitWait && peer != XenbusStateInitialised)
		xdev->closed_by_fault = false;
	return true;
}

static bool peer_known(struct xpv_device *xdev, enum xenbus_state *peer)
{
	int err = xpv_state_of_peer(xdev, peer);

	if (err == -EINVAL || err == -ERANGE)
		xpv_bus_fatal(xdev, err, "the backend's state is malformed");
	else if (err)
		dev_err(xdev->dev, "cannot read the backend's state (error %d)\n",
			err);
	return !err;
}

/**
 * xpv_handshake_step - look at the backend and do what the table says
 * @xdev: device
 *
 * One step for each event; a peer that changes its state meanwhile makes
 * another event.
 */
void xpv_handshake_step(struct xpv_device *xdev)
{
	enum xenbus_state peer = XenbusStateUnknown;
	bool known;

	lockdep_assert_held(&xdev->lock);
	known = peer_known(xdev, &peer);
	if (xpv_fault_told(xdev) && xdev->phase != XPV_PHASE_CLOSED) {
		close_by_fault(xdev, peer);
		return;
	}
	if (known && !held_by_fault(xdev, peer))
		act(xdev, actions[xdev->phase][peer], peer);
}

/* "online" says whether its toolstack is about to take the device away. */
static void retry(struct xpv_device *xdev)
{
	enum xenbus_state peer;

	if (!xdev->retry || !xpv_bus_peer_feature(xdev, "online"))
		return;
	if (!peer_known(xdev, &peer) || peer != XenbusStateClosed) {
		await_peer(xdev, false);
		return;
	}
	dev_notice(xdev->dev, "backend was silent, and has closed: reconnecting\n");
	reopen(xdev, peer);
}

/**
 * xpv_handshake_lose_patience - the backend has not answered for long
 * @xdev: device
 *
 * A backend that is closed or not there yet may still come: the device goes
 * on waiting. One that claims to be connected to nobody is at fault.
 */
void xpv_handshake_lose_patience(struct xpv_device *xdev)
{
	enum xenbus_state peer;

	lockdep_assert_held(&xdev->lock);
	if (xdev->phase == XPV_PHASE_RUNNING)
		return;
	if (xdev->phase == XPV_PHASE_CLOSED) {
		retry(xdev);
		return;
	}
	if (!peer_known(xdev, &peer))
		return;
	/* It may have missed that we closed, and waits for us as we for it. */
	if (actions[xdev->phase][peer] != NOTHING) {
		act(xdev, actions[xdev->phase][peer], peer);
		return;
	}
	if (xdev->second_look) {
		await_peer(xdev, false);
		return;
	}

	if (xdev->phase == XPV_PHASE_WAITING && holds_on(peer) &&
	    peer != XenbusStateClosing)
		xpv_bus_fatal(xdev, -EPROTO,
			      "backend is in state %s before we connected",
			      xpv_state_name(peer));
	else
		dev_warn(xdev->dev,
			 "backend %s is in state %s, still waiting: does its driver run?\n",
			 xdev->otherend, xpv_state_name(peer));
}
