# Every verb of the project. `make run` and `make test` need nothing done before them.
.DEFAULT_GOAL := help
.PHONY: help setup run run-full check test bench clean
SHELL := /bin/bash
PYTHON ?= python3
export PYTHON

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## everything that run, check and test need
	@scripts/setup.sh test

run:  ## the product with its example alliance (PORT, HOST, DATA_DIR and others: see README)
	@scripts/run.sh

run-full:  ## the same, as in production: PostgreSQL, Redis, nginx, several processes, on this machine
	@scripts/full_mode.sh

check:  ## style, types, rules between rooms, templates, migrations, translations, lock files
	@scripts/check.sh $(ARGS)

test:  ## every test (ARGS="-m 'not browser' tests/workflows" for some)
	@scripts/test.sh $(ARGS)

bench:  ## measures against targets, rows left in var/bench/ (ARGS="live pdf" for some areas)
	@scripts/setup.sh test
	@.venv/bin/python -m bench $(ARGS)

clean:  ## what can be made again; data under var/ stay
	rm -rf .venv node_modules charter/static/build charter/data/build var/setup var/bench var/full-test
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find charter workflows scripts tests bench migrations -name __pycache__ -type d -prune -exec rm -rf {} +
	find charter/translations -name '*.mo' -delete
