/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lies that a simulated backend tells on demand, one each time it is told to.
 * After a lie about its ring it says nothing more on that connection.
 */
#ifndef _XSIM_LIE_H
#define _XSIM_LIE_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * enum xsim_lie - what a backend says that is not so
 * @XSIM_LIE_NONE: nothing
 * @XSIM_LIE_ID_RANGE: answers an id that no request can have
 * @XSIM_LIE_ID_IDLE: answers an id that is not in flight
 * @XSIM_LIE_ID_TWICE: answers an id that it has answered
 * @XSIM_LIE_OPERATION: answers another operation than was asked
 * @XSIM_LIE_STATUS: answers with a status that does not exist
 * @XSIM_LIE_MAPPED: answers, and keeps the pages mapped
 * @XSIM_LIE_INDEX: publishes more responses than there are requests
 * @XSIM_LIE_JUMP: publishes a response that it has not written
 * @XSIM_LIE_SILENCE: never answers any more
 * @XSIM_LIE_MUTE: answers, and does not ring for it
 * @XSIM_LIE_STORM: rings and rings without a reason
 * @XSIM_LIE_ERROR: fails the request (no lie to a frontend)
 * @XSIM_LIE_UNSUPPORTED: does not know what it has offered (no lie either)
 * @XSIM_LIE_LENGTH_ZERO: delivers nothing
 * @XSIM_LIE_LENGTH_HUGE: delivers more than a page holds
 * @XSIM_LIE_OFFSET: delivers data from beyond its page on
 * @XSIM_LIE_FLAGS: uses flags that do not exist
 * @XSIM_LIE_MORE: delivers a packet whose data never end
 * @XSIM_LIE_EXTRA_ENDLESS: delivers a chain of extra slots without an end
 * @XSIM_LIE_EXTRA_TYPE: delivers an extra slot of no known type
 * @XSIM_LIE_GSO_TYPE: delivers a large packet of no known type
 * @XSIM_LIE_GSO_SIZE: delivers a large packet of segments without size
 * @XSIM_LIE_NULL: answers an extra slot that was not sent
 * @XSIM_LIES: how many there are
 */
enum xsim_lie {
	XSIM_LIE_NONE,
	XSIM_LIE_ID_RANGE,
	XSIM_LIE_ID_IDLE,
	XSIM_LIE_ID_TWICE,
	XSIM_LIE_OPERATION,
	XSIM_LIE_STATUS,
	XSIM_LIE_MAPPED,
	XSIM_LIE_INDEX,
	XSIM_LIE_JUMP,
	XSIM_LIE_SILENCE,
	XSIM_LIE_MUTE,
	XSIM_LIE_STORM,
	XSIM_LIE_ERROR,
	XSIM_LIE_UNSUPPORTED,
	XSIM_LIE_LENGTH_ZERO,
	XSIM_LIE_LENGTH_HUGE,
	XSIM_LIE_OFFSET,
	XSIM_LIE_FLAGS,
	XSIM_LIE_MORE,
	XSIM_LIE_EXTRA_ENDLESS,
	XSIM_LIE_EXTRA_TYPE,
	XSIM_LIE_GSO_TYPE,
	XSIM_LIE_GSO_SIZE,
	XSIM_LIE_NULL,
	XSIM_LIES,
};

/* Which way of a network card a lie is about; a disk has one way. */
#define XSIM_WAY_TX	0
#define XSIM_WAY_RX	1
#define XSIM_WAYS	2

/**
 * struct xsim_lies - what a device is to lie about
 * @lock: for the rest; a leaf
 * @next: the lie to be told, by way
 * @after: honest answers before that, by way
 * @told: lies told so far, of either way
 */
struct xsim_lies {
	spinlock_t lock; /* for the rest; a leaf */
	enum xsim_lie next[XSIM_WAYS];
	unsigned int after[XSIM_WAYS];
	unsigned int told;
};

const char *xsim_lie_name(enum xsim_lie lie);
enum xsim_lie xsim_lie_find(const char *name);
void xsim_lies_init(struct xsim_lies *lies);
void xsim_lies_arm(struct xsim_lies *lies, unsigned int way, enum xsim_lie lie,
		   unsigned int after);
enum xsim_lie xsim_lies_take(struct xsim_lies *lies, unsigned int way);
void xsim_lies_postpone(struct xsim_lies *lies, unsigned int way,
			enum xsim_lie lie);

#endif /* _XSIM_LIE_H */
