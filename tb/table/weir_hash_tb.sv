// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_hash: every vector of docs/vectors/hash.txt, and random frames, keys and prefix lengths against the
// definition of docs/datapath.md 5.1 taken bit by bit, with every prefix length. A frame in every slot of 8 clocks, inputs
// random between, outputs seen in each of their 8 clocks.
`default_nettype none

module weir_hash_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;

  logic clk = 1'b0;
  always #5 clk = ~clk;

  logic [2:0]         phase = '0;
  logic [127:0]       remote = '0;
  logic [127:0]       protect = '0;
  logic               family = 1'b0;
  logic [2:0]         tclass = '0;
  logic [1:0]         sub = '0;
  logic [15:0]        sport = '0;
  logic [15:0]        dport = '0;
  logic [15:0]        rport = '0;
  logic [15:0]        pport = '0;
  logic [10:0][31:0]  key = '0;
  logic [5:0]         prefix_len4 = 6'd24;
  logic [7:0]         prefix_len6 = 8'd48;
  // Behind those of the meters: `connection`, and `class` of known connections.
  localparam int Connection = NumTables;
  localparam int KnownClass = NumTables + 1;
  localparam int Outputs    = NumTables + 2;
  hash_t [Outputs-1:0] hash;

  weir_hash dut (
      .clk,
      .phase_i(phase),
      .remote_i(remote),
      .protect_i(protect),
      .family_i(family),
      .tclass_i(tclass),
      .sub_i(sub),
      .sport_i(sport),
      .dport_i(dport),
      .rport_i(rport),
      .pport_i(pport),
      .hash_key_i(key),
      .prefix_len4_i(prefix_len4),
      .prefix_len6_i(prefix_len6),
      .hash_o(hash[NumTables-1:0]),
      .connection_o(hash[Connection]),
      .known_o(hash[KnownClass])
  );

  `include "weir_check.svh"

  typedef struct packed {
    logic [127:0] remote;
    logic [127:0] protect;
    logic         family;
    logic [2:0]   tclass;
    logic [1:0]   sub;
    logic [15:0]  sport;
    logic [15:0]  dport;
    logic [15:0]  rport;
    logic [15:0]  pport;
  } frame_in_t;

  // 5.1 by the letter: the 296 bits, then the 50 output bits.
  function automatic hash_t reference(int k, frame_in_t f);
    bit           s[296];
    bit           o[50];
    logic [39:0]  fields;
    logic [127:0] r, m;
    int           len;
    s = '{default: 0};
    o = '{default: 0};
    len = f.family ? int'(prefix_len6) : 96 + int'(prefix_len4);
    r = '0;
    m = '0;
    if (k == TableRemote || k == TablePair || k == Connection) r = f.remote;
    if (k == TablePair || k == TableClass || k == TableAddress || k == TablePrefix || k == Connection ||
        k == KnownClass) m = f.protect;
    if (k == TablePrefix) for (int i = 0; i < 128; i++) if (i >= len) m[127-i] = 1'b0;
    for (int i = 0; i < 128; i++) s[i] = r[127-i];
    for (int i = 0; i < 128; i++) s[128+i] = m[127-i];
    fields = {4'(k + 1), f.family, 3'd0, 16'd0, 16'd0};
    if (k == TableClass) fields[34:32] = f.tclass;
    if (k == KnownClass) fields[39:32] = {4'(TableClass + 1), f.family, 3'd7};
    if (k == TablePort) fields[35:32] = {2'b0, f.sub};
    if (k == TableUdpSource) fields[35] = 1'b0;
    if (k == TablePort) fields[31:16] = f.dport;
    if (k == TableUdpSource) fields[31:16] = f.sport;
    if (k == Connection) fields = {4'd8, f.family, 3'd0, f.pport, f.rport};
    for (int i = 0; i < 40; i++) s[256+i] = fields[39-i];
    for (int i = 0; i < 296; i++) if (s[i]) for (int j = 0; j < 50; j++) o[j] ^= key[(i+j)/32][31-(i+j)%32];
    for (int j = 0; j < 40; j++) reference.tag[39-j] = o[j];
    for (int j = 0; j < 10; j++) reference.index[9-j] = o[40+j];
    if (reference.tag == '0) reference.tag = 40'd1;
  endfunction

  // One slot of 8 clocks: f is given at the end of phase 7, what stands through the slot is of the one before last.
  frame_in_t given[2];
  bit        known[2] = '{0, 0};
  hash_t     want[Outputs];
  task automatic slot(frame_in_t f);
    if (known[1]) for (int k = 0; k < Outputs; k++) want[k] = reference(k, given[1]);
    for (int p = 0; p < 8; p++) begin
      {remote, protect, family, tclass, sub, sport, dport, rport, pport} = p == 7 ? f : $bits(frame_in_t)'({$urandom, $urandom,
          $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom});
      phase = 3'(p);
      @(negedge clk);
      if (known[1]) for (int k = 0; k < Outputs; k++)
        check(hash[k] == want[k], $sformatf("table %0d, phase %0d: %p", k, p, given[1]));
      @(posedge clk);
      #1;
    end
    given[1] = given[0];
    known[1] = known[0];
    given[0] = f;
    known[0] = 1;
  endtask

  // Key and prefix lengths are static: they change while nothing is under way.
  task automatic rest();
    known = '{0, 0};
  endtask

  function automatic logic [127:0] address(string t);
    logic [127:0] a;
    int n, v, part, parts, gap;
    int q[4];
    logic [15:0] w[$];
    a = '0;
    if (t == "-") return a;
    if ($sscanf(t, "%d.%d.%d.%d", q[0], q[1], q[2], q[3]) == 4)
      return 128'({8'(q[0]), 8'(q[1]), 8'(q[2]), 8'(q[3])});
    gap = -1;
    v = 0;
    part = 0;
    for (int i = 0; i <= t.len(); i++) begin
      byte c;
      c = i < t.len() ? t[i] : ":";
      if (c == ":") begin
        if (part != 0) w.push_back(16'(v));
        else if (i != 0 && i < t.len()) gap = w.size();
        v = 0;
        part = 0;
      end else begin
        part++;
        v = v * 16 + (c <= "9" ? c - "0" : c - "a" + 10);
      end
    end
    parts = w.size();
    for (int i = 0; i < parts; i++) begin
      n = (gap < 0 || i < gap) ? i : 8 - parts + i;
      a[(7 - n) * 16 +: 16] = w[i];
    end
    return a;
  endfunction

  task automatic vectors();
    int fd, n, fam, subkind, value, index, set, k, count;
    longint tag;
    string line, name, a, b;
    logic [31:0] w[11];
    frame_in_t f;
    static string names[7] = '{"remote", "pair", "class", "address", "prefix", "port", "udp_source"};
    static int sets_log2[7] = '{TableRemoteSetsLog2, TablePairSetsLog2, TableClassSetsLog2, TableAddressSetsLog2,
                                TablePrefixSetsLog2, TablePortSetsLog2, TableUdpSourceSetsLog2};
    count = 0;
    fd = $fopen("docs/vectors/hash.txt", "r");
    check(fd != 0, "docs/vectors/hash.txt can be read");
    while (fd != 0 && $fgets(line, fd) != 0) begin
      n = $sscanf(line, "key %h %h %h %h %h %h %h %h %h %h %h", w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9],
                  w[10]);
      if (n == 11) begin
        rest();
        for (int i = 0; i < 11; i++) key[i] = w[i];
      end
      n = $sscanf(line, "%s %s %s %d %d %d %h %d %d", name, a, b, fam, subkind, value, tag, index, set);
      if (line[0] != "#" && line[0] != "k") check(n == 9, $sformatf("a line that is no vector (%0d): %s", n, line));
      if (n == 9) begin
        k = -1;
        for (int i = 0; i < 7; i++) if (names[i] == name) k = i;
        check(k >= 0, {"unknown table: ", line});
        f = '{remote: address(a), protect: address(b), family: fam[0], tclass: 3'(subkind), sub: 2'(subkind),
              sport: 16'(value), dport: 16'(value), rport: 16'd0, pport: 16'd0};
        slot(f);
        slot('0);
        check(64'(hash[k].tag) == tag && 32'(hash[k].index) == index, {"vector: ", line});
        check(32'(hash[k].index) % (1 << sets_log2[k]) == set, {"vector, set: ", line});
        count++;
      end
    end
    check(count > 50, "there are vectors");
    if (fd != 0) $fclose(fd);
  endtask

  function automatic frame_in_t frame_random();
    frame_in_t f;
    f = $bits(frame_in_t)'({$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom,
                            $urandom, $urandom});
    if (!f.family) begin
      f.remote &= 128'hffffffff;
      f.protect &= 128'hffffffff;
    end
    return f;
  endfunction

  initial begin
    frame_in_t f;
    f = '0;
    @(posedge clk);
    #1;
    vectors();
    for (int round = 0; round < 140; round++) begin
      rest();
      // Key 0 gives tag 0, shown as 1.
      for (int i = 0; i < 11; i++) key[i] = round == 0 ? '0 : $urandom;
      prefix_len4 = 6'($urandom_range(0, 32));
      prefix_len6 = 8'($urandom_range(0, 128));
      if (round == 1) {prefix_len4, prefix_len6} = {6'd0, 8'd0};
      if (round == 2) {prefix_len4, prefix_len6} = {6'd32, 8'd128};
      if (round >= 3 && round < 36) prefix_len4 = 6'(round - 3);
      if (round >= 3 && round < 132) prefix_len6 = 8'(round - 3);
      for (int i = 0; i < 8; i++) begin
        if (i % 4 != 3) f = frame_random();  // or the same again
        slot(f);
      end
    end
    report("weir_hash");
    $finish;
  end
endmodule

`default_nettype wire
