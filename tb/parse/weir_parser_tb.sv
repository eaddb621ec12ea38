// SPDX-License-Identifier: Apache-2.0
//
// The classifier as a whole: a directed frame for every anomaly and class of docs/datapath.md, expectations written from
// that text; sent back to back, with bubbles, in random order and in both directions. What 2.8 asks for is held against a
// reference for every frame: these, thousands more (weir_parser_state_cases.svh), and frames with random errors, for which
// apart from that only latency, spacing and order are held. Neighbour frames differ, so what one leaves behind shows in
// the next.
`default_nettype none

module weir_parser_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;

  localparam int Latency = 9;

  logic clk = 1'b0, rst = 1'b1;
  always #5 clk = !clk;

  logic              word_valid = 1'b0, word_first = 1'b0, word_last = 1'b0;
  data_t             word_data = '0;
  frame_t            frame = '0;
  logic [15:0][15:0] reflector;
  logic              meta_valid;
  meta_t             meta;
  weir_parser dut (
    .clk, .rst, .word_valid_i(word_valid), .word_first_i(word_first), .word_last_i(word_last),
    .word_data_i(word_data), .frame_i(frame), .reflector_i(reflector), .meta_valid_o(meta_valid), .meta_o(meta));
  assign reflector = {16'd0, 16'd0, 16'd5353, 16'd3702, 16'd3283, 16'd1900, 16'd1434, 16'd520, 16'd389, 16'd161,
                      16'd137, 16'd123, 16'd111, 16'd53, 16'd19, 16'd17};

  `include "weir_check.svh"
  function automatic void check_case(bit is_so, string what, string name);
    if (!checked(is_so)) $display("%0t: %s: %s", $time, name, what);
  endfunction

  // --- cases ------------------------------------------------------------------------------------------------------------
  typedef struct {
    string        name;
    byte unsigned bytes[$];
    int           known;
    logic [127:0] src, dst;
    meta_t        e;
    bit           state_only;       // of e nothing holds
  } case_t;
  // A class, because Verilator would copy the body of a plain function to every place that calls it.
  `include "weir_parser_ref.svh"
  reference model = new;
  class builder;
    case_t cases[$];
    bit    state_only;
    `include "weir_parser_build.svh"
    `include "weir_parser_l2_cases.svh"
    `include "weir_parser_l3_cases.svh"
    `include "weir_parser_l4_cases.svh"
    `include "weir_parser_state_cases.svh"

    function automatic void add(string name);
      case_t c;
      checksums();
      while (p.size() < 60) u8(0);
      c.name  = name;
      c.bytes = p;
      c.known = known == 0 ? p.size() : known < 0 ? 0 : known;
      for (int i = c.known; i < p.size(); i++) c.bytes[i] = 0;
      c.src = src;
      c.dst = dst;
      c.e   = e;
      c.state_only = state_only;
      cases.push_back(c);
      if (claimed) begin
        model.run(c.bytes, c.known, 1'b0);
        check_case(model.r.quote == claim.quote, "the reference's quote", name);
        check_case(model.r.ws == claim.ws, "the reference's window scale", name);
        check_case(model.r.plain == claim.plain, "the reference's plain", name);
        check_case(model.r.tags == claim.tags, "the reference's tags", name);
        claimed = 1'b0;
      end
    endfunction
  endclass
  case_t cases[$];

  // --- monitor ----------------------------------------------------------------------------------------------------------
  typedef struct {
    string  name;
    bit     known;      // e holds
    meta_t  e;
    longint due;
  } expect_t;
  expect_t want[$];
  longint  now = 0, previous = -8;
  meta_t   held;
  bit      changed = 1'b0;
  always @(posedge clk) begin
    now <= now + 1;
    if (meta_valid) begin
      expect_t w;
      check(want.size() != 0, "a result without a frame");
      check(now - previous >= 8, "results closer than 8 clocks");
      previous = now;
      held = meta;
      changed = 1'b0;
      if (want.size() != 0) begin
        w = want.pop_front();
        check_case(now == w.due, "latency", w.name);
        check_case(meta.frame === w.e.frame, "frame", w.name);
        check_case(meta.l4_valid === w.e.l4_valid && meta.is_frag === w.e.is_frag, "l4_valid, is_frag", w.name);
        if (!checked(meta.tcp === w.e.tcp)) $display("%0t: %s: 2.8\n  got  %p\n  want %p", $time, w.name, meta.tcp, w.e.tcp);
        if (w.known) begin
          if (!checked(meta === w.e)) begin
            $display("%0t: %s: result", $time, w.name);
            $display("  classes    got %06x want %06x", meta.classes, w.e.classes);
            $display("  anomalies  got %018x want %018x", meta.anomalies, w.e.anomalies);
            $display("  protocol %0d %0d  ports %0d %0d, %0d %0d  tclass %0d %0d", meta.proto, w.e.proto, meta.sport,
                     meta.dport, w.e.sport, w.e.dport, meta.tclass, w.e.tclass);
            $display("  flags %b %b", {meta.l3_valid, meta.l4_proto_valid, meta.l4_valid, meta.is_frag, meta.exempt,
                     meta.family, meta.link_control, meta.link_low}, {w.e.l3_valid, w.e.l4_proto_valid, w.e.l4_valid,
                     w.e.is_frag, w.e.exempt, w.e.family, w.e.link_control, w.e.link_low});
            $display("  remote %032x %032x  protected %032x %032x", meta.remote, w.e.remote, meta.protect, w.e.protect);
          end
        end
      end
    end else if (previous > 0) begin
      // The clock before a pulse clears what may be absent.
      check(!changed, "meta_o changed between pulses");
      changed = meta !== held;
    end
  end

  // --- driver -----------------------------------------------------------------------------------------------------------
  int seqno = 0, quotes = 0, scales = 0, segments = 0;
  task automatic send(case_t c, bit dir, int bubbles, bit known_result);
    expect_t w;
    int n = (c.bytes.size() + 7) / 8;
    w.name  = c.name;
    w.known = known_result && !c.state_only;
    w.e     = c.e;
    model.run(c.bytes, c.known, dir);
    if (w.known) check_case(model.l4_valid == c.e.l4_valid && model.is_frag == c.e.is_frag, "the reference", c.name);
    w.e.l4_valid = model.l4_valid;
    w.e.is_frag  = model.is_frag;
    w.e.tcp      = model.r;
    {quotes, scales, segments} = {quotes + int'(model.r.quote), scales + int'(model.r.ws), segments + int'(model.r.seq != 0)};
    w.e.frame.seqno = 32'(seqno);
    w.e.frame.stamp = {32'($urandom), 32'($urandom)};
    w.e.frame.dir   = dir;
    w.e.frame.len   = len_t'(c.bytes.size());
    w.e.frame.known = len_t'(c.known);
    w.e.remote      = dir ? c.dst : c.src;
    w.e.protect     = dir ? c.src : c.dst;
    seqno++;
    for (int i = 0; i < n; i++) begin
      while (bubbles > 0 && $urandom_range(99) < bubbles) begin
        word_valid = 1'b0;
        @(negedge clk);
      end
      word_valid = 1'b1;
      word_first = i == 0;
      word_last  = i == n - 1;
      frame      = w.e.frame;
      for (int j = 0; j < 8; j++)
        word_data[8*j +: 8] = 8*i + j < c.bytes.size() ? c.bytes[8*i + j] : 8'd0;
      if (i == n - 1) begin
        w.due = now + Latency;
        want.push_back(w);
      end
      @(negedge clk);
    end
    word_valid = 1'b0;
  endtask

  // --- random frames ----------------------------------------------------------------------------------------------------
  function automatic case_t noise();
    case_t c = cases[$urandom_range(cases.size() - 1)];
    int n = int'($urandom_range(3));
    c.name = "noise";
    for (int i = 0; i < n; i++) c.bytes[$urandom_range(c.bytes.size() - 1)] = 8'($urandom);
    if ($urandom_range(3) == 0) begin
      n = $urandom_range(3) == 0 ? 2000 : int'($urandom_range(300, 60));
      while (c.bytes.size() > n) void'(c.bytes.pop_back());
      while (c.bytes.size() < n) c.bytes.push_back(8'($urandom));
    end
    c.known = $urandom_range(3) == 0 ? int'($urandom_range(c.bytes.size())) : c.bytes.size();
    for (int i = c.known; i < c.bytes.size(); i++) c.bytes[i] = 0;
    return c;
  endfunction

  anomalies_t seen_anomalies = '0;
  classes_t   seen_classes = '0;
  initial begin
    automatic builder b = new;
    b.l2_cases();
    b.l3_cases();
    b.l4_cases();
    b.state_cases();
    cases = b.cases;
    foreach (cases[i]) begin
      seen_anomalies |= cases[i].e.anomalies;
      seen_classes   |= cases[i].e.classes;
    end
    check(seen_anomalies == '1, $sformatf("no case for anomalies %018x", ~seen_anomalies));
    check(seen_classes == '1, $sformatf("no case for classes %06x", ~seen_classes));

    repeat (4) @(negedge clk);
    rst = 1'b0;
    repeat (4) @(negedge clk);
    foreach (cases[i]) send(cases[i], 1'b0, 0, 1'b1);
    foreach (cases[i]) send(cases[i], 1'b1, 30, 1'b1);
    for (int i = 0; i < 20000; i++) begin
      automatic int bubbles = $urandom_range(3) == 0 ? int'($urandom_range(60)) : 0;
      if ($urandom_range(9) == 0) send(noise(), 1'($urandom), bubbles, 1'b0);
      else send(cases[$urandom_range(cases.size() - 1)], 1'($urandom), bubbles, 1'b1);
    end
    for (int i = 0; i < 40000; i++) begin
      b.cases = {};
      b.random_frame();
      send(b.cases[0], $urandom_range(9) == 0, $urandom_range(3) == 0 ? int'($urandom_range(60)) : 0, 1'b0);
    end
    repeat (Latency + 4) @(posedge clk);
    check(quotes > 5000 && scales > 5000 && segments > 20000, $sformatf("few quotes %0d, window scales %0d, segments %0d",
          quotes, scales, segments));
    check(want.size() == 0, "frames without a result");
    report("weir_parser");
    $finish;
  end
endmodule

`default_nettype wire
