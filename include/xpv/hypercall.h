/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor itself, for the native services only: where nobody else owns
 * the domain, they drive it through this. Drivers never include it.
 *
 * Everything goes through one ops table, which a simulator may replace before
 * the other services are loaded.
 */
#ifndef _XPV_HYPERCALL_H
#define _XPV_HYPERCALL_H

#include <linux/types.h>
#include <xpv/hypervisor.h>

struct module;

/**
 * struct xpv_hypercall_ops - how a hypercall reaches the hypervisor
 * @event_channel_op: EVTCHNOP_* of Xen's public event_channel.h
 * @grant_table_op: GNTTABOP_* of grant_table.h
 * @memory_op: XENMEM_* of memory.h
 * @hvm_op: HVMOP_* of hvm/hvm_op.h
 * @vcpu_op: VCPUOP_* of vcpu.h
 * @sched_op: SCHEDOP_* of sched.h
 * @xen_version: XENVER_* of version.h
 * @owner: module of a simulator, which stays while events are taken; or NULL
 *
 * Each returns what Xen returns: >= 0, or a negative Xen errno. Any context.
 */
struct xpv_hypercall_ops {
	long (*event_channel_op)(int cmd, void *arg);
	long (*grant_table_op)(int cmd, void *arg, unsigned int count);
	long (*memory_op)(int cmd, void *arg);
	long (*hvm_op)(int cmd, void *arg);
	long (*vcpu_op)(int cmd, unsigned int vcpu, void *arg);
	long (*sched_op)(int cmd, void *arg);
	long (*xen_version)(int cmd, void *arg);
	struct module *owner;
};

/**
 * xpv_hv_event_channel_op - hypercall about event channels
 * @cmd: EVTCHNOP_* of Xen's public event_channel.h
 * @arg: the structure that belongs to it, anywhere in kernel memory
 *
 * Like all that follow it, this turns Xen's errors into errno, at one place.
 *
 * Context: any.
 * Return: 0 or a positive result; -EOPNOTSUPP where this Xen lacks the
 * operation, or another errno.
 */
long xpv_hv_event_channel_op(int cmd, void *arg);

/**
 * xpv_hv_grant_table_op - hypercall about the grant table
 * @cmd: GNTTABOP_* of Xen's public grant_table.h
 * @arg: array of structures
 * @count: how many
 *
 * Context: any.
 * Return: as xpv_hv_event_channel_op().
 */
long xpv_hv_grant_table_op(int cmd, void *arg, unsigned int count);

/**
 * xpv_hv_memory_op - hypercall about memory
 * @cmd: XENMEM_* of Xen's public memory.h
 * @arg: structure of that operation, or NULL
 *
 * Context: any.
 * Return: as xpv_hv_event_channel_op().
 */
long xpv_hv_memory_op(int cmd, void *arg);

/**
 * xpv_hv_hvm_op - hypercall about an HVM guest
 * @cmd: HVMOP_* of Xen's public hvm/hvm_op.h
 * @arg: structure of that operation, or NULL
 *
 * Context: any.
 * Return: as xpv_hv_event_channel_op().
 */
long xpv_hv_hvm_op(int cmd, void *arg);

/**
 * xpv_hv_vcpu_op - hypercall about a vCPU
 * @cmd: VCPUOP_* of Xen's public vcpu.h
 * @vcpu: Xen's number of it, see xpv_hv_vcpu_id()
 * @arg: structure of that operation, or NULL
 *
 * Context: any.
 * Return: as xpv_hv_event_channel_op().
 */
long xpv_hv_vcpu_op(int cmd, unsigned int vcpu, void *arg);

/**
 * xpv_hv_sched_op - hypercall about scheduling
 * @cmd: SCHEDOP_* of Xen's public sched.h
 * @arg: structure of that operation, or NULL
 *
 * Context: any.
 * Return: as xpv_hv_event_channel_op().
 */
long xpv_hv_sched_op(int cmd, void *arg);

/**
 * xpv_hv_version_op - hypercall about Xen itself
 * @cmd: XENVER_* of Xen's public version.h
 * @arg: structure of that operation, or NULL
 *
 * Context: any.
 * Return: as xpv_hv_event_channel_op().
 */
long xpv_hv_version_op(int cmd, void *arg);

/**
 * xpv_hv_param - read an HVM parameter of this domain
 * @index: HVM_PARAM_* of Xen's public hvm/params.h
 * @value: its value
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int xpv_hv_param(u32 index, u64 *value);

/**
 * xpv_hv_param_set - write an HVM parameter of this domain
 * @index: HVM_PARAM_* of Xen's public hvm/params.h, one that a guest may write
 * @value: its new value
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int xpv_hv_param_set(u32 index, u64 value);

/**
 * xpv_hv_unplug - take out the emulated devices that the admin named
 *
 * Cannot be undone: for when XenStore has answered, before its devices are
 * announced. What a driver holds stays, and is told.
 *
 * Context: process, may sleep.
 */
void xpv_hv_unplug(void);

#endif /* _XPV_HYPERCALL_H */
