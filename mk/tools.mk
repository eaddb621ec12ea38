# SPDX-License-Identifier: Apache-2.0
TEST_SUITES += test-tools
.PHONY: test-tools requirements
test-tools: | setup ## the scripts of tools/ that every result goes through
	@$(call suite,$@) tools/test-tools

# Not part of any build: after a change of requirements.in, by hand.
requirements:
	@python3 -m venv build/pip-tools
	@build/pip-tools/bin/pip install -q pip-tools
	@build/pip-tools/bin/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --no-emit-options --strip-extras --no-header --allow-unsafe \
	  -o requirements.txt requirements.in
