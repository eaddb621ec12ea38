// SPDX-License-Identifier: Apache-2.0
//
// Bench of weir_meter_cfg: writes, reads and look-ups in random order against a plain array of 16 configurations a table
// (docs/datapath.md 6.1): each table has its own, a place that no look-up can name is not kept, clearing reaches all.
`default_nettype none

module weir_meter_cfg_tb;
  import weir_pkg::*;
  import weir_lists_pkg::*;
  import weir_slot_pkg::*;

  logic clk = 1'b0;
  always #5 clk = ~clk;

  logic [2:0]      table_number = '0;
  logic [3:0][2:0] override = '0;
  logic [2:0]      class_kind = '0;
  logic [1:0]      port_kind = '0;
  meter_cfg_t      cfg;
  logic            access = 1'b0;
  logic            clear = 1'b0;
  logic            write = 1'b0;
  logic [6:0]      index = '0;
  logic [255:0]    wdata = '0;
  logic            kept;

  weir_meter_cfg dut (
      .clk,
      .table_i     (table_number),
      .override_i  (override),
      .class_kind_i(class_kind),
      .port_kind_i (port_kind),
      .cfg_o       (cfg),
      .access_i    (access),
      .clear_i     (clear),
      .write_i     (write),
      .index_i     (index),
      .wdata_i     (wdata),
      .kept_o      (kept)
  );

  `include "weir_check.svh"
  function automatic void check_entry(bit is_so, string what);
    if (!checked(is_so)) $display("%0t: %s: table %0d index %0d", $time, what, table_number, index);
  endfunction

  meter_cfg_t model[7][16];

  // 6.1: d is tclass (0 to 7), the sub-kind of port (0 to 3), or 0; overrides 1 to 7 at 9 to 15.
  function automatic bit is_kept(int t, int n);
    int kinds;
    kinds = t == TableClass ? 8 : t == TablePort ? 4 : 1;
    return t < 7 && (n < kinds || n > 8);
  endfunction

  function automatic bit has_bytes(int t);
    return t == TableAddress || t == TablePrefix;
  endfunction

  // Byte fields count only where a table has bytes.
  function automatic meter_cfg_t counted(meter_cfg_t c, bit bytes);
    if (!bytes) {c.byte_cost, c.byte_tau, c.byte_threshold} = '0;
    return c;
  endfunction

  // Memory of a table, as override_i names them.
  function automatic int memory_of(int t);
    return t < TableClass ? 0 : t == TableClass ? 1 : t < TablePort ? 2 : 3;
  endfunction

  int t, n, kind, d;
  initial begin
    for (int k = 0; k < 7; k++) for (int i = 0; i < 16; i++) model[k][i] = meter_cfg_t'(158'd0);
    @(posedge clk);
    for (int round = 0; round < 4; round++) begin
      // Data are 0 while clearing.
      wdata <= '0;
      for (int i = 0; i < 16; i++) begin
        access <= 1'b1;
        clear  <= 1'b1;
        write  <= 1'b0;
        index  <= 7'(16 * $urandom_range(0, 7) + i);
        @(posedge clk);
      end
      clear <= 1'b0;
      for (int k = 0; k < 7; k++) for (int i = 0; i < 16; i++) model[k][i] = meter_cfg_t'(158'd0);
      for (int i = 0; i < 20000; i++) begin
        t = $urandom_range(0, 7);
        n = $urandom_range(0, 15);
        // Junk where it must not matter.
        table_number <= 3'($urandom_range(0, 6));
        override     <= 12'($urandom);
        class_kind   <= 3'($urandom_range(0, 6));
        port_kind    <= 2'($urandom);
        index        <= 7'(16 * t + n);
        wdata        <= {$urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom, $urandom};
        access       <= 1'b0;
        write        <= 1'($urandom);
        kind = $urandom_range(0, 9);
        if (kind < 2 && i > 500) begin
          access <= 1'b1;
          write  <= 1'b1;
          @(negedge clk);
          check_entry(kept == is_kept(t, n), "kept");
          if (is_kept(t, n)) model[t][n] = cfg_of_words(wdata);
        end else if (kind < 4) begin
          access <= 1'b1;
          write  <= 1'b0;
          @(negedge clk);
          check_entry(kept == is_kept(t, n), "kept");
          if (is_kept(t, n)) check_entry(counted(cfg, has_bytes(t)) == counted(model[t][n], has_bytes(t)), "read");
        end else begin
          @(negedge clk);
          t = int'(table_number);
          d = t == TableClass ? int'(class_kind) : t == TablePort ? int'(port_kind) : 0;
          if (override[memory_of(t)] != 0) d = 8 + int'(override[memory_of(t)]);
          check_entry(counted(cfg, has_bytes(t)) == counted(model[t][d], has_bytes(t)), "look-up");
        end
        @(posedge clk);
      end
    end
    report("weir_meter_cfg");
    $finish;
  end
endmodule

`default_nettype wire
