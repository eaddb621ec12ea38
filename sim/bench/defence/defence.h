// SPDX-License-Identifier: Apache-2.0
/** A labelled capture through the model: what of the attack is removed, what of honest traffic is lost, how soon, and how full
 * the tables become. Open loop: nobody answers a challenge. */
#ifndef WEIR_BENCH_DEFENCE_H
#define WEIR_BENCH_DEFENCE_H

#include <stdint.h>

#include "sim/config/policy.h"
#include "sim/model/lists.h"

/** Time of something that never happened. */
#define DEFENCE_NEVER UINT64_MAX

struct defence_share {
	uint64_t packets;
	uint64_t lost;         /**< stopped for good */
	uint64_t challenged;   /**< stopped, and a client that answers or sends again gets through */
};

struct defence_fill {
	uint32_t size, peak, evictions, full;
};

struct defence_result {
	int error;                     /**< 0: measured; otherwise see detail */
	char detail[WEIR_POLICY_DETAIL];
	uint64_t packets, attack, removed;
	uint64_t over, over_removed;   /**< attack packets once over a threshold */
	/** Honest packets in and out of the class and target that an attack is on, from its first packet to the end. */
	struct defence_share inside, outside;
	/** From the first packet of an attack; of several attacks the worst. */
	uint64_t first_ns, mostly_ns;
	uint64_t settle_ns;            /**< from over the threshold to 95 % */
	uint64_t before_ns;            /**< from the first packet to over the threshold */
	uint32_t attack_reason[256], lost_reason[256];
	struct defence_fill state[WEIR_STATES], table[WEIR_TABLES];
};

struct defence_job {
	const char *capture, *labels, *policy;
	bool saturate;                 /**< every table of state is full of others before the first packet */
};

/** ctx is a struct defence_job, ret a struct defence_result. */
void defence_measure(const void *ctx, void *ret);

/** What tells a scenario's attack from honest traffic of its class to its target; NULL: nothing does. */
struct defence_scenario {
	const char *name, *separates;
};

extern const struct defence_scenario defence_scenarios[];
extern const size_t defence_n_scenarios;

#endif
