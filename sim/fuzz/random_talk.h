// SPDX-License-Identifier: Apache-2.0
/** Random TCP conversations: handshakes of either side, simultaneous openings, data, ends, resets, with
 * retransmissions, wrong numbers and flags, ICMP errors that quote them, SYNs again and again, and answers to
 * the challenges of the appliance. Few addresses and ports, so that all tables of state are reached. Allocates
 * nothing. */
#ifndef WEIR_RANDOM_TALK_H
#define WEIR_RANDOM_TALK_H

#include <stdint.h>

#include "host/common/prng.h"

#define WEIR_RANDOM_TALKS 24

/** One segment as it goes; rport is the remote side's port whatever the direction. */
struct weir_random_segment {
	uint8_t dir, flags, family;      /**< family 4 or 6 */
	uint8_t remote, protect;         /**< last byte of the addresses */
	uint16_t rport, pport, len;
	uint32_t seq, ack;
	uint8_t ws, quote;
};

struct weir_random_talk {
	unsigned phase;
	struct weir_random_segment s;    /**< the last one; its addresses and ports */
	uint32_t seq_r, seq_p;           /**< the next of either side */
	uint8_t closer;                  /**< who sent the first FIN */
};

struct weir_random_talks {
	struct weir_random_talk talk[WEIR_RANDOM_TALKS];
	struct weir_random_segment proof[8];   /**< what proves, by the last answers */
	unsigned proofs;
};

/** Start over. */
void weir_random_talks_init(struct weir_random_talks *t);

/** The next frame of one of them.
 * @param buf      room for WEIR_RANDOM_FRAME_MAX bytes; not padded to 60
 * @param ret_dir  its direction
 * @return length */
size_t weir_random_talks_frame(struct weir_random_talks *t, struct weir_prng *p, uint8_t *buf, int *ret_dir);

/** An answer of the appliance: what proves its source comes back in a later frame. Anything else is ignored. */
void weir_random_talks_answer(struct weir_random_talks *t, const uint8_t *frame, size_t len);

#endif
