// SPDX-License-Identifier: GPL-2.0-only
/*
 * Knobs of each backend in debugfs, below xpv-backends/TYPE-ID:
 *
 *   lie          write "[rx] NAME [AFTER]": lie once, after so many honest
 *                answers; read: lies told so far
 *   silent       1: look at no request
 *   delay_ms     how long each request takes
 *   reverse      1: answer the last first
 *   size         a disk's, in sectors
 *   state        what our state node says; written as it is
 *   restart      write anything: the backend goes, and comes back
 *   stats        counters
 *   carrier      a card's: 0: its interface in dom0 is down
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "back.h"

#define TEXT_LEN 64

static struct dentry *root;
static unsigned int users;

static int get_text(char text[TEXT_LEN], const char __user *from, size_t len)
{
	if (len >= TEXT_LEN)
		return -E2BIG;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = 0;
	strim(text);
	return 0;
}

static struct xsim_back *back_of(struct file *file)
{
	return ((struct seq_file *)file->private_data)->private;
}

static int arm(struct xsim_back *back, const char *text)
{
	unsigned int way = XSIM_WAY_TX, after = 0;
	char name[TEXT_LEN];
	enum xsim_lie lie;

	if (!strncmp(text, "rx ", 3)) {
		way = XSIM_WAY_RX;
		text += 3;
	}
	if (sscanf(text, "%31s %u", name, &after) < 1)
		return -EINVAL;
	lie = xsim_lie_find(name);
	if (lie == XSIM_LIES)
		return -EINVAL;
	xsim_lies_arm(&back->lies, way, lie, after);
	return 0;
}

static ssize_t lie_write(struct file *file, const char __user *from, size_t len,
			 loff_t *pos)
{
	char text[TEXT_LEN];
	int err;

	err = get_text(text, from, len);
	if (!err)
		err = arm(back_of(file), text);
	return err ? err : len;
}

static int lie_show(struct seq_file *s, void *unused)
{
	struct xsim_back *back = s->private;

	seq_printf(s, "%u\n", READ_ONCE(back->lies.told));
	return 0;
}

static ssize_t state_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	char text[TEXT_LEN];
	int err;

	err = get_text(text, from, len);
	if (!err)
		err = xsim_store_write(back_of(file)->dev->path, "state", text);
	return err ? err : len;
}

static int state_show(struct seq_file *s, void *unused)
{
	struct xsim_back *back = s->private;

	seq_printf(s, "%d\n", back->dev->state);
	return 0;
}

static ssize_t size_write(struct file *file, const char __user *from,
			  size_t len, loff_t *pos)
{
	struct xsim_back *back = back_of(file);
	u64 size;
	int err;

	err = kstrtou64_from_user(from, len, 0, &size);
	if (!err)
		err = back->ops->resize ? back->ops->resize(back, size) :
					  -EOPNOTSUPP;
	return err ? err : len;
}

static ssize_t restart_write(struct file *file, const char __user *from,
			     size_t len, loff_t *pos)
{
	xsim_back_restart(back_of(file));
	return len;
}

static int stats_show(struct seq_file *s, void *unused)
{
	struct xsim_back *back = s->private;

	seq_printf(s, "connected %d\nconnections %u\n", back->connected,
		   back->connections);
	back->ops->stats(back, s);
	return 0;
}

static int none_show(struct seq_file *s, void *unused)
{
	return 0;
}

#define KNOB(name, show_fn, write_fn)                                    \
	static int name##_open(struct inode *inode, struct file *file)   \
	{                                                                \
		return single_open(file, show_fn, inode->i_private);     \
	}                                                                \
	static const struct file_operations name##_fops = {              \
		.owner = THIS_MODULE,                                    \
		.open = name##_open,                                     \
		.read = seq_read,                                        \
		.write = write_fn,                                       \
		.llseek = seq_lseek,                                     \
		.release = single_release,                               \
	}

KNOB(lie, lie_show, lie_write);
KNOB(state, state_show, state_write);
KNOB(size, none_show, size_write);
KNOB(restart, none_show, restart_write);
KNOB(stats, stats_show, NULL);

/**
 * xsim_back_debugfs_add - show a device
 * @back: device
 */
void xsim_back_debugfs_add(struct xsim_back *back)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-%u", back->dev->type, back->dev->id);
	back->dir = debugfs_create_dir(name, root);
	debugfs_create_file("lie", 0600, back->dir, back, &lie_fops);
	debugfs_create_file("state", 0600, back->dir, back, &state_fops);
	debugfs_create_file("size", 0200, back->dir, back, &size_fops);
	debugfs_create_file("restart", 0200, back->dir, back, &restart_fops);
	debugfs_create_file("stats", 0400, back->dir, back, &stats_fops);
	debugfs_create_bool("silent", 0600, back->dir, &back->silent);
	debugfs_create_bool("reverse", 0600, back->dir, &back->reverse);
	debugfs_create_u32("delay_ms", 0600, back->dir, &back->delay_ms);
	if (back->ops->debugfs)
		back->ops->debugfs(back);
}

/**
 * xsim_back_debugfs_remove - nobody uses a device's knobs when this returns
 * @back: device
 */
void xsim_back_debugfs_remove(struct xsim_back *back)
{
	debugfs_remove_recursive(back->dir);
}

/* Both backends may come first and go last; one at a time. */
void xsim_back_debugfs_init(void)
{
	if (!users++)
		root = debugfs_create_dir("xpv-backends", NULL);
}

void xsim_back_debugfs_exit(void)
{
	if (!--users)
		debugfs_remove_recursive(root);
}
