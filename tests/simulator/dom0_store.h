/* SPDX-License-Identifier: GPL-2.0-only */
/* What device.c needs of dom0_store.c beyond backend.h. */
#ifndef _XSIM_DOM0_STORE_H
#define _XSIM_DOM0_STORE_H

#include <linux/types.h>

/* The guest's part of the store, as the toolstack makes it. */
int xsim_dom0_store_init(void);
/* The same for a new domain: what the old one had written is gone. */
int xsim_dom0_store_reset_locked(void);

/* Under xsim_store_lock, so that what belongs together is seen together. */
int xsim_store_write_locked(const char *path, const char *node,
			    const char *value);
/* A directory of @owner's; the other of dom0 and guest may do @others. */
int xsim_store_make_locked(const char *path, const char *node, u16 owner,
			   char others);

#endif /* _XSIM_DOM0_STORE_H */
