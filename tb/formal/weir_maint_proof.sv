// SPDX-License-Identifier: Apache-2.0
//
// Around weir_maint: a judge that accepts a request within 3 clocks and finishes one within 3 clocks of the last event, a
// bus that keeps the contract, a sweeper that asks when it likes. Proved: one access or sweep steps under way, never
// both; a request stays as it is until it is accepted; every access gets exactly one answer, within 24 clocks;
// what is written is one commit and nothing else is.
`default_nettype none
`include "weir_assert.svh"

module weir_maint_proof
  import weir_pkg::*;
(
    input wire clk,
    input wire rst,
    input wire         ready_i,
    input wire         req_i,
    input wire         req_is_wr_i,
    input wire  [17:0] word_i,
    input wire  [31:0] wr_data_i,
    input wire  [ 3:0] wr_strb_i,
    input wire         sweep_req_i,
    input wire  [ 9:0] sweep_index_i,
    input wire expire_e sweep_level_i,
    input wire         maint_ready_i,
    input wire         maint_done_i,
    input wire  [MaintDataBits-1:0] maint_rdata_i,
    input wire  seqno_t maint_seqno_i
);
  logic   rd_ack;
  logic   wr_ack;
  logic   bad;
  logic   busy;
  logic   valid;
  maint_t maint;

  weir_maint #(.SweepInFlight(2)) dut (
    .clk, .rst, .ready_i, .req_i, .req_is_wr_i, .word_i, .wr_data_i, .wr_strb_i,
    .rd_ack_o(rd_ack), .wr_ack_o(wr_ack), .rd_data_o(), .bad_o(bad), .seqno_o(),
    .sweep_req_i, .sweep_index_i, .sweep_level_i, .sweep_take_o(),
    .busy_o(busy), .pending_o(),
    .maint_valid_o(valid), .maint_o(maint), .maint_ready_i, .maint_done_i, .maint_rdata_i, .maint_seqno_i
  );

  logic        started_q = 1'b0;  // after reset
  logic        active_q  = 1'b0;  // an access waits for its answer
  logic        ready_q   = 1'b0;
  logic        wr_q;
  logic [17:0] word_q;
  logic [ 4:0] age_q     = '0;    // clocks of the access
  logic [ 1:0] offer_q   = '0;    // clocks of the request on offer
  logic [ 1:0] done_q    = '0;    // clocks since acceptance or done
  logic [ 3:0] out_q     = '0;
  logic        valid_q   = 1'b0;
  maint_t      maint_q;
  logic        host_q    = 1'b0;  // an access is between acceptance and done
  logic        accept;
  logic        sweep;

  always_comb accept = valid && maint_ready_i;
  always_comb sweep = maint.op == MaintSweep || maint.op == MaintExpire;
  always_ff @(posedge clk) begin
    started_q <= started_q || rst;
    ready_q   <= ready_i;
    if (req_i) begin
      active_q <= 1'b1;
      wr_q     <= req_is_wr_i;
      word_q   <= word_i;
    end
    if (rd_ack || wr_ack) active_q <= 1'b0;
    age_q   <= (req_i || !active_q) ? '0 : age_q + 1'b1;
    offer_q <= (valid && !accept) ? offer_q + 1'b1 : '0;
    done_q  <= (accept || maint_done_i || out_q == '0) ? '0 : done_q + 1'b1;
    out_q   <= out_q + 4'(accept) - 4'(maint_done_i);
    valid_q <= valid && !accept;
    maint_q <= maint;
    if (maint_done_i) host_q <= 1'b0;
    if (accept && !sweep) host_q <= 1'b1;
    if (rst) begin
      active_q <= 1'b0;
      age_q    <= '0;
      offer_q  <= '0;
      done_q   <= '0;
      out_q    <= '0;
      valid_q  <= 1'b0;
      host_q   <= 1'b0;
    end
  end

  // --- Assumed.
  `WEIR_ASSUME(reset_first, started_q || rst, clk, 1'b0)
  `WEIR_ASSUME(bus_one, !(req_i && active_q), clk, rst)
  `WEIR_ASSUME(bus_stable, !active_q || (req_is_wr_i == wr_q && word_i == word_q), clk, rst)
  `WEIR_ASSUME(ready_stays, !active_q || ready_i == ready_q, clk, rst)
  `WEIR_ASSUME(judge_accepts, offer_q != 2'd2 || !valid || maint_ready_i, clk, rst)
  `WEIR_ASSUME(judge_done, maint_done_i ? out_q != '0 : done_q != 2'd2 || out_q == '0 || accept, clk, rst)

  // --- Proved.
  `WEIR_ASSERT(stable, !valid_q || (valid && maint.op == maint_q.op && maint.level == maint_q.level && maint.target == maint_q.target &&
               maint.index == maint_q.index && (maint.op != MaintWrite || maint.data == maint_q.data)), clk, rst)
  `WEIR_ASSERT(alone, !host_q || (out_q == 4'd1 && !valid), clk, rst)
  `WEIR_ASSERT(few, out_q <= 4'd2, clk, rst)
  `WEIR_ASSERT(answer_expected, !(rd_ack || wr_ack) || active_q, clk, rst)
  `WEIR_ASSERT(answer_fits, !(rd_ack && wr_q) && !(wr_ack && !wr_q), clk, rst)
  `WEIR_ASSERT(answered, age_q < 5'd24, clk, rst)
  `WEIR_ASSERT(commits, !(valid && maint.op == MaintWrite) ||
               (active_q && wr_q && word_q[2:0] == 3'd7 && {word_q[17:13], 1'b0, word_q[12:3]} == {maint.target, maint.index}), clk, rst)
  `WEIR_ASSERT(fetches, !(valid && maint.op == MaintRead) ||
               (active_q && !wr_q && word_q[2:0] == 3'd0 && {word_q[17:13], 1'b0, word_q[12:3]} == {maint.target, maint.index}), clk, rst)

  `WEIR_ASSERT(level, !valid || (maint.op == MaintExpire) == (maint.level != ExpireNone), clk, rst)

  // --- What ties the two views together.
  `WEIR_ASSERT(same_out, out_q == dut.out_q, clk, rst)
  `WEIR_ASSERT(same_host, host_q == dut.sent_q, clk, rst)
  `WEIR_ASSERT(same_access, !dut.host_q || (active_q && dut.slot && wr_q == req_is_wr_i && word_q == word_i), clk, rst)
  `WEIR_ASSERT(host_request, !valid || sweep || (dut.host_q && out_q == '0), clk, rst)
  `WEIR_ASSERT(sent, !dut.sent_q || dut.host_q, clk, rst)
  `WEIR_ASSERT(in_time, !active_q || dut.host_q || rd_ack || wr_ack, clk, rst)
  `WEIR_ASSERT(one_answer, !(dut.host_q && (rd_ack || wr_ack)), clk, rst)
  `WEIR_ASSERT(clocks, offer_q < 2'd3 && done_q < 2'd3 && (valid || offer_q == '0), clk, rst)
  // Clocks until the answer at the latest, by what is still to come.
  logic [5:0] left;
  always_comb begin
    if (!active_q || !dut.host_q) left = '0;
    else if (dut.sent_q) left = 6'd3 - 6'(done_q);
    else if (valid && !sweep) left = 6'd6 - 6'(offer_q);
    else if (valid) left = 6'd3 - 6'(offer_q) + 6'd3 * (6'(out_q) + 6'd1) + 6'd7;
    else left = 6'd3 * 6'(out_q) - 6'(done_q) + 6'd7;
  end
  `WEIR_ASSERT(progress, !active_q || 6'(age_q) + left < 6'd22, clk, rst)
  `WEIR_ASSERT(together, out_q + 4'(valid) <= 4'd2, clk, rst)
  `WEIR_COVER(long_wait, rd_ack && age_q > 5'd10, clk, rst)
endmodule

`default_nettype wire
