// SPDX-License-Identifier: Apache-2.0
/* Octets both ways, deadlines, signals. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/tests/usb_transport.h"

// Random lengths and octets both ways at once; a 0x7e now and then, so that both ends of a packet are seen.
static void carry(struct usb_board_options options, unsigned rounds)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = usb_plug(1, options, &line);
	uint8_t out[600], in[8192], got[8192];

	ck_assert_int_eq(usb_open_it("", &t), 0);
	for (unsigned i = 0; i < rounds; i++) {
		size_t n_out = 1 + usb_any() % 600, n_in = 1 + usb_any() % (i % 8 == 0 ? 4000 : 700), n = 0;   // the chip has 4 KB
		for (size_t j = 0; j < n_out; j++)
			out[j] = (uint8_t)usb_any();
		for (size_t j = 0; j < n_in; j++)
			in[j] = (uint8_t)(i % 2 == 0 ? usb_any() : usb_any() % 0x7e);
		ck_assert_int_eq((int)send(line, in, n_in, 0), (int)n_in);
		ck_assert_int_eq(OPS.send(t, out, n_out, usb_now_ms() + 1000), 0);
		while (n < n_in) {
			size_t room = 1 + usb_any() % 700;
			int r = OPS.receive(t, got + n, room < n_in - n ? room : n_in - n, usb_now_ms() + 2000);
			ck_assert_msg(r > 0, "round %u: %d of octet %zu of %zu", i, r, n, n_in);
			n += (size_t)r;
		}
		ck_assert(memcmp(got, in, n_in) == 0);
		for (n = 0; n < n_out;) {
			ssize_t r = recv(line, got + n, sizeof(got) - n, 0);
			ck_assert(r > 0);
			n += (size_t)r;
		}
		ck_assert(n == n_out && memcmp(got, out, n) == 0);
	}
	ck_assert_int_eq(OPS.receive(t, got, sizeof(got), usb_now_ms() + 30), 0);
	ck_assert_ptr_null(strstr(usb_said, "overrun"));
	OPS.close(t);
	ck_assert_pstr_eq(usb_board_left(board), NULL);
	usb_board_free(board);
	close(line);
}

START_TEST(high_speed)
{
	carry((struct usb_board_options){.serial = "H"}, 150);
}
END_TEST

START_TEST(full_speed)
{
	carry((struct usb_board_options){.serial = "F", .packet_len = 64}, 80);
}
END_TEST

// Nobody receives: what is kept is bounded, and is the start of what came; the loss is told.
START_TEST(bounded)
{
	static uint8_t flood[40000], got[40000];
	struct weir_transport *t = NULL;
	struct chip chip;
	int line;
	struct usb_board *board = usb_plug(1, (struct usb_board_options){.serial = "B"}, &line);
	size_t n = 0;
	int r;

	for (size_t i = 0; i < sizeof(flood); i++)
		flood[i] = (uint8_t)(usb_any() % 0x7e);
	ck_assert_int_eq(usb_open_it("", &t), 0);
	ck_assert_int_eq((int)send(line, flood, sizeof(flood), 0), (int)sizeof(flood));
	for (int64_t end = usb_now_ms() + 3000; usb_now_ms() < end; usleep(10000)) {
		usb_board_chip(board, usb_copy, &chip);
		if (chip.overruns > 0)
			break;
	}
	usleep(100000);
	usb_board_chip(board, usb_copy, &chip);
	ck_assert_uint_gt(chip.overruns, sizeof(flood) - 5 * 4096 - 1);
	while ((r = OPS.receive(t, got + n, sizeof(got) - n, usb_now_ms() + 100)) > 0)
		n += (size_t)r;
	ck_assert_int_eq(r, 0);
	ck_assert_uint_eq(n, sizeof(flood) - chip.overruns);
	ck_assert(memcmp(flood, got, n) == 0);
	ck_assert_msg(strstr(usb_said, "1 overruns") != NULL, "%s", usb_said);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

// --- Time and signals

START_TEST(deadlines)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = usb_plug_one(&line);
	uint8_t octets[600] = {0};
	int error = 0;

	ck_assert_int_eq(usb_open_it("", &t), 0);
	for (int ms = -5; ms < 100; ms += 35) {
		int64_t start = usb_now_ms();
		ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), start + ms), 0);
		ck_assert_msg(usb_now_ms() - start >= ms && usb_now_ms() - start < ms + 3000, "%d ms took %lld", ms, (long long)(usb_now_ms() - start));
	}
	// The deadline may have passed: what is there is taken all the same.
	ck_assert_int_eq((int)send(line, "!", 1, 0), 1);
	int got = 0;
	for (int i = 0; i < 1000 && got == 0; i++) {
		usleep(5000);
		got = OPS.receive(t, octets, sizeof(octets), usb_now_ms() - 10);
	}
	ck_assert_int_eq(got, 1);

	// A line that takes nothing: the chip has room for 4 KB, then the time is over.
	usb_board_chip(board, usb_hold, &line);
	int64_t start = usb_now_ms();
	for (int i = 0; i < 10 && error == 0; i++) {
		start = usb_now_ms();
		error = OPS.send(t, octets, sizeof(octets), start + 70);
	}
	ck_assert_int_eq(error, -ETIMEDOUT);
	ck_assert_msg(usb_now_ms() - start >= 70 && usb_now_ms() - start < 3000, "%lld ms", (long long)(usb_now_ms() - start));
	OPS.close(t);
	ck_assert_pstr_eq(usb_board_left(board), NULL);
	usb_board_free(board);
	close(line);
}
END_TEST

static void nothing(int signal)
{
	(void)signal;
}

static void alarm_ms(int ms)
{
	struct itimerval value = {.it_value = {.tv_usec = ms * 1000}};
	ck_assert_int_eq(setitimer(ITIMER_REAL, &value, NULL), 0);
}

// SIGALRM is blocked in all threads (main()), and let in here alone: it must reach the thread that waits.
START_TEST(signals)
{
	struct weir_transport *t = NULL;
	sigset_t set;
	pthread_t thread;
	int line;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	struct usb_board *board = usb_plug_one(&line);
	struct sigaction action = {.sa_handler = nothing}, before;
	ck_assert_int_eq(sigaction(SIGALRM, &action, &before), 0);
	uint8_t octets[600] = {0};

	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	ck_assert_int_eq(usb_open_it("", &t), 0);
	int64_t start = usb_now_ms();
	alarm_ms(60);
	ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), start + 5000), -EINTR);
	ck_assert_int_lt(usb_now_ms() - start, 4000);
	// It can go on.
	ck_assert_int_eq((int)send(line, "ab", 2, 0), 2);
	ck_assert_int_gt(OPS.receive(t, octets, sizeof(octets), usb_now_ms() + 1000), 0);

	// Sending does not stop half-way: the signal is told behind it.
	usb_board_chip(board, usb_hold, &line);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), usb_now_ms() + 1000), 0);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread, NULL, usb_release_later, board);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	alarm_ms(30);
	ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), usb_now_ms() + 5000), 0);
	pthread_join(thread, NULL);
	int told;
	while ((told = OPS.receive(t, octets, 1, INT64_MAX)) > 0)
		continue;
	ck_assert_int_eq(told, -EINTR);
	size_t n = 0;
	for (; n < 7 * sizeof(octets); n++)
		ck_assert_int_eq((int)recv(line, octets, 1, 0), 1);
	OPS.close(t);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	ck_assert_int_eq(sigaction(SIGALRM, &before, NULL), 0);
	usb_board_free(board);
	close(line);
}
END_TEST

TCase *usb_octets_tests(void)
{
	TCase *tc = tcase_create("octets");

	tcase_set_timeout(tc, 50);
	tcase_add_test(tc, high_speed);
	tcase_add_test(tc, full_speed);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, deadlines);
	tcase_add_test(tc, signals);
	return tc;
}
