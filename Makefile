# The commands of this project. `make run` and `make test` are all a newcomer needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-dev
RUN_STAMP := $(VENV)/.installed-run
PIP := $(BIN)/python -m pip --disable-pip-version-check
FOLDER ?=
PORT ?=

.PHONY: run test setup browser pages check format generate bench docs screenshots clean help
.DEFAULT_GOAL := run

help:
	@echo "make run                    open a demo library in the browser; make run FOLDER=~/Pictures your own"
	@echo "make test                   set up what the tests need, and run them"
	@echo "make check                  format, lint, types, imports, generated pages"
	@echo "make pages                  build the pages, with the machine's Node or one from pip"
	@echo "make format                 bring the code into its form"
	@echo "make generate               write docs/reference, and what gRPC loads, from their sources"
	@echo "make docs                   the same, then run the commands that the documentation shows"
	@echo "make bench                  run every benchmark with short settings"
	@echo "make screenshots            photograph the pages and the report for the documentation"
	@echo "make clean                  remove the environment and everything built"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pinakes needs Python 3.11 or newer; say which with: make PYTHON=python3.12")'
	@echo "Making the Python environment in $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
	  echo "The environment could not be made. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(RUN_STAMP): pyproject.toml | $(BIN)/python
	@echo "Installing Pinakes and what it needs (once; about a minute) …"
	@$(PIP) install --quiet --editable '.[demo]'
	@touch $@

$(STAMP): pyproject.toml | $(BIN)/python
	@echo "Installing Pinakes and its development tools, PyTorch among them (once; some minutes) …"
	@$(PIP) install --quiet --editable '.[dev]'
	@touch $(RUN_STAMP) $@

setup: $(STAMP) browser pages

browser: $(STAMP)
	@$(BIN)/python -m tools.browser

run: $(RUN_STAMP) pages
	@$(BIN)/python examples/first_look.py "$(FOLDER)" $(if $(PORT),--port $(PORT))

pages: $(RUN_STAMP)
	@$(BIN)/python -m tools.pages build

test: setup
	@echo "Running the tests of the pages' functions …"
	@$(BIN)/python -m tools.pages test
	@echo "Running the tests …"
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile

check: $(STAMP)
	@mkdir -p build
	@echo "Form …" && $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@echo "Types …" && $(BIN)/mypy && $(BIN)/mypy tools
	@echo "Imports …" && { $(BIN)/lint-imports --no-cache > build/imports.log 2>&1 || { cat build/imports.log; exit 1; }; }
	@echo "Generated pages …" && $(BIN)/python -m tools.generate --check && $(BIN)/python -m tools.protocol --check
	@echo "Web …" && $(BIN)/python -m tools.openapi --check && $(BIN)/python -m tools.pages check

format: $(STAMP)
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

generate: $(STAMP)
	@$(BIN)/python -m tools.generate
	@$(BIN)/python -m tools.protocol
	@$(BIN)/python -m tools.openapi
	@$(BIN)/python -m tools.pages generate

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

docs: $(STAMP)
	@$(BIN)/python -m tools.generate
	@echo "Running the commands that the documentation shows …"
	@$(BIN)/python -m pytest -q tests/docs tests/examples
	@echo "The documentation is in docs/; it is plain Markdown."

screenshots: setup
	@$(BIN)/python -m tools.screenshots

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
