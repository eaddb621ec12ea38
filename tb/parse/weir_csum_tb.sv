// SPDX-License-Identifier: Apache-2.0
//
// Checksums against sums byte by byte: random packets back to back, right, off by one bit, and near the folds' edges; ends
// at every byte, a restart now and then.
`default_nettype none

module weir_csum_tb;
  logic clk = 1'b0;
  always #5 clk = !clk;

  logic        valid = 1'b0, restart = 1'b0;
  logic [7:0]  idx = '0;
  logic [63:0] data = '0;
  logic [11:0] last = '0, pseudo = '0;
  logic [1:0]  head_en = '0, data_en = '0;
  logic        head_ok, data_ok, masked_valid;
  logic [63:0] masked;
  weir_csum dut (.clk, .valid_i(valid), .idx_i(idx), .data_i(data), .end_i(last), .head_en_i(head_en), .data_en_i(data_en),
                 .restart_i(restart), .pseudo_i(pseudo), .head_ok_o(head_ok), .data_ok_o(data_ok),
                 .masked_valid_o(masked_valid), .masked_o(masked));

  `include "weir_check.svh"

  function automatic bit [15:0] add(bit [15:0] a, bit [15:0] b);
    bit [16:0] s = {1'b0, a} + {1'b0, b};
    return s[15:0] + 16'(s[16]);
  endfunction

  byte unsigned p[2008];
  // Sum of n bytes at `from`, none from `stop` on.
  function automatic bit [15:0] sum(int from, int to, int stop, bit [15:0] start);
    bit [15:0] s = start;
    for (int i = from; i < to; i += 2)
      s = add(s, {i < stop ? p[i] : 8'd0, i + 1 < stop ? p[i+1] : 8'd0});
    return s;
  endfunction

  task automatic packet();
    int n      = $urandom_range(9) == 0 ? 2000 : int'($urandom_range(200, 40));
    int words  = (n + 7) / 8;
    int header = 4 * int'($urandom_range(9, 5));                     // the header's sum: bytes 0 to here
    int from   = 4 * int'($urandom_range((n - 1) / 4 - 1, 9));       // the data's: from here
    int at     = $urandom_range(2) == 0 ? int'($urandom_range(9, 1)) * 4 : 0;   // a restart at this word's address
    int kind   = int'($urandom_range(3));
    bit [11:0] plus;
    bit [15:0] s;
    bit head_right, data_right;
    if (at % 8 != 0 || from < at) at = 0;
    for (int i = 0; i < 2008; i++) p[i] = kind == 0 ? 8'hff : kind == 1 ? 8'h00 : 8'($urandom);
    plus = kind == 1 ? 12'd0 : 12'($urandom);
    // Make both right, then perhaps spoil one bit of each.
    {p[2], p[3]} = 16'd0;
    s = ~sum(0, header, n, 0);
    {p[2], p[3]} = s;
    {p[from], p[from+1]} = 16'd0;
    if (from < header) from = header;
    {p[from], p[from+1]} = 16'd0;
    s = ~sum(from, 8 * words, n, 16'(plus));
    {p[from], p[from+1]} = s;
    if ($urandom_range(1) == 0) p[2 + $urandom_range(header - 3)] ^= 8'(1 << $urandom_range(7));
    if ($urandom_range(1) == 0) p[$urandom_range(n - 1, from)] ^= 8'(1 << $urandom_range(7));
    head_right = sum(0, header, n, 0) == '1;
    data_right = sum(from, 8 * words, n, 16'(plus)) == '1;
    for (int w = 0; w < words; w++) begin
      valid   = 1'b1;
      idx     = 8'(w);
      last    = 12'(n);
      restart = at != 0 && w == at / 8;
      head_en = {8*w < header, 8*w + 4 < header};
      data_en = {8*w >= from, 8*w + 4 >= from};
      // What a restart makes forgotten.
      if (at != 0 && w < at / 8) data_en = 2'($urandom);
      for (int i = 0; i < 8; i++) data[8*(7-i) +: 8] = p[8*w + i];
      @(negedge clk);
      while ($urandom_range(9) == 0) begin
        valid   = 1'b0;
        data_en = 2'($urandom);
        @(negedge clk);
      end
    end
    valid = 1'b0;
    @(negedge clk);
    pseudo = plus;
    @(negedge clk);
    check(head_ok == head_right, "sum of the header");
    check(data_ok == data_right, "sum of the data");
    if ($urandom_range(1) == 0) @(negedge clk);
  endtask

  // The mask, on its own: bytes from the end on are zero.
  logic [63:0] want_masked;
  always_ff @(posedge clk)
    for (int i = 0; i < 8; i++)
      if (valid) want_masked[8*(7-i) +: 8] <= 8*int'(idx) + i < int'(last) ? data[8*(7-i) +: 8] : 8'd0;
  always @(negedge clk) if (masked_valid) check(masked == want_masked, "mask");

  initial begin
    @(negedge clk);
    repeat (5000) packet();
    report("weir_csum");
    $finish;
  end
endmodule

`default_nettype wire
