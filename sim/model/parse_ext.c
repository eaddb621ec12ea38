// SPDX-License-Identifier: Apache-2.0
#include "parse.h"

#define DEPTH_MAX 8u
#define FIRST_BYTES 8u
#define PACKET_MAX 65535u

static bool is_extension(uint8_t u, bool ip6)
{
	switch (u) {
	case WEIR_PROTO_ah:
		return true;
	case WEIR_PROTO_hop:
	case WEIR_PROTO_routing:
	case WEIR_PROTO_fragment:
	case WEIR_PROTO_dest:
		return ip6;
	default:
		return false;
	}
}

/** The fragment header at p->at (step 4 of 2.5). @return false after a stop */
static bool fragment(struct weir_parse *p)
{
	uint32_t word = weir_parse_16(p, p->at + 2), f = word >> 3;
	uint32_t n = p->declared - (p->at + FIRST_BYTES);
	bool more = word & 1;

	weir_parse_class(p, WEIR_CLASS_frag);
	if (more || f)
		p->r->is_frag = 1;
	if (more && n % 8)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_mod8);
	if (p->r->is_frag && !n)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_empty);
	if (8 * f + n > PACKET_MAX)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_end);
	if (more)
		p->no_l4_sum = true;
	if (!f)
		return true;
	p->upper = weir_parse_8(p, p->at);
	p->r->l4_proto_valid = 1;
	if (p->upper == WEIR_PROTO_tcp && f == 1)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_tiny);
	if (p->upper == WEIR_PROTO_icmp6)
		weir_parse_anomaly(p, WEIR_ANOMALY_icmp_fragment);
	return false;
}

/** Length in bytes of the header of type u at p->at. */
static uint32_t header_length(struct weir_parse *p, uint8_t u)
{
	uint32_t b = weir_parse_8(p, p->at + 1);

	if (u == WEIR_PROTO_fragment)
		return FIRST_BYTES;
	if (u == WEIR_PROTO_ah)
		return 4 * (b + 2);
	return 8 * (b + 1);
}

bool weir_parse_ext(struct weir_parse *p, bool ip6)
{
	uint64_t seen = 0;   /* bit = type; all types are below 64 */
	bool dest_twice = false;

	for (unsigned c = 0; is_extension(p->upper, ip6); c++) {
		uint8_t u = p->upper;
		uint32_t length;
		bool again = seen >> u & 1;

		if (c == DEPTH_MAX) {
			weir_parse_anomaly(p, WEIR_ANOMALY_ext_depth);
			return false;
		}
		if (p->at + FIRST_BYTES > p->end) {
			weir_parse_anomaly(p, WEIR_ANOMALY_ext_truncated);
			return false;
		}
		if (!weir_parse_known(p, p->at + FIRST_BYTES))
			return false;
		if (u == WEIR_PROTO_hop && c)
			weir_parse_anomaly(p, WEIR_ANOMALY_ext_order);
		if (again && (u != WEIR_PROTO_dest || dest_twice))
			weir_parse_anomaly(p, WEIR_ANOMALY_ext_repeat);
		if (again && u == WEIR_PROTO_dest)
			dest_twice = true;
		seen |= UINT64_C(1) << u;

		length = header_length(p, u);
		if (u == WEIR_PROTO_ah && !weir_parse_8(p, p->at + 1))
			weir_parse_anomaly(p, WEIR_ANOMALY_ah_len);
		if (p->at + length > p->end) {
			weir_parse_anomaly(p, WEIR_ANOMALY_ext_truncated);
			return false;
		}
		if (!weir_parse_known(p, p->at + length))
			return false;

		if (u == WEIR_PROTO_routing) {
			if (!weir_parse_8(p, p->at + 2))
				weir_parse_anomaly(p, WEIR_ANOMALY_ip6_rh0);
			if (weir_parse_8(p, p->at + 3))
				p->no_l4_sum = true;
		} else if (u == WEIR_PROTO_dest) {
			if (weir_parse_8(p, p->at + 1) >= 2)
				p->no_l4_sum = true;
		} else if (u == WEIR_PROTO_fragment && !fragment(p)) {
			return false;
		}
		p->headers = true;
		p->upper = weir_parse_8(p, p->at);
		p->at += length;
	}
	p->r->l4_proto_valid = 1;
	return true;
}
