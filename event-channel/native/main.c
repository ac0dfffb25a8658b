// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels by the hypervisor itself, where xpv owns the domain. The ABI
 * is chosen in module init and constant afterwards: no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <xen/interface/xen.h>
#include <xen/interface/event_channel.h>
#include <xpv/hypercall.h>
#include <xpv/shutdown.h>
#include <xpv/upcall.h>

#include "../internal.h"
#include "native.h"

const struct xpv_evtchn_abi *xpv_evtchn_abi __read_mostly;

/* CPUs that the ABI can tell of events; set as they come, cleared as they go. */
static struct cpumask told;

static enum cpuhp_state state_dead, state_online;

/* Which ABI to take: the values of the parameter. */
enum abi_choice {
	ABI_AUTO,
	ABI_2L,
	ABI_FIFO,
};

static const char *const abi_names[] = {
	[ABI_AUTO] = "auto",
	[ABI_2L] = "2l",
	[ABI_FIFO] = "fifo",
	NULL,
};

static enum abi_choice asked = ABI_AUTO;

static int set_abi(const char *val, const struct kernel_param *kp)
{
	int abi = sysfs_match_string(abi_names, val);

	if (abi < 0) {
		pr_err("abi=: '%s' is none of auto, 2l, fifo\n", val);
		return -EINVAL;
	}
	asked = abi;
	return 0;
}

static int show_abi(char *buf, const struct kernel_param *kp)
{
	const struct xpv_evtchn_abi *abi = READ_ONCE(xpv_evtchn_abi);

	return sysfs_emit(buf, "%s\n", abi ? abi->name : abi_names[asked]);
}

static const struct kernel_param_ops abi_ops = {
	.set = set_abi,
	.get = show_abi,
};

module_param_cb(abi, &abi_ops, NULL, 0444);
MODULE_PARM_DESC(abi,
		 "Event channel ABI of a domain that xpv owns: auto, 2l or fifo");

void xpv_evtchn_unmask_port(u32 port)
{
	struct evtchn_unmask op = { .port = port };
	int err = xpv_hv_event_channel_op(EVTCHNOP_unmask, &op);

	if (err)
		pr_warn_ratelimited("port %u stays masked: %d\n", port, err);
}

bool xpv_evtchn_reaches(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &told) && xpv_hv_upcall_reaches(cpu);
}

static int native_alloc(xpv_domid_t peer, xpv_port_t *port)
{
	struct evtchn_alloc_unbound op = {
		.dom = DOMID_SELF,
		.remote_dom = xpv_domid_raw(peer),
	};
	int err = xpv_hv_event_channel_op(EVTCHNOP_alloc_unbound, &op);

	if (!err)
		*port = xpv_port(op.port);
	return err;
}

static void close_port(xpv_port_t port)
{
	struct evtchn_close op = { .port = xpv_port_raw(port) };
	int err = xpv_hv_event_channel_op(EVTCHNOP_close, &op);

	if (err)
		pr_warn_ratelimited("port %u stays open: %d\n", op.port, err);
}

static int request(struct xpv_chan *chan, irq_handler_t handler,
		   const char *name, void *data, unsigned int *irq)
{
	int err = request_irq(chan->irq, handler, IRQF_NO_AUTOEN, name, data);

	if (err) {
		xpv_chan_destroy(chan);
		return err;
	}
	*irq = chan->irq;
	return 0;
}

static int native_bind(xpv_port_t port, irq_handler_t handler,
		       const char *name, void *data, unsigned int *irq)
{
	struct xpv_chan *chan;
	int err = xpv_chan_create(xpv_port_raw(port), false, &chan);

	if (!err)
		err = request(chan, handler, name, data, irq);
	if (err)
		close_port(port);
	return err;
}

static int native_adopt(xpv_port_t port, irq_handler_t handler,
			const char *name, void *data, unsigned int *irq)
{
	struct evtchn_status op = {
		.dom = DOMID_SELF,
		.port = xpv_port_raw(port),
	};
	struct xpv_chan *chan;
	int err;

	err = xpv_hv_event_channel_op(EVTCHNOP_status, &op);
	if (!err && op.status == EVTCHNSTAT_closed)
		err = -ENOENT;
	if (err)
		return err;

	err = xpv_chan_create(op.port, true, &chan);
	if (err)
		return err;
	/* What rang so far was not heard: have it heard when enabled. */
	xpv_evtchn_abi->put(op.port);
	return request(chan, handler, name, data, irq);
}

static void native_unbind(unsigned int irq, void *data)
{
	struct xpv_chan *chan = xpv_chan_of_irq(irq);
	xpv_port_t port;
	bool keep;

	if (WARN_ON_ONCE(!chan))
		return;
	port = xpv_port(chan->port);
	keep = chan->keep;
	free_irq(irq, data);
	xpv_chan_destroy(chan);
	if (!keep)
		close_port(port);
}

static void native_send(xpv_port_t port)
{
	struct evtchn_send op = { .port = xpv_port_raw(port) };
	int err = xpv_hv_event_channel_op(EVTCHNOP_send, &op);

	/* Whether the peer still has its end open does not matter. */
	if (err)
		pr_warn_ratelimited("port %u does not ring: %d\n", op.port, err);
}

static void native_eoi(unsigned int irq, enum xpv_eoi eoi)
{
	struct xpv_chan *chan;

	rcu_read_lock();
	chan = xpv_chan_of_irq(irq);
	if (chan)
		xpv_chan_eoi(chan, eoi == XPV_EOI_SPURIOUS);
	rcu_read_unlock();
}

static const struct xpv_evtchn_ops ops = {
	.alloc = native_alloc,
	.bind = native_bind,
	.adopt = native_adopt,
	.unbind = native_unbind,
	.send = native_send,
	.eoi = native_eoi,
};

const struct xpv_evtchn_ops *xpv_evtchn_native(void)
{
	return &ops;
}

/* A CPU whose events cannot be told has them passed on: no error. */
static int cpu_comes(unsigned int cpu)
{
	int err = xpv_evtchn_abi->cpu_comes(cpu);

	if (err)
		pr_warn("Xen cannot tell CPU %u of events: %d\n", cpu, err);
	else
		cpumask_set_cpu(cpu, &told);
	return 0;
}

/* The kernel moves its interrupts away next, as it does with any other. */
static int cpu_goes(unsigned int cpu)
{
	cpumask_clear_cpu(cpu, &told);
	return 0;
}

static int cpu_went(unsigned int cpu)
{
	xpv_evtchn_abi->cpu_went(cpu);
	return 0;
}

static int follow_cpus(void)
{
	int state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
					      "xpv/event-channel:dead", NULL,
					      cpu_went);

	if (state < 0)
		return state;
	state_dead = state;

	cpumask_clear(&told);
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN,
				  "xpv/event-channel:online", cpu_comes,
				  cpu_goes);
	if (state < 0) {
		cpuhp_remove_state_nocalls(state_dead);
		return state;
	}
	state_online = state;
	return 0;
}

static void forget_cpus(void)
{
	cpuhp_remove_state_nocalls(state_online);
	cpuhp_remove_state_nocalls(state_dead);
}

static int try_abi(const struct xpv_evtchn_abi *abi)
{
	int err = abi->start();

	if (!err)
		xpv_evtchn_abi = abi;
	return err;
}

static int choose_abi(void)
{
	int err = xpv_evtchn_reset_stale();

	if (err) {
		pr_err("cannot turn off the ABI that another kernel left on: error %d\n",
		       err);
		return err;
	}
	err = asked == ABI_2L ? -EOPNOTSUPP : try_abi(&xpv_evtchn_fifo);
	if (err && asked != ABI_FIFO)
		err = try_abi(&xpv_evtchn_2l);
	if (err)
		pr_err("cannot turn the event channel ABI on: error %d\n", err);
	return err;
}

static void leave(void)
{
	xpv_evtchn_dispatch_exit();
	xpv_evtchn_abi->leave();
}

static struct xpv_hv_leaver leaver = { .leave = leave };

int xpv_evtchn_native_init(void)
{
	int err = choose_abi();

	if (err)
		return err;
	err = xpv_chan_init();
	if (err) {
		pr_err("cannot make a domain of interrupts: error %d\n", err);
		goto err_abi;
	}
	err = follow_cpus();
	if (err) {
		pr_err("cannot follow the CPUs: error %d\n", err);
		goto err_chan;
	}
	xpv_evtchn_dispatch_init();
	xpv_hv_leaver_add(&leaver);
	pr_info("events by the %s ABI\n", xpv_evtchn_abi->name);
	return 0;

err_chan:
	xpv_chan_exit();
err_abi:
	xpv_evtchn_abi->stop();
	xpv_evtchn_abi = NULL;
	return err;
}

void xpv_evtchn_native_exit(void)
{
	xpv_hv_leaver_remove(&leaver);
	xpv_evtchn_dispatch_exit();
	forget_cpus();
	xpv_chan_exit();
	xpv_evtchn_abi->stop();
	xpv_evtchn_abi = NULL;
}
