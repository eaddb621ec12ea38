// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_rule_exact, frames back to back: every place of every key alone, every pair of the 24 places of a frame with and
// without allow, random full buckets against docs/datapath.md 18.2, every border of the hits, maintenance right before and behind a
// hit. Inputs are junk in the phases in which they do not count.
`default_nettype none

module weir_rule_exact_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
  `include "weir_rule_ref.svh"

  logic       clk = 1'b0;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  logic         look = 1'b0, service = 1'b0, set = 1'b0, sample = 1'b0, applies = 1'b0;
  hash_t        pair = '0, port = '0, remote = '0;
  command_t     command = '0;
  logic [MaintDataBits-1:0] wdata = '0;
  logic         found;
  logic [RuleIdBits-1:0] id;
  rule_action_e action;
  logic [53:0]  rdata;
  logic         read_clear = 1'b1;

  weir_rule_exact dut (
    .clk,
    .phase_i  (phase),
    .look_i   (look),
    .service_i(service),
    .set_i    (set),
    .sample_i (sample),
    .pair_i   (pair),
    .port_i   (port),
    .remote_i (remote),
    .command_i(command),
    .wdata_i  (wdata),
    .read_clear_i(read_clear),
    .applies_i(applies),
    .found_o  (found),
    .id_o     (id),
    .action_o (action),
    .rdata_o  (rdata)
  );

  `include "weir_check.svh"

  int finds = 0;
  int last_place = 0;

  // One slot in R; what is read comes within it, and stays.
  logic [53:0] held = '0;
  task automatic slot(int place, int act, bit hit, bit read, logic [53:0] want);
    for (int p = 0; p < 8; p++) begin
      phase   = 3'(p);
      read_clear = read && p == 0;
      applies = p == 7 ? hit : 1'($urandom);
      @(negedge clk);
      if (read && p == 1) held = '0;
      if (read && p == 7) held = want;
      check(rdata == held, $sformatf("read %h, not %h", rdata, held));
      if (p == 7) begin
        check(found == (place >= 0), $sformatf("found %b, not %0d", found, place));
        if (place >= 0) check(int'(id) == 33 + place && int'(action) == act,
                              $sformatf("id %0d action %0d, not %0d %0d", id, action, place + 33, act));
      end
      @(posedge clk);
      #1;
    end
  endtask

  task automatic frame(bit does, int number, bit hit);
    int place;
    command       = '0;
    command.index = 11'($urandom);
    command.op    = maint_op_e'(2'($urandom));
    wdata         = one_in(4) ? {8{$urandom}} : '0;
    look          = does;
    sample        = number % 64 == 0;
    place = does ? ref_exact_place(pair, port, remote, service, int'(set)) : -1;
    finds += int'(place >= 0);
    slot(place, place < 0 ? 0 : int'(ref_exact[place][33:32]), place >= 0 && hit, 1'b0, '0);
    if (place >= 0 && hit) begin
      ref_exact_hit(place, number);
      last_place = place;
    end
  endtask

  task automatic random_frame();
    pair    = pool_hash();
    port    = pool_hash();
    remote  = pool_hash();
    service = !one_in(3);
    set     = 1'($urandom);
    frame(!one_in(8), one_in(2) ? 64 * $urandom_range(0, 9) : $urandom_range(0, 1000), !one_in(4));
  endtask

  task automatic maintain(maint_op_e op, int target, int index, logic [255:0] data);
    logic [255:0] want;
    command = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target), index: 11'(index)};
    wdata   = op == MaintWrite ? data : '0;
    look    = 1'b0;
    want    = '0;
    if (target == 26 || target == 27) want = ref_maint(command, data);
    pair = pool_hash();
    slot(-1, 0, 1'b0, op == MaintRead, want[53:0]);
  endtask

  task automatic write(int place, logic [53:0] e);
    maintain(MaintWrite, 26 + place / 1024, place % 1024, {202'($urandom), e});
  endtask

  task automatic read_back(bit mixed);
    for (int i = 0; i < 2048; i++) begin
      maintain(MaintRead, i < 1024 ? 26 : 27, i % 1024, '0);
      if (mixed && one_in(4)) random_frame();
    end
  endtask

  task automatic clear_all();
    for (int i = 0; i < 1024; i++) begin
      command = '{active: 1'b1, clear: 1'b1, expire: 1'b0, level: ExpireNone, op: MaintSweep, target: '0, index: 11'(i)};
      wdata   = '0;
      look    = 1'b0;
      slot(-1, 0, 1'b0, 1'b0, '0);
    end
    ref_clear();
  endtask

  function automatic int place_of(int n);  // 0 to 23, in the order in which they are looked through
    hash_t key;
    key = n < 8 ? pair ^ port : n < 16 ? pair : remote;
    return 4 * ((n / 4) % 2 == 0 ? int'(key.index) % 512 : int'(key.tag >> 31)) + n % 4;
  endfunction

  function automatic logic [53:0] entry_of(int n, int act, bit in_set);
    hash_t key;
    logic [53:0] e;
    key = n < 8 ? pair ^ port : n < 16 ? pair : remote;
    e = '0;
    e[29:0] = key.tag[29:0];
    e[31:30] = in_set ? 2'd2 : 2'd1;
    e[33:32] = 2'(act);
    return e;
  endfunction

  task automatic random_keys();
    pair   = hash_t'({$urandom, $urandom});
    port   = hash_t'({$urandom, $urandom});
    remote = hash_t'({$urandom, $urandom});
  endtask

  initial begin
    void'($urandom(32'd6));
    phase = 3'd7;
    repeat (2) @(posedge clk);
    #1;
    for (int i = 0; i < 2048; i++) write(i, {$urandom, $urandom});
    read_back(1'b0);
    clear_all();
    read_back(1'b1);
    check(finds == 0, "nothing is found when cleared");

    // One entry, every place of it, either set; then not a bit more or less of its print.
    service = 1'b1;
    for (int n = 0; n < 24; n++) for (int act = 0; act < 4; act++) for (int s = 0; s < 2; s++) begin
      hash_t  p1, p2, p3;
      logic [53:0] e;
      int     at;
      random_keys();
      p1 = pair; p2 = port; p3 = remote;
      at = place_of(n);
      e  = entry_of(n, act, 1'(s));
      write(at, e);
      {pair, port, remote} = {p1, p2, p3};
      service = 1'b1;
      set = 1'(s);
      frame(1'b1, 1, 1'b1);
      check(last_place == at, "the place");
      set = 1'(1 - s);
      frame(1'b1, 1, 1'b1);
      set = 1'(s);
      service = 1'b0;
      frame(1'b1, 1, 1'b1);
      service = 1'b1;
      frame(1'b0, 1, 1'b1);
      for (int b = 0; b < 30; b++) if (one_in(4)) begin
        write(at, e ^ (54'd1 << b));
        {pair, port, remote} = {p1, p2, p3};
        frame(1'b1, 1, 1'b1);
      end
      write(at, '0);
    end

    // Two of the 24 places: the first that allows, otherwise the first.
    for (int a = 0; a < 24; a++) for (int b = 0; b < 24; b++) if (a != b) begin
      hash_t p1, p2, p3;
      int    x, y;
      random_keys();
      p1 = pair; p2 = port; p3 = remote;
      x = place_of(a);
      y = place_of(b);
      if (x / 4 == y / 4 && a / 4 != b / 4) continue;
      for (int act = 0; act < 4; act++) begin
        int act2;
        act2 = $urandom_range(0, 3);
        {pair, port, remote} = {p1, p2, p3};
        write(x, entry_of(a, act, 1'b0));
        {pair, port, remote} = {p1, p2, p3};
        write(y, entry_of(b, act2, 1'b0));
        {pair, port, remote} = {p1, p2, p3};
        set = 1'b0;
        service = !one_in(8);
        frame(1'b1, 1, 1'b1);
        if (service) check(last_place == (act == 3 && (act2 != 3 || a < b) ? x : act2 == 3 ? y : a < b ? x : y), "which");
      end
      write(x, '0);
      write(y, '0);
    end

    // Hits: each border, by number.
    for (int n = 0; n < 400; n++) begin
      logic [53:0] e;
      hash_t p1, p2, p3;
      pair = pool_hash(); port = pool_hash(); remote = pool_hash();
      p1 = pair; p2 = port; p3 = remote;
      e = entry_of(12, 0, 1'b0);
      e[53] = 1'($urandom);
      e[52:36] = one_in(4) ? 17'd0 : one_in(3) ? 17'($urandom) : 17'h1fffc + 17'($urandom_range(0, 3));
      write(place_of(12), e);
      for (int k = 0; k < 6; k++) begin
        {pair, port, remote} = {p1, p2, p3};
        set = 1'b0;
        service = 1'b0;
        frame(1'b1, one_in(2) ? 64 * $urandom_range(0, 99) : 64 * $urandom_range(0, 99) + $urandom_range(1, 63), !one_in(5));
      end
      maintain(MaintRead, 26 + last_place / 1024, last_place % 1024, '0);
    end

    // Full buckets, and maintenance of what was just hit.
    for (int round = 0; round < 8; round++) begin
      clear_all();
      for (int n = 0; n < 30 + 20 * round; n++) begin
        logic [53:0] e;
        int          at;
        at = pool_place(pool_hash(), pool_hash(), pool_hash(), e);
        write(at, e);
        if (one_in(2)) random_frame();
      end
      for (int n = 0; n < 3000; n++) begin
        int at;
        at = one_in(2) ? last_place : one_in(2) ? last_place ^ (1 << $urandom_range(0, 10)) : $urandom_range(0, 2047);
        repeat ($urandom_range(0, 3)) random_frame();
        case ($urandom_range(0, 5))
          0: write(at, {18'($urandom), 2'd0, ref_exact[at][33:0]});
          1: write(at, {18'h1ffff ^ 18'($urandom_range(0, 1)), ref_exact[at][35:0]});
          2, 3: maintain(MaintRead, 26 + at / 1024, at % 1024, '0);
          4: maintain(one_in(2) ? MaintRead : MaintWrite, 26 + at / 1024, 1024 + at % 1024, {8{$urandom}});
          default: maintain(maint_op_e'(2'($urandom_range(0, 2))), $urandom_range(0, 25), at % 1024, {8{$urandom}});
        endcase
      end
      read_back(1'b1);
    end
    check(finds > 10000, $sformatf("finds %0d", finds));
    report("weir_rule_exact");
    $finish;
  end
endmodule

`default_nettype wire
