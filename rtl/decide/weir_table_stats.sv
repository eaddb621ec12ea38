// SPDX-License-Identifier: Apache-2.0
//
// Evictions and full events of all tables, 32 bits each, wrapping, with one adder: table k has its turn in phase k. An
// event of a table is noted until then; a table has at most one a slot, so none is lost.
`default_nettype none
`include "weir_assert.svh"

module weir_table_stats
  import weir_lists_pkg::*;
(
  input  wire                         clk,
  input  wire                         rst,
  input  wire  [2:0]                  phase_i,
  input  wire  [NumTables-1:0]        evict_i,
  input  wire  [NumTables-1:0]        full_i,
  output logic [NumTables-1:0][31:0]  evictions_o,
  output logic [NumTables-1:0][31:0]  full_o
);
  `WEIR_ELAB(tables, NumTables <= 8, "a table needs a phase")

  logic [NumTables-1:0] evict_q = '0;
  logic [NumTables-1:0] full_q  = '0;
  logic [NumTables-1:0][31:0] evictions_q = '0;
  logic [NumTables-1:0][31:0] counts_q    = '0;
  logic [31:0] value;
  logic [31:0] next;

  always_comb begin
    value = '0;
    for (int k = 0; k < NumTables; k++)
      if (phase_i == 3'(k)) value = evict_q[k] ? evictions_q[k] : counts_q[k];
    next = value + 1'b1;
    evictions_o = evictions_q;
    full_o      = counts_q;
  end

  always_ff @(posedge clk) begin
    for (int k = 0; k < NumTables; k++) begin
      if (phase_i == 3'(k)) begin
        evict_q[k] <= 1'b0;
        full_q[k]  <= 1'b0;
        if (evict_q[k]) evictions_q[k] <= next;
        else if (full_q[k]) counts_q[k] <= next;
      end
      if (evict_i[k]) evict_q[k] <= 1'b1;
      if (full_i[k]) full_q[k] <= 1'b1;
    end
    if (rst) begin
      evict_q     <= '0;
      full_q      <= '0;
      evictions_q <= '0;
      counts_q    <= '0;
    end
  end

  `WEIR_ASSERT(one_event, (evict_i & full_i) == '0 && (evict_q & full_q) == '0, clk, rst)
endmodule

`default_nettype wire
