// SPDX-License-Identifier: Apache-2.0
//
// Simulation only: hands the events of the data path to C, in the order in which they happen. Adds no state, and
// nothing of it reaches the hardware.
`default_nettype none
`include "weir_sim_dpi.svh"

module weir_sim_tap
  import weir_pkg::*;
(
    input wire clk,
    input wire record_valid_i,
    input wire record_t record_i,
    input wire refused_u_i,
    input wire refused_p_i,
    input wire egress_full_i,
    input wire seqno_t egress_full_seqno_i,
    input wire taken_u_i,
    input wire taken_p_i,
    // Of weir_datapath: an operation is done; what it was; what was read.
    input wire maint_done_i,
    input wire maint_t maint_i,
    input wire [MaintDataBits-1:0] maint_rdata_i,
    input wire seqno_t maint_seqno_i,
    // At the registers of weir_datapath: a write is done, or ends with this clock; static configuration takes a word; nothing
    // is in the data path and it takes no frames.
    input wire reg_write_i,
    input wire [20:0] reg_addr_i,
    input wire [31:0] reg_data_i,
    input wire setup_taken_i,
    input wire stopped_i,
    // Of weir_soc.
    input wire console_valid_i,
    input wire [7:0] console_data_i,
    input wire notice_valid_i
);
  localparam logic [20:0] SetupBase = 21'h100;

  meta_t m;
  logic [127:0] anomalies;
  logic [MaintDataBits-1:0] maint_data;
  always_comb begin
    m = record_i.meta;
    anomalies = 128'(m.anomalies);
    maint_data = maint_i.op == MaintWrite ? maint_i.data : maint_rdata_i;
  end

  // Static configuration is taken before the access ends.
  logic setup_taken_q = 1'b0;
  always_ff @(posedge clk) setup_taken_q <= setup_taken_i || (setup_taken_q && !reg_write_i);

  always_ff @(posedge clk) begin
    if (reg_write_i && !reg_addr_i[20]) begin
      weir_sim_on_write(32'(reg_addr_i), reg_data_i, 32'(reg_addr_i >= SetupBase ? setup_taken_q : stopped_i));
    end
    // The record of the frame behind it may come in this clock.
    if (maint_done_i && (maint_i.op == MaintRead || maint_i.op == MaintWrite)) begin
      weir_sim_on_maint(32'(maint_i.op == MaintWrite), 32'(maint_i.target), 32'(maint_i.index), maint_seqno_i,
                        maint_data[63:0], maint_data[127:64], maint_data[191:128], maint_data[255:192]);
    end
    if (record_valid_i) begin
      weir_sim_on_record(m.frame.seqno, m.frame.stamp, 32'(m.frame.dir), 32'(m.frame.len),
                         32'(record_i.verdict), 32'(record_i.reason), 32'(record_i.dry_reason),
                         64'(record_i.tag), 32'(record_i.unit), 32'(record_i.threshold), 32'(record_i.measured),
                         32'(record_i.rule), 32'(record_i.trips), 32'(record_i.ends), 32'(m.classes),
                         anomalies[63:0], anomalies[127:64],
                         {5'd0, m.tcp.flags, record_i.flood, record_i.proven, record_i.legit, record_i.state_event,
                          m.tcp.quote, m.tcp.ws, m.tcp.tags, m.tcp.plain, m.family, m.link_control, m.exempt, m.is_frag, m.l4_valid, m.l4_proto_valid,
                          m.l3_valid},
                         m.remote[127:64], m.remote[63:0], m.protect[127:64], m.protect[63:0],
                         32'(m.proto), 32'(m.sport), 32'(m.dport), 32'(m.tclass), 32'(m.link_low),
                         m.tcp.seq, m.tcp.ack, 32'(m.tcp.len), {m.tcp.quote_rport, m.tcp.quote_pport},
                         m.tcp.quote_remote[127:64], m.tcp.quote_remote[63:0]);
    end
    if (console_valid_i) weir_sim_on_console(32'(console_data_i));
    if (notice_valid_i) weir_sim_on_notice();
    if (egress_full_i) weir_sim_on_egress_full(egress_full_seqno_i);
    if (refused_u_i) weir_sim_on_refused(0);
    if (refused_p_i) weir_sim_on_refused(1);
    if (taken_u_i) weir_sim_on_taken(0);
    if (taken_p_i) weir_sim_on_taken(1);
  end
endmodule

`default_nettype wire
