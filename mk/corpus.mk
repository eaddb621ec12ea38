# SPDX-License-Identifier: Apache-2.0
# The captures of other people (docs/corpus.md) through both engines, against what others counted in them.

# Folder with the captures and their index.tsv.
CORPUS ?= ../shared/pcaps
CORPUS_C := sim/tests/corpus_check.c sim/tests/corpus_columns.c sim/tests/corpus_tables.c
C_SOURCES += $(CORPUS_C)
CORPUS_SIM_C := $(wildcard sim/capture/*.c sim/schedule/*.c host/policy/*.c) sim/engine/compare.c sim/engine/session.c sim/engine/session_live.c sim/engine/session_replay.c \
  sim/engine/engine_model.c sim/engine/engine_rtl.c
CORPUS_LIBS := -lpcap -lz -lyaml
# mk/rtlsim.mk comes later; its libraries by the same rule.
CORPUS_RTL_LIBS := $(foreach t,$(basename $(notdir $(wildcard sim/rtl/weir_sim_stream.sv sim/rtl/weir_sim_gmii.sv))),build/rtlsim/$(t)/lib$(t).a)
CORPUS_RTL_C := $(wildcard sim/engine/rtl_*.c)

build/corpus-check: $(CORPUS_C:%.c=build/obj/%.o) $(CORPUS_SIM_C:%.c=build/obj/%.o) build/libweir-model.a \
  $(CORPUS_RTL_C:%.c=build/obj/%.o) $(CORPUS_RTL_LIBS)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(CORPUS_LIBS) $(RTLSIM_LINK)

# The same without the hardware, under AddressSanitizer and UBSan.
build/asan/corpus-check: $(CORPUS_C:%.c=build/asan/%.o) $(CORPUS_SIM_C:%.c=build/asan/%.o) build/asan/libweir-model.a
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(CORPUS_LIBS)

TEST_SUITES += test-corpus test-corpus-asan
# Two halves, side by side.
TEST_ALL_SUITES += test-corpus-all-1 test-corpus-all-2
.PHONY: test-corpus test-corpus-asan test-corpus-all test-corpus-all-1 test-corpus-all-2
test-corpus: build/corpus-check ## captures of others: all in the model, every eighth of the small ones in the RTL too
	@$(call suite,$@) build/corpus-check --subset fast --doc docs/corpus.md $(CORPUS)

test-corpus-asan: build/asan/corpus-check
	@$(call suite,$@) build/asan/corpus-check --engine model $(CORPUS)

test-corpus-all: test-corpus-all-1 test-corpus-all-2 ## captures of others: all through both
test-corpus-all-1 test-corpus-all-2: test-corpus-all-%: build/corpus-check
	@$(call suite,$@) build/corpus-check --part $*/2 $(CORPUS)
