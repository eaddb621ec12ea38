// SPDX-License-Identifier: Apache-2.0
//
// Registers, maintenance and ageing of the data path: the APB slave described by regs/weir.rdl, the bridge from its entry
// regions to maintenance slots, the ager (docs/datapath.md 5.3) and the event counters.
//
// An APB access to a register takes a few clocks, to an entry as long as its maintenance slot takes. At most one
// host request and no sweep step, or up to SweepInFlight sweep steps and no host request, is between acceptance and done.
// When a write is refused, STATUS says so; nothing else happens.
`default_nettype none

module weir_control
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_control_pkg::*;
#(
    parameter int unsigned CoreKhz       = 62500,  // clock of the core, for the host
    parameter int unsigned SweepInFlight = 1       // sweep steps on their way at once, 1 to 15
) (
    input wire clk,
    input wire rst,

    // --- APB4 slave, 32 bit. Address 0x00_0000 registers, 0x10_0000 + target * 0x8000 + index * 0x20 entries;
    // docs/registers.md. Never an error response.
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

    // --- Time. now_i may jump forward by any amount at any clock, never back. now_o is now_i some clocks later:
    // the one `now` of the data path (arbiter stamps, stamps of maintenance slots). hold_o belongs to now_o of the same
    // clock: while it is 1 the arbiter begins no frame (one that has begun continues). It is 1 while CTRL.run is 0,
    // while the judge is not ready, and from a jump of now_o until a sweep that began after it is complete.
    input  wire stamp_t now_i,
    output stamp_t      now_o,
    output logic        hold_o,
    // 1: a request for a maintenance slot waits; the arbiter leaves one slot in 64 free for it.
    output logic        maint_pending_o,
    // No frame lies between the arbiter's first word and the end of the slots (decision made). It may lag the arbiter by
    // up to 8 clocks.
    input  wire         idle_i,

    // --- Static configuration: changes only while hold_o is 1 and no frame is in the data path.
    output logic [ 10:0]       max_frame_o,      // 60..1992, without FCS and tags
    output logic [ 15:0]       link_consume_o,   // bit n: 01-80-C2-00-00-0n is consumed
    output logic [  5:0]       prefix_len4_o,    // 0..32
    output logic [  7:0]       prefix_len6_o,    // 0..128
    output logic [ 15:0][15:0] reflector_o,      // UDP source ports, 0: unused
    output logic [ 10:0][31:0] hash_key_o,       // [0] holds the first 32 bits of the key
    output logic [ 47:0]       divert_mac_o,     // destination of diverted frames, byte 0 highest
    output logic [  1:0][23:0] shaper_rate_o,    // of the egress on side [s]: 2^-16 bytes per clock
    output logic [  1:0][15:0] shaper_burst_o,   // bytes
    output logic [  1:0]       mac_rx_enable_o,  // side [s]
    output logic [  1:0]       mac_tx_enable_o,
    output logic [  7:0]       mac_ifg_o,        // inter-frame gap of both sides, bytes

    // --- weir_judge. maint_o (its data only in a write) is stable from maint_valid_o until maint_ready_i; then comes one
    // clock of maint_done_i, with maint_rdata_i (reads) and maint_seqno_i: number of frames that entered the slots
    // before this operation. With SweepInFlight above 1, sweep steps may be accepted before the done of earlier ones.
    // judge_clear_o: one clock, only when the data path is idle and held. The judge (reset it with it) forgets tables, class
    // bank, counters and configuration memories, and takes judge_ready_i down within 8 clocks until they are
    // clear; no request is outstanding then.
    input  wire          judge_ready_i,
    input  wire          judge_bypass_i,
    output logic         judge_clear_o,
    output logic         maint_valid_o,
    output maint_t       maint_o,
    input  wire          maint_ready_i,
    input  wire          maint_done_i,
    input  wire  [MaintDataBits-1:0] maint_rdata_i,
    input  wire  seqno_t maint_seqno_i,

    // --- Events and statistics. Evictions and full count up by at most one in 8 clocks: they are counted again here by
    // their lowest bit, so that neither a wide multiplexer nor their upper bits cost anything in the FPGA.
    input wire side_events_t [1:0]       side_events_i,
    input wire [NumTables-1:0][31:0]     table_evictions_i,
    input wire [NumTables-1:0][31:0]     table_full_i,
    input wire [NumTables-1:0][15:0]     table_used_i,
    input wire [NumStates-1:0][31:0]     state_evictions_i,
    input wire [NumStates-1:0][31:0]     state_full_i,
    input wire [NumStates-1:0][15:0]     state_used_i
);
  weir_regs_pkg::weir_regs__in_t  hwif_in;
  weir_regs_pkg::weir_regs__out_t hwif_out;

  logic        run;
  logic        stopped;
  logic        ageing;
  logic        ready;
  logic        sweep_req;
  logic        sweep_take;
  logic [ 9:0] sweep_index;
  expire_e     sweep_level;
  logic        maint_busy;
  logic        bad_entry;
  logic        setup_refused;
  seqno_t      seqno;

  logic        setup_rd_ack;
  logic        setup_wr_ack;
  logic [31:0] setup_rd_data;
  logic        stats_rd_ack;
  logic        stats_wr_ack;
  logic [31:0] stats_rd_data;
  logic        entries_rd_ack;
  logic        entries_wr_ack;
  logic [31:0] entries_rd_data;

  // --- Clear: no more steps, wait until none is under way, one pulse, wait until the judge's ready shows it.
  logic       clear_refused;
  logic       clear_q = 1'b0;
  logic       sent_q  = 1'b0;
  logic [2:0] wait_q  = '0;
  always_comb begin
    clear_refused = hwif_out.ctrl.clear.value && !stopped;
    judge_clear_o = clear_q && !sent_q && !maint_busy;
    ready         = judge_ready_i && !clear_q;
  end
  always_ff @(posedge clk) begin
    if (hwif_out.ctrl.clear.value && stopped) clear_q <= 1'b1;
    if (judge_clear_o) sent_q <= 1'b1;
    if (sent_q) wait_q <= wait_q + 1'b1;
    if (wait_q == '1) begin
      clear_q <= 1'b0;
      sent_q  <= 1'b0;
    end
    if (rst) begin
      clear_q <= 1'b0;
      sent_q  <= 1'b0;
      wait_q  <= '0;
    end
  end

  // --- Registers.
  logic [31:0] now_high_q = '0;
  always_ff @(posedge clk) if (hwif_out.now_low.value.swacc) now_high_q <= now_o[63:32];

  always_comb begin
    run = hwif_out.ctrl.run.value;

    hwif_in.caps.tables.next                = 8'(NumTables);
    hwif_in.caps.anomalies.next             = 8'(NumAnomalies);
    hwif_in.caps.classes.next               = 8'(NumClasses);
    hwif_in.table_sizes.sets_log2.next      = {
        4'(TableUdpSourceSetsLog2), 4'(TablePortSetsLog2), 4'(TablePrefixSetsLog2), 4'(TableAddressSetsLog2),
        4'(TableClassSetsLog2), 4'(TablePairSetsLog2), 4'(TableRemoteSetsLog2)};
    hwif_in.clock.khz.next                  = 20'(CoreKhz);
    hwif_in.state_sizes.tables.next         = 4'(NumStates);
    hwif_in.state_sizes.sets_log2.next      = {
        4'(StateServerSetsLog2), 4'(StateClientSetsLog2), 4'(StateSourceSetsLog2), 4'(StateProvenSetsLog2), 4'(StateLegitSetsLog2), 4'(StateHostSetsLog2),
        4'(StateConnectionSetsLog2)};
    hwif_in.status.stopped.next             = stopped;
    hwif_in.status.ready.next               = ready;
    hwif_in.status.maint_busy.next          = maint_busy;
    hwif_in.status.bypass.next              = judge_bypass_i;
    hwif_in.status.ageing.next              = ageing;
    hwif_in.status.write_refused.hwset      = setup_refused || clear_refused;
    hwif_in.status.bad_entry.hwset          = bad_entry;
    hwif_in.now_low.value.next              = now_o[31:0];
    hwif_in.now_high.value.next             = now_high_q;
    hwif_in.maint_seqno.value.next          = seqno;
    hwif_in.setup                           = '{rd_ack: setup_rd_ack, rd_data: setup_rd_data, wr_ack: setup_wr_ack};
    hwif_in.stats                           = '{rd_ack: stats_rd_ack, rd_data: stats_rd_data, wr_ack: stats_wr_ack};
    hwif_in.entries                         = '{rd_ack: entries_rd_ack, rd_data: entries_rd_data, wr_ack: entries_wr_ack};
  end

  weir_regs u_regs (
    .clk, .rst,
    .s_apb_psel, .s_apb_penable, .s_apb_pwrite, .s_apb_pprot, .s_apb_paddr, .s_apb_pwdata, .s_apb_pstrb,
    .s_apb_pready, .s_apb_prdata, .s_apb_pslverr,
    .hwif_in, .hwif_out
  );

  weir_setup u_setup (
    .clk, .rst,
    .req_i      (hwif_out.setup.req),
    .req_is_wr_i(hwif_out.setup.req_is_wr),
    .word_i     (hwif_out.setup.addr[7:2]),
    .wr_data_i  (hwif_out.setup.wr_data),
    .wr_whole_i (&hwif_out.setup.wr_biten),
    .unlocked_i (stopped),
    .rd_ack_o   (setup_rd_ack),
    .wr_ack_o   (setup_wr_ack),
    .rd_data_o  (setup_rd_data),
    .refused_o  (setup_refused),
    .max_frame_o, .link_consume_o, .prefix_len4_o, .prefix_len6_o, .reflector_o, .hash_key_o, .divert_mac_o,
    .shaper_rate_o, .shaper_burst_o, .mac_rx_enable_o, .mac_tx_enable_o, .mac_ifg_o
  );

  // The lowest bit of a count changes with each event, and that is enough to count here.
  logic [NumTables-1:0] eviction_low;
  logic [NumTables-1:0] full_low;
  logic [NumStates-1:0] state_eviction_low;
  logic [NumStates-1:0] state_full_low;
  wire unused_counts = ^{table_evictions_i, table_full_i, state_evictions_i, state_full_i};
  always_comb begin
    for (int t = 0; t < NumTables; t++) begin
      eviction_low[t] = table_evictions_i[t][0];
      full_low[t]     = table_full_i[t][0];
    end
    for (int t = 0; t < NumStates; t++) begin
      state_eviction_low[t] = state_evictions_i[t][0];
      state_full_low[t]     = state_full_i[t][0];
    end
  end

  weir_stats u_stats (
    .clk, .rst,
    .clear_i    (judge_clear_o),
    .req_i      (hwif_out.stats.req),
    .req_is_wr_i(hwif_out.stats.req_is_wr),
    .word_i     (hwif_out.stats.addr[8:2]),
    .rd_ack_o   (stats_rd_ack),
    .wr_ack_o   (stats_wr_ack),
    .rd_data_o  (stats_rd_data),
    .side_events_i,
    .table_eviction_i(eviction_low),
    .table_full_i    (full_low),
    .table_used_i,
    .state_eviction_i(state_eviction_low),
    .state_full_i    (state_full_low),
    .state_used_i
  );

  weir_maint #(.SweepInFlight(SweepInFlight)) u_maint (
    .clk, .rst,
    .ready_i    (ready),
    .req_i      (hwif_out.entries.req),
    .req_is_wr_i(hwif_out.entries.req_is_wr),
    .word_i     (hwif_out.entries.addr[19:2]),
    .wr_data_i  (hwif_out.entries.wr_data),
    .wr_strb_i  ({hwif_out.entries.wr_biten[24], hwif_out.entries.wr_biten[16],
                  hwif_out.entries.wr_biten[8], hwif_out.entries.wr_biten[0]}),
    .rd_ack_o   (entries_rd_ack),
    .wr_ack_o   (entries_wr_ack),
    .rd_data_o  (entries_rd_data),
    .bad_o      (bad_entry),
    .seqno_o    (seqno),
    .sweep_req_i  (sweep_req),
    .sweep_index_i(sweep_index),
    .sweep_level_i(sweep_level),
    .sweep_take_o (sweep_take),
    .busy_o       (maint_busy),
    .pending_o    (maint_pending_o),
    .maint_valid_o, .maint_o, .maint_ready_i, .maint_done_i, .maint_rdata_i, .maint_seqno_i
  );

  weir_ager u_ager (
    .clk, .rst,
    .run_i        (run),
    .ready_i      (ready),
    .now_i, .now_o, .hold_o, .idle_i,
    .stopped_o    (stopped),
    .ageing_o     (ageing),
    .sweep_req_o  (sweep_req),
    .sweep_index_o(sweep_index),
    .sweep_level_o(sweep_level),
    .sweep_take_i (sweep_take),
    .busy_i       (maint_busy)
  );
endmodule

`default_nettype wire
