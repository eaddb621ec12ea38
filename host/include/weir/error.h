/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Errors of libweir: 0 or negative. System causes are -errno; the rest lies below -1000 (docs/lists/errors.def). */
#ifndef WEIR_ERROR_H
#define WEIR_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/** The errors that are no -errno. */
enum weir_error {
	WEIR_EVERSION = -1001,  /**< another version of protocol or register map */
	WEIR_EIDENTITY = -1002, /**< no Weir appliance */
	WEIR_EPROTOCOL = -1003, /**< an answer makes no sense */
	WEIR_EREFUSED = -1004,  /**< not in its present state */
	WEIR_EFIRMWARE = -1005, /**< the firmware does not answer */
	WEIR_EKEY = -1006,      /**< the keys of the appliance are not known here */
	WEIR_ECHANGED = -1007,  /**< configured by somebody else since */
	WEIR_EROOM = -1008,     /**< does not fit */
	WEIR_EPARTLY = -1009,   /**< done in part */
	WEIR_EINPUT = -1010,    /**< a file cannot be understood */
	WEIR_EUNKNOWN = -1011,  /**< no such series, table, parameter, rule */
	WEIR_EREPLAY = -1012,   /**< a replay was asked something else than its record */
};

/** Text of an error: what it means, and what to do where that is known.
 * @param error  0, -errno, or an enum weir_error; anything else is "unknown error".
 * @return Never NULL, valid for ever. Any thread. */
const char *weir_strerror(int error);

/** Short name for machines: "version", "identity" ..., of -errno its name in lower case ("timedout"), of 0 "ok".
 * @return Never NULL, valid for ever. Any thread. */
const char *weir_error_name(int error);

#ifdef __cplusplus
}
#endif
#endif
