// SPDX-License-Identifier: Apache-2.0
/* ts_*: counted by tshark; raw_*: by a counter of bytes (the corpus' README). Where a definition of theirs is a sum of
 * ours, the sum stands here; what differs for other reasons is in corpus/differences.tsv. */
#include "corpus_columns.h"

#include <string.h>

#include "host/common/lists.h"

static bool frame(const struct weir_record *r)
{
	(void)r;
	return true;
}

#define CLASS(name) \
	static bool name(const struct weir_record *r) \
	{ \
		return weir_record_has_class(r, WEIR_CLASS_##name); \
	}
CLASS(ipv4)
CLASS(ipv6)
CLASS(arp)
CLASS(vlan)
CLASS(tcp)
CLASS(udp)
CLASS(icmp)
CLASS(frag)
CLASS(syn)
CLASS(synack)
CLASS(rst)
CLASS(fin)
CLASS(get)
CLASS(post)
CLASS(ip_options)

#define ANOMALY(name) \
	static bool name(const struct weir_record *r) \
	{ \
		return weir_record_has_anomaly(r, WEIR_ANOMALY_##name); \
	}
ANOMALY(ip4_checksum)
ANOMALY(tcp_checksum)
ANOMALY(udp_checksum)
ANOMALY(ip_land)

static bool tcp_checksum4(const struct weir_record *r)
{
	return ipv4(r) && tcp_checksum(r);
}

static bool udp_checksum4(const struct weir_record *r)
{
	return ipv4(r) && udp_checksum(r);
}

static bool frag4(const struct weir_record *r)
{
	return ipv4(r) && frag(r);
}

static bool frag6(const struct weir_record *r)
{
	return ipv6(r) && frag(r);
}

/* Any IPv4 source in 0/8 or 127/8: the anomaly excepts 0.0.0.0 as DHCP uses it. */
static bool src_martian(const struct weir_record *r)
{
	const uint8_t *source = r->dir ? r->protect : r->remote;

	return r->l3_valid && ipv4(r) && (source[12] == 0 || source[12] == 127);
}

static bool src_multicast(const struct weir_record *r)
{
	return weir_record_has_anomaly(r, WEIR_ANOMALY_ip4_src_multicast) ||
	       weir_record_has_anomaly(r, WEIR_ANOMALY_ip4_src_reserved) ||
	       weir_record_has_anomaly(r, WEIR_ANOMALY_ip6_src_multicast);
}

static bool ttl_zero(const struct weir_record *r)
{
	return weir_record_has_anomaly(r, WEIR_ANOMALY_ip4_ttl_zero) ||
	       weir_record_has_anomaly(r, WEIR_ANOMALY_ip6_hop_zero);
}

/* Handshakes: one frame each completes one. */
static bool established(const struct weir_record *r)
{
	return r->event == WEIR_EVENT_established;
}

const struct corpus_column corpus_columns[CORPUS_COLUMNS] = {
	{ "ts_pkts", frame },
	{ "ts_ipv4", ipv4 },
	{ "ts_ipv6", ipv6 },
	{ "ts_tcp", tcp },
	{ "ts_udp", udp },
	{ "ts_icmp", icmp },
	{ "ts_arp", arp },
	{ "ts_vlan", vlan },
	{ "ts_frag", frag },
	{ "ts_syn", syn },
	{ "ts_synack", synack },
	{ "ts_rst", rst },
	{ "ts_get", get },
	{ "ts_post", post },
	{ "ts_bad_ip", ip4_checksum },
	{ "ts_bad_tcp", tcp_checksum },
	{ "ts_bad_udp", udp_checksum },
	{ "ts_hs3", established },
	{ "raw_frames", frame },
	{ "raw_ipv4", ipv4 },
	{ "raw_ipv6", ipv6 },
	{ "raw_arp", arp },
	{ "raw_syn", syn },
	{ "raw_synack", synack },
	{ "raw_rst", rst },
	{ "raw_fin", fin },
	{ "raw_hs", established },
	{ "raw_ip_badcksum", ip4_checksum },
	{ "raw_tcp_badcksum", tcp_checksum4 },
	{ "raw_udp_badcksum", udp_checksum4 },
	{ "raw_frag4", frag4 },
	{ "raw_frag6", frag6 },
	{ "raw_ip_opts", ip_options },
	{ "raw_land", ip_land },
	{ "raw_src_martian", src_martian },
	{ "raw_src_mcast", src_multicast },
	{ "raw_ttl0", ttl_zero },
};

int corpus_column_find(const char *name)
{
	for (int i = 0; i < CORPUS_COLUMNS; i++)
		if (!strcmp(corpus_columns[i].name, name))
			return i;
	return -1;
}
