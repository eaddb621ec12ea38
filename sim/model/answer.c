// SPDX-License-Identifier: Apache-2.0
/* Answers (docs/datapath.md 16). */
#include <string.h>

#include "checksum.h"
#include "host/common/lists.h"
#include "state.h"

#define MACS_LEN 12u
#define TAG_LEN 4u
#define IP4_LEN 20u
#define IP6_LEN 40u
#define TCP_LEN 20u
#define FRAME_MIN 60u
#define PROTO_TCP 6
#define TTL 64

bool weir_answer_possible(const struct weir_record *r, const uint64_t found[2])
{
	unsigned word = WEIR_ANOMALY_tcp_syn_data / 64;
	uint64_t other[2] = { found[0], found[1] };

	other[word] &= ~(UINT64_C(1) << WEIR_ANOMALY_tcp_syn_data % 64);
	return r->plain && !r->dir && !other[0] && !other[1] && !weir_record_has_class(r, WEIR_CLASS_broadcast) &&
	       !weir_record_has_class(r, WEIR_CLASS_multicast);
}

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v);
}

static uint16_t checksum(uint32_t sum, const uint8_t *bytes, size_t n)
{
	return (uint16_t)~weir_sum_add(sum, bytes, n);
}

static void put_tcp(uint8_t *tcp, const struct weir_state_cfg *c, const struct weir_record *r)
{
	bool challenge = r->reason == WEIR_REASON_syn_challenge;
	uint32_t cookie = challenge ? weir_cookie_make(c, r, weir_cookie_epoch(r->stamp_us)) : 0;

	put16(tcp, r->dport);
	put16(tcp + 2, r->sport);
	if (!challenge) {
		put32(tcp + 4, r->tcp_ack);
		tcp[13] = WEIR_FLAG_rst;
	} else {
		put32(tcp + 4, cookie);
		put32(tcp + 8, c->method == WEIR_SYN_syn_cookie ? r->tcp_seq + 1 : cookie);
		tcp[13] = WEIR_FLAG_syn | WEIR_FLAG_ack;
	}
	tcp[12] = TCP_LEN / 4 << 4;
}

unsigned weir_answer_make(const struct weir_state_cfg *c, const struct weir_record *r, const uint8_t *frame,
			  uint8_t ret[WEIR_ANSWER_MAX])
{
	size_t l3 = MACS_LEN + TAG_LEN * r->tags + 2, l4 = l3 + (r->family ? IP6_LEN : IP4_LEN);
	size_t len = l4 + TCP_LEN, address = r->family ? 16 : 4;
	uint8_t *ip = ret + l3, *tcp = ret + l4;

	memset(ret, 0, WEIR_ANSWER_MAX);
	memcpy(ret, frame + 6, 6);
	memcpy(ret + 6, frame, 6);
	memcpy(ret + MACS_LEN, frame + MACS_LEN, l3 - MACS_LEN);
	memcpy(tcp - 2 * address, r->protect + 16 - address, address);
	memcpy(tcp - address, r->remote + 16 - address, address);
	if (r->family) {
		ip[0] = 0x60;
		put16(ip + 4, TCP_LEN);
		ip[6] = PROTO_TCP;
		ip[7] = TTL;
	} else {
		ip[0] = 0x45;
		put16(ip + 2, IP4_LEN + TCP_LEN);
		ip[6] = 0x40;
		ip[8] = TTL;
		ip[9] = PROTO_TCP;
		put16(ip + 10, checksum(0, ip, IP4_LEN));
	}
	put_tcp(tcp, c, r);
	/* The addresses stand in front of the TCP header in both families. */
	put16(tcp + 16, checksum(PROTO_TCP + TCP_LEN, tcp - 2 * address, 2 * address + TCP_LEN));
	return (unsigned)(len > FRAME_MIN ? len : FRAME_MIN);
}
