// SPDX-License-Identifier: Apache-2.0
//
// Peaks (docs/datapath.md 19): for each index the largest value since it was last read. One operation a clock, in the
// order given, no stall: an update, or an access of maintenance, which leaves 0 or what it writes. Loop of 3 clocks:
//   0  index; the memory is read
//   1  what came with it
//   2  compared, written
// No forwarding: the same index comes again 3 clocks later at the earliest (its user's schedule; asserted). Memories are
// cleared by accesses after reset.
`default_nettype none
`include "weir_assert.svh"

module weir_peaks #(
  parameter int unsigned Depth    = 64,
  parameter bit          HasBytes = 1'b1,
  parameter string       Style    = "block",  // or "distributed"
  parameter bit          Strobed  = 1'b0,     // the caller gives what is marked so below: fewer kinds of resets
  localparam int unsigned ValueBits = 18,
  localparam int unsigned EntryBits = HasBytes ? 2 * ValueBits : ValueBits,
  localparam int unsigned IndexBits = $clog2(Depth)
) (
  input  wire                  clk,
  input  wire                  rst,

  // --- Clock 0.
  input  wire  [IndexBits-1:0] index_i,

  // --- Clock 1: never both. wdata_i counts with access_i: what the entry becomes.
  input  wire                  update_i,
  input  wire  [ValueBits-1:0] packets_i,
  input  wire                  bytes_valid_i,
  input  wire  [ValueBits-1:0] bytes_i,
  input  wire                  access_i,
  input  wire                  read_i,
  input  wire  [EntryBits-1:0] wdata_i,

  // --- Strobed only: with access_i packets_i and bytes_i are 0; and forget_i comes in clock 2 of each access, or later, but before
  // clock 2 of the next update (and not with access_i).
  input  wire                  forget_i = 1'b0,
  input  wire                  read_clear_i = 1'b0,

  // --- From clock 2 on: the entry as an access with read_i found it, until read_clear_i; 0 from there to the next such access.
  // Not Strobed: in clock 2, otherwise 0.
  output logic [EntryBits-1:0] rdata_o
);
  localparam int unsigned Values = HasBytes ? 2 : 1;

  typedef logic [Values-1:0][ValueBits-1:0] entry_t;

  logic [IndexBits-1:0] index_q;
  logic [IndexBits-1:0] index_q2;
  logic                 wr_q = 1'b0;
  entry_t               word;
  entry_t               data;

  weir_ram_sdp #(
    .Width(EntryBits), .Depth(Depth), .Style(Style), .AsyncRead(Style == "distributed")
  ) u_ram (
    .clk,
    .wr_en_i  (wr_q),
    .wr_addr_i(index_q2),
    .wr_data_i(data),
    .rd_en_i  (1'b1),
    .rd_addr_i(Style == "distributed" ? index_q : index_i),
    .rd_data_o(word)
  );

  // Of an access, the value to compare is 0, and counts as the greater one; an update writes nothing of its own.
  logic   access_q;
  logic   bytes_q;
  entry_t value;
  entry_t old_q;
  entry_t value_q;
  entry_t write_q;
  entry_t read_q;
  always_comb begin
    value[0] = packets_i;
    if (HasBytes) value[Values-1] = bytes_i;
  end
  wire unused_bytes = &{1'b0, bytes_valid_i, bytes_i};

  always_ff @(posedge clk) begin
    index_q  <= index_i;
    index_q2 <= index_q;
    wr_q     <= update_i || access_i;
    access_q <= access_i;
    bytes_q  <= bytes_valid_i;
    old_q    <= word;
    value_q  <= value;
    if (!Strobed && access_i) value_q <= '0;
    if (Strobed ? forget_i : !access_i) write_q <= '0;
    else if (access_i) write_q <= wdata_i;
    if (Strobed ? read_clear_i : !(access_i && read_i)) read_q <= '0;
    else if (access_i && read_i) read_q <= word;
    if (rst) wr_q <= 1'b0;
  end

  always_comb begin
    for (int v = 0; v < Values; v++)
      data[v] = ((access_q || ((v == 0 || bytes_q) && old_q[v] < value_q[v])) ? value_q[v] : old_q[v]) | write_q[v];
    rdata_o = read_q;
  end

  // --- The caller's contract ------------------------------------------------------------------------------------------
  logic                 wr_q3 = 1'b0;
  logic [IndexBits-1:0] index_q3;
  always_ff @(posedge clk) begin
    wr_q3    <= wr_q && !rst;
    index_q3 <= index_q2;
  end
  `WEIR_ASSERT(apart, !(update_i || access_i) || !((wr_q && index_q2 == index_q) || (wr_q3 && index_q3 == index_q)), clk, rst)
  `WEIR_ASSERT(nothing_to_compare, !Strobed || !access_i || value == '0, clk, rst)
  `WEIR_ASSERT(forgotten, !wr_q || access_q || write_q == '0, clk, rst)
  `WEIR_ASSERT(not_at_once, !Strobed || !access_i || !(forget_i || read_clear_i), clk, rst)
  `WEIR_ASSERT(one_kind, !(update_i && access_i), clk, rst)
endmodule

`default_nettype wire
