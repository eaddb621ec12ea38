// SPDX-License-Identifier: Apache-2.0
/* Top sources against an exact count (space-saving, Metwally and others 2005). */
#include <check.h>
#include <string.h>

#include "firmware/app/top.h"
#include "host/common/prng.h"

Suite *weir_test_top(void);

enum { KEYS = 400 };
static struct weir_top t;
static uint32_t exact[KEYS];

static void setup(void)
{
	weir_top_init(&t);
	memset(exact, 0, sizeof(exact));
}

/* Keys that differ in one word only, each word in its turn. */
static void address(unsigned key, uint32_t ret[4])
{
	memset(ret, 0, 16);
	ret[key & 3] = 0xc0000000 | key;
}

static void add(unsigned key)
{
	uint32_t a[4];

	address(key, a);
	weir_top_add(&t, a);
	exact[key]++;
}

/** The place of a key, its count and error; -1 when it is not there. */
static int find(unsigned key, uint32_t *ret_count, uint32_t *ret_error)
{
	uint32_t want[4], a[4];

	address(key, want);
	for (unsigned i = 0; i < WEIR_TOP; i++) {
		*ret_count = weir_top_get(&t, i, a, ret_error);
		if (*ret_count && !memcmp(a, want, sizeof(a)))
			return (int)i;
	}
	return -1;
}

START_TEST(test_empty)
{
	uint32_t a[4] = {9, 9, 9, 9}, error = 9;

	for (unsigned i = 0; i < WEIR_TOP + 2; i++)
		ck_assert_uint_eq(weir_top_get(&t, i, a, &error), 0);
	ck_assert_uint_eq(a[0], 9);
	ck_assert_uint_eq(error, 9);
	add(7);
	ck_assert_uint_eq(weir_top_get(&t, 0, a, &error), 1);
	ck_assert_uint_eq(error, 0);
	ck_assert_uint_eq(weir_top_get(&t, 1, a, &error), 0);
}
END_TEST

/* No more keys than places: exact. */
START_TEST(test_few)
{
	uint32_t a[4], want[4], error;

	for (unsigned key = 0; key < WEIR_TOP; key++)
		for (unsigned i = 0; i <= key; i++)
			add(key);
	for (unsigned i = 0; i < WEIR_TOP; i++) {
		ck_assert_uint_eq(weir_top_get(&t, i, a, &error), WEIR_TOP - i);
		ck_assert_uint_eq(error, 0);
		address(WEIR_TOP - 1 - i, want);
		ck_assert_mem_eq(a, want, 16);
	}
}
END_TEST

/* What the method promises, on random streams of all kinds of skew. */
START_TEST(test_guarantees)
{
	for (unsigned seed = 0; seed < 200; seed++) {
		struct weir_prng p;
		uint32_t a[4], before = UINT32_MAX, error, sum = 0;
		unsigned n, kept = 0, keys = 0;

		setup();
		weir_prng_seed(&p, seed, 0x70);
		n = (unsigned)weir_prng_range(&p, 1, 5000);
		for (unsigned i = 0; i < n; i++) {
			uint64_t key = weir_prng_below(&p, KEYS);

			/* seed mod 4 times the smaller of two: the more, the more skewed. */
			for (unsigned k = 0; k < seed % 4; k++) {
				uint64_t again = weir_prng_below(&p, KEYS);

				key = again < key ? again : key;
				if (weir_prng_below(&p, 4) == 0)
					key /= 8;
			}
			add((unsigned)key);
		}
		for (unsigned key = 0; key < KEYS; key++) {
			uint32_t count;

			keys += exact[key] != 0;
			if (find(key, &count, &error) < 0) {
				/* Whoever has more than 1/16 of all is there. */
				ck_assert_msg(exact[key] * WEIR_TOP <= n, "seed %u: key %u", seed, key);
				continue;
			}
			kept++;
			ck_assert_uint_ge(count, exact[key]);
			ck_assert_uint_le(count - error, exact[key]);
			ck_assert_uint_le(error, n / WEIR_TOP);
		}
		for (unsigned i = 0; i < WEIR_TOP; i++) {
			uint32_t count = weir_top_get(&t, i, a, &error);

			ck_assert_uint_le(count, before);
			before = count;
			sum += count;
		}
		/* Every sample is in one count, and no key in two. */
		ck_assert_uint_eq(sum, n);
		ck_assert_uint_eq(kept, keys < WEIR_TOP ? keys : WEIR_TOP);
	}
}
END_TEST

/* Old ones fade, and are gone in the end; the error stays a bound of what is too much. */
START_TEST(test_fade)
{
	uint32_t count, error, a[4];
	struct weir_prng p;

	weir_prng_seed(&p, 1, 2);
	for (unsigned i = 0; i < 1000; i++)
		add((unsigned)weir_prng_below(&p, 20));
	for (double part = 0.5; part > 0.001; part /= 2) {
		weir_top_fade(&t);
		for (unsigned key = 0; key < 20; key++)
			if (find(key, &count, &error) >= 0)
				ck_assert(count - error <= exact[key] * part);
	}
	ck_assert_uint_eq(weir_top_get(&t, 0, a, &error), 0);
	setup();
	for (unsigned i = 0; i < 101; i++)
		add(1);
	weir_top_fade(&t);
	add(2);
	ck_assert_int_eq(find(1, &count, &error), 0);
	ck_assert_uint_eq(count, 50);
	ck_assert_int_eq(find(2, &count, &error), 1);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(error, 0);
}
END_TEST

/* Counts do not wrap. */
START_TEST(test_saturates)
{
	uint32_t count, error;

	add(1);
	t.place[0].count = UINT32_MAX;
	add(1);
	ck_assert_int_eq(find(1, &count, &error), 0);
	ck_assert_uint_eq(count, UINT32_MAX);
	for (unsigned i = 0; i < WEIR_TOP; i++)
		t.place[i].count = UINT32_MAX;
	add(9);
	ck_assert_int_ge(find(9, &count, &error), 0);
	ck_assert_uint_eq(count, UINT32_MAX);
}
END_TEST

Suite *weir_test_top(void)
{
	Suite *s = suite_create("top");
	TCase *c = tcase_create("top");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, test_empty);
	tcase_add_test(c, test_few);
	tcase_add_test(c, test_guarantees);
	tcase_add_test(c, test_fade);
	tcase_add_test(c, test_saturates);
	suite_add_tcase(s, c);
	return s;
}
