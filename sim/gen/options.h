// SPDX-License-Identifier: Apache-2.0
/** The command line of weir-gen: one table of options that argp, the manual page and the scenarios
 * read, and the settings that come out. */
#ifndef WEIR_GEN_OPTIONS_H
#define WEIR_GEN_OPTIONS_H

#include <argp.h>

#include "attack.h"
#include "honest.h"

#define GEN_PREFIXES_MAX 16
#define GEN_VLANS_MAX 16
#define GEN_CLIENTS_MAX 100000

struct gen_options {
	uint64_t seed, duration_ns, epoch_ns, packets;
	struct weir_prefix protect[GEN_PREFIXES_MAX], remote[GEN_PREFIXES_MAX];
	size_t n_protect, n_remote;
	struct gen_vlan vlan[GEN_VLANS_MAX];
	struct gen_honest honest;
	struct gen_attack attack[GEN_ATTACKS_MAX];
	size_t n_attacks;
	int pattern;                 /* -1 = none */
	const char *out, *labels;    /* labels may be NULL */
	const char *list;            /* what to list instead; NULL = nothing */
	bool manual, quiet;
};

extern const struct argp_option gen_argp_options[];
extern const char gen_doc[];

/** Read the command line; ends the program with one line and status 2 when it is wrong. *o is
 * large and holds pointers into itself and into argv: do not copy it. */
void gen_options_read(int argc, char **argv, struct gen_options *o);

/** Print a table: scenarios, attacks, malformed, patterns or mix. @retval 0; -EINVAL no such. */
int gen_list(const char *what);

/** Print the manual page (roff). */
void gen_manual(void);

#endif
