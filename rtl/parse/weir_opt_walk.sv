// SPDX-License-Identifier: Apache-2.0
//
// Walk over the options of an IPv4 or TCP header (docs/datapath.md, 2.6), eight bytes a clock.
//
// A word has two granules of four bytes. Where the next option begins is a state of few values: at byte 0 to 3 of the
// granule, further on, or one byte ago, so that its length byte is byte 0. What a granule makes of each of the five
// near cases depends on its bytes alone (first stage, feed-forward); the loop only chooses, twice a clock (second stage).
// The end of the region needs no address compare: an option reaches beyond it when the state there is not "at byte 0".
//
// What is looked for differs by kind: in IPv4 a source route (the type alone tells), in TCP a window scale (type and length
// byte, and its third byte must be in the region). One flag, `hit`, serves both.
//
// The region is given by en_i, per half; a word without any half in the region resets the state. A region begins and ends
// at a granule. Results are right from three clocks after the last word of the region was in data_i, and stay until the
// next region of the same kind.
`default_nettype none

module weir_opt_walk (
  input  logic        clk,
  input  logic        valid_i,
  input  logic [63:0] data_i,
  input  logic [1:0]  en_i,         // half in the region; bit 1: bytes 0 to 3
  input  logic        tcp_i,        // kind of the region: 0 IPv4, 1 TCP
  // An option's length is below 2 or reaches beyond the region.
  output logic        ip_bad_o,
  output logic        tcp_bad_o,
  output logic        ip_route_o,   // an option of type 131 or 137 in an IPv4 region
  output logic        tcp_ws_o      // an option of type 3 and length 3 in a TCP region, all of it
);
  localparam logic [7:0] EndOfList = 8'd0, NoOperation = 8'd1, LooseRoute = 8'd131, StrictRoute = 8'd137;
  localparam logic [7:0] WindowScale = 8'd3, WindowScaleBytes = 8'd3;
  localparam logic [5:0] Far = 6'd63;   // further than any region reaches

  typedef struct packed {
    logic       stop;     // the walk has ended
    logic       bad;
    logic       hit;      // what is looked for was met in this granule
    logic       need;     // the next byte is a length byte
    logic       scale;    // a window scale is not yet met as a whole: it lacks its third byte, or with `need` its length
    logic [5:0] skip;     // bytes until the next option, or its length
  } walk_t;

  // An option that began `ahead` bytes ahead of the end of the granule, with length byte n.
  function automatic walk_t past(logic [7:0] n, logic [2:0] ahead, logic hit);
    walk_t r = '0;
    logic [7:0] left = n - {5'd0, ahead};
    r.hit   = hit;
    r.stop  = n < 8'd2;
    r.bad   = n < 8'd2;
    r.skip  = left[7:6] != 2'd0 ? Far : left[5:0];
    return r;
  endfunction

  // The same with what follows inside the granule.
  function automatic walk_t also(walk_t r, logic hit);
    walk_t n = r;
    n.hit = r.hit || hit;
    return n;
  endfunction

  // --- first stage: a granule for each way to enter it -------------------------------------------------------------
  typedef walk_t [4:0] table_t;         // 0-3: an option begins at this byte; 4: byte 0 is a length byte
  function automatic table_t look(logic [31:0] g, logic tcp);
    table_t t;
    logic [3:0][7:0] x = g;             // byte 0 is x[3]
    logic [3:0] route, scale, hit;      // hit[i]: an option that begins at byte i is looked for, and all of it is here
    for (int i = 0; i < 4; i++) begin
      route[i] = x[3-i] == LooseRoute || x[3-i] == StrictRoute;
      scale[i] = x[3-i] == WindowScale && (i == 3 || x[3-(i+1)%4] == WindowScaleBytes);
    end
    hit = tcp ? {2'b00, scale[1:0]} : route;

    t[3] = '0;
    t[3].hit   = hit[3];
    t[3].stop  = x[0] == EndOfList;
    t[3].need  = x[0] > NoOperation;
    t[3].scale = tcp && scale[3];

    t[2] = past(x[0], 3'd2, hit[2]);
    t[2].scale = tcp && scale[2];
    if (x[1] == EndOfList)        t[2] = '{stop: 1'b1, default: '0};
    else if (x[1] == NoOperation) t[2] = t[3];

    t[1] = past(x[1], 3'd3, hit[1]);
    if (x[2] == EndOfList)        t[1] = '{stop: 1'b1, default: '0};
    else if (x[2] == NoOperation) t[1] = t[2];
    else if (x[1] == 8'd2)        t[1] = also(t[3], hit[1]);

    t[0] = past(x[2], 3'd4, hit[0]);
    if (x[3] == EndOfList)        t[0] = '{stop: 1'b1, default: '0};
    else if (x[3] == NoOperation) t[0] = t[1];
    else if (x[2] == 8'd2)        t[0] = also(t[2], hit[0]);
    else if (x[2] == 8'd3)        t[0] = also(t[3], hit[0]);

    t[4] = past(x[3], 3'd5, 1'b0);
    if (x[3] == 8'd2)      t[4] = t[1];
    else if (x[3] == 8'd3) t[4] = t[2];
    else if (x[3] == 8'd4) t[4] = t[3];
    return t;
  endfunction

  logic       valid_q = 1'b0;
  logic [1:0] en_q;
  logic       tcp_q;
  table_t     high_q, low_q;
  logic       high_three_q, low_three_q;    // byte 0 of the granule is the length of a window scale
  always_ff @(posedge clk) begin
    valid_q <= valid_i;
    if (valid_i) begin
      en_q   <= en_i;
      tcp_q  <= tcp_i;
      high_q <= look(data_i[63:32], tcp_i);
      low_q  <= look(data_i[31:0], tcp_i);
      high_three_q <= data_i[63:56] == WindowScaleBytes;
      low_three_q  <= data_i[31:24] == WindowScaleBytes;
    end
  end

  // --- second stage: choose --------------------------------------------------------------------------------------
  function automatic walk_t choose(walk_t s, table_t t, logic three);
    walk_t n;
    if (s.stop) begin
      n = s;
      n.hit = 1'b0;
    end else if (s.need) begin
      n = also(t[4], s.scale && three);     // its third byte is here then, too
    end else if (s.skip[5:2] != 4'd0) begin
      n = '0;
      n.skip = {s.skip[5:2] - 4'd1, s.skip[1:0]};
    end else begin
      n = also(t[{1'b0, s.skip[1:0]}], s.scale);
    end
    return n;
  endfunction

  walk_t s_q = '0, s_high, s_low;
  always_comb begin
    s_high = en_q[1] ? choose(s_q, high_q, high_three_q) : '0;
    s_low  = choose(s_high, low_q, low_three_q);
  end

  logic ran_q = 1'b0, ran_tcp_q, first_q = 1'b1, bad, hit;   // first_q: the word before was in no region
  assign hit = (en_q[1] && s_high.hit) || (en_q[0] && s_low.hit);
  assign bad = s_q.bad || s_q.need || (!s_q.stop && s_q.skip != 6'd0);
  always_ff @(posedge clk) begin
    ran_q     <= valid_q && en_q != 2'b00;
    ran_tcp_q <= tcp_q;
    if (valid_q) begin
      s_q     <= en_q[0] ? s_low : s_high;
      first_q <= en_q == 2'b00;
      if (en_q != 2'b00 && !tcp_q) ip_route_o <= (ip_route_o && !first_q) || hit;
      if (en_q != 2'b00 && tcp_q) tcp_ws_o <= (tcp_ws_o && !first_q) || hit;
    end
    if (ran_q && !ran_tcp_q) ip_bad_o <= bad;
    if (ran_q && ran_tcp_q) tcp_bad_o <= bad;
  end
endmodule

`default_nettype wire
