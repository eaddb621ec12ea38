// SPDX-License-Identifier: Apache-2.0
//
// The memory wrapper with two clocks: one write port (wr_clk), one read port (rd_clk); for clock crossings only, since
// everything else uses weir_ram_sdp. Timing of each port, Style and AsyncRead are those of weir_ram_sdp: a read that
// begins at one rd_clk edge shows its word until the next one replaces it. Never reset.
// A word that is being written while it is read, or within a synchroniser's delay before, may read as anything: the
// pointers of the FIFO around it make sure that nobody looks.
`default_nettype none
`include "weir_assert.svh"

module weir_ram_dp_clk2 #(
  parameter int unsigned Width     = 36,   // bits
  parameter int unsigned Depth     = 512,  // words
  parameter string       Style     = "block",  // or "distributed"
  parameter bit          AsyncRead = 1'b0,
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  // Write port, in the wr_clk domain.
  input  wire                 wr_clk,
  input  wire                 wr_en_i,
  input  wire  [AddrBits-1:0] wr_addr_i,
  input  wire  [Width-1:0]    wr_data_i,
  // Read port, in the rd_clk domain.
  input  wire                 rd_clk,
  input  wire                 rd_en_i,
  input  wire  [AddrBits-1:0] rd_addr_i,
  output logic [Width-1:0]    rd_data_o
);

  `WEIR_ELAB(style, Style == "block" || Style == "distributed", "Style must be block or distributed")
  `WEIR_ELAB(async, !AsyncRead || Style == "distributed", "AsyncRead needs Style distributed")

  if (Style == "distributed") begin : g_dist
    (* ram_style = "distributed", syn_ramstyle = "distributed" *)
    logic [Width-1:0] mem [Depth];
    always_ff @(posedge wr_clk) if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
    if (AsyncRead) begin : g_async
      always_comb rd_data_o = mem[rd_addr_i];
      wire unused = rd_en_i ^ rd_clk;
    end else begin : g_sync
      always_ff @(posedge rd_clk) if (rd_en_i) rd_data_o <= mem[rd_addr_i];
    end
  end else begin : g_block
    (* ram_style = "block", syn_ramstyle = "block_ram", no_rw_check *)
    logic [Width-1:0] mem [Depth];
    always_ff @(posedge wr_clk) if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
    always_ff @(posedge rd_clk) if (rd_en_i) rd_data_o <= mem[rd_addr_i];
  end
endmodule

`default_nettype wire
