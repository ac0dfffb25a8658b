// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared info page, and for each CPU: Xen's number of it, and the place
 * where Xen tells it of pending events (vcpu_info).
 *
 * A CPU's number and place are written while it comes online, by itself, and
 * constant afterwards; who asks does so for a CPU that is online: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <compat/linux/export.h>
#include <linux/cpuhotplug.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <xen/interface/xen.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/memory.h>
#include <xen/interface/vcpu.h>
#include <xpv/frames.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>
#include <xpv/upcall.h>

#include "../arch.h"
#include "../internal.h"

static struct xpv_hv_frames frame;
static struct shared_info *shared_info;

static DEFINE_PER_CPU(u32, vcpu_id) = XPV_VCPU_NONE;
static DEFINE_PER_CPU(struct vcpu_info *, vcpu_info);

/* The CPU that is vCPU 0. */
static unsigned int home;

/* Room for the vcpu_info of vCPUs that the shared page has none for. */
static struct vcpu_info *room;
static unsigned int room_left;

static enum cpuhp_state cpuhp_state;

struct shared_info *xpv_hv_shared_info(void)
{
	return shared_info;
}
XPV_EXPORT_SYMBOL(xpv_hv_shared_info);

u32 xpv_hv_vcpu_id(unsigned int cpu)
{
	return per_cpu(vcpu_id, cpu);
}
XPV_EXPORT_SYMBOL(xpv_hv_vcpu_id);

struct vcpu_info *xpv_hv_vcpu_info(unsigned int cpu)
{
	return per_cpu(vcpu_info, cpu);
}
XPV_EXPORT_SYMBOL(xpv_hv_vcpu_info);

unsigned int xpv_hv_upcall_home(void)
{
	return home;
}
XPV_EXPORT_SYMBOL(xpv_hv_upcall_home);

/*
 * No event is told any more, and none was. For both ends of our time with the
 * page: firmware, or another kernel, may have left anything in it, and nobody
 * is there to take an event after us.
 */
static void silence(void)
{
	unsigned int i;

	memset(shared_info->evtchn_mask, 0xff, sizeof(shared_info->evtchn_mask));
	for (i = 0; i < ARRAY_SIZE(shared_info->vcpu_info); i++) {
		struct vcpu_info *info = &shared_info->vcpu_info[i];

		WRITE_ONCE(info->evtchn_pending_sel, 0);
		WRITE_ONCE(info->evtchn_upcall_pending, 0);
	}
}

int xpv_hv_shared_info_init(void)
{
	int err;

	/*
	 * Xen lays the page out for the mode of the CPU that sets this
	 * parameter. Firmware did last, in 32 bits.
	 */
	err = xpv_hv_param_set(HVM_PARAM_CALLBACK_IRQ, 0);
	if (err)
		return err;
	err = xpv_hv_frames_map(&frame, XENMAPSPACE_shared_info, 0, 1);
	if (err)
		return err;
	shared_info = frame.addr;
	silence();
	return 0;
}

void xpv_hv_shared_info_exit(void)
{
	silence();
	shared_info = NULL;
	xpv_hv_frames_unmap(&frame);
}

void xpv_hv_shared_info_leave(void)
{
	silence();
	xpv_hv_frames_leave(&frame);
}

/* Runs on @cpu, with or without interrupts. */
void xpv_hv_vcpu_learn(unsigned int cpu)
{
	u32 id = xpv_hv_simulated() ? cpu : xpv_hv_this_vcpu();

	per_cpu(vcpu_id, cpu) = id;
	if (!id)
		home = cpu;
}

/*
 * Xen takes a place of our own for a vCPU once, and keeps writing to it as
 * long as the domain lives. So this memory is never given back; and should this
 * module be loaded again, such a vCPU has no place.
 */
static struct vcpu_info *find_room(void)
{
	if (!room_left) {
		room = (void *)get_zeroed_page(GFP_KERNEL);
		room_left = room ? PAGE_SIZE / sizeof(*room) : 0;
	}
	return room_left ? room : NULL;
}

static struct vcpu_info *register_room(unsigned int cpu)
{
	struct vcpu_info *place = find_room();
	struct vcpu_register_vcpu_info op = {};
	int err;

	if (!place)
		return NULL;

	op.mfn = page_to_pfn(virt_to_page(place));
	op.offset = offset_in_page(place);
	err = xpv_hv_vcpu_op(VCPUOP_register_vcpu_info, xpv_hv_vcpu_id(cpu),
			     &op);
	if (err) {
		pr_info_once("Xen takes no vcpu_info for vCPU %u (%d): its events go by way of vCPU 0\n",
			     xpv_hv_vcpu_id(cpu), err);
		return NULL;
	}
	/* Xen marked all as pending in the new place. */
	WRITE_ONCE(place->evtchn_pending_sel, 0);
	WRITE_ONCE(place->evtchn_upcall_pending, 0);
	room++;
	room_left--;
	return place;
}

static int online(unsigned int cpu)
{
	u32 id;

	xpv_hv_vcpu_learn(cpu);
	id = xpv_hv_vcpu_id(cpu);
	if (id < ARRAY_SIZE(shared_info->vcpu_info))
		per_cpu(vcpu_info, cpu) = &shared_info->vcpu_info[id];
	else if (!per_cpu(vcpu_info, cpu))
		per_cpu(vcpu_info, cpu) = register_room(cpu);
	return 0;
}

int xpv_hv_vcpu_init(void)
{
	/* Calls online() for each CPU, on that CPU, and for each that comes. */
	int state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN,
				      "xpv/hypervisor:online", online, NULL);

	if (state < 0)
		return state;
	cpuhp_state = state;
	/* Whatever upcalls are, they reach vCPU 0. */
	if (xpv_hv_vcpu_info(home))
		return 0;
	cpuhp_remove_state_nocalls(cpuhp_state);
	return -ENXIO;
}

void xpv_hv_vcpu_exit(void)
{
	cpuhp_remove_state_nocalls(cpuhp_state);
	/* Only a page that Xen knows no part of may go. */
	if (room_left == PAGE_SIZE / sizeof(*room))
		free_page((unsigned long)room);
}
