/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * An appliance: a board over USB or a serial line, or a running weir-sim; nothing above this file can tell them apart
 * (docs/libweir.md). One device belongs to one thread at a time; different devices know nothing of each other. The library
 * never logs, never ends the program, and starts no threads. */
#ifndef WEIR_DEVICE_H
#define WEIR_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_dev;

/** How to open; all zero is the default. What is added stands at the end. */
struct weir_open_options {
	/** Of the line, bit/s; 0: 3,000,000, the rate of an appliance at power-on. At another one an appliance that does not answer is
	 * called at that of power-on, and set to this one; weir_dev_close() sets it back. sim and replay have none. */
	uint32_t bit_rate;
	/** For a reply, before the request is sent again; 0: 100 and what the longest request and reply take at the bit rate; 5,000 for
	 * sim: simulated time is slow. A replay has the times of its record. */
	uint32_t timeout_ms;
	uint32_t attempts;       /**< times a request is sent; 0: 5 */
	/** File that gets the conversation, for replay:; made anew, mode 0600, since keys are part of what is said. NULL: none.
	 * Borrowed for the call. */
	const char *record;
	/** Debug: one line of text without its end, borrowed for the call. NULL: silent. */
	void (*debug)(void *ctx, const char *line);
	void *debug_ctx;         /**< for debug */
	uint32_t mail_ms;        /**< For an answer of the firmware; 0: 1,000, and 10,000 for sim: a soft core that is simulated takes seconds. */
};

/** Open an appliance and agree on versions.
 *
 * @param url      `usb:` (the only board), `usb:SERIAL`, `usb:@PLACE` (docs/board-usb.md), `tty:/dev/ttyUSB0`, `sim:/run/weir.sock`, `replay:FILE`. Borrowed for the call.
 * @param options  NULL: the defaults. Borrowed for the call.
 * @param ret_dev  Set only on success; close with weir_dev_close().
 * @param detail   WEIR_DETAIL bytes, or NULL: on failure one line that says where and what to do.
 *
 * @retval 0               Open; nothing of the appliance was changed but, where asked for, the bit rate.
 * @retval -EINVAL         No such kind of URL, or the line has not this bit rate.
 * @retval -ENODEV, -ENOENT, -ECONNREFUSED  Nobody there. -EACCES, -EPERM: no permission. -EBUSY: somebody else has it.
 * @retval -ENOTUNIQ       `usb:` and several boards: name one (weir_dev_list()).
 * @retval -ENOTTY         `tty:` and no serial line. -ENAMETOOLONG: `sim:` and more than 107 bytes.
 * @retval -ETIMEDOUT      It does not answer; the detail says whether anything came back.
 * @retval WEIR_EIDENTITY, WEIR_EVERSION, WEIR_EPROTOCOL; WEIR_EINPUT, WEIR_EREPLAY of `replay:`; -ENOMEM; -EIO; other -errno of opening a file
 *
 * Blocks for at most a second and attempts times timeout_ms for each of three requests; with a bit rate of its own of six. */
int weir_dev_open(const char *url, const struct weir_open_options *options, struct weir_dev **ret_dev, char *detail);

/** Room for a detail text, with its end. */
#define WEIR_DETAIL 512

/** Close. Accepts NULL. After a failure it asks the appliance nothing any more; otherwise for at most timeout_ms when the bit rate has to be set
 * back. */
void weir_dev_close(struct weir_dev *dev);

/** What the last failed call with this device has to say beyond its error: one line, "" when nothing or when it did not fail. Valid until the
 * next call with the device. */
const char *weir_dev_detail(const struct weir_dev *dev);

/** What the appliance can do; filled at open. */
struct weir_caps {
	uint8_t protocol;        /**< version of the link protocol */
	uint16_t map_major;      /**< register map of the data path */
	uint16_t map_minor;      /**< likewise */
	uint16_t soc_major;      /**< and of the soft core's part */
	uint16_t soc_minor;      /**< likewise */
	uint32_t clock_khz;      /**< core clock */
	uint32_t max_rules;      /**< exact rules; prefix rules are WEIR_PREFIX_RULES */
	uint32_t table_entries[7];   /**< of the keyed tables, docs/lists/tables.def */
	uint32_t state_entries[7];   /**< of the tables of state, docs/lists/states.def */
	bool firmware;           /**< the soft core runs */
};
/** Valid until close. */
const struct weir_caps *weir_dev_caps(const struct weir_dev *dev);

/** The URL it was opened with; of `usb:` with the serial number. Valid until close. */
const char *weir_dev_url(const struct weir_dev *dev);

/** A board found on USB. */
struct weir_found {
	char url[64];       /**< that opens it */
	char product[64];   /**< what it says of itself, for people */
};
/** List boards on USB.
 * @param ret    Room for n; filled from the start.
 * @param ret_n  How many there are, perhaps more than n.
 * @retval 0; -ENOSYS built without libusb; -ENOMEM; -EIO. */
int weir_dev_list(struct weir_found *ret, size_t n, size_t *ret_n);

/** How the link has been. */
struct weir_link_stats {
	uint64_t requests;       /**< sent */
	uint64_t repeated;       /**< sent again, for want of a reply */
	uint64_t bad_frames;     /**< received with a wrong FCS or length */
	uint64_t notices;        /**< received */
	uint64_t notices_lost;   /**< missing between two that were received */
};
/** Counts since open. */
void weir_dev_link_stats(const struct weir_dev *dev, struct weir_link_stats *ret);

/* --- Registers (host/include/weir/weir_regs.h, docs/registers.md) --- */

/** Read words.
 * @param address  A multiple of 4, in steps of 4.
 * @param n        1 to 8,192; in requests of at most 64 words, so only 64 at a time are from one moment.
 * @param ret      n words; on failure those of the requests before the one that failed.
 * @retval 0
 * @retval -EINVAL         No such address or n; nothing was asked.
 * @retval -ETIMEDOUT      No reply; the device can be used on.
 * @retval WEIR_EPROTOCOL  The appliance refuses what it must know, or replies nonsense; the device can be used on.
 * @retval -EBUSY          Called from within a notice.
 * @retval -ENODEV, -EIO   It is gone: every call from now on is -ENODEV, close it. Likewise WEIR_EREPLAY, and -ENOMEM of USB.
 *
 * Signals do not end it. Blocks for at most attempts times timeout_ms a request. */
int weir_read(struct weir_dev *dev, uint32_t address, size_t n, uint32_t *ret);

/** Write words. Up to 64 (eight entries) are one request, done wholly or not at all; more are cut between entries, and done in their order.
 * @retval as weir_read(); after -ETIMEDOUT, -ENODEV, -EIO the last request may or may not have been done: it never is in part, and none behind it was. */
int weir_write(struct weir_dev *dev, uint32_t address, size_t n, const uint32_t *words);

/** Write one word to n (1 to 8,192) addresses in a row: one request. @retval as weir_write(). */
int weir_fill(struct weir_dev *dev, uint32_t address, size_t n, uint32_t word);

/* --- Firmware (docs/firmware.md, "Mail") --- */

/** Words of a message, and of its answer. */
#define WEIR_MAIL_WORDS_HOST 16

/** Ask the firmware: send a message, wait for its answer (at most a second; 10 s for sim).
 * @param message     Word 0 is the operation, 0 to 255: status and tag are the library's.
 * @param ret_answer  Set only on success; its word 0 is the operation. Status 3 (not now) is tried again meanwhile.
 * @retval 0
 * @retval WEIR_EFIRMWARE  No answer, or the soft core is stopped. An answer that comes later is not taken for that to the next message.
 * @retval WEIR_EUNKNOWN   Status 1. -ERANGE: status 2. WEIR_EREFUSED: status 3 to the end. WEIR_EPROTOCOL: another one. Nothing was done.
 * @retval -EINVAL         More than an operation in word 0; errors of weir_write(): whether the firmware has done it is unknown. */
int weir_mail(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST]);

/* --- Notices --- */

/** Called from within weir_dev_poll() or any other call with this device, in the order of arrival; it must not call back into the
 * device: that is -EBUSY. `lost`: notices before this one that are missing. */
typedef void weir_notice_fn(void *ctx, const uint32_t words[16], unsigned lost);
/** Who gets the notices from now on. @param fn NULL: nobody, they are counted. @param ctx for fn, borrowed until it is replaced or close. */
void weir_dev_on_notice(struct weir_dev *dev, weir_notice_fn *fn, void *ctx);

/** Wait for notices. @param timeout_ms -1: for ever. @retval 0 some came, or the time is over; -EINTR a signal; errors of weir_read(). */
int weir_dev_poll(struct weir_dev *dev, int timeout_ms);

/** Something to poll() for POLLIN before weir_dev_poll(dev, 0). @retval -ENOSYS of USB: poll by time. */
int weir_dev_fd(const struct weir_dev *dev);

#ifdef __cplusplus
}
#endif
#endif
