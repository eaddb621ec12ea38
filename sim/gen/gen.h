// SPDX-License-Identifier: Apache-2.0
/** weir-gen, shared inside: frames, streams of frames in time order, and their mixer.
 *
 * Whatever makes packets is a stream: it knows when and on which side its next frame is due, and
 * builds that frame when asked. The mixer holds one heap of streams a side, always takes the frame
 * that can leave first, and never lets two frames of a side be nearer than the wire carries. So
 * nothing is held but the streams themselves: memory grows with clients and attacks, not with time. */
#ifndef WEIR_GEN_H
#define WEIR_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/common/addr.h"
#include "sim/common/packet_build.h"
#include "host/common/prng.h"

#define GEN_NS_PER_S UINT64_C(1000000000)
#define GEN_NS_PER_MS UINT64_C(1000000)
#define GEN_NEVER UINT64_MAX
#define GEN_MTU 1500                 /* IP packet; larger ones are sent as fragments */
#define GEN_FRAME_MAX 2048
#define GEN_DATAGRAM_MAX 65600       /* largest IP datagram with its Ethernet header and tags */
#define GEN_LAG_NS GEN_NS_PER_MS     /* queue that an attack finds in front of a full wire */

enum gen_side { GEN_UNPROTECTED, GEN_PROTECTED, GEN_SIDES };

struct gen_vlan {
	uint16_t outer, inner;       /* 0 = no such tag; inner only with outer (802.1ad outside) */
};

struct gen_frame {
	uint8_t buf[GEN_FRAME_MAX];
	size_t len;                  /* 60 or more, without FCS */
	const char *detail;          /* second word of the label, or NULL; static text */
};

struct gen_stream {
	uint64_t due_ns;             /* next frame, counted from the start of the capture */
	enum gen_side side;          /* … and the side it comes from */
	unsigned id;                 /* breaks ties; order of creation */
	int attack;                  /* number, or WEIR_LABEL_HONEST */
	/** Build the frame that leaves at now_ns (due_ns or later), then set due_ns (GEN_NEVER: no
	 * more) and side for the next one. due_ns must not be before now_ns unless side stays. */
	void (*emit)(struct gen_stream *s, uint64_t now_ns, struct gen_frame *f);
	void (*free)(struct gen_stream *s);
};

/** Called for every frame in time order. @retval 0 go on; negative: stop with this. */
typedef int gen_sink_fn(void *ctx, uint64_t now_ns, enum gen_side side, int attack,
			const struct gen_frame *f);

struct gen_mixer;

/** Mixer with room for max streams. NULL: no memory. */
struct gen_mixer *gen_mixer_new(size_t max);
/** Frees the streams too. NULL is fine. */
void gen_mixer_free(struct gen_mixer *m);
/** Takes the stream; due_ns and side are set. Streams beyond max: -ENOSPC, not taken. */
int gen_mixer_add(struct gen_mixer *m, struct gen_stream *s);
/** Run until no frame is left before end_ns. Returns 0 or what the sink returned. */
int gen_mixer_run(struct gen_mixer *m, uint64_t end_ns, gen_sink_fn *sink, void *ctx);

/** Time that a frame of len bytes (without FCS) takes on a gigabit wire, with preamble, FCS and
 * inter-frame gap. */
static inline uint64_t gen_wire_ns(size_t len)
{
	return ((len < WEIR_PKT_MIN ? WEIR_PKT_MIN : len) + 24) * 8;
}

/** Ethernet header and tags of a frame that comes from this side. */
void gen_pkt_start(struct weir_pkt *p, uint8_t *buf, size_t cap, enum gen_side from,
		   const struct gen_vlan *vlan);

extern const uint8_t gen_mac[GEN_SIDES][6];   /* the router before us, the one behind us */

#endif
