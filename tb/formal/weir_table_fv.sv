// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_table, small: 2 sets of 4 ways a look-up, entries of tag, window, pin, lock and a score of 2 bits,
// under any frames, any maintenance and any user that keeps the rules of the update port. The memory is arbitrary at the
// start, and so is the entry that is followed. Proved:
//   decision     a look-up is a hit, an insertion, an eviction, full, or (without insert_i) nothing, exactly one of them,
//                as the four ways of its set say; the update port says so in clock 6, and shows that entry; so does a
//                maintenance read, which writes nothing
//   found        an entry that is in the set looked up, has the key's tag and has not expired, gives a hit: itself, or one probed
//                before it; an expired one never gives a hit, nor a way that is free
//   never lost   an entry that is not free stays as it is but for its own key's update, maintenance of this entry, a
//                sweep that finds it expired, a key that takes it when it has expired, or as a victim told by evict_o,
//                and then it has no pin and no lock
//   never invented   one entry at most is written for a look-up, in its clock 7, with what the user gives
//   account      grow_o less shrink_o is the change in the entries that are not free, but for clearing
//   told         miss_o: no hit; no_room_o with it: neither a free or expired way nor a victim
//   memory       no word is read for a look-up in the clock in which it is written
// Two kinds of entries: those of meters (times of 10 bits, one timeout, scores that fade), and those of state: times of 12
// bits, scores that do not fade, and (ViewTimeout, as of connections) a timeout that depends on the
// entry. And three widths of what is kept of a tag.
// Bounded, from reset on: seven whole slots back to back (tasks one, two, state, known), two of two memories of unequal size (unequal).
// The table keeps nothing from slot to slot but its memory, arbitrary here, and the second look-up, which ends in the next
// slot: so what holds for the second slot holds for every slot. That is an argument, not part of the proof.
// Not empty: the tasks "reached" are to fail, by a run in which a hit, an insertion, one in an expired entry's place, an
// eviction, a full set, a sweep that frees and a maintenance read all come about within the bound.
//
// No rule of the inputs is assumed: what breaks it is not made. So the solver sees the same slot, the same words and the
// same ages here and in the table, and compares what is done with them.
`default_nettype none

module weir_table_fv
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
    parameter int unsigned KeptBits  = TagBits,  // of a tag
    parameter int unsigned Lookups   = 2,
    parameter int unsigned SetsLog2A = 1,
    parameter int unsigned SetsLog2B = 1,
    parameter bit          OfState   = 1'b0,  // entries of the tables of state
    parameter bit          ViewTimeout = 1'b0,
    localparam int unsigned TimeBits = OfState ? 12 : WindowBits,
    localparam int unsigned TimeoutBits = OfState ? 10 : 8,
    localparam int unsigned ScoreBits = 2,
    localparam int unsigned AtBits    = SetsLog2A + 3
) (
    input wire clk,
    // Anything: a slot, insert_i, what the user writes, the entry that is followed.
    input wire  [Lookups-1:0]       valid_i,
    input wire hash_t [Lookups-1:0] key_i,
    input wire  [TimeBits-1:0]      window_i,
    input wire                      insert_i,
    input wire  [Lookups-1:0][TimeoutBits-1:0] timeout_i,
    input wire  [3:0][TimeoutBits-1:0] kind_timeout_i,  // by score, with ViewTimeout
    input wire command_t            command_i,
    input wire  [ScoreBits+TimeBits+KeptBits+1:0] data_i,
    input wire                      wdata_held_i,
    input wire  [AtBits-1:0]        pick_i
);
  localparam int unsigned EntriesA  = 4 << SetsLog2A;
  localparam int unsigned EntriesB  = 4 << SetsLog2B;
  localparam int unsigned TargetA   = 10;
  localparam int unsigned TargetB   = 11;
  localparam int unsigned SweepBase = 5;

  typedef struct packed {
    logic [ScoreBits-1:0]  score;
    logic                  locked;
    logic                  pinned;
    logic [TimeBits-1:0]   window;
    logic [KeptBits-1:0]   tag;
  } entry_t;

  typedef struct packed {
    logic [Lookups-1:0]      valid;
    hash_t [Lookups-1:0]     key;
    logic [TimeBits-1:0]     window;
    logic [Lookups-1:0][TimeoutBits-1:0] timeout;
    logic [3:0][TimeoutBits-1:0] kind_timeout;
    command_t                command;
  } slot_t;

  // Reset from phase 3 to 7: the first slot is whole, and no look-up is left from before.
  logic [2:0] phase = 3'd3;
  logic       rst   = 1'b1;
  always_ff @(posedge clk) begin
    phase <= phase + 3'd1;
    if (phase == 3'd7) rst <= 1'b0;
  end

  // --- The slot: offered in phases 0 to 3, anything else at other times -----------------------------------------------
  slot_t any, offer_q, offer;
  slot_t slot_q;    // from phase 4 to 3, until its second look-up has ended
  logic  insert_q;
  initial offer_q = '0;
  always_comb begin
    any = '{valid: valid_i, key: key_i, window: window_i, timeout: timeout_i, kind_timeout: kind_timeout_i,
            command: command_i};
    for (int l = 0; l < Lookups; l++) begin
      if (any.key[l].tag == '0) any.key[l].tag = TagBits'(1);
      if (any.timeout[l] == '0) any.timeout[l] = TimeoutBits'(1);
    end
    for (int t = 0; t < 4; t++) if (any.kind_timeout[t] == '0) any.kind_timeout[t] = TimeoutBits'(1);
    // As weir_slot_source makes them.
    if (any.command.active) any.valid = '0;
    else any.command = '0;
    if (any.command.op == MaintExpire || any.command.clear) any.command.op = MaintSweep;
    if (any.command.op != MaintSweep || any.command.clear) any.command.expire = 1'b0;
    offer = phase[2] ? any : offer_q;
  end
  always_ff @(posedge clk) begin
    if (phase == 3'd7) offer_q <= any;
    if (phase == 3'd3) slot_q <= offer_q;
    if (phase == 3'd4) insert_q <= insert_i;
  end

  // --- The table -----------------------------------------------------------------------------------------------------
  entry_t                view, entry, data;
  logic                  update, raw, is_new, fresh, sweep, read, full, evict, grow, shrink;
  logic                  miss, no_room;
  logic [TimeBits-1:0]   age;
  logic [KeptBits-1:0]   tag;

  weir_table #(
      .EntryBits($bits(entry_t)), .KeptBits(KeptBits), .ScoreBits(ScoreBits), .ScoreFades(!OfState), .TimeBits(TimeBits), .TimeoutBits(TimeoutBits),
      .ViewTimeout(ViewTimeout), .Lookups(Lookups), .SetsLog2A(SetsLog2A), .SetsLog2B(SetsLog2B),
      .TargetA(TargetA), .TargetB(TargetB), .SweepBaseB(SweepBase)
  ) dut (
      .clk,
      .rst,
      .phase_i      (phase),
      .valid_i      (offer.valid),
      .key_i        (offer.key),
      .window_i     (offer.window),
      .insert_i,
      .timeout_i    (offer.timeout),
      .command_i    (offer.command),
      .view_entry_o (view),
      .view_window_i(view.window),
      .view_timeout_i(phase[2] ? slot_q.kind_timeout[view.score] : offer.kind_timeout[view.score]),
      .view_pinned_i(view.pinned),
      .view_locked_i(view.locked),
      .view_score_i (view.score),
      .update_o     (update),
      .raw_o        (raw),
      .new_o        (is_new),
      .fresh_o      (fresh),
      .sweep_o      (sweep),
      .age_o        (age),
      .entry_o      (entry),
      .read_o       (read),
      .full_o       (full),
      .miss_o       (miss),
      .no_room_o    (no_room),
      .evict_o      (evict),
      .grow_o       (grow),
      .shrink_o     (shrink),
      .wdata_held_i,
      .data_i       (data),
      .tag_o        (tag)
  );

  // The words of the memory that are looked at, as {look-up, set, way}: four ways in the order in which they are probed,
  // and the entry that is followed.
  localparam int unsigned Eyes = 5;
  logic   [Eyes-1:0][AtBits-1:0] eye_at;
  entry_t [Eyes-1:0]             eye;
  for (genvar i = 0; i < Eyes; i++) begin : g_eye
    if (Lookups == 1) begin : g_one
      always_comb eye[i] = entry_t'(dut.g_one.u_ram.g_block.mem[eye_at[i][AtBits-2:0]]);
    end else if (SetsLog2A == SetsLog2B) begin : g_half
      always_comb eye[i] = entry_t'(dut.g_halves.u_ram.g_block.mem[eye_at[i]]);
    end else begin : g_two
      always_comb eye[i] = eye_at[i][AtBits-1] ? entry_t'(dut.g_two_rams.u_second.g_block.mem[eye_at[i][SetsLog2B+1:0]])
                                               : entry_t'(dut.g_two_rams.u_first.g_block.mem[eye_at[i][AtBits-2:0]]);
    end
  end

  // --- What clock 6 has to say, from the four ways: as the table saw them, which are those of the memory --------------
  logic [AtBits-1:0]          pick_q;  // the entry that is followed
  entry_t [3:0]               way;     // in probe order, of maintenance the entry first
  logic                       due;     // clock 6 of a look-up
  logic                       second;
  logic                       packet;
  logic                       maint;
  logic                       clear;
  command_t                   c;
  hash_t                      k;
  logic [KeptBits-1:0]        k_tag;   // what is kept of it
  logic [10:0]                index;
  logic [3:0][TimeoutBits-1:0] timeout;  // of each way
  logic [SetsLog2A-1:0]       set;
  logic [1:0]                 first;   // way
  logic [3:0][TimeBits-1:0]   ages;
  logic [3:0][ScoreBits-1:0]  scores;
  logic [3:0]                 match;
  logic [3:0]                 avail;
  logic [3:0]                 cand;
  logic                       hit;
  logic                       least;
  logic [1:0]                 place;   // in probe order, of the way that is written or shown
  logic [AtBits-1:0]          at;
  entry_t                     was;     // the entry there
  logic                       old;
  logic                       step;    // of a sweep
  logic                       w_update, w_raw, w_full, w_evict, w_grow, w_shrink;

  always_ff @(posedge clk) way[phase[1:0] ^ 2'd2] <= view;
  always_comb begin
    due     = !rst && (phase == 3'd6 || (Lookups == 2 && phase == 3'd2));
    second  = !phase[2];
    c       = slot_q.command;
    k       = slot_q.key[Lookups == 2 && second];
    k_tag   = KeptBits < TagBits && k.tag[KeptBits-1:0] == '0 ? KeptBits'(1) : k.tag[KeptBits-1:0];
    packet  = slot_q.valid[Lookups == 2 && second];
    index   = c.index;
    if (second && c.op == MaintSweep && !c.clear) index -= 11'(SweepBase);
    maint = c.active && index < (second ? 11'(EntriesB) : 11'(EntriesA)) &&
            (c.op == MaintSweep || c.target == (second ? 5'(TargetB) : 5'(TargetA)));
    clear = maint && c.clear;
    set   = k.index[SetsLog2A-1:0];
    first = k_tag[1:0];
    if (c.active) {set, first} = index[SetsLog2A+1:0];
    if (second) set &= SetsLog2A'((1 << SetsLog2B) - 1);
    for (int p = 0; p < 4; p++) begin
      eye_at[p] = {second, set, 2'(first + 2'(p))};
      ages[p]   = slot_q.window - way[p].window;
      scores[p] = !OfState && ages[p] >= TimeBits'(2) ? '0 : way[p].score;
      timeout[p] = ViewTimeout ? slot_q.kind_timeout[way[p].score] : slot_q.timeout[Lookups == 2 && second];
      avail[p]  = way[p].tag == '0 || (!way[p].pinned && ages[p] >= TimeBits'(timeout[p]));
      match[p]  = way[p].tag == k_tag && !avail[p];
      cand[p]   = !way[p].pinned && !way[p].locked;
    end
    hit   = match != '0;
    place = '0;
    for (int p = 3; p >= 0; p--) begin
      least = cand[p];
      for (int o = 0; o < 4; o++) if (cand[o] && scores[o] < scores[p]) least = 1'b0;
      if (hit ? match[p] : avail != '0 ? avail[p] : least) place = 2'(p);
    end
    if (maint) place = '0;
    at        = eye_at[place];
    was       = way[place];
    eye_at[4] = pick_q;
    old      = c.expire || ages[place] >= TimeBits'(timeout[place]);
    step     = maint && c.op == MaintSweep && !clear && was.tag != '0 && old;
    w_update = (packet && (hit || (insert_q && (avail != '0 || cand != '0)))) || (step && was.pinned);
    w_shrink = step && !was.pinned;
    w_raw    = w_shrink || clear || (maint && c.op == MaintWrite);
    w_grow   = packet && !hit && insert_q && avail != '0 && was.tag == '0;
    if (maint && c.op == MaintWrite && !clear) {w_grow, w_shrink} = {was.tag == '0 && wdata_held_i, was.tag != '0 && !wdata_held_i};
    w_evict  = packet && !hit && insert_q && avail == '0 && cand != '0;
    w_full   = packet && !hit && insert_q && avail == '0 && cand == '0;
  end

  // --- Clock 7, and the entry that is followed -----------------------------------------------------------------------
  entry_t             mine, mine_q, data_q;
  logic               write_q = 1'b0;
  logic [AtBits-1:0]  write_at_q;
  logic               due_q = 1'b0;
  logic               sweeps_q, update_q, packet_q, maint_q, clear_q, shrink_q, grow_q, held_q, was_held_q;
  logic [KeptBits-1:0] tag_q;
  logic               done_q = 1'b0;  // this entry has been written
  logic               known_q = 1'b0;
  always_comb mine = eye[4];
  always_ff @(posedge clk) begin
    if (rst) begin
      pick_q <= pick_i;
      if (Lookups == 1) pick_q[AtBits-1] <= 1'b0;
      else if (pick_i[AtBits-1]) pick_q[AtBits-2:2] <= pick_i[AtBits-2:2] & SetsLog2A'((1 << SetsLog2B) - 1);
    end
    due_q      <= due;
    write_q    <= due && (w_update || w_raw);
    write_at_q <= at;
    update_q   <= w_update;
    packet_q   <= packet;
    maint_q    <= maint;
    clear_q    <= clear;
    sweeps_q   <= c.op == MaintSweep;
    shrink_q   <= shrink;
    grow_q     <= grow;
    held_q     <= wdata_held_i;
    was_held_q <= was.tag != '0;
    tag_q      <= maint ? was.tag : k_tag;
    done_q     <= write_q && write_at_q == pick_q;
    data_q     <= data;
    mine_q     <= mine;
    known_q    <= !rst;
  end
  // The user's part: an updated entry is of the tag that it is told, a freed one is free; it tells which a write is.
  always_comb begin
    data = entry_t'(data_i);
    if (write_q && update_q) data.tag = tag;
    if (write_q && !update_q && !clear_q) data.tag = held_q ? (data.tag == '0 ? KeptBits'(1) : data.tag) : '0;
    if (write_q && !update_q && (sweeps_q || clear_q)) data = '0;
  end

`ifdef REACHED
  logic [6:0] reached_q = '0;
  always_ff @(posedge clk) if (due) reached_q <= reached_q | {
    read && entry.tag != '0,                                  // maintenance reads an entry
    shrink && c.op == MaintSweep && second == 1'(Lookups - 1),           // a sweep frees one
    full,
    evict,
    update && is_new && !grow && !evict,           // a key takes an expired one's place
    grow,
    update && !is_new && packet                    // hit
  };
  always_comb assert (reached_q != '1);
`else
  // --- What is promised ----------------------------------------------------------------------------------------------
  always_comb if (!rst) begin
    if (due) begin
      // What the table has seen is what the memory holds.
      for (int p = 0; p < 4; p++) assert (way[p] == eye[p]);
      // Decision.
      assert (update == w_update);
      assert (raw == w_raw);
      assert (full == w_full && evict == w_evict && grow == w_grow && shrink == w_shrink);
      assert (miss == (packet && !hit));
      if (miss) assert (no_room == (avail == '0 && cand == '0));
      assert (read == (maint && c.op == MaintRead));
      if (packet && insert_q) assert (3'(update && !is_new) + 3'(update && is_new) + 3'(full) == 3'd1);
      if (packet && !insert_q) assert (update == hit && !full);
      assert (!evict || (update && is_new && !grow));
      if (update) assert (is_new == (packet && !hit) && sweep == maint && fresh == (is_new || old));
      if ((update && !is_new) || read) assert (entry == was && age == ages[place]);
      // Found, said once more of single ways.
      for (int p = 0; p < 4; p++)
        if (packet && eye_at[p] == pick_q && mine.tag == k_tag && (mine.pinned || ages[p] < TimeBits'(timeout[p])))
          assert (update && !is_new && (2'(p) == place ? entry == mine : 2'(p) > place));
      if (packet && update && !is_new)
        assert (entry.tag == k_tag && (entry.pinned || age < TimeBits'(ViewTimeout ? slot_q.kind_timeout[entry.score]
                                                                                : slot_q.timeout[Lookups == 2 && second])));
      // Never lost.
      if ((update || raw) && at == pick_q && mine.tag != '0) begin
        assert (maint || evict || mine.tag == k_tag || (!mine.pinned && ages[place] >= TimeBits'(timeout[place])));
        if (evict) assert (!mine.pinned && !mine.locked && ages[place] < TimeBits'(timeout[place]));
        if (maint && c.op == MaintSweep && !clear && raw) assert (!mine.pinned && old);
      end
      // A slot that is not about this table does nothing, nor does a read.
      if (!packet && !maint) assert (!update && !raw);
      if (read) assert (!update && !raw);
    end else assert (!update && !raw && !read && !full && !evict && !grow && !shrink && !miss);
    if (due_q && (packet_q || (maint_q && !clear_q))) assert (tag == tag_q);
    if (phase != 3'd7 && !(Lookups == 2 && phase == 3'd3)) assert (tag == '0);
    // Never invented: whichever entry is followed.
    assert (dut.wr_q == write_q);
    if (write_q) assert ({dut.wr_second_q, dut.wr_set_q, dut.wr_way_q} == write_at_q);
    if (known_q) assert (mine == (done_q ? data_q : mine_q));
    // Account.
    if (write_q && !clear_q) assert (2'(data.tag != '0) - 2'(was_held_q) == 2'(grow_q) - 2'(shrink_q));
    if (due_q && (!write_q || clear_q)) assert (!grow_q && !shrink_q);
    // Memory.
    if (Lookups == 2 || !phase[2])
      assert (!(dut.wr_q && {dut.wr_second_q, dut.wr_set_q, dut.wr_way_q} == {dut.rd_second, dut.rd_set, dut.rd_way}));
  end
`endif
endmodule

`default_nettype wire
