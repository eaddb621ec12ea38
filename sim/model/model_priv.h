// SPDX-License-Identifier: Apache-2.0
/** What the files of the model share. */
#ifndef WEIR_MODEL_PRIV_H
#define WEIR_MODEL_PRIV_H

#include "decide.h"
#include "host/common/hash.h"
#include "host/common/lists.h"
#include "meter.h"
#include "peak.h"
#include "rule.h"
#include "state.h"
#include "table.h"
#include "weir_model.h"

#define WEIR_FRAME_MAX 1992u         /* without tags */
#define WEIR_REFLECTORS 16u
#define WEIR_CLASS_ENTRIES 512u
#define WEIR_CLASS_ENTRY_0 256u     /* below: protocols */
#define WEIR_CLASS_OLD 255u         /* windows */
#define WEIR_COUNTERS0 1024u
#define WEIR_COUNTERS1 64u
#define WEIR_SETUP_WORDS 64u        /* registers at 0x100 to 0x1ff */
#define WEIR_COUNTER_MASK UINT64_C(0xfffffffff)

/** Static configuration. */
struct weir_settings {
	uint16_t max_frame;
	uint16_t link_consume;
	uint8_t divert_mac[6];
	uint8_t prefix_len4, prefix_len6;
	uint16_t reflector[WEIR_REFLECTORS];
	uint32_t hash_key[WEIR_HASH_KEY_WORDS];
};

/** Anomalies by what policy does with them; one bit a code. */
struct weir_anomaly_sets {
	uint64_t reported[2];    /**< all but the ignored */
	uint64_t objecting[2];   /**< drop and demote */
};

/** The register port. */
struct weir_port {
	bool run, write_refused, bad_entry;
	uint32_t maint_seqno;
	uint32_t setup[WEIR_SETUP_WORDS];          /* static configuration as written */
	uint32_t staging[8], fetched[8];
};

struct weir_model {
	struct weir_hash hash;
	struct weir_table table[WEIR_TABLES];
	struct weir_meter_state class_bank[WEIR_CLASS_ENTRIES];
	struct weir_state state;
	struct weir_rules rules;
	uint8_t answer[WEIR_ANSWER_MAX];
	unsigned answer_len;                       /* 0: none to the last frame */
	uint32_t group_classes[WEIR_CLASS_GROUPS]; /* classes with a meter; lowest number first */
	struct weir_meter_cfg meter_cfg[WEIR_METER_CFGS];
	struct weir_peak peak[WEIR_METER_CFGS];    /* those of state are in there */
	uint8_t anomaly_action[WEIR_ANOMALIES];    /* enum weir_anomaly_action */
	uint8_t anomaly_dry_run[WEIR_ANOMALIES];   /* 0 or 1 */
	struct weir_anomaly_sets anomaly_sets;     /* follows from anomaly_action */
	struct weir_settings set;
	bool hash_stale;                           /* hash_key was written since */
	bool bypass;
	uint32_t seqno;
	uint64_t stamp_us;                         /* of the last frame, or as told */
	uint64_t counter0[WEIR_COUNTERS0];
	uint64_t counter1[WEIR_COUNTERS1];
	uint32_t taken[2], refused_oversize[2];

	struct weir_port port;
};

/** Rules, state and the meters of the tiers (7), all looked up in order, and the decision.
 * @param found  anomalies before the ignored ones were taken out */
void weir_judge(struct weir_model *m, struct weir_record *r, const uint64_t found[2]);

/** Once: which classes share a look-up. */
void weir_class_bank_init(struct weir_model *m);

/** The look-ups of the class bank (5.4). */
void weir_class_bank(struct weir_model *m, struct weir_record *r, const struct weir_meter_in *in,
		     struct weir_decision *d);

/** Sweep step at an entry of the class bank. */
void weir_class_bank_sweep(struct weir_model *m, uint32_t index, uint64_t window);

/** Account one look-up in the record and as a candidate. `bit` is its place in trips and ends. */
static inline void weir_judge_result(struct weir_record *r, struct weir_decision *d, unsigned bit,
				     const struct weir_meter_result *result,
				     const struct weir_meter_cfg *c, unsigned reason, uint64_t tag)
{
	r->trips |= (uint32_t)result->trip << bit;
	r->ends |= (uint32_t)result->end << bit;
	if (result->candidate)
		weir_decision_add(d, &(struct weir_candidate){
			.tag = tag, .threshold = result->threshold, .measured = result->measured,
			.reason = (uint8_t)reason, .unit = result->unit, .effect = c->effect,
			.dry_run = c->dry_run });
}

/** Counters of one frame (10). */
void weir_count(struct weir_model *m, const struct weir_record *r, bool looked_up);

/** Every register, and the settings that follow from them, at the reset value. */
void weir_port_reset(struct weir_model *m);

/** One access to an entry, index in range. Reading a peak sets it to 0. */
void weir_entry_read(struct weir_model *m, unsigned target, uint32_t index, uint32_t ret_word[8]);
void weir_entry_write(struct weir_model *m, unsigned target, uint32_t index, const uint32_t word[8]);

/** The same for the targets of state. */
void weir_state_entry_read(const struct weir_model *m, unsigned target, uint32_t index, uint32_t *word);
void weir_state_entry_write(struct weir_model *m, unsigned target, uint32_t index, const uint32_t *word);

/** Entries of a target of state, 0 when there is no such target. */
uint32_t weir_state_entry_count(unsigned target);

/** The same for the targets of rules. */
void weir_rule_entry_read(const struct weir_model *m, unsigned target, uint32_t index, uint32_t *word);
void weir_rule_entry_write(struct weir_model *m, unsigned target, uint32_t index, const uint32_t *word);
uint32_t weir_rule_entry_count(unsigned target);

/** The same for the target of peaks (19). */
void weir_peak_read(struct weir_model *m, uint32_t index, uint32_t *word);
void weir_peak_write(struct weir_model *m, uint32_t index, const uint32_t *word);

/** Entries of a target, 0 when there is no such target. */
uint32_t weir_entry_count(unsigned target);

/** Everything but the registers as after reset. */
void weir_model_clear(struct weir_model *m);

#endif
