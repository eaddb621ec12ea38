// SPDX-License-Identifier: Apache-2.0
//
// Scores of sources (docs/datapath.md 15), in stage S1: the outcome of frame m is applied in the slot of frame m + 8,
// before that frame's own look-up, which writes nothing. Both look-ups and the update end within the slot: no stall, no lock.
//
//   phase   0 to 3     2 to 5           6                             7
//           addresses  ways are seen    which entry; scores decay     new score, written
//
// Table of four ways a set, as weir_table (12), but its own: two look-ups read in the same clocks, so there are two memories
// with the same content, one for each, and what the first look-up writes the second one has to know of:
//   same key       the second one finds what the first one has written
//   same set       the first one may evict what the second one had found; then that counts as not found (but for a second
//                  entry with the key, which a raised timeout may bring back)
// Keys and outcomes wait in LUT RAM, by the low bits of the number. Never full: nothing is pinned or locked. Maintenance
// slots read, write, sweep or clear one entry, in both memories.
`default_nettype none
`include "weir_assert.svh"

module weir_source_scores
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  import weir_state_pkg::*;
#(
  parameter int unsigned SetsLog2 = StateSourceSetsLog2,
  parameter int unsigned Target   = 32'(TargetState0) + StateSource,
  localparam int unsigned ScoreBits = 16,
  localparam int unsigned SeqnoBits = 4
) (
  input  wire                      clk,
  input  wire                      rst,
  input  wire  [2:0]               phase_i,

  // --- The slot in S1, constant from phase 0 to 7. Every frame has one, in the order of the numbers.
  input  wire slot_head_t          head_i,
  input  wire                      look_i,     // the frame is looked up
  input  wire hash_t               key_i,
  input  wire  [TimeBits-1:0]      clock_i,
  input  wire source_cfg_t         cfg_i,
  input  wire command_t            command_i,  // that of the head, expire: of this table's clock
  input  wire  [MaintDataBits-1:0] wdata_i,    // 0 for sweeps and clearing

  // --- The verdict on each frame: after its own slot, before that of frame m + 8.
  input  wire                      verdict_valid_i,
  input  wire  [SeqnoBits-1:0]     verdict_seqno_i,
  input  wire  [2:0]               verdict_i,
  input  wire  [7:0]               verdict_reason_i,

  // --- From phase 0 to 7 of the next slot; of a frame without look-up 0.
  output logic                     over_o,
  output logic [ScoreBits-1:0]     score_o,

  // --- Maintenance read: 0 but for one clock per read.
  output logic [MaintDataBits-1:0] rdata_o,

  // --- Statistics: pulses.
  output logic                     evict_o,
  output logic                     full_o,     // never
  output logic                     grow_o,
  output logic                     shrink_o
);
  localparam int unsigned Ways    = 4;
  localparam int unsigned Entries = Ways << SetsLog2;
  localparam int unsigned Delay   = 8;   // frames
  `WEIR_ELAB(delay, Delay == 1 << (SeqnoBits - 1), "the number of frame m has its top bit other than that of m + Delay")

  typedef enum logic [1:0] {OutcomeNone = 2'd0, OutcomeFlood = 2'd1, OutcomeHeld = 2'd2, OutcomeGood = 2'd3} outcome_e;

  typedef struct packed {
    logic [ScoreBits-1:0] score;
    logic [TimeBits-1:0]  stamp;
    logic [TagBits-1:0]   tag;
  } entry_t;

  // An entry's score and how far it has decayed since.
  typedef struct packed {
    logic [ScoreBits-1:0] score;
    logic                 gone;   // age 16 or more
    logic [3:0]           age;
  } aged_t;

  function automatic logic [ScoreBits-1:0] decayed(aged_t a);
    return a.gone ? '0 : a.score >> a.age;
  endfunction

  // --- What waits for frame m + 8 ---------------------------------------------------------------------------------
  typedef struct packed {
    logic                look;
    logic [SetsLog2-1:0] set;
    logic [TagBits-1:0]  tag;
  } waiting_t;

  waiting_t   mine;
  waiting_t   past;      // of frame m
  outcome_e   verdict_outcome;
  logic [1:0] outcome;
  logic       packet;
  logic [3:0] frames_q = '0;  // slots since reset, up to Delay
  logic       apply_q;
  logic       flood_q;
  logic       good_q;

  always_comb begin
    verdict_outcome = OutcomeNone;
    case (verdict_i)
      VerdictPass, VerdictDemote: verdict_outcome = OutcomeGood;
      VerdictDrop: begin
        // What a frame itself has done wrong; not that a table had no room.
        case (verdict_reason_i[7:4])
          4'h1: if (!verdict_reason_i[3]) verdict_outcome = OutcomeFlood;
          4'h2, 4'h3, 4'h4, 4'h5, 4'h6, 4'h7, 4'h8, 4'h9: verdict_outcome = OutcomeFlood;
          default: ;
        endcase
        case (verdict_reason_i)
          ReasonConnNone, ReasonConnState, ReasonConnWindow, ReasonIcmpQuote: verdict_outcome = OutcomeFlood;
          ReasonSourceScore: verdict_outcome = OutcomeHeld;
          default: ;
        endcase
      end
      default: ;
    endcase
  end

  always_comb packet = head_i.kind == SlotPacket;
  always_comb mine = '{look: look_i, set: key_i.index[SetsLog2-1:0], tag: key_i.tag};

  weir_ram_sdp #(
    .Width($bits(waiting_t)), .Depth(1 << SeqnoBits), .Style("distributed"), .AsyncRead(1'b1)
  ) u_waiting (
    .clk,
    .wr_en_i  (packet && phase_i == 3'd7),
    .wr_addr_i(head_i.seqno[SeqnoBits-1:0]),
    .wr_data_i(mine),
    .rd_en_i  (1'b1),
    .rd_addr_i(head_i.seqno[SeqnoBits-1:0] ^ SeqnoBits'(Delay)),
    .rd_data_o(past)
  );

  weir_ram_sdp #(
    .Width(2), .Depth(1 << SeqnoBits), .Style("distributed"), .AsyncRead(1'b1)
  ) u_outcomes (
    .clk,
    .wr_en_i  (verdict_valid_i),
    .wr_addr_i(verdict_seqno_i),
    .wr_data_i(verdict_outcome),
    .rd_en_i  (1'b1),
    .rd_addr_i(head_i.seqno[SeqnoBits-1:0] ^ SeqnoBits'(Delay)),
    .rd_data_o(outcome)
  );

  always_ff @(posedge clk) begin
    if (packet && phase_i == 3'd7 && frames_q != 4'(Delay)) frames_q <= frames_q + 1'b1;
    apply_q <= packet && frames_q == 4'(Delay) && past.look && outcome != OutcomeNone;
    flood_q <= outcome == OutcomeFlood;
    good_q  <= outcome == OutcomeGood;
    if (rst) frames_q <= '0;
  end

  logic [7:0] timeout;
  always_comb begin
    timeout = cfg_i.timeout == '0 ? 8'd1 : cfg_i.timeout;
    if (command_i.active && command_i.expire) timeout = '0;
  end

  // --- Clocks 0 to 3: read ----------------------------------------------------------------------------------------
  logic                maint;   // the operation is about an entry of this table
  logic [SetsLog2-1:0] set;     // of the first look-up
  logic [1:0]          way;
  entry_t              entry;   // seen by the first look-up
  entry_t              own;     // by the second
  logic                wr_q = 1'b0;
  logic [1:0]          wr_way_q;
  entry_t              wr_data;

  always_comb begin
    maint = command_i.active && command_i.index < 11'(Entries) &&
            (command_i.op == MaintSweep || command_i.target == 5'(Target));
    set   = command_i.active ? command_i.index[2+:SetsLog2] : past.set;
    way   = command_i.active ? command_i.index[1:0] : past.tag[1:0];
  end

  weir_ram_sdp #(
    .Width($bits(entry_t)), .Depth(Entries), .OutputReg(1'b1)
  ) u_first (
    .clk, .wr_en_i(wr_q), .wr_addr_i({set, wr_way_q}), .wr_data_i(wr_data),
    .rd_en_i(1'b1), .rd_addr_i({set, way + phase_i[1:0]}), .rd_data_o(entry)
  );
  weir_ram_sdp #(
    .Width($bits(entry_t)), .Depth(Entries), .OutputReg(1'b1)
  ) u_second (
    .clk, .wr_en_i(wr_q), .wr_addr_i({set, wr_way_q}), .wr_data_i(wr_data),
    .rd_en_i(1'b1), .rd_addr_i({mine.set, mine.tag[1:0] + phase_i[1:0]}), .rd_data_o(own)
  );

  // --- Clocks 2 to 5: see, compare, keep --------------------------------------------------------------------------
  logic       see;
  logic       see_first;
  logic [1:0] see_step;

  logic [TimeBits-1:0] age;
  logic                 free;
  logic                 old;
  logic                 match;
  logic [ScoreBits-1:0] rank;
  logic                 hit_q;
  logic [1:0]           hit_way_q;
  aged_t                hit_score_q;
  logic                 avail_q;
  logic                 avail_free_q;
  logic [1:0]           avail_way_q;
  logic [1:0]           victim_way_q;
  logic [ScoreBits-1:0] rank_q;
  logic                 held_q;   // maintenance: it is not free
  logic                 stale_q;  // and has expired

  logic [TimeBits-1:0] own_age;
  logic                 own_match;
  logic                 own_hit_q;
  logic [1:0]           own_way_q;
  aged_t                own_score_q;
  logic                 own_more_q;   // there is another one
  aged_t                own_more_score_q;

  function automatic aged_t aged(logic [ScoreBits-1:0] score, logic [TimeBits-1:0] years);
    return '{score: score, gone: years[TimeBits-1:4] != '0, age: years[3:0]};
  endfunction

  always_comb begin
    see       = phase_i[2] != phase_i[1];
    see_first = phase_i == 3'd2;
    see_step  = phase_i[1:0] ^ 2'd2;

    age   = clock_i - entry.stamp;
    free  = entry.tag == '0;
    old   = age >= TimeBits'(timeout);
    match = !free && !old && entry.tag == past.tag;
    rank  = age >= TimeBits'(2) ? '0 : entry.score;

    own_age   = clock_i - own.stamp;
    own_match = mine.look && own_age < TimeBits'(timeout) && own.tag == mine.tag;
  end

  always_ff @(posedge clk) begin
    if (see) begin
      hit_q   <= match || (hit_q && !see_first);
      avail_q <= free || old || (avail_q && !see_first);
      if (match && (see_first || !hit_q)) begin
        hit_way_q   <= way + see_step;
        hit_score_q <= aged(entry.score, age);
      end
      if ((free || old) && (see_first || !avail_q)) begin
        avail_way_q  <= way + see_step;
        avail_free_q <= free;
      end
      if (see_first || rank < rank_q) begin
        victim_way_q <= way + see_step;
        rank_q       <= rank;
      end

      own_hit_q  <= own_match || (own_hit_q && !see_first);
      own_more_q <= !see_first && (own_more_q || (own_match && own_hit_q));
      if (own_match && (see_first || !own_hit_q)) begin
        own_way_q   <= mine.tag[1:0] + see_step;
        own_score_q <= aged(own.score, own_age);
      end
      if (own_match && !own_more_q) own_more_score_q <= aged(own.score, own_age);
    end
    if (see_first) begin
      held_q  <= !free;
      stale_q <= !free && old;
    end
  end

  // --- Clock 6: which entry, what it is worth now -----------------------------------------------------------------
  logic                 update;
  logic                 insert;
  logic                 raw;       // maintenance writes
  logic [1:0]           wr_way;
  logic                 lost;      // what the second look-up has found
  aged_t                own_score;
  logic                 same_set_q;
  logic                 same_key_q;
  logic [ScoreBits-1:0] score_q;
  logic                 forward_q;
  logic [ScoreBits-1:0] own_now_q;
  aged_t                shift_in;
  logic [ScoreBits-1:0] shifted;

  always_comb begin
    insert = apply_q && flood_q && !hit_q;
    update = apply_q && (hit_q || flood_q);
    raw    = maint && (command_i.clear || command_i.op == MaintWrite || (command_i.op == MaintSweep && stale_q));
    wr_way = hit_q ? hit_way_q : avail_q ? avail_way_q : victim_way_q;
    if (command_i.active) wr_way = command_i.index[1:0];

    lost      = insert && same_set_q && wr_way == own_way_q;
    own_score = lost ? own_more_score_q : own_score_q;
    if (lost ? !own_more_q : !own_hit_q) own_score.gone = 1'b1;

    // One shifter: in phase 6 for the second look-up, in phase 7 for what a score grows or shrinks by.
    shift_in = phase_i[0] ? '{score: score_q, gone: 1'b0, age: good_q ? cfg_i.decay : cfg_i.grow} : own_score;
    shifted  = decayed(shift_in);
  end

  always_ff @(posedge clk) begin
    same_set_q <= past.set == mine.set;
    same_key_q <= past.set == mine.set && past.tag == mine.tag && mine.look;

    wr_q      <= phase_i == 3'd6 && (update || raw);
    wr_way_q  <= wr_way;
    score_q   <= hit_q ? decayed(hit_score_q) : '0;
    forward_q <= update && same_key_q;
    own_now_q <= shifted;

    evict_o   <= phase_i == 3'd6 && insert && !avail_q;
    grow_o    <= phase_i == 3'd6 && ((insert && avail_q && avail_free_q) ||
                                     (raw && !command_i.clear && !held_q && wdata_i[TagBits-1:0] != '0));
    shrink_o  <= phase_i == 3'd6 && raw && !command_i.clear && held_q && wdata_i[TagBits-1:0] == '0;
    if (rst) begin
      wr_q     <= 1'b0;
      evict_o  <= 1'b0;
      grow_o   <= 1'b0;
      shrink_o <= 1'b0;
    end
  end

  // --- Clock 7: the new score -------------------------------------------------------------------------------------
  logic [ScoreBits:0]   sum;
  logic [ScoreBits-1:0] score;

  always_comb begin
    // s + x + 1, or s - x.
    sum   = {1'b0, score_q} + {1'b0, good_q ? ~shifted : shifted} + 1'b1;
    score = sum[ScoreBits-1:0];
    if (flood_q && sum[ScoreBits]) score = '1;
    if (!flood_q && !good_q) score = score_q;

    wr_data = command_i.active ? wdata_i[$bits(entry_t)-1:0] : '{score: score, stamp: clock_i, tag: past.tag};
  end

  logic [ScoreBits-1:0] threshold_q;
  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      score_o     <= forward_q ? score : own_now_q;
      threshold_q <= cfg_i.threshold;
    end
  end
  always_comb over_o = threshold_q != '0 && score_o >= threshold_q;

  // --- Maintenance read -------------------------------------------------------------------------------------------
  entry_t read_q;
  always_ff @(posedge clk) begin
    read_q <= entry;
    if (!maint || command_i.clear || command_i.op != MaintRead || !see_first) read_q <= '0;
  end
  always_comb begin
    rdata_o = MaintDataBits'(read_q);
    full_o  = 1'b0;
  end

  `WEIR_ASSERT(one_kind, !(command_i.active && packet), clk, rst)
  `WEIR_ASSERT(look_of_frames, !look_i || packet, clk, rst)
endmodule

`default_nettype wire
