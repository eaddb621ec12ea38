// SPDX-License-Identifier: Apache-2.0
/** The Verilated data path as a device: registers, frames in, records and frames out.
 *
 * Two depths: at the stream side of the MACs (sim/rtl/weir_sim_stream.sv) and at the GMII pins
 * (sim/rtl/weir_sim_gmii.sv). One simulation at a time in a process (the hardware calls back through
 * rtl_dpi.h). All times are simulated nanoseconds of the capture's own epoch. */
#ifndef WEIR_RTL_SIM_H
#define WEIR_RTL_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "maint.h"
#include "sim/model/record.h"

/* One core clock and one GMII clock. */
enum { WEIR_RTL_CORE_NS = 16, WEIR_RTL_GMII_NS = 8 };

enum { WEIR_RTL_MAIL_WORDS = 16 };

struct weir_rtl_sim;

/** Called while weir_rtl_submit(), weir_rtl_run() or weir_rtl_write() steps the hardware. `cookie` is what the
 * frame was submitted with; a pointer lives for the call only. */
struct weir_rtl_events {
	/** Verdict of a frame; in the order of the numbers. At stream depth that is the order of submission, refused ones
	 * left out; at GMII depth of one side only, and the stamp is the hardware's own. */
	void (*record)(void *ctx, uint64_t cookie, const struct weir_record *rec);
	/** Refused before it got a number (oversize, or by the MAC at GMII depth). */
	void (*refused)(void *ctx, uint64_t cookie);
	/** Passed, diverted, or to be answered, but the egress queue had no room. */
	void (*egress_full)(void *ctx, uint64_t cookie);
	/** A frame left on `side` (1: protected). It equals a submitted one that passed, byte for byte, the oldest of
	 * its queue; a diverted one but for its new destination. latency_ns: from its last word in to its first out; at
	 * GMII depth from its last byte (of the FCS) to the first of the preamble. time_ns: of that first one. */
	void (*out)(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len,
		    uint64_t time_ns, uint64_t latency_ns);
	/** A frame left that is not the next of either queue: lost order, changed bytes, or invented. */
	void (*stray)(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns);
	/** A frame left that may be the answer to this one: the next of its queue, with the length that an answer to it has,
	 * its addresses of layer 2 exchanged, its tags and its type. Nobody has looked at the rest. May be NULL where no
	 * frame is answered; otherwise as `out`. */
	void (*answered)(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len,
			 uint64_t time_ns, uint64_t latency_ns);
	/** An entry was read or written, by whomever; between the record of the frame with its number and the next one.
	 * May be NULL. */
	void (*maint)(void *ctx, const struct weir_maint *m);
	/** The firmware's notices, and characters of its log. May be NULL. */
	void (*notice)(void *ctx, uint64_t now_us, const uint32_t word[WEIR_RTL_MAIL_WORDS]);
	void (*console)(void *ctx, uint64_t now_us, const char *text);
	/** As in engine.h. May be NULL. */
	void (*wrote)(void *ctx, uint32_t addr, uint32_t value, bool taken);
	void (*link)(void *ctx, const uint8_t *octets, size_t n);
	bool (*pause)(void *ctx);
};

struct weir_rtl_options {
	bool gmii;      /**< depth */
	bool saturate;  /**< frames as soon as the hardware takes them, egress without pacing; at GMII depth as soon as
	                 *   the wire is free, both ways at its pace */
	bool no_skip;   /**< idle time is gone through clock by clock */
	bool beside;    /**< frames and time go on while a register is accessed; the caller keeps frames coming */
};

/** Build and reset the hardware; returns when STATUS.ready and .stopped.
 * @param events  Borrowed until close.
 * @retval NULL   No memory, or the hardware did not become ready. */
struct weir_rtl_sim *weir_rtl_open(const struct weir_rtl_options *options,
				   const struct weir_rtl_events *events, void *ctx);
void weir_rtl_close(struct weir_rtl_sim *s);

/** Register access over APB, between frames.
 * @retval 0 done; -EIO slave error; -ETIMEDOUT no answer. */
int weir_rtl_write(struct weir_rtl_sim *s, uint32_t addr, uint32_t value);
int weir_rtl_read(struct weir_rtl_sim *s, uint32_t addr, uint32_t *ret_value);

/** Put firmware into the soft core's memory and start it. The simulation's time becomes time_ns, if it is to begin only.
 * @retval 0; -EINVAL no image, or a too long one; errors of weir_rtl_write(). */
int weir_rtl_start(struct weir_rtl_sim *s, const uint32_t *image, uint32_t words, uint64_t time_ns);
/** Ask the firmware; frames and time stand still meanwhile.
 * @retval 0 ret_answer set; -ENODEV not started; -ETIMEDOUT no answer. */
int weir_rtl_mail(struct weir_rtl_sim *s, const uint32_t word[WEIR_RTL_MAIL_WORDS],
		  uint32_t ret_answer[WEIR_RTL_MAIL_WORDS]);

/** Hand over a frame; steps the hardware until it is nearly due.
 *
 * @param frame       Copied: min(known, len) bytes; the rest up to len are zeros on the wire.
 * @param len         F, 60 to 2,047
 * @param known       K; at GMII depth the zeros behind it are like any other bytes to the hardware, K = F
 * @param side        0 unprotected, 1 protected
 * @param arrival_ns  End of its last byte on the wire; never below the one before.
 * @retval 0           taken over
 * @retval -ENOMEM     no memory; nothing changed
 * @retval -ECANCELED  by the event `pause`
 * @retval -ETIMEDOUT  the hardware makes no progress */
int weir_rtl_submit(struct weir_rtl_sim *s, const uint8_t *frame, uint32_t len, uint32_t known, int side,
		    uint64_t arrival_ns, uint64_t cookie);

/** Step until a point in time, or until nothing is left inside. Stream depth.
 * @param until_ns     Of the frames submitted none arrives later; those to come arrive no earlier.
 * @retval 0           nothing is left inside; the clock may stand before until_ns
 * @retval 1           something is
 * @retval -ENOSYS     at GMII depth
 * @retval -ETIMEDOUT  the hardware makes no progress */
int weir_rtl_run_until(struct weir_rtl_sim *s, uint64_t until_ns);

/** Step until nothing is left inside.
 * @retval >=0         Frames that passed and did not leave, or got no verdict: 0 if all is well.
 * @retval -ETIMEDOUT  the hardware makes no progress */
int weir_rtl_run(struct weir_rtl_sim *s);

/** Octets for the host link; they go in one in 8 clocks at most, whenever the hardware is stepped. Stream depth.
 * @return octets taken; 0 when there is no room. */
size_t weir_rtl_link(struct weir_rtl_sim *s, const uint8_t *octets, size_t n);
/** None of them waits, and the link has nothing under way that needs no further one. */
bool weir_rtl_link_silent(const struct weir_rtl_sim *s);
/** weir_rtl_run() does not wait for the firmware. */
void weir_rtl_hurry(struct weir_rtl_sim *s);

/** Step with time from outside: `now` becomes now_ns, and that of each frame that waits first, as soon as nothing that is
 * inside can tell the difference; the far side is always free. A ms of real time at most. Stream depth.
 * @param now_ns       Never below one before; of the frames submitted none arrives later, those to come no earlier.
 * @param ret_wake_ns  The firmware's timer; UINT64_MAX: none.
 * @retval 0           nothing can happen before that without a frame or an octet
 * @retval 1           something is under way
 * @retval -ENOSYS     at GMII depth */
int weir_rtl_live(struct weir_rtl_sim *s, uint64_t now_ns, uint64_t *ret_wake_ns);

/** Clocks of the core since open; time in ns. */
uint64_t weir_rtl_clocks(const struct weir_rtl_sim *s);
uint64_t weir_rtl_time_ns(const struct weir_rtl_sim *s);

#endif
