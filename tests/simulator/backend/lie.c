// SPDX-License-Identifier: GPL-2.0-only
/* Which lie a backend tells next: see lie.h. How it is told is the backend's. */
#include <compat/linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "lie.h"

static const char *const names[XSIM_LIES] = {
	[XSIM_LIE_NONE] = "none",
	[XSIM_LIE_ID_RANGE] = "id-range",
	[XSIM_LIE_ID_IDLE] = "id-idle",
	[XSIM_LIE_ID_TWICE] = "id-twice",
	[XSIM_LIE_OPERATION] = "operation",
	[XSIM_LIE_STATUS] = "status",
	[XSIM_LIE_MAPPED] = "mapped",
	[XSIM_LIE_INDEX] = "index",
	[XSIM_LIE_JUMP] = "jump",
	[XSIM_LIE_SILENCE] = "silence",
	[XSIM_LIE_MUTE] = "mute",
	[XSIM_LIE_STORM] = "storm",
	[XSIM_LIE_ERROR] = "error",
	[XSIM_LIE_UNSUPPORTED] = "unsupported",
	[XSIM_LIE_LENGTH_ZERO] = "length-zero",
	[XSIM_LIE_LENGTH_HUGE] = "length-huge",
	[XSIM_LIE_OFFSET] = "offset",
	[XSIM_LIE_FLAGS] = "flags",
	[XSIM_LIE_MORE] = "more",
	[XSIM_LIE_EXTRA_ENDLESS] = "extra-endless",
	[XSIM_LIE_EXTRA_TYPE] = "extra-type",
	[XSIM_LIE_GSO_TYPE] = "gso-type",
	[XSIM_LIE_GSO_SIZE] = "gso-size",
	[XSIM_LIE_NULL] = "null",
};

/**
 * xsim_lie_name - what a lie is called
 * @lie: lie
 *
 * Return: its name in debugfs and logs.
 */
const char *xsim_lie_name(enum xsim_lie lie)
{
	return lie < XSIM_LIES ? names[lie] : "?";
}
XPV_EXPORT_SYMBOL(xsim_lie_name);

/**
 * xsim_lie_find - the lie of a name
 * @name: name
 *
 * Return: the lie, or %XSIM_LIES if none has this name.
 */
enum xsim_lie xsim_lie_find(const char *name)
{
	enum xsim_lie lie;

	for (lie = 0; lie < XSIM_LIES; lie++) {
		if (!strcmp(names[lie], name))
			break;
	}
	return lie;
}

void xsim_lies_init(struct xsim_lies *lies)
{
	memset(lies, 0, sizeof(*lies));
	spin_lock_init(&lies->lock);
}

/**
 * xsim_lies_arm - have the backend lie
 * @lies: of a device
 * @way: XSIM_WAY_*
 * @lie: the lie, or %XSIM_LIE_NONE to be honest
 * @after: honest answers before that
 */
void xsim_lies_arm(struct xsim_lies *lies, unsigned int way, enum xsim_lie lie,
		   unsigned int after)
{
	spin_lock(&lies->lock);
	lies->next[way] = lie;
	lies->after[way] = after;
	spin_unlock(&lies->lock);
}
XPV_EXPORT_SYMBOL(xsim_lies_arm);

/**
 * xsim_lies_take - whether to lie in this answer
 * @lies: of a device
 * @way: XSIM_WAY_*
 *
 * Return: the lie, which counts as told, or %XSIM_LIE_NONE.
 */
enum xsim_lie xsim_lies_take(struct xsim_lies *lies, unsigned int way)
{
	enum xsim_lie lie = XSIM_LIE_NONE;

	spin_lock(&lies->lock);
	if (lies->next[way] != XSIM_LIE_NONE && !lies->after[way]--) {
		lie = lies->next[way];
		lies->next[way] = XSIM_LIE_NONE;
		lies->told++;
	}
	spin_unlock(&lies->lock);
	return lie;
}

/**
 * xsim_lies_postpone - this answer is not one to lie with; the next may be
 * @lies: of a device
 * @way: XSIM_WAY_*
 * @lie: what xsim_lies_take() gave
 */
void xsim_lies_postpone(struct xsim_lies *lies, unsigned int way,
			enum xsim_lie lie)
{
	spin_lock(&lies->lock);
	lies->next[way] = lie;
	lies->after[way] = 0;
	lies->told--;
	spin_unlock(&lies->lock);
}
