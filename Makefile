SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/.tools/bin:$(PATH)

WASM := wasm32-unknown-unknown
CLIPPY := cargo clippy
# Needs no network once the crates are there.
DENY := cargo deny --locked --all-features --log-level error check
TARGET = $(or $(CARGO_TARGET_DIR),target)
BINARY = $(TARGET)/debug/once
# Off unless asked for, and tested with the rest.
TRACES := --features server/opentelemetry
FAIL_POINTS := --package server --features fail-points --bin once-fail-points
ifdef PORT
export LEPTOS_SITE_ADDR := 127.0.0.1:$(PORT)
endif

.PHONY: help run test check fmt lint layers routes unit e2e pictures size lighthouse queries model sim crash soak storm overload oracle controls fuzz packaging deny sbom mutants openapi api-fuzz sameness

help: ## Say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: ## Build the shop and start it; takes PORT=, DATABASE_URL=, REDIS_URL= and whatever .env.sample lists
	@scripts/setup build
	cargo leptos build
	@ONCE_PLAIN_HTTP=$${ONCE_PLAIN_HTTP:-true} exec $(BINARY)

test: ## Run everything that must hold; ends with "N passed, N failed"
	@scripts/test

check: lint layers ## Check formatting, lints and layers
	cargo fmt --all --check

fmt: ## Format the code
	cargo fmt --all

lint: ## Lint both sides; see that no dependency is of unknown licence or source, and that one would be refused
	@scripts/setup build
	@scripts/setup deny
	$(DENY) bans licenses sources
	@scripts/bad-crates
	$(CLIPPY) --workspace --exclude frontend --all-targets $(TRACES) -- --deny warnings
	$(CLIPPY) --workspace --exclude frontend -- --deny warnings
	$(CLIPPY) --package frontend --package app --features app/hydrate --target $(WASM) -- --deny warnings

layers: ## Check what each crate depends on and names
	@scripts/layers

routes: ## Print every address of the shop, and who is answered what there
	@scripts/setup test
	scripts/with-services -- cargo test --package server --test api se_01 -- --nocapture

unit: ## Run the tests that need no browser
	@scripts/setup test
	cargo build $(FAIL_POINTS)
	scripts/with-services -- cargo test --workspace --exclude frontend $(TRACES)

e2e: ## Build the shop and run the tests in the browser; TEST= chooses some
	@scripts/setup test
	cargo leptos build
	scripts/with-services -- npm --prefix end2end test -- $(TEST)

pictures: ## Draw anew how the buy button looks in each of its states: what make e2e compares with
	$(MAKE) e2e TEST='--project look --update-snapshots=all'

size: ## Measure what the browser loads for the checkout page and for /, and fail above their budgets
	@scripts/setup release
	@scripts/size

lighthouse: ## Measure the release with Lighthouse, on the catalogue and where one pays, and fail below its floors
	@scripts/setup lighthouse
	cargo leptos build --release
	ONCE_END2END_PROFILE=release npm --prefix end2end test -- --config lighthouse/lighthouse.config.ts

queries: ## Check every SQL query against the migrations and store what builds need to know of it
	scripts/prepare-queries

model: ## Walk every interleaving and fault of the order protocol, the naive ones and its mutations; about 2 minutes
	cargo run --release --package model

SEEDS = 100000
sim: ## Run the real protocol over simulated stores, SEEDS= times
	cargo run --release --package sim -- --seeds $(SEEDS)

crash: ## Kill, stop and cut the real server and its stores at every step, and count the orders; about 10 minutes
	@scripts/setup test
	cargo build --release $(FAIL_POINTS)
	cargo build --release --package crash
	$(TARGET)/release/crash matrix
	$(TARGET)/release/crash commit-cuts
	$(TARGET)/release/crash redis-outages
	$(TARGET)/release/crash parallel
	$(TARGET)/release/crash nginx
	$(TARGET)/release/crash desync

storm: ## Let every fault happen to three servers, by chance, for SECONDS=; the same for the same SEED=
	@scripts/setup test
	cargo build --release $(FAIL_POINTS)
	cargo build --release --package crash
	$(TARGET)/release/crash storm --seconds $(or $(SECONDS),600) --seed $(or $(SEED),1)

soak: ## Let shoppers buy at their leisure for SECONDS=, with a fault every CALM= seconds, and fail where anything grows
	@scripts/setup test
	cargo build --release $(FAIL_POINTS)
	cargo build --release --package crash
	$(TARGET)/release/crash soak --seconds $(or $(SECONDS),600) --calm-s $(or $(CALM),30) --seed $(or $(SEED),1)

overload: ## Let shoppers come five times as fast as the shop can serve them, for SECONDS=; fail unless it holds
	@scripts/setup test
	cargo build --release $(FAIL_POINTS)
	cargo build --release --package crash
	$(TARGET)/release/crash overload --seconds $(or $(SECONDS),120)

oracle: ## Compare the times of answers about someone else's order and about none, SAMPLES= times, and of MACs that are refused
	@scripts/setup test
	cargo build --release $(FAIL_POINTS)
	cargo build --release --package crash
	$(TARGET)/release/crash macs
	$(TARGET)/release/crash oracle --samples $(or $(SAMPLES),20000)

openapi: ## Write docs/openapi.json anew, as the code says it
	cargo run --quiet --package server --example openapi > docs/openapi.json.new
	mv docs/openapi.json.new docs/openapi.json

api-fuzz: ## Ask a real server whatever docs/openapi.json allows, and more, with Schemathesis: CASES= at least; about 15 minutes
	@scripts/setup test
	cargo build --package server --bin once
	scripts/with-services -- scripts/api-fuzz --cases $(or $(CASES),20000) --seed $(or $(SEED),1)

sameness: ## Send each of CASES= cases through all three ways in, and compare what comes of it; about 10 minutes
	@scripts/setup test
	ONCE_SAMENESS_CASES=$(or $(CASES),10000) ONCE_SAMENESS_SEED=$(or $(SEED),1) \
	  scripts/with-services --redis -- cargo test --package server --test api sameness -- --nocapture

controls: ## Take each cure out of a copy of the code, and see the tests go red
	@scripts/setup test
	@scripts/controls

fuzz: ## Feed everything that parses with inputs that nobody thought of, each target for SECONDS=
	cargo run --package fuzz -- --seconds $(or $(SECONDS),600)

packaging: ## Lint the Dockerfile, the compose file, the service and the Debian package, and test a program that holds its site
	@scripts/setup build
	@scripts/setup packaging
	scripts/packaging
	cargo leptos build
	cargo clippy --package server --features embed-site -- --deny warnings
	scripts/with-services --redis -- cargo test --package server --features embed-site --test api site::

deny: ## Check licences, sources, bans and advisories of all dependencies; the advisories come from GitHub
	@scripts/setup deny
	cargo deny --all-features check

sbom: ## Write what is built in as CycloneDX documents, into target/sbom
	@scripts/setup sbom
	scripts/sbom

mutants: ## Break the core in every small way, and see whether a test notices; needs cargo-mutants, takes about half an hour
	cargo mutants --package checkout
