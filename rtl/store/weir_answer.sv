// SPDX-License-Identifier: Apache-2.0
//
// Makes answers (docs/datapath.md, 16) of the frames that they answer, on their way from the frame ring to the egress
// queues. Every frame takes 5 clocks; forwarded ones are not changed, but that a diverted one gets the address of the
// diversion for its destination. One word a clock, nothing stalls: the ring reserves
// room and sets the pace.
//
// A frame to be answered comes as its first bytes, as many as the answer has. With halfwords of 16 bits, layer 3 begins
// at the last one of a word (no tag, two tags) or at the second (one tag). Each halfword of the answer is a constant, or
// one of the frame's a fixed distance away, or one of the numbers that were asked for, so that a window of five words does:
//
//     bytes of      frame        answer, which halfword of the frame
//     MAC           h0 .. h5     h+3 (h0 .. h2), h-3
//     tags, type    h6 ..        the same
//     IPv4          r0 .. r9     constants but r6, r7 (r+2) and r8, r9 (r-2)
//     IPv6          r0 .. r19    constants but r4 .. r11 (r+8) and r12 .. r19 (r-8)
//     TCP           q0 .. q9     q0 (q+1), q1 (q-1), sequence q2, q3, acknowledgement q4, q5, constants
//
// Both checksums are sums over the words of the answer itself: IPv4's is known one word behind its addresses, that of TCP
// with the word that it lies in, before that word is given out. Where a checksum will stand, the word has a constant that
// makes the sum right. Sums of 16 bits do not depend on the order of the bytes, so all is kept as it lies in the words.
`default_nettype none
`include "weir_assert.svh"

module weir_answer
  import weir_pkg::*;
(
    input wire clk,
    input wire rst,

    // --- What to answer, with each frame's verdict; kept in a block RAM by the number of the frame.
    input wire          verdict_valid_i,
    input wire answer_t verdict_answer_i,

    // --- From the ring, see there. At least 8 words a frame, without gaps.
    input wire  [3:0] in_valid_i,
    input wire        in_first_i,
    input wire data_t in_data_i,
    input wire        in_answer_i,
    input wire        in_divert_i,
    input wire        in_family_i,
    input wire [1:0]  in_tags_i,
    input wire [6:0]  in_number_i,

    // --- Where diverted frames go, first byte highest. Static.
    input wire [47:0] divert_mac_i,

    // --- To the egress queues. The ring's length of the frame still stands with the first two words.
    output logic [3:0] out_valid_o,
    output logic       out_first_o,
    output data_t      out_data_o
);
  typedef logic [15:0] half_t;       // as it lies in the word: first byte low
  typedef half_t [3:0] halves_t;     // a word

  function automatic half_t be(half_t x);
    return {x[7:0], x[15:8]};
  endfunction

  // --- Requests ------------------------------------------------------------------------------------------------------
  localparam int unsigned NumberBits = 7;  // twice what the ring holds
  logic [NumberBits-1:0] number_q = NumberBits'(1);
  answer_t               request;          // of the frame in stage 1

  always_ff @(posedge clk) begin
    if (verdict_valid_i) number_q <= number_q + 1'b1;
    if (rst) number_q <= NumberBits'(1);
  end

  weir_ram_sdp #(
      .Width($bits(answer_t)), .Depth(1 << NumberBits)
  ) u_request (
      .clk,
      .wr_en_i  (verdict_valid_i),
      .wr_addr_i(number_q),
      .wr_data_i(verdict_answer_i),
      .rd_en_i  (in_valid_i != '0 && in_first_i),
      .rd_addr_i(in_number_i),
      .rd_data_o(request)
  );

  // --- Window: stage 1 is the word that is made, 0 that behind it, 2 and 3 those before it ---------------------------
  halves_t x0, x1_q, x2_q, x3_q;
  always_comb x0 = in_data_i;
  always_ff @(posedge clk) begin
    x1_q <= x0;
    x2_q <= x1_q;
    x3_q <= x2_q;
  end

  localparam int unsigned Delay = 5;
  logic [Delay-1:0][3:0] valid_q = '0;
  logic [Delay-1:0]      first_q;
  always_ff @(posedge clk) begin
    valid_q <= {valid_q[Delay-2:0], in_valid_i};
    first_q <= {first_q[Delay-2:0], in_first_i};
    if (rst) valid_q <= '0;
  end

  // --- Stage 1: where the word is. Token j[n]: layer 3 begins in the word with n = 0, which is the frame's second or
  // third. ----------------------------------------------------------------------------------------------------------
  logic       answer_q = 1'b0;
  logic       divert_q = 1'b0;  // the word in stage 1 has the destination of a diverted frame
  logic       v6_q;
  logic [1:0] tags_q;
  logic       second_q;     // layer 3 begins at the second halfword, otherwise at the last
  logic       tcp_last_q;   // TCP begins at the last halfword, otherwise at the second
  logic       word0_q;
  logic       word1_q;
  logic       j0_q, j1_q, j2_q, j3_q, j4_q, j5_q;
  logic       tcp0, tcp1_q, tcp2_q;  // TCP begins in the word with tcp0
  logic       syn_cookie;
  logic       reset;

  always_ff @(posedge clk) begin
    if (in_valid_i != '0 && in_first_i) begin
      answer_q   <= in_answer_i;
      v6_q       <= in_family_i;
      tags_q     <= in_tags_i;
      second_q   <= in_tags_i[0];
      tcp_last_q <= in_family_i != in_tags_i[0];
    end
    word0_q <= in_valid_i != '0 && in_first_i;
    divert_q <= in_valid_i != '0 && in_first_i && in_divert_i;
    word1_q <= word0_q;
    j0_q    <= (tags_q == '0) ? word0_q : word1_q;
    j1_q    <= j0_q;
    j2_q    <= j1_q;
    j3_q    <= j2_q;
    j4_q    <= j3_q;
    j5_q    <= j4_q;
    tcp1_q  <= tcp0;
    tcp2_q  <= tcp1_q;
    if (rst) {answer_q, divert_q, word0_q, word1_q, j0_q, j1_q, j2_q, j3_q, j4_q, j5_q, tcp1_q, tcp2_q} <= '0;
  end

  always_comb begin
    // Answers are long enough that no token of one frame is left in the next.
    tcp0       = answer_q && (v6_q ? j5_q : (second_q ? j2_q : j3_q));
    syn_cookie = request.kind == AnswerSynCookie;
    reset      = request.kind == AnswerReset;
  end

  // --- Numbers of TCP. First all are the cookie; then the acknowledgement of a SYN cookie becomes tcp_seq + 1. With TCP at
  // the second halfword the sequence lies in 3 and 0, the acknowledgement in 1 and 2; otherwise the other way round. ---
  halves_t     value_q;
  logic [31:0] seq;
  logic [31:0] value;
  logic        add;

  always_comb begin
    seq   = tcp_last_q ? {be(x0[1]), be(x0[2])} : {be(x1_q[3]), be(x0[0])};
    value = word0_q ? request.cookie : seq + 32'd1;
    add   = tcp0 && syn_cookie;
  end

  always_ff @(posedge clk) begin
    if (word0_q || (add && !tcp_last_q)) {value_q[1], value_q[2]} <= {be(value[31:16]), be(value[15:0])};
    if (word0_q || (add && tcp_last_q)) {value_q[3], value_q[0]} <= {be(value[31:16]), be(value[15:0])};
  end

  // --- Selection, one of these by halfword; none: the constant --------------------------------------------------------
  typedef struct packed {
    logic keep;
    logic mac;     // h+3 or h-3
    logic ahead;   // r+8
    logic behind;  // r-8
    logic next;    // r+2, q+2
    logic prev;    // r-2
    logic port;    // q+1 or q-1
    logic value;
  } sel_t;
  sel_t [3:0] sel;
  halves_t    fixed;
  logic [3:0] insert;      // halfwords that get a checksum: 0 and 2 of IPv4, 1 and 3 of TCP
  logic       sum_first;   // the sum begins with this word

  // Sums of constants that the word sums have or lack, see the top. IPv4: 0x4500 + 0x0028 (+ 0x4000 + 0x4006).
  localparam half_t Ip4Words = 16'h4528;
  localparam half_t Ip4All   = 16'hc52e;
  localparam half_t Tcp      = 16'h001a;  // protocol 6, length 20
  function automatic half_t minus(half_t a, half_t b);  // one's complement
    logic [16:0] sum;
    sum = {1'b0, a} + {1'b0, ~b};
    return sum[15:0] + half_t'(sum[16]);
  endfunction

  always_comb begin
    logic ip4, kept;
    sel = '0;
    fixed = '0;
    ip4 = !v6_q && (second_q ? j1_q : j2_q);   // the word with r5 and r6
    // Ethernet. The word with r0 has tags or the type before it.
    kept = j0_q && tags_q != '0;
    sel[0].mac  = word0_q || word1_q;
    sel[1].mac  = word0_q || word1_q;
    sel[2].mac  = word0_q;
    sel[3].mac  = word0_q;
    sel[0].keep = kept;
    sel[1].keep = kept && !second_q;
    sel[2].keep = word1_q || (kept && !second_q);
    sel[3].keep = word1_q && tags_q != '0;
    // IPv6 addresses: in halfword 3 a word earlier than in 0; 1 and 2 as 3 or as 0.
    sel[3].ahead  = v6_q && (j1_q || j2_q);
    sel[3].behind = v6_q && (j3_q || j4_q);
    sel[0].ahead  = v6_q && (j2_q || j3_q);
    sel[0].behind = v6_q && (j4_q || j5_q);
    for (int i = 1; i < 3; i++) begin
      sel[i].ahead  = second_q ? sel[3].ahead : sel[0].ahead;
      sel[i].behind = second_q ? sel[3].behind : sel[0].behind;
    end
    // IPv4 addresses.
    if (second_q) begin
      sel[3].next = ip4;
      sel[0].next = !v6_q && j2_q;
      sel[1].prev = !v6_q && j2_q;
      sel[2].prev = !v6_q && j2_q;
    end else begin
      sel[1].next = ip4;
      sel[2].next = ip4;
      sel[3].prev = ip4;
      sel[0].prev = !v6_q && j3_q;
    end
    // TCP.
    if (tcp_last_q) begin
      sel[3].port  = tcp0;
      sel[0].port  = tcp1_q;
      sel[1].value = tcp1_q && !reset;
      sel[2].value = tcp1_q && !reset;
      sel[1].next |= tcp1_q && reset;
      sel[2].next |= tcp1_q && reset;
      sel[3].value = tcp1_q && !reset;
      sel[0].value = tcp2_q && !reset;
    end else begin
      sel[1].port  = tcp0;
      sel[2].port  = tcp0;
      sel[3].value = tcp0 && !reset;
      sel[0].value = tcp1_q && !reset;
      sel[3].next |= tcp0 && reset;
      sel[0].next |= tcp1_q && reset;
      sel[1].value = tcp1_q && !reset;
      sel[2].value = tcp1_q && !reset;
    end
    // Constants.
    if (second_q) begin
      if (j0_q) {fixed[1], fixed[2], fixed[3]} = v6_q ? {16'h6000, 16'h0000, 16'h0014} : {16'h4500, 16'h0028, 16'h0000};
      if (j1_q) {fixed[0], fixed[1], fixed[2]} = v6_q ? {16'h0640, 32'd0} : {16'h4000, 16'h4006, Ip4Words};
    end else begin
      if (j0_q) fixed[3] = v6_q ? 16'h6000 : 16'h4500;
      if (j1_q) fixed = v6_q ? {16'h0000, 16'h0640, 16'h0014, 16'h0000} : {16'h4006, 16'h4000, 16'h0000, 16'h0028};
      if (j2_q && !v6_q) fixed[0] = Ip4All;
    end
    if (tcp_last_q ? tcp2_q : tcp1_q) fixed[tcp_last_q ? 1 : 3] = reset ? 16'h5004 : 16'h5012;
    if (tcp2_q) fixed[tcp_last_q ? 3 : 1] = !v6_q ? minus(Tcp, Ip4All) : minus(Tcp, second_q ? 16'h0640 : 16'h0654);
    for (int i = 0; i < 4; i++) fixed[i] = be(fixed[i]);
    // Sums begin with the word of the checksum of IPv4, or that of the first address of IPv6.
    sum_first = (v6_q || second_q) ? j1_q : j2_q;
    insert    = {tcp2_q && tcp_last_q, ip4 && second_q, tcp2_q && !tcp_last_q, ip4 && !second_q};
    if (!answer_q) begin
      sel = '0;
      for (int i = 0; i < 3; i++) sel[i].keep = !divert_q;
      sel[3].keep = 1'b1;
      fixed = '0;
      insert = '0;
    end
  end

  // --- Stage 2: what was selected, two at a time in a register, which takes one table and no reset; r+8 is there only
  // now. ------------------------------------------------------------------------------------------------------------
  halves_t    by_mac, by_next, by_prev, by_port;
  halves_t    old_q, asked_q, near_q, side_q, fixed_q;  // asked: or the address of the diversion
  logic [3:0] ahead_q;
  halves_t    made;
  halves_t    y0_q, y1_q, y2_q;

  always_comb begin
    by_mac  = {x1_q[0], x0[1], word0_q ? x0[0] : x2_q[2], word0_q ? x1_q[3] : x2_q[1]};
    by_next = {x0[1], x0[0], x1_q[3], x1_q[2]};
    by_prev = {x1_q[1], x1_q[0], x2_q[3], x2_q[2]};
    by_port = {x0[0], x1_q[1], x1_q[2], x2_q[3]};
    for (int i = 0; i < 4; i++)
      made[i] = old_q[i] | asked_q[i] | near_q[i] | side_q[i] | fixed_q[i] | (ahead_q[i] ? x0[i] : '0);
  end

  always_ff @(posedge clk) begin
    for (int i = 0; i < 4; i++) begin
      old_q[i]   <= ({16{sel[i].keep}} & x1_q[i]) | ({16{sel[i].behind}} & x3_q[i]);
      asked_q[i] <= {16{sel[i].value}} & value_q[i];
      near_q[i]  <= ({16{sel[i].next}} & by_next[i]) | ({16{sel[i].prev}} & by_prev[i]);
      side_q[i]  <= ({16{sel[i].port}} & by_port[i]) | ({16{sel[i].mac}} & by_mac[i]);
      ahead_q[i] <= sel[i].ahead;
    end
    for (int i = 0; i < 3; i++)
      asked_q[i] <= ({16{sel[i].value}} & value_q[i]) | ({16{divert_q}} & be(divert_mac_i[16*(2-i)+:16]));
    fixed_q <= fixed;
  end

  // --- Sums, one and two clocks behind it. The checksum of IPv4 needs one more halfword or three of the next word. -----
  logic [3:0][3:0] insert_q;   // of the words in stage 2, y0, y1, y2
  logic [2:0]      start_q;    // in stage 2, y0, y1
  logic [1:0]      three_q;    // in stage 2, y0
  logic [16:0]     middle;
  logic [17:0]     word_q;     // the word in y1
  logic [20:0]     tcp_q;      // words up to that in y2
  logic [18:0]     ip_q;       // the word in y2 and what it needs of the next

  always_comb middle = 17'(y0_q[1]) + 17'(y0_q[2]);

  always_ff @(posedge clk) begin
    y0_q     <= made;
    y1_q     <= y0_q;
    y2_q     <= y1_q;
    insert_q <= {insert_q[2:0], insert};
    start_q  <= {start_q[1:0], sum_first};
    three_q  <= {three_q[0], second_q};
    word_q   <= 18'(middle) + 18'(17'(y0_q[0]) + 17'(y0_q[3]));
    tcp_q    <= 21'(word_q) + (start_q[2] ? '0 : tcp_q);
    ip_q     <= 19'(word_q) + 19'(y0_q[0]) + (three_q[1] ? 19'(middle) : '0);
  end

  function automatic half_t checksum(logic [20:0] sum);
    logic [16:0] folded;
    folded = 17'(sum[15:0]) + 17'(sum[20:16]);
    // What carried has few bits left.
    return ~{folded[15:5], folded[4:0] + 5'(folded[16])};
  endfunction

  always_comb begin
    halves_t out;
    out = y2_q;
    for (int i = 0; i < 4; i += 2) begin
      if (insert_q[3][i]) out[i] = checksum(21'(ip_q));
      if (insert_q[3][i+1]) out[i+1] = checksum(tcp_q);
    end
    out_data_o  = out;
    out_valid_o = valid_q[Delay-1];
    out_first_o = first_q[Delay-1];
  end

  for (genvar i = 0; i < 4; i++) begin : g_half
    `WEIR_ASSERT(one_source, $onehot0(sel[i]), clk, rst)
  end
  `WEIR_ASSERT(asked_for, !(word0_q && answer_q) || request.kind != AnswerNone, clk, rst)
endmodule

`default_nettype wire
