// SPDX-License-Identifier: Apache-2.0
/** One run: frames in, their fate out. One engine judges; with a second one, every record and every frame
 * that leaves, answers included, is compared. Frames in flight are few and bounded; a frame is forgotten with its fate. */
#ifndef WEIR_SESSION_H
#define WEIR_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

enum weir_fate {
	WEIR_FATE_PASSED,     /**< left on the other side */
	WEIR_FATE_DROPPED,    /**< by its verdict, or with reason egress_full */
	WEIR_FATE_ANSWERED,   /**< its answer left on its own side */
	WEIR_FATE_DIVERTED,   /**< left on the other side, to the address of the diversion */
	WEIR_FATE_CONSUMED,
	WEIR_FATE_REFUSED,    /**< never got a number: rec holds only len, dir, verdict, reason */
	WEIR_FATE_LOST,       /**< unexplained */
	WEIR_FATES
};

/** A frame of the input. */
struct weir_input {
	const uint8_t *bytes;   /**< borrowed for the call */
	uint32_t captured;      /**< bytes there are */
	uint32_t wire_len;      /**< bytes on the wire without FCS; at least captured */
	int side;
	uint64_t number;        /**< position in the input, from 1 */
	uint64_t time_ns;       /**< when its first byte is on the wire */
	uint64_t arrival_ns;    /**< end of its last byte */
};

struct weir_packet {
	uint64_t number, time_ns, arrival_ns;
	uint32_t wire_len;
	uint32_t len, known;       /**< F and K as judged; 0 when refused at once */
	int side;
	enum weir_fate fate;
	struct weir_record rec;    /**< verdict and reason are the final ones */
	uint64_t latency_ns;       /**< WEIR_LATENCY_NONE: did not leave, or no clock */
};

struct weir_session_sink {
	/** Final; once for every frame. */
	void (*fate)(void *ctx, const struct weir_packet *p);
	/** A frame left on `side`; before its fate. May be NULL. */
	void (*out)(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns);
	/** The engines differ, or something is lost or invented: text of several lines. */
	void (*problem)(void *ctx, const char *text);
	/** An answer left on `side`: the frame that it answers came from there; before that one's fate. May be NULL. */
	void (*answer)(void *ctx, int side, const uint8_t *frame, uint32_t len, uint64_t time_ns);
	/** From the firmware, as in engine.h. May be NULL. */
	void (*notice)(void *ctx, uint64_t now_us, const uint32_t word[WEIR_ENGINE_MAIL_WORDS]);
	void (*console)(void *ctx, uint64_t now_us, const char *text);
	/** The firmware, or a host, read or wrote an entry. May be NULL. */
	void (*maint)(void *ctx, const struct weir_maint *m);
	/** Octets of the host link, and a pause for what is outside, as in engine.h. May be NULL. */
	void (*link)(void *ctx, const uint8_t *octets, size_t n);
	bool (*pause)(void *ctx);
};

struct weir_session_counts {
	uint64_t offered;
	uint64_t fate[WEIR_FATES];
	uint64_t generated;            /**< frames that left without having been offered: answers */
	uint64_t strays;               /**< left, or judged, without having been offered (once or at all) */
	uint64_t compared, mismatches;
	uint64_t maintenance;          /**< entries read and written from inside the first engine: by its firmware, or a host */
};

/** Bytes of a frame known and judged, in weir_session_submit()'s terms. */
#define WEIR_SESSION_RUNT 14u

struct weir_session;

/** @param second  NULL: nothing to compare with. Judges after the first, with the first one's stamps if those
 *                 are its own.
 *  @param sink    Borrowed until free.
 *  @retval 0 *ret set; errors of engine open; *ret_failed names the engine. */
int weir_session_new(const struct weir_engine_ops *first, const struct weir_engine_ops *second,
		     const struct weir_engine_options *options, const struct weir_session_sink *sink, void *ctx,
		     struct weir_session **ret, const struct weir_engine_ops **ret_failed);
void weir_session_free(struct weir_session *s);

/** Write a register of every engine. @retval 0; the first engine's refusal, after telling sink->problem. */
int weir_session_write(struct weir_session *s, uint32_t addr, uint32_t value);

/** Start the firmware of the first engine, behind the writes and before the first frame, at whose time. A second engine gets
 * what the firmware does from the log.
 * @retval as start() of engine.h; -ENOSYS it has none. */
int weir_session_start(struct weir_session *s, uint64_t time_ns);
/** Ask it. @retval as mail() of engine.h. */
int weir_session_mail(struct weir_session *s, const uint32_t word[WEIR_ENGINE_MAIL_WORDS],
		      uint32_t ret_answer[WEIR_ENGINE_MAIL_WORDS]);

/** Judge a frame: below 60 bytes padded, longer than any engine stores or below 14 bytes refused at once.
 * @retval 0; -ENOMEM; -ETIMEDOUT the engine hangs; -ENOBUFS it keeps more frames than it has room for. */
int weir_session_submit(struct weir_session *s, const struct weir_input *in);

/** Go on to a point in time, for input that depends on what came out. Frames to come arrive no earlier.
 * @retval 0 nothing is inside; 1 something still is; -ENOSYS not at GMII depth; -ETIMEDOUT; -ENOMEM. */
int weir_session_run(struct weir_session *s, uint64_t until_ns);

/** The host link of the first engine, octets from the host. Replies come to sink->link, from within this or any later call.
 * @return octets taken, from the first one on; 0: it has no room now, or no link. */
size_t weir_session_link(struct weir_session *s, const uint8_t *octets, size_t n);
/** It has nothing under way: no octet waits, no request is carried out, no reply or notice goes out. */
bool weir_session_link_silent(const struct weir_session *s);
/** It takes frames: false while a host has stopped an engine that would judge them all the same. */
bool weir_session_takes(const struct weir_session *s);

/** Time that comes from outside (docs/simulator.md, "Live"): as live() of engine.h. */
int weir_session_live(struct weir_session *s, uint64_t now_ns, uint64_t *ret_wake_ns);
/** Frames that were submitted and have no fate yet. */
uint64_t weir_session_inside(const struct weir_session *s);

/** Somebody waits for the end: weir_session_finish() does not wait for firmware that still works. */
void weir_session_hurry(struct weir_session *s);

/** Let everything come out; frames without a fate get WEIR_FATE_LOST; compare counters and tables.
 * @retval 0, -ETIMEDOUT (the fates have been told all the same). */
int weir_session_finish(struct weir_session *s);

const struct weir_session_counts *weir_session_counts(const struct weir_session *s);

/** Frames neither explained nor there before: lost ones and strays. */
uint64_t weir_session_unexplained(const struct weir_session *s);

/** Fill of a table: of the model where it takes part, which sees every entry. */
void weir_session_table(const struct weir_session *s, unsigned table, struct weir_engine_table *ret);

/** Of a table of state (docs/lists/states.def), at the end of the run. */
struct weir_session_state {
	uint32_t size, used;      /**< entries; those used, expired ones included until they are swept */
	uint32_t evictions, full;
};
void weir_session_state(const struct weir_session *s, unsigned table, struct weir_session_state *ret);

/** Read a register of the engine that judges (0), or of the one that it is compared with (1).
 * @retval 0; -ENODEV there is no second engine; errors of the engine. */
int weir_session_read(const struct weir_session *s, int engine, uint32_t addr, uint32_t *ret_value);

uint64_t weir_session_clocks(const struct weir_session *s);

#endif
