// SPDX-License-Identifier: Apache-2.0
/* Learned state: round trip, every corruption refused wholly, restarts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/season.h"
#include "firmware/app/store.h"
#include "firmware/host-tests/fake_hal.h"
#include "host/common/prng.h"
#include "weir/weir_regs.h"

Suite *weir_test_store(void);

static struct fake_hal *f;
static struct weir_fw *fw;
static struct weir_prng r;

static void seconds(unsigned n)
{
	while (n--) {
		for (unsigned i = 0; i < fw->limits; i++)
			fake_peak(f, fw->limit[i].number % 256, (uint32_t)weir_prng_range(&r, 5 + i, 20 + 2 * i), 40);
		f->now_us += 1000000;
		weir_fw_poll(fw);
	}
}

static void begin(void)
{
	f = fake_hal_new();
	fake_policy(f);
	fw = calloc(1, sizeof(*fw));
	ck_assert_ptr_nonnull(fw);
	weir_fw_init(fw, &f->hal);
	fw->param[WEIR_PARAM_floor_log2] = 18;
	fw->param[WEIR_PARAM_season_slots] = 5;
	fw->param[WEIR_PARAM_season_slot_s] = 30;
	weir_fw_poll(fw);
}

static void setup(void)
{
	weir_prng_seed(&r, 4, 0);
	begin();
	seconds(400);
}

static void teardown(void)
{
	free(fw);
	free(f);
}

static uint32_t export(uint32_t *block)
{
	uint32_t n = 0, got;

	while ((got = weir_store_export(fw, n, block + n)))
		n += got;
	return n;
}

static enum weir_store_import import(const uint32_t *block, uint32_t n)
{
	enum weir_store_import result = WEIR_IMPORT_MORE;

	for (uint32_t i = 0; i < n && result == WEIR_IMPORT_MORE; i += 12)
		result = weir_store_import(fw, i, n - i < 12 ? n - i : 12, block + i);
	return result;
}

START_TEST(crc)
{
	/* IEEE 802.3: of "12345678" the check value of CRC-32. */
	static const uint32_t text[] = { 0x34333231, 0x38373635 };

	ck_assert_uint_eq(weir_store_crc(0, text, 2), 0x9ae0daaf);
	ck_assert_uint_eq(weir_store_crc(weir_store_crc(0, text, 1), text + 1, 1), 0x9ae0daaf);
}
END_TEST

START_TEST(round_trip)
{
	uint32_t block[WEIR_STORE_WORDS + 12];
	uint32_t n = export(block);
	struct weir_series series[WEIR_FW_SERIES];
	uint16_t season[WEIR_SEASON_SERIES][WEIR_SEASON_SLOTS];

	ck_assert_uint_eq(n, weir_store_words(fw));
	ck_assert_uint_eq(n, 6 + 24 * 5 + 24 * 3 + 1);
	memcpy(series, fw->series, sizeof(series));
	memcpy(season, fw->season, sizeof(season));
	ck_assert_uint_ne(season[3][2], 0);
	weir_store_forget(fw);
	ck_assert_uint_eq(fw->series[0].periods, 0);
	ck_assert_int_eq(import(block, n), WEIR_IMPORT_TAKEN);
	for (unsigned i = 0; i < fw->limits; i++) {
		ck_assert_uint_eq(fw->series[i].mean, series[i].mean);
		ck_assert_uint_eq(fw->series[i].deviation, series[i].deviation);
		ck_assert_uint_eq(fw->series[i].peak, series[i].peak);
		ck_assert_uint_eq(fw->series[i].threshold, series[i].threshold);
		ck_assert_uint_eq(fw->series[i].periods, series[i].periods);
		ck_assert_uint_ne(fw->series[i].threshold, 0);
	}
	ck_assert(!memcmp(season, fw->season, sizeof(season)));
	/* And in the hardware with the next period. */
	seconds(1);
	for (unsigned i = 0; i < fw->limits; i++)
		ck_assert_uint_le((uint32_t)abs((int)(fw->limit[i].in_use - series[i].threshold)), series[i].threshold / 16 + 1);
}
END_TEST

/* Bits of a block, one at a time: refused, nothing changed, told by an alarm. */
START_TEST(one_bit)
{
	uint32_t block[WEIR_STORE_WORDS + 12];
	uint32_t n = export(block);
	struct weir_series before[WEIR_FW_SERIES];

	memcpy(before, fw->series, sizeof(before));
	/* All of the head and the sum, and some of each word between. */
	for (uint32_t i = 0; i < n * 32; i += i < 11 * 32 || i >= (n - 1) * 32 ? 1 : 7) {
		block[i / 32] ^= 1u << i % 32;
		ck_assert_int_eq(import(block, n) == WEIR_IMPORT_TAKEN, false);
		ck_assert(!memcmp(before, fw->series, sizeof(before)));
		block[i / 32] ^= 1u << i % 32;
		/* A length that grew waits for more: over by itself. */
		f->now_us += 6000000;
	}
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->notice[f->notices - 1][0] & 0xff, WEIR_ALARM_IMPORT);
	ck_assert_int_eq(import(block, n), WEIR_IMPORT_TAKEN);
}
END_TEST

enum { HEAD = 6 };
static const struct { uint32_t word, value; } wrong[] = {
	{ 0, 0 }, { 1, 2 }, { 1, 0 }, { 2, 0 }, { 2, 5 }, { 2, UINT32_MAX }, { 2, 198 }, { 2, 200 }, { 3, 41 }, { 3, UINT32_MAX }, { 3, 23 },
	{ 4, 25 }, { 4, UINT32_MAX }, { 4, 3 }, { HEAD, 1 }, { HEAD, 197 }, { HEAD, 16 }, { HEAD, 0xffff },
	{ HEAD + 1, 1 << 26 }, { HEAD + 2, 1 << 26 }, { HEAD + 3, 1 << 26 }, { HEAD + 4, 1 << 18 }, { HEAD + 5 * 23 + 4, UINT32_MAX },
	{ HEAD + 5 * 24, 0x8fff }, { HEAD + 5 * 24 + 7, 0xffff0000 },
};

/* With a right sum, but not in range: an old version, a foreign program, a forger. */
START_TEST(not_in_range)
{
	uint32_t block[WEIR_STORE_WORDS + 12];
	uint32_t n = export(block);
	struct weir_series before[WEIR_FW_SERIES];

	memcpy(before, fw->series, sizeof(before));
	block[wrong[_i].word] = wrong[_i].value;
	block[n - 1] = weir_store_crc(0, block, n - 1);
	if (wrong[_i].word == HEAD && wrong[_i].value == 16) {
		/* Twice the same series. */
		ck_assert_uint_eq(block[HEAD + 5] & 0xffff, 16);
	}
	ck_assert_int_eq(import(block, n), WEIR_IMPORT_REFUSED);
	ck_assert(!memcmp(before, fw->series, sizeof(before)));
	/* The block is whole again. */
	ck_assert(weir_store_take(fw));
}
END_TEST

START_TEST(pieces)
{
	uint32_t block[WEIR_STORE_WORDS + 12] = { 0 }, other[WEIR_STORE_WORDS + 12];
	uint32_t n = export(block);

	ck_assert_int_eq(weir_store_import(fw, 12, 12, block + 12), WEIR_IMPORT_RANGE);
	ck_assert_int_eq(weir_store_import(fw, 0, 0, block), WEIR_IMPORT_RANGE);
	ck_assert_int_eq(weir_store_import(fw, 0, 13, block), WEIR_IMPORT_RANGE);
	ck_assert_int_eq(weir_store_import(fw, 0, 12, block), WEIR_IMPORT_MORE);
	ck_assert_int_eq(weir_store_import(fw, 24, 12, block + 24), WEIR_IMPORT_RANGE);
	ck_assert_int_eq(weir_store_import(fw, 12, 12, block + 12), WEIR_IMPORT_MORE);
	/* Once more: its answer was lost. */
	ck_assert_int_eq(weir_store_import(fw, 12, 12, block + 12), WEIR_IMPORT_MORE);
	ck_assert_int_eq(weir_store_import(fw, UINT32_MAX - 3, 12, block), WEIR_IMPORT_RANGE);
	/* No export meanwhile, and learning leaves it alone. */
	ck_assert_uint_eq(weir_store_export(fw, 0, other), 0);
	seconds(3);
	for (uint32_t i = 24; i < n; i++)
		ck_assert_int_eq(weir_store_import(fw, i, 1, block + i), i == n - 1 ? WEIR_IMPORT_TAKEN : WEIR_IMPORT_MORE);
	ck_assert_int_eq(weir_store_import(fw, n, 1, block), WEIR_IMPORT_RANGE);
	/* Longer than it says. */
	for (uint32_t i = 0; i + 12 < n; i += 12)
		ck_assert_int_eq(weir_store_import(fw, i, 12, block + i), WEIR_IMPORT_MORE);
	ck_assert_int_eq(weir_store_import(fw, n - n % 12, 12, block + n - n % 12), WEIR_IMPORT_REFUSED);
	/* Given up half way: 5 s later the block is ours again. */
	ck_assert_int_eq(weir_store_import(fw, 0, 12, block), WEIR_IMPORT_MORE);
	seconds(6);
	ck_assert_int_eq(weir_store_import(fw, 12, 12, block + 12), WEIR_IMPORT_RANGE);
	ck_assert(weir_store_take(fw));
	ck_assert_int_eq(weir_store_import(fw, 0, 12, block), WEIR_IMPORT_MORE);
	f->now_us += 5000000;
	ck_assert_int_eq(weir_store_import(fw, 12, 12, block + 12), WEIR_IMPORT_RANGE);
	/* An export does not change under the host's eyes. */
	n = weir_store_export(fw, 0, other);
	while (weir_store_export(fw, n, other + n))
		seconds(2), n += 12;
	ck_assert_int_eq(import(other, weir_store_words(fw)), WEIR_IMPORT_TAKEN);
}
END_TEST

/* A series with a season in the block, without one here. */
START_TEST(no_room_for_season)
{
	uint32_t block[6 + 5 + 3 + 1] = { 0x4e524c57, 1, 15, 1, 5, 30, 0, 256, 256, 256, 77, 0x00020001, 0x00040003, 5 };

	for (unsigned i = 0; i < 16; i++)
		fake_meter(f, 128 + i, 1000, 0);
	f->reg[WEIR_REG_CTRL / 4] = 0;
	weir_fw_poll(fw);
	fake_policy(f);
	f->reg[WEIR_REG_CTRL / 4] = 1;
	weir_fw_poll(fw);
	ck_assert_uint_eq(fw->limits, WEIR_FW_SERIES);
	block[6] = fw->limit[30].number | 1u << 16;
	block[14] = weir_store_crc(0, block, 14);
	ck_assert_int_eq(import(block, 15), WEIR_IMPORT_TAKEN);
	ck_assert_uint_eq(fw->series[30].threshold, 77);
	ck_assert_uint_eq(weir_season_get(fw, 30), 0);
}
END_TEST

START_TEST(another_policy)
{
	uint32_t block[WEIR_STORE_WORDS + 12];
	uint32_t n = export(block), mean = fw->series[2].mean, number = fw->limit[2].number;
	struct fake_hal *old = f;

	/* Fewer series, another cycle: those that are there are taken, without their season. */
	free(fw);
	begin();
	free(old);
	free(fw);
	fw = calloc(1, sizeof(*fw));
	ck_assert_ptr_nonnull(fw);
	memset(fake_entry(f, WEIR_REG_METER_CFG(0)), 0, 32);
	weir_fw_init(fw, &f->hal);
	fw->param[WEIR_PARAM_season_slots] = 4;
	fw->param[WEIR_PARAM_season_slot_s] = 30;
	weir_fw_poll(fw);
	ck_assert_uint_eq(fw->limits, 23);
	ck_assert_int_eq(import(block, n), WEIR_IMPORT_TAKEN);
	ck_assert_uint_eq(fw->limit[1].number, number);
	ck_assert_uint_eq(fw->series[1].mean, mean);
	for (unsigned k = 0; k < WEIR_SEASON_SLOTS; k++)
		ck_assert_uint_eq(fw->season[1][k], 0);
}
END_TEST

static void restart(void)
{
	f->reg[WEIR_SOC_CPU_STATUS / 4] = WEIR_SOC_CPU_STATUS_RESTARTED_MASK | 1;
	weir_fw_init(fw, &f->hal);
	weir_fw_poll(fw);
}

START_TEST(restart_goes_on)
{
	struct weir_series before[WEIR_FW_SERIES];
	struct weir_limit limit[WEIR_FW_SERIES];
	uint32_t writes, ceiling = weir_fw_ceiling(fw, 2);

	fw->param[WEIR_PARAM_margin] = 200;
	fw->limit[4].ceiling = 77;
	fw->legit.veto[1].length = 24;
	weir_store_seal(fw);
	seconds(1);
	memcpy(before, fw->series, sizeof(before));
	memcpy(limit, fw->limit, sizeof(limit));
	writes = f->entry_writes;
	restart();
	/* The self-test alone has written: no threshold is given up. */
	ck_assert_uint_eq(f->entry_writes, writes + 2);
	ck_assert(!memcmp(limit, fw->limit, sizeof(limit)));
	for (unsigned i = 0; i < fw->limits; i++) {
		ck_assert_uint_eq(fw->series[i].mean, before[i].mean);
		ck_assert_uint_eq(fw->series[i].threshold, before[i].threshold);
		ck_assert_uint_eq(fw->series[i].periods, before[i].periods);
	}
	ck_assert_uint_eq(fw->param[WEIR_PARAM_margin], 200);
	ck_assert_uint_eq(fw->legit.veto[1].length, 24);
	/* What was learned has not become the policy. */
	ck_assert_uint_eq(weir_fw_ceiling(fw, 2), ceiling);
	ck_assert_uint_eq(f->notice[f->notices - 1][0] & 0x3ff, WEIR_ALARM_RESTARTED | WEIR_ALARM_START << 8);
	/* What made it hang may be an attack: nothing is learned for a while. */
	seconds(59);
	ck_assert_uint_eq(fw->series[3].periods, before[3].periods);
	seconds(5);
	ck_assert_uint_gt(fw->series[3].periods, before[3].periods);
}
END_TEST

/* Between a write to the hardware and the seal: what the hardware has is no policy all the same. */
START_TEST(restart_in_between)
{
	uint32_t ceiling = weir_fw_ceiling(fw, 2);

	WEIR_FIELD_PUT(fake_entry(f, WEIR_REG_METER_CFG(fw->limit[2].number)), WEIR_REG_METER_CFG_PKT_COST, 12345);
	restart();
	ck_assert_uint_eq(weir_fw_ceiling(fw, 2), ceiling);
}
END_TEST

START_TEST(numbers_go_on)
{
	restart();
	ck_assert_uint_eq(f->notice[f->notices - 1][1], 1);
	seconds(1);
	restart();
	ck_assert_uint_eq(f->notice[f->notices - 1][1], 2);
}
END_TEST

/* A restart in the middle of anything: each word that the firmware keeps, damaged. */
START_TEST(damaged)
{
	uint32_t *word = (uint32_t *)(void *)&fw->kept_magic;
	struct weir_fw *whole = malloc(sizeof(*whole));

	ck_assert_ptr_nonnull(whole);
	*whole = *fw;
	for (unsigned i = 0; word + i <= &fw->kept_hash; i++) {
		*fw = *whole;
		word[i] ^= 1u << i % 32;
		ck_assert(!weir_store_sealed(fw));
	}
	for (unsigned i = 0; i < whole->limits; i++) {
		*fw = *whole;
		fw->limit[i].tau ^= 1u << i;
		ck_assert(!weir_store_sealed(fw));
	}
	*fw = *whole;
	fw->param[3]++;
	/* Settings gone: the policy is read anew, nothing is believed. */
	f->notices = 0;
	restart();
	ck_assert_uint_eq(fw->series[0].periods, 0);
	ck_assert_uint_eq(fw->limits, 24);
	ck_assert_uint_eq(f->notices, 2);
	ck_assert_uint_eq(f->notice[1][0] & 0x3ff, WEIR_ALARM_IMPORT | WEIR_ALARM_START << 8);
	/* The block alone: settings stay. */
	for (uint32_t i = 0; i < weir_store_words(whole); i++) {
		*fw = *whole;
		fw->block[i] ^= 1u << i % 32;
		f->notices = 0;
		restart();
		ck_assert_uint_eq(fw->series[0].periods, 0);
		ck_assert_uint_eq(fw->limit[0].level, whole->limit[0].level);
		ck_assert_uint_eq(f->notices, 2);
		ck_assert_uint_eq(f->notice[1][0] & 0x3ff, WEIR_ALARM_IMPORT | WEIR_ALARM_START << 8);
	}
	free(whole);
}
END_TEST

START_TEST(forget)
{
	ck_assert_uint_lt(fw->limit[3].in_use, 9830);
	weir_store_forget(fw);
	for (unsigned i = 0; i < fw->limits; i++) {
		ck_assert_uint_eq(fw->limit[i].in_use, weir_limit_policy(&fw->limit[i]));
		ck_assert_uint_eq(fw->series[i].threshold, 0);
	}
	ck_assert_uint_eq(WEIR_FIELD_GET(fake_entry(f, WEIR_REG_METER_CFG(33)), WEIR_REG_METER_CFG_PKT_THRESHOLD), 9830);
	seconds(1);
	ck_assert_uint_eq(fw->series[0].periods, 1);
}
END_TEST

Suite *weir_test_store(void)
{
	Suite *s = suite_create("store");
	TCase *t = tcase_create("store");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, crc);
	tcase_add_test(t, round_trip);
	tcase_add_test(t, one_bit);
	tcase_add_loop_test(t, not_in_range, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, pieces);
	tcase_add_test(t, no_room_for_season);
	tcase_add_test(t, another_policy);
	tcase_add_test(t, restart_goes_on);
	tcase_add_test(t, restart_in_between);
	tcase_add_test(t, numbers_go_on);
	tcase_add_test(t, damaged);
	tcase_add_test(t, forget);
	suite_add_tcase(s, t);
	return s;
}
