/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of an emulated board: usb_board.c has its line, its plug and its thread, usb_fs.c what the program sees of it. */
#ifndef WEIR_TESTS_USB_BOARD_PRIV_H
#define WEIR_TESTS_USB_BOARD_PRIV_H

#include <limits.h>
#include <pthread.h>
#include <time.h>
#include <umockdev.h>

#include "host/tests/usb_board.h"

// A transfer that the program has submitted and not reaped yet.
struct urb {
	struct urb *next;
	UMockdevIoctlClient *client;      // who
	UMockdevIoctlData *data, *buffer; // its struct usbdevfs_urb and its octets over there
	unsigned char endpoint, type;
	int len, actual, status;
	int taken;                        // out: octets that the chip has
	uint8_t octets[];
};

struct queue {
	struct urb *first, **last;
};

struct usb_world {
	UMockdevTestbed *testbed;
	char *root;
	unsigned devices;
	bool heard;                       // udev's messages can be sent: only under libumockdev-preload
	struct usb_board *boards;         // those that nobody has freed: of a test that failed
};

struct usb_board {
	struct usb_world *world;
	struct usb_board *next;
	struct handler *handler;
	char *sys;                        // "/sys/devices/usb1/1-1"
	char node[PATH_MAX], dev[32];     // the FIFO, by its own path and as "/dev/…"
	int fifo, wake, line;
	pthread_t thread;
	pthread_mutex_t lock;             // for all below
	struct chip chip;
	struct queue pending, done;
	UMockdevIoctlClient *claimer;
	bool claimed, detached;
	bool ready, gone, told, sick, stop;
	int64_t tell_us, late_us;
	enum usb_fault fault;
	unsigned fault_at, ioctls, transfers;
};

static inline int64_t usb_now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* All but the first two with the lock. */
struct handler *usb_fs_new(struct usb_board *board);
/** Also forgets all transfers. */
void usb_fs_free(struct usb_board *board);
/** Bulk transfers go on as far as the chip lets them. */
void usb_fs_work(struct usb_board *board);
/** Whether poll() of the device node says POLLOUT. */
void usb_fs_show_ready(struct usb_board *board);
/** Whoever has closed the node has nothing any more. */
void usb_fs_forget_vanished(struct usb_board *board);
/** Unplugged, as the transfers see it. */
void usb_fs_go(struct usb_board *board);

#endif
