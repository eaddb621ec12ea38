// SPDX-License-Identifier: Apache-2.0
//
// Reference of the counters of connections and of the zombie meter for the benches, straight from docs/datapath.md 13.4 and 14.1.
// For inclusion after weir_state_ref.svh.

// --- Counters of connections (13.4) -----------------------------------------------------------------------------------
typedef struct {
  bit hit;
  int established;  // after the clock; 0 without an entry
  int opened;
  bit joins;        // and then, as written:
  int joined_established;
  int joined_opened;
  bit evict;
  bit grow;
} ref_count_t;

class ref_counts extends ref_state_table;
  function new();
    super.new(6, 20);
  endfunction

  virtual function int age(int i, longint clock);
    return int'((clock - 64'(e[i][29:20])) & 64'd1023);
  endfunction
  virtual function int timeout(int i);
    return 32;
  endfunction
  virtual function int score(int i, longint clock);
    return int'(e[i][53:44] | e[i][63:54] | 10'(e[i][71:64]));
  endfunction

  // clock: stamp >> 24
  function ref_count_t look(hash_t key, longint clock, conn_move_t m);
    ref_count_t r;
    int half_now, half_before, est_now, est_before, opened, a, aa, i;
    bit leaves, joins, evicts;
    r = '{default: 0};
    leaves = m.leave_half_now || m.leave_half_before || m.leave_est_now || m.leave_est_before;
    joins  = m.join_half || m.join_opened || m.join_est;
    {half_now, half_before, est_now, est_before, opened} = '0;
    i = find(key, clock);
    if (i >= 0) begin
      r.hit       = 1;
      half_now    = int'(e[i][36:30]);
      half_before = int'(e[i][43:37]);
      est_now     = int'(e[i][53:44]);
      est_before  = int'(e[i][63:54]);
      opened      = int'(e[i][71:64]);
      a  = age(i, clock);
      aa = int'(((clock >> 4) - 64'(e[i][29:24])) & 64'd63);
      if (a == 1) begin half_before = half_now; half_now = 0; opened = 0; end
      if (a > 1) begin half_before = 0; half_now = 0; opened = 0; end
      if (aa == 1) begin est_before = est_now; est_now = 0; end
      if (aa > 1) begin est_before = 0; est_now = 0; end
      r.established = est_now + est_before;
      r.opened      = opened;
      if (!leaves && !joins) return r;
    end else begin
      if (!joins) return r;
      i = room(key, clock, evicts);
      r.evict = evicts;
      r.grow  = free(i);
      evictions += 32'(evicts);
    end
    if (r.hit) begin
      if (m.leave_half_now && half_now > 0) half_now--;
      if (m.leave_half_before && half_before > 0) half_before--;
      if (m.leave_est_now && est_now > 0) est_now--;
      if (m.leave_est_before && est_before > 0) est_before--;
    end
    if (m.join_half && half_now < 127) half_now++;
    if (m.join_opened && opened < 255) opened++;
    if (m.join_est && est_now < 1023) est_now++;
    r.joins = joins;
    r.joined_established = est_now + est_before;
    r.joined_opened = opened;
    e[i] = '0;
    e[i][71:0] = {8'(opened), 10'(est_before), 10'(est_now), 7'(half_before), 7'(half_now), 10'(clock), 20'(keep(key))};
    return r;
  endfunction
endclass

// --- The zombie meter (14.1): what a frame finds, and what its update does -----------------------------------------------
typedef struct {
  bit flood;
  bit trip;
  bit ends;
} ref_zombie_t;

class ref_zombie;
  ref_syn_t meter;
  bit       fresh = 1;

  function new();
    meter = '{default: 0};
  endfunction

  // An inbound SYN in window w.
  function ref_zombie_t look(longint w, bit counts, zombie_cfg_t cfg);
    ref_zombie_t r;
    ref_syn_step_t s;
    r.flood = meter.flood;
    s = ref_syn_update(meter, fresh ? 0 : w - meter.win, w, counts, 64'(cfg.threshold), 64'(cfg.hold), (1 << 18) - 1);
    meter.win = w;
    fresh  = 0;
    r.trip = s.trip;
    r.ends = s.ends;
    return r;
  endfunction
endclass
