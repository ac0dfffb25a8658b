/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the simulator. It is a hypervisor for the one domain that this kernel
 * is, and domain 0 for that. Guest frame numbers are page frame numbers: what
 * the guest lends is at once in dom0's reach.
 *
 * Lock order, outer to inner:
 *
 *   a device's mutex (device.c) -> xsim_store_lock (store.h) -> xsim_lock
 *
 * xsim_lock is the hypervisor's one lock: raw, interrupts off, since the guest
 * makes hypercalls in any context. It guards ports, the grant table, and the
 * places of frames.
 */
#ifndef _XSIM_SIMULATOR_H
#define _XSIM_SIMULATOR_H

#include <compat/linux/export.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "backend.h"

/* Xen's number for what it does not know. */
#define XEN_ENOSYS	38

extern raw_spinlock_t xsim_lock;
/* main.c: where dom0 does its work */
extern struct workqueue_struct *xsim_wq;

/* hypercall.c */
struct xpv_hypercall_ops;
extern const struct xpv_hypercall_ops xsim_hypercalls;

/**
 * enum xsim_call - the hypercalls, for counting and failing them
 */
enum xsim_call {
	XSIM_CALL_EVENT_CHANNEL,
	XSIM_CALL_GRANT_TABLE,
	XSIM_CALL_MEMORY,
	XSIM_CALL_HVM,
	XSIM_CALL_VCPU,
	XSIM_CALL_SCHED,
	XSIM_CALL_VERSION,
	XSIM_CALLS,
};

/*
 * The @nth hypercall from now (1: the next one), of those with a bit in @calls,
 * fails with Xen's error @err (negative), and does nothing. @nth 0: none.
 */
void xsim_fail_nth(unsigned int calls, unsigned int nth, int err);
/* The same of those of @call that do @cmd. */
void xsim_fail_nth_cmd(enum xsim_call call, int cmd, unsigned int nth, int err);
/* Whether that has happened. */
bool xsim_failed(void);

/* memory.c */
/**
 * struct xsim_frame - a frame of the hypervisor's that the guest can place
 * @at: where its contents are: @own, or the guest's page it was placed over
 * @own: memory of the simulator's
 */
struct xsim_frame {
	void *at;
	void *own;
};

int xsim_frame_init(struct xsim_frame *frame);
void xsim_frame_exit(struct xsim_frame *frame);
/* Frame @index of a space that the guest names; NULL: there is none. */
struct xsim_frame *xsim_shared_info_frame(void);
struct xsim_frame *xsim_grant_frame_locked(unsigned long index);
long xsim_memory_op(int cmd, void *arg);
/* The page with that number; NULL if no RAM of the guest's is there. */
void *xsim_guest_page_locked(u64 gfn);
/* No frame is placed any more, and there is no RAM where one was. */
void xsim_memory_reset_locked(void);
/* All RAM must be back. */
void xsim_memory_check(void);

/* info.c: what the guest may ask about Xen and its domain */
long xsim_hvm_op(int cmd, void *arg);
long xsim_sched_op(int cmd, void *arg);
long xsim_vcpu_op(int cmd, unsigned int vcpu, void *arg);
long xsim_version_op(int cmd, void *arg);
void xsim_param_set(u32 index, u64 value);
void xsim_param_set_locked(u32 index, u64 value);
u64 xsim_param(u32 index);

/* upcall.c */
struct vcpu_info;
/* With the shared info page; 0 or -ENOMEM. */
int xsim_upcall_init(void);
void xsim_upcall_exit(void);
struct vcpu_info *xsim_vcpu_info_locked(unsigned int vcpu);
void xsim_upcall_raise_locked(unsigned int vcpu);
/* An empty shared info page, which is not placed, and each vCPU in it. */
void xsim_upcall_reset_locked(void);
long xsim_register_vcpu_info(unsigned int vcpu, u64 gfn, u32 offset);

/* event_channel.c */
int xsim_event_init(void);
void xsim_event_exit(void);
long xsim_event_channel_op(int cmd, void *arg);
/* Nothing may be open but what the toolstack made. */
void xsim_event_check(void);

/* grant_table.c */
int xsim_grant_init(void);
void xsim_grant_exit(void);
long xsim_grant_table_op(int cmd, void *arg, unsigned int count);
/* An entry that the toolstack makes, before the guest looks. */
void xsim_grant_reserve(u32 ref, u64 gfn);
/* An empty table of the first version; what dom0 maps is the old domain's. */
void xsim_grant_reset_locked(void);
/* How many grants dom0 has mapped. */
unsigned int xsim_grants_mapped(void);

/* suspend.c: SCHEDOP_shutdown; from its return until all of dom0 is a new one's */
extern bool xsim_frozen;
long xsim_shutdown_op(const void *arg);
int xsim_suspend_init(void);
void xsim_suspend_exit(void);

/* shutdown.c: what is left when the kernel ends */
int xsim_shutdown_init(void);
void xsim_shutdown_exit(void);

/**
 * struct xsim_census - what the guest has that it must give back
 * @ports: that are not free
 * @grants: entries that dom0 may use
 * @mapped: of these, how many maps dom0 has
 * @watches: on nodes of the store
 * @txns: transactions that have not ended
 */
struct xsim_census {
	unsigned int ports;
	unsigned int grants;
	unsigned int mapped;
	unsigned int watches;
	unsigned int txns;
};

/* census.c */
void xsim_census_take(struct xsim_census *census);

/* device.c: destroy what is left */
void xsim_device_exit(void);
/* All frontends as they were made, and all backends anew; 0 or -ENOMEM. */
int xsim_device_restart_all(void);
/* debugfs.c */
void xsim_debugfs_init(void);
void xsim_debugfs_exit(void);

#endif /* _XSIM_SIMULATOR_H */
