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

#endif
