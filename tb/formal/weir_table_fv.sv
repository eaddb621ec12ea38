// SPDX-License-Identifier: Apache-2.0
//
// Proof harness of weir_table, small: two look-ups, 2 sets of 4 ways each, entries of tag, window, pin, lock and a score of
// 2 bits, under any slot, any maintenance and any user that keeps the rules of the update port. The memory is arbitrary at
// the start, and so is the entry that is followed. Proved of the slot after reset:
//   decision     a look-up is a hit, an insertion, an eviction, full, or (without insert_i) nothing, exactly one of them,
//                as the four ways of its set say; the update port says so in clock 6, and shows that entry
//   never lost   an entry that is not free stays as it is but for its own key's update, maintenance of this entry, a
//                sweep that finds it expired, a key that takes it when it has expired, or as a victim told by evict_o
//   never invented   one entry at most is written for a look-up, in its clock 7, with what the user gives
//   account      what grow_o, shrink_o and held_o say of an entry is whether it is free
//   memory       no word is read in the clock in which it is written
// Bounded: one slot with both look-ups and their writes. Because the memory is arbitrary, this is any slot but for what a
// slot before it leaves in the pipeline; slots back to back are left to tb/table/weir_table_tb.sv.
`default_nettype none

module weir_table_fv
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
    parameter int unsigned Lookups   = 2,
    parameter int unsigned SetsLog2A = 1,
    parameter int unsigned SetsLog2B = 1,
    localparam int unsigned ScoreBits = 2
) (
    input wire clk,
    // A slot: junk but in phases 0 to 3, insert_i but in phase 4.
    input wire  [Lookups-1:0]       valid_i,
    input wire hash_t [Lookups-1:0] key_i,
    input wire  [WindowBits-1:0]    window_i,
    input wire                      insert_i,
    input wire  [Lookups-1:0][7:0]  timeout_i,
    input wire command_t            command_i,
    input wire  [ScoreBits+WindowBits+TagBits+1:0] data_i,
    input wire  [SetsLog2A+2:0]     pick_i  // the entry that is followed, at the end of reset
);
  localparam int unsigned AtBits    = SetsLog2A + 3;
  localparam int unsigned EntriesA  = 4 << SetsLog2A;
  localparam int unsigned EntriesB  = 4 << SetsLog2B;
  localparam int unsigned TargetA   = 10;
  localparam int unsigned TargetB   = 11;
  localparam int unsigned SweepBase = 5;

  typedef struct packed {
    logic [ScoreBits-1:0]  score;
    logic                  locked;
    logic                  pinned;
    logic [WindowBits-1:0] window;
    logic [TagBits-1:0]    tag;
  } entry_t;

  typedef struct packed {
    logic [Lookups-1:0]      valid;
    hash_t [Lookups-1:0]     key;
    logic [WindowBits-1:0]   window;
    logic [Lookups-1:0][7:0] timeout;
    command_t                command;
  } offer_t;

  // Reset lasts until the third clock, with no slot: the first one that counts is whole.
  logic [1:0] since_q = '0;
  logic [2:0] phase   = '0;
  wire        rst     = since_q != 2'd3;
  always_ff @(posedge clk) begin
    phase <= phase + 3'd1;
    if (rst) since_q <= since_q + 2'd1;
  end

  entry_t                view, entry;
  logic                  update, raw, is_new, fresh, sweep, read, full, evict, grow, shrink, held;
  logic [WindowBits-1:0] age;
  logic [TagBits-1:0]    tag;

  weir_table #(
      .EntryBits($bits(entry_t)), .ScoreBits(ScoreBits), .Lookups(Lookups), .SetsLog2A(SetsLog2A), .SetsLog2B(SetsLog2B),
      .TargetA(TargetA), .TargetB(TargetB), .SweepBaseB(SweepBase)
  ) dut (
      .clk,
      .rst,
      .phase_i      (phase),
      .valid_i,
      .key_i,
      .window_i,
      .insert_i,
      .timeout_i,
      .command_i,
      .view_entry_o (view),
      .view_window_i(view.window),
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
      .evict_o      (evict),
      .grow_o       (grow),
      .shrink_o     (shrink),
      .held_o       (held),
      .data_i,
      .tag_o        (tag)
  );

  // The entries that are looked at, as {look-up, set, way}: four ways in the order in which they are
  // probed, the one that is followed.
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

  // --- The slot ------------------------------------------------------------------------------------------------------
  offer_t offer, offer_q, slot_q;
  logic   insert_q;
  always_comb offer = '{valid: valid_i, key: key_i, window: window_i, timeout: timeout_i, command: command_i};
  always_ff @(posedge clk) begin
    offer_q <= offer;
    if (phase == 3'd3) slot_q <= offer;
    if (phase == 3'd4) insert_q <= insert_i;
  end
  always_comb begin
    if (phase inside {3'd1, 3'd2, 3'd3}) assume (offer == offer_q);
    assume (!(command_i.active && valid_i != '0));
    assume (!command_i.clear || command_i.op == MaintSweep);
    // As weir_slot_source makes them: a frame's command is 0.
    if (!command_i.active) assume (command_i == '0);
    if (Lookups == 1) assume (!pick_i[AtBits-1]);
    if (pick_i[AtBits-1]) assume (pick_i[AtBits-2:2] < (AtBits - 3)'(1 << SetsLog2B) || SetsLog2A == SetsLog2B);
    if (rst) assume (!command_i.active && valid_i == '0);
    for (int l = 0; l < Lookups; l++) assume (key_i[l].tag != '0 && timeout_i[l] != '0);
  end

  // --- What clock 6 has to say, from the four ways as they are --------------------------------------------------------
  logic [AtBits-1:0]          pick_q;  // the entry that is followed
  logic                       due;     // clock 6 of a look-up
  logic                       second;
  logic                       packet;
  logic                       maint;
  logic                       clear;
  command_t                   c;
  hash_t                      k;
  logic [10:0]                index;
  logic [7:0]                 timeout;
  logic [SetsLog2A-1:0]       set;
  logic [1:0]                 first;   // way
  entry_t [3:0]               way;     // in probe order, of maintenance the entry first
  logic [3:0][WindowBits-1:0] ages;
  logic [3:0][ScoreBits-1:0]  scores;
  logic [3:0]                 match;
  logic [3:0]                 avail;
  logic [3:0]                 cand;
  logic                       hit;
  logic                       least;
  logic [1:0]                 place;   // in probe order, of the way that is written or shown
  logic [AtBits-1:0]          at;
  entry_t                     was;     // the entry there
  logic [WindowBits-1:0]      was_age;
  logic                       old;
  logic                       step;    // of a sweep
  logic                       w_update, w_raw, w_full, w_evict, w_grow, w_shrink;

  always_comb begin
    due     = !rst && (phase == 3'd6 || (Lookups == 2 && phase == 3'd2));
    second  = !phase[2];
    c       = slot_q.command;
    k       = slot_q.key[Lookups == 2 && second];
    timeout = slot_q.timeout[Lookups == 2 && second];
    packet  = slot_q.valid[Lookups == 2 && second];
    index   = c.index;
    if (second && c.op == MaintSweep && !c.clear) index -= 11'(SweepBase);
    maint = c.active && index < (second ? 11'(EntriesB) : 11'(EntriesA)) &&
            (c.op == MaintSweep || c.target == (second ? 5'(TargetB) : 5'(TargetA)));
    clear = maint && c.clear;
    set   = k.index[SetsLog2A-1:0];
    first = k.tag[1:0];
    if (maint) {set, first} = index[SetsLog2A+1:0];
    if (second) set &= SetsLog2A'((1 << SetsLog2B) - 1);
    for (int p = 0; p < 4; p++) begin
      eye_at[p] = {second, set, 2'(first + 2'(p))};
      way[p]    = eye[p];
      ages[p]   = slot_q.window - way[p].window;
      scores[p] = ages[p] >= WindowBits'(2) ? '0 : way[p].score;
      avail[p]  = way[p].tag == '0 || (!way[p].pinned && ages[p] >= WindowBits'(timeout));
      match[p]  = way[p].tag == k.tag && (way[p].pinned || ages[p] < WindowBits'(timeout));
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
    was_age  = ages[place];
    old      = c.active && c.expire || was_age >= WindowBits'(timeout);
    step     = maint && c.op == MaintSweep && !clear && was.tag != '0 && old;
    w_update = (packet && (hit || (insert_q && (avail != '0 || cand != '0)))) || (step && was.pinned);
    w_shrink = step && !was.pinned;
    w_raw    = w_shrink || clear || (maint && c.op == MaintWrite);
    w_grow   = packet && !hit && insert_q && avail != '0 && was.tag == '0;
    w_evict  = packet && !hit && insert_q && avail == '0 && cand != '0;
    w_full   = packet && !hit && insert_q && avail == '0 && cand == '0;
  end

  // --- Clock 7, and the entry that is followed -----------------------------------------------------------------------
  entry_t             mine, mine_q, data_q;
  logic               due_q = 1'b0;
  logic               write_q = 1'b0;
  logic [AtBits-1:0]  write_at_q;
  logic               update_q, packet_q, maint_q, clear_q, shrink_q, was_held_q;
  logic [TagBits-1:0] tag_q;
  logic               done_q = 1'b0;  // this entry has been written
  logic               known_q = 1'b0;
  always_comb mine = eye[4];
  always_ff @(posedge clk) begin
    if (since_q == '0) pick_q <= pick_i;
    due_q      <= due;
    write_q    <= due && (w_update || w_raw);
    write_at_q <= at;
    update_q   <= w_update;
    packet_q   <= packet;
    maint_q    <= maint;
    clear_q    <= clear;
    shrink_q   <= w_shrink;
    was_held_q <= was.tag != '0;
    tag_q      <= maint ? was.tag : k.tag;
    done_q     <= write_q && write_at_q == pick_q;
    data_q     <= entry_t'(data_i);
    mine_q     <= mine;
    known_q    <= !rst;
  end
  // The user's part: an updated entry is of the tag that it is told, a freed one is free.
  always_comb begin
    if (write_q && update_q) assume (data_i[TagBits-1:0] == tag);
    if (write_q && (shrink_q || clear_q)) assume (data_i == '0);
  end

  // --- The account of this entry: what the reports of its writes say. All accounts together are the user's ------------
  logic [1:0] account_q;
  logic port_write_q = 1'b0;  // a maintenance write
  logic port_held_q;
  always_ff @(posedge clk) begin
    port_write_q <= due && at == pick_q && raw && !shrink && !clear;
    port_held_q  <= held;
    if (due && at == pick_q) account_q <= account_q + 2'(grow) - 2'(shrink);
    if (port_write_q) account_q <= account_q + 2'(data_i[TagBits-1:0] != '0) - 2'(port_held_q);
    // held_o says nothing while clearing: after that the user starts from 0.
    if (write_q && clear_q && write_at_q == pick_q) account_q <= '0;
    if (rst) begin
      account_q    <= 2'(mine.tag != '0);
      port_write_q <= 1'b0;
    end
  end

  // --- What is promised ----------------------------------------------------------------------------------------------
  always_comb begin
    assert (!rst || phase == 3'(since_q));
    if (!rst) begin
      if (due) begin
        // Decision.
        assert (update == w_update && raw == w_raw && full == w_full && evict == w_evict && grow == w_grow &&
                shrink == w_shrink && read == (maint && c.op == MaintRead && !clear));
        if (packet && insert_q) assert (3'(update && !is_new) + 3'(update && is_new) + 3'(full) == 3'd1);
        if (packet && !insert_q) assert (update == hit && !full);
        assert (!evict || (update && is_new && !grow));
        if (update) assert (is_new == (packet && !hit) && sweep == maint && fresh == (is_new || old));
        if ((update && !is_new) || read) assert (entry == was && age == was_age);
        if (maint) assert (held == (was.tag != '0 && !clear));
        // Never lost.
        if ((update || raw) && at == pick_q && mine.tag != '0) begin
          assert (maint || evict || mine.tag == k.tag || (!mine.pinned && ages[place] >= WindowBits'(timeout)));
          if (evict) assert (!mine.pinned && !mine.locked && ages[place] < WindowBits'(timeout));
        end
        // An idle slot does nothing.
        if (!packet && !maint) assert (!update && !raw);
      end else assert (!update && !raw && !read && !full && !evict && !grow && !shrink);
      if (due_q && (packet_q || (maint_q && !clear_q))) assert (tag == tag_q);
      if (phase != 3'd7 && !(Lookups == 2 && phase == 3'd3)) assert (tag == '0);
      // Never invented.
      assert (dut.wr_q == write_q);
      if (write_q) assert ({dut.wr_second_q, dut.wr_set_q, dut.wr_way_q} == write_at_q);
      if (known_q) assert (mine == (done_q ? data_q : mine_q));
      // Account.
      if (!write_q) assert (account_q == 2'(mine.tag != '0));
      // Memory.
      assert (!(dut.wr_q && {dut.wr_second_q, dut.wr_set_q, dut.wr_way_q} == {dut.rd_second, dut.rd_set, dut.rd_way}));
    end
  end
endmodule

`default_nettype wire
