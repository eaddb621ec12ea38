// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_meter: the vectors of docs/vectors/meter.txt, one entry a configuration, and random updates (edges of
// windows, saturation, long silence, fresh entries, sweeps) against the reference; with and without bytes, one update a
// clock.
`default_nettype none

module weir_meter_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  `include "weir_slot_ref.svh"

  logic clk = 1'b0;
  always #5 clk = ~clk;

  meter_state_t state = '0;
  logic         fresh = 1'b0;
  logic [9:0]   age = '0;
  arrival_t     arrival = '0;
  meter_cfg_t   cfg = meter_cfg_t'(158'd0);
  logic         used = 1'b0;
  logic         idle = 1'b0;
  logic         byte_fresh = 1'b0;

  typedef struct packed {
    meter_state_t state;
    logic         trip;
    logic         ends;
    logic         result;
    logic         effect;
    logic         dry_run;
    logic         unit;
    logic [23:0]  threshold;
    logic [23:0]  measured;
  } out_t;
  out_t out[2];

  for (genvar b = 0; b < 2; b++) begin : g_dut
    weir_meter #(.HasBytes(b == 1)) dut (
        .clk,
        .state_i(state),
        .fresh_i(fresh),
        .byte_fresh_i(byte_fresh),
        .age_i(age),
        .arrival_i(arrival),
        .cfg_i(cfg),
        .used_i(used),
        .idle_i(idle),
        .state_o(out[b].state),
        .trip_o(out[b].trip),
        .end_o(out[b].ends),
        .result_o(out[b].result),
        .effect_o(out[b].effect),
        .dry_run_o(out[b].dry_run),
        .unit_o(out[b].unit),
        .threshold_o(out[b].threshold),
        .measured_o(out[b].measured)
    );
  end

  `include "weir_check.svh"

  function automatic meter_state_t state_of(ref_entry_t e);
    return '{tat: 28'(e.tat), count: 18'(e.count), tripped: e.tripped, quiet: 8'(e.quiet), btat: 28'(e.btat),
             bcount: 24'(e.bcount)};
  endfunction

  // One update of e with bytes b, through hardware and reference. no_bytes: the byte state is not this entry's (fresh
  // alone); is_idle: of a sweep.
  task automatic update(ref ref_entry_t e, input bit b, input bit is_new, input longint stamp, input int len,
                        input bit is_used, output out_t got, input bit no_bytes = 0, input bit is_idle = 0);
    ref_result_t want;
    ref_entry_t was, held;
    bit same;
    state   <= state_of(e);
    fresh   <= is_new;
    age     <= 10'((stamp >> 16) - e.win);
    arrival <= '{window: stamp[25:16], position: stamp[15:0], len: 11'(len)};
    used    <= is_used;
    idle    <= is_idle;
    byte_fresh <= is_new || no_bytes;
    was = e;
    if (no_bytes) {e.btat, e.bcount} = '0;
    if (is_new) ref_fresh(e, stamp >> 16);
    same = e.win == 64'(stamp[25:16]);
    held = e;
    want = ref_meter(e, stamp, 64'(len), cfg, is_used, b);
    if (is_idle) begin
      e.count  = same ? held.count : 0;
      e.bcount = same ? held.bcount : 0;
    end
    @(posedge clk);
    // Nothing may depend on the inputs of the next clock.
    #1;
    got = out[b];
    @(negedge clk);
    state <= {$bits(meter_state_t){1'b1}};
    #1;
    check(out[b] == got, "the second clock looks at inputs");
    check(got.trip == want.trip && got.ends == want.ends && got.result == want.result, "events");
    if (!is_idle)
      check(got.unit == want.unit && 64'(got.threshold) == want.threshold && 64'(got.measured) == want.measured,
            "unit, threshold, measured");
    check(got.effect == cfg.effect && got.dry_run == cfg.dry_run, "effect, dry run");
    // A sweep writes the bytes only where they are fresh.
    if (is_idle && !is_new && !no_bytes) begin
      e.bcount         = 0;
      got.state.bcount = '0;
    end
    if (!b) begin
      e.btat = 0;
      e.bcount = 0;
    end
    check(got.state == state_of(e), $sformatf("state: from %p got %p want %p stamp %0d cfg %p", was, got.state,
                                              state_of(e), stamp, cfg));
  endtask

  task automatic vectors();
    int fd, n, number, bytes, action, hold, len, is_used, is_new;
    int result, trip, ends, unit, tripped;
    longint stamp, threshold, measured, tat, win, count, quiet, btat, bcount;
    int pkt_cost, pkt_tau, pkt_threshold, byte_cost, byte_tau, byte_threshold;
    string line;
    ref_entry_t e;
    out_t got;
    bytes = 0;
    fd = $fopen("docs/vectors/meter.txt", "r");
    check(fd != 0, "docs/vectors/meter.txt can be read");
    while (fd != 0 && $fgets(line, fd) != 0) begin
      n = $sscanf(line,
          "config %d bytes=%d action=%d pkt_cost=%d pkt_tau=%d pkt_threshold=%d byte_cost=%d byte_tau=%d byte_threshold=%d hold=%d",
          number, bytes, action, pkt_cost, pkt_tau, pkt_threshold, byte_cost, byte_tau, byte_threshold, hold);
      if (n == 10) begin
        e = '{default: 0};
        cfg = '{hold: 8'(hold), dry_run: 1'b0, effect: 1'b0, action: meter_action_e'(action), pkt_cost: 28'(pkt_cost),
                pkt_tau: 28'(pkt_tau), pkt_threshold: 18'(pkt_threshold), byte_cost: 20'(byte_cost),
                byte_tau: 28'(byte_tau), byte_threshold: 24'(byte_threshold)};
      end
      n = $sscanf(line, "%d %d %d %d | %d %d %d %d %d %d | %d %d %d %d %d %d %d", stamp, len, is_used, is_new, result,
                  trip, ends, unit, threshold, measured, tat, win, count, tripped, quiet, btat, bcount);
      if (line[0] != "#" && line[0] != "c") check(n == 17, {"a line that is no vector: ", line});
      if (n == 17) begin
        update(e, bytes[0], is_new[0], stamp, len, is_used[0], got);
        check(got.result == result[0] && got.trip == trip[0] && got.ends == ends[0], {"vector, events: ", line});
        check(got.unit == unit[0] && 64'(got.threshold) == threshold && 64'(got.measured) == measured,
              {"vector, measured: ", line});
        check(64'(got.state.tat) == tat && 64'(got.state.count) == count && got.state.tripped == tripped[0] &&
              64'(got.state.quiet) == quiet && 64'(got.state.btat) == btat && 64'(got.state.bcount) == bcount,
              {"vector, state: ", line});
        check(e.win == win, {"vector, window: ", line});
      end
    end
    check(checks > 5000, "there are vectors");
    if (fd != 0) $fclose(fd);
  endtask

  function automatic int some(int bits);
    // Small, anything, all ones.
    case ($urandom_range(0, 3))
      0:       return $urandom_range(0, 3);
      1:       return (1 << bits) - 1 - $urandom_range(0, 2);
      default: return int'($urandom) & ((1 << $urandom_range(1, bits)) - 1);
    endcase
  endfunction

  initial begin
    ref_entry_t e;
    out_t got;
    longint stamp;
    bit sweeps;
    @(posedge clk);
    vectors();
    for (int round = 0; round < 2000; round++) begin
      cfg = '{hold: 8'(some(8)), dry_run: 1'($urandom), effect: 1'($urandom), action: meter_action_e'($urandom),
              pkt_cost: 28'(some(28)), pkt_tau: 28'(some(28)), pkt_threshold: 18'(some(18)), byte_cost: 20'(some(20)),
              byte_tau: 28'(some(28)), byte_threshold: 24'(some(24))};
      e = '{tat: 64'(some(28)), win: 64'(some(10)), count: 64'(some(18)), tripped: $urandom_range(0, 1) == 1,
            quiet: 64'(some(8)), btat: 64'(some(28)), bcount: 64'(some(24)), default: 0};
      stamp = (e.win << 16) + 64'(some(16));
      for (int i = 0; i < 20; i++) begin
        case ($urandom_range(0, 7))
          0:       stamp += 65536 - (stamp & 65535) - 1;  // last microsecond of a window
          1:       stamp += 65536 - (stamp & 65535);      // first of the next
          2:       stamp += 64'(some(10)) << 16;
          3:       stamp += 64'(some(5)) << 16;
          default: stamp += 64'(some(12));
        endcase
        sweeps = $urandom_range(0, 15) == 0;
        update(e, 1'(round), $urandom_range(0, 15) == 0, stamp, $urandom_range(60, 2000),
               sweeps || $urandom_range(0, 5) == 0, got, $urandom_range(0, 15) == 0, sweeps);
      end
    end
    report("weir_meter");
    $finish;
  end
endmodule

`default_nettype wire
