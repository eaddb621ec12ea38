// SPDX-License-Identifier: Apache-2.0
//
// Gigabit Ethernet MAC of one port, GMII on one side and frames in the core clock on the other: weir_mac_rx and
// weir_mac_tx side by side, with their counters. Full duplex; pause frames are frames like any other here, the data path
// consumes or passes them. The two GMII clocks and the core clock are unrelated; the core clock is 62.5 MHz or more.
// Receive: two ECP5 block RAMs; send: none.
`default_nettype none

module weir_mac
  import weir_mac_pkg::*;
(
  // GMII: receive in rx_clk (from the PHY), send in tx_clk (125 MHz). The three resets come from one source.
  input  wire                   rx_clk,
  input  wire                   rx_rst,
  input  wire  [7:0]            gmii_rxd_i,
  input  wire                   gmii_rx_dv_i,
  input  wire                   gmii_rx_er_i,
  input  wire                   tx_clk,
  input  wire                   tx_rst,
  output logic [7:0]            gmii_txd_o,
  output logic                  gmii_tx_en_o,
  output logic                  gmii_tx_er_o,
  // Core: received good frames, and frames to send; contracts as in weir_mac_rx and weir_mac_tx.
  input  wire                   clk,
  input  wire                   rst,
  output logic [63:0]           m_axis_tdata,
  output logic                  m_axis_tvalid,
  input  wire                   m_axis_tready,
  output logic                  m_axis_tlast,
  output logic [MacLenBits-1:0] m_axis_tlen,
  input  wire  [63:0]           s_axis_tdata,
  input  wire                   s_axis_tvalid,
  output logic                  s_axis_tready,
  input  wire                   s_axis_tlast,
  input  wire  [MacLenBits-1:0] s_axis_tlen,
  // Settings, core clock, registers; they may change at any time and count for frames that start later.
  input  wire  [MacLenBits-1:0] max_frame_i,  // bytes without FCS and tags, 60 to 1,992
  input  wire  [5:0]            gap_i,        // bytes between sent frames, 8 to 63, normally 12
  // Status, core clock: wrapping 32-bit counters.
  output mac_rx_counts_t        rx_counts_o,
  output mac_tx_counts_t        tx_counts_o
);

  weir_mac_rx u_rx (
    .rx_clk, .rx_rst, .gmii_rxd_i, .gmii_rx_dv_i, .gmii_rx_er_i, .clk, .rst, .m_axis_tdata,
    .m_axis_tvalid, .m_axis_tready, .m_axis_tlast, .m_axis_tlen, .max_frame_i, .counts_o(rx_counts_o)
  );

  weir_mac_tx u_tx (
    .clk, .rst, .s_axis_tdata, .s_axis_tvalid, .s_axis_tready, .s_axis_tlast, .s_axis_tlen, .tx_clk,
    .tx_rst, .gmii_txd_o, .gmii_tx_en_o, .gmii_tx_er_o, .gap_i, .counts_o(tx_counts_o)
  );
endmodule

`default_nettype wire
