// SPDX-License-Identifier: Apache-2.0
/* Finding a board and opening it; what the chip is told. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/tests/usb_transport.h"

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
		boards[i] = usb_plug(i + 1, t[i].options, &line);
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
	ck_assert_int_eq(usb_open_it("", &t1), -ENOTUNIQ);
	ck_assert_msg(strstr(usb_detail, "7 boards") != NULL && strstr(usb_detail, "usb:FT1") != NULL && strstr(usb_detail, "usb:@1-2") != NULL, "%s", usb_detail);
	ck_assert_int_eq(usb_open_it("TWIN", &t1), -ENOTUNIQ);
	ck_assert_msg(strstr(usb_detail, "2 boards") != NULL && strstr(usb_detail, "usb:@1-3") != NULL, "%s", usb_detail);
	ck_assert_int_eq(usb_open_it("FT6", &t1), -ENODEV);
	ck_assert_msg(strstr(usb_detail, "FT6") != NULL && strstr(usb_detail, "usb:FT1") != NULL, "%s", usb_detail);
	ck_assert_int_eq(usb_open_it("@1-6", &t1), -ENODEV);
	ck_assert_ptr_null(t1);
	// Each listed URL opens just that board, and is the one that it tells.
	for (size_t j = 0; j < n; j++) {
		ck_assert_int_eq(usb_open_it(all[j].url + 4, &t1), 0);
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

	ck_assert_int_eq(usb_open_it("", &t), -ENODEV);
	ck_assert_ptr_nonnull(strstr(usb_detail, "0403:6010"));
	struct usb_board *board = usb_plug(1, (struct usb_board_options){.serial = "FT1", .one_interface = true}, &line);
	ck_assert_int_eq(usb_open_it("", &t), -ENODEV);
	ck_assert_msg(strstr(usb_detail, "usb:FT1") != NULL && strstr(usb_detail, "channel B") != NULL, "%s", usb_detail);
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
	struct usb_board *board = usb_plug_one(&line);
	struct weir_transport_options wrong = {.bit_rate = 10000000};

	ck_assert_int_eq(OPS.open("", &wrong, &t, usb_detail), -EINVAL);
	ck_assert_msg(strstr(usb_detail, "10000000") != NULL, "%s", usb_detail);
	ck_assert_uint_eq(usb_board_ioctls(board), 0);
	usb_board_free(board);
	close(line);
}
END_TEST

START_TEST(busy)
{
	struct weir_transport *t = NULL, *second = NULL;
	int line;
	struct usb_board *board = usb_plug_one(&line);

	usb_board_fault(board, FaultBusy, 0);
	ck_assert_int_eq(usb_open_it("", &t), -EBUSY);
	ck_assert_msg(strstr(usb_detail, "usb:FT4711") != NULL && strstr(usb_detail, "another program") != NULL, "%s", usb_detail);
	ck_assert_pstr_eq(usb_board_left(board), NULL);
	usb_board_fault(board, FaultNone, 0);

	// And a real second one, which does not disturb the first.
	ck_assert_int_eq(usb_open_it("", &t), 0);
	ck_assert_int_eq(usb_open_it("", &second), -EBUSY);
	ck_assert_ptr_null(second);
	uint8_t octet = 'x', got = 0;
	ck_assert_int_eq(OPS.send(t, &octet, 1, usb_now_ms() + 1000), 0);
	ck_assert_int_eq(recv(line, &got, 1, 0), 1);
	ck_assert_uint_eq(got, 'x');
	OPS.close(t);
	ck_assert_pstr_eq(usb_board_left(board), NULL);
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
	struct usb_board *board = usb_plug_one(&line);

	static const char *const rests[] = {"", "FT4711", "@1-1"};
	char details[3][WEIR_DETAIL];
	int errors[3];
	usb_board_permit(board, false);
	setfsuid(65534);                     // no check until it is undone: one that fails ends the test at once
	for (int i = 0; i < 3; i++)
		errors[i] = OPS.open(rests[i], &usb_plain, &t, details[i]);
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
	ck_assert_int_eq(usb_open_it("FT4711", &t), 0);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

// --- Settings

START_TEST(settings)
{
	struct weir_transport *t = NULL;
	struct chip chip;
	int line;
	struct usb_board *board = usb_plug_one(&line);

	ck_assert(send(line, "stale", 5, 0) == 5);
	usleep(50000);
	ck_assert_int_eq(usb_open_it("", &t), 0);
	ck_assert_int_eq(OPS.fd(t), -ENOSYS);
	ck_assert_ptr_nonnull(strstr(usb_said, "3000000 bit/s"));
	ck_assert_ptr_null(strstr(usb_said, "EEPROM"));
	usb_board_chip(board, usb_copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 3e6);
	ck_assert_uint_eq(chip.format, 8);
	ck_assert_uint_eq(chip.mode, 0);
	ck_assert_uint_eq(chip.latency_ms, 1);
	ck_assert_int_eq(chip.event, 0x7e);
	ck_assert(chip.resets == 1 && chip.purges[1] == 1 && chip.purges[2] == 1);
	ck_assert(usb_board_detached(board));
	// What came before is not for us.
	uint8_t octets[16];
	ck_assert_int_eq(OPS.receive(t, octets, sizeof(octets), usb_now_ms() + 50), 0);
	OPS.close(t);
	usb_board_chip(board, usb_copy, &chip);
	ck_assert_int_eq(chip.event, -1);
	ck_assert(!usb_board_detached(board));       // ftdi_sio has it again
	ck_assert_pstr_eq(usb_board_left(board), NULL);
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
	struct usb_board *board = usb_plug_one(&line);

	usb_board_chip(board, fifo_mode, NULL);
	ck_assert_int_eq(usb_open_it("", &t), 0);
	ck_assert_msg(strstr(usb_said, "EEPROM") != NULL && strstr(usb_said, "mode 1") != NULL, "%s", usb_said);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

START_TEST(rate)
{
	struct weir_transport *t = NULL;
	struct chip chip;
	pthread_t thread;
	int line;
	struct usb_board *board = usb_plug_one(&line);
	uint8_t octets[300];

	memset(octets, 0x33, sizeof(octets));
	ck_assert_int_eq(usb_open_it("", &t), 0);
	ck_assert_int_eq(OPS.rate(t, 12000000), 0);
	usb_board_chip(board, usb_copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 12e6);
	// One that it cannot: as before.
	ck_assert_int_eq(OPS.rate(t, 10000000), -EINVAL);
	ck_assert_int_eq(OPS.rate(t, 0), -EINVAL);
	usb_board_chip(board, usb_copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 12e6);
	// Behind what was sent: the line takes it 80 ms later.
	usb_board_chip(board, usb_hold, &chip);
	ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), usb_now_ms() + 1000), 0);
	pthread_create(&thread, NULL, usb_release_later, board);
	ck_assert_int_eq(OPS.rate(t, 3000000), 0);
	usb_board_chip(board, usb_copy, &chip);
	ck_assert(chip_bit_rate(&chip) == 3e6);
	ck_assert_uint_eq(chip.early_rates, 0);
	pthread_join(thread, NULL);
	// A line that never takes it does not hold the caller for ever.
	usb_board_chip(board, usb_hold, &chip);
	ck_assert_int_eq(OPS.send(t, octets, sizeof(octets), usb_now_ms() + 1000), 0);
	int64_t start = usb_now_ms();
	ck_assert_int_eq(OPS.rate(t, 12000000), 0);
	ck_assert_int_lt(usb_now_ms() - start, 1000);
	OPS.close(t);
	usb_board_free(board);
	close(line);
}
END_TEST

TCase *usb_open_tests(void)
{
	TCase *tc = tcase_create("open");

	tcase_set_timeout(tc, 50);
	tcase_add_test(tc, list);
	tcase_add_test(tc, nobody);
	tcase_add_test(tc, bit_rate_refused);
	tcase_add_test(tc, busy);
	tcase_add_test(tc, no_permission);
	tcase_add_test(tc, settings);
	tcase_add_test(tc, eeprom);
	tcase_add_test(tc, rate);
	return tc;
}
