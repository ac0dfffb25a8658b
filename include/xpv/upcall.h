/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How Xen tells a domain that xpv owns of events: where it writes that, and
 * when it interrupts. For the native event channels only.
 */
#ifndef _XPV_UPCALL_H
#define _XPV_UPCALL_H

#include <linux/limits.h>
#include <linux/types.h>

struct shared_info;
struct vcpu_info;

/**
 * xpv_hv_shared_info - the page this domain shares with Xen
 *
 * Context: any.
 * Return: the page, laid out for 64 bits; valid while xpv owns the domain.
 */
struct shared_info *xpv_hv_shared_info(void);

/* Xen's number of a CPU that was never online: not known yet. */
#define XPV_VCPU_NONE	U32_MAX

/**
 * xpv_hv_vcpu_id - Xen's number of a CPU
 * @cpu: CPU
 *
 * Context: any.
 * Return: the number, as the CPU's own CPUID leaf told it; %XPV_VCPU_NONE for
 * one that was never online.
 */
u32 xpv_hv_vcpu_id(unsigned int cpu);

/**
 * xpv_hv_vcpu_info - where Xen tells a CPU of pending events
 * @cpu: CPU
 *
 * Context: any.
 * Return: that place, or NULL if Xen took none for this CPU.
 */
struct vcpu_info *xpv_hv_vcpu_info(unsigned int cpu);

/**
 * xpv_hv_upcall_register - set who handles upcalls
 * @handler: called in hard interrupt context, with the CPU in whose vcpu_info
 *	an event is pending; it clears evtchn_upcall_pending. With the line
 *	interrupt of the platform device that need not be the CPU it runs on.
 *	NULL to stop, after which no call is under way.
 *
 * Context: process, may sleep.
 */
void xpv_hv_upcall_register(void (*handler)(unsigned int cpu));

/**
 * xpv_hv_upcall_reaches - whether Xen can interrupt this CPU
 * @cpu: CPU, online
 *
 * Where it cannot, events are for xpv_hv_upcall_home(), which has to pass
 * them on.
 *
 * Context: any.
 * Return: true if upcalls for events bound to @cpu's vCPU are taken there.
 */
bool xpv_hv_upcall_reaches(unsigned int cpu);

/**
 * xpv_hv_upcall_home - the CPU whose upcalls are always taken
 *
 * Context: any.
 * Return: the CPU that is vCPU 0.
 */
unsigned int xpv_hv_upcall_home(void);

#endif /* _XPV_UPCALL_H */
