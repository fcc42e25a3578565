# The few words people type. `make serve` and `make test` need Python >= 3.11 and nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help env serve test check format bench clean

help:            ## show this list
	@sed -n 's/^\([a-z]*\): .*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

$(BIN)/fakemail: pyproject.toml
	@echo "Making the environment .venv; only the first time, about half a minute."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.dev: $(BIN)/fakemail
	@echo "Adding to .venv what the tests need; only the first time, about half a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,speed]'
	@touch $@

env: $(BIN)/fakemail  ## make the environment (.venv) without starting anything

serve: env       ## set up and run the mail server; ARGS='--ports test' for flags
	@exec $(BIN)/fakemail serve $(ARGS)

test: .venv/.dev ## set up and run the tests; ARGS='-k imap' for pytest's flags
	$(BIN)/python -m pytest -n auto $(ARGS)

check: .venv/.dev ## lint, types and floors
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: .venv/.dev
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: .venv/.dev ## run the side-by-side benchmarks (needs Dovecot and Postfix)
	$(BIN)/python -m benchmarks $(ARGS)

clean:           ## remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
