# SPDX-License-Identifier: Apache-2.0
# The Verilated data path as a C library (sim/engine/rtl_sim.h), at two depths. No C++ is written by hand:
# --lib-create gives a C ABI, and C is compiled as C; only the link needs the C++ run-time.

# Without -march=native, which takes 15 % more time here: the code is long, not wide, and AVX-512 makes it spill into
# vector registers. Objects are the same on every machine, too.
RTLSIM_CFLAGS := -O3
RTLSIM_C := $(wildcard sim/engine/rtl_*.c)
C_SOURCES += $(RTLSIM_C)
# svdpi.h
CPPFLAGS += -isystem $(VERILATOR_ROOT)/include/vltstd

# Loops are unrolled whole: those over the 352 bits of the hash key alone take a tenth of the time otherwise.
RTLSIM_UNROLL := --unroll-count 1024 --unroll-stmts 200000

# $(1) top module
define rtlsim_rules
build/rtlsim/$(1)/lib$(1).a: sim/rtl/$(1).sv rtl/lint/waivers.vlt | setup
	$$(call run,$(1).build,verilator $(1)) $$(VERILATOR) --cc --build --lib-create $(1) --assert \
	  -O3 $(RTLSIM_UNROLL) --x-assign fast --x-initial fast $$(VERILATOR_WARN) rtl/lint/sim.vlt $$(VERILATOR_SEARCH) -y sim/rtl +incdir+sim/rtl \
	  --MMD --MP --build-jobs 2 -MAKEFLAGS "OPT_FAST='$(RTLSIM_CFLAGS)' OPT_SLOW=-O1 OPT_GLOBAL=-O2 OBJCACHE=$$(CCACHE) CFG_CXXFLAGS_PCH_I=-include" \
	  --top-module $(1) -Mdir build/rtlsim/$(1) $$(RTL_PACKAGES) sim/rtl/$(1).sv
	@sed 's,^build/[^:]*:,$$@:,' build/rtlsim/$(1)/V$(1)__ver.d > build/rtlsim/$(1)/deps.d

-include build/rtlsim/$(1)/deps.d
endef
RTLSIM_TOPS := $(basename $(notdir $(wildcard sim/rtl/weir_sim_stream.sv sim/rtl/weir_sim_gmii.sv)))
$(foreach t,$(RTLSIM_TOPS),$(eval $(call rtlsim_rules,$(t))))

# What a program that uses the engine links: objects, libraries, run-time.
RTLSIM_OBJECTS := $(RTLSIM_C:%.c=build/obj/%.o)
RTLSIM_LIBS := $(foreach t,$(RTLSIM_TOPS),build/rtlsim/$(t)/lib$(t).a)
RTLSIM_LINK := $(RTLSIM_LIBS) -lz -lstdc++ -lpthread -latomic -lm

# Random frames through RTL and model.
C_SOURCES += sim/fuzz/rtl_random.c
build/rtl-random: build/obj/sim/fuzz/rtl_random.o $(RANDOM_FRAME_C:%.c=build/obj/%.o) build/obj/sim/tests/model_setup.o \
  build/libweir-model.a $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(RTLSIM_LINK)

# Both wires full.
C_SOURCES += sim/tests/rtl_saturate.c
build/rtl-saturate: build/obj/sim/tests/rtl_saturate.o $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(RTLSIM_LINK)

# Answers, through both engines.
C_SOURCES += sim/tests/rtl_answer.c
build/rtl-answer: build/obj/sim/tests/rtl_answer.o build/obj/sim/common/packet_build.o \
  $(addprefix build/obj/sim/engine/,session.o session_live.o session_replay.o compare.o engine_model.o engine_rtl.o) build/libweir-model.a $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(RTLSIM_LINK)

# Chosen addresses against a known and an unknown hash key, through both engines.
C_SOURCES += sim/tests/rtl_collide.c
build/rtl-collide: build/obj/sim/tests/rtl_collide.o build/obj/sim/common/packet_build.o \
  $(addprefix build/obj/sim/engine/,session.o session_live.o session_replay.o compare.o engine_model.o engine_rtl.o) build/libweir-model.a $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a $(RTLSIM_LINK)

C_SOURCES += sim/tests/gmii_test.c
build/asan/gmii-test: build/asan/sim/tests/gmii_test.o build/asan/sim/engine/rtl_gmii.o
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lz

TEST_SUITES += test-gmii test-rtl-random test-rtl-random-state test-rtl-random-gmii test-rtl-saturate test-rtl-answer test-rtl-answer-gmii test-rtl-collide test-rtl-abi
TEST_ALL_SUITES += test-rtl-random-long test-rtl-random-state-long test-rtl-random-gmii-long
.PHONY: test-rtl-answer test-rtl-answer-gmii test-rtl-collide test-gmii test-rtl-random test-rtl-random-state test-rtl-random-gmii test-rtl-saturate test-rtl-abi test-rtl-random-long test-rtl-random-state-long test-rtl-random-gmii-long
test-rtl-collide: build/rtl-collide ## addresses chosen to collide, against the known hash key and another one
	@$(call suite,$@) build/rtl-collide

test-rtl-random: build/rtl-random ## 40,000 random frames through RTL and model
	@$(call suite,$@) build/rtl-random 40000 1

test-rtl-random-state: build/rtl-random ## 40,000 frames of random TCP conversations, with floods, through both
	@$(call suite,$@) build/rtl-random --state 40000 1

test-rtl-random-state-long: build/rtl-random ## 400,000 of them, other seeds
	@$(call suite,$@) build/rtl-random --state 400000 2

test-rtl-random-long: build/rtl-random ## 400,000 of them, other seeds
	@$(call suite,$@) build/rtl-random 400000 2

test-rtl-random-gmii: build/rtl-random ## 5,000 of them at the GMII pins
	@$(call suite,$@) build/rtl-random --gmii 5000 1

test-rtl-random-gmii-long: build/rtl-random ## 50,000 at the GMII pins, other seeds
	@$(call suite,$@) build/rtl-random --gmii 50000 2

test-gmii: build/asan/gmii-test ## the simulator's ends of the GMII wires
	@$(call suite,$@) build/asan/gmii-test

test-rtl-saturate: build/rtl-saturate ## both GMII wires full for 5 ms, frames of 64 bytes
	@$(call suite,$@) build/rtl-saturate 5

test-rtl-answer: build/rtl-answer ## SYN floods answered by RTL and model with cookies, and their proofs
	@$(call suite,$@) build/rtl-answer

test-rtl-answer-gmii: build/rtl-answer ## the same at the GMII pins
	@$(call suite,$@) build/rtl-answer --gmii

test-rtl-abi: $(RTLSIM_LIBS) ## rtl_top.c declares what Verilator wrote
	@$(call suite,$@) tools/rtl-abi sim/engine/rtl_top.c $(foreach t,$(RTLSIM_TOPS),build/rtlsim/$(t)/$(t).cpp)
