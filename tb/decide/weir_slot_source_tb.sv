// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_slot_source: frames at full pace and with gaps, maintenance of all kinds offered all the time, and stages
// behind that give every slot back as done after a while. Clearing comes first, one slot an entry. Every frame gets one slot, in order,
// within 8 clocks, with its metadata, which stay readable; maintenance only gets slots that no frame waits for, with the stamp,
// number and bypass that docs/datapath.md 4 gives it. What is written stands from phase 2 of its slot until the next slot of maintenance,
// of which phase 1 has 0.
`default_nettype none

module weir_slot_source_tb;
  import weir_pkg::*;
  import weir_slot_pkg::*;

  localparam int ClearEntries = 1024;
  localparam int Stages       = 6;    // slots that a slot is under way

  logic       clk = 1'b0;
  logic       rst = 1'b1;
  logic [2:0] phase = '0;
  always #8 clk = ~clk;

  logic       meta_valid = 1'b0;
  meta_t      meta = '0;
  logic       taken = 1'b0;
  stamp_t     now = 64'h1234_5678;
  logic [15:0] link_consume = 16'h8002;
  logic       maint_valid = 1'b0;
  maint_t     maint = '0;
  logic       maint_ready;
  logic       read_clear = 1'b1;
  logic [MaintDataBits-1:0] wdata;
  logic       done = 1'b0;
  logic       ready;
  logic       bypass;
  slot_head_t slot;
  meta_t      meta_out;
  logic       waiting;
  logic [3:0] place = '0;
  logic [3:0] place_before;

  weir_slot_source #(.ClearEntries(ClearEntries)) dut (
      .clk,
      .rst,
      .phase_i       (phase),
      .meta_valid_i  (meta_valid),
      .meta_i        (meta),
      .frame_taken_i (taken),
      .now_i         (now),
      .link_consume_i(link_consume),
      .maint_valid_i (maint_valid),
      .maint_i       (maint),
      .maint_ready_o (maint_ready),
      .read_clear_i  (read_clear),
      .wdata_o       (wdata),
      .done_i        (done),
      .ready_o       (ready),
      .bypass_o      (bypass),
      .slot_o        (slot),
      .meta_o        (meta_out),
      .waiting_o     (waiting),
      .place_i       (place)
  );

  `include "weir_check.svh"

  // --- What happens ----------------------------------------------------------------------------------------------------
  typedef struct {
    bit         frame;
    bit         maint;
    bit         access;
    logic [3:0] place;
    meta_t      meta;
  } under_way_t;

  meta_t      front[$];     // taken, to come
  int         front_at[$];  // clocks until they come
  meta_t      wait_meta[$];
  int         wait_clock[$];
  under_way_t line[$];      // newest first
  int         clock = 0;
  int         last_meta = -8;
  seqno_t     numbered = '0;
  seqno_t     entered = '0;
  arrival_t   last_arrival = '0;
  logic [37:0] last_era = '0;
  bit         now_bypass = 1'b0;
  bit         access_open = 1'b0;
  bit         write_open = 1'b0;
  logic [MaintDataBits-1:0] w_wdata = '0;
  logic [MaintDataBits-1:0] w_load = '0;  // of the slot of maintenance taken last, 0 but for a write
  int         since = 8;                  // clocks since it was
  int         cleared = 0;
  int         flight = 0;
  bit         was_taken = 1'b0;
  int         n_frames = 0, n_maint = 0, n_sweeps_together = 0, n_idle = 0, n_now = 0, n_held = 0;
  int         frame_chance = 0, maint_chance = 0, done_slots = Stages;

  function automatic meta_t some_meta();
    meta_t m;
    for (int i = 0; i < $bits(meta_t); i += 32) m = meta_t'({m, $urandom});
    m.link_control = $urandom_range(0, 3) == 0;
    return m;
  endfunction

  // One clock: inputs at the falling edge, outputs right at the rising one.
  task automatic tick();
    bit         enters, accepts, is_sweep;
    under_way_t u;
    meta_t      m;
    @(negedge clk);
    phase = phase + 3'd1;
    if ($urandom_range(0, 40) == 0) now = now + 64'($urandom_range(0, 70000));
    if ($urandom_range(0, 4000) == 0) now = now + (64'($urandom_range(0, 70000)) << $urandom_range(8, 40));
    // Frames: taken now, their metadata some clocks later, at least 8 apart.
    taken      = 1'b0;
    meta_valid = 1'b0;
    if (ready && front.size() < 20 && $urandom_range(1, 100) <= frame_chance) begin
      taken             = 1'b1;
      m                 = some_meta();
      numbered          = numbered + 32'd1;
      m.frame.seqno     = numbered;
      m.frame.stamp     = now;
      front.push_back(m);
      front_at.push_back(clock + $urandom_range(1, 30));
    end
    if (front.size() > (taken ? 1 : 0) && clock >= front_at[0] && clock - last_meta >= 8) begin
      meta       = front.pop_front();
      void'(front_at.pop_front());
      meta_valid = 1'b1;
      last_meta  = clock;
    end else meta = some_meta();
    // Maintenance: constant until taken, the data of a write until its done.
    read_clear = was_taken;
    if (was_taken) maint_valid = 1'b0;
    if (!maint_valid && $urandom_range(1, 100) <= maint_chance) begin
      maint_valid  = 1'b1;
      maint.op     = maint_op_e'($urandom_range(0, 3));
      if ($urandom_range(0, 1) == 0) maint.op = MaintSweep;
      maint.target = ($urandom_range(0, 3) == 0) ? 5'(TargetBypass) : 5'($urandom_range(2, 14));
      maint.index  = 11'($urandom);
      maint.level  = expire_e'($urandom);
      if (write_open && maint.op == MaintWrite) maint.op = MaintRead;
      if (!write_open) for (int i = 0; i < 8; i++) maint.data[32*i+:32] = $urandom;
    end
    // The oldest slot is done in phase 0, like in the judge.
    done = 1'b0;
    if (phase == 3'd0 && line.size() > done_slots) begin
      done = line[$].maint;
      u    = line.pop_back();
    end
    // A place under way, of a frame: that of phase 7 is looked up in phase 0.
    place_before = place;
    place = 4'($urandom);
    for (int i = 0; i < line.size(); i++) if (line[i].frame && $urandom_range(0, 1) == 1) place = line[i].place;

    @(posedge clk);
    clock++;
    if (since == 1) w_wdata = '0;
    if (since == 2) w_wdata = w_load;
    check(wdata == w_wdata, "data of the write");
    since++;
    check(bypass == now_bypass, "bypass");
    check(waiting == (wait_meta.size() > 0), "waiting");
    if (phase == 3'd0) begin
      for (int i = 0; i < line.size(); i++)
        if (line[i].frame && line[i].place == place_before) check(meta_out == line[i].meta, "metadata under way");
    end
    if (phase != 3'd7) begin
      check(!maint_ready, "maintenance is taken in phase 7");
    end
    // A slot begins.
    enters   = 1'b0;
    accepts  = 1'b0;
    is_sweep = maint.op == MaintSweep || maint.op == MaintExpire;
    if (phase == 3'd7) begin
      u = '{frame: 1'b0, maint: 1'b0, access: 1'b0, place: slot.place, meta: '0};
      case (slot.kind)
        SlotPacket: begin
          enters = 1'b1;
          n_frames++;
          check(wait_meta.size() > 0, "a frame that has not come");
          if (wait_meta.size() > 0) begin
            m       = wait_meta.pop_front();
            entered = entered + 32'd1;
            check(clock - wait_clock.pop_front() <= 8, "waited too long");
            check(meta_out == m && slot.seqno == entered && m.frame.seqno == entered, "in order, with its metadata");
            last_arrival = '{window: m.frame.stamp[25:16], position: m.frame.stamp[15:0], len: m.frame.len};
            last_era     = m.frame.stamp[63:26];
            check(slot.arrival == last_arrival && slot.era == last_era, "arrival of a frame");
            check(slot.consume == (m.link_control && link_consume[m.link_low]), "consume");
            check(slot.bypass == now_bypass && !slot.command.active, "head of a frame");
            u.frame = 1'b1;
            u.meta  = m;
            for (int i = 0; i < line.size(); i++) check(!line[i].frame || line[i].place != slot.place, "place in use");
          end
        end
        SlotMaint: begin
          check(wait_meta.size() == 0, "maintenance before a frame that waits");
          check(slot.command.active && slot.seqno == entered, "head of maintenance");
          check(slot.bypass == now_bypass, "bypass of maintenance");
          u.maint = 1'b1;
          if (slot.command.clear) begin
            check(!ready && 32'(slot.command.index) == cleared && !maint_ready, "clearing");
            last_arrival = '{window: now[25:16], position: now[15:0], len: '0};
            last_era     = now[63:26];
            check(slot.arrival == last_arrival && slot.era == last_era, "stamp of clearing");
            cleared++;
          end else begin
            accepts = 1'b1;
            n_maint++;
            check(ready && maint_valid && maint_ready, "maintenance nobody asked for");
            check(slot.command.index == maint.index && slot.command.op == (maint.op == MaintExpire ? MaintSweep : maint.op) &&
                  slot.command.expire == (maint.op == MaintExpire) &&
                  slot.command.level == (maint.op == MaintExpire ? maint.level : ExpireNone) &&
                  slot.command.target == (is_sweep ? 5'(TargetNone) : maint.target), "command");
            check(!access_open, "an access is alone");
            check(is_sweep || flight == 0, "an access waits for the sweeps");
            if (is_sweep && flight > 0) n_sweeps_together++;
            // Its stamp: now, when nobody is on the way; otherwise that of the last slot.
            if (front.size() == 0 && wait_meta.size() == 0 && !taken && !meta_valid) begin
              last_arrival = '{window: now[25:16], position: now[15:0], len: '0};
              last_era     = now[63:26];
              n_now++;
            end else n_held++;
            check(slot.arrival == last_arrival && slot.era == last_era, "stamp of maintenance");
            u.access = !is_sweep;
          end
        end
        default: begin
          n_idle++;
          check(slot.kind == SlotIdle && wait_meta.size() == 0 && !slot.command.active, "an idle slot");
          check(!(ready && maint_valid && flight == 0), "maintenance is kept waiting");
        end
      endcase
      line.push_front(u);
    end
    check(maint_ready == accepts, "ready is the slot");
    if (meta_valid) begin
      wait_meta.push_back(meta);
      wait_clock.push_back(clock);
    end
    // What the next clock sees.
    flight += 32'(slot.kind == SlotMaint && phase == 3'd7) - 32'(done);
    if (accepts && !is_sweep) access_open = 1'b1;
    if (accepts) begin
      since      = 0;
      write_open = maint.op == MaintWrite;
      w_load     = write_open ? maint.data : '0;
    end
    if (accepts && maint.op == MaintWrite) begin
      if (maint.target == 5'(TargetBypass)) now_bypass = maint.data[0];
    end
    if (done) begin
      access_open = 1'b0;
      write_open  = 1'b0;
    end
    was_taken = accepts;
  endtask

  initial begin
    void'($urandom(32'd3));
    repeat (4) @(posedge clk);
    @(negedge clk) rst = 1'b0;
    phase = '0;
    @(posedge clk);
    // Clearing: maintenance waits, nothing is ready.
    maint_chance = 100;
    for (int i = 0; i < (ClearEntries + 2 * Stages) * 8 && !ready; i++) tick();
    check(ready && cleared == ClearEntries, $sformatf("%0d of %0d entries cleared", cleared, ClearEntries));
    // From no frame to frames that fill every slot, from no maintenance to as much as fits.
    for (int round = 0; round < 80; round++) begin
      frame_chance = (round % 5 == 0) ? 0 : (round % 5 == 1) ? 2 : (round % 5 == 2) ? 6 : (round % 5 == 3) ? 10 : 100;
      maint_chance = (round % 3 == 0) ? 1 : (round % 3 == 1) ? 10 : 100;
      repeat (1000) tick();
      // All that was taken has come and gone.
      frame_chance = 0;
      maint_chance = 0;
      repeat (350) tick();
      check(front.size() == 0 && wait_meta.size() == 0 && entered == numbered, "every frame has its slot");
    end
    check(n_frames > 3000 && n_maint > 1000 && n_sweeps_together > 200 && n_now > 200 && n_held > 50,
          $sformatf("seen: %0d frames, %0d maintenance, %0d together, %0d now, %0d held", n_frames, n_maint, n_sweeps_together,
                    n_now, n_held));
    report("weir_slot_source");
    $finish;
  end
endmodule

`default_nettype wire
