// SPDX-License-Identifier: Apache-2.0
//
// weir_core alone on the FPGA, for size and speed: few pins, no path through them. Inputs come from a shift register a
// clock domain, outputs are registered and folded into one pin a domain. Not a board.
`default_nettype none

module weir_synth_top
  import weir_pkg::*;
#(
    parameter bit SoftCore = 1'b1  // 0: without it, see weir_core
) (
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
  localparam int unsigned CoreBits = 64;

  // --- Inputs ------------------------------------------------------------------------------------------------------
  logic [CoreBits-1:0] core_q;
  logic [9:0]          u_rx_q;
  logic [9:0]          p_rx_q;
  always_ff @(posedge clk) core_q <= {core_q[CoreBits-2:0], core_i};
  always_ff @(posedge u_rx_clk) u_rx_q <= {u_rx_q[8:0], u_rx_i};
  always_ff @(posedge p_rx_clk) p_rx_q <= {p_rx_q[8:0], p_rx_i};

  stamp_t      now;
  always_comb now = core_q;

  // --- Core --------------------------------------------------------------------------------------------------------
  logic [1:0]  taken;
  logic [1:0]  refused;
  logic        record_valid;
  record_t     record;
  logic        egress_full;
  seqno_t      egress_full_seqno;
  logic        egress_full_side;
  logic        egress_full_lower;
  logic        ready;
  logic        idle;
  logic [9:0]  u_tx;
  logic [9:0]  p_tx;

  // The harness's way, which nothing uses on a board with a soft core.
  logic [60:0] apb_q;
  logic [33:0] apb;
  if (SoftCore) begin : g_no_harness
    always_comb apb_q = '0;
  end else begin : g_harness
    always_ff @(posedge clk) apb_q <= {apb_q[59:0], uart_rx_i};
  end

  weir_core #(
      .SoftCore(SoftCore)
  ) u_core (
      .clk,
      .arst_i,
      .now_i         (now),
      .u_rx_clk,
      .u_rxd_i       (u_rx_q[7:0]),
      .u_rx_dv_i     (u_rx_q[8]),
      .u_rx_er_i     (u_rx_q[9]),
      .u_tx_clk,
      .u_txd_o       (u_tx[7:0]),
      .u_tx_en_o     (u_tx[8]),
      .u_tx_er_o     (u_tx[9]),
      .p_rx_clk,
      .p_rxd_i       (p_rx_q[7:0]),
      .p_rx_dv_i     (p_rx_q[8]),
      .p_rx_er_i     (p_rx_q[9]),
      .p_tx_clk,
      .p_txd_o       (p_tx[7:0]),
      .p_tx_en_o     (p_tx[8]),
      .p_tx_er_o     (p_tx[9]),
      .uart_rx_i,
      .uart_tx_o,
      .s_apb_psel    (apb_q[0]),
      .s_apb_penable (apb_q[1]),
      .s_apb_pwrite  (apb_q[2]),
      .s_apb_pprot   (3'd0),
      .s_apb_paddr   (apb_q[3+:21]),
      .s_apb_pwdata  (apb_q[24+:32]),
      .s_apb_pstrb   (apb_q[56+:4]),
      .s_apb_pready  (apb[33]),
      .s_apb_prdata  (apb[31:0]),
      .s_apb_pslverr (apb[32]),
      .taken_u_o     (taken[0]),
      .taken_p_o     (taken[1]),
      .refused_u_o   (refused[0]),
      .refused_p_o   (refused[1]),
      .record_valid_o(record_valid),
      .record_o      (record),
      .egress_full_o (egress_full),
      .egress_full_seqno_o(egress_full_seqno),
      .egress_full_side_o (egress_full_side),
      .egress_full_lower_o(egress_full_lower),
      .ready_o       (ready),
      .idle_o        (idle),
      .soc_idle_o    (),
      .timer_enable_o(),
      .timer_deadline_o(),
      .console_valid_o(),
      .console_data_o(),
      .notice_valid_o()
  );

  // --- Outputs: what a board uses; the record is for the simulator, and of it the board uses nothing ---------------------
  logic [36:0] out_q;
  always_ff @(posedge clk) begin
    out_q  <= {egress_full, ready, idle, SoftCore ? 34'd0 : apb};
    core_o <= ^out_q;
  end
  logic [9:0] u_tx_q;
  logic [9:0] p_tx_q;
  always_ff @(posedge u_tx_clk) begin
    u_tx_q <= u_tx;
    u_tx_o <= ^u_tx_q;
  end
  always_ff @(posedge p_tx_clk) begin
    p_tx_q <= p_tx;
    p_tx_o <= ^p_tx_q;
  end

  wire unused_events = ^{apb, apb_q[60], taken, refused, record_valid, record, egress_full_seqno, egress_full_side, egress_full_lower};
endmodule

`default_nettype wire
