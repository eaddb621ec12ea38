// SPDX-License-Identifier: Apache-2.0
//
// Exact rules (docs/datapath.md 18.2): 2,048 places in 512 buckets of four, looked at in six buckets a frame, and their hits. One
// frame in 8 clocks, no stall. The four ways lie in memories of their own; hits in another.
//
//   of a slot   R 0 to 5         R 1 to 6   R 2 to 7           R 7        S1 0, S1 2
//               bucket's address compared   best of the bucket the best   its hits are read, written
//
// The buckets come in reverse order (remote B, A, pair B, A, service B, A), so that a later one that fits wins.
// Maintenance reads in R 5 and writes in R 6 and 7, behind the hits of the slot before. Clearing: index 0 to 1023, two places each.
`default_nettype none

module weir_rule_exact
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_rule_pkg::*;
(
  input  wire                      clk,
  input  wire  [2:0]               phase_i,

  // --- The slot in R, constant in phases 0 to 7.
  input  wire                      look_i,
  input  wire                      service_i,   // there is a key of a service
  input  wire                      set_i,       // in force for it
  input  wire                      sample_i,    // its number is a multiple of 64
  input  wire hash_t               pair_i,
  input  wire hash_t               port_i,
  input  wire hash_t               remote_i,
  input  wire command_t            command_i,
  input  wire  [MaintDataBits-1:0] wdata_i,     // of a write in R, otherwise any; of clearing: 0
  input  wire                      read_clear_i, // after reset, and before each read: the answer becomes 0
  input  wire                      applies_i,   // in phase 7: the rule that is found applies

  // --- In phase 7 of R.
  output logic                     found_o,
  output logic [RuleIdBits-1:0]    id_o,        // 1 + id of the rule
  output rule_action_e             action_o,

  // An entry that is read, from phase 7 of R until read_clear_i, otherwise 0.
  output logic [53:0]              rdata_o
);
  localparam int unsigned Ways       = 4;
  localparam int unsigned PrintBits  = 30;
  localparam int unsigned BucketBits = 9;
  localparam int unsigned PlaceBits  = BucketBits + 2;
  localparam int unsigned CountBits  = 17;
  localparam int unsigned CoarseStart = 11;  // log2 of the count with which coarse counting begins

  typedef struct packed {
    logic [1:0]           spare;
    rule_action_e         action;
    logic [1:0]           in_set;
    logic [PrintBits-1:0] print;
  } entry_t;

  typedef logic [BucketBits-1:0] bucket_t;

  // --- Maintenance ------------------------------------------------------------------------------------------------
  logic                 here;
  logic                 write;
  logic                 read;
  logic [PlaceBits-1:0] maint_place;

  always_comb begin
    here  = command_i.active && !command_i.clear && command_i.target[4:1] == TargetRuleExact[4:1] && !command_i.index[10];
    write = (command_i.active && command_i.clear) || (here && command_i.op == MaintWrite);
    read  = here && command_i.op == MaintRead;
    maint_place = {command_i.clear ? phase_i[0] : command_i.target[0], command_i.index[9:0]};
  end

  // --- Phase p: key and bucket --------------------------------------------------------------------------------------
  hash_t                key;
  logic                 is_remote;
  logic [TagBits-1:0]   port_tag_q;    // 0 but for the service
  logic [IndexBits-1:0] port_index_q;
  bucket_t              bucket;
  bucket_t              bucket_q;
  bucket_t              bucket_q2;
  logic [PrintBits-1:0] print_q;
  logic                 valid_q = 1'b0;

  always_comb begin
    is_remote = phase_i[2:1] == 2'd0;
    key.tag   = is_remote ? remote_i.tag : pair_i.tag ^ port_tag_q;
    key.index = is_remote ? remote_i.index : pair_i.index ^ port_index_q;
    bucket    = phase_i[0] ? key.index[BucketBits-1:0] : key.tag[TagBits-1-:BucketBits];
  end

  always_ff @(posedge clk) begin
    port_tag_q   <= port_i.tag;
    port_index_q <= port_i.index;
    if (phase_i != 3'd3 && phase_i != 3'd4) begin
      port_tag_q   <= '0;
      port_index_q <= '0;
    end
    print_q   <= key.tag[PrintBits-1:0];
    valid_q   <= look_i && phase_i < 3'd6 && (!phase_i[2] || service_i);
    bucket_q  <= bucket;
    bucket_q2 <= bucket_q;
  end

  // --- The memories -----------------------------------------------------------------------------------------------
  entry_t [Ways-1:0] entry;
  logic              write_now;
  always_comb write_now = write && phase_i[2:1] == 2'd3;

  for (genvar w = 0; w < Ways; w++) begin : g_way
    weir_ram_sdp #(.Width($bits(entry_t)), .Depth(1 << BucketBits)) u_ram (
      .clk,
      .wr_en_i  (write_now && maint_place[1:0] == 2'(w)),
      .wr_addr_i(maint_place[PlaceBits-1:2]),
      .wr_data_i({2'd0, wdata_i[33:0]}),
      .rd_en_i  (1'b1),
      .rd_addr_i(command_i.active ? maint_place[PlaceBits-1:2] : bucket),
      .rd_zero_i(read && maint_place[1:0] != 2'(w)),
      .rd_data_o(entry[w])
    );
  end

  // --- Phase p + 1: compare -----------------------------------------------------------------------------------------
  logic [Ways-1:0]              fits_q = '0;
  logic [Ways-1:0]              allows_q = '0;
  rule_action_e [Ways-1:0]      action_q;

  always_ff @(posedge clk) begin
    for (int w = 0; w < Ways; w++) begin
      logic fits;
      fits = valid_q && entry[w].print == print_q && entry[w].in_set[set_i];
      fits_q[w]   <= fits;
      allows_q[w] <= fits && entry[w].action == RuleAllow;
      action_q[w] <= entry[w].action;
    end
  end

  // --- Phase p + 2: the best of this bucket and of those before -------------------------------------------------------
  typedef struct packed {
    logic         found;
    logic         allows;
    logic [1:0]   way;
    rule_action_e action;
    bucket_t      bucket;
  } best_t;
  best_t                best_q = '0;
  best_t                best;
  logic [Ways-1:0]      wins;
  logic [PlaceBits-1:0] place;

  always_comb begin
    wins = allows_q != '0 ? allows_q : fits_q;
    best = best_q;
    if (fits_q != '0 && (allows_q != '0 || !best_q.allows)) begin
      best.way    = wins[0] ? 2'd0 : wins[1] ? 2'd1 : wins[2] ? 2'd2 : 2'd3;
      best.action = action_q[best.way];
      best.bucket = bucket_q2;
    end
    best.found  = fits_q != '0 || best_q.found;
    best.allows = allows_q != '0 || best_q.allows;

    place    = {best.bucket, best.way};
    found_o  = best.found;
    id_o     = RuleIdBits'(place) + RuleIdBits'(NumPrefixRules + 1);
    action_o = best.action;
  end

  always_ff @(posedge clk) begin
    best_q <= best;
    if (phase_i == 3'd7) begin
      best_q.found  <= 1'b0;
      best_q.allows <= 1'b0;
    end
  end

  // --- Hits: S1 0 to 2, maintenance R 5 to 7 --------------------------------------------------------------------------
  logic                 hit_q = 1'b0;
  logic                 sample_q;
  logic [PlaceBits-1:0] hit_place_q;
  logic [PlaceBits-1:0] hits_addr;
  logic [CountBits:0]   hits;        // coarse, count
  logic [CountBits:0]   hits_q;      // 0 but in phase 2
  logic [CountBits:0]   hits_wdata_q;  // 0 but in phase 7
  logic                 hits_write;
  logic                 step;
  logic                 carry;
  logic [CountBits:0]   next;

  always_ff @(posedge clk) begin
    if (phase_i == 3'd7) begin
      hit_q       <= applies_i;
      sample_q    <= sample_i;
      hit_place_q <= place;
    end
    hits_q <= hits;
    if (phase_i != 3'd1) hits_q <= '0;
    // A write in phase 6 makes hits 0; that in phase 7 is to the same place, but for clearing.
    if (phase_i != 3'd6) hits_wdata_q <= '0;
    else if (write) hits_wdata_q <= wdata_i[53:36];
  end

  always_comb begin
    hits_addr = phase_i[2] ? maint_place : hit_place_q;
    step      = phase_i == 3'd2;
    // One of the first two is 0.
    {carry, next[CountBits-1:0]} = {1'b0, hits_q[CountBits-1:0]} + {1'b0, hits_wdata_q[CountBits-1:0]} + (CountBits + 1)'(step);
    next[CountBits]   = hits_q[CountBits] || hits_wdata_q[CountBits] || carry;
    next[CoarseStart] = next[CoarseStart] || carry;
    hits_write = write_now || (step && hit_q && (!hits_q[CountBits] || (sample_q && !carry)));
  end

  weir_ram_sdp #(.Width(CountBits + 1), .Depth(1 << PlaceBits)) u_hits (
    .clk,
    .wr_en_i  (hits_write),
    .wr_addr_i(hits_addr),
    .wr_data_i(next),
    .rd_en_i  (1'b1),
    .rd_addr_i(hits_addr),
    .rd_data_o(hits)
  );

  // --- Maintenance reads: all ways but one are 0 ------------------------------------------------------------------------
  logic [53:0] read_q = '0;
  always_comb rdata_o = read_q;
  always_ff @(posedge clk) begin
    if (read_clear_i) read_q <= '0;
    else if (read && phase_i == 3'd6)
      read_q <= {hits, 2'd0, entry[0][33:0] | entry[1][33:0] | entry[2][33:0] | entry[3][33:0]};
  end
endmodule

`default_nettype wire
