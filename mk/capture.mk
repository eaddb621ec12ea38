# SPDX-License-Identifier: Apache-2.0
# Capture of frames for a host (docs/soc.md, "Capture"): the appliance's end beside the model.

C_SOURCES += sim/tests/capture_end_test.c
build/sim/capture-end-test: $(patsubst %,build/asan/sim/%.o,tests/capture_end_test live/capture_end firmware/event)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

TEST_SUITES += test-capture-end
.PHONY: test-capture-end
test-capture-end: build/sim/capture-end-test ## the memory of captured frames beside the model
	@CK_FORK=no $(call suite,$@) $<
