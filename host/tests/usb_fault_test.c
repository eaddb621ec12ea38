// SPDX-License-Identifier: Apache-2.0
/* Boards that leave, stall or lie, at every step. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/tests/usb_transport.h"

// A fault at each ioctl or transfer of a whole conversation in turn. @return how many conversations failed.
static unsigned sweep(enum usb_fault fault, bool every_ioctl, int expected, unsigned steps[StepDone + 1])
{
	unsigned failed = 0, n = 1;

	for (unsigned at = 0; at <= n; at++) {
		int line, step;
		struct usb_board *board = usb_plug_one(&line);
		usb_board_fault(board, at == 0 ? FaultNone : fault, at);
		int64_t start = usb_now_ms();
		int error = usb_converse(line, &step);
		ck_assert_msg(usb_now_ms() - start < 4000, "fault at %u: %lld ms", at, (long long)(usb_now_ms() - start));
		if (at == 0) {
			ck_assert_int_eq(error, 0);
			n = every_ioctl ? usb_board_ioctls(board) : usb_board_transfers(board);
		}
		// While the boards are listed, one that fails has not been chosen yet: nobody waits to see whether it has gone.
		bool mute = error == -EIO && step == StepOpen && strstr(usb_detail, "serial number") != NULL;
		ck_assert_msg(error == 0 || error == expected || mute, "fault at %u of %u: %d in step %d: %s", at, n, error, step, usb_detail);
		ck_assert_pstr_eq(usb_board_left(board), NULL);
		failed += error != 0;
		steps[step]++;
		// The same board, plugged in again, is as new.
		if (at % 8 == 1) {
			usb_board_free(board);
			close(line);
			board = usb_plug_one(&line);
			ck_assert_int_eq(usb_converse(line, &step), 0);
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

// Closing takes back what flies, though nothing comes for seconds, and leaves no file open: neither does an open that fails.
START_TEST(close_at_once)
{
	struct weir_transport *t = NULL;
	int line;
	struct usb_board *board = usb_plug(1, (struct usb_board_options){.serial = "FT4711", .idle_us = 8000000}, &line);
	unsigned before = 0;

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(usb_open_it("", &t), 0);
		int64_t start = usb_now_ms();
		OPS.close(t);
		ck_assert_msg(usb_now_ms() - start < 4000, "close took %lld ms", (long long)(usb_now_ms() - start));
		ck_assert_pstr_eq(usb_board_left(board), NULL);
		ck_assert_int_eq(usb_open_it("OTHER", &t), -ENODEV);
		if (i == 0)
			before = usb_open_fds();
	}
	usb_no_fd_left(before);
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
	struct usb_board *board = usb_plug_one(&line);
	uint8_t octets[8];

	ck_assert_int_eq(usb_open_it("", &t), 0);
	snprintf(url, sizeof(url), "%s", OPS.url(t));
	struct usb_board *other = usb_plug(2, (struct usb_board_options){.serial = "OTHER"}, &other_line);
	ck_assert_int_eq(OPS.receive(t, octets, 1, usb_now_ms() + 50), 0);
	usb_board_free(other);
	close(other_line);
	ck_assert_int_eq(OPS.receive(t, octets, 1, usb_now_ms() + 50), 0);

	// What had arrived is delivered first.
	ck_assert_int_eq((int)send(line, "last", 4, 0), 4);
	usleep(50000);
	usb_board_unplug(board);
	size_t n = 0;
	int r;
	while ((r = OPS.receive(t, octets + n, sizeof(octets) - n, usb_now_ms() + 1000)) > 0)
		n += (size_t)r;
	ck_assert_int_eq(r, -ENODEV);
	ck_assert_msg(n == 4 && memcmp(octets, "last", 4) == 0, "%zu octets", n);
	ck_assert_int_eq(OPS.receive(t, octets, 1, usb_now_ms() + 1000), -ENODEV);
	ck_assert_int_eq(OPS.send(t, octets, 1, usb_now_ms() + 1000), -ENODEV);
	ck_assert_int_eq(OPS.rate(t, 12000000), -ENODEV);
	OPS.close(t);
	usb_board_free(board);
	close(line);

	board = usb_plug(5, (struct usb_board_options){.serial = "FT4711"}, &line);
	ck_assert_int_eq(usb_open_it(url + 4, &t), 0);
	OPS.close(t);
	ck_assert_int_eq(usb_converse(line, &step), 0);
	usb_board_free(board);
	close(line);
}
END_TEST

TCase *usb_fault_tests(void)
{
	TCase *tc = tcase_create("fault");

	tcase_set_timeout(tc, 50);
	tcase_add_test(tc, unplug);
	tcase_add_test(tc, unplug_late);
	tcase_add_test(tc, stall);
	tcase_add_test(tc, protocol);
	tcase_add_test(tc, overflow);
	tcase_add_test(tc, short_transfers);
	tcase_add_test(tc, close_at_once);
	tcase_add_test(tc, comes_back);
	return tc;
}
