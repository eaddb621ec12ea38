// SPDX-License-Identifier: Apache-2.0
/** Line-rate patterns for benches: both sides send back to back, nothing honest, no labels. */
#ifndef WEIR_GEN_PATTERN_H
#define WEIR_GEN_PATTERN_H

#include "gen.h"

struct gen_pattern {
	const char *name, *help;
	void (*build)(void *stream, struct gen_frame *f);
};

extern const struct gen_pattern gen_patterns[];
extern const size_t gen_n_patterns;

/** Number of the pattern called name, or -1. */
int gen_pattern_find(const char *name);

/** Add one stream a side; packets is the total of both. Prefixes are borrowed.
 * @retval 0; -ENOMEM. */
int gen_pattern_add(struct gen_mixer *m, int pattern, uint64_t packets, uint64_t seed,
		    const struct weir_prefix *protect, size_t n_protect,
		    const struct weir_prefix *remote, size_t n_remote, const struct gen_vlan *vlan);

#endif
