// SPDX-License-Identifier: Apache-2.0
//
// Reference of tables, meters and decision for the benches, straight from docs/datapath.md 5 to 8, with plain integers
// and no thought of clocks. For inclusion inside a bench that imports weir_pkg and weir_lists_pkg.

typedef struct {
  longint tag;
  longint tat;
  longint win;
  longint count;
  bit     tripped;
  longint quiet;
  int     cfg;
  longint btat;
  longint bcount;
  longint prev;
} ref_entry_t;

typedef struct {
  bit     result;
  bit     trip;
  bit     ends;
  bit     unit;
  longint threshold;
  longint measured;
} ref_result_t;

function automatic longint ref_min(longint a, longint b);
  return a < b ? a : b;
endfunction
function automatic longint ref_max(longint a, longint b);
  return a > b ? a : b;
endfunction

// 5.3 "fresh": state 0, win = W.
function automatic void ref_fresh(ref ref_entry_t e, input longint w);
  e.tat = 0;
  e.count = 0;
  e.tripped = 0;
  e.quiet = 0;
  e.btat = 0;
  e.bcount = 0;
  e.prev = 0;
  e.win = w & 1023;
endfunction

// 6.2, the entry after the look-up.
function automatic ref_result_t ref_meter(ref ref_entry_t e, input longint stamp, input longint len,
                                          input meter_cfg_t c, input bit used, input bit bytes);
  longint w, v, a, x, y;
  bit     ok_p, ok_b, loud;
  ref_result_t r;
  w = (stamp >> 16) & 1023;
  v = (stamp & 65535) * 256;
  a = (w - e.win) & 1023;
  r = '{default: 0};
  if (a > 0) begin
    loud = (c.pkt_threshold != 0 && 2 * e.count >= 64'(c.pkt_threshold)) ||
           (bytes && c.byte_threshold != 0 && 2 * e.bcount >= 64'(c.byte_threshold));
    e.quiet = ref_min(255, loud ? a - 1 : e.quiet + a);
    if (e.tripped && e.quiet >= 64'(c.hold)) begin
      e.tripped = 0;
      r.ends = 1;
    end
    e.tat  = a < 16 ? ref_max(0, e.tat - a * 64'd16777216) : 0;
    e.btat = a < 16 ? ref_max(0, e.btat - a * 64'd16777216) : 0;
    e.prev = a == 1 ? e.count : 0;
    e.count = 0;
    e.bcount = 0;
    e.win = w;
  end
  e.count = ref_min(e.count + 1, (1 << 18) - 1);
  e.bcount = bytes ? ref_min(e.bcount + len, (1 << 24) - 1) : 0;
  x = ref_max(e.tat, v);
  ok_p = x - v <= 64'(c.pkt_tau);
  y = ref_max(e.btat, v);
  ok_b = !bytes || y - v <= 64'(c.byte_tau);
  if (!used && !(ok_p && ok_b) && (c.action == ActDrop || c.action == ActDeclare) && !e.tripped) begin
    e.tripped = 1;
    e.quiet = 0;
    r.trip = 1;
  end
  if (!used && ok_p && ok_b && !(c.action == ActDrop && e.tripped)) begin
    e.tat  = ref_min(x + 64'(c.pkt_cost), (1 << 28) - 1);
    if (bytes) e.btat = ref_min(y + ((len * 64'(c.byte_cost)) >> 8), (1 << 28) - 1);
  end
  r.result = !used && ((c.action == ActLimit && !(ok_p && ok_b)) || (c.action == ActDrop && e.tripped));
  r.unit = ok_p && !ok_b;
  r.threshold = r.unit ? 64'(c.byte_threshold) : 64'(c.pkt_threshold);
  r.measured  = r.unit ? e.bcount : e.count;
  return r;
endfunction

// --- A keyed table ------------------------------------------------------------------------------------------------
class ref_table;
  int         number;
  bit         bytes;
  int         sets;
  int         timeout;
  bit         fail_closed;
  bit         full_effect;
  bit         full_dry_run;
  meter_cfg_t cfg[16];
  ref_entry_t e[];
  int         evictions;
  int         fulls;

  function new(int table_number, bit has_bytes, int sets_log2, int timeout_windows);
    number = table_number;
    bytes = has_bytes;
    sets = 1 << sets_log2;
    timeout = timeout_windows;
    e = new[4 * sets];
    for (int i = 0; i < 4 * sets; i++) e[i] = '{default: 0};
    for (int i = 0; i < 16; i++) cfg[i] = meter_cfg_t'(158'd0);
  endfunction

  function longint age(int i, longint stamp);
    return ((stamp >> 16) - e[i].win) & 1023;
  endfunction

  function bit expired(int i, longint stamp);
    return e[i].cfg == 0 && age(i, stamp) >= 64'(timeout);
  endfunction

  // The look-up of 5.3 and the update; the candidate, if any.
  function candidate_t look(longint tag, int index, int kind, longint stamp, longint len, bit used,
                            output bit trip, output bit ends);
    int base, found, n;
    longint score, best;
    ref_result_t r;
    meter_cfg_t c;
    candidate_t cand;
    cand = '0;
    trip = 0;
    ends = 0;
    base = 4 * (index % sets);
    found = -1;
    for (int p = 0; p < 4; p++) begin
      n = base + int'((tag + 64'(p)) % 4);
      if (found < 0 && e[n].tag == tag && !expired(n, stamp)) found = n;
    end
    if (found >= 0) begin
      if (e[found].cfg != 0 && age(found, stamp) >= 64'(timeout)) ref_fresh(e[found], stamp >> 16);
    end else begin
      if (used) return cand;
      for (int p = 0; p < 4; p++) begin
        n = base + int'((tag + 64'(p)) % 4);
        if (found < 0 && (e[n].tag == 0 || expired(n, stamp))) found = n;
      end
      if (found < 0) begin
        best = 1 << 30;
        for (int p = 0; p < 4; p++) begin
          n = base + int'((tag + 64'(p)) % 4);
          score = age(n, stamp) >= 2 ? 0 : e[n].count;
          if (e[n].cfg == 0 && !e[n].tripped && score < best) begin
            best = score;
            found = n;
          end
        end
        if (found >= 0) evictions++;
      end
      if (found < 0) begin
        fulls++;
        cand.valid   = fail_closed;
        cand.effect  = full_effect;
        cand.dry_run = full_dry_run;
        cand.reason  = ReasonFull0 + 8'(number);
        cand.tag     = tag[39:0];
        return cand;
      end
      e[found].tag = tag;
      e[found].cfg = 0;
      ref_fresh(e[found], stamp >> 16);
    end
    c = cfg[e[found].cfg != 0 ? 8 + e[found].cfg : kind];
    r = ref_meter(e[found], stamp, len, c, used, bytes);
    trip = r.trip;
    ends = r.ends;
    cand = '{valid: r.result, effect: c.effect, dry_run: c.dry_run, reason: ReasonMeter0 + 8'(number), tag: tag[39:0],
             unit: r.unit, threshold: r.threshold[23:0], measured: r.measured[23:0]};
    return cand;
  endfunction

  // 5.3, as bits. Nothing of what it does can be seen in a verdict.
  function void sweep(int i, longint stamp, bit everything);
    if (i >= 4 * sets || e[i].tag == 0) return;
    if (!everything && age(i, stamp) < 64'(timeout)) return;
    if (e[i].cfg != 0) ref_fresh(e[i], stamp >> 16);
    else e[i] = '{default: 0};
  endfunction

  function logic [255:0] get(int i);
    get = '0;
    get[107:0] = {3'(e[i].cfg), 8'(e[i].quiet), e[i].tripped, 18'(e[i].count), 10'(e[i].win), 28'(e[i].tat),
                  40'(e[i].tag)};
    if (bytes) get[159:108] = {24'(e[i].bcount), 28'(e[i].btat)};
  endfunction

  function void put(int i, logic [255:0] d);
    e[i].tag     = 64'(d[39:0]);
    e[i].tat     = 64'(d[67:40]);
    e[i].win     = 64'(d[77:68]);
    e[i].count   = 64'(d[95:78]);
    e[i].tripped = d[96];
    e[i].quiet   = 64'(d[104:97]);
    e[i].cfg     = int'(d[107:105]);
    e[i].btat    = bytes ? 64'(d[135:108]) : 0;
    e[i].bcount  = bytes ? 64'(d[159:136]) : 0;
  endfunction

  function int used();
    used = 0;
    for (int i = 0; i < 4 * sets; i++) if (e[i].tag != 0) used++;
  endfunction
endclass

// --- The class bank (5.4) -----------------------------------------------------------------------------------------
class ref_bank;
  ref_entry_t e[512];
  meter_cfg_t cfg[64];

  function new();
    for (int i = 0; i < 512; i++) e[i] = '{default: 0};
    for (int i = 0; i < 64; i++) cfg[i] = meter_cfg_t'(158'd0);
  endfunction

  static function int class_of(int group, classes_t classes);
    static int first[8] = '{0, 1, 3, 7, 8, 9, 99, 17};
    static int last[8]  = '{0, 2, 6, 7, 8, 16, 0, 19};
    for (int c = first[group]; c <= last[group]; c++) if (classes[c]) return c;
    return -1;
  endfunction

  function candidate_t look(int entry, int number, logic [7:0] reason, longint stamp, longint len, bit used,
                            output bit trip, output bit ends);
    ref_result_t r;
    meter_cfg_t c;
    if ((((stamp >> 16) - e[entry].win) & 1023) >= 255) ref_fresh(e[entry], stamp >> 16);
    c = cfg[number];
    r = ref_meter(e[entry], stamp, len, c, used, 1'b1);
    trip = r.trip;
    ends = r.ends;
    return '{valid: r.result, effect: c.effect, dry_run: c.dry_run, reason: reason, tag: '0, unit: r.unit,
             threshold: r.threshold[23:0], measured: r.measured[23:0]};
  endfunction

  function candidate_t of_class(int dir, int c, longint stamp, longint len, bit used, output bit trip, output bit ends);
    return look(256 + 32 * dir + c, 24 * dir + c, ReasonClass0 + 8'(c), stamp, len, used, trip, ends);
  endfunction

  function candidate_t of_proto(int proto, longint stamp, longint len, bit used, output bit trip, output bit ends);
    // An entry that is made fresh keeps its override.
    return look(proto, 48 + e[proto].cfg, ReasonMeterProtocol, stamp, len, used, trip, ends);
  endfunction

  function void sweep(int i, longint stamp, bit everything);
    if (i < 512 && (everything || (((stamp >> 16) - e[i].win) & 1023) >= 255)) ref_fresh(e[i], stamp >> 16);
  endfunction

  function logic [255:0] get(int i);
    return 256'({18'(e[i].prev), 24'(e[i].bcount), 28'(e[i].btat), 3'(e[i].cfg), 8'(e[i].quiet), e[i].tripped,
                 18'(e[i].count), 10'(e[i].win), 28'(e[i].tat)});
  endfunction

  function void put(int i, logic [255:0] d);
    e[i].tat     = 64'(d[27:0]);
    e[i].win     = 64'(d[37:28]);
    e[i].count   = 64'(d[55:38]);
    e[i].tripped = d[56];
    e[i].quiet   = 64'(d[64:57]);
    e[i].cfg     = int'(d[67:65]);
    e[i].btat    = 64'(d[95:68]);
    e[i].bcount  = 64'(d[119:96]);
    e[i].prev    = 64'(d[137:120]);
  endfunction
endclass

// --- The decision (8, rules 3 to 6) ---------------------------------------------------------------------------------
typedef struct {
  logic [2:0]  verdict;
  logic [7:0]  reason;
  logic [7:0]  dry_reason;
  logic [39:0] tag;
  logic        unit;
  logic [23:0] threshold;
  logic [23:0] measured;
} ref_verdict_t;

// Candidates in order; those without valid are not there.
function automatic ref_verdict_t ref_decide(candidate_t c[$]);
  int winner, dry;
  ref_verdict_t r;
  winner = -1;
  dry = -1;
  for (int i = 0; i < c.size(); i++) if (winner < 0 && c[i].valid && !c[i].dry_run && !c[i].effect) winner = i;
  for (int i = 0; i < c.size(); i++) if (winner < 0 && c[i].valid && !c[i].dry_run && c[i].effect) winner = i;
  for (int i = 0; i < c.size(); i++) if (dry < 0 && c[i].valid && c[i].dry_run) dry = i;
  r = '{verdict: VerdictPass, reason: ReasonPass, default: '0};
  if (winner >= 0) begin
    r.verdict = c[winner].effect ? VerdictDemote : VerdictDrop;
    r.reason  = c[winner].reason;
  end
  if (dry >= 0 && (winner < 0 || dry < winner)) r.dry_reason = c[dry].reason;
  if (winner < 0) winner = dry;
  if (winner >= 0) begin
    r.tag       = c[winner].tag;
    r.unit      = c[winner].unit;
    r.threshold = c[winner].threshold;
    r.measured  = c[winner].measured;
  end
  return r;
endfunction
