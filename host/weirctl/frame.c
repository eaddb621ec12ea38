// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <stdio.h>
#include <string.h>

enum {
	MacsLen = 12, TypeLen = 2, TagLen = 4, TagsMost = 2, TypeVlan = 0x8100, TypeService = 0x88a8, TypeIp4 = 0x0800, TypeIp6 = 0x86dd,
	Ip4Len = 20, Ip4FragmentAt = 6, Ip4ProtocolAt = 9, Ip4FromAt = 12, Ip4AddressLen = 4, OffsetMask = 0x1fff,
	Ip6Len = 40, Ip6NextAt = 6, Ip6FromAt = 8, Ip6AddressLen = 16, ExtensionsMost = 8, ExtensionUnit = 8, AuthUnit = 4, Ip6OffsetMask = 0xfff8,
	HopByHop = 0, Tcp = 6, Udp = 17, Dccp = 33, Routing = 43, Fragment = 44, Auth = 51, Destination = 60, Sctp = 132, UdpLite = 136,
	Icmp = 1, Icmp6 = 58, PortsLen = 4,
};

/* What is left to read. */
struct rest {
	const uint8_t *at;
	size_t n;
};

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static bool skip(struct rest *r, size_t n)
{
	if (n > r->n)
		return false;
	r->at += n;
	r->n -= n;
	return true;
}

static void read_address(const uint8_t *at, uint8_t family, struct weir_address *ret)
{
	ret->family = family;
	memcpy(ret->bytes, at, family == 6 ? Ip6AddressLen : Ip4AddressLen);
}

/** @return whether the transport header comes next */
static bool read_ip4(struct rest *r, struct frame_ends *ret)
{
	size_t len;

	if (r->n < Ip4Len || r->at[0] >> 4 != 4)
		return false;
	len = 4u * (r->at[0] & 15);
	read_address(r->at + Ip4FromAt, 4, &ret->from);
	read_address(r->at + Ip4FromAt + Ip4AddressLen, 4, &ret->to);
	ret->protocol = r->at[Ip4ProtocolAt];
	return !(get16(r->at + Ip4FragmentAt) & OffsetMask) && len >= Ip4Len && skip(r, len);
}

/* Past one extension header. @return whether there is another look to take */
static bool read_extension(struct rest *r, uint8_t *next, bool *ret_first)
{
	size_t len;

	if (*next != HopByHop && *next != Routing && *next != Destination && *next != Fragment && *next != Auth)
		return false;
	/* A header that is cut has its number, and nothing behind it. */
	*ret_first = false;
	if (r->n < ExtensionUnit)
		return false;
	if (*next == Fragment && get16(r->at + 2) & Ip6OffsetMask) {
		*next = r->at[0];
		return false;
	}
	len = *next == Fragment ? ExtensionUnit : *next == Auth ? AuthUnit * (r->at[1] + 2u) : ExtensionUnit * (r->at[1] + 1u);
	*next = r->at[0];
	*ret_first = skip(r, len);
	return *ret_first;
}

static bool read_ip6(struct rest *r, struct frame_ends *ret)
{
	bool first = true;

	if (r->n < Ip6Len || r->at[0] >> 4 != 6)
		return false;
	read_address(r->at + Ip6FromAt, 6, &ret->from);
	read_address(r->at + Ip6FromAt + Ip6AddressLen, 6, &ret->to);
	ret->protocol = r->at[Ip6NextAt];
	skip(r, Ip6Len);
	for (unsigned i = 0; i < ExtensionsMost && read_extension(r, &ret->protocol, &first); i++)
		;
	return first;
}

static bool ports(uint8_t protocol)
{
	return protocol == Tcp || protocol == Udp || protocol == Sctp || protocol == UdpLite || protocol == Dccp;
}

void frame_read(const uint8_t *octets, size_t n, struct frame_ends *ret)
{
	struct rest r = { octets, n };
	uint16_t type;
	bool l4 = false;

	*ret = (struct frame_ends){ 0 };
	if (!skip(&r, MacsLen) || r.n < TypeLen)
		return;
	type = get16(r.at);
	for (unsigned i = 0; i < TagsMost && (type == TypeVlan || type == TypeService); i++) {
		if (r.n < TagLen + TypeLen)
			return;
		skip(&r, TagLen);
		type = get16(r.at);
	}
	skip(&r, TypeLen);
	ret->ethertype = type;
	if (type == TypeIp4)
		l4 = read_ip4(&r, ret);
	else if (type == TypeIp6)
		l4 = read_ip6(&r, ret);
	ret->has_ports = l4 && ports(ret->protocol) && r.n >= PortsLen;
	if (ret->has_ports) {
		ret->sport = get16(r.at);
		ret->dport = get16(r.at + 2);
	}
}

static int put_end(char *buf, size_t n, const struct weir_address *a, bool with_port, uint16_t port)
{
	char address[64];

	weir_address_format(a, address, sizeof(address));
	if (!with_port)
		return snprintf(buf, n, "%s", address);
	return snprintf(buf, n, a->family == 6 ? "[%s]:%u" : "%s:%u", address, port);
}

char *frame_text(const struct frame_ends *ends, char *buf)
{
	static const struct {
		uint8_t protocol;
		const char *name;
	} names[] = { { Icmp, "icmp" }, { Tcp, "tcp" }, { Udp, "udp" }, { Icmp6, "icmp6" }, { Sctp, "sctp" } };
	int at;

	if (!ends->from.family) {
		snprintf(buf, FRAME_TEXT, "ethertype 0x%04x", ends->ethertype);
		return buf;
	}
	at = put_end(buf, FRAME_TEXT, &ends->from, ends->has_ports, ends->sport);
	at += snprintf(buf + at, FRAME_TEXT - (size_t)at, " > ");
	at += put_end(buf + at, FRAME_TEXT - (size_t)at, &ends->to, ends->has_ports, ends->dport);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].protocol == ends->protocol) {
			snprintf(buf + at, FRAME_TEXT - (size_t)at, " %s", names[i].name);
			return buf;
		}
	snprintf(buf + at, FRAME_TEXT - (size_t)at, " protocol %u", ends->protocol);
	return buf;
}
