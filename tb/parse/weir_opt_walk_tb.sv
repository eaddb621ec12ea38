// SPDX-License-Identifier: Apache-2.0
//
// Options walker against a walk byte by byte (docs/datapath.md, 2.6): regions of 4 to 40 bytes that begin at either half of
// a word, IPv4 and TCP by turns, three words or more apart, with bubbles.
`default_nettype none

module weir_opt_walk_tb;
  logic clk = 1'b0;
  always #5 clk = !clk;

  logic        valid = 1'b0, tcp = 1'b0;
  logic [63:0] data = '0;
  logic [1:0]  en = '0;
  logic        ip_bad, tcp_bad, ip_route, tcp_ws;
  weir_opt_walk dut (.clk, .valid_i(valid), .data_i(data), .en_i(en), .tcp_i(tcp), .ip_bad_o(ip_bad), .tcp_bad_o(tcp_bad),
                     .ip_route_o(ip_route), .tcp_ws_o(tcp_ws));

  `include "weir_check.svh"

  byte unsigned opt[40];
  // Mostly options that fit; lengths and types near the edges of the rules.
  function automatic void make(int n);
    int i = 0;
    while (i < n) begin
      int pick = int'($urandom_range(19));
      if (pick < 5) opt[i++] = 1;
      else if (pick == 5) opt[i++] = 0;
      else begin
        int length = pick < 17 ? int'($urandom_range(8, 2)) : pick == 17 ? n - i : pick == 18 ? n - i + 1 : int'($urandom_range(255));
        if ($urandom_range(4) == 0) length = 3;
        opt[i++] = $urandom_range(9) == 0 ? 8'd131 : $urandom_range(9) == 0 ? 8'd137 : $urandom_range(7) == 0 ? 8'd3
                   : 8'($urandom_range(255, 2));
        if (i < n) opt[i++] = 8'(length);
        for (int j = 2; j < length && i < n; j++)
          opt[i++] = $urandom_range(3) == 0 ? 8'd131 : $urandom_range(3) == 0 ? 8'd3 : 8'($urandom);
      end
    end
  endfunction

  function automatic void walk(int n, output bit bad, output bit route, output bit ws);
    int i = 0;
    {bad, route, ws} = '0;
    while (i < n && opt[i] != 0) begin
      if (opt[i] == 1) begin
        i++;
        continue;
      end
      if (opt[i] == 131 || opt[i] == 137) route = 1'b1;
      if (opt[i] == 3 && i + 3 <= n && opt[i + 1] == 3) ws = 1'b1;
      if (i + 1 >= n || opt[i + 1] < 2 || i + int'(opt[i + 1]) > n) begin
        bad = 1'b1;
        return;
      end
      i += int'(opt[i + 1]);
    end
  endfunction

  task automatic word(bit v, bit [1:0] e, bit [63:0] d);
    valid = v;
    en    = e;
    data  = d;
    @(negedge clk);
  endtask

  bit [1:0] of_ip, of_tcp;      // results of the last region of each kind
  bit       had_ip, had_tcp;
  task automatic region(bit is_tcp, int n, bit odd, int bubbles);
    bit bad, route, ws;
    int at = odd ? -4 : 0;
    walk(n, bad, route, ws);
    tcp = is_tcp;
    for (; at < n; at += 8) begin
      bit [63:0] d = {32'($urandom), 32'($urandom)};
      bit [1:0]  e = {at >= 0 && at < n, at + 4 < n};
      while ($urandom_range(99) < bubbles) word(1'b0, 2'($urandom), d);
      for (int i = 0; i < 8; i++) if (at + i >= 0 && at + i < n) d[8*(7-i) +: 8] = opt[at + i];
      word(1'b1, e, d);
    end
    // Two words at least are between a region and the next.
    tcp = 1'($urandom);
    repeat (2) word(1'b1, 2'b00, {32'($urandom), 32'($urandom)});
    // The third clock after the region's last word.
    if (is_tcp) {had_tcp, of_tcp} = {1'b1, bad, ws};
    else {had_ip, of_ip} = {1'b1, bad, route};
    if (had_tcp) begin
      check(tcp_bad == of_tcp[1], "TCP option");
      check(tcp_ws == of_tcp[0], "window scale");
    end
    if (had_ip) begin
      check(ip_bad == of_ip[1], "IPv4 option");
      check(ip_route == of_ip[0], "source route");
    end
  endtask

  initial begin
    @(negedge clk);
    for (int i = 0; i < 100000; i++) begin
      automatic int n = 4 * int'($urandom_range(10, 1));
      make(n);
      region(1'($urandom), n, 1'($urandom), $urandom_range(1) == 0 ? 0 : 30);
    end
    report("weir_opt_walk");
    $finish;
  end
endmodule

`default_nettype wire
