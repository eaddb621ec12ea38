// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"
#include "parse.h"

#define UDP_LEN 8u
#define ICMP_LEN 8u
#define ICMP6_LEN 4u
#define ND_FIRST 133
#define ND_LAST 137
#define ND_HOP_LIMIT 255

void weir_parse_l4_sum(struct weir_parse *p, uint32_t n, bool pseudo_header, enum weir_anomaly wrong)
{
	uint32_t sum = 0;

	if (p->r->is_frag || p->no_l4_sum || p->clipped || !weir_parse_known(p, p->at + n))
		return;
	if (pseudo_header) {
		sum = p->upper + n;
		sum = p->r->family ? weir_sum_add(sum, weir_parse_bytes(p, p->l3 + 8, 32), 32) :
				     weir_sum_add(sum, weir_parse_bytes(p, p->l3 + 12, 8), 8);
	}
	if (weir_sum_add(sum, p->b + p->at, n) == 0xffff)
		weir_parse_class(p, WEIR_CLASS_checked);
	else
		weir_parse_anomaly(p, wrong);
}

/** Whether the fixed part of n bytes is there. @return false after a stop */
static bool fixed_part(struct weir_parse *p, uint32_t n, enum weir_anomaly truncated)
{
	if (p->end - p->at < n) {
		weir_parse_anomaly(p, p->r->is_frag ? WEIR_ANOMALY_frag_tiny : truncated);
		return false;
	}
	return weir_parse_known(p, p->at + n);
}

static void parse_udp(struct weir_parse *p)
{
	struct weir_record *r = p->r;
	uint32_t g = p->end - p->at, length;
	bool sum = true;

	weir_parse_class(p, WEIR_CLASS_udp);
	if (!fixed_part(p, UDP_LEN, WEIR_ANOMALY_udp_truncated))
		return;
	r->sport = (uint16_t)weir_parse_16(p, p->at);
	r->dport = (uint16_t)weir_parse_16(p, p->at + 2);
	r->l4_valid = 1;
	if (!r->dport)
		weir_parse_anomaly(p, WEIR_ANOMALY_udp_port_zero);
	if (!r->sport)
		weir_parse_anomaly(p, WEIR_ANOMALY_udp_src_port_zero);
	length = weir_parse_16(p, p->at + 4);
	if (length < UDP_LEN) {
		weir_parse_anomaly(p, WEIR_ANOMALY_udp_length);
		sum = false;
	} else if (!r->is_frag && !p->clipped) {
		if (length > g) {
			weir_parse_anomaly(p, WEIR_ANOMALY_udp_length);
			sum = false;
		} else if (length < g) {
			weir_parse_anomaly(p, WEIR_ANOMALY_udp_length_slack);
		}
	}
	if (!weir_parse_16(p, p->at + 6)) {
		if (r->family)
			weir_parse_anomaly(p, WEIR_ANOMALY_udp_checksum);
		sum = false;
	}
	if (sum)
		weir_parse_l4_sum(p, length, true, WEIR_ANOMALY_udp_checksum);
}

static void parse_icmp(struct weir_parse *p)
{
	struct weir_record *r = p->r;
	bool ip6 = r->family;

	weir_parse_class(p, WEIR_CLASS_icmp);
	if (r->is_frag)
		weir_parse_anomaly(p, WEIR_ANOMALY_icmp_fragment);
	if (!fixed_part(p, ip6 ? ICMP6_LEN : ICMP_LEN, WEIR_ANOMALY_icmp_truncated))
		return;
	r->dport = (uint16_t)weir_parse_16(p, p->at);   /* type * 256 + code */
	r->l4_valid = 1;
	weir_parse_l4_sum(p, p->end - p->at, ip6, WEIR_ANOMALY_icmp_checksum);
	weir_parse_quote(p);
	if (ip6 && r->dport >> 8 >= ND_FIRST && r->dport >> 8 <= ND_LAST) {
		if (p->hop_limit == ND_HOP_LIMIT)
			r->exempt = !r->is_frag; /* RFC 6980 */
		else
			weir_parse_anomaly(p, WEIR_ANOMALY_nd_hop_limit);
	}
}

void weir_parse_l4(struct weir_parse *p)
{
	if (p->upper == WEIR_PROTO_tcp)
		weir_parse_tcp(p);
	else if (p->upper == WEIR_PROTO_udp)
		parse_udp(p);
	else if (p->upper == (p->r->family ? WEIR_PROTO_icmp6 : WEIR_PROTO_icmp))
		parse_icmp(p);
	else
		weir_parse_class(p, WEIR_CLASS_other_l4);
}
