PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
REPORT := build/report
# What `python -m claims ulps` measured, where it was given.
ULPS := $(wildcard build/ulps.jsonl)

# One thread per process: WORKERS processes share the cores.
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help env verify test lint mutants bench clean

help:  ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

env: $(VENV)/installed  ## create .venv with the versions of constraints.txt (does nothing when it is up to date)

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) must be Python 3.11 or later; name another one: make env PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) lacks ensurepip: install its venv package (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]' --constraint constraints.txt
	@touch $@

verify: env  ## check every claim at the standard profile and write the HTML report
	@rm -f $(REPORT)/index.html; status=0; \
	$(BIN)/python -m pytest tests/test_claims.py --hypothesis-profile=standard -n $(WORKERS) --report $(REPORT) \
		|| status=$$?; \
	if test -n "$(ULPS)" && test -f $(REPORT)/index.html; then \
		$(BIN)/python -m reports build $(REPORT)/*.jsonl $(ULPS) --out $(REPORT) >/dev/null || status=$$?; fi; \
	if test -f $(REPORT)/index.html; then echo "Report: $(CURDIR)/$(REPORT)/index.html"; fi; \
	exit $$status

lint: env  ## check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test: lint  ## lint, then run every test at the quick profile
	$(BIN)/python -m pytest --hypothesis-profile=quick -n $(WORKERS) --dist worksteal

mutants: env  ## plant every wrong implementation and see it caught; goes on where it was stopped
	$(BIN)/python -m pytest tests/test_claims.py --mutants --hypothesis-profile=quick -n $(WORKERS) \
		--report build/mutants --resume

bench: env  ## time torch and reference, print where the time of the claims goes, and add the bars to the report
	@mkdir -p build; status=0; \
	$(BIN)/python -m pytest tests/benchmarks/bench_*.py --benchmark-json=build/bench.json || status=$$?; \
	$(BIN)/python -m reports build $(wildcard $(REPORT)/*.jsonl) $(ULPS) build/bench.json --out $(REPORT) || status=$$?; \
	exit $$status

clean:  ## remove what was built and cached; the environment stays
	rm -rf build .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
