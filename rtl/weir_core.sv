// SPDX-License-Identifier: Apache-2.0
//
// Everything but pins, PLLs and I/O cells: the data path between two gigabit MACs, the soft core beside it, and the host
// link. What every board instantiates, and the simulator at GMII depth. Five unrelated clocks: the core's, 62.5 MHz or more, and two of GMII a side, 125 MHz.
//
// The MACs take whatever fits the receive store (2,000 bytes), so that the arbiter refuses by its setting and tells it.
`default_nettype none

module weir_core
  import weir_pkg::*;
  import weir_mac_pkg::*;
#(
    parameter bit SoftCore = 1'b1,  // 0: neither soft core nor host link, and the harness's way leads to the data path alone
    parameter bit StartCpu = 1'b0,  // the soft core runs after reset
    parameter     FirmwareHex = ""  // its memory at power-on: 32-bit words for $readmemh
) (
    input wire clk,
    // Asynchronous, active high, free of glitches, for four periods of the slowest clock at least.
    input wire arst_i,
    // Microseconds, in clk; may jump forward, never back.
    input wire stamp_t now_i,

    // --- GMII of the unprotected and the protected side: *_rx_clk from the PHY, *_tx_clk 125 MHz.
    input  wire        u_rx_clk,
    input  wire  [7:0] u_rxd_i,
    input  wire        u_rx_dv_i,
    input  wire        u_rx_er_i,
    input  wire        u_tx_clk,
    output logic [7:0] u_txd_o,
    output logic       u_tx_en_o,
    output logic       u_tx_er_o,
    input  wire        p_rx_clk,
    input  wire  [7:0] p_rxd_i,
    input  wire        p_rx_dv_i,
    input  wire        p_rx_er_i,
    input  wire        p_tx_clk,
    output logic [7:0] p_txd_o,
    output logic       p_tx_en_o,
    output logic       p_tx_er_o,

    // --- Host link: a UART (docs/link.md), without relation to any clock.
    input  wire        uart_rx_i,
    output logic       uart_tx_o,

    // --- A harness's way to all registers and entries, in clk: regs/weir.rdl, regs/weir_soc.rdl. Tied off on a board.
    input  wire         s_apb_psel,
    input  wire         s_apb_penable,
    input  wire         s_apb_pwrite,
    input  wire  [ 2:0] s_apb_pprot,
    input  wire  [20:0] s_apb_paddr,
    input  wire  [31:0] s_apb_pwdata,
    input  wire  [ 3:0] s_apb_pstrb,
    output logic        s_apb_pready,
    output logic [31:0] s_apb_prdata,
    output logic        s_apb_pslverr,

    // --- What happens to each frame, in clk: see weir_datapath. A board may leave it open.
    output logic       taken_u_o,
    output logic       taken_p_o,
    output logic       refused_u_o,
    output logic       refused_p_o,
    output logic       record_valid_o,
    output record_t    record_o,
    output logic       egress_full_o,
    output seqno_t     egress_full_seqno_o,
    output logic       egress_full_side_o,
    output logic       egress_full_lower_o,
    // Of the data path; a frame may still be in a MAC.
    output logic       ready_o,
    output logic       idle_o,

    // --- The soft core, in clk: see weir_soc. A board may leave it open.
    output logic        soc_idle_o,
    output logic        timer_enable_o,
    output logic [31:0] timer_deadline_o,
    output logic        console_valid_o,
    output logic [ 7:0] console_data_o,
    output logic        notice_valid_o
);
  localparam int unsigned MinGap = 8;   // bytes; weir_mac takes 8 to 63
  localparam int unsigned MaxGap = 63;

  logic rst;
  weir_reset_sync u_rst (.clk, .arst_i, .rst_o(rst));

  // --- Data path -------------------------------------------------------------------------------------------------
  data_t [1:0]      rx_tdata;
  logic [1:0]       rx_tvalid;
  logic [1:0]       rx_tready;
  logic [1:0]       rx_tlast;
  len_t [1:0]       rx_tlen;
  data_t [1:0]      tx_tdata;
  logic [1:0]       tx_tvalid;
  logic [1:0]       tx_tready;
  logic [1:0]       tx_tlast;
  len_t [1:0]       tx_tlen;
  logic [1:0]       rx_enable;
  logic [1:0]       tx_enable;
  logic [7:0]       ifg;
  logic [1:0][7:0]  mac_events;

  logic        d_apb_psel;
  logic        d_apb_penable;
  logic        d_apb_pwrite;
  logic [20:0] d_apb_paddr;
  logic [31:0] d_apb_pwdata;
  logic [3:0]  d_apb_pstrb;
  logic        d_apb_pready;
  logic [31:0] d_apb_prdata;
  logic        unused_slverr;

  logic        word_valid;
  logic        word_first;
  data_t       word_data;
  frame_t      frame;

  weir_datapath u_datapath (
      .clk,
      .rst,
      .now_i,
      .s_axis_u_tdata (rx_tdata[0]),
      .s_axis_u_tvalid(rx_tvalid[0]),
      .s_axis_u_tready(rx_tready[0]),
      .s_axis_u_tlast (rx_tlast[0]),
      .s_axis_u_tlen  (rx_tlen[0]),
      .s_axis_u_tknown(rx_tlen[0]),
      .s_axis_p_tdata (rx_tdata[1]),
      .s_axis_p_tvalid(rx_tvalid[1]),
      .s_axis_p_tready(rx_tready[1]),
      .s_axis_p_tlast (rx_tlast[1]),
      .s_axis_p_tlen  (rx_tlen[1]),
      .s_axis_p_tknown(rx_tlen[1]),
      .m_axis_u_tdata (tx_tdata[0]),
      .m_axis_u_tvalid(tx_tvalid[0]),
      .m_axis_u_tready(tx_tready[0]),
      .m_axis_u_tlast (tx_tlast[0]),
      .m_axis_u_tlen  (tx_tlen[0]),
      .m_axis_p_tdata (tx_tdata[1]),
      .m_axis_p_tvalid(tx_tvalid[1]),
      .m_axis_p_tready(tx_tready[1]),
      .m_axis_p_tlast (tx_tlast[1]),
      .m_axis_p_tlen  (tx_tlen[1]),
      .s_apb_psel     (d_apb_psel),
      .s_apb_penable  (d_apb_penable),
      .s_apb_pwrite   (d_apb_pwrite),
      .s_apb_pprot    (3'd0),
      .s_apb_paddr    (d_apb_paddr),
      .s_apb_pwdata   (d_apb_pwdata),
      .s_apb_pstrb    (d_apb_pstrb),
      .s_apb_pready   (d_apb_pready),
      .s_apb_prdata   (d_apb_prdata),
      .s_apb_pslverr  (unused_slverr),
      .mac_rx_enable_o(rx_enable),
      .mac_tx_enable_o(tx_enable),
      .mac_ifg_o      (ifg),
      .mac_events_i   (mac_events),
      .taken_u_o,
      .taken_p_o,
      .refused_u_o,
      .refused_p_o,
      .record_valid_o,
      .record_o,
      .egress_full_o,
      .egress_full_seqno_o,
      .egress_full_side_o,
      .egress_full_lower_o,
      .word_valid_o   (word_valid),
      .word_first_o   (word_first),
      .word_data_o    (word_data),
      .frame_o        (frame),
      .ready_o,
      .idle_o
  );

  logic [5:0] gap_q = 6'(MacDefaultGap);
  always_ff @(posedge clk)
    gap_q <= (ifg > 8'(MaxGap)) ? 6'(MaxGap) : (ifg < 8'(MinGap)) ? 6'(MinGap) : ifg[5:0];

  // --- Soft core and host link -----------------------------------------------------------------------------------
  logic [1:0]  tx_rst;

  if (SoftCore) begin : g_soft_core
    logic        link_rx_valid;
    logic [7:0]  link_rx_data;
    logic        link_tx_valid;
    logic [7:0]  link_tx_data;
    logic        link_tx_ready;
    logic [15:0] link_step;

    weir_soc #(
        .StartCpu   (StartCpu),
        .FirmwareHex(FirmwareHex)
    ) u_soc (
        .clk,
        .rst,
        .now_i,
        .word_valid_i   (word_valid),
        .word_first_i   (word_first),
        .word_data_i    (word_data),
        .frame_i        (frame),
        .record_valid_i (record_valid_o),
        .record_i       (record_o),
        .s_apb_psel,
        .s_apb_penable,
        .s_apb_pwrite,
        .s_apb_paddr,
        .s_apb_pwdata,
        .s_apb_pstrb,
        .s_apb_pready,
        .s_apb_prdata,
        .m_apb_psel     (d_apb_psel),
        .m_apb_penable  (d_apb_penable),
        .m_apb_pwrite   (d_apb_pwrite),
        .m_apb_paddr    (d_apb_paddr),
        .m_apb_pwdata   (d_apb_pwdata),
        .m_apb_pstrb    (d_apb_pstrb),
        .m_apb_pready   (d_apb_pready),
        .m_apb_prdata   (d_apb_prdata),
        .link_rx_valid_i(link_rx_valid),
        .link_rx_data_i (link_rx_data),
        .link_tx_valid_o(link_tx_valid),
        .link_tx_data_o (link_tx_data),
        .link_tx_ready_i(link_tx_ready),
        .link_step_o    (link_step),
        .idle_o         (soc_idle_o),
        .timer_enable_o,
        .timer_deadline_o,
        .console_valid_o,
        .console_data_o,
        .notice_valid_o
    );
    always_comb s_apb_pslverr = 1'b0;

    // In the 125 MHz of the unprotected side's transmitter.
    weir_uart u_uart (
        .clk,
        .rst,
        .step_i    (link_step),
        .rx_valid_o(link_rx_valid),
        .rx_data_o (link_rx_data),
        .tx_valid_i(link_tx_valid),
        .tx_data_i (link_tx_data),
        .tx_ready_o(link_tx_ready),
        .bit_clk   (u_tx_clk),
        .bit_rst   (tx_rst[0]),
        .uart_rx_i,
        .uart_tx_o
    );
  end else begin : g_harness
    always_comb begin
      d_apb_psel       = s_apb_psel;
      d_apb_penable    = s_apb_penable;
      d_apb_pwrite     = s_apb_pwrite;
      d_apb_paddr      = s_apb_paddr;
      d_apb_pwdata     = s_apb_pwdata;
      d_apb_pstrb      = s_apb_pstrb;
      s_apb_pready     = d_apb_pready;
      s_apb_prdata     = d_apb_prdata;
      s_apb_pslverr    = 1'b0;
      soc_idle_o       = 1'b1;
      timer_enable_o   = 1'b0;
      timer_deadline_o = '0;
      console_valid_o  = 1'b0;
      console_data_o   = '0;
      notice_valid_o   = 1'b0;
      uart_tx_o        = 1'b1;
    end
    wire unused_soft_core = ^{StartCpu, uart_rx_i, word_valid, word_first, word_data, frame};
  end

  wire unused_apb = ^{s_apb_pprot, unused_slverr};

  // --- MACs ------------------------------------------------------------------------------------------------------
  logic [1:0]      rx_clk;
  logic [1:0]      tx_clk;
  logic [1:0][7:0] rxd;
  logic [1:0]      rx_dv;
  logic [1:0]      rx_er;
  logic [1:0][7:0] txd;
  logic [1:0]      tx_en;
  logic [1:0]      tx_er;

  always_comb begin
    rx_clk = {p_rx_clk, u_rx_clk};
    tx_clk = {p_tx_clk, u_tx_clk};
    rxd    = {p_rxd_i, u_rxd_i};
    rx_dv  = {p_rx_dv_i, u_rx_dv_i};
    rx_er  = {p_rx_er_i, u_rx_er_i};
    {p_txd_o, u_txd_o}     = txd;
    {p_tx_en_o, u_tx_en_o} = tx_en;
    {p_tx_er_o, u_tx_er_o} = tx_er;
  end

  for (genvar s = 0; s < 2; s++) begin : g_side
    logic           rx_rst;
    logic           rx_on;
    logic           inside_q = 1'b0;  // a frame has begun to leave
    logic           tx_on;
    mac_rx_counts_t rx_counts;
    mac_tx_counts_t tx_counts;

    weir_reset_sync u_rx_rst (.clk(rx_clk[s]), .arst_i, .rst_o(rx_rst));
    weir_reset_sync u_tx_rst (.clk(tx_clk[s]), .arst_i, .rst_o(tx_rst[s]));

    // Switched off: nothing is received (a frame on the wire at the change counts as an error), and frames that leave
    // wait from one frame to the next.
    weir_sync u_rx_on (.clk(rx_clk[s]), .d_i(rx_enable[s]), .q_o(rx_on));
    always_comb tx_on = inside_q || tx_enable[s];
    always_ff @(posedge clk) begin
      if (tx_tvalid[s] && tx_tready[s]) inside_q <= !tx_tlast[s];
      if (rst) inside_q <= 1'b0;
    end

    logic mac_ready;
    always_comb tx_tready[s] = mac_ready && tx_on;

    weir_mac u_mac (
        .rx_clk       (rx_clk[s]),
        .rx_rst       (rx_rst),
        .gmii_rxd_i   (rxd[s]),
        .gmii_rx_dv_i (rx_dv[s] && rx_on),
        .gmii_rx_er_i (rx_er[s]),
        .tx_clk       (tx_clk[s]),
        .tx_rst       (tx_rst[s]),
        .gmii_txd_o   (txd[s]),
        .gmii_tx_en_o (tx_en[s]),
        .gmii_tx_er_o (tx_er[s]),
        .clk,
        .rst,
        .m_axis_tdata (rx_tdata[s]),
        .m_axis_tvalid(rx_tvalid[s]),
        .m_axis_tready(rx_tready[s]),
        .m_axis_tlast (rx_tlast[s]),
        .m_axis_tlen  (rx_tlen[s]),
        .s_axis_tdata (tx_tdata[s]),
        .s_axis_tvalid(tx_tvalid[s] && tx_on),
        .s_axis_tready(mac_ready),
        .s_axis_tlast (tx_tlast[s]),
        .s_axis_tlen  (tx_tlen[s]),
        .max_frame_i  (11'(MacMaxBytes - 8)),  // and 4 a tag
        .gap_i        (gap_q),
        .rx_counts_o  (rx_counts),
        .tx_counts_o  (tx_counts)
    );

    // One pulse for every step of a count, in the order of side_events_t bits 7 to 0; up to 15 may wait.
    logic [7:0][3:0] counts;
    logic [7:0][3:0] told_q = '0;
    always_comb begin
      counts = {4'(tx_counts.underrun), 4'(tx_counts.good), 4'(rx_counts.overrun), 4'(rx_counts.error),
                4'(rx_counts.oversize), 4'(rx_counts.runt), 4'(rx_counts.fcs), 4'(rx_counts.good)};
      for (int i = 0; i < 8; i++) mac_events[s][i] = counts[i] != told_q[i];
    end
    always_ff @(posedge clk) begin
      for (int i = 0; i < 8; i++) told_q[i] <= told_q[i] + 4'(mac_events[s][i]);
      if (rst) told_q <= '0;
    end
  end
endmodule

`default_nettype wire
