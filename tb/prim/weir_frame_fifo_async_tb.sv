// SPDX-License-Identifier: Apache-2.0
//
// weir_frame_fifo_async: random frames, committed or rewound, with a fast and a slow reader and three clock ratios. What
// is committed comes out once, in order, whole, with its tag and without gaps; what is rewound or refused does not.
module weir_frame_fifo_async_tb;
  int ratio = 0;
  logic wclk = 0, rclk = 0, wrst = 1, rrst = 1;
  always #4.0 wclk = !wclk;
  always begin
    case (ratio)
      0: #8.0;
      1: #6.667;
      2: #4.1;
      default: #3.0;
    endcase
    rclk = !rclk;
  end

  logic we = 0, commit = 0, rewind = 0, ok;
  logic [15:0] wd = 0, td;
  logic [7:0] tag = 0, ttag;
  logic tv, tr = 0, tl;
  weir_frame_fifo_async #(.WordBits(16), .TagBits(8), .Depth(64)) dut (
    .wr_clk(wclk), .wr_rst(wrst), .wr_en_i(we), .wr_data_i(wd), .wr_commit_i(commit), .wr_tag_i(tag),
    .wr_rewind_i(rewind), .wr_ok_o(ok), .rd_clk(rclk), .rd_rst(rrst), .m_axis_tdata(td), .m_axis_tvalid(tv),
    .m_axis_tready(tr), .m_axis_tlast(tl), .m_axis_ttag(ttag));

  `include "weir_check.svh"

  typedef struct packed {logic [7:0] tag; logic last; logic [15:0] data;} word_t;
  word_t expected [$];
  int n_commit = 0, n_refused = 0, n_rewind = 0, pace = 1;

  task automatic frame(input int words, input bit good);
    word_t mine [$];
    if (wclk) @(negedge wclk);
    tag = 8'($urandom);
    for (int i = 0; i < words; i++) begin
      we = 1;
      wd = 16'($urandom);
      mine.push_back('{tag, i == words - 1, wd});
      @(negedge wclk);
      we = 0;
      repeat ($urandom % pace) @(negedge wclk);
    end
    commit = good;
    rewind = !good;
    #1;
    if (good && ok) begin
      expected = {expected, mine};
      n_commit++;
    end else if (good) n_refused++;
    else n_rewind++;
    @(negedge wclk);
    commit = 0;
    rewind = 0;
  endtask

  int rd_share = 4;
  bit open = 0;
  always @(negedge rclk) begin
    tr = ($urandom % 4) < rd_share;
    if (!rrst) begin
      if (open) check(tv, "gap inside a frame");
      if (tv) begin
        check(expected.size() != 0, "invented");
        if (expected.size() != 0) check(td == expected[0].data && tl == expected[0].last &&
          ttag == expected[0].tag, "word");
        open = !(tl && tr);
        if (tr && expected.size() != 0) void'(expected.pop_front());
      end
    end
  end

  initial begin
    for (int r = 0; r < 4; r++) begin
      ratio = r;
      wrst = 1; rrst = 1; rd_share = 0; open = 0;
      repeat (12) @(negedge rclk);
      expected = {};
      @(negedge wclk) wrst = 0;
      @(negedge rclk) rrst = 0;
      for (int p = 0; p < 6; p++) begin
        pace = (p < 3) ? 8 : 1;
        rd_share = 4 - p % 3;
        for (int i = 0; i < 400; i++) frame(1 + $urandom % ((i % 5 == 0) ? 63 : 9), $urandom % 4 != 0);
      end
      rd_share = 4;
      repeat (200) @(negedge rclk);
      check(expected.size() == 0, "everything came");
      // Exactly full: one frame of all 63 words, then 32 frames of one word; one more of each is refused.
      n_refused = 0;
      frame(63, 1);
      check(n_refused == 0, "63 words and the header fit");
      repeat (200) @(negedge rclk);
      frame(64, 1);
      check(n_refused == 1, "64 words do not");
      frame(5, 1);
      repeat (50) @(negedge rclk);
      rd_share = 0;
      repeat (4) @(negedge rclk);
      for (int i = 0; i < 40; i++) frame(1, 1);
      check(n_refused >= 1 + 40 - 34 && n_refused <= 1 + 40 - 32, "32 frames of one word and those read ahead fit");
      rd_share = 4;
      repeat (300) @(negedge rclk);
      check(expected.size() == 0, "everything came after being full");
    end
    check(n_rewind > 1000 && n_commit > 3000, "both kinds were tried");
    report("weir_frame_fifo_async");
    $finish;
  end
endmodule
