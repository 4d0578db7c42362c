# make demo: install, fetch the data, search a baseline, search its scaling coefficients.   make test: lint and tests.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt
# torchvision is a peer in the tests; its own dependency would replace the pinned torch
PEERS := timm torchvision

.PHONY: setup demo test lint docs bench clean

setup: .venv/product

.venv/product: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/development: .venv/product
	$(PIP) --editable '.[dev]'
	$(PIP) --no-deps $(PEERS)
	touch $@

demo: .venv/product
	$(BIN)/nas run quickstart
	$(BIN)/scale search quickstart

# a process for each core, one thread each: more threads than cores make torch many times slower
test: lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report=term --durations=15

lint: .venv/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# the site in site/, built without a warning or not at all
docs: .venv/development
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: .venv/development
	for name in training_speed own_time cost_rate fine_grid many_trials ray_throughput ray_scale; do $(BIN)/python -m benchmarks.$$name || exit 1; done

clean:
	rm -rf .venv site .mypy_cache .pytest_cache .ruff_cache .coverage* *.egg-info
