// SPDX-License-Identifier: Apache-2.0
//
// The pins of the host link: a UART in its own clock (125 MHz; 62.5 / 12 is no whole divisor), with the crossings to the core
// clock. Up to 12 Mbit/s (10.4 clocks a bit), 2 % beside the other end's rate. A new step_i takes effect when what is being
// sent has left and nothing follows, so the reply to the request that changes it goes out at the old rate (docs/link.md).
// Never stalls the line: an octet that comes while 5 wait for rx is lost (the engine takes each at once).
`default_nettype none
`include "weir_assert.svh"

module weir_uart #(
  parameter logic [15:0] InitStep = 16'd1573
) (
  // Core clock.
  input  wire         clk,
  input  wire         rst,
  input  wire  [15:0] step_i,       // bits per bit_clk in 2^-16; from a register
  output logic        rx_valid_o,   // one clock
  output logic [7:0]  rx_data_o,
  input  wire         tx_valid_i,   // taken in a clock with valid and ready
  input  wire  [7:0]  tx_data_i,
  output logic        tx_ready_o,
  // Bit clock; both resets or none.
  input  wire         bit_clk,
  input  wire         bit_rst,
  input  wire         uart_rx_i,
  output logic        uart_tx_o
);

  logic [15:0] step_new;
  logic [15:0] step_q = InitStep;
  logic        in_valid, in_full, out_full, rx_empty, out_empty, out_ready, done;
  logic [7:0]  in_data, out_data;

  weir_cfg_sync #(.Width(16), .Init(InitStep)) u_step (.clk(bit_clk), .d_i(step_i), .q_o(step_new));

  always_ff @(posedge bit_clk) if (done || bit_rst) step_q <= step_new;

  weir_uart_rx u_rx (
    .clk(bit_clk), .rst(bit_rst), .rx_i(uart_rx_i), .step_i(step_q), .valid_o(in_valid), .data_o(in_data));

  weir_fifo_async #(.Width(8), .Depth(4)) u_in (
    .wr_clk(bit_clk), .wr_rst(bit_rst), .wr_en_i(in_valid), .wr_data_i(in_data), .wr_full_o(in_full),
    .rd_clk(clk), .rd_rst(rst), .rd_en_i(1'b1), .rd_data_o(rx_data_o), .rd_empty_o(rx_empty));

  weir_fifo_async #(.Width(8), .Depth(4)) u_out (
    .wr_clk(clk), .wr_rst(rst), .wr_en_i(tx_valid_i), .wr_data_i(tx_data_i), .wr_full_o(out_full),
    .rd_clk(bit_clk), .rd_rst(bit_rst), .rd_en_i(out_ready), .rd_data_o(out_data), .rd_empty_o(out_empty));

  weir_uart_tx u_tx (
    .clk(bit_clk), .rst(bit_rst), .valid_i(!out_empty), .data_i(out_data), .ready_o(out_ready),
    .tx_o(uart_tx_o), .step_i(step_q), .done_o(done));

  always_comb begin
    rx_valid_o = !rx_empty;
    tx_ready_o = !out_full;
  end

  `WEIR_ASSERT(in_time, !(in_valid && in_full), bit_clk, bit_rst)
endmodule

`default_nettype wire
