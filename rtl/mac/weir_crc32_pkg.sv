// SPDX-License-Identifier: Apache-2.0
//
// The frame check sequence of IEEE 802.3 clause 3.2.9: CRC-32, polynomial 0x04C11DB7, in the reflected form in which
// bit 0 of a byte, the first on the wire, comes first. Start with Crc32Init, take the bytes from the destination
// address on; the FCS is the complement of the register, least significant byte first on the wire.
// Test vector: the nine bytes "123456789" give FCS 0xCBF43926. After a frame with its right FCS the register is
// Crc32Residue.
`default_nettype none

package weir_crc32_pkg;

  parameter logic [31:0] Crc32Init    = 32'hffff_ffff;
  parameter logic [31:0] Crc32Residue = 32'hdebb_20e3;
  parameter logic [31:0] Crc32Poly    = 32'hedb8_8320;  // 0x04C11DB7 reflected

  // The register after one more byte; XOR trees of at most 14 inputs.
  function automatic logic [31:0] crc32_byte(input logic [31:0] crc, input logic [7:0] data);
    logic [31:0] next;
    next = crc ^ {24'd0, data};
    for (int i = 0; i < 8; i++) next = (next >> 1) ^ (next[0] ? Crc32Poly : 32'd0);
    return next;
  endfunction

endpackage

`default_nettype wire
