# The verbs of this project. Only Python >= 3.11 and make are needed; `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := signaling/static/index.html
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test check bench soak fuzz format generate pins clean

help:  ## list the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.python $(WEB)  ## everything a checkout needs; instant when current

$(VENV)/.python: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Schalte needs Python 3.11 or later; set PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(WEB): web/node_modules/.current $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)
	@.ci/npm --prefix web run --silent build
	@touch $@

web/node_modules/.current: web/package-lock.json $(VENV)/.python
	@.ci/npm --prefix web ci --silent --no-audit --no-fund
	@touch $@

demo: setup  ## three rooms and a guest on air, simulated; Ctrl-C ends it
	@$(BIN)/schalte demo

test: setup  ## every test there is
	@.ci/test

check: setup  ## formatting, lint, types, import rules, generated files current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.generate --check
	@.ci/npm --prefix web run --silent check

bench: setup  ## the benchmarks; one JSON object a line
	@$(BIN)/python -m tests.bench

soak: setup  ## a full evening for minutes, held to its limits: crowd, idle sockets, strangers, kills
	@$(BIN)/python -m tests.soak

fuzz: setup  ## a million bad inputs for everything that reads a stranger's bytes
	@$(BIN)/python -m tests.fuzz

format: setup  ## rewrite to the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@.ci/npm --prefix web run --silent format

generate: setup  ## write the generated files anew: JSON schema, wire types
	$(BIN)/python -m tests.generate

pins: setup  ## resolve the requirements anew and write them with hashes
	for f in requirements requirements-dev requirements-node; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header $$f.in -o $$f.txt; done

clean:  ## remove what was built here
	rm -rf $(VENV) web/node_modules signaling/static build *.egg-info
