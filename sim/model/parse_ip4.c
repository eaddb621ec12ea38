// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "checksum.h"
#include "parse.h"

#define HEADER_MIN 20u
#define PACKET_MAX 65535u
#define BROADCAST 0xffffffffu

#define FLAG_RESERVED 0x8000u
#define FLAG_DF 0x4000u
#define FLAG_MF 0x2000u
#define OFFSET_MASK 0x1fffu

enum {
	OPTION_END = 0, OPTION_NOP = 1,
	OPTION_LOOSE_ROUTE = 131, OPTION_STRICT_ROUTE = 137,      /* IPv4 */
	OPTION_WINDOW_SCALE = 3, OPTION_WINDOW_SCALE_LEN = 3,     /* TCP */
};

void weir_parse_options(struct weir_parse *p, uint32_t from, uint32_t end, enum weir_anomaly bad)
{
	bool ip4 = bad == WEIR_ANOMALY_ip4_opt_len;

	uint32_t at = from;

	while (at < end) {
		uint8_t type = weir_parse_8(p, at);
		uint32_t n;

		if (type == OPTION_END)
			return;
		if (type == OPTION_NOP) {
			at++;
			continue;
		}
		if (ip4 && (type == OPTION_LOOSE_ROUTE || type == OPTION_STRICT_ROUTE))
			weir_parse_anomaly(p, WEIR_ANOMALY_ip4_opt_source_route);
		n = at + 1 < end ? weir_parse_8(p, at + 1) : 0;
		if (n < 2 || n > end - at) {
			weir_parse_anomaly(p, bad);
			return;
		}
		if (!ip4 && type == OPTION_WINDOW_SCALE && n == OPTION_WINDOW_SCALE_LEN)
			p->r->tcp_ws = 1;
		at += n;
	}
}

/** What the header's lengths came to. */
enum progress {
	BAD_LENGTHS,       /* a stop in steps 2 and 3: nothing behind the addresses counts */
	UNKNOWN_OPTIONS,   /* stop after step 5 */
	GOOD,
};

/** Steps 2 and 3 of 2.3. Sets p->end and p->at. */
static enum progress check_lengths(struct weir_parse *p)
{
	uint32_t o = p->l3;
	uint32_t h = 4 * (weir_parse_8(p, o) & 0x0fu), total = weir_parse_16(p, o + 2);

	if (h < HEADER_MIN) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_ihl);
		return BAD_LENGTHS;
	}
	if (o + h > p->end) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_truncated);
		return BAD_LENGTHS;
	}
	if (h > HEADER_MIN) {
		weir_parse_class(p, WEIR_CLASS_ip_options);
		p->headers = true;
	}
	if (total < h) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_total_short);
		return BAD_LENGTHS;
	}
	if (o + total > p->end) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_total_long);
		p->clipped = true;
	} else {
		p->end = o + total;
	}
	p->at = o + h;
	if (!weir_parse_known(p, o + h))
		return UNKNOWN_OPTIONS;
	if (weir_sum_add(0, weir_parse_bytes(p, o, h), h) != 0xffff)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_checksum);
	if (h > HEADER_MIN)
		weir_parse_options(p, o + HEADER_MIN, o + h, WEIR_ANOMALY_ip4_opt_len);
	return GOOD;
}

/** Step 4 of 2.3. */
static void check_addresses(struct weir_parse *p)
{
	uint32_t s = weir_parse_32(p, p->l3 + 12), d = weir_parse_32(p, p->l3 + 16);

	if (s >> 28 == 0xe)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_src_multicast);
	if (s >> 28 == 0xf)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_src_reserved);
	if (s >> 24 == 127)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_src_loopback);
	if (s >> 24 == 0 && !(s == 0 && (d == BROADCAST || d >> 28 == 0xe)))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_src_zero);
	if (d >> 24 == 127)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_dst_loopback);
	if (d >> 24 == 0)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_dst_zero);
	if (d >> 28 == 0xf && d != BROADCAST)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_dst_reserved);
	if (s == d)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip_land);
	if (!weir_parse_8(p, p->l3 + 8))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_ttl_zero);
	if (weir_parse_16(p, p->l3 + 6) & FLAG_RESERVED)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_flag_reserved);
}

/** Step 5 of 2.3. */
static void check_fragment(struct weir_parse *p, enum progress progress)
{
	uint32_t o = p->l3, flags = weir_parse_16(p, o + 6), f = flags & OFFSET_MASK;
	uint32_t h = 4 * (weir_parse_8(p, o) & 0x0fu), n;

	if (!(flags & (FLAG_MF | OFFSET_MASK)))
		return;
	weir_parse_class(p, WEIR_CLASS_frag);
	p->r->is_frag = 1;
	p->no_l4_sum = true;
	if (flags & FLAG_DF)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_frag_df);
	if (progress == BAD_LENGTHS)
		return;
	n = weir_parse_16(p, o + 2) - h;
	if (flags & FLAG_MF && n % 8)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_mod8);
	if (!n)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_empty);
	if (h + 8 * f + n > PACKET_MAX)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_end);
	if (weir_parse_8(p, o + 9) == WEIR_PROTO_tcp && f == 1)
		weir_parse_anomaly(p, WEIR_ANOMALY_frag_tiny);
}

static void set_addresses(struct weir_parse *p)
{
	struct weir_record *r = p->r;
	const uint8_t *src = weir_parse_bytes(p, p->l3 + 12, 8), *dst = src + 4;

	r->l3_valid = 1;
	memcpy(r->remote + 12, r->dir ? dst : src, 4);
	memcpy(r->protect + 12, r->dir ? src : dst, 4);
}

void weir_parse_ip4(struct weir_parse *p)
{
	uint32_t o = p->l3;
	enum progress progress;

	if (o + HEADER_MIN > p->end) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_truncated);
		return;
	}
	if (!weir_parse_known(p, o + HEADER_MIN))
		return;
	if (weir_parse_8(p, o) >> 4 != 4) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip4_version);
		return;
	}
	set_addresses(p);
	progress = check_lengths(p);
	check_addresses(p);
	check_fragment(p, progress);
	if (progress != GOOD)
		return;
	p->upper = weir_parse_8(p, o + 9);
	p->r->l4_proto_valid = 1;
	if (weir_parse_16(p, o + 6) & OFFSET_MASK) {
		if (p->upper == WEIR_PROTO_icmp)
			weir_parse_anomaly(p, WEIR_ANOMALY_icmp_fragment);
		return;
	}
	if (weir_parse_ext(p, false))
		weir_parse_l4(p);
}
