// SPDX-License-Identifier: GPL-2.0-only
/*
 * State nodes: the only writer of ours, and the only reader of the peer's.
 * Ours is guarded by xpv_device.lock.
 */
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/lockdep.h>

#include "internal.h"

#define MAX_STATE	XenbusStateReconfigured

/* Which state may follow which; anything else is a fault of our own. */
static const u16 legal_next[MAX_STATE + 1] = {
	/* what a former driver or the toolstack left there does not matter */
	[XenbusStateUnknown] = BIT(XenbusStateInitialising) |
			       BIT(XenbusStateClosed),
	[XenbusStateInitialising] = BIT(XenbusStateInitialised) |
				    BIT(XenbusStateConnected) |
				    BIT(XenbusStateClosing),
	[XenbusStateInitialised] = BIT(XenbusStateConnected) |
				   BIT(XenbusStateClosing),
	[XenbusStateConnected] = BIT(XenbusStateClosing),
	[XenbusStateClosing] = BIT(XenbusStateClosed),
	[XenbusStateClosed] = BIT(XenbusStateInitialising),
};

static const char *const names[MAX_STATE + 1] = {
	[XenbusStateUnknown] = "Unknown",
	[XenbusStateInitialising] = "Initialising",
	[XenbusStateInitWait] = "InitWait",
	[XenbusStateInitialised] = "Initialised",
	[XenbusStateConnected] = "Connected",
	[XenbusStateClosing] = "Closing",
	[XenbusStateClosed] = "Closed",
	[XenbusStateReconfiguring] = "Reconfiguring",
	[XenbusStateReconfigured] = "Reconfigured",
};

const char *xpv_state_name(enum xenbus_state state)
{
	return state <= MAX_STATE ? names[state] : "?";
}

/*
 * Only ever over an existing node: the toolstack removes the directory of a
 * device that goes, and a write would bring it back to life.
 */
static int write_state(struct xpv_xs_txn *txn, void *arg)
{
	struct xpv_device *xdev = arg;
	int err = xpv_xs_exists(txn, xdev->nodename, "state");

	if (err)
		return err == -ENOENT ? 0 : err;
	return xpv_xs_printf(txn, xdev->nodename, "state", "%d", xdev->state);
}

/**
 * xpv_state_set - the one writer of a device's state
 * @xdev: device; its lock is held
 * @state: the new state
 *
 * A failed write leaves the peer behind, not us: it is told, and the peer
 * will time out or be removed.
 *
 * Return: 0, -EINVAL for an illegal step, or an error of XenStore.
 */
int xpv_state_set(struct xpv_device *xdev, enum xenbus_state state)
{
	int err;

	lockdep_assert_held(&xdev->lock);
	if (WARN_ONCE(!(legal_next[xdev->state] & BIT(state)),
		      "%s: %s after %s\n", xdev->nodename,
		      xpv_state_name(state), xpv_state_name(xdev->state)))
		return -EINVAL;

	xdev->state = state;
	err = xpv_xs_transact(write_state, xdev);
	if (err)
		dev_err(xdev->dev, "cannot write state %s to XenStore (error %d)\n",
			xpv_state_name(state), err);
	xpv_xenbus_ops->state_written(xdev);
	return err;
}

/**
 * xpv_state_of_peer - read what the backend says
 * @xdev: device
 * @state: its state; Unknown when the node is gone
 *
 * Return: 0, -EINVAL or -ERANGE when the node is malformed, or an error of
 * XenStore.
 */
int xpv_state_of_peer(struct xpv_device *xdev, enum xenbus_state *state)
{
	u64 value = XenbusStateUnknown;
	int err;

	err = xpv_xs_read_uint(NULL, xdev->otherend, "state", MAX_STATE, &value);
	/*
	 * Of a node below a directory that is gone, XenStore says that we may not
	 * read it: it goes by the nearest one that is left, dom0's own.
	 */
	if (err && err != -ENOENT && err != -EACCES)
		return err;

	*state = value;
	return 0;
}
