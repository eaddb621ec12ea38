// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_syn_meter, as the zombie meter uses it, against docs/datapath.md 14.1 (tb/common/weir_counts_ref.svh): what a frame finds is the flood before its own
// update; SYNs that do not count update all the same; gaps and holds of every length, threshold 0, saturation, clear; then random SYNs.
`default_nettype none

module weir_syn_meter_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
  `include "weir_state_ref.svh"
  `include "weir_counts_ref.svh"

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  logic        turn = 1'b0;
  logic [WindowBits-1:0] age = '0;
  zombie_cfg_t cfg = zombie_cfg_t'(0);
  logic        counts_now = 1'b0;
  logic        flood, flood_after, trip, ends;
  logic [17:0] count;

  weir_syn_meter dut (
      .clk, .rst,
      .phase_i      (phase),
      .turn_i       (turn),
      .age_i        (age),
      .threshold_i  (cfg.threshold),
      .hold_i       (cfg.hold),
      .counts_i     (counts_now),
      .flood_o      (flood),
      .count_o      (count),
      .flood_after_o(flood_after),
      .trip_o       (trip),
      .end_o        (ends)
  );

  `include "weir_check.svh"

  ref_zombie m;
  longint    w = 0;      // stamp >> 16
  longint    last = 0;   // of the frame before
  int        n_trips = 0, n_ends = 0, n_flood = 0;

  task automatic slot(bit is_turn, bit counts);
    ref_zombie_t r;
    longint a, counted;
    r = '{default: 0};
    r.flood = m.meter.flood;
    counted = m.meter.count;
    // As the total meter has it: 0 after clear, and no more than its bits.
    a = m.fresh ? 0 : w - last;
    if (is_turn) begin
      r = m.look(w, counts, cfg);
      last = w;
    end
    turn = is_turn;
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      age   = a > 1023 ? 10'd1023 : 10'(a);
      counts_now = p == 7 ? counts : 1'($urandom);
      @(negedge clk);
      if (!checked(flood == r.flood && 64'(count) == counted)) $display("%0t: phase %0d: flood %b count %0d", $time, p, flood, count);
      if (p == 7) if (!checked(trip == r.trip && ends == r.ends && flood_after == m.meter.flood)) $display("%0t: trip %b end %b, not %p", $time, trip, ends, r);
      @(posedge clk);
      #1;
    end
    n_trips += 32'(r.trip);
    n_ends  += 32'(r.ends);
    n_flood += 32'(r.flood);
  endtask
  task automatic set_cfg(int threshold, int hold);
    cfg = zombie_cfg_t'({$urandom, $urandom});
    cfg.threshold = 18'(threshold);
    cfg.hold      = 8'(hold);
  endtask
  task automatic restart();
    rst = 1'b1;
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    m = new();
  endtask

  initial begin
    void'($urandom(32'd41));
    w = 64'h7fff_fff0;
    restart();
    // The SYN above the threshold trips, the next one finds it.
    for (int threshold = 1; threshold < 8; threshold++) begin
      set_cfg(threshold, 2);
      w += 300;
      for (int i = 0; i < 2 * threshold + 4; i++) begin
        slot(1, 0);   // does not count
        slot(1, 1);
        slot(0, 1);   // no turn
        if (!checked(m.meter.flood == (i >= threshold))) $display("trips at %0d", i);
      end
      for (int i = 0; i < 10; i++) begin
        w += 1;
        for (int j = 0; j < (i < 4 ? (threshold + 1) / 2 : i == 5 ? threshold / 2 : 0); j++) slot(1, 1);
        slot(1, 0);
      end
    end
    // Gaps and holds of every length; the frame after the gap still finds the flood.
    for (int hold = 0; hold < 256; hold += hold < 6 ? 1 : 83)
      for (int gap = 0; gap < 300; gap += (gap < 8 || (gap > 252 && gap < 260)) ? 1 : 49) begin
        set_cfg(2, hold);
        w += 5000;
        slot(1, 0);
        slot(1, 0);
        repeat (4) slot(1, 1);
        w += 1;
        slot(1, 1);
        w += 64'(gap);
        slot(1, 1'(gap));
        slot(1, 1);
      end
    for (int g = 0; g < 31; g++) begin
      set_cfg(3, 255);
      repeat (5) slot(1, 1);
      w += 64'd1 << g;
      slot(1, 1);
      slot(1, 0);
    end
    // Threshold 0 ends a flood with the next update, counting or not; and nothing trips.
    set_cfg(1, 255);
    repeat (4) slot(1, 1);
    set_cfg(0, 255);
    slot(0, 1);
    slot(1, 0);
    repeat (3) slot(1, 1);
    set_cfg(1, 255);
    repeat (4) slot(1, 1);
    // Fresh after clear: age 0, whatever the window was.
    restart();
    w -= 77;
    set_cfg(3, 0);
    repeat (5) slot(1, 1);
    // The count ends at its width.
    restart();
    set_cfg(262143, 3);
    for (int n = 0; n < 262150; n++) slot(1, 1);
    if (!checked(m.meter.count == 262143 && !m.meter.flood)) $display("saturated");
    set_cfg(262142, 3);
    slot(1, 1);
    slot(1, 0);

    for (int n = 0; n < 120_000; n++) begin
      if (n % 300 == 0) set_cfg($urandom_range(0, 5) * $urandom_range(0, 5), $urandom_range(0, 6));
      if ($urandom_range(0, 9) == 0) w += $urandom_range(0, 40) == 0 ? 64'($urandom_range(0, 70000)) : 64'($urandom_range(0, 3));
      slot($urandom_range(0, 5) != 0, $urandom_range(0, 2) != 0);
    end
    if (!checked(n_trips > 500 && n_ends > 500 && n_flood > 5000)) $display("%0d trips, %0d ends, %0d in flood", n_trips, n_ends, n_flood);
    report("weir_syn_meter");
    $finish;
  end
endmodule

`default_nettype wire
