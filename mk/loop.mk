# SPDX-License-Identifier: Apache-2.0
# weir-loop: real TCP (lwIP) on both sides of the data path, in simulated time (docs/closed-loop.md).

LOOP_C := $(filter-out sim/loop/main.c,$(wildcard sim/loop/*.c))
LOOP_SIM_C := $(wildcard host/policy/*.c) sim/schedule/schedule.c sim/engine/compare.c sim/engine/session.c sim/engine/session_live.c sim/engine/session_replay.c \
  sim/engine/engine_model.c sim/engine/engine_rtl.c sim/common/packet_build.c
# This fragment is read before rtlsim.mk; recipes see its variables, prerequisites do not.
LOOP_RTLSIM_C := $(wildcard sim/engine/rtl_*.c)
LOOP_RTLSIM := $(foreach t,weir_sim_stream weir_sim_gmii,build/rtlsim/$(t)/lib$(t).a)
LOOP_LIBS := -llwip -lyaml -ljansson
C_SOURCES += $(LOOP_C) sim/loop/main.c
PROGRAMS += build/weir-loop
# lwip/, netif/ and arch/
CPPFLAGS += -isystem /usr/include/lwip

build/weir-loop: build/obj/sim/loop/main.o $(LOOP_C:%.c=build/obj/%.o) $(LOOP_SIM_C:%.c=build/obj/%.o) \
  build/libweir-model.a $(LOOP_RTLSIM_C:%.c=build/obj/%.o) $(LOOP_RTLSIM)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(LOOP_LIBS) $(RTLSIM_LINK)

# Without the hardware, under AddressSanitizer and UBSan: for the tests.
LOOP_ASAN := $(LOOP_C:%.c=build/asan/%.o) $(LOOP_SIM_C:%.c=build/asan/%.o) build/asan/libweir-model.a
C_SOURCES += sim/tests/loop_test.c sim/tests/loop_methods_test.c sim/tests/loop_cli_test.c sim/tests/loop_zombie_test.c

build/asan/weir-loop: build/asan/sim/loop/main.o $(LOOP_ASAN)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LOOP_LIBS)

build/loop/loop_test: build/asan/sim/tests/loop_test.o $(LOOP_ASAN)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LOOP_LIBS) -lcheck -lsubunit -lm -lrt -lpthread

# It has its own weir_session_*.
build/loop/loop_methods_test: build/asan/sim/tests/loop_methods_test.o \
  $(filter-out build/asan/sim/loop/options.o build/asan/sim/loop/report.o %/session.o %/session_live.o %/session_replay.o %/compare.o %/engine_model.o %/engine_rtl.o,$(LOOP_ASAN))
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LOOP_LIBS) -lcheck -lsubunit -lm -lrt -lpthread

build/loop/loop_cli_test: build/asan/sim/tests/loop_cli_test.o
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^

build/loop/loop_zombie_test: build/asan/sim/tests/loop_zombie_test.o
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -ljansson

LOOP_SUITES := test-loop-parts test-loop-methods test-loop-model test-loop-zombie test-loop-both
TEST_SUITES += $(LOOP_SUITES)
TEST_ALL_SUITES += test-loop-long test-loop-zombie-both
.PHONY: test-loop $(LOOP_SUITES) test-loop-long test-loop-zombie-both

test-loop-zombie: build/loop/loop_zombie_test build/asan/weir-loop
	@mkdir -p build/loop/zombie
	@$(call suite,$@) $< build/asan/weir-loop build/loop/zombie model

test-loop-zombie-both: build/loop/loop_zombie_test build/weir-loop ## bots, rules and full tables: RTL and model
	@mkdir -p build/loop/zombie-both
	@$(call suite,$@) $< build/weir-loop build/loop/zombie-both both

test-loop-long: build/loop/loop_cli_test build/weir-loop ## 500 clients in SYN floods: RTL with bursts, model at line rate
	@mkdir -p build/loop/long
	@$(call suite,$@) $< build/weir-loop build/loop/long long

test-loop: $(LOOP_SUITES) ## the closed loop: its parts, stand-ins, model, RTL and model

test-loop-parts: build/loop/loop_test
	@$(call suite,$@) $<

test-loop-methods: build/loop/loop_methods_test
	@$(call suite,$@) $<

test-loop-model: build/loop/loop_cli_test build/asan/weir-loop
	@mkdir -p build/loop/model
	@$(call suite,$@) $< build/asan/weir-loop build/loop/model model

test-loop-both: build/loop/loop_cli_test build/weir-loop
	@mkdir -p build/loop/both
	@$(call suite,$@) $< build/weir-loop build/loop/both both
