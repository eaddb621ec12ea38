/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Meters and what the firmware has learned about them: series, thresholds, parameters, modes, learned state
 * (docs/firmware.md). Everything here needs the firmware, and is WEIR_EFIRMWARE without it. */
#ifndef WEIR_METER_H
#define WEIR_METER_H

#include "weir/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Room for the name of a series, with its end: "address", "class.syn", "inbound.udp", "address.bytes", "syn_total" ... */
#define WEIR_SERIES_NAME 48

/** Name of a series; what a name stands for is in docs/libweir.md. Any thread.
 * @param number  Of docs/firmware.md: the peak, of bytes + 256.
 * @return buf, "series-N" for a number without a name. */
char *weir_series_name(unsigned number, char buf[WEIR_SERIES_NAME]);
/** @retval 0; WEIR_EUNKNOWN. */
int weir_series_find(const char *name, unsigned *ret_number);

/** One series; peak: rounded up. Thresholds, floor, ceiling, measured: packets a window of 65,536 us (bytes: of 64 bytes; connections: connections). */
struct weir_series {
	uint16_t number;      /**< of docs/firmware.md */
	bool bytes;           /**< its unit is bytes */
	bool frozen;          /**< learns nothing now */
	bool learned;         /**< its threshold is a learned one */
	bool alarm;           /**< one is on */
	bool season_on;       /**< it has a season */
	uint32_t threshold;   /**< in force */
	uint32_t floor;       /**< least threshold */
	uint32_t ceiling;     /**< largest threshold */
	double mean;          /**< of the peaks of periods */
	double deviation;     /**< likewise */
	uint32_t peak;        /**< largest of late */
	uint32_t periods;     /**< learned */
	uint32_t season;      /**< what the season says of this time */
};
/** @retval 0; WEIR_EUNKNOWN not in use; errors of weir_mail(). */
int weir_series_get(struct weir_dev *dev, unsigned number, struct weir_series *ret);
/** All that are in use, by their numbers.
 * @param ret    Room for n.
 * @param ret_n  How many there are (at most 40), perhaps more than n; set only on success.
 * @retval 0; -ENOMEM; errors of weir_read(), weir_mail(). Some 100 ms at 3 Mbit/s with the default policy. */
int weir_series_list(struct weir_dev *dev, struct weir_series *ret, size_t n, size_t *ret_n);

/** Bounds of a threshold; 0: none of its own. Floor and ceiling alike pin it: it is in force from the end of the firmware's
 * period (parameter period_ms) on, and nothing moves it; not in mode off.
 * @retval 0; WEIR_EUNKNOWN not in use; -ERANGE; errors of weir_mail(): the bounds before hold. */
int weir_series_bounds(struct weir_dev *dev, unsigned number, uint32_t floor, uint32_t ceiling);

/** Bounds of one series, as weir_series_bounds() takes them. */
struct weir_bounds {
	uint16_t number;      /**< of the series */
	uint32_t floor;       /**< 0: none of its own */
	uint32_t ceiling;     /**< likewise */
};
/** Bounds of several series: seven a message to the firmware, which takes all of a message or none of it; some 1 ms for seven at 3 Mbit/s.
 * A firmware that does not have this message gets them one at a time, in the same order.
 *
 * @param bounds    Borrowed for the call. Of a series that is there twice the last one holds.
 * @param ret_done  Always set: so many are in force, from the first one on. All when it is 0 that is returned; on failure a multiple of seven, or,
 *                  one at a time, any number.
 * @retval 0
 * @retval WEIR_EUNKNOWN, -ERANGE  One is wrong, as of weir_series_bounds(); the detail names its series. What no firmware would take is found before
 *                  anything is sent: none is in force then. What this one refuses is told by it: the other ones of its message are not in force, nor any behind.
 * @return errors of weir_mail(): whether the message behind those that are done (seven bounds, or one) is in force is unknown; none behind it is. */
int weir_series_bounds_set(struct weir_dev *dev, const struct weir_bounds *bounds, size_t n, size_t *ret_done);

/** A parameter of docs/lists/params.def. */
struct weir_param {
	uint8_t number;       /**< of the list */
	const char *name;     /**< valid for ever, as the next two */
	const char *unit;     /**< "" of a plain number */
	const char *help;     /**< what it is */
	uint32_t def;         /**< at power-on */
	uint32_t least;       /**< bound */
	uint32_t most;        /**< bound */
};
/** Row of a parameter. @return NULL: no such number. Any thread. */
const struct weir_param *weir_param(unsigned number);
/** @return NULL: no such name. */
const struct weir_param *weir_param_find(const char *name);
/** Ask for a parameter. @retval 0; WEIR_EUNKNOWN; errors of weir_mail(). */
int weir_param_get(struct weir_dev *dev, unsigned number, uint32_t *ret_value);
/** Set one. @retval 0; WEIR_EUNKNOWN; -ERANGE: the value before holds; errors of weir_mail(). */
int weir_param_set(struct weir_dev *dev, unsigned number, uint32_t value);

/** Values of the parameter `mode`: nothing; learning, nothing is dropped; what would be dropped is counted; on guard. */
enum weir_mode { WEIR_MODE_OFF, WEIR_MODE_LEARNING, WEIR_MODE_DRY_RUN, WEIR_MODE_PREVENTION };

/** Most words of a learned state. */
#define WEIR_LEARNED_WORDS_MAX 512
/** What is wrong with a learned state: magic, version, lengths, checksum. @return NULL: nothing that can be seen from outside; else a
 * text, valid for ever. Any thread. */
const char *weir_learned_check(const uint32_t *words, size_t n);
/** The learned state, as a block with a checksum (docs/firmware.md, "Learned state"), of one moment.
 * @param ret_words  WEIR_LEARNED_WORDS_MAX words; it and ret_n are set only on success.
 * @retval 0; WEIR_EREFUSED no policy has been loaded; WEIR_EPROTOCOL; errors of weir_mail(). */
int weir_learned_export(struct weir_dev *dev, uint32_t *ret_words, size_t *ret_n);
/** Put a learned state in: wholly, or not at all.
 * @retval 0; WEIR_EINPUT it is damaged or of another version; errors of weir_mail(): what was learned before goes on. */
int weir_learned_import(struct weir_dev *dev, const uint32_t *words, size_t n);
/** Begin anew. */
int weir_learned_forget(struct weir_dev *dev);

#ifdef __cplusplus
}
#endif
#endif
