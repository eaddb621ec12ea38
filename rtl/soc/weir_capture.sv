// SPDX-License-Identifier: Apache-2.0
//
// Frames for the host (docs/soc.md, capture): the first 240 octets and the header of those that fit, 16 at most, in two block
// RAMs of 16 x 32 rows x 32 bit. Never holds anything up.
//
// A frame that may fit is a candidate, one at a time: its words are written behind the last entry as they come (rows 2 to
// 31), its header (rows 0 and 1) in the two clocks behind that of its record, and only then it counts. A candidate stays one
// until 3 clocks behind its record (record_valid_i in clock r: the next one's first word in r + 3 or later, count_o in r + 4,
// missed_o in r + 2). With a full memory there is none.
// Settings count in the clock of a frame's first word and in that of its record; room, a clock behind the first word.
//
// Relies on weir_arbiter: frames have 8 words or more, frame_i changes with a first word only. On weir_judge: record_i stands
// still for the 8 clocks that begin with record_valid_i, one record a frame, in their order, and never more than 15 frames
// between first word and record.
`default_nettype none
`include "weir_assert.svh"

module weir_capture
  import weir_pkg::*;
  import weir_sample_pkg::*;
#(
    parameter int unsigned Depth = 16  // frames, a power of two; 16 fill two block RAMs
) (
    input  wire           clk,
    input  wire           rst,
    // What parser and ring get.
    input  wire           word_valid_i,
    input  wire           word_first_i,
    input  wire  data_t   word_data_i,
    input  wire  frame_t  frame_i,
    input  wire           record_valid_i,
    input  wire  record_t record_i,
    // What is captured: registers capture and capture_reason.
    input  wire           run_i,
    input  wire  [1:0]    sides_i,
    input  wire  [3:0]    sample_log2_i,
    input  wire  [7:0]    verdicts_i,
    input  wire  [7:0]    match_i,
    input  wire  [7:0]    mask_i,
    // The oldest frame: word_o is word addr_i of it, one clock after read_i; undefined when count_o is 0. pop_i takes it off.
    input  wire           read_i,
    input  wire  [5:0]    addr_i,
    output logic [31:0]   word_o,
    input  wire           pop_i,
    output logic [7:0]    count_o,
    output logic [23:0]   missed_o,  // wrapping
    output logic          busy_o     // there is a candidate
);
  localparam int unsigned PtrBits  = $clog2(Depth);
  localparam int unsigned RowBits  = 5;
  localparam int unsigned Inside   = 16;  // frames between first word and record
  `WEIR_ELAB(depth, Depth >= 2 && Depth <= 128 && Depth == (1 << PtrBits), "Depth must be a power of two, 2 to 128")

  logic [PtrBits:0] wptr_q = '0;
  logic [PtrBits:0] rptr_q = '0;
  logic [PtrBits:0] level;
  logic             full;

  // --- First word: clock 1 is that of the registers behind the ports ---------------------------------------------------
  logic              valid_q = 1'b0;
  logic              first_q = 1'b0;
  logic              on_q;       // switched on for its side
  rest_t             rest_q;
  logic              may;        // it may fit,
  logic              start;      // and is the candidate
  logic              busy_q = 1'b0;
  logic              active;     // this word is written
  logic              active_q = 1'b0;

  always_ff @(posedge clk) begin
    valid_q <= word_valid_i;
    first_q <= word_valid_i && word_first_i;
    on_q    <= run_i && sides_i[frame_i.dir];
    rest_q  <= sample_rest(number_t'(frame_i.seqno), sample_log2_i);
    if (rst) begin
      valid_q <= 1'b0;
      first_q <= 1'b0;
    end
  end

  always_comb begin
    level  = wptr_q - rptr_q;
    full   = level[PtrBits];
    may    = on_q && rest_q == '0;
    start  = first_q && may && !busy_q && !full;
    active = first_q ? start : active_q;
  end

  // What the record does not bring along to here; frame_i is still the same.
  logic [23:0] stamp_q;
  logic [7:0]  kept_q;
  len_t        len_q;
  logic        all;      // K is 240 or more
  always_comb all = frame_i.known[10:8] != '0 || frame_i.known[7:4] == '1;
  always_ff @(posedge clk) begin
    if (start) begin
      stamp_q <= frame_i.stamp[55:32];
      kept_q  <= all ? 8'd240 : frame_i.known[7:0];
      len_q   <= frame_i.len;
    end
  end

  // Of each frame that has no record yet: whether it might fit, and whether it was written down.
  logic was_may;
  logic was_candidate;
  weir_ram_sdp #(.Width(2), .Depth(Inside), .Style("distributed"), .AsyncRead(1'b1)) u_inside (
      .clk,
      .wr_en_i  (first_q),
      .wr_addr_i(frame_i.seqno[3:0]),
      .wr_data_i({may, start}),
      .rd_en_i  (1'b1),
      .rd_addr_i(record_i.meta.frame.seqno[3:0]),
      .rd_data_o({was_may, was_candidate})
  );

  // --- Record ----------------------------------------------------------------------------------------------------------
  logic [2:0]        head_q = '0;   // of the candidate: row 0 is loaded; row 0 is written, row 1 loaded; row 1 is written
  logic              lost_q = 1'b0; // of another frame that might have fitted
  rest_t             r_rest_q;
  logic [1:0]        r_reason_q;
  logic              r_on_q;
  logic              fits;
  logic              keep_q;
  logic [7:0]        differs;
  logic [23:0]       missed_q = '0;

  always_comb begin
    differs = (record_i.reason ^ match_i) & mask_i;
    fits    = r_on_q && r_rest_q == '0 && r_reason_q == '0;
  end

  always_ff @(posedge clk) begin
    head_q     <= {head_q[1:0], record_valid_i && was_candidate};
    lost_q     <= record_valid_i && was_may && !was_candidate;
    r_on_q     <= run_i && sides_i[record_i.meta.frame.dir] && verdicts_i[record_i.verdict];
    r_rest_q   <= sample_rest(number_t'(record_i.meta.frame.seqno), sample_log2_i);
    r_reason_q <= {differs[7:4] != '0, differs[3:0] != '0};
    if (head_q[0]) keep_q <= fits;
    if (lost_q && fits) missed_q <= missed_q + 1'b1;
    if (head_q[2] && keep_q) wptr_q <= wptr_q + 1'b1;
    if (pop_i && level != '0) rptr_q <= rptr_q + 1'b1;
    if (start) busy_q <= 1'b1;
    if (head_q[2]) busy_q <= 1'b0;
    if (rst) begin
      head_q   <= '0;
      lost_q   <= 1'b0;
      missed_q <= '0;
      wptr_q   <= '0;
      rptr_q   <= '0;
      busy_q   <= 1'b0;
    end
  end

  // --- Rows: those of the candidate's words have all come when its record does ------------------------------------------
  logic [RowBits-1:0] row_q;
  data_t              data_q;
  logic               write;

  always_comb write = (valid_q && active) || head_q[1] || head_q[2];
  always_ff @(posedge clk) begin
    data_q <= word_data_i;
    if (head_q[0]) data_q <= {record_i.meta.frame.stamp[31:0], record_i.meta.frame.seqno};
    if (head_q[1]) data_q <= {5'd0, len_q, 4'd0, record_i.meta.frame.dir, record_i.verdict, record_i.reason, kept_q, stamp_q};
    if (valid_q) row_q <= row_q + 1'b1;
    if (word_valid_i && word_first_i) row_q <= RowBits'(2);
    if (head_q[0] || head_q[1]) row_q <= RowBits'(head_q[1]);
    if (valid_q) active_q <= active && row_q != '1;
    if (rst) active_q <= 1'b0;
  end

  // --- Memory: even words, odd words -----------------------------------------------------------------------------------
  logic [1:0][31:0] read;
  logic             odd_q;

  for (genvar h = 0; h < 2; h++) begin : g_half
    weir_ram_sdp #(.Width(32), .Depth(Depth << RowBits)) u_ram (
        .clk,
        .wr_en_i  (write),
        .wr_addr_i({wptr_q[PtrBits-1:0], row_q}),
        .wr_data_i(data_q[32*h+:32]),
        .rd_en_i  (read_i),
        .rd_addr_i({rptr_q[PtrBits-1:0], addr_i[5:1]}),
        .rd_data_o(read[h])
    );
  end
  always_ff @(posedge clk) if (read_i) odd_q <= addr_i[0];

  always_comb begin
    word_o   = read[odd_q];
    count_o  = 8'(level);
    missed_o = missed_q;
    busy_o   = busy_q;
  end

  // What of a frame is of no use here.
  wire unused = ^{frame_i.seqno[31:22], frame_i.stamp[63:56], frame_i.stamp[31:0]};

`ifdef VERILATOR
  record_t    last_q;
  frame_t     frame_q;
  logic [2:0] still_q = '0;   // clocks for which the record still stands still
  logic [3:0] inside_q = '0;
  logic       seen_q = 1'b0;  // a word; a bench of what is beside may have records alone
  logic [3:0] words_q = '1;   // of this frame, saturating
  always_ff @(posedge clk) begin
    last_q   <= record_i;
    frame_q  <= frame_i;
    still_q  <= record_valid_i ? 3'd7 : still_q - 3'(still_q != '0);
    inside_q <= inside_q + 4'(word_valid_i && word_first_i) - 4'(record_valid_i && inside_q != '0);
    seen_q   <= seen_q || word_valid_i;
    if (word_valid_i) words_q <= word_first_i ? 4'd1 : words_q + 4'(words_q != '1);
    if (rst) begin
      still_q  <= '0;
      inside_q <= '0;
      words_q  <= '1;
      inside_q <= '0;
    end
  end
  `WEIR_ASSERT(record_stands_still, still_q == '0 || record_i == last_q, clk, rst)
  `WEIR_ASSERT(one_in_eight, !record_valid_i || still_q == '0, clk, rst)
  `WEIR_ASSERT(frame_stands_still, (word_valid_i && word_first_i) || frame_i == frame_q, clk, rst)
  `WEIR_ASSERT(words_at_least, !(word_valid_i && word_first_i) || words_q >= 4'd8, clk, rst)
  `WEIR_ASSERT(inside_at_most, !(inside_q == '1 && word_valid_i && word_first_i && !record_valid_i), clk, rst)
  `WEIR_ASSERT(record_of_a_frame, !record_valid_i || inside_q != '0 || !seen_q, clk, rst)
`endif
  `WEIR_ASSERT(level_in_range, level <= (PtrBits + 1)'(Depth), clk, rst)
  `WEIR_ASSERT(room_for_it, !write || !full, clk, rst)
  `WEIR_ASSERT(words_then_head, !(head_q != '0 && valid_q && active), clk, rst)
endmodule

`default_nettype wire
