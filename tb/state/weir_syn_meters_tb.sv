// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_syn_meters, against docs/datapath.md 14.1 (tb/common/weir_state_ref.svh): a flood declared at the SYN after
// the threshold, its end after hold windows below half of it, threshold 0, enable, gaps of every length for the total, entries fresh and expired, addresses
// under flood that are never victims; then random floods on a few addresses that collide, with maintenance in between.
`default_nettype none

module weir_syn_meters_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
  `include "weir_state_ref.svh"

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  localparam int Entries = 4 << StateHostSetsLog2;

  logic        looks_now = 1'b0;
  logic        syn_now = 1'b0;
  logic        allowed_now = 1'b0;
  hash_t       key = '0;
  logic [31:0] window = '0;
  syn_cfg_t    cfg = syn_cfg_t'(0);
  command_t    command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  logic [1:0]  floods, tripped, ended;
  logic [12:0] count;
  logic [17:0] total_count;
  logic [9:0]  total_age;
  logic [MaintDataBits-1:0] rdata;
  logic zero, read_clear = 1'b1;
  always_comb zero = phase[1:0] == 2'd1;
  logic        evict, full, grow, shrink;

  weir_syn_meters dut (
      .clk, .rst,
      .phase_i  (phase),
      .look_i   (looks_now),
      .allowed_i(allowed_now),
      .syn_i    (syn_now),
      .key_i    (key),
      .window_i (window),
      .cfg_i    (cfg),
      .command_i(command),
      .wdata_i  (wdata),
      .flood_o  (floods),
      .trip_o   (tripped),
      .end_o    (ended),
      .count_o  (count),
      .total_o  (total_count),
      .age_o    (total_age),
      .read_clear_i(read_clear),
      .zero_i   (zero),
      .rdata_o  (rdata),
      .evict_o  (evict),
      .full_o   (full),
      .grow_o   (grow),
      .shrink_o (shrink)
  );

  `include "weir_check.svh"
  function automatic void tell(string what);
    $display("%0t: %s", $time, what);
  endfunction

  ref_syn_meters m;
  longint        w = 0;     // stamp >> 16
  int            used = 0;  // by the pulses
  int            held = 0;  // in truth
  int            trips[2], endings[2], n_full = 0, n_evict = 0;

  // --- One slot; what it said stands in the next one --------------------------------------------------------------------
  bit          due = 0;
  int          age_due = 0;   // of the total meter, before it
  longint      total_due = 0; // after it
  ref_floods_t said;
  logic [MaintDataBits-1:0] answer = '0;   // what was read last: it stays
  logic [MaintDataBits-1:0] answer_next;
  int          pulses[4];
  task automatic slot();
    pulses = '{default: 0};
    window = 32'(w);
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && command.active && !command.clear && command.op == MaintRead;
      @(negedge clk);
      if (p == 0 || p == 7) if (!checked(rdata == answer)) tell($sformatf("read %h, not %h", rdata, answer));
      if (read_clear) answer = answer_next;
      pulses[0] += 32'(evict);
      pulses[1] += 32'(full);
      pulses[2] += 32'(grow);
      pulses[3] += 32'(shrink);
      if (due && p % 7 == 0)
        if (!checked(floods == said.flood && tripped == said.trip && ended == said.ends && 32'(count) == said.count))
          tell($sformatf("flood %b trip %b end %b count %0d, not %p", floods, tripped, ended, count, said));
      if (due && p % 7 == 0)
        if (!checked(32'(total_age) == age_due && 64'(total_count) == total_due))
          tell($sformatf("age %0d count %0d, not %0d %0d", total_age, total_count, age_due, total_due));
      @(posedge clk);
      #1;
    end
    due = 0;
    used += pulses[2] - pulses[3];
  endtask

  task automatic maintain(maint_op_e op, bit clear, bit expire, int target, int index, logic [MaintDataBits-1:0] data);
    bit here;
    logic [MaintDataBits-1:0] want;
    int was;
    was     = held;
    if (index < Entries) held -= 32'(m.e[index][39:0] != 0);
    here    = index < Entries && (clear || op == MaintSweep || target == 17);
    looks_now = 0;
    syn_now = 1'($urandom);
    key     = hash_t'({$urandom, $urandom});
    command = '{active: 1'b1, clear: clear, expire: expire, level: expire_e'($urandom), op: op, target: 5'(target),
                index: 11'(index)};
    wdata   = op == MaintWrite ? data : '0;
    want    = here && op == MaintRead ? m.e[index] : '0;
    if (here && clear) m.e[index] = '0;
    else if (here && op == MaintWrite) m.e[index] = 256'(data[71:0]);
    else if (here && op == MaintSweep) m.sweep(index, w, expire);
    if (index < Entries) held += 32'(m.e[index][39:0] != 0);
    answer_next = want;
    slot();
    command = command_t'(0);
    wdata   = '0;
    if (clear) used = held;
    else if (!checked(pulses[0] + pulses[1] == 0 && pulses[2] - pulses[3] == held - was)) tell("pulses of maintenance");
    if (!checked(used == held)) tell("entries that are not free");
  endtask
  task automatic read_back();
    for (int i = 0; i < Entries; i++) maintain(MaintRead, 0, 0, 17, i, '0);
  endtask
  function automatic int home(hash_t k, int p);
    return 4 * (int'(k.index) % (1 << StateHostSetsLog2)) + (int'(k.tag % 4) + p) % 4;
  endfunction

  // An allowed frame sees the total as it is, and that is all.
  task automatic frame(hash_t k, bit is_syn, bit looks = 1, bit allowed = 0);
    ref_floods_t r;
    longint age;
    r = '{default: 0};
    age = m.total_fresh ? 0 : w - m.total.win;
    if (age > 1023) age = 1023;
    if (looks && !allowed) r = m.look(k, w, is_syn);
    if (looks && allowed) r.flood[1] = m.total.flood && cfg.enable;
    allowed_now = allowed;
    held += 32'(r.grow);
    looks_now = looks;
    syn_now = is_syn;
    key  = k;
    slot();
    allowed_now = 1'($urandom);
    due  = 1;
    age_due = 32'(age);
    total_due = m.total.count;
    said = r;
    for (int i = 0; i < 2; i++) begin
      trips[i]   += 32'(r.trip[i]);
      endings[i] += 32'(r.ends[i]);
    end
    n_full  += 32'(r.full);
    n_evict += 32'(r.evict);
    if (!checked(pulses[0] == 32'(r.evict) && pulses[1] == 32'(r.full) && pulses[2] == 32'(r.grow) && pulses[3] == 0))
      tell($sformatf("pulses %p, not %p", pulses, r));
    if (!checked(used == held)) tell("entries that are not free");
  endtask

  function automatic hash_t some_key();
    hash_t k;
    k = '{tag: 40'({$urandom, $urandom}), index: 10'($urandom)};
    if (k.tag == 0) k.tag = 1;
    return k;
  endfunction
  task automatic set_cfg(bit enable, int host, int host_hold, int total, int total_hold, int timeout);
    cfg = syn_cfg_t'({$urandom, $urandom, $urandom, $urandom});
    cfg.enable          = enable;
    cfg.host_threshold  = 13'(host);
    cfg.host_hold       = 8'(host_hold);
    cfg.total_threshold = 18'(total);
    cfg.total_hold      = 8'(total_hold);
    cfg.host_timeout    = 8'(timeout);
    m.cfg = cfg;
  endtask
  task automatic restart();
    rst = 1'b1;
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    due = 0;
    m.total = '{default: 0};
    m.total_fresh = 1;
    for (int i = 0; i < Entries; i++) maintain(MaintSweep, 1, 0, 0, i, '0);
  endtask

  hash_t pool[12];
  initial begin
    hash_t k;
    void'($urandom(32'd11));
    m = new();
    w = 64'h1234_5678;
    restart();
    read_back();

    // The SYN after the threshold trips, in a slot of its own for each; the next one knows.
    for (int threshold = 1; threshold < 6; threshold++) begin
      set_cfg(1, threshold, 3, 2 * threshold, 2, 100);
      k = some_key();
      w += 1000;
      for (int i = 0; i < 8; i++) begin
        frame(k, 1);
        if (!checked(said.flood[0] == (i >= threshold) && said.trip[0] == (i == threshold))) tell("host trips");
        if (!checked(said.flood[1] == (i >= 2 * threshold))) tell("total trips");
      end
      // Another frame of it only looks, one of another address sees the total.
      frame(k, 0);
      frame(some_key(), 0);
      // Loud until half of the threshold, then quiet for hold windows.
      for (int i = 0; i < 12; i++) begin
        w += 1;
        for (int j = 0; j < (i < 4 ? (threshold + 1) / 2 : i == 5 ? threshold / 2 : 0); j++) frame(k, 1);
        frame(k, 0);
        if (i == 4 || i > 8) frame(k, 1);
      end
      read_back();
    end
    // Gaps of every length, with every hold: a flood ends when as many windows were quiet.
    for (int hold = 0; hold < 256; hold += hold < 6 ? 1 : 83) begin
      for (int gap = 0; gap < 300; gap += (gap < 8 || (gap > 252 && gap < 260)) ? 1 : 49) begin
        set_cfg(1, 2, hold, 2, hold, 255);
        k = some_key();
        w += 5000;
        for (int j = 0; j < 4; j++) frame(k, 1);
        w += 1;
        frame(k, 1);
        w += 64'(gap);
        frame(k, 0);
        frame(k, 1);
      end
    end
    // The total knows gaps far beyond what an entry could: also where the low bits of the window come again.
    for (int g = 0; g < 32; g++) begin
      set_cfg(1, 0, 0, 3, 255, 255);
      for (int j = 0; j < 5; j++) frame(some_key(), 1);
      w += (64'd1 << g) + ($urandom_range(0, 2) == 0 ? 64'd0 : 64'($urandom_range(0, 3)));
      frame(some_key(), 1);
    end
    w += 64'd1 << 20;
    // Fresh after a clear: the first SYN has age 0 whatever the window.
    restart();
    pool[0] = some_key();
    set_cfg(1, 3, 0, 3, 0, 255);
    for (int j = 0; j < 5; j++) frame(pool[0], 1);
    // Threshold 0 clears a flood with the next update, and this is an end.
    set_cfg(1, 0, 200, 0, 200, 255);
    frame(pool[0], 0);
    if (!checked(said.ends[0] && said.flood == 2'b10)) tell("an end by threshold 0");
    frame(pool[0], 1);
    if (!checked(said.ends[1] && said.flood == 2'b00)) tell("an end by threshold 0, of the total");
    // A frame that a rule allows: sees the total, counts nowhere.
    set_cfg(1, 2, 200, 2, 200, 255);
    repeat (5) frame(pool[0], 1, 1, 1);
    if (!checked(said.flood == 2'b00)) tell("allowed frames made a flood");
    repeat (4) frame(pool[0], 1);
    frame(pool[0], 1, 1, 1);
    frame(pool[0], 0, 1, 1);
    if (!checked(said.flood == 2'b10)) tell("allowed in a flood");
    // Nothing without enable, and it goes on afterwards.
    set_cfg(1, 1, 200, 1, 200, 255);
    repeat (3) frame(pool[0], 1);
    set_cfg(0, 1, 200, 1, 200, 255);
    repeat (3) frame(pool[0], 1);
    w += 3;
    repeat (3) frame(some_key(), 1'($urandom));
    set_cfg(1, 1, 200, 1, 200, 255);
    frame(pool[0], 0);
    frame(some_key(), 0, 0);
    read_back();
    // Counts end at their width.
    set_cfg(1, 8191, 2, 262143, 2, 255);
    maintain(MaintWrite, 0, 0, 17, home(pool[0], 0), 256'({8'd0, 1'b0, 13'd8188, 10'(w), pool[0].tag}));
    repeat (6) frame(pool[0], 1);
    if (!checked(said.count == 8191 && !said.flood[0])) tell("saturated");
    // Timeouts to the window; a sweep frees what has expired, at once with expire.
    for (int n = 0; n < 600; n++) begin
      set_cfg(1, 1, 255, 0, 0, n % 7 == 0 ? 0 : $urandom_range(1, 255));
      k = some_key();
      w += 2000;
      repeat (2 + n % 2) frame(k, 1);
      w += 64'(cfg.host_timeout == 0 ? 1 : int'(cfg.host_timeout)) - 64'($urandom_range(0, 1));
      if (n % 3 == 0) maintain(MaintSweep, 0, n % 9 == 0, 0, home(k, 0), '0);
      frame(k, n % 2 == 0);
      maintain(MaintRead, 0, 0, 17, home(k, 0), '0);
    end
    // Sets of four: those under flood are no victims.
    for (int n = 0; n < 3000; n++) begin
      set_cfg(1, $urandom_range(0, 3), $urandom_range(0, 20), 0, 0, $urandom_range(1, 20));
      k = some_key();
      w += 64'($urandom_range(0, 3));
      for (int p = 0; p < 4; p++)
        maintain(MaintWrite, 0, 0, 17, home(k, p), $urandom_range(0, 15) == 0 ? '0 :
                 256'({8'($urandom), $urandom_range(0, 2) != 0, 13'($urandom_range(0, 3)), 10'(w - 64'($urandom_range(0, 4) * $urandom_range(0, 6))),
                       40'({$urandom, $urandom}) | 40'd1}));
      frame(k, $urandom_range(0, 7) != 0);
      for (int p = 0; p < 4; p++) maintain(MaintRead, 0, 0, 17, home(k, p), '0);
    end
    maintain(MaintWrite, 0, 0, 16, 3, '1);
    maintain(MaintRead, 0, 0, 18, 3, '0);
    maintain(MaintWrite, 0, 0, 17, Entries + 3, '1);

    // Random floods on addresses that share two sets.
    for (int round = 0; round < 20; round++) begin
      k = some_key();
      for (int i = 0; i < 12; i++) begin
        pool[i] = some_key();
        pool[i].index = k.index ^ 10'(i / 6);
        if (i % 3 == 1) pool[i].tag = pool[i-1].tag ^ (40'd1 << $urandom_range(2, 39));
      end
      for (int n = 0; n < 4000; n++) begin
        if (n % 500 == 0)
          set_cfg($urandom_range(0, 9) != 0, $urandom_range(0, 4) * $urandom_range(0, 4), $urandom_range(0, 6),
                  $urandom_range(0, 5) * $urandom_range(0, 8), $urandom_range(0, 6), $urandom_range(0, 20));
        if ($urandom_range(0, 7 + round) == 0) w += $urandom_range(0, 30) == 0 ? 64'($urandom_range(0, 1500)) : 64'($urandom_range(0, 2));
        k = pool[$urandom_range(0, round % 2 == 0 ? 11 : 3)];
        case ($urandom_range(0, 31))
          0: maintain(MaintSweep, 0, 0, $urandom_range(0, 31), home(k, $urandom_range(0, 3)), '0);
          1: maintain(MaintRead, 0, 0, 17, home(k, $urandom_range(0, 3)), '0);
          2: if ($urandom_range(0, 7) == 0) maintain(MaintWrite, 0, 0, 17, home(k, $urandom_range(0, 3)), '0);
          3: frame(k, 1'($urandom), 0);
          4: frame(k, 1'($urandom), 1, 1);
          default: frame(k, $urandom_range(0, 2) != 0);
        endcase
      end
      // After a jump of time everything is swept: then ages may wrap.
      for (int i = 0; i < Entries; i++) maintain(MaintSweep, 0, round % 2 == 0, 0, i, '0);
      read_back();
    end
    for (int i = 0; i < 2; i++)
      if (!checked(trips[i] > 300 && endings[i] > 200)) tell($sformatf("%0d trips, %0d ends of %0d", trips[i], endings[i], i));
    if (!checked(n_full > 100 && n_evict > 100)) tell($sformatf("%0d full, %0d evicted", n_full, n_evict));
    report("weir_syn_meters");
    $finish;
  end
endmodule

`default_nettype wire
