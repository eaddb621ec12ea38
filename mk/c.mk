# SPDX-License-Identifier: Apache-2.0
# Compiling C: build/obj/ (optimised), build/asan/ (AddressSanitizer and UBSan), build/fuzz/
# (clang, libFuzzer). The object of sim/x.c is build/obj/sim/x.o.

CC := gcc
CLANG := clang-14
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Werror
CFLAGS := -std=gnu11 -O2 -g
LDFLAGS :=
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

compile = @mkdir -p $(@D); $(CCACHE)
flags = $(CPPFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<

build/obj/%.o: %.c | setup
	$(compile) $(CC) $(CFLAGS) $(flags)

build/asan/%.o: %.c | setup
	$(compile) $(CC) $(CFLAGS) -O1 $(SANITIZE) $(flags)

build/fuzz/%.o: %.c | setup
	$(compile) $(CLANG) $(CFLAGS) -O1 $(SANITIZE) -fsanitize=fuzzer-no-link $(flags)
