# SPDX-License-Identifier: Apache-2.0
# `make bench`: full load, latency, speed (docs/benchmarks.md).

BENCH_C := $(wildcard sim/bench/*.c)
BENCH_SIM_C := $(wildcard sim/capture/*.c sim/schedule/*.c sim/config/*.c) sim/common/addr.c sim/common/prng.c \
  sim/common/packet_build.c $(wildcard sim/engine/rtl_*.c)
# This fragment is read before rtlsim.mk; recipes see its variables, prerequisites do not.
BENCH_RTLSIM := $(foreach t,weir_sim_stream weir_sim_gmii,build/rtlsim/$(t)/lib$(t).a)
C_SOURCES += $(BENCH_C)
BENCH_PATTERNS := same-key all-keys malformed mixed-size
# 20 ms of two wires with frames of 64 bytes.
BENCH_PACKETS := 60000
BENCH_CAPTURES := $(BENCH_PATTERNS:%=build/bench/%.pcap)

build/weir-bench: $(BENCH_C:%.c=build/obj/%.o) $(BENCH_SIM_C:%.c=build/obj/%.o) build/libweir-model.a \
  $(BENCH_RTLSIM)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(SIM_LIBS) $(RTLSIM_LINK)

build/bench/%.pcap: build/weir-gen
	@mkdir -p $(@D)
	@build/weir-gen --quiet --pattern $* --packets $(BENCH_PACKETS) --out $@

BENCH_TARGETS += bench-sim
TEST_SUITES += test-bench-clocks
.PHONY: bench-sim test-bench-clocks
bench-sim: build/weir-bench $(BENCH_CAPTURES)
	@build/weir-bench --json build/bench/bench.json

test-bench-clocks: build/weir-bench $(BENCH_CAPTURES) ## clocks a slot, loss and latency at full load, few frames
	@$(call suite,$@) build/weir-bench --quick
