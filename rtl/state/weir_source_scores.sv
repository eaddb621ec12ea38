// SPDX-License-Identifier: Apache-2.0
//
// Scores of sources (docs/datapath.md 15), in stage S1: the outcome of frame m is applied in the slot of frame m + 8,
// before that frame's own look-up, which writes nothing. The second look-up ends in the next slot: no stall, no lock.
//
//   phase   0 to 3     2 to 5     6             7                   0, 1 of the next slot   2       3
//   first   addresses  ways seen  which; decay  new score, written
//   second  (4 to 7) addresses    ways seen ------------------------------------------->    decay   result
//
// Table of four ways a set, as weir_table (12), but its own: one memory, one view, one shifter for both look-ups. The second
// one reads while the first one decides and writes, so it sees none of that, and has to know:
//   same key       its score is the one that the first one writes
//   same set       the way that the first one takes counts as not found, whatever is read there (in phase 7 that may be anything);
//                  a second entry with the key, which a raised timeout may bring back, counts then
// Keys and outcomes wait in LUT RAM, by the low bits of the number. Never full: nothing is pinned or locked. Maintenance
// slots read, write, sweep or clear one entry.
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

  // --- From phase 4 to 7 of the next slot, and up to phase 3 of the one after; of a frame without look-up 0.
  output logic                     over_o,
  output logic [ScoreBits-1:0]     score_o,

  // --- Maintenance read: read_clear_i makes it 0; then what is read.
  input  wire                      read_clear_i,
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
  logic               own_look_q;  // of the second look-up
  logic [TagBits-1:0] own_tag_q;
  logic               same_set_q;
  logic               same_key_q;

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
    // Until phase 2 of the next slot.
    if (phase_i == 3'd2) begin
      apply_q    <= packet && frames_q == 4'(Delay) && past.look && outcome != OutcomeNone;
      flood_q    <= outcome == OutcomeFlood;
      good_q     <= outcome == OutcomeGood;
      own_look_q <= mine.look;
      own_tag_q  <= mine.tag;
      same_set_q <= past.set == mine.set;
      same_key_q <= past.set == mine.set && past.tag == mine.tag && mine.look;
    end
    if (rst) frames_q <= '0;
  end

  // Until phase 1 of the next slot, for both.
  logic [7:0]          timeout_q;
  logic                expire_q;   // whatever the timeout
  logic [TimeBits-1:0] clock_q;
  always_ff @(posedge clk) begin
    if (phase_i == 3'd1) begin
      clock_q   <= clock_i;
      timeout_q <= cfg_i.timeout | 8'(cfg_i.timeout == '0);
      expire_q  <= command_i.active && command_i.expire;
    end
  end

  // --- Clocks 0 to 3: read ----------------------------------------------------------------------------------------
  logic                maint;   // the operation is about an entry of this table
  logic [SetsLog2-1:0] set;     // of the first look-up
  logic [1:0]          way;
  logic [SetsLog2-1:0] rd_set;
  logic [1:0]          rd_way;
  entry_t              entry;
  logic                wr_q = 1'b0;
  logic [1:0]          wr_way_q;
  entry_t              wr_data;

  always_comb begin
    maint  = command_i.active && command_i.index < 11'(Entries) &&
             (command_i.op == MaintSweep || command_i.target == 5'(Target));
    set    = command_i.active ? command_i.index[2+:SetsLog2] : past.set;
    way    = command_i.active ? command_i.index[1:0] : past.tag[1:0];
    rd_set = phase_i[2] ? mine.set : set;
    rd_way = (phase_i[2] ? mine.tag[1:0] : way) + phase_i[1:0];
  end

  weir_ram_sdp #(
    .Width($bits(entry_t)), .Depth(Entries), .OutputReg(1'b1)
  ) u_ram (
    .clk, .wr_en_i(wr_q), .wr_addr_i({set, wr_way_q}), .wr_data_i(wr_data),
    .rd_en_i(1'b1), .rd_addr_i({rd_set, rd_way}), .rd_data_o(entry)
  );

  // --- Clocks 2 to 5: see, compare, keep --------------------------------------------------------------------------
  logic                 see;        // the first look-up; otherwise the second one
  logic                 see_first;  // its first way
  logic [1:0]           see_way;
  logic [TimeBits-1:0]  age;
  logic                 free;
  logic                 old;
  logic [ScoreBits-1:0] rank;
  logic                 match;
  logic                 own_match;
  logic                 keep;
  aged_t                found_q;    // the first hit of the look-up that is seen
  logic                 hit_q;
  logic [1:0]           hit_way_q;
  logic                 avail_q;
  logic                 avail_free_q;
  logic [1:0]           avail_way_q;
  logic [1:0]           victim_way_q;
  logic [ScoreBits-1:0] rank_q;
  logic                 held_q;     // maintenance: it is not free
  logic                 stale_q;    // and has expired
  logic                 own_hit_q;

  // What the first look-up does, from phase 6 on, until the second one has seen its last way.
  logic                 insert;
  logic                 update;
  logic [1:0]           taken;      // this way

  always_comb begin
    insert = apply_q && flood_q && !hit_q;
    update = apply_q && (hit_q || flood_q);
    taken  = hit_q ? hit_way_q : avail_q ? avail_way_q : victim_way_q;

    see       = phase_i[2] != phase_i[1];
    see_first = phase_i[1:0] == 2'd2;
    see_way   = (see ? way : own_tag_q[1:0]) + (phase_i[1:0] ^ 2'd2);

    age       = clock_q - entry.stamp;
    free      = entry.tag == '0;
    old       = expire_q || age >= TimeBits'(timeout_q);
    rank      = age >= TimeBits'(2) ? '0 : entry.score;
    match     = !old && entry.tag == past.tag;
    own_match = !old && entry.tag == own_tag_q && own_look_q && !(update && same_set_q && taken == see_way);
    keep      = see ? match && (see_first || !hit_q) : own_match && (see_first || !own_hit_q);
  end

  always_ff @(posedge clk) begin
    if (keep) found_q <= '{score: entry.score, gone: age[TimeBits-1:4] != '0, age: age[3:0]};
    if (see) begin
      hit_q   <= match || (hit_q && !see_first);
      avail_q <= free || old || (avail_q && !see_first);
      if (match && (see_first || !hit_q)) hit_way_q <= see_way;
      if ((free || old) && (see_first || !avail_q)) begin
        avail_way_q  <= see_way;
        avail_free_q <= free;
      end
      if (see_first || rank < rank_q) begin
        victim_way_q <= see_way;
        rank_q       <= rank;
      end
      if (see_first) begin
        held_q  <= !free;
        stale_q <= !free && old;
      end
    end else begin
      own_hit_q <= own_match || (own_hit_q && !see_first);
    end
  end

  // --- Clock 6: which entry, what it is worth now; clock 7: the new score -------------------------------------------
  logic                 raw;       // maintenance writes
  logic [ScoreBits-1:0] score_q;   // of the first look-up in phase 7, then what it writes; in phase 3 of the second
  logic [ScoreBits-1:0] shifted;
  logic [ScoreBits:0]   sum;
  logic [ScoreBits-1:0] score;

  always_comb begin
    raw = maint && (command_i.clear || command_i.op == MaintWrite || (command_i.op == MaintSweep && stale_q));

    // One shifter: in phases 6 and 2 for what has decayed, in phase 7 for what a score grows or shrinks by.
    shifted = (phase_i[0] ? score_q : found_q.score) >> (!phase_i[0] ? found_q.age : good_q ? cfg_i.decay : cfg_i.grow);

    // s + x + 1, or s - x.
    sum   = {1'b0, score_q} + {1'b0, good_q ? ~shifted : shifted} + 1'b1;
    score = sum[ScoreBits-1:0];
    if (flood_q && sum[ScoreBits]) score = '1;
    if (!flood_q && !good_q) score = score_q;

    wr_data = command_i.active ? wdata_i[$bits(entry_t)-1:0] : '{score: score, stamp: clock_q, tag: past.tag};
  end

  always_ff @(posedge clk) begin
    wr_q     <= phase_i == 3'd6 && (update || raw);
    wr_way_q <= command_i.active ? command_i.index[1:0] : taken;

    case (phase_i)
      3'd6:    score_q <= hit_q && !found_q.gone ? shifted : '0;
      3'd7:    score_q <= score;
      3'd2:    if (!(update && same_key_q)) score_q <= own_hit_q && !found_q.gone ? shifted : '0;
      default: ;
    endcase

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

  // --- Result -----------------------------------------------------------------------------------------------------
  logic [ScoreBits-1:0] threshold_q;
  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) threshold_q <= cfg_i.threshold;
    if (phase_i == 3'd3) begin
      score_o <= score_q;
      over_o  <= threshold_q != '0 && score_q >= threshold_q;
    end
  end

  // --- Maintenance read -------------------------------------------------------------------------------------------
  entry_t read_q;
  always_ff @(posedge clk) begin
    if (read_clear_i) read_q <= '0;
    else if (maint && !command_i.clear && command_i.op == MaintRead && phase_i == 3'd2) read_q <= entry;
  end
  always_comb begin
    rdata_o = MaintDataBits'(read_q);
    full_o  = 1'b0;
  end

  `WEIR_ASSERT(one_kind, !(command_i.active && packet), clk, rst)
  `WEIR_ASSERT(look_of_frames, !look_i || packet, clk, rst)
endmodule

`default_nettype wire
