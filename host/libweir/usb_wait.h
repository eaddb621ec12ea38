/* SPDX-License-Identifier: Apache-2.0 */
/** Waiting for libusb, by the thread of the caller, so that a signal is not missed. */
#ifndef WEIR_LIBWEIR_USB_WAIT_H
#define WEIR_LIBWEIR_USB_WAIT_H

#include <libusb-1.0/libusb.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>

#define WEIR_USB_FDS 8               /* libusb has three */

struct weir_usb_wait {
	libusb_context *ctx;
	struct pollfd fds[WEIR_USB_FDS];  /**< what libusb waits for */
	int n_fds;
};

/** CLOCK_MONOTONIC */
int64_t weir_usb_now_ms(void);

/** Follow what libusb waits for, from now on. @param wait  stays where it is for as long as ctx lives. @retval 0; -ENOMEM. */
int weir_usb_wait_init(struct weir_usb_wait *wait, libusb_context *ctx);

/** Let libusb work once, until the deadline, *done, or for a minute at most. @retval 0; LIBUSB_ERROR_. */
int weir_usb_events(struct weir_usb_wait *wait, int64_t deadline_ms, int *done);

/** The same, but a signal ends it, LIBUSB_ERROR_INTERRUPTED, whenever it comes: an idle chip wakes libusb every millisecond, so that a
 * signal would often hit it awake and be missed. Signals are blocked but for the time of the ppoll.
 * @param let_in  what weir_usb_hold_signals() gave. */
int weir_usb_events_or_signal(struct weir_usb_wait *wait, int64_t deadline_ms, int *done, const sigset_t *let_in);
void weir_usb_hold_signals(sigset_t *ret_before);

#endif
