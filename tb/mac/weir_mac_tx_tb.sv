// SPDX-License-Identifier: Apache-2.0
//
// weir_mac_tx against a monitor that knows only 802.3: preamble, delimiter, padding, FCS, gap, order and content, exact
// line rate back to back, at three core clocks; then a source that breaks its contract (underrun).
module weir_mac_tx_tb;
  import weir_mac_pkg::*;
  import weir_gmii_bench_pkg::*;

  // Core clocks: 62.5 MHz, 75 MHz, 125 MHz in step with the wire, 125 MHz at another phase.
  int ratio = 0;
  logic tx_clk = 0, clk = 0, tx_rst = 1, rst = 1;
  always #4.0 tx_clk = !tx_clk;
  always begin
    case (ratio)
      0: #8.0;
      1: #6.667;
      default: #4.0;
    endcase
    if (ratio == 4) begin
      #2.3 ratio = 3;
    end
    clk = !clk;
  end

  logic [63:0] td = 0;
  logic tv = 0, tr, tl = 0;
  logic [10:0] tlen = 0;
  logic [5:0] gap = 6'd12;
  logic [7:0] txd;
  logic en, er;
  mac_tx_counts_t counts;

  weir_mac_tx dut (
    .clk, .rst, .s_axis_tdata(td), .s_axis_tvalid(tv), .s_axis_tready(tr), .s_axis_tlast(tl), .s_axis_tlen(tlen),
    .tx_clk, .tx_rst, .gmii_txd_o(txd), .gmii_tx_en_o(en), .gmii_tx_er_o(er), .gap_i(gap), .counts_o(counts)
  );

  `include "weir_check.svh"

  // --- source ---
  bytes_t expected [$];
  int unsigned id = 0;
  int n_bytes = 0, n_sent = 0;

  // hold_at: after that word the source rests for hold clocks, which its contract forbids.
  task automatic send(input int len, input int hold_at = -1, input int hold = 0);
    bytes_t f = make_frame(++id, len);
    int words = (len + 7) / 8;
    if (hold_at < 0) expected.push_back(padded(f));
    n_bytes += len;
    if (clk) @(negedge clk);  // the source moves at falling edges: no race with the clock
    for (int w = 0; w < words; w++) begin
      logic [63:0] d = '0;
      for (int i = 0; i < 8; i++) if (8 * w + i < len) d[8*i +: 8] = f[8*w+i];
      tv = 1; td = d; tl = (w == words - 1);
      if (w == 0) tlen = 11'(len);
      while (!tr) @(negedge clk);
      @(negedge clk);
      if (w == hold_at) begin
        tv = 0;
        repeat (hold) @(negedge clk);
      end
    end
    tv = 0;
  endtask

  // --- monitor ---
  bytes_t got;
  bit was_en = 0, exact = 0, cut = 0, may_cut = 0;
  int gap_len = 1000, n_good = 0, n_cut = 0, min_gap = 12;
  longint clocks = 0, first_start = 0, last_start = 0;
  always @(posedge tx_clk) if (!tx_rst) begin
    clocks++;
    check(en || !er, "tx_er outside a frame");
    if (en) begin
      if (!was_en) begin
        check(gap_len >= min_gap, "gap too short");
        if (exact) check(gap_len == min_gap, "gap not exact");
        last_start = clocks;
        cut = 0;
      end
      got.push_back(txd);
      cut |= er;
      gap_len = 0;
    end else begin
      gap_len++;
      if (was_en) begin
        automatic bit pre = 1;
        for (int i = 0; i < 8; i++) pre &= (got[i] == ((i == 7) ? 8'hd5 : 8'h55));
        check(pre, "preamble");
        got = got[8:$];
        if (cut) begin
          check(may_cut, "tx_er in a good frame");
          check(!same(got, with_fcs(got[0:got.size()-5])), "a cut frame with a right FCS");
          n_cut++;
        end else begin
          check(expected.size() > 0, "a frame too many");
          if (expected.size() > 0) begin
            automatic bytes_t e = expected.pop_front();
            check(same(got, with_fcs(e)), "frame differs");
          end
          n_good++;
        end
        got = {};
      end
    end
    was_en = en;
  end

  task automatic settle(input string what);
    exact = 0;
    repeat (3000) @(posedge tx_clk);
    check(expected.size() == 0, {what, ": all frames sent"});
    check(counts.good == n_good && counts.underrun == n_cut && counts.bytes == n_bytes, {what, ": counters"});
  endtask

  task automatic restart();
    tx_rst <= 1; rst <= 1; tv = 0;
    repeat (12) @(posedge clk);
    n_good = 0; n_cut = 0; n_bytes = 0; gap_len = 1000; was_en = 0; may_cut = 0;
    @(posedge tx_clk) tx_rst <= 0;
    @(posedge clk) rst <= 0;
    repeat (8) @(posedge tx_clk);
  endtask

  initial begin
    for (int r = 0; r < 4; r++) begin
      ratio = (r == 3) ? 4 : r;
      restart();
      // Line rate: 100 frames of 64 bytes start exactly 84 clocks apart.
      first_start = 0;
      send(60);
      wait (was_en);
      first_start = last_start;
      exact = 1;
      for (int i = 0; i < 100; i++) send(60);
      exact = 0;
      settle("line rate");
      check(last_start - first_start == 100 * 84, "84 clocks a frame of 64 bytes");
      // Every length up to 2,000 (a quarter of them in each clock ratio), still without an additional gap.
      send(60);
      wait (was_en);
      exact = 1;
      for (int len = 1 + r; len <= 2000; len += 4) send(len);
      settle("lengths");
      // Random lengths, rests between frames, other gaps.
      for (int g = 0; g < 4; g++) begin
        case (g)
          0: gap <= 6'd12;
          1: gap <= 6'd8;
          2: gap <= 6'd40;
          default: gap <= 6'd0;
        endcase
        repeat (20) @(posedge clk);
        min_gap = (g == 0) ? 12 : (g == 2) ? 40 : 8;
        for (int i = 0; i < 60; i++) begin
          send(1 + $urandom % ((i % 4 == 0) ? 2000 : 130));
          if ($urandom % 3 == 0) repeat ($urandom % 200) @(posedge clk);
        end
        settle("random");
      end
      gap <= 6'd12;
      min_gap = 12;
      // Underrun: the cut frame is marked and wrong, the next one is right.
      may_cut = 1;
      for (int i = 0; i < 40; i++) begin
        automatic int len = 60 + $urandom % 900;
        send(len, $urandom % ((len + 7) / 8 - 1), 400);
        if (i % 3 != 0) send(60 + $urandom % 200);
      end
      settle("underrun");
      check(n_cut == 40, "every interrupted frame was cut");
    end
    report("weir_mac_tx");
    $finish;
  end
endmodule
