/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites over the whole stack share. They use the services as a driver
 * does, over the simulator, and are skipped where that is not.
 */
#ifndef _XSIM_TESTS_STACK_H
#define _XSIM_TESTS_STACK_H

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "../simulator.h"

struct net_device;
struct xsim_back;

/* A machine that is emulated on a busy one may need that long for anything. */
#define PATIENCE_MS	60000

/* Until @condition holds, and no longer than that; its last value. */
#define wait_until(condition)						\
({									\
	unsigned long __end = jiffies + PATIENCE_MS / 1000 * HZ;	\
	bool __held;							\
									\
	while (!(__held = (condition)) && time_before(jiffies, __end))	\
		usleep_range(500, 1000);				\
	__held;								\
})

/* stack_main.c: skips without a simulator; no violation may come */
int stack_init(struct kunit *test);
void stack_exit(struct kunit *test);
/* There was one already: no need to go on, as it may make all very slow. */
bool stack_violated(void);
/* Takes all grants but about so many of the guest's, until they are released. */
void stack_hoard_grants(struct kunit *test, unsigned int left);
void stack_release_grants(void);
/* A backend comes back with that knob, knob/NAME, at another value. */
void stack_offer(struct kunit *test, struct xsim_back *back, const char *knob,
		 const char *value);

/*
 * stack_tcp.c: one packet of that much payload at a time, what of it has arrived,
 * and packets that were damaged
 */
#define STACK_TCP_BULK	8001
void stack_tcp_start(void);
void stack_tcp_stop(void);
void stack_tcp_send(struct net_device *from, const struct net_device *to, bool v6);
int stack_tcp_payload(void);
int stack_tcp_torn(void);

/* stack_param.c: @path is below /sys, such as module/xpv_blkfront/parameters/NAME */
void stack_set_parameter(struct kunit *test, const char *path,
			 const char *value);

extern struct kunit_suite stack_evtchn_suite;
extern struct kunit_suite stack_gnttab_suite;
extern struct kunit_suite stack_xs_suite;
extern struct kunit_suite stack_bus_suite;
extern struct kunit_suite stack_blk_suite;
extern struct kunit_suite stack_net_suite;

#endif /* _XSIM_TESTS_STACK_H */
