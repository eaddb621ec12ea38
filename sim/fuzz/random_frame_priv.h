// SPDX-License-Identifier: Apache-2.0
/** What the files of the random frame generator share. */
#ifndef WEIR_RANDOM_FRAME_PRIV_H
#define WEIR_RANDOM_FRAME_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/common/prng.h"

/** The frame in the making. Offsets are 0 where the layer is missing. */
struct weir_rf {
	struct weir_prng *p;
	uint8_t *b;
	size_t max, len;
	size_t l3, l4;
	size_t end;          /**< end of the IP packet */
	unsigned family;     /**< 4, 6 or 0 */
	unsigned proto;      /**< of layer 4 */
};

/* Append; what does not fit is left out. */
void weir_rf_put8(struct weir_rf *g, unsigned v);
void weir_rf_put16(struct weir_rf *g, unsigned v);
void weir_rf_put_random(struct weir_rf *g, size_t n);

/* Change or read; out of range does nothing, reads 0. */
void weir_rf_set16(struct weir_rf *g, size_t at, unsigned v);
unsigned weir_rf_get16(const struct weir_rf *g, size_t at);

/** True once in so many. */
bool weir_rf_chance(struct weir_rf *g, unsigned one_in);
unsigned weir_rf_below(struct weir_rf *g, unsigned n);

/* Layer 3 with all that follows, to g->end. */
void weir_rf_ip4(struct weir_rf *g);
void weir_rf_ip6(struct weir_rf *g);

/** Layer 4 with payload; sets g->l4 and g->proto's header. */
void weir_rf_l4(struct weir_rf *g);

/** A protocol for layer 4, of the right family most of the time. */
unsigned weir_rf_choose_proto(struct weir_rf *g);

/** Checksums of IPv4 and of layer 4, anew over the bytes as they are. */
void weir_rf_fix_sums(struct weir_rf *g);

/** Change one or several fields, or the length. */
void weir_rf_mutate(struct weir_rf *g);

#endif
