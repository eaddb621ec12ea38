// SPDX-License-Identifier: Apache-2.0
//
// One weir_table of a few sets under random slots, beside the model of weir_table_bench_pkg: every output in its clock, and
// every entry, read back through maintenance. Inputs are junk in the clocks in which the header of weir_table does not
// ask for them.
`default_nettype none

module weir_table_case
  import weir_pkg::*;
  import weir_slot_pkg::*;
  import weir_table_bench_pkg::*;
#(
    parameter int unsigned Lookups    = 1,
    parameter int unsigned SetsLog2A  = 2,
    parameter int unsigned SetsLog2B  = 2,
    parameter int unsigned SweepBaseB = 0,
    parameter int unsigned TimeBits   = 10,
    parameter int unsigned TimeoutBits = 8,
    parameter bit          ViewTimeout = 1'b0,
    parameter bit          ScoreFades = 1'b1,
    parameter int unsigned KeptBits   = TagBits,
    parameter int unsigned Slots      = 3000
) (
    input  wire  clk,
    output int   checks_o,
    output int   failed_o,
    output logic done_o
);
  logic                    rst = 1'b1;
  logic [2:0]              phase = '0;
  logic [Lookups-1:0]      valid = '0;
  hash_t [Lookups-1:0]     key = '0;
  logic [TimeBits-1:0]     window = '0;
  logic                    insert = 1'b0;
  logic [Lookups-1:0][TimeoutBits-1:0] timeout = '1;
  command_t                command = command_t'(0);
  entry_t                  view;
  localparam int unsigned Bits = $bits(entry_t) - TagBits + KeptBits;
  logic [Bits-1:0]         view_bits, entry_bits;
  logic                    update, raw, is_new, fresh, sweep, read, full, miss, no_room, evict, grow, shrink;
  logic [TimeBits-1:0]     age;
  entry_t                  entry;
  entry_t                  data = '0;
  logic                    data_held = 1'b0;
  logic [KeptBits-1:0]     tag;

  // The model's entries have a whole tag, those of the table what it keeps.
  always_comb begin
    view  = entry_t'({view_bits[Bits-1:KeptBits], TagBits'(view_bits[KeptBits-1:0])});
    entry = entry_t'({entry_bits[Bits-1:KeptBits], TagBits'(entry_bits[KeptBits-1:0])});
  end

  weir_table #(
      .EntryBits(Bits),
      .KeptBits(KeptBits),
      .ScoreBits(ScoreBits),
      .ScoreFades(ScoreFades),
      .TimeBits(TimeBits),
      .TimeoutBits(TimeoutBits),
      .ViewTimeout(ViewTimeout),
      .Lookups(Lookups),
      .SetsLog2A(SetsLog2A),
      .SetsLog2B(SetsLog2B),
      .TargetA(TargetA),
      .TargetB(TargetB),
      .SweepBaseB(SweepBaseB)
  ) dut (
      .clk,
      .rst,
      .phase_i      (phase),
      .valid_i      (valid),
      .key_i        (key),
      .window_i     (window),
      .insert_i     (insert),
      .timeout_i    (timeout),
      .command_i    (command),
      .view_entry_o (view_bits),
      .view_window_i(view.window[TimeBits-1:0]),
      .view_timeout_i(!ViewTimeout ? TimeoutBits'($urandom) : view.own == 0 ? TimeoutBits'(1) : TimeoutBits'(view.own)),
      .view_pinned_i(view.pinned),
      .view_locked_i(view.locked),
      .view_score_i (view.score),
      .update_o     (update),
      .raw_o        (raw),
      .new_o        (is_new),
      .fresh_o      (fresh),
      .sweep_o      (sweep),
      .age_o        (age),
      .entry_o      (entry_bits),
      .read_o       (read),
      .full_o       (full),
      .miss_o       (miss),
      .no_room_o    (no_room),
      .evict_o      (evict),
      .grow_o       (grow),
      .shrink_o     (shrink),
      .wdata_held_i (data_held),
      .data_i       ({data[$bits(entry_t)-1:TagBits], data.tag[KeptBits-1:0]}),
      .tag_o        (tag)
  );

  `include "weir_check.svh"
  always_comb {checks_o, failed_o} = {checks, failed};
  function automatic void tell(string what);
    $display("%m %0t: look-up %0d: %s", $time, l, what);
  endfunction

  model  m[2];
  plan   stimuli;
  offer_t s;
  want_t want[2];
  int    l;     // whose clock it is
  int    step;  // of the look-up: 6 or 7, otherwise 0

  initial begin
    done_o  = 1'b0;
    m[0]    = new(0, 4 << SetsLog2A, 0, TimeBits, ViewTimeout, ScoreFades, KeptBits);
    m[1]    = new(1, 4 << SetsLog2B, SweepBaseB, TimeBits, ViewTimeout, ScoreFades, KeptBits);
    stimuli = new(Lookups, 4 << SetsLog2A, 4 << SetsLog2B, (1 << TimeoutBits) - 1, KeptBits);
    stimuli.fill(Slots);
    want    = '{'0, '0};
    repeat (8) begin
      phase++;
      @(posedge clk);
      #1;
    end
    rst = 1'b0;
    while (stimuli.q.size() != 0) begin
      s = stimuli.q.pop_front();
      for (int p = 0; p < 8; p++) begin
        // The first look-up's model moves on with the slot, the second one's when its last clock is over.
        if (p == 0) want[0] = m[0].step(s);
        if (p == 4) want[1] = Lookups == 2 ? m[1].step(s) : '0;
        l    = p < 4 ? 1 : 0;
        step = l < Lookups && p[1] ? 6 + int'(p[0]) : 0;

        phase   = 3'(p);
        valid   = Lookups'(p < 4 ? 32'(s.valid) : $urandom);
        key     = $bits(key)'(p < 4 ? {28'b0, s.key} : {$urandom, $urandom, $urandom, $urandom});
        window  = TimeBits'(p < 4 ? 32'(s.window) : $urandom);
        for (int i = 0; i < Lookups; i++) timeout[i] = TimeoutBits'(p < 4 ? 32'(s.timeout[i]) : $urandom);
        command = p < 4 ? s.command : $bits(command_t)'($urandom);
        if (p >= 4 && command.active) valid = '0;
        insert  = p == 4 ? s.insert : 1'($urandom);
        data    = step == 7 && (want[l].update || want[l].raw) ? want[l].data : junk();
        // Of a maintenance write, in clock 6.
        data_held = step == 6 && want[l].raw ? want[l].data.tag != 0 : 1'($urandom);
        @(negedge clk);
        if (step == 6) begin
          if (!checked(update == want[l].update && raw == want[l].raw && read == want[l].read && full == want[l].full &&
                    evict == want[l].evict && grow == want[l].grow && shrink == want[l].shrink))
            tell($sformatf("events %b, want %p", {update, raw, read, full, evict, grow, shrink}, want[l]));
          if (!checked(!want[l].update || (is_new == want[l].is_new && fresh == want[l].fresh && sweep == want[l].maint)))
            tell($sformatf("new, fresh, sweep: %p", want[l]));
          if (!checked(!(want[l].read || (want[l].update && !want[l].is_new)) ||
                    (entry == want[l].entry && 12'(age) == want[l].age)))
            tell($sformatf("entry %h, want %p", entry, want[l]));
          if (!checked(miss == want[l].miss && (!miss || no_room == want[l].no_room))) tell($sformatf("miss %p", want[l]));
          // The account of entries that are not free.
          m[l].counted += int'(grow) - int'(shrink);
          if (want[l].clear) m[l].counted = m[l].used();
          if (!checked(m[l].counted == m[l].used())) tell($sformatf("%0d entries counted, %0d held", m[l].counted, m[l].used()));
        end else if (!checked({update, raw, read, full, miss, evict, grow, shrink} == '0)) tell("an event in another clock");
        if (step != 7) begin
          if (!checked(tag == '0)) tell("tag in another clock");
        end else if ((want[l].packet || want[l].maint) && !want[l].clear) begin
          if (!checked(TagBits'(tag) == want[l].tag)) tell("tag");
        end
        @(posedge clk);
        #1;
      end
    end
    for (int i = 0; i < Lookups; i++) begin
      l = i;
      if (!checked(m[i].hits > 1000 && m[i].inserts > 100 && m[i].overs > 100 && m[i].evicts > 100 && m[i].fulls > 50 &&
                m[i].pins > 30 && m[i].misses > 100 && m[i].cramped > 10))
        tell($sformatf("too few: hits %0d inserts %0d overs %0d evicts %0d fulls %0d pins %0d misses %0d", m[i].hits,
                       m[i].inserts, m[i].overs, m[i].evicts, m[i].fulls, m[i].pins, m[i].misses));
      if (!checked(KeptBits == TagBits || (m[i].zeros > 50 && m[i].alike > 50)))
        tell($sformatf("too few: nothing kept %0d, alike %0d", m[i].zeros, m[i].alike));
      if (!checked(m[i].frees > 50 && m[i].refreshes > 10 && m[i].writes > 100))
        tell($sformatf("too few: frees %0d refreshes %0d writes %0d", m[i].frees, m[i].refreshes, m[i].writes));
    end
    done_o = 1'b1;
  end
endmodule

`default_nettype wire
