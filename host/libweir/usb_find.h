/* SPDX-License-Identifier: Apache-2.0 */
/** Boards on USB: which there are, and which one a URL means. */
#ifndef WEIR_LIBWEIR_USB_FIND_H
#define WEIR_LIBWEIR_USB_FIND_H

#include <libusb-1.0/libusb.h>

struct weir_usb_board {
	libusb_device *device;   /**< one reference, the list's */
	char place[32];          /**< "@1-4.2": bus, ports; as the kernel names it */
	char serial[64];         /**< "" when it has none that a URL could hold, or could not be asked */
	char product[64];
	int error;               /**< LIBUSB_ERROR_: it could not be opened, or has a serial number and does not tell it; 0 */
};

/** libusb_init(), its thread without any signals: those are the program's. */
int weir_usb_init(libusb_context **ret);

/** -errno of a LIBUSB_ERROR_. */
int weir_usb_errno(int error);

/** Every FT2232H. @retval 0 *ret (perhaps NULL) is free'd by weir_usb_boards_free(); -ENOMEM; -EIO. */
int weir_usb_boards(libusb_context *ctx, struct weir_usb_board **ret, size_t *ret_n);
void weir_usb_boards_free(struct weir_usb_board *boards, size_t n);

/** The one that a URL means.
 * @param rest     Behind "usb:": "" the only one, "@PLACE", or a serial number.
 * @param ret_i    Set only on success.
 * @param detail   WEIR_DETAIL bytes: one line on failure.
 * @retval 0; -ENODEV no such; -ENOTUNIQ several; -EACCES, -EIO it may be one that cannot be asked. */
int weir_usb_choose(const struct weir_usb_board *boards, size_t n, const char *rest, size_t *ret_i, char *detail);

/** What opens board i again, whatever else is plugged in: "usb:SERIAL", or "usb:@PLACE" if the number is not its alone. */
void weir_usb_url(const struct weir_usb_board *boards, size_t n, size_t i, char *ret, size_t room);

/** "no permission …", into a detail. */
void weir_usb_no_access(const struct weir_usb_board *board, char *detail);

#endif
