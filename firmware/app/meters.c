// SPDX-License-Identifier: Apache-2.0
#include "firmware/app/meters.h"
#include "firmware/hal/event.h"

enum { TCP = WEIR_KIN_TCP, UDP = WEIR_KIN_UDP, ICMP = WEIR_KIN_ICMP, FRAG = WEIR_KIN_FRAG, OTHER = WEIR_KIN_OTHER, ALL = WEIR_KIN_ALL };

/* docs/lists/tables.def: meter_cfg[16 * table + d]. */
enum { REMOTE, PAIR, CLASS, ADDRESS, PREFIX, PORT, UDP_SOURCE, TABLES };
/* meter_cfg[BANK + DIRECTION * direction + class] of docs/lists/classes.def, and that of protocols. */
enum { BANK = 128, DIRECTION = 24, CLASSES = 20, PROTOCOL = 176 };

static const uint8_t kin_tclass[8] = { TCP, TCP, UDP, UDP, ICMP, FRAG, OTHER, TCP };
static const uint8_t kin_port[4] = { TCP, UDP, ICMP, ICMP };
static const uint8_t kin_class[CLASSES] = {
	/* all, broadcast, multicast, arp, non_ip, ipv4, ipv6, frag, ip_options */
	ALL, ALL, ALL, OTHER, OTHER, ALL, ALL, FRAG, ALL,
	/* syn, synack, rst, fin, tcp, udp, icmp, other_l4, get, post, http_other */
	TCP, TCP, TCP, TCP, TCP, UDP, ICMP, OTHER, TCP, TCP, TCP,
};

static unsigned kin_of_meter(unsigned i)
{
	unsigned table = i / 16, d = i % 16;

	if (i >= PROTOCOL)
		return i == PROTOCOL ? ALL : 0;
	if (i >= BANK) {
		d = i - BANK < DIRECTION ? i - BANK : i - BANK - DIRECTION;
		return d < CLASSES ? kin_class[d] : 0;
	}
	if (table == CLASS)
		return d < 8 ? kin_tclass[d] : 0;
	if (table == PORT)
		return d < 4 ? kin_port[d] : 0;
	if (table >= TABLES || d)
		return 0;
	return table == UDP_SOURCE ? UDP : ALL;
}

static bool has_bytes(unsigned i)
{
	return i / 16 == ADDRESS || i / 16 == PREFIX || i >= BANK;
}

unsigned weir_series_kin(unsigned number)
{
	if (number < WEIR_SERIES_STATE)
		return kin_of_meter(number);
	if (number < WEIR_PEAKS)
		return TCP;
	number -= WEIR_SERIES_BYTES;
	return number < WEIR_SERIES_STATE && has_bytes(number) ? kin_of_meter(number) : 0;
}

unsigned weir_series_next(unsigned number)
{
	number = number == WEIR_SERIES_NONE ? 0 : number + 1;
	while (number < WEIR_SERIES_BYTES + WEIR_SERIES_STATE && !weir_series_kin(number))
		number++;
	return number < WEIR_SERIES_BYTES + WEIR_SERIES_STATE ? number : WEIR_SERIES_NONE;
}

static unsigned port_kind(unsigned proto)
{
	switch (proto) {
	case 6: return 16 * PORT;
	case 17: return 16 * PORT + 1;
	case 1: return 16 * PORT + 2;
	case 58: return 16 * PORT + 3;
	default: return WEIR_SERIES_NONE;
	}
}

/** Group 5 of the class bank. */
static unsigned transport(unsigned proto, unsigned tclass)
{
	switch (proto) {
	case 6: return tclass == 0 ? 9 : 13;
	case 17: return 14;
	case 1: case 58: return 15;
	default: return 16;
	}
}

unsigned weir_series_of_trip(unsigned bit, const uint32_t word[16])
{
	/* Groups 0 to 4 and 7; of group 1 broadcast, of 2 arp, of 7 get stand for the whole group. */
	static const uint8_t group_class[] = { 0, 1, 3, 7, 8, 0, 0, 17 };
	unsigned tclass = WEIR_EVENT_GET(word, TCLASS), proto = WEIR_EVENT_GET(word, PROTO), c;
	unsigned bank = BANK + (WEIR_EVENT_GET(word, DIRECTION) ? DIRECTION : 0);

	if (bit == CLASS)
		return 16 * CLASS + tclass;
	if (bit == PORT)
		return port_kind(proto);
	if (bit < TABLES)
		return 16 * bit;
	if (bit >= 15)
		return bit < 18 ? WEIR_SERIES_STATE + bit - 15 : WEIR_SERIES_NONE;
	bit -= TABLES;
	if (bit == 6)
		return PROTOCOL;
	c = group_class[bit];
	if (bit == 2 && WEIR_EVENT_GET(word, L3_VALID))
		c = WEIR_EVENT_GET(word, FAMILY) ? 6 : 5;
	if (bit == 5)
		c = transport(proto, tclass);
	return bank + c;
}
