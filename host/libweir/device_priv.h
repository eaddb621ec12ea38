/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of a device: what the other files of libweir need of it. */
#ifndef WEIR_LIBWEIR_DEVICE_PRIV_H
#define WEIR_LIBWEIR_DEVICE_PRIV_H

#include <stdio.h>

#include "detail.h"
#include "host/common/link_proto.h"
#include "transport.h"
#include "weir/device.h"

/** Of the appliance at power-on (docs/link.md, "Speed"), and what register link_rate counts in: bits of UartClock / 65,536. */
enum { WEIR_BIT_RATE = 3000000, WEIR_UART_CLOCK = 125000000 };

struct weir_dev {
	const struct weir_transport_ops *ops;
	struct weir_transport *transport;
	char *url;
	struct weir_timing timing;
	void (*debug)(void *ctx, const char *line);
	void *debug_ctx;

	struct weir_link_decoder decoder;
	uint8_t number;            /* of the last request */
	uint32_t bad_seen;         /* of the decoder's count, in stats */
	uint64_t octets, frames;   /* received at all, and good frames: for the detail when nothing comes of it */
	bool gone;                 /* the transport has failed: only close is left */
	bool busy;                 /* inside a call: notices must not call back */
	uint32_t bit_rate;         /* that the appliance has been set to; 0: not by us */

	weir_notice_fn *notice;
	void *notice_ctx;
	bool notice_seen;
	uint8_t notice_number;

	bool mail_clean;           /* the mailbox is as our last message left it: empty both ways */
	uint16_t mail_tag;

	struct weir_caps caps;
	struct weir_link_stats stats;
	char detail[WEIR_DETAIL];
};

/** Open over any transport: what weir_dev_open() does when it has found the one of the URL.
 * @param rest  Of the URL, behind the scheme. All else as weir_dev_open(). */
int weir_dev_over(const struct weir_transport_ops *ops, const char *rest, const char *url, const struct weir_open_options *options,
		  struct weir_dev **ret_dev, char *detail);

/** To be called first by every public function: the detail of the call before goes. */
void weir_dev_begin(struct weir_dev *dev);
/** weir_dev_fail() of detail.h, only when nothing has been said yet. */
int weir_dev_because(struct weir_dev *dev, int rc, const char *format, ...) __attribute__((format(printf, 3, 4)));
void weir_dev_debug(struct weir_dev *dev, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Time of the transport's clock, ms. */
int64_t weir_dev_now_ms(struct weir_dev *dev);

/** Do a request: its number is set here; sends it, waits, sends the same again. request.c.
 *
 * @param req        Built by weir_link_*() with any number.
 * @param ret_words  Of a read; set only on success. NULL otherwise.
 * @param ret_hello  Of a hello; else NULL.
 * @retval 0; -ETIMEDOUT; -EBUSY from within a notice; -EINVAL, -EOPNOTSUPP refused by the appliance; WEIR_EPROTOCOL; -ENODEV and other errors of
 *         the transport, after which the device is gone. With detail. */
int weir_dev_request(struct weir_dev *dev, struct weir_link_request *req, uint32_t *ret_words, struct weir_link_hello *ret_hello);

/** Let time go by until a deadline, handing over notices.
 * @param first       Return behind the first notice, with all that are there.
 * @param interrupts  Return -EINTR when a signal comes; otherwise go on.
 * @retval 0; -EINTR; -EBUSY; errors of the transport. */
int weir_dev_wait(struct weir_dev *dev, int64_t deadline_ms, bool first, bool interrupts);

/** The error of a name of weir_error_name(), of `n` characters; 1: there is none. error.c. */
int weir_error_find(const char *name, size_t n);

/** Write the conversation of another transport to a file (docs/libweir.md, "Replay"). record.c.
 *
 * @param file   Made anew, mode 0600: what is said includes keys.
 * @param inner  Open; taken over on success: closed with this one.
 * @retval 0; -ENOMEM; -errno of open(), with detail (WEIR_DETAIL bytes). */
int weir_record_new(const char *file, const struct weir_transport_ops *ops, struct weir_transport *inner, const char *url,
		    const struct weir_timing *timing, const struct weir_transport_ops **ret_ops, struct weir_transport **ret, char *detail);

#endif
