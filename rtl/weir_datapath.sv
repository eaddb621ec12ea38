// SPDX-License-Identifier: Apache-2.0
//
// The data path between the stream sides of the two MACs, with its registers: what every board and the simulator
// instantiate (docs/datapath.md). Frames of either side leave on the other, or are dropped with a counted reason.
//
//   s_axis_u ─┐            ┌─ ring ──── (verdict) ── reader ─┬─ egress port P ─ m_axis_p
//             ├─ arbiter ──┤                ▲                └─ egress port U ─ m_axis_u
//   s_axis_p ─┘            └─ parser ─── judge
//
// What is to be answered leaves where it came from, made into its answer between reader and egress port (weir_answer); what
// is diverted gets its new address there.
//
// One frame of 64 bytes every 8 clocks, whatever the traffic; 4 Gbit/s at 62.5 MHz for long ones. Nothing between the
// arbiter and the egress queues ever stalls; the arbiter begins a frame only when the ring has room for it.
`default_nettype none
`include "weir_assert.svh"

module weir_datapath
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_control_pkg::*;
(
    input wire clk,
    input wire rst,
    // Microseconds; may jump forward, never back.
    input wire stamp_t now_i,

    // --- Frames in, see weir_arbiter: once begun, a word in every clock; tlen F, tknown K (tie to tlen on hardware).
    input  wire data_t s_axis_u_tdata,
    input  wire        s_axis_u_tvalid,
    output logic       s_axis_u_tready,
    input  wire        s_axis_u_tlast,
    input  wire len_t  s_axis_u_tlen,
    input  wire len_t  s_axis_u_tknown,
    input  wire data_t s_axis_p_tdata,
    input  wire        s_axis_p_tvalid,
    output logic       s_axis_p_tready,
    input  wire        s_axis_p_tlast,
    input  wire len_t  s_axis_p_tlen,
    input  wire len_t  s_axis_p_tknown,

    // --- Frames out: whole, tvalid is 1 from first to last word.
    output data_t      m_axis_u_tdata,
    output logic       m_axis_u_tvalid,
    input  wire        m_axis_u_tready,
    output logic       m_axis_u_tlast,
    output len_t       m_axis_u_tlen,
    output data_t      m_axis_p_tdata,
    output logic       m_axis_p_tvalid,
    input  wire        m_axis_p_tready,
    output logic       m_axis_p_tlast,
    output len_t       m_axis_p_tlen,

    // --- Registers, regs/weir.rdl.
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

    // --- MACs: settings per side, and their event pulses, in the order of side_events_t bits 7 to 0.
    output logic [1:0]      mac_rx_enable_o,
    output logic [1:0]      mac_tx_enable_o,
    output logic [7:0]      mac_ifg_o,
    input  wire  [1:0][7:0] mac_events_i,

    // --- What happens to each frame, one clock each. taken_*: its first word is taken in this clock. refused_*: it turned
    // out too long (no number, no record). record: its verdict. egress_full: no room after the verdict; frame number,
    // side where it would have left (1: P), lower queue.
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

    // --- Words of the frames that have a number, as parser and ring get them: frame_o is constant from the first word to the
    // clock before the next one's.
    output logic       word_valid_o,
    output logic       word_first_o,
    output data_t      word_data_o,
    output frame_t     frame_o,

    // --- ready_o: tables are clear. idle_o: no frame and no maintenance is anywhere inside, and no sweep is due: only
    // now_i or an input can make something happen (a frame at an input counts when it is taken).
    output logic       ready_o,
    output logic       idle_o
);
  // --- Control --------------------------------------------------------------------------------------------------
  stamp_t                   now;
  logic                     hold;
  logic                     maint_pending;
  logic                     slots_idle;
  len_t                     max_frame;
  logic [15:0]              link_consume;
  logic [5:0]               prefix_len4;
  logic [7:0]               prefix_len6;
  logic [15:0][15:0]        reflector;
  logic [10:0][31:0]        hash_key;
  logic [47:0]              divert_mac;
  logic [1:0][23:0]         shaper_rate;
  logic [1:0][15:0]         shaper_burst;
  logic                     judge_ready;
  logic                     judge_bypass;
  logic                     judge_clear;
  logic                     judge_idle;
  logic                     maint_valid;
  maint_t                   maint;
  logic                     maint_ready;
  logic                     maint_done;
  logic [MaintDataBits-1:0] maint_rdata;
  seqno_t                   maint_seqno;
  side_events_t [1:0]       side_events;
  logic [NumTables-1:0][31:0] table_evictions;
  logic [NumTables-1:0][31:0] table_full;
  logic [NumTables-1:0][15:0] table_used;
  logic [NumStates-1:0][31:0] state_evictions;
  logic [NumStates-1:0][31:0] state_full;
  logic [NumStates-1:0][15:0] state_used;

  // As many sweep steps on their way as the slot pipeline has stages: a sweep after a jump of time takes 0.13 ms, not 1 ms.
  weir_control #(
      .SweepInFlight(10)
  ) u_control (
      .clk,
      .rst,
      .s_apb_psel,
      .s_apb_penable,
      .s_apb_pwrite,
      .s_apb_pprot,
      .s_apb_paddr,
      .s_apb_pwdata,
      .s_apb_pstrb,
      .s_apb_pready,
      .s_apb_prdata,
      .s_apb_pslverr,
      .now_i,
      .now_o            (now),
      .hold_o           (hold),
      .maint_pending_o  (maint_pending),
      .idle_i           (slots_idle),
      .max_frame_o      (max_frame),
      .link_consume_o   (link_consume),
      .prefix_len4_o    (prefix_len4),
      .prefix_len6_o    (prefix_len6),
      .reflector_o      (reflector),
      .hash_key_o       (hash_key),
      .divert_mac_o     (divert_mac),
      .shaper_rate_o    (shaper_rate),
      .shaper_burst_o   (shaper_burst),
      .mac_rx_enable_o,
      .mac_tx_enable_o,
      .mac_ifg_o,
      .judge_ready_i    (judge_ready),
      .judge_bypass_i   (judge_bypass),
      .judge_clear_o    (judge_clear),
      .maint_valid_o    (maint_valid),
      .maint_o          (maint),
      .maint_ready_i    (maint_ready),
      .maint_done_i     (maint_done),
      .maint_rdata_i    (maint_rdata),
      .maint_seqno_i    (maint_seqno),
      .side_events_i    (side_events),
      .table_evictions_i(table_evictions),
      .table_full_i     (table_full),
      .table_used_i     (table_used),
      .state_evictions_i(state_evictions),
      .state_full_i     (state_full),
      .state_used_i     (state_used)
  );

  // --- Arbiter --------------------------------------------------------------------------------------------------
  logic       room_any;
  logic       room_512;
  logic       word_valid;
  logic       word_first;
  logic       word_last;
  data_t      word_data;
  frame_t     frame;
  stamp_t     now_slots;
  logic [1:0] begins;
  logic [1:0] taken;
  logic [1:0] refused;
  logic       arbiter_idle;

  weir_arbiter u_arbiter (
      .clk,
      .rst,
      .s_axis_tdata   ({s_axis_p_tdata, s_axis_u_tdata}),
      .s_axis_tvalid  ({s_axis_p_tvalid, s_axis_u_tvalid}),
      .s_axis_tready  ({s_axis_p_tready, s_axis_u_tready}),
      .s_axis_tlast   ({s_axis_p_tlast, s_axis_u_tlast}),
      .s_axis_tlen    ({s_axis_p_tlen, s_axis_u_tlen}),
      .s_axis_tknown  ({s_axis_p_tknown, s_axis_u_tknown}),
      .now_i          (now),
      .hold_i         (hold),
      .max_frame_i    (max_frame),
      .maint_pending_i(maint_pending),
      .room_any_i     (room_any),
      .room_512_i     (room_512),
      .word_valid_o   (word_valid),
      .word_first_o   (word_first),
      .word_last_o    (word_last),
      .word_data_o    (word_data),
      .frame_o        (frame),
      .now_o          (now_slots),
      .begins_o       (begins),
      .taken_o        (taken),
      .refused_o      (refused),
      .idle_o         (arbiter_idle)
  );

  // --- Parser and judge -----------------------------------------------------------------------------------------
  logic  meta_valid;
  meta_t meta;

  weir_parser u_parser (
      .clk,
      .rst,
      .word_valid_i(word_valid),
      .word_first_i(word_first),
      .word_last_i (word_last),
      .word_data_i (word_data),
      .frame_i     (frame),
      .reflector_i (reflector),
      .meta_valid_o(meta_valid),
      .meta_o      (meta)
  );

  weir_judge u_judge (
      .clk,
      .rst             (rst || judge_clear),
      .meta_valid_i    (meta_valid),
      .meta_i          (meta),
      .frame_taken_i   (word_valid && word_first),
      .now_i           (now_slots),
      .maint_valid_i   (maint_valid),
      .maint_i         (maint),
      .maint_ready_o   (maint_ready),
      .maint_done_o    (maint_done),
      .maint_rdata_o   (maint_rdata),
      .maint_seqno_o   (maint_seqno),
      .hash_key_i      (hash_key),
      .prefix_len4_i   (prefix_len4),
      .prefix_len6_i   (prefix_len6),
      .link_consume_i  (link_consume),
      .record_valid_o,
      .record_o,
      .ready_o         (judge_ready),
      .idle_o          (judge_idle),
      .bypass_o        (judge_bypass),
      .table_evictions_o(table_evictions),
      .table_full_o    (table_full),
      .table_used_o    (table_used),
      .state_evictions_o(state_evictions),
      .state_full_o    (state_full),
      .state_used_o    (state_used)
  );

  // --- Frame ring and egress ------------------------------------------------------------------------------------
  logic [3:0][9:0] free;
  logic [3:0]      start;
  logic [8:0]      start_words;
  logic [3:0]      out_valid;
  logic            out_first;
  data_t           out_data;
  len_t            out_len;
  logic            out_answer;
  logic            out_divert;
  logic            out_family;
  logic [1:0]      out_tags;
  logic [6:0]      out_number;
  logic [3:0]      wr_valid;
  logic            wr_first;
  data_t           wr_data;
  logic [3:0]      full;
  logic            ring_idle;
  logic [1:0]      port_idle;

  weir_frame_ring u_ring (
      .clk,
      .rst,
      .word_valid_i     (word_valid),
      .word_last_i      (word_last),
      .word_data_i      (word_data),
      .frame_dir_i      (frame.dir),
      .frame_len_i      (frame.len),
      .room_any_o       (room_any),
      .room_512_o       (room_512),
      .verdict_valid_i  (record_valid_o),
      .verdict_forward_i(record_o.verdict == VerdictPass || record_o.verdict == VerdictDemote || record_o.verdict == VerdictDivert),
      .verdict_lower_i  (record_o.verdict == VerdictDemote),
      .verdict_divert_i (record_o.verdict == VerdictDivert),
      .verdict_answer_i (record_o.verdict == VerdictAnswer),
      .verdict_family_i (record_o.meta.family),
      .verdict_tags_i   (record_o.meta.tcp.tags),
      .free_i           (free),
      .start_o          (start),
      .start_words_o    (start_words),
      .out_valid_o      (out_valid),
      .out_first_o      (out_first),
      .out_data_o       (out_data),
      .out_len_o        (out_len),
      .out_answer_o     (out_answer),
      .out_divert_o     (out_divert),
      .out_family_o     (out_family),
      .out_tags_o       (out_tags),
      .out_number_o     (out_number),
      .full_o           (full),
      .full_seqno_o     (egress_full_seqno_o),
      .skip_o           (),
      .idle_o           (ring_idle)
  );

  weir_answer u_answer (
      .clk,
      .rst,
      .verdict_valid_i (record_valid_o),
      .verdict_answer_i(record_o.answer),
      .in_valid_i      (out_valid),
      .in_first_i      (out_first),
      .in_data_i       (out_data),
      .in_answer_i     (out_answer),
      .in_divert_i     (out_divert),
      .in_family_i     (out_family),
      .in_tags_i       (out_tags),
      .in_number_i     (out_number),
      .divert_mac_i    (divert_mac),
      .out_valid_o     (wr_valid),
      .out_first_o     (wr_first),
      .out_data_o      (wr_data)
  );

  data_t [1:0] m_axis_tdata;
  logic [1:0]  m_axis_tvalid;
  logic [1:0]  m_axis_tready;
  logic [1:0]  m_axis_tlast;
  len_t [1:0]  m_axis_tlen;

  for (genvar s = 0; s < 2; s++) begin : g_egress
    weir_egress_port u_port (
        .clk,
        .rst,
        .reserve_i      (start[2*s+:2]),
        .reserve_words_i(start_words),
        .wr_valid_i     (wr_valid[2*s+:2]),
        .wr_first_i     (wr_first),
        .wr_data_i      (wr_data),
        .wr_len_i       (out_len),
        .free_o         (free[2*s+:2]),
        .m_axis_tdata   (m_axis_tdata[s]),
        .m_axis_tvalid  (m_axis_tvalid[s]),
        .m_axis_tready  (m_axis_tready[s]),
        .m_axis_tlast   (m_axis_tlast[s]),
        .m_axis_tlen    (m_axis_tlen[s]),
        .rate_i         (shaper_rate[s]),
        .burst_i        (shaper_burst[s]),
        .idle_o         (port_idle[s])
    );
  end

  always_comb begin
    {m_axis_p_tdata, m_axis_u_tdata}   = m_axis_tdata;
    {m_axis_p_tvalid, m_axis_u_tvalid} = m_axis_tvalid;
    {m_axis_p_tlast, m_axis_u_tlast}   = m_axis_tlast;
    {m_axis_p_tlen, m_axis_u_tlen}     = m_axis_tlen;
    m_axis_tready                      = {m_axis_p_tready, m_axis_u_tready};
  end

  // --- Events and state -----------------------------------------------------------------------------------------
  always_comb begin
    {taken_p_o, taken_u_o}     = begins;
    {refused_p_o, refused_u_o} = refused;
    egress_full_o       = full != '0;
    egress_full_side_o  = full[3:2] != '0;
    egress_full_lower_o = full[3] || full[1];
    for (int s = 0; s < 2; s++)
      side_events[s] = {taken[s], full[2*s+1], full[2*s], refused[s], mac_events_i[s]};
    // A frame stays in the ring until its verdict is carried out, so that parser and judge hold none beside it.
    slots_idle = arbiter_idle && ring_idle && judge_idle;
    word_valid_o = word_valid;
    word_first_o = word_first;
    word_data_o  = word_data;
    frame_o      = frame;
    ready_o    = judge_ready;
    idle_o     = slots_idle && port_idle == 2'b11 && !maint_pending && judge_ready;
  end

  // Each record is the next frame's.
  seqno_t expected_q = 32'd1;
  always_ff @(posedge clk) begin
    if (record_valid_o) expected_q <= expected_q + 32'd1;
    if (rst) expected_q <= 32'd1;
  end
  `WEIR_ASSERT(record_order, !record_valid_o || record_o.meta.frame.seqno == expected_q, clk, rst)
endmodule

`default_nettype wire
