// SPDX-License-Identifier: Apache-2.0
//
// Which frames are a sample (docs/soc.md, "Samples"): the one rule for the event queue and for capture.
`default_nettype none

package weir_sample_pkg;
  parameter int unsigned Fold = 7;   // the number is folded onto itself, shifted right by this
  parameter int unsigned Bits = 15;  // of the folded number that may count
  typedef logic [Fold+Bits-1:0] number_t;  // what of a frame's number counts
  typedef logic [3:0]           rest_t;

  // One frame of 2^log2 (0 to 15) is in the sample: that with which this is 0. A register may stand behind it: its bits are
  // the bits of the folded number in groups of 4, each group 4 look-up tables in a row.
  function automatic rest_t sample_rest(number_t number, logic [3:0] log2);
    sample_rest = '0;
    for (int i = 0; i < int'(Bits); i++)
      sample_rest[i/4] = sample_rest[i/4] || ((number[i] != number[i+int'(Fold)]) && 4'(i) < log2);
  endfunction
endpackage

`default_nettype wire
