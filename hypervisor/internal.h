/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _XPV_HYPERVISOR_INTERNAL_H
#define _XPV_HYPERVISOR_INTERNAL_H

#include <linux/errno.h>
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

/* adopted.c: asks the kernel's own Xen core; false if it owns nothing. */
bool xpv_hv_adopt(struct xpv_hv_facts *facts);

/* cpuid.c: asks the processor; false if there is no Xen. */
bool xpv_hv_detect(struct xpv_hv_facts *facts);
/* cpuid.c: Xen's number of the CPU it runs on, once Xen was found */
u32 xpv_hv_cpuid_vcpu(void);

/* native.c: take a domain that nobody owns over, and give it back */
int xpv_hv_native_init(void);
void xpv_hv_native_exit(void);

/* hypercall.c: the instruction, or a simulator's table (NULL: no longer) */
struct xpv_hypercall_ops;
int xpv_hv_hypercall_init(void);
void xpv_hv_hypercall_replace(const struct xpv_hypercall_ops *new);
bool xpv_hv_simulated(void);
/* hypercall.c: somebody needs the simulator, if there is one; or no longer */
void xpv_hv_hypercall_hold(bool hold);

/* vcpu.c: shared info page; each CPU's number (on that CPU) and vcpu_info */
int xpv_hv_shared_info_init(void);
void xpv_hv_shared_info_exit(void);
int xpv_hv_vcpu_init(void);
void xpv_hv_vcpu_exit(void);
void xpv_hv_vcpu_learn(unsigned int cpu);
/* vcpu.c, upcall.c: the kernel ends, see shutdown.c */
void xpv_hv_shared_info_leave(void);
void xpv_hv_upcall_leave(void);

/* upcall.c: the way that events come in; one upcall, in hard interrupt context */
int xpv_hv_upcall_init(void);
void xpv_hv_upcall_exit(void);
void xpv_hv_upcall_take(unsigned int cpu);
const char *xpv_hv_upcall_way(void);

/* upcall_vector.c, upcall_intx.c: the two ways there are */
int xpv_hv_upcall_vector_init(void);
void xpv_hv_upcall_vector_exit(void);
bool xpv_hv_upcall_vector_told(unsigned int cpu);
int xpv_hv_upcall_intx_init(void);
void xpv_hv_upcall_intx_exit(void);

/*
 * platform_pci.c: the Xen platform device. Not to have one is no error.
 * @via is what HVM_PARAM_CALLBACK_IRQ has to be set to for its line interrupt
 * to be the upcall, and @irq is that interrupt.
 *
 * unplug.c: tell the host who we are; -EPERM if it does not want us, and then
 * nothing of ours may start.
 */
#ifdef CONFIG_PCI
int xpv_hv_platform_init(void);
void xpv_hv_platform_exit(void);
bool xpv_hv_platform_present(void);
int xpv_hv_platform_intx(unsigned int *irq, u64 *via);
int xpv_hv_unplug_greet(void);
#else
static inline int xpv_hv_platform_init(void)
{
	return 0;
}

static inline void xpv_hv_platform_exit(void)
{
}

static inline int xpv_hv_unplug_greet(void)
{
	return 0;
}

static inline int xpv_hv_platform_intx(unsigned int *irq, u64 *via)
{
	return -ENODEV;
}
#endif

/* shutdown.c: the end of this kernel */
int xpv_hv_shutdown_init(void);
void xpv_hv_shutdown_exit(void);

/* sysfs.c: /sys/hypervisor */
int xpv_hv_sysfs_init(void);
void xpv_hv_sysfs_exit(void);

#endif /* _XPV_HYPERVISOR_INTERNAL_H */
