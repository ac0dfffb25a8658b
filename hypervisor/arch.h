/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What taking a domain over needs of the processor's architecture. One folder
 * implements it for each architecture that xpv can do that on (x86/); on all
 * others no_native.c does, which always says no. Kbuild chooses.
 */
#ifndef _XPV_HYPERVISOR_ARCH_H
#define _XPV_HYPERVISOR_ARCH_H

#include <linux/types.h>

struct xpv_hv_facts;
struct xpv_hypercall_ops;

/* cpuid.c: whether Xen is below this kernel, and its version */
bool xpv_hv_detect(struct xpv_hv_facts *facts);
/* cpuid.c: Xen's number of the calling CPU, once Xen was found */
u32 xpv_hv_this_vcpu(void);

/* hypercall.c: how this processor issues hypercalls; NULL if it cannot */
const struct xpv_hypercall_ops *xpv_hv_arch_hypercalls(void);

/* upcall_vector.c, upcall_intx.c: the two ways that Xen interrupts a domain */
int xpv_hv_upcall_vector_init(void);
void xpv_hv_upcall_vector_exit(void);
bool xpv_hv_upcall_vector_told(unsigned int cpu);
int xpv_hv_upcall_intx_init(void);
void xpv_hv_upcall_intx_exit(void);

/*
 * platform_pci.c: the Xen platform device. Not to have one is no error.
 * @via is what HVM_PARAM_CALLBACK_IRQ has to be set to for its line interrupt
 * to be the upcall, and @irq is that interrupt.
 */
int xpv_hv_platform_init(void);
void xpv_hv_platform_exit(void);
bool xpv_hv_platform_present(void);
int xpv_hv_platform_intx(unsigned int *irq, u64 *via);

/*
 * unplug.c: negotiate with the device model; -EPERM if it refuses this driver,
 * and then nothing of ours may start.
 */
int xpv_hv_unplug_negotiate(void);

#endif /* _XPV_HYPERVISOR_ARCH_H */
