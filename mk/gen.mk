# SPDX-License-Identifier: Apache-2.0
# weir-gen, and the C helpers of sim/common that it shares with weir-sim and the tests.

SIM_COMMON_C := $(wildcard sim/common/*.c) host/common/addr.c host/common/prng.c
GEN_C := $(filter-out sim/gen/main.c,$(wildcard sim/gen/*.c))
GEN_TEST_C := $(wildcard sim/tests/gen*.c)
C_SOURCES += $(SIM_COMMON_C) $(GEN_C) sim/gen/main.c $(GEN_TEST_C)
PROGRAMS += build/weir-gen

build/weir-gen: $(SIM_COMMON_C:%.c=build/obj/%.o) $(GEN_C:%.c=build/obj/%.o) build/obj/sim/gen/main.o
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lpcap

# Help and manual come from the program's own tables.
GENERATED += docs/man/weir-gen.1
docs/man/weir-gen.1: build/weir-gen
	@mkdir -p $(@D)
	build/weir-gen --manual > $@

# The same program under AddressSanitizer and UBSan, which the test runs too.
build/asan/weir-gen: $(SIM_COMMON_C:%.c=build/asan/%.o) $(GEN_C:%.c=build/asan/%.o) build/asan/sim/gen/main.o
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lpcap

# Suites. The checker that the tests use shares nothing with the builder.
GEN_TEST_LIBS := -lcheck -lsubunit -lpcap -lm -lrt -lpthread
GEN_CHECK_O := sim/tests/gen_check.o

build/gen/common_test: $(SIM_COMMON_C:%.c=build/asan/%.o) build/asan/sim/tests/gen_common_test.o build/asan/$(GEN_CHECK_O)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(GEN_TEST_LIBS)

build/gen/gen_test: $(SIM_COMMON_C:%.c=build/obj/%.o) $(GEN_C:%.c=build/obj/%.o) build/obj/sim/tests/gen_test.o \
  build/obj/$(GEN_CHECK_O)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(GEN_TEST_LIBS)

.PHONY: test-gen-common test-gen test-gen-asan
TEST_SUITES += test-gen-common test-gen test-gen-asan
test-gen-common: build/gen/common_test
	@CK_FORK=no $(call suite,$@) build/gen/common_test

test-gen: build/gen/gen_test build/weir-gen
	@$(call suite,$@) build/gen/gen_test

# The same suite with the program under AddressSanitizer and UBSan.
test-gen-asan: build/gen/gen_test build/asan/weir-gen
	@WEIR_GEN=build/asan/weir-gen $(call suite,$@) build/gen/gen_test

# A short run over the label reader; what it finds new stays under build/.
build/gen/labels_fuzz: $(SIM_COMMON_C:%.c=build/fuzz/%.o) build/fuzz/sim/tests/gen_labels_fuzz.o
	@mkdir -p $(@D)
	@$(CLANG) $(CFLAGS) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^

.PHONY: fuzz-labels
FUZZ_TARGETS += fuzz-labels
fuzz-labels: build/gen/labels_fuzz
	@mkdir -p build/gen/labels_corpus build/log
	@tools/quiet build/log/$@.log build/gen/labels_fuzz -max_total_time=20 -artifact_prefix=build/gen/ \
	  build/gen/labels_corpus sim/tests/gen_labels_corpus
