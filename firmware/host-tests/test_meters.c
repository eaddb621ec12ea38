// SPDX-License-Identifier: Apache-2.0
/* What the series are, their kin, and which one a trip is about. */
#include <check.h>

#include "firmware/app/meters.h"
#include "weir/weir_regs.h"

Suite *weir_test_meters(void);

START_TEST(all_series)
{
	unsigned n = 0, last = 0, bytes = 0;

	for (unsigned i = weir_series_next(WEIR_SERIES_NONE); i != WEIR_SERIES_NONE; i = weir_series_next(i), n++) {
		ck_assert(!n || i > last);
		ck_assert_uint_ne(weir_series_kin(i), 0);
		ck_assert_uint_lt(i % WEIR_SERIES_BYTES, WEIR_REG_PEAK_COUNT);
		bytes += i >= WEIR_SERIES_BYTES;
		last = i;
	}
	/* remote, pair, 8 classes, address, prefix, 4 ports, udp_source; 20 classes a direction; protocols; state. */
	ck_assert_uint_eq(n - bytes, 17 + 40 + 1 + 5);
	ck_assert_uint_eq(bytes, 2 + 40 + 1);
}
END_TEST

static const struct { unsigned number, kin; } kins[] = {
	{ 0, 31 }, { 16, 31 }, { 32, 1 }, { 33, 1 }, { 34, 2 }, { 35, 2 }, { 36, 4 }, { 37, 8 }, { 38, 16 }, { 39, 1 },
	{ 48, 31 }, { 64, 31 }, { 80, 1 }, { 81, 2 }, { 82, 4 }, { 83, 4 }, { 96, 2 },
	/* Overrides, limits of rules, what there is not. */
	{ 1, 0 }, { 8, 0 }, { 24, 0 }, { 40, 0 }, { 49, 0 }, { 84, 0 }, { 112, 0 }, { 127, 0 }, { 177, 0 },
	{ 128, 31 }, { 128 + 3, 16 }, { 128 + 7, 8 }, { 128 + 9, 1 }, { 128 + 14, 2 }, { 128 + 15, 4 }, { 128 + 19, 1 },
	{ 128 + 20, 0 }, { 152 + 14, 2 }, { 152 + 19, 1 }, { 152 + 20, 0 }, { 176, 31 },
	{ 192, 1 }, { 193, 1 }, { 194, 1 }, { 195, 1 }, { 196, 1 }, { 197, 0 }, { 255, 0 },
	{ 256, 0 }, { 256 + 32, 0 }, { 256 + 48, 31 }, { 256 + 64, 31 }, { 256 + 80, 0 }, { 256 + 142, 2 }, { 256 + 176, 31 },
	{ 256 + 192, 0 }, { 0xfff, 0 },
};

START_TEST(kin)
{
	ck_assert_uint_eq(weir_series_kin(kins[_i].number), kins[_i].kin);
}
END_TEST

enum { OUT = 1 << 15, V6 = 1 << 16, L3 = 1 << 25 };

static const struct { unsigned bit, word2, proto, series; } trips[] = {
	{ 0, 0, 6, 0 }, { 1, 0, 6, 16 }, { 2, 0 << 17, 6, 32 }, { 2, 3 << 17, 17, 35 }, { 2, 7 << 17, 6, 39 }, { 3, 0, 6, 48 },
	{ 4, 0, 6, 64 }, { 5, 0, 6, 80 }, { 5, 0, 17, 81 }, { 5, 0, 1, 82 }, { 5, 0, 58, 83 }, { 5, 0, 47, WEIR_SERIES_NONE },
	{ 6, 0, 17, 96 }, { 7, 0, 6, 128 }, { 7, OUT, 6, 152 }, { 8, OUT, 0, 153 }, { 9, L3, 6, 133 }, { 9, L3 | V6, 6, 134 },
	{ 9, 0, 0, 131 }, { 10, L3, 17, 135 }, { 11, L3 | OUT, 17, 160 }, { 12, 0 << 17, 6, 137 }, { 12, 1 << 17, 6, 141 },
	{ 12, 3 << 17, 17, 142 }, { 12, 4 << 17, 1, 143 }, { 12, 4 << 17, 58, 143 }, { 12, 6 << 17, 47, 144 },
	{ 13, 0, 47, 176 }, { 14, OUT, 6, 169 }, { 15, 0, 6, 192 }, { 16, 0, 6, 193 }, { 17, 0, 6, 194 },
	{ 18, 0, 6, WEIR_SERIES_NONE },
};

START_TEST(series_of_trip)
{
	uint32_t word[16] = { 0, 0, trips[_i].word2, 0, trips[_i].proto << 18 | 0x3ffff };

	ck_assert_uint_eq(weir_series_of_trip(trips[_i].bit, word), trips[_i].series);
}
END_TEST

Suite *weir_test_meters(void)
{
	Suite *s = suite_create("meters");
	TCase *t = tcase_create("meters");

	tcase_add_test(t, all_series);
	tcase_add_loop_test(t, kin, 0, sizeof(kins) / sizeof(kins[0]));
	tcase_add_loop_test(t, series_of_trip, 0, sizeof(trips) / sizeof(trips[0]));
	suite_add_tcase(s, t);
	return s;
}
