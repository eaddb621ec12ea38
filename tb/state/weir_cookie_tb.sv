// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_cookie: every vector of docs/vectors/cookie.txt, and random frames against docs/datapath.md 14.3 taken byte
// by byte. A frame in every slot of 8 clocks, outputs seen in phases 1 to 7 of the next one; keys may be others in
// every slot.
`default_nettype none

module weir_cookie_tb;
  import weir_pkg::*;

  logic clk = 1'b0;
  always #5 clk = ~clk;

  typedef struct packed {
    logic [127:0]      remote;
    logic [127:0]      protect;
    logic [15:0]       rport;
    logic [15:0]       pport;
    stamp_t            stamp;
    logic              is_syn;
    logic [31:0]       claim;
    logic [1:0][127:0] key;
  } offer_t;

  typedef struct {
    bit          some;    // there is an epoch
    logic [63:0] h;
    logic [31:0] cookie;
    bit          proves;
  } want_t;

  logic [2:0]  phase = '0;
  offer_t      in = '0;
  logic [31:0] cookie;
  logic        proves;

  weir_cookie dut (
      .clk,
      .phase_i  (phase),
      .remote_i (in.remote),
      .protect_i(in.protect),
      .rport_i  (in.rport),
      .pport_i  (in.pport),
      .stamp_i  (in.stamp),
      .is_syn_i (in.is_syn),
      .claim_i  (in.claim),
      .key_i    (in.key),
      .cookie_o (cookie),
      .proves_o (proves)
  );

  `include "weir_check.svh"

  // --- SipHash-1-3 of bytes -----------------------------------------------------------------------------------------
  typedef logic [63:0] word_t;
  word_t v[4];

  function automatic word_t turn(word_t x, int n);
    return {x, x} >> (64 - n);
  endfunction

  function automatic void sip_round();
    v[0] += v[1];
    v[1]  = turn(v[1], 13) ^ v[0];
    v[0]  = turn(v[0], 32);
    v[2] += v[3];
    v[3]  = turn(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3]  = turn(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1]  = turn(v[1], 17) ^ v[2];
    v[2]  = turn(v[2], 32);
  endfunction

  function automatic word_t siphash(logic [127:0] key, byte unsigned text[$]);
    word_t m;
    int    size;
    size = text.size();
    while (text.size() % 8 != 7) text.push_back(8'd0);
    text.push_back(8'(size));
    v[0] = key[63:0] ^ "somepseu";
    v[1] = key[127:64] ^ "dorandom";
    v[2] = key[63:0] ^ "lygenera";
    v[3] = key[127:64] ^ "tedbytes";
    for (int i = 0; i < text.size(); i += 8) begin
      for (int b = 0; b < 8; b++) m[8*b+:8] = text[i+b];
      v[3] ^= m;
      sip_round();
      v[0] ^= m;
    end
    v[2] ^= 64'hff;
    repeat (3) sip_round();
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  endfunction

  // --- 14.3 ---------------------------------------------------------------------------------------------------------
  function automatic word_t hash_of(offer_t f, int e);
    byte unsigned text[$];
    for (int b = 0; b < 16; b++) text.push_back(8'(f.remote >> (120 - 8 * b)));
    for (int b = 0; b < 16; b++) text.push_back(8'(f.protect >> (120 - 8 * b)));
    text.push_back(8'(f.rport >> 8));
    text.push_back(8'(f.rport));
    text.push_back(8'(f.pport >> 8));
    text.push_back(8'(f.pport));
    for (int b = 0; b < 3; b++) text.push_back(8'(e >> (8 * b)));
    return siphash(f.key[(e/64)%2], text);
  endfunction

  function automatic int epoch_now(offer_t f);
    return int'((f.stamp / 64'd4194304) % 64'd16777216);
  endfunction

  function automatic logic [31:0] cookie_of(offer_t f, int e);
    return 32'(e % 4) * 32'h4000_0000 + 32'(hash_of(f, e) % 64'h4000_0000);
  endfunction

  function automatic want_t reference(offer_t f);
    int e;
    want_t w;
    e = epoch_now(f);
    w.some = 1'b1;
    if (!f.is_syn && e % 4 != int'(f.claim >> 30)) begin
      e = (e + 16777215) % 16777216;
      if (e % 4 != int'(f.claim >> 30)) w.some = 1'b0;
    end
    w.h      = hash_of(f, e);
    w.cookie = cookie_of(f, e);
    w.proves = w.some && !f.is_syn && w.cookie == f.claim;
    return w;
  endfunction

  // --- Slots: f is there for all of one, what comes out in the next is held against the reference -----------------
  offer_t given;
  want_t  want;
  bit     first = 1'b1;
  int     proved = 0;

  task automatic slot(offer_t f);
    in = f;
    for (int p = 0; p < 8; p++) begin
      phase = 3'(p);
      @(negedge clk);
      if (p > 0 && !first) begin
        if (given.is_syn) check(cookie == want.cookie, $sformatf("cookie %h, not %h: %p", cookie, want.cookie, given));
        check(proves == want.proves, $sformatf("proves %b: %p", proves, given));
      end
      @(posedge clk);
      #1;
    end
    given  = f;
    want   = reference(f);
    first  = 1'b0;
    proved += int'(want.proves);
  endtask

  // --- Vectors ------------------------------------------------------------------------------------------------------
  task automatic vectors();
    int fd, n, count;
    string line, h_text, c_text;
    word_t k[4];
    word_t h;
    logic [31:0] c;
    int method;
    int methods[4];
    logic [127:0] remote, protect;
    logic [15:0]  rport, pport;
    logic [31:0]  claim;
    stamp_t       stamp;
    bit syn, p;
    offer_t f;
    count = 0;
    methods = '{default: 0};
    f = '0;
    fd = $fopen("docs/vectors/cookie.txt", "r");
    check(fd != 0, "docs/vectors/cookie.txt can be read");
    while (fd != 0 && $fgets(line, fd) != 0) begin
      if (line[0] == "#") continue;
      if (line[0] == "k") begin
        n = $sscanf(line, "key %h %h %h %h", k[0], k[1], k[2], k[3]);
        check(n == 4, {"a line that is no key: ", line});
        f.key[0] = {k[1], k[0]};
        f.key[1] = {k[3], k[2]};
        continue;
      end
      n = $sscanf(line, "%d %d %h %h %h %d %h %d | %s %s %d", method, syn, stamp, claim, remote, rport, protect, pport,
                  h_text, c_text, p);
      check(n == 11, {"a line that is no vector: ", line});
      slot('{remote: remote, protect: protect, rport: rport, pport: pport, stamp: stamp, is_syn: syn, claim: claim, key: f.key});
      methods[method%4]++;
      check(want.proves == p, {"vector, proves: ", line});
      check(want.some == (h_text != "-"), {"vector, whether there is an epoch: ", line});
      if (h_text != "-") begin
        void'($sscanf(h_text, "%h", h));
        void'($sscanf(c_text, "%h", c));
        check(want.h == h && want.cookie == c, {"vector: ", line});
      end
      count++;
    end
    check(count > 300 && methods[1] > 20 && methods[2] > 20 && methods[3] > 20, "there are vectors of each method");
    if (fd != 0) $fclose(fd);
  endtask

  function automatic logic [127:0] any();
    return {$urandom, $urandom, $urandom, $urandom};
  endfunction

  initial begin
    offer_t f;
    int     e;
    bit     seen[4];
    vectors();
    for (int round = 0; round < 6000; round++) begin
      // What is not chosen anew stays: the same addresses with other epochs and numbers, too.
      case ($urandom_range(0, 3))
        0: {f.remote, f.protect} = {any(), any()};
        1: {f.remote, f.protect} = {96'b0, $urandom, 96'b0, $urandom};
        2: f.remote ^= 128'd1 << $urandom_range(0, 127);
        default: f.protect ^= 128'd1 << $urandom_range(0, 127);
      endcase
      if ($urandom_range(0, 1) == 0) {f.rport, f.pport} = $urandom;
      if ($urandom_range(0, 7) == 0) f.key = {any(), any()};
      f.stamp  = {$urandom, $urandom};
      // Where the key changes, where the number of the epoch wraps.
      if ($urandom_range(0, 3) == 0) f.stamp[22+:6] = $urandom_range(0, 1) == 0 ? '0 : '1;
      if ($urandom_range(0, 7) == 0) f.stamp[22+:24] = $urandom_range(0, 1) == 0 ? '0 : '1;
      f.is_syn = $urandom_range(0, 2) == 0;
      f.claim  = $urandom;
      if ($urandom_range(0, 3) != 0) begin
        // Good for one of four epochs, but for a bit perhaps.
        e = (epoch_now(f) + 16777216 - $urandom_range(0, 3)) % 16777216;
        if ($urandom_range(0, 1) == 0) e = (epoch_now(f) + 16777215) % 16777216;
        f.claim = cookie_of(f, e);
        if ($urandom_range(0, 3) == 0) f.claim ^= 32'd1 << $urandom_range(0, 31);
      end
      slot(f);
      if (want.proves) seen[{f.key[0] != '0, f.claim[31:30] == 2'(epoch_now(f))}] = 1'b1;
    end
    slot(f);
    check(proved > 1000 && seen[2] && seen[3], "claims of both epochs that prove");
    report("weir_cookie");
    $finish;
  end
endmodule

`default_nettype wire
