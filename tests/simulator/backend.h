/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a simulated backend stands on: dom0's side of grants, event channels and
 * XenStore, and the life of its devices. Callbacks (a doorbell, a watch, a
 * backend's operations) run in process context and may sleep.
 *
 * What tests need of the toolstack is in toolstack.h. A device's paths are
 * /local/domain/XSIM_GUEST/device/TYPE/ID and, for its backend,
 * /local/domain/0/backend/TYPE/XSIM_GUEST/ID.
 */
#ifndef _XSIM_BACKEND_H
#define _XSIM_BACKEND_H

#include <linux/list.h>
#include <linux/lockdep_types.h>
#include <linux/types.h>
#include <xen/interface/io/xenbus.h>

struct page;

/* The number of the guest's domain; its backends are in domain 0. */
#define XSIM_GUEST	1

/* ---- Grants (grant_map.c): references of the guest's table. Any context. ---- */

/**
 * struct xsim_map - a grant that dom0 maps; zeroed: none
 * @addr: the guest's page, in kernel memory, as long as it is mapped
 * @page: the same
 * @ref: the reference
 * @readonly: mapped for reading only: @addr must not be written to
 * @life: of which domain it is a page; the simulator's
 */
struct xsim_map {
	void *addr;
	struct page *page;
	u32 ref;
	bool readonly;
	u32 life;
};

/* 0, -EINVAL (no such grant), -EACCES (not for dom0, or not to be written). */
int xsim_grant_map(struct xsim_map *map, u32 ref, bool readonly);
/* Fine for what is not mapped. */
void xsim_grant_unmap(struct xsim_map *map);
/* Copy out of, and into, a granted page, within it; errors as above, -ERANGE. */
int xsim_grant_read(u32 ref, unsigned int offset, void *to, size_t len);
int xsim_grant_write(u32 ref, unsigned int offset, const void *from, size_t len);

#define XSIM_AREA_MAX	16

/**
 * struct xsim_area - pages of a ring, mapped writable one after the other
 * @addr: the first; NULL: not mapped
 * @nr: how many
 * @maps: each
 */
struct xsim_area {
	void *addr;
	unsigned int nr;
	struct xsim_map maps[XSIM_AREA_MAX];
};

/* 0, -EINVAL (@nr, or as xsim_grant_map()), -ENOMEM. Process context. */
int xsim_area_map(struct xsim_area *area, const u32 *refs, unsigned int nr);
void xsim_area_unmap(struct xsim_area *area);

/* ---- Event channels (port.c): dom0's end of a port of the guest's ---- */

struct xsim_port;

/*
 * Bind to an unbound @guest_port; 0, -EINVAL (not for dom0, or not unbound),
 * -ENOMEM. @event(@data) is called once right away and then, never twice at a
 * time, after each ring (rings that came meanwhile are merged).
 */
int xsim_port_bind(u32 guest_port, void (*event)(void *data), void *data,
		   struct xsim_port **port);
/* Closes dom0's end: @event does not run when this returns. NULL is fine. */
void xsim_port_unbind(struct xsim_port *port);
/* Ring the guest's doorbell. Any context. */
void xsim_port_notify(struct xsim_port *port);
/* Have @event called though nobody rang (a timer, say). Any context. */
void xsim_port_kick(struct xsim_port *port);
/* @event does not run when this returns, and not before the next ring. */
void xsim_port_quiesce(struct xsim_port *port);
/* How often the guest has rung. */
unsigned int xsim_port_rings(const struct xsim_port *port);

/* ---- XenStore as dom0 (dom0_store.c). Process context. ---- */

/* @path/@node, or @path where @node is "". kfree() the result; ERR_PTR(-ENOENT). */
char *xsim_store_read(const char *path, const char *node);
/* A decimal number; @fallback where there is none, or something else. */
u64 xsim_store_read_uint(const char *path, const char *node, u64 fallback);
int xsim_store_write(const char *path, const char *node, const char *value);
__printf(3, 4)
int xsim_store_printf(const char *path, const char *node, const char *fmt, ...);
/* With all below it; 0 too where there is nothing. */
int xsim_store_remove(const char *path, const char *node);

/**
 * struct xsim_watch - a watch of dom0's
 * @path: absolute; outlives the watch
 * @changed: something changed at @path or below it; called once at the start
 * @class: of @changed, for lockdep: others take other locks
 *
 * The rest is dom0_store.c's.
 */
struct xsim_watch {
	const char *path;
	void (*changed)(struct xsim_watch *watch);
	struct lock_class_key *class;
	void *priv;
};

int xsim_watch_add(struct xsim_watch *watch);
/* @changed does not run when this returns; not from @changed. */
void xsim_watch_remove(struct xsim_watch *watch);

/* ---- Devices (device.c) ---- */

struct xsim_device;

/**
 * struct xsim_backend - a kind of backend
 * @type: "vbd", "vif"
 * @probe: a device appeared, both sides' nodes are there and our state is
 *	Initialising: write what is offered, set @priv and go to InitWait. An
 *	error leaves the device without backend
 * @frontend_changed: the frontend's state is @state now. The backend goes to
 *	Connected or Closing or Closed itself, with xsim_device_set_state().
 *	On Closing and Closed it lets go of all that is mapped; a later
 *	Initialising or Initialised begins anew
 * @restart: the guest is in a new domain: let go of all, offer anew, and go to
 *	InitWait
 * @remove: the device goes: let go of all, free @priv. Called without Closed
 *	before it if the toolstack forced it
 *
 * Calls for one device come one at a time. All but @remove may be missed out if
 * the state has changed again meanwhile.
 */
struct xsim_backend {
	const char *type;
	int (*probe)(struct xsim_device *dev);
	void (*frontend_changed)(struct xsim_device *dev,
				 enum xenbus_state state);
	void (*restart)(struct xsim_device *dev);
	void (*remove)(struct xsim_device *dev);
	struct list_head entry; /* device.c's */
};

/**
 * struct xsim_device - a device, as its backend sees it
 * @type: of the backend
 * @id: number, part of its paths
 * @frontend: the guest's directory
 * @path: the backend's directory
 * @state: the backend's own, as in the store; xsim_device_set_state() changes it
 * @priv: the backend's
 */
struct xsim_device {
	const char *type;
	unsigned int id;
	const char *frontend;
	const char *path;
	enum xenbus_state state;
	void *priv;
};

/* Before the first device of that type is created; main.c calls these. */
int xsim_backend_register(struct xsim_backend *backend);
void xsim_backend_unregister(struct xsim_backend *backend);
/* Write the backend's state. From its operations, or any process context. */
int xsim_device_set_state(struct xsim_device *dev, enum xenbus_state state);

/* ---- The protocol police (police.c) ---- */

/* The guest broke the protocol: count and tell it. Any context. */
__printf(1, 2) void xsim_violation(const char *fmt, ...);
/* How many so far; the description of the last one. */
unsigned int xsim_violations(char *last, size_t size);

/* ---- Each backend's own entry points (backend/blk*.c, backend/net*.c) ---- */
int xsim_blkback_init(void);
void xsim_blkback_exit(void);
int xsim_netback_init(void);
void xsim_netback_exit(void);

#endif /* _XSIM_BACKEND_H */
