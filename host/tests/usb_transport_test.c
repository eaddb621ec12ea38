// SPDX-License-Identifier: Apache-2.0
/* The usb: transport through the real libusb, against boards that umockdev plugs in (usb_board.h).
 *
 * Runs under libumockdev-preload. With AddressSanitizer its runtime must stand first in LD_PRELOAD, else it refuses to start:
 * LD_PRELOAD=$(gcc -print-file-name=libasan.so):libumockdev-preload.so.0 (mk/usb.mk). That order also keeps leaks visible. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "host/libweir/transport.h"
#include "host/tests/usb_board.h"
#include "weir/device.h"

#define OPS weir_transport_usb

static struct usb_world *world;
static char detail[WEIR_DETAIL], said[65536];
static uint32_t seed;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint32_t any(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void hear(void *ctx, const char *line)
{
	(void)ctx;
	ck_assert(strchr(line, '\n') == NULL);
	size_t n = strlen(said);
	snprintf(said + n, sizeof(said) - n, "%s\n", line);
}

static const struct weir_transport_options plain = {.bit_rate = 3000000, .debug = hear};

static int open_it(const char *rest, struct weir_transport **ret)
{
	said[0] = 0;
	snprintf(detail, sizeof(detail), "untouched");
	int error = OPS.open(rest, &plain, ret, detail);
	if (error != 0)
		ck_assert_msg(detail[0] != 0 && strchr(detail, '\n') == NULL && strcmp(detail, "untouched") != 0, "no detail of %d", error);
	return error;
}

// A board with a line whose other end is *ret_line.
static struct usb_board *plug(unsigned port, struct usb_board_options options, int *ret_line)
{
	int line[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line), 0);
	options.line = line[0];
	*ret_line = line[1];
	return usb_board_plug(world, port, &options);
}

static struct usb_board *plug_one(int *ret_line)
{
	return plug(1, (struct usb_board_options){.serial = "FT4711", .product = "Versa", .idle_us = 10000}, ret_line);
}

// Nothing of the transport is left in the board or in the kernel.
static void released(struct usb_board *board)
{
	// The board hears of a closed node a little later.
	for (int i = 0; i < 200 && (usb_board_flying(board) != 0 || usb_board_claimed(board)); i++)
		usleep(5000);
	ck_assert_uint_eq(usb_board_flying(board), 0);
	ck_assert(!usb_board_claimed(board));
}

static void setup(void)
{
	seed = 1;
	world = usb_world_new();
}

static void teardown(void)
{
	usb_world_free(world);
}

// --- Finding

START_TEST(list)
{
	struct weir_found found[4];
	size_t n = 9;
	int line;

	ck_assert_int_eq(weir_dev_list(found, 4, &n), 0);
	ck_assert_uint_eq(n, 0);

	static const struct {
		struct usb_board_options options;
		const char *url, *product;   // NULL: not listed
	} t[] = {
		{{.serial = "FT1", .product = "Lattice ECP5_5G VERSA Board"}, "usb:FT1", "Lattice ECP5_5G VERSA Board"},
		{{.product = "no number"}, "usb:@1-2", "no number"},
		{{.serial = "TWIN"}, "usb:@1-3", "FT2232H"},
		{{.serial = "TWIN"}, "usb:@1-4", "FT2232H"},
		{{.serial = "FT\033[2J", .product = "a\033[31mb"}, "usb:@1-5", "a?[31mb"},
		{{.serial = "FT6", .product_id = 0x6014}, NULL, NULL},
		{{.serial = "FT7", .release = 0x0500}, NULL, NULL},
		{{.serial = "0123456789012345678901234567890123456789012345678901234567890123456789"}, "usb:@1-8", "FT2232H"},
		{{.serial = "@1-1"}, "usb:@1-9", "FT2232H"},
	};
	struct usb_board *boards[9];
	struct weir_found all[9];
	unsigned seen = 0;
	for (unsigned i = 0; i < 9; i++) {
		boards[i] = plug(i + 1, t[i].options, &line);
		close(line);
	}
	ck_assert_int_eq(weir_dev_list(all, 9, &n), 0);
	ck_assert_uint_eq(n, 7);
	for (unsigned i = 0; i < 9; i++)
		for (size_t j = 0; j < n && t[i].url != NULL; j++)
			seen += strcmp(all[j].url, t[i].url) == 0 && strcmp(all[j].product, t[i].product) == 0;
	ck_assert_uint_eq(seen, 7);

	// Room for fewer, and for none.
	memset(found, 0x55, sizeof(found));
	ck_assert_int_eq(weir_dev_list(found, 2, &n), 0);
	ck_assert_uint_eq(n, 7);
	ck_assert_int_eq(found[2].url[0], 0x55);
	ck_assert_int_eq(weir_dev_list(NULL, 0, &n), 0);
	ck_assert_uint_eq(n, 7);

	struct weir_transport *t1 = NULL;
	ck_assert_int_eq(open_it("", &t1), -ENOTUNIQ);
	ck_assert_msg(strstr(detail, "7 boards") != NULL && strstr(detail, "usb:FT1") != NULL && strstr(detail, "usb:@1-2") != NULL, "%s", detail);
	ck_assert_int_eq(open_it("TWIN", &t1), -ENOTUNIQ);
	ck_assert_msg(strstr(detail, "2 boards") != NULL && strstr(detail, "usb:@1-3") != NULL, "%s", detail);
	ck_assert_int_eq(open_it("FT6", &t1), -ENODEV);
	ck_assert_msg(strstr(detail, "FT6") != NULL && strstr(detail, "usb:FT1") != NULL, "%s", detail);
	ck_assert_int_eq(open_it("@1-6", &t1), -ENODEV);
	ck_assert_ptr_null(t1);
	// Each listed URL opens just that board, and is the one that it tells.
	for (size_t j = 0; j < n; j++) {
		ck_assert_int_eq(open_it(all[j].url + 4, &t1), 0);
		ck_assert_str_eq(OPS.url(t1), all[j].url);
		for (unsigned i = 0; i < 9; i++)
			ck_assert(usb_board_claimed(boards[i]) == (t[i].url != NULL && strcmp(t[i].url, all[j].url) == 0));
		OPS.close(t1);
	}
	for (unsigned i = 0; i < 9; i++)
		usb_board_free(boards[i]);
	ck_assert_int_eq(weir_dev_list(found, 4, &n), 0);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(nobody)
{
	struct weir_transport *t = NULL;
	int line;

	ck_assert_int_eq(open_it("", &t), -ENODEV);
	ck_assert_ptr_nonnull(strstr(detail, "0403:6010"));
	struct usb_board *board = plug(1, (struct usb_board_options){.serial = "FT1", .one_interface = true}, &line);
	ck_assert_int_eq(open_it("", &t), -ENODEV);
	ck_assert_msg(strstr(detail, "usb:FT1") != NULL && strstr(detail, "channel B") != NULL, "%s", detail);
	ck_assert_ptr_null(t);
	usb_board_free(board);
	close(line);
	OPS.close(NULL);
}
END_TEST

START_TEST(bit_rate_refused)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = plug_one(&line);
	struct weir_transport_options wrong = {.bit_rate = 10000000};

	ck_assert_int_eq(OPS.open("", &wrong, &t, detail), -EINVAL);
	ck_assert_msg(strstr(detail, "10000000") != NULL, "%s", detail);
	ck_assert_uint_eq(usb_board_ioctls(board), 0);
	usb_board_free(board);
	close(line);
}
END_TEST

START_TEST(busy)
{
	struct weir_transport *t = NULL, *second = NULL;
	int line;
	struct usb_board *board = plug_one(&line);

	usb_board_fault(board, FaultBusy, 0);
	ck_assert_int_eq(open_it("", &t), -EBUSY);
	ck_assert_msg(strstr(detail, "usb:FT4711") != NULL && strstr(detail, "another program") != NULL, "%s", detail);
	released(board);
	usb_board_fault(board, FaultNone, 0);

	// And a real second one, which does not disturb the first.
	ck_assert_int_eq(open_it("", &t), 0);
	ck_assert_int_eq(open_it("", &second), -EBUSY);
	ck_assert_ptr_null(second);
	uint8_t octet = 'x', got = 0;
	ck_assert_int_eq(OPS.send(t, &octet, 1, now_ms() + 1000), 0);
	ck_assert_int_eq(recv(line, &got, 1, 0), 1);
	ck_assert_uint_eq(got, 'x');
	OPS.close(t);
	released(board);
	usb_board_free(board);
	close(line);
}
END_TEST

// Root may everything, so be nobody for files, as long as it takes. Only this thread is.
START_TEST(no_permission)
{
	struct weir_transport *t = NULL;
	struct weir_found found[2];
	size_t n;
	int line;
	struct usb_board *board = plug_one(&line);

	static const char *const rests[] = {"", "FT4711", "@1-1"};
	char details[3][WEIR_DETAIL];
	int errors[3];
	usb_board_permit(board, false);
	setfsuid(65534);                     // no check until it is undone: one that fails ends the test at once
	for (int i = 0; i < 3; i++)
		errors[i] = OPS.open(rests[i], &plain, &t, details[i]);
	int listed = weir_dev_list(found, 2, &n);
	setfsuid(geteuid());
	for (int i = 0; i < 3; i++) {
		ck_assert_msg(errors[i] == -EACCES, "usb:%s: %d: %s", rests[i], errors[i], details[i]);
		ck_assert_msg(strstr(details[i], "60-weir.rules") != NULL && strstr(details[i], "/dev/bus/usb/001/002") != NULL, "%s", details[i]);
	}
	ck_assert_int_eq(listed, 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(found[0].url, "usb:@1-1");
	ck_assert_ptr_nonnull(strstr(found[0].product, "no permission"));

	usb_board_permit(board, true);
	ck_assert_int_eq(open_it("FT4711", &t), 0);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

// --- Settings

static void copy(struct chip *chip, void *ctx)
{
	*(struct chip *)ctx = *chip;
}

START_TEST(settings)
{
	struct weir_transport *t = NULL;
	struct chip chip;
	int line;
	struct usb_board *board = plug_one(&line);

	ck_assert(send(line, "stale", 5, 0) == 5);
	usleep(50000);
	ck_assert_int_eq(open_it("", &t), 0);
	ck_assert_int_eq(OPS.fd(t), -ENOSYS);
	ck_assert_ptr_nonnull(strstr(said, "3000000 bit/s"));
	ck_assert_ptr_null(strstr(said, "EEPROM"));
	usb_board_chip(board, copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 3e6);
	ck_assert_uint_eq(chip.format, 8);
	ck_assert_uint_eq(chip.mode, 0);
	ck_assert_uint_eq(chip.latency_ms, 1);
	ck_assert_int_eq(chip.event, 0x7e);
	ck_assert(chip.resets == 1 && chip.purges[1] == 1 && chip.purges[2] == 1);
	ck_assert(usb_board_detached(board));
	// What came before is not for us.
	uint8_t octets[16];
	ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), now_ms() + 50), 0);
	OPS.close(t);
	usb_board_chip(board, copy, &chip);
	ck_assert_int_eq(chip.event, -1);
	ck_assert(!usb_board_detached(board));       // ftdi_sio has it again
	released(board);
	usb_board_free(board);
	close(line);
}
END_TEST

static void fifo_mode(struct chip *chip, void *ctx)
{
	(void)ctx;
	chip->eeprom0 = 0x0100;               // channel A UART, B 245 FIFO
}

START_TEST(eeprom)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = plug_one(&line);

	usb_board_chip(board, fifo_mode, NULL);
	ck_assert_int_eq(open_it("", &t), 0);
	ck_assert_msg(strstr(said, "EEPROM") != NULL && strstr(said, "mode 1") != NULL, "%s", said);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

static void hold(struct chip *chip, void *ctx)
{
	chip->hold = ctx != NULL;
}

static void *release_later(void *board)
{
	usleep(80000);
	usb_board_chip(board, hold, NULL);
	return NULL;
}

START_TEST(rate)
{
	struct weir_transport *t = NULL;
	struct chip chip;
	pthread_t thread;
	int line;
	struct usb_board *board = plug_one(&line);
	uint8_t octets[300];

	memset(octets, 0x33, sizeof(octets));
	ck_assert_int_eq(open_it("", &t), 0);
	ck_assert_int_eq(OPS.rate(t, 12000000), 0);
	usb_board_chip(board, copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 12e6);
	// One that it cannot: as before.
	ck_assert_int_eq(OPS.rate(t, 10000000), -EINVAL);
	ck_assert_int_eq(OPS.rate(t, 0), -EINVAL);
	usb_board_chip(board, copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 12e6);
	// Behind what was sent: the line takes it 80 ms later.
	usb_board_chip(board, hold, &chip);
	ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), now_ms() + 1000), 0);
	pthread_create(&thread, NULL, release_later, board);
	ck_assert_int_eq(OPS.rate(t, 3000000), 0);
	usb_board_chip(board, copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 3e6);
	ck_assert_uint_eq(chip.early_rates, 0);
	pthread_join(thread, NULL);
	// A line that never takes it does not hold the caller for ever.
	usb_board_chip(board, hold, &chip);
	ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), now_ms() + 1000), 0);
	int64_t start = now_ms();
	ck_assert_int_eq(OPS.rate(t, 12000000), 0);
	ck_assert_int_lt(now_ms() - start, 1000);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

// --- Octets

// Random lengths and octets both ways at once; a 0x7e now and then, so that both ends of a packet are seen.
static void carry(struct usb_board_options options, unsigned rounds)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = plug(1, options, &line);
	uint8_t out[600], in[8192], got[8192];

	ck_assert_int_eq(open_it("", &t), 0);
	for (unsigned i = 0; i < rounds; i++) {
		size_t n_out = 1 + any() % 600, n_in = 1 + any() % (i % 8 == 0 ? 4000 : 700), n = 0;   // the chip has 4 KB
		for (size_t j = 0; j < n_out; j++)
			out[j] = (uint8_t)any();
		for (size_t j = 0; j < n_in; j++)
			in[j] = (uint8_t)(i % 2 == 0 ? any() : any() % 0x7e);
		ck_assert_int_eq((int)send(line, in, n_in, 0), (int)n_in);
		ck_assert_int_eq(OPS.send(t, out, n_out, now_ms() + 1000), 0);
		while (n < n_in) {
			size_t room = 1 + any() % 700;
			int r = OPS.receive(t, got + n, room < n_in - n ? room : n_in - n, now_ms() + 2000);
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
	ck_assert_int_eq(OPS.receive(t, got, sizeof(got), now_ms() + 30), 0);
	ck_assert_ptr_null(strstr(said, "overrun"));
	OPS.close(t);
	released(board);
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
	struct usb_board *board = plug(1, (struct usb_board_options){.serial = "B"}, &line);
	size_t n = 0;
	int r;

	for (size_t i = 0; i < sizeof(flood); i++)
		flood[i] = (uint8_t)(any() % 0x7e);
	ck_assert_int_eq(open_it("", &t), 0);
	ck_assert_int_eq((int)send(line, flood, sizeof(flood), 0), (int)sizeof(flood));
	for (int64_t end = now_ms() + 3000; now_ms() < end; usleep(10000)) {
		usb_board_chip(board, copy, &chip);
		if (chip.overruns > 0)
			break;
	}
	usleep(100000);
	usb_board_chip(board, copy, &chip);
	ck_assert_uint_gt(chip.overruns, sizeof(flood) - 5 * 4096 - 1);
	while ((r = OPS.receive(t, got + n, sizeof(got) - n, now_ms() + 100)) > 0)
		n += (size_t)r;
	ck_assert_int_eq(r, 0);
	ck_assert_uint_eq(n, sizeof(flood) - chip.overruns);
	ck_assert(memcmp(flood, got, n) == 0);
	ck_assert_msg(strstr(said, "1 overruns") != NULL, "%s", said);
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
	struct usb_board *board = plug_one(&line);
	uint8_t octets[600] = {0};
	int error = 0;

	ck_assert_int_eq(open_it("", &t), 0);
	for (int ms = -5; ms < 100; ms += 35) {
		int64_t start = now_ms();
		ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), start + ms), 0);
		ck_assert_msg(now_ms() - start >= ms && now_ms() - start < ms + 500, "%d ms took %lld", ms, (long long)(now_ms() - start));
	}
	// The deadline may have passed: what is there is taken all the same.
	ck_assert_int_eq((int)send(line, "!", 1, 0), 1);
	usleep(60000);
	ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), now_ms() - 10), 1);

	// A line that takes nothing: the chip has room for 4 KB, then the time is over.
	usb_board_chip(board, hold, &line);
	int64_t start = now_ms();
	for (int i = 0; i < 10 && error == 0; i++) {
		start = now_ms();
		error = OPS.send(t, octets, sizeof(octets), start + 70);
	}
	ck_assert_int_eq(error, -ETIMEDOUT);
	ck_assert_msg(now_ms() - start >= 70 && now_ms() - start < 600, "%lld ms", (long long)(now_ms() - start));
	OPS.close(t);
	released(board);
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
	struct usb_board *board = plug_one(&line);
	struct sigaction action = {.sa_handler = nothing}, before;
	ck_assert_int_eq(sigaction(SIGALRM, &action, &before), 0);
	uint8_t octets[600] = {0};

	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	ck_assert_int_eq(open_it("", &t), 0);
	int64_t start = now_ms();
	alarm_ms(60);
	ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), start + 5000), -EINTR);
	ck_assert_int_lt(now_ms() - start, 1000);
	// It can go on.
	ck_assert_int_eq((int)send(line, "ab", 2, 0), 2);
	ck_assert_int_gt(OPS.receive(t, octets, sizeof(octets), now_ms() + 1000), 0);

	// Sending does not stop half-way: the signal is told behind it.
	usb_board_chip(board, hold, &line);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), now_ms() + 1000), 0);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread, NULL, release_later, board);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	alarm_ms(30);
	ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), now_ms() + 5000), 0);
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

// --- Faults

enum { StepOpen, StepSend, StepReceive, StepRate, StepSendAgain, StepReceiveAgain, StepDone };

// A conversation until something fails. @return the first error; *ret_step where.
static int converse(int line, int *ret_step)
{
	struct weir_transport *t = NULL;
	uint8_t octets[262], got[262];
	int error;

	memset(octets, 0x2a, sizeof(octets));
	octets[261] = 0x7e;
	*ret_step = StepOpen;
	error = open_it("FT4711", &t);
	if (error != 0) {
		ck_assert_ptr_null(t);
		return error;
	}
	for (int half = 0; half < 2 && error == 0; half++) {
		*ret_step = half == 0 ? StepSend : StepSendAgain;
		error = OPS.send(t, octets, sizeof(octets), now_ms() + 400);
		// The peer answers with what it hears.
		struct timeval soon = {.tv_usec = 200000};
		setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
		for (size_t n = 0; error == 0 && n < sizeof(octets);) {
			ssize_t r = recv(line, got, sizeof(got), 0);
			if (r <= 0)
				break;
			n += (size_t)r;
			ck_assert(send(line, got, (size_t)r, 0) == r);
		}
		if (error == 0)
			*ret_step = half == 0 ? StepReceive : StepReceiveAgain;
		for (size_t n = 0; error == 0 && n < sizeof(octets);) {
			int r = OPS.receive(t, got, sizeof(got), now_ms() + 400);
			error = r > 0 ? 0 : r == 0 ? -ETIMEDOUT : r;
			n += r > 0 ? (size_t)r : 0;
		}
		if (error == 0 && half == 0) {
			*ret_step = StepRate;
			error = OPS.rate(t, 12000000);
		}
	}
	if (error == 0)
		*ret_step = StepDone;
	OPS.close(t);
	return error;
}

// A fault at each ioctl or transfer of a whole conversation in turn. @return how many conversations failed.
static unsigned sweep(enum usb_fault fault, bool every_ioctl, int expected, unsigned steps[StepDone + 1])
{
	unsigned failed = 0, n = 1;

	for (unsigned at = 0; at <= n; at++) {
		int line, step;
		struct usb_board *board = plug_one(&line);
		usb_board_fault(board, at == 0 ? FaultNone : fault, at);
		int64_t start = now_ms();
		int error = converse(line, &step);
		ck_assert_msg(now_ms() - start < 4000, "fault at %u: %lld ms", at, (long long)(now_ms() - start));
		if (at == 0) {
			ck_assert_int_eq(error, 0);
			n = every_ioctl ? usb_board_ioctls(board) : usb_board_transfers(board);
		}
		// While the boards are listed, one that fails has not been chosen yet: nobody waits to see whether it has gone.
		bool mute = error == -EIO && step == StepOpen && strstr(detail, "serial number") != NULL;
		ck_assert_msg(error == 0 || error == expected || mute, "fault at %u of %u: %d in step %d: %s", at, n, error, step, detail);
		released(board);
		failed += error != 0;
		steps[step]++;
		// The same board, plugged in again, is as new.
		if (at % 8 == 1) {
			usb_board_free(board);
			close(line);
			board = plug_one(&line);
			ck_assert_int_eq(converse(line, &step), 0);
		}
		usb_board_free(board);
		close(line);
	}
	return failed;
}

START_TEST(unplug)
{
	unsigned steps[StepDone + 1] = {0};
	unsigned failed = sweep(FaultUnplug, true, -ENODEV, steps);

	ck_assert_uint_gt(failed, 40);
	for (int i = StepOpen; i <= StepDone; i++)
		ck_assert_msg(steps[i] > 0, "never unplugged in step %d", i);
}
END_TEST

// The kernel knows it only 100 ms after the transfers have failed: still not taken for a bad line.
START_TEST(unplug_late)
{
	unsigned steps[StepDone + 1] = {0};

	ck_assert_uint_gt(sweep(FaultUnplugLate, false, -ENODEV, steps), 10);
	ck_assert(steps[StepOpen] > 0 && steps[StepSend] + steps[StepReceive] > 0);
}
END_TEST

START_TEST(stall)
{
	unsigned steps[StepDone + 1] = {0};

	ck_assert_uint_gt(sweep(FaultStall, false, -EIO, steps), 10);
	ck_assert(steps[StepOpen] > 0 && steps[StepSend] > 0 && steps[StepReceive] > 0 && steps[StepRate] > 0);
}
END_TEST

START_TEST(protocol)
{
	unsigned steps[StepDone + 1] = {0};

	ck_assert_uint_gt(sweep(FaultProtocol, false, -EIO, steps), 10);
	ck_assert(steps[StepSend] > 0 && steps[StepReceive] > 0);
}
END_TEST

START_TEST(overflow)
{
	unsigned steps[StepDone + 1] = {0};

	ck_assert_uint_gt(sweep(FaultOverflow, false, -EIO, steps), 10);
	ck_assert(steps[StepReceive] > 0);
}
END_TEST

// A transfer in with nothing in it is none; one out that went in part is an error.
START_TEST(short_transfers)
{
	unsigned steps[StepDone + 1] = {0};

	unsigned failed = sweep(FaultShort, false, -EIO, steps);

	// In open: the list of languages, and the serial number. Which of many transfers sends is a matter of time.
	ck_assert_uint_eq(steps[StepOpen], 2);
	ck_assert_uint_ge(steps[StepSend] + steps[StepSendAgain], 1);
	ck_assert_uint_eq(failed, steps[StepOpen] + steps[StepSend] + steps[StepSendAgain]);
}
END_TEST

static unsigned open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

// Closing takes back what flies, though nothing comes for seconds, and leaves no file open: neither does an open that fails.
START_TEST(close_at_once)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = plug(1, (struct usb_board_options){.serial = "FT4711", .idle_us = 8000000}, &line);
	unsigned before = 0;

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(open_it("", &t), 0);
		int64_t start = now_ms();
		OPS.close(t);
		ck_assert_msg(now_ms() - start < 700, "close took %lld ms", (long long)(now_ms() - start));
		released(board);
		ck_assert_int_eq(open_it("OTHER", &t), -ENODEV);
		if (i == 0)
			before = open_fds();
	}
	ck_assert_uint_eq(open_fds(), before);
	usb_board_free(board);
	close(line);
}
END_TEST

// Another board comes and goes; ours goes and comes back, and its URL finds it.
START_TEST(comes_back)
{
	struct weir_transport *t = NULL;
	char url[64];
	int line, other_line, step;
	struct usb_board *board = plug_one(&line);
	uint8_t octets[8];

	ck_assert_int_eq(open_it("", &t), 0);
	snprintf(url, sizeof(url), "%s", OPS.url(t));
	struct usb_board *other = plug(2, (struct usb_board_options){.serial = "OTHER"}, &other_line);
	ck_assert_int_eq(OPS.receive(t, octets, 1, now_ms() + 50), 0);
	usb_board_free(other);
	close(other_line);
	ck_assert_int_eq(OPS.receive(t, octets, 1, now_ms() + 50), 0);

	// What had arrived is delivered first.
	ck_assert_int_eq((int)send(line, "last", 4, 0), 4);
	usleep(50000);
	usb_board_unplug(board);
	size_t n = 0;
	int r;
	while ((r = OPS.receive(t, octets + n, sizeof(octets) - n, now_ms() + 1000)) > 0)
		n += (size_t)r;
	ck_assert_int_eq(r, -ENODEV);
	ck_assert_msg(n == 4 && memcmp(octets, "last", 4) == 0, "%zu octets", n);
	ck_assert_int_eq(OPS.receive(t, octets, 1, now_ms() + 1000), -ENODEV);
	ck_assert_int_eq(OPS.send(t, octets, 1, now_ms() + 1000), -ENODEV);
	ck_assert_int_eq(OPS.rate(t, 12000000), -ENODEV);
	OPS.close(t);
	usb_board_free(board);
	close(line);

	board = plug(5, (struct usb_board_options){.serial = "FT4711"}, &line);
	ck_assert_int_eq(open_it(url + 4, &t), 0);
	OPS.close(t);
	ck_assert_int_eq(converse(line, &step), 0);
	usb_board_free(board);
	close(line);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("usb_transport");
	TCase *tc = tcase_create("transport");
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);

	tcase_set_timeout(tc, 50);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, list);
	tcase_add_test(tc, nobody);
	tcase_add_test(tc, bit_rate_refused);
	tcase_add_test(tc, busy);
	tcase_add_test(tc, no_permission);
	tcase_add_test(tc, settings);
	tcase_add_test(tc, eeprom);
	tcase_add_test(tc, rate);
	tcase_add_test(tc, high_speed);
	tcase_add_test(tc, full_speed);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, deadlines);
	tcase_add_test(tc, signals);
	tcase_add_test(tc, unplug);
	tcase_add_test(tc, unplug_late);
	tcase_add_test(tc, stall);
	tcase_add_test(tc, protocol);
	tcase_add_test(tc, overflow);
	tcase_add_test(tc, short_transfers);
	tcase_add_test(tc, close_at_once);
	tcase_add_test(tc, comes_back);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
