// SPDX-License-Identifier: Apache-2.0
//
// Types of the tables of state (docs/datapath.md 12 to 17): their entries, their configuration, and what the stages S1 and S2
// hand to each other.
`default_nettype none

package weir_state_pkg;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;

  parameter int unsigned TimeBits = 12;       // of the clocks of all tables but host, client, server
  parameter int unsigned CountTimeBits = 10;  // of client, server

  // --- Entries (12.1) ---------------------------------------------------------------------------------------------
  typedef enum logic [2:0] {
    ConnFree = 3'd0, ConnSynSent = 3'd1, ConnSimultaneous = 3'd2, ConnSynReceived = 3'd3, ConnEstablished = 3'd4,
    ConnClosing = 3'd5, ConnClosed = 3'd6
  } conn_state_e;

  typedef struct packed {
    logic [31:0]         end_p;
    logic [31:0]         end_r;
    logic                adopted;
    logic                ws;
    logic                fin_p;
    logic                fin_r;
    logic                opener;  // 1: the protected side
    conn_state_e         state;
    logic [TimeBits-1:0] stamp;
    logic [StateConnectionTagBits-1:0] tag;
  } conn_entry_t;

  typedef struct packed {
    logic [7:0]            quiet;
    logic                  flood;
    logic [12:0]           count;
    logic [WindowBits-1:0] window;
    logic [TagBits-1:0]    tag;
  } host_entry_t;

  // legit, proven
  typedef struct packed {
    logic [TimeBits-1:0] stamp;
    logic [StateLegitTagBits-1:0] tag;
  } known_entry_t;

  // client, server
  typedef struct packed {
    logic [7:0] opened;       // `new`
    logic [9:0] est_before;
    logic [9:0] est_now;
    logic [6:0] half_before;
    logic [6:0] half_now;
    logic [CountTimeBits-1:0] stamp;
    logic [StateClientTagBits-1:0] tag;
  } count_entry_t;

  // --- Configuration (12.2) ---------------------------------------------------------------------------------------
  typedef enum logic [1:0] {ConnModeOff = 2'd0, ConnModeOn = 2'd1, ConnModeAsymmetric = 2'd2, ConnModeOther = 2'd3} conn_mode_e;
  parameter int unsigned SketchLoadBits = 12;  // SYNs of a slice that use the sketch, as far as they are counted
  typedef enum logic [1:0] {SynNone = 2'd0, SynAckCookie = 2'd1, SynCookie = 2'd2, SynRetransmission = 2'd3} syn_method_e;

  typedef struct packed {
    conn_mode_e  mode;
    logic        fail_closed;
    logic [4:0]  window_log2;
    logic [9:0]  half_open;
    logic [9:0]  established;
    logic [9:0]  closing;
    logic [9:0]  closed;
    logic [31:0] adopt_until;
  } conn_cfg_t;

  typedef struct packed {
    syn_method_e method;
    logic        enable;
    logic [12:0] host_threshold;
    logic [7:0]  host_hold;
    logic [17:0] total_threshold;
    logic [7:0]  total_hold;
    logic [7:0]  host_timeout;
    logic [9:0]  legit_timeout;
    logic [9:0]  proven_timeout;
    logic        legit_open;
    logic        legit_manual;
    logic [SketchLoadBits-1:0] sketch_limit;
  } syn_cfg_t;

  typedef struct packed {
    logic [15:0] threshold;
    logic [3:0]  grow;
    logic [3:0]  decay;
    logic [7:0]  timeout;
  } source_cfg_t;

  typedef struct packed {
    logic [17:0] threshold;
    logic [7:0]  hold;
    logic [10:0] concurrent;
    logic [7:0]  opened;      // `new`
  } zombie_cfg_t;

  typedef struct packed {
    logic       dry_run;
    logic [1:0] action;  // 0 none, 2 drop, 3 demote
  } act_t;

  parameter int unsigned NumActs = 8;
  parameter int unsigned ActNone = 0, ActState = 1, ActWindow = 2, ActFull = 3, ActQuote = 4, ActSyn = 5, ActScore = 6,
                         ActZombie = 7;

  typedef struct packed {
    conn_cfg_t         conn;
    syn_cfg_t          syn;
    source_cfg_t       source;
    zombie_cfg_t       zombie;
    act_t [NumActs-1:0] act;
  } state_cfg_t;

  // --- SYN meters (14.1): host, total, zombie ---------------------------------------------------------------------
  // One update is two clocks: what does not need to wait, then the rest.
  parameter int unsigned SynCountBits = 18;  // host: less, as `most` says

  typedef struct packed {
    logic [7:0]              quiet;
    logic                    flood;
    logic [SynCountBits-1:0] count;
  } syn_meter_t;

  typedef struct packed {
    syn_meter_t state;
    logic       aged;     // a new window
    logic [7:0] quiet;    // then
    logic       over;     // one SYN more is above the threshold
  } syn_seen_t;

  function automatic syn_seen_t syn_look(syn_meter_t s, logic [WindowBits-1:0] age, logic [SynCountBits-1:0] threshold,
                                         logic [SynCountBits-1:0] most);
    syn_seen_t r;
    logic [10:0] quiet;
    quiet   = 11'(age) + ({s.count, 1'b0} >= {1'b0, threshold} ? 11'h7ff : 11'(s.quiet));  // loud: age - 1
    r.state = s;
    r.aged  = age != '0;
    r.quiet = quiet[7:0] | {8{quiet[10:8] != '0}};  // at most 255
    r.over  = s.count >= threshold && threshold != most;
    return r;
  endfunction

  typedef struct packed {
    syn_meter_t              state;
    logic [SynCountBits-1:1] sum;    // of its count, if this is no new window; then it is 0
    logic [7:0]              quiet;  // if this is no trip; then it is 0
    logic                    trip;
    logic                    ends;
  } syn_step_t;

  // syn: one counts; never: threshold 0.
  function automatic syn_step_t syn_step(syn_seen_t s, logic syn, logic never, logic [7:0] hold, logic [SynCountBits-1:0] most);
    syn_step_t r;
    logic flood;
    r.state       = s.state;
    r.state.quiet = s.aged ? s.quiet : s.state.quiet;
    r.state.count = s.state.count + SynCountBits'(syn && s.state.count != most);
    r.sum         = r.state.count[SynCountBits-1:1];
    if (s.aged) r.state.count = SynCountBits'(syn);
    r.ends        = s.state.flood && (never || (s.aged && s.quiet >= hold));
    flood         = s.state.flood && !r.ends;
    r.trip        = syn && !never && !flood && s.over && !s.aged;
    r.state.flood = flood || r.trip;
    r.quiet       = r.state.quiet;
    if (r.trip) r.state.quiet = '0;
    return r;
  endfunction

  // --- A frame in S1 and S2 ---------------------------------------------------------------------------------------
  typedef struct packed {
    logic         allowed;      // by a rule (18.3): no candidates
    logic         look_tcp;     // state_ok
    logic         look_quote;
    logic         look_score;
    logic         dir;
    logic         checked;
    logic         answerable;   // 16
    logic [5:0]   flags;        // URG ACK PSH RST SYN FIN
    logic [31:0]  seq;
    logic [31:0]  ack;
    len_t         len;
    logic         ws;
  } state_frame_t;

  // Who speaks to whom, for cookies.
  typedef struct packed {
    logic [127:0] remote;
    logic [127:0] protect;
    logic [15:0]  rport;
    logic [15:0]  pport;
  } tuple_t;

  // How a connection moves between the counts of its addresses (13.4).
  typedef struct packed {
    logic leave_half_now;
    logic leave_half_before;
    logic leave_est_now;
    logic leave_est_before;
    logic join_half;
    logic join_opened;
    logic join_est;
  } conn_move_t;

  // What S1 knows of the frame at its end.
  typedef struct packed {
    logic [3:0] seen;       // event
    logic       unknown;    // miss, closed, or no look-up: may prove its source, or be a new SYN
    logic       opener;     // of the connection
    logic       adopted;
    conn_move_t move;
  } conn_result_t;

  // What can be said of a frame before the tables of S2 have answered.
  typedef struct packed {
    logic       score;      // its score is a candidate
    logic       valid;      // the candidate of 13.3, or of a proof
    logic       effect;
    logic       dry_run;
    logic [7:0] reason;
    logic       proof;
    logic       limited;    // a source that is known is limited,
    logic       challenged; // one that is not is challenged:
    logic       answers;    // by an answer,
    logic       first;      // or because it is the first one; otherwise by a drop alone
  } state_early_t;

  // What a slot has to say in the end, beside its opinion.
  typedef struct packed {
    answer_t     answer;
    logic [2:0]  verdict;    // when the candidate of state wins with effect drop
    detail_t     detail;
  } state_detail_t;

  typedef struct packed {
    logic [3:0] seen;
    logic       legit;
    logic       proven;
    logic [2:0] flood;      // host, total, zombie
    logic [2:0] trips;
    logic [2:0] ends;
    logic       known;
  } state_notes_t;
endpackage

`default_nettype wire
