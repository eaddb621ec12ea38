# SPDX-License-Identifier: Apache-2.0
# libweir's way over USB, and its tests against an FT2232H that umockdev emulates (host/tests/usb_board.h).

USB_C := host/libweir/transport_usb.c host/libweir/usb_find.c host/libweir/usb_wait.c host/libweir/ft2232h.c
USB_LIBS := -lusb-1.0
USB_EMULATION_C := host/tests/usb_board.c host/tests/usb_fs.c host/tests/usb_chip.c
USB_TEST_C := $(patsubst %,host/tests/usb_%_test.c,transport open octets fault alloc)
C_SOURCES += $(USB_EMULATION_C) host/tests/usb_ft2232h_test.c $(USB_TEST_C) host/tests/usb_bridge.c host/tests/usb_push.c

# Asked once, by the first recipe that compiles: before that its package may not be installed.
UMOCKDEV_CFLAGS = $(eval UMOCKDEV_CFLAGS := $$(shell pkg-config --cflags umockdev-1.0 | sed 's/-I/-isystem /g'))$(UMOCKDEV_CFLAGS)
UMOCKDEV_LIBS := -lumockdev -lgobject-2.0 -lglib-2.0
CPPFLAGS += $(UMOCKDEV_CFLAGS)

# AddressSanitizer's runtime must come before any other preloaded library.
umockdev_asan = LD_PRELOAD=$$($(CC) -print-file-name=libasan.so):libumockdev-preload.so.0

USB_CHECK_LIBS := -lcheck -lsubunit -lm -lrt -lpthread
build/host/usb_ft2232h_test: $(patsubst %.c,build/asan/%.o,host/tests/usb_ft2232h_test.c host/tests/usb_chip.c host/libweir/ft2232h.c)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(USB_CHECK_LIBS)
# libusb statically: its allocations can fail then as ours do (host/tests/fail_alloc.h).
build/host/usb_transport_test: $(patsubst %.c,build/asan/%.o,$(USB_TEST_C) host/tests/fail_alloc.c $(USB_EMULATION_C) $(USB_C))
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) $(FAIL_ALLOC) -Wl,--wrap=libusb_init -o $@ $^ -l:libusb-1.0.a -l:libudev.so.1 $(UMOCKDEV_LIBS) $(USB_CHECK_LIBS)

TEST_SUITES += test-usb
.PHONY: test-usb
test-usb: build/host/usb_ft2232h_test build/host/usb_transport_test ## usb: through libusb, boards emulated by umockdev, unplugged at every step
	@CK_FORK=no $(call suite,$@) sh -ec 'build/host/usb_ft2232h_test; $(umockdev_asan) timeout 300 build/host/usb_transport_test'

# The contract of libweir (mk/libweir.mk) with libusb and a running simulator in between: the model behind it, and the RTL with its firmware.
build/host/usb_bridge: $(patsubst %.c,build/obj/%.o,host/tests/usb_bridge.c $(USB_EMULATION_C))
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(UMOCKDEV_LIBS) -lpthread

over_usb = host/tests/with-sim $(1) build/contract/$(2).sock $(3) -- build/host/usb_bridge build/contract/$(2).sock SIM env $(umockdev_asan)
TEST_SUITES += test-libweir-contract-usb test-libweir-contract-usb-rtl
.PHONY: test-libweir-contract-usb test-libweir-contract-usb-rtl
test-libweir-contract-usb: build/host/contract_test build/host/usb_bridge build/asan/weir-sim ## libweir's contract over usb:, through libusb to the simulator
	@CK_FORK=no $(call suite,$@) $(call over_usb,build/asan/weir-sim,usb,--engine model) $< usb:

# A soft core that is simulated needs longer for an answer than one on a board.
test-libweir-contract-usb-rtl: build/host/contract_test build/host/usb_bridge build/weir-sim build/firmware/weir.hex ## the same, the RTL and the firmware on its soft core behind it
	@CK_FORK=no $(call suite,$@) $(call over_usb,build/weir-sim,usb-rtl) $< --mail-ms 20000 usb:

# What an operator pushes, as packets feel it: threshold, libusb, link, firmware, meter. With a soft core that is simulated it takes minutes, nearly
# all of them until its firmware has taken up the policy: `make test` has it with the hardware alone, test-all with the firmware, too.
build/host/usb_push: build/asan/host/tests/usb_push.o build/asan/libweir.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBWEIR_LIBS) -lm
TEST_SUITES += test-usb-effect test-usb-effect-rtl
TEST_ALL_SUITES += test-usb-effect-firmware
.PHONY: test-usb-effect test-usb-effect-rtl test-usb-effect-firmware
test-usb-effect: build/host/usb_push build/host/usb_bridge build/asan/weir-sim build/weir-gen ## thresholds over usb: into the simulator, and the packets that they cost
	@PRELOAD=$(umockdev_asan) $(call suite,$@) host/tests/usb_effect.sh build/asan/weir-sim build/usb-effect --engine model

test-usb-effect-rtl: build/host/usb_push build/host/usb_bridge build/weir-sim build/weir-gen ## the same, into the meters of the simulated hardware
	@PRELOAD=$(umockdev_asan) $(call suite,$@) host/tests/usb_effect.sh build/weir-sim build/usb-effect-rtl --engine rtl --no-firmware

test-usb-effect-firmware: build/host/usb_push build/host/usb_bridge build/weir-sim build/weir-gen build/firmware/weir.hex ## the same, through the firmware on the soft core
	@PRELOAD=$(umockdev_asan) $(call suite,$@) host/tests/usb_effect.sh build/weir-sim build/usb-effect-firmware --engine rtl
