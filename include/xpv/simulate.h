/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hypervisor made of C, in place of a real one: for tests of the native
 * services on a machine without Xen. Nothing but a simulator includes this.
 */
#ifndef _XPV_SIMULATE_H
#define _XPV_SIMULATE_H

#include <xpv/hypercall.h>

/**
 * xpv_hv_simulate - let a simulated hypervisor own this domain
 * @ops: its hypercalls
 *
 * Only where there is no real one: on a machine without Xen, when
 * xpv-hypervisor was loaded with simulate=1. From then on the owner is
 * %XPV_OWNER_XPV, and native services may be loaded. CPU n is vCPU n.
 *
 * Context: process, may sleep.
 * Return: 0, -EBUSY when the domain has an owner, or what @ops returned.
 */
int xpv_hv_simulate(const struct xpv_hypercall_ops *ops);

/**
 * xpv_hv_simulate_end - the simulated hypervisor goes
 *
 * Every service above xpv-hypervisor must have been unloaded.
 *
 * Context: process, may sleep.
 */
void xpv_hv_simulate_end(void);

/**
 * xpv_hv_simulate_upcall - interrupt the CPU this runs on, as Xen would
 *
 * Context: hard interrupt.
 */
void xpv_hv_simulate_upcall(void);

#endif /* _XPV_SIMULATE_H */
