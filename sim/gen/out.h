// SPDX-License-Identifier: Apache-2.0
/** Where frames go: a nanosecond pcap file and, if wanted, a label file. */
#ifndef WEIR_GEN_OUT_H
#define WEIR_GEN_OUT_H

#include "attack.h"

struct gen_out;

/** Open both files; "-" is standard output.
 * @param labels   NULL = none
 * @param attacks  borrowed until gen_out_close()
 * @param detail   one line on failure
 * @retval 0; negative: nothing is open, see detail. */
int gen_out_open(const char *pcap, const char *labels, uint64_t epoch_ns,
		 const struct gen_attack *attacks, size_t n_attacks, struct gen_out **ret, char *detail,
		 size_t detail_size);

/** A gen_sink_fn(); ctx is the struct gen_out. -EIO as soon as a write has failed. */
int gen_out_frame(void *ctx, uint64_t now_ns, enum gen_side side, int attack,
		  const struct gen_frame *f);

struct gen_counts {
	uint64_t packets, bytes, last_ns;
	uint64_t side[GEN_SIDES];
	uint64_t attack[GEN_ATTACKS_MAX];
};

/** Write what is left and close. @retval 0 all is on disk; -EIO something is not, see detail.
 * ret_counts is set in any case. */
int gen_out_close(struct gen_out *o, struct gen_counts *ret_counts, char *detail, size_t detail_size);

#endif
