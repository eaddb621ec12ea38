// SPDX-License-Identifier: Apache-2.0
/* Parser: layer 2, ARP, extension headers, and what is not known (docs/datapath.md 2.1, 2.2, 2.5). */
#include "model_parse.h"
#include "model_test.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct parse_row layer2[] = {
	{ ETH, "", "non_ip", "" },
	{ ETH, "@6=03", "non_ip", "eth_src_multicast" },
	{ ETH, "@0=020000000001", "non_ip", "eth_src_eq_dst" },
	{ ETH, "@0=ffffffffffff", "broadcast non_ip", "" },
	{ ETH, "@0=ffffffffffff @6=ffffffffffff", "broadcast non_ip", "eth_src_multicast eth_src_eq_dst" },
	{ ETH, "@0=ffffffffff", "multicast non_ip", "" },
	{ ETH, "@0=01005e000001", "multicast non_ip", "" },
	{ ETH, "@12=05ff", "non_ip", "eth_type_undefined" },
	{ ETH, "@12=05dd", "non_ip", "eth_type_undefined" },
	{ ETH, "@12=0600", "non_ip", "" },
	{ ETH, "@12=0800", "ipv4", "ip4_version" },
	{ ETH, "@12=86dd", "ipv6", "ip6_version" },
	/* 802.3: 46 bytes fit, 47 do not. */
	{ ETH, "@12=002e", "non_ip", "" },
	{ ETH, "@12=002f", "non_ip", "eth_length" },
	{ ETH, "@12=05dc", "non_ip", "eth_length" },
	{ ETH, "@12=0000", "non_ip", "" },
	{ ETH, "@12=002eaaaa0300000088cc", "non_ip", "" },
	{ ETH, "@12=002eaaaa030000000800", "ipv4", "ip4_version" },
	{ ETH, "@12=002faaaa030000000800", "ipv4", "eth_length ip4_version" },
	{ ETH, "@12=002eaaaa030000010800", "non_ip", "" },
	{ ETH, "@12=002eaaab030000000800", "non_ip", "" },
	{ ETH, "@12=0007aaaa030000000800", "non_ip", "" },
	{ ETH, "@12=0008aaaa030000000800", "ipv4", "ip4_truncated" },
	{ ETH, "@12=001baaaa03000000080045", "ipv4", "ip4_truncated" },
	{ ETH, "@12=001caaaa03000000080055", "ipv4", "ip4_version" },
	/* No tag, length or undefined type is looked for behind SNAP. */
	{ ETH, "@12=002eaaaa030000008100", "non_ip", "" },
	{ ETH, "@12=002eaaaa0300000005dd", "non_ip", "" },
	{ ETH, "tag=81000001", "non_ip vlan", "" },
	{ ETH, "tag=88a80001 tag=81000001", "non_ip vlan", "" },
	{ ETH, "tag=91000001 tag=91000fff", "non_ip vlan", "vlan_vid_reserved" },
	{ ETH, "tag=8100ffff", "non_ip vlan", "vlan_vid_reserved" },
	{ ETH, "tag=81000ffe", "non_ip vlan", "" },
	{ ETH, "tag=81000001 tag=81000001 tag=81000001", "non_ip vlan", "vlan_depth" },
	{ ETH, "tag=81000fff tag=81000001 tag=81000001", "non_ip vlan", "vlan_depth" },
	{ ETH, "tag=81000001 tag=81000fff tag=81000001", "non_ip vlan", "vlan_vid_reserved vlan_depth" },
	{ ETH, "tag=81000001 @16=05dd", "non_ip vlan", "eth_type_undefined" },
	{ T4, "tag=81000001", "ipv4 tcp vlan checked", "" },
	{ T4, "tag=81000001 tag=88a80fff", "ipv4 tcp vlan checked", "vlan_vid_reserved" },
	{ T4, "tag=9100e001 tag=88a80002 tag=81000001", "non_ip vlan", "vlan_depth" },
};

static const struct parse_row arp[] = {
	{ ARP, "", "arp", "" },
	{ ARP, "tag=81000005", "arp vlan", "" },
	{ ARP, "3+0=0006", "arp", "arp_format" },
	{ ARP, "3+2=0801", "arp", "arp_format" },
	{ ARP, "3+4=05", "arp", "arp_format" },
	{ ARP, "3+5=10", "arp", "arp_format" },
	{ ARP, "3+6=0000", "arp", "arp_format" },
	{ ARP, "3+6=0100", "arp", "" },
	{ ETH, "@12=0024aaaa03000000080600010800060400_01", "arp", "" },
	{ ETH, "@12=0023aaaa03000000080600010800060400_01", "arp", "arp_truncated" },
	{ ETH, "@12=0008aaaa030000000806", "arp", "arp_truncated" },
};

/* Headers: next, length, then six bytes. 59: no next header. 3c destination, 2b routing, 2c fragment. */
static const struct parse_row extensions[] = {
	{ R6, "n=3b", "ipv6 other_l4", "" },
	{ R6, "n=00 p=3b00000000000000", "ipv6 other_l4", "" },
	{ R6, "n=3c p=3b00000000000000", "ipv6 other_l4", "" },
	{ R6, "n=3c p=0000000000000000_3b00000000000000", "ipv6 other_l4", "ext_order" },
	{ R6, "n=00 p=0000000000000000_3b00000000000000", "ipv6 other_l4", "ext_order ext_repeat" },
	{ R6, "n=3c p=3c00000000000000_3b00000000000000", "ipv6 other_l4", "" },
	{ R6, "n=3c p=3c00000000000000_3c00000000000000_3b00000000000000", "ipv6 other_l4", "ext_repeat" },
	{ R6, "n=2b p=3b00020000000000", "ipv6 other_l4", "" },
	{ R6, "n=2b p=3b00000000000000", "ipv6 other_l4", "ip6_rh0" },
	{ R6, "n=2b p=2b00020000000000_3b00030000000000", "ipv6 other_l4", "ext_repeat" },
	{ R6, "n=33 p=3b040000_0000000000000000000000000000000000000000", "ipv6 other_l4", "" },
	{ R6, "n=33 p=3b00000000000000", "ipv6 other_l4", "ah_len" },
	/* Truncated: fewer than eight bytes; length beyond the packet. */
	{ R6, "n=3c p=3b000000000000", "ipv6", "ext_truncated" },
	{ R6, "n=3c p=3b01000000000000_00000000000000", "ipv6", "ext_truncated" },
	{ R6, "n=3c p=3b01000000000000_0000000000000000", "ipv6 other_l4", "" },
	{ R6, "n=33 p=3b01000000000000_000000", "ipv6", "ext_truncated" },
	{ R6, "n=33 p=3b01000000000000_00000000", "ipv6 other_l4", "" },
	{ R6, "n=00", "ipv6", "ip6_jumbo" },
	{ R6, "n=3c", "ipv6", "ext_truncated" },
	/* A header that does not fit is not looked into. */
	{ R6, "n=2b p=3b01000000000000", "ipv6", "ext_truncated" },
	/* Eight pass, nine do not. */
	{ R6, "n=00 p=3c00000000000000_2b00000000000000_2c00020000000000_3300000000000000_3c00000000000000"
	      "_3c02000000000000_00000000000000000000000000000000_3c00000000000000_3b00000000000000",
	  "ipv6 frag other_l4", "ext_repeat ah_len" },
	{ R6, "n=3c p=3c00000000000000_3c00000000000000_3c00000000000000_3c00000000000000_3c00000000000000"
	      "_3c00000000000000_3c00000000000000_3b00000000000000", "ipv6 other_l4", "ext_repeat" },
	{ R6, "n=3c p=3c00000000000000_3c00000000000000_3c00000000000000_3c00000000000000_3c00000000000000"
	      "_3c00000000000000_3c00000000000000_3c00000000000000_3b00000000000000", "ipv6",
	  "ext_repeat ext_depth" },
	/* Fragments: f = 1 is 0008, more is 1. */
	{ R6, "n=2c p=3b00000000000001", "ipv6 frag other_l4", "" },
	{ R6, "n=2c p=3b00000100000001_0000000000000000", "ipv6 frag other_l4", "" },
	{ R6, "n=2c p=3b00000100000001_00000000000000", "ipv6 frag other_l4", "frag_mod8" },
	{ R6, "n=2c p=3b00000100000001", "ipv6 frag other_l4", "frag_empty" },
	{ R6, "n=2c p=3b00000800000001", "ipv6 frag", "frag_empty" },
	{ R6, "n=2c p=3b00000800000001_00", "ipv6 frag", "" },
	{ R6, "n=2c p=3b00000900000001_00", "ipv6 frag", "frag_mod8" },
	{ R6, "n=2c p=0600000800000001_00", "ipv6 frag", "frag_tiny" },
	{ R6, "n=2c p=0600001000000001_00", "ipv6 frag", "" },
	{ R6, "n=2c p=3a00000800000001_00", "ipv6 frag", "icmp_fragment" },
	{ R6, "n=2c p=0100000800000001_00", "ipv6 frag", "" },
	{ R6, "n=2c p=3b00fff800000001_00000000000000", "ipv6 frag", "" },
	{ R6, "n=2c p=3b00fff800000001_0000000000000000", "ipv6 frag", "frag_end" },
	{ R6, "n=2c p=2c00000100000001_3b00000000000001_0000000000000000", "ipv6 frag other_l4", "ext_repeat" },
	/* The first of the two made it a fragment; nothing is left for the second. */
	{ R6, "n=2c p=2c00000100000001_3b00000000000001", "ipv6 frag other_l4", "ext_repeat frag_empty" },
	/* The declared length counts, not what is there: 16 - 8 and 17 - 8 bytes. */
	{ R6, "n=2c p=3b00000100000001_0000000000000000 3+4=0011", "ipv6 frag other_l4",
	  "ip6_payload_long frag_mod8" },
	{ R6, "n=2c p=3b00000100000001_00000000000000 3+4=0010", "ipv6 frag other_l4", "ip6_payload_long" },
	/* An unspecified source shows as soon as the protocol is known. */
	{ R6, "n=2c p=1100000800000001_00 3+8=00000000000000000000000000000000", "ipv6 frag",
	  "ip6_src_unspecified" },
	{ R6, "n=3c p=3b000000000000 3+8=00000000000000000000000000000000", "ipv6", "ext_truncated" },
	/* IPv4 knows AH only. */
	{ R4, "n=00 p=3b00000000000000", "ipv4 other_l4", "" },
	{ R4, "n=2b p=3b00000000000000", "ipv4 other_l4", "" },
	{ R4, "n=2c p=3b00000000000000", "ipv4 other_l4", "" },
	{ R4, "n=3c p=3b00000000000000", "ipv4 other_l4", "" },
	{ R4, "n=33 p=0001000000000000_00000000", "ipv4 other_l4", "" },
	{ R4, "n=33 p=3b00000000000000", "ipv4 other_l4", "ah_len" },
	{ R4, "n=33 p=3b000000000000", "ipv4", "ext_truncated" },
	{ R4, "n=33 p=3b01000000000000_000000", "ipv4", "ext_truncated" },
	{ R4, "n=33 p=3301000000000000_00000000_3b01000000000000_00000000", "ipv4 other_l4", "ext_repeat" },
	{ R4, "n=33 p=3300000000000000_3300000000000000_3300000000000000_3300000000000000_3300000000000000"
	      "_3300000000000000_3300000000000000_3300000000000000_3b00000000000000", "ipv4",
	  "ext_depth ext_repeat ah_len" },
};

/* K: the bytes below it are known. */
static const struct parse_row cut[] = {
	{ T4, "known=0", "cut", "" },
	{ T4, "known=11 @6=03", "cut", "" },
	{ T4, "known=12 @6=03", "cut", "eth_src_multicast" },
	{ T4, "known=13", "cut", "" },
	{ T4, "known=14", "ipv4 cut", "" },
	{ T4, "known=33 3+12=7f000001", "ipv4 cut", "" },
	{ T4, "known=34 3+12=7f000001 fix3", "ipv4 tcp cut", "ip4_src_loopback" },
	{ T4, "known=53 4+13=00", "ipv4 tcp cut", "" },
	{ T4, "known=54 4+13=00", "ipv4 tcp cut", "tcp_flags_null" },
	{ T4, "known=65", "ipv4 tcp cut", "" },
	{ T4, "known=66", "ipv4 tcp checked", "" },
	{ T4, "known=66 len=80", "ipv4 tcp checked", "" },
	{ ETH, "tag=81000fff known=15", "vlan cut", "" },
	{ ETH, "tag=81000fff known=16", "vlan cut", "vlan_vid_reserved" },
	{ ETH, "tag=81000fff known=17", "vlan cut", "vlan_vid_reserved" },
	{ ETH, "tag=81000fff known=18", "non_ip vlan", "vlan_vid_reserved" },
	{ ETH, "@12=002eaaaa030000000800 known=21", "cut", "" },
	{ ETH, "@12=002eaaaa030000000800 known=22", "ipv4 cut", "" },
	{ ETH, "@12=0007aaaa030000000800 known=14", "non_ip", "" },
	{ ARP, "known=41", "arp cut", "" },
	{ ARP, "known=42", "arp", "" },
	/* Options as a whole; addresses and fragment are looked at all the same. */
	{ R4, "o=01010101 known=37 3+12=7f000001 3+6=2000", "ipv4 frag ip_options cut", "ip4_src_loopback frag_empty" },
	{ R4, "o=01010101 known=38", "ipv4 ip_options other_l4", "" },
	{ U4, "known=41", "ipv4 udp cut", "" },
	{ U4, "known=42 4+0=0000", "ipv4 udp cut", "udp_src_port_zero" },
	{ U4, "known=65", "ipv4 udp cut", "" },
	/* No sum is to be made: nothing is missing. */
	{ U4, "known=42 4+6=0000", "ipv4 udp", "" },
	{ U4, "known=42 3+2=0035 fix3", "ipv4 udp", "ip4_total_long" },
	{ U4, "known=42 3+6=2000 fix3", "ipv4 frag udp", "" },
	{ U6, "known=62 4+6=0000", "ipv6 udp", "udp_checksum" },
	{ I4, "known=41", "ipv4 icmp cut", "" },
	{ I4, "known=42", "ipv4 icmp cut", "" },
	{ I6, "known=57", "ipv6 icmp cut", "" },
	{ I6, "known=58 3+7=01 4+0=87", "ipv6 icmp cut", "nd_hop_limit" },
	{ T6, "known=53", "ipv6 cut", "" },
	{ T6, "known=54", "ipv6 tcp cut", "" },
	{ R6, "n=2b p=3b01000000000000_0000000000000000 known=61", "ipv6 cut", "" },
	{ R6, "n=2b p=3b01000000000000_0000000000000000 known=69", "ipv6 cut", "" },
	{ R6, "n=2b p=3b01000000000000_0000000000000000 known=70", "ipv6 other_l4", "ip6_rh0" },
	/* TCP options as a whole, and with them what follows. */
	{ T4, "4+12=80 4+20=010101010101010101010100 4+13=00 known=65", "ipv4 tcp cut", "tcp_flags_null" },
	{ T4, "4+12=6002 4+20=01010101 known=58", "ipv4 syn tcp cut", "tcp_syn_data" },
	/* A method must be known with its space. */
	{ T4, "4+20=47455420 known=57", "ipv4 tcp cut", "" },
	{ T4, "4+20=47455420 known=58", "ipv4 tcp get cut", "" },
};

START_TEST(test_layer2)
{
	parse_check(&layer2[_i]);
}
END_TEST

START_TEST(test_arp)
{
	parse_check(&arp[_i]);
}
END_TEST

START_TEST(test_extensions)
{
	parse_check(&extensions[_i]);
}
END_TEST

START_TEST(test_cut)
{
	parse_check(&cut[_i]);
}
END_TEST

Suite *weir_model_parse_l2_suite(void)
{
	Suite *s = suite_create("model-parse-l2");
	TCase *t = tcase_create("rows");

	tcase_add_loop_test(t, test_layer2, 0, COUNT(layer2));
	tcase_add_loop_test(t, test_arp, 0, COUNT(arp));
	tcase_add_loop_test(t, test_extensions, 0, COUNT(extensions));
	tcase_add_loop_test(t, test_cut, 0, COUNT(cut));
	suite_add_tcase(s, t);
	return s;
}
