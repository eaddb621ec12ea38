// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "parse.h"

#define HEADER_LEN 40u

static const uint8_t unspecified[16];
static const uint8_t loopback[16] = { [15] = 1 };
static const uint8_t v4mapped[12] = { [10] = 0xff, [11] = 0xff };

/** Step 2 of 2.4. */
static void check_addresses(struct weir_parse *p, const uint8_t *s, const uint8_t *d)
{
	if (s[0] == 0xff)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_src_multicast);
	if (!memcmp(s, loopback, 16))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_src_loopback);
	if (!memcmp(d, loopback, 16))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_dst_loopback);
	if (!memcmp(d, unspecified, 16))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_dst_unspecified);
	if (!memcmp(s, v4mapped, sizeof(v4mapped)) || !memcmp(d, v4mapped, sizeof(v4mapped)))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_v4mapped);
	if (!memcmp(s, d, 16))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip_land);
	if (!p->hop_limit)
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_hop_zero);
}

void weir_parse_ip6(struct weir_parse *p)
{
	struct weir_record *r = p->r;
	uint32_t o = p->l3, payload;
	const uint8_t *src;

	if (o + HEADER_LEN > p->end) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_truncated);
		return;
	}
	if (!weir_parse_known(p, o + HEADER_LEN))
		return;
	if (weir_parse_8(p, o) >> 4 != 6) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_version);
		return;
	}
	src = weir_parse_bytes(p, o + 8, 32);
	r->l3_valid = 1;
	r->family = 1;
	memcpy(r->remote, r->dir ? src + 16 : src, 16);
	memcpy(r->protect, r->dir ? src : src + 16, 16);
	p->hop_limit = weir_parse_8(p, o + 7);
	check_addresses(p, src, src + 16);

	payload = weir_parse_16(p, o + 4);
	p->upper = weir_parse_8(p, o + 6);
	if (!payload && p->upper == WEIR_PROTO_hop) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_jumbo);
		return;
	}
	p->at = o + HEADER_LEN;
	p->declared = p->at + payload;
	if (p->declared > p->end) {
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_payload_long);
		p->clipped = true;
	} else {
		p->end = p->declared;
	}
	if (weir_parse_ext(p, true))
		weir_parse_l4(p);
	if (r->l4_proto_valid && p->upper != WEIR_PROTO_icmp6 && !memcmp(src, unspecified, 16))
		weir_parse_anomaly(p, WEIR_ANOMALY_ip6_src_unspecified);
}
