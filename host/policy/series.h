/* SPDX-License-Identifier: Apache-2.0 */
/** Names of series, the same in reports, alarms and on the command line: the place of the meter below `meters` in a policy file,
 * with dots ("class.syn", "inbound.udp", "address"); "class.override3" for what overrides and limits share; the names of
 * docs/lists/peaks.def ("syn_total"); bytes with ".bytes" behind. */
#ifndef WEIR_POLICY_SERIES_H
#define WEIR_POLICY_SERIES_H

#include <stdbool.h>

enum { WEIR_SERIES_TEXT = 48, WEIR_SERIES_OF_BYTES = 256 };

/** @param number  Of docs/firmware.md: the peak, of bytes + WEIR_SERIES_OF_BYTES. Any.
 *  @return buf; "" for a number without a name. */
char *weir_series_format(unsigned number, char buf[WEIR_SERIES_TEXT]);
/** @retval 0; -ENOENT no series has this name: *ret_number untouched. */
int weir_series_parse(const char *name, unsigned *ret_number);
/** Whether it counts bytes, in units of 64. */
bool weir_series_is_bytes(unsigned number);
/** "packets", or "64 bytes": what thresholds and measured values of a series count. */
const char *weir_series_unit(unsigned number);

#endif
