// SPDX-License-Identifier: Apache-2.0
//
// One weir_known_sources under random look-ups and entries, against docs/datapath.md 5.3, 12 and 14.2 (tb/common/weir_state_ref.svh).
`default_nettype none

module weir_known_sources_case
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
#(
    parameter int unsigned State  = StateLegit,
    parameter bit          Locked = 1'b1
) (
    input  wire  clk,
    output int   checks_o,
    output int   failed_o,
    output logic done_o
);
  `include "weir_state_ref.svh"
  localparam int SetsLog2 = 5;
  localparam int Entries  = 4 << SetsLog2;
  localparam int Target   = 16 + State;

  logic        rst = 1'b1;
  logic [2:0]  phase = '0;
  logic        look = 1'b0;
  logic        enter = 1'b0;
  hash_t       key = '0;
  logic [11:0] units = '0;
  logic [9:0]  timeout = '0;
  command_t    command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  logic        hit, no_room, evict, full, grow, shrink;
  logic [MaintDataBits-1:0] rdata;
  logic zero, read_clear = 1'b1;
  always_comb zero = phase[1:0] == 2'd1;

  weir_known_sources #(.State(State), .SetsLog2(SetsLog2), .Locked(Locked)) dut (
      .clk, .rst,
      .phase_i  (phase),
      .look_i   (look),
      .enter_i  (enter),
      .key_i    (key),
      .clock_i  (units),
      .timeout_i(timeout),
      .command_i(command),
      .wdata_i  (wdata),
      .hit_o    (hit),
      .no_room_o(no_room),
      .read_clear_i(read_clear),
      .zero_i   (zero),
      .rdata_o  (rdata),
      .evict_o  (evict),
      .full_o   (full),
      .grow_o   (grow),
      .shrink_o (shrink)
  );

  `include "weir_check.svh"
  always_comb {checks_o, failed_o} = {checks, failed};
  function automatic void tell(string what);
    $display("%m %0t: %s", $time, what);
  endfunction

  ref_known_sources m;
  longint t = 0;
  int     used = 0;  // by the pulses
  int     held = 0;  // in truth
  int     n_hit = 0, n_cramped = 0, n_full = 0, n_evict = 0, n_renewed = 0;
  logic [MaintDataBits-1:0] answer = '0;   // what was read last: it stays
  logic [MaintDataBits-1:0] answer_next;
  int     pulses[4];
  bit     saw_hit, saw_no_room;
  bit     enters;

  task automatic slot();
    pulses = '{default: 0};
    units  = 12'(t);
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && command.active && !command.clear && command.op == MaintRead;
      // Before phase 4 nobody asks.
      enter = p < 4 ? 1'($urandom) : enters;
      @(negedge clk);
      if (p == 0 || p == 7) if (!checked(rdata == answer)) tell($sformatf("read %h, not %h", rdata, answer));
      if (read_clear) answer = answer_next;
      pulses[0] += 32'(evict);
      pulses[1] += 32'(full);
      pulses[2] += 32'(grow);
      pulses[3] += 32'(shrink);
      if (p == 7) {saw_hit, saw_no_room} = {hit, no_room};
      @(posedge clk);
      #1;
    end
    used += pulses[2] - pulses[3];
  endtask

  task automatic maintain(maint_op_e op, bit clear, bit expire, int target, int index, logic [MaintDataBits-1:0] data);
    bit here;
    logic [MaintDataBits-1:0] want;
    int was;
    was     = held;
    if (index < Entries) held -= 32'(!m.free(index));
    here    = index < Entries && (clear || op == MaintSweep || target == Target);
    look    = 0;
    enters  = 0;
    key     = hash_t'({$urandom, $urandom});
    command = '{active: 1'b1, clear: clear, expire: expire, level: expire_e'($urandom), op: op, target: 5'(target),
                index: 11'(index)};
    wdata   = op == MaintWrite ? data : '0;
    want    = here && op == MaintRead ? m.e[index] : '0;
    if (here && clear) m.e[index] = '0;
    else if (here && op == MaintWrite) m.e[index] = 256'(data[35:0]);
    else if (here && op == MaintSweep) m.sweep(index, t, expire);
    if (index < Entries) held += 32'(!m.free(index));
    answer_next = want;
    slot();
    command = command_t'(0);
    wdata   = '0;
    if (!checked({saw_hit, saw_no_room} == '0)) tell("maintenance hits nothing");
    if (clear) used = held;
    else if (!checked(pulses[0] + pulses[1] == 0 && pulses[2] - pulses[3] == held - was)) tell("pulses of maintenance");
    if (!checked(used == held)) tell("entries that are not free");
  endtask

  task automatic frame(hash_t k, bit enters_now, bit looks = 1);
    ref_known_t r;
    r = '{default: 0};
    if (looks) r = m.look(k, t, enters_now);
    held += 32'(r.grow);
    look   = looks;
    enters = enters_now;
    key    = k;
    slot();
    if (!checked(saw_hit == r.hit && saw_no_room == r.cramped)) tell($sformatf("hit %b no_room %b, not %p", saw_hit, saw_no_room, r));
    if (!checked(pulses[0] == 32'(r.evict) && pulses[1] == 32'(r.full) && pulses[2] == 32'(r.grow) && pulses[3] == 0))
      tell($sformatf("pulses %p, not %p", pulses, r));
    if (!checked(used == held)) tell("entries that are not free");
    n_hit     += 32'(r.hit);
    n_cramped += 32'(r.cramped);
    n_full    += 32'(r.full);
    n_evict   += 32'(r.evict);
    n_renewed += 32'(r.hit && enters_now);
  endtask

  task automatic limit(int n);
    timeout = 10'(n);
    m.limit = n;
  endtask
  task automatic read_back();
    for (int i = 0; i < Entries; i++) maintain(MaintRead, 0, 0, Target, i, '0);
  endtask
  function automatic int home(hash_t k, int p);
    return m.way(k, p);
  endfunction
  function automatic hash_t some_key();
    hash_t k;
    k = '{tag: 40'({$urandom, $urandom}), index: 10'($urandom)};
    // Some of which nothing is kept but 0.
    if ($urandom_range(0, 7) == 0) k.tag[23:0] = $urandom_range(0, 1) == 0 ? '0 : 24'd1;
    if (k.tag == 0) k.tag = 1;
    return k;
  endfunction

  hash_t pool[16];
  initial begin
    hash_t k;
    int    n_out;
    done_o = 1'b0;
    m = new(SetsLog2, Locked);
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1, 0, 0, i, '0);
    read_back();
    // In, seen by the next frame, renewed, and gone in the very unit of its timeout.
    for (int n = 0; n < 1500; n++) begin
      limit(n % 10 == 0 ? 0 : n % 10 == 1 ? 1023 : $urandom_range(1, 1023));
      t = 64'($urandom);
      k = some_key();
      frame(k, 0);
      frame(k, 1);
      frame(k, 0);
      if (!checked(saw_hit)) tell("entered");
      if (n % 2 == 0) begin
        t += 64'($urandom_range(0, timeout == 0 ? 0 : int'(timeout) - 1));
        frame(k, 1);
      end
      n_out = $urandom_range(0, 1);
      t += 64'(timeout == 0 ? 1 : int'(timeout)) - 64'(1 - n_out);
      frame(k, 0);
      if (!checked(saw_hit == (n_out == 0))) tell("edge of the timeout");
      maintain(MaintSweep, 0, n % 16 == 0, 0, home(k, 0), '0);
      maintain(MaintRead, 0, 0, Target, home(k, 0), '0);
      maintain(MaintWrite, 0, 0, Target, home(k, 0), '0);
    end
    // Full sets, and random.
    for (int round = 0; round < 12; round++) begin
      k = some_key();
      for (int i = 0; i < 16; i++) begin
        pool[i] = some_key();
        pool[i].index = k.index ^ 10'(i / 8);
        if (i % 4 == 1) pool[i].tag = pool[i-1].tag ^ (40'd1 << $urandom_range(2, 39));
      end
      limit($urandom_range(1, 60));
      for (int n = 0; n < 2500; n++) begin
        if ($urandom_range(0, 5) == 0) t += 64'($urandom_range(0, 3));
        if ($urandom_range(0, 400) == 0) t += 64'($urandom_range(0, 400));
        k = pool[$urandom_range(0, round % 3 == 0 ? 5 : 15)];
        case ($urandom_range(0, 31))
          0: maintain(MaintSweep, 0, 0, $urandom_range(0, 31), home(k, $urandom_range(0, 3)), '0);
          1: maintain(MaintRead, 0, 0, Target, home(k, $urandom_range(0, 3)), '0);
          2: maintain(MaintWrite, 0, 0, Target, home(k, $urandom_range(0, 3)),
                      $urandom_range(0, 2) == 0 ? '0 : {{6{$urandom}}, 12'(t - 64'($urandom_range(0, 50))), pool[$urandom_range(0, 15)].tag[23:0]});
          3: maintain(MaintWrite, 0, 0, Target ^ 1, home(k, 0), {8{$urandom}});
          4: maintain(MaintRead, 0, 0, Target, Entries + home(k, 0), '0);
          5, 6: frame(k, 1'($urandom), 0);
          default: frame(k, $urandom_range(0, 2) == 0);
        endcase
      end
      for (int i = 0; i < Entries; i++) maintain(MaintSweep, 0, round % 2 == 0, 0, i, '0);
      read_back();
    end
    if (!checked(n_hit > 1000 && n_renewed > 500)) tell($sformatf("%0d hits, %0d renewed", n_hit, n_renewed));
    if (!checked(Locked ? n_cramped > 200 && n_full > 100 && n_evict == 0 : n_cramped == 0 && n_full == 0 && n_evict > 200))
      tell($sformatf("%0d without room, %0d full, %0d evicted", n_cramped, n_full, n_evict));
    done_o = 1'b1;
  end
endmodule

`default_nettype wire
