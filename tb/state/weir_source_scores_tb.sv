// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_source_scores beside a plain model of docs/datapath.md 5.3, 12 and 15 that knows no clocks. Directed: arithmetic
// of every outcome, ages, the frame eight behind, what the two look-ups of a slot do to each other, reset. Random:
// few sets with more keys than ways, time that creeps and jumps, frames with and without look-up, bypassing slots, slots
// between, maintenance that also makes an entry twice. Outcomes come as late as they may and as soon as they can. Every entry is
// read back, and its key looked up. The result is held to what it was until phase 3, and to what is new from phase 4.
`default_nettype none

module weir_source_scores_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;

  localparam int Entries = 512;
  localparam int None = 0, Flood = 1, Held = 2, Good = 3;

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  slot_head_t  head = slot_head_t'(0);
  logic        look = 1'b0;
  hash_t       key = '0;
  logic [11:0] clock = '0;
  source_cfg_t cfg = '0;
  command_t    command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  logic        verdict_valid = 1'b0;
  logic [3:0]  verdict_seqno = '0;
  logic [2:0]  verdict = '0;
  logic [7:0]  reason = '0;
  logic        over;
  logic [15:0] measured;
  logic [MaintDataBits-1:0] rdata;
  logic read_clear = 1'b1;
  logic        evict, full, grow, shrink;

  weir_source_scores dut (
      .clk,
      .rst,
      .phase_i         (phase),
      .head_i          (head),
      .look_i          (look),
      .key_i           (key),
      .clock_i         (clock),
      .cfg_i           (cfg),
      .command_i       (command),
      .wdata_i         (wdata),
      .verdict_valid_i (verdict_valid),
      .verdict_seqno_i (verdict_seqno),
      .verdict_i       (verdict),
      .verdict_reason_i(reason),
      .over_o          (over),
      .score_o         (measured),
      .read_clear_i    (read_clear),
      .rdata_o         (rdata),
      .evict_o         (evict),
      .full_o          (full),
      .grow_o          (grow),
      .shrink_o        (shrink)
  );

  `include "weir_check.svh"

  // --- The model ------------------------------------------------------------------------------------------------------
  typedef struct {
    longint tag;
    int     clock;
    int     score;
  } ref_entry_t;

  typedef struct {
    bit     look;
    longint tag;
    int     set;
    int     outcome;
  } frame_t;

  ref_entry_t e[Entries];
  frame_t     frames[$];      // since reset, the last one at the end
  int         evictions, seen_evictions, counted;
  int         forwards, losses, seconds, saturations, expiries, decays, misses, overs;

  function automatic int limit();
    return cfg.timeout == 0 ? 1 : int'(cfg.timeout);
  endfunction

  function automatic int age(int n);
    return (int'(clock) - e[n].clock) & 4095;
  endfunction

  function automatic int find(longint tag, int set);
    int n;
    for (int p = 0; p < 4; p++) begin
      n = 4 * set + int'((tag + 64'(p)) % 4);
      if (e[n].tag == tag && age(n) < limit()) return n;
    end
    return -1;
  endfunction

  function automatic int worth(int n);
    return age(n) >= 16 ? 0 : e[n].score / (1 << age(n));
  endfunction

  function automatic void apply(frame_t m);
    int n, best, rank, s;
    if (!m.look || m.outcome == None) return;
    n = find(m.tag, m.set);
    s = n < 0 ? 0 : worth(n);
    if (n >= 0 && s != e[n].score) decays++;
    if (n < 0) begin
      if (m.outcome != Flood) return;
      for (int p = 3; p >= 0; p--) begin
        int w;
        w = 4 * m.set + int'((m.tag + 64'(p)) % 4);
        if (e[w].tag == 0 || age(w) >= limit()) n = w;
      end
      if (n >= 0 && e[n].tag != 0) expiries++;
      if (n < 0) begin
        best = 1 << 20;
        for (int p = 0; p < 4; p++) begin
          int w;
          w = 4 * m.set + int'((m.tag + 64'(p)) % 4);
          rank = age(w) >= 2 ? 0 : e[w].score;
          if (rank < best) begin
            best = rank;
            n = w;
          end
        end
        evictions++;
      end
    end
    case (m.outcome)
      Flood: begin
        s = s + s / (1 << cfg.grow) + 1;
        if (s > 65535) begin
          saturations++;
          s = 65535;
        end
      end
      Good: s = s - s / (1 << cfg.decay);
      default: ;
    endcase
    e[n] = '{tag: m.tag, clock: int'(clock), score: s};
  endfunction

  function automatic int used();
    int n;
    n = 0;
    for (int i = 0; i < Entries; i++) if (e[i].tag != 0) n++;
    return n;
  endfunction

  // --- Slots ----------------------------------------------------------------------------------------------------------
  typedef struct {
    logic [3:0] seqno;
    logic [2:0] verdict;
    logic [7:0] reason;
    int         slots;  // until it may come
    int         phase;
    bit         held;   // until the last moment
  } late_t;
  late_t      late[$];
  logic [3:0] number = '0;
  bit         known = 1'b0;   // what the slot before has to say
  int         want = 0;
  int         want_threshold = 0;
  bit         told = 1'b0;    // what is to be seen
  int         told_want = 0;
  int         told_threshold = 0;
  logic [MaintDataBits-1:0] answer = '0;       // what was read last: it stays
  logic [MaintDataBits-1:0] answer_next = '0;

  task automatic run_slot();
    int seen_grow;
    seen_grow = 0;
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && command.active && !command.clear && command.op == MaintRead;
      verdict_valid = 1'b0;
      {verdict_seqno, verdict, reason} = 15'($urandom);
      foreach (late[i]) if (late[i].slots == 0 && late[i].phase == p && !verdict_valid) begin
        verdict_valid = 1'b1;
        verdict_seqno = late[i].seqno;
        verdict       = late[i].verdict;
        reason        = late[i].reason;
        late[i].slots = -1;
      end
      @(negedge clk);
      // Of the slot before, from phase 4 on; until then of the one before that.
      if (p == 4) {told, told_want, told_threshold} = {known, want, want_threshold};
      if (told) begin
        if (!checked(measured == 16'(told_want))) $display("%0t: measured %0d, not %0d", $time, measured, told_want);
        if (!checked(over == (told_threshold != 0 && told_want >= told_threshold)))
          $display("%0t: over %b: %0d of %0d", $time, over, told_want, told_threshold);
      end
      if (p == 1 && command.active && !command.clear && command.op == MaintRead) answer = '0;
      if (p == 3) answer |= answer_next;
      check(rdata == answer, $sformatf("read %h, not %h", rdata, answer));
      seen_evictions += int'(evict);
      counted += int'(grow) - int'(shrink);
      check(!full, "never full");
      seen_grow += int'(grow) + int'(shrink);
      @(posedge clk);
      #1;
    end
    check(seen_grow <= 1, "one entry a slot");
    while (late.size() != 0 && late[0].slots < 0) void'(late.pop_front());
    foreach (late[i]) if (late[i].slots > 0) late[i].slots--;
    answer_next = '0;
  endtask

  // Section 15, sentence by sentence: any verdict and reason that have this outcome.
  function automatic int outcome_of(logic [2:0] v, logic [7:0] r);
    if (v == VerdictDrop) begin
      if (r >= 8'h10 && r <= 8'h17) return Flood;
      if (r >= 8'h20 && r <= 8'h9f) return Flood;
      if (r >= 8'hb0 && r <= 8'hb2) return Flood;
      if (r == 8'hb4) return Flood;
      if (r == ReasonSourceScore) return Held;
    end
    if (v == VerdictPass || v == VerdictDemote) return Good;
    return None;
  endfunction
  task automatic choose(int out, output logic [2:0] v, output logic [7:0] r);
    do begin
      v = $urandom_range(0, 1) == 0 ? VerdictDrop : 3'($urandom);
      r = $urandom_range(0, 9) == 0 ? ReasonSourceScore : 8'($urandom);
      if ($urandom_range(0, 9) == 0) r[7:3] = 5'h16;
    end while (outcome_of(v, r) != out);
  endtask

  // A frame; its outcome comes when it has reached C, six slots behind S1, or at last right before frame m + 8.
  task automatic frame(bit looks, longint tag, int set, int out, bit held);
    int  n, first, now;
    bit  forward;
    logic [2:0] v;
    logic [7:0] r;
    number++;
    choose(out, v, r);
    head.kind       = SlotPacket;
    head.seqno[3:0] = number;
    look = looks;
    key  = '{tag: 40'(tag), index: {3'($urandom), 7'(set)}};
    frames.push_back('{look: looks, tag: tag, set: set, outcome: out});
    first = looks ? find(tag, set) : -1;
    if (frames.size() > 8) begin
      forward = looks && frames[0].look && frames[0].outcome != None && frames[0].tag == tag && frames[0].set == set;
      apply(frames[0]);
      void'(frames.pop_front());
    end
    n = looks ? find(tag, set) : -1;
    now = n < 0 ? 0 : worth(n);
    if (looks) begin
      if (n < 0) misses++;
      forwards += int'(forward && n >= 0);
      if (first >= 0 && !forward && n != first) begin
        losses++;
        if (n >= 0) seconds++;
      end
      overs += int'(cfg.threshold != 0 && now >= int'(cfg.threshold));
    end
    // The junk of a frame that is written to, in other stages, too.
    wdata = $urandom_range(0, 3) == 0 ? {8{$urandom}} : '0;
    run_slot();
    known          = 1'b1;
    want           = now;
    want_threshold = int'(cfg.threshold);
    late.push_back('{seqno: number, verdict: v, reason: r, slots: held ? 7 - 1 : 6 - 1, phase: held ? 7 : $urandom_range(0, 7),
                     held: held});
    head  = slot_head_t'(0);
    look  = 1'b0;
    wdata = '0;
    check(evictions == seen_evictions, "evictions");
  endtask

  task automatic idle();
    head.kind  = SlotIdle;
    head.seqno = $urandom;
    key        = $bits(hash_t)'({$urandom, $urandom});
    run_slot();
    known = 1'b0;
  endtask

  task automatic maintain(maint_op_e op, bit clear, expire_e level, int target, int index, ref_entry_t d);
    logic [MaintDataBits-1:0] w;
    bit mine;
    int before_it;
    before_it = counted;
    mine = index < Entries && (clear || op == MaintSweep || target == 32'(TargetState0) + StateSource);
    w = '0;
    command = '{active: 1'b1, clear: clear, expire: level >= ExpireSeconds, level: level, op: op, target: 5'(target),
                index: 11'(index)};
    wdata   = '0;
    head       = slot_head_t'(0);
    head.kind  = SlotMaint;
    head.seqno = $urandom;
    key        = $bits(hash_t)'({$urandom, $urandom});
    if (op == MaintWrite && !clear) wdata = {{6{$urandom}}, 16'(d.score), 12'(d.clock), 40'(d.tag)};
    if (mine && op == MaintRead) w = MaintDataBits'({16'(e[index].score), 12'(e[index].clock), 40'(e[index].tag)});
    if (mine && clear) e[index] = '{default: 0};
    else if (mine && op == MaintWrite) e[index] = d;
    else if (mine && op == MaintSweep && e[index].tag != 0 && (level >= ExpireSeconds || age(index) >= limit()))
      e[index] = '{default: 0};
    answer_next = w;
    run_slot();
    known   = 1'b0;
    command = command_t'(0);
    wdata   = '0;
    // Clearing comes after a reset and is not counted.
    if (clear) begin
      check(counted == before_it, "clearing counts");
      counted = used();
    end else check(counted == used(), $sformatf("%0d entries counted, %0d used", counted, used()));
  endtask

  localparam int Mine = 32'(TargetState0) + StateSource;
  task automatic write(int index, ref_entry_t d);
    maintain(MaintWrite, 1'b0, ExpireNone, Mine, index, d);
  endtask
  task automatic read_back();
    for (int i = 0; i < Entries; i++) maintain(MaintRead, 1'b0, ExpireNone, Mine, i, '{default: 0});
  endtask
  // Each entry's own key.
  task automatic look_back();
    for (int i = 0; i < Entries; i++) if (e[i].tag != 0 || i % 64 == 0) frame(e[i].tag != 0, e[i].tag, i / 4, None, 1'b0);
    repeat (8) frame(1'b0, 1, 0, None, 1'b0);
  endtask
  task automatic clear_all();
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1'b1, ExpireNone, int'(TargetNone), i, '{default: 0});
  endtask

  task automatic reset();
    rst = 1'b1;
    late.delete();
    frames.delete();
    known = 1'b0;
    told  = 1'b0;
    repeat (2) idle();
    rst = 1'b0;
    counted = 0;
  endtask

  // Frame m has this key and outcome; seven others; frame m + 8 looks its own key up.
  task automatic pair(longint tag, int set, int out, longint own_tag, int own_set);
    frame(1'b1, tag, set, out, 1'b1);
    repeat (7) frame(1'b0, 40'($urandom) + 1, set, Flood, 1'b1);
    frame(1'b1, own_tag, own_set, None, 1'b1);
  endtask

  longint pool[64];
  function automatic void settings();
    cfg.threshold  = $urandom_range(0, 3) == 0 ? 16'($urandom) : 16'($urandom_range(0, 12));
    cfg.grow = $urandom_range(0, 2) == 0 ? 4'($urandom) : 4'($urandom_range(0, 2));
    cfg.decay = 4'($urandom_range(0, 5));
    case ($urandom_range(0, 5))
      0:       cfg.timeout = 8'd0;
      1:       cfg.timeout = 8'd255;
      2:       cfg.timeout = 8'($urandom_range(1, 3));
      3:       cfg.timeout = 8'($urandom);
      default: cfg.timeout = 8'd30;
    endcase
  endfunction

  initial begin
    int s;
    void'($urandom(32'd15));
    repeat (4) idle();
    reset();
    for (int i = 0; i < Entries; i++) write(i, '{tag: 64'(i) * 7 + 3, clock: i, score: i * 100});
    read_back();
    cfg = '{timeout: 8'd200, decay: 4'd3, grow: 4'd2, threshold: 16'd5};
    clock = 12'd40;
    clear_all();
    read_back();

    // Arithmetic, each as frame m and m + 8 with the same key: the new score is measured at once.
    for (int a = 0; a < 20; a++) for (int out = Flood; out <= Good; out++) for (int k = 0; k < 6; k++) begin
      static int scores[6] = '{0, 1, 7, 40000, 65534, 65535};
      for (int g = 0; g < 16; g += 5) begin
        cfg.grow = 4'(g);
        cfg.decay = 4'(15 - g);
        write(4 * 9 + (a % 4), '{tag: 64'h12345678a5, clock: int'(clock - 12'(a)), score: scores[k]});
        pair(64'h12345678a5, 9, out, 64'h12345678a5, 9);
        idle();
        maintain(MaintRead, 1'b0, ExpireNone, Mine, 4 * 9 + (a % 4), '{default: 0});
      end
    end
    // The own look-up decays what it finds and leaves it as it is; wrap of the clock; the border of the timeout.
    cfg.timeout = 8'd17;
    for (int a = 0; a < 20; a++) begin
      clock = 12'(a - 3);
      write(4 * 20 + 1, '{tag: 64'd77, clock: -3 & 4095, score: 65535});
      frame(1'b1, 77, 20, None, 1'b0);
      idle();
    end
    clear_all();

    // A score of exactly the threshold is over it; threshold 0 never is.
    clock = 12'd100;
    for (int t = 0; t < 12; t++) begin
      cfg.threshold = 16'(t);
      write(0, '{tag: 64'd4, clock: 100, score: 6});
      frame(1'b1, 4, 0, None, 1'b0);
      idle();
    end

    // The first look-up evicts what the second one would have found; the same with a twin behind it.
    cfg = '{timeout: 8'd200, decay: 4'd3, grow: 4'd2, threshold: 16'd5};
    for (int twin = 0; twin < 2; twin++) for (int w = 0; w < 4; w++) begin
      for (int i = 0; i < 4; i++) write(4 * 50 + i, '{tag: 64'(1000 + i), clock: 100, score: i == w ? 10 : 500});
      if (twin == 1) write(4 * 50 + (w + 1) % 4, '{tag: 64'(1000 + w), clock: 99, score: 444});
      pair(2001, 50, Flood, 1000 + w, 50);
      idle();
    end
    // And with two twins, of which the nearer one counts.
    for (int i = 0; i < 4; i++) write(4 * 50 + i, '{tag: i == 3 ? 64'd999 : 64'd1000, clock: 100, score: 10 * (i + 1)});
    pair(2001, 50, Flood, 1000, 50);
    idle();
    // A sweep leaves a free entry as it is, whatever is in it.
    write(4 * 60, '{tag: 64'd0, clock: 3000, score: 22});
    maintain(MaintSweep, 1'b0, ExpireNone, int'(TargetNone), 4 * 60, '{default: 0});
    maintain(MaintRead, 1'b0, ExpireNone, Mine, 4 * 60, '{default: 0});
    write(4 * 60, '{default: 0});
    // Another set with the same tag: neither forwarded nor lost.
    write(4 * 51, '{tag: 64'd3000, clock: 100, score: 11});
    write(4 * 52, '{tag: 64'd3000, clock: 100, score: 22});
    pair(3000, 51, Flood, 3000, 52);
    idle();
    read_back();

    // Nothing is pending after a reset, whatever waited.
    repeat (9) frame(1'b1, 5000, 60, Flood, 1'b0);
    reset();
    clear_all();
    number = 4'($urandom);
    repeat (12) frame(1'b1, 5000, 60, None, 1'b0);
    repeat (9) frame(1'b0, 5000, 60, Flood, 1'b0);
    frame(1'b1, 5000, 60, Flood, 1'b0);
    check(used() == 0, "no entry yet");
    repeat (8) frame(1'b0, 5000, 60, None, 1'b0);
    check(used() == 1, "the frame with number m + 8");
    read_back();

    for (int round = 0; round < 14; round++) begin
      // Keys: six for a set, some with the same low bits, one bit apart, the same in two sets.
      for (int i = 0; i < 64; i++) begin
        pool[i] = 64'(40'({$urandom, $urandom}));
        if (i % 4 == 1) pool[i] = pool[i-1] ^ (64'd1 << $urandom_range(0, 39));
        if (pool[i] == 0) pool[i] = 1;
      end
      if (round == 7) begin
        reset();
        clear_all();
      end
      settings();
      for (int i = 0; i < 9000; i++) begin
        if ($urandom_range(0, 199) == 0) settings();
        case ($urandom_range(0, round % 2 == 0 ? 400 : 40))
          0, 1:    clock += 12'd1;
          2:       clock += 12'($urandom_range(0, 20));
          3:       clock += 12'($urandom_range(0, 300));
          default: ;
        endcase
        s = $urandom_range(0, 3);
        case ($urandom_range(0, 31))
          0: idle();
          1: maintain(MaintSweep, 1'b0, expire_e'($urandom_range(0, 15) == 0 ? $urandom_range(1, 3) : 0), $urandom_range(0, 31),
                      $urandom_range(0, Entries + 100), '{default: 0});
          2: maintain(MaintRead, 1'b0, ExpireNone, Mine + $urandom_range(0, 1), $urandom_range(0, 4 * 4), '{default: 0});
          3: begin
            // What is in the set already, or one of the pool, or nothing.
            ref_entry_t d;
            d = '{tag: $urandom_range(0, 1) == 0 ? e[4*s+$urandom_range(0, 3)].tag : pool[$urandom_range(0, 5)],
                  clock: int'(clock - 12'($urandom_range(0, 4))), score: $urandom_range(0, 65535)};
            if ($urandom_range(0, 2) == 0) d = '{default: 0};
            maintain(MaintWrite, 1'b0, ExpireNone, Mine, 4 * s + $urandom_range(0, 3), d);
            maintain(MaintWrite, 1'b0, ExpireNone, Mine ^ 1 , 4 * s + $urandom_range(0, 3), d);
            maintain(MaintWrite, 1'b0, ExpireNone, Mine, Entries + 4 * s, d);
          end
          default: begin
            int out;
            out = $urandom_range(0, 9) < 6 ? Flood : $urandom_range(0, 3);
            frame($urandom_range(0, 9) != 0, pool[$urandom_range(0, 5 + round)], $urandom_range(0, 1) == 0 ? 2 : s, out,
                  $urandom_range(0, 1) == 0);
          end
        endcase
      end
      read_back();
      look_back();
      if (round % 3 == 1) begin
        clock += 12'd2000;
        for (int i = 0; i < Entries; i++)
          maintain(MaintSweep, 1'b0, round % 2 == 0 ? ExpireSeconds : ExpireAll, int'(TargetNone), i, '{default: 0});
        check(used() == 0, "all have expired");
        read_back();
      end
    end
    check(forwards > 1000 && losses > 100 && seconds > 5 && saturations > 20 && expiries > 20 && decays > 100 && misses > 1000 &&
          evictions > 1000 && overs > 1000,
          $sformatf("too few: forwards %0d losses %0d seconds %0d saturations %0d expiries %0d decays %0d misses %0d evictions %0d overs %0d",
                    forwards, losses, seconds, saturations, expiries, decays, misses, evictions, overs));
    report("weir_source_scores");
    $finish;
  end
endmodule

`default_nettype wire
