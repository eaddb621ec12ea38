# SPDX-License-Identifier: Apache-2.0
# The C reference model: sim/model/ as build/libweir-model.a, its tests, its benchmark.

MODEL_C := $(wildcard sim/model/*.c)
MODEL_TEST_C := $(wildcard sim/tests/model_*.c)
C_SOURCES += $(MODEL_C) $(MODEL_TEST_C)

# Users link this and, with it, nothing else.
MODEL_LIB := build/libweir-model.a
MODEL_COMMON := sim/common/addr sim/common/prng sim/common/packet_build

build/libweir-model.a: $(MODEL_C:%.c=build/obj/%.o)
	@rm -f $@ && ar rcs $@ $^

build/asan/libweir-model.a: $(MODEL_C:%.c=build/asan/%.o)
	@rm -f $@ && ar rcs $@ $^

build/test-model: $(MODEL_TEST_C:%.c=build/asan/%.o) $(MODEL_COMMON:%=build/asan/%.o) build/asan/libweir-model.a
	$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

TEST_SUITES += test-model
.PHONY: test-model
test-model: build/test-model ## the reference model: vectors, parser, tables, meters, decision
	@$(call suite,$@) env CK_FORK=no build/test-model
