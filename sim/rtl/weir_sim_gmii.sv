// SPDX-License-Identifier: Apache-2.0
//
// Simulation top, GMII depth: weir_core with C at the GMII pins (sim/engine/rtl_top.h). One GMII clock for both sides and
// both directions; its every second rising edge comes with the core clock's.
`default_nettype none
`include "weir_sim_dpi.svh"

module weir_sim_gmii
  import weir_pkg::*;
  import weir_mac_pkg::*;
(
    input wire clk,
    input wire gmii_clk
);
  int unsigned     in_flags, paddr, pwdata, unused_len_u, unused_len_p;
  longint unsigned now_us, unused_data_u, unused_data_p;

  always_ff @(negedge clk) begin
    weir_sim_get(in_flags, now_us, unused_data_u, unused_data_p, unused_len_u, unused_len_p, paddr, pwdata);
  end

  // A register of its own: the reset is asynchronous.
  logic arst_q = 1'b1;
  always_ff @(negedge gmii_clk) arst_q <= in_flags[0];

  int unsigned rx_u, rx_p;
  logic [7:0]  txd_u, txd_p;
  logic        tx_en_u, tx_en_p, tx_er_u, tx_er_p;

  always_ff @(negedge gmii_clk) begin
    weir_sim_gmii(rx_u, rx_p, {22'd0, tx_er_u, tx_en_u, txd_u}, {22'd0, tx_er_p, tx_en_p, txd_p});
  end

  logic        pready, pslverr, idle, ready;
  logic [31:0] prdata;
  logic        taken_u, taken_p, refused_u, refused_p, record_valid, egress_full;
  record_t     record;
  seqno_t      egress_full_seqno;
  logic        soc_idle, timer, console_valid, notice_valid;
  logic [ 7:0] console_data;
  logic [31:0] deadline;

  weir_core u_core (
      .clk,
      .arst_i          (arst_q),
      .now_i           (now_us),
      .u_rx_clk        (gmii_clk),
      .u_rxd_i         (rx_u[7:0]),
      .u_rx_dv_i       (rx_u[8]),
      .u_rx_er_i       (rx_u[9]),
      .u_tx_clk        (gmii_clk),
      .u_txd_o         (txd_u),
      .u_tx_en_o       (tx_en_u),
      .u_tx_er_o       (tx_er_u),
      .p_rx_clk        (gmii_clk),
      .p_rxd_i         (rx_p[7:0]),
      .p_rx_dv_i       (rx_p[8]),
      .p_rx_er_i       (rx_p[9]),
      .p_tx_clk        (gmii_clk),
      .p_txd_o         (txd_p),
      .p_tx_en_o       (tx_en_p),
      .p_tx_er_o       (tx_er_p),
      .s_apb_psel      (in_flags[7]),
      .s_apb_penable   (in_flags[8]),
      .s_apb_pwrite    (in_flags[9]),
      .s_apb_pprot     (3'd0),
      .s_apb_paddr     (paddr[20:0]),
      .s_apb_pwdata    (pwdata),
      .s_apb_pstrb     (4'hf),
      .s_apb_pready    (pready),
      .s_apb_prdata    (prdata),
      .s_apb_pslverr   (pslverr),
      .taken_u_o       (taken_u),
      .taken_p_o       (taken_p),
      .refused_u_o     (refused_u),
      .refused_p_o     (refused_p),
      .record_valid_o  (record_valid),
      .record_o        (record),
      .egress_full_o   (egress_full),
      .egress_full_seqno_o (egress_full_seqno),
      .egress_full_side_o  (),
      .egress_full_lower_o (),
      .ready_o         (ready),
      .idle_o          (idle),
      .uart_rx_i       (1'b1),
      .uart_tx_o       (),
      .soc_idle_o      (soc_idle),
      .timer_enable_o  (timer),
      .timer_deadline_o(deadline),
      .console_valid_o (console_valid),
      .console_data_o  (console_data),
      .notice_valid_o  (notice_valid)
  );

  weir_sim_tap u_tap (
      .clk,
      .record_valid_i (record_valid),
      .record_i       (record),
      .refused_u_i    (refused_u),
      .refused_p_i    (refused_p),
      .egress_full_i  (egress_full),
      .egress_full_seqno_i (egress_full_seqno),
      .taken_u_i      (taken_u),
      .taken_p_i      (taken_p),
      // Whoever runs on hardware need not be told: no ports.
      .maint_done_i   (u_core.u_datapath.maint_done),
      .maint_i        (u_core.u_datapath.maint),
      .maint_rdata_i  (u_core.u_datapath.maint_rdata),
      .maint_seqno_i  (u_core.u_datapath.maint_seqno),
      .reg_write_i    (u_core.d_apb_psel && u_core.d_apb_penable && u_core.d_apb_pwrite && u_core.d_apb_pready),
      .reg_addr_i     (u_core.d_apb_paddr),
      .reg_data_i     (u_core.d_apb_pwdata),
      .setup_taken_i  (u_core.u_datapath.u_control.u_setup.write),
      .stopped_i      (u_core.u_datapath.u_control.stopped),
      .console_valid_i(console_valid),
      .console_data_i (console_data),
      .notice_valid_i (notice_valid)
  );

  // What the MAC did with each carrier has no port: hardware counts it. Read where the frame FIFO is told, so that a
  // frame is known here before the arbiter can take it.
  for (genvar s = 0; s < 2; s++) begin : g_carrier
    int unsigned how;
    always_comb begin
      how = 32'(u_core.g_side[s].u_mac.u_rx.status_q2);
      if (u_core.g_side[s].u_mac.u_rx.status_q2 == RxGood && !u_core.g_side[s].u_mac.u_rx.fifo_ok) how = 32'd5;
    end
    always_ff @(posedge gmii_clk) begin
      if (u_core.g_side[s].u_mac.u_rx.end_q2) weir_sim_on_carrier(s, how);
    end
  end

  always_ff @(posedge clk) begin
    weir_sim_put({20'd0, timer, soc_idle, ready, idle, pslverr, pready, 6'd0}, 64'd0, 64'd0,
                 32'd0, prdata, deadline);
  end
endmodule

`default_nettype wire
