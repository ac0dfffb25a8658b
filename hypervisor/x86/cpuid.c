// SPDX-License-Identifier: GPL-2.0-only
/*
 * Xen's CPUID leaves (Xen's public arch-x86/cpuid.h): the signature stands at
 * 0x40000000, or some 0x100 higher when Xen offers another hypervisor's
 * leaves first.
 */
#include <asm/cpufeature.h>
#include <asm/xen/cpuid.h>
#include <compat/asm/cpuid.h>

#include "../arch.h"
#include "../internal.h"

#define LEAF_STEP	0x100
#define LEAF_END	0x40010000

/* Offset of the leaf about HVM guests; a vCPU's number is there since Xen 4.6. */
#define LEAF_HVM	4

/* Where the leaves are; 0 without Xen. Set by detection. */
static u32 leaves;

static u32 find_base(void)
{
	u32 base, eax, ebx, ecx, edx;

	for (base = XEN_CPUID_FIRST_LEAF; base < LEAF_END; base += LEAF_STEP) {
		cpuid(base, &eax, &ebx, &ecx, &edx);
		if (ebx == XEN_CPUID_SIGNATURE_EBX &&
		    ecx == XEN_CPUID_SIGNATURE_ECX &&
		    edx == XEN_CPUID_SIGNATURE_EDX)
			return base;
	}
	return 0;
}

bool xpv_hv_detect(struct xpv_hv_facts *facts)
{
	u32 version;

	/* Without the hypervisor bit these leaves repeat unrelated ones. */
	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return false;

	leaves = find_base();
	if (!leaves)
		return false;

	/* First leaf after the signature: EAX[31:16] major, EAX[15:0] minor. */
	version = cpuid_eax(leaves + 1);
	facts->guest = XPV_GUEST_HVM;
	facts->major = version >> 16;
	facts->minor = version & 0xffff;
	return true;
}

u32 xpv_hv_this_vcpu(void)
{
	u32 eax, ebx, ecx, edx;

	if (cpuid_eax(leaves) >= leaves + LEAF_HVM) {
		cpuid(leaves + LEAF_HVM, &eax, &ebx, &ecx, &edx);
		if (eax & XEN_HVM_CPUID_VCPU_ID_PRESENT)
			return ebx;
	}
	/* Leaf 1, EBX[31:24]: the APIC's number, which Xen chose as twice ours */
	return (cpuid_ebx(1) >> 24) / 2;
}
