// SPDX-License-Identifier: Apache-2.0
/* The whole: policy, periods, freezing, modes, events, notices, self-test, on a fake of the hardware. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/app/fw.h"
#include "firmware/app/mail.h"
#include "firmware/app/store.h"
#include "firmware/host-tests/fake_hal.h"
#include "weir/weir_regs.h"

Suite *weir_test_fw(void);

enum { REMOTE = 0, SYN = 32, TCP = 33, UDP = 35, ICMP = 36, ADDRESS = 48 };
static struct fake_hal *f;
static struct weir_fw *fw;

static void setup(void)
{
	f = fake_hal_new();
	fake_policy(f);
	fw = calloc(1, sizeof(*fw));
	ck_assert_ptr_nonnull(fw);
	weir_fw_init(fw, &f->hal);
	/* The small numbers of these tests are not floors. */
	fw->param[WEIR_PARAM_floor_log2] = 18;
	weir_store_seal(fw);
}

static void teardown(void)
{
	free(fw);
	free(f);
}

static struct weir_series *series(unsigned number)
{
	int i = weir_fw_find(fw, number);

	ck_assert_int_ge(i, 0);
	return &fw->series[i];
}

static uint32_t in_use(unsigned number)
{
	return fw->limit[weir_fw_find(fw, number)].in_use;
}

/** Whole periods; each with the same peak of every series. */
static void seconds(unsigned n, uint32_t x)
{
	while (n--) {
		for (unsigned i = 0; i < fw->limits; i++)
			fake_peak(f, fw->limit[i].number % 256, x, x);
		f->now_us += 1000000;
		weir_fw_poll(fw);
	}
}

static void mail(uint32_t op, uint32_t a, uint32_t b)
{
	uint32_t *w = f->mail[f->mails++ % FAKE_MAILS];

	memset(w, 0, sizeof(f->mail[0]));
	w[0] = op;
	w[1] = a;
	w[2] = b;
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->answers, f->mails);
	ck_assert_uint_eq(f->answer[(f->answers - 1) % FAKE_MAILS][0] >> 24, 0);
}

static unsigned notices(enum weir_alarm_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->notices && i < FAKE_NOTICES; i++)
		n += (f->notice[i][0] >> 8 & 3) == state;
	return n;
}

START_TEST(before_the_policy)
{
	f->reg[WEIR_REG_CTRL / 4] = 0;
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->entry_reads, 0);
	ck_assert_uint_eq(f->entry_writes, 0);
	ck_assert_uint_eq(f->kicks, 1);
	ck_assert_uint_gt(f->wake_us, f->now_us);
	mail(WEIR_MAIL_SET, WEIR_PARAM_learn_min, 30);
	f->reg[WEIR_REG_CTRL / 4] = 1;
	f->reg[WEIR_REG_STATUS / 4] = 0;
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->entry_reads, 0);
	f->reg[WEIR_REG_STATUS / 4] = WEIR_REG_STATUS_READY_MASK;
	weir_fw_poll(fw);
	ck_assert_uint_eq(fw->limits, 24);
	ck_assert_uint_eq(f->wake_us, f->now_us + 1000000);
	ck_assert_uint_eq(f->notices, 0);
}
END_TEST

START_TEST(learns)
{
	unsigned writes;

	weir_fw_poll(fw);
	/* What was there before is nobody's. */
	fake_peak(f, UDP, 3000, 0);
	f->reg[WEIR_REG_CTRL / 4] = 0;
	weir_fw_poll(fw);
	f->reg[WEIR_REG_CTRL / 4] = 1;
	weir_fw_poll(fw);
	ck_assert_uint_eq(fake_entry(f, WEIR_REG_PEAK(UDP))[0], 0);
	writes = f->entry_writes;
	seconds(59, 40);
	ck_assert_uint_eq(series(UDP)->periods, 59);
	ck_assert_uint_eq(series(UDP)->mean, 40 << 8);
	ck_assert_uint_eq(f->entry_writes, writes);
	ck_assert_uint_eq(in_use(UDP), 3277);
	seconds(1, 40);
	/* Deviation is not quite gone yet. */
	ck_assert_uint_ge(in_use(UDP), 60);
	ck_assert_uint_le(in_use(UDP), 70);
	ck_assert_uint_eq(WEIR_FIELD_GET(fake_entry(f, WEIR_REG_METER_CFG(UDP)), WEIR_REG_METER_CFG_PKT_COST),
			  ((1 << 24) + in_use(UDP) / 2) / in_use(UDP));
	/* Bytes are in units of 64. */
	ck_assert_uint_eq(series(ADDRESS + WEIR_SERIES_BYTES)->mean, 40 << 8);
	seconds(600, 40);
	/* What is left of a deviation when it no longer rounds; written when it is off by 1/32. */
	ck_assert_uint_le(series(UDP)->threshold, 62);
	ck_assert_uint_le(in_use(UDP), 62);
	/* A key that was tripped is quiet again at what is normal. */
	ck_assert_uint_gt(WEIR_FIELD_GET(fake_entry(f, WEIR_REG_METER_CFG(UDP)), WEIR_REG_METER_CFG_PKT_THRESHOLD), 2 * 40);
	/* State has no second field: half of the threshold is above what is normal. */
	ck_assert_uint_ge(in_use(192), 2 * 40 + 2);
	ck_assert_uint_le(series(192)->threshold, 103);
	/* Never above the policy's. */
	ck_assert_uint_eq(in_use(196), 32);
	ck_assert_uint_le(series(195)->threshold, 62);
	ck_assert_uint_eq(f->notices, 0);
}
END_TEST

/* Bytes lie across two words. */
START_TEST(byte_peaks)
{
	weir_fw_poll(fw);
	fake_peak(f, 64, 0x12345, 0x15555);
	seconds(1, 40);
	ck_assert_uint_eq(series(64)->x, 0x12345);
	ck_assert_uint_eq(series(64 + WEIR_SERIES_BYTES)->x, 0x15555);
	ck_assert_uint_eq(series(64 + WEIR_SERIES_BYTES)->mean, 0x15555 << 8);
}
END_TEST

START_TEST(has_seasons)
{
	fw->param[WEIR_PARAM_season_slots] = 2;
	fw->param[WEIR_PARAM_season_slot_s] = 200;
	fw->param[WEIR_PARAM_peak_shift] = 4;
	weir_fw_poll(fw);
	/* Slots begin at multiples of 200 s: the first whole one is loud. */
	seconds(195, 40);
	seconds(200, 58);
	seconds(199, 40);
	/* By itself it would be back at 60; the loud slot comes next. */
	ck_assert_uint_lt(series(UDP)->peak, 41 << 8);
	ck_assert_uint_eq(series(UDP)->threshold, 87);
}
END_TEST

START_TEST(top_fades)
{
	uint32_t address[4] = { 1, 2, 3, 4 }, error;

	weir_fw_poll(fw);
	for (unsigned i = 0; i < 64; i++)
		weir_top_add(&fw->top, address);
	seconds(3, 1);
	ck_assert_uint_eq(weir_top_get(&fw->top, 0, address, &error), 8);
}
END_TEST

START_TEST(few_writes)
{
	unsigned reads, writes;

	weir_fw_poll(fw);
	seconds(700, 40);
	reads = f->entry_reads;
	writes = f->entry_writes;
	seconds(100, 40);
	/* 22 peaks and 45 reasons a period; nothing to write. */
	ck_assert_uint_eq(f->entry_reads - reads, 100 * (22 + 45));
	ck_assert_uint_eq(f->entry_writes, writes);
	/* A rise of half: each threshold moves by 1/64 a period, and is written at each second step at most, half of them. */
	seconds(40, 55);
	ck_assert_uint_le(f->entry_writes - writes, 24 * 14);
	ck_assert_uint_gt(in_use(UDP), 80);
	ck_assert_uint_eq(f->notices, 0);
}
END_TEST

START_TEST(floors)
{
	fw->param[WEIR_PARAM_floor_log2] = 4;
	weir_fw_poll(fw);
	seconds(100, 1);
	ck_assert_uint_eq(in_use(UDP), 3277 / 16);
	ck_assert_uint_eq(in_use(SYN), 328 / 16);
	ck_assert_uint_eq(in_use(ICMP), 16);
	ck_assert_uint_eq(in_use(193), 1311 / 16);
	mail(WEIR_MAIL_BOUNDS, ICMP, 5);
	seconds(12, 1);
	ck_assert_uint_eq(in_use(ICMP), 5);
	fw->limit[weir_fw_find(fw, ICMP)].ceiling = 4;
	seconds(1, 1);
	ck_assert_uint_eq(in_use(ICMP), 4);
}
END_TEST

/* A fixed threshold holds at the end of the period: before anything has been learned, while an alarm of its kin is on, when the host has
 * frozen learning; not in mode off. Taken away before anything has been learned, the policy's holds again. */
START_TEST(fixed)
{
	unsigned at;

	weir_fw_poll(fw);
	at = (unsigned)weir_fw_find(fw, ICMP);
	seconds(2, 1);
	ck_assert_uint_eq(in_use(ICMP), 66);
	fw->limit[at].floor = fw->limit[at].ceiling = 40;
	seconds(1, 1);
	ck_assert_uint_eq(in_use(ICMP), 40);
	/* To the packet: no step is too small to be written. */
	fw->limit[at].floor = fw->limit[at].ceiling = 41;
	seconds(1, 1);
	ck_assert_uint_eq(in_use(ICMP), 41);
	fw->limit[at].floor = fw->limit[at].ceiling = 0;
	seconds(1, 1);
	ck_assert_uint_eq(in_use(ICMP), 66);
	fw->param[WEIR_PARAM_freeze] = 1;
	seconds(1, 1);
	ck_assert(fw->series[at].frozen);
	fw->limit[at].floor = fw->limit[at].ceiling = 30;
	seconds(1, 1);
	ck_assert_uint_eq(in_use(ICMP), 30);
	/* Bounds that leave room wait for what is learned. */
	fw->limit[at].ceiling = 50;
	fw->limit[at].floor = 45;
	seconds(1, 1);
	ck_assert_uint_eq(in_use(ICMP), 30);
	fw->param[WEIR_PARAM_freeze] = 0;
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_OFF);
	seconds(1, 1);
	fw->limit[at].floor = fw->limit[at].ceiling = 20;
	seconds(2, 1);
	ck_assert_uint_eq(in_use(ICMP), 66);
}
END_TEST

/* Those that hold when nobody has said anything. */
START_TEST(floors_by_default)
{
	fw->param[WEIR_PARAM_floor_log2] = weir_params[WEIR_PARAM_floor_log2].def;
	weir_fw_poll(fw);
	seconds(100, 1);
	ck_assert_uint_eq(in_use(UDP), 3277 / 128);
	ck_assert_uint_eq(in_use(TCP), 9830 / 128);
	ck_assert_uint_eq(in_use(SYN), 16);
	ck_assert_uint_eq(in_use(ADDRESS), 13107 / 128);
}
END_TEST

START_TEST(trip_freezes_kin)
{
	struct weir_series udp, tcp;

	weir_fw_poll(fw);
	seconds(100, 40);
	udp = *series(UDP);
	tcp = *series(TCP);
	fake_event(f, UDP % 16 << 17 | 1 << 25, 1 << 2, 0, 17, 0x12, 500);
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->notices, 1);
	ck_assert_uint_eq(f->notice[0][0], (uint32_t)WEIR_ALARM_METER | WEIR_ALARM_START << 8 | 2u << 10 | UDP << 16);
	ck_assert_uint_eq(f->notice[0][4], in_use(UDP));
	ck_assert_uint_eq(f->notice[0][5], 500);
	/* The address that is hit, and of `remote` the one that sends. */
	ck_assert_uint_eq(f->notice[0][11], 0xc000020a);
	seconds(10, 400);
	ck_assert_uint_eq(series(UDP)->periods, udp.periods);
	ck_assert_uint_eq(series(UDP)->mean, udp.mean);
	ck_assert_uint_eq(series(UDP)->threshold, udp.threshold);
	ck_assert_uint_eq(series(ADDRESS)->periods, udp.periods);
	ck_assert(series(UDP)->frozen);
	/* These peaks were above every threshold: TCP has its own alarm now. */
	ck_assert_uint_le(series(TCP)->periods, tcp.periods + 1);
}
END_TEST

START_TEST(kin_alone)
{
	uint16_t udp, tcp;

	weir_fw_poll(fw);
	seconds(100, 40);
	udp = series(UDP)->periods;
	tcp = series(TCP)->periods;
	fake_event(f, UDP % 16 << 17 | 1 << 25, 1 << 2, 0, 17, 0x12, 500);
	for (unsigned i = 0; i < 10; i++) {
		fake_peak(f, UDP, 900, 0);
		fake_peak(f, TCP, 40, 0);
		f->now_us += 1000000;
		weir_fw_poll(fw);
	}
	ck_assert_uint_eq(series(UDP)->periods, udp);
	ck_assert_uint_eq(series(34)->periods, udp);
	ck_assert_uint_eq(series(REMOTE)->periods, udp);
	ck_assert_uint_eq(series(TCP)->periods, tcp + 10);
	ck_assert_uint_eq(series(ICMP)->periods, tcp + 10);
	ck_assert_uint_eq(series(192)->periods, tcp + 10);
	/* The end: of the key, hold_s later of the alarm, thaw_s later of the freeze. */
	fake_event(f, UDP % 16 << 17 | 1 << 25, 0, 1 << 2, 17, 0, 0);
	seconds(11, 30);
	ck_assert_uint_eq(notices(WEIR_ALARM_END), 1);
	ck_assert_uint_eq(series(UDP)->periods, udp);
	seconds(58, 30);
	ck_assert_uint_eq(series(UDP)->periods, udp);
	seconds(5, 30);
	ck_assert_uint_gt(series(UDP)->periods, udp);
	ck_assert_uint_lt(series(UDP)->peak, 41 << 8);
}
END_TEST

START_TEST(peaks_make_alarms)
{
	uint32_t before;

	weir_fw_poll(fw);
	seconds(700, 40);
	ck_assert_uint_le(series(UDP)->threshold, 62);
	/* One window above: a burst, when the next one is not. Then it is learned, and the threshold follows. */
	before = series(UDP)->peak;
	fake_peak(f, UDP, 200, 0);
	seconds(1, 40);
	ck_assert_uint_eq(f->notices, 0);
	ck_assert_uint_eq(series(UDP)->peak, before);
	seconds(1, 40);
	ck_assert_uint_gt(series(UDP)->peak, 199 << 8);
	ck_assert_uint_eq(series(UDP)->threshold, 63);
	/* Two in a row: no burst. Neither is learned. */
	before = series(UDP)->peak;
	fake_peak(f, UDP, 250, 0);
	seconds(1, 40);
	ck_assert_uint_eq(f->notices, 0);
	fake_peak(f, UDP, 251, 0);
	seconds(1, 40);
	ck_assert_uint_eq(notices(WEIR_ALARM_START), 1);
	ck_assert_uint_eq(f->notice[0][0] >> 16 & 0xfff, UDP);
	ck_assert_uint_eq(series(UDP)->peak, before);
	/* More than four times: at once. SYNs: at once, a flood is declared. */
	fake_peak(f, ICMP, 4 * in_use(ICMP) + 4, 0);
	fake_peak(f, 192, in_use(192) + 1, 0);
	/* Quotas of a zombie flood are no alarms. */
	fake_peak(f, 195, 1000, 0);
	fake_peak(f, 196, 255, 0);
	seconds(1, 40);
	ck_assert_uint_eq(notices(WEIR_ALARM_START), 3);
	seconds(1, 40);
	ck_assert_uint_eq(f->notices, 3);
	/* Normal traffic ends them, though it is above half of the thresholds. */
	seconds(12, 40);
	ck_assert_uint_eq(notices(WEIR_ALARM_END), 3);
}
END_TEST

/* Full pulses of 2 s, half a minute apart, for an hour: one alarm, nothing learned. */
START_TEST(pulse_wave)
{
	struct weir_series before;

	weir_fw_poll(fw);
	seconds(700, 40);
	before = *series(UDP);
	for (unsigned i = 0; i < 120; i++) {
		fake_event(f, UDP % 16 << 17 | 1 << 25, 1 << 2, 0, 17, 0x12, 900);
		fake_peak(f, UDP, 5000, 0);
		seconds(2, 40);
		fake_event(f, UDP % 16 << 17 | 1 << 25, 0, 1 << 2, 17, 0, 0);
		seconds(28, 40);
	}
	ck_assert_uint_eq(series(UDP)->mean, before.mean);
	ck_assert_uint_eq(series(UDP)->peak, before.peak);
	ck_assert_uint_eq(series(UDP)->threshold, before.threshold);
	ck_assert_uint_eq(fw->alarms.numbers, 1);
	ck_assert_uint_eq(notices(WEIR_ALARM_START), 1);
}
END_TEST

/* BEYOND-6 on the whole: an attacker who always stays just below what raises an alarm. */
START_TEST(slow_ramp)
{
	uint32_t start;
	double bound;

	weir_fw_poll(fw);
	seconds(700, 43);
	start = in_use(UDP);
	bound = start;
	for (unsigned i = 0; i < 400; i++) {
		fake_peak(f, UDP, in_use(UDP), 0);
		seconds(1, 43);
		bound *= 1 + 1.0 / 64;
		ck_assert_double_le(series(UDP)->threshold, bound);
		ck_assert_double_le(in_use(UDP), bound);
		ck_assert_uint_le(in_use(UDP), 3277);
		if (i == 44)
			ck_assert_uint_le(in_use(UDP), 2 * start + 5);
	}
	ck_assert_uint_eq(f->notices, 0);
	ck_assert_uint_eq(in_use(UDP), 3277);
	/* Everyone else stayed where they were. */
	ck_assert_uint_eq(in_use(TCP), 66);
}
END_TEST

START_TEST(modes)
{
	uint32_t *word = fake_entry(f, WEIR_REG_METER_CFG(UDP));
	uint32_t before[8], actions = fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS)[0];

	memcpy(before, word, sizeof(before));
	weir_fw_poll(fw);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_LEARNING);
	ck_assert(word[0] >> 31);
	ck_assert_uint_eq(fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS)[0], actions | 0x44444444);
	seconds(100, 40);
	ck_assert_uint_lt(in_use(UDP), 100);
	ck_assert(word[0] >> 31);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_DRY_RUN);
	ck_assert(word[0] >> 31);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_PREVENTION);
	ck_assert(!(word[0] >> 31));
	ck_assert_uint_eq(fake_entry(f, WEIR_REG_STATE_CFG_ACTIONS)[0], actions);
	ck_assert_uint_lt(in_use(UDP), 100);
	/* Off: the policy, to the bit; and nothing is learned. */
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_OFF);
	ck_assert(!memcmp(before, word, sizeof(before)));
	seconds(10, 50);
	ck_assert_uint_eq(series(UDP)->periods, 100);
	ck_assert(!memcmp(before, word, sizeof(before)));
	/* What was learned comes back. */
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_PREVENTION);
	seconds(1, 40);
	ck_assert_uint_lt(in_use(UDP), 100);
	mail(WEIR_MAIL_SET, WEIR_PARAM_freeze, 1);
	seconds(10, 40);
	ck_assert_uint_eq(series(UDP)->periods, 101);
	ck_assert_uint_lt(in_use(UDP), 100);
}
END_TEST

/* A restart in mode learning leaves nothing dropping, and gives the policy's bits back later. */
START_TEST(restart_keeps_mode)
{
	uint32_t *word = fake_entry(f, WEIR_REG_METER_CFG(UDP));

	fake_entry(f, WEIR_REG_METER_CFG(ICMP))[0] |= 1u << 31;
	weir_fw_poll(fw);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_LEARNING);
	f->reg[WEIR_SOC_CPU_STATUS / 4] = WEIR_SOC_CPU_STATUS_RESTARTED_MASK;
	weir_fw_init(fw, &f->hal);
	weir_fw_poll(fw);
	ck_assert(word[0] >> 31);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_PREVENTION);
	ck_assert(!(word[0] >> 31));
	ck_assert(fake_entry(f, WEIR_REG_METER_CFG(ICMP))[0] >> 31);
}
END_TEST

static void stop(bool run)
{
	f->reg[WEIR_REG_CTRL / 4] = run;
	weir_fw_poll(fw);
}

START_TEST(policy_again)
{
	weir_fw_poll(fw);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_DRY_RUN);
	seconds(100, 40);
	/* A pause changes nothing: what the firmware wrote is no policy. */
	stop(false);
	stop(true);
	ck_assert_uint_eq(weir_fw_ceiling(fw, (unsigned)weir_fw_find(fw, UDP)), 3277);
	ck_assert_uint_eq(series(UDP)->periods, 100);
	/* Another policy. What was learned of the same series goes on. */
	stop(false);
	fake_policy(f);
	fake_meter(f, UDP, 10000, 0);
	memset(fake_entry(f, WEIR_REG_METER_CFG(TCP)), 0, 32);
	stop(true);
	ck_assert_uint_eq(fw->limits, 23);
	ck_assert_uint_eq(weir_fw_ceiling(fw, (unsigned)weir_fw_find(fw, UDP)), 655);
	ck_assert_uint_eq(series(UDP)->periods, 100);
	ck_assert(fake_entry(f, WEIR_REG_METER_CFG(UDP))[0] >> 31);
	mail(WEIR_MAIL_SET, WEIR_PARAM_mode, WEIR_MODE_PREVENTION);
	ck_assert(!(fake_entry(f, WEIR_REG_METER_CFG(UDP))[0] >> 31));
	seconds(1, 40);
	ck_assert_uint_lt(in_use(UDP), 100);
}
END_TEST

START_TEST(notices_wait)
{
	weir_fw_poll(fw);
	f->notice_busy = true;
	f->lost = 5;
	fake_event(f, UDP % 16 << 17 | 1 << 25, 1 << 2, 0, 17, 0x12, 5000);
	seconds(1, 40);
	ck_assert_uint_eq(f->notices, 0);
	ck_assert_uint_le(f->wake_us, f->now_us + 1000);
	f->notice_busy = false;
	f->now_us += 1000;
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->notices, 2);
	/* By their numbers. */
	ck_assert_uint_eq(f->notice[0][1], 1);
	ck_assert_uint_eq(f->notice[1][1], 2);
	ck_assert_uint_eq(f->notice[1][0] & 0xff, WEIR_ALARM_LOST);
	ck_assert_uint_eq(f->notice[1][5], 5);
	ck_assert_uint_gt(f->wake_us, f->now_us + 1000);
}
END_TEST

START_TEST(lost_wraps)
{
	f->lost = 0xfffffe;
	weir_fw_init(fw, &f->hal);
	weir_fw_poll(fw);
	f->lost = 3;
	seconds(1, 1);
	ck_assert_uint_eq(f->notice[0][5], 5);
	seconds(15, 1);
	ck_assert_uint_eq(f->notices, 2);
	ck_assert_uint_eq(notices(WEIR_ALARM_END), 1);
}
END_TEST

/* Time goes on within a poll: an alarm that begins at the end of a period does not end with it. */
START_TEST(time_within_a_poll)
{
	f->tick_us = 1;
	weir_fw_poll(fw);
	f->lost = 5;
	seconds(1, 10);
	ck_assert_uint_eq(notices(WEIR_ALARM_START), 1);
	seconds(9, 10);
	ck_assert_uint_eq(notices(WEIR_ALARM_END), 0);
	seconds(2, 10);
	ck_assert_uint_eq(notices(WEIR_ALARM_END), 1);
}
END_TEST

static unsigned told_before_events;

static bool event_that_looks(void *ctx, uint32_t ret_word[WEIR_EVENT_WORDS])
{
	(void)ret_word;
	told_before_events = ((struct fake_hal *)ctx)->notices;
	return false;
}

/* Who crashes at an event has told of the restart before. */
START_TEST(restart_told_first)
{
	weir_fw_poll(fw);
	f->reg[WEIR_SOC_CPU_STATUS / 4] = WEIR_SOC_CPU_STATUS_RESTARTED_MASK;
	f->hal.event = event_that_looks;
	told_before_events = 0;
	weir_fw_init(fw, &f->hal);
	weir_fw_poll(fw);
	ck_assert_uint_eq(told_before_events, 1);
	ck_assert_uint_eq(f->notice[0][0] & 0xff, WEIR_ALARM_RESTARTED);
}
END_TEST

START_TEST(events_in_turn)
{
	weir_fw_poll(fw);
	for (unsigned i = 0; i < 40; i++)
		fake_event(f, UDP % 16 << 17, 0, 0, 17, 0, 0);
	weir_fw_poll(fw);
	/* No more than so many in one go: mail and periods have their turn. */
	ck_assert_uint_eq(f->events_taken, 32);
	ck_assert_uint_eq(f->wake_us, f->now_us);
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->events_taken, 40);
	ck_assert_uint_gt(f->wake_us, f->now_us);
}
END_TEST

static uint32_t enabled(void)
{
	return f->reg[WEIR_SOC_EVENT_ENABLE / 4];
}

START_TEST(samples_thin_out)
{
	weir_fw_poll(fw);
	ck_assert_uint_eq(enabled(), 6 | 1 << 8 | 1 << 10);
	for (unsigned i = 0; i < 3000; i++) {
		fake_event(f, 0, 0, 0, 17, 0, 0);
		f->event[(f->events - 1) % FAKE_EVENTS][2] |= 1u << 31;
		weir_fw_poll(fw);
	}
	ck_assert_uint_ge(enabled() & 15, 12);
	ck_assert_uint_ne(weir_top_get(&fw->top, 0, (uint32_t[4]){ 0 }, &(uint32_t){ 0 }), 0);
	seconds(12, 1);
	ck_assert_uint_eq(enabled() & 15, 6);
	/* Handshakes only for who vetoes. */
	mail(WEIR_MAIL_VETO, 0, 24);
	ck_assert_uint_eq(enabled(), 6 | 1 << 8 | 1 << 9 | 1 << 10);
}
END_TEST

START_TEST(trips_told)
{
	/* Of two meters that trip with one frame, only the winner's numbers are told. */
	weir_fw_poll(fw);
	fake_event(f, 4 << 17 | 1 << 25, 1 << 2 | 1 << 3, 0, 1, 0x12, 20000);
	fake_event(f, 1 << 17 | 1 << 25, 1 << 0, 0, 6, 0x10, 9000);
	/* Bytes: the series of bytes. */
	fake_event(f, 1 << 17 | 1 << 25, 1 << 4, 0, 6, 0x14, 0xfffff0);
	f->event[f->events - 1][5] = 1 << 24;
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->notices, 4);
	ck_assert_uint_eq(f->notice[0][0] >> 16 & 0xfff, ICMP);
	ck_assert_uint_eq(f->notice[0][5], 20000);
	ck_assert_uint_eq(f->notice[1][0] >> 16 & 0xfff, ADDRESS);
	ck_assert_uint_eq(f->notice[1][5], in_use(ADDRESS));
	ck_assert_uint_eq(f->notice[2][0] >> 16 & 0xfff, REMOTE);
	ck_assert_uint_eq(f->notice[2][11], 0xc6336407);
	ck_assert_uint_eq(f->notice[3][0] >> 16 & 0xfff, 64 + WEIR_SERIES_BYTES);
	ck_assert_uint_eq(f->notice[3][5], 0x3ffff);
}
END_TEST

/* Of samples and of trips alike, when the frame was dropped; the meters' other news is not. */
START_TEST(why)
{
	const uint32_t *place;

	weir_fw_poll(fw);
	fake_event(f, 1 << 8 | 4 << 17 | 1 << 25, 1 << 2, 0, 17, 0x12, 20000);
	weir_fw_poll(fw);
	place = weir_why_get(&fw->why, 0, NULL);
	ck_assert_ptr_nonnull(place);
	ck_assert_uint_eq(place[0], f->now_us >> 16);
	ck_assert_uint_eq(place[1], 17 << 24 | 1 << 8 | 0x12);
	ck_assert_uint_eq(place[4], 20000);
	ck_assert_uint_eq(place[9], 0xc6336407);
	ck_assert_uint_eq(place[13], 0xc000020a);
	f->now_us += 3000000;
	for (unsigned i = 0; i < 2; i++) {
		fake_event(f, 4 << 8, 0, 0, 6, 0x70, 0);
		f->event[(f->events - 1) % FAKE_EVENTS][2] ^= 1u << 31 | 1u << 29;
	}
	/* A trip in dry run, and the end of one: the frame has gone on. */
	fake_event(f, 4 << 17 | 1 << 25, 1 << 2, 0, 17, 0x13, 20000);
	fake_event(f, 4 << 17 | 1 << 25, 0, 1 << 2, 17, 0, 0);
	weir_fw_poll(fw);
	place = weir_why_get(&fw->why, 0, NULL);
	ck_assert_uint_eq(place[0], f->now_us >> 16);
	ck_assert_uint_eq(place[1], 6 << 24 | 4 << 8 | 0x70);
	ck_assert_uint_eq(place[2] & 0xffff, 2);
	ck_assert_ptr_nonnull(weir_why_get(&fw->why, 1, NULL));
	ck_assert_ptr_null(weir_why_get(&fw->why, 2, NULL));
	/* Of many that wait, four samples at once, and every trip. */
	for (unsigned i = 0; i < 20; i++) {
		fake_event(f, 1 << 8 | (i == 15 ? 4 << 17 | 1 << 25 : 0), i == 15 ? 1 << 2 : 0, 0, 17, 0x12, 20000);
		f->event[(f->events - 1) % FAKE_EVENTS][2] ^= i == 15 ? 0 : 1u << 31 | 1u << 29;
		f->event[(f->events - 1) % FAKE_EVENTS][11] = i;
	}
	weir_fw_poll(fw);
	ck_assert_uint_eq(weir_why_get(&fw->why, 0, NULL)[9], 15);
	for (unsigned i = 1; i < 5; i++)
		ck_assert_uint_eq(weir_why_get(&fw->why, i, NULL)[9], 4 - i);
	ck_assert_ptr_null(weir_why_get(&fw->why, 7, NULL));
}
END_TEST

START_TEST(dropped)
{
	weir_fw_poll(fw);
	fake_entry(f, WEIR_REG_COUNTER0(0x12))[0] = 1000;
	seconds(1, 1);
	fake_event(f, UDP % 16 << 17 | 1 << 25, 1 << 2, 0, 17, 0x12, 5000);
	weir_fw_poll(fw);
	fake_entry(f, WEIR_REG_COUNTER0(0x12))[0] = 5000;
	fake_entry(f, WEIR_REG_COUNTER0(0xc1))[0] = 300;
	/* Anomalies, rules and what passed are not the alarm's. */
	fake_entry(f, WEIR_REG_COUNTER0(0))[0] = 9999;
	fake_entry(f, WEIR_REG_COUNTER0(0x45))[0] = 9999;
	fake_entry(f, WEIR_REG_COUNTER0(0xa0))[0] = 9999;
	seconds(1, 1);
	ck_assert_uint_eq(fw->alarms.ring[0].dropped, 4300);
}
END_TEST

static unsigned self_test_alarm(void)
{
	for (unsigned i = 0; i < f->notices; i++)
		if ((f->notice[i][0] & 0xff) == WEIR_ALARM_SELF_TEST)
			return f->notice[i][5];
	return 0;
}

START_TEST(self_test)
{
	static const unsigned code[] = { 8, 2, 2, 4 };
	bool closed = _i & 1;

	if (closed)
		mail(WEIR_MAIL_SET, WEIR_PARAM_fail_closed, 1);
	fw->running = fw->tested = false;
	switch (_i / 2) {
	case 0:
		f->entries_broken = true;
		break;
	case 1:
		f->reg[WEIR_REG_ID / 4] ^= 1;
		break;
	case 2:
		f->reg[WEIR_SOC_VERSION / 4] += 1 << 16;
		break;
	default:
		f->reg[WEIR_SOC_KEEP(0) / 4] = 2u << 24 | 4;
	}
	if (_i / 2)
		weir_fw_init(fw, &f->hal);
	f->reg[WEIR_REG_CTRL / 4] = 1;
	weir_fw_poll(fw);
	ck_assert_uint_eq(self_test_alarm(), code[_i / 2]);
	ck_assert_uint_eq(f->reg[WEIR_REG_CTRL / 4], !closed);
	if (!f->entries_broken)
		ck_assert_uint_eq(fake_entry(f, WEIR_REG_BYPASS)[0], !closed);
	/* Once. Whoever starts the data path again has seen the alarm. */
	f->reg[WEIR_REG_CTRL / 4] = 1;
	weir_fw_poll(fw);
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->reg[WEIR_REG_CTRL / 4], 1);
	ck_assert(fw->running);
}
END_TEST

START_TEST(time_jumps)
{
	weir_fw_poll(fw);
	seconds(10, 5);
	f->now_us += 3600000000;
	weir_fw_poll(fw);
	ck_assert_uint_eq(series(UDP)->periods, 11);
	ck_assert_uint_eq(f->wake_us, f->now_us + 1000000);
	/* Early calls do nothing. */
	f->now_us += 999999;
	weir_fw_poll(fw);
	ck_assert_uint_eq(series(UDP)->periods, 11);
	f->now_us += 1;
	weir_fw_poll(fw);
	ck_assert_uint_eq(series(UDP)->periods, 12);
}
END_TEST

/* A policy that wants short periods gets the first one as well: parameters come when the first has begun. */
START_TEST(period_shorter)
{
	weir_fw_poll(fw);
	ck_assert_uint_eq(f->wake_us, f->now_us + 1000000);
	f->now_us += 100000;
	mail(WEIR_MAIL_SET, WEIR_PARAM_period_ms, 250);
	ck_assert_uint_eq(f->wake_us, f->now_us + 250000);
	ck_assert_uint_eq(series(UDP)->periods, 0);
	f->now_us += 249999;
	weir_fw_poll(fw);
	ck_assert_uint_eq(series(UDP)->periods, 0);
	f->now_us++;
	weir_fw_poll(fw);
	ck_assert_uint_eq(series(UDP)->periods, 1);
	ck_assert_uint_eq(f->wake_us, f->now_us + 250000);
	/* Longer: the running one ends when it was to end. */
	f->now_us += 50000;
	mail(WEIR_MAIL_SET, WEIR_PARAM_period_ms, 2000);
	ck_assert_uint_eq(f->wake_us, f->now_us + 200000);
	f->now_us += 200000;
	weir_fw_poll(fw);
	ck_assert_uint_eq(series(UDP)->periods, 2);
	ck_assert_uint_eq(f->wake_us, f->now_us + 2000000);
}
END_TEST

START_TEST(too_many)
{
	for (unsigned i = 0; i < 20; i++)
		fake_meter(f, 128 + i, 1000, 100000);
	weir_fw_poll(fw);
	ck_assert_uint_eq(fw->limits, WEIR_FW_SERIES);
	seconds(70, 5);
	ck_assert_uint_eq(fw->limits, WEIR_FW_SERIES);
	ck_assert_uint_eq(f->notices, 0);
}
END_TEST

START_TEST(size)
{
	/* 32 KB in all, half of them code and more (docs/firmware.md). */
	ck_assert_uint_le(sizeof(*fw), 10 * 1024 + 256);
}
END_TEST

Suite *weir_test_fw(void)
{
	Suite *s = suite_create("fw");
	TCase *t = tcase_create("fw");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, before_the_policy);
	tcase_add_test(t, learns);
	tcase_add_test(t, byte_peaks);
	tcase_add_test(t, has_seasons);
	tcase_add_test(t, top_fades);
	tcase_add_test(t, few_writes);
	tcase_add_test(t, floors);
	tcase_add_test(t, fixed);
	tcase_add_test(t, floors_by_default);
	tcase_add_test(t, trip_freezes_kin);
	tcase_add_test(t, kin_alone);
	tcase_add_test(t, peaks_make_alarms);
	tcase_add_test(t, pulse_wave);
	tcase_add_test(t, slow_ramp);
	tcase_add_test(t, modes);
	tcase_add_test(t, restart_keeps_mode);
	tcase_add_test(t, policy_again);
	tcase_add_test(t, notices_wait);
	tcase_add_test(t, lost_wraps);
	tcase_add_test(t, time_within_a_poll);
	tcase_add_test(t, restart_told_first);
	tcase_add_test(t, events_in_turn);
	tcase_add_test(t, samples_thin_out);
	tcase_add_test(t, trips_told);
	tcase_add_test(t, why);
	tcase_add_test(t, dropped);
	tcase_add_loop_test(t, self_test, 0, 8);
	tcase_add_test(t, time_jumps);
	tcase_add_test(t, period_shorter);
	tcase_add_test(t, too_many);
	tcase_add_test(t, size);
	suite_add_tcase(s, t);
	return s;
}
