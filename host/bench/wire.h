// SPDX-License-Identifier: Apache-2.0
/** The simulated hardware with libweir at the other end of its link, both in simulated time (docs/benchmarks.md, "Host").
 *
 * The link engine of the RTL is stepped clock by clock; between it and libweir stands a UART that takes ten bits an octet each way
 * and has no other time of its own, as docs/link.md has it. The host computes in no time. So whatever libweir does takes exactly as
 * long as the wire and the appliance need for it, and is the same in every run.
 *
 * One at a time in a process. Not for threads. */
#ifndef WEIR_BENCH_WIRE_H
#define WEIR_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/engine/rtl_sim.h"
#include "weir/device.h"

struct bench_wire;

struct bench_wire_options {
	uint32_t bit_rate;               /**< of the link, both ways; not 0 */
	const uint32_t *image;           /**< firmware, borrowed for the call; NULL: none */
	uint32_t image_words;
	const char *policy;              /**< with firmware: this policy file is in the registers before it starts; NULL: none */
	struct weir_rtl_events events;   /**< of frames and entries; `link` is the wire's own. Any may be NULL. */
	void *ctx;                       /**< for events */
};

/** What has crossed, and how long it took, since open. */
struct bench_wire_counts {
	uint64_t now_ps;                 /**< simulated time */
	uint64_t octets_to, octets_from; /**< to the appliance; from it */
	uint64_t turns;                  /**< times that the host sent after having heard: round trips */
};

/** Build the hardware, start its firmware, open libweir's device over the wire.
 * @param detail  WEIR_DETAIL bytes: one line on failure.
 * @retval 0 *ret and *ret_dev set; errors of weir_dev_open(), -EIO, -EINVAL. */
int bench_wire_open(const struct bench_wire_options *options, struct bench_wire **ret, struct weir_dev **ret_dev, char *detail);
/** The device is closed before. Accepts NULL. */
void bench_wire_close(struct bench_wire *w);

void bench_wire_counts(const struct bench_wire *w, struct bench_wire_counts *ret);
/** Let simulated time go by. @retval 0; -EIO the hardware makes no progress. */
int bench_wire_pass(struct bench_wire *w, uint64_t ns);
struct weir_rtl_sim *bench_wire_sim(struct bench_wire *w);
/** Frames from now on: called before time goes on, to submit those that arrive until then (weir_rtl_submit()). NULL: none. */
void bench_wire_feed(struct bench_wire *w, void (*feed)(void *ctx, struct weir_rtl_sim *sim, uint64_t until_ns), void *ctx);
/** Another bit rate of both ends, between two calls of libweir. */
void bench_wire_rate(struct bench_wire *w, uint32_t bit_rate);

/** Octets of the shortest frames of docs/link.md that write n words: requests of 64 words, one flag between two, nothing escaped. The
 * replies are not among them. */
uint64_t bench_wire_least_octets(uint64_t words);

#endif
