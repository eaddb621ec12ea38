# SPDX-License-Identifier: Apache-2.0
# weir-sim: captures through the data path.

SIM_DIRS := capture schedule config report cli
SIM_C := $(wildcard $(SIM_DIRS:%=sim/%/*.c)) sim/engine/compare.c sim/engine/session.c \
  sim/engine/engine_model.c sim/engine/engine_rtl.c
SIM_SHARED_C := sim/common/addr.c sim/common/prng.c sim/common/labels.c
SIM_LIBS := -lpcap -lz -lyaml -ljansson
C_SOURCES += $(SIM_C) sim/main.c
PROGRAMS += build/weir-sim

build/weir-sim: build/obj/sim/main.o $(SIM_C:%.c=build/obj/%.o) $(SIM_SHARED_C:%.c=build/obj/%.o) \
  build/libweir-model.a $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(SIM_LIBS) $(RTLSIM_LINK)

# Without the hardware, under AddressSanitizer and UBSan: for the tests.
build/asan/weir-sim: build/asan/sim/main.o $(SIM_C:%.c=build/asan/%.o) $(SIM_SHARED_C:%.c=build/asan/%.o) \
  build/asan/libweir-model.a
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(SIM_LIBS)
