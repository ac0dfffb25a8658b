/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _XPV_HYPERVISOR_INTERNAL_H
#define _XPV_HYPERVISOR_INTERNAL_H

#include <linux/types.h>
#include <xpv/hypervisor.h>

/**
 * struct xpv_hv_facts - what is known about the hypervisor below us
 * @owner: who drives it
 * @guest: kind of guest
 * @major: Xen's major version
 * @minor: Xen's minor version
 */
struct xpv_hv_facts {
	enum xpv_owner owner;
	enum xpv_guest guest;
	unsigned int major;
	unsigned int minor;
};

/* kernel.c: asks the kernel's own Xen core; false if it owns nothing. */
bool xpv_hv_ask_kernel(struct xpv_hv_facts *facts);

/* native/main.c: take a domain that nobody owns over, and give it back */
int xpv_hv_native_init(void);
void xpv_hv_native_exit(void);

/* native/hypercall.c: the architecture's table, or a simulator's (NULL: no longer) */
struct xpv_hypercall_ops;
int xpv_hv_hypercall_init(void);
void xpv_hv_hypercall_replace(const struct xpv_hypercall_ops *new);
bool xpv_hv_simulated(void);
/* native/hypercall.c: somebody needs the simulator, if there is one; or no longer */
void xpv_hv_hypercall_hold(bool hold);

/* native/vcpu.c: shared info page; each CPU's number (on that CPU) and vcpu_info */
int xpv_hv_shared_info_init(void);
void xpv_hv_shared_info_exit(void);
int xpv_hv_vcpu_init(void);
void xpv_hv_vcpu_exit(void);
void xpv_hv_vcpu_learn(unsigned int cpu);
/* native/vcpu.c, native/upcall.c: the kernel ends, see native/shutdown.c */
void xpv_hv_shared_info_leave(void);
void xpv_hv_upcall_leave(void);

/* native/upcall.c: the way that events come in; one upcall, in hard interrupt context */
int xpv_hv_upcall_init(void);
void xpv_hv_upcall_exit(void);
void xpv_hv_upcall_take(unsigned int cpu);
const char *xpv_hv_upcall_way(void);

/* native/shutdown.c: the end of this kernel */
int xpv_hv_shutdown_init(void);
void xpv_hv_shutdown_exit(void);

/* native/sysfs.c: /sys/hypervisor */
int xpv_hv_sysfs_init(void);
void xpv_hv_sysfs_exit(void);

#endif /* _XPV_HYPERVISOR_INTERNAL_H */
