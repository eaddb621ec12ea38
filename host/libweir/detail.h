/* SPDX-License-Identifier: Apache-2.0 */
/** What the operations above the device need of it beyond its header. */
#ifndef WEIR_LIBWEIR_DETAIL_H
#define WEIR_LIBWEIR_DETAIL_H

#include "weir/device.h"

/** Set weir_dev_detail(), cut at WEIR_DETAIL. request.c implements it.
 * @return error, so that `return weir_dev_fail(...)` says both. */
int weir_dev_fail(struct weir_dev *dev, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** weir_mail() for operations whose status 3 does not go away by waiting: WEIR_EREFUSED at once. */
int weir_mail_once(struct weir_dev *dev, const uint32_t message[WEIR_MAIL_WORDS_HOST], uint32_t ret_answer[WEIR_MAIL_WORDS_HOST]);

/** Makes message i of a row. @param ret  All 0; word 0 becomes the operation. */
typedef void weir_mail_make(const void *ctx, size_t i, uint32_t ret[WEIR_MAIL_WORDS_HOST]);

/** Messages in a row, each as weir_mail_once(), up to the first that is refused; the wire brings the next one while the firmware works on
 * the one before (docs/firmware.md, "Mail").
 *
 * @param make        Called once for each, in order, at most one beyond the last that is done; must not use the device.
 * @param words       Of an answer that are wanted, 1 to 16.
 * @param ret_answer  As many words: of the last message that was answered, refused ones included; otherwise as it was, or undefined.
 * @param ret_done    Always set: messages that are done, from the first one on.
 * @retval 0; as weir_mail_once(). After an error of the link it is unknown whether the message behind those that are done has been done, too; none
 *         behind that has. */
int weir_mail_row(struct weir_dev *dev, size_t n, weir_mail_make *make, const void *ctx, size_t words, uint32_t *ret_answer, size_t *ret_done);

#endif
