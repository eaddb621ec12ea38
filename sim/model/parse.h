// SPDX-License-Identifier: Apache-2.0
/** Parser of the model (docs/datapath.md 2): from the bytes of a frame to the fields of section 3.
 *
 * weir_parse() is the entry; the rest is what its files share. Each file is a chapter of the text:
 * parse_l2.c 2.1 and 2.2, parse_ip4.c 2.3 and 2.6, parse_ip6.c 2.4, parse_ext.c 2.5, parse_l4.c
 * 2.7, parse_tcp.c the TCP part of it, parse_quote.c the quotes of 2.8. */
#ifndef WEIR_PARSE_H
#define WEIR_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/common/lists.h"
#include "record.h"

enum weir_ethertype {
	WEIR_ETHERTYPE_ip4 = 0x0800, WEIR_ETHERTYPE_arp = 0x0806, WEIR_ETHERTYPE_ip6 = 0x86dd,
};

enum weir_proto {
	WEIR_PROTO_hop = 0, WEIR_PROTO_icmp = 1, WEIR_PROTO_tcp = 6, WEIR_PROTO_udp = 17,
	WEIR_PROTO_routing = 43, WEIR_PROTO_fragment = 44, WEIR_PROTO_ah = 51, WEIR_PROTO_icmp6 = 58,
	WEIR_PROTO_dest = 60,
};

/** State of the parsing of one frame. A stop is a return to the caller; what was found stays in
 * the record. */
struct weir_parse {
	const uint8_t *b;      /**< the frame, borrowed; `known` bytes may be read */
	uint32_t known;        /**< K */
	uint32_t len;          /**< F */
	uint32_t l3;           /**< o: first byte of layer 3 */
	uint32_t end;          /**< E, from the IP header on X */
	uint32_t declared;     /**< D: end of an IPv6 packet as declared */
	uint32_t at;           /**< p: first byte of the header to come */
	uint8_t upper;         /**< u */
	uint8_t hop_limit;     /**< IPv6 */
	bool snap;             /**< the EtherType was behind an LLC and SNAP header */
	bool headers;          /**< IPv4 options or extension headers (AH too) stand before layer 4 */
	bool clipped;          /**< the packet was declared longer than the frame */
	bool no_l4_sum;        /**< the pseudo-header cannot be known */
	bool overrun;          /**< a byte beyond the known ones was asked for: our own bug */
	struct weir_record *r;
};

/** Parse one frame.
 * @param frame  min(known, len) bytes, borrowed for the call
 * @param r      stamp, number, dir and what is decided are left alone; dir must be set. The fields
 *               of section 3 are set but tclass. */
void weir_parse(const uint8_t *frame, uint32_t len, uint32_t known, struct weir_record *r);

/** Number of leading VLAN tags, at most 2 (docs/datapath.md 1 and 2.1). */
unsigned weir_parse_tags(const uint8_t *frame, uint32_t known);

/* Layer 3, from p->l3 on. */
void weir_parse_ip4(struct weir_parse *p);
void weir_parse_ip6(struct weir_parse *p);

/** Walk the extension headers. @return true when the upper protocol is reached at p->at; false
 * after a stop. */
bool weir_parse_ext(struct weir_parse *p, bool ip6);

/** Walk options in bytes from..end of a header; all must be known. What is looked for by the way:
 * source routes in IPv4, window scale in TCP. */
void weir_parse_options(struct weir_parse *p, uint32_t from, uint32_t end, enum weir_anomaly bad);

void weir_parse_l4(struct weir_parse *p);
void weir_parse_tcp(struct weir_parse *p);

/** The TCP segment that the ICMP error at p->at quotes, if it does (2.8). */
void weir_parse_quote(struct weir_parse *p);

/** The transport sum over n bytes at p->at, if it can be made (2.7): class `checked` when it is
 * right, `wrong` when not. */
void weir_parse_l4_sum(struct weir_parse *p, uint32_t n, bool pseudo_header, enum weir_anomaly wrong);

static inline void weir_parse_anomaly(struct weir_parse *p, enum weir_anomaly code)
{
	p->r->anomalies[code / 64] |= UINT64_C(1) << (code % 64);
}

static inline void weir_parse_class(struct weir_parse *p, enum weir_class c)
{
	p->r->classes |= UINT32_C(1) << c;
}

/** Whether the bytes up to `end` are known; sets class `cut` when not. */
static inline bool weir_parse_known(struct weir_parse *p, uint32_t end)
{
	if (end <= p->known)
		return true;
	weir_parse_class(p, WEIR_CLASS_cut);
	return false;
}

/* The bounds-checked cursor: beyond the known bytes it reads 0 and remembers the mistake. */
static inline uint8_t weir_parse_8(struct weir_parse *p, uint32_t at)
{
	if (at < p->known)
		return p->b[at];
	p->overrun = true;
	return 0;
}

static inline uint32_t weir_parse_16(struct weir_parse *p, uint32_t at)
{
	return (uint32_t)weir_parse_8(p, at) << 8 | weir_parse_8(p, at + 1);
}

static inline uint32_t weir_parse_32(struct weir_parse *p, uint32_t at)
{
	return weir_parse_16(p, at) << 16 | weir_parse_16(p, at + 2);
}

/** n bytes at `at`, or n zeros. n at most 60. */
const uint8_t *weir_parse_bytes(struct weir_parse *p, uint32_t at, uint32_t n);

#endif
