/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenbus: the frontends' devices and drivers.
 *
 * The bus runs the handshake of Xen's public io/xenbus.h: it watches the
 * backend's state, decides by one table what to do, writes our own state, and
 * calls the driver's operations, one at a time for each device. A driver never
 * touches a state node.
 */
#ifndef _XPV_XENBUS_H
#define _XPV_XENBUS_H

#include <linux/compiler_attributes.h>
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <xen/interface/io/xenbus.h>
#include <xpv/hypervisor.h>
#include <xpv/xenstore.h>

struct xpv_device;

/**
 * struct xpv_driver - a frontend driver
 * @name: as in /sys/bus/xen/drivers
 * @device_type: devices it takes, e.g. "vif": directory below device/
 * @offer_state: state that tells this kind of backend to read our nodes:
 *	XenbusStateInitialised, or XenbusStateConnected
 * @probe: a device appeared. No backend is needed yet. An error leaves it
 *	without driver.
 * @connect: the backend waits for us: read its features, share rings, open
 *	channels, write the nodes. On error the driver has undone it all.
 * @ready: the backend is connected: start I/O. On error stop and
 *	disconnect follow.
 * @changed: optional; the backend wrote its state again while connected, as
 *	it does when a property such as a disk's size changed.
 * @stop: end I/O, after connect succeeded. Nothing is put on a ring
 *	afterwards. With @alive the backend still answers and requests in flight
 *	may be awaited for a bounded time; without, they are failed. Rings
 *	and grants stay until disconnect, as the backend may use them.
 * @disconnect: the backend has let go, or has had its time: revoke and free
 *	all that connect made. Follows each stop.
 * @remove: the device goes; free all that probe made.
 * @priv: the bus's
 *
 * All are called in process context and may sleep, for one device never two
 * at a time. Each wait in them has a bound. An operation that has told the
 * reason of its error by xpv_bus_fatal() still returns the error.
 */
struct xpv_driver {
	const char *name;
	const char *device_type;
	enum xenbus_state offer_state;
	int (*probe)(struct xpv_device *xdev);
	int (*connect)(struct xpv_device *xdev);
	int (*ready)(struct xpv_device *xdev);
	void (*changed)(struct xpv_device *xdev);
	void (*stop)(struct xpv_device *xdev, bool alive);
	void (*disconnect)(struct xpv_device *xdev);
	void (*remove)(struct xpv_device *xdev);
	void *priv;
};

/**
 * xpv_bus_register - add a driver; its devices are probed
 * @drv: lives until it is unregistered
 *
 * Context: process, may sleep.
 * Return: 0 or -errno of the driver core.
 */
int xpv_bus_register(struct xpv_driver *drv);

/**
 * xpv_bus_unregister - remove a driver; its devices are closed and removed
 * @drv: registered driver
 *
 * Context: process, may sleep: seconds for each backend that does not answer.
 */
void xpv_bus_unregister(struct xpv_driver *drv);

/**
 * enum xpv_phase - where a device stands; see the table in xenbus/handshake.c
 * @XPV_PHASE_WAITING: for the backend to offer itself
 * @XPV_PHASE_OFFERED: our nodes are written
 * @XPV_PHASE_RUNNING: both ends are connected
 * @XPV_PHASE_CLOSED: no connection, and none is tried
 * @XPV_PHASES: how many there are
 */
enum xpv_phase {
	XPV_PHASE_WAITING,
	XPV_PHASE_OFFERED,
	XPV_PHASE_RUNNING,
	XPV_PHASE_CLOSED,
	XPV_PHASES,
};

/**
 * struct xpv_device - one frontend device
 * @dev: device on the bus: for log lines, and parent of what users see
 * @nodename: our directory, relative to the domain's: "device/vif/0"
 * @otherend: backend's directory
 * @peer: domain of the backend
 * @drv: its driver
 * @data: the driver's
 *
 * Drivers read the above, and write @data. The rest is the bus's:
 *
 * @lock: serialises the driver's operations and guards @state, @phase,
 *	@going, @closed_by_fault, @retry and @second_look
 * @state: what our state node says
 * @phase: where the handshake stands
 * @going: being destroyed: no more steps
 * @faulty: a fatal error was told since the last connection, in any context
 * @fault: text for the error node, if @faulty
 * @closed_by_fault: the backend has to leave its state before we try anew
 * @retry: it was only silent: tried anew now and then, until it is connected
 * @second_look: @patience looks at the backend again, and tells nobody yet
 * @watch: on the backend's state
 * @work: one step of the handshake; runs on the bus's own workqueue
 * @patience: tells an admin when a backend does not answer, or tries anew
 */
struct xpv_device {
	struct device *dev;
	const char *nodename;
	const char *otherend;
	xpv_domid_t peer;
	const struct xpv_driver *drv;
	void *data;

	struct mutex lock; /* serialises operations, guards state */
	enum xenbus_state state;
	enum xpv_phase phase;
	bool going;
	unsigned long faulty;
	char fault[128];
	bool closed_by_fault;
	bool retry;
	bool second_look;
	struct xpv_xs_watch watch;
	struct work_struct work;
	struct delayed_work patience;
};

/**
 * xpv_bus_fatal - the peer, or what it told us, cannot be worked with
 * @xdev: device
 * @err: what an operation may return for it
 * @fmt: who, what and which value, without newline
 *
 * The one verb for a peer's fault. Logs one line, and starts an orderly
 * close: stop, disconnect, state Closed, the text in the device's error node.
 * Later calls until the next connection do nothing. With -ETIMEDOUT, for a peer
 * that is silent, the device is tried anew when that has closed, too.
 *
 * Context: any.
 * Return: @err, so that an operation can end with it.
 */
__printf(3, 4)
int xpv_bus_fatal(struct xpv_device *xdev, int err, const char *fmt, ...);

/**
 * xpv_bus_peer_uint - read a number the backend must have written
 * @xdev: device
 * @node: node in the backend's directory
 * @max: largest value that makes sense
 * @value: the number
 *
 * Context: process, may sleep.
 * Return: as xpv_xs_read_uint().
 */
int xpv_bus_peer_uint(struct xpv_device *xdev, const char *node, u64 max,
		      u64 *value);

/**
 * xpv_bus_peer_limit - read a limit the backend may have written
 * @xdev: device
 * @node: node in the backend's directory
 * @absent: result when there is no such node
 * @max: result is cut to this: what we can use
 *
 * A malformed node counts as absent, and is told in one line.
 *
 * Context: process, may sleep.
 * Return: the limit, at most @max.
 */
u32 xpv_bus_peer_limit(struct xpv_device *xdev, const char *node, u32 absent,
		       u32 max);

/**
 * xpv_bus_peer_feature - whether the backend offers a feature
 * @xdev: device
 * @node: "feature-..." node in the backend's directory
 *
 * Context: process, may sleep.
 * Return: true when the node holds a number other than 0.
 */
bool xpv_bus_peer_feature(struct xpv_device *xdev, const char *node);

#endif /* _XPV_XENBUS_H */
