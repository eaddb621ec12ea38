// SPDX-License-Identifier: Apache-2.0
//
// weir_mac_rx: every kind of carrier, at three core clocks. Each good frame must come out once, in order, whole and
// without gaps; each carrier must be counted exactly once, under its kind.
module weir_mac_rx_tb;
  import weir_mac_pkg::*;
  import weir_gmii_bench_pkg::*;

  // Core clocks: 62.5 MHz, 75 MHz, 125 MHz in step with the wire, 125 MHz at another phase.
  int ratio = 0;
  logic rx_clk = 0, clk = 0, rx_rst = 1, rst = 1;
  always #4.0 rx_clk = !rx_clk;
  always begin
    case (ratio)
      0: #8.0;
      1: #6.667;
      default: #4.0;
    endcase
    if (ratio == 4) begin
      #1.7 ratio = 3;
    end
    clk = !clk;
  end

  logic [7:0] rxd = 0;
  logic dv = 0, er = 0;
  logic [63:0] td;
  logic tv, tr = 0, tl;
  logic [10:0] tlen, max_frame = 11'd1514;
  mac_rx_counts_t counts;

  weir_mac_rx dut (
    .rx_clk, .rx_rst, .gmii_rxd_i(rxd), .gmii_rx_dv_i(dv), .gmii_rx_er_i(er), .clk, .rst,
    .m_axis_tdata(td), .m_axis_tvalid(tv), .m_axis_tready(tr), .m_axis_tlast(tl), .m_axis_tlen(tlen),
    .max_frame_i(max_frame), .counts_o(counts)
  );

  `include "weir_check.svh"

  // --- wire ---
  task automatic idle(input int n);
    repeat (n) begin
      dv <= 0; er <= 0; rxd <= 8'($urandom);
      @(posedge rx_clk);
    end
  endtask

  task automatic carrier(input bytes_t wire_bytes, input int er_at = -1);
    foreach (wire_bytes[i]) begin
      dv <= 1; rxd <= wire_bytes[i]; er <= (i == er_at);
      @(posedge rx_clk);
    end
    dv <= 0; er <= 0;
  endtask

  // What was sent, by id; what must be counted.
  bytes_t sent [int unsigned];
  int unsigned id = 0, seen = 0;
  int n_good = 0, n_over = 0, n_fcs = 0, n_runt = 0, n_oversize = 0, n_error = 0, n_bytes = 0;
  bit may_lose = 0;

  function automatic bytes_t preamble(input int n);
    bytes_t ret;
    repeat (n) ret.push_back(8'h55);
    ret.push_back(8'hd5);
    return ret;
  endfunction

  // A frame with right FCS; limit is the maximum in force.
  task automatic good(input int len, input int gap, input int pre = 7, input int tags = 0, input bit inner = 0);
    bytes_t f = make_frame(++id, len, tags);
    int limit = int'(max_frame) + 4 * (tags > 2 ? 2 : tags);
    if (limit > 2000) limit = 2000;
    if (inner) {f[16], f[17]} = 16'h8100;  // no tag, since none stands before it
    if (len < 60) n_runt++;
    else if (len > limit) n_oversize++;
    else begin
      sent[id] = f;
      n_good++;
    end
    carrier({preamble(pre), with_fcs(f)});
    idle(gap);
  endtask

  task automatic bad(input int kind, input int len, input int gap);
    bytes_t f = with_fcs(make_frame(++id, len));
    bytes_t g = {preamble(7), f};
    int at;
    case (kind)
      0: begin  // one bit of the frame or its FCS
        at = 8 + ($urandom % f.size());
        g[at] = g[at] ^ (8'd1 << ($urandom % 8));
        n_fcs++;
        carrier(g);
      end
      1: begin  // rx_er anywhere
        at = $urandom % g.size();
        n_error++;
        carrier(g, at);
      end
      2: begin  // foreign byte in the preamble
        g[$urandom % 8] = 8'h5d;
        n_error++;
        carrier(g);
      end
      3: begin  // no start delimiter
        bytes_t p;
        repeat (1 + $urandom % 70) p.push_back(8'h55);
        n_error++;
        carrier(p);
      end
      4: begin  // delimiter at once
        n_error++;
        carrier(g[7:$]);
      end
      5: begin  // runt with a right FCS, down to nothing after the delimiter
        at = $urandom % 64;
        n_runt++;
        if (at >= 4) carrier({preamble(7), with_fcs(make_frame(id, at - 4))});
        else carrier({preamble(7), f[0:at]});
      end
      6: begin  // cut short: an FCS error, or a runt
        g = g[0:g.size() - 2 - ($urandom % 8)];
        if (g.size() - 8 < 64) n_runt++; else n_fcs++;
        carrier(g);
      end
      default: begin  // false carrier: no rx_dv, not counted
        er <= 1; rxd <= 8'h0e;
        @(posedge rx_clk);
        er <= 0;
      end
    endcase
    idle(gap);
  endtask

  // --- core ---
  int ready_mode = 1;  // 0 never, 1 always, 2 at random
  always @(posedge clk) tr <= (ready_mode == 1) || (ready_mode == 2 && $urandom % 3 != 0);

  bytes_t now;
  logic [10:0] now_len;
  bit stalled = 0, in_frame = 0;
  logic [63:0] stalled_data;
  always @(posedge clk) if (!rst) begin
    if (stalled) check(tv && td == stalled_data, "word changed while it waited");
    if (in_frame) check(tv && tlen == now_len, "gap or other length inside a frame");
    stalled = tv && !tr;
    stalled_data = td;
    if (tv) begin
      in_frame = 1;
      now_len = tlen;
    end
    if (tv && tr) begin
      for (int i = 0; i < 8; i++) begin
        if (now.size() < int'(tlen)) now.push_back(td[8*i +: 8]);
        else if (td[8*i +: 8] != 0) check(0, "unused byte not zero");
      end
      check(tl == (now.size() == int'(tlen)), "tlast in the wrong word");
      if (tl) begin
        automatic int unsigned got = {now[3], now[2], now[1], now[0]};
        in_frame = 0;
        check(sent.exists(got) != 0, "a frame that was not sent as good");
        if (sent.exists(got) != 0) begin
          check(same(sent[got], now), "bytes differ");
          sent.delete(got);
          n_bytes += now.size();
        end
        check(got > seen, "order");
        seen = got;
        now = {};
      end
    end
  end

  task automatic settle(input string what);
    repeat (6000) @(posedge clk);
    check(counts.good + counts.overrun == n_good, {what, ": good and overrun"});
    check(may_lose || counts.overrun == n_over, {what, ": no overrun"});
    check(sent.num() == int'(counts.overrun), {what, ": all good frames came"});
    check(counts.fcs == n_fcs, {what, ": fcs"});
    check(counts.runt == n_runt, {what, ": runt"});
    check(counts.oversize == n_oversize, {what, ": oversize"});
    check(counts.error == n_error, {what, ": error"});
    check(counts.bytes == n_bytes, {what, ": bytes"});
  endtask

  task automatic restart();
    rx_rst <= 1; rst <= 1;
    repeat (12) @(posedge clk);
    @(posedge rx_clk) rx_rst <= 0;
    @(posedge clk) rst <= 0;
    sent.delete();
    n_good = 0; n_over = 0; n_fcs = 0; n_runt = 0; n_oversize = 0; n_error = 0; n_bytes = 0; may_lose = 0;
    repeat (8) @(posedge rx_clk);
  endtask

  task automatic set_max(input int v);
    @(posedge clk) max_frame <= 11'(v);
    repeat (20) @(posedge rx_clk);
  endtask

  initial begin
    check(fcs('{8'h31, 8'h32, 8'h33, 8'h34, 8'h35, 8'h36, 8'h37, 8'h38, 8'h39}) == 32'hcbf43926, "test vector");
    for (int r = 0; r < 4; r++) begin
      ratio = (r == 3) ? 4 : r;
      restart();
      // Back to back at line rate, shortest frames, then with a gap of one.
      ready_mode = 1;
      for (int i = 0; i < 150; i++) good(60, 12);
      for (int i = 0; i < 60; i++) good(60 + (i & 15), 1, 1);
      settle("back to back");
      // The limits, with and without tags.
      for (int t = 0; t < 4; t++) begin
        for (int d = -1; d <= 2; d++) good(1514 + 4 * t + d, 12, 7, t);
      end
      good(1515, 12, 7, 0, 1);
      good(1514, 12, 7, 0, 1);
      for (int len = 1; len < 64; len++) good(len, 3);
      set_max(60);
      good(60, 12); good(61, 12); good(64, 12, 7, 1); good(65, 12, 7, 1);
      set_max(1992);
      good(1992, 12); good(1993, 12); good(2000, 12, 7, 2); good(2001, 12, 7, 2); good(2044, 12);
      good(2060, 12); good(4200, 12); good(60, 12);
      set_max(2000);
      good(2000, 12); good(2001, 12, 7, 2);
      set_max(1992);
      settle("limits");
      // Every length (a quarter of them in each clock ratio).
      for (int len = 60 + r; len <= 1992; len += 4) good(len, 12);
      settle("lengths");
      set_max(1514);
      // All kinds mixed, the core taking words at random.
      ready_mode = 2;
      for (int i = 0; i < 600; i++) begin
        if ($urandom % 2 != 0) good(60 + $urandom % ((i % 8 == 0) ? 1455 : 90), 1 + $urandom % 20, 1 + $urandom % 12);
        else bad($urandom % 8, 60 + $urandom % 200, 1 + $urandom % 16);
      end
      // Shortest possible carriers, every second clock.
      repeat (100) begin
        n_error++;
        carrier('{8'h55});
        idle(1);
      end
      settle("mixed");
      // Full: nothing is taken; what does not fit is an overrun, never a broken frame.
      ready_mode = 0;
      may_lose = 1;
      for (int i = 0; i < 120; i++) good(60, 12);
      check(sent.num() == 120, "nothing may leave");
      ready_mode = 1;
      repeat (2000) @(posedge clk);
      check(counts.overrun >= 60 && counts.overrun <= 66, "56 short frames and what was read ahead fit");
      settle("overrun, short frames");
      sent.delete();
      n_good -= int'(counts.overrun);
      ready_mode = 0;
      begin
        automatic int lost_before = int'(counts.overrun);
        for (int i = 0; i < 80; i++) begin
          if ($urandom % 4 != 0) good(60 + $urandom % 800, 12);
          else bad($urandom % 7, 200, 12);
        end
        // Taken a little at a time: frames drop and pass in turns.
        for (int i = 0; i < 60; i++) begin
          ready_mode = ($urandom % 4 == 0) ? 1 : 0;
          good(60 + $urandom % 1400, 12);
        end
        ready_mode = 1;
        repeat (6000) @(posedge clk);
        check(int'(counts.overrun) > lost_before, "overruns, long frames");
        check(counts.good + counts.overrun == n_good + lost_before, "overrun, long frames: sum");
        check(sent.num() == int'(counts.overrun) - lost_before, "overrun, long frames: the rest came");
        check(counts.fcs == n_fcs && counts.runt == n_runt && counts.error == n_error, "overrun: bad ones");
      end
      // And after that everything passes again.
      sent.delete();
      begin
        automatic int g = int'(counts.good);
        for (int i = 0; i < 50; i++) good(60, 12);
        repeat (3000) @(posedge clk);
        check(int'(counts.good) == g + 50, "after overrun");
      end
      // Reset in the middle of a frame: its rest is neither counted nor forwarded.
      begin
        automatic bytes_t f = {preamble(7), with_fcs(make_frame(++id, 300))};
        carrier(f[0:99]);
        dv <= 1;
        fork
          restart();
          begin
            repeat (40) begin dv <= 1; rxd <= 8'h55; @(posedge rx_clk); end
          end
        join
        dv <= 1; rxd <= 8'hd5; @(posedge rx_clk);
        carrier(f[100:$]);
        idle(12);
        good(60, 12);
        settle("reset");
      end
    end
    report("weir_mac_rx");
    $finish;
  end
endmodule
