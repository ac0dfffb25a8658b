// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/xen/xenbus, through which libxenstore and guest tools talk to xenstored:
 * messages of the wire are written and read as a stream of bytes. Any number of
 * requests may be under way; replies and watch events come as xenstored sends
 * them. Transactions and watches belong to the open file and end with it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../../native/native.h"
#include "session.h"

#define HEAD	sizeof(struct xsd_sockmsg)

/* Copy what is left of an item, or what there is room for. */
static ssize_t copy_item(struct xpv_session *s, char __user *to, size_t room)
{
	struct xpv_session_item *item = s->current_item;
	size_t total = HEAD + item->head.len;
	const char *from;
	size_t len, done = 0;

	while (done < room && s->at < total) {
		if (s->at < HEAD) {
			from = (const char *)&item->head + s->at;
			len = min(HEAD - s->at, room - done);
		} else {
			from = item->body + s->at - HEAD;
			len = min(total - s->at, room - done);
		}
		if (copy_to_user(to + done, from, len))
			return done ? done : -EFAULT;
		done += len;
		s->at += len;
	}
	if (s->at == total) {
		WRITE_ONCE(s->current_item, NULL);
		xpv_session_done(s, item);
	}
	return done;
}

/* All that is there, as far as there is room. 0: there is nothing. */
static ssize_t copy_items(struct xpv_session *s, char __user *to, size_t room)
{
	size_t done = 0;
	ssize_t len;

	while (done < room) {
		if (!s->current_item) {
			WRITE_ONCE(s->current_item, xpv_session_next(s));
			s->at = 0;
		}
		if (!s->current_item)
			break;
		len = copy_item(s, to + done, room - done);
		if (len < 0)
			return done ? done : len;
		done += len;
	}
	return done;
}

/* A hint: another reader may be quicker. */
static bool readable(struct xpv_session *s)
{
	bool items;

	spin_lock(&s->lock);
	items = !list_empty(&s->items);
	spin_unlock(&s->lock);
	return items || READ_ONCE(s->current_item);
}

static bool writable(struct xpv_session *s)
{
	return READ_ONCE(s->owed) < XPV_SESSION_OWED_MAX;
}

static ssize_t file_read(struct file *file, char __user *to, size_t room,
			 loff_t *pos)
{
	struct xpv_session *s = file->private_data;
	ssize_t done;
	int err;

	if (!room)
		return 0;
	do {
		/* Not under the lock: others may read without waiting. */
		if (file->f_flags & O_NONBLOCK)
			err = readable(s) ? 0 : -EAGAIN;
		else
			err = wait_event_interruptible(s->changed, readable(s));
		if (!err)
			err = mutex_lock_interruptible(&s->reading);
		if (err)
			return err;
		done = copy_items(s, to, room);
		mutex_unlock(&s->reading);
	} while (!done);
	return done;
}

/* How many bytes the message in hand has, as far as one knows. */
static size_t wanted(const struct xpv_session *s)
{
	struct xsd_sockmsg head;

	if (s->have < HEAD)
		return HEAD;
	memcpy(&head, s->bytes, HEAD);
	return HEAD + (size_t)head.len;
}

/* Before the first byte of a message, so that it can be acted upon at its last. */
static int await_room(struct xpv_session *s, bool wait)
{
	if (!wait)
		return writable(s) ? 0 : -EAGAIN;
	return wait_event_interruptible(s->changed, writable(s));
}

/* Take up to one message; @len says how much is offered, then how much taken. */
static int take_message(struct xpv_session *s, const char __user *from,
			size_t *len)
{
	size_t left = *len, part;
	int err = 0;

	while (left && s->have < wanted(s)) {
		part = min(wanted(s) - s->have, left);
		if (copy_from_user(s->bytes + s->have, from, part)) {
			err = -EFAULT;
			break;
		}
		s->have += part;
		from += part;
		left -= part;
		if (wanted(s) > sizeof(s->bytes)) {
			s->have = 0;
			return -EINVAL;
		}
	}
	*len -= left;
	if (err || s->have < wanted(s))
		return *len ? 0 : err;

	s->have = 0;
	return xpv_session_act(s);
}

static ssize_t write_locked(struct xpv_session *s, const char __user *from,
			    size_t count, bool wait)
{
	size_t done = 0, len;
	int err = 0;

	lockdep_assert_held(&s->writing);
	while (!err && done < count) {
		if (!s->have)
			err = await_room(s, wait);
		if (err)
			break;
		len = count - done;
		err = take_message(s, from + done, &len);
		if (!err)
			done += len;
	}
	/* What is wrong is told when it comes first. */
	return done ? done : err;
}

static ssize_t file_write(struct file *file, const char __user *from,
			  size_t count, loff_t *pos)
{
	struct xpv_session *s = file->private_data;
	ssize_t done;
	int err;

	err = mutex_lock_interruptible(&s->writing);
	if (err)
		return err;
	done = write_locked(s, from, count, !(file->f_flags & O_NONBLOCK));
	mutex_unlock(&s->writing);
	return done;
}

static __poll_t file_poll(struct file *file, poll_table *wait)
{
	struct xpv_session *s = file->private_data;
	__poll_t events = 0;

	poll_wait(file, &s->changed, wait);
	if (readable(s))
		events |= EPOLLIN | EPOLLRDNORM;
	if (writable(s))
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

static int file_open(struct inode *inode, struct file *file)
{
	struct xpv_session *s = xpv_session_create();

	if (!s)
		return -ENOMEM;
	file->private_data = s;
	return stream_open(inode, file);
}

static int file_release(struct inode *inode, struct file *file)
{
	xpv_session_destroy(file->private_data);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.release = file_release,
	.read = file_read,
	.write = file_write,
	.poll = file_poll,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "xen/xenbus",
	.fops = &fops,
	.mode = 0600,
};

int xpv_native_file_init(void)
{
	int err = misc_register(&device);

	if (err)
		pr_err("cannot register /dev/xen/xenbus (error %d)\n", err);
	return err;
}

void xpv_native_file_exit(void)
{
	misc_deregister(&device);
}
