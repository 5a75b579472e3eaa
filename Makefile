# Everything a fresh machine with Python, git and make needs: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SERIES ?= samples/patches/toy-generic-entry.mbox
TREE ?= samples/tree

.PHONY: demo test lint docs clean

demo: $(VENV)/.installed
	@$(BIN)/kmiglint check $(SERIES) --tree $(TREE) --fail-on never

test: $(VENV)/.tests lint
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed
	$(BIN)/python -m lint.report.markdown > docs/rules.md

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("kmiglint needs Python 3.11 or later: set PYTHON=") if sys.version_info < (3, 11) else 0'
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tests: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
