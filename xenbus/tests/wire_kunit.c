// SPDX-License-Identifier: GPL-2.0-only
/* Suite xpv_xs_wire: XenStore's messages as bytes (native/wire.c). */
#define xpv_store_text		tested_store_text
#define xpv_store_octets	tested_store_octets
#define xpv_store_length	tested_store_length
#define xpv_store_errno		tested_store_errno
#define xpv_store_error_name	tested_store_error_name
#define xpv_store_answers	tested_store_answers
#define xpv_store_cut		tested_store_cut
#define xpv_store_number	tested_store_number
#define xpv_store_chunk		tested_store_chunk

#include <tests/kunit/suite.h>
#include <linux/string.h>

#include "../store/native/wire.c"

static void text_has_its_nul(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xpv_store_text("device").len, 7);
	KUNIT_EXPECT_EQ(test, xpv_store_text("").len, 1);
	KUNIT_EXPECT_EQ(test, xpv_store_octets("device").len, 6);
	KUNIT_EXPECT_EQ(test, xpv_store_octets("").len, 0);
}

struct length_case {
	const char *name;
	size_t lens[3];
	int err;
	u32 sum;
};

static const struct length_case length_cases[] = {
	{ "nothing", { 0, 0, 0 }, 0, 0 },
	{ "some", { 7, 0, 5 }, 0, 12 },
	{ "one full", { 4096, 0, 0 }, 0, 4096 },
	{ "just full", { 4090, 5, 1 }, 0, 4096 },
	{ "one too long", { 4097, 0, 0 }, -E2BIG, 0 },
	{ "over by the last", { 4090, 6, 1 }, -E2BIG, 0 },
	{ "a sum that wraps", { 4096, SIZE_MAX, 1 }, -E2BIG, 0 },
	{ "a sum that wraps to little", { 2, SIZE_MAX - 1, 4 }, -E2BIG, 0 },
};

static void describe_length(const struct length_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(length, length_cases, describe_length);

static void length_is_bounded(struct kunit *test)
{
	const struct length_case *c = test->param_value;
	struct xpv_store_part parts[3] = {};
	u32 sum = 99;
	int i;

	for (i = 0; i < 3; i++)
		parts[i].len = c->lens[i];
	KUNIT_EXPECT_EQ(test, xpv_store_length(parts, 3, &sum), c->err);
	KUNIT_EXPECT_EQ(test, sum, c->err ? 99 : c->sum);
}

/* Payloads of XS_ERROR; a NUL at the end is part of them. */
struct errno_case {
	const char *text;
	size_t len;
	int err;
};

static const struct errno_case errno_cases[] = {
	{ "EINVAL", 7, -EINVAL },
	{ "EACCES", 7, -EACCES },
	{ "EEXIST", 7, -EEXIST },
	{ "ENOENT", 7, -ENOENT },
	{ "ENOSPC", 7, -ENOSPC },
	{ "EAGAIN", 7, -EAGAIN },
	{ "EBUSY", 6, -EBUSY },
	{ "E2BIG", 6, -E2BIG },
	{ "EPERM", 6, -EPERM },
	{ "ENOENTX", 8, -EIO },
	{ "ENOEN", 6, -EIO },
	{ "enoent", 7, -EIO },
	{ "", 1, -EIO },
	{ "", 0, -EIO },
	{ "ENOENT", 6, -EIO },
	{ "ENOENT\0", 8, -EIO },
};

static void describe_errno(const struct errno_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %zu bytes", c->text, c->len);
}

KUNIT_ARRAY_PARAM(errno, errno_cases, describe_errno);

static void errno_of_an_error(struct kunit *test)
{
	const struct errno_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, xpv_store_errno(c->text, c->len), c->err);
}

static void error_names_go_both_ways(struct kunit *test)
{
	static const int errs[] = {
		EINVAL,
		EACCES,
		EEXIST,
		EISDIR,
		ENOENT,
		ENOMEM,
		ENOSPC,
		EIO,
		ENOTEMPTY,
		EROFS,
		EBUSY,
		EAGAIN,
		EISCONN,
		E2BIG,
		EPERM,
	};
	const char *name;
	int i;

	for (i = 0; i < ARRAY_SIZE(errs); i++) {
		name = xpv_store_error_name(-errs[i]);
		KUNIT_EXPECT_EQ(test, xpv_store_errno(name, strlen(name) + 1),
				-errs[i]);
	}
	KUNIT_EXPECT_STREQ(test, xpv_store_error_name(-EXDEV), "EIO");
	KUNIT_EXPECT_STREQ(test, xpv_store_error_name(0), "EIO");
}

static void answers_by_type_and_transaction(struct kunit *test)
{
	struct xsd_sockmsg reply = { .type = XS_READ, .tx_id = 5, .req_id = 1 };

	KUNIT_EXPECT_TRUE(test, xpv_store_answers(&reply, XS_READ, 5));
	KUNIT_EXPECT_FALSE(test, xpv_store_answers(&reply, XS_READ, 0));
	KUNIT_EXPECT_FALSE(test, xpv_store_answers(&reply, XS_READ, 4));
	KUNIT_EXPECT_FALSE(test, xpv_store_answers(&reply, XS_WRITE, 5));
	reply.type = XS_ERROR;
	KUNIT_EXPECT_TRUE(test, xpv_store_answers(&reply, XS_READ, 5));
	KUNIT_EXPECT_TRUE(test, xpv_store_answers(&reply, XS_WRITE, 5));
	KUNIT_EXPECT_FALSE(test, xpv_store_answers(&reply, XS_WRITE, 6));
}

static void cut_takes_strings_one_by_one(struct kunit *test)
{
	static const char bytes[] = "path\0\0token\0rest";
	const char *text = bytes;
	size_t len = sizeof(bytes) - 1;

	KUNIT_EXPECT_STREQ(test, xpv_store_cut(&text, &len), "path");
	KUNIT_EXPECT_EQ(test, len, 11);
	KUNIT_EXPECT_STREQ(test, xpv_store_cut(&text, &len), "");
	KUNIT_EXPECT_STREQ(test, xpv_store_cut(&text, &len), "token");
	KUNIT_EXPECT_EQ(test, len, 4);
	KUNIT_EXPECT_PTR_EQ(test, text, &bytes[12]);
	/* No NUL within what is left: nothing is taken. */
	KUNIT_EXPECT_NULL(test, xpv_store_cut(&text, &len));
	KUNIT_EXPECT_EQ(test, len, 4);
	KUNIT_EXPECT_PTR_EQ(test, text, &bytes[12]);
	len = 0;
	KUNIT_EXPECT_NULL(test, xpv_store_cut(&text, &len));
}

struct number_case {
	const char *text;
	unsigned int base;
	int err;
	u32 value;
};

static const struct number_case number_cases[] = {
	{ "0", 10, 0, 0 },
	{ "007", 10, 0, 7 },
	{ "4294967295", 10, 0, U32_MAX },
	{ "4294967296", 10, -ERANGE },
	{ "99999999999999999999999", 10, -ERANGE },
	{ "", 10, -EINVAL },
	{ "-1", 10, -EINVAL },
	{ "+1", 10, -EINVAL },
	{ " 1", 10, -EINVAL },
	{ "1 ", 10, -EINVAL },
	{ "1\n", 10, -EINVAL },
	{ "1a", 10, -EINVAL },
	{ "0x1", 10, -EINVAL },
	{ "ff", 16, 0, 0xff },
	{ "ffffffff", 16, 0, U32_MAX },
	{ "100000000", 16, -ERANGE },
	{ "FF", 16, -EINVAL },
	{ "0x1", 16, -EINVAL },
	{ "1g", 16, -EINVAL },
	{ "", 16, -EINVAL },
	{ "1\n", 16, -EINVAL },
};

static void describe_number(const struct number_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%*pE' in base %u",
		 (int)strlen(c->text), c->text, c->base);
}

KUNIT_ARRAY_PARAM(number, number_cases, describe_number);

static void number_is_strict(struct kunit *test)
{
	const struct number_case *c = test->param_value;
	u32 value = 0;

	KUNIT_EXPECT_EQ(test, xpv_store_number(c->text, c->base, &value),
			c->err);
	if (!c->err)
		KUNIT_EXPECT_EQ(test, value, c->value);
}

/* Replies to XS_DIRECTORY_PART. */
struct chunk_case {
	const char *name;
	const char *payload;
	size_t len;
	int err;
	size_t names;
	bool last;
};

static const struct chunk_case chunk_cases[] = {
	{ "nothing", "", 0, -EIO },
	{ "no generation", "12", 2, -EIO },
	{ "generation alone", "12\0", 3, -EIO },
	{ "cut off in a name", "12\0vif", 6, -EIO },
	{ "an empty directory", "12\0\0", 4, 0, 0, true },
	{ "some names", "12\0vif\0", 7, 0, 4, false },
	{ "the last name", "12\0vif\0\0", 8, 0, 4, true },
	{ "two names and the end", "12\0vif\0vbd\0\0", 12, 0, 8, true },
};

static void describe_chunk(const struct chunk_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(chunk, chunk_cases, describe_chunk);

static void chunk_of_a_directory(struct kunit *test)
{
	const struct chunk_case *c = test->param_value;
	/* Its own memory, so that a look beyond its end is found. */
	char *payload = kunit_kmalloc(test, max(c->len, 1ul), GFP_KERNEL);
	struct xpv_store_chunk chunk;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, payload);
	memcpy(payload, c->payload, c->len);
	KUNIT_EXPECT_EQ(test, xpv_store_chunk(payload, c->len, &chunk), c->err);
	if (c->err)
		return;
	KUNIT_EXPECT_STREQ(test, chunk.generation, "12");
	KUNIT_EXPECT_PTR_EQ(test, chunk.names, (const char *)payload + 3);
	KUNIT_EXPECT_EQ(test, chunk.len, c->names);
	KUNIT_EXPECT_EQ(test, chunk.last, c->last);
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE(text_has_its_nul),
	KUNIT_CASE_PARAM(length_is_bounded, length_gen_params),
	KUNIT_CASE_PARAM(errno_of_an_error, errno_gen_params),
	KUNIT_CASE(error_names_go_both_ways),
	KUNIT_CASE(answers_by_type_and_transaction),
	KUNIT_CASE(cut_takes_strings_one_by_one),
	KUNIT_CASE_PARAM(number_is_strict, number_gen_params),
	KUNIT_CASE_PARAM(chunk_of_a_directory, chunk_gen_params),
	{}
};

static struct kunit_suite wire_suite = {
	.name = "xpv_xs_wire",
	.test_cases = wire_cases,
};

kunit_test_suite(wire_suite);

MODULE_DESCRIPTION("KUnit suite of xpv's XenStore messages");
MODULE_LICENSE("GPL");
