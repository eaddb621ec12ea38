// SPDX-License-Identifier: Apache-2.0
//
// The read-modify-write table that every stateful stage uses (docs/datapath.md 5.3): 4 ways a set, one entry read per
// clock. It knows tag, age, pins and victims; what else is in an entry and how it changes is the user's, through
// the view port (what the entry under the eye says) and the update port (what it becomes). Of a key's tag it keeps and
// compares the lowest KeptBits (12).
//
// One or two look-ups a slot, each with its own part of the memory. Clocks of a look-up (the second one 4 later):
//   0 to 3  addresses of the ways, in probe order
//   2 to 5  way 0 to 3 is seen: compared, and the first match, first available way and best victim kept
//   6       update port: the entry, its age; the user's first clock
//   7       update port: the user gives the new entry; it is written
// The loop takes 8 clocks, so the next slot's reads come after the write: no forwarding, no locks, no stall. The second
// look-up's write falls into the next slot, where only its own reads, a clock or more later, could see it.
// Several tables may share a user's arithmetic: give each a phase_i of its own, later by some clocks.
// Full: result full_o, nothing is written. An entry that is not expired is never lost but as a victim (evict_o).
//
// Maintenance slots read, write or sweep one entry, on the clocks of the look-up that owns it; clear: both parts.
`default_nettype none
`include "weir_assert.svh"

module weir_table
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
  parameter int unsigned EntryBits  = 108,  // the tag in the lowest bits; tag 0: free
  parameter int unsigned KeptBits   = TagBits, // of it; if these are 0, 1 is kept
  parameter int unsigned ScoreBits  = 18,
  parameter bit          ScoreFades = 1'b1, // the score counts as 0 from age 2 on
  parameter int unsigned TimeBits   = WindowBits,
  parameter int unsigned TimeoutBits = 8,
  parameter bit          ViewTimeout = 1'b0, // each entry has a timeout of its own: view_timeout_i, not timeout_i
  parameter int unsigned Lookups    = 1,    // 1 or 2
  parameter int unsigned SetsLog2A  = 7,    // of the first look-up's table
  parameter int unsigned SetsLog2B  = 7,    // at most SetsLog2A
  parameter int unsigned TargetA    = 8,    // numbers of the tables as targets of maintenance
  parameter int unsigned TargetB    = 9,
  parameter int unsigned SweepBaseB = 0     // sweep index of the first entry of the second table
) (
  input  wire                          clk,
  input  wire                          rst,
  input  wire  [2:0]                   phase_i,

  // --- The slot, constant from phase 0 to 3. insert_i (a key that is not found may take an entry) counts in phase 4.
  input  wire  [Lookups-1:0]           valid_i,
  input  wire hash_t [Lookups-1:0]     key_i,
  input  wire  [TimeBits-1:0]          window_i,
  input  wire                          insert_i,
  input  wire  [Lookups-1:0][TimeoutBits-1:0] timeout_i,  // in units of window_i, not 0
  input  wire command_t                command_i,

  // --- View port, combinational.
  output logic [EntryBits-1:0]         view_entry_o,
  input  wire  [TimeBits-1:0]          view_window_i,
  input  wire  [TimeoutBits-1:0]       view_timeout_i, // not 0
  input  wire                          view_pinned_i,  // never expires, never a victim
  input  wire                          view_locked_i,  // never a victim
  input  wire  [ScoreBits-1:0]         view_score_i,   // the smallest becomes the victim

  // --- Update port, in clock 6. Without update_o and raw_o nothing is written. In clock 7 (phases 7 and 3) data_i is the
  // new entry: with update_o made from this one, and with the tag of tag_o; with raw_o from outside.
  output logic                         update_o,
  output logic                         raw_o,     // maintenance: the entry of a write; 0 for a free one
  output logic                         new_o,     // nothing in entry_o belongs to this key
  output logic                         fresh_o,   // new, or a pinned one older than the timeout
  output logic                         sweep_o,   // not a frame: only make it fresh
  output logic [TimeBits-1:0]          age_o,
  output logic [EntryBits-1:0]         entry_o,
  output logic                         read_o,    // a maintenance read's entry is entry_o
  output logic                         full_o,    // no way to be had for a key that was to be inserted
  output logic                         miss_o,    // a frame's key is not there; with this one, in clock 6:
  output logic                         no_room_o, // and there is neither an available way nor a victim
  output logic                         evict_o,   // an entry is lost
  output logic                         grow_o,    // one more entry is not free, by a frame or a maintenance write;
  output logic                         shrink_o,  // one less, by a sweep or such a write; clearing does not count
  input  wire                          wdata_held_i, // what a maintenance write writes is not free
  input  wire  [EntryBits-1:0]         data_i,
  // In clock 7, otherwise 0: the tag looked up, as it is kept; of maintenance: of the entry.
  output logic [KeptBits-1:0]          tag_o
);
  `WEIR_ELAB(lookups, Lookups == 1 || Lookups == 2, "Lookups must be 1 or 2")
  `WEIR_ELAB(sizes, SetsLog2B <= SetsLog2A, "the second table must not be larger than the first")
  `WEIR_ELAB(kept, KeptBits >= 2 && KeptBits <= TagBits, "KeptBits must be 2 to TagBits")

  localparam int unsigned EntriesA = 4 << SetsLog2A;
  localparam int unsigned EntriesB = 4 << SetsLog2B;
  localparam int unsigned SetBits  = SetsLog2A;

  // --- What a look-up is about ------------------------------------------------------------------------------------
  typedef struct packed {
    logic                  packet;   // look up tag
    logic                  maint;    // only the entry at {set, way}
    logic [KeptBits-1:0]   tag;
    logic [SetBits-1:0]    set;
    logic [1:0]            way;      // probed first
    logic [TimeoutBits-1:0] timeout;
  } work_t;

  // The same for both look-ups of a slot.
  typedef struct packed {
    logic                  clear;
    maint_op_e             op;
    logic [TimeBits-1:0]   window;
    logic                  expire;
  } slot_t;

  work_t [1:0] work;
  work_t       second_q;  // the second look-up's, until its last way is read
  always_comb begin
    work = '0;
    for (int l = 0; l < Lookups; l++) begin
      logic [10:0] index;
      logic [10:0] size;
      logic [KeptBits-1:0] kept;
      index = command_i.index;
      if (l == 1 && command_i.op == MaintSweep && !command_i.clear) index -= 11'(SweepBaseB);
      size = l == 1 ? 11'(EntriesB) : 11'(EntriesA);
      kept = key_i[l].tag[KeptBits-1:0];
      kept[0] = kept[0] || (KeptBits != TagBits && kept == '0);  // no key has a tag of 0
      work[l].packet  = valid_i[l];
      work[l].maint   = command_i.active && index < size &&
                        (command_i.op == MaintSweep || command_i.target == (l == 1 ? 5'(TargetB) : 5'(TargetA)));
      work[l].tag     = kept;
      work[l].way     = command_i.active ? index[1:0] : kept[1:0];
      work[l].set     = command_i.active ? index[2+:SetBits] : key_i[l].index[SetBits-1:0];
      if (l == 1) work[l].set &= SetBits'((1 << SetsLog2B) - 1);
      work[l].timeout = timeout_i[l];
    end
  end
  always_ff @(posedge clk) if (phase_i == 3'd3) second_q <= work[1];

  // --- Clocks 0 to 3: read ----------------------------------------------------------------------------------------
  logic                 rd_second;
  logic [SetBits-1:0]   rd_set;
  logic [1:0]           rd_way;
  logic [EntryBits-1:0] entry;
  logic                 wr_q = 1'b0;
  logic                 wr_second_q;
  logic [SetBits-1:0]   wr_set_q;
  logic [1:0]           wr_way_q;

  always_comb begin
    rd_second = Lookups == 2 && phase_i[2];
    rd_set    = rd_second ? second_q.set : work[0].set;
    rd_way    = (rd_second ? second_q.way : work[0].way) + phase_i[1:0];
  end

  if (Lookups == 2 && SetsLog2A != SetsLog2B) begin : g_two_rams
    // Each of its own shape: no memory is lost in rounding up.
    logic [EntryBits-1:0] first;
    logic [EntryBits-1:0] second;
    logic                 second_q1;
    weir_ram_sdp #(.Width(EntryBits), .Depth(EntriesA)) u_first (
      .clk, .wr_en_i(wr_q && !wr_second_q), .wr_addr_i({wr_set_q, wr_way_q}), .wr_data_i(data_i),
      .rd_en_i(1'b1), .rd_addr_i({rd_set, rd_way}), .rd_data_o(first)
    );
    weir_ram_sdp #(.Width(EntryBits), .Depth(EntriesB)) u_second (
      .clk, .wr_en_i(wr_q && wr_second_q), .wr_addr_i({wr_set_q[SetsLog2B-1:0], wr_way_q}), .wr_data_i(data_i),
      .rd_en_i(1'b1), .rd_addr_i({rd_set[SetsLog2B-1:0], rd_way}), .rd_data_o(second)
    );
    always_ff @(posedge clk) begin
      second_q1 <= rd_second;
      entry     <= second_q1 ? second : first;
    end
  end else if (Lookups == 2) begin : g_halves
    weir_ram_sdp #(.Width(EntryBits), .Depth(2 * EntriesA), .OutputReg(1'b1)) u_ram (
      .clk, .wr_en_i(wr_q), .wr_addr_i({wr_second_q, wr_set_q, wr_way_q}), .wr_data_i(data_i),
      .rd_en_i(1'b1), .rd_addr_i({rd_second, rd_set, rd_way}), .rd_data_o(entry)
    );
  end else begin : g_one
    weir_ram_sdp #(.Width(EntryBits), .Depth(EntriesA), .OutputReg(1'b1)) u_ram (
      .clk, .wr_en_i(wr_q), .wr_addr_i({wr_set_q, wr_way_q}), .wr_data_i(data_i),
      .rd_en_i(1'b1), .rd_addr_i({rd_set, rd_way}), .rd_data_o(entry)
    );
  end

  // --- Clocks 2 to 5: see, compare, keep --------------------------------------------------------------------------
  work_t                 see_q;
  slot_t                 slot_q;     // until the second look-up's last way is seen
  logic                  see_first;
  logic [1:0]            see_way;
  logic [TimeBits-1:0]   see_age;
  logic                  see_old;
  logic                  see_free;
  logic                  see_match;
  logic                  see_avail;
  logic                  see_victim;
  logic [ScoreBits-1:0]  see_score;

  logic                  hit_q;
  logic [1:0]            hit_way_q;
  logic [EntryBits-1:0]  entry_q;
  logic [TimeBits-1:0]   age_q;
  logic                  old_q;
  logic                  pinned_q;
  logic                  held_q;       // entry_q is not free
  logic                  avail_q;
  logic                  avail_free_q;
  logic [1:0]            avail_way_q;
  logic                  victim_q;
  logic [1:0]            victim_way_q;
  logic [ScoreBits-1:0]  score_q;

  always_comb begin
    view_entry_o = entry;
    see_first  = phase_i[1:0] == 2'd2;
    see_way    = see_q.way + (phase_i[1:0] ^ 2'd2);
    see_age    = slot_q.window - view_window_i;
    see_old    = slot_q.expire || see_age >= TimeBits'(ViewTimeout ? view_timeout_i : see_q.timeout);
    see_free   = entry[KeptBits-1:0] == '0;
    see_avail  = see_free || (see_old && !view_pinned_i);
    see_match  = (see_q.packet && entry[KeptBits-1:0] == see_q.tag && !see_avail) || (see_q.maint && see_first);
    see_victim = !view_pinned_i && !view_locked_i;
    see_score  = ScoreFades && see_age >= TimeBits'(2) ? '0 : view_score_i;
  end

  always_ff @(posedge clk) begin
    // The work of the look-up whose first way is seen in the next clock.
    if (phase_i == 3'd1) begin
      see_q  <= work[0];
      slot_q <= '{clear: command_i.clear, op: command_i.op, window: window_i, expire: command_i.active && command_i.expire};
    end
    // With one look-up it stays: what is seen behind its last way is not kept beyond phase 2.
    if (Lookups == 2 && phase_i == 3'd5) see_q <= second_q;

    if (see_match && (see_first || !hit_q)) begin
      hit_way_q <= see_way;
      entry_q   <= entry;
      age_q     <= see_age;
      old_q     <= see_old;
      pinned_q  <= view_pinned_i;
      held_q    <= !see_free;
    end
    if (see_avail && (see_first || !avail_q)) begin
      avail_way_q  <= see_way;
      avail_free_q <= see_free;
    end
    if (see_victim && (see_first || !victim_q || see_score < score_q)) begin
      victim_way_q <= see_way;
      score_q      <= see_score;
    end
    hit_q    <= see_match || (hit_q && !see_first);
    avail_q  <= see_avail || (avail_q && !see_first);
    victim_q <= see_victim || (victim_q && !see_first);
  end

  // --- Clock 6: decide --------------------------------------------------------------------------------------------
  logic  now;       // this is clock 6 of a look-up
  logic  insert_q;
  work_t act_q;
  slot_t act_slot_q;
  logic  insert;
  logic  wr_maint;  // a maintenance write

  always_ff @(posedge clk) begin
    if (phase_i == 3'd5 || phase_i == 3'd1) begin
      act_q      <= see_q;
      act_slot_q <= slot_q;
    end
    if (phase_i == 3'd4) insert_q <= insert_i;
  end

  always_comb begin
    now    = phase_i == 3'd6 || (Lookups == 2 && phase_i == 3'd2);
    insert = now && act_q.packet && !hit_q && insert_q;

    update_o = now && act_q.packet && (hit_q || (insert_q && (avail_q || victim_q)));
    wr_maint = now && act_q.maint && !act_slot_q.clear && act_slot_q.op == MaintWrite;
    raw_o    = wr_maint || (now && act_q.maint && act_slot_q.clear);
    shrink_o = wr_maint && held_q && !wdata_held_i;
    // A sweep step that finds something to do.
    if (now && act_q.maint && act_slot_q.op == MaintSweep && !act_slot_q.clear && old_q && held_q) begin
      update_o = pinned_q;
      raw_o    = !pinned_q;
      shrink_o = !pinned_q;
    end
    new_o   = !hit_q;
    fresh_o = !hit_q || old_q;
    sweep_o = act_q.maint;
    age_o   = age_q;
    entry_o = entry_q;
    read_o  = now && act_q.maint && act_slot_q.op == MaintRead;
    miss_o    = now && act_q.packet && !hit_q;
    no_room_o = !avail_q && !victim_q;
    full_o  = insert && no_room_o;
    evict_o = insert && !avail_q && victim_q;
    grow_o  = (insert && avail_q && avail_free_q) || (wr_maint && !held_q && wdata_held_i);
  end

  // --- Clock 7: write ---------------------------------------------------------------------------------------------
  // 0 but for this clock. With masks, not with a reset: all flip-flops of a tile must have the same one (docs/fpga.md).
  logic [KeptBits-1:0] tag_q;
  logic                packet_now;
  logic                maint_now;

  always_comb begin
    packet_now = now && !act_q.maint;
    maint_now  = now && act_q.maint;
  end

  always_ff @(posedge clk) begin
    wr_q        <= update_o || raw_o;
    wr_second_q <= Lookups == 2 && phase_i == 3'd2;
    wr_set_q    <= act_q.set;
    wr_way_q    <= hit_q ? hit_way_q : avail_q ? avail_way_q : victim_way_q;
    tag_q       <= ({KeptBits{packet_now}} & act_q.tag) | ({KeptBits{maint_now}} & entry_q[KeptBits-1:0]);
    if (rst) wr_q <= 1'b0;
  end
  always_comb tag_o = tag_q;

  `WEIR_ASSERT(one_kind, !(command_i.active && valid_i != '0), clk, rst)
endmodule

`default_nettype wire
