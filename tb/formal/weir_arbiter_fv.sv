// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_arbiter. Two arbitrary senders that keep the stream rules. Every word that was taken is kept in
// a plain history of three clocks; what comes out must be that history, but for the frames that section 1 of
// docs/datapath.md refuses. So every frame that was taken comes out once, whole, in order, unmixed, with its number and
// its stamp, or is told as refused and never seen again.
// With Gaps the senders may pause within a frame; then one arbitrary word is followed instead (bounded).
`default_nettype none

module weir_arbiter_fv
  import weir_pkg::*;
#(
    parameter bit Gaps = 1'b0
) (
    input wire clk,
    input wire  data_t [1:0] tdata,
    input wire  [1:0]        tvalid,
    input wire  [1:0]        tlast,
    input wire  len_t [1:0]  tlen,
    input wire  len_t [1:0]  tknown,
    input wire  stamp_t now,
    input wire  hold,
    input wire  maint,
    input wire  room_any,
    input wire  room_512,
    input wire  len_t max_frame,
    input wire  pick_frame,        // Gaps: follow this frame, of it this word
    input wire  [3:0] which
);
  logic first_clock = 1'b1;
  always_ff @(posedge clk) first_clock <= 1'b0;
  wire rst = first_clock;

  len_t p_max;
  always_ff @(posedge clk) p_max <= max_frame;
  always_comb assume (max_frame >= 11'd60 && max_frame <= 11'd1992 && (first_clock || max_frame == p_max));

  logic [1:0] tready, begins, taken, refused;
  logic       word_valid, word_first, word_last, idle;
  data_t      word_data;
  frame_t     frame;
  stamp_t     now_o;

  weir_arbiter dut (
      .clk,
      .rst,
      .s_axis_tdata   (tdata),
      .s_axis_tvalid  (tvalid),
      .s_axis_tready  (tready),
      .s_axis_tlast   (tlast),
      .s_axis_tlen    (tlen),
      .s_axis_tknown  (tknown),
      .now_i          (now),
      .hold_i         (hold),
      .max_frame_i    (max_frame),
      .maint_pending_i(maint),
      .room_any_i     (room_any),
      .room_512_i     (room_512),
      .word_valid_o   (word_valid),
      .word_first_o   (word_first),
      .word_last_o    (word_last),
      .word_data_o    (word_data),
      .frame_o        (frame),
      .now_o          (now_o),
      .begins_o       (begins),
      .taken_o        (taken),
      .refused_o      (refused),
      .idle_o         (idle)
  );

  // --- The senders -----------------------------------------------------------------------------------------------
  logic [1:0]  open = '0;           // in a frame
  logic [1:0][3:0] words = '0;      // of it that were taken, up to 8
  logic [1:0]  waited = '0;
  data_t [1:0] p_data;
  logic [1:0]  p_last;
  len_t [1:0]  p_len, p_known;
  stamp_t      p_now;
  always_ff @(posedge clk) begin
    p_data <= tdata; p_last <= tlast; p_len <= tlen; p_known <= tknown; p_now <= now;
    for (int s = 0; s < 2; s++) begin
      waited[s] <= tvalid[s] && !tready[s];
      if (tvalid[s] && tready[s]) begin
        open[s]  <= !tlast[s];
        words[s] <= tlast[s] ? '0 : (words[s] == 4'd8) ? 4'd8 : words[s] + 4'd1;
      end
    end
    if (rst) begin
      open   <= '0;
      words  <= '0;
      waited <= '0;
    end
  end
  always_comb
    for (int s = 0; s < 2; s++) begin
      if (waited[s]) assume (tvalid[s] && tdata[s] == p_data[s] && tlast[s] == p_last[s] && tlen[s] == p_len[s]
                             && tknown[s] == p_known[s]);
      if (open[s]) assume (tlen[s] == p_len[s] && tknown[s] == p_known[s]);
      if (open[s] && !Gaps) assume (tvalid[s]);
      if (words[s] < 4'd7) assume (!tlast[s]);      // 8 words or more
      assume (tlen[s] >= 11'd60 && tknown[s] <= tlen[s]);
    end
  always_comb if (!first_clock) assume (now >= p_now);

  // --- What is taken ---------------------------------------------------------------------------------------------
  wire       side   = tready[1];
  wire       xfer   = (tvalid & tready) != '0;
  wire       in_frame = open != '0;
  always_comb if (!rst) begin
    assert (tready != 2'b11);
    assert (open != 2'b11);
    // A frame goes on until its last word; none begins while held or without room.
    if (in_frame) assert (tready == open);
    assert (begins == (in_frame ? 2'b00 : (tvalid & tready)));
    if (begins != '0) assert (!hold && (room_any || (room_512 && tlen[side] < 11'd512)));
  end
  // By turns: who waited while the other's frame began is next. U first when nobody waited.
  logic       owed = 1'b0;
  logic       owed_side;
  logic       quiet = 1'b1;   // in the clock before there was no frame and nobody waited
  always_ff @(posedge clk) begin
    quiet <= !in_frame && tvalid == '0;
    if (begins != '0) begin
      owed      <= tvalid[!side];
      owed_side <= !side;
    end
    if (rst) begin
      owed  <= 1'b0;
      quiet <= 1'b1;
    end
  end
  always_comb if (!rst && begins != '0) begin
    if (owed) assert (side == owed_side);
    if (quiet && tvalid == 2'b11) assert (side == 1'b0);
  end
  always_comb if (!rst) begin
    assert (dut.in_frame_q == in_frame);
    if (in_frame) assert (dut.side_q == open[1]);
    if (owed) assert (dut.turn_q == owed_side && waited[owed_side] && !open[owed_side]);
    if (quiet) assert (!dut.turn_q);
    for (int s = 0; s < 2; s++) assert (open[s] == (words[s] != 0) && words[s] <= 4'd8);
  end

  // --- Refusal, from the text ---------------------------------------------------------------------------------------
  function automatic logic tag(logic [15:0] bytes);   // first byte on the wire in the low half
    return bytes == 16'h0081 || bytes == 16'ha888 || bytes == 16'h0091;
  endfunction
  function automatic logic text_refuses(len_t f, len_t k, len_t max, data_t w1, data_t w2);
    logic [12:0] limit;
    limit = 13'(max);
    if (k >= 11'd14 && tag(w1[47:32])) begin
      limit = limit + 13'd4;
      if (k >= 11'd18 && tag(w2[15:0])) limit = limit + 13'd4;
    end
    return 13'(f) > limit || f > 11'd2000;
  endfunction

  // --- Maintenance gap: 63 frames 8 clocks apart, never 64 ---------------------------------------------------------
  logic [4:0] since = '0;
  logic [6:0] run = '0;      // frames that began 8 clocks after the one before, maintenance waiting all the time
  always_ff @(posedge clk) begin
    if (begins != '0) begin
      since <= 5'd1;
      run   <= (maint && since == 5'd8) ? run + 7'd1 : 7'd1;
    end else if (since != '1) since <= since + 5'd1;
    if (!maint) run <= '0;
    if (rst) begin
      since <= '0;
      run   <= '0;
    end
  end
  always_comb if (!rst) begin
    assert (run <= 7'd63);
    assert (run <= 7'(dut.run_q));
    if (run != '0) assert (since == dut.since_q || (since >= 5'd16 && dut.since_q == 5'd16));
  end

  if (!Gaps) begin : g_history
    // --- What comes out is what was taken three clocks before ---------------------------------------------------------
    typedef struct packed {
      logic   valid;
      logic   first;
      logic   last;
      logic   side;
      data_t  data;
      len_t   len;
      len_t   known;
      stamp_t stamp;
    } word_t;
    word_t  h1 = '0, h2 = '0, h3 = '0;
    logic   passes_q = 1'b0;   // the frame whose words come out
    frame_t frame_q;
    seqno_t number = 32'd0;
    logic   refuses, passes;
    frame_t expected;
    always_comb begin
      refuses  = text_refuses(h3.len, h3.known, max_frame, h2.data, h1.data);
      passes   = h3.first ? !refuses : passes_q;
      expected = h3.first ? '{seqno: number + 32'd1, stamp: h3.stamp, dir: h3.side, len: h3.len, known: h3.known}
                          : frame_q;
    end
    always_ff @(posedge clk) begin
      h1 <= '{valid: xfer, first: begins != '0, last: tlast[side], side: side, data: tdata[side], len: tlen[side],
              known: tknown[side], stamp: now};
      h2 <= h1;
      h3 <= h2;
      if (h3.valid) begin
        passes_q <= passes;
        if (passes) frame_q <= expected;
        if (h3.first && passes) number <= number + 32'd1;
      end
      if (rst) begin
        h1.valid <= 1'b0; h2.valid <= 1'b0; h3.valid <= 1'b0;
        number <= 32'd0;
      end
    end
    always_comb if (!rst) begin
      assert (word_valid == (h3.valid && passes));
      assert (refused == ((h3.valid && h3.first && refuses) ? 2'b01 << h3.side : 2'b00));
      assert (taken == ((h3.valid && h3.first && !refuses) ? 2'b01 << h3.side : 2'b00));
      if (word_valid) begin
        assert (word_first == h3.first && word_last == h3.last && word_data == h3.data);
        assert (frame == expected);
      end
      assert (idle == (!in_frame && !h1.valid && !h2.valid && !word_valid));
      // Time for the slots never passes a frame that is still to come out.
      if (h1.valid && h1.first) assert (now_o <= h1.stamp);
      if (h2.valid && h2.first) assert (now_o <= h2.stamp);
      if (h3.valid && h3.first) assert (now_o <= h3.stamp);
    end
    // What induction has to know of the inside.
    always_comb if (!rst) begin
      assert (dut.d1_q.valid == h1.valid && dut.d2_q.valid == h2.valid);
      if (h1.valid) assert (dut.d1_q.first == h1.first && dut.d1_q.last == h1.last && dut.d1_q.data == h1.data);
      if (h2.valid) assert (dut.d2_q.first == h2.first && dut.d2_q.last == h2.last && dut.d2_q.data == h2.data);
      assert (dut.undecided_q == ((h1.valid && h1.first) || (h2.valid && h2.first)));
      assert (dut.next_no_q == number + 32'd1 + 32'(h3.valid && h3.first && passes));
      if (h3.valid) assert (dut.pass_q == passes);
      if (h3.valid && !h3.last) assert (h2.valid && !h2.first);
      if (h2.valid && !h2.last) assert (h1.valid && !h1.first);
      if (h1.valid) assert (in_frame == !h1.last);
      if (!h1.valid) assert (!in_frame);
      if (h3.valid && !h3.first) assert (dut.pass_q == passes_q && (!passes_q || dut.frame_o == frame_q));
      if (h1.valid) assert (h1.first == (words == '0 ? 1'b0 : words[open[1]] == 4'd1));
    end
  end else begin : g_follow
    // --- One word of one frame, any --------------------------------------------------------------------------------
    logic [3:0] p_which;
    always_ff @(posedge clk) p_which <= which;
    always_comb assume (first_clock || which == p_which);
    logic   seen = 1'b0, coming = 1'b0, out = 1'b0, done = 1'b0;
    logic [3:0] in_no = '0, out_no = '0;
    data_t  value;
    seqno_t in_count = '0, out_count = '0, my_count = '0;   // frames taken, frames that came out or were refused
    logic   my_side;
    stamp_t my_stamp;
    wire    out_begins = (word_valid && word_first) || refused != '0;
    wire    mine = seen && !done && out_begins && out_count == my_count;
    always_ff @(posedge clk) begin
      if (begins != '0) in_count <= in_count + 32'd1;
      if (out_begins) out_count <= out_count + 32'd1;
      if (begins != '0 && pick_frame && !seen) begin
        seen <= 1'b1; coming <= 1'b1; in_no <= 4'd1; my_count <= in_count; my_side <= side; my_stamp <= now;
        if (which == '0) value <= tdata[side];
      end else if (xfer && coming) begin
        in_no <= in_no + 4'd1;
        if (in_no == which) value <= tdata[side];
        if (tlast[side] || in_no == 4'd12) coming <= 1'b0;
      end
      if (mine) begin
        out <= word_valid;
        done <= 1'b1;
        out_no <= 4'd1;
      end else if (out && word_valid) begin
        out_no <= out_no + 4'd1;
        if (word_last || out_no == 4'd12) out <= 1'b0;
      end
      if (rst) begin
        seen <= 1'b0; coming <= 1'b0; out <= 1'b0; done <= 1'b0; in_count <= '0; out_count <= '0;
      end
    end
    always_comb if (!rst) begin
      assert (out_count <= in_count);
      if (mine && word_valid) assert (frame.stamp == my_stamp && frame.dir == my_side);
      if (mine && word_valid && which == '0) assert (word_data == value);
      if (out && word_valid) assert (!word_first);
      if (out && word_valid && out_no == which) assert (word_data == value);
      if (idle && !xfer) assert (out_count == in_count);
    end
  end
endmodule

`default_nettype wire
