/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpuid() and its kin. Since v6.16 (968e30006807 "x86/cpuid: Set
 * <asm/cpuid/api.h> as the main CPUID header") they have a header of their
 * own; drop this file with v6.12.
 */
#ifndef _XPV_COMPAT_ASM_CPUID_H
#define _XPV_COMPAT_ASM_CPUID_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>
#else
#include <asm/processor.h>
#endif

#endif /* _XPV_COMPAT_ASM_CPUID_H */
