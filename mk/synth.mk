# SPDX-License-Identifier: Apache-2.0
# Synthesis, place and route of SYNTH_TOP for an LFE5UM5G-45F, speed grade 8. Limits and device:
# constraints/synth/limits.json. What has a report is not built again: see tools/synth.

SYNTH_TOP ?= weir_synth_top
synth: | setup ## size and speed on the FPGA against the limits (two hours and a half; SYNTH_TOP=weir_synth_datapath: without soft core, one hour)
	@tools/synth $(SYNTH_TOP)

.PHONY: synth-place
synth-place: | setup ## places the whole on the FPGA and does not route it: size and estimated clocks
	@tools/synth --place $(SYNTH_TOP)

GENERATED += docs/fpga-report.md
docs/fpga-report.md: constraints/synth/weir_synth_top.json tools/synth
	@tools/synth --markdown weir_synth_top > $@

# The whole, and what is placed and routed without the soft core.
.PHONY: test-synth test-synth-datapath
TEST_SUITES += test-synth test-synth-datapath
test-synth: | setup
	@$(call suite,$@) tools/synth --check weir_synth_top
test-synth-datapath: | setup
	@$(call suite,$@) tools/synth --check weir_synth_datapath
