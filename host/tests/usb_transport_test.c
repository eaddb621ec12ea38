// SPDX-License-Identifier: Apache-2.0
/* The usb: transport (usb_transport.h). Runs under libumockdev-preload. With AddressSanitizer its runtime must stand first in LD_PRELOAD, else
 * it refuses to start: LD_PRELOAD=$(gcc -print-file-name=libasan.so):libumockdev-preload.so.0 (mk/usb.mk). That order also keeps leaks visible. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "host/tests/check_run.h"
#include "host/tests/usb_transport.h"

static struct usb_world *world;
static uint32_t seed;
char usb_detail[WEIR_DETAIL], usb_said[65536];

int64_t usb_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

uint32_t usb_any(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void hear(void *ctx, const char *line)
{
	(void)ctx;
	ck_assert(strchr(line, '\n') == NULL);
	size_t n = strlen(usb_said);
	snprintf(usb_said + n, sizeof(usb_said) - n, "%s\n", line);
}

const struct weir_transport_options usb_plain = {.bit_rate = 3000000, .debug = hear};

int usb_open_it(const char *rest, struct weir_transport **ret)
{
	usb_said[0] = 0;
	snprintf(usb_detail, sizeof(usb_detail), "untouched");
	int error = OPS.open(rest, &usb_plain, ret, usb_detail);
	if (error != 0)
		ck_assert_msg(usb_detail[0] != 0 && strchr(usb_detail, '\n') == NULL && strcmp(usb_detail, "untouched") != 0, "no detail of %d", error);
	return error;
}

struct usb_board *usb_plug(unsigned port, struct usb_board_options options, int *ret_line)
{
	int line[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line), 0);
	options.line = line[0];
	*ret_line = line[1];
	return usb_board_plug(world, port, &options);
}

struct usb_board *usb_plug_one(int *ret_line)
{
	return usb_plug(1, (struct usb_board_options){.serial = "FT4711", .product = "Versa", .idle_us = 10000}, ret_line);
}

void usb_copy(struct chip *chip, void *ctx)
{
	*(struct chip *)ctx = *chip;
}

void usb_hold(struct chip *chip, void *ctx)
{
	chip->hold = ctx != NULL;
}

void *usb_release_later(void *board)
{
	usleep(80000);
	usb_board_chip(board, usb_hold, NULL);
	return NULL;
}

int usb_converse(int line, int *ret_step)
{
	struct weir_transport *t = NULL;
	uint8_t octets[262], got[262];
	int error;

	memset(octets, 0x2a, sizeof(octets));
	octets[261] = 0x7e;
	*ret_step = StepOpen;
	error = usb_open_it("FT4711", &t);
	if (error != 0) {
		ck_assert_ptr_null(t);
		return error;
	}
	for (int half = 0; half < 2 && error == 0; half++) {
		*ret_step = half == 0 ? StepSend : StepSendAgain;
		error = OPS.send(t, octets, sizeof(octets), usb_now_ms() + 400);
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
			int r = OPS.receive(t, got, sizeof(got), usb_now_ms() + 400);
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

static unsigned open_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

unsigned usb_open_fds(void)
{
	unsigned n = open_fds();

	for (int same = 0; same < 20;) {
		usleep(5000);
		unsigned now = open_fds();
		same = now == n ? same + 1 : 0;
		n = now;
	}
	return n;
}

void usb_no_fd_left(unsigned before)
{
	for (int i = 0; i < 1000 && open_fds() > before; i++)
		usleep(5000);
	ck_assert_uint_le(open_fds(), before);
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

int main(void)
{
	TCase *const all[] = {usb_open_tests(), usb_octets_tests(), usb_fault_tests(), usb_alloc_tests()};
	Suite *suite = suite_create("usb_transport");
	sigset_t set;

	// Let in by the test of signals alone.
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		tcase_add_checked_fixture(all[i], setup, teardown);
		suite_add_tcase(suite, all[i]);
	}
	return check_run(suite);
}
