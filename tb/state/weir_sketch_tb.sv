// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_sketch: every age of a cell against docs/datapath.md 14.4, the wrap of slices, cells that do not touch each
// other, slots without use, and random frames and maintenance with everything read back. Crowded: limits of 0, 1, 4,095 and others,
// at their borders, counts that stay at 4,095, gaps of slices up to the wrap, a limit that changes, reset; the same for those that
// pass. Inputs are junk in the phases in which they do not count.
`default_nettype none

module weir_sketch_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;

  localparam int Cells = 4096;

  logic       clk = 1'b0;
  logic       rst = 1'b0;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  logic        use_it = 1'b0;
  logic [11:0] place = '0;
  stamp_t      stamp = '0;
  logic [11:0] limit = '0;
  command_t    command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  logic        passes;
  logic        crowded;
  logic [MaintDataBits-1:0] rdata;
  logic read_clear = 1'b1;

  weir_sketch dut (
      .clk, .rst,
      .phase_i  (phase),
      .use_i    (use_it),
      .cell_i   (place),
      .stamp_i  (stamp),
      .limit_i  (limit),
      .command_i(command),
      .wdata_i  (wdata),
      .passes_o (passes),
      .crowded_o(crowded),
      .read_clear_i(read_clear),
      .rdata_o  (rdata)
  );

  `include "weir_check.svh"

  // --- The reference ------------------------------------------------------------------------------------------------
  int slice[Cells];
  int history[Cells];
  int load_slice = 0;
  int load_now = 0;
  int load_before = 0;
  int load_passed = 0;
  int most = 0;        // the limit

  typedef struct {
    bit seen;
    bit crowded;
    bit passes;
  } said_t;

  function automatic said_t reference(bit used, int c, stamp_t t);
    int s, n, h, now, earlier, passed;
    said_t r;
    s = int'((t / 64'd262144) % 64'd16);
    // How many there are.
    n = (s + 16 - load_slice) % 16;
    {now, earlier, passed} = {load_now, load_before, load_passed};
    if (n == 1) {now, earlier, passed} = {32'd0, load_now, 32'd0};
    if (n > 1) {now, earlier, passed} = '0;
    r.crowded = most != 0 && (now >= most || earlier >= most);
    // The cell.
    n = (s + 16 - slice[c]) % 16;
    h = n >= 5 ? 0 : (history[c] * (1 << n)) % 32;
    r.seen   = (h / 4) % 8 != 0;
    r.passes = r.seen && (most == 0 || passed < most);
    if (used) begin
      history[c]  = r.crowded ? h : (h / 2) * 2 + 1;
      slice[c]    = s;
      load_slice  = s;
      load_before = earlier;
      load_now    = now == 4095 ? 4095 : now + 1;
      load_passed = r.passes && passed < 4095 ? passed + 1 : passed;
    end
    return r;
  endfunction

  // --- Slots --------------------------------------------------------------------------------------------------------
  said_t want;       // what the last one said
  int seens = 0;
  int crowds[3] = '{0, 0, 0};   // new ones, such as were seen before and pass, such as do not

  task automatic one_slot(bit used, int c, stamp_t t, said_t want_now);
    for (int p = 0; p < 8; p++) begin
      phase  = 3'(p);
      read_clear = p == 0 && command.active && !command.clear && command.op == MaintRead;
      stamp  = p == 0 || command.active ? {$urandom, $urandom} : t;
      limit  = p == 0 || command.active ? 12'($urandom) : 12'(most);
      place  = p == 0 || command.active ? 12'($urandom) : 12'(c);
      use_it = p == 7 || command.active ? used : 1'($urandom);
      @(negedge clk);
      if (p >= 6 && !command.active) check(passes == want_now.passes, $sformatf("passes %b, cell %0d", passes, c));
      if (p >= 3 && !command.active)
        check(crowded == want_now.crowded, $sformatf("crowded %b, limit %0d, %0d and %0d", crowded, most, load_now, load_before));
      if (p == 1 && command.active && !command.clear && command.op == MaintRead) answer = '0;
      if (p == 7) answer |= answer_next;
      if (p < 3 || p == 7) check(rdata == answer, $sformatf("read %h, not %h", rdata, answer));
      @(posedge clk);
      #1;
    end
    want = want_now;
    answer_next = '0;
  endtask

  logic [MaintDataBits-1:0] answer = '0;       // what was read last: it stays
  logic [MaintDataBits-1:0] answer_next = '0;
  task automatic frame(bit used, int c, stamp_t t);
    said_t w;
    w = reference(used, c, t);
    seens += int'(w.seen && used);
    if (used && w.crowded) crowds[!w.seen ? 0 : w.passes ? 1 : 2]++;
    // Data of a write that is still under way behind this frame's stage.
    wdata = $urandom_range(0, 3) == 0 ? {8{$urandom}} : '0;
    one_slot(used, c, t, w);
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
    answer_next = w;
    one_slot(1'b0, $urandom, '0, '{default: 0});
    command = command_t'(0);
    wdata   = '0;
  endtask

  task automatic read_back();
    for (int i = 0; i < Cells / 4; i++) maintain(MaintRead, 1'b0, int'(TargetSketch), i, '0);
  endtask

  function automatic stamp_t at(int s);   // within slice s
    return stamp_t'(s) * 64'd262144 + 64'($urandom_range(0, 262143));
  endfunction

  // n SYNs of slice s; the last one has met a crowd, or not.
  task automatic many(int n, int s, bit crowd);
    repeat (n) frame(1'b1, $urandom_range(0, 4095), at(s));
    check(want.crowded == crowd, $sformatf("slice %0d, limit %0d: the last of %0d", s, most, n));
  endtask

  task automatic wipe();
    for (int i = 0; i < Cells / 4; i++) maintain(MaintSweep, 1'b1, int'(TargetNone), i, '0);
  endtask

  // Like the clear at the start: nobody has used it.
  task automatic restart();
    {load_slice, load_now, load_before, load_passed} = '0;
    rst = 1'b1;
    frame(1'b0, 0, '0);
    rst = 1'b0;
  endtask

  localparam int Limits[6] = '{1, 2, 3, 47, 262, 4095};
  task automatic crowding();
    // The first `limit` of a slice are remembered, as many as they are; then nobody, nor in the next slice, until a whole slice has
    // brought fewer.
    foreach (Limits[i]) begin
      most = Limits[i];
      restart();
      many(most, 16, 1'b0);
      many(1, 16, 1'b1);
      many(1, 17, 1'b1);
      if (most > 1) begin
        many(most - 2, 17, 1'b1);
        many(1, 18, 1'b0);
        many(most - 1, 18, 1'b0);
        many(1, 18, 1'b1);
      end
      // Further apart, up to the wrap: 16 slices later looks like the same one.
      if (most < 100) for (int gap = 1; gap <= 18; gap++) begin
        restart();
        many(most + 1, 20, 1'b1);
        many(1, 20 + gap, gap % 16 < 2);
        restart();
        many(most, 20, 1'b0);
        many(1, 21, 1'b1);
        many(1, 21 + gap, gap % 16 == 0 || (most == 1 && gap % 16 == 1));
      end
    end
    // A count stays at 4,095, in this slice and when it is the one before.
    most = 4095;
    restart();
    many(4095, 0, 1'b0);
    repeat (4200) many(1, 0, 1'b1);
    many(1, 1, 1'b1);
    many(4094, 1, 1'b1);
    many(1, 2, 1'b1);
    many(1, 4, 1'b0);
    // Without a limit nobody is too many, and they are counted all the same.
    most = 0;
    restart();
    many(5000, 3, 1'b0);
    many(1, 4, 1'b0);
    most = 4095;
    many(1, 4, 1'b1);
    // A limit that changes, either way.
    restart();
    most = 10;
    many(8, 30, 1'b0);
    most = 8;
    many(1, 30, 1'b1);
    most = 9;
    many(1, 31, 1'b1);
    most = 10;
    many(1, 31, 1'b0);
    // Who does not use it neither counts nor lets slices pass.
    repeat (30) frame(1'b0, 7, at(31));
    many(7, 31, 1'b0);
    for (int s = 31; s < 31 + 16; s++) frame(1'b0, 7, at(s));
    many(1, 31, 1'b0);
    many(1, 31, 1'b1);
    wipe();
    // Seen before it was crowded: still seen; seen for the first time in the crowd: not remembered.
    most = 0;
    frame(1'b1, 900, at(60));
    most = 1;
    many(1, 62, 1'b0);
    frame(1'b1, 900, at(62));
    check(want.crowded && want.passes, "a second SYN in a crowd");
    frame(1'b1, 900, at(62));
    check(want.crowded && want.seen && !want.passes, "a third one, beyond what may pass");
    frame(1'b1, 901, at(62));
    check(want.crowded && !want.seen, "a first SYN in a crowd");
    frame(1'b1, 901, at(64));
    check(!want.crowded && !want.seen, "it is not remembered");
    frame(1'b1, 900, at(64));
    check(want.crowded && want.passes, "the first of all is, once more");
    frame(1'b1, 900, at(66));
    check(!want.seen, "but its second SYN is not");
    // Crowded for long: a cell that was set once does not look new again when the slices wrap.
    most = 0;
    frame(1'b1, 902, at(80));
    most = 1;
    for (int s = 81; s < 81 + 40; s++) begin
      repeat (2) frame(1'b1, 903, at(s));
      frame(1'b1, 902, at(s));
      check(want.crowded && want.passes == (s >= 82 && s <= 84), $sformatf("slice %0d of a long crowd", s - 80));
    end
    // As many may pass as the limit, in each slice; without a limit as many as come, and they are counted all the same.
    most = 0;
    for (int c = 1000; c < 1008; c++) frame(1'b1, c, at(130));
    most = 5;
    for (int s = 132; s < 134; s++)
      for (int c = 1000; c < 1008; c++) begin
        frame(1'b1, c, at(s));
        check(want.seen && want.passes == (c < 1005) && (want.crowded || c < 1005), $sformatf("%0d of those that pass", c - 1000));
      end
    most = 0;
    frame(1'b1, 1020, at(140));
    repeat (4100) begin
      frame(1'b1, 1020, at(142));
      check(want.passes, "without a limit");
    end
    most = 4095;
    frame(1'b1, 1020, at(142));
    check(want.seen && !want.passes, "4,095 have passed");
    frame(1'b1, 1020, at(143));
    check(want.passes, "a slice later, none");
    read_back();
    most = 0;
  endtask

  // Entries 0 to 15 are of cells that slice s has seen: 2 slices before it.
  task automatic seen_at(int s);
    for (int i = 0; i < 16; i++) maintain(MaintWrite, 1'b0, int'(TargetSketch), i, {220'b0, {4{4'(s), 5'd4}}});
  endtask

  // n SYNs of slice s whose cells have been seen; all of them pass, or none.
  task automatic again(int n, int s, bit pass);
    repeat (n) begin
      frame(1'b1, $urandom_range(0, 63), at(s));
      check(want.seen && want.passes == pass, $sformatf("slice %0d, limit %0d: %0d have passed", s, most, load_passed));
      // In junk slots they ask and are not counted.
      if ($urandom_range(0, 3) == 0) frame(1'b0, $urandom_range(0, 63), at(s));
    end
  endtask

  task automatic passing();
    // As many as the limit pass in a slice, and as many in the next one.
    foreach (Limits[i]) begin
      most = Limits[i];
      wipe();
      restart();
      seen_at(8);
      for (int s = 8; s <= 10; s++) begin
        again(most, s, 1'b1);
        again(3, s, 1'b0);
        check(want.crowded, "who may not pass meets a crowd");
      end
      // Further apart, up to the wrap.
      if (most < 100) for (int gap = 2; gap <= 18; gap++) begin
        seen_at(20);
        restart();
        again(most, 20, 1'b1);
        again(1, 20, 1'b0);
        seen_at(20 + gap);
        again(gap == 16 ? 1 : most, 20 + gap, gap != 16);
        again(1, 20 + gap, 1'b0);
      end
      // New ones fill the sketch, and are none of those that may pass.
      wipe();
      restart();
      seen_at(3);
      for (int n = 0; n <= most; n++) frame(1'b1, 64 + n % 4000, at(3));
      check(want.crowded && !want.seen, "new ones");
      again(most, 3, 1'b1);
      for (int n = 0; n < 5; n++) frame(1'b1, 64 + n, at(3));
      again(1, 3, 1'b0);
    end
    // One cell alone, by the text.
    wipe();
    restart();
    most = 3;
    for (int s = 0; s < 5; s++) for (int n = 0; n < 5; n++) begin
      frame(1'b1, 77, at(s));
      check(want.passes == (s >= 2 && n < 3), $sformatf("slice %0d, SYN %0d", s, n));
    end
    // Without a limit all pass, and are counted, up to 4,095.
    most = 0;
    wipe();
    restart();
    seen_at(5);
    again(5000, 5, 1'b1);
    most = 4095;
    again(1, 5, 1'b0);
    most = 0;
    again(1, 5, 1'b1);
    // A limit that changes, either way.
    seen_at(6);
    most = 10;
    again(8, 6, 1'b1);
    most = 8;
    again(1, 6, 1'b0);
    most = 9;
    again(1, 6, 1'b1);
    again(1, 6, 1'b0);
    // Reset, which leaves slice 0.
    seen_at(16);
    again(9, 16, 1'b1);
    again(1, 16, 1'b0);
    restart();
    again(9, 16, 1'b1);
    again(1, 16, 1'b0);
    // Who does not use it neither counts nor lets slices pass.
    seen_at(6);
    restart();
    again(5, 6, 1'b1);
    for (int s = 6; s < 6 + 16; s++) frame(1'b0, 7, at(s));
    repeat (30) frame(1'b0, 7, at(6));
    again(4, 6, 1'b1);
    again(1, 6, 1'b0);
    read_back();
    most = 0;
  endtask

  initial begin
    stamp_t t;
    int     c;
    bit     w;
    int     directed[3];
    void'($urandom(32'd14));
    repeat (8) begin
      @(posedge clk);
      #1;
    end
    // The memory is anything before it is cleared.
    for (int i = 0; i < 1024; i++) maintain(MaintWrite, 1'b0, int'(TargetSketch), i, {8{$urandom}});
    read_back();
    wipe();
    read_back();
    restart();

    // A second SYN after d slices passes for d = 2, 3, 4, whatever the slice of the first.
    for (int s = 0; s < 16; s++) for (int d = 0; d <= 20; d++) begin
      c = 21 * s + d;
      frame(1'b1, c, at(s));
      check(!want.seen, "the first one");
      frame(1'b1, c, at(s + d));
      check(want.seen == (d >= 2 && d <= 4 || d - 16 >= 2 && d - 16 <= 4), $sformatf("%0d slices later", d));
    end
    // In the text's own words: 0.26 s to 1.3 s, at both borders.
    frame(1'b1, 3000, 64'd262143);
    frame(1'b1, 3001, 64'd262143);
    frame(1'b1, 3002, 64'd262143);
    frame(1'b1, 3000, 64'd524287);
    check(!want.seen, "1 slice");
    frame(1'b1, 3001, 64'd524288);
    check(want.seen, "2 slices, 0.26 s and a microsecond later");
    frame(1'b1, 3002, 64'd1310720);
    check(!want.seen, "5 slices");
    // A slot that does not use it does not write: at last the first one is too old.
    for (int i = 0; i < 4; i++) frame(1'b0, 3001, 64'd262144 * 64'(3 + i));
    frame(1'b1, 3001, 64'd262144 * 7);
    check(!want.seen, "the last one that was used is 5 slices old");
    // Every bit of a history moves on by every age.
    for (int h = 0; h < 32; h++) for (int n = 0; n < 16; n++) begin
      maintain(MaintWrite, 1'b0, int'(TargetSketch), 512 + (h % 16), {220'b0, {4{4'(16 - n), 5'(h)}}});
      frame(1'b1, 4 * (512 + (h % 16)) + n % 4, 64'd0);
      maintain(MaintRead, 1'b0, int'(TargetSketch), 512 + (h % 16), '0);
    end
    read_back();
    crowding();
    passing();
    directed = crowds;

    // Random: cells that meet often, neighbours in an entry, time that mostly creeps, a limit that is kept for a while.
    t = 64'd5 << 40;
    for (int round = 0; round < 150000; round++) begin
      case ($urandom_range(0, 9))
        0, 1, 2: t += 64'($urandom_range(0, 200000));
        3:       t += 64'($urandom_range(0, 1500000));
        4:       t += $urandom_range(0, 50) == 0 ? 64'($urandom) << 10 : 64'd0;
        5:       t += $urandom_range(0, 9) == 0 ? 64'd262144 * 64'($urandom_range(1, 33)) : 64'd0;
        default: ;
      endcase
      if ($urandom_range(0, 99) == 0)
        case ($urandom_range(0, 3))
          0:       most = 0;
          1:       most = $urandom_range(0, 1) == 0 ? 1 : 4095;
          2:       most = $urandom_range(0, 4095);
          default: most = $urandom_range(1, 12);
        endcase
      if ($urandom_range(0, 4999) == 0) restart();
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
    for (int i = 0; i < 3; i++) crowds[i] -= directed[i];
    check(crowds[0] > 5000 && crowds[1] > 1000 && crowds[2] > 300, $sformatf("in a crowd: %p", crowds));
    report("weir_sketch");
    $finish;
  end
endmodule

`default_nettype wire
