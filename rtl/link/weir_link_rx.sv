// SPDX-License-Identifier: Apache-2.0
//
// Octets of the host link to frames (docs/link.md): flags, escapes, FCS, length. The octets of a frame go to the request
// buffer as they come; frame_o tells, two clocks after the closing flag, that they are a whole request with a right FCS. From
// then until free_i the buffer belongs to the request: octets that come meanwhile are not kept, their frame counts as bad.
// Never stalls. Nothing of a bad frame is ever told, only counted.
`default_nettype none
`include "weir_assert.svh"

module weir_link_rx
  import weir_crc32_pkg::*;
(
  input  wire         clk,
  input  wire         rst,
  // An octet is taken in this clock; the next comes 8 clocks later or more.
  input  wire         rx_valid_i,
  input  wire  [7:0]  rx_data_i,
  // Request buffer.
  output logic        wr_en_o,
  output logic [8:0]  wr_addr_o,
  output logic [7:0]  wr_data_o,
  // One clock: a request lies in the buffer, len_o octets with its FCS. held_i is 1 from the next clock until free_i.
  output logic        frame_o,
  output logic [8:0]  len_o,
  input  wire         held_i,
  input  wire         free_i,
  // Status.
  output logic        busy_o,
  output logic [15:0] bad_count_o
);

  localparam logic [7:0] Flag   = 8'h7e;
  localparam logic [7:0] Escape = 8'h7d;

  logic        esc_q = 1'b0;    // the octet before was an escape
  logic        end_q = 1'b0;    // a flag came in the clock before,
  logic        abort_q = 1'b0;  // behind an escape
  logic        bad_q = 1'b0;    // this frame is refused whatever its FCS
  logic [8:0]  pos_q = '0;      // octets of this frame, or of the one that is held
  logic [3:0]  run_q = '0;      // 8 to 15: bit run_q - 8 of data_q goes into the FCS
  logic [7:0]  data_q = '0;
  logic [15:0] bad_count_q = '0;

  logic        flag, octet, full, ok;
  logic [7:0]  data;
  logic [31:0] crc;

  always_comb begin
    flag  = rx_valid_i && rx_data_i == Flag;
    octet = rx_valid_i && rx_data_i != Flag && (esc_q || rx_data_i != Escape);
    data  = rx_data_i ^ (esc_q ? 8'h20 : 8'h00);
    full  = pos_q[8] && pos_q[4];  // 272
    ok    = !held_i && !abort_q && !bad_q && (pos_q[8:3] != '0 || pos_q[2:1] == 2'd3) && crc == Crc32Residue;

    wr_en_o   = octet && !held_i;
    wr_addr_o = pos_q;
    wr_data_o = data;
  end

  always_ff @(posedge clk) begin
    end_q   <= flag;
    abort_q <= flag && esc_q;
    if (rx_valid_i) esc_q <= rx_data_i == Escape && !esc_q;

    if (octet) data_q <= data;
    if (octet) run_q <= 4'd8;
    else if (run_q[3]) run_q <= run_q + 4'd1;

    if (octet) begin
      // No room, too long, or by its type no request.
      if (held_i || full || (pos_q == '0 && data[7:6] != 2'd0)) bad_q <= 1'b1;
      if (!held_i && !full) pos_q <= pos_q + 9'd1;
    end
    if (end_q) begin
      bad_q <= 1'b0;
      if (!held_i && !ok) pos_q <= '0;
      if (!ok && !abort_q && (bad_q || (!held_i && pos_q != '0))) bad_count_q <= bad_count_q + 16'd1;
    end
    if (free_i) pos_q <= '0;
    if (rst) begin
      esc_q       <= 1'b0;
      end_q       <= 1'b0;
      bad_q       <= 1'b0;
      pos_q       <= '0;
      run_q       <= '0;
      bad_count_q <= '0;
    end
  end

  weir_link_fcs u_fcs (
    .clk,
    .clear_i(end_q || rst),
    .shift_i(run_q[3]),
    .bit_i  (data_q[run_q[2:0]]),
    .crc_o  (crc)
  );

  always_comb begin
    frame_o     = end_q && ok;
    len_o       = pos_q;
    busy_o      = run_q[3] || end_q;
    bad_count_o = bad_count_q;
  end

  `WEIR_ASSERT(spaced, !(rx_valid_i && (end_q || (run_q[3] && run_q[2:0] != 3'd7))), clk, rst)
endmodule

`default_nettype wire
