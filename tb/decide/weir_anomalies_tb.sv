// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_anomalies: every code with every setting, alone and among all others, then random settings and random
// frames with maintenance in between. What it should say is found by looking through the codes in ascending order, as
// docs/datapath.md 8 does; the settings are kept here from what was written.
`default_nettype none

module weir_anomalies_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;

  logic       clk = 1'b0;
  always #8 clk = ~clk;
  logic [2:0] phase = '0;

  anomalies_t anomalies = '0;
  command_t   command = '0;
  logic [MaintDataBits-1:0] wdata = '0;
  logic       read_clear = 1'b0;
  anomalies_t kept;
  opinion_t   opinion;
  logic [MaintDataBits-1:0] rdata;

  // All inputs change at the falling edge; outputs are looked at right at the rising one.
  anomalies_t d_anomalies = '0;
  command_t   d_command = '0;
  logic [MaintDataBits-1:0] d_wdata = '0;
  logic       d_read_clear = 1'b0;
  always @(negedge clk) begin
    d_anomalies = anomalies;
    d_command   = command;
    d_wdata     = wdata;
    d_read_clear = read_clear;
    phase       = phase + 3'd1;
  end

  weir_anomalies dut (
      .clk,
      .phase_i    (phase),
      .anomalies_i(d_anomalies),
      .command_i  (d_command),
      .wdata_i    (d_wdata),
      .anomalies_o(kept),
      .opinion_o  (opinion),
      .read_clear_i(d_read_clear),
      .rdata_o    (rdata)
  );

  `include "weir_check.svh"

  // --- Slots: each begins right after a phase 7 and ends with its own -------------------------------------------------
  logic [2:0] cfg[NumAnomalies];   // {dry run, action}
  logic [MaintDataBits-1:0] got;        // by the last slot of maintenance; stands until the next one's phase 0
  bit         known = 1'b0;             // it was cleared once

  task automatic maintain(maint_op_e op, bit clear, int target, int index, logic [2:0] data);
    anomalies = {NumAnomalies{1'b1}};   // a maintenance slot has no frame, whatever stands there
    command   = '{active: 1'b1, clear: clear, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target), index: 11'(index)};
    wdata     = (op == MaintWrite) ? MaintDataBits'(data) : '0;
    read_clear = 1'b1;
    for (int p = 0; p < 8; p++) begin
      @(posedge clk);
      read_clear = 1'b0;
      if (p == 0) check(rdata == got || !known, "cleared too early");
      else if (p < 7) check(rdata == '0, "too early");
    end
    got     = rdata;
    known   = 1'b1;
    command = '0;
    wdata   = '0;
    if (clear || (op == MaintWrite && target == 32'(TargetAnomalyCfg))) if (index < NumAnomalies) cfg[index] = clear ? '0 : data;
  endtask
  task automatic write(int code, logic [2:0] data);
    maintain(MaintWrite, 1'b0, 32'(TargetAnomalyCfg), code, data);
    check(got == '0, "a write gives no answer");
  endtask
  task automatic read(int code);
    maintain(MaintRead, 1'b0, 32'(TargetAnomalyCfg), code, '0);
    check(got == MaintDataBits'(cfg[code]), $sformatf("code %0d reads %0d", code, got));
  endtask

  int n_drop = 0, n_demote = 0, n_dry = 0, n_behind = 0;
  task automatic frame(anomalies_t a);
    int winner, dry;
    strength_e s;
    anomalies_t stay;
    winner = -1;
    dry    = -1;
    stay   = '0;
    for (int c = 0; c < NumAnomalies; c++) begin
      if (a[c] && cfg[c][1:0] != 2'd0) stay[c] = 1'b1;
      if (winner < 0 && a[c] && cfg[c] == 3'd2) winner = c;
      if (dry < 0 && a[c] && (cfg[c] == 3'd6 || cfg[c] == 3'd7)) dry = c;
    end
    s = (winner >= 0) ? OpinionDrop : OpinionNone;
    for (int c = 0; c < NumAnomalies; c++)
      if (winner < 0 && a[c] && cfg[c] == 3'd3) begin
        winner = c;
        s      = OpinionDemote;
      end
    if (winner < 0 && dry >= 0) s = OpinionDry;
    anomalies = a;
    for (int p = 0; p < 8; p++) begin
      @(posedge clk);
      check(rdata == got, "the last answer stands");
      if (p >= 5) begin
        check(kept == stay, $sformatf("kept %h, not %h", kept, stay));
        check(opinion.strength == s, $sformatf("strength %0d, not %0d", opinion.strength, s));
        if (winner >= 0) check(opinion.reason == 8'h40 + 8'(winner) && opinion.position == PosAnomaly,
                               $sformatf("winner %0d, reason %h, position %0d", winner, opinion.reason, opinion.position));
        else if (dry >= 0) check(opinion.reason == 8'h40 + 8'(dry) && opinion.position == PosDryBefore, "a dry one alone");
        check(opinion.dry == (dry >= 0), "dry");
        if (dry >= 0) check(opinion.dry_reason == 8'h40 + 8'(dry) && opinion.dry_position ==
                            ((winner >= 0 && winner < dry) ? PosDryBehind : PosDryBefore),
                            $sformatf("dry %0d, reason %h, position %0d", dry, opinion.dry_reason, opinion.dry_position));
      end
    end
    n_drop   += 32'(s == OpinionDrop);
    n_demote += 32'(s == OpinionDemote);
    n_dry    += 32'(s == OpinionDry);
    n_behind += 32'(winner >= 0 && dry > winner);
  endtask

  function automatic anomalies_t some(int percent);
    some = '0;
    for (int c = 0; c < NumAnomalies; c++) some[c] = $urandom_range(1, 100) <= percent;
  endfunction

  initial begin
    void'($urandom(32'd8));
    do @(posedge clk); while (phase != 3'd7);
    // The clearing sweep goes beyond the codes.
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1'b1, 32'(TargetNone), i, '0);
    for (int c = 0; c < NumAnomalies; c++) read(c);
    frame({NumAnomalies{1'b1}});
    check(n_drop + n_demote + n_dry == 0, "ignored after clearing");

    // Every code, every setting: alone, absent, with all others ignored, among all.
    for (int c = 0; c < NumAnomalies; c++) begin
      for (int v = 0; v < 8; v++) begin
        write(c, 3'(v));
        frame(anomalies_t'(1) << c);
        frame(~(anomalies_t'(1) << c));
        frame({NumAnomalies{1'b1}});
        read(c);
      end
      write(c, 3'd0);
    end

    // Two codes: one demotes and one drops; one drops and one is dry. The lower code is the one or the other.
    for (int i = 0; i < 600; i++) begin
      int a, b, u, v;
      a = $urandom_range(0, NumAnomalies - 1);
      do b = $urandom_range(0, NumAnomalies - 1); while (b == a);
      u = $urandom_range(2, 3) + 4 * $urandom_range(0, 1);
      v = $urandom_range(2, 3) + 4 * $urandom_range(0, 1);
      write(a, 3'(u));
      write(b, 3'(v));
      frame(anomalies_t'(1) << a | anomalies_t'(1) << b);
      frame({NumAnomalies{1'b1}});
      write(a, 3'd0);
      write(b, 3'd0);
    end

    // Random settings, random frames back to back, with maintenance of this and of other targets in between.
    for (int round = 0; round < 60; round++) begin
      int most;
      most = (round % 4 == 0) ? 7 : (round % 4 == 1) ? 1 : 3;
      for (int c = 0; c < NumAnomalies; c++) begin
        logic [2:0] v;
        v = 3'($urandom);
        if (most != 7 && v[1:0] == 2'd2 && $urandom_range(0, 9) != 0) v[1:0] = 2'($urandom_range(0, most == 1 ? 1 : 3));
        write(c, v);
      end
      for (int i = 0; i < 60; i++) begin
        frame(some((i % 3 == 0) ? 3 : (i % 3 == 1) ? 15 : 60));
        case ($urandom_range(0, 5))
          0: write($urandom_range(0, NumAnomalies - 1), 3'($urandom));
          1: read($urandom_range(0, NumAnomalies - 1));
          2: begin
            maintain(MaintWrite, 1'b0, 32'(TargetTableCfg), $urandom_range(0, NumAnomalies - 1), 3'($urandom));
            check(got == '0, "written for another");
          end
          3: begin
            maintain(MaintRead, 1'b0, 32'(TargetCounter0), $urandom_range(0, NumAnomalies - 1), '0);
            check(got == '0, "asked of another");
          end
          4: maintain($urandom_range(0, 1) == 1 ? MaintExpire : MaintSweep, 1'b0, 32'(TargetNone), $urandom_range(0, 1023), '0);
          default: ;
        endcase
      end
    end
    for (int c = 0; c < NumAnomalies; c++) read(c);
    check(n_drop > 500 && n_demote > 200 && n_dry > 100 && n_behind > 100, "all kinds seen");
    report("weir_anomalies");
    $finish;
  end
endmodule

`default_nettype wire
