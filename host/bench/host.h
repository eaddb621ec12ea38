// SPDX-License-Identifier: Apache-2.0
/** Parts of weir-bench-host (docs/benchmarks.md, "Host"). Each prints its table, adds its figures to the JSON, and counts checks:
 * exact figures alone, never a time of this machine. */
#ifndef WEIR_BENCH_HOST_H
#define WEIR_BENCH_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "wire.h"

struct host_job {
	const char *image, *sim, *ctl, *dir;
	const char *engine;      /**< of the live part: "rtl", "model"; NULL: both */
	bool quick;              /**< few and small: for tests */
	json_t *root;
	unsigned checks, failed;
};

/** Thresholds and rules pushed, against what the wire allows. */
void host_push(struct host_job *job);
/** A full table of rules swapped while both wires are full. */
void host_swap(struct host_job *job);
/** How long `why` takes. */
void host_why(struct host_job *job);
/** weir-sim --live: frames a second, round-trip time, beside a program that only forwards, and a veth pair. */
void host_live(struct host_job *job);

/** Count a check; say what failed. */
void host_check(struct host_job *job, bool ok, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** A site in a folder of its own below job->dir, and its end. */
struct weir_site;
struct weir_site *host_site(struct host_job *job, struct weir_dev *dev);
void host_site_end(struct weir_site *site);

/** A rules file: `n` rules that block single IPv4 addresses, and `prefixes` that block networks: others for each `set`, and the same
 * ones each time. @return Taken: free(). */
char *host_rules(unsigned set, unsigned n, unsigned prefixes);
/** Address i of a set, most significant octet first. */
void host_rule_address(unsigned set, unsigned i, uint8_t ret[4]);

/** A policy of which nothing is dropped but by rules. */
extern const char host_open_policy[];

enum { HOST_RULES_MOST = 920, HOST_RULES_STEP = 10 };

#endif
