// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_connections, against docs/datapath.md 13 taken row by row (tb/common/weir_state_ref.svh): single frames from every
// state, opener, window scale and FIN, both directions, with sequence numbers at and beside the edges of B and across the
// wrap; expiry in the very unit of each timeout; victims and full sets; then conversations of a few keys that collide, with maintenance in between. Compared are event, what
// is known of the connection, how it moves between the counts of its addresses (13.4), pulses, and the entries themselves, read back.
`default_nettype none

module weir_connections_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
  `include "weir_state_ref.svh"

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #5 clk = ~clk;

  state_frame_t frame = state_frame_t'(0);
  hash_t        key = '0;
  logic [31:0]  units = '0;
  conn_cfg_t    cfg = conn_cfg_t'(0);
  command_t     command = command_t'(0);
  logic [MaintDataBits-1:0] wdata = '0;
  conn_result_t result;
  logic [MaintDataBits-1:0] rdata;
  logic zero, read_clear = 1'b1;
  always_comb zero = phase[1:0] == 2'd1;
  logic         evict, full, grow, shrink;

  weir_connections dut (
      .clk, .rst,
      .phase_i  (phase),
      .frame_i  (frame),
      .key_i    (key),
      .clock_i  (units),
      .cfg_i    (cfg),
      .command_i(command),
      .wdata_i  (wdata),
      .result_o (result),
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

  ref_connections m;
  longint         t = 0;      // stamp >> 20
  int             rows[41];
  int             events[16];
  int             moves[7];   // 13.4, by bit
  int             late = 0;
  int             used = 0;   // by the pulses
  int             held = 0;   // in truth

  // --- One slot -------------------------------------------------------------------------------------------------------
  bit           due = 0;       // of the slot before
  bit           due_tcp;
  ref_conn_t    due_result;
  logic [MaintDataBits-1:0] answer = '0;   // what was read last: it stays
  logic [MaintDataBits-1:0] answer_next;
  int           n_evict, n_full, n_grow, n_shrink;
  task automatic slot();
    {n_evict, n_full, n_grow, n_shrink} = '0;
    units = 32'(t);
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && command.active && !command.clear && command.op == MaintRead;
      @(negedge clk);
      if (p == 0 || p == 7) if (!checked(rdata == answer)) tell($sformatf("read %h, not %h", rdata, answer));
      if (read_clear) answer = answer_next;
      {n_evict, n_full, n_grow, n_shrink} =
          {n_evict + 32'(evict), n_full + 32'(full), n_grow + 32'(grow), n_shrink + 32'(shrink)};
      if (due && p % 7 == 0) begin
        if (!checked(result.seen == due_result.said))
          tell($sformatf("event %0d, not %0d (row %0d)", result.seen, due_result.said, due_result.row));
        if (!checked(!due_tcp || result.unknown == due_result.unknown)) tell($sformatf("unknown, row %0d", due_result.row));
        if (!checked(due_result.said != EventEstablished || (result.opener == due_result.opener && result.adopted == due_result.adopted)))
          tell("opener, adopted");
        if (!checked(result.move == due_result.move)) tell($sformatf("moves %b, not %b, row %0d", result.move, due_result.move, due_result.row));
      end
      @(posedge clk);
      #1;
    end
    due = 0;
    used += n_grow - n_shrink;
  endtask

  task automatic maintain(maint_op_e op, bit clear, bit expire, int target, int index, logic [MaintDataBits-1:0] data);
    bit here;
    logic [MaintDataBits-1:0] w;
    int was;
    was     = held;
    if (index < 1024) held -= 32'(!m.free(index));
    here    = index < 1024 && (clear || op == MaintSweep || target == 16);
    frame   = state_frame_t'({$urandom, $urandom, $urandom});
    {frame.look_tcp, frame.look_quote, frame.look_score} = '0;
    command = '{active: 1'b1, clear: clear, expire: expire, level: expire_e'($urandom), op: op, target: 5'(target),
                index: 11'(index)};
    wdata   = op == MaintWrite ? data : '0;
    w = here && op == MaintRead ? m.e[index] : '0;
    if (here && clear) m.e[index] = '0;
    else if (here && op == MaintWrite) m.e[index] = 256'(data[107:0]);
    else if (here && op == MaintSweep) m.sweep(index, t, expire);
    if (index < 1024) held += 32'(!m.free(index));
    answer_next = w;
    slot();
    // Of no frame nothing is said.
    due        = 1;
    due_tcp    = 0;
    due_result = '{default: 0};
    command = command_t'(0);
    wdata   = '0;
    if (clear) used = held;
    else if (!checked({n_evict, n_full} == '0 && n_grow - n_shrink == held - was)) tell("pulses of maintenance");
    if (!checked(used == held)) tell("entries that are not free");
  endtask
  task automatic put(int index, logic [MaintDataBits-1:0] data);
    maintain(MaintWrite, 0, 0, 16, index, data);
  endtask
  task automatic see(int index);
    maintain(MaintRead, 0, 0, 16, index, '0);
  endtask
  task automatic read_back();
    for (int i = 0; i < 1024; i++) see(i);
  endtask

  // A frame or a quote; look 0: of no interest.
  logic [5:0]  flags;
  logic [31:0] seq, ack;
  int          len;
  bit          out, ws, quote;
  task automatic send(hash_t k, bit look = 1);
    ref_conn_t r;
    r = '{default: 0};
    r.unknown = look && !quote;
    if (look && cfg.mode != ConnModeOff) begin
      r = m.look(k, t, quote, out, flags, seq, ack, len, ws);
      rows[r.row]++;
    end
    events[r.said]++;
    for (int b = 0; b < 7; b++) moves[b] += 32'(r.move[b]);
    late += 32'(r.late);
    held += 32'(r.grow);
    key   = k;
    frame = state_frame_t'({$urandom, $urandom, $urandom});
    frame.look_tcp   = look && !quote;
    frame.look_quote = look && quote;
    frame.dir   = out;
    frame.flags = flags;
    frame.seq   = seq;
    frame.ack   = ack;
    frame.len   = 11'(len);
    frame.ws    = ws;
    slot();
    due        = 1;
    due_tcp    = look && !quote;
    due_result = r;
    if (!checked(n_evict == 32'(r.evict) && n_full == 32'(r.full) && n_grow == 32'(r.grow) && n_shrink == 0))
      tell($sformatf("pulses %0d %0d %0d %0d, row %0d", n_evict, n_full, n_grow, n_shrink, r.row));
    if (!checked(used == held)) tell("entries that are not free");
  endtask

  // --- What is at the edges ---------------------------------------------------------------------------------------------
  function automatic logic [31:0] edge_of(longint b);
    case ($urandom_range(0, 15))
      0, 1, 2, 3, 4: return '0;
      5: return 32'd1;
      6: return '1;
      7: return 32'(b);
      8: return 32'(b + 1);
      9: return 32'(-b);
      10: return 32'(-b - 1);
      11: return 32'(b - 1);
      12: return 32'h8000_0000 + 32'($urandom_range(0, 2)) - 32'd1;
      13: return $urandom;
      default: return 32'($urandom_range(0, 3000));
    endcase
  endfunction
  function automatic logic [5:0] some_flags();
    logic [5:0] f;
    case ($urandom_range(0, 7))
      0: f = 6'b000010;
      1: f = 6'b010010;
      2: f = 6'b000100;
      3: f = 6'b010100;
      4, 5: f = 6'b010001;
      default: f = 6'b010000;
    endcase
    return f | (6'($urandom) & 6'b101000);
  endfunction
  // A frame about a connection, in its terms.
  task automatic about(logic [255:0] e);
    longint b;
    b     = e[42] ? 64'd1 << cfg.window_log2 : 64'd65536;
    flags = some_flags();
    out   = 1'($urandom);
    ws    = 1'($urandom);
    quote = $urandom_range(0, 15) == 0;
    len   = $urandom_range(0, 1) == 0 ? 0 : $urandom_range(0, 1460);
    if (quote) begin
      out = 0;
      seq = e[107:76] - edge_of(b);
    end else begin
      seq = (out ? e[107:76] : e[75:44]) + edge_of(b) - 32'(len) - 32'(flags[1]) - 32'(flags[0]);
      ack = (out ? e[75:44] : e[107:76]) - edge_of(b);
    end
  endtask
  function automatic logic [31:0] some_number();
    case ($urandom_range(0, 3))
      0: return 32'($urandom_range(0, 2)) - 32'd1;
      1: return 32'h8000_0000 + 32'($urandom_range(0, 2)) - 32'd1;
      default: return $urandom;
    endcase
  endfunction
  function automatic logic [255:0] some_entry(logic [23:0] tag, int age);
    logic [255:0] e;
    e = '0;
    e[23:0]  = tag;
    e[35:24] = 12'(t) - 12'(age);
    e[38:36] = 3'($urandom_range(1, 6));
    e[43:39] = 5'($urandom);
    e[75:44] = some_number();
    e[107:76] = some_number();
    return e;
  endfunction
  function automatic int home(hash_t k);
    return m.way(k, 0);
  endfunction
  function automatic hash_t some_key();
    hash_t k;
    k = '{tag: 40'({$urandom, $urandom}), index: 10'($urandom)};
    // Some of which nothing is kept but 0.
    if ($urandom_range(0, 7) == 0) k.tag[23:0] = $urandom_range(0, 1) == 0 ? '0 : 24'd1;
    if (k.tag == 0) k.tag = 1;
    return k;
  endfunction

  task automatic configure();
    cfg = '{mode: ConnModeOn, fail_closed: 1'($urandom), window_log2: 5'($urandom_range(16, 30)), half_open: 10'($urandom_range(1, 1023)),
            established: 10'($urandom_range(1, 1023)), closing: 10'($urandom_range(1, 1023)), closed: 10'($urandom_range(1, 1023)),
            adopt_until: '0};
    if ($urandom_range(0, 3) == 0) cfg.mode = ConnModeAsymmetric;
    if ($urandom_range(0, 9) == 0) {cfg.half_open, cfg.established, cfg.closing, cfg.closed} = '0;
    m.cfg = cfg;
  endtask

  // --- Conversations -------------------------------------------------------------------------------------------------------
  hash_t pool[24];
  task automatic converse(int frames, int keys, int pace, int maint_share);
    hash_t k;
    int    i;
    for (int n = 0; n < frames; n++) begin
      if ($urandom_range(0, 9) < pace) t += $urandom_range(0, 20) == 0 ? 64'($urandom_range(0, 60)) : 64'($urandom_range(0, 2));
      k = pool[$urandom_range(0, keys - 1)];
      i = m.find(k, t);
      if ($urandom_range(0, 99) < maint_share) begin
        case ($urandom_range(0, 9))
          0, 1: maintain(MaintSweep, 0, 0, $urandom_range(0, 31), 4 * (int'(k.index) % 256) + $urandom_range(0, 3), '0);
          2: put(4 * (int'(k.index) % 256) + $urandom_range(0, 3), $urandom_range(0, 3) == 0 ? '0 :
                 some_entry(24'(m.keep(k)), $urandom_range(0, 20)) | {8{$urandom}} << 108);
          3: maintain(MaintWrite, 0, 0, $urandom_range(17, 22), $urandom_range(0, 1023), {8{$urandom}});
          4: maintain(MaintRead, 0, 0, $urandom_range(8, 15), $urandom_range(0, 1023), '0);
          5: maintain(MaintWrite, 0, 0, 16, $urandom_range(1024, 2047), {8{$urandom}});
          default: see(4 * (int'(k.index) % 256) + $urandom_range(0, 3));
        endcase
      end else if ($urandom_range(0, 20) == 0) begin
        about(i < 0 ? '0 : m.e[i]);
        send(k, 0);
      end else begin
        about(i < 0 ? some_entry(0, 0) : m.e[i]);
        // Mostly what a conversation is made of.
        if (i < 0 && $urandom_range(0, 1) == 0) begin
          flags = $urandom_range(0, 1) == 0 ? 6'b010010 : 6'b000010;
          quote = 0;
          out   = 1;
        end else if (i >= 0 && $urandom_range(0, 2) != 0 && !quote) begin
          flags = $urandom_range(0, 5) == 0 ? 6'b010001 : 6'b010000;
          if (m.e[i][38:36] == 1) {flags, out} = {6'b010010, 1'b0};
          seq   = (out ? m.e[i][107:76] : m.e[i][75:44]) - 32'(flags[0] | flags[1]);
          ack   = out ? m.e[i][75:44] : m.e[i][107:76];
          len   = $urandom_range(0, 1) == 0 ? 0 : $urandom_range(1, 1460);
        end
        send(k);
      end
    end
  endtask

  initial begin
    hash_t k;
    logic [255:0] e;
    int    limit, n_cramped;
    void'($urandom(32'd13));
    m = new();
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1, 0, 0, i, '0);
    read_back();

    // Every row: one frame about an entry of every kind.
    for (int n = 0; n < 60000; n++) begin
      if (n % 50 == 0) configure();
      t = 64'($urandom);
      k = some_key();
      // Some older, by slices of the counts.
      e = some_entry(24'(m.keep(k)), $urandom_range(0, 2) != 0 ? 0 : $urandom_range(0, $urandom_range(0, 1) == 0 ? 50 : 800));
      cfg.adopt_until = 32'(t) + 32'($urandom_range(0, 2)) - 32'd1;
      m.cfg = cfg;
      about(e);
      if ($urandom_range(0, 9) == 0) e = '0;
      put(home(k), e);
      send(k);
      see(home(k));
      put(home(k), '0);
    end
    // Mode off: nothing is looked up.
    cfg.mode = ConnModeOff;
    for (int n = 0; n < 50; n++) begin
      k = some_key();
      put(home(k), some_entry(24'(m.keep(k)), 0));
      about(m.e[home(k)]);
      send(k);
      see(home(k));
    end
    // Each timeout, to the unit: a quote or, of a closed one, a reset from inside tells whether the entry is there.
    for (int n = 0; n < 2000; n++) begin
      configure();
      cfg.mode = ConnModeOn;
      m.cfg    = cfg;
      t = 64'($urandom);
      k = some_key();
      e = some_entry(24'(m.keep(k)), 0);
      case (e[38:36])
        4: limit = int'(cfg.established);
        5: limit = int'(cfg.closing);
        6: limit = int'(cfg.closed);
        default: limit = int'(cfg.half_open);
      endcase
      if (limit == 0) limit = 1;
      put(home(k), e);
      t += 64'(limit) - 64'($urandom_range(0, 1));
      {quote, out, flags, seq, len} = {e[38:36] != 6, e[38:36] == 6, 6'b000100, e[107:76], 32'd0};
      send(k);
      if (!checked(due_result.said == (((t - 64'(e[35:24])) & 64'hfff) < 64'(limit) ? EventKnown : quote ? EventQuote : EventNone))) tell("edge of a timeout");
      // It comes again where it was.
      if ($urandom_range(0, 1) == 0) begin
        {quote, out, flags, seq} = {1'b0, 1'b1, 6'b000010, $urandom};
        send(k);
      end
      maintain(MaintSweep, 0, 0, 0, home(k), '0);
      see(home(k));
      put(home(k), '0);
    end
    // Sets of four others: free and expired ways, victims by kind, full sets, for every kind of frame.
    n_cramped = 0;
    for (int n = 0; n < 12000; n++) begin
      if (n % 20 == 0) configure();
      t = 64'($urandom);
      cfg.adopt_until = 32'(t) + 32'($urandom_range(0, 1));
      m.cfg = cfg;
      k = some_key();
      for (int w = 0; w < 4; w++) begin
        e = some_entry(24'($urandom) | 24'd1, $urandom_range(0, 3) != 0 ? 0 : $urandom_range(0, 1100));
        if ($urandom_range(0, 1) == 0) e[38:36] = 3'($urandom_range(4, 5));
        if ($urandom_range(0, 15) == 0) e = '0;
        put(4 * (int'(k.index) % 256) + w, e);
      end
      about(some_entry(0, 0));
      send(k);
      n_cramped += 32'(due_result.cramped);
      for (int w = 0; w < 4; w++) see(4 * (int'(k.index) % 256) + w);
    end
    if (!checked(n_cramped > 300)) tell($sformatf("%0d full sets", n_cramped));
    // Maintenance clears: all, and all that counts as expired.
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 0, 1, 0, i, '0);
    if (!checked(m.used() == 0)) tell("everything expired");
    read_back();

    // Conversations.
    for (int round = 0; round < 24; round++) begin
      k = some_key();
      for (int i = 0; i < 24; i++) pool[i] = '{tag: 40'({$urandom, $urandom}) | 40'(i), index: 10'(int'(k.index) + 256 * $urandom_range(0, 3) + i / 8)};
      for (int i = 1; i < 24; i += 3) pool[i].tag = pool[i-1].tag ^ (40'd1 << $urandom_range(0, 39));
      for (int i = 0; i < 24; i++) if (pool[i].tag == 0) pool[i].tag = 1;
      configure();
      if (cfg.half_open == 0) configure();
      cfg.half_open   = 10'($urandom_range(1, 20));
      cfg.established = 10'($urandom_range(1, 200));
      cfg.closing     = 10'($urandom_range(1, 40));
      cfg.closed      = 10'($urandom_range(1, 10));
      t               = 64'($urandom_range(0, 1 << 30));
      cfg.adopt_until = 32'(t) + 32'($urandom_range(0, 200));
      m.cfg = cfg;
      converse(2500, round % 2 == 0 ? 24 : 6, round % 3, 10);
      read_back();
    end
    for (int b = 0; b < 7; b++) if (!checked(moves[b] > 500)) tell($sformatf("move %0d: %0d times", b, moves[b]));
    if (!checked(late > 500)) tell($sformatf("%0d dropped out before", late));
    for (int r = 1; r < 41; r++) if (!checked(rows[r] > 40)) tell($sformatf("row %0d: %0d times", r, rows[r]));
    for (int v = 1; v < 16; v++) if (!checked(events[v] > 100)) tell($sformatf("event %0d: %0d times", v, events[v]));
    report("weir_connections");
    $finish;
  end
endmodule

`default_nettype wire
