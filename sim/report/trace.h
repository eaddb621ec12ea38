// SPDX-License-Identifier: Apache-2.0
/** The trace: one JSON object a packet, in the order of the input (docs/report.md). */
#ifndef WEIR_REPORT_TRACE_H
#define WEIR_REPORT_TRACE_H

#include <stdio.h>

#include "alarms.h"
#include "key.h"
#include "sim/engine/session.h"

struct weir_trace;

/** @param f       Taken over.
 *  @param policy, rules  Borrowed; rules may be NULL: none.
 *  @retval NULL   No memory; f is closed. */
struct weir_trace *weir_trace_new(FILE *f, const struct weir_policy *policy, const struct weir_rule_map *rules);

/** Packets may come out of order by as many as are in flight: lines wait for their turn.
 * @retval 0; -ENOMEM. */
int weir_trace_packet(struct weir_trace *t, const struct weir_packet *p);

/** A notice of the firmware (docs/firmware.md), as a line of its own where it comes. @retval 0; -EIO. */
int weir_trace_alarm(struct weir_trace *t, uint64_t now_us, const uint32_t word[WEIR_ALARM_WORDS]);

/** Write what waits, close.
 * @retval 0; -EIO writing failed at some time. Accepts NULL. */
int weir_trace_close(struct weir_trace *t);

#endif
