// SPDX-License-Identifier: Apache-2.0
//
// Sweeps the tables (docs/datapath.md 5.3): entry 0, 1, ... LastEntry, again and again, so that no entry gets as old as
// its window number wraps; and guards against jumps of time. When the window of `now` is 256 or more past the window
// in which the last complete sweep began, hold_o stops the arbiter until the data path is empty and a sweep that
// began then is complete. All by comparison: a jump over years costs one sweep.
//
// A sweep step carries a stamp that may be older than now_o by what a frame takes from the arbiter to the slots. So a sweep
// counts as begun when the one before it was half done: far longer ago than that.
`default_nettype none
`include "weir_assert.svh"

module weir_ager
  import weir_pkg::*;
#(
    parameter int unsigned LastEntry = 1023
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
    input  wire        sweep_take_i,
    input  wire        busy_i
);
  localparam int unsigned WindowBits = 16;  // of 2^16 us
  localparam int unsigned StaleBits  = 8;   // 256 windows
  localparam int unsigned QuietClocks = 15;
  localparam int unsigned AgeBits = 64 - WindowBits - StaleBits;
  typedef logic [63-WindowBits:0] window_t;

  // --- Time in three steps, so that hold_o and now_o leave together.
  stamp_t  now_q   = '0;
  stamp_t  now_q2  = '0;
  stamp_t  now_q3  = '0;
  logic [AgeBits-1:0] age_q = '0;  // windows since start_q, without the low bits
  logic    stale_q = 1'b0;
  window_t start_q = '0;  // window in which the last complete sweep began
  window_t begin_q = '0;  // the same of the one under way
  window_t half_q  = '0;  // when that was half done
  window_t window;

  always_ff @(posedge clk) begin
    now_q   <= now_i;
    now_q2  <= now_q;
    age_q   <= AgeBits'((now_q[63:WindowBits] - start_q) >> StaleBits);
    now_q3  <= now_q2;
    stale_q <= age_q != '0;
  end

  // --- No frame in the data path: held and idle for long enough that the arbiter's last frame shows.
  logic [3:0] quiet_q = '0;
  logic       quiet;
  always_comb quiet = quiet_q == 4'(QuietClocks);
  always_ff @(posedge clk) begin
    if (!hold_o || !idle_i || rst) quiet_q <= '0;
    else if (!quiet) quiet_q <= quiet_q + 1'b1;
  end

  typedef enum logic [2:0] {
    Sweep,   // normal
    Flush,   // the last step is on its way
    Drain,   // time has jumped: wait until the data path and the sweep port are empty
    Resweep, // held: the sweep that makes good for the jump
    Reflush,
    Settle   // held: stale_q follows start_q
  } state_e;
  state_e     state_q = Sweep;
  state_e     state_d;
  logic [9:0] index_q = '0;
  logic [9:0] index_d;
  logic [2:0] settle_q = '0;
  logic       complete;
  logic       last;

  always_comb begin
    window   = now_q3[63:WindowBits];
    last     = sweep_take_i && index_q == 10'(LastEntry);
    state_d  = state_q;
    complete = 1'b0;
    index_d  = sweep_take_i ? index_q + 1'b1 : index_q;
    case (state_q)
      Sweep:   if (last) state_d = Flush;
      Flush:   if (!busy_i) begin
        state_d  = Sweep;
        complete = 1'b1;
      end
      Drain:   if (!busy_i && quiet) state_d = Resweep;
      Resweep: if (last) state_d = Reflush;
      Reflush: if (!busy_i) begin
        state_d  = Settle;
        complete = 1'b1;
      end
      Settle:  if (settle_q == '1) state_d = Sweep;
      default: state_d = Sweep;
    endcase
    // Time may jump again while a sweep makes good for a jump: Settle sees it.
    if (stale_q && (state_q == Sweep || state_q == Flush || (state_q == Settle && settle_q == '1))) begin
      state_d  = Drain;
      complete = 1'b0;
    end
    if (state_d != Sweep && state_d != Resweep || state_d != state_q) index_d = '0;

    sweep_req_o   = ready_i && (state_q == Sweep || state_q == Resweep) && !(stale_q && state_q == Sweep);
    sweep_index_o = index_q;
    now_o         = now_q3;
    ageing_o      = stale_q || !(state_q == Sweep || state_q == Flush);
    hold_o        = ageing_o || !run_i || !ready_i;
    stopped_o     = !run_i && quiet;
  end

  always_ff @(posedge clk) begin
    state_q  <= state_d;
    index_q  <= index_d;
    settle_q <= (state_q == Settle) ? settle_q + 1'b1 : '0;
    if (index_q == 10'(LastEntry / 2 + 1) && sweep_take_i) half_q <= window;
    if (complete) begin
      start_q <= begin_q;
      begin_q <= half_q;
    end
    // Nothing is in flight, and what the slots see from now on is not older than this.
    if (state_q == Drain) begin_q <= window;
    if (rst || !ready_i) begin
      // Clear tables are as good as swept.
      state_q <= Sweep;
      index_q <= '0;
      start_q <= window;
      begin_q <= window;
      half_q  <= window;
    end
  end

  `WEIR_ASSERT(past, start_q <= window, clk, rst)
  `WEIR_ASSERT(no_jump_unseen, hold_o || (window - start_q) < window_t'(1 << StaleBits), clk, rst)
endmodule

`default_nettype wire
