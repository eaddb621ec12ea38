/* SPDX-License-Identifier: Apache-2.0 */
/** A way of octets to an appliance and back. Framing, sequence numbers, timeouts and repeats are above it (device.c), so a
 * transport knows nothing of them; what it carries may be lost or wrong. */
#ifndef WEIR_LIBWEIR_TRANSPORT_H
#define WEIR_LIBWEIR_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

struct weir_transport;

struct weir_transport_options {
	uint32_t bit_rate;   /**< bit/s, not 0 */
	void (*debug)(void *ctx, const char *line);   /**< or NULL */
	void *debug_ctx;
};

/** How long a device waits. */
struct weir_timing {
	uint32_t timeout_ms;   /**< for a reply */
	uint32_t attempts;     /**< times a request is sent */
	uint32_t mail_ms;      /**< for an answer of the firmware */
	uint32_t bit_rate;     /**< that is wanted; 0: the line has none */
};

/** All are called by the thread of the device, never from within each other. After an error of send or receive other than -EINTR,
 * and -ETIMEDOUT of send, only close is called. */
struct weir_transport_ops {
	const char *scheme;              /**< "usb" */
	uint32_t timeout_ms;             /**< default for a reply */
	uint32_t mail_ms;                /**< default for an answer of the firmware; 0: 1,000 */
	/** @param rest    Of the URL, behind "scheme:". Borrowed.
	 *  @param detail  WEIR_DETAIL bytes: one line on failure.
	 *  @retval 0 *ret set; errors of weir_dev_open(). May block for a second. */
	int (*open)(const char *rest, const struct weir_transport_options *options, struct weir_transport **ret, char *detail);
	/** Send all n octets (at most 600), or fail. @param deadline_ms on the clock of now_ms.
	 *  @retval 0; -ETIMEDOUT nobody takes them, and some may have gone: every frame begins with a flag, so the next one is none
	 *  the worse; -EINTR nothing was sent; -ENOMEM, nothing was sent; -ENODEV gone; -EIO. */
	int (*send)(struct weir_transport *t, const uint8_t *octets, size_t n, int64_t deadline_ms);
	/** Receive 1 to `room` octets. A deadline in the past: what is there already; INT64_MAX: for ever.
	 *  @retval more than 0: so many; 0 the time is over; -ENODEV gone; -EBUSY it has let us in, but somebody else has it; -ENOMEM; -EIO; -EINTR. */
	int (*receive)(struct weir_transport *t, uint8_t *ret, size_t room, int64_t deadline_ms);
	/** To poll() for POLLIN. @retval -ENOSYS it has none. */
	int (*fd)(struct weir_transport *t);
	/** Change the bit rate, behind what was sent. NULL: it has none. @retval 0; -EINVAL not this rate; -ENOMEM, as before; -ENODEV; -EIO. */
	int (*rate)(struct weir_transport *t, uint32_t bit_rate);
	/** The URL that opens this one again; "" when that is the one it was opened with. Valid until close. */
	const char *(*url)(const struct weir_transport *t);
	/** Accepts NULL. Frees everything, whatever the state. */
	void (*close)(struct weir_transport *t);
	/** The clock of all deadlines, ms. NULL: CLOCK_MONOTONIC. A replay and a test bring time along. */
	int64_t (*now_ms)(struct weir_transport *t);
	/** What the last failure of send, receive or rate was about, one line; "" nothing to add. Valid until the next call. NULL: nothing ever. */
	const char *(*why)(const struct weir_transport *t);
	/** Timing to use instead of that of the options: of a replay, what it was recorded with. NULL: never another. */
	void (*timing)(const struct weir_transport *t, struct weir_timing *timing);
};

extern const struct weir_transport_ops weir_transport_sim;      /**< Unix stream socket of weir-sim --listen */
extern const struct weir_transport_ops weir_transport_tty;      /**< serial line */
extern const struct weir_transport_ops weir_transport_replay;   /**< a recorded conversation */
extern const struct weir_transport_ops weir_transport_usb;      /**< FT2232H, channel B */

#endif
