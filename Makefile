# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
VAR_DIR ?= $(CURDIR)/var
BIN = .venv/bin
export PORT VAR_DIR

.PHONY: run test install lint types bench faults-money

run: install
	@$(BIN)/python manage.py serve --port $(PORT) --demo --log-files

test: install
	$(BIN)/pytest -n 2 $(PYTEST_ARGS)

# Installed again only when what is to be installed has changed.
install: .venv/installed
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Heirloom needs Python 3.11 or newer.")'
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: install
	$(BIN)/mypy

bench: install
	$(BIN)/python -m tests.benchmarks

# Ten thousand deliveries, 64 spenders, 200 kills, mutants. With DATABASE_URL on that PostgreSQL server.
faults-money: install
	$(BIN)/python -m tests.faults.money
