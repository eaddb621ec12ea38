// SPDX-License-Identifier: Apache-2.0
//
// ARP (docs/datapath.md, 2.2): 28 bytes, Ethernet and IPv4, an operation other than 0. All fields that count stand in
// the first aligned word. Results two clocks after it, until clear_i.
`default_nettype none

module weir_parse_arp
  import weir_pkg::*;
(
  input  logic        clk,
  input  logic        first_i,      // the first aligned word of an ARP packet is in data_i
  input  logic [63:0] data_i,
  // From the clock after the first word on.
  input  len_t        e_rel_i,
  input  len_t        k_rel_i,
  input  logic        part_i,
  input  logic        clear_i,      // the frame is over; its results have been taken
  output logic        truncated_o,
  output logic        format_o,
  output logic        cut_o
);
  localparam len_t ArpBytes = len_t'(28);
  localparam logic [47:0] EthernetIpv4 = 48'h0001_0800_0604;

  logic check_q = 1'b0, good_q;
  logic truncated, cut;
  assign truncated = e_rel_i < ArpBytes;
  assign cut       = !truncated && part_i && k_rel_i < ArpBytes;

  always_ff @(posedge clk) begin
    check_q <= first_i;
    if (first_i) good_q <= data_i[63:16] == EthernetIpv4 && data_i[15:0] != 16'd0;
    if (check_q) begin
      truncated_o <= truncated;
      cut_o       <= cut;
      format_o    <= !truncated && !cut && !good_q;
    end else if (clear_i) begin
      truncated_o <= 1'b0;
      cut_o       <= 1'b0;
      format_o    <= 1'b0;
    end
  end

  initial begin
    truncated_o = 1'b0;
    cut_o       = 1'b0;
    format_o    = 1'b0;
  end
endmodule

`default_nettype wire
