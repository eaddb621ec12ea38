/* SPDX-License-Identifier: Apache-2.0 */
/** Boards that umockdev plugs into this machine's USB, for programs that run under libumockdev-preload: sysfs, udev's messages, and
 * usbfs, whose ioctls a handler here answers with an FT2232H (usb_chip.h). What the chip would send over its line goes to a socket.
 *
 * usbfs tells by POLLOUT that a transfer can be reaped. A file cannot do that (it is always ready, and libusb would spin), a FIFO of one
 * page can: it is not ready while an octet lies in it. So the device node is a FIFO. POLLERR it cannot: an unplugged board is told by
 * its transfers, and by udev. */
#ifndef WEIR_TESTS_USB_BOARD_H
#define WEIR_TESTS_USB_BOARD_H

#include <stdbool.h>

#include "host/tests/usb_chip.h"

struct usb_world;
struct usb_board;

/** Sets UMOCKDEV_DIR of this process, so that of its children: those of them, and it itself, that run under libumockdev-preload see
 * the boards instead of the machine's. Udev's messages of plugging and unplugging are sent only if it runs under it itself. */
struct usb_world *usb_world_new(void);
void usb_world_free(struct usb_world *world);

/** What a board does wrong, once. */
enum usb_fault {
	FaultNone,
	FaultUnplug,           /* at ioctl `at`: it, all transfers in flight and all after it fail; udev tells a little later */
	FaultUnplugLate,       /* transfer `at` fails with EPROTO, all others too, and only 100 ms later the board is known to be gone */
	FaultStall,            /* transfer `at` ends with EPIPE */
	FaultProtocol,         /* … with EPROTO */
	FaultOverflow,         /* … with EOVERFLOW */
	FaultShort,            /* … with nothing, though without an error */
	FaultBusy,             /* claiming: EBUSY */
};

struct usb_board_options {
	const char *serial, *product;   /* NULL: none */
	uint16_t product_id;            /* 0: 0x6010 */
	uint16_t release;               /* 0: 0x0700 */
	bool one_interface;             /* without channel B */
	size_t packet_len;              /* 0: 512 */
	int64_t idle_us;                /* see struct chip */
	int line;                       /* socket, taken; -1: nothing is on the line */
};

/** @param port  1 to 9: the board's place is @1-PORT. */
struct usb_board *usb_board_plug(struct usb_world *world, unsigned port, const struct usb_board_options *options);
/** Nothing may have it open any more. Unplugs it, if it still is. */
void usb_board_free(struct usb_board *board);
void usb_board_unplug(struct usb_board *board);
/** Deny it to everybody but root (false), or to nobody. */
void usb_board_permit(struct usb_board *board, bool permit);
void usb_board_fault(struct usb_board *board, enum usb_fault fault, unsigned at);
/** So many since the fault was set. */
unsigned usb_board_ioctls(struct usb_board *board);
unsigned usb_board_transfers(struct usb_board *board);
/** Channel B claimed, kernel's driver away. */
bool usb_board_claimed(struct usb_board *board);
bool usb_board_detached(struct usb_board *board);
/** What a program that had the board open has left in it, in words; NULL: nothing, no transfer in flight, channel B not claimed, and, unless
 * it is unplugged, the kernel's driver back. The board hears of a closed node a little later, so this waits, 5 s at most, for nothing. */
const char *usb_board_left(struct usb_board *board);
/** A look at the chip, or a change. */
void usb_board_chip(struct usb_board *board, void (*look)(struct chip *chip, void *ctx), void *ctx);

#endif
