# SPDX-License-Identifier: Apache-2.0
# libweir: build/libweir.a, build/libweir.so.1 with versioned symbols; its own tests (docs/libweir.md).

LIBWEIR_VERSION := 1.0.0
# link_serve.c is the appliance's side.
LIBWEIR_C := $(wildcard host/libweir/*.c host/policy/*.c) $(filter-out %/link_serve.c,$(wildcard host/common/*.c))
LIBWEIR_LIBS := -lusb-1.0 -lyaml -ljansson -lz
LIBWEIR_H := $(filter-out %/weir_regs.h,$(wildcard host/include/weir/*.h))
C_SOURCES += $(LIBWEIR_C)
CPPFLAGS += -DWEIR_WITH_USB
PROGRAMS += build/libweir.a build/libweir.so.1

# What a shared library is made of, and what two threads run.
build/pic/%.o: %.c | setup
	$(compile) $(CC) $(CFLAGS) -fPIC $(flags)
build/tsan/%.o: %.c | setup
	$(compile) $(CC) $(CFLAGS) -O1 -fsanitize=thread $(flags)
-include $(foreach kind,pic tsan,$(LIBWEIR_C:%.c=build/$(kind)/%.d))

build/libweir.a: $(LIBWEIR_C:%.c=build/obj/%.o)
	@rm -f $@ && ar rcs $@ $^
build/asan/libweir.a: $(LIBWEIR_C:%.c=build/asan/%.o)
	@rm -f $@ && ar rcs $@ $^
build/tsan/libweir.a: $(LIBWEIR_C:%.c=build/tsan/%.o)
	@rm -f $@ && ar rcs $@ $^
build/fuzz/libweir.a: $(LIBWEIR_C:%.c=build/fuzz/%.o)
	@rm -f $@ && ar rcs $@ $^

build/libweir.so.1: $(LIBWEIR_C:%.c=build/pic/%.o) host/libweir/libweir.map
	@$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=host/libweir/libweir.map -Wl,-z,defs -Wl,--as-needed \
	  -o $@ $(filter %.o,$^) $(LIBWEIR_LIBS)
	@ln -sf $(@F) build/libweir.so

# Tests over an appliance of the tests, sanitized.
LIBWEIR_TESTS := device mail fault lines replay capture
# Allocations that fail when a test says so (host/tests/fail_alloc.h).
FAIL_ALLOC := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
C_SOURCES += host/tests/fail_alloc.c
build/host/fault_test: LDFLAGS += $(FAIL_ALLOC)
build/host/fault_test build/host/opsalloc_test: build/asan/host/tests/fail_alloc.o
LIBWEIR_FAKE_C := host/tests/fake_board.c sim/live/capture_end.c
C_SOURCES += $(LIBWEIR_FAKE_C) $(LIBWEIR_TESTS:%=host/tests/%_test.c)
LIBWEIR_TEST_LIBS := $(LIBWEIR_LIBS) -lcheck -lsubunit -lm -lrt -lpthread

$(LIBWEIR_TESTS:%=build/host/%_test): build/host/%_test: build/asan/host/tests/%_test.o $(LIBWEIR_FAKE_C:%.c=build/asan/%.o) build/asan/libweir.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBWEIR_TEST_LIBS)
.SECONDARY: $(LIBWEIR_TESTS:%=build/asan/host/tests/%_test.o)

TEST_SUITES += $(LIBWEIR_TESTS:%=test-libweir-%)
.PHONY: $(LIBWEIR_TESTS:%=test-libweir-%)
$(LIBWEIR_TESTS:%=test-libweir-%): test-libweir-%: build/host/%_test
	@CK_FORK=no $(call suite,$@) $<

# One contract for every way to an appliance. The simulator's model is one, its RTL another; a pseudo terminal leads to it as a serial line would;
# and what was said is replayed. mk/usb.mk has the same over USB.
C_SOURCES += host/tests/contract_test.c host/tests/pty_bridge.c
build/host/contract_test: build/asan/host/tests/contract_test.o build/asan/libweir.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBWEIR_TEST_LIBS)
build/host/pty_bridge: build/asan/host/tests/pty_bridge.o
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^

with_model = host/tests/with-sim build/asan/weir-sim build/contract/$(1).sock --engine model --
TEST_SUITES += test-libweir-contract-model test-libweir-contract-replay test-libweir-contract-tty test-libweir-contract-rtl
.PHONY: test-libweir-contract-model test-libweir-contract-replay test-libweir-contract-tty test-libweir-contract-rtl
test-libweir-contract-model: build/host/contract_test build/asan/weir-sim ## libweir's contract over sim:, the model behind it
	@CK_FORK=no $(call suite,$@) $(call with_model,model) $< sim:build/contract/model.sock

test-libweir-contract-replay: build/host/contract_test build/asan/weir-sim ## the same recorded, then over replay:
	@rm -rf build/contract/replay && mkdir -p build/contract/replay
	@CK_FORK=no $(call suite,$@) sh -ec '$(call with_model,replay) $< --record build/contract/replay/%s.replay sim:build/contract/replay.sock; \
	  $< replay:build/contract/replay/%s.replay'

test-libweir-contract-tty: build/host/contract_test build/host/pty_bridge build/asan/weir-sim ## the same over tty:
	@CK_FORK=no $(call suite,$@) $(call with_model,tty) build/host/pty_bridge build/contract/tty.sock build/contract/tty $< tty:build/contract/tty

test-libweir-contract-rtl: build/host/contract_test build/weir-sim build/firmware/weir.hex ## the same over sim:, the RTL and the firmware on its soft core behind it
	@CK_FORK=no $(call suite,$@) host/tests/with-sim build/weir-sim build/contract/rtl.sock -- $< sim:build/contract/rtl.sock

# Four threads, a device each.
C_SOURCES += host/tests/threads_test.c host/fuzz/replay_fuzz.c
-include $(patsubst %.c,build/tsan/%.d,host/tests/threads_test.c $(LIBWEIR_FAKE_C))
build/host/threads_test: build/tsan/host/tests/threads_test.o $(LIBWEIR_FAKE_C:%.c=build/tsan/%.o) build/tsan/libweir.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -fsanitize=thread $(LDFLAGS) -o $@ $^ $(LIBWEIR_LIBS) -lpthread

TEST_SUITES += test-libweir-threads
.PHONY: test-libweir-threads
test-libweir-threads: build/host/threads_test ## libweir in several threads, under ThreadSanitizer
	@$(call suite,$@) $<

# libFuzzer on records; what it finds new stays under build/. The corpus: a conversation, and hand-made ones.
build/fuzz-replay: build/fuzz/host/fuzz/replay_fuzz.o build/fuzz/libweir.a
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBWEIR_LIBS)

replay_fuzz = build/fuzz-replay -max_len=16384 -timeout=20 -artifact_prefix=build/log/fuzz-replay- $(1) build/replay-corpus host/fuzz/replay_corpus
FUZZ_TARGETS += fuzz-replay
TEST_SUITES += test-fuzz-replay
.PHONY: fuzz-replay test-fuzz-replay
fuzz-replay: build/fuzz-replay
	@mkdir -p build/replay-corpus build/log
	$(call replay_fuzz,-max_total_time=60)

test-fuzz-replay: build/fuzz-replay ## records and what an appliance may say, fuzzed
	@rm -rf build/replay-corpus && mkdir -p build/replay-corpus build/log
	@$(call suite,$@) sh -c '$(call replay_fuzz,-seed=1 -runs=20000) && echo "fuzz-replay: 20000 checks, 0 failed"'

# What programs see of it. LIBWEIR_PENDING: functions that a header declares and nobody has written yet.
LIBWEIR_PENDING :=
TEST_SUITES += test-libweir-headers test-libweir-symbols test-libweir-doc
.PHONY: test-libweir-headers test-libweir-symbols test-libweir-doc libweir-doc
test-libweir-headers: build/libweir.so.1 ## public headers as C and C++, programs through pkg-config
	@$(call suite,$@) host/tests/check-libweir headers $(LIBWEIR_VERSION) '$(LIBWEIR_LIBS)'

test-libweir-symbols: build/libweir.so.1 build/libweir.a ## the library gives what its headers declare, versioned
	@$(call suite,$@) host/tests/check-libweir symbols $(LIBWEIR_PENDING)

test-libweir-doc: | setup ## Doxygen on the public headers, without warnings
	@$(call suite,$@) host/tests/check-libweir doc

libweir-doc: | setup ## documentation of libweir: build/libweir-doc/html/index.html
	@mkdir -p build && doxygen host/libweir/Doxyfile
