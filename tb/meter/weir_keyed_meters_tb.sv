// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_keyed_meters: slots through T1, T2, T3 and D as weir_judge drives them. Random frames of few keys, some of them pinned with
// overrides, configurations of every kind, frames that were really dropped before a tier; peaks (docs/datapath.md 19) are read
// and written between any two frames. Compared with sections 5.2 to 6.2 (tb/common/weir_slot_ref.svh): candidate, trip and end of each
// table in its phase, every peak, and in the end every entry.
`default_nettype none

module weir_keyed_meters_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  `include "weir_slot_ref.svh"

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  command_t [3:0]        command;
  arrival_t [3:0]        arrival;
  logic [NumTables-1:0]  valid;
  hash_t [NumTables-1:0] key;
  logic [2:0]            tclass;
  logic [1:0]            sub;
  logic [2:0]            used;
  logic [MaintDataBits-1:0] wdata = '0;
  candidate_t            candidate;
  logic                  trip, ends;
  logic                  read_clear = 1'b0;
  logic [MaintDataBits-1:0] rdata;
  logic [NumTables-1:0][31:0] evictions, fulls;
  logic [NumTables-1:0][15:0] entries_used;

  weir_keyed_meters dut (
      .clk, .rst,
      .phase_i       (phase),
      .command_i     (command),
      .arrival_i     (arrival),
      .valid_i       (valid),
      .key_i         (key),
      .tclass_i      (tclass),
      .sub_i         (sub),
      .used_i        (used),
      .wdata_i       (wdata),
      .candidate_o   (candidate),
      .trip_o        (trip),
      .end_o         (ends),
      .read_clear_i  (read_clear),
      .rdata_o       (rdata),
      .evictions_o   (evictions),
      .full_o        (fulls),
      .used_entries_o(entries_used)
  );

  `include "weir_check.svh"
  function automatic void tell(string what);
    $display("%0t: %s", $time, what);
  endfunction

  // --- The reference -------------------------------------------------------------------------------------------------------
  // Of each table: its tier, and where its results come: slots behind T1, and phase.
  localparam int Tier[NumTables]  = '{0, 0, 1, 2, 2, 2, 2};
  localparam int Place[NumTables] = '{1, 1, 2, 3, 3, 3, 3};
  localparam int Phase[NumTables] = '{0, 4, 1, 2, 6, 3, 7};
  localparam int Behind = 5;  // slots
  ref_table    m[NumTables];
  logic [35:0] peak[128];     // bytes, packets
  longint      stamp = 64'd3_000_000_000;

  typedef struct {
    bit                    frame;
    command_t              command;
    arrival_t              arrival;
    logic [NumTables-1:0]  valid;
    hash_t [NumTables-1:0] key;
    logic [2:0]            tclass;
    logic [1:0]            sub;
    logic [2:0]            used;
    candidate_t [NumTables-1:0] want;
    logic [NumTables-1:0]  trips;
    logic [NumTables-1:0]  ends;
  } slot_t;
  slot_t line[Behind];   // in T1, T2, T3, D, and gone
  int n_results[NumTables], n_trips = 0, n_ends = 0, n_peaks[NumTables], n_override = 0;

  function automatic int kind_of(int k, slot_t s);
    return k == TableClass ? int'(s.tclass) : k == TablePort ? int'(s.sub) : 0;
  endfunction

  // 19, of the entry that the frame updated, if it did.
  function automatic void update_peak(int k, slot_t s);
    int base, n;
    ref_entry_t e;
    base = 4 * (int'(s.key[k].index) % m[k].sets);
    for (int way = 0; way < 4; way++) begin
      e = m[k].e[base+way];
      // An old one with this tag may be there beside it.
      if (e.tag == 64'(s.key[k].tag) && e.win == 64'(s.arrival.window)) begin
        n = 16 * k + (e.cfg != 0 ? 8 + e.cfg : kind_of(k, s));
        n_override += 32'(e.cfg != 0);
        if (e.count > 64'(peak[n][17:0])) peak[n][17:0] = 18'(e.count);
        if (m[k].bytes && e.bcount / 64 > 64'(peak[n][35:18])) peak[n][35:18] = 18'(e.bcount / 64);
      end
    end
  endfunction

  function automatic bit holds(int k, hash_t h, longint at);
    int base;
    base = 4 * (int'(h.index) % m[k].sets);
    for (int way = 0; way < 4; way++) if (m[k].e[base+way].tag == 64'(h.tag) && !m[k].expired(base + way, at)) return 1;
    return 0;
  endfunction

  // --- One slot enters T1 -------------------------------------------------------------------------------------------------
  logic [MaintDataBits-1:0] answer;
  task automatic slot(slot_t s);
    for (int i = Behind - 1; i > 0; i--) line[i] = line[i-1];
    line[0] = s;
    for (int i = 0; i < 4; i++) begin
      command[i] = line[i].command;
      arrival[i] = line[i].arrival;
    end
    for (int k = 0; k < NumTables; k++) begin
      valid[k] = line[Tier[k]].valid[k];
      key[k]   = line[Tier[k]].key[k];
    end
    tclass = line[1].tclass;
    sub    = line[2].sub;
    for (int t = 0; t < 3; t++) used[t] = line[t].used[t];
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && s.command.active;
      @(negedge clk);
      // Until it is cleared, the last answer stands.
      if (!read_clear) answer |= rdata;
      for (int k = 0; k < NumTables; k++)
        if (Phase[k] == p) begin
          slot_t w;
          w = line[Place[k]];
          if (!checked(candidate.valid == w.want[k].valid && trip == w.trips[k] && ends == w.ends[k] &&
                    (!candidate.valid || candidate == w.want[k])))
            tell($sformatf("table %0d: trip %b end %b %p, not %b %b %p", k, trip, ends, candidate, w.trips[k], w.ends[k], w.want[k]));
        end
      @(posedge clk);
      #1;
    end
  endtask

  function automatic slot_t nothing();
    slot_t s;
    s = '{default: 0};
    s.arrival = '{window: stamp[25:16], position: stamp[15:0], len: 11'($urandom)};
    s.tclass  = 3'($urandom);
    s.sub     = 2'($urandom);
    s.used    = 3'($urandom);
    for (int k = 0; k < NumTables; k++) s.key[k] = hash_t'({$urandom, $urandom});
    return s;
  endfunction

  // --- Frames ----------------------------------------------------------------------------------------------------------------
  localparam int Keys = 14;
  hash_t keys[NumTables][Keys];

  task automatic frame();
    slot_t s;
    bit    t, e;
    int    len;
    s   = nothing();
    len = $urandom_range(60, 2000);
    s.frame   = 1;
    s.arrival = '{window: stamp[25:16], position: stamp[15:0], len: 11'(len)};
    s.valid   = $urandom_range(0, 1) == 0 ? '1 : NumTables'($urandom);
    s.used    = $urandom_range(0, 3) == 0 ? 3'($urandom) : '0;
    for (int k = 0; k < NumTables; k++) begin
      s.key[k] = keys[k][$urandom_range(0, $urandom_range(0, 1) == 0 ? 2 : Keys - 1)];
      if (s.valid[k]) begin
        bit met;
        met = !s.used[Tier[k]] || holds(k, s.key[k], stamp);
        s.want[k]  = m[k].look(64'(s.key[k].tag), int'(s.key[k].index), kind_of(k, s), stamp, 64'(len), s.used[Tier[k]], t, e);
        s.trips[k] = t;
        s.ends[k]  = e;
        if (met) update_peak(k, s);
        n_results[k] += 32'(s.want[k].valid);
        n_trips += 32'(t);
        n_ends  += 32'(e);
      end
    end
    slot(s);
  endtask

  // --- Maintenance: the data of a write stand until it is done ------------------------------------------------------------------
  task automatic maintain(maint_op_e op, bit clear, int target, int index, logic [MaintDataBits-1:0] data,
                          logic [MaintDataBits-1:0] want, bit busy);
    slot_t s;
    s = nothing();
    s.command = '{active: 1'b1, clear: clear, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target), index: 11'(index)};
    wdata  = data;
    answer = '0;
    slot(s);
    if (!clear) repeat (4)
      if (busy) frame();
      else slot(nothing());
    wdata = '0;
    if (!clear && !checked(answer == want && rdata == want)) tell($sformatf("target %0d index %0d: %h, not %h", target, index, answer, want));
  endtask

  task automatic access_peak(int n, bit write, bit busy);
    logic [MaintDataBits-1:0] data, want;
    data = {$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom};
    data[35:0] = {18'($urandom_range(0, 300)), 18'($urandom_range(0, 20))};
    want = write ? '0 : MaintDataBits'(peak[n]);
    n_peaks[n / 16 % NumTables] += 32'(want != '0);
    // Before the frames behind it.
    peak[n] = write ? data[35:0] : '0;
    maintain(write ? MaintWrite : MaintRead, 0, 29, n, write ? data : '0, want, busy);
  endtask

  function automatic meter_cfg_t some_cfg();
    meter_cfg_t c;
    c.hold           = 8'($urandom_range(0, 4));
    c.dry_run        = $urandom_range(0, 3) == 0;
    c.effect         = 1'($urandom);
    c.action         = meter_action_e'($urandom);
    c.pkt_cost       = 28'($urandom_range(0, 1 << $urandom_range(1, 22)));
    c.pkt_tau        = 28'($urandom_range(0, 1 << $urandom_range(1, 24)));
    c.pkt_threshold  = 18'($urandom_range(0, 20));
    c.byte_cost      = 20'($urandom_range(0, 1 << $urandom_range(1, 19)));
    c.byte_tau       = 28'($urandom_range(0, 1 << $urandom_range(8, 26)));
    c.byte_threshold = 24'($urandom_range(0, 8000));
    return c;
  endfunction

  function automatic bit is_kept(int k, int d);
    if (d > 8) return 1;
    return k == TableClass ? d < 8 : k == TablePort ? d < 4 : d == 0;
  endfunction

  task automatic configure();
    meter_cfg_t c;
    for (int t = 0; t < NumTables; t++)
      for (int d = 0; d < 16; d++) begin
        if (!is_kept(t, d)) continue;
        c = some_cfg();
        maintain(MaintWrite, 0, 2, 16 * t + d, words_of_cfg(c), '0, 0);
        if (!m[t].bytes) {c.byte_cost, c.byte_tau, c.byte_threshold} = '0;
        m[t].cfg[d] = c;
      end
  endtask

  initial begin
    int k, n, i;
    void'($urandom(32'd23));
    m[TableRemote]    = new(TableRemote, 0, TableRemoteSetsLog2, int'(TableRemoteTimeout));
    m[TablePair]      = new(TablePair, 0, TablePairSetsLog2, int'(TablePairTimeout));
    m[TableClass]     = new(TableClass, 0, TableClassSetsLog2, int'(TableClassTimeout));
    m[TableAddress]   = new(TableAddress, 1, TableAddressSetsLog2, int'(TableAddressTimeout));
    m[TablePrefix]    = new(TablePrefix, 1, TablePrefixSetsLog2, int'(TablePrefixTimeout));
    m[TablePort]      = new(TablePort, 0, TablePortSetsLog2, int'(TablePortTimeout));
    m[TableUdpSource] = new(TableUdpSource, 0, TableUdpSourceSetsLog2, int'(TableUdpSourceTimeout));
    peak    = '{default: '0};
    command = '0;
    valid   = '0;
    for (int b = 0; b < Behind; b++) begin
      line[b] = nothing();
      line[b].used = '0;
    end
    arrival = '0;
    key     = '0;
    tclass  = '0;
    sub     = '0;
    used    = '0;
    repeat (16) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    for (int e = 0; e < 1024; e++) maintain(MaintSweep, 1, 0, e, '0, '0, 0);
    repeat (4) slot(nothing());

    for (int t = 0; t < NumTables; t++) begin
      // Two sets; seven keys of each, one of them pinned: no way of its set is ever lost to it.
      for (int h = 0; h < Keys; h++)
        keys[t][h] = '{tag: 40'({$urandom, $urandom}) | 40'd1, index: h % 2 == 0 ? 10'd9 : 10'd1023};
      for (int h = 0; h < 4; h += 3) begin
        logic [MaintDataBits-1:0] d;
        i = 4 * (int'(keys[t][h].index) % m[t].sets) + $urandom_range(0, 3);
        d = '0;
        d[39:0]    = keys[t][h].tag;
        d[77:68]   = stamp[25:16];
        d[107:105] = 3'($urandom_range(1, 7));
        maintain(MaintWrite, 0, 8 + t, i, d, '0, 0);
        m[t].put(i, d);
      end
    end
    for (int p = 0; p < 112; p++) access_peak(p, 0, 0);

    for (int r = 0; r < 40000; r++) begin
      if (r % 1000 == 0) configure();
      case ($urandom_range(0, 29))
        0:       stamp += 65536 - (stamp & 65535);
        1:       stamp += 64'($urandom_range(0, 70000));
        2:       if ($urandom_range(0, 29) == 0) stamp += 64'($urandom_range(0, 300)) << 16;
        default: stamp += 64'($urandom_range(0, 200));
      endcase
      n = $urandom_range(0, 59);
      if (n == 0) slot(nothing());
      else if (n < 14) begin
        // Kinds that are used, mostly.
        k = $urandom_range(0, NumTables - 1);
        i = $urandom_range(0, 1) == 0 ? 0 : $urandom_range(0, 15);
        access_peak($urandom_range(0, 15) == 0 ? $urandom_range(112, 127) : 16 * k + i, n == 1, 1);
      end
      else frame();
    end
    repeat (5) slot(nothing());
    for (int p = 0; p < 128; p++) access_peak(p, 0, 0);
    maintain(MaintRead, 0, 29, 130, '0, '0, 0);  // of the class bank
    for (int t = 0; t < NumTables; t++) begin
      for (int e = 0; e < 4 * m[t].sets; e++) maintain(MaintRead, 0, 8 + t, e, '0, m[t].get(e), 0);
      if (!checked(32'(entries_used[t]) == m[t].used() && 32'(evictions[t]) == m[t].evictions && 32'(fulls[t]) == m[t].fulls))
        tell($sformatf("table %0d: used %0d evictions %0d full %0d", t, entries_used[t], evictions[t], fulls[t]));
      if (!checked(n_results[t] > 500 && n_peaks[t] > 50 && m[t].evictions > 100))
        tell($sformatf("table %0d, too few: %0d results, %0d peaks, %0d evictions", t, n_results[t], n_peaks[t], m[t].evictions));
    end
    if (!checked(n_trips > 200 && n_ends > 100 && n_override > 1000))
      tell($sformatf("too few: trips %0d ends %0d overrides %0d", n_trips, n_ends, n_override));
    report("weir_keyed_meters");
    $finish;
  end
endmodule

`default_nettype wire
