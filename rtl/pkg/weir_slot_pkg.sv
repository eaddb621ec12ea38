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
    logic        expire;  // a sweep for which every entry of the tables of meters has expired: level is not ExpireNone
    expire_e     level;   // of which tables it is so
    maint_op_e   op;      // MaintExpire shows as MaintSweep with expire
    logic [4:0]  target;
    logic [10:0] index;
  } command_t;

  // Head of a slot in every stage.
  typedef struct packed {
    slot_e      kind;
    command_t   command;  // active only with SlotMaint
    seqno_t     seqno;    // of the last frame that entered, this one included
    logic [37:0] era;     // of the stamp, above the window's bits
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
  // What some candidates say together. Each candidate has a position, in the order of section 8; joining does not depend
  // on the order in which they come. What belongs to the winner's meter is kept elsewhere, by its position.
  typedef enum logic [1:0] {
    OpinionNone = 2'd0, OpinionDry = 2'd1, OpinionDemote = 2'd2, OpinionDrop = 2'd3
  } strength_e;

  typedef logic [4:0] position_t;
  parameter position_t PosRule      = 5'd0;   // the rule that applies
  parameter position_t PosDryBefore = 5'd1;   // the first dry anomaly, when it stands before the winning one
  parameter position_t PosAnomaly   = 5'd2;   // the winning anomaly
  parameter position_t PosDryBehind = 5'd3;   // the first dry anomaly otherwise
  parameter position_t PosSource    = 5'd4;   // score of the source
  parameter position_t PosState     = 5'd5;   // connection, SYN validation
  parameter position_t PosTable0    = 5'd6;   // + table
  parameter position_t PosGroup0    = 5'd13;  // + group of the class bank

  typedef struct packed {
    strength_e  strength;    // of the winner; OpinionDry: only dry candidates
    position_t  position;    // of the winner, or of the first dry candidate
    logic [7:0] reason;      // its reason
    logic       dry;         // there is a dry candidate
    position_t  dry_position;
    logic [7:0] dry_reason;
  } opinion_t;

  function automatic opinion_t opinion_of(candidate_t c, position_t position);
    opinion_t o;
    o.strength     = !c.valid ? OpinionNone : c.dry_run ? OpinionDry : c.effect ? OpinionDemote : OpinionDrop;
    o.position     = position;
    o.reason       = c.reason;
    o.dry          = c.valid && c.dry_run;
    o.dry_position = position;
    o.dry_reason   = c.reason;
    return o;
  endfunction

  // Whether b's winner is the winner of both.
  function automatic logic opinion_beats(opinion_t b, opinion_t a);
    return b.strength > a.strength || (b.strength == a.strength && b.position < a.position);
  endfunction

  function automatic opinion_t opinion_join(opinion_t a, opinion_t b);
    opinion_t o;
    o = opinion_beats(b, a) ? b : a;
    o.dry          = a.dry || b.dry;
    o.dry_position = a.dry_position;
    o.dry_reason   = a.dry_reason;
    if (b.dry && (!a.dry || b.dry_position < a.dry_position)) begin
      o.dry_position = b.dry_position;
      o.dry_reason   = b.dry_reason;
    end
    return o;
  endfunction

  // The dry reason that the record shows (8, rule 5).
  function automatic logic [7:0] opinion_dry_reason(opinion_t o);
    logic wins;
    wins = o.strength == OpinionDrop || o.strength == OpinionDemote;
    return (o.dry && !(wins && o.position < o.dry_position)) ? o.dry_reason : '0;
  endfunction

  // What a record says of the meter that won.
  typedef struct packed {
    logic [TagBits-1:0] tag;
    logic               unit;
    logic [23:0]        threshold;
    logic [23:0]        measured;
  } detail_t;
endpackage

`default_nettype wire
