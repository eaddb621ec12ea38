// SPDX-License-Identifier: Apache-2.0
//
// Sweeps the tables (docs/datapath.md 5.3), entry 0, 1, ... LastEntry, so that no entry gets as old as its window number
// wraps; and guards against jumps of time. A sweep is due 128 windows after the last complete one began. When it
// is 256, hold_o stops the arbiter until the data path is empty and a sweep that began then is complete; from 512 on its
// steps expire all entries of those tables whose ages may have wrapped, more of them the longer the jump. All by
// comparison: a jump over years costs one sweep. While run_i is 0 nothing is swept; what is due waits for run_i.
//
// The stamp of a sweep step may be older than now_o by what a frame takes from the arbiter to the slots. So a sweep
// begins LagClocks before its first step goes out, far longer than that; or with an empty data path.
`default_nettype none
`include "weir_assert.svh"

module weir_ager
  import weir_pkg::*;
#(
    parameter int unsigned LastEntry = 1023,
    parameter int unsigned LagClocks = 2048  // at most 2048
) (
    input wire clk,
    input wire rst,
    // 1: frames may be taken. ready_i: the tables are clear, sweep steps are served.
    input wire run_i,
    input wire ready_i,

    // --- Time, hold, idle: see weir_control. now_o is now_i 3 clocks later.
    input  wire stamp_t now_i,
    output stamp_t      now_o,
    output logic        hold_o,
    input  wire         idle_i,
    output logic        stopped_o,  // run_i is 0 and no frame is in the data path
    output logic        ageing_o,   // held for a sweep

    // --- Sweep steps, see weir_maint. busy_i: one waits or is under way.
    output logic       sweep_req_o,
    output logic [9:0] sweep_index_o,
    // The jump since the last complete sweep is so long that the ages of entries of some tables may have wrapped.
    output expire_e    sweep_level_o,
    input  wire        sweep_take_i,
    input  wire        busy_i
);
  localparam int unsigned WindowBits  = 16;   // of 2^16 us
  localparam int unsigned DueBits     = 7;    // 128 windows; stale after twice that
  localparam int unsigned QuietClocks = 15;
  localparam int unsigned AgeBits     = 64 - WindowBits - DueBits;
  // From how many windows on all entries have expired, log2: tables that count windows with 10 bits; 2^20 us
  // with 12 bits, 2^24 us with 10 bits and a short timeout; 2^26 us with 12 bits.
  localparam int unsigned FarWindows  = 9;
  localparam int unsigned FarSeconds  = 15;
  localparam int unsigned FarAll      = 21;
  typedef logic [63-WindowBits:0] window_t;

  // --- Time in three steps, so that hold_o and now_o leave together.
  stamp_t  now_q   = '0;
  stamp_t  now_q2  = '0;
  stamp_t  now_q3  = '0;
  logic [AgeBits-1:0] age_q = '0;  // windows since start_q, in units of 128
  logic    due_q   = 1'b0;
  logic    stale_q = 1'b0;
  expire_e level_q = ExpireNone;
  window_t start_q = '0;  // window in which the last complete sweep began
  window_t begin_q = '0;  // the same of the one under way
  window_t window;

  always_ff @(posedge clk) begin
    now_q   <= now_i;
    now_q2  <= now_q;
    age_q   <= AgeBits'((now_q[63:WindowBits] - start_q) >> DueBits);
    now_q3  <= now_q2;
    due_q   <= age_q != '0;
    stale_q <= age_q[AgeBits-1:1] != '0;
    level_q <= (age_q >> (FarAll - DueBits)) != '0 ? ExpireAll :
               (age_q >> (FarSeconds - DueBits)) != '0 ? ExpireSeconds :
               (age_q >> (FarWindows - DueBits)) != '0 ? ExpireWindows : ExpireNone;
  end

  // --- No frame in the data path: held, and then idle for long enough that the arbiter's last frame would show. It stays
  // so while held, whatever maintenance does.
  logic [3:0] quiet_q = '0;
  logic       quiet;
  always_comb quiet = quiet_q == 4'(QuietClocks);
  always_ff @(posedge clk) begin
    if (!quiet) quiet_q <= idle_i ? quiet_q + 1'b1 : '0;
    if (!hold_o || rst) quiet_q <= '0;
  end

  typedef enum logic [2:0] {
    Rest,   // until a sweep is due
    Lag,    // begun, see above
    Drain,  // held: begins when the data path and the sweep port are empty and run_i is 1
    Sweep,  // steps go out
    Flush   // the last step is on its way
  } state_e;
  state_e      state_q = Rest;
  state_e      state_d;
  logic        ageing_q = 1'b0;  // time has jumped; held until the sweep that makes good for it is complete
  logic        ageing_d;
  logic [ 9:0] index_q = '0;
  logic [10:0] wait_q = '0;      // clocks in Rest or Lag, saturating
  logic        settled;          // due_q and stale_q show the last change of start_q
  logic        complete;

  always_comb begin
    window   = now_q3[63:WindowBits];
    settled  = wait_q[10:2] != '0;
    state_d  = state_q;
    ageing_d = ageing_q;
    complete = 1'b0;
    case (state_q)
      Rest:    if (settled) begin
        ageing_d = stale_q;
        if (stale_q) state_d = Drain;
        else if (due_q && run_i) state_d = Lag;
      end
      Lag:     if (wait_q == 11'(LagClocks - 1)) state_d = Sweep;
      Drain:   if (run_i && quiet && !busy_i) state_d = Sweep;
      Sweep:   if (sweep_take_i && index_q == 10'(LastEntry)) state_d = Flush;
      Flush:   if (!busy_i) begin
        state_d  = Rest;
        complete = 1'b1;
      end
      default: state_d = Rest;
    endcase
    // A jump during the sweep that makes good for one shows in Rest.
    if (stale_q && !ageing_q && state_q != Rest) begin
      state_d  = Drain;
      ageing_d = 1'b1;
      complete = 1'b0;
    end

    sweep_req_o   = ready_i && run_i && state_q == Sweep && (ageing_q || !stale_q);
    sweep_index_o = index_q;
    sweep_level_o = level_q;
    now_o         = now_q3;
    ageing_o      = stale_q || ageing_q;
    hold_o        = ageing_o || !run_i || !ready_i;
    stopped_o     = !run_i && quiet;
  end

  always_ff @(posedge clk) begin
    state_q  <= state_d;
    ageing_q <= ageing_d;
    if (state_q != state_d) wait_q <= '0;
    else if (wait_q != '1) wait_q <= wait_q + 1'b1;
    if (state_q != Sweep) index_q <= '0;
    else if (sweep_take_i) index_q <= index_q + 1'b1;
    if (complete) start_q <= begin_q;
    // What the slots see from the first step on is not older than this.
    if (state_q == Rest || state_q == Drain) begin_q <= window;
    if (rst || !ready_i) begin
      // Clear tables are as good as swept.
      state_q  <= Rest;
      ageing_q <= 1'b0;
      wait_q   <= '0;
      index_q  <= '0;
      start_q  <= window;
    end
  end

  // Nothing is expired while frames may be taken.
  `WEIR_ASSERT(expire_held, sweep_level_o == ExpireNone || hold_o, clk, rst)
  `WEIR_ASSERT(past, start_q <= window && begin_q <= window, clk, rst)
  // What this module is for.
  `WEIR_ASSERT(no_jump_unseen, hold_o || (window - start_q) < window_t'(2 << DueBits), clk, rst)

`ifdef FORMAL
  // now_i never goes back.
  `WEIR_ASSUME(f_forward, now_i >= now_q, clk, 1'b0)
  `WEIR_ASSUME(f_take, !sweep_take_i || sweep_req_o, clk, 1'b0)
  `WEIR_ASSERT(f_order, now_q >= now_q2 && now_q2 >= now_q3, clk, rst)
  // Any one entry: the window in which it was last visited (or known to be clear) is never before start_q.
  (* anyseq *) logic [9:0] f_pick;
  logic [9:0] f_entry = '0;
  always_ff @(posedge clk) if (rst) f_entry <= f_pick;
  window_t f_visited = '0;
  always_ff @(posedge clk) begin
    if (sweep_take_i && index_q == f_entry) f_visited <= window;
    if (rst || !ready_i) f_visited <= window;
  end
  `WEIR_ASSERT(f_all_visited, f_entry > 10'(LastEntry) || f_visited >= start_q, clk, rst)
  `WEIR_ASSERT(f_this_sweep, f_entry > 10'(LastEntry) || f_visited >= begin_q ||
               !(state_q == Flush || (state_q == Sweep && index_q > f_entry)), clk, rst)
  `WEIR_ASSERT(f_visited_past, f_visited <= window, clk, rst)
  `WEIR_ASSERT(f_begin, start_q <= begin_q || state_q == Rest || state_q == Drain, clk, rst)
  `WEIR_ASSERT(f_index, state_q != Sweep || index_q <= 10'(LastEntry), clk, rst)
  `WEIR_ASSERT(f_state, state_q <= Flush, clk, rst)
  // age_q and the flags belong to the time one and two steps on, and start_q only grows.
  `WEIR_ASSERT(f_age, age_q >= AgeBits'((now_q2[63:WindowBits] - start_q) >> DueBits), clk, rst)
  // No entry can have wrapped when a step goes out: at the least what the jump to this clock's time asks for.
  `WEIR_ASSERT(f_windows, level_q >= ExpireWindows || window - start_q < window_t'(512), clk, rst)
  `WEIR_ASSERT(f_seconds, level_q >= ExpireSeconds || window - start_q < window_t'(32768), clk, rst)
  `WEIR_ASSERT(f_all, level_q == ExpireAll || window - start_q < window_t'(1 << 21), clk, rst)
  `WEIR_ASSERT(f_stale, stale_q || ((window - start_q) >> (DueBits + 1)) == '0, clk, rst)
  `WEIR_COVER(f_jump_made_good, complete && ageing_q, clk, rst)
  `WEIR_COVER(f_far, complete && level_q == ExpireAll, clk, rst)
  `WEIR_COVER(f_due_sweep, complete && !ageing_q, clk, rst)
`endif
endmodule

`default_nettype wire
