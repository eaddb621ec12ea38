/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Frames as they came in, with what was decided about them (docs/soc.md, "Capture"). The appliance keeps 16 at most until a host fetches them, the first 240
 * octets of each; nothing here delays a frame. What fits and is not kept, is counted. */
#ifndef WEIR_CAPTURE_H
#define WEIR_CAPTURE_H

#include "weir/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Octets of a frame that are kept. */
#define WEIR_CAPTURE_OCTETS 240

/** Which frames are captured. */
struct weir_capture_filter {
	uint8_t sample_log2;     /**< one frame of 2 to the power of this, 0 to 15, by its number */
	uint8_t sides;           /**< bit 0 those from the unprotected side, bit 1 from the protected side */
	uint8_t verdicts;        /**< bit v: verdict v (docs/lists/verdicts.def) */
	uint8_t reason_match;    /**< of its reason the bits that reason_mask has must be as here */
	uint8_t reason_mask;     /**< 0: any reason */
};

/** A captured frame. */
struct weir_capture_frame {
	uint32_t number;         /**< that the data path gave it; wraps */
	uint64_t stamp_us;       /**< appliance's time; its low 56 bits */
	uint16_t len;            /**< octets it had, without FCS */
	uint16_t captured;       /**< octets here, at most WEIR_CAPTURE_OCTETS */
	uint8_t side;            /**< 0 it came from the unprotected side, 1 from the protected side */
	uint8_t verdict;         /**< docs/lists/verdicts.def */
	uint8_t reason;          /**< docs/reasons.md */
	const char *verdict_name;        /**< valid for ever */
	const char *reason_name;         /**< likewise */
	uint8_t octets[WEIR_CAPTURE_OCTETS];     /**< from the destination's MAC address on */
};

/** A capture that runs. It belongs to the thread of its device, and is stopped before that is closed. */
struct weir_capture_run;

/** Begin to capture. What an earlier capture has left in the appliance is thrown away.
 *
 * @param filter   NULL: every frame. Borrowed for the call.
 * @param force    Take over from a host that captures, or has gone without an end of its capture.
 * @param ret_run  Set only on success; end it with weir_capture_stop().
 *
 * @retval 0              Frames are captured from now on.
 * @retval -EINVAL        The filter fits nothing, or its sample is beyond 15; nothing was asked.
 * @retval WEIR_EVERSION  The appliance is older than captures; nothing was changed.
 * @retval WEIR_EREFUSED  Somebody captures already, and `force` is false; nothing was changed.
 * @retval -ENOMEM        Nothing was asked.
 * @retval WEIR_EPROTOCOL, errors of weir_read() and weir_write()  It does not capture; or, when the link did not even allow to tell it so, that is
 *         unknown: then the next one needs `force`.
 *
 * Some 20 requests at most (20 ms at 3 Mbit/s). */
int weir_capture_start(struct weir_dev *dev, const struct weir_capture_filter *filter, bool force, struct weir_capture_run **ret_run);

/** Fetch the oldest frame that waits, in the order of their numbers. Each comes once, whatever has failed in between. Does not wait for one.
 *
 * @param ret  Set when a frame has come.
 *
 * @retval 1  A frame.
 * @retval 0  None waits.
 * @retval WEIR_EREFUSED  The capture's registers are no more as they were set: the appliance has been switched off, or somebody else captures. Stop.
 * @retval WEIR_EPROTOCOL, errors of weir_read() and weir_write()  No frame is lost: call again, unless the device is gone.
 *
 * Two requests a frame, one for every batch of them: some 2 ms a frame at 3 Mbit/s. */
int weir_capture_take(struct weir_capture_run *run, struct weir_capture_frame *ret);

/** Frames that fitted and were not kept since the start, as of the last weir_capture_take() that found none waiting before it. The appliance counts them
 * modulo 2^24: at the highest rate of both sides it must be asked every five seconds. */
uint64_t weir_capture_missed(const struct weir_capture_run *run);

/** No further frames; those that wait can still be taken. @retval 0; errors of weir_write(): whether it is so is unknown. */
int weir_capture_halt(struct weir_capture_run *run);

/** End: what waits is thrown away, and the registers get what they had before (of a capture that was taken over: but for its `run`, which is 0 then).
 * After a WEIR_EREFUSED of weir_capture_take() all is left as it is: it belongs to somebody else.
 * @param run  Freed, whatever comes of it. NULL: nothing to do.
 * @retval 0; errors of weir_read() and weir_write(): the appliance may go on capturing, which harms nobody but the next capture, which needs `force`.
 * Some 20 requests at most. */
int weir_capture_stop(struct weir_capture_run *run);

/** Number of a reason's name, as "meter_class". @param ret  Set only on success. @retval 0; WEIR_EUNKNOWN. Any thread. */
int weir_capture_reason(const char *name, uint8_t *ret);
/** Number of a verdict's name, as "drop". @param ret  Set only on success. @retval 0; WEIR_EUNKNOWN. Any thread. */
int weir_capture_verdict(const char *name, uint8_t *ret);

#ifdef __cplusplus
}
#endif
#endif
