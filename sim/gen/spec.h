// SPDX-License-Identifier: Apache-2.0
/** Reading of numbers, times and attack specifications from the command line. */
#ifndef WEIR_GEN_SPEC_H
#define WEIR_GEN_SPEC_H

#include "attack.h"

/* What an attack takes from the rest of the command line. */
struct gen_spec_env {
	const struct weir_prefix *protect, *remote;
	size_t n_protect, n_remote;
	unsigned clients;
	uint64_t seed, epoch_ns, duration_ns;
	const struct gen_attack *before;  /* attacks already read, for names */
	size_t n_before;
};

/** Read "syn,rate=50000,target=192.0.2.10,…".
 * @param env     borrowed; prefixes must outlive *ret
 * @param detail  one line on failure
 * @retval 0 *ret is set; -EINVAL see detail, *ret untouched. */
int gen_spec_parse(const char *text, const struct gen_spec_env *env, struct gen_attack *ret,
		   char *detail, size_t detail_size);

/** A whole number with optional k or M behind it. */
bool gen_parse_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *ret);
/** A time: seconds with up to nine decimals, or with unit s, ms, us, ns, m, h. */
bool gen_parse_time(const char *text, uint64_t *ret_ns);
/** "100", or "200.300" for two tags; 0 = none. */
bool gen_parse_vlan(const char *text, struct gen_vlan *ret);

/** Keys of a specification, for help and manual. */
struct gen_spec_key {
	const char *name, *value, *deflt, *help;
};
size_t gen_spec_keys(void);
struct gen_spec_key gen_spec_key(size_t i);

#endif
