// SPDX-License-Identifier: Apache-2.0
//
// Reference of the tables of state for the benches, straight from docs/datapath.md 5.3, 12 to 15, with plain integers and no
// thought of clocks. For inclusion inside a bench that imports weir_pkg, weir_lists_pkg and weir_state_pkg.

// --- A table of state (12): the look-up of 5.3 with its differences ---------------------------------------------------
class ref_state_table;
  int           sets;
  int           tag_bits;
  logic [255:0] e[];       // as 12.1 lays it out
  int           evictions = 0;
  int           fulls = 0;

  function new(int sets_log2, int tag_bits_);
    sets     = 1 << sets_log2;
    tag_bits = tag_bits_;
    e = new[4 * sets];
    for (int i = 0; i < 4 * sets; i++) e[i] = '0;
  endfunction

  virtual function int age(int i, longint clock);
    return int'((clock - 64'(e[i] >> tag_bits)) & 64'd4095);
  endfunction
  virtual function int timeout(int i);
    return 1;
  endfunction
  virtual function bit locked(int i);
    return 0;
  endfunction
  virtual function int score(int i, longint clock);
    return 0;
  endfunction

  function bit expired(int i, longint clock);
    int t;
    t = timeout(i);
    return age(i, clock) >= (t == 0 ? 1 : t);
  endfunction

  // What is kept of a key's tag.
  function longint keep(hash_t key);
    keep = 64'(key.tag) % (64'd1 << tag_bits);
    if (keep == 0) keep = 1;
  endfunction
  function longint tag(int i);
    return 64'(e[i] % (256'd1 << tag_bits));
  endfunction
  function bit free(int i);
    return tag(i) == 0;
  endfunction

  function int way(hash_t key, int p);
    return 4 * (int'(key.index) % sets) + int'((keep(key) + 64'(p)) % 4);
  endfunction

  // The entry of a hit, or -1.
  function int find(hash_t key, longint clock);
    for (int p = 0; p < 4; p++)
      if (tag(way(key, p)) == keep(key) && !expired(way(key, p), clock)) return way(key, p);
    return -1;
  endfunction

  // The way that a miss would take, or -1: a full set.
  function int room(hash_t key, longint clock, output bit evicts);
    int best, w;
    evicts = 0;
    for (int p = 0; p < 4; p++)
      if (free(way(key, p)) || expired(way(key, p), clock)) return way(key, p);
    best = -1;
    for (int p = 0; p < 4; p++) begin
      w = way(key, p);
      if (!locked(w) && (best < 0 || score(w, clock) < score(best, clock))) best = w;
    end
    evicts = best >= 0;
    return best;
  endfunction

  function void sweep(int i, longint clock, bit everything);
    if (i < 4 * sets && !free(i) && (everything || expired(i, clock))) e[i] = '0;
  endfunction

  function int used();
    used = 0;
    for (int i = 0; i < 4 * sets; i++) if (!free(i)) used++;
  endfunction
endclass

// --- Connections (13) -------------------------------------------------------------------------------------------------
typedef struct {
  logic [3:0] said;      // event
  int         row;       // of 13.2; 0: a quote
  bit         miss;
  bit         unknown;   // miss or closed, as found
  bit         opener;    // as found
  bit         adopted;
  bit         cramped;   // a miss in a full set
  bit         full;      // an insert without a way
  bit         evict;
  bit         grow;
  conn_move_t move;      // 13.4
  bit         late;      // left nothing, because it had dropped out before
} ref_conn_t;

class ref_connections extends ref_state_table;
  conn_cfg_t cfg;

  function new();
    super.new(StateConnectionSetsLog2, 24);
    cfg = '0;
  endfunction

  virtual function int timeout(int i);
    case (e[i][38:36])
      4: return int'(cfg.established);
      5: return int'(cfg.closing);
      6: return int'(cfg.closed);
      default: return int'(cfg.half_open);
    endcase
  endfunction
  virtual function bit locked(int i);
    return e[i][38:36] == 4 || e[i][38:36] == 5;
  endfunction
  virtual function int score(int i, longint clock);
    return e[i][38:36] == 6 ? 0 : e[i][38:36] == 1 ? 1 : 2;
  endfunction

  // x is beyond y
  static function bit beyond(logic [31:0] x, logic [31:0] y);
    logic [31:0] d;
    d = x - y;
    return d != 0 && d < 32'h8000_0000;
  endfunction

  function ref_conn_t look(hash_t key, longint t, bit quote, bit out, logic [5:0] flags, logic [31:0] seq, logic [31:0] ack,
                           int len, bit tcp_ws);
    ref_conn_t r;
    int i, state, w, found, slices;
    longint was;
    bit syn, a, rs, fin, seq_ok, ack_ok, opener, fin_r, fin_p, ws, both, inserts, evicts, advance, now;
    logic [31:0] seq_end, end_r, end_p, d;
    longint b;
    r = '{default: 0};
    {a, rs, syn, fin} = {flags[4], flags[2], flags[1], flags[0]};
    seq_end = seq + 32'(len) + 32'(syn) + 32'(fin);
    i = find(key, t);
    r.miss = i < 0;
    state = 0;
    {opener, fin_r, fin_p, ws, end_r, end_p} = '0;
    if (i >= 0) begin
      state = int'(e[i][38:36]);
      {opener, fin_r, fin_p, ws} = {e[i][39], e[i][40], e[i][41], e[i][42]};
      {end_r, end_p} = {e[i][75:44], e[i][107:76]};
      r.opener  = opener;
      r.adopted = e[i][43];
    end
    r.unknown = r.miss || state == 6;
    w = room(key, t, evicts);
    r.cramped = r.miss && w < 0;
    found = state;
    was = i < 0 ? 0 : 64'(e[i][35:24]);
    b = ws ? 64'd1 << cfg.window_log2 : 64'd65536;
    d = seq_end - end_r + 32'(b);
    seq_ok = 64'(d) <= 2 * b;
    d = end_p - ack;
    ack_ok = !a || 64'(d) <= b;
    both = fin_r && fin_p;
    inserts = 0;
    advance = 0;
    now = 0;

    if (quote) begin
      d = end_p - seq;
      r.said = (!r.miss && state >= 1 && state <= 5 && 64'(d) <= b) ? EventKnown : EventQuote;
    end else if (syn && !a && !out) begin
      if (r.miss || state == 6) begin r.row = 1; r.said = EventSynNew; end
      else if (state == 1) begin
        r.row = 2; r.said = EventSimultaneous;
        state = 2; end_r = seq_end; ws = ws && tcp_ws; now = 1;
      end
      else if ((state == 2 || state == 3) && seq_end == end_r) begin r.row = 3; r.said = EventKnown; end
      else if (state == 3 && !opener) begin r.row = 4; r.said = EventSynNew; end
      else begin r.row = 5; r.said = EventState; end
    end else if (syn && !a) begin
      if (r.miss || state == 6 || state == 1) begin
        r.row = 6; r.said = EventOpened;
        inserts = state != 1 || seq_end != end_p;
        if (inserts) begin state = 1; opener = 1; end_p = seq_end; end_r = 0; ws = tcp_ws; end
      end
      else begin r.row = 7; r.said = EventKnown; end
    end else if (syn && !out) begin
      if (state == 1 && ack == end_p) begin
        r.row = 8; r.said = EventHalfOpen;
        state = 3; end_r = seq_end; ws = ws && tcp_ws; now = 1;
      end
      else if (state == 2 && ack == end_p && seq_end == end_r) begin r.row = 9; r.said = EventEstablished; state = 4; now = 1; end
      else if (state >= 3 && state <= 5 && seq_ok && ack_ok) begin r.row = 10; r.said = EventKnown; end
      else if (r.miss) begin r.row = 11; r.said = EventNone; end
      else if (state >= 1 && state <= 5) begin r.row = 12; r.said = EventWindow; end
      else begin r.row = 13; r.said = EventState; end
    end else if (syn) begin
      if (state == 1 || state == 2) begin r.row = 14; r.said = EventKnown; end
      else if (state == 3 && seq_end == end_p && ack == end_r) begin r.row = 15; r.said = EventKnown; end
      else if ((state == 4 || state == 5) && seq_end == end_p) begin r.row = 15; r.said = EventKnown; end  // 15a
      else begin
        r.row = 16; r.said = EventHalfOpen;
        inserts = 1; state = 3; opener = 0; end_p = seq_end; end_r = ack; ws = tcp_ws;
      end
    end else if (rs && !out) begin
      if (r.miss) begin r.row = 17; r.said = EventNone; end
      else if (state == 1 && a && ack == end_p) begin r.row = 18; r.said = EventReset; state = 6; now = 1; end
      else if (state >= 2 && state <= 5 && seq_end == end_r) begin r.row = 19; r.said = EventReset; state = 6; now = 1; end
      else if (state >= 2 && seq_ok) begin r.row = 20; r.said = EventKnown; end
      else begin r.row = 21; r.said = EventWindow; end
    end else if (rs) begin
      if (r.miss) begin r.row = 22; r.said = EventNone; end
      else if (state == 6) begin r.row = 23; r.said = EventKnown; end
      else begin r.row = 24; r.said = EventReset; state = 6; now = 1; end
    end else if (r.miss) begin
      if (!fin && t < 64'(cfg.adopt_until)) begin
        r.row = 25; r.said = EventAdopted;
        inserts = 1; state = 4; opener = 0; ws = 1;
        end_r = out ? ack : seq_end;
        end_p = out ? seq_end : ack;
      end
      else begin r.row = 26; r.said = EventNone; end
    end else if (!out) begin
      if (state == 3 && !opener && ack == end_p && seq_ok) begin
        r.row = 27; r.said = EventEstablished;
        state = fin ? 5 : 4; if (fin) fin_r = 1;
        advance = 1; now = 1;
      end
      else if (state == 3 && opener && seq_ok && ack_ok) begin r.row = 28; r.said = EventKnown; advance = 1; end
      else if (state == 3) begin r.row = 29; r.said = EventWindow; end
      else if (state == 2 && ack == end_p && seq_ok) begin
        r.row = 30; r.said = EventEstablished; state = 4; advance = 1; now = 1;
      end
      else if (state == 1 || state == 2) begin r.row = 31; r.said = EventState; end
      else if (!(seq_ok && ack_ok)) begin r.row = 32; r.said = EventWindow; end
      else if (state == 6) begin r.row = 33; r.said = EventKnown; end
      else if (!fin && both && ack == end_p) begin r.row = 34; r.said = EventClosed; state = 6; now = 1; end
      else begin
        r.row = 35; r.said = EventKnown;
        if (fin) begin state = 5; fin_r = 1; end
        advance = 1; now = 1;
      end
    end else begin
      if (state == 3 && opener) begin
        r.row = 36; r.said = EventEstablished;
        state = fin ? 5 : 4; if (fin) fin_p = 1;
        advance = 1; now = 1;
      end
      else if (state == 1) begin r.row = 37; r.said = EventState; end
      else if (state == 2 || state == 3 || state == 6) begin r.row = 38; r.said = EventKnown; advance = state != 6; end
      else if (!fin && both && ack == end_r) begin r.row = 39; r.said = EventClosed; state = 6; now = 1; end
      else begin
        r.row = 40; r.said = EventKnown;
        if (fin) begin state = 5; fin_p = 1; end
        advance = 1; now = 1;
      end
    end

    if (advance && !out && beyond(seq_end, end_r)) end_r = seq_end;
    if (advance && out && beyond(seq_end, end_p)) end_p = seq_end;
    if (inserts) begin
      {fin_r, fin_p} = '0;
      now = 1;
      if (r.miss) begin
        i = w;
        r.full  = w < 0;
        r.evict = evicts;
        if (r.full) fulls++;
        if (r.evict) evictions++;
        if (w >= 0) r.grow = free(w);
      end
      if (i >= 0) begin
        e[i] = '0;
        e[i][23:0] = 24'(keep(key));
        e[i][43] = r.said == EventAdopted;
      end
    end
    if (r.full) r.said = EventFull;
    if (r.full && state == 3) r.move.join_opened = 1;  // row 16
    if (now && !r.full) begin
      // Leaves: 8 bits of a half-open one's slice, 4 of an established one's.
      if (found >= 1 && found <= 3) begin
        slices = int'(((t >> 4) - (was >> 4)) & 64'd255);
        r.move.leave_half_now    = slices == 0;
        r.move.leave_half_before = slices == 1;
        r.late = slices > 1;
      end else if (found == 4 || found == 5) begin
        slices = int'(((t >> 8) - (was >> 8)) & 64'd15);
        r.move.leave_est_now    = slices == 0;
        r.move.leave_est_before = slices == 1;
        r.late = slices > 1;
      end
      // Joins.
      if (state <= 3) begin
        r.move.join_half   = 1;
        r.move.join_opened = !(found >= 1 && found <= 3) && !opener;
      end
      r.move.join_est = state == 4 || state == 5;
    end
    if (i >= 0) begin
      e[i][38:36] = 3'(state);
      {e[i][39], e[i][40], e[i][41], e[i][42]} = {opener, fin_r, fin_p, ws};
      {e[i][75:44], e[i][107:76]} = {end_r, end_p};
      if (now) e[i][35:24] = 12'(t);
    end
    if (r.cramped && (r.said == EventNone || r.said == EventQuote)) r.said = EventFull;
    if (cfg.mode == ConnModeAsymmetric &&
        (r.said == EventNone || r.said == EventState || r.said == EventWindow || r.said == EventQuote)) r.said = EventAsymmetric;
    return r;
  endfunction
endclass

// --- SYN meters (14.1) ------------------------------------------------------------------------------------------------
typedef struct {
  longint win;
  longint count;
  bit     flood;
  longint quiet;
} ref_syn_t;

typedef struct {
  bit trip;
  bit ends;
} ref_syn_step_t;

// One update; a is the age, w the window.
function automatic ref_syn_step_t ref_syn_update(ref ref_syn_t m, input longint a, longint w, bit syn, longint t, longint hold,
                                                 longint most);
  ref_syn_step_t r;
  bit loud;
  r = '{default: 0};
  if (a > 0) begin
    loud = 2 * m.count >= t;
    m.quiet = loud ? a - 1 : m.quiet + a;
    if (m.quiet > 255) m.quiet = 255;
    if (m.flood && m.quiet >= hold) begin
      m.flood = 0;
      r.ends = 1;
    end
    m.count = 0;
    m.win = w;
  end
  if (syn) begin
    if (m.count < most) m.count++;
    if (t != 0 && m.count > t && !m.flood) begin
      m.flood = 1;
      m.quiet = 0;
      r.trip = 1;
    end
  end
  if (t == 0) begin
    if (m.flood) r.ends = 1;
    m.flood = 0;
  end
  return r;
endfunction

typedef struct {
  logic [1:0] flood;
  logic [1:0] trip;
  logic [1:0] ends;
  int         count;
  bit         full;
  bit         evict;
  bit         grow;
} ref_floods_t;

class ref_syn_meters extends ref_state_table;
  syn_cfg_t cfg;
  ref_syn_t total;
  bit       total_fresh = 1;

  function new();
    super.new(StateHostSetsLog2, 40);
    cfg = '0;
    total = '{default: 0};
  endfunction

  virtual function int age(int i, longint clock);
    return int'((clock - 64'(e[i][49:40])) & 64'd1023);
  endfunction
  virtual function int timeout(int i);
    return int'(cfg.host_timeout);
  endfunction
  virtual function bit locked(int i);
    return e[i][63];
  endfunction
  virtual function int score(int i, longint clock);
    return age(i, clock) >= 2 ? 0 : int'(e[i][62:50]);
  endfunction

  // An inbound frame that is state_ok, in window w.
  function ref_floods_t look(hash_t key, longint w, bit syn);
    ref_floods_t r;
    ref_syn_t m;
    ref_syn_step_t s;
    int i;
    longint a;
    bit evicts;
    r = '{default: 0};
    if (!cfg.enable) return r;
    i = find(key, w);
    a = 0;
    if (i >= 0) begin
      a = age(i, w);
      m = '{win: 64'(e[i][49:40]), count: 64'(e[i][62:50]), flood: e[i][63], quiet: 64'(e[i][71:64])};
    end else if (syn) begin
      i = room(key, w, evicts);
      r.full = i < 0;
      r.evict = evicts;
      if (r.full) fulls++;
      if (r.evict) evictions++;
      if (i >= 0) r.grow = free(i);
      m = '{win: w, count: 0, flood: 0, quiet: 0};
    end
    if (i >= 0) begin
      s = ref_syn_update(m, a, w, syn, 64'(cfg.host_threshold), 64'(cfg.host_hold), 8191);
      e[i] = '0;
      e[i][71:0] = {8'(m.quiet), m.flood, 13'(m.count), 10'(m.win), key.tag};
      {r.flood[0], r.trip[0], r.ends[0]} = {m.flood, s.trip, s.ends};
      r.count = int'(m.count);
    end
    if (syn) begin
      s = ref_syn_update(total, total_fresh ? 0 : w - total.win, w, 1'b1, 64'(cfg.total_threshold), 64'(cfg.total_hold),
                         (1 << 18) - 1);
      total.win = w;
      total_fresh = 0;
      {r.trip[1], r.ends[1]} = {s.trip, s.ends};
    end
    r.flood[1] = total.flood;
    return r;
  endfunction
endclass

// --- Known sources (14.2, 14.3) -----------------------------------------------------------------------------------------
typedef struct {
  bit hit;
  bit cramped;   // a miss in a full set
  bit full;
  bit evict;
  bit grow;
} ref_known_t;

class ref_known_sources extends ref_state_table;
  bit never_lost;
  int limit;

  function new(int sets_log2, bit locks);
    super.new(sets_log2, 24);
    never_lost = locks;
    limit = 1;
  endfunction
  virtual function int timeout(int i);
    return limit;
  endfunction
  virtual function bit locked(int i);
    return never_lost;
  endfunction

  function ref_known_t look(hash_t key, longint clock, bit enter);
    ref_known_t r;
    int i, w;
    bit evicts;
    r = '{default: 0};
    i = find(key, clock);
    w = room(key, clock, evicts);
    r.hit = i >= 0;
    r.cramped = !r.hit && w < 0;
    if (enter && !r.hit) begin
      i = w;
      r.full = w < 0;
      r.evict = evicts;
      if (w >= 0) r.grow = free(w);
    end
    if (enter && i >= 0) begin
      e[i] = '0;
      e[i][35:0] = {12'(clock), 24'(keep(key))};
    end
    return r;
  endfunction
endclass
