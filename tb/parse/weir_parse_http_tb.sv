// SPDX-License-Identifier: Apache-2.0
//
// Request methods (docs/datapath.md, 2.7, TCP 5): every method whole, cut anywhere, and with a byte spoilt, at either half of
// a word, packets back to back.
`default_nettype none

module weir_parse_http_tb;
  logic clk = 1'b0;
  always #5 clk = !clk;

  logic        valid = 1'b0, first = 1'b0, here = 1'b0, odd = 1'b0;
  logic [63:0] data = '0;
  logic        get, post, other;
  weir_parse_http dut (.clk, .valid_i(valid), .first_i(first), .data_i(data), .here_i(here), .odd_i(odd), .get_o(get),
                       .post_o(post), .other_o(other));

  `include "weir_check.svh"

  // The payload of a packet whose layer 3 has `at` bytes before it; zeros behind it, as the mask leaves them.
  task automatic packet(string s, int at, bit [2:0] want);
    int words = (at + s.len() + 7) / 8;
    odd = at % 8 == 4;
    for (int w = 0; w < words; w++) begin
      valid = 1'b1;
      first = w == 0;
      here  = w == at / 8;
      for (int i = 0; i < 8; i++) begin
        int k = 8*w + i - at;
        data[8*(7-i) +: 8] = k < 0 ? 8'($urandom) : k < s.len() ? s[k] : 8'd0;
      end
      @(negedge clk);
      while ($urandom_range(3) == 0) begin
        valid = 1'b0;
        here  = 1'($urandom);
        @(negedge clk);
      end
    end
    valid = 1'b0;
    check({get, post, other} == want, {"\"", s, "\""});
  endtask

  string    methods[9] = '{"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "CONNECT ", "OPTIONS ", "TRACE ", "PATCH "};
  bit [2:0] wants[9]   = '{3'b100, 3'b010, 3'b001, 3'b001, 3'b001, 3'b001, 3'b001, 3'b001, 3'b001};
  initial begin
    @(negedge clk);
    for (int turn = 0; turn < 20; turn++) begin
      for (int m = 0; m < 9; m++) begin
        for (int at = 40; at < 80; at += 4) begin
          packet(methods[m], at, wants[m]);
          packet({methods[m], "/x HTTP/1.1"}, at, wants[m]);
          packet({" ", methods[m]}, at, 3'b000);
          for (int n = 1; n < methods[m].len(); n++) packet(methods[m].substr(0, n - 1), at, 3'b000);
          for (int n = 0; n < methods[m].len(); n++) begin
            automatic string s = {methods[m], "/x"};
            // (Never to 0, which a string does not take.)
            s[n] = s[n] ^ 8'(1 << $urandom_range(4));
            packet(s, at, 3'b000);
          end
        end
      end
    end
    report("weir_parse_http");
    $finish;
  end
endmodule

`default_nettype wire
