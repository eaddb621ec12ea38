// SPDX-License-Identifier: Apache-2.0
/* The soft core's own division and multiplication against the machine's. */
#include <check.h>
#include <stdlib.h>

#include "host/common/prng.h"

uint64_t __muldi3(uint64_t a, uint64_t b);
uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);
int64_t __divdi3(int64_t a, int64_t b);
int64_t __moddi3(int64_t a, int64_t b);

static void compare(uint64_t a, uint64_t b)
{
	int64_t x = (int64_t)a, y = (int64_t)b;

	if (!b)
		return;
	ck_assert_uint_eq(__muldi3(a, b), a * b);
	ck_assert_uint_eq(__udivdi3(a, b), a / b);
	ck_assert_uint_eq(__umoddi3(a, b), a % b);
	if ((uint32_t)b) {
		ck_assert_uint_eq(__udivsi3((uint32_t)a, (uint32_t)b), (uint32_t)a / (uint32_t)b);
		ck_assert_uint_eq(__umodsi3((uint32_t)a, (uint32_t)b), (uint32_t)a % (uint32_t)b);
	}
	if (x == INT64_MIN && y == -1)
		return;
	ck_assert_int_eq(__divdi3(x, y), x / y);
	ck_assert_int_eq(__moddi3(x, y), x % y);
}

START_TEST(test_divide)
{
	static const uint64_t edge[] = {
		0, 1, 2, 3, 10, 1000000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000,
		0x8000000000000001, 0xfffffffffffffffe, 0xffffffffffffffff,
	};
	enum { EDGES = sizeof(edge) / sizeof(edge[0]) };
	struct weir_prng p;

	for (unsigned i = 0; i < EDGES; i++)
		for (unsigned k = 0; k < EDGES; k++)
			compare(edge[i], edge[k]);
	weir_prng_seed(&p, 1, 64);
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t a = weir_prng_next(&p) >> weir_prng_below(&p, 64), b = weir_prng_next(&p) >> weir_prng_below(&p, 64);

		compare(a, b);
		compare(-a, b);
		compare(a, -b);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("boot");
	TCase *t = tcase_create("boot");
	SRunner *runner;
	int failed;

	tcase_add_test(t, test_divide);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
