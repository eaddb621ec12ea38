// SPDX-License-Identifier: Apache-2.0
/** What a frame is and what is wrong with it, by docs/datapath.md section 2: written for the tests of
 * weir-gen, on its own, so that builder and checker cannot share a mistake. Whole frames only. */
#ifndef WEIR_TESTS_GEN_CHECK_H
#define WEIR_TESTS_GEN_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum check_anomaly {
#define X(code, name, action, source, help) Bad_##name = code,
#include "docs/lists/anomalies.def"
#undef X
	CheckAnomalies = 96,
};

struct check {
	bool bad[CheckAnomalies];
	unsigned n_bad;
	int family;               /* 4, 6, or 0 */
	uint8_t src[16], dst[16];
	int proto;                /* upper protocol, or -1 */
	bool arp, fragment, l4;   /* l4: ports or ICMP type are known */
	bool sum_checked;
	uint16_t sport, dport;
	uint8_t flags;
	uint32_t seq, ack;
	size_t payload_at, payload_len;
	const char *tclass;       /* "syn", "tcp" …, as in docs/datapath.md section 3 */
	unsigned tags;
};

void check_frame(const uint8_t *f, size_t len, struct check *c);

/** Name of an anomaly. */
const char *check_name(int code);
/** Names of all that is wrong, in a static buffer. */
const char *check_text(const struct check *c);

#endif
