# SPDX-License-Identifier: Apache-2.0
# `make bench`: full load, latency, speed (docs/benchmarks.md).

BENCH_C := $(wildcard sim/bench/*.c)
BENCH_SIM_C := $(wildcard sim/capture/*.c sim/schedule/*.c host/policy/*.c) \
  sim/common/packet_build.c $(wildcard sim/engine/rtl_*.c)
# This fragment is read before rtlsim.mk; recipes see its variables, prerequisites do not.
BENCH_RTLSIM := $(foreach t,weir_sim_stream weir_sim_gmii,build/rtlsim/$(t)/lib$(t).a)
C_SOURCES += $(BENCH_C)
BENCH_PATTERNS := same-key all-keys malformed mixed-size state
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

# Defence: scenarios of weir-gen through the model alone, default policy and one with thresholds for this traffic.
DEFENCE_C := $(wildcard sim/bench/defence/*.c)
DEFENCE_SIM_C := $(wildcard sim/capture/*.c sim/schedule/*.c host/policy/*.c) \
  sim/common/packet_build.c sim/common/labels.c sim/engine/engine_model.c sim/bench/apart.c
C_SOURCES += $(DEFENCE_C)

build/weir-bench-defence: $(DEFENCE_C:%.c=build/obj/%.o) $(DEFENCE_SIM_C:%.c=build/obj/%.o) build/libweir-model.a
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(SIM_LIBS)

BENCH_TARGETS += bench-defence
.PHONY: bench-defence
bench-defence: build/weir-bench-defence build/weir-gen ## every attack scenario through the model: removed, lost, how soon
	@mkdir -p build/bench
	@build/weir-bench-defence --json build/bench/defence.json
	@build/weir-bench-defence --policy sim/bench/defence/tuned.yaml --json build/bench/defence-tuned.json
	@build/weir-bench-defence --full --policy sim/bench/defence/tuned.yaml --json build/bench/defence-full.json

# Learning: the firmware, natively built, beside the model; normal traffic first, then scenarios.
LEARN_C := $(wildcard sim/bench/learn/*.c)
LEARN_SIM_C := $(DEFENCE_SIM_C) $(filter-out %/main.c,$(DEFENCE_C)) sim/firmware/native.c sim/firmware/event.c \
  $(wildcard firmware/app/*.c)
C_SOURCES += $(LEARN_C)

build/weir-bench-learn: $(LEARN_C:%.c=build/obj/%.o) $(LEARN_SIM_C:%.c=build/obj/%.o) build/libweir-model.a
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(SIM_LIBS)

BENCH_TARGETS += bench-learn
.PHONY: bench-learn
bench-learn: build/weir-bench-learn build/weir-gen ## learn, be attacked: how soon the alarm, what is removed and lost; slow ramp
	@mkdir -p build/bench
	@build/weir-bench-learn --json build/bench/learn.json
	@build/weir-bench-learn --policy sim/bench/learn/low-floor.yaml --json build/bench/learn-low-floor.json

# The host side: libweir over a simulated UART to the RTL, both in simulated time; weir-sim --live in real time.
HOSTBENCH_C := $(wildcard host/bench/*.c)
HOSTBENCH_SIM_C := sim/bench/apart.c sim/common/packet_build.c sim/firmware/image.c sim/live/iface.c sim/live/unix_socket.c $(wildcard sim/engine/rtl_*.c)
C_SOURCES += $(HOSTBENCH_C)
# Keys of the hash are drawn by the bench itself: the same in every run.
build/weir-bench-host: $(HOSTBENCH_C:%.c=build/obj/%.o) $(HOSTBENCH_SIM_C:%.c=build/obj/%.o) build/libweir.a $(BENCH_RTLSIM)
	@$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--wrap=weir_random -o $@ $(filter %.o,$^) build/libweir.a $(LIBWEIR_LIBS) $(RTLSIM_LINK)

BENCH_TARGETS += bench-host
TEST_SUITES += test-bench-host
.PHONY: bench-host test-bench-host
bench-host: build/weir-bench-host build/weir-sim build/weirctl build/firmware/weir.hex ## thresholds and rules a second, a full table swapped under load, why, live mode
	@mkdir -p build/bench
	@build/weir-bench-host --json build/bench/host.json

test-bench-host: build/weir-bench-host build/firmware/weir.hex ## octets of each operation, no frame lost while rules are swapped
	@mkdir -p build/bench
	@$(call suite,$@) build/weir-bench-host --quick
