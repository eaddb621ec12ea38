// SPDX-License-Identifier: Apache-2.0
//
// Directed frames of weir_parser_tb: IPv4, IPv6 and extension headers (docs/datapath.md, 2.3 to 2.6).

// Datagrams with 8 bytes in UDP, ready to be broken.
function automatic void good4();
  mac();
  ip4(17, 16);
  udp(8);
  fill(8);
endfunction
function automatic void good6();
  mac();
  ip6(17, 16);
  udp(8);
  fill(8);
endfunction

// IPv4 with `words` words of options behind the header, all 0 so far, and UDP.
function automatic void good_options(int words);
  mac();
  ip4(17, 16, 20 + 4 * words);
  for (int i = 0; i < 4 * words; i++) u8(0);
  udp(8);
  fill(8);
endfunction

// A fragment, `n` bytes of it, with offset and more-fragments bit; later fragments have no layer 4.
function automatic void piece4(int proto, int offset, bit more, int n);
  mac();
  ip4(proto, n);
  set16(l3 + 6, offset | (more ? 'h2000 : 0));
  has(ClassFrag);
  e.is_frag = 1'b1;
  e.tclass = TclassFrag;
  fill(n);
endfunction

function automatic void from4(bit [31:0] s);
  src = 128'(s);
  set32(l3 + 12, s);
endfunction
function automatic void to4(bit [31:0] d);
  dst = 128'(d);
  set32(l3 + 16, d);
endfunction
function automatic void from6(bit [127:0] s);
  src = s;
  for (int i = 0; i < 16; i++) p[l3 + 8 + i] = s[127 - 8*i -: 8];
endfunction
function automatic void to6(bit [127:0] d);
  dst = d;
  for (int i = 0; i < 16; i++) p[l3 + 24 + i] = d[127 - 8*i -: 8];
endfunction

function automatic void ip4_cases();
  good4(); add("IPv4");
  good4(); p[l3] = 8'h65; no_l3(); anom(AnomIp4Version); add("ip4_version");
  good4(); p[l3] = 8'h44; no_proto(); fix_ip = 0; anom(AnomIp4Ihl); add("ip4_ihl");
  mac(); snap(8 + 19); rest4(); no_l3(); anom(AnomIp4Truncated); add("ip4_truncated, 19 bytes");
  mac(); snap(8 + 23); ip4(17, 16, 24); no_proto(); hasnt(ClassIpOptions); fill(20); fix_ip = 0;
  anom(AnomIp4Truncated); add("ip4_truncated, options");
  good4(); set16(l3 + 2, 19); no_proto(); fix_ip = 0; anom(AnomIp4TotalShort); add("ip4_total_short");
  good4(); set16(l3 + 2, 19); set16(l3 + 6, 'h8000); p[l3 + 8] = 0; from4(32'he000_0001); no_proto(); fix_ip = 0;
  anom(AnomIp4TotalShort); anom(AnomIp4TtlZero); anom(AnomIp4FlagReserved); anom(AnomIp4SrcMulticast);
  add("ip4_total_short and what else the header says");
  good4(); set16(l3 + 2, 19); set16(l3 + 6, 'h6000); no_proto(); fix_ip = 0; first_frag();
  anom(AnomIp4TotalShort); anom(AnomIp4FragDf); add("ip4_total_short in a fragment");
  good4(); set16(l3 + 2, 47); hasnt(ClassChecked); anom(AnomIp4TotalLong); add("ip4_total_long");
  good4(); set16(l3 + 2, 46); anom(AnomUdpLengthSlack); add("total length into the padding");
  good4(); fill(50); last = l4 + 16; add("IPv4 with a trailer");
  good4(); fix_ip = 0; anom(AnomIp4Checksum); add("ip4_checksum");
  good4(); checksums(); fix_ip = 0; p[l3 + 4] ^= 8'h40; anom(AnomIp4Checksum); add("ip4_checksum, one bit");
  good4(); set16(l3 + 6, 'hc000); anom(AnomIp4FlagReserved); add("ip4_flag_reserved");
  good4(); p[l3 + 8] = 0; anom(AnomIp4TtlZero); add("ip4_ttl_zero");

  // Addresses.
  good4(); from4(32'hefff_ffff); anom(AnomIp4SrcMulticast); add("ip4_src_multicast");
  good4(); from4(32'hf000_0001); anom(AnomIp4SrcReserved); add("ip4_src_reserved");
  good4(); from4(32'hffff_ffff); anom(AnomIp4SrcReserved); add("source 255.255.255.255");
  good4(); from4(32'h7f12_3456); anom(AnomIp4SrcLoopback); add("ip4_src_loopback");
  good4(); from4(32'h0000_0000); anom(AnomIp4SrcZero); add("ip4_src_zero");
  good4(); from4(32'h0000_0000); to4(32'hffff_ffff); add("0.0.0.0 to broadcast");
  good4(); from4(32'h0000_0000); to4(32'he000_0016); add("0.0.0.0 to multicast");
  good4(); from4(32'h0000_0001); to4(32'hffff_ffff); anom(AnomIp4SrcZero); add("0.0.0.1 to broadcast");
  good4(); to4(32'h7f00_0001); anom(AnomIp4DstLoopback); add("ip4_dst_loopback");
  good4(); to4(32'h00ff_ffff); anom(AnomIp4DstZero); add("ip4_dst_zero");
  good4(); to4(32'hf7ff_ffff); anom(AnomIp4DstReserved); add("ip4_dst_reserved");
  good4(); to4(32'hffff_fffe); anom(AnomIp4DstReserved); add("255.255.255.254");
  good4(); to4(32'hffff_ffff); add("to broadcast");
  good4(); to4(32'(S4)); anom(AnomIpLand); add("ip_land");
  good4(); to4(32'(S4) ^ 32'h8000_0000); add("first bit apart");

  // Options.
  good_options(1); add("options: end of list");
  good_options(1); set32(l3 + 20, 32'h0101_0101); add("options: no operation");
  good_options(2); set32(l3 + 20, 32'h8804_1234); set32(l3 + 24, 32'h0088_0000); add("options: stream, end, rubbish");
  good_options(2); set32(l3 + 20, 32'h0188_0512); set32(l3 + 24, 32'h3444_0002); add("options: across words");
  good_options(10); p[l3 + 20] = 7; p[l3 + 21] = 40; add("options: one of 40 bytes");
  good_options(10); p[l3 + 20] = 7; p[l3 + 21] = 41; anom(AnomIp4OptLen); add("option one byte too long");
  good_options(10); p[l3 + 20] = 7; p[l3 + 21] = 255; anom(AnomIp4OptLen); add("option of 255 bytes");
  good_options(1); p[l3 + 20] = 7; p[l3 + 21] = 1; anom(AnomIp4OptLen); add("option length 1");
  good_options(1); p[l3 + 20] = 7; p[l3 + 21] = 0; anom(AnomIp4OptLen); add("option length 0");
  good_options(1); set32(l3 + 20, 32'h0101_0107); anom(AnomIp4OptLen); add("option without length");
  good_options(2); set32(l3 + 20, 32'h8307_0400); anom(AnomIp4OptSourceRoute); add("loose source route");
  good_options(1); set32(l3 + 20, 32'h8903_0400); anom(AnomIp4OptSourceRoute); add("strict source route");
  good_options(1); set32(l3 + 20, 32'h0703_8300); add("131 inside an option");
  good_options(1); set32(l3 + 20, 32'h0101_0183); anom(AnomIp4OptSourceRoute); anom(AnomIp4OptLen);
  add("source route without length");
  good_options(2); set32(l3 + 20, 32'h0701_8304); set32(l3 + 24, 32'h8304_0000); anom(AnomIp4OptLen);
  add("nothing is looked at behind a bad option");

  // Fragments.
  piece4(17, 100, 1, 24); add("fragment in the middle");
  piece4(17, 100, 0, 21); add("last fragment");
  piece4(17, 100, 1, 21); anom(AnomFragMod8); add("frag_mod8");
  piece4(17, 100, 0, 21); p[l3 + 6] |= 8'h40; anom(AnomIp4FragDf); add("ip4_frag_df");
  piece4(17, 100, 0, 0); anom(AnomFragEmpty); add("frag_empty");
  mac(); ip4(255, 0); has(ClassOtherL4); add("no payload, not a fragment");
  piece4(17, 8189, 0, 3); add("fragment that ends at 65,535");
  piece4(17, 8189, 0, 4); anom(AnomFragEnd); add("frag_end");
  piece4(6, 1, 0, 24); anom(AnomFragTiny); add("TCP at offset 1");
  piece4(6, 2, 0, 24); add("TCP at offset 2");
  piece4(17, 1, 0, 24); add("UDP at offset 1");
  piece4(1, 5, 0, 24); anom(AnomIcmpFragment); add("ICMP, later fragment");
  piece4(51, 5, 0, 24); add("AH, later fragment");
  mac(); ip4(17, 24); set16(l3 + 6, 'h2000); udp(100); first_frag(); fill(16); last = l4 + 108; fix_l4 = 0;
  set16(l4 + 6, 1); add("UDP, first fragment");
  mac(); ip4(6, 16); set16(l3 + 6, 'h2000); tcp(Ack); no_l4_fields(); first_frag(); anom(AnomFragTiny);
  add("TCP, first fragment too small");
  mac(); ip4(17, 0); set16(l3 + 6, 'h2000); has(ClassUdp); first_frag(); anom(AnomFragTiny); anom(AnomFragEmpty);
  add("UDP, first fragment without a byte");
  mac(); ip4(1, 16); set16(l3 + 6, 'h2000); icmp(8); fill(8); first_frag(); fix_l4 = 0; anom(AnomIcmpFragment);
  add("ICMP, first fragment");

  // AH.
  mac(); ip4(51, 24 + 16); ext(17, 24, 4); udp(8); fill(8); add("AH, then UDP");
  mac(); ip4(51, 12 + 12 + 16); ext(51, 12, 4); ext(17, 12, 4); udp(8); fill(8); anom(AnomExtRepeat); add("AH twice");
  mac(); ip4(51, 24); ext(17, 28, 4); e.proto = 8'd51; anom(AnomExtTruncated); add("AH too long");
  mac(); ip4(51, 7); ext(17, 8, 4); e.proto = 8'd51; anom(AnomExtTruncated); add("AH, 7 bytes");
  mac(); ip4(51, 8 + 16); ext(17, 8, 4); udp(8); fill(8); anom(AnomAhLen); add("ah_len");
  mac(); ip4(60, 24); ext(17, 8); e.proto = 8'd60; fill(16); has(ClassOtherL4); add("IPv4 has no destination options");
  good4(); p[l3 + 9] = 8'd58; no_l4(); e.l4_proto_valid = 1; e.proto = 8'd58; has(ClassOtherL4);
  add("ICMPv6 in IPv4");

  // Known bytes.
  good4(); no_l3(); has(ClassCut); known = 33; add("IPv4, 19 bytes known");
  good4(); no_l4_fields(); checksums(); fix_ip = 0; has(ClassUdp); has(ClassCut); e.tclass = TclassUdp; known = 34;
  add("IPv4, 20 bytes known");
  good_options(2); set16(l3 + 2, 30); set16(l3 + 6, 'h2000); no_proto(); first_frag(); has(ClassCut); anom(AnomFragMod8);
  known = 41; add("options not known");
  good_options(2); fix_ip = 0; no_proto(); has(ClassCut); known = 41; add("options not known, nor the checksum");
  mac(); ip4(51, 24 + 16); ext(17, 24, 4); udp(8); fill(8); no_l4(); e.proto = 8'd51; has(ClassCut); known = 14 + 43;
  add("AH not known");
  mac(); ip4(51, 24 + 16); ext(17, 24, 4); udp(8); fill(8); no_l4(); e.proto = 8'd51; has(ClassCut); known = 14 + 27;
  add("AH, 7 bytes known");
endfunction

// A chain of `count` AH headers of 8 bytes (each ah_len), then no-next-header.
function automatic void chain(int count);
  mac();
  ip6(51, 8 * count);
  for (int i = 0; i < count; i++) ext(i == count - 1 ? 59 : 51, 8, 4);
  anom(AnomAhLen);
  if (count > 1) anom(AnomExtRepeat);
endfunction

function automatic void ip6_cases();
  good6(); add("IPv6");
  good6(); p[l3] = 8'h45; no_l3(); anom(AnomIp6Version); add("ip6_version");
  mac(); snap(8 + 39); ip6(59, 0); no_l3(); anom(AnomIp6Truncated); add("ip6_truncated");
  mac(); snap(8 + 40); ip6(59, 0); has(ClassOtherL4); add("IPv6, header only");
  good6(); set16(l3 + 4, 17); hasnt(ClassChecked); anom(AnomIp6PayloadLong); add("ip6_payload_long");
  good6(); set16(l3 + 4, 'hffff); hasnt(ClassChecked); anom(AnomIp6PayloadLong); add("payload length 65,535");
  good6(); fill(7); last = l4 + 16; add("IPv6 with a trailer");
  good6(); set16(l3 + 4, 0); p[l3 + 6] = 0; no_proto(); anom(AnomIp6Jumbo); add("ip6_jumbo");
  good6(); p[l3 + 7] = 0; anom(AnomIp6HopZero); add("ip6_hop_zero");
  good6(); from6({8'hff, 120'd1}); anom(AnomIp6SrcMulticast); add("ip6_src_multicast");
  good6(); from6(128'd1); anom(AnomIp6SrcLoopback); add("ip6_src_loopback");
  good6(); from6(128'd2); add("source ::2");
  good6(); from6({1'b1, 127'd1}); add("source 8000::1");
  good6(); from6(128'd0); anom(AnomIp6SrcUnspecified); add("ip6_src_unspecified");
  good6(); to6(128'd1); anom(AnomIp6DstLoopback); add("ip6_dst_loopback");
  good6(); to6(128'd0); anom(AnomIp6DstUnspecified); add("ip6_dst_unspecified");
  good6(); from6({80'd0, 48'hffff_0102_0304}); anom(AnomIp6V4mapped); add("ip6_v4mapped, source");
  good6(); to6({80'd0, 48'hffff_0000_0000}); anom(AnomIp6V4mapped); add("ip6_v4mapped, destination");
  good6(); to6({80'd1, 48'hffff_0102_0304}); add("not mapped");
  good6(); to6(S6); anom(AnomIpLand); add("ip_land");
  good6(); to6(S6 ^ 128'd1); add("last bit apart");
  good6(); from6(D6); to6(D6 ^ {1'b1, 127'd0}); add("first bit apart");
  good6(); from6(128'd0); to6(128'd0); anom(AnomIp6SrcUnspecified); anom(AnomIp6DstUnspecified); anom(AnomIpLand);
  add(":: to ::");
  good6(); no_l3(); has(ClassCut); known = 53; add("IPv6, 39 bytes known");
  good6(); no_l4_fields(); has(ClassUdp); has(ClassCut); e.tclass = TclassUdp; known = 54; add("IPv6, 40 bytes known");
endfunction

function automatic void ext_cases();
  mac(); ip6(0, 8 + 16); ext(17); udp(8); fill(8); add("hop-by-hop");
  mac(); ip6(0, 8 + 8 + 24 + 8 + 16 + 16); ext(60); ext(43); ext(44, 24); p[l4 - 22] = 4; frag6(51, 0, 0); ext(17, 16, 4);
  udp(8); fill(8); add("hop-by-hop, destination, routing, fragment, AH");
  mac(); ip6(51, 12 + 8 + 12 + 20); ext(60, 12, 4); ext(51, 8); ext(6, 12, 4); tcp(Ack); anom(AnomExtRepeat);
  add("headers at four mod eight");
  mac(); ip6(60, 16 + 16); ext(17, 16); udp(8); fill(8); add("destination options of 16 bytes");
  mac(); ip6(60, 24 + 16); ext(17, 24); udp(8); fill(8); hasnt(ClassChecked); add("room for a home address");
  mac(); ip6(43, 8 + 16); ext(17); p[l4 - 6] = 2; p[l4 - 5] = 1; udp(8); fill(8); hasnt(ClassChecked);
  add("segments left");
  mac(); ip6(43, 8 + 16); ext(17); p[l4 - 6] = 2; udp(8); fill(8); add("no segments left");
  mac(); ip6(43, 8 + 16); ext(17); udp(8); fill(8); anom(AnomIp6Rh0); add("ip6_rh0");
  mac(); ip6(60, 16 + 16); ext(0); ext(17); udp(8); fill(8); anom(AnomExtOrder); add("ext_order");
  mac(); ip6(0, 16 + 16); ext(0); ext(17); udp(8); fill(8); anom(AnomExtOrder); anom(AnomExtRepeat); add("ext_repeat");
  mac(); ip6(60, 16 + 16); ext(60); ext(17); udp(8); fill(8); add("destination options twice");
  mac(); ip6(60, 24 + 16); ext(60); ext(60); ext(17); udp(8); fill(8); anom(AnomExtRepeat);
  add("destination options three times");
  mac(); ip6(43, 16 + 16); ext(43); p[l4 - 6] = 2; ext(17); p[l4 - 6] = 2; udp(8); fill(8); anom(AnomExtRepeat);
  add("routing twice");

  // Ends.
  mac(); ip6(60, 15); ext(17, 16); fill(0); no_proto(); anom(AnomExtTruncated); add("ext_truncated");
  mac(); ip6(60, 7); ext(17, 8); no_proto(); anom(AnomExtTruncated); add("ext_truncated, 7 bytes");
  mac(); ip6(60, 0); no_proto(); anom(AnomExtTruncated); add("ext_truncated, no byte");
  mac(); ip6(60, 8); ext(60); no_proto(); anom(AnomExtTruncated); add("ext_truncated, the second is not there");
  mac(); ip6(43, 8); ext(17); p[l4 - 7] = 255; p[l4 - 5] = 1; no_proto(); anom(AnomExtTruncated);
  add("ext_truncated: what the header says does not count");
  mac(); ip6(51, 8); ext(51, 8, 4); no_proto(); anom(AnomAhLen); anom(AnomExtTruncated); add("ah_len, then truncated");
  mac(); ip6(60, 8); ext(59); has(ClassOtherL4); add("no next header");
  mac(); ip6(60, 8); ext(6); has(ClassTcp); e.tclass = TclassTcp; anom(AnomTcpTruncated); add("TCP without a byte");
  chain(8); has(ClassOtherL4); add("eight headers");
  chain(9); no_proto(); anom(AnomExtDepth); add("nine headers");
  mac(); ip6(0, 8); ext(17); from6(128'd0); has(ClassUdp); e.tclass = TclassUdp; anom(AnomUdpTruncated);
  anom(AnomIp6SrcUnspecified); add(":: with a header, then UDP");
  mac(); ip6(60, 7); ext(17, 8); no_proto(); from6(128'd0); anom(AnomExtTruncated); add(":: before an unknown protocol");

  // Fragment headers.
  mac(); ip6(44, 8 + 16); frag6(17, 0, 0); udp(8); fill(8); add("atomic fragment");
  mac(); ip6(44, 8 + 24); frag6(17, 0, 1); udp(90); fill(16); fix_l4 = 0; set16(l4 + 6, 1); e.tclass = TclassFrag;
  hasnt(ClassChecked); add("first fragment, IPv6");
  mac(); ip6(44, 8 + 24); frag6(17, 3, 1); fill(24); add("fragment in the middle, IPv6");
  mac(); ip6(44, 8 + 21); frag6(17, 3, 1); fill(21); anom(AnomFragMod8); add("frag_mod8, IPv6");
  mac(); ip6(44, 8 + 21); frag6(17, 3, 0); fill(21); add("last fragment, IPv6");
  mac(); ip6(44, 8); frag6(17, 3, 0); anom(AnomFragEmpty); add("frag_empty, IPv6");
  mac(); ip6(44, 8); frag6(59, 0, 0); has(ClassOtherL4); add("atomic and empty");
  mac(); ip6(44, 8 + 7); frag6(17, 8191, 0); fill(7); add("fragment that ends at 65,535, IPv6");
  mac(); ip6(44, 8 + 8); frag6(17, 8191, 0); fill(8); anom(AnomFragEnd); add("frag_end, IPv6");
  mac(); ip6(44, 8 + 24); frag6(6, 1, 0); fill(24); anom(AnomFragTiny); add("TCP at offset 1, IPv6");
  mac(); ip6(44, 8 + 24); frag6(58, 2, 0); fill(24); anom(AnomIcmpFragment); add("ICMPv6, later fragment");
  mac(); ip6(44, 8 + 24); frag6(60, 2, 0); fill(24); add("destination options in a later fragment");
  mac(); ip6(44, 8 + 24); frag6(17, 2, 0); fill(24); from6(128'd0); anom(AnomIp6SrcUnspecified); add("fragment from ::");
  mac(); ip6(44, 16); frag6(44, 0, 1); frag6(59, 0, 0); e.is_frag = 1; e.tclass = TclassFrag; has(ClassOtherL4);
  anom(AnomExtRepeat); anom(AnomFragEmpty); add("two fragment headers");
  mac(); ip6(44, 8 + 24); frag6(17, 0, 1); udp(8); set16(l3 + 4, 100); fix_l4 = 0; set16(l4 + 6, 1); hasnt(ClassChecked);
  anom(AnomIp6PayloadLong); anom(AnomFragMod8); e.tclass = TclassFrag; add("length of a clipped fragment");

  // Known bytes.
  mac(); ip6(60, 16 + 16); ext(17, 16); udp(8); fill(8); no_proto(); has(ClassCut); known = 54 + 15;
  add("extension header not known");
  mac(); ip6(60, 16 + 16); ext(17, 16); udp(8); fill(8); no_proto(); has(ClassCut); known = 54 + 7;
  add("extension header, 7 bytes known");
endfunction

function automatic void l3_cases();
  ip4_cases();
  ip6_cases();
  ext_cases();
endfunction
