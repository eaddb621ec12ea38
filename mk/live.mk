# SPDX-License-Identifier: Apache-2.0
# weir-sim in real time: its host link (--listen), and between interfaces (--live).

# The appliance's end of the link, held to the vectors of the hardware.
C_SOURCES += host/tests/link_serve_test.c
build/host/link-serve-test: $(patsubst %,build/asan/host/%.o,tests/link_serve_test common/link_serve common/link_frame common/link_proto)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

TEST_SUITES += test-link-serve
.PHONY: test-link-serve
test-link-serve: build/host/link-serve-test docs/vectors/link.txt ## the appliance's end of the host link in C, against the vectors
	@CK_FORK=no $(call suite,$@) $<

# The tests are hosts and peers; weir-sim is a process of its own: under sanitizers with the model, as it is with the hardware.
C_SOURCES += sim/tests/listen_test.c sim/tests/live_test.c sim/tests/live_peer.c
LIVE_TEST_OBJECTS := build/asan/sim/tests/live_peer.o build/asan/sim/common/packet_build.o \
  $(patsubst %,build/asan/host/common/%.o,link_frame link_proto addr)

build/sim/listen-test build/sim/live-test: build/sim/%-test: build/asan/sim/tests/%_test.o $(LIVE_TEST_OBJECTS)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -ljansson -lcheck -lsubunit -lm -lrt -lpthread

LISTEN_TESTS := test-listen-model test-listen-rtl test-listen-both
TEST_SUITES += $(LISTEN_TESTS)
.PHONY: $(LISTEN_TESTS)
test-listen-model: build/asan/weir-sim build/weir-gen build/sim/listen-test ## the host link beside the model
	@CK_FORK=no $(call suite,$@) build/sim/listen-test build/asan/weir-sim build/weir-gen model build/$@

test-listen-rtl test-listen-both: test-listen-%: build/weir-sim build/weir-gen build/firmware/weir.hex build/sim/listen-test ## the host link of the simulated hardware
	@CK_FORK=no $(call suite,$@) build/sim/listen-test build/weir-sim build/weir-gen $* build/$@

LIVE_TESTS := test-live-model test-live-rtl test-live-both
TEST_SUITES += $(LIVE_TESTS)
.PHONY: $(LIVE_TESTS)
test-live-model: build/asan/weir-sim build/sim/live-test ## the model between two interfaces, in real time
	@CK_FORK=no $(call suite,$@) build/sim/live-test build/asan/weir-sim model build/$@

test-live-rtl test-live-both: test-live-%: build/weir-sim build/firmware/weir.hex build/sim/live-test ## the simulated hardware between two interfaces
	@CK_FORK=no $(call suite,$@) build/sim/live-test build/weir-sim $* build/$@

TEST_SUITES += test-live-tap test-live-tap-model
.PHONY: test-live-tap test-live-tap-model
test-live-tap: build/weir-sim ## the simulated hardware between two TAPs and real stacks, in network namespaces
	@$(call suite,$@) $(PYTHON) sim/tests/live_tap_test.py $< rtl build/$@

test-live-tap-model: build/asan/weir-sim ## the same with the model
	@$(call suite,$@) $(PYTHON) sim/tests/live_tap_test.py $< model build/$@
