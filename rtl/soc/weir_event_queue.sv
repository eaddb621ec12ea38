// SPDX-License-Identifier: Apache-2.0
//
// Events for the soft core (docs/soc.md): copies of those records that fit, 64 at most, 16 words each. Takes a record every
// 8 clocks, whatever happens; one that finds no room is lost and counted. Never holds anything up.
//
// Relies on weir_judge: record_i stands still for the 8 clocks that begin with record_valid_i, and the next one
// begins behind them. So two words a clock are copied straight from it.
`default_nettype none
`include "weir_assert.svh"

module weir_event_queue
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_sample_pkg::*;
#(
    parameter int unsigned Depth = 64  // events, a power of two; 64 fill two block RAMs
) (
    input  wire           clk,
    input  wire           rst,
    input  wire           record_valid_i,
    input  wire record_t  record_i,
    // What is queued: register event_enable.
    input  wire           meter_i,
    input  wire           established_i,
    input  wire           sample_i,
    input  wire  [3:0]    sample_log2_i,
    // The oldest event: word_o is word addr_i of it, one clock after read_i; undefined when count_o is 0. pop_i takes it off.
    input  wire           read_i,
    input  wire  [3:0]    addr_i,
    output logic [31:0]   word_o,
    input  wire           pop_i,
    output logic [7:0]    count_o,
    output logic [23:0]   lost_o   // wrapping
);
  localparam int unsigned PtrBits = $clog2(Depth);
  `WEIR_ELAB(depth, Depth >= 2 && Depth <= 128 && Depth == (1 << PtrBits), "Depth must be a power of two, 2 to 128")

  logic [PtrBits:0] wptr_q = '0;
  logic [PtrBits:0] rptr_q = '0;
  logic [PtrBits:0] level;
  logic             full;
  logic [2:0]       row_q = '0;  // pair of words to be written; 0 between records
  logic             take_q = 1'b0;
  logic [23:0]      lost_q = '0;

  // --- Does it fit? ----------------------------------------------------------------------------------------------
  logic [2:0] why;    // sample, established, meter
  logic [2:0] why_q;

  always_comb begin
    level  = wptr_q - rptr_q;
    full   = level[PtrBits];
    why[0] = meter_i && (record_i.trips != '0 || record_i.ends != '0);
    why[1] = established_i && record_i.state_event == EventEstablished && !record_i.meta.frame.dir;
    why[2] = sample_i && (record_i.verdict == VerdictDrop || record_i.verdict == VerdictAnswer) &&
             sample_rest(number_t'(record_i.meta.frame.seqno), sample_log2_i) == '0;
  end

  // --- Copy: rows are written behind the last event as they come, and count only when the last one is there ------
  logic [1:0][31:0] pair;
  logic             write;

  always_comb begin
    case (row_q)
      3'd0:    pair = {record_i.meta.frame.stamp[31:0], record_i.meta.frame.seqno};
      3'd1:    pair = {2'd0, record_i.rule, record_i.trips,
                       why_q[2], why_q[1], why_q[0], 2'd0, record_i.meta.l4_valid, record_i.meta.l3_valid, record_i.proven,
                       record_i.legit, record_i.flood, record_i.meta.tclass, record_i.meta.family,
                       record_i.meta.frame.dir, record_i.state_event, record_i.verdict, record_i.reason};
      3'd2:    pair = {7'd0, record_i.unit, record_i.threshold, 6'd0, record_i.meta.proto, record_i.ends};
      3'd3:    pair = {record_i.meta.dport, record_i.meta.sport, 8'd0, record_i.measured};
      3'd4:    pair = {record_i.meta.remote[95:64], record_i.meta.remote[127:96]};
      3'd5:    pair = {record_i.meta.remote[31:0], record_i.meta.remote[63:32]};
      3'd6:    pair = {record_i.meta.protect[95:64], record_i.meta.protect[127:96]};
      default: pair = {record_i.meta.protect[31:0], record_i.meta.protect[63:32]};
    endcase
    write = (record_valid_i || row_q != '0) && !full;
  end

  always_ff @(posedge clk) begin
    if (record_valid_i || row_q != '0) row_q <= row_q + 1'b1;
    if (record_valid_i) begin
      why_q  <= why;
      take_q <= why != '0 && !full;
      if (why != '0 && full) lost_q <= lost_q + 1'b1;
    end
    if (row_q == 3'd7 && take_q) wptr_q <= wptr_q + 1'b1;
    if (pop_i && level != '0) rptr_q <= rptr_q + 1'b1;
    if (rst) begin
      row_q  <= '0;
      wptr_q <= '0;
      rptr_q <= '0;
      lost_q <= '0;
    end
  end

  // --- Memory: even words, odd words -----------------------------------------------------------------------------
  logic [1:0][31:0] read;
  logic             odd_q;

  for (genvar h = 0; h < 2; h++) begin : g_half
    weir_ram_sdp #(.Width(32), .Depth(8 * Depth)) u_ram (
        .clk,
        .wr_en_i  (write),
        .wr_addr_i({wptr_q[PtrBits-1:0], row_q}),
        .wr_data_i(pair[h]),
        .rd_en_i  (read_i),
        .rd_addr_i({rptr_q[PtrBits-1:0], addr_i[3:1]}),
        .rd_data_o(read[h])
    );
  end
  always_ff @(posedge clk) if (read_i) odd_q <= addr_i[0];

  always_comb begin
    word_o  = read[odd_q];
    count_o = 8'(level);
    lost_o  = lost_q;
  end

`ifdef VERILATOR
  record_t last_q;
  always_ff @(posedge clk) last_q <= record_i;
  `WEIR_ASSERT(record_stands_still, row_q == '0 || record_i == last_q, clk, rst)
`endif
  `WEIR_ASSERT(one_in_eight, !record_valid_i || row_q == '0, clk, rst)
  `WEIR_ASSERT(level_in_range, level <= (PtrBits + 1)'(Depth), clk, rst)
endmodule

`default_nettype wire
