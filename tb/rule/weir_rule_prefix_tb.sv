// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_rule_prefix, frames back to back: every piece and value alone, every order of two rules, random overlapping rules in
// both sets against docs/datapath.md 18.1, either set for any frame, hits that apply or do not, also at the wrap, and maintenance
// right before and behind them. Inputs are junk in the phases in which they do not count.
`default_nettype none

module weir_rule_prefix_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
  `include "weir_rule_ref.svh"

  logic       clk = 1'b0;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  rule_frame_t  frame = '0;
  logic         h_set = 1'b0;
  command_t     command = '0;
  logic [MaintDataBits-1:0] wdata = '0;
  logic         r_set = 1'b0;
  logic         r_look = 1'b0;
  logic         applies = 1'b0;
  logic         found;
  logic [4:0]   rule;
  rule_action_e action;
  logic [3:0][31:0] rdata;
  logic             read_clear = 1'b1;

  weir_rule_prefix dut (
    .clk,
    .phase_i  (phase),
    .frame_i  (frame),
    .set_i    (h_set),
    .command_i(command),
    .wdata_i  (wdata),
    .read_clear_i(read_clear),
    .r_set_i  (r_set),
    .r_look_i (r_look),
    .applies_i(applies),
    .found_o  (found),
    .rule_o   (rule),
    .action_o (action),
    .rdata_o  (rdata)
  );

  `include "weir_check.svh"

  typedef struct {
    bit           look;
    bit           applies;
    bit           set;
    int           rule;     // -1: none
    int           action;
    bit           read;
    logic [127:0] want;
  } slot_s;
  slot_s        h, r, s1;
  logic [127:0] held = '0;   // what was read last
  rule_frame_t  next_frame;
  command_t     next_command = '0;
  logic [255:0] next_wdata = '0;
  int           finds = 0;
  int           hits = 0;

  task automatic put(slot_s s);
    s1 = r;
    r = h;
    h = s;
    frame   = next_frame;
    command = next_command;
    wdata   = next_wdata;
    h_set   = s.set;
    r_set   = r.set;
    r_look  = r.look;
    for (int p = 0; p < 8; p++) begin
      phase   = 3'(p);
      read_clear = h.read && p == 0;
      applies = p == 7 ? r.applies : 1'($urandom);
      @(negedge clk);
      if (h.read && p == 1) held = '0;
      if (s1.read && p == 2) held = s1.want;
      if (p == 7) begin
        check(found == (r.rule >= 0), $sformatf("found %b, not %0d", found, r.rule));
        if (r.rule >= 0) check(int'(rule) == r.rule && int'(action) == r.action,
                               $sformatf("rule %0d action %0d, not %0d %0d", rule, action, r.rule, r.action));
      end
      if ((p < 6 || !h.read) && !r.read && (p > 1 || !s1.read)) check(rdata == held, $sformatf("read %h, not %h", rdata, held));
      @(posedge clk);
      #1;
    end
  endtask

  int last_rule = 0;
  int last_set = 0;

  task automatic look(rule_frame_t f, bit in_set, bit does, bit hit);
    slot_s s;
    next_frame   = f;
    next_command = '0;
    next_command.index = 11'($urandom);
    next_command.op    = maint_op_e'(2'($urandom));
    next_wdata   = '0;
    s.look   = does;
    s.set    = in_set;
    s.rule   = does ? ref_prefix_rule(f, int'(in_set)) : -1;
    s.action = s.rule < 0 ? 0 : ref_prefix_action(s.rule, int'(in_set));
    s.applies = s.rule >= 0 && hit;
    s.read   = 1'b0;
    s.want   = '0;
    finds += int'(s.rule >= 0);
    if (s.applies) begin
      ref_prefix_hit(s.rule, int'(in_set));
      last_rule = s.rule;
      last_set  = int'(in_set);
      hits++;
    end
    put(s);
  endtask

  task automatic maintain(maint_op_e op, int target, int index, logic [255:0] data);
    slot_s        s;
    logic [255:0] want;
    while (op == MaintRead && (h.read || r.read)) look(pool_frame(), h.set, 1'b0, 1'b0);  // one at a time
    next_frame   = pool_frame();
    next_command = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target), index: 11'(index)};
    next_wdata   = op == MaintWrite ? data : '0;
    want = (target == 25) ? ref_maint(next_command, data) : '0;
    s = '{look: 1'b0, applies: 1'b0, set: h.set, rule: -1, action: 0, read: op == MaintRead, want: want[127:0]};
    put(s);
  endtask

  task automatic some_frames(int n);
    repeat (n) look(pool_frame(), 1'($urandom), !one_in(8), 1'($urandom));
  endtask

  task automatic read_back();
    for (int i = 0; i < 1024; i++) begin
      maintain(MaintRead, 25, i, '0);
      some_frames(2);
    end
  endtask

  task automatic write(int set, int piece, int value, bit [31:0] v);
    logic [255:0] data;
    for (int k = 0; k < 4; k++) data[32*k+:32] = value % 4 == k ? v : ref_vector[set][piece][value/4*4+k];
    maintain(MaintWrite, 25, 512 * set + 8 * piece + value / 4, data);
  endtask

  // All that fits every frame.
  task automatic fill(int set, bit [31:0] v);
    for (int p = 0; p < 61; p++) for (int e = 0; e < 8; e++) maintain(MaintWrite, 25, 512 * set + 8 * p + e, {8{v}});
  endtask

  initial begin
    rule_frame_t f;
    void'($urandom(32'd5));
    h = '{look: 1'b0, applies: 1'b0, set: 1'b0, rule: -1, action: 0, read: 1'b0, want: '0};
    r = h;
    s1 = h;
    phase = 3'd7;
    repeat (2) @(posedge clk);
    #1;
    // Junk, then cleared.
    for (int i = 0; i < 1024; i++) maintain(MaintWrite, 25, i, {8{$urandom}});
    read_back();
    for (int i = 0; i < 1024; i++) begin
      slot_s s;
      s = '{look: 1'b0, applies: 1'b0, set: 1'b0, rule: -1, action: 0, read: 1'b0, want: '0};
      next_command = '{active: 1'b1, clear: 1'b1, expire: 1'b0, level: ExpireNone, op: MaintSweep, target: '0, index: 11'(i)};
      next_wdata = '0;
      put(s);
    end
    ref_clear();
    some_frames(100);
    check(finds == 0, "nothing fits when cleared");
    read_back();

    // Every pair of rules; the lowest one is found, with its own action.
    for (int set = 0; set < 2; set++) begin
      fill(set, '1);
      f = pool_frame();
      write(set, 61, 0, 32'h5a5a_c3c3);
      write(set, 62, 0, 32'h0ff0_6996);
      for (int a = 0; a < 32; a++) for (int b = a; b < 32; b++) begin
        write(set, 60, {27'd0, f.dir, f.family, f.is_frag, f.l4_valid, f.l4_proto_valid}, (32'd1 << a) | (32'd1 << b));
        look(f, 1'(set), 1'b1, 1'($urandom));
      end
      // Every piece matters by its own value, in its own set: rule 7 fits but for one vector.
      fill(set, 32'h0000_0080);
      for (int n = 0; n < 3; n++) for (int p = 0; p < 61; p++) begin
        bit s[305];
        int v;
        f = pool_frame();
        f.remote  = {$urandom, $urandom, $urandom, $urandom};
        f.protect = {$urandom, $urandom, $urandom, $urandom};
        f.rport   = $urandom;
        f.pport   = $urandom;
        f.proto   = $urandom;
        ref_string(f, s);
        v = 0;
        for (int b = 0; b < 5; b++) v = 2 * v + int'(s[5*p+b]);
        look(f, 1'(set), 1'b1, 1'b1);
        write(set, p, v, '0);
        look(f, 1'(set), 1'b1, 1'b1);
        write(set, p, v, '1);
        look(f, 1'(set), 1'b1, 1'b1);
        write(1 - set, p, v, $urandom);
        look(f, 1'(set), 1'b1, 1'b1);
      end
    end

    // Random rules; then the counter of what was just hit is read or written, at any distance.
    for (int round = 0; round < 6; round++) begin
      for (int set = 0; set < 2; set++) begin
        ternary_t t[32];
        for (int i = 0; i < 32; i++) t[i] = pool_ternary();
        for (int p = 0; p < 61; p++) for (int e = 0; e < 8; e++) begin
          logic [255:0] data;
          data = '0;
          for (int k = 0; k < 4; k++) for (int i = 0; i < 32; i++) data[32*k+i] = ternary_piece(t[i], p, 4 * e + k);
          maintain(MaintWrite, 25, 512 * set + 8 * p + e, data);
        end
        for (int e = 0; e < 8; e++) maintain(MaintWrite, 25, 512 * set + 504 + e, {8{32'hffff_ffff}});
        write(set, 61, 0, $urandom);
        write(set, 62, 0, $urandom);
        for (int n = 0; n < 200; n++) begin
          int w;
          f = pool_frame();
          w = -1;
          for (int i = 31; i >= 0; i--) if (ternary_fits(t[i], f)) w = i;
          check(w == ref_prefix_rule(f, set), "rules and vectors");
          look(f, 1'(set), 1'b1, 1'b1);
        end
      end
      for (int n = 0; n < 1000; n++) begin
        int index;
        index = 512 * last_set + 504 + last_rule / 4;
        if (one_in(5)) index ^= 1 << $urandom_range(0, 9);
        if (one_in(5)) index = $urandom_range(0, 2047);
        if (one_in(8)) index = 488 + 512 * $urandom_range(0, 1) + 8 * $urandom_range(0, 1);
        maintain(one_in(2) ? MaintRead : one_in(8) ? MaintSweep : MaintWrite, one_in(10) ? $urandom_range(0, 31) : 25, index,
                 {8{$urandom}} | (256'($urandom) << 70));
        repeat ($urandom_range(0, 3)) begin
          if (one_in(3)) look(next_frame, h.set, 1'b1, 1'b1);
          else some_frames(1);
        end
        if (h.read || r.read) some_frames(2);
      end
      read_back();
    end
    check(finds > 5000 && hits > 3000, $sformatf("finds %0d hits %0d", finds, hits));
    report("weir_rule_prefix");
    $finish;
  end
endmodule

`default_nettype wire
