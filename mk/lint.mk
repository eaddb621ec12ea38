# SPDX-License-Identifier: Apache-2.0
# Lint: Verilator on the tops, both C compilers' warnings, and the house rules that a script can see.

LINT_TARGETS += lint-rtl lint-c lint-rules
.PHONY: lint-rtl lint-c lint-rules test-lint

# The tops that exist; a fragment may append others.
LINT_TOPS += $(basename $(notdir $(wildcard rtl/weir_core.sv rtl/*/weir_core.sv \
  rtl/weir_datapath.sv rtl/*/weir_datapath.sv constraints/synth/weir_synth_*.sv)))

lint-rtl: | setup
	@for top in $(sort $(LINT_TOPS)); do \
	  tools/quiet build/log/lint-$$top.log $(VERILATOR) --lint-only --timing $(VERILATOR_WARN) \
	    $(VERILATOR_SEARCH) -y constraints/synth -y sim --top-module $$top $(RTL_PACKAGES) $$top && bad=0 || bad=1; \
	  echo "lint-rtl-$$top: 1 checks, $$bad failed"; [ $$bad = 0 ]; \
	done

# Objects are compiled with -Werror anyway; clang sees other things than gcc.
lint-c: | setup
	@CPPFLAGS='$(CPPFLAGS)' tools/lint-c '$(CLANG)' '$(WARNINGS)'

lint-rules:
	@tools/lint-rules

TEST_SUITES += test-lint
test-lint: | setup ## lint as a suite
	@$(call suite,$@) $(MAKE) -k lint
