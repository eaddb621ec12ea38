# SPDX-License-Identifier: Apache-2.0
# The host's side of the link (docs/link.md), and the vectors that it shares with the hardware.

GENERATED += docs/vectors/link.txt
docs/vectors/link.txt: tb/link/link_vectors.py
	@python3 $< > $@

LINK_C := host/common/link_frame.c host/common/link_proto.c
LINK_TESTS := frame proto vectors
C_SOURCES += $(LINK_C) $(LINK_TESTS:%=host/tests/link_%_test.c) host/fuzz/link_fuzz.c

build/host/link_%_test: build/asan/host/tests/link_%_test.o $(LINK_C:%.c=build/asan/%.o)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread
.SECONDARY: $(LINK_TESTS:%=build/asan/host/tests/link_%_test.o)

TEST_SUITES += test-host-link
.PHONY: test-host-link
test-host-link: $(LINK_TESTS:%=build/host/link_%_test) docs/vectors/link.txt ## framing and protocol of the host link
	@CK_FORK=no $(call suite,$@) sh -ec '$(LINK_TESTS:%=build/host/link_%_test;)'

# libFuzzer; what it finds new stays under build/. The corpus: frames of the vectors, raw.
build/fuzz-link: build/fuzz/host/fuzz/link_fuzz.o $(LINK_C:%.c=build/fuzz/%.o)
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^

link_fuzz = build/fuzz-link -max_len=4096 -artifact_prefix=build/log/fuzz-link- $(1) build/link-corpus host/fuzz/link_corpus
FUZZ_TARGETS += fuzz-link
TEST_SUITES += test-fuzz-link
.PHONY: fuzz-link test-fuzz-link
fuzz-link: build/fuzz-link
	@mkdir -p build/link-corpus build/log
	$(call link_fuzz,-max_total_time=60)

test-fuzz-link: build/fuzz-link
	@rm -rf build/link-corpus && mkdir -p build/link-corpus build/log
	@$(call suite,$@) sh -c '$(call link_fuzz,-seed=1 -runs=30000) && echo "fuzz-link: 30000 checks, 0 failed"'
