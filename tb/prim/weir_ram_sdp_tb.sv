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
  int checks = 0, failed = 0;
  task automatic check(input logic [19:0] got, input logic [19:0] want, input string what);
    checks++;
    if (got !== want) begin
      failed++;
      if (failed < 20) $display("%0t FAIL %s: %h instead of %h", $time, what, got, want);
    end
  endtask

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
      #1 check(async, mem[rd_addr], "asynchronous read");
      if (rd_en) want1 = mem[rd_addr];
      @(negedge clk);
      if (wr_en) mem[wr_addr] = wr_data;
      check(block, want1, "block");
      check(lut, want1, "distributed");
      check(block_reg, want2, "block, output register");
    end
    for (int n = 0; n < 100; n++) begin
      rd_en = 1; rd_addr = 5'($urandom);
      wr_en = 1; wr_addr = rd_addr; wr_data = 20'(n + 1);
      @(negedge clk);
      checks++;
      if (block == mem[rd_addr] || lut == mem[rd_addr]) failed++;
      mem[wr_addr] = wr_data;
    end
    $display("weir_ram_sdp: %0d checks, %0d failed", checks, failed);
    if (failed != 0) $fatal(1, "failed");
    $finish;
  end
endmodule
