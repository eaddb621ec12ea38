// SPDX-License-Identifier: Apache-2.0
//
// Event counters in one memory (docs/datapath.md 10): one increment a clock, 36 bits, wrapping. Loop of 3 clocks (read
// in clock 0, written in clock 2): the same counter may be named again 3 clocks later, which its users' order of events
// guarantees. Never full, never loses an event.
// A maintenance slot has no events of its own; its read is served in phases 4 to 7, its write (or clearing) in phase 7.
`default_nettype none
`include "weir_assert.svh"

module weir_counters
  import weir_pkg::*;
  import weir_slot_pkg::*;
#(
  parameter int unsigned Depth  = 1024,
  parameter int unsigned Target = 6,     // number as a target of maintenance
  parameter int unsigned Width  = 36,
  localparam int unsigned CounterBits = $clog2(Depth)
) (
  input  wire                      clk,
  input  wire                      rst,
  input  wire  [2:0]               phase_i,

  input  wire                      count_i,
  input  wire  [CounterBits-1:0]   index_i,

  // --- The slot, constant from phase 0 to 7. wdata_i is 0 unless the last maintenance slot was a write.
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,
  // The answer to a read, from phase 7 of its slot on until read_clear_i (not in phase 6); 0 from there to the next read.
  input  wire                      read_clear_i,
  output logic [MaintDataBits-1:0] rdata_o
);
  logic                   here;
  logic                   set;    // write or clear
  logic [CounterBits-1:0] rd_addr;
  logic [Width-1:0]       value;
  logic                   wr_en;
  logic [CounterBits-1:0] wr_addr;
  logic [Width-1:0]       wr_data;

  logic                   count_q1 = 1'b0;
  logic                   count_q2 = 1'b0;
  logic [CounterBits-1:0] index_q1;
  logic [CounterBits-1:0] index_q2;
  logic [Width-1:0]       read_q;

  weir_ram_sdp #(
    .Width(Width), .Depth(Depth), .OutputReg(1'b1)
  ) u_ram (
    .clk,
    .wr_en_i  (wr_en),
    .wr_addr_i(wr_addr),
    .wr_data_i(wr_data),
    .rd_en_i  (1'b1),
    .rd_addr_i(rd_addr),
    .rd_data_o(value)
  );

  always_comb begin
    here    = command_i.active && command_i.index < 11'(Depth) &&
              (command_i.clear || command_i.target == 5'(Target));
    set     = here && phase_i == 3'd7 && (command_i.clear || command_i.op == MaintWrite);
    rd_addr = command_i.active ? command_i.index[CounterBits-1:0] : index_i;

    wr_en   = count_q2 || set;
    // A maintenance slot's index has come the same way.
    wr_addr = index_q2;
    wr_data = count_q2 ? value + 1'b1 : wdata_i[Width-1:0];
    rdata_o = MaintDataBits'(read_q);
  end

  always_ff @(posedge clk) begin
    count_q1 <= count_i;
    count_q2 <= count_q1;
    index_q1 <= rd_addr;
    index_q2 <= index_q1;
    if (read_clear_i) read_q <= '0;
    else if (here && !command_i.clear && command_i.op == MaintRead && phase_i == 3'd6) read_q <= value;
    if (rst) begin
      count_q1 <= 1'b0;
      count_q2 <= 1'b0;
    end
  end

  `WEIR_ASSERT(apart, !(count_i && ((count_q1 && index_q1 == index_i) || (count_q2 && index_q2 == index_i))), clk, rst)
  `WEIR_ASSERT(maint_alone, !(command_i.active && count_i), clk, rst)
endmodule

`default_nettype wire
