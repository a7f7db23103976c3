# Everything one does with this tree, by name: `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
DEMO := MACAW_DEMO=1 MACAW_BASE_URL=http://127.0.0.1:$(PORT)
HERE := $(if $(wildcard .env),,$(DEMO))  # without an .env, what there is is the demo
# What a served installation has, for the checks that look at settings; nothing of the developer's own.
PRODUCTION := env -i PATH="$$PATH" HOME="$$HOME" MACAW_ENV_FILE=tests/production.env
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
TEMPLATES = $(shell find templates -name '*.html')
PYTEST := $(BIN)/python -m pytest -p tests.sizes -q
WIDE := -n auto --dist worksteal -m "not browser and not proxy"

.PHONY: help setup run worker test check prove fix lock bench bench-jobs bench-audit docs reset-demo backup \
        _machine _lint _types _imports _migrations _deploy _templates _locked _schema _suite _sqlite _postgres _browser _proxies

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.dev  ## make .venv with all that development needs

run: .venv/.runtime  ## try Macaw out on http://127.0.0.1:8000 (PORT=… for another port)
	@$(DEMO) exec $(BIN)/python manage.py demo --port $(PORT)

worker: .venv/.runtime  ## run one more worker
	@$(HERE) exec $(BIN)/python manage.py worker

test: .venv/.dev _suite  ## the whole suite: SQLite, PostgreSQL, browser, proxies

check: .venv/.dev _lint _types _imports _migrations _deploy _templates _locked _schema _suite  ## what CI runs: all the proofs
	@echo "make check: all of it holds."

prove: .venv/.dev  ## the suite again, at full size
	@$(MAKE) _suite PYTEST='$(PYTEST) --full'

fix: .venv/.dev  ## format, and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@$(BIN)/djade $(TEMPLATES)

lock:  ## pin all dependencies anew, with hashes (needs uv)
	@$(PYTHON) .ci/lock

bench: bench-jobs bench-audit  ## all benchmarks

bench-jobs: .venv/.dev  ## pickup latency, drain rate and recovery on both databases
	@$(BIN)/python -m tests.bench.jobs

bench-audit: .venv/.dev  ## what capture costs each write, and how fast the trail is proven, on both databases
	@$(BIN)/python -m tests.bench.audit

docs: .venv/.dev  ## write docs/schema.md anew
	@$(DEMO) $(BIN)/python manage.py schema_doc

reset-demo: .venv/.runtime  ## throw the demo's data away and plant it anew
	@$(DEMO) $(BIN)/python manage.py demo --reset

backup: .venv/.runtime  ## write a backup of the database into var/backups (DEST=… for elsewhere)
	@$(HERE) $(BIN)/python manage.py backup $(or $(DEST),var/backups)

# The parts

_machine:
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -c 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)' 2>/dev/null \
		|| { echo "Macaw needs git, make, python3 (3.11 or newer) and python3-venv: apt install git make python3 python3-venv"; exit 1; }

.venv/bin/python: | _machine
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing what Macaw needs into .venv …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/.runtime
	@echo "Installing what development needs into .venv …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

_lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

_types:
	$(BIN)/mypy

_imports:
	$(BIN)/lint-imports

_migrations:
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run

_deploy:
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

_templates:
	@$(BIN)/djade --check $(TEMPLATES)

_locked:
	$(BIN)/python .ci/lock --check

_schema:
	$(PRODUCTION) $(BIN)/python manage.py schema_doc --check

_suite: _sqlite _postgres _browser _proxies

_sqlite:
	@echo "— suite on SQLite"
	@env -u MACAW_TEST_DATABASE_URL $(PYTEST) $(WIDE)

_postgres:
	@echo "— suite on PostgreSQL"
	@$(BIN)/python -m tests.postgres $(PYTEST) $(WIDE) || { status=$$?; \
		[ $$status = 75 ] || exit $$status; \
		echo "SKIPPED: PostgreSQL: no server named in MACAW_TEST_DATABASE_URL and no binaries found (apt install postgresql)"; \
		[ "$${CI:-}" != true ]; }

_browser:
	@echo "— browser tests on SQLite"
	@if $(BIN)/python -c 'import sys; from tests.browser import chromium; sys.exit(chromium.path() is None)'; then \
		env -u MACAW_TEST_DATABASE_URL $(PYTEST) -n auto -m browser; \
	else \
		echo "SKIPPED: browser tests: no Chromium found (apt install chromium)"; [ "$${CI:-}" != true ]; \
	fi

_proxies:
	@echo "— attacks through nginx and Caddy"
	@if command -v nginx >/dev/null && command -v caddy >/dev/null; then \
		env -u MACAW_TEST_DATABASE_URL $(PYTEST) tests/proxies; \
	else \
		echo "SKIPPED: attacks through proxies: no nginx or no Caddy found (apt install nginx-light caddy)"; [ "$${CI:-}" != true ]; \
	fi
