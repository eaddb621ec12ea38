# SPDX-License-Identifier: Apache-2.0
# libweir: build/libweir.a, build/libweir.so.1 with versioned symbols; its own tests (docs/libweir.md).

LIBWEIR_VERSION := 1.0.0
LIBWEIR_C := $(wildcard host/libweir/*.c host/common/*.c host/policy/*.c)
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
LIBWEIR_TESTS := device mail
LIBWEIR_FAKE_C := host/tests/fake_board.c
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
