// SPDX-License-Identifier: Apache-2.0
//
// The read-modify-write table that every stateful stage uses (docs/datapath.md 5.3): 4 ways a set, one memory, one entry
// read per clock. It knows tag, age, pins and victims; what else is in an entry and how it changes is the user's, through
// the view port (what the entry under the eye says) and the update port (what it becomes).
//
// One or two look-ups a slot, each with its own part of the memory. Clocks of a look-up (the second one 4 later):
//   0 to 3  addresses of the ways, in probe order
//   2 to 5  way 0 to 3 is seen: compared, and the first match, first available way and best victim kept
//   6       update port: the entry, its age; the user's first clock
//   7       update port: the user gives the new entry; it is written
// The loop takes 8 clocks, so the next slot's reads come after the write: no forwarding, no locks, no stall. The second
// look-up's write falls into the next slot, where only its own reads, a clock or more later, could see it.
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
  parameter int unsigned ScoreBits  = 18,
  parameter int unsigned Lookups    = 1,    // 1 or 2
  parameter int unsigned SetsLog2A  = 7,    // of the first look-up's table
  parameter int unsigned SetsLog2B  = 7,    // at most SetsLog2A
  parameter int unsigned TargetA    = 8,    // numbers of the tables as targets of maintenance
  parameter int unsigned TargetB    = 9,
  parameter int unsigned SweepBaseB = 0,    // sweep index of the first entry of the second table
  localparam int unsigned UsedBits  = SetsLog2A + 3
) (
  input  wire                              clk,
  input  wire                              rst,
  input  wire  [2:0]                       phase_i,

  // --- The slot, constant from phase 0 to 7. insert_i (a key that is not found may take an entry) counts in phase 5.
  input  wire  [Lookups-1:0]               valid_i,
  input  wire hash_t [Lookups-1:0]         key_i,
  input  wire  [WindowBits-1:0]            window_i,
  input  wire                              insert_i,
  input  wire  [Lookups-1:0][7:0]          timeout_i,  // 1 to 255 windows
  input  wire command_t                    command_i,
  // Of a write: constant from its slot until 4 clocks after it.
  input  wire  [EntryBits-1:0]             wdata_i,

  // --- View port, combinational.
  output logic [EntryBits-1:0]             view_entry_o,
  input  wire  [WindowBits-1:0]            view_window_i,
  input  wire                              view_pinned_i,  // never expires, never a victim
  input  wire                              view_locked_i,  // never a victim
  input  wire  [ScoreBits-1:0]             view_score_i,   // the smallest becomes the victim; 0 from age 2 on

  // --- Update port, in clock 6: the look-up has an entry (or a sweep makes one fresh), and clock 7: its new content.
  output logic                             update_o,
  output logic                             update_lookup_o,
  output logic                             update_new_o,    // nothing in update_entry_o belongs to this key
  output logic                             update_fresh_o,  // new, or a pinned one older than the timeout
  output logic                             update_sweep_o,  // not a frame: only make it fresh
  output logic [WindowBits-1:0]            update_age_o,
  output logic [EntryBits-1:0]             update_entry_o,
  output logic                             full_o,          // no way to be had
  input  wire  [EntryBits-1:TagBits]       update_data_i,   // in the clock after update_o

  // A maintenance read's entry is update_entry_o in this clock.
  output logic                             read_o,

  // --- Statistics: pulses, and entries that are not free.
  output logic [Lookups-1:0]               evict_o,
  output logic [Lookups-1:0]               count_full_o,
  output logic [Lookups-1:0][UsedBits-1:0] used_o
);
  `WEIR_ELAB(lookups, Lookups == 1 || Lookups == 2, "Lookups must be 1 or 2")
  `WEIR_ELAB(sizes, SetsLog2B <= SetsLog2A, "the second table must not be larger than the first")

  localparam int unsigned EntriesA = 4 << SetsLog2A;
  localparam int unsigned EntriesB = 4 << SetsLog2B;
  localparam int unsigned Entries  = EntriesA + (Lookups == 2 ? EntriesB : 0);
  localparam int unsigned AddrBits = $clog2(Entries);
  localparam int unsigned SetBits  = SetsLog2A;

  // --- What a look-up window is about ---------------------------------------------------------------------------
  typedef struct packed {
    logic                  packet;   // look up tag
    logic                  maint;    // only the entry at {set, way}
    logic                  clear;
    maint_op_e             op;
    logic [TagBits-1:0]    tag;
    logic [SetBits-1:0]    set;
    logic [1:0]            way;      // probed first
    logic [WindowBits-1:0] window;
    logic [7:0]            timeout;
  } work_t;

  work_t [1:0] work;
  always_comb begin
    work = '0;
    for (int l = 0; l < Lookups; l++) begin
      logic [10:0] index;
      logic [10:0] size;
      index = command_i.index;
      if (l == 1 && command_i.op == MaintSweep && !command_i.clear) index -= 11'(SweepBaseB);
      size = l == 1 ? 11'(EntriesB) : 11'(EntriesA);
      work[l].packet  = valid_i[l];
      work[l].maint   = command_i.active && index < size &&
                        (command_i.op == MaintSweep || command_i.target == (l == 1 ? 5'(TargetB) : 5'(TargetA)));
      work[l].clear   = command_i.clear;
      work[l].op      = command_i.op;
      work[l].tag     = key_i[l].tag;
      work[l].way     = command_i.active ? index[1:0] : key_i[l].tag[1:0];
      work[l].set     = command_i.active ? index[2+:SetBits] : key_i[l].index[SetBits-1:0];
      if (l == 1) work[l].set &= SetBits'((1 << SetsLog2B) - 1);
      work[l].window  = window_i;
      work[l].timeout = command_i.expire ? '0 : timeout_i[l];
    end
  end

  function automatic logic [AddrBits-1:0] address(logic lookup, logic [SetBits-1:0] set, logic [1:0] way);
    address = AddrBits'({set, way});
    if (lookup) address |= AddrBits'(EntriesA);
    return address;
  endfunction

  // --- Clocks 0 to 3: read --------------------------------------------------------------------------------------
  logic                 issue_lookup;
  logic [AddrBits-1:0]  rd_addr;
  logic [EntryBits-1:0] entry;
  logic                 wr_en;
  logic [AddrBits-1:0]  wr_addr;
  logic [EntryBits-1:0] wr_data;

  always_comb begin
    issue_lookup = Lookups == 2 && phase_i[2];
    rd_addr = address(issue_lookup, work[issue_lookup].set, work[issue_lookup].way + phase_i[1:0]);
  end

  weir_ram_sdp #(
    .Width(EntryBits), .Depth(Entries), .OutputReg(1'b1)
  ) u_ram (
    .clk,
    .wr_en_i  (wr_en),
    .wr_addr_i(wr_addr),
    .wr_data_i(wr_data),
    .rd_en_i  (1'b1),
    .rd_addr_i(rd_addr),
    .rd_data_o(entry)
  );

  // --- Clocks 2 to 5: see, compare, keep ------------------------------------------------------------------------
  work_t                 see_q;
  logic                  see_first;
  logic [1:0]            see_way;
  logic [WindowBits-1:0] see_age;
  logic                  see_old;
  logic                  see_free;
  logic                  see_match;
  logic                  see_avail;
  logic                  see_victim;
  logic [ScoreBits-1:0]  see_score;

  logic                  hit_q;
  logic [1:0]            hit_way_q;
  logic [EntryBits-1:0]  entry_q;
  logic [WindowBits-1:0] age_q;
  logic                  old_q;
  logic                  pinned_q;
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
    see_age    = see_q.window - view_window_i;
    see_old    = see_age >= WindowBits'(see_q.timeout);
    see_free   = entry[TagBits-1:0] == '0;
    see_avail  = see_free || (see_old && !view_pinned_i);
    see_match  = (see_q.packet && entry[TagBits-1:0] == see_q.tag && !see_avail) || (see_q.maint && see_first);
    see_victim = !view_pinned_i && !view_locked_i;
    see_score  = see_age >= WindowBits'(2) ? '0 : view_score_i;
  end

  always_ff @(posedge clk) begin
    // The work of the look-up whose first way is seen in the next clock.
    if (phase_i == 3'd1) see_q <= work[0];
    if (phase_i == 3'd5) see_q <= work[1];

    if (see_match && (see_first || !hit_q)) begin
      hit_way_q <= see_way;
      entry_q   <= entry;
      age_q     <= see_age;
      old_q     <= see_old;
      pinned_q  <= view_pinned_i;
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

  // --- Clock 6: decide ------------------------------------------------------------------------------------------
  logic  now;       // this is clock 6 of a look-up
  logic  lookup;    // of which
  logic  insert_q;
  work_t act_q;
  logic  held;      // maintenance: the entry is not free
  logic  sweep_free;
  logic  sweep_fresh;
  logic  insert;
  logic  write;
  logic [1:0] way;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd5) begin
      act_q    <= see_q;
      insert_q <= insert_i;
    end
    if (phase_i == 3'd1) act_q <= see_q;
  end

  always_comb begin
    now    = phase_i == 3'd6 || (Lookups == 2 && phase_i == 3'd2);
    lookup = Lookups == 2 && phase_i == 3'd2;

    held        = entry_q[TagBits-1:0] != '0;
    sweep_free  = act_q.op == MaintSweep && old_q && !pinned_q && held;
    sweep_fresh = act_q.op == MaintSweep && old_q && pinned_q && held && !act_q.clear;
    insert      = now && act_q.packet && !hit_q && insert_q;

    update_o        = now && ((act_q.packet && hit_q) || (insert && (avail_q || victim_q)) ||
                              (act_q.maint && sweep_fresh));
    update_lookup_o = lookup;
    update_new_o    = !hit_q;
    update_fresh_o  = !hit_q || old_q;
    update_sweep_o  = act_q.maint;
    update_age_o    = age_q;
    update_entry_o  = entry_q;
    full_o          = insert && !avail_q && !victim_q;
    read_o          = now && act_q.maint && act_q.op == MaintRead;

    write = update_o ||
            (now && act_q.maint && (act_q.clear || sweep_free || act_q.op == MaintWrite));
    way   = hit_q ? hit_way_q : avail_q ? avail_way_q : victim_way_q;

    evict_o      = '0;
    count_full_o = '0;
    evict_o[lookup]      = insert && !avail_q && victim_q;
    count_full_o[lookup] = full_o;
  end

  // --- Clock 7: write -------------------------------------------------------------------------------------------
  logic                wr_q = 1'b0;
  logic [AddrBits-1:0] wr_addr_q;
  logic [TagBits-1:0]  wr_tag_q;
  logic                wr_keep_q;   // the user's content, else all from outside or 0
  logic                wr_zero_q;

  always_ff @(posedge clk) begin
    wr_q      <= write;
    wr_addr_q <= address(lookup, act_q.set, way);
    wr_tag_q  <= act_q.maint ? entry_q[TagBits-1:0] : act_q.tag;
    wr_keep_q <= update_o;
    wr_zero_q <= act_q.op == MaintSweep;
    if (rst) wr_q <= 1'b0;
  end

  always_comb begin
    wr_en   = wr_q;
    wr_addr = wr_addr_q;
    wr_data = wr_keep_q ? {update_data_i, wr_tag_q} : wr_zero_q ? '0 : wdata_i;
  end

  // --- Entries that are not free ----------------------------------------------------------------------------------
  logic [Lookups-1:0][UsedBits-1:0] used_q = '0;
  logic up;
  logic down;
  always_comb begin
    up   = (insert && avail_q && avail_free_q) ||
           (now && act_q.maint && act_q.op == MaintWrite && !held && wdata_i[TagBits-1:0] != '0);
    down = now && act_q.maint && held && !act_q.clear &&
           (sweep_free || (act_q.op == MaintWrite && wdata_i[TagBits-1:0] == '0));
    used_o = used_q;
  end
  always_ff @(posedge clk) begin
    if (up) used_q[lookup] <= used_q[lookup] + 1'b1;
    if (down) used_q[lookup] <= used_q[lookup] - 1'b1;
    if (rst) used_q <= '0;
  end

  `WEIR_ASSERT(one_kind, !(command_i.active && valid_i != '0), clk, rst)
endmodule

`default_nettype wire
