// SPDX-License-Identifier: Apache-2.0
#include "pdu.h"

#include <string.h>

static void put16(uint8_t *b, unsigned v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static void put32(uint8_t *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b + 2, v & 0xffff);
}

size_t gen_tcp_options(uint8_t opt[40], const struct gen_tcp_opts *o)
{
	size_t n = 0;

	if (o->mss) {
		opt[n] = 2;
		opt[n + 1] = 4;
		put16(opt + n + 2, o->mss);
		n += 4;
	}
	if (o->sack_ok) {
		if (!o->ts) {
			opt[n++] = 1;
			opt[n++] = 1;
		}
		opt[n++] = 4;
		opt[n++] = 2;
	}
	if (o->ts) {
		if (!o->sack_ok) {
			opt[n++] = 1;
			opt[n++] = 1;
		}
		opt[n] = 8;
		opt[n + 1] = 10;
		put32(opt + n + 2, o->ts_val);
		put32(opt + n + 6, o->ts_ecr);
		n += 10;
	}
	if (o->wscale) {
		opt[n++] = 1;
		opt[n++] = 3;
		opt[n++] = 3;
		opt[n++] = o->wscale;
	}
	if (o->sack_lo != o->sack_hi) {
		opt[n++] = 1;
		opt[n++] = 1;
		opt[n] = 5;
		opt[n + 1] = 10;
		put32(opt + n + 2, o->sack_lo);
		put32(opt + n + 6, o->sack_hi);
		n += 10;
	}
	return n;
}

size_t gen_dns_query(uint8_t *buf, uint16_t id, const char *name, uint16_t qtype)
{
	size_t at = 12;

	memset(buf, 0, 12);
	put16(buf, id);
	put16(buf + 2, 0x0100);
	put16(buf + 4, 1);
	while (*name) {
		size_t n = strcspn(name, ".");

		buf[at++] = (uint8_t)n;
		memcpy(buf + at, name, n);
		at += n;
		name += n + (name[n] == '.');
	}
	buf[at++] = 0;
	put16(buf + at, qtype);
	put16(buf + at + 2, 1);
	return at + 4;
}

/* Resource record head with a pointer to the question's name; returns its length, 12. */
static size_t dns_rr(uint8_t *b, unsigned type, size_t rdlen)
{
	put16(b, 0xc00c);
	put16(b + 2, type);
	put16(b + 4, 1);
	put32(b + 6, 300);
	put16(b + 10, (unsigned)rdlen);
	return 12;
}

/* TXT records that take room bytes, to the byte where room is 14 or more. */
static size_t dns_txt(uint8_t *buf, size_t room, unsigned *answers, struct weir_prng *r)
{
	size_t at = 0;

	while (room - at >= 14) {
		size_t rd = room - at - 12;

		if (rd > 256)
			rd = room - at - 12 - 256 < 14 ? 200 : 256;
		at += dns_rr(buf + at, 16, rd);
		buf[at] = (uint8_t)(rd - 1);
		for (size_t i = 1; i < rd; i++)
			buf[at + i] = (uint8_t)('a' + weir_prng_below(r, 26));
		at += rd;
		(*answers)++;
	}
	return at;
}

size_t gen_dns_answer(uint8_t *buf, size_t len, size_t cap, unsigned n, size_t pad_txt,
		      struct weir_prng *r)
{
	unsigned qtype = (unsigned)buf[len - 4] << 8 | buf[len - 3], answers = 0;
	size_t rd = qtype == 28 ? 16 : 4;

	for (; answers < n && len + 12 + rd <= cap; answers++) {
		len += dns_rr(buf + len, qtype, rd);
		weir_prng_fill(r, buf + len, rd);
		put16(buf + len, qtype == 28 ? 0x2001 : 0xc633);
		if (qtype == 28)
			put16(buf + len + 2, 0x0db8);
		len += rd;
	}
	if (pad_txt > cap - len)
		pad_txt = cap - len;
	len += dns_txt(buf + len, pad_txt, &answers, r);
	put16(buf + 2, 0x8180);
	put16(buf + 6, answers);
	return len;
}

size_t gen_ntp(uint8_t *buf, bool server, uint64_t unix_ns, struct weir_prng *r)
{
	uint64_t ntp_s = unix_ns / GEN_NS_PER_S + UINT64_C(2208988800);
	uint32_t frac = (uint32_t)((unix_ns % GEN_NS_PER_S << 32) / GEN_NS_PER_S);

	memset(buf, 0, 48);
	buf[0] = server ? 0x24 : 0x23;
	if (server) {
		buf[1] = 2;                     /* stratum */
		buf[2] = 6;
		buf[3] = 0xe9;
		put32(buf + 4, 0x00000300);
		put32(buf + 8, 0x00000500);
		put32(buf + 12, UINT32_C(0xc6336401));
		put32(buf + 16, (uint32_t)(ntp_s - 30));
		for (int at = 24; at < 48; at += 8) {
			put32(buf + at, (uint32_t)ntp_s);
			put32(buf + at + 4, frac + (uint32_t)at * 4096);
		}
	} else {
		weir_prng_fill(r, buf + 40, 8); /* the client's stamp is random: RFC 9109 practice */
	}
	return 48;
}

size_t gen_tls_record(uint8_t *buf, size_t len)
{
	static const uint8_t head[3] = { 23, 3, 3 };

	memcpy(buf, head, 3);
	put16(buf + 3, (unsigned)len);
	return 5;
}

static size_t tls_ext(uint8_t *b, unsigned type, const void *data, size_t len)
{
	put16(b, type);
	put16(b + 2, (unsigned)len);
	memcpy(b + 4, data, len);
	return len + 4;
}

/* Record and handshake headers around a body of n bytes at buf + 9; returns the whole length. */
static size_t tls_wrap(uint8_t *buf, uint8_t type, uint8_t minor, size_t n)
{
	buf[0] = 22;
	buf[1] = 3;
	buf[2] = minor;
	put16(buf + 3, (unsigned)n + 4);
	put32(buf + 5, (uint32_t)n);
	buf[5] = type;
	return n + 9;
}

size_t gen_tls_client_hello(uint8_t *buf, const char *host, struct weir_prng *r)
{
	static const uint8_t suites[] = { 0, 6, 0x13, 1, 0x13, 2, 0x13, 3, 1, 0 };
	static const uint8_t groups[] = { 0, 4, 0, 0x1d, 0, 0x17 };
	static const uint8_t sigs[] = { 0, 6, 4, 3, 8, 4, 4, 1 };
	static const uint8_t versions[] = { 2, 3, 4 };
	uint8_t *b = buf + 9, *ext;
	uint8_t sni[128], share[38] = { 0, 36, 0, 0x1d, 0, 32 };
	size_t host_len = strlen(host), n = 0, at = 0;

	put16(b, 0x0303);
	weir_prng_fill(r, b + 2, 32);
	b[34] = 32;
	weir_prng_fill(r, b + 35, 32);
	n = 67;
	memcpy(b + n, suites, sizeof(suites));
	n += sizeof(suites);
	ext = b + n + 2;
	put16(sni, (unsigned)host_len + 3);
	sni[2] = 0;
	put16(sni + 3, (unsigned)host_len);
	memcpy(sni + 5, host, host_len);
	at += tls_ext(ext + at, 0, sni, host_len + 5);
	at += tls_ext(ext + at, 10, groups, sizeof(groups));
	at += tls_ext(ext + at, 13, sigs, sizeof(sigs));
	at += tls_ext(ext + at, 43, versions, sizeof(versions));
	weir_prng_fill(r, share + 6, 32);
	at += tls_ext(ext + at, 51, share, sizeof(share));
	put16(b + n, (unsigned)at);
	return tls_wrap(buf, 1, 1, n + 2 + at);
}

size_t gen_tls_server_hello(uint8_t *buf, struct weir_prng *r)
{
	static const uint8_t version[] = { 3, 4 };
	static const uint8_t ccs[] = { 20, 3, 3, 0, 1, 1 };
	uint8_t *b = buf + 9, share[36] = { 0, 0x1d, 0, 32 };
	size_t at = 0, len;

	put16(b, 0x0303);
	weir_prng_fill(r, b + 2, 32);
	b[34] = 0;
	put16(b + 35, 0x1301);
	b[37] = 0;
	weir_prng_fill(r, share + 4, 32);
	at += tls_ext(b + 40 + at, 51, share, sizeof(share));
	at += tls_ext(b + 40 + at, 43, version, sizeof(version));
	put16(b + 38, (unsigned)at);
	len = tls_wrap(buf, 2, 3, 40 + at);
	memcpy(buf + len, ccs, sizeof(ccs));
	return len + sizeof(ccs);
}
