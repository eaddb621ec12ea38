// SPDX-License-Identifier: Apache-2.0
/* Frames that break one rule each, named as in docs/lists/anomalies.def: built right, then patched,
 * with the sums made right again unless the sum is the point. */
#include <netinet/in.h>
#include <string.h>

#include "attack.h"

struct bad {
	struct gen_build *b;
	struct weir_pkt *p;
	const struct gen_vlan *vlan;
	struct weir_prng *r;
	uint8_t opt[40];              /* IPv4 or TCP options for the next layer */
	uint8_t opt_len;
	int family;
};

enum { V4 = 1, V6 = 2, Both = V4 | V6 };

static uint32_t rnd(struct bad *x, uint32_t lo, uint32_t hi)
{
	return (uint32_t)weir_prng_range(x->r, lo, hi);
}

static uint16_t high_port(struct bad *x)
{
	return (uint16_t)rnd(x, 32768, 60999);
}

/* Layers of a decent frame. */
static void start(struct bad *x)
{
	size_t cap = x->p->cap;

	gen_pkt_start(x->p, x->p->buf, cap, x->b->from, x->vlan);
}

static void ip(struct bad *x)
{
	weir_pkt_ip(x->p, &(struct weir_ip_spec){ .src = x->b->src, .dst = x->b->dst,
		.ttl = x->b->ttl, .id = (uint16_t)rnd(x, 0, 65535), .flow_label = rnd(x, 0, 0xfffff),
		.opt = x->opt_len ? x->opt : NULL, .opt_len = x->opt_len });
}

static void payload(struct bad *x, size_t len)
{
	uint8_t *b = weir_pkt_room(x->p, len);

	if (b)
		weir_prng_fill(x->r, b, len);
}

static void udp(struct bad *x, size_t len)
{
	weir_pkt_udp(x->p, high_port(x), 53);
	payload(x, len);
	weir_pkt_end(x->p);
}

static void tcp(struct bad *x, uint8_t flags, size_t len)
{
	weir_pkt_tcp(x->p, &(struct weir_tcp_spec){ .sport = high_port(x), .dport = 80,
		.seq = rnd(x, 0, UINT32_MAX), .ack = flags & WEIR_TCP_ACK ? rnd(x, 0, UINT32_MAX) : 0,
		.flags = flags, .window = 64240,
		.opt = x->opt_len ? x->opt : NULL, .opt_len = x->opt_len });
	payload(x, len);
	weir_pkt_end(x->p);
}

static void whole_udp(struct bad *x)
{
	start(x);
	ip(x);
	udp(x, rnd(x, 24, 200));
}

static void whole_tcp(struct bad *x, uint8_t flags)
{
	start(x);
	ip(x);
	tcp(x, flags, 0);
}

static void whole_icmp(struct bad *x)
{
	start(x);
	ip(x);
	weir_pkt_icmp(x->p, x->family == 4 ? 8 : 128, 0, rnd(x, 0, UINT32_MAX));
	payload(x, 56);
	weir_pkt_end(x->p);
}

/* One of TCP, UDP and ICMP, so that a bad IP header is not always in front of the same. */
static void whole_any(struct bad *x)
{
	switch (rnd(x, 0, 2)) {
	case 0:
		whole_udp(x);
		break;
	case 1:
		whole_tcp(x, WEIR_TCP_ACK);
		break;
	default:
		whole_icmp(x);
	}
}

/* A piece of a larger datagram: len bytes at offset. */
static void fragment(struct bad *x, uint8_t proto, uint16_t offset, bool more, size_t len)
{
	struct weir_pkt *p = x->p;

	start(x);
	ip(x);
	if (x->family == 6)
		weir_pkt_ip6_frag(p, offset, more, rnd(x, 0, UINT32_MAX));
	weir_pkt_proto(p, proto);
	payload(x, len);
	weir_pkt_end(p);
	if (x->family == 4) {
		weir_pkt_set16(p, p->l3 + 6, (uint16_t)((more ? 0x2000 : 0) | offset / 8));
		weir_pkt_fix_ip4(p);
	}
}

static void set_l3_16(struct bad *x, size_t at, uint16_t v)
{
	weir_pkt_set16(x->p, x->p->l3 + at, v);
	weir_pkt_fix_ip4(x->p);
}

static void set_l4_16(struct bad *x, size_t at, uint16_t v)
{
	weir_pkt_set16(x->p, x->p->l4 + at, v);
	weir_pkt_fix_l4(x->p);
}

/* Layer 2 */

static void eth_src_multicast(struct bad *x)
{
	whole_any(x);
	x->p->buf[6] |= 1;
}

static void eth_src_eq_dst(struct bad *x)
{
	whole_any(x);
	memcpy(x->p->buf + 6, x->p->buf, 6);
}

static void eth_type_undefined(struct bad *x)
{
	whole_any(x);
	weir_pkt_set16(x->p, x->p->l3 - 2, (uint16_t)rnd(x, 1501, 1535));
}

static void eth_length(struct bad *x)
{
	start(x);
	weir_pkt_llc(x->p, 0x42, 0x42, 3);
	payload(x, 40 + rnd(x, 0, 60));
	weir_pkt_end(x->p);
	weir_pkt_set16(x->p, x->p->llc_at, (uint16_t)rnd(x, 400, 1500));
}

static void vlan_depth(struct bad *x)
{
	weir_pkt_init(x->p, x->p->buf, x->p->cap);
	weir_pkt_eth(x->p, gen_mac[!x->b->from], gen_mac[x->b->from]);
	weir_pkt_vlan(x->p, 0x88a8, 10);
	weir_pkt_vlan(x->p, 0x8100, 20);
	weir_pkt_vlan(x->p, 0x8100, 30);
	ip(x);
	udp(x, 40);
}

static void vlan_vid_reserved(struct bad *x)
{
	weir_pkt_init(x->p, x->p->buf, x->p->cap);
	weir_pkt_eth(x->p, gen_mac[!x->b->from], gen_mac[x->b->from]);
	weir_pkt_vlan(x->p, 0x8100, 4095);
	ip(x);
	udp(x, 40);
}

static void arp(struct bad *x)
{
	struct weir_addr spa, tpa = x->b->dst;

	weir_addr_parse("198.18.0.2", &spa);
	if (tpa.family != 4)
		weir_addr_parse("192.0.2.1", &tpa);
	weir_pkt_arp(x->p, 1, gen_mac[x->b->from], &spa, (const uint8_t[6]){ 0 }, &tpa);
}

/* The padding of a short frame would complete a header again; an 802.3 length tells where the
 * packet really ends. */
static void snap_cut(struct bad *x, size_t l3_len)
{
	weir_pkt_set16(x->p, x->p->llc_at, (uint16_t)(8 + l3_len));
}

static void arp_truncated(struct bad *x)
{
	start(x);
	weir_pkt_llc(x->p, 0xaa, 0xaa, 3);
	weir_pkt_snap(x->p);
	arp(x);
	weir_pkt_end(x->p);
	snap_cut(x, rnd(x, 8, 27));
}

static void arp_format(struct bad *x)
{
	start(x);
	arp(x);
	weir_pkt_end(x->p);
	switch (rnd(x, 0, 2)) {
	case 0:
		weir_pkt_set16(x->p, x->p->l3 + 6, 0);          /* operation */
		break;
	case 1:
		weir_pkt_set16(x->p, x->p->l3, 6);              /* hardware type */
		break;
	default:
		weir_pkt_set8(x->p, x->p->l3 + 4, 8);           /* hardware address length */
	}
}

/* IPv4 */

static void ip4_truncated(struct bad *x)
{
	if (rnd(x, 0, 1)) {
		/* A header length of 60 in a frame of 60. */
		whole_tcp(x, WEIR_TCP_ACK);
		weir_pkt_set8(x->p, x->p->l3, 0x4f);
		weir_pkt_fix_ip4(x->p);
	} else {
		start(x);
		weir_pkt_llc(x->p, 0xaa, 0xaa, 3);
		weir_pkt_snap(x->p);
		ip(x);
		udp(x, 10);
		snap_cut(x, rnd(x, 4, 19));
	}
}

static void ip4_version(struct bad *x)
{
	whole_any(x);
	weir_pkt_set8(x->p, x->p->l3, rnd(x, 0, 1) ? 0x55 : 0x65);
	weir_pkt_fix_ip4(x->p);
}

static void ip4_ihl(struct bad *x)
{
	whole_any(x);
	weir_pkt_set8(x->p, x->p->l3, (uint8_t)(0x40 | rnd(x, 0, 4)));
	weir_pkt_fix_ip4(x->p);
}

static void ip4_total_short(struct bad *x)
{
	whole_any(x);
	set_l3_16(x, 2, (uint16_t)rnd(x, 0, 19));
}

static void ip4_total_long(struct bad *x)
{
	whole_any(x);
	set_l3_16(x, 2, (uint16_t)rnd(x, 600, 1500));
}

static void ip4_checksum(struct bad *x)
{
	size_t at;

	whole_any(x);
	at = x->p->l3 + 10;
	weir_pkt_set16(x->p, at, weir_pkt_get16(x->p, at) ^ (uint16_t)(1u << rnd(x, 0, 15)));
}

static void ip4_opt_len(struct bad *x)
{
	static const uint8_t bad_opts[][4] = {
		{ 148, 0, 0, 0 }, { 148, 1, 0, 0 }, { 148, 40, 0, 0 }, { 1, 1, 1, 148 },
	};

	memcpy(x->opt, bad_opts[rnd(x, 0, 3)], 4);
	x->opt_len = 4;
	whole_udp(x);
}

static void ip4_opt_source_route(struct bad *x)
{
	uint8_t o[8] = { rnd(x, 0, 1) ? 131 : 137, 7, 4 };

	memcpy(o + 3, x->b->dst.b, 4);
	memcpy(x->opt, o, 8);
	x->opt_len = 8;
	whole_udp(x);
}

static void ip4_flag_reserved(struct bad *x)
{
	whole_any(x);
	set_l3_16(x, 6, 0x8000);
}

static void ip4_frag_df(struct bad *x)
{
	uint16_t f = (uint16_t)(8 * rnd(x, 20, 400));

	fragment(x, IPPROTO_UDP, f, true, 64);
	set_l3_16(x, 6, (uint16_t)(0x6000 | f / 8));
}

static void ip4_ttl_zero(struct bad *x)
{
	x->b->ttl = 0;
	whole_any(x);
}

static void src4(struct bad *x, uint8_t lo, uint8_t hi)
{
	x->b->src.b[0] = (uint8_t)rnd(x, lo, hi);
	whole_any(x);
}

static void dst4(struct bad *x, uint8_t lo, uint8_t hi)
{
	x->b->dst.b[0] = (uint8_t)rnd(x, lo, hi);
	x->b->dst.b[1] = 1;
	whole_any(x);
}

static void ip4_src_multicast(struct bad *x) { src4(x, 224, 239); }
static void ip4_src_reserved(struct bad *x) { src4(x, 240, 255); }
static void ip4_src_loopback(struct bad *x) { src4(x, 127, 127); }
static void ip4_src_zero(struct bad *x) { src4(x, 0, 0); }
static void ip4_dst_loopback(struct bad *x) { dst4(x, 127, 127); }
static void ip4_dst_zero(struct bad *x) { dst4(x, 0, 0); }
static void ip4_dst_reserved(struct bad *x) { dst4(x, 240, 254); }

/* IPv6 */

static void ip6_truncated(struct bad *x)
{
	start(x);
	weir_pkt_llc(x->p, 0xaa, 0xaa, 3);
	weir_pkt_snap(x->p);
	ip(x);
	udp(x, 10);
	snap_cut(x, rnd(x, 4, 39));
}

static void ip6_version(struct bad *x)
{
	whole_any(x);
	weir_pkt_set8(x->p, x->p->l3, rnd(x, 0, 1) ? 0x45 : 0x70);
}

static void ip6_payload_long(struct bad *x)
{
	whole_any(x);
	weir_pkt_set16(x->p, x->p->l3 + 4, (uint16_t)rnd(x, 600, 1460));
}

static void ip6_jumbo(struct bad *x)
{
	static const uint8_t body[6] = { 0xc2, 4, 0, 1, 0x11, 0x70 };

	start(x);
	ip(x);
	weir_pkt_ip6_ext(x->p, 0, body, sizeof(body));
	udp(x, 40);
	weir_pkt_set16(x->p, x->p->l3 + 4, 0);
}

static void ip6_hop_zero(struct bad *x)
{
	x->b->ttl = 0;
	whole_any(x);
}

static void set6(struct weir_addr *a, const char *text)
{
	weir_addr_parse(text, a);
}

static void ip6_src_multicast(struct bad *x)
{
	x->b->src.b[0] = 0xff;
	x->b->src.b[1] = 0x0e;
	whole_any(x);
}

static void ip6_src_loopback(struct bad *x)
{
	set6(&x->b->src, "::1");
	whole_any(x);
}

static void ip6_src_unspecified(struct bad *x)
{
	set6(&x->b->src, "::");
	whole_udp(x);
}

static void ip6_dst_loopback(struct bad *x)
{
	set6(&x->b->dst, "::1");
	whole_any(x);
}

static void ip6_dst_unspecified(struct bad *x)
{
	set6(&x->b->dst, "::");
	whole_any(x);
}

static void ip6_v4mapped(struct bad *x)
{
	set6(&x->b->src, "::ffff:198.18.7.7");
	whole_any(x);
}

static void ip6_rh0(struct bad *x)
{
	uint8_t body[22] = { 0, 1 };

	/* The last hop is the destination itself: the sum is right whichever one is used. */
	memcpy(body + 6, x->b->dst.b, 16);
	start(x);
	ip(x);
	weir_pkt_ip6_ext(x->p, IPPROTO_ROUTING, body, sizeof(body));
	udp(x, 40);
}

static void ext_truncated(struct bad *x)
{
	start(x);
	ip(x);
	if (x->family == 6) {
		weir_pkt_ip6_ext(x->p, IPPROTO_DSTOPTS, NULL, 6);
		udp(x, 30);
		weir_pkt_set8(x->p, x->p->l3 + 41, (uint8_t)rnd(x, 20, 200));
	} else {
		weir_pkt_ah(x->p, rnd(x, 1, UINT32_MAX), 1, 12);
		udp(x, 30);
		weir_pkt_set8(x->p, x->p->l3 + 21, (uint8_t)rnd(x, 40, 200));
	}
}

static void ext_depth(struct bad *x)
{
	start(x);
	ip(x);
	for (int i = 0; i < 9; i++)
		if (x->family == 6)
			weir_pkt_ip6_ext(x->p, IPPROTO_DSTOPTS, NULL, 6);
		else
			weir_pkt_ah(x->p, 7, 1, 12);
	udp(x, 30);
}

static void ext_order(struct bad *x)
{
	start(x);
	ip(x);
	weir_pkt_ip6_ext(x->p, IPPROTO_DSTOPTS, NULL, 6);
	weir_pkt_ip6_ext(x->p, IPPROTO_HOPOPTS, NULL, 6);
	udp(x, 30);
}

static void ext_repeat(struct bad *x)
{
	start(x);
	ip(x);
	for (int i = 0; i < 3; i++)
		if (x->family == 6)
			weir_pkt_ip6_ext(x->p, IPPROTO_DSTOPTS, NULL, 6);
		else
			weir_pkt_ah(x->p, 7, 1, 12);
	udp(x, 30);
}

static void ah_len(struct bad *x)
{
	static const uint8_t h[8] = { IPPROTO_UDP, 0, 0, 0, 0, 0, 0, 7 };
	uint8_t u[8] = { 0 };
	struct weir_pkt *p = x->p;
	size_t len = 32;

	start(x);
	ip(x);
	weir_pkt_proto(p, IPPROTO_AH);
	weir_pkt_bytes(p, h, sizeof(h));
	weir_pkt_bytes(p, u, sizeof(u));
	p->l4 = p->len - 8;
	p->l4_proto = IPPROTO_UDP;
	payload(x, len);
	weir_pkt_set16(p, p->l4, high_port(x));
	weir_pkt_set16(p, p->l4 + 2, 53);
	weir_pkt_end(p);
}

static void ip_land(struct bad *x)
{
	x->b->src = x->b->dst;
	whole_any(x);
}

/* Fragments */

static void frag_tiny(struct bad *x)
{
	if (rnd(x, 0, 1))
		fragment(x, IPPROTO_TCP, 0, true, 8);
	else
		fragment(x, IPPROTO_TCP, 8, rnd(x, 0, 1), 24);
}

static void frag_end(struct bad *x)
{
	fragment(x, IPPROTO_UDP, (uint16_t)(8 * rnd(x, 8160, 8191)), false, rnd(x, 300, 900));
}

static void frag_mod8(struct bad *x)
{
	fragment(x, IPPROTO_UDP, (uint16_t)(8 * rnd(x, 10, 900)), true, 8 * rnd(x, 4, 20) + rnd(x, 1, 7));
}

static void frag_empty(struct bad *x)
{
	fragment(x, IPPROTO_UDP, (uint16_t)(8 * rnd(x, 10, 900)), rnd(x, 0, 1), 0);
}

/* Transport */

static void tcp_truncated(struct bad *x)
{
	start(x);
	ip(x);
	weir_pkt_proto(x->p, IPPROTO_TCP);
	payload(x, rnd(x, 0, 19));
	weir_pkt_end(x->p);
}

static void tcp_data_offset(struct bad *x)
{
	whole_tcp(x, WEIR_TCP_ACK);
	weir_pkt_set8(x->p, x->p->l4 + 12, (uint8_t)((rnd(x, 0, 1) ? rnd(x, 0, 4) : rnd(x, 6, 15)) << 4));
	weir_pkt_fix_l4(x->p);
}

static void tcp_opt_len(struct bad *x)
{
	static const uint8_t bad_opts[][4] = {
		{ 2, 0, 5, 0xb4 }, { 2, 1, 5, 0xb4 }, { 8, 10, 0, 0 }, { 1, 1, 1, 3 },
	};

	memcpy(x->opt, bad_opts[rnd(x, 0, 3)], 4);
	x->opt_len = 4;
	start(x);
	/* The options are for TCP, not for IP. */
	weir_pkt_ip(x->p, &(struct weir_ip_spec){ .src = x->b->src, .dst = x->b->dst,
						  .ttl = x->b->ttl });
	tcp(x, WEIR_TCP_ACK, 0);
}

static void tcp_flags_null(struct bad *x) { whole_tcp(x, 0); }
static void tcp_flags_syn_fin(struct bad *x) { whole_tcp(x, WEIR_TCP_SYN | WEIR_TCP_FIN); }
static void tcp_flags_syn_rst(struct bad *x) { whole_tcp(x, WEIR_TCP_SYN | WEIR_TCP_RST); }
static void tcp_flags_fin_rst(struct bad *x) { whole_tcp(x, WEIR_TCP_FIN | WEIR_TCP_RST | WEIR_TCP_ACK); }

static void tcp_flags_no_ack(struct bad *x)
{
	whole_tcp(x, rnd(x, 0, 1) ? WEIR_TCP_FIN : WEIR_TCP_FIN | WEIR_TCP_PSH | WEIR_TCP_URG);
}

static void tcp_port_zero(struct bad *x)
{
	whole_tcp(x, WEIR_TCP_SYN);
	set_l4_16(x, rnd(x, 0, 1) ? 0 : 2, 0);
}

static void tcp_dst_multicast(struct bad *x)
{
	x->b->dst.b[0] = x->family == 4 ? (uint8_t)rnd(x, 224, 239) : 0xff;
	whole_tcp(x, WEIR_TCP_SYN);
}

static void flip(struct bad *x, size_t at)
{
	uint16_t sum;

	at += x->p->l4;
	sum = weir_pkt_get16(x->p, at);
	/* 0 and 0xffff are the same number, and a UDP sum of 0 is none: never go there. */
	do
		sum += (uint16_t)rnd(x, 1, 0x7fff);
	while (sum == 0 || sum == 0xffff);
	weir_pkt_set16(x->p, at, sum);
}

static void tcp_checksum(struct bad *x)
{
	whole_tcp(x, WEIR_TCP_ACK);
	flip(x, 16);
}

static void udp_truncated(struct bad *x)
{
	start(x);
	ip(x);
	weir_pkt_proto(x->p, IPPROTO_UDP);
	payload(x, rnd(x, 0, 7));
	weir_pkt_end(x->p);
}

static void udp_length(struct bad *x)
{
	whole_udp(x);
	set_l4_16(x, 4, (uint16_t)(rnd(x, 0, 1) ? rnd(x, 0, 7) : rnd(x, 600, 1400)));
}

static void udp_port_zero(struct bad *x)
{
	whole_udp(x);
	set_l4_16(x, 2, 0);
}

static void udp_src_port_zero(struct bad *x)
{
	whole_udp(x);
	set_l4_16(x, 0, 0);
}

static void udp_checksum(struct bad *x)
{
	whole_udp(x);
	if (x->family == 6 && rnd(x, 0, 1))
		weir_pkt_set16(x->p, x->p->l4 + 6, 0);
	else
		flip(x, 6);
}

static void udp_length_slack(struct bad *x)
{
	size_t end, len = rnd(x, 8, 30);

	whole_udp(x);
	end = x->p->end;
	weir_pkt_set16(x->p, x->p->l4 + 4, (uint16_t)len);
	x->p->end = x->p->l4 + len;     /* the sum covers what the length field says */
	weir_pkt_fix_l4(x->p);
	x->p->end = end;
}

static void icmp_truncated(struct bad *x)
{
	start(x);
	ip(x);
	weir_pkt_proto(x->p, x->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	payload(x, rnd(x, 0, x->family == 4 ? 7 : 3));
	weir_pkt_end(x->p);
}

static void icmp_checksum(struct bad *x)
{
	whole_icmp(x);
	flip(x, 2);
}

static void icmp_fragment(struct bad *x)
{
	bool first = rnd(x, 0, 1);

	fragment(x, x->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		 first ? 0 : (uint16_t)(8 * rnd(x, 3, 500)), true, 8 * rnd(x, 3, 100));
	/* The first one says what it is: an echo request, not by chance neighbour discovery. */
	if (first)
		weir_pkt_set8(x->p, x->p->l3 + (x->family == 4 ? 20 : 48), x->family == 4 ? 8 : 128);
}

static void nd_hop_limit(struct bad *x)
{
	start(x);
	if (x->b->ttl == 255)
		x->b->ttl = 64;
	ip(x);
	weir_pkt_icmp(x->p, 135, 0, 0);
	weir_pkt_bytes(x->p, x->b->dst.b, 16);
	weir_pkt_end(x->p);
}

static void tcp_syn_data(struct bad *x)
{
	start(x);
	ip(x);
	tcp(x, WEIR_TCP_SYN, rnd(x, 1, 500));
}

static const struct {
	const char *name;
	unsigned families;
	void (*build)(struct bad *x);
} kinds[] = {
#define K(name, families) { #name, families, name },
	K(eth_src_multicast, Both) K(eth_src_eq_dst, Both) K(eth_type_undefined, Both)
	K(eth_length, Both) K(vlan_depth, Both) K(vlan_vid_reserved, Both) K(arp_truncated, V4)
	K(arp_format, V4) K(ip4_truncated, V4) K(ip4_version, V4) K(ip4_ihl, V4)
	K(ip4_total_short, V4) K(ip4_total_long, V4) K(ip4_checksum, V4) K(ip4_opt_len, V4)
	K(ip4_opt_source_route, V4) K(ip4_flag_reserved, V4) K(ip4_frag_df, V4) K(ip4_ttl_zero, V4)
	K(ip4_src_multicast, V4) K(ip4_src_reserved, V4) K(ip4_src_loopback, V4) K(ip4_src_zero, V4)
	K(ip4_dst_loopback, V4) K(ip4_dst_zero, V4) K(ip4_dst_reserved, V4) K(ip6_truncated, V6)
	K(ip6_version, V6) K(ip6_payload_long, V6) K(ip6_jumbo, V6) K(ip6_hop_zero, V6)
	K(ip6_src_multicast, V6) K(ip6_src_loopback, V6) K(ip6_src_unspecified, V6)
	K(ip6_dst_loopback, V6) K(ip6_dst_unspecified, V6) K(ip6_v4mapped, V6) K(ip6_rh0, V6)
	K(ext_truncated, Both) K(ext_depth, Both) K(ext_order, V6) K(ext_repeat, Both)
	K(ah_len, Both) K(ip_land, Both) K(frag_tiny, Both) K(frag_end, Both) K(frag_mod8, Both)
	K(frag_empty, Both) K(tcp_truncated, Both) K(tcp_data_offset, Both) K(tcp_opt_len, Both)
	K(tcp_flags_null, Both) K(tcp_flags_syn_fin, Both) K(tcp_flags_syn_rst, Both)
	K(tcp_flags_fin_rst, Both) K(tcp_flags_no_ack, Both) K(tcp_port_zero, Both)
	K(tcp_dst_multicast, Both) K(tcp_checksum, Both) K(udp_truncated, Both) K(udp_length, Both)
	K(udp_port_zero, Both) K(udp_checksum, Both) K(icmp_truncated, Both) K(icmp_checksum, Both)
	K(icmp_fragment, Both) K(nd_hop_limit, V6) K(tcp_syn_data, Both) K(udp_src_port_zero, Both)
	K(udp_length_slack, Both)
#undef K
};

static const struct {
	const char *name, *help;
} anomalies[] = {
#define X(code, name, action, source, help) { #name, help },
#include "docs/lists/anomalies.def"
#undef X
};

size_t gen_malformed_kinds(void)
{
	return sizeof(kinds) / sizeof(kinds[0]);
}

const char *gen_malformed_name(size_t kind)
{
	return kinds[kind].name;
}

const char *gen_malformed_help(size_t kind)
{
	for (size_t i = 0; i < sizeof(anomalies) / sizeof(anomalies[0]); i++)
		if (!strcmp(anomalies[i].name, kinds[kind].name))
			return anomalies[i].help;
	return "";
}

bool gen_malformed_has(size_t kind, int family)
{
	return kinds[kind].families & (family == 4 ? V4 : V6);
}

void gen_malformed_build(size_t kind, struct gen_build *b, const struct gen_vlan *vlan,
			 struct gen_frame *f)
{
	struct weir_pkt p;
	struct bad x = { .b = b, .p = &p, .vlan = vlan, .r = b->r, .family = b->dst.family };

	weir_pkt_init(&p, f->buf, sizeof(f->buf));
	kinds[kind].build(&x);
	f->len = p.len;
	f->detail = kinds[kind].name;
}
