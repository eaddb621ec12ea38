// SPDX-License-Identifier: Apache-2.0
//
// Directed frames of weir_parser_tb: layer 2 and ARP (docs/datapath.md, 2.1 and 2.2), built with weir_parser_build.svh.

function automatic void arp(int operation = 1);
  l3 = p.size();
  has(ClassArp);
  u16(1);
  u16('h0800);
  u8(6);
  u8(4);
  u16(operation);
  fill(20);
  e.exempt = 1'b1;
endfunction

// A good datagram behind whatever was built so far.
function automatic void rest4();
  ip4(17, 16);
  udp(8);
  fill(8);
endfunction

function automatic void l2_cases();
  mac(); u16('h1234); fill(50); has(ClassNonIp); add("EtherType 0x1234");
  mac(48'hffff_ffff_ffff); u16('h1234); fill(46); has(ClassNonIp); has(ClassBroadcast); add("broadcast");
  mac(48'h0100_5e00_0001); u16('h1234); fill(46); has(ClassNonIp); has(ClassMulticast); add("multicast");
  mac(48'h0180_c200_0002); u16('h8809); fill(46); has(ClassNonIp); has(ClassMulticast);
  e.link_control = 1'b1; e.link_low = 4'd2; add("link control");
  mac(48'h0180_c200_0012); u16('h8809); fill(46); has(ClassNonIp); has(ClassMulticast); add("not link control");
  mac(48'h0200_0000_0001, 48'h0300_0000_0001); u16('h1234); fill(46); has(ClassNonIp);
  anom(AnomEthSrcMulticast); add("eth_src_multicast");
  mac(48'h0200_0000_0001, 48'h0200_0000_0001); u16('h1234); fill(46); has(ClassNonIp);
  anom(AnomEthSrcEqDst); add("eth_src_eq_dst");
  mac(48'h0200_0000_0001, 48'h0200_0000_0101); u16('h1234); fill(46); has(ClassNonIp); add("one bit apart");

  // Types and lengths.
  mac(); u16(1501); fill(46); has(ClassNonIp); anom(AnomEthTypeUndefined); add("type 1501");
  mac(); u16(1535); fill(46); has(ClassNonIp); anom(AnomEthTypeUndefined); add("type 1535");
  mac(); u16(1536); fill(46); has(ClassNonIp); add("type 1536");
  mac(); u16(46); u16('h4242); fill(44); has(ClassNonIp); add("LLC");
  mac(); u16(47); u16('h4242); fill(44); has(ClassNonIp); anom(AnomEthLength); add("length one too long");
  mac(); u16(1500); u16('h4242); fill(44); has(ClassNonIp); anom(AnomEthLength); add("length 1500");
  mac(); u16(0); u16('h4242); fill(44); has(ClassNonIp); add("length 0");

  // LLC/SNAP.
  mac(); snap(8 + 36); rest4(); add("SNAP");
  mac(); tag(); snap(8 + 36); rest4(); add("tag, SNAP");
  mac(); tag(); tag(); snap(8 + 36); rest4(); add("two tags, SNAP");
  mac(); snap(8 + 36); rest4(); fill(100); last = l4 + 16; add("SNAP with a trailer");
  mac(); snap(1000); rest4(); anom(AnomEthLength); add("SNAP, length too long: the end is that of the frame");
  mac(); snap(7); u16('h0800); fill(40); has(ClassNonIp); add("no room for SNAP");
  mac(); snap(8); ip4(17, 16); no_l3(); fill(20); anom(AnomIp4Truncated); add("SNAP, nothing behind it");
  mac(); u16(46); addr(128'haaaa_0300_0001, 6); u16('h0800); fill(38); has(ClassNonIp); add("SNAP, other OUI");
  mac(); u16(46); addr(128'haaab_0300_0000, 6); u16('h0800); fill(38); has(ClassNonIp); add("SNAP, other SSAP");
  mac(); snap(46); u16('h8100); fill(38); has(ClassNonIp); add("tag type in SNAP is no tag");
  mac(); snap(46); u16(40); fill(38); has(ClassNonIp); add("length in SNAP");

  // Tags.
  mac(); tag(); rest4(); add("tag");
  mac(); tag(1, 'h88a8); rest4(); add("802.1ad");
  mac(); tag(1, 'h9100); tag(2); rest4(); add("two tags");
  mac(); tag('h6fff); rest4(); anom(AnomVlanVidReserved); add("VID 4095");
  mac(); tag(1); tag('hfff); rest4(); anom(AnomVlanVidReserved); add("inner VID 4095");
  mac(); tag(); tag(); tag(); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassNonIp); anom(AnomVlanDepth); add("three tags");
  mac(); tag(); tag(); tag('hfff); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassNonIp); anom(AnomVlanDepth);
  add("three tags, the third is not looked at");
  mac(); tag(); u16(1502); fill(50); has(ClassNonIp); anom(AnomEthTypeUndefined); add("tag, type 1502");
  mac(); tag(); tag(); u16(39); u16('h4242); fill(36); has(ClassNonIp); anom(AnomEthLength); add("tags, length too long");
  mac(); tag(); tag(); u16(38); u16('h4242); fill(36); has(ClassNonIp); add("tags, length right");

  // ARP.
  mac(48'hffff_ffff_ffff); u16('h0806); arp(); has(ClassBroadcast); add("ARP");
  mac(); tag(); u16('h0806); arp(2); add("ARP with a tag");
  mac(); snap(8 + 28); u16('h0806); arp(2); add("ARP in SNAP");
  mac(); snap(8 + 27); u16('h0806); arp(2); e.exempt = 1'b0; anom(AnomArpTruncated); add("ARP, one byte missing");
  mac(); u16('h0806); arp(0); e.exempt = 1'b0; anom(AnomArpFormat); add("ARP, operation 0");
  mac(); u16('h0806); arp(); p[l3 + 1] = 6; e.exempt = 1'b0; anom(AnomArpFormat); add("ARP, hardware type");
  mac(); u16('h0806); arp(); p[l3 + 2] = 9; e.exempt = 1'b0; anom(AnomArpFormat); add("ARP, protocol type");
  mac(); u16('h0806); arp(); p[l3 + 4] = 8; e.exempt = 1'b0; anom(AnomArpFormat); add("ARP, hardware length");
  mac(); u16('h0806); arp(); p[l3 + 5] = 6; e.exempt = 1'b0; anom(AnomArpFormat); add("ARP, protocol length");

  // Frames that are not known to their end.
  mac(); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassCut); known = 13; add("13 bytes known");
  mac(48'hffff_ffff_ffff); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassBroadcast); has(ClassCut); known = 12;
  add("12 bytes known");
  mac(48'hffff_ffff_ffff); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassCut); known = 11; add("11 bytes known");
  mac(); rest4(); no_l3(); has(ClassCut); known = 14; add("14 bytes known");
  mac(); tag(); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassCut); known = 17; add("tag and 17 bytes known");
  mac(); tag(); tag(); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassCut); known = 21; add("tags and 21 bytes known");
  mac(); snap(8 + 36); rest4(); no_l3(); hasnt(ClassIpv4); has(ClassCut); known = 21; add("SNAP and 21 bytes known");
  mac(); snap(8 + 36); rest4(); no_l3(); has(ClassCut); known = 22; add("SNAP and 22 bytes known");
  mac(); u16('h0806); arp(); e.exempt = 1'b0; has(ClassCut); known = 41; add("ARP, 27 of 28 bytes known");
  mac(); u16('h0806); arp(); known = 42; add("ARP, 28 bytes known");
endfunction
