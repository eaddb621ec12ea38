# SPDX-License-Identifier: Apache-2.0
# Operations of libweir over a fake of the device: the reference model with the firmware beside it.

OPS_C := $(wildcard $(addprefix host/libweir/,status.c meter.c alarm.c table.c site.c site_*.c rules_*.c snapshot.c)) \
  $(wildcard host/policy/*.c)
OPS_FAKE_C := host/tests/fake_dev.c host/tests/ops_help.c sim/firmware/native.c sim/firmware/event.c sim/common/packet_build.c host/libweir/error.c
OPS_LIBS := -lyaml -ljansson -lz
OPS_TESTS := $(patsubst host/tests/%_test.c,%,$(wildcard $(addprefix host/tests/,ops_test.c site_test.c rules_test.c opsalloc_test.c)))
C_SOURCES += $(OPS_C) $(OPS_FAKE_C) $(OPS_TESTS:%=host/tests/%_test.c)

# The fixture of those that have a site.
OPS_SITE_TESTS := $(patsubst %,build/host/%_test,site rules opsalloc)
C_SOURCES += host/tests/ops_site.c
$(OPS_SITE_TESTS): build/asan/host/tests/ops_site.o
build/host/opsalloc_test: LDFLAGS += $(FAIL_ALLOC)
$(OPS_TESTS:%=build/host/%_test): build/host/%_test: build/asan/host/tests/%_test.o \
  $(OPS_C:%.c=build/asan/%.o) $(OPS_FAKE_C:%.c=build/asan/%.o) $(FIRMWARE_APP_C:%.c=build/asan/%.o) build/asan/libweir-model.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(OPS_LIBS) -lcheck -lsubunit -lm -lrt -lpthread
.SECONDARY: $(OPS_TESTS:%=build/asan/host/tests/%_test.o)

TEST_SUITES += $(OPS_TESTS:%=test-host-%)
.PHONY: $(OPS_TESTS:%=test-host-%)
$(OPS_TESTS:%=test-host-%): test-host-%: build/host/%_test
	@CK_FORK=no $(call suite,$@) build/host/$*_test

# libFuzzer on what a host reads back: a site, a snapshot, a learned state, a rules file.
C_SOURCES += host/fuzz/site_fuzz.c
build/fuzz-site: build/fuzz/host/fuzz/site_fuzz.o build/fuzz/libweir.a
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBWEIR_LIBS)
.SECONDARY: build/fuzz/host/fuzz/site_fuzz.o

site_fuzz = build/fuzz-site -max_len=8192 -artifact_prefix=build/log/fuzz-site- $(1) build/site-corpus host/fuzz/site_corpus
FUZZ_TARGETS += fuzz-site
TEST_SUITES += test-fuzz-site
.PHONY: fuzz-site test-fuzz-site
fuzz-site: build/fuzz-site
	@mkdir -p build/site-corpus build/log
	$(call site_fuzz,-max_total_time=60)

test-fuzz-site: build/fuzz-site
	@rm -rf build/site-corpus && mkdir -p build/site-corpus build/log
	@$(call suite,$@) sh -c '$(call site_fuzz,-seed=1 -runs=20000) && echo "fuzz-site: 20000 checks, 0 failed"'
