// SPDX-License-Identifier: GPL-2.0-only
/* Nodes that a backend writes and reads: see back.h. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "back.h"

#define NODE_LEN 64

static char *read_below(struct xsim_back *back, const char *dir,
			const char *node)
{
	char name[NODE_LEN];

	snprintf(name, sizeof(name), "%s/%s", dir, node);
	return xsim_store_read(back->dev->path, name);
}

/* Return: whether somebody else has said what there is to say. */
static bool is_overruled(struct xsim_back *back, const char *node)
{
	char *text = read_below(back, "without", node);

	if (!IS_ERR(text)) {
		kfree(text);
		xsim_store_remove(back->dev->path, node);
		return true;
	}
	text = read_below(back, "instead", node);
	if (IS_ERR(text))
		return false;
	xsim_store_write(back->dev->path, node, text);
	kfree(text);
	return true;
}

/**
 * xsim_back_say - write a node of the backend's, unless a test has its own
 * @back: device
 * @node: name
 * @fmt: contents
 */
void xsim_back_say(struct xsim_back *back, const char *node,
		   const char *fmt, ...)
{
	va_list args;
	char *text;

	if (is_overruled(back, node))
		return;
	va_start(args, fmt);
	text = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	if (!text)
		return;
	xsim_store_write(back->dev->path, node, text);
	kfree(text);
}

/**
 * xsim_back_knob - read what a test has set
 * @back: device
 * @knob: name
 * @fallback: result if it is not set
 *
 * Return: a number.
 */
u64 xsim_back_knob(struct xsim_back *back, const char *knob, u64 fallback)
{
	char name[NODE_LEN];

	snprintf(name, sizeof(name), "knob/%s", knob);
	return xsim_store_read_uint(back->dev->path, name, fallback);
}

/**
 * xsim_back_hear - read a number that the frontend must have written
 * @back: device
 * @dir: below the frontend's directory, "" for that itself
 * @node: name
 * @max: largest value
 * @value: the number
 *
 * Return: 0, or -EINVAL: told.
 */
int xsim_back_hear(struct xsim_back *back, const char *dir, const char *node,
		   u64 max, u32 *value)
{
	char name[NODE_LEN];
	u64 number;

	snprintf(name, sizeof(name), "%s%s%s", dir, *dir ? "/" : "", node);
	number = xsim_store_read_uint(back->dev->frontend, name, U64_MAX);
	if (number > max) {
		xsim_back_complain(back, "frontend's %s is missing, or no number up to %llu",
				   name, max);
		return -EINVAL;
	}
	*value = number;
	return 0;
}

/**
 * xsim_back_wants - whether the frontend wants something
 * @back: device
 * @node: name
 *
 * Return: true if it is a number other than 0.
 */
bool xsim_back_wants(struct xsim_back *back, const char *node)
{
	return xsim_store_read_uint(back->dev->frontend, node, 0);
}

/**
 * xsim_back_hear_queues - how many queues the frontend has
 * @back: device
 * @limit: more than that no backend of this kind has, whatever a test has set
 * @nr: how many
 *
 * Return: 0, or -EINVAL: told.
 */
int xsim_back_hear_queues(struct xsim_back *back, u64 limit,
			  unsigned int *nr)
{
	u64 most = xsim_back_knob(back, "queues", 1);
	u64 queues = xsim_store_read_uint(back->dev->frontend,
					  "multi-queue-num-queues", 1);

	if (!queues || queues > min(most, limit)) {
		xsim_back_complain(back, "frontend has %llu queues, of %llu",
				   queues, most);
		return -EINVAL;
	}
	*nr = queues;
	return 0;
}
