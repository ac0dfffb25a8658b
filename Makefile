# SPDX-License-Identifier: GPL-2.0-only
# What people type. The kernel's build reads Kbuild, never this file.

# Where the kernel to build for was built, or its headers package.
KDIR ?= /lib/modules/$(shell uname -r)/build

# LLVM=1, LLVM=-16 or CC=gcc-12 asks for a compiler. Headers that were configured
# for another one get a view that suits it.
compiler = $(if $(LLVM),clang$(filter-out 1,$(LLVM)),$(if $(filter command%,$(origin CC)),$(CC)))
build-dir = $(if $(compiler),$(shell scripts/kdir-for "$(compiler)" "$(KDIR)"),$(KDIR))
kbuild-opts = -C "$(build-dir)" M="$(CURDIR)"

# Headers from a package come without the key that the kernel's modules were
# signed with: installing would complain, module by module, and go on.
sign-args = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

.PHONY: modules modules_install initramfs_install clean check kunit mutate coverage fuzz test test-all lab demo bench cost help

modules: kdir
	@$(MAKE) $(kbuild-opts) modules

modules_install: kdir
	@scripts/check-install "$(KDIR)" "$(INSTALL_MOD_PATH)"
	@$(MAKE) $(kbuild-opts) $(sign-args) modules_install
	@scripts/run-depmod "$(KDIR)" "$(INSTALL_MOD_PATH)"

initramfs_install:
	@scripts/install-initramfs "$(DESTDIR)"

clean: kdir
	@$(MAKE) $(kbuild-opts) clean

.PHONY: kdir
kdir:
	@scripts/check-kdir "$(KDIR)" "$(compiler)"

check:
	@scripts/check

kunit:
	@scripts/kunit $(KERNEL) $(if $(DEBUG),debug)

mutate:
	@scripts/mutate

coverage:
	@scripts/coverage

# SEED alone is that execution once more.
fuzz:
	@scripts/fuzz $(or $(SECONDS),$(if $(SEED),0,120)) $(SEED)

test:
	@scripts/test quick

test-all:
	@scripts/test all

lab:
	@tests/lab/lab

demo:
	@tests/lab/demo

# What xpv costs, beside the kernel's own drivers, and in instructions.
bench:
	@tests/bench/bench

cost:
	@tests/bench/cost

help:
	@echo 'Build'
	@echo '  make                  all modules, for the running kernel'
	@echo '  make KDIR=DIR         all modules, for the kernel built or packaged in DIR'
	@echo '  make modules_install  install them (INSTALL_MOD_PATH=DIR: under DIR)'
	@echo '  make initramfs_install  bring them into the initramfs (DESTDIR=DIR: under DIR)'
	@echo '  make clean            remove what a build made'
	@echo '  W=1  C=2  LLVM=1      more warnings; run sparse; build with clang'
	@echo
	@echo 'Test'
	@echo '  scripts/install-deps  install every package the rest needs (Debian 12, 13)'
	@echo '  make check            static checks'
	@echo '  make kunit            KUnit suites on user-mode Linux (KERNEL=6.12: in QEMU; DEBUG=1: with KASAN)'
	@echo '  make mutate           breaks line by line what the suites are to notice'
	@echo '  make coverage         lines and branches that the suites run, by folder'
	@echo '  make fuzz             a random, hostile dom0 (SECONDS=120; SEED=n: once more)'
	@echo '  make lab              all lab cases (CASE=net/* some; GUEST=pv, pvh or hvm)'
	@echo '  make demo             see it work: real Xen, dom0 and guest, in QEMU'
	@echo '  make bench            xpv beside the Xen drivers in the kernel, on real Xen (GUEST= ROWS= PAIRS=)'
	@echo '  make cost             instructions for each disk request and packet'
	@echo '  make test             whether the tree is sound: 5 to 15 minutes'
	@echo '  make test-all         all of it: checks, builds, KUnit, lab, benchmarks: hours'
