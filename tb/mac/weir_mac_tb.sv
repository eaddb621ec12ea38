// SPDX-License-Identifier: Apache-2.0
//
// weir_mac as on a board: the send side's pins on the receive side's, both directions busy at once. What the core sends
// must come back padded, whole and in order, at three core clocks; at line rate nothing may be lost.
module weir_mac_tb;
  import weir_mac_pkg::*;
  import weir_gmii_bench_pkg::*;

  // Core clocks: 62.5 MHz, 75 MHz, 125 MHz in step with the wire, 125 MHz at another phase.
  int ratio = 0;
  logic gclk = 0, clk = 0, grst = 1, rst = 1;
  always #4.0 gclk = !gclk;
  always begin
    case (ratio)
      0: #8.0;
      1: #6.667;
      default: #4.0;
    endcase
    if (ratio == 4) begin
      #0.9 ratio = 3;
    end
    clk = !clk;
  end

  logic [63:0] sd = 0, md;
  logic sv = 0, sr, sl = 0, mv, mr = 0, ml;
  logic [10:0] slen = 0, mlen;
  logic [7:0] txd, flip = 0;
  logic en, er;
  mac_rx_counts_t rx_counts;
  mac_tx_counts_t tx_counts;

  weir_mac dut (
    .rx_clk(gclk), .rx_rst(grst), .gmii_rxd_i(txd ^ flip), .gmii_rx_dv_i(en), .gmii_rx_er_i(er),
    .tx_clk(gclk), .tx_rst(grst), .gmii_txd_o(txd), .gmii_tx_en_o(en), .gmii_tx_er_o(er),
    .clk, .rst,
    .m_axis_tdata(md), .m_axis_tvalid(mv), .m_axis_tready(mr), .m_axis_tlast(ml), .m_axis_tlen(mlen),
    .s_axis_tdata(sd), .s_axis_tvalid(sv), .s_axis_tready(sr), .s_axis_tlast(sl), .s_axis_tlen(slen),
    .max_frame_i(11'd1992), .gap_i(6'd12), .rx_counts_o(rx_counts), .tx_counts_o(tx_counts)
  );

  `include "weir_check.svh"

  bytes_t expected [$];
  int unsigned id = 0;
  int n = 0;
  bit noise = 0;

  task automatic send(input int len);
    bytes_t f = make_frame(++id, len);
    int words = (len + 7) / 8;
    expected.push_back(padded(f));
    n++;
    if (clk) @(negedge clk);  // the source moves at falling edges: no race with the clock
    for (int w = 0; w < words; w++) begin
      logic [63:0] d = '0;
      for (int i = 0; i < 8; i++) if (8 * w + i < len) d[8*i +: 8] = f[8*w+i];
      sv = 1; sd = d; sl = (w == words - 1);
      if (w == 0) slen = 11'(len);
      while (!sr) @(negedge clk);
      @(negedge clk);
    end
    sv = 0;
  endtask

  bit random_ready = 0;
  always @(posedge clk) mr <= !random_ready || $urandom % 2 != 0;

  bytes_t now;
  int n_got = 0;
  always @(posedge clk) if (!rst && mv && mr) begin
    for (int i = 0; i < 8; i++) if (now.size() < int'(mlen)) now.push_back(md[8*i +: 8]);
    if (ml) begin
      check(now.size() == int'(mlen), "length");
      n_got++;
      // With noise on the wire frames may be missing, but none is wrong.
      while (noise && expected.size() > 0 && !same(expected[0], now)) void'(expected.pop_front());
      check(expected.size() > 0, "a frame that was not sent");
      if (expected.size() > 0) begin
        automatic bytes_t e = expected.pop_front();
        check(same(e, now), "frame differs");
      end
      now = {};
    end
  end

  // Noise: single bits of the bytes under tx_en.
  always @(posedge gclk) flip <= (noise && en && $urandom % 300 == 0) ? (8'd1 << ($urandom % 8)) : 8'd0;

  initial begin
    for (int r = 0; r < 4; r++) begin
      ratio = (r == 3) ? 4 : r;
      grst <= 1; rst <= 1; noise = 0; random_ready = 0;
      repeat (12) @(posedge clk);
      @(posedge gclk) grst <= 0;
      @(posedge clk) rst <= 0;
      repeat (8) @(posedge gclk);
      n = 0; n_got = 0;
      for (int i = 0; i < 200; i++) send(60);
      for (int i = 0; i < 150; i++) send(1 + $urandom % 1992);
      random_ready = 1;
      for (int i = 0; i < 150; i++) send(1 + $urandom % ((i % 3 == 0) ? 1992 : 100));
      repeat (8000) @(posedge gclk);
      check(expected.size() == 0, "all came back");
      check(n_got == n && rx_counts.good == n && tx_counts.good == n, "counters of good frames");
      check((rx_counts.overrun | rx_counts.fcs | rx_counts.runt | rx_counts.oversize | rx_counts.error |
             tx_counts.underrun) == 0, "counters of bad frames");
      noise = 1;
      for (int i = 0; i < 300; i++) send(60 + $urandom % 300);
      repeat (8000) @(posedge gclk);
      check(tx_counts.good == n, "sent with noise");
      check(rx_counts.good == n_got, "received with noise");
      check(rx_counts.good + rx_counts.overrun + rx_counts.fcs + rx_counts.runt + rx_counts.oversize +
            rx_counts.error == n, "every frame counted once");
      check(rx_counts.fcs > 50 && rx_counts.overrun == 0, "noise was seen");
      expected = {};
    end
    report("weir_mac");
    $finish;
  end
endmodule
