// SPDX-License-Identifier: Apache-2.0
//
// Requests for maintenance slots: accesses of the bus to entries, and the ager's sweep steps (lower priority: a step
// goes out only when no access waits). Between acceptance and done there is either one access or up to SweepInFlight sweep
// steps, never both, so that every done has one meaning. An access waits for the steps under way.
//
// Entries are 8 words: words 0 to 6 of a write are staged, word 7 commits all eight; reading word 0 fetches all
// eight, words 1 to 7 come from the buffer. Accesses to the buffers are answered one clock later, commits and fetches one
// clock after done. An access to an address without an entry, or while ready_i is 0, does nothing but bad_o.
`default_nettype none
`include "weir_assert.svh"

module weir_maint
  import weir_pkg::*;
  import weir_lists_pkg::*;
#(
    parameter int unsigned SweepInFlight = 1  // 1 to 15
) (
    input wire clk,
    input wire rst,
    // Entries can be reached. Falls only when no access is under way; sweep steps under way still get their done.
    input wire ready_i,

    // --- Access: req_i for one clock, the rest stable until rd_ack_o or wr_ack_o; rd_data_o with rd_ack_o. The next one
    // comes behind the answer.
    input  wire         req_i,
    input  wire         req_is_wr_i,
    input  wire  [17:0] word_i,      // address in words: {target, index, word}
    input  wire  [31:0] wr_data_i,
    input  wire  [ 3:0] wr_strb_i,
    output logic        rd_ack_o,
    output logic        wr_ack_o,
    output logic [31:0] rd_data_o,
    output logic        bad_o,       // one clock
    output seqno_t      seqno_o,     // of the last commit or fetch

    // --- Sweep steps: taken in a clock with sweep_req_i and sweep_take_o.
    input  wire         sweep_req_i,
    input  wire  [ 9:0] sweep_index_i,
    input  wire expire_e sweep_level_i,
    output logic        sweep_take_o,

    output logic busy_o,     // a request waits or is under way
    output logic pending_o,  // a request waits for its slot

    // --- weir_judge, see weir_control.
    output logic          maint_valid_o,
    output maint_t        maint_o,
    input  wire           maint_ready_i,
    input  wire           maint_done_i,
    input  wire  [MaintDataBits-1:0] maint_rdata_i,
    input  wire  seqno_t  maint_seqno_i
);
  `WEIR_ELAB(flight, SweepInFlight >= 1 && SweepInFlight <= 15, "SweepInFlight must be 1 to 15")
  `WEIR_ELAB(tables, NumTables == 7 && NumStates == 7, "entry_exists must know every table")

  function automatic logic entry_exists(logic [4:0] target, logic [9:0] entry);
    logic [10:0] index;
    index = 11'(entry);
    case (target)
      TargetBypass:     return index == '0;
      TargetMeterCfg:   return index < 11'd192;
      TargetTableCfg:   return index < 11'(NumTables);
      TargetAnomalyCfg: return index < 11'(NumAnomalies);
      TargetClassBank:  return index < 11'd512;
      TargetCounter0:   return index < 11'd1024;
      TargetCounter1:   return index < 11'd64;
      TargetTable0 + 5'(TableRemote):    return index < 11'(4 << TableRemoteSetsLog2);
      TargetTable0 + 5'(TablePair):      return index < 11'(4 << TablePairSetsLog2);
      TargetTable0 + 5'(TableClass):     return index < 11'(4 << TableClassSetsLog2);
      TargetTable0 + 5'(TableAddress):   return index < 11'(4 << TableAddressSetsLog2);
      TargetTable0 + 5'(TablePrefix):    return index < 11'(4 << TablePrefixSetsLog2);
      TargetTable0 + 5'(TablePort):      return index < 11'(4 << TablePortSetsLog2);
      TargetTable0 + 5'(TableUdpSource): return index < 11'(4 << TableUdpSourceSetsLog2);
      TargetState0 + 5'(StateConnection): return index < 11'(4 << StateConnectionSetsLog2);
      TargetState0 + 5'(StateHost):       return index < 11'(4 << StateHostSetsLog2);
      TargetState0 + 5'(StateLegit):      return index < 11'(4 << StateLegitSetsLog2);
      TargetState0 + 5'(StateProven):     return index < 11'(4 << StateProvenSetsLog2);
      TargetState0 + 5'(StateSource):     return index < 11'(4 << StateSourceSetsLog2);
      TargetState0 + 5'(StateClient):     return index < 11'(4 << StateClientSetsLog2);
      TargetState0 + 5'(StateServer):     return index < 11'(4 << StateServerSetsLog2);
      TargetStateCfg:   return index < 11'd8;
      TargetSketch:     return index < 11'd1024;
      TargetRulePrefix: return index < 11'd1024;
      TargetRuleExact:  return index < 11'd1024;
      TargetRuleExact1: return index < 11'd1024;
      TargetRuleCfg:    return index == '0;
      TargetPeak:       return index < 11'(NumPeaks);
      default:          return 1'b0;
    endcase
  endfunction

  // --- The access.
  logic [7:0][31:0] stage_q = '0;
  logic [7:1][31:0] fetch_q = '0;
  logic [7:0][3:0]  stage_wr_q = '0;
  logic [31:0]      stage_data_q;
  logic [2:0] word;
  logic       good;
  logic       slot;         // the access needs a slot
  logic       host_q = 1'b0;  // an access waits for its slot or for done

  always_comb begin
    word = word_i[2:0];
    good = ready_i && entry_exists(word_i[17:13], word_i[12:3]);
    slot = good && (req_is_wr_i ? word == 3'd7 : word == 3'd0);
  end

  // --- The request.
  logic       valid_q = 1'b0;
  logic       sweep_q = 1'b0;  // the request is a sweep step
  logic [9:0] index_q = '0;    // its entry
  expire_e    level_q = ExpireNone;
  logic [3:0] out_q = '0;      // accepted, not done
  logic       sent_q = 1'b0;   // the access has been accepted
  logic       accept;
  logic       issue_host;
  logic       host_done;

  always_comb begin
    accept       = valid_q && maint_ready_i;
    issue_host   = host_q && !sent_q && !valid_q && out_q == '0;
    // Not in the clock of an access's request: it would have to wait for this step.
    sweep_take_o = sweep_req_i && !host_q && !req_i && (!valid_q || accept) &&
                   out_q < 4'(SweepInFlight) - 4'(accept) + 4'(maint_done_i);
    host_done    = maint_done_i && sent_q;

    maint_valid_o = valid_q;
    maint_o       = '{op: level_q != ExpireNone ? MaintExpire : MaintSweep, level: level_q, target: TargetNone,
                      index: 11'(index_q), data: stage_q};
    if (!sweep_q) begin
      maint_o.level  = ExpireNone;
      maint_o.op     = req_is_wr_i ? MaintWrite : MaintRead;
      maint_o.target = word_i[17:13];
      maint_o.index  = 11'(word_i[12:3]);
    end
    busy_o    = valid_q || out_q != '0 || host_q;
    pending_o = valid_q || host_q;
  end

  always_ff @(posedge clk) begin
    if (accept) valid_q <= 1'b0;
    if (issue_host) begin
      valid_q <= 1'b1;
      sweep_q <= 1'b0;
    end
    if (sweep_take_o) begin
      valid_q <= 1'b1;
      sweep_q <= 1'b1;
      index_q <= sweep_index_i;
      level_q <= sweep_level_i;
    end
    out_q <= out_q + 4'(accept) - 4'(maint_done_i);
    if (accept && !sweep_q) sent_q <= 1'b1;

    bad_o    <= req_i && !good;
    rd_ack_o <= (req_i && !req_is_wr_i && !slot) || (host_done && !req_is_wr_i);
    wr_ack_o <= (req_i && req_is_wr_i && !slot) || (host_done && req_is_wr_i);
    if (req_i && slot) host_q <= 1'b1;
    if (host_done) begin
      host_q  <= 1'b0;
      sent_q  <= 1'b0;
      seqno_o <= maint_seqno_i;
      if (!req_is_wr_i) fetch_q <= maint_rdata_i[MaintDataBits-1:32];
    end
    // A clock behind the request, still before the slot is asked for: the buffer lies far from the bus.
    // (There is none in the clock behind a request, so that one reset serves all words.)
    stage_data_q <= wr_data_i;
    for (int w = 0; w < 8; w++) begin
      if (!req_i) stage_wr_q[w] <= '0;
      else if (req_is_wr_i && good && word == w[2:0]) stage_wr_q[w] <= wr_strb_i;
      for (int b = 0; b < 4; b++) if (stage_wr_q[w][b]) stage_q[w][8*b+:8] <= stage_data_q[8*b+:8];
    end
    if (word == '0) rd_data_o <= (good && host_q) ? maint_rdata_i[31:0] : '0;
    else rd_data_o <= good ? fetch_q[word] : '0;

    if (rst) begin
      valid_q  <= 1'b0;
      out_q    <= '0;
      host_q   <= 1'b0;
      sent_q   <= 1'b0;
      bad_o    <= 1'b0;
      rd_ack_o <= 1'b0;
      wr_ack_o <= 1'b0;
      seqno_o  <= '0;
    end
  end

  `WEIR_ASSERT(done_is_expected, !maint_done_i || out_q != '0, clk, rst)
  `WEIR_ASSERT(access_alone, !sent_q || (out_q == 4'd1 && !valid_q), clk, rst)
  `WEIR_ASSERT(in_flight, out_q <= 4'(SweepInFlight), clk, rst)
  `WEIR_ASSERT(one_access, !req_i || !host_q, clk, rst)
endmodule

`default_nettype wire
