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
