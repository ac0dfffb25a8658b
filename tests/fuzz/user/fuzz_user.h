/* SPDX-License-Identifier: GPL-2.0-only */
/* What the targets share: one input, taken piece by piece, and a check. */
#ifndef _XFZ_USER_FUZZ_USER_H
#define _XFZ_USER_FUZZ_USER_H

#include "shim.h"

/* A statement that holds whatever the peer says; libFuzzer keeps the input. */
#define ALWAYS(condition)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: does not hold: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			abort();					\
		}							\
	} while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

/**
 * struct input - what is left of an input
 * @data: bytes
 * @len: how many
 */
struct input {
	const u8 *data;
	size_t len;
};

/* Fills @to; what the input does not have is 0. Return: whether it had all. */
static inline bool input_take(struct input *in, void *to, size_t len)
{
	size_t part = in->len < len ? in->len : len;

	memset(to, 0, len);
	if (part)
		memcpy(to, in->data, part);
	in->data += part;
	in->len -= part;
	return part == len;
}

static inline u8 input_byte(struct input *in)
{
	u8 byte;

	input_take(in, &byte, 1);
	return byte;
}

static inline u32 input_u32(struct input *in)
{
	u32 word;

	input_take(in, &word, sizeof(word));
	return word;
}

/* A copy of what is left, with nothing behind it, so that reading on is found. */
static inline char *input_rest(struct input *in, size_t *len)
{
	char *copy = malloc(in->len ? in->len : 1);

	if (!copy)
		abort();
	*len = in->len;
	input_take(in, copy, in->len);
	return copy;
}

#endif /* _XFZ_USER_FUZZ_USER_H */
