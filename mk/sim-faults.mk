# SPDX-License-Identifier: Apache-2.0
# Faults of the firmware, and of what it is given, under full load (sim/tests/rtl_faults.c).

FAULTS_C := sim/tests/rtl_faults.c sim/tests/faults.c sim/tests/faults_load.c
FAULTS_SIM_C := $(wildcard host/policy/*.c) sim/common/packet_build.c \
  $(addprefix sim/engine/,session.c session_live.c session_replay.c compare.c engine_model.c engine_rtl.c) $(addprefix sim/firmware/,image.c event.c)
C_SOURCES += $(FAULTS_C)
build/rtl-faults: $(FAULTS_C:%.c=build/obj/%.o) $(FAULTS_SIM_C:%.c=build/obj/%.o) build/libweir-model.a \
  $(RTLSIM_OBJECTS) $(RTLSIM_LIBS)
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) build/libweir-model.a -lyaml $(RTLSIM_LINK)

# Where things lie in the image.
build/firmware/weir.sym: build/firmware/weir.elf
	@$(CROSS)nm $< > $@

TEST_SUITES += test-rtl-faults test-rtl-faults-gmii
TEST_ALL_SUITES += test-rtl-faults-long
.PHONY: test-rtl-faults test-rtl-faults-gmii test-rtl-faults-long
FAULTS_IMAGE := build/firmware/weir.hex build/firmware/weir.sym
test-rtl-faults: build/rtl-faults $(FAULTS_IMAGE) ## the firmware killed, hung, crashed, damaged under full load: no frame lost, the model's verdicts, alarms
	@$(call suite,$@) build/rtl-faults $(FAULTS_IMAGE)

test-rtl-faults-gmii: build/rtl-faults $(FAULTS_IMAGE) ## some of it with both GMII wires full
	@$(call suite,$@) build/rtl-faults $(FAULTS_IMAGE) --gmii

test-rtl-faults-long: build/rtl-faults $(FAULTS_IMAGE) ## eight rounds, another seed
	@$(call suite,$@) build/rtl-faults $(FAULTS_IMAGE) 8 2
