// SPDX-License-Identifier: GPL-2.0-only
/* Random choices: a sequence that depends on the seed and nothing else. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "fuzz.h"

#define LONG_TEXT 3000

static u64 state;
static char text[LONG_TEXT + 1];

void xfz_seed(u64 seed)
{
	state = seed;
}

/* splitmix64 */
u64 xfz_random(void)
{
	u64 z;

	state += 0x9e3779b97f4a7c15ULL;
	z = state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

u32 xfz_below(u32 limit)
{
	return ((xfz_random() >> 32) * limit) >> 32;
}

bool xfz_one_in(u32 n)
{
	return !xfz_below(n);
}

void xfz_bytes(void *to, size_t len)
{
	size_t piece;
	u64 word;

	for (; len; len -= piece, to += piece) {
		piece = min(len, sizeof(word));
		word = xfz_random();
		memcpy(to, &word, piece);
	}
}

u64 xfz_odd_number(void)
{
	static const u64 edges[] = {
		0, 1, 2, 7, 8, 255, 256, 511, 512, 1023, 4095, 4096, 65535,
		65536, S32_MAX, U32_MAX, 1ULL << 32, S64_MAX, U64_MAX
	};

	switch (xfz_below(4)) {
	case 0:
		return xfz_below(64);
	case 1:
		return 1ULL << xfz_below(64);
	case 2:
		return xfz_random() >> xfz_below(64);
	default:
		return edges[xfz_below(ARRAY_SIZE(edges))];
	}
}

static const char *odd_word(void)
{
	static const char *const words[] = {
		"", " ", "-1", "+1", "0x10", "01", "1\n", "1 2", "banana", "1e9",
		"18446744073709551616", "99999999999999999999999999", "w", "r",
		"/", "\"", "%s%n", "\xff\xfe"
	};

	return words[xfz_below(ARRAY_SIZE(words))];
}

const char *xfz_odd_text(void)
{
	size_t len;

	switch (xfz_below(8)) {
	case 0:
	case 1:
		return odd_word();
	case 2:
		len = xfz_below(LONG_TEXT);
		memset(text, '0' + xfz_below(10), len);
		text[len] = 0;
		return text;
	default:
		snprintf(text, sizeof(text), "%llu", xfz_odd_number());
		return text;
	}
}
