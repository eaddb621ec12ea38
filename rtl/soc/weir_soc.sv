// SPDX-License-Identifier: Apache-2.0
//
// The soft core and what surrounds it (docs/soc.md, with a picture and the contract of the ports): bus, registers, timer,
// interrupts, event queue, captured frames, watchdog, mail, host link. Nothing in here can hold up a frame.
`default_nettype none

module weir_soc
  import weir_pkg::*;
  import weir_soc_pkg::*;
#(
    parameter bit StartCpu = 1'b0,
    parameter     FirmwareHex = ""
) (
    input  wire           clk,
    input  wire           rst,
    input  wire stamp_t   now_i,
    // --- Frames and what happens to each, from weir_datapath: record_i stands still for 8 clocks.
    input  wire           word_valid_i,
    input  wire           word_first_i,
    input  wire  data_t   word_data_i,
    input  wire  frame_t  frame_i,
    input  wire           record_valid_i,
    input  wire record_t  record_i,
    // --- A third master, for a harness.
    input  wire           s_apb_psel,
    input  wire           s_apb_penable,
    input  wire           s_apb_pwrite,
    input  wire  [20:0]   s_apb_paddr,
    input  wire  [31:0]   s_apb_pwdata,
    input  wire  [ 3:0]   s_apb_pstrb,
    output logic          s_apb_pready,
    output logic [31:0]   s_apb_prdata,
    // --- Registers and entries of weir_datapath.
    output logic          m_apb_psel,
    output logic          m_apb_penable,
    output logic          m_apb_pwrite,
    output logic [20:0]   m_apb_paddr,
    output logic [31:0]   m_apb_pwdata,
    output logic [ 3:0]   m_apb_pstrb,
    input  wire           m_apb_pready,
    input  wire  [31:0]   m_apb_prdata,
    // --- Host link, to and from weir_uart.
    input  wire           link_rx_valid_i,
    input  wire  [ 7:0]   link_rx_data_i,
    output logic          link_tx_valid_o,
    output logic [ 7:0]   link_tx_data_o,
    input  wire           link_tx_ready_i,
    output logic [15:0]   link_step_o,
    // --- For the simulator.
    output logic          idle_o,
    output logic          timer_enable_o,
    output logic [31:0]   timer_deadline_o,
    output logic          console_valid_o,
    output logic [ 7:0]   console_data_o,
    output logic          notice_valid_o
);
  weir_soc_regs_pkg::weir_soc__in_t  to_regs;
  weir_soc_regs_pkg::weir_soc__out_t regs;

  // --- Bus -------------------------------------------------------------------------------------------------------
  apb_req_t [Masters-1:0] master_req;
  apb_rsp_t [Masters-1:0] master_rsp;
  logic [Masters-1:0]     hold;
  logic [Masters-1:0]     busy;
  apb_req_t [1:0]         slave_req;
  apb_rsp_t [1:0]         slave_rsp;
  logic                   bus_idle;

  weir_bus u_bus (
      .clk,
      .rst,
      .req_i (master_req),
      .hold_i(hold),
      .rsp_o (master_rsp),
      .req_o (slave_req),
      .rsp_i (slave_rsp),
      .busy_o(busy),
      .idle_o(bus_idle)
  );

  always_comb begin
    master_req[MasterHarness] = '{sel: s_apb_psel, enable: s_apb_penable, write: s_apb_pwrite, addr: s_apb_paddr,
                                  wdata: s_apb_pwdata, strb: s_apb_pstrb};
    s_apb_pready  = master_rsp[MasterHarness].ready;
    s_apb_prdata  = master_rsp[MasterHarness].rdata;
    m_apb_psel    = slave_req[0].sel;
    m_apb_penable = slave_req[0].enable;
    m_apb_pwrite  = slave_req[0].write;
    m_apb_paddr   = slave_req[0].addr;
    m_apb_pwdata  = slave_req[0].wdata;
    m_apb_pstrb   = slave_req[0].strb;
    slave_rsp[0]  = '{ready: m_apb_pready, rdata: m_apb_prdata};
  end

  logic unused_slverr;

  weir_soc_regs u_regs (
      .clk,
      .rst,
      .s_apb_psel   (slave_req[1].sel),
      .s_apb_penable(slave_req[1].enable),
      .s_apb_pwrite (slave_req[1].write),
      .s_apb_pprot  (3'd0),
      .s_apb_paddr  (slave_req[1].addr[15:0]),
      .s_apb_pwdata (slave_req[1].wdata),
      .s_apb_pstrb  (slave_req[1].strb),
      .s_apb_pready (slave_rsp[1].ready),
      .s_apb_prdata (slave_rsp[1].rdata),
      .s_apb_pslverr(unused_slverr),
      .hwif_in      (to_regs),
      .hwif_out     (regs)
  );

  // --- Soft core and watchdog ------------------------------------------------------------------------------------
  logic        run;
  logic        core_hold;
  logic        fault;
  logic        wake;
  logic [15:0] restarts;
  logic        restarted;
  logic [31:0] ram_word;
  logic        started_q = 1'b0;
  logic        ram_ack_q = 1'b0;
  logic        ram_write_q;
  logic        ram_open_q;

  always_comb run = regs.cpu.run.value;
  always_ff @(posedge clk) begin
    started_q   <= !rst;
    ram_ack_q   <= regs.ram.req && !rst;
    ram_write_q <= regs.ram.req_is_wr;
    ram_open_q  <= !run;
  end

  weir_watchdog u_watchdog (
      .clk,
      .rst,
      .run_i      (run),
      .kick_i     (regs.watchdog_kick.kick.swmod),
      .timeout_i  (regs.watchdog.timeout.value),
      .fault_i    (fault),
      .hold_o     (core_hold),
      .restarts_o (restarts),
      .restarted_o(restarted)
  );

  weir_cpu #(.FirmwareHex(FirmwareHex)) u_cpu (
      .clk,
      .rst,
      .hold_i  (core_hold),
      .irq_i   (wake),
      .halt_i  (regs.sleep.asleep.value && !wake),
      .fault_o (fault),
      .req_o   (master_req[MasterCore]),
      .rsp_i   (master_rsp[MasterCore]),
      .busy_i  (busy[MasterCore]),
      .window_i(!run),
      .access_i(regs.ram.req && !run),
      .we_i    ({regs.ram.wr_biten[24], regs.ram.wr_biten[16], regs.ram.wr_biten[8], regs.ram.wr_biten[0]} &
                {4{regs.ram.req_is_wr}}),
      .addr_i  (regs.ram.addr[14:2]),
      .wdata_i (regs.ram.wr_data),
      .rdata_o (ram_word)
  );

  // --- Events ----------------------------------------------------------------------------------------------------
  logic [31:0] event_word;
  logic [7:0]  event_count;
  logic [23:0] events_lost;
  logic        event_ack_q = 1'b0;
  always_ff @(posedge clk) event_ack_q <= regs.event_head.req && !rst;

  weir_event_queue u_events (
      .clk,
      .rst,
      .record_valid_i,
      .record_i,
      .meter_i      (regs.event_enable.meter.value),
      .established_i(regs.event_enable.established.value),
      .sample_i     (regs.event_enable.sample.value),
      .sample_log2_i(regs.event_enable.sample_log2.value),
      .read_i       (regs.event_head.req),
      .addr_i       (regs.event_head.addr[5:2]),
      .word_o       (event_word),
      .pop_i        (regs.event_pop.pop.swmod),
      .count_o      (event_count),
      .lost_o       (events_lost)
  );

  // --- Captured frames -------------------------------------------------------------------------------------------
  logic [31:0] capture_word;
  logic [7:0]  capture_count;
  logic [23:0] capture_missed;
  logic        capture_busy;
  logic        capture_ack_q = 1'b0;
  always_ff @(posedge clk) capture_ack_q <= regs.capture_head.req && !rst;

  weir_capture u_capture (
      .clk,
      .rst,
      .word_valid_i,
      .word_first_i,
      .word_data_i,
      .frame_i,
      .record_valid_i,
      .record_i,
      .run_i        (regs.capture.run.value),
      .sides_i      (regs.capture.sides.value),
      .sample_log2_i(regs.capture.sample_log2.value),
      .verdicts_i   (regs.capture.verdicts.value),
      .match_i      (regs.capture_reason.match.value),
      .mask_i       (regs.capture_reason.mask.value),
      .read_i       (regs.capture_head.req),
      .addr_i       (regs.capture_head.addr[7:2]),
      .word_o       (capture_word),
      .pop_i        (regs.capture_pop.pop.swmod),
      .count_o      (capture_count),
      .missed_o     (capture_missed),
      .busy_o       (capture_busy)
  );

  // --- Mail: three times 16 words in one memory. The link reads the notice in any clock, with the word one clock later; the
  // bus gets a clock in which the link asks for the same word again, of which a copy is shown to the link meanwhile.
  logic        mail_req;
  logic        mail_write;
  logic [1:0]  box;
  logic [1:0]  box_q;
  logic        want_q = 1'b0;  // a read of the bus waits
  logic        serve;
  logic        served_q = 1'b0;
  logic [31:0] mail_word;
  logic [31:0] notice_word;
  logic [31:0] notice_word_q;
  logic [3:0]  notice_addr;
  logic [3:0]  notice_addr_q;
  logic        notice_taken;
  logic        notice_full_q = 1'b0;

  always_comb begin
    mail_req   = regs.mail_in.req || regs.mail_out.req || regs.notice.req;
    mail_write = mail_req && regs.mail_in.req_is_wr;
    box        = {regs.notice.req, regs.mail_out.req};
    serve      = want_q && notice_addr == notice_addr_q;
  end

  // The address and the data of all three are those of the bus, stable until the answer.
  weir_ram_sdp #(.Width(32), .Depth(64)) u_mail (
      .clk,
      .wr_en_i  (mail_write),
      .wr_addr_i({box, regs.mail_in.addr[5:2]}),
      .wr_data_i(regs.mail_in.wr_data),
      .rd_en_i  (1'b1),
      .rd_addr_i(serve ? {box_q, regs.mail_in.addr[5:2]} : {2'd2, notice_addr}),
      .rd_data_o(mail_word)
  );

  always_comb notice_word = served_q ? notice_word_q : mail_word;
  always_ff @(posedge clk) begin
    if (mail_req) box_q <= box;
    want_q        <= (mail_req && !mail_write) || (want_q && !serve);
    served_q      <= serve;
    notice_word_q <= notice_word;
    notice_addr_q <= notice_addr;
    notice_full_q <= regs.mail.notice_full.value;
    if (rst) begin
      want_q        <= 1'b0;
      served_q      <= 1'b0;
      notice_full_q <= 1'b0;
    end
  end
  always_comb notice_valid_o = regs.mail.notice_full.value && !notice_full_q;

  // --- Timer, interrupts, sleep ----------------------------------------------------------------------------------
  logic [31:0] late;       // us behind the deadline
  logic        due_q = 1'b0;

  always_comb late = now_i[31:0] - regs.timer.deadline.value;
  always_ff @(posedge clk) due_q <= !late[31];

  always_comb begin
    timer_enable_o   = regs.irq_enable.timer.value;
    timer_deadline_o = regs.timer.deadline.value;
    wake = (due_q && regs.irq_enable.timer.value) || (event_count != '0 && regs.irq_enable.event_.value) ||
           (regs.mail.in_full.value && regs.irq_enable.mail.value);
  end

  // --- Console ---------------------------------------------------------------------------------------------------
  logic console_q = 1'b0;
  always_ff @(posedge clk) console_q <= regs.console.data.swmod && !rst;
  always_comb begin
    console_valid_o = console_q;
    console_data_o  = regs.console.data.value;
  end

  // --- Host link -------------------------------------------------------------------------------------------------
  logic [15:0] bad_count;
  logic [15:0] repeated_count;
  logic        link_busy;
  logic        link_hold;

  weir_link_engine u_link (
      .clk,
      .rst,
      .rx_valid_i      (link_rx_valid_i),
      .rx_data_i       (link_rx_data_i),
      .tx_valid_o      (link_tx_valid_o),
      .tx_data_o       (link_tx_data_o),
      .tx_ready_i      (link_tx_ready_i),
      .m_apb_psel      (master_req[MasterLink].sel),
      .m_apb_penable   (master_req[MasterLink].enable),
      .m_apb_pwrite    (master_req[MasterLink].write),
      .m_apb_paddr     (master_req[MasterLink].addr),
      .m_apb_pwdata    (master_req[MasterLink].wdata),
      .m_apb_pready    (master_rsp[MasterLink].ready),
      .m_apb_prdata    (master_rsp[MasterLink].rdata),
      .hold_o          (link_hold),
      .notice_full_i   (regs.mail.notice_full.value),
      .notice_addr_o   (notice_addr),
      .notice_data_i   (notice_word),
      .notice_taken_o  (notice_taken),
      .bad_count_o     (bad_count),
      .repeated_count_o(repeated_count),
      .busy_o          (link_busy)
  );

  always_comb begin
    master_req[MasterLink].strb = '1;
    hold             = '0;
    hold[MasterLink] = link_hold;
    link_step_o      = regs.link_rate.step.value;
  end

  // --- Registers -------------------------------------------------------------------------------------------------
  always_comb begin
    to_regs.cpu.run.hwset                = StartCpu && !started_q;
    to_regs.cpu_status.restarts.next     = restarts;
    to_regs.cpu_status.asleep.next       = regs.sleep.asleep.value;
    to_regs.cpu_status.restarted.next    = restarted;
    to_regs.cpu_status.ram_refused.hwset = regs.ram.req && run;
    to_regs.irq_pending.timer.next       = due_q;
    to_regs.irq_pending.event_.next      = event_count != '0;
    to_regs.irq_pending.mail.next        = regs.mail.in_full.value;
    to_regs.sleep.asleep.next            = regs.sleep.asleep.value;
    to_regs.sleep.asleep.hwclr           = wake || core_hold;
    to_regs.event_queue.count.next       = event_count;
    to_regs.event_queue.lost.next        = events_lost;
    to_regs.capture_queue.count.next     = capture_count;
    to_regs.capture_queue.missed.next    = capture_missed;
    to_regs.mail.notice_full.next        = regs.mail.notice_full.value;
    to_regs.mail.notice_full.hwclr       = notice_taken;
    to_regs.link_counts.bad.next         = bad_count;
    to_regs.link_counts.repeated.next    = repeated_count;

    to_regs.event_head = '{rd_ack: event_ack_q, rd_data: event_word, wr_ack: 1'b0};
    to_regs.capture_head = '{rd_ack: capture_ack_q, rd_data: capture_word, wr_ack: 1'b0};
    to_regs.mail_in    = '{rd_ack: served_q && box_q == 2'd0, rd_data: mail_word, wr_ack: regs.mail_in.req && mail_write};
    to_regs.mail_out   = '{rd_ack: served_q && box_q == 2'd1, rd_data: mail_word, wr_ack: regs.mail_out.req && mail_write};
    to_regs.notice     = '{rd_ack: served_q && box_q == 2'd2, rd_data: mail_word, wr_ack: regs.notice.req && mail_write};
    to_regs.ram        = '{rd_ack: ram_ack_q && !ram_write_q, rd_data: ram_open_q ? ram_word : '0,
                           wr_ack: ram_ack_q && ram_write_q};
  end

  // Nothing happens before the next byte, frame or time: not in the core, which sees and does nothing before it wakes, and
  // not here.
  always_comb
    idle_o = (!run || (regs.sleep.asleep.value && !wake && !(timer_enable_o && !late[31]))) && bus_idle && !link_busy &&
             !capture_busy;

  wire unused = ^{now_i[63:32], late[30:0], unused_slverr};
endmodule

`default_nettype wire
