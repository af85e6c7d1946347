# make test and make demo need nothing but this folder and Swift: what else is missing, setup installs on Debian and Ubuntu.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# The command starts faster without Swift's shared libraries, and runs where there are none; libpq stays shared.
STATIC := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
RELEASE := swift build -c release $(STATIC) --product online-change
SOURCES := Package.swift Sources Tests recipes $(wildcard integration)

# Where install puts things; DESTDIR comes before it all, for packages.
PREFIX ?= /usr/local
MAN := .build/man
MAN_TOOL := swift build --package-path .build/checkouts/swift-argument-parser --scratch-path .build/man-tool -c release

.PHONY: setup build test demo demo-types staged-deploys bench torture pictures lint release man install uninstall clean

setup: ## Installs what is missing; needs no network when nothing is.
	@scripts/setup

build: setup ## Builds the command, optimised: .build/release/online-change
	@$(RELEASE)

test: setup ## Runs every test.
	@scripts/test

demo: build ## Shows a change on a server of its own, under load.
	@.build/release/online-change demo

demo-types: build ## Shows a primary key becoming bigint, under load.
	@.build/release/online-change demo --types

staged-deploys: build ## Makes docs/staged-deploys.md: three deploys of a small application, on a server of its own.
	@integration/staged-deploys/run.sh >.build/staged-deploys.md
	@mv .build/staged-deploys.md docs/staged-deploys.md

bench: setup ## Times the backfill against one single UPDATE, on a server of its own.
	@integration/bench.sh

torture: setup ## Kills, cuts off and starves the tool in every way that we know; prints a table.
	@integration/torture.sh

pictures: build ## Draws docs/status-watch.svg and docs/report.png, from a real backfill.
	@scripts/setup pictures
	@scripts/pictures

lint: ## Fails on anything that swift format would change.
	@swift format lint --strict -r $(SOURCES)

release: build ## The command without debugging symbols: .build/online-change
	@strip -o .build/online-change .build/release/online-change
	@ls -lh .build/online-change

man: build ## Man pages, made of what --help says: .build/man
	@$(MAN_TOOL) --product generate-manual
	@rm -rf $(MAN) && mkdir -p $(MAN)
	@"$$($(MAN_TOOL) --show-bin-path)/generate-manual" .build/release/online-change --multi-page \
	  --date "$$(git log -1 --format=%cs 2>/dev/null || date +%F)" --output-directory $(MAN)

install: release man ## The command, its man pages and shell completions: make install PREFIX=/usr/local DESTDIR=
	@scripts/install '$(DESTDIR)$(PREFIX)'

uninstall: ## Removes what install has put there.
	@scripts/install --remove '$(DESTDIR)$(PREFIX)'

clean: ## Removes all that was built.
	@rm -rf .build
