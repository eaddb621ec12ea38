// SPDX-License-Identifier: Apache-2.0
/* Parser: IPv4, IPv6, TCP, UDP, ICMP (docs/datapath.md 2.3, 2.4, 2.6, 2.7). */
#include <string.h>

#include "model_parse.h"
#include "model_test.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct parse_row ip4[] = {
	{ T4, "3+0=65", "ipv4", "ip4_version" },
	{ T4, "3+0=44", "ipv4", "ip4_ihl" },
	{ T4, "3+0=4e", "ipv4", "ip4_truncated" },
	/* A header of 24 bytes up to the last byte of an 802.3 frame, and one byte more. */
	{ ETH, "@12=0020aaaa030000000800_4600001800000000403b0000", "ipv4 ip_options other_l4",
	  "ip4_checksum ip4_src_zero ip4_dst_zero ip_land" },
	{ ETH, "@12=001faaaa030000000800_4600001800000000403b0000", "ipv4",
	  "ip4_truncated ip4_src_zero ip4_dst_zero ip_land" },
	/* Addresses, TTL and flags are looked at after a bad length too; no fragment length is. */
	{ T4, "3+0=44 3+8=00 3+6=e000 3+12=7f000001", "ipv4 frag",
	  "ip4_ihl ip4_flag_reserved ip4_frag_df ip4_ttl_zero ip4_src_loopback" },
	{ T4, "3+2=0013 3+6=2001", "ipv4 frag", "ip4_total_short" },
	{ T4, "3+2=0000", "ipv4", "ip4_total_short" },
	{ T4, "3+2=0014 fix3", "ipv4 tcp", "tcp_truncated" },
	{ T4, "3+2=0035 fix3", "ipv4 tcp", "ip4_total_long" },
	{ T4, "3+2=0035", "ipv4 tcp", "ip4_total_long ip4_checksum" },
	{ T4, "3+2=0033 fix3", "ipv4 tcp", "tcp_checksum" },
	{ T4, "len=100", "ipv4 tcp checked", "" },
	{ T4, "3+10=0000", "ipv4 tcp checked", "ip4_checksum" },
	{ T4, "3+12=e0000001 fix3 fix4", "ipv4 tcp checked", "ip4_src_multicast" },
	{ T4, "3+12=efffffff fix3 fix4", "ipv4 tcp checked", "ip4_src_multicast" },
	{ T4, "3+12=dfffffff fix3 fix4", "ipv4 tcp checked", "" },
	{ T4, "3+12=f0000000 fix3 fix4", "ipv4 tcp checked", "ip4_src_reserved" },
	{ T4, "3+12=ffffffff fix3 fix4", "ipv4 tcp checked", "ip4_src_reserved" },
	{ T4, "3+12=7f000000 fix3 fix4", "ipv4 tcp checked", "ip4_src_loopback" },
	{ T4, "3+12=00000000 fix3 fix4", "ipv4 tcp checked", "ip4_src_zero" },
	{ T4, "3+12=00ffffff fix3 fix4", "ipv4 tcp checked", "ip4_src_zero" },
	{ U4, "3+12=00000000ffffffff fix3 fix4", "ipv4 udp checked", "" },
	{ U4, "3+12=00000000e00000fb fix3 fix4", "ipv4 udp checked", "" },
	{ U4, "3+12=00000001ffffffff fix3 fix4", "ipv4 udp checked", "ip4_src_zero" },
	{ U4, "3+12=00000000f0000000 fix3 fix4", "ipv4 udp checked", "ip4_src_zero ip4_dst_reserved" },
	{ U4, "3+16=7fffffff fix3 fix4", "ipv4 udp checked", "ip4_dst_loopback" },
	{ U4, "3+16=00000000 fix3 fix4", "ipv4 udp checked", "ip4_dst_zero" },
	{ U4, "3+16=f0000000 fix3 fix4", "ipv4 udp checked", "ip4_dst_reserved" },
	{ U4, "3+16=fffffffe fix3 fix4", "ipv4 udp checked", "ip4_dst_reserved" },
	{ U4, "3+16=ffffffff fix3 fix4", "ipv4 udp checked", "" },
	{ U4, "3+16=e0000001 fix3 fix4", "ipv4 udp checked", "" },
	{ U4, "3+16=c6336407 fix3 fix4", "ipv4 udp checked", "ip_land" },
	{ U4, "3+8=00 fix3", "ipv4 udp checked", "ip4_ttl_zero" },
	{ U4, "3+6=8000 fix3", "ipv4 udp checked", "ip4_flag_reserved" },
	{ U4, "3+6=4000 fix3", "ipv4 udp checked", "" },
	{ R4, "n=3a p=0000000000000000", "ipv4 other_l4", "" },
	{ R4, "n=02 p=00", "ipv4 other_l4", "" },
	{ R4, "n=04", "ipv4 other_l4", "" },
};

static const struct parse_row ip4_fragments[] = {
	{ U4, "3+6=2000 fix3", "ipv4 frag udp", "" },
	{ U4, "3+6=2000 fix3 4+6=1234", "ipv4 frag udp", "" },
	{ U4, "3+6=2001 fix3", "ipv4 frag", "" },
	{ U4, "3+6=0001 fix3", "ipv4 frag", "" },
	{ U4, "3+6=6000 fix3", "ipv4 frag udp", "ip4_frag_df" },
	{ U4, "3+6=4001 fix3", "ipv4 frag", "ip4_frag_df" },
	{ U4, "3+6=a000 fix3", "ipv4 frag udp", "ip4_flag_reserved" },
	{ U4, "3+6=2000 3+2=0033 fix3", "ipv4 frag udp", "frag_mod8" },
	{ U4, "3+6=0001 3+2=0033 fix3", "ipv4 frag", "" },
	{ U4, "3+6=2000 3+2=0014 fix3", "ipv4 frag udp", "frag_empty frag_tiny" },
	{ U4, "3+6=0005 3+2=0014 fix3", "ipv4 frag", "frag_empty" },
	/* 20 + 8 * 8185 + 32 = 65,532. */
	{ U4, "3+6=1ff9 fix3", "ipv4 frag", "" },
	{ U4, "3+6=1ffa fix3", "ipv4 frag", "frag_end" },
	{ U4, "3+6=1ffa 3+2=002f fix3", "ipv4 frag", "" },
	{ U4, "3+6=1ffa 3+2=0030 fix3", "ipv4 frag", "frag_end" },
	/* The declared length counts. */
	{ U4, "3+6=2000 3+2=0035 fix3", "ipv4 frag udp", "ip4_total_long frag_mod8" },
	{ T4, "3+6=0001 fix3", "ipv4 frag", "frag_tiny" },
	{ T4, "3+6=0002 fix3", "ipv4 frag", "" },
	{ T4, "3+6=2000 fix3", "ipv4 frag tcp", "" },
	{ T4, "3+6=2000 3+2=0024 fix3", "ipv4 frag tcp", "frag_tiny" },
	{ T4, "3+6=2000 4+12=f0 fix3", "ipv4 frag tcp", "frag_tiny" },
	{ T4, "3+6=2000 4+12=40 fix3", "ipv4 frag tcp", "tcp_data_offset" },
	{ T4, "3+6=2000 4+12=5012 4+20=47455420 fix3", "ipv4 frag synack tcp get", "tcp_syn_data" },
	{ I4, "3+6=2000 fix3", "ipv4 frag icmp", "icmp_fragment" },
	{ I4, "3+6=0001 fix3", "ipv4 frag", "icmp_fragment" },
	{ I4, "3+6=2000 3+2=0014 fix3", "ipv4 frag icmp", "frag_empty icmp_fragment frag_tiny" },
	{ U4, "3+6=2000 4+4=0007 fix3", "ipv4 frag udp", "udp_length" },
	{ U4, "3+6=2000 4+4=1000 fix3", "ipv4 frag udp", "" },
};

static const struct parse_row ip4_options[] = {
	{ R4, "o=01010100", "ipv4 ip_options other_l4", "" },
	{ R4, "o=07040400", "ipv4 ip_options other_l4", "" },
	{ R4, "o=07030401", "ipv4 ip_options other_l4", "" },
	{ R4, "o=07010000", "ipv4 ip_options other_l4", "ip4_opt_len" },
	{ R4, "o=07000000", "ipv4 ip_options other_l4", "ip4_opt_len" },
	{ R4, "o=07050000", "ipv4 ip_options other_l4", "ip4_opt_len" },
	{ R4, "o=0708000000000000", "ipv4 ip_options other_l4", "" },
	{ R4, "o=01010107", "ipv4 ip_options other_l4", "ip4_opt_len" },
	{ R4, "o=01010702", "ipv4 ip_options other_l4", "" },
	{ R4, "o=83040400", "ipv4 ip_options other_l4", "ip4_opt_source_route" },
	{ R4, "o=89040400", "ipv4 ip_options other_l4", "ip4_opt_source_route" },
	{ R4, "o=01018903", "ipv4 ip_options other_l4", "ip4_opt_len ip4_opt_source_route" },
	{ R4, "o=01010183", "ipv4 ip_options other_l4", "ip4_opt_len ip4_opt_source_route" },
	{ R4, "o=00830400", "ipv4 ip_options other_l4", "" },
	{ R4, "o=0704830089030401", "ipv4 ip_options other_l4", "ip4_opt_source_route" },
	{ R4, "o=07048300", "ipv4 ip_options other_l4", "" },
	{ R4, "o=0704000003000000", "ipv4 ip_options other_l4", "ip4_opt_len" },
};

static const struct parse_row ip6[] = {
	{ T6, "", "ipv6 tcp checked", "" },
	{ T6, "3+0=40", "ipv6", "ip6_version" },
	{ R6, "n=3b tag=81000001 tag=81000001 len=60", "ipv6 vlan", "ip6_truncated" },
	{ R6, "n=3b tag=81000001 tag=81000001 len=62", "ipv6 other_l4 vlan", "" },
	{ T6, "3+4=0021", "ipv6 tcp", "ip6_payload_long" },
	{ T6, "3+4=ffff", "ipv6 tcp", "ip6_payload_long" },
	{ T6, "3+4=001f", "ipv6 tcp", "tcp_checksum" },
	{ T6, "3+4=0000", "ipv6 tcp", "tcp_truncated" },
	{ T6, "3+4=0000 3+6=00", "ipv6", "ip6_jumbo" },
	{ T6, "len=90", "ipv6 tcp checked", "" },
	{ T6, "3+7=00", "ipv6 tcp checked", "ip6_hop_zero" },
	{ T6, "3+8=ff02 fix4", "ipv6 tcp checked", "ip6_src_multicast" },
	{ T6, "3+8=fe80 fix4", "ipv6 tcp checked", "" },
	{ T6, "3+8=00000000000000000000000000000001 fix4", "ipv6 tcp checked", "ip6_src_loopback" },
	{ T6, "3+24=00000000000000000000000000000001 fix4", "ipv6 tcp checked", "ip6_dst_loopback" },
	{ T6, "3+24=00000000000000000000000000000000 fix4", "ipv6 tcp checked", "ip6_dst_unspecified" },
	{ T6, "3+8=00000000000000000000000000000000 fix4", "ipv6 tcp checked", "ip6_src_unspecified" },
	{ T6, "3+8=00000000000000000000ffffc0000201 fix4", "ipv6 tcp checked", "ip6_v4mapped" },
	{ T6, "3+24=00000000000000000000ffffc0000201 fix4", "ipv6 tcp checked", "ip6_v4mapped" },
	{ T6, "3+8=00000000000000000000fffec0000201 fix4", "ipv6 tcp checked", "" },
	{ T6, "3+24=20010db8000100000000000000000007 fix4", "ipv6 tcp checked", "ip_land" },
	{ T6, "3+24=ff02 fix4", "ipv6 tcp checked", "tcp_dst_multicast" },
	{ I6, "3+8=00000000000000000000000000000000 fix4", "ipv6 icmp checked", "" },
	{ I6, "3+8=00000000000000000000000000000000 3+24=00000000000000000000000000000000 fix4",
	  "ipv6 icmp checked", "ip6_dst_unspecified ip_land" },
	{ R6, "n=01 p=0000000000000000", "ipv6 other_l4", "" },
	/* What makes the pseudo-header unknown: segments left, room for a home address, a fragment. UDP sum 1234. */
	{ R6, "n=2b p=1100020000000000_9c401e6100081234", "ipv6 udp", "udp_checksum" },
	{ R6, "n=2b p=1100020100000000_9c401e6100081234", "ipv6 udp", "" },
	{ R6, "n=3c p=1101000000000000_0000000000000000_9c401e6100081234", "ipv6 udp", "udp_checksum" },
	{ R6, "n=3c p=1102000000000000_00000000000000000000000000000000_9c401e6100081234", "ipv6 udp", "" },
	{ R6, "n=00 p=1102000000000000_00000000000000000000000000000000_9c401e6100081234", "ipv6 udp", "udp_checksum" },
	{ R6, "n=2c p=1100000000000000_9c401e6100081234", "ipv6 frag udp", "udp_checksum" },
	{ R6, "n=2c p=1100000100000000_9c401e6100081234", "ipv6 frag udp", "" },
	{ R6, "n=2c p=1100000100000000_9c401e6100080000", "ipv6 frag udp", "udp_checksum" },
	{ R6, "n=2c p=1100000000000000", "ipv6 frag udp", "udp_truncated" },
	{ R6, "n=2c p=0600000100000000_0000000000000000", "ipv6 frag tcp", "frag_tiny" },
	{ R6, "n=2c p=3a00000100000000_8000000000000000", "ipv6 frag icmp", "icmp_fragment" },
	{ R6, "n=33 p=1101000000000000_00000000_9c401e6100081234", "ipv6 udp", "udp_checksum" },
};

static const struct parse_row tcp[] = {
	{ T4, "", "ipv4 tcp checked", "" },
	{ T4, "4+13=00 fix4", "ipv4 tcp checked", "tcp_flags_null" },
	{ T4, "4+13=c0 fix4", "ipv4 tcp checked", "tcp_flags_null" },
	{ T4, "4+13=02 fix4", "ipv4 syn tcp checked", "tcp_syn_data" },
	{ T4, "4+13=12 fix4", "ipv4 synack tcp checked", "tcp_syn_data" },
	{ T4, "4+13=02 3+2=0028 fix3 4+16=0000", "ipv4 syn tcp", "tcp_checksum" },
	{ T4, "4+13=03 fix4", "ipv4 syn fin tcp checked", "tcp_flags_syn_fin tcp_syn_data" },
	{ T4, "4+13=06 fix4", "ipv4 syn rst tcp checked", "tcp_flags_syn_rst tcp_syn_data" },
	{ T4, "4+13=05 fix4", "ipv4 rst fin tcp checked", "tcp_flags_fin_rst" },
	{ T4, "4+13=15 fix4", "ipv4 rst fin tcp checked", "tcp_flags_fin_rst" },
	{ T4, "4+13=04 fix4", "ipv4 rst tcp checked", "" },
	{ T4, "4+13=14 fix4", "ipv4 rst tcp checked", "" },
	{ T4, "4+13=01 fix4", "ipv4 fin tcp checked", "tcp_flags_no_ack" },
	{ T4, "4+13=08 fix4", "ipv4 tcp checked", "tcp_flags_no_ack" },
	{ T4, "4+13=20 fix4", "ipv4 tcp checked", "tcp_flags_no_ack" },
	{ T4, "4+13=29 fix4", "ipv4 fin tcp checked", "tcp_flags_no_ack" },
	{ T4, "4+13=11 fix4", "ipv4 fin tcp checked", "" },
	{ T4, "4+13=3f fix4", "ipv4 synack rst fin tcp checked",
	  "tcp_flags_syn_fin tcp_flags_syn_rst tcp_flags_fin_rst tcp_syn_data" },
	{ T4, "4+0=0000 fix4", "ipv4 tcp checked", "tcp_port_zero" },
	{ T4, "4+2=0000 fix4", "ipv4 tcp checked", "tcp_port_zero" },
	{ T4, "3+16=ffffffff fix3 fix4", "ipv4 tcp checked", "tcp_dst_multicast" },
	{ T4, "3+16=e0000005 fix3 fix4", "ipv4 tcp checked", "tcp_dst_multicast" },
	{ T4, "@0=ffffffffffff", "broadcast ipv4 tcp checked", "" },
	{ T4, "@0=01005e000001", "multicast ipv4 tcp checked", "" },
	{ T4, "3+2=0027 fix3", "ipv4 tcp", "tcp_truncated" },
	{ T4, "3+2=0028 fix3", "ipv4 tcp", "tcp_checksum" },
	{ T4, "4+12=40 fix4", "ipv4 tcp checked", "tcp_data_offset" },
	{ T4, "4+12=00 fix4", "ipv4 tcp checked", "tcp_data_offset" },
	{ T4, "4+12=4002 fix4", "ipv4 syn tcp checked", "tcp_data_offset" },
	{ T4, "4+12=90 fix4", "ipv4 tcp checked", "tcp_data_offset" },
	{ T4, "4+12=9002 fix4", "ipv4 syn tcp checked", "tcp_data_offset" },
	{ T4, "4+12=80 fix4", "ipv4 tcp checked", "tcp_opt_len" },
	{ T4, "4+12=80 4+20=020405b40402010303070000 fix4", "ipv4 tcp checked", "" },
	{ T4, "4+12=80 4+20=0101010101010101010101fe fix4", "ipv4 tcp checked", "tcp_opt_len" },
	{ T4, "4+12=80 4+20=010101010101010101010102 fix4", "ipv4 tcp checked", "tcp_opt_len" },
	{ T4, "4+12=80 4+20=0201 fix4", "ipv4 tcp checked", "tcp_opt_len" },
	{ T4, "4+12=80 4+20=05120000 fix4", "ipv4 tcp checked", "tcp_opt_len" },
	{ T4, "4+12=80 4+20=050c0000 fix4", "ipv4 tcp checked", "" },
	{ T4, "4+12=60 4+20=0005ffff fix4", "ipv4 tcp checked", "" },
	/* Source route numbers mean nothing here. */
	{ T4, "4+12=60 4+20=83040000 fix4", "ipv4 tcp checked", "" },
	{ T4, "4+16=0000", "ipv4 tcp", "tcp_checksum" },
	{ T6, "4+16=0000", "ipv6 tcp", "tcp_checksum" },
	{ T4, "4+20=47455420 fix4", "ipv4 tcp get checked", "" },
	{ T4, "4+20=474554202f 4+16=0000", "ipv4 tcp get", "tcp_checksum" },
	{ T4, "4+20=47455421 fix4", "ipv4 tcp checked", "" },
	{ T4, "4+20=67657420 fix4", "ipv4 tcp checked", "" },
	{ T4, "4+20=504f535420 fix4", "ipv4 tcp post checked", "" },
	{ T4, "4+20=4845414420 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=50555420 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=44454c45544520 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=434f4e4e45435420 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=4f5054494f4e5320 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=545241434520 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=504154434820 fix4", "ipv4 tcp http_other checked", "" },
	{ T4, "4+20=5041544348 fix4", "ipv4 tcp checked", "" },
	/* Four bytes of payload are the method; with three, the space is padding. */
	{ T4, "4+20=47455420 3+2=002c fix3", "ipv4 tcp get", "tcp_checksum" },
	{ T4, "4+20=47455420 3+2=002b fix3", "ipv4 tcp", "tcp_checksum" },
	{ T4, "4+12=60 4+20=01010101_47455420 fix4", "ipv4 tcp get checked", "" },
	{ T4, "4+12=40 4+16=47455420 4+20=47455420", "ipv4 tcp", "tcp_data_offset tcp_checksum" },
};

static const struct parse_row udp_icmp[] = {
	{ U4, "", "ipv4 udp checked", "" },
	{ U6, "", "ipv6 udp checked", "" },
	{ U4, "3+2=001b fix3", "ipv4 udp", "udp_truncated" },
	{ U4, "4+2=0000 fix4", "ipv4 udp checked", "udp_port_zero" },
	{ U4, "4+0=0000 fix4", "ipv4 udp checked", "udp_src_port_zero" },
	{ U4, "4+4=0007", "ipv4 udp", "udp_length" },
	{ U4, "4+4=0000", "ipv4 udp", "udp_length" },
	{ U4, "4+4=0021", "ipv4 udp", "udp_length" },
	{ U4, "4+4=001f", "ipv4 udp", "udp_checksum udp_length_slack" },
	{ U4, "3+2=0038 len=70 fix3", "ipv4 udp checked", "udp_length_slack" },
	{ U4, "3+2=0038 4+4=0024 len=66 fix3", "ipv4 udp", "ip4_total_long" },
	{ U4, "4+6=0000", "ipv4 udp", "" },
	{ U4, "4+6=1234", "ipv4 udp", "udp_checksum" },
	{ U6, "4+6=0000", "ipv6 udp", "udp_checksum" },
	{ U6, "4+6=1234", "ipv6 udp", "udp_checksum" },
	{ U6, "4+4=0007", "ipv6 udp", "udp_length" },
	{ U6, "4+4=0007 4+6=0000", "ipv6 udp", "udp_length udp_checksum" },
	{ U6, "4+4=0000", "ipv6 udp", "udp_length" },
	{ U6, "3+4=0021 4+6=0000", "ipv6 udp", "ip6_payload_long udp_checksum" },
	{ I4, "", "ipv4 icmp checked", "" },
	{ I6, "", "ipv6 icmp checked", "" },
	{ I4, "3+2=001b fix3", "ipv4 icmp", "icmp_truncated" },
	{ I4, "4+2=0000", "ipv4 icmp", "icmp_checksum" },
	{ I6, "4+2=0000", "ipv6 icmp", "icmp_checksum" },
	{ I6, "3+4=0003", "ipv6 icmp", "icmp_truncated" },
	{ I6, "3+4=0004", "ipv6 icmp", "icmp_checksum" },
	{ I6, "4+0=85 fix4", "ipv6 icmp checked", "nd_hop_limit" },
	{ I6, "4+0=89 fix4", "ipv6 icmp checked", "nd_hop_limit" },
	{ I6, "4+0=84 fix4", "ipv6 icmp checked", "" },
	{ I6, "4+0=8a fix4", "ipv6 icmp checked", "" },
	{ I6, "4+0=87 3+7=ff fix4", "ipv6 icmp checked", "" },
	{ I6, "4+0=87 3+7=fe fix4", "ipv6 icmp checked", "nd_hop_limit" },
	{ I4, "4+0=87 fix4", "ipv4 icmp checked", "" },
};

#define ROWS(table) \
	START_TEST(test_##table) \
	{ \
		parse_check(&table[_i]); \
	} \
	END_TEST
ROWS(ip4)
ROWS(ip4_fragments)
ROWS(ip4_options)
ROWS(ip6)
ROWS(tcp)
ROWS(udp_icmp)

/* The other fields of section 3. */
START_TEST(test_fields)
{
	static const uint8_t source4[16] = { [12] = 198, 51, 100, 7 }, target4[16] = { [12] = 192, 0, 2, 10 };
	static const uint8_t none[16];
	struct weir_record r = parse_record(T4, "", 0);

	ck_assert_mem_eq(r.remote, source4, 16);
	ck_assert_mem_eq(r.protect, target4, 16);
	ck_assert(r.l3_valid && r.l4_proto_valid && r.l4_valid && !r.is_frag && !r.exempt && !r.family);
	ck_assert_uint_eq(r.proto, 6);
	ck_assert_uint_eq(r.sport, 40000);
	ck_assert_uint_eq(r.dport, 80);
	ck_assert_uint_eq(r.len, 66);

	r = parse_record(T4, "", 1);
	ck_assert_mem_eq(r.remote, target4, 16);
	ck_assert_mem_eq(r.protect, source4, 16);
	ck_assert_uint_eq(r.sport, 40000);

	r = parse_record(I4, "4+0=0304", 0);
	ck_assert_uint_eq(r.sport, 0);
	ck_assert_uint_eq(r.dport, 0x304);
	ck_assert_uint_eq(r.proto, 1);

	r = parse_record(I6, "4+0=87 3+7=ff fix4", 0);
	ck_assert(r.exempt && r.family && r.l4_valid);
	ck_assert_uint_eq(r.dport, 135 * 256);
	ck_assert_uint_eq(r.remote[0], 0x20);
	ck_assert_uint_eq(r.remote[15], 7);
	ck_assert_uint_eq(r.protect[15], 0x10);

	/* Neighbour discovery in a fragment is not exempt, behind a fragment header that makes none it is. */
	r = parse_record(R6, "n=2c p=3a00000100000000_8700000000000000 3+7=ff", 0);
	ck_assert(r.is_frag && !r.exempt);
	r = parse_record(R6, "n=2c p=3a00000000000000_8700000000000000 3+7=ff", 0);
	ck_assert(!r.is_frag && r.exempt);

	r = parse_record(ARP, "", 0);
	ck_assert(r.exempt && !r.l3_valid);
	ck_assert_mem_eq(r.remote, none, 16);
	r = parse_record(ARP, "3+6=0000", 0);
	ck_assert(!r.exempt);
	r = parse_record(ARP, "known=41", 0);
	ck_assert(!r.exempt);

	/* The protocol of a later fragment is known, its ports are not. */
	r = parse_record(U4, "3+6=0001 fix3", 0);
	ck_assert(r.l4_proto_valid && !r.l4_valid && r.is_frag);
	ck_assert_uint_eq(r.proto, 17);
	ck_assert_uint_eq(r.dport, 0);
	/* A bad length hides the protocol, not the addresses. */
	r = parse_record(U4, "3+2=0013", 0);
	ck_assert(r.l3_valid && !r.l4_proto_valid);
	ck_assert_uint_eq(r.proto, 0);
	/* An AH that stops the walk: the protocol is AH in IPv4, unknown in IPv6. */
	r = parse_record(R4, "n=33 p=3b000000000000", 0);
	ck_assert(r.l4_proto_valid);
	ck_assert_uint_eq(r.proto, 51);
	r = parse_record(R6, "n=33 p=3b000000000000", 0);
	ck_assert(!r.l4_proto_valid);
	ck_assert_uint_eq(r.proto, 0);

	r = parse_record(ETH, "@0=0180c2000001", 0);
	ck_assert(r.link_control);
	ck_assert_uint_eq(r.link_low, 1);
	r = parse_record(ETH, "@0=0180c2000010", 0);
	ck_assert(!r.link_control);
}
END_TEST

/* Every code and every class appears in some row above. */
START_TEST(test_all_named)
{
	static const struct {
		const struct parse_row *row;
		size_t n;
	} tables[] = {
		{ ip4, COUNT(ip4) }, { ip4_fragments, COUNT(ip4_fragments) }, { ip4_options, COUNT(ip4_options) },
		{ ip6, COUNT(ip6) }, { tcp, COUNT(tcp) }, { udp_icmp, COUNT(udp_icmp) },
	};
	/* In the tables of model_parse_l2.c. */
	static const char elsewhere[] = "eth_src_multicast eth_src_eq_dst eth_type_undefined eth_length vlan_depth "
		"vlan_vid_reserved arp_truncated arp_format ip6_rh0 ext_truncated ext_depth ext_order ext_repeat ah_len";

	for (unsigned code = 0; code < WEIR_ANOMALIES; code++) {
		bool found = strstr(elsewhere, weir_anomaly_name(code));

		for (size_t i = 0; i < COUNT(tables); i++)
			for (size_t j = 0; j < tables[i].n; j++)
				found |= strstr(tables[i].row[j].anomalies, weir_anomaly_name(code)) != NULL;
		ck_assert_msg(found, "no row for %s", weir_anomaly_name(code));
	}
}
END_TEST

Suite *weir_model_parse_ip_suite(void)
{
	Suite *s = suite_create("model-parse-ip");
	TCase *t = tcase_create("rows");

	tcase_add_loop_test(t, test_ip4, 0, COUNT(ip4));
	tcase_add_loop_test(t, test_ip4_fragments, 0, COUNT(ip4_fragments));
	tcase_add_loop_test(t, test_ip4_options, 0, COUNT(ip4_options));
	tcase_add_loop_test(t, test_ip6, 0, COUNT(ip6));
	tcase_add_loop_test(t, test_tcp, 0, COUNT(tcp));
	tcase_add_loop_test(t, test_udp_icmp, 0, COUNT(udp_icmp));
	tcase_add_test(t, test_fields);
	tcase_add_test(t, test_all_named);
	suite_add_tcase(s, t);
	return s;
}
