// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest asks of XenStore: each kind of message has a function that
 * answers it into the one reply there is. Under xsim_store_lock.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "simulator.h"
#include "store.h"

#define LEVELS_MAX	64

/**
 * struct request - a message that is being answered
 * @txn: its transaction; NULL for none
 * @head: the message's
 * @body: its payload, with a NUL behind it
 * @path: the first string of it, absolute; NULL until it is known
 */
struct request {
	struct xsim_txn *txn;
	const struct xsd_sockmsg *head;
	char *body;
	char *path;
};

/* The payload of the reply. */
static char reply[XENSTORE_PAYLOAD_MAX + 1];
static size_t reply_len;

static int append(const void *data, size_t len)
{
	if (len > XENSTORE_PAYLOAD_MAX - reply_len)
		return -E2BIG;
	memcpy(reply + reply_len, data, len);
	reply_len += len;
	return 0;
}

static int append_text(const char *text)
{
	return append(text, strlen(text) + 1);
}

/* The nth string of the payload; NULL if there are fewer. */
static const char *string(const struct request *req, unsigned int nth)
{
	const char *at = req->body, *end = req->body + req->head->len;

	while (at < end && nth--)
		at += strlen(at) + 1;
	return at < end ? at : NULL;
}

static bool is_allowed(char c)
{
	return isalnum(c) || strchr("-/_@", c);
}

/* The tree is copied a level at a time, on the stack. */
static bool is_deep(const char *path)
{
	unsigned int levels = 0;

	while (*path)
		levels += *path++ == '/';
	return levels > LEVELS_MAX;
}

static bool is_valid(const char *path)
{
	size_t len = strlen(path);

	if (!len || len > XENSTORE_ABS_PATH_MAX || strstr(path, "//") ||
	    (len > 1 && path[len - 1] == '/') || is_deep(path))
		return false;
	while (*path && is_allowed(*path))
		path++;
	return !*path;
}

static int find_path(struct request *req)
{
	const char *path = string(req, 0);

	if (!path || !is_valid(path))
		return -EINVAL;
	req->path = xsim_absolute(path);
	return req->path ? 0 : -ENOMEM;
}

static int find_node(struct request *req, struct xsim_entry **entry)
{
	int err = find_path(req);

	if (err)
		return err;
	*entry = xsim_txn_find(req->txn, req->path);
	if (!xsim_txn_may(req->txn, req->path, 'r'))
		return -EACCES;
	return *entry ? 0 : -ENOENT;
}

static int do_read(struct request *req)
{
	struct xsim_entry *entry;
	int err = find_node(req, &entry);

	return err ?: append(entry->value, entry->len);
}

static int do_directory(struct request *req)
{
	struct xsim_entry *entry, *child;
	int err = find_node(req, &entry);

	if (err)
		return err;
	list_for_each_entry(child, &entry->children, sibling)
		err = append_text(child->name) ?: err;
	return err;
}

/* Names from an offset on, as far as they fit; an empty one ends the list. */
static void append_part(struct xsim_entry *entry, size_t offset)
{
	struct xsim_entry *child;
	size_t at = 0;

	list_for_each_entry(child, &entry->children, sibling) {
		if (at >= offset && append_text(child->name))
			return;
		at += strlen(child->name) + 1;
	}
	append("", 1);
}

static int do_directory_part(struct request *req)
{
	const char *text = string(req, 1);
	struct xsim_entry *entry;
	char generation[24];
	unsigned long offset;
	int err;

	if (!text || kstrtoul(text, 10, &offset))
		return -EINVAL;
	err = find_node(req, &entry);
	if (err)
		return err;
	snprintf(generation, sizeof(generation), "%llu", entry->generation);
	append_text(generation);
	append_part(entry, offset);
	return 0;
}

static int alter(struct request *req, enum xsim_change type, const void *value,
		 size_t len)
{
	struct xsim_op op = {
		.type = type,
		.guest = true,
		.path = req->path,
		.value = value,
		.len = len,
	};

	if (!xsim_txn_may(req->txn, req->path, 'w')) {
		xsim_violation("store: change of %s, which is not the guest's",
			       req->path);
		return -EACCES;
	}
	return xsim_txn_change(req->txn, &op) ?: append_text("OK");
}

static int do_write(struct request *req)
{
	size_t skip = strlen(req->body) + 1, len = req->head->len;
	int err = find_path(req);

	if (!err && skip > len)
		err = -EINVAL;
	return err ?: alter(req, XSIM_WRITE, req->body + skip, len - skip);
}

static int do_mkdir(struct request *req)
{
	return find_path(req) ?: alter(req, XSIM_MKDIR, NULL, 0);
}

static int do_rm(struct request *req)
{
	int err = find_path(req);

	if (err)
		return err;
	/* No such node, but a place where it would be: nothing to do. */
	if (!xsim_txn_find(req->txn, req->path))
		return append_text("OK");
	return alter(req, XSIM_RM, NULL, 0);
}

static int do_get_perms(struct request *req)
{
	struct xsim_entry *entry;
	int err = find_node(req, &entry);
	unsigned int i;
	char text[8];

	for (i = 0; !err && i < entry->nr_perms; i++) {
		snprintf(text, sizeof(text), "%c%u", entry->perms[i].mode,
			 entry->perms[i].domid);
		err = append_text(text);
	}
	return err;
}

static int do_set_perms(struct request *req)
{
	struct xsim_perm perms[XSIM_PERMS];
	int err = find_path(req);
	const char *text;
	unsigned int nr;

	for (nr = 0; !err && (text = string(req, nr + 1)); nr++) {
		if (nr == XSIM_PERMS || !strchr("nrwb", *text) ||
		    kstrtou16(text + 1, 10, &perms[nr].domid))
			return -EINVAL;
		perms[nr].mode = *text;
	}
	/* Nobody gives a node away but dom0. */
	if (!err && (!nr || perms[0].domid != XSIM_GUEST))
		err = nr ? -EACCES : -EINVAL;
	return err ?: alter(req, XSIM_SET_PERMS, perms, nr * sizeof(*perms));
}

static int do_watch(struct request *req)
{
	const char *path = string(req, 0), *token = string(req, 1);

	if (!path || !token || !is_valid(path))
		return -EINVAL;
	return xsim_guest_watch(path, token, string(req, 2)) ?: append_text("OK");
}

static int do_unwatch(struct request *req)
{
	const char *path = string(req, 0), *token = string(req, 1);

	if (!path || !token)
		return -EINVAL;
	return xsim_guest_unwatch(path, token) ?: append_text("OK");
}

static int do_begin(struct request *req)
{
	char text[12];
	u32 id;
	int err;

	if (req->txn)
		return -EBUSY;
	err = xsim_txn_begin(&id);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%u", id);
	return append_text(text);
}

static int do_end(struct request *req)
{
	const char *text = string(req, 0);

	if (!text || (strcmp(text, "T") && strcmp(text, "F")))
		return -EINVAL;
	return xsim_txn_end(req->head->tx_id, *text == 'F') ?: append_text("OK");
}

static int do_domain_path(struct request *req)
{
	const char *text = string(req, 0);
	char path[24];
	u16 domid;

	if (!text || kstrtou16(text, 10, &domid))
		return -EINVAL;
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	return append_text(path);
}

static int do_introduced(struct request *req)
{
	const char *text = string(req, 0);
	u16 domid;

	if (!text || kstrtou16(text, 10, &domid))
		return -EINVAL;
	return append_text(domid <= XSIM_GUEST ? "T" : "F");
}

static int do_reset_watches(struct request *req)
{
	xsim_guest_forget_watches();
	xsim_txn_abort_all();
	return append_text("OK");
}

static int (*const answers[XS_TYPE_COUNT])(struct request *req) = {
	[XS_DIRECTORY] = do_directory,
	[XS_READ] = do_read,
	[XS_GET_PERMS] = do_get_perms,
	[XS_WATCH] = do_watch,
	[XS_UNWATCH] = do_unwatch,
	[XS_TRANSACTION_START] = do_begin,
	[XS_TRANSACTION_END] = do_end,
	[XS_GET_DOMAIN_PATH] = do_domain_path,
	[XS_WRITE] = do_write,
	[XS_MKDIR] = do_mkdir,
	[XS_RM] = do_rm,
	[XS_SET_PERMS] = do_set_perms,
	[XS_IS_DOMAIN_INTRODUCED] = do_introduced,
	[XS_RESET_WATCHES] = do_reset_watches,
	[XS_DIRECTORY_PART] = do_directory_part,
};

static int answer(struct request *req)
{
	u32 type = req->head->type;

	if (type >= XS_TYPE_COUNT || !answers[type])
		return -XEN_ENOSYS;
	if (IS_ERR(req->txn))
		return -ENOENT;
	return answers[type](req);
}

static const char *error_name(int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(xsd_errors); i++)
		if (xsd_errors[i].errnum == -err)
			return xsd_errors[i].errstring;
	return "EIO";
}

void xsim_store_serve(const struct xsd_sockmsg *head, char *body)
{
	struct request req = { .head = head, .body = body };
	u32 type = head->type;
	int err;

	/* The end of one is told its number, and looks for it itself. */
	if (type != XS_TRANSACTION_END)
		req.txn = xsim_txn_of(head->tx_id);
	reply_len = 0;
	err = answer(&req);
	if (err) {
		reply_len = 0;
		append_text(error_name(err));
		type = XS_ERROR;
	}
	xsim_ring_tell(type, head->req_id, head->tx_id, reply, reply_len);
	/* A watch fires once as it is set, after the answer. */
	if (type == XS_WATCH)
		xsim_guest_watch_fire(string(&req, 0), string(&req, 1));
	kfree(req.path);
}
