// SPDX-License-Identifier: Apache-2.0
/** A labelled capture through the model: what of the attack is removed, what of honest traffic is lost, how soon, and how full
 * the tables become. Open loop: nobody answers a challenge. */
#ifndef WEIR_BENCH_DEFENCE_H
#define WEIR_BENCH_DEFENCE_H

#include <stdint.h>

#include "host/policy/policy.h"
#include "host/common/lists.h"

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

enum { DEFENCE_NOTICES = 64, DEFENCE_SERIES = 40, DEFENCE_NOTICE_WORDS = 16 };

/** From the firmware (docs/firmware.md, "Alarms", "Mail"). */
struct defence_notice {
	uint64_t ns;
	uint32_t word[DEFENCE_NOTICE_WORDS];
};

struct defence_series {
	uint32_t number, threshold, floor, ceiling, peak, periods;
	bool learned;
};

/** What the firmware learned before the capture, and told. */
struct defence_firmware {
	struct defence_share normal;   /**< packets of the traffic that it learned from */
	uint64_t begin_ns;             /**< of the labelled capture: what was told before is a false alarm */
	uint32_t series, notices;      /**< notices: all; the first DEFENCE_NOTICES are kept */
	struct defence_series of[DEFENCE_SERIES];
	struct defence_notice notice[DEFENCE_NOTICES];
};

struct defence_result {
	int error;                     /**< 0: measured; otherwise see detail */
	char detail[WEIR_POLICY_DETAIL];
	uint64_t packets, attack, removed;
	uint64_t over, over_removed;   /**< attack packets once over a threshold */
	/** Honest packets in and out of the class and target that an attack is on, from its first packet to the end. */
	struct defence_share inside, outside;
	uint64_t attack_ns;            /**< first packet of the first attack; 0: none */
	/** From the first packet of an attack; of several attacks the worst. */
	uint64_t first_ns, mostly_ns;
	uint64_t settle_ns;            /**< from over the threshold to 95 % */
	uint64_t before_ns;            /**< from the first packet to over the threshold */
	uint32_t attack_reason[256], lost_reason[256];
	struct defence_fill state[WEIR_STATES], table[WEIR_TABLES];
	struct defence_firmware firmware;
};

struct defence_job {
	const char *capture, *labels, *policy;
	bool saturate;                 /**< every table of state is full of others before the first packet */
	const char *normal;            /**< the firmware runs, and learns from this capture beforehand; NULL: no firmware */
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
