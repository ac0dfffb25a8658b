// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulator by hand, in debugfs below xpv-simulator:
 *
 *	violations	how many, and the last one
 *	create		TYPE ID [NODE=VALUE...]: a device, with its backend's nodes, and
 *			those of its frontend that begin with front/
 *	destroy		TYPE ID MILLISECONDS; 0 forces
 *	write		PATH VALUE: a node of the store
 *	read		PATH, then read it back
 *	suspend		write anything: the guest is asked to; read: how often it was resumed
 *			in a new domain
 *	cancel		1: whenever it does, that is cancelled
 *	fail		NTH ERRNO: which hypercall from now fails, 0 for none; read: 1 if
 *			it has
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "simulator.h"
#include "toolstack.h"

#define LINE_MAX_LEN	1024
#define NODES_MAX	16

static struct dentry *folder;

/* What was last read from the store by hand. */
static char *value;
static DEFINE_MUTEX(value_lock);

/* One line, without its end; kfree() it. */
static char *take_line(const char __user *from, size_t len)
{
	char *line;

	if (!len || len > LINE_MAX_LEN)
		return ERR_PTR(-EINVAL);
	line = memdup_user_nul(from, len);
	if (!IS_ERR(line))
		strim(line);
	return line;
}

/* As the file's write does: all was taken, or an error. */
static ssize_t run(const char __user *from, size_t len, int (*fn)(char *line))
{
	char *line = take_line(from, len);
	int err;

	if (IS_ERR(line))
		return PTR_ERR(line);
	err = fn(line);
	kfree(line);
	return err ?: len;
}

static int take_device(char **line, char **type, unsigned int *id)
{
	char *number;

	*type = strsep(line, " ");
	number = strsep(line, " ");
	return number ? kstrtouint(number, 10, id) : -EINVAL;
}

static int add_node(struct xsim_node nodes[], unsigned int *nr, char *word)
{
	if (*nr == NODES_MAX)
		return -E2BIG;
	nodes[*nr].name = strsep(&word, "=");
	nodes[*nr].value = word ?: "";
	++*nr;
	return 0;
}

static int do_create(char *line)
{
	struct xsim_node back[NODES_MAX + 1] = {}, front[NODES_MAX + 1] = {};
	unsigned int id, nr_back = 0, nr_front = 0;
	char *type, *word;
	int err = take_device(&line, &type, &id);

	while (!err && (word = strsep(&line, " "))) {
		if (!strncmp(word, "front/", 6))
			err = add_node(front, &nr_front, word + 6);
		else
			err = add_node(back, &nr_back, word);
	}
	return err ?: xsim_device_create(type, id, back, front);
}

static int do_destroy(char *line)
{
	unsigned int id, timeout;
	char *type;
	int err = take_device(&line, &type, &id);

	err = err ?: (line ? kstrtouint(line, 10, &timeout) : -EINVAL);
	return err ?: xsim_device_destroy(type, id, timeout);
}

static int do_write(char *line)
{
	char *path = strsep(&line, " ");

	return xsim_store_write(path, "", line ?: "");
}

static int do_read(char *line)
{
	char *text = xsim_store_read(line, "");

	if (IS_ERR(text))
		return PTR_ERR(text);
	mutex_lock(&value_lock);
	kfree(value);
	value = text;
	mutex_unlock(&value_lock);
	return 0;
}

static int do_fail(char *line)
{
	unsigned int nth;
	int err;

	if (sscanf(line, "%u %d", &nth, &err) != 2 || err < 0)
		return -EINVAL;
	xsim_fail_nth(~0u, nth, -err);
	return 0;
}

static int do_suspend(char *line)
{
	return xsim_suspend_ask();
}

static int do_cancel(char *line)
{
	bool cancel;
	int err = kstrtobool(line, &cancel);

	if (!err)
		xsim_suspend_cancel(cancel);
	return err;
}

#define COMMAND(_name)							\
	static ssize_t _name##_write(struct file *file,			\
				     const char __user *from,		\
				     size_t len, loff_t *pos)		\
	{								\
		return run(from, len, do_##_name);			\
	}

COMMAND(create)
COMMAND(destroy)
COMMAND(write)
COMMAND(read)
COMMAND(fail)
COMMAND(suspend)
COMMAND(cancel)

static ssize_t read_read(struct file *file, char __user *to, size_t len,
			 loff_t *pos)
{
	ssize_t ret;

	mutex_lock(&value_lock);
	ret = simple_read_from_buffer(to, len, pos, value ?: "",
				      value ? strlen(value) : 0);
	mutex_unlock(&value_lock);
	return ret;
}

static ssize_t fail_read(struct file *file, char __user *to, size_t len,
			 loff_t *pos)
{
	return simple_read_from_buffer(to, len, pos, xsim_failed() ? "1\n" : "0\n",
				       2);
}

static ssize_t suspend_read(struct file *file, char __user *to, size_t len,
			    loff_t *pos)
{
	char text[16];
	int size = scnprintf(text, sizeof(text), "%u\n", xsim_resumed());

	return simple_read_from_buffer(to, len, pos, text, size);
}

static ssize_t violations_read(struct file *file, char __user *to, size_t len,
			       loff_t *pos)
{
	char last[160], text[200];
	unsigned int nr = xsim_violations(last, sizeof(last));
	int size = scnprintf(text, sizeof(text), "%u %s\n", nr, last);

	return simple_read_from_buffer(to, len, pos, text, size);
}

#define FILE_OPS(_name, ...)						\
	static const struct file_operations _name##_fops = {		\
		.owner = THIS_MODULE,					\
		.open = simple_open,					\
		__VA_ARGS__						\
	}

FILE_OPS(create, .write = create_write);
FILE_OPS(destroy, .write = destroy_write);
FILE_OPS(write, .write = write_write);
FILE_OPS(read, .write = read_write, .read = read_read);
FILE_OPS(fail, .write = fail_write, .read = fail_read);
FILE_OPS(suspend, .write = suspend_write, .read = suspend_read);
FILE_OPS(cancel, .write = cancel_write);
FILE_OPS(violations, .read = violations_read);

void xsim_debugfs_init(void)
{
	folder = debugfs_create_dir("xpv-simulator", NULL);
	debugfs_create_file("create", 0200, folder, NULL, &create_fops);
	debugfs_create_file("destroy", 0200, folder, NULL, &destroy_fops);
	debugfs_create_file("write", 0200, folder, NULL, &write_fops);
	debugfs_create_file("read", 0600, folder, NULL, &read_fops);
	debugfs_create_file("fail", 0600, folder, NULL, &fail_fops);
	debugfs_create_file("suspend", 0600, folder, NULL, &suspend_fops);
	debugfs_create_file("cancel", 0200, folder, NULL, &cancel_fops);
	debugfs_create_file("violations", 0400, folder, NULL, &violations_fops);
}

void xsim_debugfs_exit(void)
{
	debugfs_remove_recursive(folder);
	kfree(value);
	value = NULL;
}
