# Each target makes .venv when it is missing. `make help` lists them.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help demo test check bench soak promises clean

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cutover needs Python 3.11 or newer; say make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(VENV)/bin/python -m pip install --quiet --editable . --group dev
	touch $@

demo: $(STAMP) ## a whole migration against a sandbox on this machine
	@$(VENV)/bin/cutover demo --workspace demo

test: $(STAMP) ## every test, on SQLite and PostgreSQL
	$(VENV)/bin/python -m pytest -n 3 --dist loadgroup -q

check: $(STAMP) ## format, lint, types, layers
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(STAMP) ## measurements, each a ratio or a limit in one run
	$(VENV)/bin/python -m tests.bench

soak: $(STAMP) ## hours of crashes, simulated and real: kills, power cuts, servers that stop at once
	$(VENV)/bin/python -m tests.simulation soak --stage storm --minutes 40
	$(VENV)/bin/python -m tests.simulation soak --stage stack-storm --minutes 20
	$(VENV)/bin/python -m tests.simulation soak --stage hostile --minutes 5
	$(VENV)/bin/python -m tests.simulation hunt
	$(VENV)/bin/python -m tests.soak store
	$(VENV)/bin/python -m tests.soak torn
	$(VENV)/bin/python -m tests.soak processes
	$(VENV)/bin/python -m tests.soak sandboxes
	$(VENV)/bin/python -m tests.soak postgres

promises: $(STAMP) ## what became of each promise: runs its tests (ONLY="F-01 F-133": those ids alone)
	$(VENV)/bin/python -m tests.promises $(ONLY)

clean: ## remove the environment and what tools leave
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache demo
