// SPDX-License-Identifier: Apache-2.0
//
// What the tables of state need (docs/datapath.md, 2.8) beside what layer 4 gives anyway: the sequence numbers of TCP, and
// the TCP segment that an ICMP error quotes. Pairs of granules of layer 4 (weir_parse_l4), q = p + 8:
//
//   pair          0          1            2               3               4           5       6
//   TCP           ports seq  ack …
//   IPv4 quoted   type …     45 … offset  … protocol src  dst    ports    seq …
//   IPv6 quoted   type …     6 … next     src ……………………………………………………………  dst …………………………………  ports seq
//
// The quoted source is held against the destination of the packet as it comes by: 32 or 64 bits a pair. In an inbound
// packet that is the protected address, which stands two words before pair 2 at the latest.
//
// Values show one clock after their pair and stay until the same pair of the next packet.
`default_nettype none

module weir_parse_state
  import weir_pkg::*;
(
  input  logic         clk,
  // Stage B.
  input  logic         valid_i,
  input  logic [6:0]   at_i,        // pair n is in pair_i
  input  logic [63:0]  pair_i,
  input  logic         ip6_i,
  input  logic [127:0] protect_i,
  input  logic         icmp4_i,     // these two from pair 1 on
  input  logic         icmp6_i,
  // When all is settled.
  input  logic [7:0]   kind_i,      // ICMP type
  input  len_t         room_i,      // g
  input  len_t         known_i,
  input  logic         part_i,
  input  logic         usable_i,    // l4_valid, not is_frag, inbound
  output logic [31:0]  seq_o,       // of TCP or quoted
  output logic [31:0]  ack_o,
  output logic         quote_o,
  output logic [127:0] quote_remote_o,   // of IPv4 bits 31:0 alone count
  output logic [15:0]  quote_rport_o,
  output logic [15:0]  quote_pport_o
);
  localparam logic [7:0] Tcp = 8'd6, Ip4NoOptions = 8'h45;
  localparam len_t Quote4 = len_t'(8 + 28), Quote6 = len_t'(8 + 48);

  logic [31:0] even, odd;
  assign {even, odd} = pair_i;

  // --- values -----------------------------------------------------------------------------------------------------------
  logic seq4, seq6;
  assign seq4 = at_i[4] && icmp4_i;
  assign seq6 = at_i[6] && icmp6_i;
  always_ff @(posedge clk) begin
    if (valid_i) begin
      if (at_i[0] || seq4 || seq6) seq_o <= at_i[4] ? even : odd;
      if (at_i[1]) ack_o <= even;
      if (at_i[4]) quote_remote_o[127:64] <= pair_i;
      if (at_i[5]) quote_remote_o[63:32] <= even;
      if (ip6_i ? at_i[5] : at_i[3]) quote_remote_o[31:0] <= ip6_i ? odd : even;
      if (ip6_i ? at_i[6] : at_i[3]) {quote_pport_o, quote_rport_o} <= ip6_i ? even : odd;
    end
  end

  // --- is it a segment of this host? --------------------------------------------------------------------------------------
  logic even_same, odd_same, ours_q;
  assign even_same = even == (at_i[3] ? protect_i[63:32] : protect_i[127:96]);
  assign odd_same  = odd == (at_i[2] && ip6_i ? protect_i[95:64] : protect_i[31:0]);
  always_ff @(posedge clk) begin
    if (valid_i) begin
      if (at_i[1]) ours_q <= ip6_i ? even[31:28] == 4'd6 && odd[15:8] == Tcp : even[31:24] == Ip4NoOptions && odd[12:0] == '0;
      if (at_i[2] && !(odd_same && (ip6_i ? even_same : even[23:16] == Tcp))) ours_q <= 1'b0;
      if (at_i[3] && ip6_i && !(odd_same && even_same)) ours_q <= 1'b0;
    end
  end

  // --- is there one at all? -----------------------------------------------------------------------------------------------
  logic error4, error6;
  len_t need;
  assign error4  = icmp4_i && (kind_i inside {8'd3, 8'd4, 8'd11, 8'd12});
  assign error6  = icmp6_i && (kind_i inside {[8'd1 : 8'd4]});
  assign need    = icmp6_i ? Quote6 : Quote4;
  assign quote_o = usable_i && (error4 || error6) && room_i >= need && !(part_i && known_i < need) && ours_q;
endmodule

`default_nettype wire
