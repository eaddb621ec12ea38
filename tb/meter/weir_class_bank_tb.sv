// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_class_bank: random frames of all classes and some protocols, in every slot or with gaps, configurations,
// overrides, jumps of time, sweeps, reads and writes, against the reference of docs/datapath.md 5.4, 6 and 19: opinion, detail,
// trips and ends of each slot in all clocks in which they stand, the classes told to the counters, every entry and every
// peak read back; peaks are read and written between any two frames, too.
`default_nettype none

module weir_class_bank_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;
  `include "weir_slot_ref.svh"

  logic clk = 1'b0;
  always #5 clk = ~clk;

  logic         rst = 1'b1;
  logic [2:0]   phase = '0;
  logic         valid = 1'b0;
  logic         dir = 1'b0;
  classes_t     classes = '0;
  logic         proto_valid = 1'b0;
  logic [7:0]   proto = '0;
  arrival_t     arrival = '0;
  logic         used = 1'b0;
  command_t     command = command_t'(0);
  logic [255:0] wdata = '0;
  opinion_t     opinion;
  detail_t      detail;
  logic [7:0]   trips;
  logic [7:0]   ends;
  logic         class_valid;
  logic [5:0]   class_number;
  logic         read_clear = 1'b0;
  logic [255:0] rdata;

  weir_class_bank dut (
      .clk,
      .rst,
      .phase_i      (phase),
      .valid_i      (valid),
      .dir_i        (dir),
      .classes_i    (classes),
      .proto_valid_i(proto_valid),
      .proto_i      (proto),
      .arrival_i    (arrival),
      .used_i       (used),
      .command_i    (command),
      .wdata_i      (wdata),
      .opinion_o    (opinion),
      .detail_o     (detail),
      .trips_o      (trips),
      .ends_o       (ends),
      .class_valid_o(class_valid),
      .class_o      (class_number),
      .read_clear_i (read_clear),
      .rdata_o      (rdata)
  );

  `include "weir_check.svh"

  typedef struct packed {
    opinion_t   opinion;
    detail_t    detail;
    logic [7:0] trips;
    logic [7:0] ends;
  } want_t;

  typedef enum {Frame, Gap, Clear, Sweep, Expire, Read, Write, ReadCfg, WriteCfg, ReadPeak, WritePeak} what_e;

  // Section 8, rules 4 to 6, for the candidates of the eight groups.
  function automatic want_t decide(candidate_t c[8]);
    int win, dry;
    want_t w;
    win = -1;
    dry = -1;
    w   = '0;
    for (int g = 0; g < 8; g++) begin
      if (c[g].valid && c[g].dry_run && dry < 0) dry = g;
      if (c[g].valid && !c[g].dry_run && (win < 0 || (c[win].effect && !c[g].effect))) win = g;
    end
    w.opinion.strength = win < 0 ? (dry < 0 ? OpinionNone : OpinionDry) : c[win].effect ? OpinionDemote : OpinionDrop;
    if (dry >= 0) begin
      w.opinion.dry          = 1'b1;
      w.opinion.dry_position = PosGroup0 + 5'(dry);
      w.opinion.dry_reason   = c[dry].reason;
    end
    if (win < 0) win = dry;
    if (win >= 0) begin
      w.opinion.position = PosGroup0 + 5'(win);
      w.opinion.reason   = c[win].reason;
      w.detail           = '{tag: '0, unit: c[win].unit, threshold: c[win].threshold, measured: c[win].measured};
    end
    return w;
  endfunction

  function automatic meter_cfg_t some_cfg();
    meter_cfg_t c;
    c.hold           = 8'($urandom_range(0, 4));
    c.dry_run        = $urandom_range(0, 3) == 0;
    c.effect         = 1'($urandom);
    c.action         = meter_action_e'($urandom);
    c.pkt_cost       = 28'($urandom_range(0, 1 << $urandom_range(1, 22)));
    c.pkt_tau        = 28'($urandom_range(0, 1 << $urandom_range(1, 24)));
    c.pkt_threshold  = 18'($urandom_range(0, 20));
    c.byte_cost      = 20'($urandom_range(0, 1 << $urandom_range(1, 19)));
    c.byte_tau       = 28'($urandom_range(0, 1 << $urandom_range(8, 26)));
    c.byte_threshold = 24'($urandom_range(0, 8000));
    return c;
  endfunction

  ref_bank    bank;
  logic [35:0] peak[64];     // bytes, packets
  int          peaks_read;
  // 19: of the entry after its update.
  function automatic void peak_of(int n, ref_entry_t e);
    if (e.count > 64'(peak[n][17:0])) peak[n][17:0] = 18'(e.count);
    if (e.bcount / 64 > 64'(peak[n][35:18])) peak[n][35:18] = 18'(e.bcount / 64);
  endfunction
  want_t      want[3];       // of this slot, of the one before, of the one before that
  what_e      what;
  bit         asks, answers, really_used;
  want_t      seen;
  int         number, group_class[8], results, all_trips, all_ends, dries;
  longint     stamp;
  longint     len;
  bit         trip, end_event;
  candidate_t cand[8];
  logic [255:0] held;        // what was read last, until the next slot of maintenance
  logic [255:0] answer_want; // what is being read: there by the end of the slot behind
  int         follow;        // slots in which no other operation may come
  int         queue[$];      // entries still to be read back

  // A slot is a frame, or nothing, or an operation of maintenance; the data of a write stand in the next slot, too.
  function automatic what_e choose(int i);
    if (i < 512) return Clear;
    if (i < 514) return Gap;  // data is 0 until the last one is cleared
    if (i < 700) return WriteCfg;
    if (follow > 0) return $urandom_range(0, 3) == 0 ? Gap : Frame;
    if (queue.size() != 0) return queue[0] < 512 ? Read : ReadPeak;
    case ($urandom_range(0, 43))
      0, 1:    return Gap;
      2:       return Sweep;
      3:       return $urandom_range(0, 5) == 0 ? Expire : Sweep;
      4:       return Read;
      5:       return Write;
      6:       return ReadCfg;
      7:       return WriteCfg;
      8, 9, 10: return ReadPeak;
      11:      return WritePeak;
      default: return Frame;
    endcase
  endfunction

  function automatic int some_entry();
    case ($urandom_range(0, 3))
      0:       return $urandom_range(0, 7);                                           // protocols in use
      1:       return 256 + $urandom_range(0, 511 - 256);
      default: return 256 + 32 * $urandom_range(0, 1) + $urandom_range(0, 19);
    endcase
  endfunction

  function automatic int some_number();
    if ($urandom_range(0, 3) == 0) return 48 + $urandom_range(0, 7);
    return 24 * $urandom_range(0, 1) + $urandom_range(0, 19);
  endfunction

  initial begin
    bank = new();
    stamp = 5000000;
    follow = 0;
    results = 0;
    peak = '{default: '0};
    peaks_read = 0;
    want = '{default: '0};
    held = '0;
    answers = 1'b0;
    repeat (16) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    for (int i = 0; i < 24000; i++) begin
      if (follow > 0) follow--;
      what = choose(i);
      if (i % 6000 == 5000) for (int n = 0; n < 512 + 64; n++) queue.push_back(n);
      command = command_t'(0);
      valid   = 1'b0;
      if (!(what inside {Frame, Gap})) wdata = '0;
      case ($urandom_range(0, 19))
        0:       stamp += 65536 - (stamp & 65535);
        1:       stamp += 64'($urandom_range(0, 70000));
        2:       if ($urandom_range(0, 9) == 0) stamp += 64'($urandom_range(0, 300)) << 16;
        default: stamp += 64'($urandom_range(0, 200));
      endcase
      len         = 64'($urandom_range(60, 2000));
      dir         = 1'($urandom);
      classes     = classes_t'($urandom & $urandom);
      classes[0]  = $urandom_range(0, 9) != 0;
      proto_valid = $urandom_range(0, 3) != 0;
      proto       = $urandom_range(0, 9) == 0 ? 8'($urandom) : 8'($urandom_range(0, 7));
      really_used = $urandom_range(0, 5) == 0;
      arrival     = '{window: stamp[25:16], position: stamp[15:0], len: 11'(len)};
      for (int g = 0; g < 8; g++) group_class[g] = -1;
      cand  = '{default: candidate_t'(0)};
      want[0] = '0;
      asks = 1'b0;
      case (what)
        Frame: begin
          valid = 1'b1;
          for (int g = 0; g < 8; g++) begin
            trip      = 0;
            end_event = 0;
            if (g == 6) begin
              if (proto_valid && !dir) begin
                cand[g] = bank.of_proto(int'(proto), stamp, len, really_used, trip, end_event);
                peak_of(48 + bank.e[proto].cfg, bank.e[proto]);
              end
            end else begin
              group_class[g] = ref_bank::class_of(g, classes);
              if (group_class[g] >= 0) begin
                cand[g] = bank.of_class(int'(dir), group_class[g], stamp, len, really_used, trip, end_event);
                peak_of(24 * int'(dir) + group_class[g], bank.e[256 + 32 * int'(dir) + group_class[g]]);
              end
            end
            want[0].trips[g] = trip;
            want[0].ends[g]  = end_event;
          end
          seen = decide(cand);
          want[0].opinion = seen.opinion;
          want[0].detail  = seen.detail;
          results += int'(want[0].opinion.strength >= OpinionDemote);
          dries   += int'(want[0].opinion.dry);
          all_trips += $countones(want[0].trips);
          all_ends  += $countones(want[0].ends);
        end
        Clear: command = '{active: 1'b1, clear: 1'b1, expire: 1'b0, level: ExpireNone, op: MaintSweep, target: TargetNone, index: 11'(i)};
        Sweep, Expire: begin
          number  = $urandom_range(0, 9) == 0 ? $urandom_range(0, 1023) : some_entry();
          command = '{active: 1'b1, clear: 1'b0, expire: what == Expire, level: ExpireNone, op: MaintSweep, target: 5'($urandom),
                      index: 11'(number)};
          if (command.target == TargetPeak) command.target = TargetNone;  // as that of every sweep is
          bank.sweep(number, stamp, what == Expire);
        end
        Read, Write: begin
          number = some_entry();
          if (what == Read && queue.size() != 0) number = queue.pop_front();
          command = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone, op: what == Read ? MaintRead : MaintWrite,
                      target: TargetClassBank, index: 11'(number)};
          answer_want = bank.get(number);
          asks = what == Read;
          if (what == Write) begin
            wdata = {118'b0, 138'({$urandom, $urandom, $urandom, $urandom, $urandom})};
            wdata[37:28] = stamp[25:16] - 10'($urandom_range(0, 3));
            wdata[55:38] &= 18'h1f;
            bank.put(number, wdata);
          end
          follow = 2;
        end
        ReadCfg, WriteCfg: begin
          number  = some_number();
          command = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone, op: what == ReadCfg ? MaintRead : MaintWrite,
                      target: TargetMeterCfg, index: 11'(128 + number)};
          answer_want = words_of_cfg(bank.cfg[number]);
          asks = what == ReadCfg;
          if (what == WriteCfg) begin
            bank.cfg[number] = some_cfg();
            wdata = words_of_cfg(bank.cfg[number]);
          end
          follow = 2;
        end
        ReadPeak, WritePeak: begin
          number = $urandom_range(0, 7) == 0 ? $urandom_range(0, 63) : some_number();
          if (what == ReadPeak && queue.size() != 0) number = queue.pop_front() - 512;
          command = '{active: 1'b1, clear: 1'b0, expire: 1'b0, level: ExpireNone,
                      op: what == ReadPeak ? MaintRead : MaintWrite, target: TargetPeak, index: 11'(128 + number)};
          // What is not in this bank is another's.
          if ($urandom_range(0, 9) == 0) command.index = 11'(number + ($urandom_range(0, 1) == 0 ? 64 : 192));
          answer_want = command.index[10:6] == 5'd2 ? 256'(peak[number]) : '0;
          asks = what == ReadPeak;
          peaks_read += int'(answer_want != '0);
          if (what == WritePeak) begin
            wdata = {$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom};
            wdata[35:0] = {18'($urandom_range(0, 200)), 18'($urandom_range(0, 20))};
          end
          if (command.index[10:6] == 5'd2) peak[number] = what == WritePeak ? wdata[35:0] : '0;
          follow = 2;
        end
        default: ;
      endcase
      for (int p = 0; p < 8; p++) begin
        phase = 3'(p);
        // "counts in phase 2"
        if (what != Frame || p != 2) used = 1'($urandom);
        else used = really_used;
        @(negedge clk);
        read_clear = p == 0 && command.active;
        if ((i > 0 || p > 0) && !checked(rdata == held || ((asks || answers) && rdata == answer_want)))
          $display("%0t: phase %0d: answer %h, held %h, asked %b", $time, p, rdata, held, asks);
        if (read_clear) held = '0;
        if (what == Frame) begin
          if (!checked(class_valid == (group_class[p] >= 0) &&
                    (!class_valid || int'(class_number) == 32 * int'(dir) + group_class[p])))
            $display("%0t: class of group %0d: %b %0d, want %0d", $time, p, class_valid, class_number, group_class[p]);
        end else if (!checked(!class_valid)) $display("%0t: a class without a frame", $time);
        seen = p < 6 ? want[2] : want[1];
        if (i >= 2) begin
          if (!checked(opinion.strength == seen.opinion.strength && opinion.dry == seen.opinion.dry &&
                    (!seen.opinion.dry || (opinion.dry_position == seen.opinion.dry_position &&
                                           opinion.dry_reason == seen.opinion.dry_reason)) &&
                    (seen.opinion.strength == OpinionNone || (opinion.position == seen.opinion.position &&
                     opinion.reason == seen.opinion.reason && detail == seen.detail))))
            $display("%0t: phase %0d: %p %p, want %p", $time, p, opinion, detail, seen);
          if (!checked(trips == seen.trips && ends == seen.ends))
            $display("%0t: phase %0d: trips %b ends %b, want %p", $time, p, trips, ends, seen);
        end
        @(posedge clk);
        #1;
      end
      // An answer is there by the end of the slot after the read.
      if (answers) begin
        if (!checked(rdata == answer_want)) $display("%0t: answer %h, want %h", $time, rdata, answer_want);
        held = answer_want;
      end
      answers = asks;
      if (follow == 0) wdata = '0;
      want[2] = want[1];
      want[1] = want[0];
    end
    if (!checked(results > 2000 && dries > 500 && all_trips > 200 && all_ends > 100 && peaks_read > 500))
      $display("too few: results %0d dries %0d trips %0d ends %0d peaks %0d", results, dries, all_trips, all_ends, peaks_read);
    report("weir_class_bank");
    $finish;
  end
endmodule

`default_nettype wire
