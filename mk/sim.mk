# SPDX-License-Identifier: Apache-2.0
# weir-sim: captures through the data path.

SIM_DIRS := capture schedule report cli live
SIM_C := $(wildcard $(SIM_DIRS:%=sim/%/*.c)) $(wildcard host/policy/*.c) sim/engine/compare.c sim/engine/session.c sim/engine/session_live.c sim/engine/session_replay.c \
  sim/engine/engine_model.c sim/engine/engine_rtl.c
SIM_SHARED_C := sim/common/labels.c
SIM_LIBS := -lpcap -lz -lyaml -ljansson
# Beside the model the firmware runs natively: FIRMWARE_APP_C, mk/firmware.mk.
SIM_C += $(wildcard sim/firmware/*.c)
# The host link, its appliance's end: beside the model in C.
SIM_C += $(wildcard host/common/link_*.c)
C_SOURCES += $(SIM_C) sim/main.c
PROGRAMS += build/weir-sim

build/weir-sim: build/obj/sim/main.o $(SIM_C:%.c=build/obj/%.o) $(FIRMWARE_APP_C:%.c=build/obj/%.o) $(SIM_SHARED_C:%.c=build/obj/%.o) \
  build/libweir-model.a $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(SIM_LIBS) $(RTLSIM_LINK)

# Without the hardware, under AddressSanitizer and UBSan: for the tests.
build/asan/weir-sim: build/asan/sim/main.o $(SIM_C:%.c=build/asan/%.o) $(FIRMWARE_APP_C:%.c=build/asan/%.o) $(SIM_SHARED_C:%.c=build/asan/%.o) \
  build/asan/libweir-model.a
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(SIM_LIBS)

# The demo: 11 s of normal traffic, of which the firmware on the simulated soft core learns; then two floods.
DEMO_TARGETS += demo-sim
DEMO_NORMAL := --seed=1 --duration=26 --clients=24 --servers=2 --mix=http-get=8,https=5,dns=20,udp=14,echo=16,out-dns=6
DEMO_ATTACKS := --attack=udp,rate=2k,start=11.1,duration=4,target=192.0.2.10,name=udp-flood \
  --attack=icmp,rate=1500,start=18.1,duration=3,target=192.0.2.11,name=icmp-flood \
  --attack=malformed,rate=10,start=4,duration=18,target=192.0.2.10,kind=udp_checksum+tcp_flags_no_ack+ip_land
.PHONY: demo-sim
demo-sim: build/weir-sim build/weir-gen build/firmware/weir.hex
	@mkdir -p build/demo
	@echo "Normal traffic, then two floods over it, made by weir-gen:"
	@build/weir-gen $(DEMO_NORMAL) $(DEMO_ATTACKS) --out=build/demo/attack.pcap --labels=build/demo/attack.labels
	@echo; echo "Through the hardware, its soft core running the firmware, and the model (this takes some 90 s)."
	@echo "The firmware learns what is normal, sets thresholds, and tells of alarms:"; echo
	@build/weir-sim --engine=both --firmware --console --policy=policies/demo.yaml --labels=build/demo/attack.labels \
	  --report=build/demo/report.json --trace=build/demo/trace.jsonl --plot=build/demo/traffic.png --out=build/demo \
	  build/demo/attack.pcap
	@echo; echo "In build/demo: traffic.png, report.json, trace.jsonl, to_protected.pcap, to_unprotected.pcap"
	@echo "With a capture of your own:"
	@echo "  build/weir-sim --protect 192.0.2.0/24 --report report.json --plot traffic.png my.pcap"
	@echo "  build/weir-sim --firmware --learn normal.pcap --plot traffic.png my.pcap"
	@echo "  build/weir-sim --engine model --policy policies/count-only.yaml large.pcap.gz"

# Suites, all under AddressSanitizer and UBSan.
SIM_TEST_C := $(wildcard sim/tests/capture_test.c sim/tests/schedule_test.c sim/tests/policy_test.c sim/tests/rules_test.c sim/tests/report_test.c \
  sim/tests/report_rules_test.c)
C_SOURCES += $(SIM_TEST_C)
SIM_TEST_LIBS := -lcheck -lsubunit -lm -lrt -lpthread

build/sim/%_test: build/asan/sim/tests/%_test.o $(SIM_C:%.c=build/asan/%.o) $(FIRMWARE_APP_C:%.c=build/asan/%.o) $(SIM_SHARED_C:%.c=build/asan/%.o) \
  build/asan/sim/common/packet_build.o build/asan/libweir-model.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(SIM_LIBS) $(SIM_TEST_LIBS)

build/sim/policy_test build/sim/rules_test: build/asan/sim/tests/policy_text.o
C_SOURCES += sim/tests/policy_text.c

SIM_TESTS := $(SIM_TEST_C:sim/tests/%_test.c=test-sim-%)
TEST_SUITES += $(SIM_TESTS)
.PHONY: $(SIM_TESTS)
$(SIM_TESTS): test-sim-%: build/sim/%_test
	@CK_FORK=no $(call suite,$@) build/sim/$*_test
.SECONDARY: $(SIM_TEST_C:%.c=build/asan/%.o)

# Exit status, messages and files of the program: sanitized with the model, and as it is with both engines.
TEST_SUITES += test-sim-cli test-sim-cli-both
.PHONY: test-sim-cli test-sim-cli-both
test-sim-cli: build/asan/weir-sim
	@$(call suite,$@) $(PYTHON) sim/tests/cli_test.py $< docs/man/weir-sim.1

test-sim-cli-both: build/weir-sim
	@$(call suite,$@) $(PYTHON) sim/tests/cli_test.py $< docs/man/weir-sim.1 both

# Firmware of its own for the simulated soft core, through both engines.
RISCV_GCC := riscv64-unknown-elf-gcc
build/probe/probe.bin: sim/tests/probe/probe.c host/include/weir/weir_regs.h
	@mkdir -p $(@D)
	@$(RISCV_GCC) -march=rv32i -mabi=ilp32 -Os -ffreestanding -nostdlib $(WARNINGS) -Ihost/include -Wl,--section-start=.start=0 \
	  -Wl,-Ttext=0x100 -Wl,-N -Wl,--no-warn-rwx-segments -Wl,--build-id=none -o build/probe/probe.elf $< -lgcc
	@$(RISCV_GCC:gcc=objcopy) -O binary build/probe/probe.elf $@

C_SOURCES += sim/tests/rtl_firmware.c
build/rtl-firmware: build/obj/sim/tests/rtl_firmware.o build/obj/sim/common/packet_build.o $(SIM_C:%.c=build/obj/%.o) \
  $(FIRMWARE_APP_C:%.c=build/obj/%.o) $(SIM_SHARED_C:%.c=build/obj/%.o) build/libweir-model.a $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(SIM_LIBS) $(RTLSIM_LINK)

TEST_SUITES += test-rtl-firmware test-rtl-firmware-gmii
.PHONY: test-rtl-firmware test-rtl-firmware-gmii
test-rtl-firmware: build/rtl-firmware build/probe/probe.bin ## firmware on the soft core changes thresholds; the model follows; idle time is skipped
	@$(call suite,$@) build/rtl-firmware build/probe/probe.bin

test-rtl-firmware-gmii: build/rtl-firmware build/probe/probe.bin ## the same at the GMII pins
	@$(call suite,$@) build/rtl-firmware build/probe/probe.bin --gmii

# libFuzzer on what reads foreign bytes: captures and policies. What it finds new stays under build/.
C_SOURCES += sim/fuzz/capture_fuzz.c sim/fuzz/policy_fuzz.c
SIM_FUZZED_C := $(filter-out sim/report/% sim/cli/% sim/firmware/% sim/live/% host/common/%,$(SIM_C)) $(SIM_SHARED_C) $(MODEL_C)

build/fuzz-capture build/fuzz-policy: build/fuzz-%: build/fuzz/sim/fuzz/%_fuzz.o $(SIM_FUZZED_C:%.c=build/fuzz/%.o)
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^ $(SIM_LIBS)
.SECONDARY: build/fuzz/sim/fuzz/capture_fuzz.o build/fuzz/sim/fuzz/policy_fuzz.o

FUZZ_TARGETS += fuzz-capture fuzz-policy
TEST_SUITES += test-fuzz-capture test-fuzz-policy
.PHONY: fuzz-capture fuzz-policy test-fuzz-capture test-fuzz-policy
# $(1) target, $(2) more options
sim_fuzz = build/fuzz-$(1) -max_len=8192 -artifact_prefix=build/log/fuzz-$(1)- $(2) build/$(1)-corpus sim/fuzz/$(1)_corpus
fuzz-capture fuzz-policy: fuzz-%: build/fuzz-%
	@mkdir -p build/$*-corpus build/log
	$(call sim_fuzz,$*,-max_total_time=60)

test-fuzz-capture: RUNS := 4000
test-fuzz-policy: RUNS := 20000
test-fuzz-capture test-fuzz-policy: test-fuzz-%: build/fuzz-%
	@rm -rf build/$*-corpus && mkdir -p build/$*-corpus
	@$(call suite,$@) sh -c '$(call sim_fuzz,$*,-seed=1 -runs=$(RUNS)) && echo "fuzz-$*: $(RUNS) checks, 0 failed"'
