// SPDX-License-Identifier: Apache-2.0
//
// The FCS register of the host link (docs/link.md: RFC 1662 C.3, the same CRC as of Ethernet), one bit a clock: an octet
// of the link has 8 clocks or more, and this takes a fifth of the look-up tables of an octet a clock. Bits come least
// significant first. Giving it its own lowest bit only shifts, which is how the FCS is read out.
`default_nettype none

module weir_link_fcs
  import weir_crc32_pkg::*;
(
  input  wire         clk,
  // clear_i goes before shift_i.
  input  wire         clear_i,
  input  wire         shift_i,
  input  wire         bit_i,
  output logic [31:0] crc_o
);

  logic [31:0] crc_q = Crc32Init;

  always_ff @(posedge clk) begin
    if (clear_i) crc_q <= Crc32Init;
    else if (shift_i) crc_q <= (crc_q >> 1) ^ ((crc_q[0] ^ bit_i) ? Crc32Poly : 32'd0);
  end

  always_comb crc_o = crc_q;
endmodule

`default_nettype wire
