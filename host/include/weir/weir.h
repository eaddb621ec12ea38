/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * libweir: all of it. */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include "weir/alarm.h"
#include "weir/capture.h"
#include "weir/device.h"
#include "weir/error.h"
#include "weir/meter.h"
#include "weir/site.h"
#include "weir/status.h"

#endif
