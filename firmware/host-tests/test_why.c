// SPDX-License-Identifier: Apache-2.0
/* Why frames were dropped: what is kept, in which order, and what has to go (docs/firmware.md, "Why"). */
#include <check.h>
#include <string.h>

#include "firmware/app/why.h"
#include "firmware/hal/event.h"
#include "host/common/prng.h"

Suite *weir_test_why(void);

enum { PASS, DROP, DEMOTE, DIVERT, ANSWER, CONSUME };
enum { AT_TIME, AT_WHAT, AT_COUNT, AT_THRESHOLD, AT_MEASURED, AT_PORTS, AT_REMOTE, AT_PROTECTED = 10 };
static struct weir_why w;
static uint32_t event[16];

static void setup(void)
{
	memset(&w, 0, sizeof(w));
}

static void make(unsigned verdict, unsigned reason, uint32_t remote, uint32_t protect)
{
	memset(event, 0, sizeof(event));
	WEIR_EVENT_PUT(event, VERDICT, verdict);
	WEIR_EVENT_PUT(event, REASON, reason);
	event[WEIR_EVENT_REMOTE + 3] = remote;
	event[WEIR_EVENT_PROTECTED + 3] = protect;
}

static void add(unsigned reason, uint32_t remote, uint32_t protect)
{
	make(DROP, reason, remote, protect);
	weir_why_add(&w, 1, event);
}

static unsigned kept(void)
{
	unsigned n = 0;

	while (weir_why_get(&w, n, NULL))
		n++;
	return n;
}

/** The n-th, the newest first, is this one. */
static void is(unsigned n, unsigned reason, uint32_t remote, uint32_t samples)
{
	const uint32_t *place = weir_why_get(&w, n, NULL);

	ck_assert_ptr_nonnull(place);
	ck_assert_uint_eq(place[AT_WHAT] & 0xff, reason);
	ck_assert_uint_eq(place[AT_REMOTE + 3], remote);
	ck_assert_uint_eq(place[AT_COUNT] & 0xffff, samples);
}

START_TEST(test_empty)
{
	static const uint32_t zero[4];

	ck_assert_ptr_null(weir_why_get(&w, 0, NULL));
	ck_assert_ptr_null(weir_why_get(&w, 0xffffffff, NULL));
	ck_assert_ptr_null(weir_why_get(&w, 0, zero));
}
END_TEST

/* Only what did not go on. */
START_TEST(test_verdicts)
{
	for (unsigned v = 0; v < 8; v++) {
		setup();
		make(v, 3, 1, 2);
		WEIR_EVENT_PUT(event, IS_SAMPLE, 1);
		weir_why_add(&w, 1, event);
		ck_assert_uint_eq(kept(), v == DROP || v == ANSWER);
	}
}
END_TEST

/* Each field at its place, all of its bits, and no other's. */
START_TEST(test_words)
{
	static const struct {
		unsigned word, lsb, bits;               /* of the event */
		unsigned at, to;                        /* of the answer */
	} row[] = {
		{ 2, 0, 8, AT_WHAT, 0 }, { 2, 15, 1, AT_WHAT, 15 }, { 2, 16, 1, AT_WHAT, 16 }, { 5, 24, 1, AT_WHAT, 17 },
		{ 4, 18, 8, AT_WHAT, 24 }, { 5, 0, 24, AT_THRESHOLD, 0 }, { 6, 0, 24, AT_MEASURED, 0 }, { 7, 0, 16, AT_PORTS, 0 },
		{ 7, 16, 16, AT_PORTS, 16 }, { 8, 0, 32, 6, 0 }, { 9, 0, 32, 7, 0 }, { 10, 0, 32, 8, 0 }, { 11, 0, 32, 9, 0 },
		{ 12, 0, 32, 10, 0 }, { 13, 0, 32, 11, 0 }, { 14, 0, 32, 12, 0 }, { 15, 0, 32, 13, 0 },
		/* What the answer does not tell: number, stamp, event, class, flood, legit and more; trips, ends. */
		{ 0, 0, 32, 0, 32 }, { 1, 0, 32, 0, 32 }, { 2, 11, 4, 0, 32 }, { 2, 17, 15, 0, 32 }, { 3, 0, 18, 0, 32 }, { 4, 0, 18, 0, 32 },
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		for (unsigned bit = 0; bit < row[i].bits; bit++) {
			uint32_t want[WEIR_WHY_WORDS] = { 77, DROP << 8, 1 | 0xfffu << 16 };

			setup();
			make(DROP, 0, 0, 0);
			event[row[i].word] |= 1u << (row[i].lsb + bit);
			if (row[i].to < 32)
				want[row[i].at] |= 1u << (row[i].to + bit);
			weir_why_add(&w, 77, event);
			ck_assert_msg(!memcmp(weir_why_get(&w, 0, NULL), want, sizeof(want)), "word %u bit %u", row[i].word,
				      row[i].lsb + bit);
		}
	/* A record has the rule's number and one; 0 is none. */
	for (uint32_t rule = 0; rule < 0x1000; rule += rule < 3 ? 1 : 511) {
		setup();
		make(ANSWER, 9, 1, 2);
		WEIR_EVENT_PUT(event, RULE, rule);
		weir_why_add(&w, 0xffffffff, event);
		ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_COUNT] >> 16, (rule - 1) & 0xfff);
		ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_WHAT], ANSWER << 8 | 9);
		ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_TIME], 0xffffffff);
	}
}
END_TEST

/* The same comes again: counted, the newest, with the newest numbers. Another in any word of an address: another entry. */
START_TEST(test_again)
{
	add(5, 10, 20);
	add(5, 11, 20);
	make(ANSWER, 5, 10, 20);
	WEIR_EVENT_PUT(event, MEASURED, 99);
	WEIR_EVENT_PUT(event, SPORT, 53);
	weir_why_add(&w, 8, event);
	ck_assert_uint_eq(kept(), 2);
	is(0, 5, 10, 2);
	is(1, 5, 11, 1);
	ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_TIME], 8);
	ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_MEASURED], 99);
	ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_PORTS], 53);
	ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_WHAT], ANSWER << 8 | 5);
	add(6, 10, 20);
	ck_assert_uint_eq(kept(), 3);
	for (unsigned word = WEIR_EVENT_REMOTE; word < 16; word++) {
		setup();
		add(5, 10, 20);
		make(DROP, 5, 10, 20);
		event[word] ^= 0x80000000;
		weir_why_add(&w, 1, event);
		ck_assert_uint_eq(kept(), 2);
		ck_assert_uint_eq(weir_why_get(&w, 1, NULL)[AT_COUNT] & 0xffff, 1);
	}
}
END_TEST

START_TEST(test_saturation)
{
	for (unsigned i = 0; i < 0x10002; i++) {
		add(5, 10, 20);
		if (i == 0xfffd)
			is(0, 5, 10, 0xfffe);
	}
	is(0, 5, 10, 0xffff);
	ck_assert_uint_eq(weir_why_get(&w, 0, NULL)[AT_COUNT], 0xfffffff);
	ck_assert_uint_eq(kept(), 1);
}
END_TEST

/* Of one reason the oldest goes. */
START_TEST(test_oldest)
{
	for (uint32_t i = 0; i < 3 * WEIR_WHY; i++) {
		add(5, i, 20);
		ck_assert_uint_eq(kept(), i < WEIR_WHY ? i + 1 : WEIR_WHY);
		for (uint32_t k = 0; k < kept(); k++)
			is(k, 5, i - k, 1);
	}
	/* What was the oldest comes again, so it is not. */
	add(5, 2 * WEIR_WHY, 20);
	add(5, 1000, 20);
	is(1, 5, 2 * WEIR_WHY, 2);
	is(WEIR_WHY - 1, 5, 2 * WEIR_WHY + 2, 1);
}
END_TEST

/* A flood of forged sources does not drive out the few that another reason has stopped. */
START_TEST(test_spread)
{
	for (uint32_t i = 0; i < 3; i++)
		add(60 + i, 500 + i, 20);
	for (uint32_t i = 0; i < 1000; i++)
		add(5, i, 20);
	ck_assert_uint_eq(kept(), WEIR_WHY);
	is(0, 5, 999, 1);
	is(WEIR_WHY - 4, 5, 999 - (WEIR_WHY - 4), 1);
	for (uint32_t i = 0; i < 3; i++)
		is(WEIR_WHY - 1 - i, 60 + i, 500 + i, 1);
	/* Two of them share what is left, and a new reason finds a place. */
	for (uint32_t i = 0; i < 1000; i++) {
		add(5, i, 20);
		add(6, i, 20);
	}
	for (uint32_t i = 0; i < 3; i++)
		is(WEIR_WHY - 1 - i, 60 + i, 500 + i, 1);
	add(7, 1, 20);
	is(0, 7, 1, 1);
	ck_assert_uint_eq(kept(), WEIR_WHY);
	/* As many reasons as places: the oldest. */
	setup();
	for (uint32_t i = 0; i < WEIR_WHY + 1; i++)
		add(i, 1, 20);
	is(WEIR_WHY - 1, 1, 1, 1);
}
END_TEST

/* Windows become seconds when somebody asks, until their 32 bits have gone round. */
START_TEST(test_time)
{
	static const uint64_t now[] = { 0, 65535, 65536, 5000000, 1700000000000000, 1767225600123456, (1ull << 48) - 1, 1ull << 48 };
	static const uint64_t age[] = { 0, 1, 65536, 3600000000, ((1ull << 32) - 1) << 16 };
	uint32_t word[WEIR_WHY_WORDS];

	for (unsigned i = 0; i < sizeof(now) / sizeof(now[0]); i++)
		for (unsigned k = 0; k < sizeof(age) / sizeof(age[0]); k++) {
			uint64_t then = now[i] - age[k];

			if (age[k] > now[i])
				continue;
			setup();
			make(DROP, 5, 10, 20);
			weir_why_add(&w, (uint32_t)(then >> WEIR_WHY_WINDOW), event);
			weir_why_words(weir_why_get(&w, 0, NULL), now[i], word);
			ck_assert_uint_eq(word[AT_TIME], (then & ~0xffffull) / 1000000);
			ck_assert_mem_eq(word + 1, weir_why_get(&w, 0, NULL) + 1, sizeof(word) - 4);
		}
}
END_TEST

START_TEST(test_address)
{
	static const uint32_t v4[4] = { 0, 0, 0, 0xc6336407 }, v6[4] = { 0x20010db8, 1, 0, 0x99 }, none[4] = { 0, 0, 0, 9 };
	static const uint32_t server[4] = { 0, 0, 0, 20 };

	add(5, 0xc6336407, 20);
	make(DROP, 6, 0, 0);
	WEIR_EVENT_PUT(event, FAMILY, 1);
	memcpy(event + WEIR_EVENT_REMOTE, v6, sizeof(v6));
	event[WEIR_EVENT_PROTECTED] = 0x20010db8;
	weir_why_add(&w, 2, event);
	add(7, 0xc6336407, 21);
	add(8, 0xc6336408, 20);
	ck_assert_uint_eq(weir_why_get(&w, 0, v4)[AT_WHAT] & 0xff, 7);
	ck_assert_uint_eq(weir_why_get(&w, 1, v4)[AT_WHAT] & 0xff, 5);
	ck_assert_ptr_null(weir_why_get(&w, 2, v4));
	ck_assert_uint_eq(weir_why_get(&w, 0, v6)[AT_WHAT], 1 << 16 | DROP << 8 | 6);
	ck_assert_mem_eq(weir_why_get(&w, 0, v6) + AT_REMOTE, v6, sizeof(v6));
	ck_assert_ptr_null(weir_why_get(&w, 1, v6));
	ck_assert_ptr_null(weir_why_get(&w, 0, none));
	/* Of a protected address as well. */
	ck_assert_uint_eq(weir_why_get(&w, 0, server)[AT_WHAT] & 0xff, 8);
	ck_assert_uint_eq(weir_why_get(&w, 1, server)[AT_WHAT] & 0xff, 5);
	ck_assert_ptr_null(weir_why_get(&w, 2, server));
}
END_TEST

/* Against a plain list. */
START_TEST(test_random)
{
	struct { uint32_t reason, remote, protect, samples; } list[WEIR_WHY + 1], x;
	unsigned n = 0, gone = 0;
	struct weir_prng p;

	weir_prng_seed(&p, 3, 0x77);
	for (unsigned i = 0; i < 100000; i++) {
		unsigned at = 0;

		x.reason = 1 + (uint32_t)(weir_prng_below(&p, 3) ? weir_prng_below(&p, 2) : weir_prng_below(&p, 8));
		x.remote = (uint32_t)weir_prng_below(&p, i % 1000 < 500 ? 4 : 40);
		x.protect = (uint32_t)weir_prng_below(&p, 2);
		x.samples = 1;
		add(x.reason, x.remote, x.protect);
		while (at < n && (list[at].reason != x.reason || list[at].remote != x.remote || list[at].protect != x.protect))
			at++;
		if (at < n)
			x.samples += list[at].samples;
		memmove(list + 1, list, at * sizeof(x));
		list[0] = x;
		n += at == n;
		if (n > WEIR_WHY) {
			unsigned most = 0, victim = 0, of[16] = { 0 };

			/* The new one does not count yet. */
			for (unsigned k = 1; k < n; k++)
				if (++of[list[k].reason] > most)
					most = of[list[k].reason];
			for (unsigned k = 1; k < n; k++)
				if (of[list[k].reason] == most)
					victim = k;
			memmove(list + victim, list + victim + 1, (n - victim - 1) * sizeof(x));
			n--;
			gone++;
		}
		ck_assert_uint_eq(kept(), n);
		for (unsigned k = 0; k < n; k++) {
			is(k, list[k].reason, list[k].remote, list[k].samples > 0xffff ? 0xffff : list[k].samples);
			ck_assert_uint_eq(weir_why_get(&w, k, NULL)[AT_PROTECTED + 3], list[k].protect);
		}
	}
	ck_assert_uint_gt(gone, 10000);
}
END_TEST

Suite *weir_test_why(void)
{
	Suite *s = suite_create("why");
	TCase *t = tcase_create("why");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_empty);
	tcase_add_test(t, test_verdicts);
	tcase_add_test(t, test_words);
	tcase_add_test(t, test_again);
	tcase_add_test(t, test_saturation);
	tcase_add_test(t, test_oldest);
	tcase_add_test(t, test_spread);
	tcase_add_test(t, test_time);
	tcase_add_test(t, test_address);
	tcase_add_test(t, test_random);
	suite_add_tcase(s, t);
	return s;
}
