/* SPDX-License-Identifier: Apache-2.0 */
/** Series: the peaks of docs/datapath.md 19 with a unit (docs/firmware.md, "Series"). */
#ifndef WEIR_FW_METERS_H
#define WEIR_FW_METERS_H
#include <stdbool.h>
#include <stdint.h>

/** A series is named by its peak (0 to 196), bytes by peak + WEIR_SERIES_BYTES. Not all can be learned:
 * weir_series_next(). */
enum {
	WEIR_PEAKS = 197,
	WEIR_SERIES_STATE = 192,  /* the first that is no meter_cfg: docs/lists/peaks.def */
	WEIR_SERIES_BYTES = 256,
	WEIR_SERIES_NONE = 0xfff,
};

/** Families of traffic, for kin. */
enum { WEIR_KIN_TCP = 1, WEIR_KIN_UDP = 2, WEIR_KIN_ICMP = 4, WEIR_KIN_FRAG = 8, WEIR_KIN_OTHER = 16, WEIR_KIN_ALL = 31 };

/** The next one of the series that can be learned: packets by their numbers, then bytes by theirs.
 *
 * @param number  A series, or WEIR_SERIES_NONE for the first.
 * @return WEIR_SERIES_NONE after the last. */
unsigned weir_series_next(unsigned number);
/** Kin mask of a series. @param number any; 0 when there is no such series. */
unsigned weir_series_kin(unsigned number);
/** The series that a trip or end bit (docs/datapath.md 9, 17) of an event is about; its packets.
 *
 * @param bit   0 to 17.
 * @param word  The event, docs/soc.md: class of traffic, direction, protocol and ports tell which configuration.
 * @return number of the series; WEIR_SERIES_NONE when it cannot be told. Of a group of class meters whose class the event does
 *         not say, the one that comes closest: never one of another group. */
unsigned weir_series_of_trip(unsigned bit, const uint32_t word[16]);

#endif
