// SPDX-License-Identifier: Apache-2.0
/** The simulated hardware under full load in both directions, its firmware running, the model beside it (sim/engine/session.h), and a
 * host that talks to it meanwhile: nothing stands still for an access. One at a time in a process. */
#ifndef WEIR_FAULTS_H
#define WEIR_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/hal/hal.h"
#include "host/common/prng.h"
#include "sim/engine/session.h"
#include "sim/firmware/image.h"
#include "weir/weir_regs.h"

enum {
	FAULTS_NOTICES = 4096, FAULTS_LINES = 8192, FAULTS_LINE = 120, FAULTS_SYMBOLS = 512, FAULTS_EVENTS = 65536,
	FAULTS_METERS = WEIR_REG_METER_CFG_COUNT,
};

/** What lies in the soft core's memory. */
struct faults_image {
	uint32_t word[WEIR_IMAGE_WORDS], words;
	struct { char name[48]; uint32_t addr; } symbol[FAULTS_SYMBOLS];
	unsigned symbols;
};

/** @param file    As weir_image_read(). @param symbols  Output of nm.
 *  @return whether both could be read */
bool faults_image_read(struct faults_image *im, const char *file, const char *symbols);
/** Address of a symbol; ends the program when there is none of this name. */
uint32_t faults_symbol(const struct faults_image *im, const char *name);
/** Sum of its code, as boot computes it. */
uint32_t faults_code_sum(const struct faults_image *im);

struct faults {
	const struct faults_image *image;
	bool gmii, flood;             /**< flood: more than normal traffic */
	struct weir_session *s;
	struct weir_engine *hw;       /**< the first engine, for what only it has */
	struct weir_prng p;
	uint64_t now_ns, sent;        /**< of the next frame */
	int side;                     /**< of the last frame */
	uint32_t opened;              /**< TCP conversations so far */

	/* Slots, in clocks between two records; from each faults_loaded() on. */
	uint64_t records, last_clock, slots_8, slots_16, slots_other, last_16, least_between;
	bool loaded, still;           /**< still: an access brings no frames with it */
	uint64_t span_clocks, span_records, loaded_clock, loaded_records, still_clock;

	/* Records that make an event with `enable`, in their order. */
	uint32_t enable;
	uint64_t events;
	uint32_t (*event)[WEIR_EVENT_WORDS];   /**< the first FAULTS_EVENTS of them; NULL: they are counted only */
	uint64_t bypassed, dropped, egress_full;

	uint32_t notices, lines;
	struct { uint64_t clock; uint32_t word[WEIR_ENGINE_MAIL_WORDS]; } notice[FAULTS_NOTICES];
	char line[FAULTS_LINES][FAULTS_LINE];
	size_t line_len;

	/* What the firmware wrote last to entries of meter_cfg. */
	bool written[FAULTS_METERS];
	uint32_t meter[FAULTS_METERS][WEIR_MAINT_WORDS];
	uint64_t meter_writes, peak_reads;   /**< peak_reads: of the peak of SYNs, which is read once a period */
	uint64_t problems, checks, failed;
	bool verbose;
};

void faults_check(struct faults *f, bool ok, const char *what, uint64_t is);

/** Build hardware and model, set the policy, start the firmware. @return whether all of it works. */
bool faults_open(struct faults *f, const struct faults_image *im, const char *policy, bool gmii, uint64_t seed);
/** Let everything out, and look at what must hold of all of the run; free. */
void faults_close(struct faults *f);

/** So many frames more, of both sides by turns. */
void faults_run(struct faults *f, uint64_t frames);
/** The load pauses: what is inside comes out, and accesses bring no frames with them. */
void faults_still(struct faults *f);
/** Some accesses long, with nothing else. */
void faults_wait(struct faults *f, unsigned accesses);
/** The load goes on; once it is full, each slot is looked at. */
void faults_flow(struct faults *f);

/** One access of the host to a register of the hardware, and so many frames with it that the load goes on. */
uint32_t faults_read(struct faults *f, uint32_t addr);
void faults_write(struct faults *f, uint32_t addr, uint32_t value);
void faults_read_entry(struct faults *f, uint32_t addr, uint32_t ret_word[WEIR_MAINT_WORDS]);
void faults_write_entry(struct faults *f, uint32_t addr, const uint32_t word[WEIR_MAINT_WORDS]);

/** Put a message there, and do not wait. @return whether there was room within a time. */
bool faults_post(struct faults *f, const uint32_t word[WEIR_ENGINE_MAIL_WORDS]);
/** Ask the firmware. @return whether it answered within `frames`. */
bool faults_mail(struct faults *f, const uint32_t word[WEIR_ENGINE_MAIL_WORDS], uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS],
		 uint64_t frames);
/** The first notice of this kind that tells a start, from index `from` on; loads for at most `frames`. @return its index, or
 * UINT32_MAX. */
uint32_t faults_await_notice(struct faults *f, uint32_t from, unsigned kind, uint64_t frames);
/** A line of the log that begins with this, from line `from` on. */
bool faults_said(const struct faults *f, uint32_t from, const char *what);
/** Whether the hardware's thresholds are what the firmware wrote last. */
void faults_check_thresholds(struct faults *f);

#endif
