# A fresh clone needs make and Python ≥ 3.11; every target sets up what it needs, once.

PYTHON ?= python3
ARGS ?=
QUICK := $(addprefix tests/test_,$(addsuffix .py,annotate body cli desk linking pages serve themes tutorial))
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve build check test soak oldest lint lock bench bench-serve clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 13

serve: .venv/core ## preview this digest and reload on changes (ARGS="--open")
	@.venv/bin/digest serve $(ARGS)

build: .venv/core ## write the site to site/
	@.venv/bin/digest build $(ARGS)

check: .venv/core ## look for problems in content/
	@.venv/bin/digest check $(ARGS)

test: .venv/dev .venv/programs node_modules/.package-lock.json ## run all tests (ARGS="-k name")
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

soak: .venv/dev .venv/programs ## run the tests that take minutes (ARGS="-k killed")
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal --timeout 21600 -m soak $(ARGS)

lint: .venv/dev ## check format, style and types
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy

oldest: .oldest/dev ## run quick tests with the oldest versions that pyproject.toml allows (ARGS="-k name")
	@.oldest/bin/python -m pytest --numprocesses auto --dist worksteal $(or $(ARGS),$(QUICK))

lock: .venv/lock ## write requirements/ anew (ARGS="--upgrade" for the newest versions)
	@.venv/bin/python -m tools.lock $(ARGS)

bench: .venv/bench ## measure builds beside Hugo, Pelican and Eleventy, for hours (ARGS="--help")
	@.venv/bin/python -m benchmarks $(ARGS)

bench-serve: .venv/bench ## measure the preview beside Hugo's (ARGS="--times 1 10")
	@.venv/bin/python -m benchmarks.serve $(ARGS)

clean: ## remove what developing made; never content, site/ or its state
	@rm -rf .venv .oldest .bench node_modules dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: each stands for a finished installation and is remade when what it installs from changes.

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Python 3.11 or newer is needed: install it (python3 and python3-venv), or name one: make PYTHON=…"; exit 1; }
	@$(PYTHON) tools/make_venv.py .venv

.venv/core: pyproject.toml requirements/core.txt requirements/build.txt | .venv/bin/python
	@.venv/bin/python -m tools.install core
	@touch $@

.venv/dev: pyproject.toml requirements/dev.txt | .venv/bin/python
	@.venv/bin/python -m tools.install dev
	@touch .venv/core $@

.venv/lock: pyproject.toml | .venv/bin/python
	@$(PIP) --editable ".[lock]"
	@touch $@

.oldest/dev: pyproject.toml tools/oldest.py | .venv/bin/python
	@$(PYTHON) tools/make_venv.py .oldest
	@.venv/bin/python -m tools.oldest > .oldest/constraints.txt
	@.oldest/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint .oldest/constraints.txt --editable ".[dev]"
	@touch $@

.venv/bench: pyproject.toml | .venv/bin/python
	@$(PIP) --editable ".[bench]"
	@touch .venv/core $@

.venv/programs: tools/provide.py | .venv/dev
	@.venv/bin/python -m tools.provide
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | .venv/programs
	@npm ci --silent
	@touch $@
