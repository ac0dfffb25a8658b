/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who owns the hypervisor interface of this domain, and what kind of guest
 * it is. The bottom layer: every other xpv module asks here, once, at load.
 */
#ifndef _XPV_HYPERVISOR_H
#define _XPV_HYPERVISOR_H

#include <linux/types.h>

/**
 * typedef xpv_domid_t - number of a Xen domain
 *
 * domid_t of Xen's public xen.h, made distinct for sparse so that it is not
 * mixed up with ports and grant references.
 */
typedef u16 __bitwise xpv_domid_t;

/**
 * xpv_domid - number of a domain, from Xen's own type
 * @raw: the number, as it stands in a structure of Xen's
 *
 * Context: any.
 * Return: the same number.
 */
static inline xpv_domid_t xpv_domid(u16 raw)
{
	return (__force xpv_domid_t)raw;
}

/**
 * xpv_domid_raw - number of a domain, for Xen's own type
 * @domid: the number
 *
 * Context: any.
 * Return: the same number.
 */
static inline u16 xpv_domid_raw(xpv_domid_t domid)
{
	return (__force u16)domid;
}

/**
 * enum xpv_guest - kind of Xen guest this kernel runs in
 * @XPV_GUEST_NONE: no Xen below this kernel
 * @XPV_GUEST_PV: paravirtualized page tables (PV)
 * @XPV_GUEST_PVH: hardware virtualization without emulated devices
 * @XPV_GUEST_HVM: hardware virtualization with a device model
 */
enum xpv_guest {
	XPV_GUEST_NONE,
	XPV_GUEST_PV,
	XPV_GUEST_PVH,
	XPV_GUEST_HVM,
};

/**
 * enum xpv_owner - who drives shared info, grant table and XenStore ring
 * @XPV_OWNER_NONE: nobody; no service can be given
 * @XPV_OWNER_KERNEL: the kernel's own Xen core; xpv adopts its exports
 * @XPV_OWNER_XPV: xpv itself, which drives the hypervisor natively
 */
enum xpv_owner {
	XPV_OWNER_NONE,
	XPV_OWNER_KERNEL,
	XPV_OWNER_XPV,
};

/**
 * xpv_hv_owner - who owns the hypervisor interface
 *
 * Constant after module load.
 *
 * Context: any.
 * Return: the owner; %XPV_OWNER_NONE when xpv-hypervisor is built in and
 * found nothing it can serve.
 */
enum xpv_owner xpv_hv_owner(void);

/**
 * xpv_hv_guest - kind of guest, as found at load
 *
 * Context: any.
 * Return: the kind of guest.
 */
enum xpv_guest xpv_hv_guest(void);

#endif /* _XPV_HYPERVISOR_H */
