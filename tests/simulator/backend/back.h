/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What both backends have in common: the handshake with a frontend, the nodes
 * that are written, the knobs.
 *
 * Knobs are nodes below "knob" in the backend's directory, read when it offers
 * itself. What is below "instead" is written in place of what the backend would
 * say ("instead/sectors"), and what is named below "without" is not said at all.
 */
#ifndef _XSIM_BACK_H
#define _XSIM_BACK_H

#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "../backend.h"
#include "lie.h"

struct dentry;
struct seq_file;
struct xsim_back;
struct xsim_port;
struct xsim_ring;

/**
 * enum xsim_ring_kind - what is on a ring
 * @XSIM_RING_BLK: requests of a disk
 * @XSIM_RING_TX: packets that the guest sends
 * @XSIM_RING_RX: packets that it receives
 */
enum xsim_ring_kind {
	XSIM_RING_BLK,
	XSIM_RING_TX,
	XSIM_RING_RX,
};

/**
 * struct xsim_forger - who writes to rings in place of a backend
 * @forge: write what you like to a ring, and ring with its port. Not locked
 *	against the frontend; the backend lets the ring alone
 */
struct xsim_forger {
	void (*forge)(struct xsim_forger *forger, struct xsim_ring *ring,
		      enum xsim_ring_kind kind, struct xsim_port *port);
};

/**
 * struct xsim_back_ops - a kind of backend
 * @size: of its structure, which begins with a struct xsim_back
 * @connect_at: the frontend's state that has us read its nodes
 * @init: a device appears; not locked
 * @forget: what the frontend has said on earlier connections; NULL: nothing
 *	outlives these
 * @offer: write what is on offer
 * @connect: the frontend's nodes are there; on error nothing is left behind
 * @shut: the frontend says it is through with its rings
 * @disconnect: let go of all
 * @kick: have each port look at its rings
 * @forge: say nothing more on this connection, and leave the rings to another
 * @reconfigure: the frontend wants something else of its connection, and waits;
 *	NULL: there is nothing of that kind
 * @resize: the device has another size, in its unit; NULL: it has none. Not
 *	locked, connected or not
 * @stats: one line of counters
 * @debugfs: puts files of its own into @dir; NULL: it has none. Not locked
 * @release: the device goes; not locked
 *
 * The others are called with @lock held, @disconnect, @kick and @forge only while
 * connected.
 * @stats may be called at any time.
 */
struct xsim_back_ops {
	size_t size;
	enum xenbus_state connect_at;
	void (*init)(struct xsim_back *back);
	void (*forget)(struct xsim_back *back);
	void (*offer)(struct xsim_back *back);
	int (*connect)(struct xsim_back *back);
	void (*shut)(struct xsim_back *back);
	void (*disconnect)(struct xsim_back *back);
	void (*kick)(struct xsim_back *back);
	void (*forge)(struct xsim_back *back, struct xsim_forger *forger);
	void (*reconfigure)(struct xsim_back *back);
	int (*resize)(struct xsim_back *back, u64 size);
	void (*stats)(struct xsim_back *back, struct seq_file *s);
	void (*debugfs)(struct xsim_back *back);
	void (*release)(struct xsim_back *back);
};

/**
 * struct xsim_back - a backend's device
 * @dev: the toolstack's
 * @ops: what kind of backend it is
 * @lock: one operation at a time; outermost of all locks here
 * @connected: between connect and disconnect
 * @connections: how many there were
 * @lies: what to lie about
 * @foul: others write to our nodes too, so what the frontend says of a
 *	connection is no fault of its own: it is not told
 * @stale: since the backend was restarted the frontend has not left the
 *	connection of before: who connects now connects to that one
 * @silent: requests are not looked at
 * @delay_ms: how long a request takes
 * @reverse: what is there at the same time is answered last first
 * @tick: kicks the ports now and then
 * @dir: in debugfs
 */
struct xsim_back {
	struct xsim_device *dev;
	const struct xsim_back_ops *ops;
	struct mutex lock; /* see above */
	bool connected;
	unsigned int connections;
	struct xsim_lies lies;
	bool foul;
	bool stale;
	bool silent;
	u32 delay_ms;
	bool reverse;
	struct delayed_work tick;
	struct dentry *dir;
};

/* Whether what is odd may be no fault of the frontend's: see @foul and @stale. */
static inline bool xsim_back_is_foul(const struct xsim_back *back)
{
	return READ_ONCE(back->foul) || READ_ONCE(back->stale);
}

/* back.c: for struct xsim_backend */
int xsim_back_probe(struct xsim_device *dev, const struct xsim_back_ops *ops);
void xsim_back_frontend_changed(struct xsim_device *dev,
				enum xenbus_state state);
void xsim_back_begin_anew(struct xsim_device *dev);
void xsim_back_remove(struct xsim_device *dev);

/* back.c: for tests; process context */
void xsim_back_restart(struct xsim_back *back);
void xsim_back_kick(struct xsim_back *back);
void xsim_back_fail(struct xsim_back *back, int err, const char *what);
int xsim_back_forge(struct xsim_back *back, struct xsim_forger *forger);
__printf(2, 3)
void xsim_back_complain(const struct xsim_back *back, const char *fmt, ...);

/* back_nodes.c */
__printf(3, 4)
void xsim_back_say(struct xsim_back *back, const char *node,
		   const char *fmt, ...);
u64 xsim_back_knob(struct xsim_back *back, const char *knob, u64 fallback);
int xsim_back_hear(struct xsim_back *back, const char *dir, const char *node,
		   u64 max, u32 *value);
bool xsim_back_wants(struct xsim_back *back, const char *node);
int xsim_back_hear_queues(struct xsim_back *back, u64 limit,
			  unsigned int *nr);

/* back_debugfs.c */
void xsim_back_debugfs_init(void);
void xsim_back_debugfs_exit(void);
void xsim_back_debugfs_add(struct xsim_back *back);
void xsim_back_debugfs_remove(struct xsim_back *back);

#endif /* _XSIM_BACK_H */
