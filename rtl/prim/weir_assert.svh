// SPDX-License-Identifier: Apache-2.0
//
// One assertion macro set with a meaning per tool.
//   simulation (Verilator)    checked at every clock edge outside reset; a failure names the instance and stops
//   Yosys with -D FORMAL      an obligation (WEIR_ASSERT, WEIR_INVARIANT) or an assumption (WEIR_ASSUME) of the proof
//   anything else (synthesis) nothing
// PROP is a plain Boolean, so that every tool means the same: write (!a || b), not a |-> b, and keep a register
// instead of $past. A module states its input contract with WEIR_ASSERT too: whoever instantiates it must keep it,
// and the harness of its own proof assumes it.
`ifndef WEIR_ASSERT_SVH
`define WEIR_ASSERT_SVH

// A condition on parameters; the message names the instance, and the design does not elaborate.
`define WEIR_ELAB(NAME, COND, TEXT) \
  if (!(COND)) begin : g_bad_``NAME \
    $error(TEXT); \
  end

`ifdef FORMAL

`define WEIR_ASSERT(NAME, PROP, CLK, RST) \
  always_ff @(posedge CLK) if (!(RST)) NAME : assert (PROP);
`define WEIR_ASSUME(NAME, PROP, CLK, RST) \
  always_ff @(posedge CLK) if (!(RST)) NAME : assume (PROP);
`define WEIR_COVER(NAME, PROP, CLK, RST) \
  always_ff @(posedge CLK) if (!(RST)) NAME : cover (PROP);
// True at every moment whatever clock ticks; proofs only.
`define WEIR_INVARIANT(NAME, PROP) \
  always_comb NAME : assert (PROP);

`elsif VERILATOR

`define WEIR_ASSERT(NAME, PROP, CLK, RST) \
  NAME : assert property (@(posedge CLK) disable iff (RST) (PROP)) else $error("%m: assertion failed");
`define WEIR_ASSUME(NAME, PROP, CLK, RST) `WEIR_ASSERT(NAME, PROP, CLK, RST)
`define WEIR_COVER(NAME, PROP, CLK, RST)
`define WEIR_INVARIANT(NAME, PROP)

`else

`define WEIR_ASSERT(NAME, PROP, CLK, RST)
`define WEIR_ASSUME(NAME, PROP, CLK, RST)
`define WEIR_COVER(NAME, PROP, CLK, RST)
`define WEIR_INVARIANT(NAME, PROP)

`endif
`endif
