// SPDX-License-Identifier: Apache-2.0
/** Reference model of the data path, written from docs/datapath.md alone.
 *
 * It is configured by the same register writes as the hardware and gives the same record for every
 * frame. What happens at a moment (frames, register accesses, sweep steps) is called in the order in
 * which the hardware did it. One thread per model; no call blocks; memory is allocated in
 * weir_model_new() only. */
#ifndef WEIR_MODEL_H
#define WEIR_MODEL_H

#include <stdint.h>

#include "record.h"

#define WEIR_ANSWER_MAX 82     /* longest answer: two tags, IPv6, TCP */

struct weir_model;

/** A model as the hardware is after reset: registers at their reset values, tables and entries of
 * the configuration zero. NULL: no memory. */
struct weir_model *weir_model_new(void);

/** Accepts NULL. */
void weir_model_free(struct weir_model *m);

/** Time of the register accesses and sweep steps that follow, until the next frame: the stamp of
 * their maintenance slot. Only the age of a written table entry depends on it. */
void weir_model_time(struct weir_model *m, uint64_t stamp_us);

/** Write a 32-bit register (host/include/weir/weir_regs.h).
 * @retval 0        Done, or a register without meaning for the model.
 * @retval -EPERM   Refused as by the hardware: static configuration while CTRL.run is 1.
 * @retval -EINVAL  No such register, or read-only; nothing changes but STATUS.bad_entry. */
int weir_model_write(struct weir_model *m, uint32_t addr, uint32_t value);

/** Read a register. Word 0 of a peak sets it to 0. Those that only hardware can know (clocks, MAC statistics, time) read 0.
 * @retval 0        *ret_value set
 * @retval -EINVAL  No such register; *ret_value untouched. */
int weir_model_read(struct weir_model *m, uint32_t addr, uint32_t *ret_value);

/** Whether a frame is refused (docs/datapath.md 1); it is then not given to weir_model_packet().
 * @param frame  known bytes, borrowed for the call
 * @param len    length on the wire before padding, without FCS
 * @param dir    0 from the unprotected side, 1 from the protected side
 * @return reason (enum weir_reason): oversize or runt; 0: judge it */
int weir_model_refuse(struct weir_model *m, const uint8_t *frame, uint32_t len, uint32_t known, int dir);

/** Judge one frame. About 0.3 us.
 *
 * @param frame     min(known, len) bytes, borrowed for the call
 * @param len       F, 60 to 2,000
 * @param known     K; more than len counts as len
 * @param dir       0 inbound, 1 outbound
 * @param stamp_us  never lower than the one before
 * @param ret       All fields are set. */
void weir_model_packet(struct weir_model *m, const uint8_t *frame, uint32_t len, uint32_t known,
		       int dir, uint64_t stamp_us, struct weir_record *ret);

/** The frame that the appliance sends in answer to the one judged last (docs/datapath.md 16): on the
 * side where that came from, right after it in the order of the frames of the lower queue; it has no number and
 * no record. Without FCS, 60 bytes or more.
 * @param ret_frame  set up to the length
 * @return its length; 0: no answer, which is so whenever the verdict is not `answer` */
unsigned weir_model_answer(const struct weir_model *m, uint8_t ret_frame[WEIR_ANSWER_MAX]);

/** What a frame with verdict `divert` leaves with as its bytes 0 to 5 instead of its own (docs/datapath.md 18.3): the
 * registers divert_mac. They cannot change while frames pass.
 * @param ret_mac  set; zeros after reset */
void weir_model_divert_mac(const struct weir_model *m, uint8_t ret_mac[6]);

/** One sweep step at an entry number of every table, of state too, and of the class bank. Never changes a verdict,
 * unless a timeout is raised later: an expired entry that was not swept then counts again. Whoever
 * raises timeouts while frames pass gives the model the sweep steps of the hardware. */
void weir_model_sweep(struct weir_model *m, uint32_t index);

/** Fill of a table, for reports. */
struct weir_model_table {
	uint32_t size;       /**< entries */
	uint32_t used;       /**< entries in use at `stamp_us`: neither free nor expired */
	uint32_t peak;       /**< most entries ever with a tag at once, expired ones included */
	uint32_t evictions, full;
};

void weir_model_table(const struct weir_model *m, unsigned table, uint64_t stamp_us,
		      struct weir_model_table *ret);

/** The same of a table of state (enum weir_state_number). */
void weir_model_state(const struct weir_model *m, unsigned table, uint64_t stamp_us,
		      struct weir_model_table *ret);

#endif
