// SPDX-License-Identifier: Apache-2.0
//
// The classifier: sections 1 to 3 of docs/datapath.md. One frame in, one meta_t out; 8 bytes a clock for ever, no buffer
// and no back-pressure.
//
//   in    w0: layer 2 ── align ── A: fixed headers, extension headers ── B: layer 4 ── C: mask ── D: sum ── fold ── meta
//   t     t+1            t+3      (last word; A has one aligned word more than the frame)  t+5     t+6     t+7     t+8
//
// Latency: meta_valid_o comes 9 clocks after a last word, whatever the frame. As frames have at least 8 words (60 bytes),
// the pulses are at least 8 clocks apart, and meta_o stays until the next.
//
// Every stage works on state of its own, so what a stage has found is copied (end_q: one bit per clock after the last
// aligned word) before the next frame can reach it. The earliest, for a frame right behind: its first aligned word is in A
// two clocks after the last one of its predecessor.
`default_nettype none

module weir_parser
  import weir_pkg::*;
  import weir_lists_pkg::*;
(
  input  logic              clk,
  input  logic              rst,
  // Words of frames of 60 to 2,000 bytes, byte 0 in bits 7:0, bytes beyond the end zero; gaps allowed anywhere.
  // frame_i is constant from the first to the last word. On hardware known = len; tied so, what K needs vanishes.
  input  logic              word_valid_i,
  input  logic              word_first_i,
  input  logic              word_last_i,
  input  data_t             word_data_i,
  input  frame_t            frame_i,
  // Reflector ports; 0: unused.
  input  logic [15:0][15:0] reflector_i,
  // One-clock pulse per frame; meta_o is right from then until two clocks before the next.
  output logic              meta_valid_o,
  output meta_t             meta_o
);
  // --- w0: input registers --------------------------------------------------------------------------------------------
  logic        w0_valid_q = 1'b0, w0_first_q, w0_last_q;
  logic [2:0]  w0_idx_q;
  logic [63:0] w0_q, w1_q;          // w1: the word before
  len_t        len_q, known_q;
  logic        dir_q, part_q = 1'b0;
  frame_t      frame_q;             // of the last whole frame

  always_ff @(posedge clk) begin
    w0_valid_q <= word_valid_i && !rst;
    if (w0_valid_q) w1_q <= w0_q;     // moves when a word has been seen, so that the last one does too
    if (word_valid_i) begin
      w0_first_q <= word_first_i;
      w0_last_q  <= word_last_i;
      w0_q       <= {<<8{word_data_i}};
      if (word_first_i) w0_idx_q <= 3'd0;
      else if (w0_idx_q != 3'd4) w0_idx_q <= w0_idx_q + 3'd1;
      if (word_first_i) begin
        len_q   <= frame_i.len;
        known_q <= frame_i.known;
        dir_q   <= frame_i.dir;
        part_q  <= frame_i.known != frame_i.len;
      end
      if (word_last_i) frame_q <= frame_i;
    end
  end

  // --- layer 2, alignment ---------------------------------------------------------------------------------------------
  logic       l3, l3_odd, l2_arp, l2_ip4, l2_ip6, link_control;
  len_t       e_rel, k_rel;
  logic [3:0] link_low;
  logic [1:0] tags;
  logic       snap;
  classes_t   l2_classes;
  anomalies_t l2_anomalies;
  weir_parse_l2 l2 (
    .clk, .valid_i(w0_valid_q), .last_i(w0_last_q), .idx_i(w0_idx_q), .data_i(w0_q), .prev_i(w1_q),
    .len_i(len_q), .known_i(known_q), .part_i(part_q),
    .l3_o(l3), .l3_odd_o(l3_odd), .is_arp_o(l2_arp), .is_ip4_o(l2_ip4), .is_ip6_o(l2_ip6),
    .e_rel_o(e_rel), .k_rel_o(k_rel),
    .classes_o(l2_classes), .anomalies_o(l2_anomalies), .link_control_o(link_control), .link_low_o(link_low),
    .tags_o(tags), .snap_o(snap));

  logic        a_valid, a_last, a_arp, a_ip4, a_ip6, a_ip;
  logic [7:0]  a_idx;
  logic [63:0] a_data;
  weir_parse_align align (
    .clk, .rst, .valid_i(w0_valid_q), .first_i(w0_first_q), .last_i(w0_last_q), .data_i(w0_q[63:16]), .prev_i(w1_q[47:0]),
    .l3_i(l3), .odd_i(l3_odd), .arp_i(l2_arp), .ip4_i(l2_ip4), .ip6_i(l2_ip6),
    .valid_o(a_valid), .last_o(a_last), .arp_o(a_arp), .ip4_o(a_ip4), .ip6_o(a_ip6),
    .idx_o(a_idx), .data_o(a_data));
  assign a_ip = a_valid && !a_arp;

  // Clocks after the last aligned word: [1] … [5].
  logic [5:1] end_q = '0;
  always_ff @(posedge clk) end_q <= rst ? '0 : {end_q[4:1], a_last};

  // What layer 3 and 4 of the frame need from layer 2, which may already be at the next frame.
  logic a_second_q = 1'b0;          // the clock after the first aligned word
  logic ip6_q, a_dir_q, a_part_q = 1'b0;
  len_t a_known_q;
  always_ff @(posedge clk) begin
    a_second_q <= a_valid && a_idx == 8'd0;
    if (a_valid && a_idx == 8'd0) begin
      ip6_q    <= a_ip6;
      a_dir_q  <= dir_q;
      a_part_q <= part_q;
    end
    if (a_second_q) a_known_q <= k_rel;
  end

  // --- A: fixed headers -----------------------------------------------------------------------------------------------
  logic arp_truncated, arp_format, arp_cut;
  weir_parse_arp arp (
    .clk, .first_i(a_valid && a_arp && a_idx == 8'd0), .data_i(a_data), .e_rel_i(e_rel), .k_rel_i(k_rel),
    .part_i(part_q), .clear_i(end_q[1]),
    .truncated_o(arp_truncated), .format_o(arp_format), .cut_o(arp_cut));

  logic       ip4_valid, ip4_go, ip4_options, ip4_is_frag, ip4_clipped, ip4_cut, ip4_later, ip4_multi;
  logic [3:0] ip4_ihl;
  len_t       ip4_end;
  anomalies_t ip4_anomalies;
  weir_parse_ip4 ip4 (
    .clk, .valid_i(a_valid && a_ip4), .idx_i(a_idx), .data_i(a_data), .e_rel_i(e_rel), .k_rel_i(k_rel),
    .part_i(part_q), .clear_i(end_q[1]),
    .l3_valid_o(ip4_valid), .go_o(ip4_go), .options_o(ip4_options), .is_frag_o(ip4_is_frag),
    .clipped_o(ip4_clipped), .cut_o(ip4_cut), .anomalies_o(ip4_anomalies),
    .ihl_o(ip4_ihl), .later_o(ip4_later), .end_o(ip4_end), .dst_multi_o(ip4_multi));

  logic        ip6_valid, ip6_go, ip6_clipped, ip6_cut, ip6_src_none, ip6_hop255, ip6_multi;
  logic [7:0]  ip6_next;
  logic [15:0] ip6_payload;
  len_t        ip6_end;
  anomalies_t  ip6_anomalies;
  weir_parse_ip6 ip6 (
    .clk, .valid_i(a_valid && a_ip6), .idx_i(a_idx), .data_i(a_data), .e_rel_i(e_rel), .k_rel_i(k_rel),
    .part_i(part_q), .clear_i(end_q[1]),
    .l3_valid_o(ip6_valid), .go_o(ip6_go), .clipped_o(ip6_clipped), .cut_o(ip6_cut), .src_none_o(ip6_src_none),
    .anomalies_o(ip6_anomalies), .next_o(ip6_next), .payload_o(ip6_payload), .end_o(ip6_end),
    .hop255_o(ip6_hop255), .dst_multi_o(ip6_multi));

  len_t x;                          // end of the IP packet
  assign x = ip6_q ? ip6_end : ip4_end;

  // --- A: extension headers -------------------------------------------------------------------------------------------
  logic        l4_start, ext_none, ext_proto_valid, ext_frag, ext_is_frag, ext_no_sum, ext_cut;
  logic [7:0]  u;
  logic [11:0] l4_pos;
  anomalies_t  ext_anomalies;
  weir_parse_ext ext (
    .clk, .rst, .valid_i(a_ip), .idx_i(a_idx), .data_i(a_data), .clear_i(end_q[2]),
    .ip6_i(ip6_q), .go_i(ip6_q ? ip6_go : ip4_go), .later_i(ip4_later), .ihl_i(ip4_ihl), .next_i(ip6_next),
    .payload_i(ip6_payload), .end_i(x), .k_rel_i(a_known_q), .part_i(a_part_q),
    .start_o(l4_start), .u_o(u), .pos_o(l4_pos), .none_o(ext_none), .proto_valid_o(ext_proto_valid), .frag_o(ext_frag), .is_frag_o(ext_is_frag), .no_sum_o(ext_no_sum), .cut_o(ext_cut), .anomalies_o(ext_anomalies));

  // --- B: layer 4 -----------------------------------------------------------------------------------------------------
  logic        b_valid_q = 1'b0, b_ip6_q;
  logic [7:0]  b_idx_q;
  logic [63:0] b_q;
  always_ff @(posedge clk) begin
    b_valid_q <= a_ip && !rst;
    if (a_ip) begin
      b_ip6_q <= a_ip6;
      b_idx_q <= a_idx;
      b_q     <= a_data;
    end
  end

  logic        l4_tcp, l4_udp, l4_icmp4, l4_icmp6, l4_other, l4_valid, l4_truncated, l4_cut, udp_zero;
  len_t        l4_room, l4_known;
  logic [15:0] sport, dport, udp_len;
  logic [3:0]  tcp_offset;
  logic [5:0]  tcp_flags;
  logic [11:0] pseudo, sum_end;
  logic [63:0] b_pair;
  logic [6:0]  b_at;
  logic [1:0]  b_half, c_tcp_option;
  logic        b_restart, c_payload, payload_odd;
  weir_parse_l4 l4 (
    .clk, .valid_i(b_valid_q), .idx_i(b_idx_q), .data_i(b_q), .last_i(end_q[1]), .clear_i(end_q[5]),
    .start_i(l4_start), .u_i(u), .pos_i(l4_pos), .ip6_i(ip6_q), .end_i(x), .k_rel_i(a_known_q), .part_i(a_part_q),
    .tcp_o(l4_tcp), .udp_o(l4_udp), .icmp4_o(l4_icmp4), .icmp6_o(l4_icmp6), .other_o(l4_other), .valid_o(l4_valid),
    .truncated_o(l4_truncated), .cut_o(l4_cut), .room_o(l4_room), .known_o(l4_known),
    .sport_o(sport), .dport_o(dport), .udp_len_o(udp_len), .udp_zero_o(udp_zero), .offset_o(tcp_offset),
    .flags_o(tcp_flags), .pseudo_o(pseudo),
    .pair_o(b_pair), .at_o(b_at), .half_o(b_half), .restart_o(b_restart),
    .sum_end_o(sum_end), .option_o(c_tcp_option), .payload_o(c_payload), .payload_odd_o(payload_odd));

  // --- C: addresses, options, mask ------------------------------------------------------------------------------------
  // Which halves the sums take: of the IPv4 header its length; of the transport sum addresses and layer 4.
  logic [1:0] b_address, b_header;
  always_comb begin
    b_address = 2'b00;
    if (b_ip6_q) begin
      if (b_idx_q >= 8'd1 && b_idx_q <= 8'd4) b_address = 2'b11;
    end else begin
      if (b_idx_q == 8'd1) b_address = 2'b01;
      if (b_idx_q == 8'd2) b_address = 2'b10;
    end
    b_header[1] = !b_ip6_q && {b_idx_q, 1'b0} < {5'd0, ip4_ihl};
    b_header[0] = !b_ip6_q && {b_idx_q, 1'b1} < {5'd0, ip4_ihl};
  end

  logic        c_valid_q = 1'b0, c_ip6_q, c_restart_q;
  logic [7:0]  c_idx_q;
  logic [63:0] c_q;
  logic [1:0]  c_header_q, c_data_q;
  always_ff @(posedge clk) begin
    c_valid_q <= b_valid_q && !rst;
    if (b_valid_q) begin
      c_ip6_q     <= b_ip6_q;
      c_idx_q     <= b_idx_q;
      c_q         <= b_q;
      c_header_q  <= b_header;
      c_data_q    <= b_half | (b_restart ? 2'b00 : b_address);
      c_restart_q <= b_restart;
    end
  end

  logic [127:0] remote, protect;
  logic         same;
  weir_parse_addr addr (
    .clk, .valid_i(c_valid_q), .ip6_i(c_ip6_q), .dir_i(a_dir_q), .idx_i(c_idx_q), .data_i(c_q),
    .remote_o(remote), .protect_o(protect), .same_o(same));

  // Options of IPv4 begin at byte 20, the second half of word 2.
  logic [1:0] c_ip_option;
  logic       ip_option_bad, ip_option_route, tcp_option_bad, tcp_option_ws;
  assign c_ip_option = c_header_q & {c_idx_q >= 8'd3, c_idx_q >= 8'd2};
  weir_opt_walk options (
    .clk, .valid_i(c_valid_q), .data_i(c_q), .en_i(c_ip_option | c_tcp_option), .tcp_i(c_ip_option == 2'b00),
    .ip_bad_o(ip_option_bad), .tcp_bad_o(tcp_option_bad), .ip_route_o(ip_option_route),
    .tcp_ws_o(tcp_option_ws));

  // --- D: sums, payload -------------------------------------------------------------------------------------------------
  logic        ip4_sum_ok, l4_sum_ok, d_valid;
  logic [63:0] d_data;
  weir_csum csum (
    .clk, .valid_i(c_valid_q), .idx_i(c_idx_q), .data_i(c_q), .end_i(sum_end), .head_en_i(c_header_q),
    .data_en_i(c_data_q), .restart_i(c_restart_q), .pseudo_i(pseudo), .head_ok_o(ip4_sum_ok), .data_ok_o(l4_sum_ok),
    .masked_valid_o(d_valid), .masked_o(d_data));

  logic d_first_q, d_payload_q;
  always_ff @(posedge clk) begin
    if (c_valid_q) begin
      d_first_q   <= c_idx_q == 8'd0;
      d_payload_q <= c_payload;
    end
  end
  logic get, post, http_other;
  weir_parse_http http (
    .clk, .valid_i(d_valid), .first_i(d_first_q), .data_i(d_data), .here_i(d_payload_q), .odd_i(payload_odd),
    .get_o(get), .post_o(post), .other_o(http_other));

  // --- results of layer 3, copied before the next frame clears them ------------------------------------------------------
  typedef struct packed {
    logic l3_valid, ip6, checked_header, ip4_options, ip4_is_frag, clipped, cut, src_none, hop255, multi, arp_bad;
  } l3_t;
  l3_t        l3_q = '0;
  anomalies_t l3_anomalies_q = '0;
  logic [7:0] proto_q;
  logic       proto_valid_q = 1'b0, frag_q, is_frag_q, no_sum_q, ext_cut_q, ext_none_q;
  anomalies_t ext_anomalies_q = '0;

  always_ff @(posedge clk) begin
    if (end_q[1]) begin
      l3_q.l3_valid       <= ip4_valid || ip6_valid;
      l3_q.ip6            <= ip6_valid;
      l3_q.checked_header <= ip4_go;
      l3_q.ip4_options    <= ip4_options;
      l3_q.ip4_is_frag    <= ip4_is_frag;
      l3_q.clipped        <= ip4_clipped || ip6_clipped;
      l3_q.cut            <= ip4_cut || ip6_cut || arp_cut;
      l3_q.src_none       <= ip6_src_none;
      l3_q.hop255         <= ip6_hop255;
      l3_q.multi          <= ip6_valid ? ip6_multi : ip4_multi;
      l3_q.arp_bad        <= arp_truncated || arp_format || arp_cut;
      l3_anomalies_q      <= ip4_anomalies | ip6_anomalies;
      l3_anomalies_q[AnomArpTruncated] <= arp_truncated;
      l3_anomalies_q[AnomArpFormat]    <= arp_format;
    end
    if (end_q[2]) begin
      proto_q         <= u;
      proto_valid_q   <= ext_proto_valid;
      frag_q          <= ext_frag;
      is_frag_q       <= ext_is_frag || l3_q.ip4_is_frag;
      no_sum_q        <= ext_no_sum;
      ext_cut_q       <= ext_cut;
      ext_none_q      <= ext_none;
      ext_anomalies_q <= ext_anomalies;
    end
  end

  // --- B: what the tables of state need, beside the flags of TCP ---------------------------------------------------------
  logic [31:0]  tcp_seq, tcp_ack;
  logic         quote;
  logic [127:0] quote_remote;
  logic [15:0]  quote_rport, quote_pport;
  weir_parse_state state (
    .clk, .valid_i(b_valid_q), .at_i(b_at), .pair_i(b_pair), .ip6_i(b_ip6_q), .protect_i(protect),
    .icmp4_i(l4_icmp4), .icmp6_i(l4_icmp6), .kind_i(sport[15:8]), .room_i(l4_room), .known_i(l4_known),
    .part_i(frame_q.known != frame_q.len), .usable_i(l4_valid && !is_frag_q && !frame_q.dir),
    .seq_o(tcp_seq), .ack_o(tcp_ack), .quote_o(quote),
    .quote_remote_o(quote_remote), .quote_rport_o(quote_rport), .quote_pport_o(quote_pport));

  // --- all together -----------------------------------------------------------------------------------------------------
  classes_t   l4_classes;
  anomalies_t l4_anomalies;
  logic       exempt, check_cut, tcp_ws;
  len_t       tcp_len;
  weir_parse_l4_check check (
    .tcp_i(l4_tcp), .udp_i(l4_udp), .icmp4_i(l4_icmp4), .icmp6_i(l4_icmp6), .other_i(l4_other), .valid_i(l4_valid),
    .truncated_i(l4_truncated), .room_i(l4_room), .known_i(l4_known), .part_i(frame_q.known != frame_q.len),
    .sport_i(sport), .dport_i(dport), .udp_len_i(udp_len), .udp_zero_i(udp_zero), .offset_i(tcp_offset),
    .flags_i(tcp_flags), .ip6_i(l3_q.ip6), .is_frag_i(is_frag_q), .no_sum_i(no_sum_q), .clipped_i(l3_q.clipped),
    .hop255_i(l3_q.hop255), .multi_i(l3_q.multi),
    .sum_ok_i(l4_sum_ok), .option_bad_i(tcp_option_bad), .option_ws_i(tcp_option_ws), .get_i(get), .post_i(post),
    .http_other_i(http_other), .classes_o(l4_classes), .anomalies_o(l4_anomalies), .exempt_o(exempt), .cut_o(check_cut),
    .tcp_len_o(tcp_len), .tcp_ws_o(tcp_ws));

  logic [15:0] reflect_q;
  always_ff @(posedge clk) begin
    for (int i = 0; i < 16; i++) reflect_q[i] <= sport == reflector_i[i] && sport != 16'd0;
  end

  tclass_e tclass;
  always_comb begin
    if (is_frag_q)                                       tclass = TclassFrag;
    else if (l4_classes[ClassSyn])                       tclass = TclassSyn;
    else if (l4_tcp)                                     tclass = TclassTcp;
    else if (l4_udp && l4_valid && reflect_q != 16'd0)   tclass = TclassUdpReflect;
    else if (l4_udp)                                     tclass = TclassUdp;
    else if (l4_icmp4 || l4_icmp6)                       tclass = TclassIcmp;
    else                                                 tclass = TclassOther;
  end

  classes_t   classes;
  anomalies_t anomalies;
  always_comb begin
    classes = l2_classes | l4_classes;
    classes[ClassFrag]      = frag_q || l3_q.ip4_is_frag;
    classes[ClassIpOptions] = l3_q.ip4_options;
    classes[ClassCut]       = l2_classes[ClassCut] || l3_q.cut || ext_cut_q || l4_cut || check_cut;

    anomalies = l2_anomalies | l3_anomalies_q | ext_anomalies_q | l4_anomalies;
    anomalies[AnomIp4Checksum]       = l3_q.checked_header && !ip4_sum_ok;
    anomalies[AnomIp4OptLen]         = l3_q.checked_header && l3_q.ip4_options && ip_option_bad;
    anomalies[AnomIp4OptSourceRoute] = l3_q.checked_header && l3_q.ip4_options && ip_option_route;
    anomalies[AnomIpLand]            = l3_q.l3_valid && same;
    anomalies[AnomIp6SrcUnspecified] = l3_q.src_none && proto_valid_q && proto_q != 8'd58;
  end

  logic tcp_valid;
  assign tcp_valid = l4_tcp && l4_valid;

  always_ff @(posedge clk) begin
    meta_valid_o <= end_q[5] && !rst;
    // What is 0 when it is absent is cleared a clock before and loaded when it is there: one reset for all of it.
    if (end_q[4]) begin
      {meta_o.remote, meta_o.protect, meta_o.proto, meta_o.sport, meta_o.dport} <= '0;
      {meta_o.tcp.flags, meta_o.tcp.seq, meta_o.tcp.ack, meta_o.tcp.len} <= '0;
      {meta_o.tcp.quote_remote, meta_o.tcp.quote_rport, meta_o.tcp.quote_pport} <= '0;
    end else if (end_q[5]) begin
      if (l3_q.l3_valid) {meta_o.remote, meta_o.protect} <= {remote, protect};
      if (proto_valid_q) meta_o.proto <= proto_q;
      if (l4_valid && (l4_tcp || l4_udp)) meta_o.sport <= sport;
      if (l4_valid) meta_o.dport <= l4_tcp || l4_udp ? dport : sport;
      if (tcp_valid) {meta_o.tcp.flags, meta_o.tcp.ack} <= {tcp_flags, tcp_ack};
      if (tcp_valid || quote) meta_o.tcp.seq <= tcp_seq;
      if (tcp_valid) meta_o.tcp.len <= tcp_len;
      if (quote) begin
        {meta_o.tcp.quote_remote[31:0], meta_o.tcp.quote_rport, meta_o.tcp.quote_pport} <=
            {quote_remote[31:0], quote_rport, quote_pport};
        if (l3_q.ip6) meta_o.tcp.quote_remote[127:32] <= quote_remote[127:32];
      end
    end
    if (end_q[5]) begin
      meta_o.frame          <= frame_q;
      meta_o.classes        <= classes;
      meta_o.anomalies      <= anomalies;
      meta_o.l3_valid       <= l3_q.l3_valid;
      meta_o.l4_proto_valid <= proto_valid_q;
      meta_o.l4_valid       <= l4_valid;
      meta_o.is_frag        <= is_frag_q;
      meta_o.exempt         <= exempt || (l2_classes[ClassArp] && !l3_q.arp_bad);
      meta_o.link_control   <= link_control;
      meta_o.link_low       <= link_low;
      meta_o.family         <= l3_q.ip6;
      meta_o.tclass         <= tclass;
      meta_o.tcp.tags         <= tags;
      meta_o.tcp.plain        <= l4_valid && !is_frag_q && !l3_q.clipped && !snap &&
                                 ext_none_q && !l3_q.ip4_options;
      meta_o.tcp.ws           <= tcp_ws;
      meta_o.tcp.quote        <= quote;
    end
  end

  initial meta_valid_o = 1'b0;
endmodule

`default_nettype wire
