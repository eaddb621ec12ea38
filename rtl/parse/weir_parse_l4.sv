// SPDX-License-Identifier: Apache-2.0
//
// Layer 4: takes the fields of TCP, UDP and ICMP headers out of the aligned words, and says for every word which of its
// halves belong to layer 4, to TCP options, and where the payload begins. The rules are in weir_parse_l4_check.
//
//   granule (4 bytes)  0 ports, or type and code | 1 UDP length, checksum | 3 TCP data offset, flags | 5 … options
//
// The header begins at byte 0 or 4 of a word (odd); word n of layer 4 has granules 2n and 2n+1, or when odd 2n-1 and 2n.
// Fields come from pairs: pair n is granules 2n and 2n+1 in any case, when odd one word later. What is left of an odd last
// word is no pair, but of that word's second half at most two bytes are the frame's (weir_parse_align), so no field is lost.
//
// start_i may come in the same clock as the first word of the header, or before it. Fields show one clock after
// their pair, valid_o two clocks after start_i; all stay until clear_i, which yields to a start in the same clock.
`default_nettype none

module weir_parse_l4
  import weir_pkg::*;
(
  input  logic        clk,
  // Aligned word of an IP packet, stage B.
  input  logic        valid_i,
  input  logic [7:0]  idx_i,
  input  logic [63:0] data_i,
  input  logic        last_i,       // the clock of the frame's last word, whether or not there is one
  input  logic        clear_i,
  // Upper protocol and its place; these and the next stay until three clocks after the last word at least.
  input  logic        start_i,
  input  logic [7:0]  u_i,
  input  logic [11:0] pos_i,
  input  logic        ip6_i,
  input  len_t        end_i,        // X
  input  len_t        k_rel_i,
  input  logic        part_i,
  // Fields.
  output logic        tcp_o,
  output logic        udp_o,
  output logic        icmp4_o,
  output logic        icmp6_o,
  output logic        other_o,
  output logic        valid_o,      // the fixed header is there and known
  output logic        truncated_o,
  output logic        cut_o,
  output len_t        room_o,       // g
  output len_t        known_o,      // known bytes from the start of layer 4
  output logic [15:0] sport_o,
  output logic [15:0] dport_o,      // for ICMP sport_o is type and code
  output logic [15:0] udp_len_o,
  output logic        udp_zero_o,   // checksum field 0
  output logic [3:0]  offset_o,     // TCP data offset
  output logic [5:0]  flags_o,      // URG ACK PSH RST SYN FIN
  output logic [11:0] pseudo_o,     // for the sum: what the pseudo-header has besides the addresses
  // With the word in stage B: pair n of layer 4, at_o[n].
  output logic [63:0] pair_o,
  output logic [6:0]  at_o,
  // With the word in stage B, per half (bit 1: bytes 0 to 3).
  output logic [1:0]  half_o,       // belongs to layer 4
  output logic        restart_o,    // the first word of ICMP in IPv4, which has no pseudo-header
  // With the word in stage C, one word later.
  output logic [11:0] sum_end_o,    // end of the sum
  output logic [1:0]  option_o,     // TCP options
  output logic        payload_o,    // the TCP payload begins in this word …
  output logic        payload_odd_o // … at its second half; stays
);
  localparam logic [7:0] Icmp = 8'd1, Tcp = 8'd6, Udp = 8'd17, Icmp6 = 8'd58;

  logic is_tcp, is_udp, is_icmp4, is_icmp6;
  assign is_tcp   = u_i == Tcp;
  assign is_udp   = u_i == Udp;
  assign is_icmp4 = u_i == Icmp && !ip6_i;
  assign is_icmp6 = u_i == Icmp6 && ip6_i;

  // --- where in layer 4 ---------------------------------------------------------------------------------------------
  logic on_q = 1'b0;                // layer 4 has been started
  logic odd, w0;                    // word 0 of layer 4
  logic w1_q = 1'b0, w2_q = 1'b0, w3_q = 1'b0;    // word 1, 2, 3 or later
  assign odd = pos_i[2];
  assign w0  = (on_q || start_i) && idx_i == pos_i[10:3];

  always_ff @(posedge clk) begin
    if (start_i) on_q <= 1'b1;
    if (valid_i) begin
      w1_q <= w0;
      w2_q <= w1_q;
      w3_q <= w2_q || w3_q;
      if (idx_i == 8'd0) on_q <= 1'b0;
    end
    // The next frame's first word must find none of them.
    if (last_i) {w1_q, w2_q, w3_q} <= '0;
  end

  assign half_o[1] = (w0 && !odd) || w1_q || w2_q || w3_q;
  assign half_o[0] = w0 || w1_q || w2_q || w3_q;
  assign restart_o = w0 && is_icmp4;

  // --- fields -------------------------------------------------------------------------------------------------------
  logic        udp_end_valid_q;
  logic [11:0] udp_end_q;
  logic [31:0] left_q, even, odd_one;     // left_q: second half of the word before; then granules 2n and 2n+1
  logic [6:1]  at_q = '0;
  assign even    = odd ? left_q : data_i[63:32];
  assign odd_one = odd ? data_i[63:32] : data_i[31:0];
  assign pair_o  = {even, odd_one};
  assign at_o    = {at_q, odd ? w1_q : w0};

  always_ff @(posedge clk) begin
    if (valid_i) begin
      left_q <= data_i[31:0];
      at_q   <= at_o[5:0];
      if (at_o[0]) begin
        {sport_o, dport_o} <= even;
        udp_len_o  <= odd_one[31:16];
        udp_zero_o <= odd_one[15:0] == 16'd0;
        udp_end_q  <= pos_i + odd_one[27:16];
      end
      if (at_o[1]) {offset_o, flags_o} <= {odd_one[31:28], odd_one[21:16]};
      // The sum of UDP ends as its length says, that of others with the packet.
      if (idx_i == 8'd0) udp_end_valid_q <= 1'b0;
      else if (at_o[0]) udp_end_valid_q <= is_udp;
    end
    if (last_i) at_q <= '0;
  end
  assign sum_end_o = udp_end_valid_q ? udp_end_q : {1'b0, end_i};

  // --- stage C: options and payload of TCP --------------------------------------------------------------------------
  // The payload is at least one word behind the data offset, so place_q is right when it is asked for.
  logic       c_w2_q, c_w3_q;
  logic [7:0] c_idx_q;
  logic [8:0] place_q;              // of the payload, in granules
  always_ff @(posedge clk) begin
    place_q <= pos_i[10:2] + {5'd0, offset_o};
    if (valid_i) begin
      c_w2_q  <= w2_q;
      c_w3_q  <= w3_q;
      c_idx_q <= idx_i;
    end
  end
  assign option_o[1]   = tcp_o && c_w3_q && {c_idx_q, 1'b0} < place_q;
  assign option_o[0]   = tcp_o && ((c_w2_q && !odd) || c_w3_q) && {c_idx_q, 1'b1} < place_q;
  assign payload_o     = ((c_w2_q && !odd) || c_w3_q) && c_idx_q == place_q[8:1];
  assign payload_odd_o = place_q[0];

  // --- is the fixed header there? -------------------------------------------------------------------------------------
  len_t need;
  always_comb begin
    need = len_t'(0);
    if (tcp_o)            need = len_t'(20);
    if (udp_o || icmp4_o) need = len_t'(8);
    if (icmp6_o)          need = len_t'(4);
  end

  logic start_q = 1'b0;
  logic whole, known;
  assign whole = room_o >= need;
  assign known = !(part_i && known_o < need);
  always_ff @(posedge clk) begin
    start_q <= start_i;
    if (start_i) begin
      {tcp_o, udp_o, icmp4_o, icmp6_o} <= {is_tcp, is_udp, is_icmp4, is_icmp6};
      other_o <= !is_tcp && !is_udp && !is_icmp4 && !is_icmp6;
      room_o  <= end_i - pos_i[10:0];
      known_o <= k_rel_i < pos_i[10:0] ? len_t'(0) : k_rel_i - pos_i[10:0];
    end else if (clear_i) begin
      {tcp_o, udp_o, icmp4_o, icmp6_o, other_o} <= '0;
    end
    if (start_q) begin
      valid_o     <= whole && known && !other_o;
      cut_o       <= whole && !known;
      truncated_o <= !whole;
    end else if (clear_i) begin
      {valid_o, cut_o, truncated_o} <= '0;
    end

    if (icmp4_o)      pseudo_o <= 12'd0;
    else if (udp_o)   pseudo_o <= udp_len_o[11:0] + 12'd17;
    else if (icmp6_o) pseudo_o <= {1'b0, room_o} + 12'd58;
    else              pseudo_o <= {1'b0, room_o} + 12'd6;
  end

  initial begin
    {tcp_o, udp_o, icmp4_o, icmp6_o, other_o} = '0;
    {valid_o, cut_o, truncated_o} = '0;
  end
endmodule

`default_nettype wire
