// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "parse.h"

#define HEADER_MIN 20u

enum {
	FIN = WEIR_FLAG_fin, SYN = WEIR_FLAG_syn, RST = WEIR_FLAG_rst, ACK = WEIR_FLAG_ack, LOW_SIX = 0x3f,
};

static void check_flags(struct weir_parse *p, unsigned flags)
{
	if (!(flags & LOW_SIX))
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_flags_null);
	else if (!(flags & (SYN | RST | ACK)))
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_flags_no_ack);
	if (flags & SYN && flags & FIN)
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_flags_syn_fin);
	if (flags & SYN && flags & RST)
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_flags_syn_rst);
	if (flags & FIN && flags & RST)
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_flags_fin_rst);
	if (flags & SYN)
		weir_parse_class(p, flags & ACK ? WEIR_CLASS_synack : WEIR_CLASS_syn);
	if (flags & RST)
		weir_parse_class(p, WEIR_CLASS_rst);
	if (flags & FIN)
		weir_parse_class(p, WEIR_CLASS_fin);
}

/** Whether the packet goes to more than one host. */
static bool to_many(struct weir_parse *p)
{
	uint32_t d;

	if (p->r->family)
		return weir_parse_8(p, p->l3 + 24) == 0xff;
	d = weir_parse_32(p, p->l3 + 16);
	return d >> 28 == 0xe || d == 0xffffffff;
}

/** The HTTP method at the start of the payload at `at` (step 5). */
static void find_method(struct weir_parse *p, uint32_t at)
{
	static const struct {
		const char *text;
		enum weir_class c;
	} methods[] = {
		{ "GET ", WEIR_CLASS_get },            { "POST ", WEIR_CLASS_post },
		{ "HEAD ", WEIR_CLASS_http_other },    { "PUT ", WEIR_CLASS_http_other },
		{ "DELETE ", WEIR_CLASS_http_other },  { "CONNECT ", WEIR_CLASS_http_other },
		{ "OPTIONS ", WEIR_CLASS_http_other }, { "TRACE ", WEIR_CLASS_http_other },
		{ "PATCH ", WEIR_CLASS_http_other },
	};
	uint32_t end = p->end < p->known ? p->end : p->known;
	uint8_t first;

	if (at >= end)
		return;
	first = weir_parse_8(p, at);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		uint32_t n;

		if (first != methods[i].text[0])
			continue;
		n = (uint32_t)strlen(methods[i].text);
		if (n <= end - at && !memcmp(weir_parse_bytes(p, at, n), methods[i].text, n)) {
			weir_parse_class(p, methods[i].c);
			return;
		}
	}
}

void weir_parse_tcp(struct weir_parse *p)
{
	struct weir_record *r = p->r;
	uint32_t g = p->end - p->at, a;
	unsigned flags;

	weir_parse_class(p, WEIR_CLASS_tcp);
	if (g < HEADER_MIN) {
		weir_parse_anomaly(p, r->is_frag ? WEIR_ANOMALY_frag_tiny : WEIR_ANOMALY_tcp_truncated);
		return;
	}
	if (!weir_parse_known(p, p->at + HEADER_MIN))
		return;
	r->sport = (uint16_t)weir_parse_16(p, p->at);
	r->dport = (uint16_t)weir_parse_16(p, p->at + 2);
	r->l4_valid = 1;
	r->tcp_seq = weir_parse_32(p, p->at + 4);
	r->tcp_ack = weir_parse_32(p, p->at + 8);
	flags = weir_parse_8(p, p->at + 13);
	r->tcp_flags = flags & LOW_SIX;
	check_flags(p, flags);
	if (!r->sport || !r->dport)
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_port_zero);
	if (to_many(p))
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_dst_multicast);

	a = 4u * (weir_parse_8(p, p->at + 12) >> 4);
	if (a >= HEADER_MIN && a <= g)
		r->tcp_len = (uint16_t)(g - a);
	if (a < HEADER_MIN) {
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_data_offset);
	} else if (a > g) {
		weir_parse_anomaly(p, r->is_frag ? WEIR_ANOMALY_frag_tiny : WEIR_ANOMALY_tcp_data_offset);
	} else if (a > HEADER_MIN) {
		if (!weir_parse_known(p, p->at + a)) {
			r->tcp_ws = 1; /* it may have been there */
			return;
		}
		weir_parse_options(p, p->at + HEADER_MIN, p->at + a, WEIR_ANOMALY_tcp_opt_len);
	}
	if (flags & SYN && a >= HEADER_MIN && g > a)
		weir_parse_anomaly(p, WEIR_ANOMALY_tcp_syn_data);
	weir_parse_l4_sum(p, g, true, WEIR_ANOMALY_tcp_checksum);
	if (a >= HEADER_MIN && a <= g)
		find_method(p, p->at + a);
}
