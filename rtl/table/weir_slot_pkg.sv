// SPDX-License-Identifier: Apache-2.0
//
// Types of the slot pipeline (docs/datapath.md 4 to 8): what its stages hand to each other and to tables and meters.
// A slot holds each stage for 8 clocks, phase 0 to 7; what a stage is given is constant in that time.
`default_nettype none

package weir_slot_pkg;
  import weir_lists_pkg::*;
  import weir_pkg::*;

  // --- Hash and tables (5.1, 5.3) ---------------------------------------------------------------------------------
  parameter int unsigned TagBits    = 40;
  parameter int unsigned IndexBits  = 10;
  parameter int unsigned WindowBits = 10;

  typedef struct packed {
    logic [IndexBits-1:0] index;
    logic [TagBits-1:0]   tag;
  } hash_t;

  // The time and length that meters use: W and v/256 of the stamp, F.
  typedef struct packed {
    logic [WindowBits-1:0] window;
    logic [15:0]           position;
    len_t                  len;
  } arrival_t;

  // What a maintenance slot does. clear: entry `index` of every memory becomes 0, after reset only.
  typedef struct packed {
    logic        active;
    logic        clear;
    logic        expire;  // a sweep for which every entry has expired
    maint_op_e   op;      // MaintExpire shows as MaintSweep with expire
    logic [4:0]  target;
    logic [10:0] index;
  } command_t;

  // Head of a slot in every stage.
  typedef struct packed {
    slot_e      kind;
    command_t   command;  // active only with SlotMaint
    seqno_t     seqno;    // of the last frame that entered, this one included
    logic [3:0] place;    // of the metadata
    logic       bypass;
    logic       consume;
    arrival_t   arrival;
  } slot_head_t;

  // --- Meters (6) -------------------------------------------------------------------------------------------------
  typedef struct packed {
    logic [27:0] tat;
    logic [17:0] count;
    logic        tripped;
    logic [7:0]  quiet;
    logic [27:0] btat;
    logic [23:0] bcount;
  } meter_state_t;

  // A meter configuration in the words of a maintenance operation.
  function automatic meter_cfg_t cfg_of_words(logic [MaintDataBits-1:0] words);
    meter_cfg_t cfg;
    cfg.dry_run        = words[31];
    cfg.effect         = words[30];
    cfg.action         = meter_action_e'(words[29:28]);
    cfg.pkt_cost       = words[27:0];
    cfg.pkt_tau        = words[32+:28];
    cfg.hold           = words[64+24+:8];
    cfg.pkt_threshold  = words[64+:18];
    cfg.byte_cost      = words[96+:20];
    cfg.byte_tau       = words[128+:28];
    cfg.byte_threshold = words[160+:24];
    return cfg;
  endfunction

  function automatic logic [MaintDataBits-1:0] words_of_cfg(meter_cfg_t cfg);
    logic [MaintDataBits-1:0] words;
    words           = '0;
    words[31]       = cfg.dry_run;
    words[30]       = cfg.effect;
    words[29:28]    = cfg.action;
    words[27:0]     = cfg.pkt_cost;
    words[32+:28]   = cfg.pkt_tau;
    words[64+24+:8] = cfg.hold;
    words[64+:18]   = cfg.pkt_threshold;
    words[96+:20]   = cfg.byte_cost;
    words[128+:28]  = cfg.byte_tau;
    words[160+:24]  = cfg.byte_threshold;
    return words;
  endfunction

  // --- Opinions (8) -----------------------------------------------------------------------------------------------
  // What a run of consecutive candidates says together: its winner (or, without one, its first dry candidate) and its dry
  // reason. Joining is associative, so that runs may be joined in any grouping that keeps their order.
  typedef enum logic [1:0] {
    OpinionNone = 2'd0, OpinionDry = 2'd1, OpinionDemote = 2'd2, OpinionDrop = 2'd3
  } strength_e;

  typedef struct packed {
    strength_e   strength;    // of the winner; OpinionDry: only dry candidates
    logic [7:0]  reason;      // of the winner, or of the first dry candidate
    logic [39:0] tag;
    logic        unit;
    logic [23:0] threshold;
    logic [23:0] measured;
    logic        dry;         // a dry candidate, not behind the first that drops
    logic        dry_leads;   // and not behind the first that demotes
    logic [7:0]  dry_reason;
  } opinion_t;

  function automatic opinion_t opinion_of(candidate_t c);
    opinion_t o;
    o.strength   = !c.valid ? OpinionNone : c.dry_run ? OpinionDry : c.effect ? OpinionDemote : OpinionDrop;
    o.reason     = c.reason;
    o.tag        = c.tag;
    o.unit       = c.unit;
    o.threshold  = c.threshold;
    o.measured   = c.measured;
    o.dry        = c.valid && c.dry_run;
    o.dry_leads  = c.valid && c.dry_run;
    o.dry_reason = c.reason;
    return o;
  endfunction

  // a before b. With strength OpinionNone the other fields say nothing.
  function automatic opinion_t opinion_join(opinion_t a, opinion_t b);
    opinion_t o;
    o = b.strength > a.strength ? b : a;
    o.dry        = a.dry || (b.dry && a.strength != OpinionDrop);
    o.dry_leads  = a.dry ? a.dry_leads : b.dry_leads && a.strength != OpinionDemote && a.strength != OpinionDrop;
    o.dry_reason = a.dry ? a.dry_reason : b.dry_reason;
    return o;
  endfunction

  // The dry reason that the record shows (8, rule 5).
  function automatic logic [7:0] opinion_dry_reason(opinion_t o);
    return (o.dry && (o.dry_leads || o.strength != OpinionDemote)) ? o.dry_reason : '0;
  endfunction
endpackage

`default_nettype wire
