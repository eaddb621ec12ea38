# SPDX-License-Identifier: Apache-2.0
# The image on the soft core, measured.
FIRMBENCH_C := $(wildcard sim/bench/firmware/*.c)
FIRMBENCH_SIM_C := $(wildcard host/policy/*.c) sim/common/packet_build.c sim/engine/engine_rtl.c sim/firmware/image.c sim/bench/apart.c
C_SOURCES += $(FIRMBENCH_C)
build/weir-bench-firmware: $(FIRMBENCH_C:%.c=build/obj/%.o) $(FIRMBENCH_SIM_C:%.c=build/obj/%.o) build/libweir-model.a \
  $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a -lyaml -ljansson $(RTLSIM_LINK)

BENCH_TARGETS += bench-firmware
TEST_ALL_SUITES += test-bench-firmware
.PHONY: bench-firmware test-bench-firmware
bench-firmware: build/weir-bench-firmware build/weir-gen build/weir-sim build/firmware/weir.hex ## the firmware on the simulated core: events a second, a day of normal traffic
	@mkdir -p build/bench
	@build/weir-bench-firmware --json build/bench/firmware.json

test-bench-firmware: build/weir-bench-firmware build/weir-gen build/weir-sim build/firmware/weir.hex ## the same, less of it
	@mkdir -p build/bench
	@$(call suite,$@) build/weir-bench-firmware --quick
