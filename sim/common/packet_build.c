// SPDX-License-Identifier: Apache-2.0
#include "packet_build.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum { EthLen = 14, Ip6Len = 40 };

static void put16(uint8_t *b, uint16_t v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static void put32(uint8_t *b, uint32_t v)
{
	put16(b, (uint16_t)(v >> 16));
	put16(b + 2, (uint16_t)v);
}

/* One's complement sums do not depend on byte order (RFC 1071, 2.B), so bytes are added as the
 * machine reads them and swapped once at the end. Pieces before the last have even lengths. */
static uint64_t csum_add(uint64_t acc, const void *data, size_t len)
{
	const uint8_t *b = data;
	uint32_t w;
	uint16_t h;

	for (; len >= 4; b += 4, len -= 4) {
		memcpy(&w, b, 4);
		acc += w;
	}
	if (len >= 2) {
		memcpy(&h, b, 2);
		acc += h;
		b += 2;
		len -= 2;
	}
	if (len) {
		h = 0;
		memcpy(&h, b, 1);
		acc += h;
	}
	return acc;
}

static uint16_t csum_end(uint64_t acc)
{
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	return ntohs((uint16_t)~acc);
}

uint16_t weir_csum(const void *data, size_t len)
{
	return csum_end(csum_add(0, data, len));
}

void weir_pkt_init(struct weir_pkt *p, uint8_t *buf, size_t cap)
{
	*p = (struct weir_pkt){ .buf = buf, .cap = cap };
}

uint8_t *weir_pkt_room(struct weir_pkt *p, size_t len)
{
	uint8_t *b;

	if (p->failed || len > p->cap - p->len) {
		p->failed = true;
		return NULL;
	}
	b = p->buf + p->len;
	p->len += len;
	return b;
}

void weir_pkt_bytes(struct weir_pkt *p, const void *data, size_t len)
{
	uint8_t *b = weir_pkt_room(p, len);

	if (b && len)
		memcpy(b, data, len);
}

static void set_ethertype(struct weir_pkt *p, uint16_t v)
{
	if (p->type_len == 2)
		weir_pkt_set16(p, p->type_at, v);
	p->type_len = 0;
}

static void set_proto(struct weir_pkt *p, uint8_t v)
{
	if (p->type_len == 1)
		weir_pkt_set8(p, p->type_at, v);
	p->type_len = 0;
}

static void next_type(struct weir_pkt *p, size_t at, uint8_t len)
{
	p->type_at = at;
	p->type_len = len;
}

void weir_pkt_eth(struct weir_pkt *p, const uint8_t dst[6], const uint8_t src[6])
{
	uint8_t *b = weir_pkt_room(p, EthLen);

	if (!b)
		return;
	memcpy(b, dst, 6);
	memcpy(b + 6, src, 6);
	put16(b + 12, 0);
	next_type(p, p->len - 2, 2);
}

void weir_pkt_vlan(struct weir_pkt *p, uint16_t tpid, uint16_t tci)
{
	uint8_t *b = weir_pkt_room(p, 4);

	if (!b)
		return;
	set_ethertype(p, tpid);
	put16(b, tci);
	put16(b + 2, 0);
	next_type(p, p->len - 2, 2);
}

void weir_pkt_ethertype(struct weir_pkt *p, uint16_t type)
{
	set_ethertype(p, type);
}

void weir_pkt_llc(struct weir_pkt *p, uint8_t dsap, uint8_t ssap, uint8_t control)
{
	uint8_t *b = weir_pkt_room(p, 3);

	if (!b)
		return;
	p->llc_at = p->type_at;
	p->type_len = 0;
	b[0] = dsap;
	b[1] = ssap;
	b[2] = control;
}

void weir_pkt_snap(struct weir_pkt *p)
{
	uint8_t *b = weir_pkt_room(p, 5);

	if (!b)
		return;
	memset(b, 0, 5);
	next_type(p, p->len - 2, 2);
}

void weir_pkt_arp(struct weir_pkt *p, uint16_t op, const uint8_t sha[6],
		  const struct weir_addr *spa, const uint8_t tha[6], const struct weir_addr *tpa)
{
	uint8_t *b = weir_pkt_room(p, 28);

	if (!b)
		return;
	set_ethertype(p, 0x0806);
	p->l3 = p->len - 28;
	put16(b, 1);
	put16(b + 2, 0x0800);
	b[4] = 6;
	b[5] = 4;
	put16(b + 6, op);
	memcpy(b + 8, sha, 6);
	memcpy(b + 14, spa->b, 4);
	memcpy(b + 18, tha, 6);
	memcpy(b + 24, tpa->b, 4);
}

static void ip4(struct weir_pkt *p, const struct weir_ip_spec *s)
{
	size_t opt = (s->opt ? (s->opt_len + 3u) & ~3u : 0);
	uint8_t *b;

	if (opt > 40) {
		p->failed = true;
		return;
	}
	b = weir_pkt_room(p, 20 + opt);
	if (!b)
		return;
	set_ethertype(p, 0x0800);
	p->l3 = p->len - 20 - opt;
	p->l3_family = 4;
	memset(b, 0, 20 + opt);
	b[0] = (uint8_t)(0x40 | (5 + opt / 4));
	b[1] = s->tos;
	put16(b + 4, s->id);
	put16(b + 6, s->df ? 0x4000 : 0);
	b[8] = s->ttl;
	memcpy(b + 12, s->src.b, 4);
	memcpy(b + 16, s->dst.b, 4);
	if (opt)
		memcpy(b + 20, s->opt, s->opt_len);
	next_type(p, p->l3 + 9, 1);
}

static void ip6(struct weir_pkt *p, const struct weir_ip_spec *s)
{
	uint8_t *b = weir_pkt_room(p, Ip6Len);

	if (!b)
		return;
	set_ethertype(p, 0x86dd);
	p->l3 = p->len - Ip6Len;
	p->l3_family = 6;
	put32(b, UINT32_C(6) << 28 | (uint32_t)s->tos << 20 | (s->flow_label & 0xfffff));
	put16(b + 4, 0);
	b[6] = IPPROTO_NONE;
	b[7] = s->ttl;
	memcpy(b + 8, s->src.b, 16);
	memcpy(b + 24, s->dst.b, 16);
	next_type(p, p->l3 + 6, 1);
}

void weir_pkt_ip(struct weir_pkt *p, const struct weir_ip_spec *s)
{
	if (s->dst.family == 6)
		ip6(p, s);
	else
		ip4(p, s);
}

void weir_pkt_ip6_ext(struct weir_pkt *p, uint8_t number, const uint8_t *body, size_t body_len)
{
	uint8_t *b;

	if ((body_len + 2) % 8 || body_len + 2 > 256 * 8) {
		p->failed = true;
		return;
	}
	b = weir_pkt_room(p, body_len + 2);
	if (!b)
		return;
	set_proto(p, number);
	b[0] = IPPROTO_NONE;
	b[1] = (uint8_t)((body_len + 2) / 8 - 1);
	if (body) {
		memcpy(b + 2, body, body_len);
	} else {
		/* PadN carries at most 255 bytes; longer bodies repeat it. */
		size_t at = 2, total = body_len + 2;

		memset(b + 2, 0, body_len);
		while (at < total) {
			size_t n = total - at > 257 ? 257 : total - at;

			if (total - at - n == 1)
				n--;            /* never leave one byte over */
			b[at] = 1;
			b[at + 1] = (uint8_t)(n - 2);
			at += n;
		}
	}
	next_type(p, p->len - body_len - 2, 1);
}

void weir_pkt_ip6_frag(struct weir_pkt *p, uint16_t offset, bool more, uint32_t id)
{
	uint8_t *b = weir_pkt_room(p, 8);

	if (!b)
		return;
	set_proto(p, IPPROTO_FRAGMENT);
	b[0] = IPPROTO_NONE;
	b[1] = 0;
	put16(b + 2, (uint16_t)((offset & 0xfff8) | more));
	put32(b + 4, id);
	next_type(p, p->len - 8, 1);
}

void weir_pkt_ah(struct weir_pkt *p, uint32_t spi, uint32_t number, size_t icv_len)
{
	uint8_t *b;

	if (icv_len % 4 || icv_len > 64) {
		p->failed = true;
		return;
	}
	b = weir_pkt_room(p, 12 + icv_len);
	if (!b)
		return;
	set_proto(p, IPPROTO_AH);
	memset(b, 0, 12 + icv_len);
	b[0] = IPPROTO_NONE;
	b[1] = (uint8_t)((12 + icv_len) / 4 - 2);
	put32(b + 4, spi);
	put32(b + 8, number);
	next_type(p, p->len - 12 - icv_len, 1);
}

void weir_pkt_proto(struct weir_pkt *p, uint8_t proto)
{
	set_proto(p, proto);
}

static uint8_t *l4_start(struct weir_pkt *p, uint8_t proto, size_t len)
{
	uint8_t *b = weir_pkt_room(p, len);

	if (!b)
		return NULL;
	set_proto(p, proto);
	p->l4 = p->len - len;
	p->l4_proto = proto;
	memset(b, 0, len);
	return b;
}

void weir_pkt_tcp(struct weir_pkt *p, const struct weir_tcp_spec *s)
{
	size_t opt = s->opt ? (s->opt_len + 3u) & ~3u : 0;
	uint8_t *b;

	if (opt > 40) {
		p->failed = true;
		return;
	}
	b = l4_start(p, IPPROTO_TCP, 20 + opt);
	if (!b)
		return;
	put16(b, s->sport);
	put16(b + 2, s->dport);
	put32(b + 4, s->seq);
	put32(b + 8, s->ack);
	b[12] = (uint8_t)((5 + opt / 4) << 4);
	b[13] = s->flags;
	put16(b + 14, s->window);
	put16(b + 18, s->urgent);
	if (opt)
		memcpy(b + 20, s->opt, s->opt_len);
}

void weir_pkt_udp(struct weir_pkt *p, uint16_t sport, uint16_t dport)
{
	uint8_t *b = l4_start(p, IPPROTO_UDP, 8);

	if (!b)
		return;
	put16(b, sport);
	put16(b + 2, dport);
}

void weir_pkt_icmp(struct weir_pkt *p, uint8_t type, uint8_t code, uint32_t rest)
{
	uint8_t *b = l4_start(p, p->l3_family == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, 8);

	if (!b)
		return;
	b[0] = type;
	b[1] = code;
	put32(b + 4, rest);
}

void weir_pkt_fix_ip4(struct weir_pkt *p)
{
	size_t len;

	if (p->l3_family != 4)
		return;
	len = (size_t)(p->buf[p->l3] & 15) * 4;
	if (len > p->len - p->l3)
		len = p->len - p->l3;
	if (len < 12)
		return;
	weir_pkt_set16(p, p->l3 + 10, 0);
	weir_pkt_set16(p, p->l3 + 10, weir_csum(p->buf + p->l3, len));
}

/* True when the bytes behind the IP header are a piece of a larger packet. */
static bool is_fragment(const struct weir_pkt *p)
{
	size_t at;

	if (p->l3_family == 4)
		return weir_pkt_get16(p, p->l3 + 6) & 0x3fff;
	/* The only extension header that splits is the one that says so; it is found by walking
	 * from the fixed header to l4. */
	at = p->l3 + Ip6Len;
	for (uint8_t nh = p->buf[p->l3 + 6]; at + 8 <= p->l4 && nh != p->l4_proto;) {
		if (nh == IPPROTO_FRAGMENT)
			return weir_pkt_get16(p, at + 2) & 0xfff9;
		size_t len = nh == IPPROTO_AH ? (p->buf[at + 1] + 2u) * 4 : (p->buf[at + 1] + 1u) * 8;

		nh = p->buf[at];
		at += len;
	}
	return false;
}

static uint16_t l4_csum(const struct weir_pkt *p, size_t len)
{
	const uint8_t *ip = p->buf + p->l3;
	uint8_t tail[8] = { 0 };
	uint64_t acc = 0;

	if (p->l4_proto != IPPROTO_ICMP) {
		if (p->l3_family == 4)
			acc = csum_add(0, ip + 12, 8);
		else
			acc = csum_add(0, ip + 8, 32);
		put32(tail, (uint32_t)len);
		tail[7] = p->l4_proto;
		acc = csum_add(acc, tail, 8);
	}
	return csum_end(csum_add(acc, p->buf + p->l4, len));
}

void weir_pkt_fix_l4(struct weir_pkt *p)
{
	size_t end = p->end ? p->end : p->len, at;
	uint16_t sum;

	if (!p->l4)
		return;
	switch (p->l4_proto) {
	case IPPROTO_TCP:
		at = 16;
		break;
	case IPPROTO_UDP:
		at = 6;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		at = 2;
		break;
	default:
		return;
	}
	weir_pkt_set16(p, p->l4 + at, 0);
	sum = l4_csum(p, end - p->l4);
	if (p->l4_proto == IPPROTO_UDP && sum == 0)
		sum = 0xffff;
	weir_pkt_set16(p, p->l4 + at, sum);
}

int weir_pkt_end(struct weir_pkt *p)
{
	size_t ip_len = p->len - p->l3;

	if (p->failed || (p->l3_family && ip_len > 65535 + (p->l3_family == 6 ? Ip6Len : 0)))
		goto fail;
	p->end = p->len;
	if (p->llc_at)
		weir_pkt_set16(p, p->llc_at, (uint16_t)(p->len - p->llc_at - 2));
	if (p->l3_family == 4)
		weir_pkt_set16(p, p->l3 + 2, (uint16_t)ip_len);
	else if (p->l3_family == 6)
		weir_pkt_set16(p, p->l3 + 4, (uint16_t)(ip_len - Ip6Len));
	if (p->l4) {
		if (p->l4_proto == IPPROTO_UDP)
			weir_pkt_set16(p, p->l4 + 4, (uint16_t)(p->len - p->l4));
		if (!is_fragment(p))
			weir_pkt_fix_l4(p);
	}
	weir_pkt_fix_ip4(p);
	if (p->len < WEIR_PKT_MIN) {
		uint8_t *pad = weir_pkt_room(p, WEIR_PKT_MIN - p->len);

		if (!pad)
			goto fail;
		memset(pad, 0, (size_t)(p->buf + p->len - pad));
	}
	return 0;
fail:
	p->failed = true;
	return -ENOSPC;
}

int weir_pkt_fragment(const struct weir_pkt *whole, size_t first, size_t len, uint32_t id,
		      struct weir_pkt *out)
{
	size_t head, body, total;
	bool more;

	if (!whole->l3_family || !whole->end || whole->failed || first % 8)
		return -EINVAL;
	head = whole->l3_family == 6 ? Ip6Len : (size_t)(whole->buf[whole->l3] & 15) * 4;
	body = whole->l3 + head;
	if (body > whole->end)
		return -EINVAL;
	total = whole->end - body;
	if (first > total || len > total - first || (first + len < total && len % 8))
		return -EINVAL;
	more = first + len < total;
	weir_pkt_bytes(out, whole->buf, body);
	if (out->failed)
		return -ENOSPC;
	out->l3 = whole->l3;
	out->l3_family = whole->l3_family;
	if (whole->l3_family == 4) {
		uint16_t flags = weir_pkt_get16(whole, whole->l3 + 6) & 0x8000;

		weir_pkt_set16(out, out->l3 + 4, (uint16_t)id);
		weir_pkt_set16(out, out->l3 + 6, (uint16_t)(flags | (more ? 0x2000 : 0) | first / 8));
	} else {
		uint8_t next = whole->buf[whole->l3 + 6];

		next_type(out, out->l3 + 6, 1);
		weir_pkt_ip6_frag(out, (uint16_t)first, more, id);
		set_proto(out, next);
	}
	weir_pkt_bytes(out, whole->buf + body + first, len);
	return weir_pkt_end(out);
}

uint16_t weir_pkt_get16(const struct weir_pkt *p, size_t at)
{
	if (at + 2 > p->len)
		return 0;
	return (uint16_t)(p->buf[at] << 8 | p->buf[at + 1]);
}

void weir_pkt_set8(struct weir_pkt *p, size_t at, uint8_t v)
{
	if (at < p->len)
		p->buf[at] = v;
}

void weir_pkt_set16(struct weir_pkt *p, size_t at, uint16_t v)
{
	if (at + 2 <= p->len)
		put16(p->buf + at, v);
}

void weir_pkt_set32(struct weir_pkt *p, size_t at, uint32_t v)
{
	if (at + 4 <= p->len)
		put32(p->buf + at, v);
}
