// SPDX-License-Identifier: Apache-2.0
//
// Walk over extension headers (docs/datapath.md, 2.5): from the protocol of the IP header to the upper protocol and
// its place. Also the end of 2.3 (step 6): a later fragment has a protocol and no layer 4.
//
//   | next header | b | type, or fragment offset | …        at byte 0 or 4 of an aligned word
//
// All that is needed stands in the first four bytes, and a header has at least 8, so at most one begins in a word: one
// header a clock. What a header says (step 4) waits one clock in pend_q until its end has been held against the end of
// the packet. Ends of headers can lie beyond the frame, hence 12 bits.
//
// start_o comes two clocks after the word of the last header (or after word 1) was in data_i. u_o and pos_o then stay
// until the next packet's word 1; flags until clear_i.
`default_nettype none

module weir_parse_ext
  import weir_pkg::*;
  import weir_lists_pkg::*;
(
  input  logic        clk,
  input  logic        rst,
  // Aligned word of an IP packet.
  input  logic        valid_i,
  input  logic [7:0]  idx_i,
  input  logic [63:0] data_i,
  input  logic        clear_i,
  // From the fixed headers, right from the clock after word 1 on (ihl, next, payload: with word 1).
  input  logic        ip6_i,
  input  logic        go_i,         // the header let parsing go on
  input  logic        later_i,      // IPv4 with a fragment offset above 0
  input  logic [3:0]  ihl_i,
  input  logic [7:0]  next_i,       // of IPv6
  input  logic [15:0] payload_i,    // of IPv6
  input  len_t        end_i,        // X
  input  len_t        k_rel_i,
  input  logic        part_i,
  // Layer 4 begins.
  output logic        start_o,
  output logic [7:0]  u_o,
  output logic [11:0] pos_o,
  output logic        none_o,       // no extension header so far; stays as u_o does
  // Flags.
  output logic        proto_valid_o,
  output logic        frag_o,       // class frag
  output logic        is_frag_o,
  output logic        no_sum_o,
  output logic        cut_o,
  output anomalies_t  anomalies_o
);
  localparam logic [7:0] HopByHop = 8'd0, Tcp = 8'd6, Icmp = 8'd1, Routing = 8'd43, Fragment = 8'd44, Auth = 8'd51,
                         Icmp6 = 8'd58, Destination = 8'd60;
  localparam logic [3:0] MaxHeaders = 4'd8;

  // --- state ----------------------------------------------------------------------------------------------------
  logic        walk_q = 1'b0;
  logic [7:0]  u_q;
  logic [11:0] pos_q;
  logic [3:0]  count_q;
  logic        seen_hop_q, seen_route_q, seen_frag_q, seen_auth_q;
  logic [1:0]  seen_dest_q;

  typedef struct packed {
    logic        valid, rh0, no_sum, frag, more;
    logic [12:0] offset;
    logic [15:0] n;             // bytes behind a fragment header
  } pend_t;
  pend_t pend_q = '0;

  // --- the header at pos_q ----------------------------------------------------------------------------------------
  logic        is_ext, here;
  logic [31:0] head;
  logic [7:0]  b;
  logic [11:0] length;
  logic [15:0] behind;
  assign is_ext = u_q == Auth || (ip6_i && (u_q == HopByHop || u_q == Routing || u_q == Fragment || u_q == Destination));
  assign here   = valid_i && idx_i == pos_q[10:3];
  assign head   = pos_q[2] ? data_i[31:0] : data_i[63:32];
  assign b      = head[23:16];
  assign behind = payload_i + 16'd32 - {4'd0, pos_q};   // D - (p + 8), when the packet has 8 bytes here
  always_comb begin
    case (u_q)
      Fragment: length = 12'd8;
      Auth:     length = {2'd0, {2'd0, b} + 10'd2} << 2;
      default:  length = {{1'd0, b} + 9'd1, 3'd0};
    endcase
  end

  // --- checks -------------------------------------------------------------------------------------------------------
  logic        past_end, past_known, no_room, no_room_known, later, ends_late;
  logic [11:0] pos8;
  assign pos8          = {pos_q[11:3] + 9'd1, pos_q[2:0]};
  assign past_end      = pos_q > {1'b0, end_i};
  assign past_known    = part_i && pos_q > {1'b0, k_rel_i};
  assign no_room       = pos8 > {1'b0, end_i};
  assign no_room_known = part_i && pos8 > {1'b0, k_rel_i};
  assign later         = pend_q.offset != 13'd0;
  logic [16:0] frag_end;
  assign frag_end      = {1'b0, pend_q.offset, 3'd0} + {1'b0, pend_q.n};
  assign ends_late     = frag_end > 17'd65535;

  // What this clock does: the first that fits, in the order of the text.
  typedef enum logic [3:0] {
    Idle, NoGo, PastEnd, PastKnown, LaterFrag6, LaterFrag4, Upper, Depth, NoRoom, NoRoomKnown, Wait, Header
  } act_e;
  act_e act;
  logic commit;
  always_comb begin
    if (!walk_q)                         act = Idle;
    else if (!go_i)                      act = NoGo;
    else if (pend_q.valid && past_end)   act = PastEnd;
    else if (pend_q.valid && past_known) act = PastKnown;
    else if (pend_q.frag && later)       act = LaterFrag6;
    else if (!ip6_i && later_i)          act = LaterFrag4;
    else if (!is_ext)                    act = Upper;
    else if (count_q == MaxHeaders)      act = Depth;
    else if (no_room)                    act = NoRoom;
    else if (no_room_known)              act = NoRoomKnown;
    else if (!here)                      act = Wait;
    else                                 act = Header;
    commit = walk_q && go_i && pend_q.valid && !past_end && !past_known;
  end

  always_ff @(posedge clk) begin
    start_o <= act == Upper && !rst;
    if (valid_i && idx_i == 8'd1) begin
      walk_q       <= 1'b1;
      u_q          <= ip6_i ? next_i : data_i[55:48];
      pos_q        <= ip6_i ? 12'd40 : {6'd0, ihl_i, 2'd0};
      count_q      <= 4'd0;
      pend_q.valid <= 1'b0;
      pend_q.frag  <= 1'b0;
      {seen_hop_q, seen_route_q, seen_frag_q, seen_auth_q, seen_dest_q} <= '0;
    end else begin
      if (act != Wait && act != Header) walk_q <= 1'b0;
      // u stays that of the header whose end is missing: in IPv4 it is reported.
      if (act == PastEnd || act == PastKnown) u_q <= Auth;
      pend_q.valid <= 1'b0;
      pend_q.frag  <= 1'b0;
      if (act == Header) begin
        u_q     <= head[31:24];
        pos_q   <= pos_q + length;
        count_q <= count_q + 4'd1;
        pend_q.valid  <= 1'b1;
        pend_q.rh0    <= u_q == Routing && head[15:8] == 8'd0;
        pend_q.no_sum <= (u_q == Routing && head[7:0] != 8'd0) || (u_q == Destination && b >= 8'd2);
        pend_q.frag   <= u_q == Fragment;
        pend_q.offset <= head[15:3];
        pend_q.more   <= head[0];
        pend_q.n      <= behind;
        case (u_q)
          HopByHop: seen_hop_q   <= 1'b1;
          Routing:  seen_route_q <= 1'b1;
          Fragment: seen_frag_q  <= 1'b1;
          Auth:     seen_auth_q  <= 1'b1;
          default:  seen_dest_q  <= {seen_dest_q[0], 1'b1};
        endcase
      end
    end
    if (rst) walk_q <= 1'b0;
  end

  assign u_o   = u_q;
  assign pos_o = pos_q;
  assign none_o = count_q == 4'd0;

  // --- flags --------------------------------------------------------------------------------------------------------
  anomalies_t found;
  logic repeated;
  always_comb begin
    case (u_q)
      HopByHop: repeated = seen_hop_q;
      Routing:  repeated = seen_route_q;
      Fragment: repeated = seen_frag_q;
      Auth:     repeated = seen_auth_q;
      default:  repeated = seen_dest_q[1];
    endcase
    found = '0;
    found[AnomExtTruncated] = act == PastEnd || act == NoRoom;
    found[AnomExtDepth]     = act == Depth;
    found[AnomExtOrder]     = act == Header && u_q == HopByHop && count_q != 4'd0;
    found[AnomExtRepeat]    = act == Header && repeated;
    found[AnomAhLen]        = act == Header && u_q == Auth && b == 8'd0;
    found[AnomIp6Rh0]       = commit && pend_q.rh0;
    found[AnomFragMod8]     = commit && pend_q.frag && pend_q.more && pend_q.n[2:0] != 3'd0;
    found[AnomFragEmpty]    = commit && pend_q.frag && (is_frag_o || pend_q.more || later) && pend_q.n == 16'd0;
    found[AnomFragEnd]      = commit && pend_q.frag && ends_late;
    found[AnomFragTiny]     = act == LaterFrag6 && u_q == Tcp && pend_q.offset == 13'd1;
    found[AnomIcmpFragment] = (act == LaterFrag6 && u_q == Icmp6) || (act == LaterFrag4 && u_q == Icmp);
  end

  always_ff @(posedge clk) begin
    if (clear_i) begin
      {proto_valid_o, frag_o, is_frag_o, no_sum_o, cut_o} <= '0;
      anomalies_o <= '0;
    end else begin
      // IPv4 knows its protocol before the walk, IPv6 after it.
      if (act == LaterFrag6 || act == Upper || (walk_q && go_i && !ip6_i)) proto_valid_o <= 1'b1;
      if (commit && pend_q.frag) frag_o <= 1'b1;
      if (commit && pend_q.frag && (pend_q.more || later)) is_frag_o <= 1'b1;
      if (commit && (pend_q.no_sum || (pend_q.frag && pend_q.more && !later))) no_sum_o <= 1'b1;
      if (act == PastKnown || act == NoRoomKnown) cut_o <= 1'b1;
      anomalies_o <= anomalies_o | found;
    end
  end

  initial begin
    start_o = 1'b0;
    {proto_valid_o, frag_o, is_frag_o, no_sum_o, cut_o} = '0;
    anomalies_o = '0;
  end
endmodule

`default_nettype wire
