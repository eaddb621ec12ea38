# SPDX-License-Identifier: Apache-2.0
# Firmware: firmware/app natively, under Check and the sanitizers. The soft core's build: mk/firmware-image.mk.

FIRMWARE_APP_C := $(wildcard firmware/app/*.c)
FIRMWARE_TEST_C := $(sort $(wildcard firmware/host-tests/test_*.c)) firmware/host-tests/fake_hal.c firmware/host-tests/mail_board.c
C_SOURCES += $(FIRMWARE_APP_C) $(FIRMWARE_TEST_C)

# Whoever runs the firmware natively links this.
FIRMWARE_LIB := build/libweir-firmware.a

build/libweir-firmware.a: $(FIRMWARE_APP_C:%.c=build/obj/%.o)
	@rm -f $@ && ar rcs $@ $^

build/test-firmware: $(FIRMWARE_TEST_C:%.c=build/asan/%.o) $(FIRMWARE_APP_C:%.c=build/asan/%.o) \
  build/asan/host/common/prng.o build/asan/host/common/addr.o
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

TEST_SUITES += test-firmware
.PHONY: test-firmware
test-firmware: build/test-firmware ## the firmware, natively on a fake of the hardware
	@$(call suite,$@) env CK_FORK=no build/test-firmware
