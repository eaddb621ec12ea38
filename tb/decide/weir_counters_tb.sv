// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_counters, in both sizes that the judge uses: every counter counts, is read, written and cleared; all
// wrap; events as dense as the contract allows, with reads of what was counted a clock before and counting of what was written
// a clock before. The account is kept here.
`default_nettype none

module weir_counters_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;

  `include "weir_check.svh"

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #8 clk = ~clk;

  // One after the other.
  localparam int Sizes[2]   = '{1024, 64};
  localparam int Targets[2] = '{32'(TargetCounter0), 32'(TargetCounter1)};
  int Depth, Target;
  logic       count = 1'b0;
  logic [9:0] index = '0;
  command_t   command = '0;
  logic [MaintDataBits-1:0] wdata = '0;
  logic       read_clear = 1'b0;
  logic [MaintDataBits-1:0] rdata;
  logic [MaintDataBits-1:0] rdata0;
  logic [MaintDataBits-1:0] rdata1;

  // All inputs change at the falling edge; outputs are looked at right at the rising one.
  logic       d_rst = 1'b1;
  logic       d_count = 1'b0;
  logic [9:0] d_index = '0;
  command_t   d_command = '0;
  logic [MaintDataBits-1:0] d_wdata = '0;
  logic       d_read_clear = 1'b0;
  always @(negedge clk) begin
    d_rst     = rst;
    d_count   = count;
    d_index   = index;
    d_command = command;
    d_wdata   = wdata;
    d_read_clear = read_clear;
    phase     = rst ? '0 : phase + 3'd1;
  end
  always_comb rdata = (Depth == 64) ? rdata1 : rdata0;

  weir_counters #(.Depth(1024), .Target(32'(TargetCounter0))) dut0 (
      .clk,
      .rst      (d_rst),
      .phase_i  (phase),
      .count_i  (d_count && Depth == 1024),
      .index_i  (d_index),
      .command_i(d_command),
      .wdata_i  (d_wdata),
      .read_clear_i(d_read_clear),
      .rdata_o  (rdata0)
  );
  weir_counters #(.Depth(64), .Target(32'(TargetCounter1))) dut1 (
      .clk,
      .rst      (d_rst),
      .phase_i  (phase),
      .count_i  (d_count && Depth == 64),
      .index_i  (d_index[5:0]),
      .command_i(d_command),
      .wdata_i  (d_wdata),
      .read_clear_i(d_read_clear),
      .rdata_o  (rdata1)
  );

  logic [35:0] sum[1024];
  int          last[2] = '{-1, -1};   // counted in the last two clocks

  // A slot of events; chance in percent, among `spread` counters from `base` on.
  task automatic events(int chance, int base, int spread);
    for (int p = 0; p < 8; p++) begin
      int i;
      bit on;
      i  = (base + $urandom_range(0, spread - 1)) % Depth;
      on = $urandom_range(1, 100) <= chance && i != last[0] && i != last[1];
      count = on;
      index = 10'(i);
      last[1] = last[0];
      last[0] = on ? i : -1;
      if (on) sum[i] = sum[i] + 36'd1;
      @(posedge clk);
      check(rdata == got, "the last answer stands");
    end
    count = 1'b0;
  endtask

  // A maintenance slot. The answer before stands until phase 0; its own, if any, from phase 7 on.
  logic [MaintDataBits-1:0] got;
  bit         known = 1'b0;  // it was cleared once
  task automatic maintain(maint_op_e op, bit clear, int target, int i, logic [MaintDataBits-1:0] data);
    command = '{active: 1'b1, clear: clear, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target), index: 11'(i)};
    wdata   = (op == MaintWrite) ? data : '0;
    index   = 10'($urandom);
    read_clear = 1'b1;
    for (int p = 0; p < 8; p++) begin
      @(posedge clk);
      read_clear = 1'b0;
      if (p == 0) check(rdata == got || !known, "cleared too early");
      else if (p < 7) check(rdata == '0, "too early");
    end
    known   = 1'b1;
    got     = rdata;
    command = '0;
    wdata   = '0;
    last    = '{-1, -1};
    if (i < Depth && (clear || (target == Target && op == MaintWrite))) sum[i] = clear ? '0 : data[35:0];
  endtask
  task automatic read(int i);
    maintain(MaintRead, 1'b0, Target, i, '0);
    check(got == MaintDataBits'(sum[i]), $sformatf("counter %0d of %0d: %0d, not %0d", i, Depth, got, sum[i]));
  endtask
  task automatic write(int i, logic [35:0] v);
    maintain(MaintWrite, 1'b0, Target, i, MaintDataBits'(v));
    check(got == '0, "a write gives no answer");
  endtask
  task automatic count_once(int i);
    count = 1'b1;
    index = 10'(i);
    sum[i] = sum[i] + 36'd1;
    @(posedge clk);
    count = 1'b0;
    repeat (7) @(posedge clk);
    last = '{-1, -1};
  endtask

  initial begin
    void'($urandom(32'd5));
    for (int g = 0; g < 2; g++) begin
      Depth  = Sizes[g];
      known  = 1'b0;
      Target = Targets[g];
      rst = 1'b1;
      repeat (4) @(posedge clk);
      rst = 1'b0;
      // Slots begin with phase 0.
      do @(posedge clk); while (phase != 3'd7);

      for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1'b1, 32'(TargetNone), i, '0);
      for (int i = 0; i < Depth; i++) read(i);
      // Every counter, once, and no other.
      for (int i = 0; i < Depth; i++) count_once(i);
      for (int i = 0; i < Depth; i++) read(i);
      // Every counter is written with a value of its own, counts, and is read.
      for (int i = 0; i < Depth; i++) write(i, 36'(i) * 36'h9e3779b9 + 36'(i));
      for (int i = 0; i < Depth; i++) count_once(i);
      for (int i = 0; i < Depth; i++) read(i);
      // Wrap.
      for (int i = 0; i < Depth; i++) write(i, 36'hf_ffff_ffff);
      read(Depth / 2);
      for (int i = 0; i < Depth; i++) if (i % 3 != 0) count_once(i);
      for (int i = 0; i < Depth; i++) begin
        read(i);
        check(sum[i] == (i % 3 != 0 ? 36'd0 : 36'hf_ffff_ffff), "wrapped");
      end
      // Data above the counter is not kept.
      maintain(MaintWrite, 1'b0, Target, 1, '1);
      read(1);
      // Dense events on few counters: the same again after three clocks; reads and writes right behind and before.
      for (int round = 0; round < 2500; round++) begin
        int base, i;
        base = $urandom_range(0, Depth - 1);
        repeat ($urandom_range(1, 4)) events(round % 2 == 0 ? 100 : 60, base, round % 3 == 0 ? 3 : round % 3 == 1 ? 4 : 9);
        i = (base + $urandom_range(0, 2)) % Depth;
        if (last[0] >= 0 && $urandom_range(0, 1) == 1) i = last[0];
        case ($urandom_range(0, 7))
          0: write(i, {4'($urandom), 32'($urandom)});
          1: write(i, 36'hf_ffff_ffff);
          2: maintain(MaintSweep, 1'b0, 32'(TargetNone), i, '0);
          3: begin
            // Meant for another: neither answered nor written.
            maintain(MaintRead, 1'b0, 32'(TargetTable0), i, '0);
            check(got == '0, "asked of another");
            maintain(MaintWrite, 1'b0, Target == 32'(TargetCounter0) ? 32'(TargetCounter1) : 32'(TargetCounter0), i, '1);
          end
          default: read(i);
        endcase
        if (round % 50 == 0) repeat (3) read($urandom_range(0, Depth - 1));
      end
      for (int i = 0; i < Depth; i++) read(i);
      if (Depth < 1024) begin
        // Beyond the end.
        maintain(MaintWrite, 1'b0, Target, Depth + 3, '1);
        maintain(MaintSweep, 1'b1, 32'(TargetNone), Depth + 4, '0);
        maintain(MaintRead, 1'b0, Target, Depth + 5, '0);
        check(got == '0, "beyond the end");
        for (int i = 0; i < Depth; i++) read(i);
      end
    end
    report("weir_counters");
    $finish;
  end
endmodule

`default_nettype wire
