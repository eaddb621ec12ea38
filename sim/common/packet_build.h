// SPDX-License-Identifier: Apache-2.0
/** Build Ethernet frames layer by layer, with right lengths and checksums.
 *
 * For generators, fuzzers and tests. The caller gives a buffer and appends layers from the outside
 * in; each layer writes its number into the type field of the one before; weir_pkt_end() fills in
 * lengths and checksums and pads to 60 bytes:
 *
 *     uint8_t buf[2048];
 *     struct weir_pkt p;
 *
 *     weir_pkt_init(&p, buf, sizeof(buf));
 *     weir_pkt_eth(&p, dst_mac, src_mac);
 *     weir_pkt_vlan(&p, 0x8100, 100);
 *     weir_pkt_ip(&p, &(struct weir_ip_spec){ .src = a, .dst = b, .ttl = 64 });
 *     weir_pkt_udp(&p, 40000, 53);
 *     weir_pkt_bytes(&p, query, query_len);
 *     if (weir_pkt_end(&p))
 *             … did not fit …
 *     … p.buf, p.len is the frame, without FCS …
 *
 * A malformed frame is built right, ended, then patched with weir_pkt_set8/16/32(); where the
 * violation must not bring a wrong checksum as well, weir_pkt_fix_ip4() and weir_pkt_fix_l4()
 * compute them anew over the patched bytes.
 *
 * The first append that does not fit sets a sticky failure, later ones do nothing, and
 * weir_pkt_end() reports it: no call in between needs a check. Nothing here allocates. Buffers are
 * borrowed for as long as the struct is used. One thread per struct. */
#ifndef WEIR_PACKET_BUILD_H
#define WEIR_PACKET_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/common/addr.h"

#define WEIR_PKT_MIN 60   /**< least frame without FCS; weir_pkt_end() pads to it */

/* TCP flags, byte 13 of the header. */
enum {
	WEIR_TCP_FIN = 0x01, WEIR_TCP_SYN = 0x02, WEIR_TCP_RST = 0x04, WEIR_TCP_PSH = 0x08,
	WEIR_TCP_ACK = 0x10, WEIR_TCP_URG = 0x20, WEIR_TCP_ECE = 0x40, WEIR_TCP_CWR = 0x80,
};

struct weir_pkt {
	uint8_t *buf;
	size_t cap;
	size_t len;        /**< bytes so far */
	size_t l3, l4;     /**< offset of the IP or ARP header, of the transport header; 0 = none */
	size_t end;        /**< after weir_pkt_end(): length before padding */
	size_t type_at;    /**< offset of the field that names the next layer; 0 = none */
	uint8_t type_len;  /**< 2: EtherType, 1: IP protocol, 0: nothing to fill in */
	uint8_t l3_family; /**< 4 or 6; 0 = not IP */
	uint8_t l4_proto;  /**< IP protocol at l4, valid when l4 is not 0 */
	size_t llc_at;     /**< offset of an 802.3 length field; 0 = Ethernet II */
	bool failed;       /**< something did not fit; sticky */
};

struct weir_ip_spec {
	struct weir_addr src, dst;  /**< both of the same family, which chooses IPv4 or IPv6 */
	uint8_t ttl;                /**< or hop limit */
	uint8_t tos;                /**< or traffic class */
	bool df;                    /**< IPv4 only */
	uint16_t id;                /**< IPv4 only */
	uint32_t flow_label;        /**< IPv6 only, 20 bits */
	const uint8_t *opt;         /**< IPv4 options, borrowed for the call; NULL = none */
	uint8_t opt_len;            /**< at most 40; padded with zeros to a multiple of 4 */
};

struct weir_tcp_spec {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags;              /**< WEIR_TCP_* */
	uint16_t window;            /**< as on the wire: already scaled down */
	uint16_t urgent;
	const uint8_t *opt;         /**< options, borrowed for the call; NULL = none */
	uint8_t opt_len;            /**< at most 40; padded with zeros to a multiple of 4 */
};

/** Start an empty frame in buf[0..cap). */
void weir_pkt_init(struct weir_pkt *p, uint8_t *buf, size_t cap);

/** Ethernet header; the EtherType comes from the next layer. */
void weir_pkt_eth(struct weir_pkt *p, const uint8_t dst[6], const uint8_t src[6]);

/** One tag: tpid 0x8100 or 0x88a8, tci = priority and VLAN number. Outer tag first. */
void weir_pkt_vlan(struct weir_pkt *p, uint16_t tpid, uint16_t tci);

/** Set the EtherType by number (what follows is opaque). */
void weir_pkt_ethertype(struct weir_pkt *p, uint16_t type);

/** 802.3 with LLC: a length instead of an EtherType, then DSAP, SSAP, control. With
 * 0xaa, 0xaa, 3 follow with weir_pkt_snap(). */
void weir_pkt_llc(struct weir_pkt *p, uint8_t dsap, uint8_t ssap, uint8_t control);

/** SNAP header with organisation 0; its EtherType comes from the next layer. */
void weir_pkt_snap(struct weir_pkt *p);

/** ARP for IPv4 over Ethernet. op 1 asks, 2 answers. */
void weir_pkt_arp(struct weir_pkt *p, uint16_t op, const uint8_t sha[6],
		  const struct weir_addr *spa, const uint8_t tha[6], const struct weir_addr *tpa);

/** IPv4 or IPv6 header by the family of the addresses. */
void weir_pkt_ip(struct weir_pkt *p, const struct weir_ip_spec *s);

/** IPv6 extension header: number (0 hop-by-hop, 43 routing, 60 destination), body without the two
 * bytes "next header, length", body_len + 2 a multiple of 8. body NULL: one PadN option of that
 * size. A routing header with segments left changes the destination the checksum is computed
 * with; patch it yourself. */
void weir_pkt_ip6_ext(struct weir_pkt *p, uint8_t number, const uint8_t *body, size_t body_len);

/** Authentication header (51) behind IPv4 or IPv6, with icv_len bytes of zeros as check value, a
 * multiple of 4, at most 64. */
void weir_pkt_ah(struct weir_pkt *p, uint32_t spi, uint32_t number, size_t icv_len);

/** IPv6 fragment header: offset in bytes, a multiple of 8. The transport checksum is then left
 * alone by weir_pkt_end() unless offset is 0 and more is false. */
void weir_pkt_ip6_frag(struct weir_pkt *p, uint16_t offset, bool more, uint32_t id);

/** Any other IP protocol; what follows is opaque. */
void weir_pkt_proto(struct weir_pkt *p, uint8_t proto);

void weir_pkt_tcp(struct weir_pkt *p, const struct weir_tcp_spec *s);
void weir_pkt_udp(struct weir_pkt *p, uint16_t sport, uint16_t dport);

/** ICMP, or ICMPv6 behind IPv6. rest = the four bytes after the checksum (identifier << 16 |
 * sequence number for echo). */
void weir_pkt_icmp(struct weir_pkt *p, uint8_t type, uint8_t code, uint32_t rest);

/** Append a copy of data. */
void weir_pkt_bytes(struct weir_pkt *p, const void *data, size_t len);

/** Append len bytes for the caller to fill in; NULL when they do not fit (sticky failure). */
uint8_t *weir_pkt_room(struct weir_pkt *p, size_t len);

/** Fill in lengths and checksums, pad with zeros to WEIR_PKT_MIN.
 * @retval 0 done; -ENOSPC something did not fit: the frame must not be used. */
int weir_pkt_end(struct weir_pkt *p);

/** Compute anew, over the bytes as they are now, the IPv4 header checksum (as long as the header
 * length field says, cut at the end of the frame). */
void weir_pkt_fix_ip4(struct weir_pkt *p);

/** Compute anew the TCP, UDP, ICMP or ICMPv6 checksum from l4 to the end of the packet before
 * padding, with the addresses as they are now. A UDP sum of 0 is written as 0xffff. */
void weir_pkt_fix_l4(struct weir_pkt *p);

/** Cut one fragment out of an ended IPv4 or IPv6 packet without extension headers.
 * @param whole  the whole packet; may be longer than the wire carries (up to 65,535 bytes of IP)
 * @param first  first byte, counted from the end of the IP header; a multiple of 8
 * @param len    bytes; a multiple of 8 unless it is the last fragment
 * @param id     fragment identification (16 bits in IPv4)
 * @param out    initialised with weir_pkt_init(); must not share its buffer with whole
 * The more-fragments flag is set unless first + len reaches the end. IPv4 options are copied into
 * every fragment.
 * @retval 0        out is an ended frame
 * @retval -EINVAL  not IP, or the range lies outside the packet
 * @retval -ENOSPC  out's buffer is too small */
int weir_pkt_fragment(const struct weir_pkt *whole, size_t first, size_t len, uint32_t id,
		      struct weir_pkt *out);

/** Read and write fields at an offset, network byte order; out of range: reads give 0, writes do
 * nothing. */
uint16_t weir_pkt_get16(const struct weir_pkt *p, size_t at);
void weir_pkt_set8(struct weir_pkt *p, size_t at, uint8_t v);
void weir_pkt_set16(struct weir_pkt *p, size_t at, uint16_t v);
void weir_pkt_set32(struct weir_pkt *p, size_t at, uint32_t v);

/** Internet checksum (RFC 1071) of len bytes, as a number ready to be stored big-endian. */
uint16_t weir_csum(const void *data, size_t len);

#endif
