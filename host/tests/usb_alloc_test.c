// SPDX-License-Identifier: Apache-2.0
/* Every allocation on the way over USB fails once: ours, and those that libusb makes for us in our thread. libusb is linked statically here, so that
 * the linker leads its allocations to fail_alloc.c, too. Left out are those of libudev, of the C library (asprintf), and of libusb's own thread that
 * listens to udev: they are in shared libraries, or no call of ours. */
#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/tests/fail_alloc.h"
#include "host/tests/usb_transport.h"

enum { Octets = 262 };

static void arm(unsigned at)
{
	allocations = 0;
	fail_at = at;
	counting = true;
}

static void disarm(void)
{
	counting = false;
	fail_at = 0;
}

// libusb_init() as a whole is one allocation here. What happens in it is libusb's own business (1.0.26): of a device for which it gets no memory
// it says nothing, so that a board would not be there; and it loses an event source, 24 octets, when it gets none for the next one.
int __real_libusb_init(libusb_context **ret);
int __wrap_libusb_init(libusb_context **ret);

int __wrap_libusb_init(libusb_context **ret)
{
	bool counted = counting;

	if (counted && ++allocations == fail_at)
		return LIBUSB_ERROR_NO_MEM;
	counting = false;
	int error = __real_libusb_init(ret);
	counting = counted;
	return error;
}

static const uint8_t octets[Octets] = {0x2a, [Octets - 1] = 0x7e};

static int send_it(struct weir_transport *t)
{
	return OPS.send(t, octets, sizeof(octets), usb_now_ms() + 1000);
}

// All that the peer sends back. @return 0 or the error.
static int receive_it(struct weir_transport *t)
{
	uint8_t got[Octets];

	for (size_t n = 0; n < sizeof(got);) {
		int r = OPS.receive(t, got + n, sizeof(got) - n, usb_now_ms() + 1000);
		if (r <= 0)
			return r < 0 ? r : -ETIMEDOUT;
		if (memcmp(got + n, octets + n, (size_t)r) != 0)
			return -EBADMSG;              // Check's own allocations are counted, too: no check in here
		n += (size_t)r;
	}
	return 0;
}

// What was sent, all of it and once, and back.
static void echo(int line)
{
	uint8_t got[Octets];

	for (size_t n = 0; n < sizeof(got);) {
		ssize_t r = recv(line, got + n, sizeof(got) - n, 0);
		ck_assert_int_gt((int)r, 0);
		n += (size_t)r;
	}
	ck_assert(memcmp(got, octets, sizeof(got)) == 0);
	ck_assert_int_eq((int)send(line, got, sizeof(got), 0), Octets);
}

enum step { List, Open, Send, Receive, Rate, Close, Steps };

// A conversation in which allocation `at` of one step fails. @return whether the step had so many.
static bool fails_at(struct usb_board *board, int line, enum step step, unsigned at, unsigned *told)
{
	struct weir_transport *t = NULL;
	struct weir_found found[2];
	size_t n = 99;
	struct chip chip;
	int error = 0;

	if (step == List) {
		arm(at);
		error = weir_dev_list(found, 2, &n);
		disarm();
		// One that could not be asked is named by its place.
		ck_assert(error != 0 ? n == 99 : n == 1 && (strcmp(found[0].url, "usb:FT4711") == 0 || strcmp(found[0].url, "usb:@1-1") == 0));
	} else {
		static const struct weir_transport_options silent = {.bit_rate = 3000000};
		if (step == Open)
			arm(at);
		error = OPS.open("@1-1", &silent, &t, usb_detail);
		disarm();
		ck_assert(error == 0 ? t != NULL : t == NULL && strcmp(usb_detail, "out of memory") == 0);
	}
	if (t != NULL) {
		if (step == Send)
			arm(at);
		int sent = send_it(t);
		disarm();
		if (sent != 0) {
			// Nothing has gone. The next one does.
			uint8_t octet;
			ck_assert_int_eq((int)recv(line, &octet, 1, MSG_DONTWAIT), -1);
			ck_assert_int_eq(send_it(t), 0);
			error = sent;
		}
		echo(line);
		if (step == Receive)
			arm(at);
		int received = receive_it(t);
		// The way in is dead behind what had come, and stays it.
		disarm();
		if (received == 0 && step == Receive && allocations >= at) {
			uint8_t octet;
			received = OPS.receive(t, &octet, 1, usb_now_ms() + 20);
		}
		if (received != 0) {
			ck_assert_int_eq(receive_it(t), received);
			error = received;
		} else {
			if (step == Rate)
				arm(at);
			int rate = OPS.rate(t, 12000000);
			disarm();
			usb_board_chip(board, usb_copy, &chip);
			ck_assert(chip_bit_rate(&chip) == (rate == 0 ? 12e6 : 3e6));
			if (rate != 0) {
				ck_assert_int_eq(OPS.rate(t, 12000000), 0);
				error = rate;
			}
		}
		if (step == Close)
			arm(at);
		OPS.close(t);
		disarm();
	}
	ck_assert_msg(error == 0 || error == -ENOMEM, "step %d, allocation %u: %d: %s", step, at, error, usb_detail);
	ck_assert_pstr_eq(usb_board_left(board), NULL);
	*told += error != 0;
	return allocations >= at;
}

START_TEST(step)
{
	static const struct {
		unsigned least, told;         // allocations that there are at least; … that must be told when they fail
	} want[Steps] = {[List] = {10, 3}, [Open] = {40, 30}, [Send] = {1, 1}, [Receive] = {1, 1}, [Rate] = {2, 2}, [Close] = {1, 0}};
	unsigned at = 1, told = 0, files = 0;
	int line, done;
	struct usb_board *board = usb_plug_one(&line);

	for (; fails_at(board, line, (enum step)_i, at, &told); at++) {
		ck_assert_uint_lt(at, 2000);
		ck_assert_int_eq(usb_converse(line, &done), 0);
		if (at == 1)
			files = usb_open_fds();
	}
	if (at > 1)
		usb_no_fd_left(files);
	ck_assert_msg(at > want[_i].least && told >= want[_i].told, "step %d: %u allocations, %u told", _i, at - 1, told);
	usb_board_free(board);
	close(line);
}
END_TEST

TCase *usb_alloc_tests(void)
{
	TCase *tc = tcase_create("alloc");

	tcase_set_timeout(tc, 100);
	tcase_add_loop_test(tc, step, 0, Steps);
	return tc;
}
