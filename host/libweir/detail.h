/* SPDX-License-Identifier: Apache-2.0 */
/** What the operations above the device say about a failure. */
#ifndef WEIR_LIBWEIR_DETAIL_H
#define WEIR_LIBWEIR_DETAIL_H

#include "weir/device.h"

/** Set weir_dev_detail(), cut at WEIR_DETAIL. request.c implements it.
 * @return error, so that `return weir_dev_fail(...)` says both. */
int weir_dev_fail(struct weir_dev *dev, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
