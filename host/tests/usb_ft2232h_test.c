// SPDX-License-Identifier: Apache-2.0
/* Numbers of the FT2232H: bit rates as AN_120 codes them, status bytes. The chip of the tests (usb_chip.c) decodes them by itself. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "host/libweir/ft2232h.h"
#include "host/tests/check_run.h"
#include "host/tests/usb_chip.h"

START_TEST(bit_rates)
{
	static const struct {
		uint32_t bit_rate;
		int error;
		uint16_t value, index;
		uint32_t actual;
	} t[] = {
		{12000000, 0, 0, 0x0202, 12000000},
		{8000000, 0, 1, 0x0202, 8000000},
		{6000000, 0, 2, 0x0202, 6000000},
		{4000000, 0, 3, 0x0202, 4000000},
		{3000000, 0, 4, 0x0202, 3000000},
		{2000000, 0, 6, 0x0202, 2000000},
		{1000000, 0, 12, 0x0202, 1000000},
		{115200, 0, 0xc068, 0x0202, 115246},      // 104.125
		{1156627, 0, 0x000a, 0x0302, 1156627},    // 10.375: the fraction's third bit
		{12240000, 0, 0, 0x0202, 12000000},
		{733, 0, 0xfff3, 0x0202, 733},            // 16371.125
		{0, -EINVAL, 0, 0, 0},
		{1, -EINVAL, 0, 0, 0},
		{732, -EINVAL, 0, 0, 0},
		{7000000, -EINVAL, 0, 0, 0},
		{10000000, -EINVAL, 0, 0, 0},
		{12240001, -EINVAL, 0, 0, 0},
		{UINT32_MAX, -EINVAL, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint16_t value = 0, index = 0;
		uint32_t actual = 0;
		ck_assert_int_eq(weir_ft2232h_bit_rate(t[i].bit_rate, &value, &index, &actual), t[i].error);
		ck_assert_msg(value == t[i].value && index == t[i].index && actual == t[i].actual, "%u bit/s: %04x %04x %u", t[i].bit_rate, value,
			      index, actual);
	}
}
END_TEST

// Whatever it accepts is what the chip then has, and near enough.
START_TEST(bit_rates_decoded)
{
	unsigned accepted = 0;

	for (uint32_t rate = 700; rate < 13000000; rate += 1 + rate / 997) {
		struct chip chip = {0};
		uint32_t actual;
		if (weir_ft2232h_bit_rate(rate, &chip.rate_value, &chip.rate_index, &actual) != 0) {
			ck_assert_msg(rate < 733 || rate > 3800000, "%u bit/s refused", rate);
			continue;
		}
		accepted++;
		ck_assert_msg(fabs(chip_bit_rate(&chip) - actual) <= 1, "%u bit/s: chip has %f, told %u", rate, chip_bit_rate(&chip), actual);
		ck_assert_msg(fabs((double)actual - rate) <= rate / 50, "%u bit/s: %u", rate, actual);
	}
	ck_assert_uint_gt(accepted, 8000);
}
END_TEST

START_TEST(status_bytes)
{
	static const struct {
		const char *octets;       // capitals are status bytes
		size_t n, packet_len;
		const char *kept;
	} t[] = {
		{"", 0, 8, ""},
		{"A", 1, 8, ""},
		{"AB", 2, 8, ""},
		{"ABc", 3, 8, "c"},
		{"ABcdefgh", 8, 8, "cdefgh"},
		{"ABcdefghC", 9, 8, "cdefgh"},
		{"ABcdefghCD", 10, 8, "cdefgh"},
		{"ABcdefghCDi", 11, 8, "cdefghi"},
		{"ABcdefghCDijklmnEF", 18, 8, "cdefghijklmn"},
		{"ABcCDdEFeG", 10, 3, "cde"},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct weir_ft2232h_line line = {0};
		uint8_t octets[32];
		memcpy(octets, t[i].octets, t[i].n);
		size_t n = weir_ft2232h_strip(octets, t[i].n, t[i].packet_len, &line);
		ck_assert_msg(n == strlen(t[i].kept) && memcmp(octets, t[i].kept, n) == 0, "case %zu: %.*s", i, (int)n, (char *)octets);
	}
}
END_TEST

START_TEST(line_errors)
{
	struct weir_ft2232h_line line = {0};
	uint8_t octets[] = {0x02, 0x62, 'a', 'b', 0x02, 0x6e, 'c', 'd', 0x02, 0x70, 'e', 'f', 0x02, 0x60};

	ck_assert_uint_eq(weir_ft2232h_strip(octets, sizeof(octets), 4, &line), 6);
	ck_assert_uint_eq(line.overruns, 2);
	ck_assert_uint_eq(line.parity, 1);
	ck_assert_uint_eq(line.framing, 1);
	ck_assert_uint_eq(line.breaks, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("usb_ft2232h");
	TCase *tc = tcase_create("numbers");

	tcase_add_test(tc, bit_rates);
	tcase_add_test(tc, bit_rates_decoded);
	tcase_add_test(tc, status_bytes);
	tcase_add_test(tc, line_errors);
	suite_add_tcase(suite, tc);
	return check_run(suite);
}
