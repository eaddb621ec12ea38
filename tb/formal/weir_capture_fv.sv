// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_capture, 4 entries: frames of any words and gaps, records in their order at any pace, settings and pops
// that change in every clock. One arbitrary row of one arbitrary entry is followed: once the entry counts, nothing writes
// that row until it is taken off. Nothing is written without room, no frame ends as an entry that was not the candidate, and
// the candidate's header comes when its words are all there. What a row holds is for the bench.
`default_nettype none

module weir_capture_fv
  import weir_pkg::*;
(
    input wire        clk,
    input wire        begins,
    input wire        goes_on,
    input wire        ends,
    input wire data_t data,
    input wire frame_t any_frame,
    input wire        judges,
    input wire record_t any_record,
    input wire        run,
    input wire  [1:0] sides,
    input wire  [3:0] sample_log2,
    input wire  [7:0] verdicts,
    input wire  [7:0] match,
    input wire  [7:0] mask,
    input wire        pop,
    input wire        pick_half,
    input wire  [6:0] pick
);
  localparam int unsigned Depth = 4;

  logic first_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  wire rst = first_clock;

  // --- Frames: 8 words at least, one behind the other; at most 15 without a record. ------------------------------------
  logic       open = 1'b0;         // a frame has begun, its last word has not come
  logic [3:0] words = '0;          // of it, saturating
  logic [3:0] number = '0;         // of the next one: the low bits
  logic [3:0] judged = '0;         // of the next record
  logic [2:0] still = '0;          // clocks until the next record, at the earliest
  frame_t     frame_q;
  record_t    record_q;
  wire  [3:0] pending = number - judged;
  wire        word_first = begins && !open && pending != 4'd15 && !rst;
  wire        word_valid = word_first || (open && goes_on);
  wire        last = word_valid && words >= 4'd7 && open && ends;
  // The record comes behind the last word, 9 clocks at least; one is enough here.
  wire  [3:0] whole = pending - 4'(open);
  wire        record_valid = judges && whole != '0 && still == '0 && !rst;
  frame_t     frame;
  record_t    record;
  always_comb begin
    frame = frame_q;
    if (word_first) begin
      frame = any_frame;
      frame.seqno[3:0] = number;
    end
    record = any_record;
    if (still != '0) record = record_q;
    if (record_valid) record.meta.frame.seqno[3:0] = judged;
  end
  always_ff @(posedge clk) begin
    frame_q  <= frame;
    record_q <= record;
    if (word_first) begin
      open   <= 1'b1;
      words  <= 4'd1;
      number <= number + 4'd1;
    end else if (word_valid && words != '1) words <= words + 4'd1;
    if (last) open <= 1'b0;
    if (record_valid) judged <= judged + 4'd1;
    still <= record_valid ? 3'd7 : still - 3'(still != '0);
  end

  logic [31:0] word;
  logic [7:0]  count;
  logic [23:0] missed;
  logic        busy;
  weir_capture #(.Depth(Depth)) dut (
      .clk,
      .rst,
      .word_valid_i  (word_valid),
      .word_first_i  (word_first),
      .word_data_i   (data),
      .frame_i       (frame),
      .record_valid_i(record_valid),
      .record_i      (record),
      .run_i         (run),
      .sides_i       (sides),
      .sample_log2_i (sample_log2),
      .verdicts_i    (verdicts),
      .match_i       (match),
      .mask_i        (mask),
      .read_i        (1'b0),
      .addr_i        ('0),
      .word_o        (word),
      .pop_i         (pop),
      .count_o       (count),
      .missed_o      (missed),
      .busy_o        (busy)
  );

  // --- The row that is followed: constant from reset on (mk/README.md) ---------------------------------------------------
  logic [6:0]  my_row;    // entry, row
  logic        my_half;
  always_ff @(posedge clk) if (first_clock) {my_half, my_row} <= {pick_half, pick};
  wire [31:0]  my_word = my_half ? dut.g_half[1].u_ram.g_block.mem[my_row] : dut.g_half[0].u_ram.g_block.mem[my_row];
  wire [1:0]   place = my_row[6:5] - dut.rptr_q[1:0];
  wire         counts = 3'(place) < dut.level;
  logic        counted_q = 1'b0;   // in the clock before, and was not taken off then
  logic [31:0] word_q;
  always_ff @(posedge clk) begin
    counted_q <= counts && !(pop && place == '0) && !rst;
    word_q    <= my_word;
  end

  // The candidate's number while it waits for its record.
  logic [3:0] mine;
  logic       waits = 1'b0;
  always_ff @(posedge clk) begin
    if (dut.start) begin
      mine  <= number - 4'd1;
      waits <= 1'b1;
    end else if (record_valid && judged == mine) waits <= 1'b0;
    if (rst) waits <= 1'b0;
  end
  wire [2:0] head = dut.head_q;

  always_comb begin
    if (!rst && !first_clock) begin
      // --- What is promised ------------------------------------------------------------------------------------------
      if (counted_q) assert (counts && my_word == word_q);
      if (dut.write) assert (dut.level < 3'(Depth));
      if (head[2] && dut.keep_q) assert (busy && dut.level < 3'(Depth));
      if (head != '0) assert (!(dut.valid_q && dut.active));
      // --- What induction has to know ----------------------------------------------------------------------------------
      assert (dut.level <= 3'(Depth));
      assert (head == 3'd0 || head == 3'd1 || head == 3'd2 || head == 3'd4);
      assert (busy == (waits || head != '0));
      assert (!(waits && head != '0));
      if (busy) assert (dut.level < 3'(Depth));
      if (dut.first_q) assert (open && words == 4'd1 && pending != '0);
      if (open) assert (words != '0 && pending != '0);
      if (dut.first_q) assert (frame.seqno[3:0] == number - 4'd1);
      if (head == 3'd1) assert (still == 3'd7);
      if (head == 3'd2) assert (still == 3'd6);
      if (head == 3'd4) assert (still == 3'd5);
      if (dut.lost_q) assert (still == 3'd7);
      if (waits) assert (4'(mine - judged) < pending);
      // A word behind the ports is of the frame that has begun last.
      if ((open || dut.valid_q) && !dut.first_q && dut.active_q) assert (waits && mine == number - 4'd1);
      for (int i = 0; i < 16; i++)
        if (4'(4'(i) - judged) < pending && !(dut.first_q && 4'(i) == number - 4'd1))
          assert (dut.u_inside.g_async.mem[i][0] == (waits && mine == 4'(i)));
    end
  end
endmodule

`default_nettype wire
