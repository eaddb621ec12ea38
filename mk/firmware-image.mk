# SPDX-License-Identifier: Apache-2.0
# The firmware for the soft core: build/firmware/weir.elf, .bin, .hex (for $readmemh, one 32-bit word a line), and its sizes.
# The link fails when code, data and 1,536 bytes of stack do not fit into 32 KB (firmware/boot/weir.ld).

CROSS := riscv64-unknown-elf-
CROSS_FLAGS := -march=rv32i -mabi=ilp32 --specs=picolibc.specs -std=gnu11 -Os -g -msave-restore \
  -ffunction-sections -fdata-sections -msmall-data-limit=0 -fno-common
CROSS_C := $(sort $(wildcard firmware/app/*.c)) firmware/hal/hal_soc.c firmware/boot/main.c
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
