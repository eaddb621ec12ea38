// SPDX-License-Identifier: Apache-2.0
/** One conversation of an honest client, written down as a list of packets in time order.
 *
 * A session builder (honest_*.c) adds messages and packets in whatever order suits it;
 * gen_script_sort() brings them in time order; gen_script_emit() turns one into a frame. Memory:
 * GEN_EVENTS_MAX packets and GEN_TEXT_MAX bytes of protocol text at most, typically 5 KB. */
#ifndef WEIR_GEN_SCRIPT_H
#define WEIR_GEN_SCRIPT_H

#include "gen.h"

#define GEN_EVENTS_MAX 4096
#define GEN_TEXT_MAX 8192
#define GEN_MSGS_MAX 32

enum gen_event_kind {
	GEN_EV_TCP, GEN_EV_UDP, GEN_EV_UDP_FRAG, GEN_EV_ECHO, GEN_EV_ARP, GEN_EV_NS, GEN_EV_NA,
};

struct gen_event {
	uint64_t t_ns;
	uint32_t seq, ack;        /* TCP; echo: identifier << 16 | number; fragment: identification */
	uint32_t sack_lo, sack_hi;/* TCP: SACK block, when they differ */
	uint32_t off;             /* first byte of the message; fragment: of the IP payload */
	uint16_t len;             /* bytes of payload, or of the fragment */
	uint16_t order;           /* of creation: breaks ties */
	uint8_t kind, side, flags, msg;   /* flags: TCP flags; echo: 1 = reply; ARP: operation */
};

/* Bytes that one side says: protocol text, then filler. */
struct gen_msg {
	uint32_t text_at, text_len, fill_len, fill_at;
};

struct gen_tcp_host {
	uint16_t syn_window, window;
	uint8_t wscale;
	uint32_t ts_base, ts_seen;  /* timestamp option: own clock's start, last value of the peer */
};

struct gen_script {
	struct gen_event *ev;
	size_t n_ev, cap_ev, pos;
	struct gen_msg msg[GEN_MSGS_MAX];
	size_t n_msg;
	char *text;
	size_t text_len, text_cap;
	uint64_t shift_ns;        /* how much pacing has delayed it so far */
	bool failed;              /* a maximum was passed, or no memory: the script is cut short */

	struct weir_addr addr[GEN_SIDES];
	uint16_t port[GEN_SIDES];
	uint8_t ttl[GEN_SIDES];
	uint16_t ip_id[GEN_SIDES];
	uint32_t flow_label;
	struct gen_vlan vlan;
	struct gen_tcp_host tcp[GEN_SIDES];
	uint16_t mss;
	bool tcp_ts;
};

void gen_script_reset(struct gen_script *s);
void gen_script_done(struct gen_script *s);

/** Add a message; text is copied. Returns its number. */
uint8_t gen_script_msg(struct gen_script *s, const void *text, size_t text_len, size_t fill_len,
		       uint32_t fill_at);
uint32_t gen_msg_len(const struct gen_script *s, uint8_t msg);

/** Add a packet, zero but for these; NULL when full. Valid until the next call. */
struct gen_event *gen_script_add(struct gen_script *s, uint64_t t_ns, enum gen_event_kind kind,
				 enum gen_side side);
void gen_script_sort(struct gen_script *s);

/** Time of the next packet with the shift, or GEN_NEVER. */
uint64_t gen_script_due(const struct gen_script *s);
/** Build it, as leaving at now_ns; the rest of the script moves along if that is late. */
void gen_script_emit(struct gen_script *s, uint64_t now_ns, struct gen_frame *f);

/** Printable filler of the honest: 64 KB, the same in every run. */
void gen_filler_init(void);

#endif
