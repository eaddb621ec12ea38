# SPDX-License-Identifier: Apache-2.0
# weir-gen, and the C helpers of sim/common that it shares with weir-sim and the tests.

SIM_COMMON_C := $(wildcard sim/common/*.c)
GEN_C := $(filter-out sim/gen/main.c,$(wildcard sim/gen/*.c))
GEN_TEST_C := $(wildcard sim/tests/gen*.c)
C_SOURCES += $(SIM_COMMON_C) $(GEN_C) sim/gen/main.c $(GEN_TEST_C)
PROGRAMS += build/weir-gen

build/weir-gen: $(SIM_COMMON_C:%.c=build/obj/%.o) $(GEN_C:%.c=build/obj/%.o) build/obj/sim/gen/main.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpcap

# Help and manual come from the program's own tables.
GENERATED += docs/man/weir-gen.1
docs/man/weir-gen.1: build/weir-gen
	@mkdir -p $(@D)
	build/weir-gen --manual > $@

# The same program under AddressSanitizer and UBSan, which the test runs too.
build/asan/weir-gen: $(SIM_COMMON_C:%.c=build/asan/%.o) $(GEN_C:%.c=build/asan/%.o) build/asan/sim/gen/main.o
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lpcap
