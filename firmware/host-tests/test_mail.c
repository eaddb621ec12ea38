// SPDX-License-Identifier: Apache-2.0
/* Messages of the host: every operation, every value that is refused, and random ones (docs/firmware.md, "Mail"). */
#include <check.h>
#include <string.h>

#include "firmware/app/mail.h"
#include "firmware/app/store.h"
#include "firmware/hal/event.h"
#include "firmware/host-tests/mail_board.h"
#include "host/common/prng.h"
#include "weir/weir_regs.h"

Suite *weir_test_mail(void);

static struct weir_board board;
static struct weir_fw fw;
static uint32_t in[WEIR_MAIL_WORDS], out[WEIR_MAIL_WORDS];

static void setup(void)
{
	weir_board_init(&board, &fw);
	memset(in, 0, sizeof(in));
}

/** Send `in`; @return the status. Whatever comes back, it is an answer to this, and the firmware is sound. */
static unsigned send(unsigned op)
{
	uint32_t answered = board.answered;

	in[0] = op | 0x5a3c00;
	weir_board_mail(&board, &fw, in, out);
	ck_assert_uint_eq(board.answered, answered + 1);
	ck_assert_uint_eq(out[0] & 0xffffff, in[0]);
	ck_assert_ptr_null(weir_board_wrong(&fw));
	/* Of several bounds it is told which one. */
	if (out[0] >> 24)
		for (unsigned i = op == WEIR_MAIL_BOUNDS_OF ? 3 : 2; i < WEIR_MAIL_WORDS; i++)
			ck_assert_uint_eq(out[i], 0);
	return out[0] >> 24;
}

static unsigned send2(unsigned op, uint32_t one, uint32_t two)
{
	in[1] = one;
	in[2] = two;
	return send(op);
}

static void periods(unsigned n)
{
	while (n--) {
		board.now_us += 1000000;
		weir_fw_poll(&fw);
	}
}

START_TEST(test_hello)
{
	ck_assert_uint_eq(send(WEIR_MAIL_HELLO), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[1], 1);
	ck_assert_uint_eq(out[2], 2);
	ck_assert_uint_eq(out[3], WEIR_PARAMS);
	ck_assert_uint_eq(out[4], 0);
	ck_assert_uint_eq(out[5], 4 * weir_store_words(&fw));
	ck_assert_uint_eq(out[6], 3);
	for (unsigned i = 7; i < 16; i++)
		ck_assert_uint_eq(out[i], 0);
	send2(WEIR_MAIL_SET, WEIR_PARAM_mode, 1);
	fw.alarms.numbers = 77;
	ck_assert_uint_eq(send(WEIR_MAIL_HELLO), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[4], 77);
	ck_assert_uint_eq(out[6], 1);
}
END_TEST

START_TEST(test_parameters)
{
	static const struct { uint32_t number, def, least, most; } row[] = {
#define X(number, name, def, least, most, unit, help) {number, def, least, most},
#include "docs/lists/params.def"
#undef X
	};
	static const uint32_t none[] = {WEIR_PARAMS, WEIR_PARAMS + 1, 255, 0x10000, 0x80000000, 0xffffffff};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ck_assert_uint_eq(send2(WEIR_MAIL_GET, row[i].number, 0), WEIR_MAIL_DONE);
		ck_assert_uint_eq(out[1], row[i].number);
		ck_assert_uint_eq(out[2], row[i].def);
		for (unsigned k = 0; k < 6; k++) {
			uint32_t value = k == 0 ? row[i].least : k == 1 ? row[i].most : k == 2 ? row[i].least - 1 :
					 k == 3 ? row[i].most + 1 : k == 4 ? 0xffffffff : 0x80000000;
			bool good = value >= row[i].least && value <= row[i].most;
			uint32_t before = fw.param[row[i].number];

			ck_assert_uint_eq(send2(WEIR_MAIL_SET, row[i].number, value), good ? WEIR_MAIL_DONE : WEIR_MAIL_RANGE);
			ck_assert_uint_eq(send2(WEIR_MAIL_GET, row[i].number, 0), WEIR_MAIL_DONE);
			ck_assert_uint_eq(out[2], good ? value : before);
		}
		ck_assert_uint_eq(send2(WEIR_MAIL_SET, row[i].number, row[i].def), WEIR_MAIL_DONE);
	}
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		ck_assert_uint_eq(send2(WEIR_MAIL_GET, none[i], 0), WEIR_MAIL_RANGE);
		ck_assert_uint_eq(send2(WEIR_MAIL_SET, none[i], 1), WEIR_MAIL_RANGE);
	}
}
END_TEST

START_TEST(test_series)
{
	static const uint32_t none[] = {197, 255, 256 + 0, 256 + 197, 0x1000, 0xffff, 0x10000 + BOARD_UDP, 0xffffffff, 0xfff};
	int i = weir_fw_find(&fw, BOARD_UDP);

	ck_assert_int_ge(i, 0);
	fw.series[i] = (struct weir_series){.mean = 11, .deviation = 22, .peak = 33, .periods = 44, .frozen = true, .threshold = 5};
	ck_assert_uint_eq(send2(WEIR_MAIL_SERIES, BOARD_UDP, 0), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[1], BOARD_UDP);
	ck_assert_uint_eq(out[2], fw.limit[i].in_use);
	ck_assert_uint_eq(out[3], weir_fw_floor(&fw, (unsigned)i));
	ck_assert_uint_eq(out[4], weir_fw_ceiling(&fw, (unsigned)i));
	ck_assert_uint_eq(out[5], 11);
	ck_assert_uint_eq(out[6], 22);
	ck_assert_uint_eq(out[7], 33);
	ck_assert_uint_eq(out[8], 44);
	ck_assert_uint_eq(out[9], 1 | 2 | 4);
	ck_assert_uint_eq(out[10], 0);
	fw.series[i].frozen = false;
	fw.series[i].threshold = 0;
	fw.alarms.ring[9] = (struct weir_alarm){.number = 1, .kind = WEIR_ALARM_METER, .series = BOARD_UDP, .on = true};
	fw.alarms.ring[8] = (struct weir_alarm){.number = 2, .kind = WEIR_ALARM_METER, .series = BOARD_SYN};
	ck_assert_uint_eq(send2(WEIR_MAIL_SERIES, BOARD_UDP, 0), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[9], 1 | 8);
	ck_assert_uint_eq(send2(WEIR_MAIL_SERIES, BOARD_SYN, 0), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[9], 1);
	/* There is such a series, but nothing limits it. */
	ck_assert_uint_eq(send2(WEIR_MAIL_SERIES, 16, 0), WEIR_MAIL_DONE);
	for (unsigned k = 2; k < 16; k++)
		ck_assert_uint_eq(out[k], 0);
	for (unsigned k = 0; k < sizeof(none) / sizeof(none[0]); k++)
		ck_assert_msg(send2(WEIR_MAIL_SERIES, none[k], 0) == WEIR_MAIL_RANGE, "series %u", none[k]);
}
END_TEST

START_TEST(test_bounds)
{
	uint32_t most = weir_limit_most(BOARD_UDP);
	static const struct { uint32_t floor, ceiling; bool good; } row[] = {
		{20, 200, true}, {0, 0, true}, {50, 50, true}, {51, 50, false}, {50, 0, true}, {0, 50, true}, {1, 1, true},
		{0xffffffff, 0, false}, {0, 0xffffffff, false}, {0x80000000, 0x80000001, false},
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		int at = weir_fw_find(&fw, BOARD_UDP);
		uint32_t floor = fw.limit[at].floor, ceiling = fw.limit[at].ceiling;

		in[3] = row[i].ceiling;
		ck_assert_msg(send2(WEIR_MAIL_BOUNDS, BOARD_UDP, row[i].floor) ==
			      (row[i].good ? WEIR_MAIL_DONE : WEIR_MAIL_RANGE), "row %u", i);
		ck_assert_uint_eq(fw.limit[at].floor, row[i].good ? row[i].floor : floor);
		ck_assert_uint_eq(fw.limit[at].ceiling, row[i].good ? row[i].ceiling : ceiling);
	}
	in[3] = most;
	ck_assert_uint_eq(send2(WEIR_MAIL_BOUNDS, BOARD_UDP, most), WEIR_MAIL_DONE);
	ck_assert_uint_eq(send2(WEIR_MAIL_BOUNDS, BOARD_UDP, most + 1), WEIR_MAIL_RANGE);
	in[3] = most + 1;
	ck_assert_uint_eq(send2(WEIR_MAIL_BOUNDS, BOARD_UDP, 1), WEIR_MAIL_RANGE);
	in[3] = 100;
	ck_assert_uint_eq(send2(WEIR_MAIL_BOUNDS, 16, 10), WEIR_MAIL_NOT_NOW);
	ck_assert_uint_eq(send2(WEIR_MAIL_BOUNDS, 197, 10), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_BOUNDS, 0xffffffff, 10), WEIR_MAIL_RANGE);
}
END_TEST

/* A bound of a message with several. */
static void put(unsigned i, uint32_t series, uint32_t floor, uint32_t ceiling)
{
	in[2 + 2 * i] = series << 18 | floor;
	in[3 + 2 * i] = ceiling;
}

static void bounds_are(unsigned number, uint32_t floor, uint32_t ceiling)
{
	int at = weir_fw_find(&fw, number);

	ck_assert_int_ge(at, 0);
	ck_assert_uint_eq(fw.limit[at].floor, floor);
	ck_assert_uint_eq(fw.limit[at].ceiling, ceiling);
}

START_TEST(test_bounds_of_several)
{
	uint32_t most = weir_limit_most(BOARD_UDP);

	put(0, BOARD_UDP, 20, 200);
	put(1, BOARD_SYN, most, most);
	in[1] = 2;
	ck_assert_uint_eq(send(WEIR_MAIL_BOUNDS_OF), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[1], 2);
	ck_assert_uint_eq(out[2], 1);
	for (unsigned i = 3; i < WEIR_MAIL_WORDS; i++)
		ck_assert_uint_eq(out[i], 0);
	bounds_are(BOARD_UDP, 20, 200);
	bounds_are(BOARD_SYN, most, most);
	/* What lies behind them is not looked at. */
	put(0, BOARD_SYN, 0, 0);
	put(1, 0x3fff, 0x3ffff, 0xffffffff);
	in[1] = 1;
	ck_assert_uint_eq(send(WEIR_MAIL_BOUNDS_OF), WEIR_MAIL_DONE);
	bounds_are(BOARD_UDP, 20, 200);
	bounds_are(BOARD_SYN, 0, 0);
	/* Full; of one series the last. */
	for (unsigned i = 0; i < 7; i++)
		put(i, i < 6 ? BOARD_UDP : BOARD_SYN, 30 + i, 40 + i);
	in[1] = 7;
	ck_assert_uint_eq(send(WEIR_MAIL_BOUNDS_OF), WEIR_MAIL_DONE);
	bounds_are(BOARD_UDP, 35, 45);
	bounds_are(BOARD_SYN, 36, 46);
	/* They hold, as others do. */
	put(0, BOARD_UDP, 77, 77);
	in[1] = 1;
	ck_assert_uint_eq(send(WEIR_MAIL_BOUNDS_OF), WEIR_MAIL_DONE);
	periods(2);
	ck_assert_uint_eq(fw.limit[weir_fw_find(&fw, BOARD_UDP)].in_use, 77);
}
END_TEST

/* One that is wrong, at any place among right ones: nothing is taken, and it is told which one. */
START_TEST(test_bounds_of_wrong)
{
	static const struct { uint32_t series, floor, ceiling; unsigned status; } row[] = {
		{BOARD_UDP, 51, 50, WEIR_MAIL_RANGE}, {BOARD_UDP, 0, 0x40000, WEIR_MAIL_RANGE}, {BOARD_UDP, 1, 0x80000000, WEIR_MAIL_RANGE},
		{BOARD_UDP, 0x3ffff, 0x3fffe, WEIR_MAIL_RANGE}, {16, 10, 100, WEIR_MAIL_NOT_NOW}, {197, 10, 100, WEIR_MAIL_RANGE},
		{256, 0, 0, WEIR_MAIL_RANGE}, {512 + BOARD_UDP, 10, 100, WEIR_MAIL_RANGE}, {0x2000 + BOARD_UDP, 10, 100, WEIR_MAIL_RANGE},
	};
	static const uint32_t counts[] = {0, 8, 9, 15, 0x10001, 0x80000001, 0xffffffff};

	put(0, BOARD_UDP, 11, 111);
	put(1, BOARD_SYN, 12, 112);
	in[1] = 2;
	ck_assert_uint_eq(send(WEIR_MAIL_BOUNDS_OF), WEIR_MAIL_DONE);
	for (unsigned r = 0; r < sizeof(row) / sizeof(row[0]); r++)
		for (unsigned n = 1; n <= 7; n++)
			for (unsigned at = 0; at < n; at++) {
				for (unsigned i = 0; i < 7; i++)
					put(i, i % 2 ? BOARD_UDP : BOARD_SYN, 20 + i, 200);
				put(at, row[r].series, row[r].floor, row[r].ceiling);
				/* And one behind it, of the other kind: the first is told. */
				if (at + 1 < n)
					put(at + 1, row[r].status == WEIR_MAIL_RANGE ? 16 : 197, 0, 0);
				in[1] = n;
				ck_assert_msg(send(WEIR_MAIL_BOUNDS_OF) == row[r].status, "row %u, %u of %u", r, at, n);
				ck_assert_uint_eq(out[2], at);
				bounds_are(BOARD_UDP, 11, 111);
				bounds_are(BOARD_SYN, 12, 112);
			}
	for (unsigned i = 0; i < 7; i++)
		put(i, BOARD_UDP, 20, 200);
	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		in[1] = counts[i];
		ck_assert_uint_eq(send(WEIR_MAIL_BOUNDS_OF), WEIR_MAIL_RANGE);
		ck_assert_uint_eq(out[1], counts[i]);
		ck_assert_uint_eq(out[2], 0);
		bounds_are(BOARD_UDP, 11, 111);
	}
}
END_TEST

START_TEST(test_alarms)
{
	struct weir_alarm *x = &fw.alarms.ring[31];
	uint32_t word[16];

	ck_assert_uint_eq(send2(WEIR_MAIL_ALARM, 0, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_ALARM, 5, 0), WEIR_MAIL_RANGE);
	*x = (struct weir_alarm){
		.number = 5, .kind = WEIR_ALARM_METER, .state = WEIR_ALARM_PEAK, .severity = 2, .series = BOARD_UDP, .on = true,
		.start_us = 7000000, .threshold = 1, .worst = 2, .last = 3, .dropped = 4, .address = {5, 6, 7, 8},
		.top = {9, 10, 11, 12},
	};
	/* Going on, though a peak was told last. */
	for (unsigned on = 0; on < 2; on++) {
		x->on = on;
		x->state = WEIR_ALARM_PEAK;
		ck_assert_uint_eq(send2(WEIR_MAIL_ALARM, 5, 0), WEIR_MAIL_DONE);
		ck_assert_uint_eq(out[1], 5);
		ck_assert_uint_eq(out[2], 1 | (on ? 0 : 3) << 8 | 2 << 10 | BOARD_UDP << 16);
		weir_alarm_words(x, word);
		ck_assert_mem_eq(out + 3, word + 1, 13 * 4);
	}
	ck_assert_uint_eq(send2(WEIR_MAIL_ALARM, 0xffffffff, 0), WEIR_MAIL_RANGE);
}
END_TEST

START_TEST(test_top)
{
	static const uint32_t a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8};

	weir_top_add(&fw.top, b);
	weir_top_add(&fw.top, a);
	weir_top_add(&fw.top, a);
	ck_assert_uint_eq(send2(WEIR_MAIL_TOP, 0, 0), WEIR_MAIL_DONE);
	ck_assert_mem_eq(out + 2, a, 16);
	ck_assert_uint_eq(out[6], 2);
	ck_assert_uint_eq(out[7], 0);
	ck_assert_uint_eq(send2(WEIR_MAIL_TOP, 1, 0), WEIR_MAIL_DONE);
	ck_assert_mem_eq(out + 2, b, 16);
	ck_assert_uint_eq(send2(WEIR_MAIL_TOP, 15, 0), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[6], 0);
	ck_assert_uint_eq(send2(WEIR_MAIL_TOP, 16, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_TOP, 0xffffffff, 0), WEIR_MAIL_RANGE);
}
END_TEST

START_TEST(test_veto)
{
	static const uint32_t ones[4] = {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff};

	for (unsigned length = 0; length <= 128; length++) {
		uint32_t want[4];

		for (unsigned i = 0; i < 4; i++)
			want[i] = length >= 32 * i + 32 ? 0xffffffff : length <= 32 * i ? 0 : ~(0xffffffffu >> (length - 32 * i));
		memcpy(in + 3, ones, 16);
		ck_assert_uint_eq(send2(WEIR_MAIL_VETO, length % 8, length), WEIR_MAIL_DONE);
		ck_assert_uint_eq(fw.legit.veto[length % 8].length, length);
		ck_assert_mem_eq(fw.legit.veto[length % 8].address, want, 16);
	}
	ck_assert_uint_eq(send2(WEIR_MAIL_VETO, 0, 129), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_VETO, 0, 256 + 24), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_VETO, 8, 24), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_VETO, 0xffffffff, 24), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(fw.legit.veto[0].length, 128);
}
END_TEST

/* The key is taken, and never told. */
START_TEST(test_key)
{
	for (unsigned i = 1; i < 16; i++)
		in[i] = 0x11111111 * i;
	ck_assert_uint_eq(send(WEIR_MAIL_KEY), WEIR_MAIL_DONE);
	ck_assert_mem_eq(fw.legit.key, in + 1, sizeof(fw.legit.key));
	for (unsigned i = 1; i < 16; i++)
		ck_assert_uint_eq(out[i], 0);
}
END_TEST

/* 0 at first; kept over a restart as settings are, and by whoever forgets what was learned. */
START_TEST(test_mark)
{
	static const uint32_t one[4] = {0x11111111, 0, 0xffffffff, 4}, zero[4];

	memcpy(in + 2, one, sizeof(one));
	in[1] = 0;
	ck_assert_uint_eq(send(WEIR_MAIL_MARK), WEIR_MAIL_DONE);
	ck_assert_mem_eq(out + 2, zero, sizeof(zero));
	in[1] = 2;
	ck_assert_uint_eq(send(WEIR_MAIL_MARK), WEIR_MAIL_RANGE);
	in[1] = 0x100;
	ck_assert_uint_eq(send(WEIR_MAIL_MARK), WEIR_MAIL_RANGE);
	ck_assert_mem_eq(fw.mark, zero, sizeof(zero));
	in[1] = 1;
	ck_assert_uint_eq(send(WEIR_MAIL_MARK), WEIR_MAIL_DONE);
	ck_assert_mem_eq(out + 2, one, sizeof(one));
	ck_assert_uint_eq(send(WEIR_MAIL_FORGET), WEIR_MAIL_DONE);
	weir_fw_init(&fw, &board.hal);
	weir_fw_poll(&fw);
	memset(in, 0, sizeof(in));
	ck_assert_uint_eq(send(WEIR_MAIL_MARK), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[1], 0);
	ck_assert_mem_eq(out + 2, one, sizeof(one));
	for (unsigned i = 6; i < 16; i++)
		ck_assert_uint_eq(out[i], 0);
	/* Damaged as the settings are. */
	fw.mark[3] ^= 1;
	weir_fw_init(&fw, &board.hal);
	weir_fw_poll(&fw);
	ck_assert_uint_eq(send(WEIR_MAIL_MARK), WEIR_MAIL_DONE);
	ck_assert_mem_eq(out + 2, zero, sizeof(zero));
}
END_TEST

START_TEST(test_why)
{
	static const uint32_t v6[4] = {0x20010db8, 0, 0, 7};
	static const uint32_t none[] = {2, 12, 0x100, 0x80000000, 0xffffffff};
	uint32_t event[16] = {0};

	ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 0, 0), WEIR_MAIL_RANGE);
	WEIR_EVENT_PUT(event, VERDICT, 1);
	WEIR_EVENT_PUT(event, REASON, 0x2e);
	event[WEIR_EVENT_REMOTE + 3] = 0xc6336407;
	weir_why_add(&fw.why, 50, event);
	WEIR_EVENT_PUT(event, FAMILY, 1);
	memcpy(event + WEIR_EVENT_REMOTE, v6, sizeof(v6));
	weir_why_add(&fw.why, 65, event);
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(send2(WEIR_MAIL_WHY, i, 0), WEIR_MAIL_DONE);
		ck_assert_uint_eq(out[1], i);
		ck_assert_mem_eq(out + 3, weir_why_get(&fw.why, i, NULL) + 1, 13 * 4);
		ck_assert_uint_eq(out[2], i ? 3 : 4);
	}
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ck_assert_uint_eq(send2(WEIR_MAIL_WHY, none[i], 0), WEIR_MAIL_RANGE);
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 0, none[i]), WEIR_MAIL_RANGE);
	memcpy(in + 3, v6, sizeof(v6));
	ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 0, 1), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[2], 4);
	ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 1, 1), WEIR_MAIL_RANGE);
	memset(in + 3, 0, 12);
	in[6] = 0xc6336407;
	ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 0, 1), WEIR_MAIL_DONE);
	ck_assert_uint_eq(out[2], 3);
	in[6] = 0xc6336408;
	ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 0, 1), WEIR_MAIL_RANGE);
	/* A restart loses them. */
	weir_fw_init(&fw, &board.hal);
	weir_fw_poll(&fw);
	ck_assert_uint_eq(send2(WEIR_MAIL_WHY, 0, 0), WEIR_MAIL_RANGE);
}
END_TEST

/** Fetch all of the block. @return its words. */
static uint32_t export_all(uint32_t *ret_block)
{
	uint32_t words = weir_store_words(&fw), n = 0;

	while (n < words) {
		ck_assert_uint_eq(send2(WEIR_MAIL_EXPORT, n, 0), WEIR_MAIL_DONE);
		ck_assert_uint_ge(out[2], 1);
		ck_assert_uint_le(out[2], 12);
		memcpy(ret_block + n, out + 3, out[2] * 4);
		n += out[2];
	}
	ck_assert_uint_eq(n, words);
	return n;
}

/** @return the status of the last piece. */
static unsigned import_all(const uint32_t *block, uint32_t words, unsigned piece)
{
	unsigned status = WEIR_MAIL_DONE;

	for (uint32_t n = 0; n < words; n += piece) {
		uint32_t now = words - n < piece ? words - n : piece;

		memcpy(in + 3, block + n, now * 4);
		status = send2(WEIR_MAIL_IMPORT, n, now);
		if (n + now < words) {
			ck_assert_uint_eq(status, WEIR_MAIL_DONE);
			ck_assert_uint_eq(out[2], 0);
		}
	}
	return status;
}

START_TEST(test_export_import)
{
	static uint32_t block[WEIR_STORE_WORDS];
	static struct weir_series learned[2];
	uint32_t words, x = 12345;

	/* Learn something. */
	for (unsigned i = 0; i < 200; i++) {
		x = x * 1664525 + 1013904223;
		board.word[(WEIR_REG_PEAK(BOARD_UDP)) / 4] = 60 + (x >> 28);
		board.word[(WEIR_REG_PEAK(BOARD_SYN)) / 4] = 30 + (x >> 29);
		periods(1);
	}
	memcpy(learned, fw.series, sizeof(learned));
	ck_assert_uint_ne(learned[0].mean, 0);
	ck_assert_uint_gt(learned[0].periods, 100);
	words = export_all(block);
	periods(10);
	ck_assert_uint_eq(send(WEIR_MAIL_FORGET), WEIR_MAIL_DONE);
	ck_assert_uint_eq(fw.series[0].mean, 0);
	ck_assert_uint_eq(fw.series[0].periods, 0);
	for (unsigned piece = 1; piece <= 12; piece += 11) {
		ck_assert_uint_eq(import_all(block, words, piece), WEIR_MAIL_DONE);
		ck_assert_uint_eq(out[2], 1);
		for (unsigned i = 0; i < 2; i++) {
			ck_assert_uint_eq(fw.series[i].mean, learned[i].mean);
			ck_assert_uint_eq(fw.series[i].deviation, learned[i].deviation);
			ck_assert_uint_eq(fw.series[i].peak, learned[i].peak);
			ck_assert_uint_eq(fw.series[i].periods, learned[i].periods);
		}
		ck_assert_uint_eq(send(WEIR_MAIL_FORGET), WEIR_MAIL_DONE);
	}
}
END_TEST

/* One bit of it wrong: nothing of it is taken. */
START_TEST(test_import_wrong)
{
	static uint32_t block[WEIR_STORE_WORDS];
	struct weir_series before[2];
	uint32_t words;

	board.word[(WEIR_REG_PEAK(BOARD_UDP)) / 4] = 60;
	periods(3);
	words = export_all(block);
	memcpy(before, fw.series, sizeof(before));
	/* Not the words that say how long it is: with those it may not be over yet. */
	for (uint32_t n = 0; n < words; n++) {
		if (n < WEIR_STORE_HEAD)
			continue;
		block[n] ^= 1u << n % 32;
		ck_assert_msg(import_all(block, words, 12) == WEIR_MAIL_RANGE, "word %u", n);
		block[n] ^= 1u << n % 32;
		ck_assert_uint_eq(fw.series[0].mean, before[0].mean);
		ck_assert_uint_eq(fw.series[0].threshold, before[0].threshold);
	}
	ck_assert_uint_eq(import_all(block, words, 12), WEIR_MAIL_DONE);
}
END_TEST

START_TEST(test_pieces_wrong)
{
	uint32_t words = weir_store_words(&fw);

	ck_assert_uint_eq(send2(WEIR_MAIL_EXPORT, words, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_EXPORT, 0xffffffff, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_EXPORT, 0x40000000, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_IMPORT, 0, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_IMPORT, 0, 13), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_IMPORT, 0, 0xffffffff), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_IMPORT, 12, 12), WEIR_MAIL_NOT_NOW);
	ck_assert_uint_eq(send2(WEIR_MAIL_IMPORT, 0xfffffffc, 12), WEIR_MAIL_NOT_NOW);
}
END_TEST

START_TEST(test_unknown)
{
	for (unsigned op = 0; op < 256; op++)
		if (op < WEIR_MAIL_HELLO || op > WEIR_MAIL_BOUNDS_OF)
			ck_assert_uint_eq(send(op), WEIR_MAIL_UNKNOWN);
	/* Only the soft core says good-bye. */
	ck_assert_uint_eq(send2(WEIR_MAIL_BYE, 1, 0), WEIR_MAIL_NOT_NOW);
	ck_assert_uint_eq(send2(WEIR_MAIL_BYE, 2, 0), WEIR_MAIL_NOT_NOW);
	ck_assert_uint_eq(send2(WEIR_MAIL_BYE, 0, 0), WEIR_MAIL_RANGE);
	ck_assert_uint_eq(send2(WEIR_MAIL_BYE, 3, 0), WEIR_MAIL_RANGE);
}
END_TEST

/* Words that are often right, often at a bound, and often anything: send() looks whether the firmware is sound. */
START_TEST(test_random)
{
	struct weir_prng p;
	unsigned done = 0;

	weir_prng_seed(&p, 5, 0x3a11);
	for (unsigned i = 0; i < 100000; i++) {
		unsigned op = weir_prng_below(&p, 16) ? (unsigned)weir_prng_range(&p, 0, WEIR_MAIL_BOUNDS_OF + 1) : (unsigned)weir_prng_below(&p, 256);

		for (unsigned k = 1; k < 16; k++) {
			switch (weir_prng_below(&p, 4)) {
			case 0:
				in[k] = (uint32_t)weir_prng_next(&p);
				break;
			case 1:
				in[k] = (uint32_t)weir_prng_below(&p, 20);
				break;
			case 2:
				in[k] = (uint32_t)weir_prng_below(&p, 300);
				break;
			default:
				in[k] = (uint32_t)(1ull << weir_prng_below(&p, 33)) - 1;
			}
		}
		done += !send(op);
		board.word[WEIR_REG_PEAK(BOARD_UDP) / 4] = (uint32_t)weir_prng_below(&p, 0x40000);
		if (weir_prng_below(&p, 8) == 0)
			periods(1);
	}
	ck_assert_uint_gt(done, 10000);
}
END_TEST

Suite *weir_test_mail(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_hello);
	tcase_add_test(t, test_parameters);
	tcase_add_test(t, test_series);
	tcase_add_test(t, test_bounds);
	tcase_add_test(t, test_bounds_of_several);
	tcase_add_test(t, test_bounds_of_wrong);
	tcase_add_test(t, test_alarms);
	tcase_add_test(t, test_top);
	tcase_add_test(t, test_veto);
	tcase_add_test(t, test_key);
	tcase_add_test(t, test_mark);
	tcase_add_test(t, test_why);
	tcase_add_test(t, test_export_import);
	tcase_add_test(t, test_import_wrong);
	tcase_add_test(t, test_pieces_wrong);
	tcase_add_test(t, test_unknown);
	tcase_add_test(t, test_random);
	suite_add_tcase(s, t);
	return s;
}
