// SPDX-License-Identifier: Apache-2.0
//
// weir_ram_sdp in all its forms against one array: random reads and writes, never of the same word in one clock; latency,
// holding of the last word; and that a collision does not return the stored word by luck.
module weir_ram_sdp_tb;
  localparam int unsigned Depth = 32;
  logic clk = 0;
  always #5 clk = !clk;

  logic wr_en = 0, rd_en = 0;
  logic [4:0] wr_addr = 0, rd_addr = 0;
  logic [19:0] wr_data = 0, block, block_reg, lut, async;

  weir_ram_sdp #(.Width(20), .Depth(Depth)) u_block (
    .clk, .wr_en_i(wr_en), .wr_addr_i(wr_addr), .wr_data_i(wr_data), .rd_en_i(rd_en), .rd_addr_i(rd_addr),
    .rd_data_o(block));
  weir_ram_sdp #(.Width(20), .Depth(Depth), .OutputReg(1)) u_block_reg (
    .clk, .wr_en_i(wr_en), .wr_addr_i(wr_addr), .wr_data_i(wr_data), .rd_en_i(rd_en), .rd_addr_i(rd_addr),
    .rd_data_o(block_reg));
  weir_ram_sdp #(.Width(20), .Depth(Depth), .Style("distributed")) u_dist (
    .clk, .wr_en_i(wr_en), .wr_addr_i(wr_addr), .wr_data_i(wr_data), .rd_en_i(rd_en), .rd_addr_i(rd_addr),
    .rd_data_o(lut));
  weir_ram_sdp #(.Width(20), .Depth(Depth), .Style("distributed"), .AsyncRead(1)) u_async (
    .clk, .wr_en_i(wr_en), .wr_addr_i(wr_addr), .wr_data_i(wr_data), .rd_en_i(1'b0), .rd_addr_i(rd_addr),
    .rd_data_o(async));

  logic [19:0] mem [Depth];
  logic [19:0] want1, want2;
  `include "weir_check.svh"
  function automatic void same(logic [19:0] got, logic [19:0] want, string what);
    if (!checked(got === want)) $display("%0t: %s: %h, not %h", $time, what, got, want);
  endfunction

  initial begin
    @(negedge clk);
    for (int i = 0; i < int'(Depth); i++) begin
      wr_en = 1; wr_addr = 5'(i); wr_data = 20'($urandom);
      mem[i] = wr_data;
      @(negedge clk);
    end
    rd_en = 1; rd_addr = 0; wr_en = 0;
    @(negedge clk);
    want1 = mem[0];
    for (int n = 0; n < 5000; n++) begin
      want2 = want1;
      rd_en = ($urandom % 4 != 0);
      rd_addr = 5'($urandom);
      wr_en = 1'($urandom);
      do wr_addr = 5'($urandom); while (wr_addr == rd_addr);
      wr_data = 20'($urandom);
      #1 same(async, mem[rd_addr], "asynchronous read");
      if (rd_en) want1 = mem[rd_addr];
      @(negedge clk);
      if (wr_en) mem[wr_addr] = wr_data;
      same(block, want1, "block");
      same(lut, want1, "distributed");
      same(block_reg, want2, "block, output register");
    end
    for (int n = 0; n < 100; n++) begin
      rd_en = 1; rd_addr = 5'($urandom);
      wr_en = 1; wr_addr = rd_addr; wr_data = 20'(n + 1);
      @(negedge clk);
      check(block !== mem[rd_addr] && lut !== mem[rd_addr], "read while it is written: the old word");
      mem[wr_addr] = wr_data;
    end
    report("weir_ram_sdp");
    $finish;
  end
endmodule
