// SPDX-License-Identifier: Apache-2.0
/** A policy as register writes (host/include/weir/weir_regs.h): what a host would write, in its order. */
#ifndef WEIR_POLICY_COMPILE_H
#define WEIR_POLICY_COMPILE_H

#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "host/common/hash.h"
#include "rules.h"

struct weir_write {
	uint32_t addr, value;
};

struct weir_writes {
	struct weir_write *write;
	size_t n, room;
	size_t adopt;              /**< which of them is the end of adoption */
	uint64_t adopt_us;         /**< how long connections are adopted; 0: never */
	struct weir_rule_map rules;
	struct weir_limit_pin limit[WEIR_LIMITS];   /**< of the rules that limit */
	size_t n_limit;
};

/** Secrets of the data path: of the hash of its tables, and of the cookies (docs/datapath.md 4, 14.3). From a random source,
 * but for tests and the simulator. */
struct weir_keys {
	uint32_t hash[WEIR_HASH_KEY_WORDS];
	uint64_t cookie[2][2];
};

/** Keys that follow from a seed: not secret, the same everywhere. */
void weir_keys_from_seed(uint64_t seed, struct weir_keys *ret);

/** Static configuration, entries, bypass, CTRL.run.
 *
 * @param keys    Borrowed for the call.
 * @param now_s   Seconds since 1970: rules that have expired by then are left out.
 * @param file    Name of the policy, for messages.
 * @param ret     Set on success; weir_writes_done().
 * @param detail  WEIR_POLICY_DETAIL bytes.
 * @retval 0; -ENOMEM; -EINVAL more than 7 different overrides of a table, or more of its keys in one set than
 *         it has ways; more rules than fit: see detail. */
int weir_policy_compile_with(const struct weir_policy *p, const struct weir_keys *keys, uint64_t now_s, const char *file,
			     struct weir_writes *ret, char *detail);
/** The same with the keys of a seed; and with no rule left out. */
int weir_policy_compile(const struct weir_policy *p, uint64_t seed, const char *file, struct weir_writes *ret,
			char *detail);
int weir_policy_compile_at(const struct weir_policy *p, uint64_t seed, uint64_t now_s, const char *file,
			   struct weir_writes *ret, char *detail);
/** Set the end of adoption, once the stamp of the first frame is known; before that nothing is adopted. Adoption lasts
 * at least as long as the policy says, and up to 1.05 s longer. */
void weir_writes_start(struct weir_writes *w, uint64_t first_us);
void weir_writes_done(struct weir_writes *w);

/** A meter as its entry of meter_cfg (docs/datapath.md 6.1). */
void weir_meter_words(const struct weir_meter_policy *m, uint32_t ret_word[8]);
/** What the overrides of the policy take of the table `pair`, as the policy is compiled with these keys.
 * @retval 0; -ENOMEM; -EINVAL as weir_policy_compile_with(). */
int weir_policy_pair_use(const struct weir_policy *p, const struct weir_keys *keys, struct weir_pair_use *ret);

#endif
