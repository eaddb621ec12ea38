// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_sketch: every age of a cell against docs/datapath.md 14.4, the wrap of slices, cells that do not touch each
// other, slots without use, and random frames and maintenance with everything read back. Inputs are junk in the phases in
// which they do not count.
`default_nettype none

module weir_sketch_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;

  localparam int Cells = 4096;

  logic       clk = 1'b0;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  logic        use_it = 1'b0;
  logic [11:0] place = '0;
  stamp_t      stamp = '0;
  command_t    command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  logic        seen;
  logic [MaintDataBits-1:0] rdata;

  weir_sketch dut (
      .clk,
      .phase_i  (phase),
      .use_i    (use_it),
      .cell_i   (place),
      .stamp_i  (stamp),
      .command_i(command),
      .wdata_i  (wdata),
      .seen_o   (seen),
      .rdata_o  (rdata)
  );

  int checks = 0;
  int failed = 0;
  task automatic check(bit good, string what);
    checks++;
    if (!good) begin
      failed++;
      if (failed < 20) $display("%0t: %s", $time, what);
    end
  endtask

  // --- The reference ------------------------------------------------------------------------------------------------
  int slice[Cells];
  int history[Cells];

  function automatic bit reference(bit used, int c, stamp_t t);
    int s, n, h;
    s = int'((t / 64'd262144) % 64'd16);
    n = (s + 16 - slice[c]) % 16;
    h = n >= 5 ? 0 : (history[c] * (1 << n)) % 32;
    if (used) begin
      history[c] = (h / 2) * 2 + 1;
      slice[c] = s;
    end
    return (h / 4) % 8 != 0;
  endfunction

  // --- Slots --------------------------------------------------------------------------------------------------------
  bit want = 1'b0;   // what the last one said
  int seens = 0;

  task automatic one_slot(bit used, int c, stamp_t t, bit want_now);
    logic [MaintDataBits-1:0] got;
    got = '0;
    stamp = t;
    for (int p = 0; p < 8; p++) begin
      phase  = 3'(p);
      place  = p == 0 || command.active ? 12'($urandom) : 12'(c);
      use_it = p == 7 || command.active ? used : 1'($urandom);
      @(negedge clk);
      if (p >= 6 && !command.active) check(seen == want_now, $sformatf("seen %b, cell %0d", seen, c));
      got |= rdata;
      if (p < 3 || !command.active) check(rdata == '0, "nobody reads");
      @(posedge clk);
      #1;
    end
    want = want_now;
    answer = got;
  endtask

  logic [MaintDataBits-1:0] answer;
  task automatic frame(bit used, int c, stamp_t t);
    bit w;
    w = reference(used, c, t);
    seens += int'(w && used);
    // Data of a write that is still under way behind this frame's stage.
    wdata = $urandom_range(0, 3) == 0 ? {8{$urandom}} : '0;
    one_slot(used, c, t, w);
    check(answer == '0, "a frame has no answer");
  endtask

  task automatic maintain(maint_op_e op, bit clear, int target, int index, logic [MaintDataBits-1:0] data);
    bit here;
    logic [MaintDataBits-1:0] w;
    here = index < Cells / 4 && (clear || target == int'(TargetSketch));
    command = '{active: 1'b1, clear: clear, expire: 1'($urandom), level: expire_e'(2'($urandom)), op: op,
                target: 5'(target), index: 11'(index)};
    wdata   = op == MaintWrite && !clear ? data : '0;
    w = '0;
    if (here && !clear && op == MaintRead)
      for (int k = 0; k < 4; k++) w[9*k+:9] = {4'(slice[4*index+k]), 5'(history[4*index+k])};
    if (here && (clear || op == MaintWrite)) for (int k = 0; k < 4; k++) begin
      slice[4*index+k]   = clear ? 0 : int'(data[9*k+5+:4]);
      history[4*index+k] = clear ? 0 : int'(data[9*k+:5]);
    end
    one_slot(1'b0, $urandom, {$urandom, $urandom}, 1'b0);
    check(answer == w, $sformatf("entry %0d: %h, not %h", index, answer, w));
    command = command_t'(0);
    wdata   = '0;
  endtask

  task automatic read_back();
    for (int i = 0; i < Cells / 4; i++) maintain(MaintRead, 1'b0, int'(TargetSketch), i, '0);
  endtask

  function automatic stamp_t at(int s);   // within slice s
    return stamp_t'(s) * 64'd262144 + 64'($urandom_range(0, 262143));
  endfunction

  initial begin
    stamp_t t;
    int     c;
    bit     w;
    void'($urandom(32'd14));
    repeat (8) begin
      @(posedge clk);
      #1;
    end
    // The memory is anything before it is cleared.
    for (int i = 0; i < 1024; i++) maintain(MaintWrite, 1'b0, int'(TargetSketch), i, {8{$urandom}});
    read_back();
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1'b1, int'(TargetNone), i, '0);
    read_back();

    // A second SYN after d slices passes for d = 2, 3, 4, whatever the slice of the first.
    for (int s = 0; s < 16; s++) for (int d = 0; d <= 20; d++) begin
      c = 21 * s + d;
      frame(1'b1, c, at(s));
      check(!want, "the first one");
      frame(1'b1, c, at(s + d));
      check(want == (d >= 2 && d <= 4 || d - 16 >= 2 && d - 16 <= 4), $sformatf("%0d slices later", d));
    end
    // In the text's own words: 0.26 s to 1.3 s, at both borders.
    frame(1'b1, 3000, 64'd262143);
    frame(1'b1, 3001, 64'd262143);
    frame(1'b1, 3002, 64'd262143);
    frame(1'b1, 3000, 64'd524287);
    check(!want, "1 slice");
    frame(1'b1, 3001, 64'd524288);
    check(want, "2 slices, 0.26 s and a microsecond later");
    frame(1'b1, 3002, 64'd1310720);
    check(!want, "5 slices");
    // A slot that does not use it does not write: at last the first one is too old.
    for (int i = 0; i < 4; i++) frame(1'b0, 3001, 64'd262144 * 64'(3 + i));
    frame(1'b1, 3001, 64'd262144 * 7);
    check(!want, "the last one that was used is 5 slices old");
    // Every bit of a history moves on by every age.
    for (int h = 0; h < 32; h++) for (int n = 0; n < 16; n++) begin
      maintain(MaintWrite, 1'b0, int'(TargetSketch), 512 + (h % 16), {220'b0, {4{4'(16 - n), 5'(h)}}});
      frame(1'b1, 4 * (512 + (h % 16)) + n % 4, 64'd0);
      maintain(MaintRead, 1'b0, int'(TargetSketch), 512 + (h % 16), '0);
    end
    read_back();

    // Random: cells that meet often, neighbours in an entry, time that mostly creeps.
    t = 64'd5 << 40;
    for (int round = 0; round < 30000; round++) begin
      case ($urandom_range(0, 9))
        0, 1, 2: t += 64'($urandom_range(0, 200000));
        3:       t += 64'($urandom_range(0, 1500000));
        4:       t += $urandom_range(0, 50) == 0 ? 64'($urandom) << 10 : 64'd0;
        default: ;
      endcase
      case ($urandom_range(0, 3))
        0:       c = $urandom_range(0, 15);
        1:       c = $urandom_range(0, 4095);
        default: c = $urandom_range(4092, 4095);
      endcase
      case ($urandom_range(0, 15))
        0: maintain(MaintRead, 1'b0, int'(TargetSketch), c / 4, '0);
        1: begin
          maintain(MaintWrite, 1'b0, int'(TargetSketch), c / 4, {8{$urandom}} ^ {7{$urandom}});
          w = 1'($urandom);
          if (w) frame(1'b1, c, t);
        end
        2: maintain(MaintSweep, 1'b0, $urandom_range(0, 31), c / 4, '0);
        3: begin
          // Meant for others, or beyond the end.
          maintain(MaintWrite, 1'b0, int'(TargetStateCfg), c / 4, '1);
          maintain(MaintRead, 1'b0, int'(TargetStateCfg), c / 4, '0);
          maintain(MaintWrite, 1'b0, int'(TargetSketch), 1024 + c / 4, '1);
          maintain(MaintRead, 1'b0, int'(TargetSketch), 1024 + c / 4, '0);
          if ($urandom_range(0, 3) == 0) maintain(MaintSweep, 1'b1, int'(TargetNone), $urandom_range(1024, 2047), '0);
        end
        default: frame($urandom_range(0, 4) != 0, c, t);
      endcase
    end
    read_back();
    check(seens > 1000, "many that were seen before");
    $display("weir_sketch: %0d checks, %0d failed", checks, failed);
    $finish;
  end
endmodule

`default_nettype wire
