# SPDX-License-Identifier: Apache-2.0
# Pictures of the documents that no other target makes, and that are committed: a look at them belongs to making them.

.PHONY: docs-pictures
docs-pictures: build/weir-sim build/weir-gen build/weirctl ## docs/top.png: `weirctl top` in a flood (needs xvfb, xterm, imagemagick, fonts-dejavu-core)
	@$(PYTHON) sim/demo/top_picture.py build docs/top.png
