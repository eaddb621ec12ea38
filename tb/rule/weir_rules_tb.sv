// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_rules: frames back to back against docs/datapath.md 18, slot by slot, with swaps, reads and writes of any entry
// between any two of them; overlapping rules of all actions, both families; hits at every border; everything read back.
`default_nettype none

module weir_rules_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
  `include "weir_rule_ref.svh"

  typedef struct {
    slot_head_t   head;
    bit           look;
    bit           exact;
    bit           service;
    rule_frame_t  frame;
    hash_t        pair;
    hash_t        port;
    hash_t        remote;
    logic [255:0] wdata;
    bit           read;
    logic [255:0] want_read;
    rule_result_t want;
    bit           applies;
    int           id;
    int           set;
  } slot_s;

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  slot_s h, r, s1;
  logic [MaintDataBits-1:0] wdata = '0;
  rule_result_t result;
  logic [MaintDataBits-1:0] rdata;
  logic read_clear = 1'b1;

  weir_rules dut (
    .clk, .rst,
    .phase_i         (phase),
    .h_i             (h.head),
    .h_look_i        (h.look),
    .h_frame_i       (h.frame),
    .r_i             (r.head),
    .r_look_exact_i  (r.exact),
    .r_look_service_i(r.service),
    .r_pair_i        (r.pair),
    .r_port_i        (r.port),
    .r_remote_i      (r.remote),
    .wdata_i         (wdata),
    .read_clear_i    (read_clear),
    .result_o        (result),
    .rdata_o         (rdata)
  );

  `include "weir_check.svh"

  // --- Expected ---------------------------------------------------------------------------------------------------------
  bit cfg_set = 1'b0, cfg_enable = 1'b0, cfg_dry = 1'b0;
  int applied[4], both, dries, swaps, allow_first;

  function automatic void expect_frame(ref slot_s s);
    int pr, place, action, id, pa, xa;
    s.want = '0;
    s.applies = 1'b0;
    s.set = int'(cfg_set);
    if (!(s.look && cfg_enable)) return;
    pr     = ref_prefix_rule(s.frame, int'(cfg_set));
    place = s.exact ? ref_exact_place(s.pair, s.port, s.remote, s.service, int'(cfg_set)) : -1;
    if (pr < 0 && place < 0) return;
    pa = pr < 0 ? -1 : ref_prefix_action(pr, int'(cfg_set));
    xa = place < 0 ? -1 : int'(ref_exact[place][33:32]);
    if (pr >= 0 && place >= 0) both++;
    if (pa == 3)         begin id = pr; action = pa; if (place >= 0) allow_first++; end
    else if (place >= 0) begin id = 32 + place; action = xa; end
    else                 begin id = pr; action = pa; end
    if (id < 32) ref_prefix_hit(id, int'(cfg_set));
    else ref_exact_hit(id - 32, int'(s.head.seqno[15:0]));
    s.applies = 1'b1;
    s.id      = id;
    s.want.rule = 12'(id + 1);
    if (!cfg_dry) case (action)
      0:       s.want.block = 1'b1;
      1:       s.want.limit = !s.frame.dir;
      2:       s.want.divert = 1'b1;
      default: s.want.allow = 1'b1;
    endcase
    else begin
      s.want.dry        = action == 0 || action == 2;
      s.want.dry_divert = action == 2;
    end
    applied[action]++;
    dries += int'(cfg_dry);
  endfunction

  function automatic void expect_maint(ref slot_s s);
    command_t c;
    c = s.head.command;
    s.want      = '0;
    s.applies   = 1'b0;
    s.read      = c.op == MaintRead;
    s.want_read = '0;
    if (c.clear || c.op == MaintSweep) begin
      s.read = 1'b0;
      return;
    end
    s.want_read = ref_maint(c, s.wdata);
    if (c.target == TargetRuleCfg && c.index == '0) begin
      if (c.op == MaintRead) s.want_read = 256'({cfg_dry, cfg_enable, cfg_set});
      if (c.op == MaintWrite) begin
        swaps += int'(cfg_set != s.wdata[0]);
        {cfg_dry, cfg_enable, cfg_set} = s.wdata[2:0];
      end
    end
  endfunction

  // --- Slots ------------------------------------------------------------------------------------------------------------
  logic [255:0] held = '0;   // what was read last
  int           write_left = 0;

  task automatic put(slot_s s);
    s1 = r;
    r = h;
    h = s;
    if (write_left > 0) write_left--;
    if (write_left == 0) wdata = '0;
    if (s.head.command.active && !s.head.command.clear && s.head.command.op == MaintWrite) begin
      wdata = s.wdata;
      write_left = 2 + $urandom_range(0, 6);
    end
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = h.read && p == 0;
      @(negedge clk);
      if (h.read && p == 1) held = '0;
      if (s1.read && p == 2) held = s1.want_read;
      if (p == 7 && !rst) begin
        check(result == r.want, $sformatf("result %h, not %h (set %0d)", result, r.want, r.set));
      end
      if ((p < 6 || !h.read) && !r.read && (p > 1 || !s1.read))
        check(rdata == held, $sformatf("read %h, not %h; target %0d entry %0d", rdata, held, s1.head.command.target, s1.head.command.index));
      @(posedge clk);
      #1;
    end
  endtask

  function automatic slot_s blank();
    slot_s s;
    s.head   = '0;
    s.head.seqno = $urandom;
    s.look   = 1'b0;
    s.exact  = 1'b0;
    s.service = 1'($urandom);
    s.frame  = pool_frame();
    s.pair   = pool_hash();
    s.port   = pool_hash();
    s.remote = pool_hash();
    s.wdata  = '0;
    s.read   = 1'b0;
    s.want_read = '0;
    s.want   = '0;
    s.applies = 1'b0;
    s.id     = 0;
    s.set    = 0;
    return s;
  endfunction

  slot_s last;      // the last frame that was put

  task automatic frame(bit same);
    slot_s s;
    s = blank();
    if (same) begin
      s.frame = last.frame;
      s.pair = last.pair;
      s.port = last.port;
      s.remote = last.remote;
      s.exact = last.exact;
      s.service = last.service;
      s.look = last.look;
    end else begin
      s.look  = !one_in(16);
      s.exact = s.look && !s.frame.dir && !one_in(8);
    end
    s.head.kind  = SlotPacket;
    s.head.seqno = one_in(3) ? {$urandom} & ~32'd63 : $urandom;
    expect_frame(s);
    last = s;
    put(s);
  endtask

  task automatic maintain(maint_op_e op, int target, int index, logic [255:0] data);
    slot_s s;
    while (op == MaintRead && (h.read || r.read)) put(blank());  // one at a time
    s = blank();
    s.head.kind = SlotMaint;
    s.head.command = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target),
                       index: 11'(index)};
    s.wdata = data;
    expect_maint(s);
    put(s);
  endtask

  task automatic idle();
    put(blank());
  endtask

  task automatic clear_all();
    while (write_left > 0) idle();
    for (int i = 0; i < 1024; i++) begin
      slot_s s;
      s = blank();
      s.head.kind = SlotMaint;
      s.head.command = '{active: 1'b1, clear: 1'b1, expire: 1'b0, level: ExpireNone, op: MaintSweep, target: '0,
                         index: 11'(i)};
      put(s);
    end
    ref_clear();
    {cfg_dry, cfg_enable, cfg_set} = '0;
    repeat (3) idle();
  endtask

  task automatic apart();  // one access at a time
    repeat (2) if (one_in(3)) idle(); else frame(one_in(2));
  endtask

  task automatic read_back();
    for (int i = 0; i < 1024; i++) begin
      maintain(MaintRead, 25, i, '0);
      apart();
    end
    for (int i = 0; i < 2048; i++) begin
      maintain(MaintRead, i < 1024 ? 26 : 27, i % 1024, '0);
      apart();
    end
  endtask

  // --- Rules ------------------------------------------------------------------------------------------------------------
  ternary_t rules[32];

  // A set of rules into the memories, from the rules themselves.
  task automatic load_prefix(int set, int count);
    bit [31:0] v;
    bit [63:0] actions;
    actions = {$urandom, $urandom};
    for (int i = 0; i < 32; i++) rules[i] = pool_ternary();
    for (int p = 0; p < 64; p++) for (int e = 0; e < 8; e++) begin
      logic [255:0] data;
      data = '0;
      for (int k = 0; k < 4; k++) begin
        v = '0;
        if (p < 61) for (int i = 0; i < count; i++) v[i] = ternary_piece(rules[i], p, 4 * e + k);
        else if (p == 61) v = actions[31:0];
        else if (p == 62) v = actions[63:32];
        else v = one_in(2) ? 32'hffff_ffff - 32'($urandom_range(0, 3)) : one_in(2) ? 32'($urandom_range(0, 3)) : $urandom;
        data[32*k+:32] = v;
      end
      maintain(MaintWrite, 25, 512 * set + 8 * p + e, data);
      apart();
    end
  endtask

  task automatic load_exact(int count);
    for (int n = 0; n < count; n++) begin
      logic [53:0] e;
      int place;
      place = pool_place(pool_hash(), pool_hash(), pool_hash(), e);
      maintain(MaintWrite, 26 + place / 1024, place % 1024, {202'($urandom), e});
      apart();
    end
  endtask

  task automatic random_access();
    logic [255:0] data;
    logic [53:0]  e;
    int           place;
    data = {$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom};
    case ($urandom_range(0, 11))
      0, 1: maintain(MaintWrite, 28, 0, {data[255:3], one_in(4), !one_in(8), 1'($urandom)});
      2:    maintain(MaintRead, 28, one_in(4) ? 1 : 0, '0);
      // The counter of what was hit just now, and its neighbours.
      3, 4, 5, 6: begin
        maint_op_e op;
        int off;
        op  = one_in(2) ? MaintRead : MaintWrite;
        off = one_in(6) ? 1 : 0;
        if (last.applies && last.id >= 32)
          maintain(op, 26 + (last.id - 32) / 1024, ((last.id - 32 + off) % 1024),
                   one_in(2) ? data : {202'd0, 1'($urandom), 17'h1fffe | 17'($urandom), data[35:0]});
        else if (last.applies) maintain(op, 25, ((last.set * 512 + 504 + last.id / 4 + off) % 1024), data);
        else maintain(op, 25, 504 + 512 * int'(one_in(2)) + $urandom_range(0, 7), data);
      end
      7: maintain(one_in(2) ? MaintRead : MaintWrite, 25, 488 + 512 * $urandom_range(0, 1) + 8 * $urandom_range(0, 1), data);
      8: maintain(MaintRead, 25, $urandom_range(0, 1200), '0);
      9: begin
        // A vector that matters: most rules fit.
        for (int k = 0; k < 4; k++) data[32*k+:32] |= $urandom | $urandom | $urandom;
        maintain(MaintWrite, 25, 512 * $urandom_range(0, 1) + $urandom_range(0, 487), data);
      end
      10: begin
        place = pool_place(last.pair, last.port, last.remote, e);
        maintain(MaintWrite, 26 + place / 1024, place % 1024, {data[255:54], e});
      end
      default: maintain(maint_op_e'(2'($urandom_range(0, 2))), $urandom_range(0, 31), $urandom_range(0, 2047), data);
    endcase
  endtask

  // Frames between two accesses; 2 at least, as only one is under way.
  task automatic traffic(int accesses, int most);
    for (int n = 0; n < accesses; n++) begin
      random_access();
      repeat ($urandom_range(2, most)) if (one_in(12)) idle(); else frame(one_in(3));
    end
  endtask

  initial begin
    void'($urandom(32'd77));
    h = blank();
    r = blank();
    s1 = blank();
    last = blank();
    repeat (3) idle();
    rst = 1'b0;
    // The memories are anything before they are cleared.
    for (int i = 0; i < 1024; i++) begin
      maintain(MaintWrite, 25, i, {8{$urandom}});
      idle(); idle();
      maintain(MaintWrite, 26 + i % 2, i, {8{$urandom}});
      idle(); idle();
    end
    maintain(MaintWrite, 28, 0, 256'd3);
    idle(); idle();
    clear_all();
    read_back();
    maintain(MaintRead, 28, 0, '0);
    repeat (50) frame(1'b0);

    for (int round = 0; round < 6; round++) begin
      int loaded;
      loaded = $urandom_range(4, 32);
      maintain(MaintWrite, 28, 0, 256'd2 | 256'($urandom_range(0, 1)) | 256'(one_in(4)) << 2);
      apart();
      load_prefix(0, loaded);
      // The rules themselves against the reference of the vectors.
      for (int n = 0; n < 300; n++) begin
        rule_frame_t f;
        int          w;
        f = pool_frame();
        w = -1;
        for (int i = loaded - 1; i >= 0; i--) if (ternary_fits(rules[i], f)) w = i;
        check(w == ref_prefix_rule(f, 0), "rules and vectors");
      end
      load_prefix(1, $urandom_range(4, 32));
      load_exact(round < 2 ? 10 : 60);
      traffic(600, 4);
      traffic(200, 30);
      // Swaps only, between any two frames.
      for (int n = 0; n < 300; n++) begin
        maintain(MaintWrite, 28, 0, {253'd0, one_in(6), 1'b1, n[0]});
        repeat ($urandom_range(2, 3)) frame(one_in(2));
      end
      if (round % 3 == 2) read_back();
    end
    repeat (3) idle();
    for (int a = 0; a < 4; a++) check(applied[a] > 200, $sformatf("too few of action %0d: %0d", a, applied[a]));
    check(both > 200 && dries > 200 && swaps > 200 && allow_first > 50,
          $sformatf("too few: both %0d, dry %0d, swaps %0d, allow first %0d", both, dries, swaps, allow_first));
    report("weir_rules");
    $finish;
  end
endmodule

`default_nettype wire
