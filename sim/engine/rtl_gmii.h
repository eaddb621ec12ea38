// SPDX-License-Identifier: Apache-2.0
/** GMII as the simulator plays it, one side: what a PHY sends to the MAC, and what it gets from it. One call a byte
 * time of 8 ns; `clock` counts those. Knows nothing of the simulation around it. */
#ifndef WEIR_RTL_GMII_H
#define WEIR_RTL_GMII_H

#include <stdbool.h>
#include <stdint.h>

enum {
	WEIR_GMII_PREAMBLE_BYTES = 8,   /* with the start delimiter */
	WEIR_GMII_FCS_BYTES = 4,
	WEIR_GMII_GAP_BYTES = 12,
	WEIR_GMII_MAX_BYTES = 2048,     /* of a frame without FCS */
};

/** Time on the wire of a frame of len bytes (60 or more), without the gap. */
static inline uint32_t weir_gmii_wire_bytes(uint32_t len)
{
	return WEIR_GMII_PREAMBLE_BYTES + len + WEIR_GMII_FCS_BYTES;
}

/** To the MAC. All zeros: idle. */
struct weir_gmii_in {
	const uint8_t *bytes;   /**< borrowed until the carrier ends; NULL: idle */
	uint32_t len, at;       /**< at: next byte, counted from the first of the preamble */
	uint32_t fcs;
	uint64_t free_clock;    /**< when the next preamble may begin */
};

/** @param len  60 to WEIR_GMII_MAX_BYTES */
void weir_gmii_in_start(struct weir_gmii_in *g, const uint8_t *bytes, uint32_t len);
static inline bool weir_gmii_in_free(const struct weir_gmii_in *g, uint64_t clock)
{
	return !g->bytes && clock >= g->free_clock;
}
/** What the pins are in this byte time (enum weir_rtl_gmii). @param ret_end  This is the last byte of the FCS. */
uint32_t weir_gmii_in_pins(struct weir_gmii_in *g, uint64_t clock, bool *ret_end);

/** From the MAC. All zeros: idle. */
struct weir_gmii_out {
	bool carrier, bad, data;   /**< data: behind the start delimiter */
	uint32_t fill;             /**< bytes of the preamble, then of the frame */
	uint64_t first_clock;      /**< first byte of the preamble */
	uint8_t bytes[WEIR_GMII_MAX_BYTES + WEIR_GMII_FCS_BYTES];
};

enum weir_gmii_end { WEIR_GMII_NONE, WEIR_GMII_FRAME, WEIR_GMII_BAD };

/** Take what the pins are in this byte time.
 * @return WEIR_GMII_FRAME: the carrier ended before this byte time, with 7 bytes 0x55 and 0xd5 first and the right FCS
 *         last; bytes[0] to bytes[fill - 1] is the frame without them. WEIR_GMII_BAD: it ended otherwise. Either is
 *         there until the next call. */
enum weir_gmii_end weir_gmii_out_pins(struct weir_gmii_out *g, uint32_t pins, uint64_t clock);

#endif
