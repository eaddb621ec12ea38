// SPDX-License-Identifier: Apache-2.0
/** What the firmware learns and how it holds against attacks (docs/benchmarks.md, "Learning"). */
#ifndef WEIR_BENCH_LEARN_H
#define WEIR_BENCH_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/bench/defence/defence.h"

/** Aims of the bench. */
#define LEARN_REMOVED_LEAST 0.99
#define LEARN_LOST_MOST     0.001
#define LEARN_SOON_NS       250000000u

struct learn_scenario {
	const char *name;
	const char *separates;      /**< attack from honest traffic of its class to its target; NULL: nothing does */
	/** Of weir-gen; NULL ends. */
	const char *option[4];
	unsigned alarms_aim;        /**< alarms of one series at most; 0: none at all */
	bool apart;                 /**< shown, without aims */
};

extern const struct learn_scenario learn_scenarios[];
extern const size_t learn_n_scenarios;

/** What a run says of alarms about meters. */
struct learn_alarms {
	unsigned normal;            /**< before the capture's first packet: false */
	unsigned before;            /**< in the capture, before its attack: false */
	unsigned since;             /**< from the attack on, or all of the capture when there is no attack */
	unsigned series;            /**< that these are about */
	unsigned most;              /**< of one series */
	unsigned others;            /**< not about meters, at any time */
	uint64_t first_ns;          /**< from the first packet of the attack; DEFENCE_NEVER */
	uint32_t first_series;
};

void learn_alarms(const struct defence_result *r, struct learn_alarms *ret);

#endif
