// SPDX-License-Identifier: Apache-2.0
//
// Counters of connections (docs/datapath.md 13.4; RATE-12): `client` of remote addresses, `server` of protected ones, in one
// memory. Two look-ups a slot, loop of 8 clocks each (weir_table), no stall. What the decision asks of a client is there in phase 6 of S2:
//
//                   S1, phase 4 to 7     S2, phase 0 to 3                      4 to 7
//   client (first)  ways are read        seen; 2: its clock; 3: leave, join    how it stands to the limits
//   server (second)                      ways are read                         seen; 6: its clock; 7: leave, join
//
// So the table's slot begins in the middle of S1, before it is known what becomes of the connection. Never full:
// the address that holds and opens least (established and opened, ORed) makes room. A hit that neither leaves nor joins is written back as it was.
`default_nettype none
`include "weir_assert.svh"

module weir_connection_counts
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
(
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,

  // --- The slot in S1, constant from phase 4 to 7. look_i: the frame is looked up in the connection table, and is no quote.
  input  wire                         look_i,
  input  wire hash_t                  client_key_i,  // of `remote`
  input  wire hash_t                  server_key_i,  // of `address`
  input  wire  [CountTimeBits-1:0]    clock_i,       // stamp >> 24
  input  wire command_t               command_i,     // expire: of these tables' clock
  input  wire  [MaintDataBits-1:0]    wdata_i,       // 0 unless the last maintenance slot was a write
  input  wire                         zero_i,        // phases 1 and 5 (weir_state)

  // --- The same slot in S2, constant from phase 0 to 7. A maintenance slot moves nothing.
  input  wire  [CountTimeBits-1:0]    s2_clock_i,
  input  wire conn_move_t             s2_move_i,
  input  wire  [10:0]                 s2_concurrent_i,  // limits; 0: none
  input  wire  [7:0]                  s2_opened_i,

  // --- In phase 6 and 7 of S2: of the client, after its clock; 0 without an entry. It stands at a limit or above, the first one that
  // does, and its count there.
  output logic                        over_o,
  output logic [10:0]                 limit_o,
  output logic [10:0]                 count_o,

  // --- Of the client as a joining frame wrote it, otherwise 0: in phases 4 and 5 of S2, and in 5 and 6.
  output logic [7:0]                  joined_opened_o,
  output logic [10:0]                 joined_established_o,

  // --- Maintenance read: read_clear_i makes it 0; then what is read.
  input  wire                         read_clear_i,
  output logic [MaintDataBits-1:0]    rdata_o,

  // --- Statistics: pulses; [0] client, [1] server.
  output logic [1:0]                  evict_o,
  output logic [1:0]                  grow_o,
  output logic [1:0]                  shrink_o
);
  localparam int unsigned EntryBits = StateClientBits;
  localparam int unsigned KeptBits  = StateClientTagBits;
  localparam logic [5:0]  Timeout   = 6'd32;
  `WEIR_ELAB(bits, $bits(count_entry_t) == EntryBits && EntryBits == StateServerBits && KeptBits == StateServerTagBits,
             "the entry is not that of states.def")
  `WEIR_ELAB(halves, StateClientSetsLog2 == StateServerSetsLog2 && StateServer == StateClient + 1,
             "client and server must be halves of one memory")

  // --- Table: its phase 0 is phase 4 ------------------------------------------------------------------------------
  count_entry_t view;
  count_entry_t entry;
  count_entry_t data;
  logic         joining;
  logic         update;
  logic         raw;
  logic         is_new;
  logic         read;
  logic         full;
  logic         evict;
  logic         grow;
  logic         shrink;
  logic [CountTimeBits-1:0] age;
  logic [KeptBits-1:0]      tag;

  always_comb joining = s2_move_i.join_half || s2_move_i.join_opened || s2_move_i.join_est;

  weir_table #(
    .EntryBits(EntryBits), .KeptBits(KeptBits), .ScoreBits(10), .ScoreFades(1'b0), .TimeBits(CountTimeBits), .TimeoutBits(6),
    .Lookups(2), .SetsLog2A(StateClientSetsLog2), .SetsLog2B(StateServerSetsLog2),
    .TargetA(32'(TargetState0) + StateClient), .TargetB(32'(TargetState0) + StateServer)
  ) u_table (
    .clk,
    .rst,
    .phase_i       (phase_i ^ 3'd4),
    .valid_i       ({2{look_i}}),
    .key_i         ({server_key_i, client_key_i}),
    .window_i      (clock_i),
    .insert_i      (joining),
    .timeout_i     ({2{Timeout}}),
    .command_i,
    .view_entry_o  (view),
    .view_window_i (view.stamp),
    .view_timeout_i(Timeout),
    .view_pinned_i (1'b0),
    .view_locked_i (1'b0),
    .view_score_i  (view.est_now | view.est_before | 10'(view.opened)),
    .update_o      (update),
    .raw_o         (raw),
    .new_o         (is_new),
    .fresh_o       (),
    .sweep_o       (),
    .age_o         (age),
    .entry_o       (entry),
    .read_o        (read),
    .full_o        (full),
    .miss_o        (),
    .no_room_o     (),
    .evict_o       (evict),
    .grow_o        (grow),
    .shrink_o      (shrink),
    .wdata_held_i  (wdata_i[KeptBits-1:0] != '0),
    .data_i        (data),
    .tag_o         (tag)
  );

  // --- Clock 6 of a look-up (phases 2, 6): the clock ----------------------------------------------------------------
  logic half_young, half_next;  // its slice is that of the entry, the one behind
  logic est_young, est_next;
  logic half_same, est_same;    // its counts stay in their slices
  logic moves;
  always_comb begin
    // An entry that is found is younger than 32: its slice of `est` is the same, the next or the second one.
    half_young = !is_new && age[4:0] == 5'd0;
    half_next  = !is_new && age[4:0] == 5'd1;
    est_next   = !is_new && (s2_clock_i[4] ^ entry.stamp[4]);
    est_young  = !is_new && !(s2_clock_i[4] ^ entry.stamp[4]) && !age[4];
    moves      = s2_move_i != '0;
    half_same  = half_young || !moves;  // what neither leaves nor joins stays as it is
    est_same   = est_young || !moves;
  end

  count_entry_t aged_q;     // but for the tag; or 0; then
  count_entry_t written_q;  // that of a maintenance write
  logic         raw_q;
  always_ff @(posedge clk) begin
    raw_q <= raw;
    if (zero_i) begin
      aged_q    <= '0;
      written_q <= '0;
    end else if (phase_i[1:0] == 2'd2) begin
      if (raw) begin
        written_q <= count_entry_t'(wdata_i[EntryBits-1:0]);
      end else begin
        aged_q.stamp <= moves ? s2_clock_i : entry.stamp;
        if (half_same) begin
          aged_q.half_now <= entry.half_now;
          aged_q.opened   <= entry.opened;
        end
        if (half_same || half_next) aged_q.half_before <= half_same ? entry.half_before : entry.half_now;
        if (est_same) aged_q.est_now <= entry.est_now;
        if (est_same || est_next) aged_q.est_before <= est_same ? entry.est_before : entry.est_now;
      end
    end
  end

  // --- Clock 7: leave, then join ------------------------------------------------------------------------------------
  // One off, or one more: not below 0, not above its maximum.
  function automatic logic [9:0] moved(logic [9:0] x, logic leaves, logic joins, logic [9:0] most);
    logic off, on;
    off = leaves && !joins && x != '0;
    on  = joins && !(leaves && x != '0) && x != most;
    return x + {10{off}} + 10'(on);
  endfunction

  count_entry_t next;
  always_comb begin
    next             = aged_q;
    next.tag         = '0;
    next.half_now    = 7'(moved(10'(aged_q.half_now), s2_move_i.leave_half_now, s2_move_i.join_half, 10'd127));
    next.half_before = 7'(moved(10'(aged_q.half_before), s2_move_i.leave_half_before, 1'b0, 10'd127));
    next.est_now     = moved(aged_q.est_now, s2_move_i.leave_est_now, s2_move_i.join_est, 10'd1023);
    next.est_before  = moved(aged_q.est_before, s2_move_i.leave_est_before, 1'b0, 10'd1023);
    next.opened      = 8'(moved(10'(aged_q.opened), 1'b0, s2_move_i.join_opened, 10'd255));
    data             = next | written_q;
    data.tag         = raw_q ? written_q.tag : tag;
  end

  // --- Peaks (19) -----------------------------------------------------------------------------------------------------
  logic [9:0] joined_now_q;
  logic [9:0] joined_before_q;
  always_ff @(posedge clk) begin
    joined_established_o <= 11'(joined_now_q) + 11'(joined_before_q);
    if (zero_i) begin
      joined_now_q    <= '0;
      joined_before_q <= '0;
      joined_opened_o <= '0;
    end else if (phase_i == 3'd3 && joining) begin
      joined_now_q    <= next.est_now;
      joined_before_q <= next.est_before;
      joined_opened_o <= next.opened;
    end
  end

  // --- The client and its limits, a clock for each step ---------------------------------------------------------------
  logic [9:0]  now_q;       // phases 3 to 5
  logic [9:0]  before_q;
  logic [7:0]  opened_q;
  logic [10:0] established_q;  // from phase 4
  logic        many_new_q;
  logic        many_q;         // from phase 5

  always_ff @(posedge clk) begin
    if (zero_i) begin
      now_q    <= '0;
      before_q <= '0;
      opened_q <= '0;
    end else if (phase_i == 3'd2) begin
      if (est_young || est_next) now_q <= entry.est_now;
      if (est_young) before_q <= entry.est_before;
      if (half_young) opened_q <= entry.opened;
    end
    established_q <= 11'(now_q) + 11'(before_q);
    many_new_q    <= s2_opened_i != '0 && opened_q >= s2_opened_i;
    many_q        <= s2_concurrent_i != '0 && established_q >= s2_concurrent_i;
    if (phase_i == 3'd5) begin
      over_o  <= many_q || many_new_q;
      limit_o <= many_q ? s2_concurrent_i : 11'(s2_opened_i);
      count_o <= many_q ? established_q : 11'(opened_q);
    end
  end

  // --- Maintenance and statistics -------------------------------------------------------------------------------------
  always_ff @(posedge clk) begin
    if (read_clear_i) rdata_o <= '0;
    else if (read) rdata_o <= MaintDataBits'(entry);
  end
  always_comb begin
    evict_o  = {evict && phase_i[2], evict && !phase_i[2]};
    grow_o   = {grow && phase_i[2], grow && !phase_i[2]};
    shrink_o = {shrink && phase_i[2], shrink && !phase_i[2]};
  end

  `WEIR_ASSERT(never_full, !full, clk, rst)
  `WEIR_ASSERT(join_writes, phase_i != 3'd2 || !joining || update, clk, rst)
  `WEIR_ASSERT(write_alone, !(raw_q && s2_move_i != '0), clk, rst)
  `WEIR_ASSERT(one_leaves, $countones({s2_move_i.leave_half_now, s2_move_i.leave_half_before, s2_move_i.leave_est_now,
                                       s2_move_i.leave_est_before}) <= 1, clk, rst)
endmodule

`default_nettype wire
