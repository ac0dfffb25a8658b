/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The toolstack of the simulated dom0, for tests and debugfs: devices come and
 * go (device.c). Process context.
 */
#ifndef _XSIM_TOOLSTACK_H
#define _XSIM_TOOLSTACK_H

#include "backend.h"

/**
 * struct xsim_node - a node to be written; tables end with a zeroed one
 * @name: relative
 * @value: what it holds
 */
struct xsim_node {
	const char *name;
	const char *value;
};

/*
 * Create a device: its backend's nodes @back and the frontend's @front (either
 * may be NULL) on top of the usual ones (backend, backend-id, state, ...).
 * -EEXIST, -ENODEV without such a backend.
 */
int xsim_device_create(const char *type, unsigned int id,
		       const struct xsim_node *back,
		       const struct xsim_node *front);
/*
 * Detach as xl does: ask the frontend to close, wait up to @timeout_ms and
 * remove the nodes; -ETIMEDOUT if it does not (and nothing is removed). With
 * @timeout_ms 0 remove all at once, as xl detach --force.
 */
int xsim_device_destroy(const char *type, unsigned int id,
			unsigned int timeout_ms);
/* Wait until both sides are Connected, and the backend knows; -ETIMEDOUT. */
int xsim_device_wait_connected(const char *type, unsigned int id,
			       unsigned int timeout_ms);
/* The device, for a test that looks into its backend; NULL: none. */
struct xsim_device *xsim_device_find(const char *type, unsigned int id);
/* Make an empty directory that the guest owns, and dom0 may read. */
int xsim_store_give(const char *path);

/* ---- Suspend (suspend.c) ---- */

/* The next suspends are cancelled, or (at first) end in a new domain. */
void xsim_suspend_cancel(bool cancel);
/* Ask the guest to suspend, as xl save does; 0 or -ENOMEM. */
int xsim_suspend_ask(void);
/* How often the guest has found itself in a new domain that is complete. */
unsigned int xsim_resumed(void);

#endif /* _XSIM_TOOLSTACK_H */
