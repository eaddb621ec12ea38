// SPDX-License-Identifier: Apache-2.0
//
// The host link (docs/link.md): ends it in hardware, with the firmware hung just as well.
//
//   octets in  --> weir_link_rx --> buffer: request | reply --> weir_link_tx --> octets out
//                                      |        ^                   ^
//                                      v        |                   |
//                                   weir_link_exec <--> APB      notices
//
// A request has an effect only after its FCS was right, and the one before it is answered again instead of done again. One
// request at a time: what comes before its reply is out is counted and forgotten. One block RAM.
`default_nettype none

module weir_link_engine (
  input  wire         clk,
  input  wire         rst,
  // An octet from the link, taken in this clock; the next 8 clocks later or more.
  input  wire         rx_valid_i,
  input  wire  [7:0]  rx_data_i,
  // An octet for it: taken in a clock with valid and ready.
  output logic        tx_valid_o,
  output logic [7:0]  tx_data_o,
  input  wire         tx_ready_i,
  // Registers: APB4, whole words. hold_o: the bus stays with the engine, from its first access until this falls.
  output logic        m_apb_psel,
  output logic        m_apb_penable,
  output logic        m_apb_pwrite,
  output logic [20:0] m_apb_paddr,
  output logic [31:0] m_apb_pwdata,
  input  wire         m_apb_pready,
  input  wire  [31:0] m_apb_prdata,
  output logic        hold_o,
  // Notice: full from when its 16 words are written until taken (one clock). Word notice_addr_o one clock later.
  input  wire         notice_full_i,
  output logic [3:0]  notice_addr_o,
  input  wire  [31:0] notice_data_i,
  output logic        notice_taken_o,
  // Status. busy_o: something goes on that needs no further octet from the host.
  output logic        busy_o,
  output logic [15:0] bad_count_o,
  output logic [15:0] repeated_count_o
);

  logic       rx_wr_en, exec_wr_en, frame, held, free, rx_busy, exec_busy;
  logic [8:0] rx_wr_addr, exec_wr_addr, len;
  logic [7:0] rx_wr_data, exec_wr_data, rd_data, octet;
  logic [9:0] rd_addr;
  logic       octet_valid, octet_end, octet_take, tx_idle;

  weir_link_rx u_rx (
    .clk, .rst, .rx_valid_i, .rx_data_i,
    .wr_en_o  (rx_wr_en),
    .wr_addr_o(rx_wr_addr),
    .wr_data_o(rx_wr_data),
    .frame_o  (frame),
    .len_o    (len),
    .held_i   (held),
    .free_i   (free),
    .busy_o   (rx_busy),
    .bad_count_o
  );

  weir_link_exec u_exec (
    .clk, .rst,
    .frame_i   (frame),
    .len_i     (len),
    .held_o    (held),
    .free_o    (free),
    .rd_addr_o (rd_addr),
    .rd_data_i (rd_data),
    .wr_en_o   (exec_wr_en),
    .wr_addr_o (exec_wr_addr),
    .wr_data_o (exec_wr_data),
    .tx_valid_o(octet_valid),
    .tx_end_o  (octet_end),
    .tx_data_o (octet),
    .tx_take_i (octet_take),
    .tx_idle_i (tx_idle),
    .m_apb_psel, .m_apb_penable, .m_apb_pwrite, .m_apb_paddr, .m_apb_pwdata, .m_apb_pready, .m_apb_prdata, .hold_o,
    .notice_full_i, .notice_addr_o, .notice_data_i, .notice_taken_o,
    .busy_o    (exec_busy),
    .repeated_count_o
  );

  weir_link_tx u_tx (
    .clk, .rst,
    .valid_i(octet_valid),
    .end_i  (octet_end),
    .data_i (octet),
    .take_o (octet_take),
    .idle_o (tx_idle),
    .tx_valid_o, .tx_data_o, .tx_ready_i
  );

  // weir_link_rx writes only while no request is held, weir_link_exec only while one is.
  weir_ram_sdp #(.Width(8), .Depth(1024)) u_buffer (
    .clk,
    .wr_en_i  (rx_wr_en || exec_wr_en),
    .wr_addr_i(held ? {1'b1, exec_wr_addr} : {1'b0, rx_wr_addr}),
    .wr_data_i(held ? exec_wr_data : rx_wr_data),
    .rd_en_i  (1'b1),
    .rd_addr_i(rd_addr),
    .rd_data_o(rd_data)
  );

  always_comb busy_o = rx_busy || exec_busy || !tx_idle;
endmodule

`default_nettype wire
