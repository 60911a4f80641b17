# Python ≥ 3.11 and make are all that a machine needs: everything goes into .venv, Node too (as a wheel).
# `make help` lists the targets. Stamp files keep a second run from doing anything again.

.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet
UV_VERSION := 0.13.9
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Hundreds of processes of ours start in a run of the suite, and each would compile the whole service anew.
unexport PYTHONDONTWRITEBYTECODE

CREATED := $(VENV)/.created
INSTALLED := $(VENV)/.installed
WEB := $(wildcard web/package.json)
WEB_INSTALLED := $(if $(WEB),web/node_modules/.installed)
WEB_BUILT := $(if $(WEB),web/dist/.built)
WEB_SOURCES := $(if $(WEB),$(shell find web -name node_modules -prune -o -name dist -prune -o -type f -print))

.PHONY: help setup run test check format generate lock sim bench oracle soak mutants clean
.PHONY: check-format check-lint check-types check-imports check-purity check-wire check-web

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: $(INSTALLED) $(WEB_BUILT) ## Set up .venv and build the page
	@:

run: setup ## Start a demo with a session that is now (ARGS="--port 9000 --speed 60")
	@$(VENV)/bin/dyad demo $(ARGS)

test: setup $(WEB_INSTALLED) ## Run the whole suite (ARGS="tests/architecture -k purity": only those of Python)
	@sh tests/support/packages.sh
	$(if $(WEB),$(if $(ARGS),,cd web && npm run --silent test))
	$(PYTHON) -m pytest $(or $(ARGS),-n 2 --dist worksteal -m "not e2e and not alone")
	$(if $(ARGS),,$(PYTHON) -m pytest tests/web -n 2 --dist worksteal -m e2e)
	$(if $(ARGS),,$(PYTHON) -m pytest --ignore tests/web -m "e2e or alone")

check: check-format check-lint check-types check-imports check-purity check-wire check-web ## Check format, lint, types, imports (-k: all of them)

check-format: $(INSTALLED)
	$(VENV)/bin/ruff format --check .
check-lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
check-types: $(INSTALLED)
	$(VENV)/bin/mypy
check-imports: $(INSTALLED)
	$(VENV)/bin/lint-imports --no-logo
check-purity: $(INSTALLED)
	$(PYTHON) -m tests.architecture.purity
check-wire: $(INSTALLED)
	$(PYTHON) -m signaling.asyncapi --check
check-web: $(INSTALLED) $(WEB_INSTALLED)
	$(if $(WEB),cd web && npm run --silent check)

format: $(INSTALLED) ## Rewrite Python files in the project's format
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

generate: $(INSTALLED) ## Write the AsyncAPI document and the page's types from the server's models
	$(PYTHON) -m signaling.asyncapi
	$(PYTHON) web/scripts/generate_types.py
	$(PYTHON) web/scripts/generate_words.py

lock: $(CREATED) ## Bring requirements.lock in line with pyproject.toml (ARGS=--upgrade for newer versions)
	$(PIP) install uv==$(UV_VERSION)
	$(VENV)/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --extra dev \
	  --no-header --no-annotate --no-emit-index-url $(ARGS) --output-file requirements.lock pyproject.toml

sim: $(INSTALLED) ## Play SEEDS=N worlds of nodes and faults on virtual time (again: SEEDS=1 ARGS="--first 7 --trace")
	@$(PYTHON) -m tests.simulation --seeds $(or $(SEEDS),1000) $(ARGS)

bench: setup ## Measure, as a table and one JSON line
	@$(PYTHON) -m tests.benchmarks $(ARGS)

oracle: $(INSTALLED) ## Ask CASES=N random questions of the slot search and of its slow double (100000)
	@DYAD_ORACLE_CASES=$(or $(CASES),100000) $(PYTHON) -m pytest -q tests/domain/schedule/test_schedule_oracle.py

cluster: setup ## Start two nodes over a PostgreSQL and a Redis of their own (ARGS="--port 9000 --json")
	@$(PYTHON) -m tests.cluster $(ARGS)

chaos: $(INSTALLED) ## Kill nodes KILLS=N times over a real PostgreSQL and Redis while deadlines fall due
	@$(PYTHON) -m tests.chaos --kills $(or $(KILLS),100) $(ARGS)

soak: $(INSTALLED) ## Open and close rooms for HOURS=24 simulated hours, and count what the service still holds
	@$(PYTHON) -m tests.soak --hours $(or $(HOURS),24)

mutants: $(INSTALLED) ## Break the decision core in every small way, and count how many breaks the tests notice
	@$(PYTHON) -m tests.mutation $(ARGS)

clean: ## Remove everything that make made
	rm -rf $(VENV) web/node_modules web/dist test-results build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Files, not targets: each is made when what it depends on is newer.

$(CREATED):
	@sh tests/support/venv.sh $(VENV)
	@touch $@

$(INSTALLED): $(CREATED) requirements.lock pyproject.toml
	@echo "Installing the Python packages of requirements.lock (about a minute the first time) …"
	@$(PIP) install --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

web/node_modules/.installed: $(INSTALLED) web/package.json web/package-lock.json
	@echo "Installing the page's packages …"
	@cd web && npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	@echo "Building the page …"
	@cd web && npm run --silent build
	@touch $@
