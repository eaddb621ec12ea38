/* SPDX-License-Identifier: Apache-2.0 */
/** Messages of the host (docs/firmware.md, "Mail"). */
#ifndef WEIR_FW_MAIL_H
#define WEIR_FW_MAIL_H
#include "firmware/app/fw.h"

enum weir_mail_op {
	WEIR_MAIL_HELLO = 1, WEIR_MAIL_GET, WEIR_MAIL_SET, WEIR_MAIL_SERIES, WEIR_MAIL_BOUNDS, WEIR_MAIL_ALARM, WEIR_MAIL_TOP,
	WEIR_MAIL_EXPORT, WEIR_MAIL_IMPORT, WEIR_MAIL_VETO, WEIR_MAIL_KEY, WEIR_MAIL_FORGET, WEIR_MAIL_BYE,
	WEIR_MAIL_MARK, WEIR_MAIL_WHY, WEIR_MAIL_BOUNDS_OF
};
enum weir_mail_status { WEIR_MAIL_DONE, WEIR_MAIL_UNKNOWN, WEIR_MAIL_RANGE, WEIR_MAIL_NOT_NOW };
enum {
	WEIR_MAIL_VERSION = 1,
	WEIR_MAIL_BOUNDS_MOST = 7,   /* bounds in one message */
	WEIR_MAIL_SERIES_LSB = 18,   /* above the floor */
};

/** Do what a message says. Any message is answered, and one that is refused changes nothing. What it changes of what is kept is sealed.
 *
 * @param ret_out  Word 0 of the message with the status in 31:24; words that the answer does not use are 0.
 *                 On the soft core nobody comes back from `bye`. */
void weir_mail_handle(struct weir_fw *fw, const uint32_t in[WEIR_MAIL_WORDS], uint32_t ret_out[WEIR_MAIL_WORDS]);

#endif
