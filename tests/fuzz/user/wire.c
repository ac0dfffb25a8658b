// SPDX-License-Identifier: GPL-2.0-only
/* XenStore's messages (xenbus/store/native/wire.c): payloads of any length and bytes. */
#include "fuzz_user.h"

#include "../../../xenbus/store/native/wire.c"

static void parse_chunk(const char *text, size_t len)
{
	struct xpv_store_chunk chunk;

	if (xpv_store_chunk(text, len, &chunk))
		return;
	ALWAYS(chunk.generation == text);
	ALWAYS(chunk.names > text && chunk.names + chunk.len <= text + len);
	ALWAYS(strlen(chunk.generation) + 1 + chunk.len <= len);
	/* Each name has its NUL, so that they can be cut. */
	ALWAYS(!chunk.len || !chunk.names[chunk.len - 1]);
}

static void cut_all(const char *text, size_t len)
{
	const char *end = text + len, *piece;
	u32 number;

	while ((piece = xpv_store_cut(&text, &len))) {
		ALWAYS(piece + strlen(piece) + 1 == text);
		ALWAYS(text + len == end);
		if (!xpv_store_number(piece, 10, &number))
			ALWAYS(strspn(piece, "0123456789") == strlen(piece));
		if (!xpv_store_number(piece, 16, &number))
			ALWAYS(strspn(piece, "0123456789abcdef") ==
			       strlen(piece));
	}
	ALWAYS(!memchr(text, 0, len));
}

static void translate_error(const char *text, size_t len)
{
	int err = xpv_store_errno(text, len);

	ALWAYS(err < 0 && err > -4096);
	/* Back and forth, but for those that it does not know. */
	if (err != -EIO)
		ALWAYS(!strcmp(xpv_store_error_name(err), text));
}

static void measure(struct input in)
{
	struct xpv_store_part parts[4];
	u32 sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		parts[i].data = NULL;
		input_take(&in, &parts[i].len, sizeof(parts[i].len));
	}
	if (!xpv_store_length(parts, ARRAY_SIZE(parts), &sum))
		ALWAYS(sum <= XENSTORE_PAYLOAD_MAX && sum >= parts[0].len);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct xsd_sockmsg head;
	size_t len;
	char *text;

	measure(in);
	input_take(&in, &head, sizeof(head));
	if (xpv_store_answers(&head, XS_READ, 7))
		ALWAYS(head.tx_id == 7);
	text = input_rest(&in, &len);
	parse_chunk(text, len);
	cut_all(text, len);
	translate_error(text, len);
	free(text);
	return 0;
}
