// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_state: both stages together, a slot every 8 clocks. Clients open connections to a few servers, some of them
// under a SYN flood from addresses that nobody has, with each method of validation in turn; challenged clients answer with the very
// cookie that they were sent, too late or wrongly at times; legitimate ones flood, too, and meet their limits; some frames are allowed by a
// rule; peaks are read between any two frames. Compared with docs/datapath.md 12 to 14 and 19 (tb/common/weir_state_ref.svh, weir_counts_ref.svh): what the record tells, the candidate and its verdict, the answer; in the end every entry, and the counts of entries.
// Scores of sources have a bench of their own: off here.
`default_nettype none

module weir_state_tb;
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

  slot_head_t   s1 = slot_head_t'(0);
  slot_head_t   s2 = slot_head_t'(0);
  stamp_t       stamp = '0;
  state_frame_t frame = state_frame_t'(0);
  tuple_t       tuple = tuple_t'(0);
  hash_t        key_connection = '0;
  hash_t        key_host = '0;
  hash_t        key_remote = '0;
  logic [MaintDataBits-1:0] wdata = '0;
  opinion_t      opinion;
  state_detail_t detail;
  state_notes_t  notes;
  logic [MaintDataBits-1:0] rdata;
  logic read_clear = 1'b1;
  logic [NumStates-1:0][31:0] evictions, fulls;
  logic [NumStates-1:0][15:0] used;

  weir_state dut (
      .clk, .rst,
      .phase_i         (phase),
      .s1_i            (s1),
      .s1_stamp_i      (stamp),
      .s1_frame_i      (frame),
      .s1_tuple_i      (tuple),
      .s1_connection_i (key_connection),
      .s1_host_i       (key_host),
      .s1_remote_i     (key_remote),
      .s2_i            (s2),
      .wdata_i         (wdata),
      .opinion_o       (opinion),
      .detail_o        (detail),
      .notes_o         (notes),
      .verdict_valid_i (1'b0),
      .verdict_seqno_i (4'd0),
      .verdict_i       (3'd0),
      .verdict_reason_i(8'd0),
      .read_clear_i    (read_clear),
      .rdata_o         (rdata),
      .evictions_o     (evictions),
      .full_o          (fulls),
      .used_entries_o  (used)
  );

  `include "weir_check.svh"
  function automatic void tell(string what);
    $display("%0t: %s", $time, what);
  endfunction

  // --- The reference ----------------------------------------------------------------------------------------------------
  ref_connections   conns;
  ref_syn_meters    meters;
  ref_known_sources legit;
  ref_known_sources proven;
  ref_counts        clients, servers;
  ref_zombie        zombie;
  state_cfg_t       cfg = state_cfg_t'(0);
  int               slice[4096];
  int               history[4096];
  int               load_slice = 0, load_now = 0, load_before = 0, load_passed = 0;
  stamp_t           now = 64'd1_700_000_000_000_000;

  // One client at one server.
  typedef struct {
    tuple_t      tuple;
    hash_t       key;
    int          remote;
    int          server;
    bit          issued;     // a cookie, and when
    logic [31:0] cookie;
    longint      epoch;
  } pair_t;
  localparam int Remotes = 24;
  localparam int Servers = 3;
  localparam int Pairs   = 40;
  pair_t pairs[Pairs];
  hash_t remote_key[Remotes];
  hash_t server_key[Servers];

  typedef struct {
    bit          frame;
    int          pair;       // -1: nobody
    state_frame_t f;
    bit          in_tcp;
    bit          in_syn;
    ref_conn_t   c;
    ref_floods_t m;
    bit          proof;
    stamp_t      stamp;
    hash_t       remote;
    hash_t       host;
    logic [39:0] host_tag;
    logic [39:0] conn_tag;
    state_cfg_t  cfg;
  } work_t;
  work_t in_s2;
  int    reasons[256];
  int    n_entered = 0, n_flooded = 0, n_allowed[2] = '{0, 0}, n_zombies = 0, n_trips = 0;
  int    n_sketch[4] = '{default: 0};  // method 3: answered in a crowd, proofs, seen and let pass in a crowd, seen and not

  // Peaks (19), from 192 on.
  logic [17:0] peak[5];
  int          n_peaks[5];
  int          peeked = -1;  // read by the slot now in S2
  logic [17:0] peak_want;
  function automatic void peak_of(int n, longint value);
    if (value > 64'(peak[n])) peak[n] = 18'(value);
  endfunction

  // What S2 has to say of a frame that was in S1 a slot ago; its tables are changed as well.
  task automatic judge(work_t w);
    ref_known_t l, p;
    ref_count_t e;
    ref_zombie_t z;
    logic [2:0] flood;
    bit begins;
    int limit, measured;
    bit known, enters, passes, valid, dry, demote, saw, crowded;
    logic [7:0] reason;
    logic [2:0] verdict;
    answer_e    answer;
    int         cell_no, s, n;
    act_t       act;
    logic [39:0] tag;
    detail_t    told;
    l = '{default: 0};
    e = '{default: 0};
    z = '{default: 0};
    flood = {zombie.meter.flood && w.in_tcp && w.cfg.syn.enable, w.m.flood};
    begins = 0;
    {limit, measured} = '0;
    p = '{default: 0};
    known  = w.in_tcp && (w.c.said inside {EventKnown, EventSimultaneous, EventHalfOpen, EventEstablished, EventReset,
                                           EventAdopted, EventClosed});
    if (w.in_tcp) begin
      enters = w.c.said == EventEstablished && w.f.checked && !w.c.opener && !w.c.adopted && flood == 0 &&
               !w.cfg.syn.legit_manual;
      legit.limit  = int'(w.cfg.syn.legit_timeout);
      proven.limit = int'(w.cfg.syn.proven_timeout);
      l = legit.look(w.remote, 64'(w.stamp >> 26), enters);
      p = proven.look(w.remote, 64'(w.stamp >> 20), w.proof);
      n_entered += 32'(enters);
      n_allowed[1] += 32'(enters && w.f.allowed);
    end
    if (w.f.look_tcp && w.cfg.conn.mode != ConnModeOff) begin
      e = clients.look(w.remote, 64'(w.stamp >> 24), w.c.move);
      void'(servers.look(w.host, 64'(w.stamp >> 24), w.c.move));
      if (e.joins) begin
        peak_of(3, 64'(e.joined_established));
        peak_of(4, 64'(e.joined_opened));
      end
    end
    if (w.in_syn && !w.f.allowed && w.cfg.syn.enable) begin
      begins = w.c.said == EventSynNew || w.cfg.conn.mode == ConnModeOff;
      z = zombie.look(64'(w.stamp >> 16), begins && l.hit, w.cfg.zombie);
      n_trips += 32'(z.trip);
      if (begins && l.hit) peak_of(2, zombie.meter.count);
    end
    valid   = 0;
    dry     = 0;
    demote  = 0;
    reason  = 0;
    verdict = VerdictDrop;
    answer  = AnswerNone;
    tag     = w.conn_tag;
    act     = '0;
    if (!w.f.dir && !w.f.allowed && w.cfg.conn.mode == ConnModeOn) begin
      if (w.c.said == EventNone) begin act = w.cfg.act[0]; reason = ReasonConnNone; end
      if (w.c.said == EventState) begin act = w.cfg.act[1]; reason = ReasonConnState; end
      if (w.c.said == EventWindow) begin act = w.cfg.act[2]; reason = ReasonConnWindow; end
      if (w.c.said == EventFull && w.cfg.conn.fail_closed) begin act = w.cfg.act[3]; reason = ReasonFullConnection; end
      if (w.c.said == EventQuote) begin act = w.cfg.act[4]; reason = ReasonIcmpQuote; end
    end
    {valid, demote, dry} = {act.action >= 2, act.action == 3, act.dry_run};
    if (w.proof) begin
      n_sketch[1] += 32'(w.cfg.syn.method == SynRetransmission);
      {valid, demote, dry} = 3'b100;
      reason  = ReasonSynProof;
      verdict = VerdictConsume;
      if (w.cfg.syn.method == SynCookie && w.f.answerable) begin
        verdict = VerdictAnswer;
        answer  = AnswerReset;
      end
    end
    passes = l.hit || (l.cramped && w.cfg.syn.legit_open) || p.hit;
    if (begins && flood[2] && passes) begin
      n_zombies++;
      if (w.cfg.zombie.concurrent != 0 && e.established >= 32'(w.cfg.zombie.concurrent)) begin
        limit    = 32'(w.cfg.zombie.concurrent);
        measured = e.established;
      end else if (w.cfg.zombie.opened != 0 && e.opened >= 32'(w.cfg.zombie.opened)) begin
        limit    = 32'(w.cfg.zombie.opened);
        measured = e.opened;
      end
      if (limit != 0) begin
        act    = w.cfg.act[7];
        reason = ReasonZombieLimit;
        tag    = w.remote.tag;
        {valid, demote, dry} = {act.action >= 2, act.action == 3, act.dry_run};
      end
    end
    if (begins && flood != 0 && !passes && w.cfg.act[5].action != 0) begin
      n_flooded++;
      {valid, demote, dry} = {2'b10, w.cfg.act[5].dry_run};
      reason = ReasonSynFlood;
      tag    = w.host_tag;
      case (w.cfg.syn.method)
        SynAckCookie, SynCookie:
          if (w.f.answerable && !dry) begin
            reason  = ReasonSynChallenge;
            verdict = VerdictAnswer;
            answer  = w.cfg.syn.method == SynCookie ? AnswerSynCookie : AnswerAckCookie;
          end
        SynRetransmission: begin
          reason  = ReasonSynFirst;
          s = int'((w.stamp / 64'd262144) % 64'd16);
          n = (s + 16 - load_slice) % 16;
          if (n != 0) {load_before, load_now, load_passed} = {n == 1 ? load_now : 32'd0, 64'd0};
          load_slice = s;
          crowded  = w.cfg.syn.sketch_limit != 0 && (load_now >= 32'(w.cfg.syn.sketch_limit) || load_before >= 32'(w.cfg.syn.sketch_limit));
          if (load_now < 4095) load_now++;
          cell_no = int'(w.conn_tag % 40'd4096);
          n = (s + 16 - slice[cell_no]) % 16;
          n = n >= 5 ? 0 : (history[cell_no] << n) % 32;
          saw = n >= 4;
          history[cell_no] = crowded ? n : n | 1;
          slice[cell_no] = s;
          if (crowded && saw) n_sketch[load_passed < 32'(w.cfg.syn.sketch_limit) ? 2 : 3]++;
          if (saw && (w.cfg.syn.sketch_limit == 0 || load_passed < 32'(w.cfg.syn.sketch_limit))) begin
            valid = 0;
            if (load_passed < 4095) load_passed++;
          end
          else if (crowded) begin
            reason = ReasonSynFlood;
            if (w.f.answerable && !dry) begin
              n_sketch[0]++;
              reason  = ReasonSynChallenge;
              verdict = VerdictAnswer;
              answer  = AnswerAckCookie;
            end
          end
        end
        default: ;
      endcase
    end
    if (valid) reasons[reason]++;

    // Compared.
    if (!checked(notes.seen == w.c.said)) tell($sformatf("event %0d, not %0d", notes.seen, w.c.said));
    if (!checked(notes.known == known && notes.legit == l.hit && notes.proven == p.hit))
      tell($sformatf("known %b legit %b proven %b, not %b %b %b", notes.known, notes.legit, notes.proven, known, l.hit, p.hit));
    if (!checked(notes.flood == flood && notes.trips == {z.trip, w.m.trip} && notes.ends == {z.ends, w.m.ends})) tell("flood");
    if (w.f.allowed) begin
      n_allowed[0]++;
      if (!checked(opinion.strength == OpinionNone && !opinion.dry)) tell("an opinion of an allowed frame");
    end
    if (!checked(opinion.strength == (!valid ? OpinionNone : dry ? OpinionDry : demote ? OpinionDemote : OpinionDrop)))
      tell($sformatf("strength %0d of reason %h, wanted %0d %h", opinion.strength, opinion.reason, valid, reason));
    if (valid) begin
      if (!checked(opinion.reason == reason && opinion.position == PosState && opinion.dry == dry))
        tell($sformatf("reason %h, not %h", opinion.reason, reason));
      told     = '0;
      told.tag = tag;
      if (reason inside {ReasonSynFlood, ReasonSynChallenge, ReasonSynFirst}) begin
        told.threshold = 24'(w.cfg.syn.host_threshold);
        told.measured  = 24'(w.m.count);
      end
      if (reason == ReasonZombieLimit) {told.threshold, told.measured} = {24'(limit), 24'(measured)};
      if (!checked(detail.detail == told))
        tell($sformatf("detail %p", detail.detail));
      if (!dry && !demote)
        if (!checked(detail.verdict == verdict && (verdict != VerdictAnswer || detail.answer.kind == answer))) tell("verdict");
    end
    // Without a limit nothing proves with method 3, not even the very number that would with one.
    if (w.pair >= 0 && ((valid && verdict == VerdictAnswer && answer != AnswerReset) ||
                        (w.in_syn && w.cfg.syn.method == SynRetransmission && w.cfg.syn.sketch_limit == 0))) begin
      pairs[w.pair].issued = 1;
      pairs[w.pair].cookie = detail.answer.cookie;
      pairs[w.pair].epoch  = 64'(w.stamp >> 22);
    end
  endtask

  // --- One slot: w in S1, the one before in S2 ----------------------------------------------------------------------------
  logic [MaintDataBits-1:0] answered;
  task automatic slot(work_t w);
    s2 = s1;
    s1 = slot_head_t'(0);
    s1.kind    = w.frame ? SlotPacket : command_next.active ? SlotMaint : SlotIdle;
    s1.command = command_next;
    stamp      = w.frame ? w.stamp : now;
    frame      = w.f;
    key_connection = w.frame ? conn_key_next : hash_t'({$urandom, $urandom});
    key_host       = w.frame ? host_key_next : hash_t'({$urandom, $urandom});
    key_remote     = w.frame ? w.remote : hash_t'({$urandom, $urandom});
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      read_clear = p == 0 && s1.command.active && !s1.command.clear && s1.command.op == MaintRead;
      @(negedge clk);
      if (!read_clear) answered |= rdata;
      if (p == 7 && in_s2.frame) judge(in_s2);
      @(posedge clk);
      #1;
    end
    in_s2 = w;
    command_next = command_t'(0);
    if (peeked >= 0) begin
      if (!checked(answered == MaintDataBits'(peak_want))) tell($sformatf("peak %0d: %h, not %h", 192 + peeked, answered, peak_want));
      n_peaks[peeked] += 32'(peak_want != '0);
    end
    peeked = -1;
  endtask
  command_t command_next = command_t'(0);
  hash_t    conn_key_next = '0;
  hash_t    host_key_next = '0;

  task automatic idle();
    work_t w;
    w = '{default: 0};
    w.f = state_frame_t'({$urandom, $urandom, $urandom});
    {w.f.look_tcp, w.f.look_quote, w.f.look_score} = '0;
    slot(w);
  endtask
  // A write waits until nothing is behind it, as the slot source does.
  task automatic maintain(maint_op_e op, bit clear, int target, int index, logic [MaintDataBits-1:0] data);
    work_t w;
    command_next = '{active: 1'b1, clear: clear, expire: 1'b0, level: ExpireNone, op: op, target: 5'(target), index: 11'(index)};
    wdata    = data;
    answered = '0;
    idle();
    if (!clear) repeat (2) idle();
    wdata = '0;
  endtask

  // The next slot, whatever is in it, sees the answer.
  task automatic peek(int n);
    command_next = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone, op: MaintRead, target: TargetPeak, index: 11'(192 + n)};
    idle();
    answered  = '0;
    peeked    = n;
    peak_want = peak[n];
    peak[n]   = '0;
  endtask
  task automatic set_peak(int n, logic [17:0] value);
    maintain(MaintWrite, 0, 29, 192 + n, {{7{$urandom}}, $urandom & 32'hfffc_0000} | MaintDataBits'(value));
    peak[n] = value;
  endtask

  // --- A frame ------------------------------------------------------------------------------------------------------------
  // pair -1: from an address of nobody, to server `server`.
  task automatic send(int pair, int server, bit dir, logic [5:0] flags, logic [31:0] seq, logic [31:0] ack, int len, bit quote = 0);
    work_t w;
    bit    claims;
    w = '{default: 0};
    w.frame  = 1;
    w.pair   = pair;
    w.stamp  = now;
    w.cfg    = cfg;
    tuple    = tuple_t'({$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom});
    conn_key_next = '{tag: 40'({$urandom, $urandom}) | 40'd1, index: 10'($urandom)};
    w.remote      = '{tag: 40'({$urandom, $urandom}) | 40'd1, index: 10'($urandom)};
    host_key_next = server_key[server];
    if (pair >= 0) begin
      tuple         = pairs[pair].tuple;
      conn_key_next = pairs[pair].key;
      w.remote      = remote_key[pairs[pair].remote];
      host_key_next = server_key[pairs[pair].server];
    end
    w.host     = host_key_next;
    w.host_tag = host_key_next.tag;
    w.conn_tag = conn_key_next.tag;
    w.f = state_frame_t'({$urandom, $urandom, $urandom});
    {w.f.look_tcp, w.f.look_quote, w.f.look_score} = {!quote, quote, 1'b0};
    w.f.allowed = $urandom_range(0, 15) == 0;
    w.f.dir   = dir;
    w.f.flags = flags;
    w.f.seq   = seq;
    w.f.ack   = ack;
    w.f.len   = 11'(len);
    w.f.checked    = $urandom_range(0, 7) != 0;
    w.f.answerable = !dir && $urandom_range(0, 7) != 0;
    w.in_tcp = !quote && !dir;
    w.in_syn = w.in_tcp && flags[1] && !flags[4];
    w.c = '{default: 0};
    w.c.unknown = !quote;
    if (cfg.conn.mode != ConnModeOff)
      w.c = conns.look(conn_key_next, 64'(now >> 20), quote, dir, flags, seq, ack, len, w.f.ws);
    if (w.in_tcp && !w.f.allowed) w.m = meters.look(host_key_next, 64'(now >> 16), w.in_syn);
    if (w.in_syn && !w.f.allowed && cfg.syn.enable) begin
      peak_of(0, 64'(w.m.count));
      peak_of(1, meters.total.count);
    end
    if (w.in_tcp && w.f.allowed) w.m.flood[1] = meters.total.flood && cfg.syn.enable;
    claims = pair >= 0 && pairs[pair].issued && (64'(now >> 22) == pairs[pair].epoch || 64'(now >> 22) == pairs[pair].epoch + 1);
    w.proof = w.in_tcp && !w.f.allowed && !flags[1] && w.c.unknown && cfg.syn.enable && claims &&
              (((cfg.syn.method == SynAckCookie || (cfg.syn.method == SynRetransmission && cfg.syn.sketch_limit != 0)) && flags[2] && seq == pairs[pair].cookie) ||
               (cfg.syn.method == SynCookie && !flags[2] && flags[4] && ack == pairs[pair].cookie + 1));
    slot(w);
  endtask

  // What a client or its server does next, given where its connection is.
  task automatic act(int n);
    int i;
    logic [31:0] end_r, end_p;
    bit later;
    i = cfg.conn.mode == ConnModeOff ? -1 : conns.find(pairs[n].key, 64'(now >> 20));
    {end_r, end_p} = i < 0 ? {$urandom, $urandom} : {conns.e[i][75:44], conns.e[i][107:76]};
    later = $urandom_range(0, 9) == 0;
    case (i < 0 ? 0 : int'(conns.e[i][38:36]))
      0, 6: begin
        if (pairs[n].issued && $urandom_range(0, 2) != 0) begin
          // A proof, or nearly.
          if (later) now += 64'($urandom_range(1, 8_400_000));
          end_r = pairs[n].cookie + ($urandom_range(0, 7) == 0 ? 32'd1 << $urandom_range(0, 31) : 32'd0);
          if (cfg.syn.method != SynCookie) send(n, 0, 0, 6'b000100, end_r, $urandom, 0);
          else send(n, 0, 0, 6'b010000, $urandom, end_r + 1, $urandom_range(0, 100));
        end
        else if ($urandom_range(0, 9) == 0) send(n, 0, 0, 6'b010000, end_r, end_p, 10);
        else if ($urandom_range(0, 9) == 0) send(n, 0, 1, 6'b000010, end_p, 0, 0);
        else begin
          send(n, 0, 0, 6'b000010, end_r, 0, 0);
          if ($urandom_range(0, 2) == 0) send(n, 0, 1, 6'b010010, end_p, end_r + 1, 0);
        end
      end
      3: send(n, 0, 0, 6'b010000, end_r, later ? end_p + 1 : end_p, $urandom_range(0, 100));
      4, 5:
        case ($urandom_range(0, 9))
          0, 1: send(n, 0, 0, 6'b010001, end_r, end_p, 0);
          2, 3: send(n, 0, 1, 6'b010001, end_p, end_r, 0);
          4: send(n, 0, 0, 6'b000100, later ? end_r + 1 : end_r, 0, 0);
          5: send(n, 0, 0, 6'b000010, end_r + 5, 0, 0);
          6: send(n, 0, 0, 0, $urandom_range(0, 1) == 0 ? end_p - 7 : end_p + 9, 0, 0, 1);
          default: send(n, 0, 1'($urandom), 6'b010000, end_r + (later ? 32'h4000_0000 : 32'd0), end_p, $urandom_range(0, 1400));
        endcase
      default: send(n, 0, $urandom_range(0, 3) == 0, $urandom_range(0, 1) == 0 ? 6'b010010 : 6'b010000, end_r, end_p, 0);
    endcase
  endtask

  task automatic configure(int method, conn_mode_e mode);
    logic [MaintDataBits-1:0] w[7];
    w = '{default: '0};
    w[0][1:0]    = mode;
    w[0][2]      = 1'($urandom);
    w[0][12:8]   = 5'd20;
    w[0][32+:10] = 10'd8;
    w[0][48+:10] = 10'd40;
    w[0][64+:10] = 10'd10;
    w[0][80+:10] = 10'd4;
    w[1][1:0]    = 2'(method);
    w[1][4]      = $urandom_range(0, 7) != 0;
    w[1][32+:13] = 13'($urandom_range(1, 12));
    w[1][48+:8]  = 8'($urandom_range(0, 40));
    w[1][64+:18] = $urandom_range(0, 2) == 0 ? 18'd0 : 18'($urandom_range(8, 40));
    w[1][88+:8]  = 8'($urandom_range(0, 40));
    w[1][96+:8]  = 8'($urandom_range(1, 255));
    w[1][112+:10] = 10'($urandom_range(1, 3));
    w[1][128+:10] = 10'($urandom_range(1, 20));
    case ($urandom_range(0, 7))
      0:       w[1][148+:12] = '0;
      1:       w[1][148+:12] = 12'd4095;
      2:       w[1][148+:12] = 12'($urandom);
      default: w[1][148+:12] = 12'($urandom_range(1, 3));
    endcase
    w[1][145:144] = 2'($urandom_range(0, 3) == 0 ? $urandom : 1);
    for (int a = 0; a < 6; a++) w[3][4*a+:3] = $urandom_range(0, 3) == 0 ? 3'd6 : $urandom_range(0, 2) == 0 ? 3'd3 : 3'd2;
    if ($urandom_range(0, 1) == 0) w[3][20+:3] = 3'd2;
    for (int i = 0; i < 4; i++) {w[4][32*i+:32], w[5][32*i+:32]} = {$urandom, $urandom};
    w[3][28+:3]  = w[3][0+:3];
    w[6][17:0]   = $urandom_range(0, 3) == 0 ? 18'd0 : 18'($urandom_range(1, 5));
    w[6][31:24]  = 8'($urandom_range(0, 30));
    w[6][32+:11] = 11'($urandom_range(0, 6));
    w[6][48+:8]  = 8'($urandom_range(0, 4));
    for (int i = 0; i < 7; i++) maintain(MaintWrite, 0, 23, i, w[i]);
    cfg.conn = '{mode: mode, fail_closed: w[0][2], window_log2: 5'd20, half_open: 10'd8, established: 10'd40, closing: 10'd10,
                 closed: 10'd4, adopt_until: '0};
    cfg.syn = '{method: syn_method_e'(method), enable: w[1][4], host_threshold: w[1][32+:13], host_hold: w[1][48+:8],
                total_threshold: w[1][64+:18], total_hold: w[1][88+:8], host_timeout: w[1][96+:8],
                legit_timeout: w[1][112+:10], proven_timeout: w[1][128+:10], legit_open: w[1][144], legit_manual: w[1][145],
                sketch_limit: w[1][148+:12]};
    cfg.zombie = '{threshold: w[6][17:0], hold: w[6][31:24], concurrent: w[6][32+:11], opened: w[6][48+:8]};
    for (int a = 0; a < 8; a++) cfg.act[a] = act_t'(w[3][4*a+:3]);
    conns.cfg  = cfg.conn;
    meters.cfg = cfg.syn;
    // Other keys, other cookies.
    for (int n = 0; n < Pairs; n++) pairs[n].issued = 0;
  endtask

  task automatic read_back();
    for (int i = 0; i < 1024; i++) begin
      maintain(MaintRead, 0, 16, i, '0);
      if (!checked(answered == conns.e[i])) tell($sformatf("connection %0d: %h, not %h", i, answered, conns.e[i]));
      maintain(MaintRead, 0, 18, i, '0);
      if (!checked(answered == legit.e[i])) tell($sformatf("legit %0d: %h, not %h", i, answered, legit.e[i]));
      if (i < 256) begin
        maintain(MaintRead, 0, 21, i, '0);
        if (!checked(answered == clients.e[i])) tell($sformatf("client %0d: %h, not %h", i, answered, clients.e[i]));
        maintain(MaintRead, 0, 22, i, '0);
        if (!checked(answered == servers.e[i])) tell($sformatf("server %0d: %h, not %h", i, answered, servers.e[i]));
      end
      if (i < 512) begin
        maintain(MaintRead, 0, 19, i, '0);
        if (!checked(answered == proven.e[i])) tell($sformatf("proven %0d: %h, not %h", i, answered, proven.e[i]));
        maintain(MaintRead, 0, 17, i, '0);
        if (!checked(answered == meters.e[i])) tell($sformatf("host %0d: %h, not %h", i, answered, meters.e[i]));
      end
      maintain(MaintRead, 0, 24, i, '0);
      for (int k = 0; k < 4; k++)
        if (!checked(answered[9*k+:9] == {4'(slice[4*i+k]), 5'(history[4*i+k])})) tell($sformatf("cell %0d", 4 * i + k));
    end
    if (!checked(32'(used[0]) == conns.used() && 32'(used[1]) == meters.used() && 32'(used[2]) == legit.used() &&
              32'(used[3]) == proven.used() && used[4] == 0 && 32'(used[5]) == clients.used() && 32'(used[6]) == servers.used())) tell("entries that are not free");
    if (!checked(32'(evictions[0]) == conns.evictions && 32'(evictions[1]) == meters.evictions && 32'(fulls[0]) == conns.fulls &&
              32'(fulls[1]) == meters.fulls && evictions[2] == 0 && 32'(evictions[5]) == clients.evictions &&
              32'(evictions[6]) == servers.evictions && {fulls[6:3], evictions[4]} == '0)) tell("evictions, full sets");
  endtask

  localparam int Methods[7] = '{0, 1, 2, 3, 1, 3, 3};
  initial begin
    int c;
    void'($urandom(32'd16));
    conns  = new();
    meters = new();
    legit  = new(StateLegitSetsLog2, 1'b1);
    proven = new(StateProvenSetsLog2, 1'b0);
    clients = new();
    servers = new();
    zombie = new();
    in_s2  = '{default: 0};
    for (int i = 0; i < Servers; i++) server_key[i] = '{tag: 40'({$urandom, $urandom}) | 40'd1, index: 10'd5};
    for (int i = 0; i < Remotes; i++) remote_key[i] = '{tag: 40'({$urandom, $urandom}) | 40'd1, index: 10'($urandom_range(0, 3))};
    for (int i = 0; i < Pairs; i++) begin
      pairs[i].tuple  = tuple_t'({$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom});
      pairs[i].key    = '{tag: 40'({$urandom, $urandom}) | 40'd1, index: 10'($urandom_range(0, 7))};
      pairs[i].remote = i % Remotes;
      pairs[i].server = i % Servers;
      pairs[i].issued = 0;
      pairs[i].cookie = '0;
      pairs[i].epoch  = 0;
    end
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    for (int i = 0; i < 1024; i++) maintain(MaintSweep, 1, 0, i, '0);
    // Without configuration nothing is seen.
    for (int n = 0; n < 200; n++) begin
      send($urandom_range(0, Pairs - 1), 0, 1'($urandom), 6'b000010, $urandom, $urandom, 0);
      if (!checked(!in_s2.c.said)) tell("an event without configuration");
    end
    peak = '{default: '0};
    for (int n = 0; n < 5; n++) begin
      maintain(MaintRead, 0, 29, 192 + n, '0);
      if (!checked(answered == '0)) tell("a peak without a frame");
      set_peak(n, 18'h3ffff);
      maintain(MaintRead, 0, 29, 128 + n, '0);
      if (!checked(answered == '0)) tell("a peak of a meter");
      peek(n);
      idle();
      peek(n);
      idle();
    end
    for (int round = 0; round < 90; round++) begin
      if ($urandom_range(0, 2) == 0) now += 64'($urandom_range(0, 30_000_000));
      configure(Methods[round%7], round % 15 == 14 ? ConnModeOff : round % 15 == 7 ? ConnModeAsymmetric : ConnModeOn);
      for (int n = 0; n < 500; n++) begin
        now += 64'($urandom_range(0, $urandom_range(0, 9) == 0 ? 150_000 : 6_000));
        c = $urandom_range(0, Pairs - 1);
        // A flood comes and goes.
        if (n % 250 > 50 && n % 250 < 180 && $urandom_range(0, 1) == 0) begin
          send(-1, round % Servers, 0, 6'b000010, $urandom, 0, 0);
          if (cfg.syn.method == SynRetransmission && $urandom_range(0, 2) == 0) begin
            send(c, 0, 0, 6'b000010, $urandom, 0, 0);
            // Late, or while it is still crowded; and what the answer to it is answered with.
            now += $urandom_range(0, 1) == 0 ? 64'($urandom_range(100_000, 900_000)) : 64'($urandom_range(0, 2_000));
            send(c, 0, 0, 6'b000010, $urandom, 0, 0);
            if (pairs[c].issued) repeat (2) act(c);
          end
        end
        else if ($urandom_range(0, 15) == 0) idle();
        else if ($urandom_range(0, 11) == 0) begin
          peek($urandom_range(0, 4));
          if ($urandom_range(0, 3) == 0) idle();
          else act(c);
        end
        else act(c);
      end
      idle();
      idle();
      if (round % 4 == 0) set_peak($urandom_range(0, 4), 18'($urandom_range(0, 4)));
    end
    for (int n = 0; n < 5; n++) begin
      peek(n);
      idle();
      if (!checked(n_peaks[n] > 50)) tell($sformatf("peak %0d: %0d times", n, n_peaks[n]));
    end
    read_back();
    if (!checked(n_allowed[0] > 1000 && n_allowed[1] > 5 && n_zombies > 200 && n_trips > 20))
      tell($sformatf("%0d allowed, %0d entered; %0d SYNs of zombies, %0d floods", n_allowed[0], n_allowed[1], n_zombies, n_trips));
    if (!checked(n_sketch[0] > 100 && n_sketch[1] > 50 && n_sketch[2] > 20 && n_sketch[3] > 3)) tell($sformatf("sketch: %p", n_sketch));
    if (!checked(n_entered > 100)) tell($sformatf("%0d entered as legitimate", n_entered));
    for (int r = 0; r < 256; r++)
      if ((r >= 32'(ReasonConnNone) && r <= 32'(ReasonConnWindow)) || r == 32'(ReasonIcmpQuote) ||
          (r >= 32'(ReasonSynFlood) && r <= 32'(ReasonZombieLimit)))
        if (!checked(reasons[r] > 20)) tell($sformatf("reason %h: %0d times", r, reasons[r]));
    report("weir_state");
    $finish;
  end
endmodule

`default_nettype wire
