// SPDX-License-Identifier: Apache-2.0
#include "gen_check.h"

#include <stdio.h>
#include <string.h>

struct walk {
	const uint8_t *f;
	size_t end;               /* of the layer at hand */
	size_t l3, declared_end;
	struct check *c;
	bool no_sum, clipped;
	int ext_seen[256], exts;
};

static const char *const names[CheckAnomalies] = {
#define X(code, name, action, source, help) [code] = #name,
#include "docs/lists/anomalies.def"
#undef X
};

const char *check_name(int code)
{
	return names[code];
}

const char *check_text(const struct check *c)
{
	static char text[512];
	size_t at = 0;

	text[0] = 0;
	for (int i = 0; i < CheckAnomalies && at < sizeof(text) - 40; i++)
		if (c->bad[i])
			at += (size_t)snprintf(text + at, sizeof(text) - at, " %s", names[i]);
	return text;
}

static void bad(struct walk *w, enum check_anomaly a)
{
	if (!w->c->bad[a])
		w->c->n_bad++;
	w->c->bad[a] = true;
}

#define BAD_IF(cond, name) do { if (cond) bad(w, Bad_##name); } while (0)

static unsigned be16(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

static uint32_t be32(const uint8_t *b)
{
	return (uint32_t)be16(b) << 16 | be16(b + 2);
}

/* Plain 16-bit one's-complement addition, word by word. */
static uint32_t add(uint32_t sum, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i += 2) {
		sum += (unsigned)b[i] << 8 | (i + 1 < len ? b[i + 1] : 0);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static bool l4_sum_ok(const struct walk *w, size_t at, size_t len, bool pseudo)
{
	uint32_t sum = 0;

	if (pseudo) {
		size_t n = w->c->family == 4 ? 4 : 16;
		uint8_t tail[8] = { 0, 0, (uint8_t)(len >> 8), (uint8_t)len, 0, 0, 0, (uint8_t)w->c->proto };

		sum = add(sum, w->c->src, n);
		sum = add(sum, w->c->dst, n);
		sum = add(sum, tail, 8);
	}
	return add(sum, w->f + at, len) == 0xffff;
}

static bool options_ok(const uint8_t *b, size_t len, bool *source_route)
{
	for (size_t i = 0; i < len;) {
		if (source_route && (b[i] == 131 || b[i] == 137))
			*source_route = true;
		if (b[i] == 0)
			break;
		if (b[i] == 1) {
			i++;
			continue;
		}
		if (i + 1 >= len || b[i + 1] < 2 || i + b[i + 1] > len)
			return false;
		i += b[i + 1];
	}
	return true;
}

static bool reflector(unsigned port)
{
	static const uint16_t ports[] = { 17, 19, 53, 69, 111, 123, 137, 161, 389, 520, 1434, 1900, 3283, 3702,
					  5353, 11211 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		if (ports[i] == port)
			return true;
	return false;
}

static void tcp(struct walk *w, size_t p)
{
	struct check *c = w->c;
	const uint8_t *t = w->f + p;
	size_t g = w->end - p, a;
	bool syn, fin, rst, ack;

	c->tclass = "tcp";
	if (g < 20) {
		bad(w, c->fragment ? Bad_frag_tiny : Bad_tcp_truncated);
		return;
	}
	c->l4 = true;
	c->sport = (uint16_t)be16(t);
	c->dport = (uint16_t)be16(t + 2);
	c->seq = be32(t + 4);
	c->ack = be32(t + 8);
	c->flags = t[13];
	fin = t[13] & 1;
	syn = t[13] & 2;
	rst = t[13] & 4;
	ack = t[13] & 16;
	if (syn && !ack)
		c->tclass = "syn";
	BAD_IF(!(t[13] & 0x3f), tcp_flags_null);
	BAD_IF(syn && fin, tcp_flags_syn_fin);
	BAD_IF(syn && rst, tcp_flags_syn_rst);
	BAD_IF(fin && rst, tcp_flags_fin_rst);
	BAD_IF((t[13] & 0x3f) && !syn && !rst && !ack, tcp_flags_no_ack);
	BAD_IF(!c->sport || !c->dport, tcp_port_zero);
	BAD_IF(c->family == 4 ? (c->dst[0] & 0xf0) == 0xe0 || be32(c->dst) == 0xffffffff : c->dst[0] == 0xff,
	       tcp_dst_multicast);
	a = (size_t)(t[12] >> 4) * 4;
	if (a < 20) {
		bad(w, Bad_tcp_data_offset);
	} else if (a > g) {
		bad(w, c->fragment ? Bad_frag_tiny : Bad_tcp_data_offset);
	} else {
		BAD_IF(!options_ok(t + 20, a - 20, NULL), tcp_opt_len);
		BAD_IF(syn && g > a, tcp_syn_data);
		c->payload_at = p + a;
		c->payload_len = g - a;
	}
	if (!c->fragment && !w->no_sum && !w->clipped) {
		c->sum_checked = true;
		BAD_IF(!l4_sum_ok(w, p, g, true), tcp_checksum);
	}
}

static void udp(struct walk *w, size_t p)
{
	struct check *c = w->c;
	const uint8_t *u = w->f + p;
	size_t g = w->end - p, l;
	bool sum = !c->fragment && !w->no_sum && !w->clipped;

	c->tclass = "udp";
	if (g < 8) {
		bad(w, c->fragment ? Bad_frag_tiny : Bad_udp_truncated);
		return;
	}
	c->l4 = true;
	c->sport = (uint16_t)be16(u);
	c->dport = (uint16_t)be16(u + 2);
	c->payload_at = p + 8;
	c->payload_len = g - 8;
	if (reflector(c->sport))
		c->tclass = "udp_reflect";
	BAD_IF(!c->dport, udp_port_zero);
	BAD_IF(!c->sport, udp_src_port_zero);
	l = be16(u + 4);
	if (l < 8) {
		bad(w, Bad_udp_length);
		return;
	}
	if (!c->fragment && !w->clipped) {
		BAD_IF(l < g, udp_length_slack);
		if (l > g) {
			bad(w, Bad_udp_length);
			return;
		}
	}
	if (be16(u + 6) == 0) {
		BAD_IF(c->family == 6, udp_checksum);
		return;
	}
	if (sum) {
		c->sum_checked = true;
		BAD_IF(!l4_sum_ok(w, p, l, true), udp_checksum);
	}
}

static void icmp(struct walk *w, size_t p)
{
	struct check *c = w->c;
	size_t g = w->end - p, least = c->family == 4 ? 8 : 4;

	c->tclass = "icmp";
	BAD_IF(c->fragment, icmp_fragment);
	if (g < least) {
		bad(w, c->fragment ? Bad_frag_tiny : Bad_icmp_truncated);
		return;
	}
	c->l4 = true;
	c->dport = (uint16_t)be16(w->f + p);
	if (!c->fragment && !w->no_sum && !w->clipped) {
		c->sum_checked = true;
		BAD_IF(!l4_sum_ok(w, p, g, c->family == 6), icmp_checksum);
	}
	if (c->family == 6 && w->f[p] >= 133 && w->f[p] <= 137)
		BAD_IF(w->f[w->l3 + 7] != 255, nd_hop_limit);
}

static void transport(struct walk *w, size_t p)
{
	int u = w->c->proto;

	w->c->tclass = "other";
	if (u == 6)
		tcp(w, p);
	else if (u == 17)
		udp(w, p);
	else if (u == (w->c->family == 4 ? 1 : 58))
		icmp(w, p);
}

static bool is_ext(const struct walk *w, int u)
{
	return u == 51 || (w->c->family == 6 && (u == 0 || u == 43 || u == 44 || u == 60));
}

/* Fragment header of IPv6 at p; false when what follows is no beginning of a datagram. */
static bool fragment6(struct walk *w, size_t p)
{
	unsigned field = be16(w->f + p + 2), f = field >> 3;
	bool more = field & 1;
	size_t n = w->declared_end - (p + 8);

	if (more || f)
		w->c->fragment = true;
	BAD_IF(more && n % 8, frag_mod8);
	BAD_IF(w->c->fragment && n == 0, frag_empty);
	BAD_IF(8 * (size_t)f + n > 65535, frag_end);
	if (more)
		w->no_sum = true;
	if (!f)
		return true;
	w->c->proto = w->f[p];
	BAD_IF(w->c->proto == 6 && f == 1, frag_tiny);
	BAD_IF(w->c->proto == 58, icmp_fragment);
	return false;
}

static void extensions(struct walk *w, size_t p, int u)
{
	while (is_ext(w, u)) {
		unsigned b;
		size_t e;

		if (w->exts == 8) {
			bad(w, Bad_ext_depth);
			return;
		}
		if (p + 8 > w->end) {
			bad(w, Bad_ext_truncated);
			return;
		}
		BAD_IF(u == 0 && w->exts > 0, ext_order);
		BAD_IF(w->ext_seen[u] >= (u == 60 ? 2 : 1), ext_repeat);
		w->ext_seen[u]++;
		b = w->f[p + 1];
		e = u == 44 ? 8 : u == 51 ? 4 * (b + 2) : 8 * (b + 1);
		BAD_IF(u == 51 && b == 0, ah_len);
		if (p + e > w->end) {
			bad(w, Bad_ext_truncated);
			return;
		}
		if (u == 43) {
			BAD_IF(w->f[p + 2] == 0, ip6_rh0);
			if (w->f[p + 3])
				w->no_sum = true;
		}
		if (u == 60 && b >= 2)
			w->no_sum = true;
		if (u == 44 && !fragment6(w, p))
			return;
		u = w->f[p];
		p += e;
		w->exts++;
	}
	w->c->proto = u;
	transport(w, p);
}

static void addresses4(struct walk *w)
{
	const uint8_t *s = w->c->src, *d = w->c->dst;

	BAD_IF(s[0] >= 224 && s[0] < 240, ip4_src_multicast);
	BAD_IF(s[0] >= 240, ip4_src_reserved);
	BAD_IF(s[0] == 127, ip4_src_loopback);
	BAD_IF(s[0] == 0 && !(be32(s) == 0 && (be32(d) == 0xffffffff || (d[0] & 0xf0) == 0xe0)), ip4_src_zero);
	BAD_IF(d[0] == 127, ip4_dst_loopback);
	BAD_IF(d[0] == 0, ip4_dst_zero);
	BAD_IF(d[0] >= 240 && be32(d) != 0xffffffff, ip4_dst_reserved);
	BAD_IF(!memcmp(s, d, 4), ip_land);
}

static void ipv4(struct walk *w, size_t o)
{
	const uint8_t *h = w->f + o;
	struct check *c = w->c;
	size_t hl, total, n;
	unsigned flags, f;
	bool stop = false, route = false, more;

	if (o + 20 > w->end) {
		bad(w, Bad_ip4_truncated);
		return;
	}
	if (h[0] >> 4 != 4) {
		bad(w, Bad_ip4_version);
		return;
	}
	c->family = 4;
	memcpy(c->src, h + 12, 4);
	memcpy(c->dst, h + 16, 4);
	addresses4(w);
	BAD_IF(h[8] == 0, ip4_ttl_zero);
	flags = be16(h + 6);
	BAD_IF(flags & 0x8000, ip4_flag_reserved);
	more = flags & 0x2000;
	f = flags & 0x1fff;
	c->fragment = more || f;
	BAD_IF(c->fragment && (flags & 0x4000), ip4_frag_df);
	hl = (size_t)(h[0] & 15) * 4;
	total = be16(h + 2);
	if (hl < 20) {
		bad(w, Bad_ip4_ihl);
		stop = true;
	} else if (o + hl > w->end) {
		bad(w, Bad_ip4_truncated);
		stop = true;
	} else if (total < hl) {
		bad(w, Bad_ip4_total_short);
		stop = true;
	}
	if (stop)
		return;
	w->clipped = o + total > w->end;
	BAD_IF(w->clipped, ip4_total_long);
	if (!w->clipped)
		w->end = o + total;
	BAD_IF(add(0, h, hl) != 0xffff, ip4_checksum);
	BAD_IF(!options_ok(h + 20, hl - 20, &route), ip4_opt_len);
	BAD_IF(route, ip4_opt_source_route);
	n = total - hl;
	c->proto = h[9];
	if (c->fragment) {
		BAD_IF(more && n % 8, frag_mod8);
		BAD_IF(n == 0, frag_empty);
		BAD_IF(hl + 8 * (size_t)f + n > 65535, frag_end);
		BAD_IF(c->proto == 6 && f == 1, frag_tiny);
	}
	if (f) {
		BAD_IF(c->proto == 1, icmp_fragment);
		return;
	}
	extensions(w, o + hl, c->proto);
}

static bool is6(const uint8_t *a, uint8_t last)
{
	static const uint8_t zero[15];

	return !memcmp(a, zero, 15) && a[15] == last;
}

static bool mapped(const uint8_t *a)
{
	static const uint8_t head[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(a, head, 12);
}

static void ipv6(struct walk *w, size_t o)
{
	const uint8_t *h = w->f + o;
	struct check *c = w->c;
	size_t len;

	if (o + 40 > w->end) {
		bad(w, Bad_ip6_truncated);
		return;
	}
	if (h[0] >> 4 != 6) {
		bad(w, Bad_ip6_version);
		return;
	}
	c->family = 6;
	memcpy(c->src, h + 8, 16);
	memcpy(c->dst, h + 24, 16);
	BAD_IF(c->src[0] == 0xff, ip6_src_multicast);
	BAD_IF(is6(c->src, 1), ip6_src_loopback);
	BAD_IF(is6(c->dst, 1), ip6_dst_loopback);
	BAD_IF(is6(c->dst, 0), ip6_dst_unspecified);
	BAD_IF(mapped(c->src) || mapped(c->dst), ip6_v4mapped);
	BAD_IF(!memcmp(c->src, c->dst, 16), ip_land);
	BAD_IF(h[7] == 0, ip6_hop_zero);
	len = be16(h + 4);
	if (len == 0 && h[6] == 0) {
		bad(w, Bad_ip6_jumbo);
		return;
	}
	w->declared_end = o + 40 + len;
	w->clipped = w->declared_end > w->end;
	BAD_IF(w->clipped, ip6_payload_long);
	if (!w->clipped)
		w->end = w->declared_end;
	extensions(w, o + 40, h[6]);
	BAD_IF(c->proto >= 0 && c->proto != 58 && is6(c->src, 0), ip6_src_unspecified);
}

static void arp(struct walk *w, size_t o)
{
	const uint8_t *a = w->f + o;

	if (o + 28 > w->end) {
		bad(w, Bad_arp_truncated);
		return;
	}
	w->c->arp = true;
	BAD_IF(be16(a) != 1 || be16(a + 2) != 0x0800 || a[4] != 6 || a[5] != 4 || !be16(a + 6), arp_format);
}

void check_frame(const uint8_t *f, size_t len, struct check *c)
{
	struct walk walk = { .f = f, .end = len, .c = c }, *w = &walk;
	static const uint8_t snap[6] = { 0xaa, 0xaa, 3 };
	size_t o = 12;
	unsigned type;

	*c = (struct check){ .proto = -1, .tclass = "other" };
	BAD_IF(f[6] & 1, eth_src_multicast);
	BAD_IF(!memcmp(f, f + 6, 6), eth_src_eq_dst);
	for (type = be16(f + o); type == 0x8100 || type == 0x88a8 || type == 0x9100; type = be16(f + o)) {
		if (c->tags == 2) {
			bad(w, Bad_vlan_depth);
			return;
		}
		c->tags++;
		BAD_IF((be16(f + o + 2) & 0xfff) == 4095, vlan_vid_reserved);
		o += 4;
	}
	o += 2;
	if (type <= 1500) {
		BAD_IF(o + type > len, eth_length);
		if (o + type <= len)
			w->end = o + type;
		if (w->end < o + 8 || memcmp(f + o, snap, 6))
			return;
		type = be16(f + o + 6);
		o += 8;
	} else if (type < 1536) {
		bad(w, Bad_eth_type_undefined);
		return;
	}
	w->l3 = o;
	if (type == 0x0800)
		ipv4(w, o);
	else if (type == 0x86dd)
		ipv6(w, o);
	else if (type == 0x0806)
		arp(w, o);
	if (c->fragment)
		c->tclass = "frag";
}
