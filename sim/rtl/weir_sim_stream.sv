// SPDX-License-Identifier: Apache-2.0
//
// Simulation top, stream depth: weir_datapath and weir_soc with C at the stream sides of the MACs and at the octets of the
// host link (sim/engine/rtl_top.h).
`default_nettype none
`include "weir_sim_dpi.svh"

module weir_sim_stream
  import weir_pkg::*;
(
    input wire clk
);
  int unsigned     in_flags, rx_len_u, rx_len_p, paddr, pwdata;
  longint unsigned now_us, rx_data_u, rx_data_p;

  always_ff @(negedge clk) begin
    weir_sim_get(in_flags, now_us, rx_data_u, rx_data_p, rx_len_u, rx_len_p, paddr, pwdata);
  end

  logic rx_ready_u, rx_ready_p, tx_valid_u, tx_valid_p, tx_last_u, tx_last_p, pready, idle, ready;
  data_t       tx_data_u, tx_data_p;
  len_t        tx_len_u, tx_len_p;
  logic [31:0] prdata;
  logic        taken_u, taken_p, refused_u, refused_p, record_valid, egress_full;
  record_t     record;
  seqno_t      egress_full_seqno;
  logic        word_valid, word_first;
  data_t       word_data;
  frame_t      frame;

  // --- Soft core and bus, between C and the registers of the data path.
  logic        psel, penable, pwrite, dp_pready;
  logic [20:0] dp_paddr;
  logic [31:0] dp_pwdata, dp_prdata, deadline;
  logic [ 3:0] pstrb;
  logic        soc_idle, timer, console_valid, notice_valid, link_tx_valid;
  logic [ 7:0] console_data, link_tx_data;

  weir_soc u_soc (
      .clk,
      .rst              (in_flags[0]),
      .now_i            (now_us),
      .word_valid_i     (word_valid),
      .word_first_i     (word_first),
      .word_data_i      (word_data),
      .frame_i          (frame),
      .record_valid_i   (record_valid),
      .record_i         (record),
      .s_apb_psel       (in_flags[7]),
      .s_apb_penable    (in_flags[8]),
      .s_apb_pwrite     (in_flags[9]),
      .s_apb_paddr      (paddr[20:0]),
      .s_apb_pwdata     (pwdata),
      .s_apb_pstrb      (4'hf),
      .s_apb_pready     (pready),
      .s_apb_prdata     (prdata),
      .m_apb_psel       (psel),
      .m_apb_penable    (penable),
      .m_apb_pwrite     (pwrite),
      .m_apb_paddr      (dp_paddr),
      .m_apb_pwdata     (dp_pwdata),
      .m_apb_pstrb      (pstrb),
      .m_apb_pready     (dp_pready),
      .m_apb_prdata     (dp_prdata),
      .link_rx_valid_i  (in_flags[10]),
      .link_rx_data_i   (in_flags[23:16]),
      .link_tx_valid_o  (link_tx_valid),
      .link_tx_data_o   (link_tx_data),
      .link_tx_ready_i  (in_flags[11]),
      .link_step_o      (),
      .idle_o           (soc_idle),
      .timer_enable_o   (timer),
      .timer_deadline_o (deadline),
      .console_valid_o  (console_valid),
      .console_data_o   (console_data),
      .notice_valid_o   (notice_valid)
  );

  weir_datapath u_datapath (
      .clk,
      .rst             (in_flags[0]),
      .now_i           (now_us),
      .s_axis_u_tdata  (rx_data_u),
      .s_axis_u_tvalid (in_flags[1]),
      .s_axis_u_tready (rx_ready_u),
      .s_axis_u_tlast  (in_flags[3]),
      .s_axis_u_tlen   (rx_len_u[LenBits-1:0]),
      .s_axis_u_tknown (rx_len_u[16+:LenBits]),
      .s_axis_p_tdata  (rx_data_p),
      .s_axis_p_tvalid (in_flags[2]),
      .s_axis_p_tready (rx_ready_p),
      .s_axis_p_tlast  (in_flags[4]),
      .s_axis_p_tlen   (rx_len_p[LenBits-1:0]),
      .s_axis_p_tknown (rx_len_p[16+:LenBits]),
      .m_axis_u_tdata  (tx_data_u),
      .m_axis_u_tvalid (tx_valid_u),
      .m_axis_u_tready (in_flags[5]),
      .m_axis_u_tlast  (tx_last_u),
      .m_axis_u_tlen   (tx_len_u),
      .m_axis_p_tdata  (tx_data_p),
      .m_axis_p_tvalid (tx_valid_p),
      .m_axis_p_tready (in_flags[6]),
      .m_axis_p_tlast  (tx_last_p),
      .m_axis_p_tlen   (tx_len_p),
      .s_apb_psel      (psel),
      .s_apb_penable   (penable),
      .s_apb_pwrite    (pwrite),
      .s_apb_pprot     (3'd0),
      .s_apb_paddr     (dp_paddr),
      .s_apb_pwdata    (dp_pwdata),
      .s_apb_pstrb     (pstrb),
      .s_apb_pready    (dp_pready),
      .s_apb_prdata    (dp_prdata),
      .s_apb_pslverr   (),
      .mac_rx_enable_o (),
      .mac_tx_enable_o (),
      .mac_ifg_o       (),
      .mac_events_i    ('0),
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
      .word_valid_o    (word_valid),
      .word_first_o    (word_first),
      .word_data_o     (word_data),
      .frame_o         (frame),
      .ready_o         (ready),
      .idle_o          (idle)
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
      .maint_done_i   (u_datapath.maint_done),
      .maint_i        (u_datapath.maint),
      .maint_rdata_i  (u_datapath.maint_rdata),
      .maint_seqno_i  (u_datapath.maint_seqno),
      .reg_write_i    (psel && penable && pwrite && dp_pready),
      .reg_addr_i     (dp_paddr),
      .reg_data_i     (dp_pwdata),
      .setup_taken_i  (u_datapath.u_control.u_setup.write),
      .stopped_i      (u_datapath.u_control.stopped),
      .console_valid_i(console_valid),
      .console_data_i (console_data),
      .notice_valid_i (notice_valid)
  );

  always_ff @(posedge clk) begin
    weir_sim_put({8'd0, link_tx_data, 1'b0, !u_soc.bus_idle, u_soc.link_busy, link_tx_valid, timer, soc_idle, ready, idle, 1'b0, pready, tx_last_p, tx_last_u, tx_valid_p, tx_valid_u, rx_ready_p,
                  rx_ready_u},
                 tx_data_u, tx_data_p, {5'd0, tx_len_p, 5'd0, tx_len_u}, prdata, deadline);
  end
endmodule

`default_nettype wire
