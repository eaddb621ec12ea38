/* SPDX-License-Identifier: Apache-2.0 */
/** Series: the peaks of docs/datapath.md 19 with a unit (docs/firmware.md, "Series"). */
#ifndef WEIR_FW_METERS_H
#define WEIR_FW_METERS_H
#include <stdbool.h>
#include <stdint.h>

/** A series is named by its peak (0 to 196), bytes by peak + WEIR_SERIES_BYTES. In arrays it has a *place*: all packet series by
 * their number, then the byte series of address, prefix, and class bank. */
enum {
	WEIR_PEAKS = 197,
	WEIR_SERIES_BYTES = 256,
	WEIR_SERIES_BYTE_PLACES = 8 + 8 + 56,  /* meter_cfg 48-55 (address), 64-71 (prefix), 128-183 (class bank, protocols) */
	WEIR_SERIES = WEIR_PEAKS + WEIR_SERIES_BYTE_PLACES,
	WEIR_SERIES_NONE = 0xfff,
};

/** Families of traffic, for kin. */
enum { WEIR_KIN_TCP = 1, WEIR_KIN_UDP = 2, WEIR_KIN_ICMP = 4, WEIR_KIN_FRAG = 8, WEIR_KIN_OTHER = 16, WEIR_KIN_ALL = 31 };

/** @return the number of the series at a place below WEIR_SERIES. */
unsigned weir_series_number(unsigned place);
/** @return the place of a series, or WEIR_SERIES when there is none of this number. */
unsigned weir_series_place(unsigned number);
/** Kin mask of a series. @param number any; 0 when there is no such series. */
unsigned weir_series_kin(unsigned number);
/** The series that a trip or end bit (docs/datapath.md 9, 17) of an event is about; its packets.
 *
 * @param bit   0 to 17.
 * @param word  The event, docs/soc.md: class of traffic, direction, protocol and ports tell which configuration.
 * @return number of the series; WEIR_SERIES_NONE when it cannot be told (a class meter of a group whose class the event does
 *         not say: then the one of the group that comes closest is given, never another group's). */
unsigned weir_series_of_trip(unsigned bit, const uint32_t word[16]);

#endif
