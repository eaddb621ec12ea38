// SPDX-License-Identifier: Apache-2.0
//
// The one memory wrapper: one write port, one read port, one clock. A read that begins in clock t (rd_en_i) shows its
// word in clock t+1, with OutputReg in t+2, and the word stays until the next read replaces it. One read and one write
// per clock; one with rd_zero_i shows 0 instead (block only: the block's own output reset, free where words are ORed).
// Style "block" maps to ECP5 block RAM (DP16KD, 512 x 36 each), "distributed" to LUT RAM; AsyncRead
// (distributed only) shows the word of rd_addr_i in the same clock and ignores rd_en_i.
// Never reset: a sweep clears the content where that matters. Reading a word in the clock in which it is written gives
// any value ("don't care", no_rw_check): users must not depend on it, and simulation returns a wrong one on purpose.
`default_nettype none
`include "weir_assert.svh"

module weir_ram_sdp #(
  parameter int unsigned Width     = 36,   // bits
  parameter int unsigned Depth     = 512,  // words
  parameter bit          OutputReg = 1'b0,
  parameter string       Style     = "block",  // or "distributed"
  parameter bit          AsyncRead = 1'b0,
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  wire                 clk,
  // Write: the word is there for reads that begin in a later clock.
  input  wire                 wr_en_i,
  input  wire  [AddrBits-1:0] wr_addr_i,
  input  wire  [Width-1:0]    wr_data_i,
  // Read: may run at every clock.
  input  wire                 rd_en_i,
  input  wire  [AddrBits-1:0] rd_addr_i,
  input  wire                 rd_zero_i = 1'b0,
  output logic [Width-1:0]    rd_data_o
);

  `WEIR_ELAB(style, Style == "block" || Style == "distributed", "Style must be block or distributed")
  `WEIR_ELAB(async, !AsyncRead || Style == "distributed", "AsyncRead needs Style distributed")

  logic [Width-1:0] word;

  if (Style == "distributed" && AsyncRead) begin : g_async
    (* ram_style = "distributed", syn_ramstyle = "distributed" *)
    logic [Width-1:0] mem [Depth];
    always_ff @(posedge clk) if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
    always_comb word = mem[rd_addr_i];
    wire unused_rd_en = rd_en_i || rd_zero_i;
  end else if (Style == "distributed") begin : g_dist
    (* ram_style = "distributed", syn_ramstyle = "distributed", no_rw_check *)
    logic [Width-1:0] mem [Depth];
    wire unused_rd_zero = rd_zero_i;
    always_ff @(posedge clk) if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
    always_ff @(posedge clk) begin
      if (rd_en_i) word <= mem[rd_addr_i];
`ifdef VERILATOR
      if (rd_en_i && wr_en_i && rd_addr_i == wr_addr_i) word <= ~mem[rd_addr_i] ^ wr_data_i;
`endif
    end
  end else begin : g_block
    (* ram_style = "block", syn_ramstyle = "block_ram", no_rw_check *)
    logic [Width-1:0] mem [Depth];
    always_ff @(posedge clk) if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
    always_ff @(posedge clk) begin
      if (rd_en_i) word <= mem[rd_addr_i];
`ifdef VERILATOR
      if (rd_en_i && wr_en_i && rd_addr_i == wr_addr_i) word <= ~mem[rd_addr_i] ^ wr_data_i;
`endif
      if (rd_zero_i) word <= '0;
    end
  end

  if (OutputReg) begin : g_out
    always_ff @(posedge clk) rd_data_o <= word;
  end else begin : g_no_out
    always_comb rd_data_o = word;
  end
endmodule

`default_nettype wire
