/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Alarms, and why packets were dropped (docs/firmware.md, "Alarms", "Why"). */
#ifndef WEIR_ALARM_H
#define WEIR_ALARM_H

#include "weir/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an alarm is about (docs/firmware.md, "Alarms"). */
enum weir_alarm_kind { WEIR_ALARM_KIND_METER = 1, WEIR_ALARM_KIND_EVENTS_LOST, WEIR_ALARM_KIND_RESTARTED, WEIR_ALARM_KIND_SELF_TEST, WEIR_ALARM_KIND_IMPORT };
/** What is told of it. */
enum weir_alarm_state { WEIR_ALARM_GOING_ON, WEIR_ALARM_START, WEIR_ALARM_PEAK, WEIR_ALARM_END };
/** How bad it is. */
enum weir_severity { WEIR_SEVERITY_INFO, WEIR_SEVERITY_MINOR, WEIR_SEVERITY_MAJOR, WEIR_SEVERITY_CRITICAL };

/** An address; IPv4 is never written as an IPv6 address here: family tells. */
struct weir_address {
	uint8_t family;          /**< 4, 6; 0: unknown */
	uint8_t bytes[16];       /**< network order; IPv4 in the first four */
};
/** Text of an address; "" when unknown. @param buf n bytes, 46 hold any. @return buf. Any thread. */
char *weir_address_format(const struct weir_address *a, char *buf, size_t n);
/** The other way round: "192.0.2.1", "2001:db8::1". @retval 0; -EINVAL no address, *ret untouched. Any thread. */
int weir_address_parse(const char *text, struct weir_address *ret);

/** An alarm. */
struct weir_alarm {
	uint32_t number;         /**< counts from 1 since power-on */
	enum weir_alarm_kind kind;       /**< what it is about */
	enum weir_alarm_state state;     /**< what is told of it */
	enum weir_severity severity;     /**< by its peak */
	uint16_t series;         /**< of WEIR_ALARM_KIND_METER */
	uint32_t start_s;        /**< appliance's time, s since 1970, low 32 bits */
	uint32_t end_s;          /**< likewise; 0: still on */
	uint32_t threshold;      /**< in use at the start, in the unit of the series */
	uint32_t peak;           /**< largest measured value */
	uint32_t last;           /**< last measured value */
	uint32_t dropped;        /**< packets, meanwhile */
	struct weir_address key;         /**< remote for remote, pair, source; else protected */
	struct weir_address top_source;  /**< of notices only: an answer has no room for it, so weir_alarm_list() leaves it unknown */
};
/** Read an alarm out of the 16 words of a notice. @retval 0; WEIR_EPROTOCOL there is no such kind, or it has no number. Any thread. */
int weir_alarm_read(const uint32_t words[16], struct weir_alarm *ret);
/** "meter", "events_lost", "restarted", "self_test", "import"; "unknown" for no kind. Any thread. */
const char *weir_alarm_kind_name(enum weir_alarm_kind kind);
/** "going_on", "start", "peak", "end". Any thread. */
const char *weir_alarm_state_name(enum weir_alarm_state state);
/** "info", "minor", "major", "critical". Any thread. */
const char *weir_severity_name(enum weir_severity severity);

/** The alarms that the firmware keeps (at most 32 of the last 256), oldest first.
 * @param ret    Room for n: the newest ones when there are more.
 * @param ret_n  How many there are, perhaps more than n; set only on success.
 * @retval 0; errors of weir_mail(). Some 3 ms an alarm at 3 Mbit/s; 0.7 s when most of 256 are no longer kept. */
int weir_alarm_list(struct weir_dev *dev, struct weir_alarm *ret, size_t n, size_t *ret_n);

/** One of the top sources of what is dropped. */
struct weir_top_source {
	struct weir_address address;   /**< remote */
	uint32_t count;          /**< samples */
	uint32_t error;          /**< at most so many too many */
};
/** @param ret    Room for n, the largest first.
 *  @param ret_n  How many there are (at most 16), perhaps more than n; set only on success. @retval 0; errors of weir_mail(). */
int weir_top_sources(struct weir_dev *dev, struct weir_top_source *ret, size_t n, size_t *ret_n);

/** Why packets of a source were dropped or answered: the last samples that the firmware has kept of it (BEYOND-3). */
struct weir_why {
	struct weir_address remote;      /**< on the unprotected side */
	struct weir_address protect;     /**< on the protected side */
	uint32_t time_s;         /**< appliance's time of the last one */
	uint32_t samples;        /**< of the same reason and addresses; the ports are those of the last one */
	uint8_t verdict;         /**< docs/lists/verdicts.def */
	uint8_t reason;          /**< docs/reasons.md */
	const char *reason_name; /**< valid for ever */
	const char *verdict_name;        /**< likewise */
	uint32_t threshold;      /**< in the unit of the meter; 0: the reason has none */
	uint32_t measured;       /**< likewise */
	bool bytes;              /**< that unit is bytes, not packets */
	uint16_t rule;           /**< id, of reasons of rules; 0xfff: none */
	uint8_t protocol;        /**< of IP */
	uint16_t sport;          /**< of the last one */
	uint16_t dport;          /**< likewise */
};
/** @param address  Of the remote or protected side, as firmware.md says; NULL: all that are kept. The newest first.
 *  @param ret_n    How many there are (at most 12), perhaps more than n; set only on success.
 *  @retval 0 (also when there are none); -EINVAL the address has no family; WEIR_EUNKNOWN an older firmware; errors of weir_mail().
 *          Within 100 ms at 3 Mbit/s. */
int weir_why(struct weir_dev *dev, const struct weir_address *address, struct weir_why *ret, size_t n, size_t *ret_n);

#ifdef __cplusplus
}
#endif
#endif
