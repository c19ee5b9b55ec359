# Everything a person types. The work is in tools/; `make run` and `make test` set up what they need themselves.
.PHONY: run dev test test-slow bench check lint types contracts migrations templates rules format lock vendor translations schema pictures old-browser

PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST PYTHON

# Any Python may start tools/setup.py: it finds the best one itself, or says in one line what is missing.
ANY_PYTHON := $(shell for python in python3 python python3.13 python3.12 python3.11 python2 "$$PYTHON"; do \
	[ "$$("$$python" -c "print(6 * 7)" 2>/dev/null)" = 42 ] && { command -v "$$python"; break; }; done)
NO_PYTHON = echo "Stopped: Python 3.11 or newer is needed, but found no Python at all." >&2; false
SETUP = @$(if $(ANY_PYTHON),"$(ANY_PYTHON)" tools/setup.py,$(NO_PYTHON))
VENV_PYTHON = .venv/bin/python
# The checks look at the program, not at the data of whoever runs them.
CHECK = DATA_DIR=var/check $(VENV_PYTHON)

run:
	$(SETUP) run

dev:
	$(SETUP) dev

test: dev
	@$(VENV_PYTHON) tools/run_tests.py

test-slow: dev
	@$(VENV_PYTHON) tools/run_tests.py --slow

bench: dev
	@$(VENV_PYTHON) tools/bench.py $(SIZES)

check: lint types contracts migrations templates rules
	@echo "-- All checks passed"

lint: dev
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

types: dev
	$(CHECK) -m mypy

contracts: dev
	$(CHECK) .venv/bin/lint-imports

migrations: dev
	$(CHECK) manage.py check
	$(CHECK) manage.py makemigrations --check --dry-run

templates: dev
	$(VENV_PYTHON) -m djlint templates --lint --quiet

# Sizes, names of modules, protected addresses, translations: tests that need no database.
rules: dev
	$(CHECK) -m pytest -q tests/test_architecture.py tests/test_translations.py -k "not pages and not english"

format: dev
	$(VENV_PYTHON) -m ruff check --fix-only .
	$(VENV_PYTHON) -m ruff format .

lock: dev
	$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	$(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt

vendor:
	npm ci --ignore-scripts
	npm run vendor

translations: dev
	$(CHECK) manage.py makemessages --locale zh_Hans --no-location --no-wrap --ignore node_modules --ignore var --ignore tests --ignore tools
	$(VENV_PYTHON) tools/compile_translations.py

# The pictures of README and manuals, taken anew of the sample inspection.
pictures: dev
	DATA_DIR=var/check PICTURES=1 $(VENV_PYTHON) -m pytest -q tests/browser/test_pictures.py

# The oldest browser that the pages are made for; `make test` brings it by itself where npm can.
old-browser: dev
	$(VENV_PYTHON) tools/old_browser.py

# The description of the API as it stands in docs/; a test tells when it no longer is that of the program.
schema: dev
	$(CHECK) manage.py spectacular --validate --fail-on-warn --lang en --file docs/openapi.yml
