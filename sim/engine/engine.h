// SPDX-License-Identifier: Apache-2.0
/** What judges frames: the hardware (engine_rtl.c over rtl_sim.h) or the model (engine_model.c).
 *
 * Life: open, write registers (as a host would: static configuration, entries, CTRL.run last), submit
 * frames in the order of their arrival, finish, read statistics, close. Every frame that was submitted gets
 * exactly one of these, in calls to the events, from within submit() or finish() of the same thread:
 * `refused`; or `record`, and then, when its verdict lets it pass or diverts it, `out` or `egress_full`, when its verdict is `answer`,
 * `answered` or `egress_full`. Records come in the order of the numbers. A frame that gets none of them is lost; the
 * caller finds that. */
#ifndef WEIR_ENGINE_H
#define WEIR_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "maint.h"
#include "sim/model/record.h"

/** Shortest and longest frame that submit() takes; docs/datapath.md 1 refuses above 2,000. */
enum { WEIR_ENGINE_FRAME_MIN = 60, WEIR_ENGINE_FRAME_MAX = 2047 };

/** Messages to the firmware, its answers and notices (docs/firmware.md). */
enum { WEIR_ENGINE_MAIL_WORDS = 16 };

/** Longest answer (docs/datapath.md 16): two tags, IPv6, TCP. */
enum { WEIR_ENGINE_ANSWER_MAX = 82 };

/** No latency: the engine has no clock. */
#define WEIR_LATENCY_NONE UINT64_MAX

struct weir_engine_frame {
	const uint8_t *bytes;   /**< min(known, len) bytes, borrowed for the call; the rest up to len are zeros */
	uint32_t len;           /**< F, WEIR_ENGINE_FRAME_MIN to WEIR_ENGINE_FRAME_MAX */
	uint32_t known;         /**< K; at GMII depth equal to F */
	int side;               /**< 0 unprotected, 1 protected */
	uint64_t arrival_ns;    /**< end of its last byte on the wire; never below the one before */
	uint64_t cookie;        /**< names the frame in the events; unique among those in flight */
};

/** Pointers that are handed over live for the call. No event may call back into the engine. */
struct weir_engine_events {
	/** Verdict. `stamp_us` is arrival_ns / 1000, unless the engine's `own_stamps` is set. */
	void (*record)(void *ctx, uint64_t cookie, const struct weir_record *rec);
	/** Got no number. reason: enum weir_reason. */
	void (*refused)(void *ctx, uint64_t cookie, unsigned reason);
	/** Its verdict lets it pass, diverts it, or is `answer`, but the egress queue had no room. */
	void (*egress_full)(void *ctx, uint64_t cookie);
	/** Its last byte left on `side`, len bytes, no FCS; of a diverted one with its new destination. latency_ns: from its
	 * last byte in to its first byte out, or WEIR_LATENCY_NONE. */
	void (*out)(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len,
		    uint64_t time_ns, uint64_t latency_ns);
	/** Something that nobody submitted, or not in this order. side -1: a record. */
	void (*stray)(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns);
	/** The answer to it left, on `side`, where it came from itself; the rest as for `out`. It may be any frame that
	 * could be an answer: an engine that does not make it cannot know it. At most WEIR_ENGINE_ANSWER_MAX bytes. */
	void (*answered)(void *ctx, uint64_t cookie, int side, const uint8_t *frame, uint32_t len,
			 uint64_t time_ns, uint64_t latency_ns);
	/** An entry was read or written, by whomever: between two records, where it took effect. May be NULL. */
	void (*maint)(void *ctx, const struct weir_maint *m);
	/** The firmware tells of its own accord (docs/firmware.md, "Alarms"). May be NULL. */
	void (*notice)(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS]);
	/** Characters of its log. May be NULL. */
	void (*console)(void *ctx, uint64_t now_us, const char *text);
	/** A register below the entries was written, not by the caller of write(): when it took effect. taken false: it took
	 * nothing (static configuration), or not `clear` (ctrl). May be NULL. */
	void (*wrote)(void *ctx, uint32_t addr, uint32_t value, bool taken);
	/** Octets of the host link, for the host. May be NULL; not told to whoever comes second. */
	void (*link)(void *ctx, const uint8_t *octets, size_t n);
	/** Every now and then, at least once in some ms of real time, while an engine with a clock works: a chance to look
	 * after what is outside. link() of the operations may be called from here, nothing else. true: give up what is under
	 * way; it returns -ECANCELED. May be NULL. */
	bool (*pause)(void *ctx);
};

struct weir_engine_options {
	bool gmii;   /**< depth: at the GMII pins instead of the stream side of the MACs */
	bool no_skip;            /**< go through idle time clock by clock */
	bool saturate;           /**< hardware: frames as soon as it takes them, and the way out never full (rtl_sim.h) */
	bool beside;             /**< hardware: register access stops neither frames nor time (rtl_sim.h) */
	const uint32_t *image;   /**< firmware for the hardware's soft core, borrowed until start() has returned */
	uint32_t image_words;
};

struct weir_engine_table {
	uint32_t size;        /**< entries */
	uint32_t peak;        /**< most entries in use at once, as far as the engine can see */
	uint32_t evictions, full;
};

struct weir_engine;

struct weir_engine_ops {
	const char *name;
	bool own_stamps;   /**< stamps are the engine's own; a second engine has to take them over */
	bool logs;         /**< tells `maint` */

	/** @param events  Borrowed until close.
	 *  @retval 0 *ret set; -ENOMEM; -ENOSYS this program was built without it; -EIO it does not start. */
	int (*open)(const struct weir_engine_options *options, const struct weir_engine_events *events,
		    void *ctx, struct weir_engine **ret);
	/** Register access (host/include/weir/weir_regs.h), between frames.
	 *  @retval 0 done; negative: refused (-EPERM, -EINVAL, -EIO, -ETIMEDOUT). */
	int (*write)(struct weir_engine *e, uint32_t addr, uint32_t value);
	int (*read)(struct weir_engine *e, uint32_t addr, uint32_t *ret_value);
	/** Time of the register accesses that follow, until the next frame; never above its stamp. NULL: the engine has a
	 * clock of its own. */
	void (*time)(struct weir_engine *e, uint64_t stamp_us);
	/** Start the firmware: the options' image on the soft core, or the one that was built in. Registers have been written;
	 * the time is that of the first frame, which comes next. NULL: cannot.
	 * @retval 0; -ENOMEM; -EINVAL no image, or too long; -ENOSYS not in this program; -ETIMEDOUT. */
	int (*start)(struct weir_engine *e, uint64_t time_ns);
	/** Ask the firmware (docs/firmware.md, "Mail"); time stands still. NULL: cannot.
	 * @retval 0; -ENODEV it was not started; -ETIMEDOUT it does not answer. */
	int (*mail)(struct weir_engine *e, const uint32_t word[WEIR_ENGINE_MAIL_WORDS],
		    uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS]);
	/** @retval 0 taken over; -ENOMEM; -ETIMEDOUT no progress inside. */
	int (*submit)(struct weir_engine *e, const struct weir_engine_frame *frame);
	/** Go on to a point in time, for input that depends on what came out. Frames to come arrive no earlier.
	 * NULL: never keeps anything inside.
	 * @retval 0 nothing is inside; 1 something still is; -ENOSYS not at this depth; -ETIMEDOUT. */
	int (*run)(struct weir_engine *e, uint64_t until_ns);
	/** The host link (docs/link.md): octets from the host. NULL: none.
	 * @return octets taken; 0: no room now, or not at this depth. */
	size_t (*link)(struct weir_engine *e, const uint8_t *octets, size_t n);
	/** Nothing of the link is under way. NULL: never. */
	bool (*link_silent)(const struct weir_engine *e);
	/** Frames are taken (ctrl.run). NULL: always, or frames wait inside. */
	bool (*takes)(const struct weir_engine *e);
	/** Go on with time from outside: now_ns is the time, in a clock that is never set back; frames to come arrive no
	 * earlier. Idle time is skipped; time does not wait for the firmware. Works for a ms or two of real time at most.
	 * @param ret_wake_ns  Time of the next thing that happens without a frame or an octet; UINT64_MAX: none.
	 * @retval 0 nothing is left to do before that; 1 something is: call again; -ENOSYS not at this depth; -ETIMEDOUT. */
	int (*live)(struct weir_engine *e, uint64_t now_ns, uint64_t *ret_wake_ns);
	/** finish() will be waited for: it is not to wait for firmware that has not done with what it does. NULL: it never does. */
	void (*hurry)(struct weir_engine *e);
	/** Let everything inside come out. @retval 0, -ETIMEDOUT. */
	int (*finish)(struct weir_engine *e);
	/** After finish(). */
	void (*table)(struct weir_engine *e, unsigned table, struct weir_engine_table *ret);
	/** Core clocks since open; 0 for an engine without a clock. */
	uint64_t (*clocks)(const struct weir_engine *e);
	/** Accepts NULL. */
	void (*close)(struct weir_engine *e);
};

extern const struct weir_engine_ops weir_engine_model;
extern const struct weir_engine_ops weir_engine_rtl_stream;
extern const struct weir_engine_ops weir_engine_rtl_gmii;

#endif
