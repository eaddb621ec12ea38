// SPDX-License-Identifier: Apache-2.0
//
// Registers, maintenance and ageing of the data path: the APB slave described by regs/weir.rdl, the bridge from its entry
// regions to maintenance slots, the ager (docs/datapath.md 5.3) and the event counters.
//
// An APB access to a register takes a few clocks, to an entry as long as its maintenance slot takes. At most one
// host request and no sweep, or one sweep step and no host request, is between acceptance and done.
// When a write is refused, STATUS says so; nothing else happens.
`default_nettype none

module weir_control
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_control_pkg::*;
(
    input wire clk,
    input wire rst,

    // --- APB4 slave, 32 bit. Address 0x00_0000 registers, 0x10_0000 + target * 0x1_0000 + index * 0x20 entries.
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
    output logic [  1:0][23:0] shaper_rate_o,    // of the egress on side [s]: 2^-16 bytes per clock
    output logic [  1:0][15:0] shaper_burst_o,   // bytes
    output logic [  1:0]       mac_rx_enable_o,  // side [s]
    output logic [  1:0]       mac_tx_enable_o,
    output logic [  7:0]       mac_ifg_o,        // inter-frame gap of both sides, bytes

    // --- weir_judge. maint_o is stable while maint_valid_o is 1 and until maint_ready_i; then comes exactly one
    // clock of maint_done_i, with maint_rdata_i (reads) and maint_seqno_i: number of frames that entered the slots
    // before this operation. No new request before done.
    // judge_clear_o: one clock, only when the data path is idle and held. The judge (reset it with it) forgets tables, class
    // bank, counters and configuration memories, and takes judge_ready_i down until they are clear; no request is
    // outstanding then.
    input  wire          judge_ready_i,
    input  wire          judge_bypass_i,
    output logic         judge_clear_o,
    output logic         maint_valid_o,
    output maint_t       maint_o,
    input  wire          maint_ready_i,
    input  wire          maint_done_i,
    input  wire  [MaintDataBits-1:0] maint_rdata_i,
    input  wire  seqno_t maint_seqno_i,

    // --- Events and statistics.
    input wire side_events_t [1:0]       side_events_i,
    input wire [NumTables-1:0][31:0]     table_evictions_i,
    input wire [NumTables-1:0][31:0]     table_full_i,
    input wire [NumTables-1:0][15:0]     table_used_i
);
endmodule

`default_nettype wire
