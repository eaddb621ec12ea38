// SPDX-License-Identifier: Apache-2.0
//
// Remote and protected address of an IP packet (docs/datapath.md, 1 and 3): the direction says which of source and
// destination is which. IPv4 addresses have 96 zero bits above them. Also whether both are equal (ip_land).
//
// An address word shows one clock after it was in data_i, same_o one clock later. Whether the packet has addresses at all
// (flag l3_valid) is known elsewhere.
`default_nettype none

module weir_parse_addr (
  input  logic         clk,
  // Aligned word of an IP packet.
  input  logic         valid_i,
  input  logic         ip6_i,
  input  logic         dir_i,       // 0: the source is the remote address
  input  logic [7:0]   idx_i,
  input  logic [63:0]  data_i,
  output logic [127:0] remote_o,
  output logic [127:0] protect_o,
  output logic         same_o
);
  logic w1, w2, w3, w4;             // IPv6: 1 and 2 source, 3 and 4 destination; IPv4: 1 source, 2 destination
  logic src_high, src_low, dst_high, dst_low;
  assign w1 = valid_i && idx_i == 8'd1;
  assign w2 = valid_i && idx_i == 8'd2;
  assign w3 = valid_i && idx_i == 8'd3;
  assign w4 = valid_i && idx_i == 8'd4;
  assign src_high = w1;
  assign src_low  = ip6_i ? w2 : w1;
  assign dst_high = ip6_i ? w3 : w2;
  assign dst_low  = ip6_i ? w4 : w2;

  logic [63:0] high, low;
  assign high = ip6_i ? data_i : 64'd0;
  // The source of IPv4 is the second half of its word, the destination the first.
  assign low  = ip6_i ? data_i : {32'd0, w1 ? data_i[31:0] : data_i[63:32]};

  always_ff @(posedge clk) begin
    if (dir_i ? dst_high : src_high) remote_o[127:64]  <= high;
    if (dir_i ? dst_low : src_low)   remote_o[63:0]    <= low;
    if (dir_i ? src_high : dst_high) protect_o[127:64] <= high;
    if (dir_i ? src_low : dst_low)   protect_o[63:0]   <= low;
    same_o <= remote_o == protect_o;
  end
endmodule

`default_nettype wire
