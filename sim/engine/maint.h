// SPDX-License-Identifier: Apache-2.0
/** Log of maintenance: what was read from entries and written to them, and between which frames (docs/datapath.md 4). */
#ifndef WEIR_MAINT_H
#define WEIR_MAINT_H

#include <stdbool.h>
#include <stdint.h>

enum { WEIR_MAINT_WORDS = 8 };

struct weir_maint {
	bool write;
	bool own;                 /**< by the caller of the engine's write() or read(), and nobody inside */
	unsigned target;          /**< WEIR_TARGET_..., of two rows of the exact rules the one that holds the index */
	uint32_t index;
	uint32_t seqno;           /**< number of the frame before it; 0: none */
	uint64_t stamp_us;        /**< of its slot, or a little earlier */
	uint32_t word[WEIR_MAINT_WORDS];  /**< the whole entry, written or read */
};

#endif
