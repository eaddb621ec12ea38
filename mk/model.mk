# SPDX-License-Identifier: Apache-2.0
# The C reference model: sim/model/ as build/libweir-model.a, its tests, its benchmark.

# The lists, hash and addresses are shared with the host (host/common/).
MODEL_C := $(wildcard sim/model/*.c) $(addprefix host/common/,addr.c hash.c lists.c prng.c)
MODEL_TEST_C := $(wildcard sim/tests/model_*.c)
C_SOURCES += $(MODEL_C) $(MODEL_TEST_C)

# Users link this and, with it, nothing else.
MODEL_LIB := build/libweir-model.a
MODEL_COMMON := sim/common/packet_build

build/libweir-model.a: $(MODEL_C:%.c=build/obj/%.o)
	@rm -f $@ && ar rcs $@ $^

build/asan/libweir-model.a: $(MODEL_C:%.c=build/asan/%.o)
	@rm -f $@ && ar rcs $@ $^

build/test-model: $(MODEL_TEST_C:%.c=build/asan/%.o) $(MODEL_COMMON:%=build/asan/%.o) build/asan/libweir-model.a
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

TEST_SUITES += test-model
.PHONY: test-model
test-model: build/test-model ## the reference model: vectors, parser, tables, meters, decision
	@$(call suite,$@) env CK_FORK=no build/test-model

# Random frames: the generator is shared with the comparison of RTL and model.
RANDOM_FRAME_C := $(wildcard sim/fuzz/random_*.c)
C_SOURCES += $(RANDOM_FRAME_C) sim/fuzz/model_random.c sim/fuzz/model_fuzz.c

build/model-random: build/asan/sim/fuzz/model_random.o $(RANDOM_FRAME_C:%.c=build/asan/%.o) \
  build/asan/sim/tests/model_setup.o build/asan/libweir-model.a
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^

TEST_SUITES += test-model-random
TEST_ALL_SUITES += test-model-random-long
.PHONY: test-model-random test-model-random-long
test-model-random: build/model-random ## 200,000 random frames through the model, sanitized
	@$(call suite,$@) build/model-random 200000 1

TEST_SUITES += test-model-random-state
TEST_ALL_SUITES += test-model-random-state-long
.PHONY: test-model-random-state test-model-random-state-long
test-model-random-state: build/model-random ## 200,000 frames of conversations through connections, SYN floods, scores
	@$(call suite,$@) build/model-random --state 200000 1

test-model-random-state-long: build/model-random ## 2 million of them
	@$(call suite,$@) build/model-random --state 2000000 2

test-model-random-long: build/model-random ## 2 million of them, other seeds
	@$(call suite,$@) build/model-random 2000000 2

build/fuzz-model: build/fuzz/sim/fuzz/model_fuzz.o build/fuzz/sim/fuzz/random_rules.o build/fuzz/sim/tests/model_setup.o \
  $(MODEL_C:%.c=build/fuzz/%.o)
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^

# Seeds of the corpus: one random frame each, in the format of the target.
build/model-corpus/stamp: build/model-seeds
	@rm -rf $(@D) && mkdir -p $(@D) && build/model-seeds $(@D) 500 && touch $@

build/model-seeds: build/obj/sim/fuzz/model_seeds.o $(RANDOM_FRAME_C:%.c=build/obj/%.o) \
  build/libweir-model.a
	@$(CC) $(LDFLAGS) -o $@ $^
C_SOURCES += sim/fuzz/model_seeds.c

FUZZ_TARGETS += fuzz-model
TEST_SUITES += test-fuzz-model
.PHONY: fuzz-model test-fuzz-model
FUZZ_MODEL := build/fuzz-model -max_len=8192 -print_final_stats=1 -artifact_prefix=build/log/fuzz-model-
fuzz-model: build/fuzz-model build/model-corpus/stamp ## libFuzzer on the model, one minute
	$(FUZZ_MODEL) -max_total_time=60 build/model-corpus

test-fuzz-model: build/fuzz-model build/model-corpus/stamp ## the same, 50,000 inputs
	@$(call suite,$@) sh -c '$(FUZZ_MODEL) -seed=1 -runs=50000 build/model-corpus && \
	  echo "fuzz-model: 50000 checks, 0 failed"'

# What the parser counts in captures.
C_SOURCES += sim/tests/corpus_counts.c
build/corpus-counts: build/obj/sim/tests/corpus_counts.o build/obj/sim/tests/model_setup.o \
  build/libweir-model.a
	@$(CC) $(LDFLAGS) -o $@ $^ -lpcap

# Time of the model for one packet: build/bench-model CAPTURE...
C_SOURCES += sim/tests/bench_model.c
build/bench-model: build/obj/sim/tests/bench_model.o build/obj/sim/tests/model_setup.o \
  build/libweir-model.a
	@$(CC) $(LDFLAGS) -o $@ $^ -lpcap
