// SPDX-License-Identifier: Apache-2.0
/** Numbers and names of docs/lists/: verdicts, reasons, anomalies, classes, tables. Static data, no
 * allocation, safe from any thread. */
#ifndef WEIR_LISTS_H
#define WEIR_LISTS_H

enum weir_anomaly_action {
	WEIR_ANOMALY_Ignore, WEIR_ANOMALY_Count, WEIR_ANOMALY_Drop, WEIR_ANOMALY_Demote,
};

#define X(code, name, action, source, text) WEIR_ANOMALY_##name = (code),
enum weir_anomaly {
#include "docs/lists/anomalies.def"
	WEIR_ANOMALIES
};
#undef X

#define X(number, name, group, text) WEIR_CLASS_##name = (number),
enum weir_class {
#include "docs/lists/classes.def"
	WEIR_CLASSES
};
#undef X

#define X(number, name, text) WEIR_REASON_##name = (number),
enum weir_reason {
#include "docs/lists/reasons.def"
	WEIR_REASON_class_0 = 0x20,     /**< + class */
	WEIR_REASON_anomaly_0 = 0x40,   /**< + anomaly */
};
#undef X

#define X(number, name, text) WEIR_VERDICT_##name = (number),
enum weir_verdict {
#include "docs/lists/verdicts.def"
	WEIR_VERDICTS
};
#undef X

#define X(number, name, tier, bytes, sets_log2, timeout, key) WEIR_TABLE_##name = (number),
enum weir_table_number {
#include "docs/lists/tables.def"
	WEIR_TABLES
};
#undef X

#define X(number, name, text) WEIR_EVENT_##name = (number),
enum weir_state_event {
#include "docs/lists/events.def"
	WEIR_EVENTS
};
#undef X

#define X(number, name, sets_log2, entry_bits, tag_bits, clock_log2, text) WEIR_STATE_##name = (number),
enum weir_state_number {
#include "docs/lists/states.def"
	WEIR_STATES
};
#undef X

/* Below: the peak of the meter configuration with the same number. */
#define X(number, name, text) WEIR_PEAK_##name = (number),
enum weir_peak_number {
#include "docs/lists/peaks.def"
	WEIR_PEAKS
};
#undef X
#define WEIR_STATE_PEAKS (WEIR_PEAKS - WEIR_PEAK_syn_host)

/** One row of states.def. */
struct weir_state_info {
	const char *name;
	int sets_log2;         /**< sets of four ways */
	int entry_bits;
	int tag_bits;
	int clock_log2;        /**< unit of the times in an entry: 2^clock_log2 us */
};

/** Row of a table of state; number below WEIR_STATES. */
const struct weir_state_info *weir_state_info(unsigned number);

/* Classes of traffic of the table `class` (docs/datapath.md 3). */
enum weir_tclass {
	WEIR_TCLASS_syn, WEIR_TCLASS_tcp, WEIR_TCLASS_udp_reflect, WEIR_TCLASS_udp, WEIR_TCLASS_icmp,
	WEIR_TCLASS_frag, WEIR_TCLASS_other, WEIR_TCLASS_tcp_known,
};

/** Groups of the class bank (docs/datapath.md 5.4); group 6 is the IP protocol. */
#define WEIR_CLASS_GROUPS 8

/** One row of tables.def. */
struct weir_table_info {
	const char *name;
	int tier;
	int bytes;             /**< 1: entries carry byte state */
	int sets_log2;         /**< sets of four ways */
	int timeout_windows;   /**< default */
};

/** Row of a table; number below WEIR_TABLES. */
const struct weir_table_info *weir_table_info(unsigned number);

/* Name of a number; "unknown" for a number that the list does not have. A reason may be an anomaly
 * (its own name) or a class meter ("class_" and the class). */
const char *weir_verdict_name(unsigned verdict);
const char *weir_reason_name(unsigned reason);
const char *weir_anomaly_name(unsigned code);
const char *weir_class_name(unsigned class_number);
const char *weir_event_name(unsigned event);

/* Number of a name; -1 when the list has no such name. */
int weir_verdict_find(const char *name);
int weir_reason_find(const char *name);
int weir_anomaly_find(const char *name);
int weir_class_find(const char *name);
int weir_table_find(const char *name);

/** Default action of an anomaly (enum weir_anomaly_action); code below WEIR_ANOMALIES. */
int weir_anomaly_default(unsigned code);

/** Group of a class in the class bank, -1 when it has no meter; class below WEIR_CLASSES. */
int weir_class_group(unsigned class_number);

#endif
