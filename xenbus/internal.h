/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside xpv-xenbus. Lock order, outer to inner:
 *
 *   device lock of the driver core -> xpv_device.lock -> whatever the driver's
 *   operations take (RTNL, a queue frozen). Nothing here is called with RTNL
 *   or a queue lock held, but xpv_bus_fatal(), which takes no lock.
 */
#ifndef _XPV_XENBUS_INTERNAL_H
#define _XPV_XENBUS_INTERNAL_H

#include <xpv/xenbus.h>

/**
 * struct xpv_xs_txn - an open transaction
 * @id: XenStore's number for it, never 0
 */
struct xpv_xs_txn {
	u32 id;
};

static inline u32 xpv_xs_txn_id(const struct xpv_xs_txn *txn)
{
	return txn ? txn->id : 0;
}

/**
 * struct xpv_xenbus_ops - an implementation of XenStore client and bus
 * @read: see xpv_xs_read()
 * @write: write a NUL-terminated string
 * @remove: remove a node; -ENOENT when there is none
 * @begin: start a transaction
 * @end: commit, -EAGAIN on conflict; or abort
 * @watch: start to watch @watch->path; sets @watch->priv
 * @unwatch: stop; no callback runs when it returns
 * @register_driver: see xpv_bus_register(); probes by xpv_device_create()
 * @unregister_driver: see xpv_bus_unregister()
 * @state_written: our state node was written; keep others' records in step
 * @start: optional; connect to XenStore and look for devices. It has told what
 *	failed, and nothing is left of it.
 * @stop: its reverse; there are no drivers any more
 */
struct xpv_xenbus_ops {
	int (*read)(u32 txn, const char *dir, const char *node, char **value);
	int (*write)(u32 txn, const char *dir, const char *node,
		     const char *value);
	int (*remove)(u32 txn, const char *dir, const char *node);
	int (*begin)(u32 *txn);
	int (*end)(u32 txn, bool abort);
	int (*watch)(struct xpv_xs_watch *watch);
	void (*unwatch)(struct xpv_xs_watch *watch);
	int (*register_driver)(struct xpv_driver *drv);
	void (*unregister_driver)(struct xpv_driver *drv);
	void (*state_written)(struct xpv_device *xdev);
	int (*start)(void);
	void (*stop)(void);
};

/* main.c: chosen at module load, constant afterwards */
extern const struct xpv_xenbus_ops *xpv_xenbus_ops;

/* kernel.c: over the kernel's Xen core; NULL on a kernel without one. */
const struct xpv_xenbus_ops *xpv_xenbus_kernel(void);

/* native/main.c: over our own hold on the hypervisor. */
const struct xpv_xenbus_ops *xpv_xenbus_native(void);

/* store/kernel.c: the XenStore part of the above */
int xpv_kernel_xs_read(u32 txn, const char *dir, const char *node, char **value);
int xpv_kernel_xs_write(u32 txn, const char *dir, const char *node,
			const char *value);
int xpv_kernel_xs_remove(u32 txn, const char *dir, const char *node);
int xpv_kernel_xs_begin(u32 *txn);
int xpv_kernel_xs_end(u32 txn, bool abort);
int xpv_kernel_xs_watch(struct xpv_xs_watch *watch);
void xpv_kernel_xs_unwatch(struct xpv_xs_watch *watch);

/* state.c: our state nodes and the peers' */
int xpv_state_set(struct xpv_device *xdev, enum xenbus_state state);
int xpv_state_of_peer(struct xpv_device *xdev, enum xenbus_state *state);
const char *xpv_state_name(enum xenbus_state state);

/* handshake.c: one step of it, and its end; @xdev->lock held */
void xpv_handshake_step(struct xpv_device *xdev);
void xpv_handshake_end(struct xpv_device *xdev);
void xpv_handshake_restart(struct xpv_device *xdev);
void xpv_handshake_lose_patience(struct xpv_device *xdev);

/* fault.c: what xpv_bus_fatal() left behind */
bool xpv_fault_told(const struct xpv_device *xdev);
bool xpv_fault_is_silence(const struct xpv_device *xdev);
void xpv_fault_publish(struct xpv_device *xdev);
void xpv_fault_forget(struct xpv_device *xdev);

/* device.c: life of a device on the bus */
struct xpv_device *xpv_device_create(struct device *dev, const char *nodename,
				     const char *otherend, xpv_domid_t peer,
				     const struct xpv_driver *drv);
void xpv_device_destroy(struct xpv_device *xdev);
void xpv_device_shutdown(struct xpv_device *xdev);
int xpv_device_moved(struct xpv_device *xdev, const char *otherend,
		     xpv_domid_t peer);
void xpv_device_kick(struct xpv_device *xdev);
int xpv_device_init(void);
void xpv_device_exit(void);

#endif /* _XPV_XENBUS_INTERNAL_H */
