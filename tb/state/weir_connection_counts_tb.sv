// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_connection_counts, against docs/datapath.md 12 and 13.4 (tb/common/weir_counts_ref.svh): the borders of both slices with
// every way to leave and to join, counts at 0 and at their maximum, clocks that wrap, kept tags of 0, full sets and victims, limits
// at, below and above, with maintenance in between; then random traffic on few keys in few sets.
`default_nettype none

module weir_connection_counts_tb;
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

  localparam int Entries = 4 << StateClientSetsLog2;
  localparam int Target[2] = '{21, 22};

  logic        looks_now = 1'b0;
  hash_t       key_now[2];
  logic [9:0]  clock_now = '0;
  command_t    command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  logic [9:0]  s2_clock = '0;
  conn_move_t  s2_move = conn_move_t'(0);
  logic [10:0] s2_concurrent = '0;
  logic [7:0]  s2_opened = '0;
  logic        over;
  logic [10:0] limit, count;
  logic [7:0]  joined_opened;
  logic [10:0] joined_established;
  logic [MaintDataBits-1:0] rdata;
  logic zero, read_clear = 1'b1;
  always_comb zero = phase[1:0] == 2'd1;
  logic [MaintDataBits-1:0] held = '0;   // what was read last
  logic [1:0]  evict, grow, shrink;

  weir_connection_counts dut (
      .clk, .rst,
      .phase_i        (phase),
      .look_i         (looks_now),
      .client_key_i   (key_now[0]),
      .server_key_i   (key_now[1]),
      .clock_i        (clock_now),
      .command_i      (command),
      .wdata_i        (wdata),
      .s2_clock_i     (s2_clock),
      .s2_move_i      (s2_move),
      .s2_concurrent_i(s2_concurrent),
      .s2_opened_i    (s2_opened),
      .over_o         (over),
      .limit_o        (limit),
      .count_o        (count),
      .joined_opened_o     (joined_opened),
      .joined_established_o(joined_established),
      .read_clear_i   (read_clear),
      .zero_i         (zero),
      .rdata_o        (rdata),
      .evict_o        (evict),
      .grow_o         (grow),
      .shrink_o       (shrink)
  );

  `include "weir_check.svh"
  function automatic void tell(string what);
    $display("%0t: %s", $time, what);
  endfunction

  ref_counts m[2];       // client, server
  longint    now = 0;    // stamp >> 24
  int        used[2];    // by the pulses

  // --- What is in a stage -------------------------------------------------------------------------------------------------
  typedef struct {
    bit          looks;
    hash_t       key[2];
    logic [9:0]  clock;
    conn_move_t  move;
    logic [10:0] concurrent;
    logic [7:0]  opened;
    ref_count_t  r[2];
    bit          maint;
    command_t    command;
    logic [MaintDataBits-1:0] wdata;
    logic [MaintDataBits-1:0] want;
    int          step[2];      // entries more
  } work_t;
  work_t s1, s2;
  int    n_over[3];
  int    n_evict[2];

  function automatic work_t nothing();
    work_t w;
    w = '{default: 0};
    w.clock = 10'($urandom);
    w.move  = conn_move_t'(0);
    w.concurrent = 11'($urandom);
    w.opened = 8'($urandom);
    w.key[0] = hash_t'({$urandom, $urandom});
    w.key[1] = hash_t'({$urandom, $urandom});
    return w;
  endfunction

  // One slot: w enters S1, and what was there S2.
  task automatic slot(work_t w);
    int evicts[2], steps[2];
    bit is_over, is_many;
    s2 = s1;
    s1 = w;
    evicts = '{default: 0};
    steps  = '{default: 0};
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && s1.command.active && !s1.command.clear && s1.command.op == MaintRead;
      // Before phase 4 it may be anything, but one kind.
      looks_now  = s1.looks;
      key_now    = s1.key;
      clock_now  = s1.clock;
      command    = s1.command;
      if (p < 4) begin
        looks_now  = 1'($urandom);
        key_now[0] = hash_t'({$urandom, $urandom});
        key_now[1] = hash_t'({$urandom, $urandom});
        clock_now  = 10'($urandom);
        command.active = 1'b0;
      end
      wdata         = s1.wdata | s2.wdata;
      s2_clock      = s2.clock;
      s2_move       = s2.move;
      s2_concurrent = s2.concurrent;
      s2_opened     = s2.opened;
      @(negedge clk);
      if (p == 0) if (!checked(rdata == held)) tell($sformatf("read %h, not %h", rdata, held));
      if (read_clear) held = '0;
      if (p == 7) held |= s2.want;
      for (int t = 0; t < 2; t++) begin
        evicts[t] += 32'(evict[t]);
        steps[t]  += 32'(grow[t]) - 32'(shrink[t]);
      end
      if (!checked(32'(joined_opened) == (p inside {4, 5} && s2.looks && s2.r[0].joins ? s2.r[0].joined_opened : 0) &&
                32'(joined_established) == (p inside {5, 6} && s2.looks && s2.r[0].joins ? s2.r[0].joined_established : 0)))
        tell($sformatf("phase %0d: joined %0d %0d, %p", p, joined_opened, joined_established, s2.r[0]));
      if (p >= 6 && s2.looks) begin
        is_many = s2.concurrent != 0 && s2.r[0].established >= 32'(s2.concurrent);
        is_over = is_many || (s2.opened != 0 && s2.r[0].opened >= 32'(s2.opened));
        if (!checked(over == is_over)) tell($sformatf("over %b, %p", over, s2));
        if (is_over)
          if (!checked(is_many ? limit == s2.concurrent && 32'(count) == s2.r[0].established
                            : limit == 11'(s2.opened) && 32'(count) == s2.r[0].opened)) tell($sformatf("limit %0d count %0d, %p", limit, count, s2));
        n_over[is_many ? 2 : is_over ? 1 : 0]++;
      end
      @(posedge clk);
      #1;
    end
    if (!s2.command.clear) begin
      for (int t = 0; t < 2; t++) begin
        used[t] += steps[t];
        if (!checked(evicts[t] == 32'(s2.looks && s2.r[t].evict))) tell($sformatf("evictions of %0d", t));
        if (!checked(steps[t] == (s2.looks ? 32'(s2.r[t].grow) : s2.step[t]))) tell($sformatf("%0d entries more of %0d, %p", steps[t], t, s2));
        n_evict[t] += evicts[t];
      end
    end
  endtask

  // --- Maintenance ----------------------------------------------------------------------------------------------------------
  task automatic maintain(maint_op_e op, bit clear, bit expire, int target, int index, logic [MaintDataBits-1:0] data);
    work_t w;
    bit was;
    if (op != MaintSweep && s1.maint) slot(nothing());  // it waits until nothing else is on its way
    w = nothing();
    w.maint   = 1;
    w.clock   = 10'(now);
    w.command = '{active: 1'b1, clear: clear, expire: expire, level: expire_e'($urandom), op: op, target: 5'(target), index: 11'(index)};
    w.wdata   = op == MaintWrite && !clear ? data : '0;
    w.want    = '0;
    for (int t = 0; t < 2; t++)
      if (index < Entries && (clear || op == MaintSweep || target == Target[t])) begin
        was = !m[t].free(index);
        if (clear) m[t].e[index] = '0;
        else if (op == MaintSweep) m[t].sweep(index, now, expire);
        else if (op == MaintWrite) m[t].e[index] = 256'(data[71:0]);
        else w.want = m[t].e[index];
        w.step[t] = 32'(!m[t].free(index)) - 32'(was);
      end
    slot(w);
    if (op == MaintWrite) slot(nothing());  // its data is there until it is done
  endtask
  task automatic read_back();
    for (int t = 0; t < 2; t++) for (int i = 0; i < Entries; i++) maintain(MaintRead, 0, 0, Target[t], i, '0);
    slot(nothing());
    for (int t = 0; t < 2; t++) if (!checked(used[t] == m[t].used())) tell($sformatf("%0d entries used, not %0d", used[t], m[t].used()));
  endtask

  // --- Frames ---------------------------------------------------------------------------------------------------------------
  task automatic frame(hash_t client, hash_t server, conn_move_t move, int concurrent = -1, int opened = -1);
    work_t w;
    w = nothing();
    w.looks  = 1;
    w.key[0] = client;
    w.key[1] = server;
    w.clock  = 10'(now);
    w.move   = move;
    for (int t = 0; t < 2; t++) w.r[t] = m[t].look(w.key[t], now, move);
    // Around what there is.
    w.concurrent = 11'(concurrent >= 0 ? concurrent : w.r[0].established + $urandom_range(0, 2) - 1);
    w.opened     = 8'(opened >= 0 ? opened : w.r[0].opened + $urandom_range(0, 2) - 1);
    if ($urandom_range(0, 2) == 0) w.concurrent = '0;
    if ($urandom_range(0, 2) == 0) w.opened = '0;
    slot(w);
  endtask
  function automatic hash_t some_key(int set);
    hash_t k;
    k = '{tag: 40'({$urandom, $urandom}), index: 10'({$urandom} << 6) | 10'(set)};
    if ($urandom_range(0, 15) == 0) k.tag[19:0] = '0;
    if (k.tag == 0) k.tag = 1;
    return k;
  endfunction
  function automatic conn_move_t some_move();
    conn_move_t v;
    v = conn_move_t'(0);
    case ($urandom_range(0, 6))
      0: v.leave_half_now = 1'b1;
      1: v.leave_half_before = 1'b1;
      2, 3: v.leave_est_now = 1'b1;
      4: v.leave_est_before = 1'b1;
      default: ;
    endcase
    case ($urandom_range(0, 6))
      6: v.join_opened = 1'b1;
      0: v.join_half = 1'b1;
      1: begin v.join_half = 1'b1; v.join_opened = 1'b1; end
      2, 3: v.join_est = 1'b1;
      default: ;
    endcase
    return v;
  endfunction
  function automatic int home(hash_t k, int p);
    return m[0].way(k, p);
  endfunction
  function automatic int some_count(int most);
    case ($urandom_range(0, 4))
      0: return 0;
      1: return most;
      2: return $urandom_range(0, 1) == 0 ? 1 : most - 1;
      default: return $urandom_range(0, most);
    endcase
  endfunction
  // An entry as 12.1 has it.
  function automatic logic [MaintDataBits-1:0] entry_of(hash_t k, longint clock);
    return 256'({8'(some_count(255)), 10'(some_count(1023)), 10'(some_count(1023)), 7'(some_count(127)), 7'(some_count(127)),
                 10'(clock), 20'(m[0].keep(k))});
  endfunction

  hash_t pool[24];
  initial begin
    hash_t k;
    longint was;
    void'($urandom(32'd31));
    m[0] = new();
    m[1] = new();
    s1 = nothing();
    now = 64'h3e8;
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    for (int i = 0; i < Entries; i++) maintain(MaintSweep, 1, 0, 0, i, '0);
    slot(nothing());
    read_back();

    // A miss that joins nothing makes no entry; one that joins counts from 0, whatever it leaves.
    k = some_key(5);
    for (int i = 0; i < 128; i++) begin
      conn_move_t v;
      v = conn_move_t'(i);
      if ($countones({v.leave_half_now, v.leave_half_before, v.leave_est_now, v.leave_est_before}) > 1) continue;
      if ((v.join_half && v.join_est) || (v.join_opened && v.join_est)) continue;
      frame(k, some_key(i % 64), v);
      maintain(MaintRead, 0, 0, 21, home(k, 0), '0);
      now += 50;
      // And from any counts, in its slice and behind it, at every place in the slice of `est`.
      for (int t = 0; t < 36; t += t < 4 ? 1 : t < 13 ? 9 : t == 13 ? 1 : 5)
        for (int s = 0; s < 3; s++) begin
          was = now;
          maintain(MaintWrite, 0, 0, 21, home(k, 0), entry_of(k, now));
          maintain(MaintWrite, 0, 0, 22, home(k, 0), entry_of(k, now));
          now += 64'(t);
          frame(k, k, v);
          maintain(MaintRead, 0, 0, 21, home(k, 0), '0);
          maintain(MaintRead, 0, 0, 22, home(k, 0), '0);
          // It leaves nothing behind for the next one.
          maintain(MaintWrite, 0, 0, 21, home(k, 0), '0);
          maintain(MaintWrite, 0, 0, 22, home(k, 0), '0);
          now = was + (s == 2 ? 64'($urandom_range(1, 40)) : 64'd5);
        end
    end
    // Frames behind each other with the same keys: each finds what the one before has left.
    for (int i = 0; i < 300; i++) begin
      if (i % 30 == 29) now += 1;
      frame(k, k, '{join_half: 1'b1, join_opened: 1'b1, default: 1'b0});
    end
    for (int i = 0; i < 1100; i++) frame(k, k, '{join_est: 1'b1, default: 1'b0});
    now += 16 - now % 16;
    for (int i = 0; i < 1100; i++) frame(k, k, '{leave_est_before: i < 1030, leave_est_now: i >= 1060, join_est: i > 1000, default: 1'b0});
    // One that neither leaves nor joins changes nothing, its time included: it expires as if it had not been there.
    k = some_key(9);
    frame(k, k, '{join_est: 1'b1, default: 1'b0});
    for (int i = 0; i < 34; i++) begin
      now += 1;
      frame(k, k, conn_move_t'(0));
    end
    maintain(MaintRead, 0, 0, 22, home(k, 0), '0);
    // Limits: 0 is none.
    k = some_key(11);
    repeat (5) frame(k, k, '{join_half: 1'b1, join_opened: 1'b1, default: 1'b0});
    repeat (9) frame(k, k, '{leave_half_now: 1'b1, join_est: 1'b1, default: 1'b0});
    for (int i = 0; i < 12; i++) for (int j = 0; j < 8; j++) frame(k, k, conn_move_t'(0), i, j);
    read_back();

    // Sets of four: expired ones first, then the fewest established.
    for (int n = 0; n < 3000; n++) begin
      k = some_key($urandom_range(0, 63));
      now += 64'($urandom_range(0, 3));
      for (int p = 0; p < 4; p++) begin
        maintain(MaintWrite, 0, 0, 21, home(k, p), $urandom_range(0, 15) == 0 ? '0 : entry_of(some_key(0), now - 64'($urandom_range(0, 1) * $urandom_range(0, 34))));
        maintain(MaintWrite, 0, 0, 22, home(k, p), $urandom_range(0, 15) == 0 ? '0 : entry_of(some_key(0), now - 64'($urandom_range(0, 1) * $urandom_range(0, 34))));
      end
      frame(k, k, $urandom_range(0, 7) == 0 ? conn_move_t'(0) : some_move());
      for (int p = 0; p < 4; p++) begin
        maintain(MaintRead, 0, 0, 21, home(k, p), '0);
        maintain(MaintRead, 0, 0, 22, home(k, p), '0);
      end
    end
    // None of their business.
    maintain(MaintWrite, 0, 0, 20, 3, '1);
    maintain(MaintWrite, 0, 0, 23, 3, '1);
    maintain(MaintWrite, 0, 0, 21, Entries + 3, '1);
    maintain(MaintRead, 0, 0, 22, Entries + 3, '0);
    read_back();

    // Random traffic, slot by slot.
    for (int round = 0; round < 24; round++) begin
      int set;
      set = $urandom_range(0, 63);
      for (int i = 0; i < 24; i++) begin
        pool[i] = some_key(set ^ (i / 8));
        if (i % 4 == 1) pool[i].tag[39:20] = ~pool[i-1].tag[39:20];                        // taken for the one before
        if (i % 4 == 1) pool[i].tag[19:0] = pool[i-1].tag[19:0];
        if (i % 4 == 2) pool[i].tag = pool[i-1].tag ^ (40'd1 << $urandom_range(0, 19));
        pool[i].index[5:0] = 6'(set ^ (i / 8));
        if (pool[i].tag == 0) pool[i].tag = 1;
      end
      for (int n = 0; n < 4000; n++) begin
        if ($urandom_range(0, 30) == 0) now += $urandom_range(0, 30) == 0 ? 64'($urandom_range(0, 990)) : 64'($urandom_range(1, 9));
        k = pool[$urandom_range(0, round % 2 == 0 ? 23 : 5)];
        case ($urandom_range(0, 40))
          0: maintain(MaintSweep, 0, 0, $urandom_range(0, 31), home(k, $urandom_range(0, 3)), '0);
          1: maintain(MaintRead, 0, 0, 21 + $urandom_range(0, 1), home(k, $urandom_range(0, 3)), '0);
          2: if ($urandom_range(0, 7) == 0) maintain(MaintWrite, 0, 0, 21 + $urandom_range(0, 1), home(k, $urandom_range(0, 3)), entry_of(k, now));
          3: if ($urandom_range(0, 7) == 0) maintain(MaintWrite, 0, 0, 21 + $urandom_range(0, 1), home(k, $urandom_range(0, 3)), '0);
          4: slot(nothing());
          5: if ($urandom_range(0, 15) == 0) maintain(MaintSweep, 0, 1, 0, home(k, $urandom_range(0, 3)), '0);
          default: frame(k, pool[$urandom_range(0, 23)], some_move());
        endcase
      end
      // Before ages can wrap, everything is swept.
      for (int i = 0; i < Entries; i++) maintain(MaintSweep, 0, round % 4 == 3, 0, i, '0);
      read_back();
    end
    for (int i = 0; i < 3; i++) if (!checked(n_over[i] > 5000)) tell($sformatf("%0d times %0d over", n_over[i], i));
    for (int t = 0; t < 2; t++) if (!checked(n_evict[t] > 1000 && n_evict[t] == m[t].evictions)) tell($sformatf("%0d evicted", n_evict[t]));
    report("weir_connection_counts");
    $finish;
  end
endmodule

`default_nettype wire
