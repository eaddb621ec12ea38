# SPDX-License-Identifier: Apache-2.0
# Real clients, servers and a flood, with the simulated hardware between them (sim/demo/demo_live.py). Needs root: network namespaces.

DEMO_LIVE := build/weir-sim build/weirctl build/firmware/weir.hex
.PHONY: demo-live test-demo-live
demo-live: $(DEMO_LIVE) ## real clients and servers in network namespaces, a flood, and Weir between them (root; two minutes)
	@$(PYTHON) sim/demo/demo_live.py build

TEST_SUITES += test-demo-live
test-demo-live: $(DEMO_LIVE) ## the same, shorter: clients stay served with Weir, and suffer without it
	@$(call suite,$@) $(PYTHON) sim/demo/demo_live.py --check --seconds 8 build
