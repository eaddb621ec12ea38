// SPDX-License-Identifier: Apache-2.0
/** Detection figures of a labelled capture (docs/report.md, "labels"). */
#ifndef WEIR_REPORT_DETECT_H
#define WEIR_REPORT_DETECT_H

#include "sim/common/labels.h"
#include "sim/engine/session.h"

enum { WEIR_DETECT_RUN = 100, WEIR_DETECT_SHARE = 95 };

struct weir_detect_attack {
	uint64_t packets, removed;
	uint64_t first_ns, first_removed_ns, mostly_removed_ns;   /**< arrivals; 0: never */
	uint8_t run[WEIR_DETECT_RUN];                             /**< of the last packets: removed */
	unsigned run_removed;
};

struct weir_detect_share {
	uint64_t packets, lost;
};

struct weir_detect {
	const struct weir_labels *labels;
	struct weir_detect_attack attack[WEIR_LABEL_ATTACKS_MAX];
	/** Honest packets, in and out of the class of traffic to the address that an attack is on at that time. */
	struct weir_detect_share inside, outside;
};

/** @param labels  borrowed */
void weir_detect_init(struct weir_detect *d, const struct weir_labels *labels);
void weir_detect_packet(struct weir_detect *d, const struct weir_packet *p);

/** All attacks together. */
struct weir_detect_share weir_detect_attacks(const struct weir_detect *d);

#endif
