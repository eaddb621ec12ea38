// SPDX-License-Identifier: Apache-2.0
#include "model_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_test.h"
#include "sim/common/packet_build.h"
#include "sim/model/parse.h"

static const uint8_t mac_src[6] = { 2, 0, 0, 0, 0, 1 }, mac_dst[6] = { 2, 0, 0, 0, 0, 2 };

static struct weir_addr address(const char *text)
{
	struct weir_addr a;

	ck_assert_int_eq(weir_addr_parse(text, &a), 0);
	return a;
}

/** Bytes of a hexadecimal text up to a space or the end. @return their number */
static size_t hex(const char *text, uint8_t *ret, size_t max)
{
	unsigned digits = 0, value = 0;
	size_t n = 0;

	for (; *text && *text != ' '; text++) {
		if (*text == '_')
			continue;
		value = value << 4 | (unsigned)strtoul((char[2]){ *text }, NULL, 16);
		if (++digits % 2 == 0) {
			ck_assert_uint_lt(n, max);
			ret[n++] = (uint8_t)value;
		}
	}
	ck_assert_uint_eq(digits % 2, 0);
	return n;
}

/** The part of R4 or R6 that a word key= gives. */
static size_t part(const char *changes, const char *key, uint8_t *ret, size_t max)
{
	const char *at = strstr(changes, key);

	return at ? hex(at + strlen(key), ret, max) : 0;
}

static void build(struct weir_pkt *p, enum parse_base base, const char *changes)
{
	static const char payload[] = "0123456789abcdefghijklmn";
	static uint8_t options[40];
	bool ip6 = base == T6 || base == U6 || base == I6 || base == R6;
	uint8_t body[1024], proto = 59;
	struct weir_ip_spec ip = {
		.src = address(ip6 ? "2001:db8:1::7" : "198.51.100.7"),
		.dst = address(ip6 ? "2001:db8:2::10" : "192.0.2.10"), .ttl = 64,
	};

	weir_pkt_eth(p, mac_dst, mac_src);
	if (base == ETH) {
		weir_pkt_ethertype(p, 0x88cc);
		return;
	}
	if (base == ARP) {
		weir_pkt_arp(p, 1, mac_src, &ip.src, mac_dst, &ip.dst);
		return;
	}
	if (base == R4) {
		ip.opt_len = (uint8_t)part(changes, "o=", options, sizeof(options));
		ip.opt = options;
	}
	weir_pkt_ip(p, &ip);
	switch (base) {
	case T4:
	case T6:
		weir_pkt_tcp(p, &(struct weir_tcp_spec){ .sport = 40000, .dport = 80, .flags = 0x18 });
		weir_pkt_bytes(p, payload, 12);
		break;
	case U4:
	case U6:
		weir_pkt_udp(p, 40000, 7777);
		weir_pkt_bytes(p, payload, 24);
		break;
	case I4:
	case I6:
		weir_pkt_icmp(p, base == I4 ? 8 : 128, 0, 0x00010002);
		weir_pkt_bytes(p, payload, 24);
		break;
	default:
		part(changes, "n=", &proto, 1);
		weir_pkt_proto(p, proto);
		weir_pkt_bytes(p, body, part(changes, "p=", body, sizeof(body)));
	}
}

static void insert_tag(struct weir_pkt *p, const char *text)
{
	uint8_t tag[4];

	ck_assert_uint_eq(hex(text, tag, sizeof(tag)), 4);
	ck_assert_ptr_nonnull(weir_pkt_room(p, 4));
	memmove(p->buf + 16, p->buf + 12, p->len - 16);
	memcpy(p->buf + 12, tag, 4);
	p->l3 += 4;
	p->l4 += p->l4 ? 4 : 0;
	p->end += 4;
}

static void change_bytes(struct weir_pkt *p, const char *word)
{
	size_t base = word[0] == '@' ? 0 : word[0] == '3' ? p->l3 : p->l4, n;
	uint8_t bytes[512];
	char *value;
	size_t at = base + strtoul(word + (word[0] == '@' ? 1 : 2), &value, 10);

	ck_assert_int_eq(*value, '=');
	n = hex(value + 1, bytes, sizeof(bytes));
	ck_assert_uint_le(at + n, p->len);
	memcpy(p->buf + at, bytes, n);
}

static void change(struct weir_pkt *p, const char *word, uint32_t *known)
{
	if (!strncmp(word, "tag=", 4)) {
		insert_tag(p, word + 4);
	} else if (!strncmp(word, "fix3", 4)) {
		weir_pkt_fix_ip4(p);
	} else if (!strncmp(word, "fix4", 4)) {
		weir_pkt_fix_l4(p);
	} else if (!strncmp(word, "len=", 4)) {
		size_t len = strtoul(word + 4, NULL, 10);

		if (len > p->len)
			memset(p->buf + p->len, 0, len - p->len);
		p->len = len;
	} else if (!strncmp(word, "known=", 6)) {
		*known = (uint32_t)strtoul(word + 6, NULL, 10);
	} else if (word[0] == '@' || word[1] == '+') {
		change_bytes(p, word);
	} else {
		ck_assert_msg(strchr("onp", word[0]) && word[1] == '=', "no such change: %s", word);
	}
}

uint32_t parse_frame(enum parse_base base, const char *changes, uint8_t buf[2048], uint32_t *ret_known)
{
	struct weir_pkt p;
	uint32_t known = UINT32_MAX;

	weir_pkt_init(&p, buf, 2048);
	build(&p, base, changes);
	ck_assert_int_eq(weir_pkt_end(&p), 0);
	for (const char *word = changes; *word; word += strcspn(word, " ")) {
		word += strspn(word, " ");
		if (*word)
			change(&p, word, &known);
	}
	*ret_known = known < p.len ? known : (uint32_t)p.len;
	return (uint32_t)p.len;
}

struct weir_record parse_record(enum parse_base base, const char *changes, int dir)
{
	uint8_t buf[2048], *exact;
	struct weir_record r = { .dir = (uint8_t)dir };
	uint32_t known, len = parse_frame(base, changes, buf, &known);

	exact = malloc(known ? known : 1);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, buf, known);
	weir_parse(exact, len, known, &r);
	free(exact);
	return r;
}

static uint32_t class_bits(const char *names)
{
	uint32_t bits = 1u << WEIR_CLASS_all;
	char copy[256], *at = copy, *name;

	snprintf(copy, sizeof(copy), "%s", names);
	while ((name = strsep(&at, " "))) {
		int c = weir_class_find(name);

		ck_assert_msg(!*name || c >= 0, "no class %s", name);
		if (*name)
			bits |= 1u << c;
	}
	return bits;
}

static void anomaly_bits(const char *names, uint64_t ret[2])
{
	char copy[256], *at = copy, *name;

	ret[0] = ret[1] = 0;
	snprintf(copy, sizeof(copy), "%s", names);
	while ((name = strsep(&at, " "))) {
		int code = weir_anomaly_find(name);

		ck_assert_msg(!*name || code >= 0, "no anomaly %s", name);
		if (*name)
			ret[code / 64] |= UINT64_C(1) << (code % 64);
	}
}

void parse_check(const struct parse_row *row)
{
	struct weir_record r = parse_record(row->base, row->changes, 0), want = r;
	char text[1024];

	want.classes = class_bits(row->classes);
	anomaly_bits(row->anomalies, want.anomalies);
	if (weir_record_compare(&r, &want, text, sizeof(text)))
		ck_abort_msg("base %d %s: found and wanted: %s", row->base, row->changes, text);
}
