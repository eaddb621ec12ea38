// SPDX-License-Identifier: Apache-2.0
/* Requests and replies of the host link: bounds, and replies that are late, wrong or cut. */
#include <errno.h>
#include <string.h>

#include "host/common/link_proto.h"
#include "host/tests/check_run.h"

static struct weir_link_request req;
static uint32_t words[WEIR_LINK_WORDS_MAX];

START_TEST(places)
{
	static const struct {
		uint32_t address;
		size_t count;
		int one, fill;	/* of read and write; of fill */
	} t[] = {
		{ 0, 1, 0, 0 },
		{ 0, 0, -EINVAL, -EINVAL },
		{ 0, 64, 0, 0 },
		{ 0, 65, -EINVAL, 0 },
		{ 0, 8192, -EINVAL, 0 },
		{ 0, 8193, -EINVAL, -EINVAL },
		{ 0, SIZE_MAX, -EINVAL, -EINVAL },
		{ 1, 1, -EINVAL, -EINVAL },
		{ 2, 1, -EINVAL, -EINVAL },
		{ 3, 1, -EINVAL, -EINVAL },
		{ 0x1ffffc, 1, 0, 0 },
		{ 0x1ffffc, 2, -EINVAL, -EINVAL },
		{ 0x1fff00, 64, 0, 0 },
		{ 0x1fff04, 64, -EINVAL, -EINVAL },
		{ 0x1f8000, 8192, -EINVAL, 0 },
		{ 0x1f8004, 8192, -EINVAL, -EINVAL },
		{ 0x200000, 1, -EINVAL, -EINVAL },
		{ 0xfffffffc, 1, -EINVAL, -EINVAL },
		{ 0xfffffffc, 64, -EINVAL, -EINVAL },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ck_assert_int_eq(weir_link_read(&req, 1, t[i].address, t[i].count), t[i].one);
		ck_assert_int_eq(weir_link_write(&req, 1, t[i].address, words, t[i].count), t[i].one);
		ck_assert_int_eq(weir_link_fill(&req, 1, t[i].address, t[i].count, 0), t[i].fill);
	}
}
END_TEST

START_TEST(longest)
{
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n;

	ck_assert_int_eq(weir_link_write(&req, 0x7e, 0, words, WEIR_LINK_WORDS_MAX), 0);
	ck_assert_uint_eq(req.len, 262);
	ck_assert_int_eq(weir_link_encode(req.body, req.len, wire, sizeof(wire), &n), 0);
}
END_TEST

START_TEST(replies)
{
	/* Of a read of one word, number 7. */
	static const struct {
		const char *octets;
		size_t len;
		int rc;
	} t[] = {
		{ "\x82\x07\x00\x44\x33\x22\x11", 7, 0 },
		{ "\x82\x06\x00\x44\x33\x22\x11", 7, -EAGAIN },	/* late */
		{ "\x83\x07\x00", 3, -EAGAIN },
		{ "\x02\x07\x00", 3, -EAGAIN },			/* an echo */
		{ "\x40\x07\x00", 3, -EAGAIN },			/* a notice */
		{ "\x82\x07\x01", 3, -EOPNOTSUPP },
		{ "\x82\x07\x02", 3, -EINVAL },
		{ "\x82\x07\x03", 3, -EPROTO },
		{ "\x82\x07\xff", 3, -EPROTO },
		{ "\x82\x07\x01\x00", 4, -EPROTO },
		{ "\x82\x07\x02\x00\x00\x00\x00", 7, -EPROTO },
		{ "\x82\x07\x00", 3, -EPROTO },
		{ "\x82\x07\x00\x44\x33\x22", 6, -EPROTO },
		{ "\x82\x07\x00\x44\x33\x22\x11\x00", 8, -EPROTO },
		{ "\x82\x07", 2, -EPROTO },
		{ "\x82", 1, -EAGAIN },
		{ "", 0, -EAGAIN },
	};

	ck_assert_int_eq(weir_link_read(&req, 7, 0x20, 1), 0);
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		words[0] = 5;
		ck_assert_int_eq(weir_link_reply(&req, (const uint8_t *)t[i].octets, t[i].len, words), t[i].rc);
		ck_assert_uint_eq(words[0], t[i].rc == 0 ? 0x11223344u : 5u);
	}
}
END_TEST

START_TEST(hello)
{
	static const uint8_t reply[] = { 0x81, 9, 0, 1, 64, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	struct weir_link_hello h = { .version = 77 };

	ck_assert_int_eq(weir_link_hello(&req, 9), 0);
	for (size_t len = 0; len < sizeof(reply); len++)
		ck_assert_int_eq(weir_link_hello_reply(&req, reply, len, &h), len < 2 ? -EAGAIN : -EPROTO);
	ck_assert_uint_eq(h.version, 77);
	ck_assert_int_eq(weir_link_hello_reply(&req, reply, sizeof(reply), &h), 0);
	ck_assert_uint_eq(h.version, 1);
	ck_assert_uint_eq(h.words_max, 64);
	ck_assert_uint_eq(h.id, 0x04030201);
	ck_assert_uint_eq(h.map_version, 0x08070605);
	ck_assert_uint_eq(h.soc_version, 0x0c0b0a09);
}
END_TEST

START_TEST(notices)
{
	uint8_t body[WEIR_LINK_BODY_MAX] = { 0x40, 200 }, number = 1;
	uint32_t got[WEIR_LINK_NOTICE_WORDS] = { 0 };

	for (unsigned i = 2; i < 66; i++)
		body[i] = (uint8_t)i;
	for (size_t len = 0; len <= sizeof(body); len++) {
		int rc = weir_link_notice(body, len, &number, got);

		ck_assert_int_eq(rc, len < 2 ? -EAGAIN : len == 66 ? 0 : -EPROTO);
	}
	ck_assert_uint_eq(number, 200);
	ck_assert_uint_eq(got[0], 0x05040302);
	ck_assert_uint_eq(got[15], 0x41403f3e);
	body[0] = 0x41;
	ck_assert_int_eq(weir_link_notice(body, 66, &number, got), -EAGAIN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link_proto");
	TCase *tc = tcase_create("proto");

	tcase_add_test(tc, places);
	tcase_add_test(tc, longest);
	tcase_add_test(tc, replies);
	tcase_add_test(tc, hello);
	tcase_add_test(tc, notices);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}
