/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dom0 and the agent in a guest say to each other over its console:
 *
 * to the guest	#xpv run ID SECONDS CRC BASE64	run a command
 *		#xpv resend ID			answer once more
 * from it	#xpv ready;
 *		#xpv ID ack;			the command is understood,
 *		#xpv ID nak;			or garbled: send it again
 *		#xpv ID SEQ BASE64;		a piece of the output, from 1 on
 *		#xpv ID end STATUS PIECES FORM CRC;
 *
 * each in a line of its own. FORM is "plain", or "gzip" for long output: an
 * emulated serial port takes its time for each byte. A CRC is of the bytes before
 * they became BASE64. Kernel messages may come in between anywhere, also inside
 * a line: hence the CRC, and the newline before each.
 */
#ifndef XPV_LAB_FRAME_H
#define XPV_LAB_FRAME_H

#include <stddef.h>
#include <string.h>

/* Raw bytes in a piece, a multiple of 3; and what they are in BASE64. */
#define FRAME_PIECE	54
#define FRAME_BASE64(n)	(((n) + 2) / 3 * 4)

static const char frame_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static inline unsigned int frame_crc(const void *data, size_t len)
{
	const unsigned char *byte = data;
	unsigned int crc = ~0u;
	int bit;

	while (len--) {
		crc ^= *byte++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* TEXT has room for FRAME_BASE64(len) and a NUL. */
static inline void frame_encode(char *text, const void *data, size_t len)
{
	const unsigned char *in = data;
	unsigned int bits;
	size_t i;

	for (i = 0; i < len; i += 3, text += 4) {
		bits = in[i] << 16 | (i + 1 < len ? in[i + 1] << 8 : 0) |
		       (i + 2 < len ? in[i + 2] : 0);
		text[0] = frame_digits[bits >> 18];
		text[1] = frame_digits[bits >> 12 & 63];
		text[2] = i + 1 < len ? frame_digits[bits >> 6 & 63] : '=';
		text[3] = i + 2 < len ? frame_digits[bits & 63] : '=';
	}
	*text = '\0';
}

/* DATA has room for 3 bytes in 4 characters of TEXT. Its length, or -1. */
static inline long frame_decode(void *data, const char *text)
{
	unsigned char *out = data;
	unsigned int bits = 0;
	int fresh = 0;
	const char *digit;

	for (; *text && *text != '='; text++) {
		digit = strchr(frame_digits, *text);
		if (!digit)
			return -1;
		bits = bits << 6 | (unsigned int)(digit - frame_digits);
		fresh += 6;
		if (fresh < 8)
			continue;
		fresh -= 8;
		*out++ = bits >> fresh;
	}
	return out - (unsigned char *)data;
}

#endif
