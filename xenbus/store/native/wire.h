/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XenStore's messages as bytes: what is in them, and whether it is sound.
 * Pure: no state, no lock, no I/O.
 */
#ifndef _XPV_XENBUS_NATIVE_WIRE_H
#define _XPV_XENBUS_NATIVE_WIRE_H

#include <linux/types.h>
#include <xen/interface/io/xs_wire.h>

/* Bytes of the longest message. */
#define XPV_STORE_MESSAGE_MAX	(sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX)

/**
 * struct xpv_store_part - a piece of a request's payload
 * @data: bytes
 * @len: how many
 */
struct xpv_store_part {
	const void *data;
	size_t len;
};

/* A string with its NUL, and one without. */
struct xpv_store_part xpv_store_text(const char *text);
struct xpv_store_part xpv_store_octets(const char *text);

/* Payload's length in all; -E2BIG if it is more than XenStore takes. */
int xpv_store_length(const struct xpv_store_part *parts, unsigned int nr,
		     u32 *len);

/* -errno of the payload of an XS_ERROR; -EIO for one that we do not know. */
int xpv_store_errno(const char *payload, size_t len);

/* The name that XenStore has for -errno; EIO's if it has none. */
const char *xpv_store_error_name(int err);

/* Whether @reply answers a request of this type and transaction. */
bool xpv_store_answers(const struct xsd_sockmsg *reply, u32 type, u32 txn);

/*
 * Cut the first NUL-terminated string off @text, which has *@len bytes. NULL
 * if there is none; else *@text and *@len are what follows.
 */
const char *xpv_store_cut(const char **text, size_t *len);

/* A number in digits of @base and nothing else. -EINVAL, -ERANGE. */
int xpv_store_number(const char *text, unsigned int base, u32 *value);

/**
 * struct xpv_store_names - names in a directory, each with its NUL
 * @text: all of them, one after the other; kfree() it
 * @len: bytes
 */
struct xpv_store_names {
	char *text;
	size_t len;
};

/**
 * struct xpv_store_chunk - reply to XS_DIRECTORY_PART, taken apart
 * @generation: of the directory, as text
 * @names: names that begin at the offset asked for
 * @len: bytes of them
 * @last: no more names follow
 */
struct xpv_store_chunk {
	const char *generation;
	const char *names;
	size_t len;
	bool last;
};

/* Take such a reply apart. -EIO if it is malformed, or brings nothing. */
int xpv_store_chunk(const char *payload, size_t len,
		    struct xpv_store_chunk *chunk);

#endif /* _XPV_XENBUS_NATIVE_WIRE_H */
