/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The implementation for a domain that nobody else owns: XenStore by our own
 * client (../store/native/store.h), a bus of our own, /dev/xen/xenbus.
 *
 * Lock order: as in internal.h, and all of store.h's locks inside
 * xpv_device.lock.
 */
#ifndef _XPV_XENBUS_NATIVE_H
#define _XPV_XENBUS_NATIVE_H

#include <linux/workqueue.h>

#include "../internal.h"
#include "../store/native/wire.h"

/* ../store/native/xs.c: the XenStore part of the ops */
int xpv_native_read(u32 txn, const char *dir, const char *node, char **value);
int xpv_native_write(u32 txn, const char *dir, const char *node,
		     const char *value);
int xpv_native_remove(u32 txn, const char *dir, const char *node);
int xpv_native_begin(u32 *txn);
int xpv_native_end(u32 txn, bool abort);
int xpv_native_watch(struct xpv_xs_watch *watch);
void xpv_native_unwatch(struct xpv_xs_watch *watch);

int xpv_native_list(const char *path, struct xpv_store_names *names);
/* Where callbacks of watches run. */
void xpv_native_queue(struct work_struct *work);
int xpv_native_xs_init(void);
void xpv_native_xs_exit(void);

/**
 * struct xpv_native_device - a device on the bus
 * @dev: what the driver core knows of it
 * @entry: in the list of scan.c, which alone looks at it
 * @nodename: its directory: "device/vif/0"
 * @type: its kind: "vif"
 * @otherend: the backend's directory; guarded by @dev's lock once it is
 *	registered
 * @peer: the backend's domain; likewise
 * @state: what our state node says, for eyes
 * @seen: found by the scan that goes on
 */
struct xpv_native_device {
	struct device dev;
	struct list_head entry;
	char *nodename;
	char *type;
	char *otherend;
	xpv_domid_t peer;
	enum xenbus_state state;
	bool seen;
};

/* bus.c: the bus, its drivers, and what users see of its devices */
int xpv_native_bus_init(void);
void xpv_native_bus_exit(void);
int xpv_native_register(struct xpv_driver *drv);
void xpv_native_unregister(struct xpv_driver *drv);
void xpv_native_state_written(struct xpv_device *xdev);
/* A device, unregistered; NULL: out of memory. All strings are copied. */
struct xpv_native_device *xpv_native_device_alloc(const char *type,
						  const char *id);
int xpv_native_device_add(struct xpv_native_device *native);
/* The backend is another one now; @otherend is the device's from here on. */
void xpv_native_device_move(struct xpv_native_device *native, char *otherend,
			    xpv_domid_t peer);

/* scan.c: which devices there are */
int xpv_native_scan_init(void);
void xpv_native_scan_exit(void);

/* ../store/native/file.c: /dev/xen/xenbus */
int xpv_native_file_init(void);
void xpv_native_file_exit(void);

#endif /* _XPV_XENBUS_NATIVE_H */
