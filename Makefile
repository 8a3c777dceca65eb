# Targets a person types. `make help` lists them; each builds .venv itself when it has to.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo central-policy test check mutation bench fuzz try-hooks clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | while IFS='|' read -r t d; do printf '  make %-14s %s\n' "$$t" "$$d"; done

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@

demo: $(STAMP) ## scan examples/storefront and show the gate failing as it should
	@COMPLYGATE=$(BIN)/complygate sh examples/demo.sh

central-policy: $(STAMP) ## play through one policy for three teams: versions, dates, attacks, attestations
	@COMPLYGATE=$(CURDIR)/$(BIN)/complygate sh examples/central-policy/run.sh

test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest -n auto

check: $(STAMP) ## what a change must pass besides the tests: lint, types, layers, SARIF validator, wheel, mutants
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/validate_sarif.py --scan examples/storefront tests/unit/reporters/golden/*.sarif
	$(BIN)/python tools/check_wheel.py
	$(BIN)/complygate policy test --mutants --jobs 2

mutation: $(STAMP) ## change every rule in one thing at a time, and tell which changes no example notices
	$(BIN)/complygate policy test --mutants --jobs 2

bench: $(STAMP) ## measure complygate beside checkov, and print a table
	$(BIN)/python -m bench

fuzz: $(STAMP) ## explore the properties and the readers with 20 times as many cases as the tests
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -n auto -q -m "not slow" tests/contract tests/unit tests/rules/test_odd_values.py

properties: $(STAMP) ## try that no repository's file loosens a policy, on thousands of cases, and print how many
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -q -p no:randomly --hypothesis-show-statistics \
	  tests/unit/policy/test_tighter.py tests/unit/policy/test_tighten_only_properties.py \
	  tests/acceptance/test_tighten_only_scans.py

try-hooks: $(STAMP) ## install the pre-commit hooks from the last commit and run them (needs the network)
	@PRE_COMMIT=$(BIN)/pre-commit sh tools/try-hooks.sh

clean: ## remove what the targets made
	rm -rf $(VENV) node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
