# SPDX-License-Identifier: Apache-2.0
# Proofs: each tb/formal/<name>.sby is run by SymbiYosys; all of its tasks must pass.

PROOFS := $(sort $(basename $(notdir $(wildcard tb/formal/*.sby))))
PROVE_SUITES += $(addprefix prove-,$(PROOFS))
.PHONY: test-proofs $(addprefix prove-,$(PROOFS))

define proof_rules
# Rebuilt when a file of its [files] section changed.
build/prove/$(1).pass: tb/formal/$(1).sby | setup
	@tools/prove $(1)

prove-$(1): build/prove/$(1).pass
	@cat $$<

-include build/prove/$(1).d
endef
$(foreach p,$(PROOFS),$(eval $(call proof_rules,$(p))))

TEST_SUITES += $(if $(PROOFS),test-proofs)
test-proofs: | setup ## the proofs as a suite (one: make prove-NAME)
	@$(call suite,$@) $(MAKE) -k $(parallel) $(addprefix prove-,$(PROOFS))
