// SPDX-License-Identifier: Apache-2.0
//
// Fills the slots (docs/datapath.md 4): frames in the order of their numbers, maintenance in slots that no frame waits
// for, and after reset one clearing slot for each entry of the largest memory. Holds the metadata of all frames in the
// slots, in distributed RAM; a frame never waits longer than 8 clocks as long as they come 8 clocks apart.
// One access at a time; sweep steps may follow each other slot by slot.
`default_nettype none
`include "weir_assert.svh"

module weir_slot_source
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
  parameter int unsigned ClearEntries = 1024
) (
  input  wire                       clk,
  input  wire                       rst,
  input  wire  [2:0]                phase_i,

  // --- Frames: pulses, at least 8 clocks apart. frame_taken_i: one left the arbiter, its metadata will come.
  input  wire                       meta_valid_i,
  input  wire meta_t                meta_i,
  input  wire                       frame_taken_i,
  input  wire stamp_t               now_i,
  input  wire  [15:0]               link_consume_i,

  // --- Maintenance, see weir_judge. read_clear_i: in the clock after maint_ready_o, and in reset. done_i: a maintenance slot, or a
  // clearing one, has left the last stage.
  input  wire                       maint_valid_i,
  input  wire maint_t               maint_i,
  output logic                      maint_ready_o,
  input  wire                       read_clear_i,
  // 0 from phase 1 of a slot of maintenance on, or from reset; of a write its data from phase 2 on. So until phase 0 of the next
  // slot of maintenance, that of a clearing slot does not count.
  output logic [MaintDataBits-1:0]  wdata_o,
  input  wire                       done_i,
  output logic                      ready_o,
  output logic                      bypass_o,

  // --- In phase 7: the slot that begins with the next phase 0, and its metadata (of a frame).
  output slot_head_t                slot_o,
  output meta_t                     meta_o,
  output logic                      waiting_o,   // a frame waits
  // In phase 0 meta_o is that of place_i in the phase 7 before.
  input  wire  [3:0]                place_i
);
  localparam int unsigned ClearBits = $clog2(ClearEntries);
  localparam int unsigned PlaceBits = 4;
  localparam int unsigned FrontBits = 6;

  // --- Metadata ---------------------------------------------------------------------------------------------------
  logic [PlaceBits-1:0] tail_q = '0;  // next to write
  logic [PlaceBits-1:0] head_q = '0;  // next to enter a slot
  logic                 enter;        // a frame enters
  logic [PlaceBits-1:0] read_q = '0;

  weir_ram_sdp #(
    .Width($bits(meta_t)), .Depth(1 << PlaceBits), .Style("distributed"), .AsyncRead(1'b1)
  ) u_meta (
    .clk,
    .wr_en_i  (meta_valid_i),
    .wr_addr_i(tail_q),
    .wr_data_i(meta_i),
    .rd_en_i  (1'b1),
    .rd_addr_i(read_q),
    .rd_data_o(meta_o)
  );

  // --- Clearing ---------------------------------------------------------------------------------------------------
  logic                 clearing_q = 1'b1;  // clearing slots to be sent
  logic [ClearBits-1:0] clear_q = '0;
  logic                 ready_q = 1'b0;
  logic [3:0]           flight_q = '0;      // maintenance and clearing slots on their way
  logic                 access_q = 1'b0;    // one of them is an access
  logic                 write_q = 1'b0;     // a write was just taken: phase 0 of its slot
  logic                 load_q = 1'b0;      // phase 1
  logic                 clear;
  logic                 accept;
  logic                 is_sweep;
  logic                 is_expire;

  // --- What the stamp of maintenance is -----------------------------------------------------------------------------
  logic [FrontBits-1:0] front_q = '0;  // frames between arbiter and slots
  arrival_t             last_q  = '0;  // of the last slot with a stamp; no reset, clearing has one
  logic [37:0]          last_era_q = '0;
  arrival_t             now;
  seqno_t               seqno_q = '0;
  logic                 bypass_q = 1'b0;

  always_comb begin
    waiting_o = tail_q != head_q;
    is_expire = maint_i.op == MaintExpire;
    is_sweep  = maint_i.op == MaintSweep || is_expire;
    enter  = phase_i == 3'd7 && waiting_o;
    clear  = phase_i == 3'd7 && !waiting_o && clearing_q;
    accept = phase_i == 3'd7 && !waiting_o && !clearing_q && ready_q && maint_valid_i &&
             (flight_q == '0 || (is_sweep && !access_q && flight_q != '1));
    maint_ready_o = accept;

    now = '{window: now_i[16+:WindowBits], position: now_i[15:0], len: '0};
    slot_o      = '0;
    slot_o.era  = now_i[63-:38];
    if (front_q != '0 || frame_taken_i) begin
      now        = last_q;
      slot_o.era = last_era_q;
    end

    slot_o.kind    = enter ? SlotPacket : (clear || accept) ? SlotMaint : SlotIdle;
    if (accept) begin
      slot_o.command = '{active: 1'b1, clear: 1'b0, expire: is_expire,
                         level: is_expire ? maint_i.level : ExpireNone, op: is_expire ? MaintSweep : maint_i.op,
                         target: is_sweep ? TargetNone : maint_i.target, index: maint_i.index};
    end
    if (clear) begin
      slot_o.command = '{active: 1'b1, clear: 1'b1, expire: 1'b0, level: ExpireNone, op: MaintSweep,
                         target: TargetNone, index: 11'(clear_q)};
    end
    slot_o.place   = head_q;
    slot_o.bypass  = bypass_q;
    slot_o.consume = meta_o.link_control && link_consume_i[meta_o.link_low];
    slot_o.seqno   = enter ? meta_o.frame.seqno : seqno_q;
    slot_o.arrival = now;
    if (enter) begin
      slot_o.arrival = '{window: meta_o.frame.stamp[16+:WindowBits], position: meta_o.frame.stamp[15:0],
                         len: meta_o.frame.len};
      slot_o.era = meta_o.frame.stamp[63-:38];
    end

    ready_o  = ready_q;
    bypass_o = bypass_q;
  end

  always_ff @(posedge clk) begin
    if (meta_valid_i) tail_q <= tail_q + 1'b1;
    if (enter) head_q <= head_q + 1'b1;
    read_q <= (phase_i == 3'd7) ? place_i : head_q;
    front_q <= front_q + FrontBits'(frame_taken_i) - FrontBits'(enter);
    if (enter || clear || accept) begin
      last_q     <= slot_o.arrival;
      last_era_q <= slot_o.era;
    end
    if (enter) seqno_q <= meta_o.frame.seqno;

    flight_q <= flight_q + 4'(clear || accept) - 4'(done_i);
    if (accept && !is_sweep) access_q <= 1'b1;
    if (done_i) access_q <= 1'b0;
    write_q <= accept && maint_i.op == MaintWrite;
    load_q  <= write_q;
    if (read_clear_i) wdata_o <= '0;
    else if (load_q) wdata_o <= maint_i.data;
    // The slots behind this one have it.
    if (accept && maint_i.op == MaintWrite && maint_i.target == TargetBypass) bypass_q <= maint_i.data[0];

    if (clear) begin
      clear_q <= clear_q + 1'b1;
      if (clear_q == ClearBits'(ClearEntries - 1)) clearing_q <= 1'b0;
    end
    if (!clearing_q && flight_q == '0) ready_q <= 1'b1;

    if (rst) begin
      tail_q     <= '0;
      head_q     <= '0;
      clearing_q <= 1'b1;
      clear_q    <= '0;
      ready_q    <= 1'b0;
      flight_q   <= '0;
      access_q   <= 1'b0;
      front_q    <= '0;
      seqno_q    <= '0;
      bypass_q   <= 1'b0;
      write_q    <= 1'b0;
      load_q     <= 1'b0;
    end
  end

  // The caller's contract, and what follows from it.
  logic [MaintDataBits-1:0] data_q;
  always_ff @(posedge clk) data_q <= maint_i.data;
  `WEIR_ASSERT(data_stays, !(write_q || load_q) || maint_i.data == data_q, clk, rst)
  `WEIR_ASSERT(cleared, !write_q || read_clear_i, clk, rst)
  `WEIR_ASSERT(wait_bound, (tail_q - head_q) <= PlaceBits'(2), clk, rst)
  `WEIR_ASSERT(front_bound, front_q != '1, clk, rst)
  `WEIR_ASSERT(front_some, !enter || front_q != '0 || frame_taken_i, clk, rst)
endmodule

`default_nettype wire
