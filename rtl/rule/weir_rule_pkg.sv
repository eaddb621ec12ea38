// SPDX-License-Identifier: Apache-2.0
//
// Types of rules (docs/datapath.md 18): what the stages H and R give them of a frame, and what they say of it.
`default_nettype none

package weir_rule_pkg;
  import weir_pkg::*;

  parameter int unsigned NumPrefixRules = 32;
  parameter int unsigned NumExactRules  = 2048;  // places
  parameter int unsigned RuleIdBits     = 12;    // 0 to 31 prefix, 32 + place exact

  typedef enum logic [1:0] {RuleBlock = 2'd0, RuleLimit = 2'd1, RuleDivert = 2'd2, RuleAllow = 2'd3} rule_action_e;

  // What prefix rules are matched against (18.1); the ports are those of the remote and of the protected side.
  typedef struct packed {
    logic [127:0] remote;
    logic [127:0] protect;
    logic [15:0]  rport;
    logic [15:0]  pport;
    logic [7:0]   proto;
    logic         dir;
    logic         family;
    logic         is_frag;
    logic         l4_valid;
    logic         l4_proto_valid;
  } rule_frame_t;

  // What rules say of a frame (18.3). At most one of the four is 1, and none with dry_run.
  typedef struct packed {
    logic [RuleIdBits-1:0] rule;     // 0, or 1 + id of the rule that applies
    logic                  block;
    logic                  divert;
    logic                  allow;
    logic                  limit;    // inbound only
    logic                  dry;      // block or divert with dry_run: a dry candidate
    logic                  dry_divert; // its reason is rule_divert
  } rule_result_t;
endpackage

`default_nettype wire
