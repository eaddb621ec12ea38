// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <string.h>

#include "parse.h"

#define TYPE_AT 12u
#define TYPE_MIN 1536u     /* from here on an EtherType */
#define LENGTH_MAX 1500u   /* up to here an 802.3 length */
#define VID_RESERVED 4095u
#define ARP_LEN 28u
#define LLC_SNAP_LEN 8u

static bool is_tag(uint32_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

const uint8_t *weir_parse_bytes(struct weir_parse *p, uint32_t at, uint32_t n)
{
	static const uint8_t zeros[60];

	if (at <= p->known && n <= p->known - at)
		return p->b + at;
	p->overrun = true;
	assert(n <= sizeof(zeros));
	return zeros;
}

unsigned weir_parse_tags(const uint8_t *frame, uint32_t known)
{
	unsigned n = 0;

	while (n < 2 && known >= TYPE_AT + 4 * n + 2) {
		const uint8_t *type = frame + TYPE_AT + (size_t)4 * n;

		if (!is_tag((uint32_t)type[0] << 8 | type[1]))
			break;
		n++;
	}
	return n;
}

static void parse_arp(struct weir_parse *p)
{
	uint32_t o = p->l3;

	if (o + ARP_LEN > p->end) {
		weir_parse_anomaly(p, WEIR_ANOMALY_arp_truncated);
		return;
	}
	if (!weir_parse_known(p, o + ARP_LEN))
		return;
	if (weir_parse_16(p, o) != 1 || weir_parse_16(p, o + 2) != WEIR_ETHERTYPE_ip4 ||
	    weir_parse_8(p, o + 4) != 6 || weir_parse_8(p, o + 5) != 4 || !weir_parse_16(p, o + 6))
		weir_parse_anomaly(p, WEIR_ANOMALY_arp_format);
	else
		p->r->exempt = 1;
}

static void parse_addresses(struct weir_parse *p)
{
	static const uint8_t ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t link_local[5] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };
	const uint8_t *dst = weir_parse_bytes(p, 0, 12), *src = dst + 6;

	if (src[0] & 1)
		weir_parse_anomaly(p, WEIR_ANOMALY_eth_src_multicast);
	if (!memcmp(dst, src, 6))
		weir_parse_anomaly(p, WEIR_ANOMALY_eth_src_eq_dst);
	if (!memcmp(dst, ones, 6))
		weir_parse_class(p, WEIR_CLASS_broadcast);
	else if (dst[0] & 1)
		weir_parse_class(p, WEIR_CLASS_multicast);
	if (!memcmp(dst, link_local, sizeof(link_local)) && dst[5] < 0x10) {
		p->r->link_control = 1;
		p->r->link_low = dst[5] & 0x0f;
	}
}

/** Steps 2 and 3 of 2.1: find the EtherType and the start and end of layer 3.
 * @return false after a stop */
static bool find_type(struct weir_parse *p, uint32_t *ret_type)
{
	static const uint8_t snap[6] = { 0xaa, 0xaa, 0x03, 0, 0, 0 };
	uint32_t o = TYPE_AT, type;
	uint8_t *tags = &p->r->tags;

	for (;; o += 4, ++*tags) {
		if (!weir_parse_known(p, o + 2))
			return false;
		type = weir_parse_16(p, o);
		if (!is_tag(type))
			break;
		weir_parse_class(p, WEIR_CLASS_vlan);
		if (*tags == 2) {
			weir_parse_anomaly(p, WEIR_ANOMALY_vlan_depth);
			weir_parse_class(p, WEIR_CLASS_non_ip);
			return false;
		}
		if (!weir_parse_known(p, o + 4))
			return false;
		if ((weir_parse_16(p, o + 2) & 0xfff) == VID_RESERVED)
			weir_parse_anomaly(p, WEIR_ANOMALY_vlan_vid_reserved);
	}
	o += 2;
	p->l3 = o;
	p->end = p->len;
	if (type >= TYPE_MIN) {
		*ret_type = type;
		return true;
	}
	if (type > LENGTH_MAX) {
		weir_parse_anomaly(p, WEIR_ANOMALY_eth_type_undefined);
		weir_parse_class(p, WEIR_CLASS_non_ip);
		return false;
	}
	if (o + type > p->len)
		weir_parse_anomaly(p, WEIR_ANOMALY_eth_length);
	else
		p->end = o + type;
	if (p->end >= o + LLC_SNAP_LEN) {
		if (!weir_parse_known(p, o + LLC_SNAP_LEN))
			return false;
		if (!memcmp(weir_parse_bytes(p, o, sizeof(snap)), snap, sizeof(snap))) {
			*ret_type = weir_parse_16(p, o + 6);
			p->l3 = o + LLC_SNAP_LEN;
			p->snap = true;
			return true;
		}
	}
	weir_parse_class(p, WEIR_CLASS_non_ip);
	return false;
}

static void parse_frame(struct weir_parse *p)
{
	uint32_t type;

	weir_parse_class(p, WEIR_CLASS_all);
	if (!weir_parse_known(p, TYPE_AT))
		return;
	parse_addresses(p);
	if (!find_type(p, &type))
		return;
	switch (type) {
	case WEIR_ETHERTYPE_ip4:
		weir_parse_class(p, WEIR_CLASS_ipv4);
		weir_parse_ip4(p);
		break;
	case WEIR_ETHERTYPE_ip6:
		weir_parse_class(p, WEIR_CLASS_ipv6);
		weir_parse_ip6(p);
		break;
	case WEIR_ETHERTYPE_arp:
		weir_parse_class(p, WEIR_CLASS_arp);
		parse_arp(p);
		break;
	default:
		weir_parse_class(p, WEIR_CLASS_non_ip);
	}
}

void weir_parse(const uint8_t *frame, uint32_t len, uint32_t known, struct weir_record *r)
{
	struct weir_parse p = { .b = frame, .known = known < len ? known : len, .len = len, .r = r };

	r->len = (uint16_t)len;
	r->classes = 0;
	r->anomalies[0] = r->anomalies[1] = 0;
	r->l3_valid = r->l4_proto_valid = r->l4_valid = r->is_frag = r->exempt = 0;
	r->link_control = r->link_low = r->family = r->proto = 0;
	r->sport = r->dport = 0;
	memset(r->remote, 0, sizeof(r->remote));
	memset(r->protect, 0, sizeof(r->protect));
	r->tags = r->plain = 0;
	r->tcp_flags = r->tcp_ws = 0;
	r->tcp_seq = r->tcp_ack = r->tcp_len = 0;
	r->quote = 0;
	r->quote_rport = r->quote_pport = 0;
	memset(r->quote_remote, 0, sizeof(r->quote_remote));
	parse_frame(&p);
	if (r->l4_proto_valid)
		r->proto = p.upper;
	r->plain = r->l4_valid && !r->is_frag && !p.snap && !p.headers && !p.clipped;
	assert(!p.overrun);
}
