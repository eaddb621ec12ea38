// SPDX-License-Identifier: Apache-2.0
//
// Takes whole frames from both sides, by turns when both wait (U first after idle), gives each its number and stamp,
// and refuses what is longer than max_frame + 4 a leading VLAN tag (docs/datapath.md, 1). A refused frame is consumed
// and leaves no trace but refused_o.
//
// Words leave 3 clocks after they are taken: the tags are in words 1 and 2, and word 0 must know them. Frames of 8
// words sustain 8.00 clocks each, from one side or both. While a maintenance slot waits, 63 frames that came back to
// back are followed by a gap of 8 clocks, so never more than 8.13. A frame begins only if the ring has room for all of
// it and hold_i is 0; nothing downstream can stall, so a frame that has begun is never held up here.
`default_nettype none
`include "weir_assert.svh"

module weir_arbiter
  import weir_pkg::*;
(
    input wire clk,
    input wire rst,

    // --- Frames, one stream a side (0: U, 1: P). Once a frame has begun, its sender gives a word in every clock (gaps
    // cost time, nothing else). tlen, tknown: F and K, from the first word to the last. F is 60 or more, K at most F.
    // tready depends on both sides' tvalid and tlen in the same clock.
    input  wire  data_t [1:0] s_axis_tdata,
    input  wire  [1:0]        s_axis_tvalid,
    output logic [1:0]        s_axis_tready,
    input  wire  [1:0]        s_axis_tlast,
    input  wire  len_t [1:0]  s_axis_tlen,
    input  wire  len_t [1:0]  s_axis_tknown,

    // --- Time; hold_i belongs to the now_i of the same clock: no frame begins. max_frame_i: 60 to 1992.
    input wire stamp_t now_i,
    input wire         hold_i,
    input wire len_t   max_frame_i,
    // 1: a request for a maintenance slot waits.
    input wire         maint_pending_i,

    // --- Room in the ring, not counting the words that are still in here: for any frame, for one below 512 bytes.
    input wire room_any_i,
    input wire room_512_i,

    // --- To parser and ring, which take a word in every clock. frame_o is constant from the first word to the last.
    output logic   word_valid_o,
    output logic   word_first_o,
    output logic   word_last_o,
    output data_t  word_data_o,
    output frame_t frame_o,

    // now_i, but not past the stamp of a frame that was taken and has not come out yet: what enters the slots beside
    // the frames takes its stamp from here.
    output stamp_t     now_o,
    // One clock a frame, [side]: its first word is taken now; it has a number (with its first word); refused.
    output logic [1:0] begins_o,
    output logic [1:0] taken_o,
    output logic [1:0] refused_o,
    // Nothing in here.
    output logic       idle_o
);
  localparam int unsigned RunFrames = 63;
  localparam int unsigned GapClocks = 16;  // from first word to first word: 8 of a frame, 8 of the gap
  localparam len_t        HardLimit = LenBits'(MaxFrame);

  // --- Whose turn it is ----------------------------------------------------------------------------------------
  logic       in_frame_q = 1'b0;  // a frame has begun, its last word has not come
  logic       side_q     = 1'b0;  // whose
  logic       turn_q     = 1'b0;  // who goes first when both wait
  logic [5:0] run_q      = '0;    // frames since the last gap, saturating
  logic [4:0] since_q    = '0;    // clocks since the last first word, saturating
  logic [1:0] fits;
  logic       pick;
  logic       gap;
  logic       ready;
  logic       side;
  logic       xfer;
  logic       begins;

  always_comb begin
    for (int s = 0; s < 2; s++) fits[s] = room_any_i || (room_512_i && s_axis_tlen[s][10:9] == '0);
    pick   = (s_axis_tvalid == 2'b11) ? turn_q : s_axis_tvalid[1];
    gap    = maint_pending_i && run_q == 6'(RunFrames) && since_q < 5'(GapClocks);
    side   = in_frame_q ? side_q : pick;
    ready  = in_frame_q || (!hold_i && !gap && fits[pick]);
    s_axis_tready       = '0;
    s_axis_tready[side] = ready;
    xfer   = ready && s_axis_tvalid[side];
    begins = xfer && !in_frame_q;
    begins_o       = '0;
    begins_o[side] = begins;
  end

  always_ff @(posedge clk) begin
    if (xfer) in_frame_q <= !s_axis_tlast[side];
    if (begins) begin
      side_q  <= pick;
      turn_q  <= !pick;
      since_q <= 5'd1;
      run_q   <= (since_q >= 5'(GapClocks)) ? 6'd1 : (run_q == 6'(RunFrames)) ? run_q : run_q + 6'd1;
    end else begin
      if (!in_frame_q && s_axis_tvalid == '0) turn_q <= 1'b0;
      if (since_q < 5'(GapClocks)) since_q <= since_q + 5'd1;
    end
    if (rst) begin
      in_frame_q <= 1'b0;
      turn_q     <= 1'b0;
      run_q      <= '0;
      since_q    <= '0;
    end
  end

  // --- What is known of the frame that came last ---------------------------------------------------------------
  // undecided_q: it was taken, and whether it is refused is not known; so its stamp is in now_q and stays there.
  logic   undecided_q = 1'b0;
  logic   decides;
  stamp_t now_q;
  len_t   len_q;
  len_t   known_q;
  logic       known_type1_q;      // the first EtherType is known, the one behind a tag
  logic       known_type2_q;
  len_t [2:0] limit_q;        // with 0, 1, 2 tags
  logic [2:0] over_q;

  always_ff @(posedge clk) begin
    if (!undecided_q) now_q <= now_i;
    if (begins) begin
      len_q   <= s_axis_tlen[side];
      known_q <= s_axis_tknown[side];
    end
    known_type1_q <= known_q >= 11'd14;
    known_type2_q <= known_q >= 11'd18;
    for (int t = 0; t < 3; t++) begin
      limit_q[t] <= (max_frame_i >= HardLimit - LenBits'(4 * t)) ? HardLimit : max_frame_i + LenBits'(4 * t);
      over_q[t]  <= len_q > limit_q[t];
    end
    if (begins) undecided_q <= 1'b1;
    else if (decides) undecided_q <= 1'b0;
    if (rst) undecided_q <= 1'b0;
  end

  always_comb now_o = now_q;

  // --- Delay line: word 0 comes out when word 2 comes in ---------------------------------------------------------
  typedef struct packed {
    logic  valid;
    logic  first;
    logic  last;
    data_t data;
  } word_t;
  word_t d1_q = '0;
  word_t d2_q = '0;
  logic  shift;
  logic  refuse;
  logic  pass_q = 1'b0;
  seqno_t next_no_q = 32'd1;
  logic  out_side_q;

  function automatic logic is_tag(logic [15:0] wire_order);
    logic [15:0] tpid;
    tpid = {wire_order[7:0], wire_order[15:8]};
    return tpid == 16'h8100 || tpid == 16'h88a8 || tpid == 16'h9100;
  endfunction

  always_comb begin
    shift   = xfer || !in_frame_q;
    decides = shift && d2_q.valid && d2_q.first;
    // Bytes 12 and 13 are in word 1, bytes 16 and 17 in word 2.
    if (!known_type1_q || !is_tag(d1_q.data[47:32])) refuse = over_q[0];
    else if (!known_type2_q || !is_tag(s_axis_tdata[side][15:0])) refuse = over_q[1];
    else refuse = over_q[2];
  end

  always_ff @(posedge clk) begin
    word_valid_o <= 1'b0;
    taken_o      <= '0;
    refused_o    <= '0;
    if (begins) out_side_q <= pick;
    if (shift) begin
      d1_q         <= '{valid: xfer, first: begins, last: s_axis_tlast[side], data: s_axis_tdata[side]};
      d2_q         <= d1_q;
      word_data_o  <= d2_q.data;
      word_first_o <= d2_q.first;
      word_last_o  <= d2_q.last;
      word_valid_o <= d2_q.valid && (d2_q.first ? !refuse : pass_q);
    end
    if (decides) begin
      pass_q <= !refuse;
      taken_o[out_side_q]   <= !refuse;
      refused_o[out_side_q] <= refuse;
      if (!refuse) begin
        next_no_q <= next_no_q + 32'd1;
        frame_o   <= '{seqno: next_no_q, stamp: now_q, dir: out_side_q, len: len_q, known: known_q};
      end
    end
    if (rst) begin
      d1_q.valid   <= 1'b0;
      d2_q.valid   <= 1'b0;
      word_valid_o <= 1'b0;
      taken_o      <= '0;
      refused_o    <= '0;
      next_no_q    <= 32'd1;
    end
  end

  initial begin
    word_valid_o = 1'b0;
    taken_o      = '0;
    refused_o    = '0;
  end

  always_comb idle_o = !in_frame_q && !d1_q.valid && !d2_q.valid && !word_valid_o;

  `WEIR_ASSERT(len_min, !begins || s_axis_tlen[side] >= 11'd57, clk, rst)
  `WEIR_ASSERT(known_max, !begins || s_axis_tknown[side] <= s_axis_tlen[side], clk, rst)
  `WEIR_ASSERT(len_stable, !(xfer && in_frame_q) || s_axis_tlen[side] == len_q, clk, rst)
endmodule

`default_nettype wire
