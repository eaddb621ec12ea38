# SPDX-License-Identifier: Apache-2.0
# What is made from docs/lists/*.def, regs/weir.rdl and regs/weir_soc.rdl; the results are committed.

LISTS := $(wildcard docs/lists/*.def)
GENERATED += rtl/pkg/weir_lists_pkg.sv docs/reasons.md rtl/regs/weir_regs.sv rtl/regs/weir_regs_pkg.sv \
  host/include/weir/weir_regs.h docs/registers.md rtl/regs/weir_soc_regs.sv rtl/regs/weir_soc_regs_pkg.sv
C_SOURCES += tools/lists/lists.c
CPPFLAGS += -Idocs/lists -Ihost/include

build/lists: build/obj/tools/lists/lists.o
	@$(CC) $(CFLAGS) -o $@ $<

rtl/pkg/weir_lists_pkg.sv: build/lists $(LISTS)
	@build/lists sv > $@

docs/reasons.md: build/lists $(LISTS)
	@build/lists md > $@

# PeakRDL writes no licence tag.
rtl/regs/weir_regs.sv rtl/regs/weir_regs_pkg.sv &: regs/weir.rdl | setup
	@peakrdl regblock $< --top weir_regs --cpuif apb4-flat -o rtl/regs
	@sed -i '1i // SPDX-License-Identifier: Apache-2.0' rtl/regs/weir_regs.sv rtl/regs/weir_regs_pkg.sv

rtl/regs/weir_soc_regs.sv rtl/regs/weir_soc_regs_pkg.sv &: regs/weir_soc.rdl | setup
	@peakrdl regblock $< --top weir_soc --module-name weir_soc_regs --package-name weir_soc_regs_pkg \
	  --cpuif apb4-flat -o rtl/regs
	@sed -i '1i // SPDX-License-Identifier: Apache-2.0' rtl/regs/weir_soc_regs.sv rtl/regs/weir_soc_regs_pkg.sv

host/include/weir/weir_regs.h: regs/weir.rdl regs/weir_soc.rdl regs/export.py $(LISTS) | setup
	@mkdir -p $(@D)
	@$(PYTHON) regs/export.py c $< regs/weir_soc.rdl docs/lists > $@.new && mv $@.new $@

docs/registers.md: regs/weir.rdl regs/weir_soc.rdl regs/export.py $(LISTS) | setup
	@$(PYTHON) regs/export.py md $< regs/weir_soc.rdl docs/lists > $@
