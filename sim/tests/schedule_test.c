// SPDX-License-Identifier: Apache-2.0
/* The input scheduler: pacing, order, steps back in time, bounds. */
#include <errno.h>
#include <stdlib.h>

#include "host/common/prng.h"
#include "host/tests/check_run.h"
#include "sim/schedule/schedule.h"

enum { FramesMax = 4096, Us = 1000, GapNs = 96 };

struct item {
	uint64_t time_ns;
	uint32_t len;
	int side;
};

struct list {
	const struct item *item;
	size_t n, at;
	int end;                 /* what comes after the last */
};

static int next_item(void *ctx, struct weir_scheduled *ret)
{
	static const uint8_t bytes[2048];
	struct list *l = ctx;

	if (l->at == l->n) {
		int end = l->end;

		l->end = 0;
		return end;
	}
	*ret = (struct weir_scheduled){
		.bytes = bytes, .captured = l->item[l->at].len, .wire_len = l->item[l->at].len,
		.time_ns = l->item[l->at].time_ns, .side = l->item[l->at].side,
	};
	l->at++;
	return 1;
}

static size_t run(const struct item *a, size_t na, const struct item *b, size_t nb, bool fast, size_t ahead,
		  struct weir_input *ret)
{
	struct list l[2] = { { a, na, 0, 0 }, { b, nb, 0, 0 } };
	void *ctx[2] = { &l[0], &l[1] };
	struct weir_schedule *s = weir_schedule_new(next_item, ctx, b ? 2 : 1, fast, ahead);
	size_t n = 0;

	ck_assert_ptr_nonnull(s);
	while (weir_schedule_next(s, &ret[n]) == 1)
		ck_assert_uint_lt(++n, FramesMax);
	weir_schedule_free(s);
	return n;
}

START_TEST(test_wire_time)
{
	ck_assert_uint_eq(weir_wire_ns(60), 672);
	ck_assert_uint_eq(weir_wire_ns(1), 672);
	ck_assert_uint_eq(weir_wire_ns(1514), (8 + 1514 + 4 + 12) * 8);
}
END_TEST

START_TEST(test_pacing)
{
	/* Three at once on U: one behind the other; then one after a pause, at its own time. */
	const struct item in[] = { { 1000 * Us, 60, 0 }, { 1000 * Us, 100, 0 }, { 1000 * Us, 60, 0 }, { 2000 * Us, 60, 0 } };
	struct weir_input out[8];

	ck_assert_uint_eq(run(in, 4, NULL, 0, false, 16, out), 4);
	ck_assert_uint_eq(out[0].time_ns, 1000 * Us);
	ck_assert_uint_eq(out[0].arrival_ns, 1000 * Us + 672 - GapNs);
	ck_assert_uint_eq(out[1].time_ns, 1000 * Us + 672);
	ck_assert_uint_eq(out[1].arrival_ns, 1000 * Us + 672 + weir_wire_ns(100) - GapNs);
	ck_assert_uint_eq(out[2].time_ns, 1000 * Us + 672 + weir_wire_ns(100));
	ck_assert_uint_eq(out[3].time_ns, 2000 * Us);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(out[i].number, i + 1);
}
END_TEST

START_TEST(test_order_is_by_arrival)
{
	/* A long frame from U starts first, a short one from P arrives first. */
	const struct item in[] = { { 1000 * Us, 1514, 0 }, { 1001 * Us, 60, 1 }, { 1500 * Us, 60, 0 } };
	struct weir_input out[8];

	ck_assert_uint_eq(run(in, 3, NULL, 0, false, 16, out), 3);
	ck_assert_int_eq(out[0].side, 1);
	ck_assert_uint_eq(out[0].number, 2);
	ck_assert_int_eq(out[1].side, 0);
}
END_TEST

START_TEST(test_ties_unprotected_first)
{
	const struct item in[] = { { 5 * Us, 60, 1 }, { 5 * Us, 60, 0 }, { 5 * Us, 60, 1 }, { 5 * Us, 60, 0 } };
	struct weir_input out[8];

	ck_assert_uint_eq(run(in, 4, NULL, 0, false, 16, out), 4);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(out[i].side, (int)i % 2);
	ck_assert_uint_eq(out[0].arrival_ns, out[1].arrival_ns);
}
END_TEST

START_TEST(test_step_back)
{
	/* A little out of order: at once, later ones at their own times. */
	const struct item little[] = { { 1000 * Us, 60, 0 }, { 990 * Us, 60, 0 }, { 1100 * Us, 60, 0 } };
	/* Joined files: the gap is zero, and the gaps behind stay. */
	const struct item joined[] = { { 9000000 * (uint64_t)Us, 60, 0 }, { 1000 * Us, 60, 0 }, { 1500 * Us, 60, 0 } };
	struct weir_input out[8];

	run(little, 3, NULL, 0, false, 16, out);
	ck_assert_uint_eq(out[1].time_ns, 1000 * Us + 672);
	ck_assert_uint_eq(out[2].time_ns, 1100 * Us);
	run(joined, 3, NULL, 0, false, 16, out);
	ck_assert_uint_eq(out[1].time_ns, 9000000 * (uint64_t)Us + 672);
	ck_assert_uint_eq(out[2].time_ns, 9000500 * (uint64_t)Us);
}
END_TEST

START_TEST(test_two_captures)
{
	const struct item u[] = { { 10 * Us, 60, 7 }, { 30 * Us, 60, 7 } }, p[] = { { 20 * Us, 60, 7 }, { 30 * Us, 60, 7 } };
	static const int sides[] = { 0, 1, 0, 1 };
	struct weir_input out[8];

	ck_assert_uint_eq(run(u, 2, p, 2, false, 16, out), 4);
	for (unsigned i = 0; i < 4; i++) {
		ck_assert_int_eq(out[i].side, sides[i]);
		ck_assert_uint_eq(out[i].number, i + 1);
	}
}
END_TEST

START_TEST(test_fast)
{
	const struct item in[] = { { 1000 * Us, 60, 0 }, { 2000 * Us, 60, 1 }, { 3000 * Us, 60, 0 } };
	struct weir_input out[8];

	ck_assert_uint_eq(run(in, 3, NULL, 0, true, 16, out), 3);
	ck_assert_uint_eq(out[0].time_ns, 1000 * Us);
	ck_assert_uint_eq(out[1].time_ns, 1000 * Us);
	ck_assert_uint_eq(out[2].time_ns, 1000 * Us + 672);
}
END_TEST

START_TEST(test_error_comes_last)
{
	const struct item in[] = { { 1 * Us, 60, 0 }, { 2 * Us, 60, 1 } };
	struct list l = { in, 2, 0, -EBADMSG };
	void *ctx[2] = { &l, NULL };
	struct weir_schedule *s = weir_schedule_new(next_item, ctx, 1, false, 16);
	struct weir_input out;

	ck_assert_int_eq(weir_schedule_next(s, &out), 1);
	ck_assert_int_eq(weir_schedule_next(s, &out), 1);
	ck_assert_int_eq(weir_schedule_next(s, &out), -EBADMSG);
	ck_assert_int_eq(weir_schedule_next(s, &out), 0);
	weir_schedule_free(s);
}
END_TEST

/* Whatever comes in: arrivals do not go back, no wire carries two frames at once, nothing is lost. */
START_TEST(test_random)
{
	static struct item in[2000];
	static struct weir_input out[FramesMax];
	static bool seen[2001];
	struct weir_prng r;
	size_t ahead[] = { 2, 5, 64, 100000 };

	weir_prng_seed(&r, (uint64_t)_i, 1);
	for (unsigned k = 0; k < 4; k++) {
		uint64_t t = 1000000000, free_ns[2] = { 0, 0 }, last = 0;

		for (unsigned i = 0; i < 2000; i++) {
			uint64_t kind = weir_prng_below(&r, 100);

			t += kind < 2 ? weir_prng_below(&r, 3000000000u) : weir_prng_below(&r, 3000);
			if (kind > 97)
				t -= weir_prng_below(&r, t / 2);
			in[i] = (struct item){ t, 14 + (uint32_t)weir_prng_below(&r, 1800), weir_prng_below(&r, 8) < 2 };
		}
		ck_assert_uint_eq(run(in, 2000, NULL, 0, _i % 2, ahead[k], out), 2000);
		for (unsigned i = 0; i <= 2000; i++)
			seen[i] = false;
		for (unsigned i = 0; i < 2000; i++) {
			ck_assert_uint_ge(out[i].arrival_ns, last);
			last = out[i].arrival_ns;
			ck_assert_uint_ge(out[i].time_ns, free_ns[out[i].side]);
			ck_assert_uint_eq(out[i].arrival_ns, out[i].time_ns + weir_wire_ns(out[i].wire_len) - GapNs);
			free_ns[out[i].side] = out[i].time_ns + weir_wire_ns(out[i].wire_len);
			ck_assert(!seen[out[i].number]);
			seen[out[i].number] = true;
		}
	}
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("schedule");
	Suite *s = suite_create("schedule");

	tcase_add_test(c, test_wire_time);
	tcase_add_test(c, test_pacing);
	tcase_add_test(c, test_order_is_by_arrival);
	tcase_add_test(c, test_ties_unprotected_first);
	tcase_add_test(c, test_step_back);
	tcase_add_test(c, test_two_captures);
	tcase_add_test(c, test_fast);
	tcase_add_test(c, test_error_comes_last);
	tcase_add_loop_test(c, test_random, 0, 6);
	suite_add_tcase(s, c);
	return check_run(s);
}
