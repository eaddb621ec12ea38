// SPDX-License-Identifier: Apache-2.0
//
// One meter update (docs/datapath.md 6.2): GCRA for packets and, with HasBytes, bytes; flood state with hysteresis.
// Pure pipeline, one update per clock: inputs in clock 0, outputs (combinational) in clock 1. No state of its own.
//   clock 0  age the state, compare with the position in the window, multiply length by cost, find whether it was loud
//   clock 1  conformance, trip and end, the new arrival times
// Identities used: x - v <= tau  <=>  tat <= v + tau;  v has eight zero bits at its end.
`default_nettype none

module weir_meter
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
  parameter bit HasBytes = 1'b1
) (
  input  wire                  clk,

  // --- Clock 0. Byte fields of state and configuration count only with HasBytes.
  input  wire meter_state_t    state_i,
  input  wire                  fresh_i,       // the state is all 0, the age 0
  input  wire                  byte_fresh_i,  // the same for the byte fields alone; 1 with fresh_i
  input  wire [WindowBits-1:0] age_i,
  input  wire arrival_t        arrival_i,
  input  wire meter_cfg_t      cfg_i,
  input  wire                  used_i,   // counts only
  input  wire                  idle_i,   // with used_i: not even that; the bytes of state_o then count only when byte_fresh_i

  // --- Clock 1. result_o: the meter objects; effect, dry run, unit, threshold and measured belong to it.
  output meter_state_t         state_o,
  output logic                 trip_o,
  output logic                 end_o,
  output logic                 result_o,
  output logic                 effect_o,
  output logic                 dry_run_o,
  output logic                 unit_o,
  output logic [23:0]          threshold_o,
  output logic [23:0]          measured_o
);
  localparam int unsigned TatBits  = 28;
  localparam int unsigned LowBits  = 24;  // of a window
  localparam int unsigned CostBits = 23;  // of a frame, in bytes' time

  typedef logic [TatBits-1:0] tat_t;

  typedef struct packed {
    logic tat;
    logic count;
    logic btat;
    logic bcount;
    logic quiet;
  } meter_valid_t;

  // --- Clock 0 ----------------------------------------------------------------------------------------------------
  // What has become 0 by its age is told by a bit beside it and left out in clock 1, where that costs nothing: a register
  // that is 0 but for its clock wants a reset of its own, and those are dear (docs/fpga.md).
  logic         aged;
  logic         shift_4bit;  // the age fits in the window bits of a tat
  meter_state_t old;         // step 1, but for quiet and tripped, where it is valid
  meter_valid_t valid;
  logic         loud;
  logic [8:0]   quiet_sum;
  logic [7:0]   quiet_age;

  function automatic tat_t tat_aged(tat_t tat, logic [3:0] windows);
    return {tat[TatBits-1:LowBits] - windows, tat[LowBits-1:0]};
  endfunction

  always_comb begin
    aged       = !fresh_i && age_i != '0;
    shift_4bit = age_i[WindowBits-1:4] == '0;
    old         = '0;
    old.tat     = tat_aged(state_i.tat, age_i[3:0]);
    old.count   = state_i.count;
    valid       = '0;
    valid.tat   = shift_4bit && !fresh_i && state_i.tat[TatBits-1:LowBits] >= age_i[3:0];
    valid.count = !fresh_i && !aged;
    valid.quiet = !fresh_i;
    loud       = cfg_i.pkt_threshold != '0 && {state_i.count, 1'b0} >= 19'(cfg_i.pkt_threshold);
    if (HasBytes) begin
      old.btat     = tat_aged(state_i.btat, age_i[3:0]);
      old.bcount   = state_i.bcount;
      valid.btat   = shift_4bit && !byte_fresh_i && state_i.btat[TatBits-1:LowBits] >= age_i[3:0];
      valid.bcount = !byte_fresh_i && !aged;
      if (!byte_fresh_i && cfg_i.byte_threshold != '0 && {state_i.bcount, 1'b0} >= 25'(cfg_i.byte_threshold)) loud = 1'b1;
    end
    quiet_sum = 9'(state_i.quiet) + 9'(age_i[7:0]);
    quiet_age = (age_i[7:0] - 8'd1) | {8{age_i > WindowBits'(255)}};
  end

  meter_state_t        old_q;
  meter_valid_t        valid_q;
  logic                aged_q;
  logic                loud_q;
  logic [7:0]          quiet_loud_q;  // quiet after a loud window
  logic [7:0]          quiet_calm_q;
  logic                tripped_q;
  logic [TatBits:0]    limit_q;       // v + tau
  logic [TatBits:0]    blimit_q;
  logic                later_q;       // tat is not before v
  logic                blater_q;
  logic [15:0]         position_q;
  logic [CostBits-1:0] bcost_q;
  logic                used_q;
  meter_cfg_t          cfg_q;
  logic [11:0]         len_q;
  logic                count_q;

  always_ff @(posedge clk) begin
    old_q        <= old;
    valid_q      <= valid;
    aged_q       <= aged;
    loud_q       <= loud;
    tripped_q    <= !fresh_i && state_i.tripped;
    quiet_loud_q <= age_i == '0 ? state_i.quiet : quiet_age;
    quiet_calm_q <= quiet_sum[7:0] | {8{age_i > WindowBits'(255) || quiet_sum[8]}};
    limit_q      <= (TatBits + 1)'({arrival_i.position, 8'b0}) + (TatBits + 1)'(cfg_i.pkt_tau);
    later_q      <= valid.tat && old.tat[TatBits-1:8] >= (TatBits - 8)'(arrival_i.position);
    position_q   <= arrival_i.position;
    used_q       <= used_i;
    cfg_q        <= cfg_i;
    count_q      <= !idle_i;
    if (HasBytes) begin
      blimit_q <= (TatBits + 1)'({arrival_i.position, 8'b0}) + (TatBits + 1)'(cfg_i.byte_tau);
      blater_q <= valid.btat && old.btat[TatBits-1:8] >= (TatBits - 8)'(arrival_i.position);
      bcost_q  <= CostBits'((31'(arrival_i.len) * 31'(cfg_i.byte_cost)) >> 8);
      len_q    <= 12'(arrival_i.len);
    end
  end

  // --- Clock 1 ----------------------------------------------------------------------------------------------------
  logic [7:0]        quiet;
  logic              tripped;  // before this frame
  logic              ok_p;
  logic              ok_b;
  logic              ok;
  logic              take;
  logic              tat_ones;    // of both ways to the new tat: all ones, or the old one as it is
  logic              btat_ones;
  logic              bcount_ones; // all ones, or nothing counted
  logic [18:0]       count;
  logic [24:0]       bcount;
  logic [TatBits:0]  sum;
  logic [TatBits:0]  bsum;
  tat_t              start;
  tat_t              bstart;

  always_comb begin
    quiet   = loud_q ? quiet_loud_q : quiet_calm_q;
    end_o   = aged_q && tripped_q && quiet >= cfg_q.hold;
    tripped = tripped_q && !end_o;

    ok_p = !valid_q.tat || (TatBits + 1)'(old_q.tat) <= limit_q;
    ok_b = !HasBytes || !valid_q.btat || (TatBits + 1)'(old_q.btat) <= blimit_q;
    ok   = ok_p && ok_b;

    trip_o   = !used_q && !ok && !tripped && (cfg_q.action == ActDrop || cfg_q.action == ActDeclare);
    take     = !used_q && ok && !(cfg_q.action == ActDrop && tripped);
    result_o = !used_q && ((cfg_q.action == ActLimit && !ok) || (cfg_q.action == ActDrop && (tripped || trip_o)));

    start  = later_q ? old_q.tat : TatBits'({position_q, 8'b0});
    sum    = (TatBits + 1)'(start) + (TatBits + 1)'(cfg_q.pkt_cost);
    bstart = blater_q ? old_q.btat : TatBits'({position_q, 8'b0});
    bsum   = (TatBits + 1)'(bstart) + (TatBits + 1)'(bcost_q);
    count  = 19'(old_q.count) + 19'(count_q);
    bcount = 25'(old_q.bcount) + 25'(len_q);

    // Two common bits and two of each place: one look-up table of four inputs a bit.
    tat_ones    = take ? sum[TatBits] : valid_q.tat;
    btat_ones   = take ? bsum[TatBits] : valid_q.btat;
    bcount_ones = valid_q.bcount ? bcount[24] : !count_q;

    state_o         = '0;
    state_o.tat     = take ? sum[TatBits-1:0] | {TatBits{tat_ones}} : old_q.tat & {TatBits{tat_ones}};
    state_o.count   = valid_q.count ? count[17:0] | {18{count[18]}} : 18'(count_q);
    state_o.tripped = tripped || trip_o;
    state_o.quiet   = (trip_o || !valid_q.quiet) ? '0 : quiet;
    if (HasBytes) begin
      state_o.btat   = take ? bsum[TatBits-1:0] | {TatBits{btat_ones}} : old_q.btat & {TatBits{btat_ones}};
      state_o.bcount = valid_q.bcount ? bcount[23:0] | {24{bcount_ones}} : 24'(len_q & {12{!bcount_ones}});
    end

    effect_o    = cfg_q.effect;
    dry_run_o   = cfg_q.dry_run;
    unit_o      = ok_p && !ok_b;
    threshold_o = (cfg_q.byte_threshold & {24{unit_o}}) | 24'(cfg_q.pkt_threshold & {18{!unit_o}});
    measured_o  = (state_o.bcount & {24{unit_o}}) | 24'(state_o.count & {18{!unit_o}});
  end
endmodule

`default_nettype wire
