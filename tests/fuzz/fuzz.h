/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the fuzzer: see main.c. One execution runs at a time, in one thread, so
 * nothing here has a lock unless said otherwise. All choices come from random.c.
 */
#ifndef _XFZ_FUZZ_H
#define _XFZ_FUZZ_H

#include <linux/compiler_attributes.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/types.h>

#include "../simulator/backend/back.h"
#include "../simulator/simulator.h"
#include "../simulator/toolstack.h"

struct net_device;

/* What is to happen in the end has to happen within that. */
#define XFZ_PATIENCE_MS	60000

/* Until @condition holds, and no longer than @ms; its last value. */
#define xfz_wait(condition, ms)						\
({									\
	unsigned long __end = jiffies + msecs_to_jiffies(ms);		\
	bool __held;							\
									\
	while (!(__held = (condition)) && time_before(jiffies, __end))	\
		usleep_range(2000, 4000);				\
	__held;								\
})

/* random.c: the same numbers for the same seed, on any kernel */
void xfz_seed(u64 seed);
u64 xfz_random(void);
/* Below @limit, which is not 0. */
u32 xfz_below(u32 limit);
bool xfz_one_in(u32 n);
void xfz_bytes(void *to, size_t len);
/* A number such as breaks things. */
u64 xfz_odd_number(void);
/* What a node may hold; valid until the next call. */
const char *xfz_odd_text(void);

/* trace.c: what was done in this execution, for the log if it fails */
void xfz_trace_begin(u64 seed);
__printf(1, 2) void xfz_trace(const char *fmt, ...);
void xfz_trace_print(void);
/* This execution has failed: tells what is wrong, with seed and steps. */
__printf(1, 2) void xfz_fail(const char *fmt, ...);
bool xfz_failed(void);

/**
 * struct xfz_device - a device that may be there
 * @type: "vbd", "vif"
 * @id: number
 * @name: on the bus
 * @there: the toolstack has made it
 */
struct xfz_device {
	const char *type;
	unsigned int id;
	const char *name;
	bool there;
};

#define XFZ_DISKS	2
#define XFZ_CARDS	2
#define XFZ_DEVICES	(XFZ_DISKS + XFZ_CARDS)

/* device.c: the first ones are disks */
extern struct xfz_device xfz_devices[XFZ_DEVICES];
/* One that is there; NULL: none is. */
struct xfz_device *xfz_pick_device(void);
struct xsim_back *xfz_back(const struct xfz_device *dev);
/* Its backend's nodes are not what the backend says any more. */
void xfz_foul(const struct xfz_device *dev);
bool xfz_is_disk(const struct xfz_device *dev);
/* Whether the guest has it on its bus; true if that cannot be told. */
bool xfz_guest_has(const struct xfz_device *dev);
void xfz_attach(void);
void xfz_attach_honest(void);
void xfz_detach(void);
void xfz_detach_all(void);
void xfz_await(void);
void xfz_lie(void);
void xfz_behave(void);
void xfz_restart(void);
void xfz_resize(void);
void xfz_rebind(void);

/* nodes.c: what the backend says in XenStore */
void xfz_jump_state(void);
void xfz_write_node(void);
void xfz_rewrite_state(const struct xfz_device *dev);
unsigned int xfz_odd_nodes(const struct xfz_device *dev,
			   struct xsim_node *nodes, unsigned int max);

/* forge.c: what the backend writes to its rings */
void xfz_forge(void);
void xfz_storm(void);

/* hold.c: grants that the backend maps and does not let go of */
void xfz_hold_of_ring(const struct xsim_ring *ring, enum xsim_ring_kind kind);
void xfz_hold(void);
void xfz_release(void);
void xfz_release_all(void);

/* disk.c */
void xfz_disk_io(void);
void xfz_disk_close(void);
/* Whether all requests have ended. */
bool xfz_disk_is_idle(void);

/* net.c, packet.c */
int xfz_net_init(void);
void xfz_net_exit(void);
/* The card of a device; dev_put() it. NULL: it has none. */
struct net_device *xfz_card(const struct xfz_device *dev);
void xfz_net_up(const struct xfz_device *dev);
void xfz_net_send(void);
void xfz_net_set(void);
struct sk_buff *xfz_packet(struct net_device *dev);

/* steps.c */
void xfz_steps(void);

/* balance.c: nothing may be left of an execution */
void xfz_balance_init(void);
void xfz_balance(void);

#endif /* _XFZ_FUZZ_H */
