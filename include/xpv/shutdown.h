/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of this kernel, when it reboots, powers off or starts another one by
 * kexec: Xen and the backends must not write to its memory afterwards. For the
 * native services only.
 */
#ifndef _XPV_SHUTDOWN_H
#define _XPV_SHUTDOWN_H

#include <linux/list.h>

struct xpv_hv_frames;

/**
 * struct xpv_hv_leaver - a service that has something to undo in Xen
 * @leave: undoes it, and frees nothing: threads on other CPUs may still run in
 *	the service. Called once, in process context, may sleep, with all
 *	devices on the bus closed.
 * @entry: in the list of all
 */
struct xpv_hv_leaver {
	void (*leave)(void);
	struct list_head entry;
};

/**
 * xpv_hv_leaver_add - have a service called when this kernel ends
 * @leaver: the service; those added later are called earlier
 *
 * Context: process, may sleep.
 */
void xpv_hv_leaver_add(struct xpv_hv_leaver *leaver);

/**
 * xpv_hv_leaver_remove - the service is unloaded
 * @leaver: the service
 *
 * Context: process, may sleep.
 */
void xpv_hv_leaver_remove(struct xpv_hv_leaver *leaver);

/**
 * xpv_hv_frames_leave - have RAM there again, for the next kernel
 * @frames: mapped, or none; they stay mapped, and can be written to in vain
 *
 * Context: process, may sleep.
 */
void xpv_hv_frames_leave(struct xpv_hv_frames *frames);

#endif /* _XPV_SHUTDOWN_H */
