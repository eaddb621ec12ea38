/* SPDX-License-Identifier: Apache-2.0 */
/** Tests of the usb: transport through the real libusb, against boards that umockdev plugs in (usb_board.h): what the files usb_*_test.c share.
 * usb_transport_test.c is their program. */
#ifndef WEIR_TESTS_USB_TRANSPORT_H
#define WEIR_TESTS_USB_TRANSPORT_H

#include <check.h>

#include "host/libweir/transport.h"
#include "host/tests/usb_board.h"
#include "weir/device.h"

#define OPS weir_transport_usb

/** Of the last open; what its debug callback has heard since, a line each. */
extern char usb_detail[WEIR_DETAIL], usb_said[65536];
extern const struct weir_transport_options usb_plain;   /**< 3 Mbit/s, heard */

int64_t usb_now_ms(void);   /**< CLOCK_MONOTONIC, not the one of the code under test */

/** The same numbers in every test. */
uint32_t usb_any(void);

/** Open with usb_plain. A failure leaves a detail of one line. */
int usb_open_it(const char *rest, struct weir_transport **ret);

/** A board with a line whose other end is *ret_line. */
struct usb_board *usb_plug(unsigned port, struct usb_board_options options, int *ret_line);
/** usb:FT4711. */
struct usb_board *usb_plug_one(int *ret_line);

/** For usb_board_chip(): the chip as it is, to a struct chip; hold what is to be sent if ctx is not NULL. */
void usb_copy(struct chip *chip, void *ctx);
void usb_hold(struct chip *chip, void *ctx);
/** Thread: 80 ms later the line of a board takes octets again. */
void *usb_release_later(void *board);

/** Until something fails: open usb:FT4711, send, receive, set the rate, send and receive again, close. */
enum { StepOpen, StepSend, StepReceive, StepRate, StepSendAgain, StepReceiveAgain, StepDone };
/** @param line  The other end; it sends back what it hears. @return the first error; *ret_step where. */
int usb_converse(int line, int *ret_step);
/** Files that this process has open, once their number stands still: the emulation, which is in this process, closes its ends a little after
 * libusb has closed the others. */
unsigned usb_open_fds(void);
/** Fails unless in the end no more files are open than before, a number from usb_open_fds(). */
void usb_no_fd_left(unsigned before);

TCase *usb_open_tests(void);
TCase *usb_octets_tests(void);
TCase *usb_fault_tests(void);
TCase *usb_alloc_tests(void);

#endif
