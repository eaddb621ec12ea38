// SPDX-License-Identifier: Apache-2.0
#include "peek.h"

#include <string.h>

enum {
	EtherIp4 = 0x0800, EtherArp = 0x0806, EtherIp6 = 0x86dd,
	EtherVlan = 0x8100, EtherVlanOuter = 0x88a8, EtherVlanOld = 0x9100,
	ProtoTcp = 6, ProtoUdp = 17,
	MostTags = 2,
};

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint64_t mac(const uint8_t *p)
{
	return (uint64_t)be16(p) << 32 | (uint64_t)be16(p + 2) << 16 | be16(p + 4);
}

static struct weir_addr address(uint8_t family, const uint8_t *p)
{
	struct weir_addr a = { .family = family };

	memcpy(a.b, p, family == 4 ? 4 : 16);
	return a;
}

static void peek_ports(uint8_t proto, const uint8_t *p, size_t n, struct weir_peek *ret)
{
	if ((proto != ProtoTcp && proto != ProtoUdp) || n < 4)
		return;
	ret->sport = be16(p);
	ret->dport = be16(p + 2);
	ret->proto = proto;
	if (proto == ProtoTcp)
		ret->tcp_flags = n > 13 ? p[13] : 0;
}

static void peek_ip4(const uint8_t *p, size_t n, struct weir_peek *ret)
{
	size_t header;

	if (n < 20 || p[0] >> 4 != 4)
		return;
	header = (p[0] & 15u) * 4u;
	ret->src = address(4, p + 12);
	ret->dst = address(4, p + 16);
	if (header >= 20 && header < n && !(be16(p + 6) & 0x1fff))
		peek_ports(p[9], p + header, n - header, ret);
}

static void peek_ip6(const uint8_t *p, size_t n, struct weir_peek *ret)
{
	if (n < 40 || p[0] >> 4 != 6)
		return;
	ret->src = address(6, p + 8);
	ret->dst = address(6, p + 24);
	peek_ports(p[6], p + 40, n - 40, ret);
}

void weir_peek(const uint8_t *bytes, size_t n, struct weir_peek *ret)
{
	size_t at = 12;
	uint16_t type;

	*ret = (struct weir_peek){ 0 };
	if (n < 14)
		return;
	ret->has_mac = true;
	ret->dst_mac = mac(bytes);
	ret->src_mac = mac(bytes + 6);
	type = be16(bytes + at);
	for (int tags = 0; tags < MostTags && n >= at + 6; tags++) {
		if (type != EtherVlan && type != EtherVlanOuter && type != EtherVlanOld)
			break;
		at += 4;
		type = be16(bytes + at);
	}
	at += 2;
	if (type == EtherIp4)
		peek_ip4(bytes + at, n - at, ret);
	else if (type == EtherIp6)
		peek_ip6(bytes + at, n - at, ret);
	else if (type == EtherArp && n >= at + 28 && be16(bytes + at + 2) == EtherIp4) {
		ret->src = address(4, bytes + at + 14);
		ret->dst = address(4, bytes + at + 24);
	}
}
