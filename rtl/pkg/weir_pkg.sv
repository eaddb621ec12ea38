// SPDX-License-Identifier: Apache-2.0
//
// Shared types of the data path. Field meanings, widths and order are those of docs/datapath.md; numbers of
// reasons, classes, anomalies and tables come from weir_lists_pkg (generated from docs/lists/*.def).
//
// Slot timing: `phase` is a free-running 3-bit count of the core clock. Everything that moves between the stages of the
// slot pipeline (parser result -> hash -> tier 1 -> tier 2 -> tier 3 -> decision) changes only at the clock edge
// that ends phase 7, so a stage sees constant inputs from phase 0 to phase 7.
`default_nettype none

package weir_pkg;
  import weir_lists_pkg::*;

  // --- internal stream (docs/datapath.md, 1) ---------------------------------------------------------------------
  // 64 bit, byte 0 of the frame in bits 7:0. A frame, once begun, has no gaps as seen by its sender (tready may pace).
  // len and known are constant from the first to the last word; unused bytes of the last word are zero.
  parameter int unsigned DataBytes = 8;
  parameter int unsigned LenBits   = 11;   // up to 2,000 bytes
  parameter int unsigned MaxFrame  = 2000; // longest frame that is ever stored
  typedef logic [63:0]        data_t;
  typedef logic [LenBits-1:0] len_t;

  typedef logic [63:0] stamp_t;  // microseconds
  typedef logic [31:0] seqno_t;

  // What the arbiter knows of a frame; valid with its first word and until its last.
  typedef struct packed {
    seqno_t seqno;
    stamp_t stamp;
    logic   dir;    // 0: from the unprotected side (inbound), 1: from the protected side
    len_t   len;    // F
    len_t   known;  // K
  } frame_t;

  // --- result of parsing (docs/datapath.md, 3) -------------------------------------------------------------------
  typedef logic [NumClasses-1:0]   classes_t;
  typedef logic [NumAnomalies-1:0] anomalies_t;

  typedef enum logic [2:0] {
    TclassSyn = 3'd0, TclassTcp = 3'd1, TclassUdpReflect = 3'd2, TclassUdp = 3'd3,
    TclassIcmp = 3'd4, TclassFrag = 3'd5, TclassOther = 3'd6, TclassTcpKnown = 3'd7
  } tclass_e;

  // What the tables of state need (docs/datapath.md, 2.8).
  typedef struct packed {
    logic [1:0]   tags;
    logic         plain;
    logic [5:0]   flags;         // URG ACK PSH RST SYN FIN
    logic [31:0]  seq;           // of a quote: the quoted one
    logic [31:0]  ack;
    len_t         len;
    logic         ws;
    logic         quote;
    logic [127:0] quote_remote;
    logic [15:0]  quote_rport;
    logic [15:0]  quote_pport;
  } tcp_t;

  typedef struct packed {
    frame_t       frame;
    classes_t     classes;
    anomalies_t   anomalies;      // as found; "ignore" is applied in the slot pipeline
    logic         l3_valid;
    logic         l4_proto_valid;
    logic         l4_valid;
    logic         is_frag;
    logic         exempt;
    logic         link_control;
    logic [3:0]   link_low;
    logic         family;         // 1: IPv6
    logic [127:0] remote;
    logic [127:0] protect;        // the protected address ("protected" is a keyword)
    logic [7:0]   proto;
    logic [15:0]  sport;
    logic [15:0]  dport;
    tclass_e      tclass;
    tcp_t         tcp;            // 2.8
  } meta_t;

  // --- slots and maintenance (docs/datapath.md, 4) ---------------------------------------------------------------
  typedef enum logic [1:0] {
    SlotIdle   = 2'd0,
    SlotPacket = 2'd1,
    SlotMaint  = 2'd2
  } slot_e;

  typedef enum logic [1:0] {
    MaintSweep = 2'd0,  // visit entry `index` of every table
    MaintRead  = 2'd1,
    MaintWrite = 2'd2,
    MaintExpire = 2'd3  // like MaintSweep after a jump of time: every entry of some tables counts as expired
  } maint_op_e;

  // Targets of maintenance. Tables and counters by entry; configuration memories by entry.
  typedef enum logic [4:0] {
    TargetNone       = 5'd0,
    TargetBypass     = 5'd1,   // index 0, bit 0
    TargetMeterCfg   = 5'd2,   // index 0..191
    TargetTableCfg   = 5'd3,   // index = table
    TargetAnomalyCfg = 5'd4,   // index = code
    TargetClassBank  = 5'd5,   // index = entry of the class bank, 0..511
    TargetCounter0   = 5'd6,   // index 0..1023
    TargetCounter1   = 5'd7,   // index 0..63
    TargetTable0     = 5'd8,   // + table number (8..14)
    TargetState0     = 5'd16,  // + table of state (16..22)
    TargetStateCfg   = 5'd23,  // index 0..7
    TargetSketch     = 5'd24,  // index 0..1023: four cells
    TargetRulePrefix = 5'd25,  // index 0..1023: four vectors
    TargetRuleExact  = 5'd26,  // places 0..1023
    TargetRuleExact1 = 5'd27,  // places 1024..2047
    TargetRuleCfg    = 5'd28,  // index 0
    TargetPeak       = 5'd29   // index 0..196; a read clears
  } target_e;

  parameter int unsigned MaintDataBits = 256;  // 8 words of 32 bit; an entry lies in the low bits
  // Of which tables every entry counts as expired (docs/datapath.md 5.3): by how far the times in them reach.
  typedef enum logic [1:0] {
    ExpireNone    = 2'd0,
    ExpireWindows = 2'd1,  // tables of meters, class bank, host
    ExpireSeconds = 2'd2,  // these, and those with a clock of 2^20 or 2^24 us
    ExpireAll     = 2'd3   // these, and legit
  } expire_e;

  typedef struct packed {
    maint_op_e                op;
    expire_e                  level;   // of MaintExpire; otherwise ExpireNone
    logic [4:0]               target;  // target_e, or TargetTable0 + table
    logic [10:0]              index;
    logic [MaintDataBits-1:0] data;
  } maint_t;

  // Head of every slot: what kind it is and its time.
  typedef struct packed {
    slot_e  kind;
    stamp_t stamp;
    logic   bypass;
  } slot_t;

  // --- meters (docs/datapath.md, 6) ------------------------------------------------------------------------------
  typedef enum logic [1:0] {ActCount = 2'd0, ActLimit = 2'd1, ActDrop = 2'd2, ActDeclare = 2'd3} meter_action_e;

  typedef struct packed {
    logic [7:0]    hold;
    logic          dry_run;
    logic          effect;        // 0 drop, 1 demote
    meter_action_e action;
    logic [27:0]   pkt_cost;
    logic [27:0]   pkt_tau;
    logic [17:0]   pkt_threshold;
    logic [19:0]   byte_cost;
    logic [27:0]   byte_tau;
    logic [23:0]   byte_threshold;
  } meter_cfg_t;

  // One opinion about a frame (docs/datapath.md, 8).
  typedef struct packed {
    logic        valid;
    logic        effect;     // 0 drop, 1 demote
    logic        dry_run;
    logic [7:0]  reason;
    logic [39:0] tag;
    logic        unit;       // 0 packets, 1 bytes
    logic [23:0] threshold;
    logic [23:0] measured;
  } candidate_t;

  // --- answers (docs/datapath.md, 16) ----------------------------------------------------------------------------
  typedef enum logic [1:0] {
    AnswerNone      = 2'd0,
    AnswerAckCookie = 2'd1,  // to a SYN: sequence and acknowledgement are the cookie
    AnswerSynCookie = 2'd2,  // to a SYN: sequence is the cookie, acknowledgement tcp_seq + 1
    AnswerReset     = 2'd3   // to a proof of method 2: sequence is tcp_ack
  } answer_e;

  typedef struct packed {
    answer_e     kind;    // not AnswerNone with VerdictAnswer
    logic [31:0] cookie;  // of AnswerAckCookie and AnswerSynCookie
  } answer_t;

  // --- decision --------------------------------------------------------------------------------------------------
  // Everything the record of a packet says (docs/datapath.md, 9), but for egress_full.
  typedef struct packed {
    meta_t       meta;        // anomalies without the ignored ones
    logic [2:0]  verdict;     // verdicts.def
    logic [7:0]  reason;
    logic [7:0]  dry_reason;
    logic [39:0] tag;
    logic        unit;
    logic [23:0] threshold;
    logic [23:0] measured;
    logic [11:0] rule;        // 0, or 1 + id of the rule that applies (18.3)
    logic [17:0] trips;
    logic [17:0] ends;
    logic [3:0]  state_event;  // events.def
    logic        legit;
    logic        proven;
    logic [2:0]  flood;        // bit 0 host, 1 total, 2 zombie
    answer_t     answer;       // what to send, with VerdictAnswer
  } record_t;
endpackage

`default_nettype wire
