# SPDX-License-Identifier: Apache-2.0
# make install DESTDIR= PREFIX=: programs, library, headers, manuals, completion, udev rule, systemd unit, firmware image. make deb: Debian packages.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
# Not below PREFIX: udev reads the rules of packages there, and of administrators in /etc.
UDEVDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib,/etc)/udev/rules.d
# Likewise systemd.
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),/usr/lib,/etc)/systemd/system
D = $(DESTDIR)

# Manual pages and completion are committed: check-generated sees to them.
INSTALLED := build/install/weirctl build/libweir.so.1 build/libweir.a build/weir-sim build/weir-gen build/firmware/weir.hex

.PHONY: install uninstall deb
install: $(INSTALLED) ## programs, library, headers, manuals, udev rule: DESTDIR=, PREFIX=/usr/local
	@install -d $(D)$(BINDIR) $(D)$(LIBDIR)/pkgconfig $(D)$(INCLUDEDIR)/weir $(D)$(DATADIR)/man/man1 $(D)$(DATADIR)/weir/policies \
	  $(D)$(DATADIR)/bash-completion/completions $(D)$(UDEVDIR) $(D)$(UNITDIR)
	@install -m 755 build/install/weirctl build/weir-sim build/weir-gen $(D)$(BINDIR)
	@install -m 644 build/libweir.so.1 $(D)$(LIBDIR)/libweir.so.$(LIBWEIR_VERSION)
	@ln -sf libweir.so.$(LIBWEIR_VERSION) $(D)$(LIBDIR)/libweir.so.1
	@ln -sf libweir.so.1 $(D)$(LIBDIR)/libweir.so
	@install -m 644 build/libweir.a $(D)$(LIBDIR)
	@sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(LIBWEIR_VERSION)|; s|@LIBS@|$(LIBWEIR_LIBS)|' \
	  host/libweir/weir.pc.in >$(D)$(LIBDIR)/pkgconfig/weir.pc
	@install -m 644 host/include/weir/*.h $(D)$(INCLUDEDIR)/weir
	@install -m 644 docs/man/*.1 $(D)$(DATADIR)/man/man1
	@install -m 644 host/packaging/weirctl.bash $(D)$(DATADIR)/bash-completion/completions/weirctl
	@install -m 644 host/packaging/60-weir.rules $(D)$(UDEVDIR)
	@sed 's|@BINDIR@|$(BINDIR)|' host/packaging/weirctl-exporter.service >$(D)$(UNITDIR)/weirctl-exporter.service
	@install -m 644 build/firmware/weir.hex host/packaging/weir-grafana.json $(D)$(DATADIR)/weir
	@install -m 644 policies/*.yaml $(D)$(DATADIR)/weir/policies
	@[ -n "$(D)" ] || ldconfig 2>/dev/null || true

uninstall: ## what `make install` has put there, with the same DESTDIR and PREFIX
	@rm -f $(addprefix $(D)$(BINDIR)/,weirctl weir-sim weir-gen) $(D)$(LIBDIR)/libweir.* $(D)$(LIBDIR)/pkgconfig/weir.pc \
	  $(D)$(DATADIR)/bash-completion/completions/weirctl $(D)$(UDEVDIR)/60-weir.rules $(D)$(UNITDIR)/weirctl-exporter.service \
	  $(addprefix $(D)$(DATADIR)/man/man1/,$(notdir $(wildcard docs/man/*.1)))
	@rm -rf $(D)$(INCLUDEDIR)/weir $(D)$(DATADIR)/weir

# Packages of what is built here; debhelper strips, finds dependencies and checks symbols, and builds nothing.
deb: $(INSTALLED) ## Debian packages libweir1, libweir-dev, weirctl, weir-sim in build/deb
	@tools/quiet build/log/deb.log host/packaging/build-deb $(CURDIR) build/deb
	@ls build/deb/*.deb

# Suites: a tree that was installed is used as somebody would; the packages hold what they should, and lintian has nothing to say.
TEST_SUITES += test-install
.PHONY: test-install
test-install: $(INSTALLED)
	@$(call suite,$@) host/tests/weirctl_install_test.py
