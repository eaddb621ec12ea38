// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE

#include "addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int weir_addr_parse(const char *text, struct weir_addr *ret)
{
	struct weir_addr a = { 0 };

	if (inet_pton(AF_INET, text, a.b) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, text, a.b) == 1)
		a.family = 6;
	else
		return -EINVAL;
	*ret = a;
	return 0;
}

static bool host_bits_clear(const struct weir_addr *a, unsigned len)
{
	unsigned bytes = a->family == 4 ? 4 : 16;

	for (unsigned i = len / 8; i < bytes; i++) {
		uint8_t mask = i == len / 8 ? (uint8_t)(0xff >> (len % 8)) : 0xff;

		if (a->b[i] & mask)
			return false;
	}
	return true;
}

int weir_prefix_parse(const char *text, struct weir_prefix *ret)
{
	char buf[WEIR_ADDR_TEXT_MAX];
	struct weir_prefix p = { 0 };
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	unsigned max, len = 0;

	if (n >= sizeof(buf))
		return -EINVAL;
	memcpy(buf, text, n);
	buf[n] = 0;
	if (weir_addr_parse(buf, &p.addr))
		return -EINVAL;
	max = p.addr.family == 4 ? 32 : 128;
	if (!slash) {
		p.len = (uint8_t)max;
		*ret = p;
		return 0;
	}
	if (!slash[1] || strlen(slash + 1) > 3)
		return -EINVAL;
	for (const char *c = slash + 1; *c; c++) {
		if (*c < '0' || *c > '9')
			return -EINVAL;
		len = len * 10 + (unsigned)(*c - '0');
	}
	if (len > max)
		return -EINVAL;
	if (!host_bits_clear(&p.addr, len))
		return -ERANGE;
	p.len = (uint8_t)len;
	*ret = p;
	return 0;
}

int weir_prefix_list_parse(const char *text, struct weir_prefix *ret, size_t max, size_t *ret_n,
			   size_t *ret_bad)
{
	size_t n = 0;
	const char *item = text;

	for (;;) {
		char buf[WEIR_ADDR_TEXT_MAX];
		const char *end = strchrnul(item, ',');
		size_t len = (size_t)(end - item);
		int err = -EINVAL;

		if (len > 0 && len < sizeof(buf)) {
			struct weir_prefix p;

			memcpy(buf, item, len);
			buf[len] = 0;
			err = weir_prefix_parse(buf, &p);
			if (!err && n >= max)
				err = -ENOSPC;
			if (!err)
				ret[n++] = p;
		}
		if (err) {
			if (ret_bad)
				*ret_bad = (size_t)(item - text);
			return err;
		}
		if (!*end)
			break;
		item = end + 1;
	}
	*ret_n = n;
	return 0;
}

char *weir_addr_format(const struct weir_addr *a, char *buf)
{
	if (!inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->b, buf, WEIR_ADDR_TEXT_MAX))
		snprintf(buf, WEIR_ADDR_TEXT_MAX, "?");
	return buf;
}

char *weir_prefix_format(const struct weir_prefix *p, char *buf)
{
	size_t n;

	weir_addr_format(&p->addr, buf);
	n = strlen(buf);
	snprintf(buf + n, WEIR_ADDR_TEXT_MAX - n, "/%u", p->len);
	return buf;
}

static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned len)
{
	unsigned bytes = len / 8, bits = len % 8;

	if (memcmp(a, b, bytes))
		return false;
	return !bits || !((a[bytes] ^ b[bytes]) >> (8 - bits));
}

bool weir_prefix_has(const struct weir_prefix *p, const struct weir_addr *a)
{
	return p->addr.family == a->family && bits_equal(p->addr.b, a->b, p->len);
}

bool weir_prefix_overlaps(const struct weir_prefix *p, const struct weir_prefix *q)
{
	return p->addr.family == q->addr.family &&
	       bits_equal(p->addr.b, q->addr.b, p->len < q->len ? p->len : q->len);
}

bool weir_addr_equal(const struct weir_addr *a, const struct weir_addr *b)
{
	return a->family == b->family && !memcmp(a->b, b->b, a->family == 4 ? 4 : 16);
}

struct weir_addr weir_prefix_nth(const struct weir_prefix *p, uint64_t n)
{
	struct weir_addr a = p->addr;
	unsigned bytes = a.family == 4 ? 4 : 16;
	unsigned host_bits = bytes * 8 - p->len;

	if (host_bits < 64)
		n &= (UINT64_C(1) << host_bits) - 1;
	for (unsigned i = bytes; i-- > 0 && n > 0; n >>= 8)
		a.b[i] |= (uint8_t)n;
	return a;
}
