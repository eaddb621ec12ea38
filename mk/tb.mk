# SPDX-License-Identifier: Apache-2.0
# RTL benches: tb/<dir>/weir_x_tb.sv holds the self-checking bench of rtl/<dir>/weir_x.sv.
# All packages are read, in the order of tools/rtl-packages; modules and interfaces are found by file
# name, so that a bench compiles only what it uses.

BENCHES := $(sort $(wildcard tb/*_tb.sv tb/*/*_tb.sv))
BENCH_NAMES := $(patsubst %_tb,%,$(basename $(notdir $(BENCHES))))
RTL_DIRS := $(filter-out %/lint,$(shell find rtl -type d 2>/dev/null | sort))
RTL_PACKAGES = $(shell tools/rtl-packages)

# Where Verilator looks for modules and include files; the waivers every run reads.
# The soft core (docs/soc.md) is not ours: tools/setup links its package's Verilog under the name of its module.
VERILATOR_SEARCH := $(addprefix -y ,$(RTL_DIRS)) -y .venv/vexriscv $(addprefix +incdir+,$(RTL_DIRS)) +libext+.sv+.v
VERILATOR_WARN := -Wall --timescale 1ns/1ps rtl/lint/waivers.vlt
# The wheel was built without a coroutine flag: --timing needs it.
VERILATOR_TIMING := --timing -CFLAGS "-fcoroutines -std=c++20"

.PHONY: test-rtl benches $(addprefix tb-,$(BENCH_NAMES))

# $(1) name, $(2) bench source
define bench_rules
build/tb/$(1)/$(1)_tb: $(2) $(wildcard $(2:.sv=.f)) rtl/lint/waivers.vlt rtl/lint/tb.vlt | setup
	$$(call run,tb/$(1).build,verilator $(1)_tb) $$(VERILATOR) --binary --assert \
	  $$(VERILATOR_TIMING) $$(VERILATOR_WARN) rtl/lint/tb.vlt $$(VERILATOR_SEARCH) \
	  -y $$(dir $(2)) -y tb/common +incdir+tb/common --MMD --MP --build-jobs 1 \
	  -MAKEFLAGS "OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1 OBJCACHE=$$(CCACHE) CFG_CXXFLAGS_PCH_I=-include" \
	  --top-module $(1)_tb -Mdir build/tb/$(1) -o $(1)_tb \
	  $$(RTL_PACKAGES) $$(addprefix -f ,$$(wildcard $(2:.sv=.f))) $(2)
	@sed 's,^build/[^:]*:,$$@:,' build/tb/$(1)/V$(1)_tb__ver.d > build/tb/$(1)/deps.d

# The output of the last run; a failed run leaves none.
build/tb/$(1)/run.log: build/tb/$(1)/$(1)_tb
	@tools/run-bench $(1) $$<

tb-$(1): build/tb/$(1)/run.log
	@grep -E ': [0-9]+ checks, [0-9]+ failed' $$<

-include build/tb/$(1)/deps.d
endef
$(foreach b,$(BENCHES),$(eval $(call bench_rules,$(patsubst %_tb,%,$(basename $(notdir $(b)))),$(b))))

benches: $(addprefix tb-,$(BENCH_NAMES))

TEST_SUITES += $(if $(BENCHES),test-rtl)
test-rtl: | setup ## all RTL benches (one: make tb-weir_x)
	@$(call suite,$@) $(MAKE) -k $(parallel) benches

.PHONY: check-benches
LINT_TARGETS += check-benches
check-benches: | setup ## fail when a module of rtl/ has no bench
	@tools/check-benches
