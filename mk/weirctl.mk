# SPDX-License-Identifier: Apache-2.0
# weirctl: the command line of libweir (docs/libweir.md), its manual page and completion, its tests.

WEIRCTL_C := $(wildcard host/weirctl/*.c)
WEIRCTL_LIBS := -lpcap -lmicrohttpd -lncursesw -ltinfo -ljansson -lyaml -lpthread
C_SOURCES += $(WEIRCTL_C)
PROGRAMS += build/weirctl

# From the tree with the library in it: build/weirctl runs without being installed. `make install` links the shared one.
build/weirctl: $(WEIRCTL_C:%.c=build/obj/%.o) build/libweir.a
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(WEIRCTL_LIBS) $(LIBWEIR_LIBS)
# What is installed uses the shared library.
build/install/weirctl: $(WEIRCTL_C:%.c=build/obj/%.o) build/libweir.so.1
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -Wl,-z,relro,-z,now -Wl,--as-needed -o $@ $^ $(WEIRCTL_LIBS)

build/asan/weirctl: $(WEIRCTL_C:%.c=build/asan/%.o) build/asan/libweir.a
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(WEIRCTL_LIBS) $(LIBWEIR_LIBS)

# In a tree without what is generated (tools/check-generated) the header comes first.
$(sort $(WEIRCTL_C:%.c=build/obj/%.o) $(LIBWEIR_C:%.c=build/obj/%.o)): | host/include/weir/weir_regs.h

# Help, manual and completion come from the program's own tables.
GENERATED += docs/man/weirctl.1 host/packaging/weirctl.bash
docs/man/weirctl.1: build/weirctl
	@mkdir -p $(@D)
	build/weirctl --manual > $@
host/packaging/weirctl.bash: build/weirctl
	@mkdir -p $(@D)
	build/weirctl --completion > $@

# The same over a site of the tests (host/tests/weirctl_site.c), which fails as it is told to.
C_SOURCES += host/tests/weirctl_site.c
build/asan/weirctl-fake: $(WEIRCTL_C:%.c=build/asan/%.o) build/asan/host/tests/weirctl_site.o build/asan/libweir.a
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(WEIRCTL_LIBS) $(LIBWEIR_LIBS)

# The same without memory, when it is told so.
C_SOURCES += host/tests/weirctl_nomem.c
build/asan/weirctl-nomem: $(WEIRCTL_C:%.c=build/asan/%.o) build/asan/host/tests/weirctl_nomem.o build/asan/host/tests/fail_alloc.o build/asan/libweir.a
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) $(FAIL_ALLOC) -o $@ $^ $(WEIRCTL_LIBS) $(LIBWEIR_LIBS)

# Suites: commands and exit statuses; rules; a live simulator under attack, the screen, the exporter.
WEIRCTL_PY := host/tests/weirctl_common.py
TEST_SUITES += test-weirctl test-weirctl-rules test-weirctl-site test-weirctl-live
.PHONY: test-weirctl test-weirctl-rules test-weirctl-site test-weirctl-live
test-weirctl: build/asan/weirctl build/asan/weirctl-fake build/asan/weir-sim $(WEIRCTL_PY)
	@$(call suite,$@) $(PYTHON) host/tests/weirctl_test.py build/asan/weirctl build/asan/weirctl-fake build/asan/weir-sim docs/man/weirctl.1 host/packaging/weirctl.bash

test-weirctl-rules: build/asan/weirctl-fake build/asan/weir-sim $(WEIRCTL_PY)
	@$(call suite,$@) $(PYTHON) host/tests/weirctl_rules_test.py build/asan/weirctl-fake build/asan/weir-sim

test-weirctl-site: build/asan/weirctl build/asan/weir-sim $(WEIRCTL_PY)
	@$(call suite,$@) $(PYTHON) host/tests/weirctl_site_test.py build/asan/weirctl build/asan/weir-sim policies

test-weirctl-live: build/asan/weirctl build/asan/weir-sim $(WEIRCTL_PY)
	@$(call suite,$@) $(PYTHON) host/tests/weirctl_live_test.py build/asan/weirctl build/asan/weir-sim

# Frames of other people's captures through a live simulator, and what weirctl capture makes of them.
TEST_SUITES += test-weirctl-capture test-weirctl-capture-rtl
.PHONY: test-weirctl-capture test-weirctl-capture-rtl
test-weirctl-capture: build/asan/weirctl build/asan/weirctl-nomem build/asan/weir-sim $(WEIRCTL_PY) ## weirctl capture against what was sent and the simulator's trace
	@$(call suite,$@) $(PYTHON) host/tests/weirctl_capture_test.py build/asan/weirctl build/asan/weir-sim $(CORPUS) model build/asan/weirctl-nomem

test-weirctl-capture-rtl: build/asan/weirctl build/weir-sim $(WEIRCTL_PY) ## the same with the simulated hardware
	@$(call suite,$@) $(PYTHON) host/tests/weirctl_capture_test.py build/asan/weirctl build/weir-sim $(CORPUS) rtl

# libFuzzer on what weirctl reads of a frame.
C_SOURCES += host/fuzz/frame_fuzz.c
build/fuzz-frame: $(patsubst %.c,build/fuzz/%.o,host/fuzz/frame_fuzz.c host/weirctl/frame.c) build/fuzz/libweir.a
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBWEIR_LIBS)
frame_fuzz = build/fuzz-frame -max_len=240 -artifact_prefix=build/log/fuzz-frame- $(1) build/frame-corpus host/fuzz/frame_corpus
FUZZ_TARGETS += fuzz-frame
TEST_SUITES += test-fuzz-frame
.PHONY: fuzz-frame test-fuzz-frame
fuzz-frame: build/fuzz-frame
	@mkdir -p build/frame-corpus build/log
	$(call frame_fuzz,-max_total_time=60)

test-fuzz-frame: build/fuzz-frame ## any octets as a captured frame
	@rm -rf build/frame-corpus && mkdir -p build/frame-corpus build/log
	@$(call suite,$@) sh -c '$(call frame_fuzz,-seed=1 -runs=20000) && echo "fuzz-frame: 20000 checks, 0 failed"'

C_SOURCES += host/tests/weirctl_unit_test.c
build/host/weirctl_unit_test: build/asan/host/tests/weirctl_unit_test.o $(filter-out %/main.o,$(WEIRCTL_C:%.c=build/asan/%.o)) build/asan/libweir.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(WEIRCTL_LIBS) $(LIBWEIR_LIBS) -lcheck -lsubunit -lm -lrt
TEST_SUITES += test-weirctl-unit
.PHONY: test-weirctl-unit
test-weirctl-unit: build/host/weirctl_unit_test
	@CK_FORK=no $(call suite,$@) $<
