// SPDX-License-Identifier: Apache-2.0
//
// The slot pipeline (docs/datapath.md 4 to 10): from the metadata of a frame to its verdict and its counters.
//
//   source ─ H hash, anomalies ─ T1 remote, pair ─ T2 class ─ T3 address, prefix, port, udp_source, ─ D decision ─ C counters
//                                                             class bank
//
// Each stage has a slot for 8 clocks, phase 0 to 7, and hands it on at the end of phase 7; one frame per 8 clocks, no stall.
// The record comes 41 to 48 clocks after the metadata. Second look-ups of a tier and the class bank end in the first
// half of the next stage, which waits for them where it needs them (RAM and phases: weir_table, weir_class_bank).
// Opinions are joined as they come: anomalies in H, tier 1 in T2, tier 2 in T3, the rest in D.
`default_nettype none
`include "weir_assert.svh"

module weir_judge
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
(
  input  wire                        clk,
  input  wire                        rst,

  // --- Frames, in the order of their numbers: pulses, at least 8 clocks apart, only when ready_o. frame_taken_i: a frame left
  // the arbiter. now_i is not past the stamp of a frame that was taken and is not yet counted by frame_taken_i.
  input  wire                        meta_valid_i,
  input  wire meta_t                 meta_i,
  input  wire                        frame_taken_i,
  input  wire stamp_t                now_i,

  // --- Maintenance: maint_i is constant from valid to ready; each ready is followed by one clock of done, in
  // order, with what a read found (rdata, until the next done) and the number of frames that entered before. Several sweep steps
  // may be on their way; an access waits until none is.
  input  wire                        maint_valid_i,
  input  wire maint_t                maint_i,
  output logic                       maint_ready_o,
  output logic                       maint_done_o,
  output logic [MaintDataBits-1:0]   maint_rdata_o,
  output seqno_t                     maint_seqno_o,

  // --- Static configuration: changes only while nothing runs.
  input  wire  [10:0][31:0]          hash_key_i,
  input  wire  [5:0]                 prefix_len4_i,
  input  wire  [7:0]                 prefix_len6_i,
  input  wire  [15:0]                link_consume_i,

  // --- One record per frame, in order.
  output logic                       record_valid_o,
  output record_t                    record_o,

  // --- Status. ready_o: all memories are cleared. idle_o: no slot under way, no frame waits.
  output logic                       ready_o,
  output logic                       idle_o,
  output logic                       bypass_o,
  output logic [NumTables-1:0][31:0] table_evictions_o,
  output logic [NumTables-1:0][31:0] table_full_o,
  output logic [NumTables-1:0][15:0] table_used_o
);
  logic [2:0] phase_q = '0;
  logic       last;  // the slots move on
  always_ff @(posedge clk) phase_q <= rst ? '0 : phase_q + 1'b1;
  always_comb last = phase_q == 3'd7;

  // --- Source -----------------------------------------------------------------------------------------------------
  slot_head_t head;
  meta_t      meta;
  logic       waiting;
  logic [MaintDataBits-1:0] wdata;
  slot_head_t h_q = '0;
  slot_head_t t1_q = '0;
  slot_head_t t2_q = '0;
  slot_head_t t3_q = '0;
  slot_head_t d_q = '0;
  slot_head_t c_q = '0;

  weir_slot_source u_source (
    .clk,
    .rst,
    .phase_i       (phase_q),
    .meta_valid_i,
    .meta_i,
    .frame_taken_i,
    .now_i,
    .link_consume_i,
    .maint_valid_i,
    .maint_i,
    .maint_ready_o,
    .wdata_o       (wdata),
    .done_i        (last && c_q.kind == SlotMaint),
    .ready_o,
    .bypass_o,
    .slot_o        (head),
    .meta_o        (meta),
    .waiting_o     (waiting),
    .place_i       (d_q.place)
  );

  always_ff @(posedge clk) begin
    if (last) begin
      h_q  <= head;
      t1_q <= h_q;
      t2_q <= t1_q;
      t3_q <= t2_q;
      d_q  <= t3_q;
      c_q  <= d_q;
    end
    if (rst) begin
      h_q  <= '0;
      t1_q <= '0;
      t2_q <= '0;
      t3_q <= '0;
      d_q  <= '0;
      c_q  <= '0;
    end
  end

  always_comb begin
    idle_o = !waiting && h_q.kind == SlotIdle && t1_q.kind == SlotIdle && t2_q.kind == SlotIdle &&
             t3_q.kind == SlotIdle && d_q.kind == SlotIdle && c_q.kind == SlotIdle;
  end

  // --- What the tiers need of the metadata ------------------------------------------------------------------------
  typedef struct packed {
    logic       look_ip;    // look-ups by address
    logic       look_port;
    logic       look_udp;
    logic       look_bank;
    logic       exempt;
    logic       dir;
    classes_t   classes;
    logic       proto_valid;
    logic [7:0] proto;
    logic [2:0] tclass;
    logic [1:0] sub;
  } fields_t;

  fields_t    fields;
  fields_t    h_fields_q;
  fields_t    t1_fields_q;
  fields_t    t2_fields_q;
  fields_t    t3_fields_q;
  anomalies_t h_anomalies_q;
  anomalies_t t1_anomalies_q;
  anomalies_t t2_anomalies_q;
  anomalies_t t3_anomalies_q;
  anomalies_t d_anomalies_q;
  anomalies_t anomalies;     // in H, without the ignored ones

  always_comb begin
    logic judged;
    logic inbound;
    judged  = head.kind == SlotPacket && !head.bypass && !head.consume;
    inbound = judged && !meta.frame.dir && !meta.exempt;
    fields.look_ip     = inbound && meta.l3_valid;
    fields.look_port   = inbound && meta.l4_valid;
    fields.look_udp    = inbound && meta.l4_valid && meta.proto == 8'd17;
    fields.look_bank   = judged;
    fields.exempt      = meta.exempt;
    fields.dir         = meta.frame.dir;
    fields.classes     = meta.classes;
    fields.proto_valid = meta.l4_proto_valid;
    fields.proto       = meta.proto;
    fields.tclass      = meta.tclass;
    case (meta.proto)
      8'd6:    fields.sub = 2'd0;
      8'd17:   fields.sub = 2'd1;
      8'd1:    fields.sub = 2'd2;
      default: fields.sub = 2'd3;
    endcase
  end

  always_ff @(posedge clk) begin
    if (last) begin
      h_fields_q     <= fields;
      t1_fields_q    <= h_fields_q;
      t2_fields_q    <= t1_fields_q;
      t3_fields_q    <= t2_fields_q;
      h_anomalies_q  <= meta.anomalies;
      t1_anomalies_q <= anomalies;
      t2_anomalies_q <= t1_anomalies_q;
      t3_anomalies_q <= t2_anomalies_q;
      d_anomalies_q  <= t3_anomalies_q;
    end
  end

  // --- H ----------------------------------------------------------------------------------------------------------
  hash_t [NumTables-1:0] t1_hash;
  hash_t [NumTables-1:0] t2_hash_q;
  hash_t [NumTables-1:0] t3_hash_q;

  weir_hash u_hash (
    .clk,
    .phase_i  (phase_q),
    .remote_i (meta.remote),
    .protect_i(meta.protect),
    .family_i (meta.family),
    .tclass_i (meta.tclass),
    .sub_i    (fields.sub),
    .sport_i  (meta.sport),
    .dport_i  (meta.dport),
    .hash_key_i,
    .prefix_len4_i,
    .prefix_len6_i,
    .hash_o   (t1_hash)
  );

  always_ff @(posedge clk) begin
    if (last) begin
      t2_hash_q <= t1_hash;
      t3_hash_q <= t2_hash_q;
    end
  end

  opinion_t anomaly_opinion;
  logic [5:0] rvalid;  // of the six that answer reads
  logic [5:0][MaintDataBits-1:0] rdata;

  weir_anomalies u_anomalies (
    .clk,
    .rst,
    .phase_i     (phase_q),
    .anomalies_i (h_anomalies_q),
    .command_i   (h_q.command),
    .wdata_i     (wdata),
    .anomalies_o (anomalies),
    .strength_o  (anomaly_opinion.strength),
    .reason_o    (anomaly_opinion.reason),
    .dry_o       (anomaly_opinion.dry),
    .dry_leads_o (anomaly_opinion.dry_leads),
    .dry_reason_o(anomaly_opinion.dry_reason),
    .rvalid_o    (rvalid[0]),
    .rdata_o     (rdata[0])
  );
  always_comb begin
    anomaly_opinion.tag       = '0;
    anomaly_opinion.unit      = 1'b0;
    anomaly_opinion.threshold = '0;
    anomaly_opinion.measured  = '0;
  end

  // --- T1 ---------------------------------------------------------------------------------------------------------
  opinion_t   t1_opinion_q = '0;
  candidate_t tier1_candidate;
  logic       tier1_trip;
  logic       tier1_end;
  logic [NumTables-1:0] evict;
  logic [NumTables-1:0] full;
  logic [1:0][TableRemoteSetsLog2+2:0] tier1_used;

  always_ff @(posedge clk) begin
    if (last) t1_opinion_q <= anomaly_opinion;
    if (rst) t1_opinion_q <= '0;
  end

  weir_meter_table #(
    .Table(TableRemote), .Lookups(2), .HasBytes(TableRemoteBytes), .SetsLog2A(TableRemoteSetsLog2),
    .SetsLog2B(TablePairSetsLog2), .SweepBaseB(0), .Timeout({TablePairTimeout, TableRemoteTimeout})
  ) u_tier1 (
    .clk,
    .rst,
    .phase_i    (phase_q),
    .valid_i    ({2{t1_fields_q.look_ip}}),
    .key_i      ({t1_hash[TablePair], t1_hash[TableRemote]}),
    .kind_i     ('0),
    .arrival_i  (t1_q.arrival),
    .used_i     (t1_opinion_q.strength == OpinionDrop),
    .command_i  (t1_q.command),
    .wdata_i    (wdata),
    .candidate_o(tier1_candidate),
    .trip_o     (tier1_trip),
    .end_o      (tier1_end),
    .rvalid_o   (rvalid[1]),
    .rdata_o    (rdata[1]),
    .evict_o    (evict[TablePair:TableRemote]),
    .full_o     (full[TablePair:TableRemote]),
    .used_o     (tier1_used)
  );

  // --- T2 ---------------------------------------------------------------------------------------------------------
  opinion_t   t2_opinion_q = '0;
  candidate_t tier2_candidate;
  logic       tier2_trip;
  logic       tier2_end;
  logic [0:0][TableClassSetsLog2+2:0] tier2_used;

  always_ff @(posedge clk) begin
    if (last) t2_opinion_q <= t1_opinion_q;
    else if (phase_q == 3'd0 || phase_q == 3'd4)
      t2_opinion_q <= opinion_join(t2_opinion_q, opinion_of(tier1_candidate));
    if (rst) t2_opinion_q <= '0;
  end

  weir_meter_table #(
    .Table(TableClass), .Lookups(1), .HasBytes(TableClassBytes), .SetsLog2A(TableClassSetsLog2),
    .Timeout(TableClassTimeout)
  ) u_tier2 (
    .clk,
    .rst,
    .phase_i    (phase_q),
    .valid_i    (t2_fields_q.look_ip),
    .key_i      (t2_hash_q[TableClass]),
    .kind_i     (t2_fields_q.tclass),
    .arrival_i  (t2_q.arrival),
    .used_i     (t2_opinion_q.strength == OpinionDrop),
    .command_i  (t2_q.command),
    .wdata_i    (wdata),
    .candidate_o(tier2_candidate),
    .trip_o     (tier2_trip),
    .end_o      (tier2_end),
    .rvalid_o   (rvalid[2]),
    .rdata_o    (rdata[2]),
    .evict_o    (evict[TableClass]),
    .full_o     (full[TableClass]),
    .used_o     (tier2_used)
  );

  // --- T3 ---------------------------------------------------------------------------------------------------------
  opinion_t   t3_opinion_q = '0;
  logic       t3_used;
  candidate_t address_candidate;
  logic       address_trip;
  logic       address_end;
  candidate_t port_candidate;
  logic       port_trip;
  logic       port_end;
  opinion_t   bank_opinion;
  logic [7:0] bank_trips;
  logic [7:0] bank_ends;
  logic       class_valid;
  logic [5:0] class_index;
  logic [MaintDataBits-1:0] bank_rdata;
  logic [MaintDataBits-1:0] count1_rdata;
  logic       bank_rvalid;
  logic       count1_rvalid;
  logic [1:0][TableAddressSetsLog2+2:0] address_used;
  logic [1:0][TablePortSetsLog2+2:0]    port_used;

  always_ff @(posedge clk) begin
    if (last) t3_opinion_q <= t2_opinion_q;
    else if (phase_q == 3'd0) t3_opinion_q <= opinion_join(t3_opinion_q, opinion_of(tier2_candidate));
    if (rst) t3_opinion_q <= '0;
  end
  always_comb t3_used = t3_opinion_q.strength == OpinionDrop;

  weir_meter_table #(
    .Table(TableAddress), .Lookups(2), .HasBytes(TableAddressBytes), .SetsLog2A(TableAddressSetsLog2),
    .SetsLog2B(TablePrefixSetsLog2), .SweepBaseB(4 << TableAddressSetsLog2),
    .Timeout({TablePrefixTimeout, TableAddressTimeout})
  ) u_address (
    .clk,
    .rst,
    .phase_i    (phase_q),
    .valid_i    ({2{t3_fields_q.look_ip}}),
    .key_i      ({t3_hash_q[TablePrefix], t3_hash_q[TableAddress]}),
    .kind_i     ('0),
    .arrival_i  (t3_q.arrival),
    .used_i     (t3_used),
    .command_i  (t3_q.command),
    .wdata_i    (wdata),
    .candidate_o(address_candidate),
    .trip_o     (address_trip),
    .end_o      (address_end),
    .rvalid_o   (rvalid[3]),
    .rdata_o    (rdata[3]),
    .evict_o    (evict[TablePrefix:TableAddress]),
    .full_o     (full[TablePrefix:TableAddress]),
    .used_o     (address_used)
  );

  weir_meter_table #(
    .Table(TablePort), .Lookups(2), .HasBytes(TablePortBytes), .SetsLog2A(TablePortSetsLog2),
    .SetsLog2B(TableUdpSourceSetsLog2), .SweepBaseB(4 << TablePortSetsLog2),
    .Timeout({TableUdpSourceTimeout, TablePortTimeout})
  ) u_port (
    .clk,
    .rst,
    .phase_i    (phase_q),
    .valid_i    ({t3_fields_q.look_udp, t3_fields_q.look_port}),
    .key_i      ({t3_hash_q[TableUdpSource], t3_hash_q[TablePort]}),
    .kind_i     ({3'd0, 1'b0, t3_fields_q.sub}),
    .arrival_i  (t3_q.arrival),
    .used_i     (t3_used),
    .command_i  (t3_q.command),
    .wdata_i    (wdata),
    .candidate_o(port_candidate),
    .trip_o     (port_trip),
    .end_o      (port_end),
    .rvalid_o   (rvalid[4]),
    .rdata_o    (rdata[4]),
    .evict_o    (evict[TableUdpSource:TablePort]),
    .full_o     (full[TableUdpSource:TablePort]),
    .used_o     (port_used)
  );

  weir_class_bank u_bank (
    .clk,
    .rst,
    .phase_i      (phase_q),
    .valid_i      (t3_fields_q.look_bank),
    .dir_i        (t3_fields_q.dir),
    .classes_i    (t3_fields_q.classes),
    .proto_valid_i(t3_fields_q.proto_valid),
    .proto_i      (t3_fields_q.proto),
    .arrival_i    (t3_q.arrival),
    .used_i       (t3_used || t3_fields_q.exempt),
    .command_i    (t3_q.command),
    .wdata_i      (wdata),
    .opinion_o    (bank_opinion),
    .trips_o      (bank_trips),
    .ends_o       (bank_ends),
    .class_valid_o(class_valid),
    .class_o      (class_index),
    .rvalid_o     (bank_rvalid),
    .rdata_o      (bank_rdata)
  );

  weir_counters #(
    .Depth(64), .Target(32'(TargetCounter1))
  ) u_counters1 (
    .clk,
    .rst,
    .phase_i  (phase_q),
    .count_i  (class_valid),
    .index_i  (class_index),
    .command_i(t3_q.command),
    .wdata_i  (wdata),
    .rvalid_o (count1_rvalid),
    .rdata_o  (count1_rdata)
  );

  always_comb begin
    rvalid[5] = bank_rvalid || count1_rvalid;
    rdata[5]  = bank_rdata | count1_rdata;
  end

  weir_table_stats u_table_stats (
    .clk,
    .rst,
    .phase_i    (phase_q),
    .evict_i    (evict),
    .full_i     (full),
    .evictions_o(table_evictions_o),
    .full_o     (table_full_o)
  );

  always_comb begin
    for (int l = 0; l < 2; l++) begin
      table_used_o[TableRemote+l]  = 16'(tier1_used[l]);
      table_used_o[TableAddress+l] = 16'(address_used[l]);
      table_used_o[TablePort+l]    = 16'(port_used[l]);
    end
    table_used_o[TableClass] = 16'(tier2_used[0]);
  end

  // --- Trips and ends: bits 0 to 6 the tables -----------------------------------------------------------------------
  typedef struct packed {
    logic [NumTables-1:0] trips;
    logic [NumTables-1:0] ends;
  } events_t;
  events_t t2_events_q;
  events_t t3_events_q;
  events_t d_events_q;

  always_ff @(posedge clk) begin
    if (phase_q == 3'd0) begin
      t2_events_q.trips[TableRemote] <= tier1_trip;
      t2_events_q.ends[TableRemote]  <= tier1_end;
      t3_events_q.trips[TableClass]  <= tier2_trip;
      t3_events_q.ends[TableClass]   <= tier2_end;
      d_events_q.trips[TableAddress] <= address_trip;
      d_events_q.ends[TableAddress]  <= address_end;
      d_events_q.trips[TablePort]    <= port_trip;
      d_events_q.ends[TablePort]     <= port_end;
    end
    if (phase_q == 3'd4) begin
      t2_events_q.trips[TablePair]     <= tier1_trip;
      t2_events_q.ends[TablePair]      <= tier1_end;
      d_events_q.trips[TablePrefix]    <= address_trip;
      d_events_q.ends[TablePrefix]     <= address_end;
      d_events_q.trips[TableUdpSource] <= port_trip;
      d_events_q.ends[TableUdpSource]  <= port_end;
    end
    if (last) begin
      t3_events_q <= t2_events_q;
      d_events_q  <= t3_events_q;
      t2_events_q <= '0;
    end
    if (rst) begin
      t2_events_q <= '0;
      t3_events_q <= '0;
      d_events_q  <= '0;
    end
  end

  // --- D: the candidates of tier 3, verdict -------------------------------------------------------------------------
  // In the order of the candidates: those before (end of phase 7), address (phase 0), prefix (4), port and udp_source (5), bank (6).
  opinion_t   port_opinion_q;
  opinion_t   d_opinion;
  logic       d_valid;
  logic [2:0]  verdict;
  logic [7:0]  reason;
  logic [7:0]  dry_reason;
  logic [39:0] tag;
  logic        unit;
  logic [23:0] threshold;
  logic [23:0] measured;

  always_ff @(posedge clk) begin
    if (phase_q == 3'd0) port_opinion_q <= opinion_of(port_candidate);
    if (phase_q == 3'd4) port_opinion_q <= opinion_join(port_opinion_q, opinion_of(port_candidate));
  end

  always_comb begin
    d_valid = phase_q == 3'd0 || phase_q == 3'd4 || phase_q == 3'd5 || phase_q == 3'd6;
    case (phase_q)
      3'd7:    d_opinion = t3_opinion_q;
      3'd5:    d_opinion = port_opinion_q;
      3'd6:    d_opinion = bank_opinion;
      default: d_opinion = opinion_of(address_candidate);
    endcase
  end

  weir_decide u_decide (
    .clk,
    .rst,
    .first_i     (last),
    .valid_i     (d_valid),
    .opinion_i   (d_opinion),
    .bypass_i    (d_q.bypass),
    .consume_i   (d_q.consume),
    .verdict_o   (verdict),
    .reason_o    (reason),
    .dry_reason_o(dry_reason),
    .tag_o       (tag),
    .unit_o      (unit),
    .threshold_o (threshold),
    .measured_o  (measured)
  );

  logic    record_valid_q = 1'b0;
  record_t record_q;

  always_ff @(posedge clk) begin
    record_valid_q <= last && d_q.kind == SlotPacket;
    if (phase_q == 3'd6) begin
      record_q.meta           <= meta;
      record_q.meta.anomalies <= d_anomalies_q;
    end
    if (last) begin
      record_q.verdict    <= verdict;
      record_q.reason     <= reason;
      record_q.dry_reason <= dry_reason;
      record_q.tag        <= tag;
      record_q.unit       <= unit;
      record_q.threshold  <= threshold;
      record_q.measured   <= measured;
      record_q.trips      <= {bank_trips, d_events_q.trips};
      record_q.ends       <= {bank_ends, d_events_q.ends};
    end
    if (rst) record_valid_q <= 1'b0;
  end

  always_comb begin
    record_valid_o = record_valid_q;
    record_o       = record_q;
  end

  // --- C: counters: the reason (phase 0), the dry reason (1), the six lowest anomalies ------------------------------
  localparam int unsigned CodeBits = 7;
  anomalies_t          left_q;
  anomalies_t          lowest;
  logic [CodeBits-1:0] code;
  logic                count0;
  logic [9:0]          count0_index;
  logic [MaintDataBits-1:0] count0_rdata;
  logic                count0_rvalid;

  always_comb begin
    lowest = left_q & (~left_q + 1'b1);
    code   = '0;
    for (int b = 0; b < CodeBits; b++)
      for (int c = 0; c < NumAnomalies; c++) if (c[b] && lowest[c]) code[b] = 1'b1;

    case (phase_q)
      3'd0: begin
        count0       = 1'b1;
        count0_index = {2'd0, record_q.reason};
      end
      3'd1: begin
        count0       = record_q.dry_reason != '0;
        count0_index = {2'd1, record_q.dry_reason};
      end
      default: begin
        count0       = left_q != '0;
        count0_index = {3'b100, code};
      end
    endcase
    if (c_q.kind != SlotPacket) count0 = 1'b0;
  end

  always_ff @(posedge clk) begin
    if (last) left_q <= d_anomalies_q;
    else if (phase_q >= 3'd2) left_q <= left_q & ~lowest;
  end

  weir_counters #(
    .Depth(1024), .Target(32'(TargetCounter0))
  ) u_counters0 (
    .clk,
    .rst,
    .phase_i  (phase_q),
    .count_i  (count0),
    .index_i  (count0_index),
    .command_i(c_q.command),
    .wdata_i  (wdata),
    .rvalid_o (count0_rvalid),
    .rdata_o  (count0_rdata)
  );

  // --- End of maintenance -------------------------------------------------------------------------------------------
  logic                     done_q = 1'b0;
  seqno_t                   seqno_q;
  logic [MaintDataBits-1:0] rdata_q;
  logic                     bypass_read;

  always_comb begin
    bypass_read = h_q.command.active && h_q.command.op == MaintRead && h_q.command.target == TargetBypass;
    maint_done_o  = done_q;
    maint_seqno_o = seqno_q;
    maint_rdata_o = rdata_q;
  end

  always_ff @(posedge clk) begin
    done_q <= last && c_q.kind == SlotMaint && !c_q.command.clear;
    if (last) seqno_q <= c_q.seqno;
    if (bypass_read) rdata_q <= MaintDataBits'(h_q.bypass);
    if (rvalid != '0 || count0_rvalid)
      rdata_q <= rdata[0] | rdata[1] | rdata[2] | rdata[3] | rdata[4] | rdata[5] | count0_rdata;
    if (rst) done_q <= 1'b0;
  end

  `WEIR_ASSERT(when_ready, !meta_valid_i || ready_o, clk, rst)
endmodule

`default_nettype wire
