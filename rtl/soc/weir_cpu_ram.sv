// SPDX-License-Identifier: Apache-2.0
//
// Memory of the soft core: 32-bit words in block RAM with two ports, one that reads (instructions), one that reads or
// writes bytes of a word (data). A word is shown one clock after its address and stays until the port is enabled again.
// A port that reads a word while the other writes it may see anything: code is not written while it runs.
// Never reset. HexFile: for $readmemh, 32-bit words; empty: 0 at power-on.
`default_nettype none

module weir_cpu_ram #(
    parameter int unsigned Words   = 8192,
    parameter              HexFile = "",
    localparam int unsigned AddrBits = $clog2(Words)
) (
    input  wire                 clk,
    input  wire                 fetch_en_i,
    input  wire  [AddrBits-1:0] fetch_addr_i,
    input  wire                 fetch_zero_i,  // show 0 instead
    output logic [31:0]         fetch_data_o,
    input  wire                 data_en_i,
    input  wire  [3:0]          data_we_i,
    input  wire  [AddrBits-1:0] data_addr_i,
    input  wire  [31:0]         data_wdata_i,
    output logic [31:0]         data_rdata_o  // undefined behind a write
);
  (* ram_style = "block", syn_ramstyle = "block_ram", no_rw_check *)
  logic [31:0] mem [Words];

  always_ff @(posedge clk) begin
    if (fetch_en_i) fetch_data_o <= mem[fetch_addr_i];
    if (fetch_zero_i) fetch_data_o <= '0;
  end

  always_ff @(posedge clk)
    if (data_en_i) begin
      for (int b = 0; b < 4; b++) if (data_we_i[b]) mem[data_addr_i][8*b +: 8] <= data_wdata_i[8*b +: 8];
      data_rdata_o <= mem[data_addr_i];
    end

  if (HexFile != "") begin : g_hex
    initial $readmemh(HexFile, mem);
  end else begin : g_zero
    initial mem = '{default: '0};
  end
endmodule

`default_nettype wire
