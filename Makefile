# uvnet needs GNU make, a C compiler, libuv 1.44 or later and a Lua with its headers.
# `make help` lists the targets. What can be set, on the command line or in the environment:
#   LUA=lua5.3          the Lua to build for (default: the newest that has its headers)
#   KEYS="5.1 5.4 jit"  the Luas that test, all-luas and rock go through (default: all that the system has)
#   CC, CFLAGS, LDFLAGS, LUA_INCDIR, UV_CFLAGS, UV_LIBS, PREFIX, DESTDIR
#   UVNET_NO_SETUP=1    install nothing: say what is missing
#   NODE26=/path        the Node 26 to compare with (default: the PATH's, or the one that npm puts into build/)
#   V=1                 show the compiler's command lines

SHELL = /bin/sh
CC ?= cc
CFLAGS ?= -O2
PREFIX ?= /usr/local
MAKEFLAGS += --no-print-directory
Q = $(if $(V),,@)
export CC KEYS

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:

# ---------------------------------------------------------------------------------------- the core, for one Lua
# Only these two goals look at the machine: before they are made, tools/setup.sh has seen to what is missing.
ifneq (,$(filter core install-core,$(MAKECMDGOALS)))

ifeq (,$(LUA))
LUA := $(shell tools/probe.sh lua)
endif
KEY := $(shell tools/probe.sh key $(LUA))
INCLUDE := $(shell tools/probe.sh include $(LUA))
UV_CFLAGS := $(shell tools/probe.sh uv-cflags)
UV_LIBS := $(shell tools/probe.sh uv-libs)

# A variant is a build beside the plain one: `asan` or `valgrind`. See tools/test.sh.
VARIANT ?=
OUT := build/$(if $(VARIANT),$(VARIANT)-)$(KEY)
CORE := $(OUT)/uvnet/core.so
OBJECTS := $(patsubst src/%.c,$(OUT)/obj/%.o,$(sort $(wildcard src/*.c)))

variant_flags_asan = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
variant_link_asan = -fsanitize=address,undefined -Wl,-z,nodelete
variant_flags_valgrind = -O1 -g
variant_link_valgrind = -Wl,-z,nodelete

COMPILE = $(CC) -std=c99 $(CFLAGS) -fPIC -fvisibility=hidden -Wall -Wextra -Wpedantic -Wshadow \
  $(variant_flags_$(VARIANT)) -D_GNU_SOURCE -isystem $(INCLUDE) $(UV_CFLAGS) $(CPPFLAGS)
ifeq ($(shell uname -s),Darwin)
LINK = $(CC) -bundle -undefined dynamic_lookup $(LDFLAGS)
else
LINK = $(CC) -shared $(LDFLAGS) $(variant_link_$(VARIANT))
endif

.PHONY: core
core: $(CORE)

$(CORE): $(OBJECTS) $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $(OBJECTS) $(UV_LIBS)

$(OUT)/obj/%.o: src/%.c $(OUT)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Other flags, or another list of files, are a reason to build anew.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(LINK) $(UV_LIBS) $(OBJECTS)' | cmp -s - $@ || \
	  echo '$(COMPILE) $(LINK) $(UV_LIBS) $(OBJECTS)' > $@

-include $(OBJECTS:.o=.d)

LUA_VERSION = $(if $(filter jit,$(KEY)),5.1,$(KEY))
SHARE = $(DESTDIR)$(PREFIX)/share/lua/$(LUA_VERSION)
LIB = $(DESTDIR)$(PREFIX)/lib/lua/$(LUA_VERSION)

.PHONY: install-core
install-core: $(CORE)
	@for file in $$(cd lua && find . -name '*.lua' | sort); do \
	  mkdir -p "$(SHARE)/$$(dirname $$file)" && install -m 644 "lua/$$file" "$(SHARE)/$$file" || exit 1; \
	done
	@mkdir -p "$(LIB)/uvnet"
	install -m 755 $(CORE) "$(LIB)/uvnet/core.so"
	@mkdir -p "$(DESTDIR)$(PREFIX)/share/uvnet"
	@cp -R docs examples types "$(DESTDIR)$(PREFIX)/share/uvnet/"

endif

# ---------------------------------------------------------------------------------------------- what people type
.PHONY: build install demo test all-luas
build: ## build for one Lua (the default target)
	@tools/setup.sh --check build
	@$(MAKE) core

install: ## install for one Lua under PREFIX (DESTDIR is put before it)
	@tools/setup.sh --check build
	@$(MAKE) install-core

demo: ## set up, build, and run the echo server and client over TCP and a unix socket
	@tools/setup.sh build
	@$(MAKE) core
	@tools/demo.sh

test: ## set up, build, and run the specs on every Lua of KEYS
	@tools/test.sh

all-luas: ## build for every Lua of KEYS
	@tools/setup.sh --check all-luas
	@for key in $${KEYS:-$$(. tools/common.sh; all_keys)}; do $(MAKE) core LUA=$$(. tools/common.sh; find_lua $$key) || exit 1; done

# ------------------------------------------------------------------------------------------- what developers type
.PHONY: valgrind-core gc-stress-core platform-sid platform-32 platform-big-endian platform-windows platform-musl parity parity-random lint format asan valgrind gc-stress fuzz oom interrupts walk stress stress-cluster soak rock docs bench bench-quick bench-many bench-processes bench-check clean help
lint: ## luacheck, clang-format, gcc, clang and mingw-w64 with all warnings, clang-tidy, cppcheck, shellcheck
	@tools/lint.sh

format: ## format the C files
	@. tools/common.sh; clang-format -i $$(c_files)

asan: ## the specs under AddressSanitizer, LeakSanitizer and UBSan
	@tools/test.sh asan

valgrind: ## the specs under valgrind's memcheck
	@tools/test.sh valgrind

# What looks most at the memory of the C core: what CI has time for under the slow checkers.
CORE_SPECS = $(foreach name,lifetime lifetime_edges lifetime_end owner accept write_lists serialize block_list codec fast_path socket_write \
  socket_traffic,$(wildcard spec/$(name)_spec.lua))

# Of these, those that memcheck, which is slower still, has time for.
VALGRIND_SPECS = $(foreach name,lifetime lifetime_end owner accept write_lists serialize lazy_state fast_path socket_write socket_traffic, \
  $(wildcard spec/$(name)_spec.lua))

valgrind-core: ## some of these specs under valgrind's memcheck, on Lua 5.1
	@KEYS="$(or $(KEYS),5.1)" tools/test.sh valgrind $(VALGRIND_SPECS)

gc-stress-core: ## the same specs, and the cases of spec/parity, with the collector at its most aggressive
	@UVNET_GC_STRESS=1 UVNET_TEST_SECONDS=900 KEYS=5.4 tools/test.sh $(CORE_SPECS) && KEYS=5.4 stress/run collect

gc-stress: ## the specs and the cases of spec/parity with the collector at its most aggressive, on GC_KEYS (default: 5.4)
	@for key in $(or $(GC_KEYS),5.4); do UVNET_GC_STRESS=1 UVNET_TEST_SECONDS=900 KEYS=$$key tools/test.sh && KEYS=$$key stress/run collect || exit 1; done

fuzz: ## the fuzzers, FUZZ_SECONDS each (default: 300)
	@tools/fuzz.sh

oom: ## the core and the modules while memory fails, at each allocation
	@stress/run oom
	@stress/run states

interrupts: ## hooks that raise, at each place of our own lines, INTERRUPT_SECONDS for each program (default: 10)
	@stress/run interrupts $(or $(INTERRUPT_SECONDS),10) $(FIRST)

walk: ## a random walk of STEPS (default: 200,000), SEED may be given; then one under AddressSanitizer
	@stress/run walk $(or $(STEPS),200000) $(SEED)
	@KEYS=5.4 stress/run --asan walk $(or $(STEPS),200000) $(SEED)

stress: ## what CI runs of oom and walk, some at the same time
	@stress/ci

stress-cluster: ## workers of a cluster are killed under load, CLUSTER_SECONDS (default: 60) for each policy, on CLUSTER_KEYS (default: 5.4)
	@KEYS="$(or $(CLUSTER_KEYS),5.4)" stress/run cluster $(or $(CLUSTER_SECONDS),60)

soak: ## SOAK_CONNECTIONS that come and go for SOAK_SECONDS, SOAK_IDLE that stay, fast writers and readers that sleep
	@KEYS="$(or $(SOAK_KEYS),5.4)" stress/run soak $(or $(SOAK_SECONDS),600) $(or $(SOAK_CONNECTIONS),2000) $(or $(SOAK_IDLE),50000)

parity: ## the cases of spec/parity in Node 26, and on PARITY_KEYS (default: three Luas) with the fast paths and without
	@tools/setup.sh --check all-luas
	@without=; for key in $(or $(PARITY_KEYS),5.4 5.1 jit); do \
	  lua=$$(. tools/common.sh; find_lua $$key) && $(MAKE) core LUA=$$lua && \
	  WITHOUT_NODE=$$without LUA=$$lua spec/parity/run || exit 1; without=1; done

parity-random: ## COUNT random programs (default: 300) in Node 26, and on three Luas with the fast paths and without; SEED may be given
	@tools/setup.sh --check all-luas
	@for key in 5.1 5.4 jit; do lua=$$(. tools/common.sh; find_lua $$key); \
	  $(MAKE) core LUA=$$lua && LUA=$$lua spec/parity/random/run $(or $(COUNT),300) $(SEED) || exit 1; done

platform-sid: ## the specs on Debian's newest (in a root of its own): Lua 5.5, the newest libuv, LuaJIT and gcc; 5.5 under ASan, too
	@tools/platform.sh sid

platform-32: ## the specs on 32 bits (i386)
	@tools/platform.sh 32

platform-big-endian: ## the specs on s390x (big-endian) and arm64, emulated: slow
	@tools/platform.sh s390x && tools/platform.sh arm64

platform-musl: ## the specs on musl, by musl-gcc
	@tools/platform-musl.sh

platform-windows: ## the specs on Windows, as far as Wine is one: Lua, libuv and the core by mingw-w64
	@tools/platform-windows.sh

rock: ## luarocks make for each Lua but LuaJIT, and a program outside of the project that uses the rock
	@tools/rock.sh

docs: ## write the reference as HTML into docs/reference, from types/
	@tools/setup.sh docs
	@tools/docs.sh

bench: ## all measurements
	@tools/setup.sh bench
	@bench/run

bench-quick: ## the short measurements
	@tools/setup.sh bench
	@bench/run --quick

bench-many: ## up to 50,000 connections, in a virtual machine where need be
	@tools/setup.sh bench
	@bench/many

bench-processes: ## what a cluster and its channel cost, beside Node's
	@tools/setup.sh bench
	@bench/processes

bench-check: ## what a message costs, against bench/limits.txt
	@tools/setup.sh bench-check
	@bench/check

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | sort | expand -t 16

FORCE:
.PHONY: FORCE
