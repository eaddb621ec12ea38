// SPDX-License-Identifier: Apache-2.0
//
// The checks of a bench, counted: for inclusion in its module, once. The bench ends with report() and $finish; what fails it is for
// tools/run-bench to say.

int checks = 0;
int failed = 0;

// Counts a check; X does not hold. True: nothing is to be said, since it holds or 20 have been said. For texts that take longer to
// make than the check: if (!checked(a == b)) $display(…).
function automatic bit checked(input logic is_so);
  checks++;
  if (is_so !== 1'b1) failed++;
  return is_so === 1'b1 || failed > 20;
endfunction

function automatic void check(input logic is_so, input string what);
  if (!checked(is_so)) $display("%0t: %s", $time, what);
endfunction

// @param name  of the module.
function automatic void report(input string name);
  $display("%s: %0d checks, %0d failed", name, checks, failed);
endfunction
