// SPDX-License-Identifier: Apache-2.0
//
// weir_synth_top without the soft core: data path and MACs alone.
`default_nettype none

module weir_synth_datapath (
    input  wire  clk,
    input  wire  u_rx_clk,
    input  wire  u_tx_clk,
    input  wire  p_rx_clk,
    input  wire  p_tx_clk,
    input  wire  arst_i,
    input  wire  core_i,
    input  wire  u_rx_i,
    input  wire  p_rx_i,
    input  wire  uart_rx_i,
    output logic core_o,
    output logic u_tx_o,
    output logic uart_tx_o,
    output logic p_tx_o
);
  weir_synth_top #(.SoftCore(1'b0)) u_top (.*);
endmodule

`default_nettype wire
