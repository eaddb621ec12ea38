// SPDX-License-Identifier: Apache-2.0
/** Configuration of a model through its registers, for tests, fuzzers and the benchmark. */
#ifndef WEIR_MODEL_SETUP_H
#define WEIR_MODEL_SETUP_H

#include <stdint.h>

#include "host/common/prng.h"
#include "sim/model/meter.h"
#include "sim/model/table.h"
#include "sim/model/weir_model.h"

/* Entries of meter_cfg (docs/datapath.md 6.1). */
#define SETUP_TABLE(table, d) (16u * (table) + (d))
#define SETUP_OVERRIDE(table, o) (16u * (table) + 8u + (o))
#define SETUP_CLASS(dir, c) (128u + 24u * (dir) + (c))
#define SETUP_PROTOCOL(o) (176u + (o))

/** Write all eight words of an entry. `addr` is that of its word 0. */
void setup_entry(struct weir_model *m, uint32_t addr, const uint32_t word[8]);
void setup_read(struct weir_model *m, uint32_t addr, uint32_t ret_word[8]);

void setup_meter(struct weir_model *m, unsigned index, const struct weir_meter_cfg *c);
void setup_table(struct weir_model *m, unsigned table, const struct weir_table_cfg *c);
void setup_anomaly(struct weir_model *m, unsigned code, unsigned action, unsigned dry_run);
void setup_bypass(struct weir_model *m, unsigned on);

/** A fresh entry of a keyed table; cfg other than 0 pins it. */
void setup_pin(struct weir_model *m, unsigned table, uint32_t entry, uint64_t tag, unsigned cfg);

/** The hash of the key that setup_defaults() sets. */
void setup_hash(struct weir_hash *h);

/** Read the entry of a tag. @return its number, -1: not there */
int setup_find(struct weir_model *m, unsigned table, uint64_t tag, uint32_t ret_word[8]);

/** Address of word 0 of an entry of a keyed table. */
uint32_t setup_entry_addr(unsigned table, uint32_t entry);

/** A hash key, the default action of every anomaly, the default timeout of every table, fail-open. */
void setup_defaults(struct weir_model *m);

/** A meter that lets `packets` through at once and then one every cost_us. */
struct weir_meter_cfg setup_rate(unsigned action, uint32_t cost_us, uint32_t packets, uint32_t threshold);

/** Random configuration of state: modes, methods, thresholds low enough to trip, small timeouts.
 * @param stamp_us  about the time of the frames to come */
void setup_random_state(struct weir_model *m, struct weir_prng *p, uint64_t stamp_us);

/** Write one entry of a table of state, or of the sketch, at random; in any state that the hardware could have
 * come to. weir_model_time() tells when. */
void setup_random_entry(struct weir_model *m, struct weir_prng *p);

/** Fill the connection table with established connections of others. */
void setup_fill_connections(struct weir_model *m, struct weir_prng *p, uint64_t stamp_us);

/** Anything that the registers take, within the limits that the host keeps to. */
void setup_random(struct weir_model *m, struct weir_prng *p);

#endif
