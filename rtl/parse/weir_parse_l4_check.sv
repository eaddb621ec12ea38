// SPDX-License-Identifier: Apache-2.0
//
// The rules of layer 4 (docs/datapath.md, 2.7), from fields that have settled. Combinational.
`default_nettype none

module weir_parse_l4_check
  import weir_pkg::*;
  import weir_lists_pkg::*;
(
  // From weir_parse_l4.
  input  logic        tcp_i,
  input  logic        udp_i,
  input  logic        icmp4_i,
  input  logic        icmp6_i,
  input  logic        other_i,
  input  logic        valid_i,
  input  logic        truncated_i,
  input  len_t        room_i,       // g
  input  len_t        known_i,
  input  logic        part_i,
  input  logic [15:0] sport_i,
  input  logic [15:0] dport_i,
  input  logic [15:0] udp_len_i,
  input  logic        udp_zero_i,
  input  logic [3:0]  offset_i,
  input  logic [5:0]  flags_i,
  // From the layers below.
  input  logic        ip6_i,
  input  logic        is_frag_i,    // here always a first fragment
  input  logic        no_sum_i,
  input  logic        clipped_i,
  input  logic        hop255_i,
  input  logic        multi_i,      // destination address of IP is a group's
  // From those who looked at the bytes.
  input  logic        sum_ok_i,
  input  logic        option_bad_i,
  input  logic        option_ws_i,
  input  logic        get_i,
  input  logic        post_i,
  input  logic        http_other_i,
  output classes_t    classes_o,
  output anomalies_t  anomalies_o,
  output logic        exempt_o,
  output logic        cut_o,
  output len_t        tcp_len_o,    // 2.8
  output logic        tcp_ws_o
);
  localparam logic [3:0] MinOffset = 4'd5;

  // --- TCP ------------------------------------------------------------------------------------------------------------
  logic fin, syn, rst, psh, ack, urg;
  assign {urg, ack, psh, rst, syn, fin} = flags_i;

  len_t tcp_header;
  logic tcp_ok, tcp_short, tcp_long, tcp_options, tcp_cut;
  assign tcp_header  = {5'd0, offset_i, 2'd0};
  assign tcp_ok      = tcp_i && valid_i;
  assign tcp_short   = offset_i < MinOffset;
  assign tcp_long    = tcp_header > room_i;
  assign tcp_options = offset_i > MinOffset && !tcp_long;
  // A stop: options that are not known.
  assign tcp_cut     = tcp_ok && tcp_options && part_i && known_i < tcp_header;

  assign tcp_len_o   = tcp_ok && !tcp_short && !tcp_long ? room_i - tcp_header : len_t'(0);
  assign tcp_ws_o    = tcp_ok && tcp_options && (tcp_cut || option_ws_i);

  // --- UDP ------------------------------------------------------------------------------------------------------------
  logic udp_ok, udp_short, udp_long, udp_slack;
  assign udp_ok    = udp_i && valid_i;
  assign udp_short = udp_len_i < 16'd8;
  assign udp_long  = !is_frag_i && !clipped_i && udp_len_i > {5'd0, room_i};
  assign udp_slack = !is_frag_i && !clipped_i && !udp_short && udp_len_i < {5'd0, room_i};

  // --- sum ------------------------------------------------------------------------------------------------------------
  logic can_sum, want_sum, sum_known, sum;
  assign can_sum   = valid_i && !is_frag_i && !no_sum_i && !clipped_i;
  assign want_sum  = can_sum && (udp_i ? !udp_short && !udp_long && !udp_zero_i : !tcp_cut);
  assign sum_known = !(part_i && {5'd0, known_i} < (udp_i ? udp_len_i : {5'd0, room_i}));
  assign sum       = want_sum && sum_known;
  assign cut_o     = tcp_cut || (want_sum && !sum_known);

  // --- neighbour discovery ----------------------------------------------------------------------------------------------
  logic discovery;
  assign discovery = icmp6_i && valid_i && sport_i[15:8] >= 8'd133 && sport_i[15:8] <= 8'd137;
  assign exempt_o  = discovery && hop255_i && !is_frag_i;  // RFC 6980

  always_comb begin
    anomalies_o = '0;
    anomalies_o[AnomFragTiny]        = (truncated_i && is_frag_i) || (tcp_ok && tcp_long && is_frag_i);
    anomalies_o[AnomTcpTruncated]    = tcp_i && truncated_i && !is_frag_i;
    anomalies_o[AnomTcpDataOffset]   = tcp_ok && (tcp_short || (tcp_long && !is_frag_i));
    anomalies_o[AnomTcpOptLen]       = tcp_ok && tcp_options && !tcp_cut && option_bad_i;
    anomalies_o[AnomTcpFlagsNull]    = tcp_ok && flags_i == 6'd0;
    anomalies_o[AnomTcpFlagsSynFin]  = tcp_ok && syn && fin;
    anomalies_o[AnomTcpFlagsSynRst]  = tcp_ok && syn && rst;
    anomalies_o[AnomTcpFlagsFinRst]  = tcp_ok && fin && rst;
    anomalies_o[AnomTcpFlagsNoAck]   = tcp_ok && (fin || psh || urg) && !syn && !rst && !ack;
    anomalies_o[AnomTcpPortZero]     = tcp_ok && (sport_i == 16'd0 || dport_i == 16'd0);
    anomalies_o[AnomTcpDstMulticast] = tcp_ok && multi_i;
    anomalies_o[AnomTcpSynData]      = tcp_ok && syn && !tcp_short && room_i > tcp_header && !tcp_cut;
    anomalies_o[AnomTcpChecksum]     = tcp_i && sum && !sum_ok_i;
    anomalies_o[AnomUdpTruncated]    = udp_i && truncated_i && !is_frag_i;
    anomalies_o[AnomUdpLength]       = udp_ok && (udp_short || udp_long);
    anomalies_o[AnomUdpLengthSlack]  = udp_ok && udp_slack;
    anomalies_o[AnomUdpPortZero]     = udp_ok && dport_i == 16'd0;
    anomalies_o[AnomUdpSrcPortZero]  = udp_ok && sport_i == 16'd0;
    anomalies_o[AnomUdpChecksum]     = (udp_ok && udp_zero_i && ip6_i) || (udp_i && sum && !sum_ok_i);
    anomalies_o[AnomIcmpTruncated]   = (icmp4_i || icmp6_i) && truncated_i && !is_frag_i;
    anomalies_o[AnomIcmpChecksum]    = (icmp4_i || icmp6_i) && sum && !sum_ok_i;
    anomalies_o[AnomIcmpFragment]    = (icmp4_i || icmp6_i) && is_frag_i;
    anomalies_o[AnomNdHopLimit]      = discovery && !hop255_i;

    classes_o = '0;
    classes_o[ClassTcp]       = tcp_i;
    classes_o[ClassUdp]       = udp_i;
    classes_o[ClassIcmp]      = icmp4_i || icmp6_i;
    classes_o[ClassOtherL4]   = other_i;
    classes_o[ClassSyn]       = tcp_ok && syn && !ack;
    classes_o[ClassSynack]    = tcp_ok && syn && ack;
    classes_o[ClassRst]       = tcp_ok && rst;
    classes_o[ClassFin]       = tcp_ok && fin;
    // A payload that begins beyond the packet is all zeros to those who looked for a method.
    classes_o[ClassGet]       = tcp_ok && !tcp_short && get_i;
    classes_o[ClassPost]      = tcp_ok && !tcp_short && post_i;
    classes_o[ClassHttpOther] = tcp_ok && !tcp_short && http_other_i;
    classes_o[ClassChecked]   = sum && sum_ok_i;
  end
endmodule

`default_nettype wire
