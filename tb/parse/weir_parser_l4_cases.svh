// SPDX-License-Identifier: Apache-2.0
//
// Directed frames of weir_parser_tb: TCP, UDP, ICMP and HTTP methods (docs/datapath.md, 2.7).

function automatic void good_tcp(int flags, int n = 0, bit six = 0);
  mac();
  if (six) ip6(6, 20 + n);
  else ip4(6, 20 + n);
  tcp(flags);
  fill(n);
endfunction

// TCP with `words` words of options, all 0 so far.
function automatic void tcp_options(int words, bit six = 0);
  mac();
  if (six) ip6(6, 20 + 4 * words + 8);
  else ip4(6, 20 + 4 * words + 8);
  tcp(Ack, 20 + 4 * words);
  for (int i = 0; i < 4 * words + 8; i++) u8(0);
endfunction

function automatic void http(string request, int words = 0, bit six = 0);
  mac();
  if (six) ip6(6, 20 + 4 * words + request.len());
  else ip4(6, 20 + 4 * words + request.len());
  tcp(Ack | Psh, 20 + 4 * words);
  for (int i = 0; i < 4 * words; i++) u8(1);
  text(request);
endfunction

function automatic void tcp_cases();
  for (int six = 0; six < 2; six++) begin
    good_tcp(Ack, 30, 1'(six)); add("TCP");
    good_tcp(Syn, 0, 1'(six)); add("SYN");
    good_tcp(Syn | Ack, 0, 1'(six)); add("SYN ACK");
    good_tcp(Rst, 0, 1'(six)); add("RST");
    good_tcp(Fin | Ack, 1, 1'(six)); add("FIN ACK");
    good_tcp(0, 2, 1'(six)); anom(AnomTcpFlagsNull); add("tcp_flags_null");
    good_tcp(Syn | Fin, 0, 1'(six)); anom(AnomTcpFlagsSynFin); add("tcp_flags_syn_fin");
    good_tcp(Syn | Rst, 0, 1'(six)); anom(AnomTcpFlagsSynRst); add("tcp_flags_syn_rst");
    good_tcp(Fin | Rst | Ack, 3, 1'(six)); anom(AnomTcpFlagsFinRst); add("tcp_flags_fin_rst");
    good_tcp(Fin | Psh | Urg, 4, 1'(six)); anom(AnomTcpFlagsNoAck); add("tcp_flags_no_ack");
    good_tcp(Psh, 4, 1'(six)); anom(AnomTcpFlagsNoAck); add("PSH alone");
    good_tcp(64 | 128, 0, 1'(six)); anom(AnomTcpFlagsNull); add("ECE and CWR alone");
    good_tcp(Ack, 5, 1'(six)); set16(l4, 0); e.sport = 0; anom(AnomTcpPortZero); add("source port 0");
    good_tcp(Ack, 5, 1'(six)); set16(l4 + 2, 0); e.dport = 0; anom(AnomTcpPortZero); add("destination port 0");
    good_tcp(Ack, 50, 1'(six)); checksums(); fix_l4 = 0; p[l4 + 60] ^= 1; hasnt(ClassChecked); anom(AnomTcpChecksum);
    add("tcp_checksum");
    good_tcp(Ack, 51, 1'(six)); checksums(); fix_l4 = 0; p[l4 + 70] ^= 8'h80; hasnt(ClassChecked); anom(AnomTcpChecksum);
    add("tcp_checksum, last byte");
    good_tcp(Ack, 1400, 1'(six)); add("TCP, long");
    good_tcp(Ack, 1401, 1'(six)); fill(7); last = l4 + 1421; add("TCP, long and odd, with a trailer");
    good_tcp(Syn, 1, 1'(six)); anom(AnomTcpSynData); add("tcp_syn_data");
    good_tcp(Ack, 0, 1'(six)); p[l4 + 12] = 8'h40; anom(AnomTcpDataOffset); add("data offset 16");
    good_tcp(Syn, 4, 1'(six)); p[l4 + 12] = 8'h40; anom(AnomTcpDataOffset); add("data offset 16 in a SYN with data");
    good_tcp(Ack, 3, 1'(six)); p[l4 + 12] = 8'h60; anom(AnomTcpDataOffset); add("data offset 24 of 23");

    tcp_options(1, 1'(six)); add("TCP options: end of list");
    tcp_options(3, 1'(six)); set32(l4 + 20, 32'h0101_080a); add("TCP options: time stamp");
    tcp_options(10, 1'(six)); p[l4 + 20] = 8'd253; p[l4 + 21] = 8'd40; add("TCP options: one of 40 bytes");
    tcp_options(10, 1'(six)); p[l4 + 20] = 8'd253; p[l4 + 21] = 8'd41; anom(AnomTcpOptLen); add("tcp_opt_len");
    tcp_options(1, 1'(six)); set32(l4 + 20, 32'h0204_05b4); add("TCP options: segment size");
    tcp_options(1, 1'(six)); set32(l4 + 20, 32'h0301_0000); anom(AnomTcpOptLen); add("TCP option of length 1");
    tcp_options(2, 1'(six)); set32(l4 + 24, 32'h0101_0102); set32(l4 + 20, 32'h0101_0101); anom(AnomTcpOptLen);
    add("TCP option without length");
    tcp_options(2, 1'(six)); set32(l4 + 20, 32'h8304_8904); add("TCP has no source route");
  end
  mac(); ip4(6, 19); tcp(Ack); no_l4_fields(); anom(AnomTcpTruncated); add("tcp_truncated");
  mac(); ip4(6, 0); has(ClassTcp); e.tclass = TclassTcp; anom(AnomTcpTruncated); add("TCP without a byte");
  mac(); ip4(6, 24); set16(l3 + 6, 'h2000); tcp(Ack, 28); fill(4); fix_l4 = 0; first_frag(); anom(AnomFragTiny);
  add("TCP header cut by fragmentation");
  good_tcp(Ack); dst = 128'he000_0001; set32(l3 + 16, 32'he000_0001); anom(AnomTcpDstMulticast); add("TCP to 224.0.0.1");
  good_tcp(Ack); dst = 128'hffff_ffff; set32(l3 + 16, 32'hffff_ffff); anom(AnomTcpDstMulticast); add("TCP to broadcast");
  good_tcp(Ack, 0, 1); dst[127:120] = 8'hff; p[l3 + 24] = 8'hff; anom(AnomTcpDstMulticast); add("TCP to ff00::/8");
  mac(48'hffff_ffff_ffff); ip4(6, 20); tcp(Ack); has(ClassBroadcast); add("TCP, MAC broadcast");
  mac(48'h0100_5e00_0001); ip4(6, 20); tcp(Ack); has(ClassMulticast); add("TCP, MAC multicast");

  // Known bytes: of 54 the header's last one; then options; then payload.
  good_tcp(Ack, 30); no_l4_fields(); has(ClassCut); known = 53; checksums(); add("TCP, 19 bytes known");
  good_tcp(Syn, 30); hasnt(ClassChecked); has(ClassCut); anom(AnomTcpSynData); known = 54; add("TCP, 20 bytes known");
  good_tcp(Syn, 30); anom(AnomTcpSynData); known = 84; add("TCP, all known but the trailer"); fill(10);
  good_tcp(Syn, 30); fill(10); last = l4 + 50; anom(AnomTcpSynData); known = 84; add("TCP, trailer not known");
  mac(); ip4(6, 32); tcp(Syn, 28); set32(l4 + 20, 32'h0209_0000); fill(12); hasnt(ClassChecked); has(ClassCut);
  known = 61; add("TCP options not known");
  mac(); ip4(6, 32); tcp(Syn, 28); u32(32'h0209_0000); fill(8); hasnt(ClassChecked); has(ClassCut);
  anom(AnomTcpSynData); anom(AnomTcpOptLen); known = 62; add("TCP options known");
endfunction

function automatic void http_cases();
  for (int words = 0; words < 4; words++) begin
    for (int six = 0; six < 2; six++) begin
      http("GET / HTTP/1.1", words, 1'(six)); has(ClassGet); add("GET");
      http("POST /", words, 1'(six)); has(ClassPost); add("POST");
      http("HEAD /", words, 1'(six)); has(ClassHttpOther); add("HEAD");
      http("PUT /", words, 1'(six)); has(ClassHttpOther); add("PUT");
      http("DELETE /", words, 1'(six)); has(ClassHttpOther); add("DELETE");
      http("CONNECT /", words, 1'(six)); has(ClassHttpOther); add("CONNECT");
      http("OPTIONS /", words, 1'(six)); has(ClassHttpOther); add("OPTIONS");
      http("TRACE /", words, 1'(six)); has(ClassHttpOther); add("TRACE");
      http("PATCH /", words, 1'(six)); has(ClassHttpOther); add("PATCH");
      http("get / HTTP/1.1", words, 1'(six)); add("get");
      http(" GET / HTTP/1.1", words, 1'(six)); add("GET, not at the start");
      http("POSTER", words, 1'(six)); add("POSTER");
    end
  end
  http("GET "); has(ClassGet); add("GET, nothing else");
  http("OPTIONS "); has(ClassHttpOther); add("OPTIONS, nothing else");
  http("GET"); text(" /"); last = l4 + 23; add("GET, the space in the padding");
  http("OPTIONS"); text(" /"); last = l4 + 27; add("OPTIONS, the space in the padding");
  http("GET / HTTP/1.1"); hasnt(ClassChecked); has(ClassCut); known = 57; add("GET, the space not known");
  http("GET / HTTP/1.1"); hasnt(ClassChecked); has(ClassCut); has(ClassGet); known = 58; add("GET known");
  http("GET / HTTP/1.1"); p[l4 + 12] = 8'h40; anom(AnomTcpDataOffset); add("GET with data offset 16");
  mac(); ip4(17, 30); udp(22); addr(128'd0, 4); u32({16'h5018, 16'd0}); u32(32'd0); text("GET / HTTP");
  add("GET in UDP");
  good_tcp(Ack); text("GET /"); last = l4 + 20; add("GET in the padding");
endfunction

function automatic void good_udp(int n, bit six, int sport = 4000, int dport = 4001);
  mac();
  if (six) ip6(17, 8 + n);
  else ip4(17, 8 + n);
  udp(n, sport, dport);
  fill(n);
endfunction

function automatic void udp_cases();
  for (int six = 0; six < 2; six++) begin
    for (int n = 0; n < 12; n++) begin good_udp(n, 1'(six)); add("UDP"); end
    good_udp(1450, 1'(six)); add("UDP, long");
    good_udp(10, 1'(six), 53); e.tclass = TclassUdpReflect; add("reflector");
    good_udp(10, 1'(six), 17); e.tclass = TclassUdpReflect; add("the first reflector");
    good_udp(10, 1'(six), 5353); e.tclass = TclassUdpReflect; add("the last reflector");
    good_udp(10, 1'(six), 4000, 53); add("to a reflector");
    good_udp(10, 1'(six), 0); anom(AnomUdpSrcPortZero); add("udp_src_port_zero is no reflector");
    good_udp(10, 1'(six), 53, 0); e.tclass = TclassUdpReflect; anom(AnomUdpPortZero); add("udp_port_zero");
    good_udp(10, 1'(six)); checksums(); fix_l4 = 0; p[l4 + 17] ^= 4; hasnt(ClassChecked); anom(AnomUdpChecksum);
    add("udp_checksum");
    good_udp(10, 1'(six)); fix_l4 = 0; hasnt(ClassChecked); if (six == 1) anom(AnomUdpChecksum); add("checksum 0");
    good_udp(10, 1'(six)); fix_l4 = 0; set16(l4 + 4, 7); set16(l4 + 6, 99); hasnt(ClassChecked); anom(AnomUdpLength);
    add("UDP length 7");
    good_udp(10, 1'(six)); fix_l4 = 0; set16(l4 + 4, 19); set16(l4 + 6, 99); hasnt(ClassChecked); anom(AnomUdpLength);
    add("UDP length too long");
    good_udp(10, 1'(six)); fix_l4 = 0; set16(l4 + 4, 'h8012); set16(l4 + 6, 99); hasnt(ClassChecked); anom(AnomUdpLength);
    add("UDP length far too long");
    good_udp(10, 1'(six)); fix_l4 = 0; set16(l4 + 4, 19); hasnt(ClassChecked); anom(AnomUdpLength);
    if (six == 1) anom(AnomUdpChecksum); add("UDP length too long, checksum 0");
    good_udp(10, 1'(six)); set16(l4 + 4, 17); last = l4 + 17; anom(AnomUdpLengthSlack); add("udp_length_slack");
    good_udp(10, 1'(six)); set16(l4 + 4, 8); last = l4 + 8; anom(AnomUdpLengthSlack); add("UDP length 8");
    good_udp(30, 1'(six)); hasnt(ClassChecked); has(ClassCut); known = l4 + 37; add("UDP, last byte not known");
    good_udp(30, 1'(six)); fill(1); last = l4 + 38; known = l4 + 38; add("UDP known");
    good_udp(30, 1'(six)); no_l4_fields(); has(ClassCut); known = l4 + 7; add("UDP, 7 bytes known");
    good_udp(30, 1'(six)); set16(l4 + 4, 20); last = l4 + 20; anom(AnomUdpLengthSlack); known = l4 + 20;
    add("UDP known as far as it goes");
  end
  mac(); ip4(17, 7); udp(0); no_l4_fields(); anom(AnomUdpTruncated); add("udp_truncated");
  mac(); ip6(17, 7); udp(0, 53); no_l4_fields(); anom(AnomUdpTruncated); add("udp_truncated, IPv6");
  good_udp(30, 0); set16(l4 + 4, 99); set16(l3 + 2, 100); hasnt(ClassChecked); anom(AnomIp4TotalLong);
  add("UDP length in a clipped packet");
  mac(); ip6(44, 32); frag6(17, 0, 1); udp(16); e.tclass = TclassFrag; fill(16); fix_l4 = 0; hasnt(ClassChecked);
  anom(AnomUdpChecksum); add("first fragment with checksum 0, IPv6");
  mac(); ip6(44, 32); frag6(17, 0, 1); udp(0); e.tclass = TclassFrag; fill(16); fix_l4 = 0; hasnt(ClassChecked);
  set16(l4 + 4, 3); set16(l4 + 6, 3); anom(AnomUdpLength); add("first fragment with UDP length 3");
endfunction

function automatic void icmp_cases();
  for (int n = 0; n < 9; n++) begin
    mac(); ip4(1, 8 + n); icmp(8); fill(n); add("ICMP");
    mac(); ip6(58, 8 + n); icmp(128, 3); fill(n); add("ICMPv6");
  end
  mac(); ip4(1, 8); icmp(3, 4); fix_l4 = 0; set16(l4 + 2, 77); hasnt(ClassChecked); anom(AnomIcmpChecksum);
  add("icmp_checksum");
  mac(); ip4(1, 8); icmp(0, 0); fix_l4 = 0; set32(l4 + 4, 0); hasnt(ClassChecked); anom(AnomIcmpChecksum);
  add("ICMP of zeros");
  mac(); ip6(58, 8); icmp(3, 4); fix_l4 = 0; set16(l4 + 2, 77); hasnt(ClassChecked); anom(AnomIcmpChecksum);
  add("icmp_checksum, IPv6");
  mac(); ip4(51, 20); ext(1, 12, 4); icmp(8); add("ICMP behind AH");
  mac(); ip4(51, 24); ext(1, 16, 4); icmp(8); add("ICMP behind a longer AH");
  mac(); ip4(1, 7); icmp(8); no_l4_fields(); anom(AnomIcmpTruncated); add("icmp_truncated");
  mac(); ip6(58, 3); icmp(128); no_l4_fields(); anom(AnomIcmpTruncated); add("icmp_truncated, IPv6");
  mac(); ip6(58, 4); icmp(128); last = l4 + 4; add("ICMPv6 of 4 bytes");
  mac(); ip4(1, 6); set16(l3 + 6, 'h2000); icmp(8); no_l4_fields(); first_frag(); anom(AnomIcmpFragment);
  anom(AnomFragTiny); anom(AnomFragMod8); add("ICMP, tiny fragment");
  mac(); ip6(44, 16); frag6(58, 0, 1); icmp(128); e.tclass = TclassFrag; fix_l4 = 0; hasnt(ClassChecked);
  anom(AnomIcmpFragment); add("ICMPv6, first fragment");
  mac(); ip6(44, 32); frag6(58, 0, 1); icmp(135); fill(16); p[l3 + 7] = 255; e.tclass = TclassFrag; fix_l4 = 0;
  hasnt(ClassChecked); anom(AnomIcmpFragment); add("discovery in a fragment is not exempt");
  mac(); ip6(44, 32); frag6(58, 0, 0); icmp(135); fill(16); p[l3 + 7] = 255; e.exempt = 1; add("discovery, atomic fragment");
  mac(); ip6(58, 24); icmp(135); fill(16); anom(AnomNdHopLimit); add("nd_hop_limit");
  for (int kind = 132; kind < 139; kind++) begin
    mac(); ip6(58, 24); icmp(kind); fill(16); p[l3 + 7] = 255; e.exempt = kind > 132 && kind < 138; add("discovery");
  end
  mac(); ip6(58, 24); icmp(135); fill(16); p[l3 + 7] = 255; e.exempt = 1; src = '0;
  for (int i = 0; i < 16; i++) p[l3 + 8 + i] = 0;
  add("discovery from ::");
  mac(); ip4(2, 8); fill(8); has(ClassOtherL4); add("IGMP");
  mac(); ip6(50, 8); fill(8); has(ClassOtherL4); add("ESP");
  mac(); ip6(1, 8); fill(8); has(ClassOtherL4); add("ICMP in IPv6");
  mac(); ip4(47, 8); set16(l3 + 6, 'h2000); first_frag(); fill(8); has(ClassOtherL4); add("GRE, first fragment");
  mac(); ip4(1, 30); icmp(8); fill(22); no_l4_fields(); has(ClassCut); known = l4 + 7; add("ICMP, 7 bytes known");
  mac(); ip6(58, 30); icmp(8); fill(22); no_l4_fields(); has(ClassCut); known = l4 + 3; add("ICMPv6, 3 bytes known");
  mac(); ip6(58, 30); icmp(8); fill(22); hasnt(ClassChecked); has(ClassCut); known = l4 + 4; add("ICMPv6, 4 bytes known");
endfunction

function automatic void l4_cases();
  tcp_cases();
  http_cases();
  udp_cases();
  icmp_cases();
endfunction
