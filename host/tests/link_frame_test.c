// SPDX-License-Identifier: Apache-2.0
/* Framing of the host link: what goes through comes out, whole or in pieces, and nothing else does. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/common/link_frame.h"
#include "host/tests/check_run.h"

static struct weir_link_decoder decoder;

static void setup(void)
{
	weir_link_decoder_init(&decoder);
}

/** Give octets one by one; the length of the last body that came, and how many did. */
static unsigned feed(const uint8_t *wire, size_t n, size_t *ret_len)
{
	unsigned found = 0;

	for (size_t i = 0; i < n; i++) {
		size_t len;

		ck_assert_uint_eq(weir_link_decode(&decoder, wire + i, 1, &len), 1);
		if (len != 0) {
			*ret_len = len;
			found++;
		}
	}
	return found;
}

START_TEST(fcs_known)
{
	ck_assert_uint_eq(weir_link_fcs((const uint8_t *)"123456789", 9), 0xcbf43926u);
	ck_assert_uint_eq(weir_link_fcs(NULL, 0), 0);
}
END_TEST

START_TEST(every_length)
{
	uint8_t body[WEIR_LINK_BODY_MAX], wire[WEIR_LINK_WIRE_MAX];

	srand(1);
	for (size_t len = WEIR_LINK_BODY_MIN; len <= WEIR_LINK_BODY_MAX; len++) {
		for (unsigned kind = 0; kind < 4; kind++) {
			size_t n = 0, got = 0;

			for (size_t i = 0; i < len; i++)
				body[i] = kind == 0 ? 0x7e : kind == 1 ? 0x7d : kind == 2 ? 0x5e : (uint8_t)rand();
			ck_assert_int_eq(weir_link_encode(body, len, wire, sizeof(wire), &n), 0);
			for (size_t i = 1; i + 1 < n; i++)
				ck_assert_uint_ne(wire[i], 0x7e);
			ck_assert_uint_eq(feed(wire, n, &got), 1);
			ck_assert_uint_eq(got, len);
			ck_assert_mem_eq(decoder.octets, body, len);
			/* One octet of room less than it takes. */
			ck_assert_int_eq(weir_link_encode(body, len, wire, n - 1, &got), -ENOSPC);
			ck_assert_int_eq(weir_link_encode(body, len, wire, n, &got), 0);
		}
	}
	ck_assert_uint_eq(decoder.bad, 0);
}
END_TEST

START_TEST(lengths_refused)
{
	uint8_t body[WEIR_LINK_BODY_MAX + 1] = { 0 }, wire[WEIR_LINK_WIRE_MAX];
	size_t n = 77;

	ck_assert_int_eq(weir_link_encode(body, 0, wire, sizeof(wire), &n), -EINVAL);
	ck_assert_int_eq(weir_link_encode(body, 1, wire, sizeof(wire), &n), -EINVAL);
	ck_assert_int_eq(weir_link_encode(body, sizeof(body), wire, sizeof(wire), &n), -EINVAL);
	ck_assert_int_eq(weir_link_encode(body, 2, wire, 0, &n), -ENOSPC);
	ck_assert_uint_eq(n, 77);
}
END_TEST

START_TEST(every_bit)
{
	static const uint8_t body[] = { 3, 9, 0, 0, 0x10, 0, 1, 2, 3, 0x7e };
	uint8_t wire[WEIR_LINK_WIRE_MAX];
	size_t n = 0, got;

	ck_assert_int_eq(weir_link_encode(body, sizeof(body), wire, sizeof(wire), &n), 0);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		unsigned found;

		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		found = feed(wire, n, &got);
		/* Without its opening flag, which is also the closing one of what was before, a frame may be good. */
		ck_assert(found == 0);
		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_uint_eq(feed((const uint8_t[]){ 0x7e }, 1, &got), 0);
	}
	ck_assert_uint_gt(decoder.bad, 8 * sizeof(body));
	ck_assert_uint_eq(feed(wire, n, &got), 1);
}
END_TEST

START_TEST(long_and_short)
{
	uint8_t octet = 0x11, body[WEIR_LINK_BODY_MAX] = { 3 }, wire[WEIR_LINK_WIRE_MAX];
	uint32_t bad;
	size_t got, n = 0;

	for (unsigned len = 0; len < 2000; len++) {
		bad = decoder.bad;
		for (unsigned i = 0; i < len; i++)
			ck_assert_uint_eq(feed(&octet, 1, &got), 0);
		ck_assert_uint_eq(feed((const uint8_t[]){ 0x7e }, 1, &got), 0);
		ck_assert_uint_eq(decoder.bad - bad, len != 0);
	}
	/* A whole frame, and more behind it. */
	bad = decoder.bad;
	ck_assert_int_eq(weir_link_encode(body, sizeof(body), wire, sizeof(wire), &n), 0);
	ck_assert_uint_eq(feed(wire, n - 1, &got), 0);
	ck_assert_uint_eq(feed((const uint8_t[]){ 0, 0x7e }, 2, &got), 0);
	ck_assert_uint_eq(decoder.bad, bad + 1);
	/* Aborted: nothing, and not counted. */
	bad = decoder.bad;
	ck_assert_uint_eq(feed((const uint8_t[]){ 1, 2, 3, 4, 5, 6, 0x7d, 0x7e }, 8, &got), 0);
	ck_assert_uint_eq(decoder.bad, bad);
}
END_TEST

START_TEST(pieces)
{
	static const uint8_t a[] = { 1, 2, 3 }, b[] = { 0x7e, 0x7d, 0x20, 0x5e };
	uint8_t wire[2 * WEIR_LINK_WIRE_MAX];
	size_t n = 0, m = 0;

	ck_assert_int_eq(weir_link_encode(a, sizeof(a), wire, sizeof(wire), &n), 0);
	/* One flag between them. */
	ck_assert_int_eq(weir_link_encode(b, sizeof(b), wire + n - 1, sizeof(wire) - n, &m), 0);
	n += m - 1;
	for (size_t cut = 0; cut <= n; cut++) {
		unsigned found = 0;

		weir_link_decoder_init(&decoder);
		for (unsigned piece = 0; piece < 2; piece++) {
			size_t at = piece ? cut : 0, end = piece ? n : cut;

			while (at < end) {
				size_t len;

				at += weir_link_decode(&decoder, wire + at, end - at, &len);
				if (len != 0) {
					ck_assert_uint_eq(len, found ? sizeof(b) : sizeof(a));
					ck_assert_mem_eq(decoder.octets, found ? b : a, len);
					found++;
				}
			}
		}
		ck_assert_uint_eq(found, 2);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link_frame");
	TCase *tc = tcase_create("frame");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, fcs_known);
	tcase_add_test(tc, every_length);
	tcase_add_test(tc, lengths_refused);
	tcase_add_test(tc, every_bit);
	tcase_add_test(tc, long_and_short);
	tcase_add_test(tc, pieces);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}
