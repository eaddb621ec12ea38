# SPDX-License-Identifier: Apache-2.0
# Generated files are committed; this regenerates them all in a copy of the tree and compares.

.PHONY: check-generated test-generated
check-generated: | setup ## regenerate in a copy of the tree and compare with what is committed
	@tools/check-generated $(sort $(GENERATED))

TEST_SUITES += $(if $(GENERATED),test-generated)
test-generated: | setup
	@$(call suite,$@) tools/check-generated $(sort $(GENERATED))
