// SPDX-License-Identifier: Apache-2.0
/* What an ICMP error quotes (docs/datapath.md 2.8). */
#include <string.h>

#include "parse.h"

#define ICMP_LEN 8u
#define IP4_LEN 20u
#define IP6_LEN 40u
#define PORTS_AND_SEQ 8u

static bool is_error(const struct weir_record *r)
{
	unsigned type = r->dport >> 8;

	if (r->family)
		return type >= 1 && type <= 4; /* RFC 4443 3 */
	return type == 3 || type == 4 || type == 11 || type == 12; /* RFC 1122 3.2.2 */
}

/** Whether the header at q is of a TCP segment that the protected address has sent. */
static bool is_ours(struct weir_parse *p, uint32_t q)
{
	const struct weir_record *r = p->r;

	if (r->family)
		return weir_parse_8(p, q) >> 4 == 6 && weir_parse_8(p, q + 6) == WEIR_PROTO_tcp &&
		       !memcmp(weir_parse_bytes(p, q + 8, 16), r->protect, 16);
	return weir_parse_8(p, q) == 0x45 && weir_parse_8(p, q + 9) == WEIR_PROTO_tcp &&
	       !(weir_parse_16(p, q + 6) & 0x1fff) &&
	       !memcmp(weir_parse_bytes(p, q + 12, 4), r->protect + 12, 4);
}

void weir_parse_quote(struct weir_parse *p)
{
	struct weir_record *r = p->r;
	uint32_t q = p->at + ICMP_LEN, tcp = q + (r->family ? IP6_LEN : IP4_LEN);

	if (r->dir || r->is_frag || !is_error(r) || tcp + PORTS_AND_SEQ > p->end ||
	    tcp + PORTS_AND_SEQ > p->known || !is_ours(p, q))
		return;
	r->quote = 1;
	if (r->family)
		memcpy(r->quote_remote, weir_parse_bytes(p, q + 24, 16), 16);
	else
		memcpy(r->quote_remote + 12, weir_parse_bytes(p, q + 16, 4), 4);
	r->quote_pport = (uint16_t)weir_parse_16(p, tcp);
	r->quote_rport = (uint16_t)weir_parse_16(p, tcp + 2);
	r->tcp_seq = weir_parse_32(p, tcp + 4);
}
