// SPDX-License-Identifier: GPL-2.0-only
/* XenStore's messages as bytes (Xen's public io/xs_wire.h, docs/misc/xenstore.txt). */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/string.h>

#include "wire.h"

static_assert(sizeof(struct xsd_sockmsg) == 16);
static_assert(XS_WATCH_EVENT == 15);
static_assert(XS_RESET_WATCHES == 21);
static_assert(XS_DIRECTORY_PART == 22);

/* Newer than some kernels' xsd_errors: Xen 4.17. */
static const struct xsd_errors newer_errors[] = {
	XSD_ERROR(EPERM),
};

static const struct xsd_errors *error_at(size_t i)
{
	if (i < ARRAY_SIZE(xsd_errors))
		return &xsd_errors[i];
	i -= ARRAY_SIZE(xsd_errors);
	return i < ARRAY_SIZE(newer_errors) ? &newer_errors[i] : NULL;
}

struct xpv_store_part xpv_store_text(const char *text)
{
	return (struct xpv_store_part){ text, strlen(text) + 1 };
}

struct xpv_store_part xpv_store_octets(const char *text)
{
	return (struct xpv_store_part){ text, strlen(text) };
}

int xpv_store_length(const struct xpv_store_part *parts, unsigned int nr,
		     u32 *len)
{
	size_t sum = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (parts[i].len > XENSTORE_PAYLOAD_MAX - sum)
			return -E2BIG;
		sum += parts[i].len;
	}
	*len = sum;
	return 0;
}

int xpv_store_errno(const char *payload, size_t len)
{
	const struct xsd_errors *error;
	size_t i;

	for (i = 0; (error = error_at(i)); i++)
		if (len == strlen(error->errstring) + 1 &&
		    !memcmp(payload, error->errstring, len))
			return -error->errnum;
	return -EIO;
}

const char *xpv_store_error_name(int err)
{
	const struct xsd_errors *error;
	size_t i;

	for (i = 0; (error = error_at(i)); i++)
		if (error->errnum == -err)
			return error->errstring;
	return "EIO";
}

bool xpv_store_answers(const struct xsd_sockmsg *reply, u32 type, u32 txn)
{
	return reply->tx_id == txn &&
	       (reply->type == type || reply->type == XS_ERROR);
}

const char *xpv_store_cut(const char **text, size_t *len)
{
	const char *first = *text;
	const char *nul = memchr(first, '\0', *len);

	if (!nul)
		return NULL;

	*len -= nul + 1 - first;
	*text = nul + 1;
	return first;
}

/* kstrtou32() forgives a sign, a prefix and a newline: this does not. */
int xpv_store_number(const char *text, unsigned int base, u32 *value)
{
	const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";

	if (!*text || text[strspn(text, digits)])
		return -EINVAL;
	return kstrtou32(text, base, value);
}

/*
 * The generation, then names. An empty name says that the list ends here; it
 * is not part of the list.
 */
int xpv_store_chunk(const char *payload, size_t len,
		    struct xpv_store_chunk *chunk)
{
	chunk->generation = xpv_store_cut(&payload, &len);
	if (!chunk->generation || !len || payload[len - 1])
		return -EIO;

	chunk->last = len == 1 || !payload[len - 2];
	chunk->names = payload;
	chunk->len = chunk->last ? len - 1 : len;
	return 0;
}
