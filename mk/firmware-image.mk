# SPDX-License-Identifier: Apache-2.0
# The firmware for the soft core (its native tests: mk/firmware.mk): build/firmware/weir.elf, .bin, .hex (for $readmemh, one 32-bit word a line), and its sizes.
# The link fails when code, data and 1,536 bytes of stack do not fit into 32 KB (firmware/boot/weir.ld).

PROGRAMS += build/firmware/weir.hex

CROSS := riscv64-unknown-elf-
CROSS_FLAGS := -march=rv32i -mabi=ilp32 --specs=picolibc.specs -std=gnu11 -Os -g -msave-restore \
  -ffunction-sections -fdata-sections -msmall-data-limit=0 -fno-common
# What -Os does for speed all the same; and inlining, where it makes the code larger.
CROSS_FLAGS += -fno-tree-ch -fno-shrink-wrap
build/cross/firmware/app/alarm.o build/cross/firmware/app/threshold.o: CROSS_FLAGS += -fno-inline-functions-called-once
CROSS_C := $(sort $(wildcard firmware/app/*.c)) firmware/hal/hal_soc.c firmware/boot/main.c firmware/boot/divide.c
CROSS_OBJECTS := $(CROSS_C:%.c=build/cross/%.o) build/cross/firmware/boot/crt0.o
C_SOURCES += firmware/boot/image.c
-include $(CROSS_C:%.c=build/cross/%.d)

build/cross/%.o: %.c | setup
	$(compile) $(CROSS)gcc $(CROSS_FLAGS) $(flags)

build/cross/%.o: %.S | setup
	$(compile) $(CROSS)gcc $(CROSS_FLAGS) $(CPPFLAGS) -c -o $@ $<

build/firmware/linked.elf: $(CROSS_OBJECTS) firmware/boot/weir.ld
	@mkdir -p $(@D)
	@$(CROSS)gcc $(CROSS_FLAGS) -nostartfiles -T firmware/boot/weir.ld -Wl,--gc-sections,--no-warn-rwx-segments \
	  -Wl,-Map=build/firmware/weir.map -o $@ $(CROSS_OBJECTS)

build/firmware-image: build/obj/firmware/boot/image.o
	@$(CC) $(LDFLAGS) -o $@ $^

build/firmware/weir.elf build/firmware/weir.bin build/firmware/weir.hex &: build/firmware/linked.elf build/firmware-image
	@$(CROSS)objcopy -O binary $< build/firmware/weir.bin
	@build/firmware-image build/firmware/weir.bin build/firmware/weir.hex build/firmware/sum.bin
	@$(CROSS)objcopy --update-section .sum=build/firmware/sum.bin $< build/firmware/weir.elf
	@$(CROSS)size -A build/firmware/weir.elf | awk '/^\.(text|sum|kept|bss)/ { n[$$1] = $$2 } \
	  END { printf "  firmware: code %d, kept %d, other data %d, left for the stack %d bytes\n", \
	  n[".text"] + n[".sum"], n[".kept"], n[".bss"], 32768 - n[".text"] - n[".sum"] - n[".kept"] - n[".bss"] }'

.PHONY: firmware firmware-size
firmware: build/firmware/weir.hex ## the image of the soft core: build/firmware/weir.{elf,bin,hex}

firmware-size: build/firmware/weir.elf ## bytes of code and of data, by source file, and of the compiler's library
	@$(CROSS)size -t $(CROSS_OBJECTS)
	@$(CROSS)nm -S --size-sort build/firmware/weir.elf | tail -n 25

# Boot's own arithmetic natively; the image: whole memory, the right sum, nothing initialised (the link script looks after the rest).
build/test-firmware-boot: $(patsubst %,build/asan/%.o,firmware/host-tests/boot_test firmware/boot/divide host/common/prng)
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ -lcheck -lsubunit -lm -lrt -lpthread

TEST_SUITES += test-firmware-boot
.PHONY: test-firmware-boot
test-firmware-boot: build/test-firmware-boot build/firmware/weir.hex ## boot of the firmware, and its image
	@$(call suite,$@) sh -c 'CK_FORK=no build/test-firmware-boot && \
	  test "$$(grep -cE "^[0-9a-f]{8}$$" build/firmware/weir.hex)" = 8192 && echo "firmware-image: 1 checks, 0 failed"'

# Messages of the host: libFuzzer.
FUZZ_MAIL_C := firmware/host-tests/mail_fuzz.c firmware/host-tests/mail_board.c
C_SOURCES += $(FUZZ_MAIL_C) firmware/host-tests/boot_test.c firmware/boot/divide.c
build/fuzz-mail: $(patsubst %.c,build/fuzz/%.o,$(FUZZ_MAIL_C) $(sort $(wildcard firmware/app/*.c)))
	@$(CLANG) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^

FUZZ_TARGETS += fuzz-mail
TEST_SUITES += test-fuzz-mail
.PHONY: fuzz-mail test-fuzz-mail
FUZZ_MAIL := build/fuzz-mail -max_len=2048 -len_control=0 -use_value_profile=1 -print_final_stats=1 \
  -artifact_prefix=build/log/fuzz-mail-
fuzz-mail: build/fuzz-mail ## libFuzzer on the messages of the host to the firmware, one minute
	@mkdir -p build/log
	$(FUZZ_MAIL) -max_total_time=60

test-fuzz-mail: build/fuzz-mail ## the same, 50,000 inputs
	@mkdir -p build/log
	@$(call suite,$@) sh -c '$(FUZZ_MAIL) -seed=1 -runs=50000 && echo "fuzz-mail: 50000 checks, 0 failed"'

# The bench of the image on the soft core reads it when it starts.
build/tb/weir_firmware/run.log: build/firmware/weir.hex
