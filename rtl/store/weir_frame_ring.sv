// SPDX-License-Identifier: Apache-2.0
//
// Frame store: frames wait here, in order, while they are judged. A descriptor enters when a frame is whole; verdicts
// come in the same order; the reader joins the two, streams what is forwarded to the egress queues at one word a clock
// without gaps, and skips the rest in one clock. Frames of 8 words sustain 8.00 clocks each.
//
// A frame to be answered (docs/datapath.md, 16) leaves on the side where it came from, in the lower queue, as the first
// bytes of itself, as many as the answer has; weir_answer makes the answer of them. The rest is skipped.
//
// It cannot stall the writer: the arbiter begins a frame only when room_*_o says so. When the egress queue of a frame has
// no room for all of it, the frame is dropped before its first word moves, with a pulse of full_o. Every frame leaves
// exactly once: start_o, skip_o or full_o.
`default_nettype none
`include "weir_assert.svh"

module weir_frame_ring
  import weir_pkg::*;
#(
    parameter int unsigned DepthWords     = 512,  // two block RAMs
    parameter int unsigned DepthFrames    = 64,   // DepthWords / 8, as a frame has at least 8 words
    parameter int unsigned EgressWords    = 512,  // size of an egress queue
    // Words that may be on their way from the arbiter when it looks at room_*_o.
    parameter int unsigned MarginWords    = 4,
    parameter int unsigned LongestWords   = 250,  // of any frame, of one below 512 bytes
    parameter int unsigned ShortestWords  = 64,
    // Bytes of an answer without tags, by family, and of any.
    parameter int unsigned AnswerBytes4   = 54,
    parameter int unsigned AnswerBytes6   = 74,
    parameter int unsigned AnswerBytesMin = 60,
    localparam int unsigned AddrBits = $clog2(DepthWords),
    localparam int unsigned FreeBits = $clog2(EgressWords) + 1
) (
    input wire clk,
    input wire rst,

    // --- Words from the arbiter; dir and len of frame_i are used. Words of frames do not mix.
    input  wire         word_valid_i,
    input  wire         word_last_i,
    input  wire data_t  word_data_i,
    input  wire         frame_dir_i,
    input  wire len_t   frame_len_i,
    output logic        room_any_o,
    output logic        room_512_o,

    // --- Verdicts, one a frame, in the order of the frames; may come before the frame is whole. Forward, answer or neither;
    // family and tags of a frame to be answered, which is no shorter than its answer.
    input wire       verdict_valid_i,
    input wire       verdict_forward_i,
    input wire       verdict_lower_i,
    input wire       verdict_divert_i,   // forward, to another address: weir_answer sees to that
    input wire       verdict_answer_i,
    input wire       verdict_family_i,
    input wire [1:0] verdict_tags_i,

    // --- To the egress queues: index 2 * side where it leaves + (1: lower). start_o (one queue) reserves out_words_o of
    // its room; then come the words, the first no earlier than the next clock. free_i follows start_o in the next clock.
    input  wire  [3:0][FreeBits-1:0] free_i,
    output logic [3:0]               start_o,
    output logic [8:0]               start_words_o,
    output logic [3:0]               out_valid_o,
    output logic                     out_first_o,
    output data_t                    out_data_o,
    output len_t                     out_len_o,   // from the first word until the next frame's
    // With the first word: this frame is to be answered, its family and tags, low bits of its number.
    output logic                     out_answer_o,
    output logic                     out_divert_o,  // this one is diverted
    output logic                     out_family_o,
    output logic [1:0]               out_tags_o,
    output logic [6:0]               out_number_o,

    // --- Events, one clock each. full_o: dropped, no room in that queue; its number and where it would have left.
    output logic [3:0] full_o,
    output seqno_t     full_seqno_o,
    output logic       skip_o,
    // No frame in here; none that was begun is still missing its verdict.
    output logic       idle_o
);
  `WEIR_ELAB(depth, DepthWords >= 2 * MarginWords + LongestWords && DepthWords == (1 << AddrBits),
             "DepthWords must be a power of two with room for the longest frame")

  function automatic logic [8:0] words_of(len_t len);
    return {1'b0, len[10:3]} + 9'(len[2:0] != '0);
  endfunction

  function automatic len_t answer_len(logic family, logic [1:0] tags);
    len_t len;
    len = LenBits'(family ? AnswerBytes6 : AnswerBytes4) + LenBits'({tags, 2'b00});
    return (len < LenBits'(AnswerBytesMin)) ? LenBits'(AnswerBytesMin) : len;
  endfunction

  // One verdict as it waits: four bits, the width of a LUT RAM.
  typedef struct packed {
    logic       answer;
    logic       high;    // forward; of an answer the family
    logic [1:0] low;     // bit 0: lower queue, 1: diverted; of an answer the tags
  } verdict_t;

  // --- Store ---------------------------------------------------------------------------------------------------
  logic [AddrBits:0] wptr_q = '0;
  logic [AddrBits:0] rptr_q = '0;
  logic [AddrBits:0] free_words;
  logic              read;
  data_t             ram_data;

  weir_ram_sdp #(
      .Width(64), .Depth(DepthWords), .OutputReg(1'b1)
  ) u_ram (
      .clk,
      .wr_en_i  (word_valid_i),
      .wr_addr_i(wptr_q[AddrBits-1:0]),
      .wr_data_i(word_data_i),
      .rd_en_i  (read),
      .rd_addr_i(rptr_q[AddrBits-1:0]),
      .rd_data_o(ram_data)
  );

  always_comb free_words = (AddrBits + 1)'(DepthWords) - (wptr_q - rptr_q);

  always_ff @(posedge clk) begin
    wptr_q     <= wptr_q + (AddrBits + 1)'(word_valid_i);
    room_any_o <= free_words >= (AddrBits + 1)'(LongestWords + MarginWords);
    room_512_o <= free_words >= (AddrBits + 1)'(ShortestWords + MarginWords);
    if (rst) begin
      wptr_q     <= '0;
      room_any_o <= 1'b0;
      room_512_o <= 1'b0;
    end
  end

  initial begin
    room_any_o = 1'b0;
    room_512_o = 1'b0;
  end

  // --- Descriptors and verdicts --------------------------------------------------------------------------------
  logic desc_full, desc_empty, verdict_full, verdict_empty;
  logic desc_dir;
  len_t desc_len;
  verdict_t verdict_in, verdict;
  logic load;

  weir_fifo #(
      .Width(1 + LenBits), .Depth(DepthFrames)
  ) u_desc (
      .clk,
      .rst,
      .wr_en_i  (word_valid_i && word_last_i),
      .wr_data_i({frame_dir_i, frame_len_i}),
      .full_o   (desc_full),
      .rd_en_i  (load),
      .rd_data_o({desc_dir, desc_len}),
      .empty_o  (desc_empty),
      .level_o  ()
  );

  always_comb begin
    verdict_in.answer = verdict_answer_i;
    verdict_in.high   = verdict_answer_i ? verdict_family_i : verdict_forward_i;
    verdict_in.low    = verdict_answer_i ? verdict_tags_i : {verdict_divert_i, verdict_lower_i};
  end

  weir_fifo #(
      .Width($bits(verdict_t)), .Depth(DepthFrames)
  ) u_verdict (
      .clk,
      .rst,
      .wr_en_i  (verdict_valid_i),
      .wr_data_i(verdict_in),
      .full_o   (verdict_full),
      .rd_en_i  (load),
      .rd_data_o(verdict),
      .empty_o  (verdict_empty),
      .level_o  ()
  );

  // --- Reader --------------------------------------------------------------------------------------------------
  // Head: the next frame. One clock after it was loaded, head_ready_q says that fit_q belongs to it; from then on fit_q
  // is at most one clock old, and room does not shrink meanwhile since only this reader reserves.
  logic       head_valid_q = 1'b0;
  logic       head_ready_q = 1'b0;
  logic       head_leaves_q;
  verdict_t   head_verdict_q;
  logic [1:0] head_queue_q;
  len_t       head_len_q;    // of what leaves
  logic [8:0] head_words_q;
  logic [8:0] head_all_q;    // words that it has in here
  len_t       load_len;
  logic       fit_q;
  seqno_t     seqno_q = 32'd1;
  // The frame that streams: words still to be read, and the one to be read is the last; with that, steps to the next frame.
  logic [8:0] left_q  = '0;
  logic       busy_q  = 1'b0;
  logic       last_q;
  logic       first_q;
  logic [1:0] queue_q;
  len_t       len_q;
  verdict_t   verdict_q;
  logic [8:0] step_q;
  logic       start;
  logic       skip;
  logic       full;

  always_comb begin
    start = head_ready_q && head_leaves_q && fit_q && (!busy_q || last_q);
    skip  = head_ready_q && !head_leaves_q && !busy_q;
    full  = head_ready_q && head_leaves_q && !fit_q && !busy_q;
    load  = !desc_empty && !verdict_empty && (!head_valid_q || start || skip || full);
    read  = busy_q;
    load_len = verdict.answer ? answer_len(verdict.high, verdict.low) : desc_len;
    start_o               = '0;
    start_o[head_queue_q] = start;
    start_words_o         = head_words_q;
  end

  always_ff @(posedge clk) begin
    if (load) begin
      head_valid_q   <= 1'b1;
      head_ready_q   <= 1'b0;
      head_leaves_q  <= verdict.answer || verdict.high;
      head_verdict_q <= verdict;
      head_queue_q   <= verdict.answer ? {desc_dir, 1'b1} : {!desc_dir, verdict.low[0]};
      head_len_q     <= load_len;
      head_words_q   <= words_of(load_len);
      head_all_q     <= words_of(desc_len);
    end else if (start || skip || full) begin
      head_valid_q <= 1'b0;
      head_ready_q <= 1'b0;
    end else begin
      head_ready_q <= head_valid_q;
    end
    fit_q <= free_i[head_queue_q] >= FreeBits'(head_words_q);
    if (start || skip || full) seqno_q <= seqno_q + 32'd1;

    if (start) begin
      busy_q  <= 1'b1;
      left_q  <= head_words_q;
      last_q  <= head_words_q == 9'd1;
      first_q <= 1'b1;
      queue_q <= head_queue_q;
      len_q   <= head_len_q;
      verdict_q <= head_verdict_q;
      step_q  <= head_all_q - head_words_q + 9'd1;
    end else if (busy_q) begin
      busy_q  <= !last_q;
      left_q  <= left_q - 9'd1;
      last_q  <= left_q == 9'd2;
      first_q <= 1'b0;
    end
    if (busy_q) rptr_q <= rptr_q + (AddrBits + 1)'(last_q ? step_q : 9'd1);
    else if (skip || full) rptr_q <= rptr_q + (AddrBits + 1)'(head_all_q);
    if (rst) begin
      head_valid_q <= 1'b0;
      head_ready_q <= 1'b0;
      busy_q       <= 1'b0;
      rptr_q       <= '0;
      seqno_q      <= 32'd1;
    end
  end

  // --- The two clocks of the memory ----------------------------------------------------------------------------
  logic       v1_q = 1'b0;
  logic       v2_q = 1'b0;
  logic       first1_q, first2_q;
  logic [1:0] queue1_q, queue2_q;
  len_t       len2_q;

  always_ff @(posedge clk) begin
    v1_q     <= busy_q;
    v2_q     <= v1_q;
    first1_q <= first_q;
    first2_q <= first1_q;
    queue1_q <= queue_q;
    queue2_q <= queue1_q;
    if (first1_q) len2_q <= len_q;
    full_o       <= '0;
    full_o[head_queue_q] <= full;
    full_seqno_o <= seqno_q;
    skip_o       <= skip;
    if (rst) begin
      v1_q   <= 1'b0;
      v2_q   <= 1'b0;
      full_o <= '0;
      skip_o <= 1'b0;
    end
  end

  initial begin
    full_o = '0;
    skip_o = 1'b0;
  end

  always_comb begin
    out_valid_o           = '0;
    out_valid_o[queue2_q] = v2_q;
    out_first_o           = first2_q;
    out_data_o            = ram_data;
    out_len_o             = len2_q;
    // As long as the first word is two clocks behind the reader, no other frame can have started.
    out_answer_o          = verdict_q.answer;
    out_divert_o          = !verdict_q.answer && verdict_q.low[1];
    out_family_o          = verdict_q.high;
    out_tags_o            = verdict_q.low;
    out_number_o          = seqno_q[6:0] - 7'd1;
    idle_o = wptr_q == rptr_q && !head_valid_q && !busy_q && !v1_q && !v2_q && full_o == '0 && !skip_o;
  end

  `WEIR_ASSERT(no_overflow, !word_valid_i || (wptr_q - rptr_q) < (AddrBits + 1)'(DepthWords), clk, rst)
  `WEIR_ASSERT(desc_room, !(word_valid_i && word_last_i) || !desc_full, clk, rst)
  `WEIR_ASSERT(verdict_room, !verdict_valid_i || !verdict_full, clk, rst)
  // len_q must not change before its first word is out, and head needs two clocks to be ready.
  `WEIR_ASSERT(words_min, !head_valid_q || head_words_q >= 9'd3, clk, rst)
  `WEIR_ASSERT(answer_fits, !head_valid_q || !head_verdict_q.answer || head_words_q <= head_all_q, clk, rst)
endmodule

`default_nettype wire
