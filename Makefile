# Everything a newcomer needs: `make demo` and `make test`. Works with Python 3.11 or newer, make, git and a
# package registry; written for make 3.81 too, which is what macOS has.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
ROOMS := db graph jobs
SCHEMA := graph/schema.graphql
RELEASED := docs/reference/schema.released.graphql
ARGS ?=

# Two sets of packages: what the service needs, and that plus what tests need. The larger one, once there, stays.
SET := $(if $(wildcard $(VENV)/.dev),dev,app)
READY := $(VENV)/.$(SET)
DEV := $(VENV)/.dev
PEERS := $(VENV)/peers/.ready

# Tests that kill processes watch the clock, so they run by themselves, after the others. They mostly wait: one for
# each core halves what they take. What looks at the order in which things happen runs alone, at the end.
WORKERS ?= 2
COVER_ALL := 90
COVER_ROOM := 95

##@ Use it

.PHONY: demo
demo: $(READY) ## Set everything up and show the main job on a sample; ARGS=--once ends after it
	$(BIN)/headwater demo $(ARGS)

.PHONY: up
up: $(READY) ## Start the service: database, queue, API and a worker
	$(BIN)/headwater up $(ARGS)

##@ Change it

.PHONY: ci
ci: check test ## All that must pass before a change is merged

.PHONY: check
check: lint formatted types contracts schema-current schema-kept deprecated docs-current ## Everything that needs no run

.PHONY: test
test: $(DEV) ## Run all tests, and hold coverage to its targets
	$(BIN)/coverage erase
	$(BIN)/pytest -m "not kills" -n $(WORKERS) --dist loadgroup --cov --cov-report= $(ARGS)
	$(BIN)/pytest -m "kills and not alone" -n $(WORKERS) --dist loadgroup $(ARGS) || test $$? -eq 5  # 5: there are none
	$(BIN)/pytest -m alone $(ARGS) || test $$? -eq 5
	$(BIN)/coverage report --fail-under=$(COVER_ALL)
	$(BIN)/coverage report --include='graph/*' --fail-under=$(COVER_ROOM) --format=total
	$(BIN)/coverage report --include='jobs/*' --fail-under=$(COVER_ROOM) --format=total

.PHONY: bench
bench: $(DEV) $(if $(filter engine,$(or $(ARGS),engine)),$(PEERS)) ## Measure speed beside its peers; takes minutes, fails nothing
	$(BIN)/python -m bench $(ARGS)

.PHONY: fmt
fmt: $(DEV) ## Format the code and mend what can be mended without thinking
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: schema
schema: $(READY) ## Write graph/schema.graphql, the public API
	$(BIN)/headwater schema > $(VENV)/.schema
	mv $(VENV)/.schema $(SCHEMA)

.PHONY: docs
docs: $(READY) ## Write docs/reference from the code, and parts of docs/guide from golden cases
	$(BIN)/python -m graph.reference docs/reference
	$(BIN)/python -m tests.docs.engine_page

.PHONY: record
record: $(DEV) ## Write what golden cases give now below their `-- edges:` line; review it like code
	$(BIN)/python -m tests.jobs.engines.lineage.record

# Installed beside the environment, which stays as it is; found before it on the path. A version of one's choice:
# make newer-parser PARSER='sqlglot[c]==30.30.0'
PARSER ?= sqlglot[c]
NEWER := $(VENV)/.newer

.PHONY: newer-parser
newer-parser: $(DEV) ## Tell which golden cases the newest parser changes, and how; PARSER=… names another
	@rm -rf $(NEWER)
	@$(REGISTRY) $(BIN)/uv pip install -q --python $(BIN)/python --target $(NEWER) '$(PARSER)'
	@PYTHONPATH=$(NEWER) $(BIN)/python -m tests.jobs.engines.lineage.parsers

.PHONY: lock
lock: $(BIN)/uv ## Pin all packages anew; ARGS=--upgrade takes newer versions
	$(COMPILE) -o requirements/app.lock $(ARGS) pyproject.toml requirements/build.in
	$(COMPILE) -o requirements/dev.lock $(ARGS) -c requirements/app.lock \
	    pyproject.toml requirements/build.in requirements/dev.in
	$(COMPILE) -o requirements/peers.lock $(ARGS) -c requirements/app.lock requirements/peers.in
	grep '^uv==' requirements/build.in | $(COMPILE) -o requirements/uv.lock $(ARGS) -

.PHONY: clean
clean: ## Remove the environment and all caches; what the service keeps in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist
	find $(ROOMS) tests alembic -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# The parts of `check`; `make --keep-going check` names everything that is wrong, not only the first.

.PHONY: lint formatted types contracts schema-current schema-kept deprecated docs-current
lint: $(DEV)
	$(BIN)/ruff check

formatted: $(DEV)
	$(BIN)/ruff format --check

types: $(DEV)
	$(BIN)/mypy $(ROOMS) tests $(wildcard bench)

contracts: $(DEV)
	$(BIN)/lint-imports

schema-current: $(DEV)
	@$(BIN)/headwater schema > $(VENV)/.schema
	@diff -u $(SCHEMA) $(VENV)/.schema || { echo "$(SCHEMA) is not what the code says: make schema" >&2; exit 1; }

schema-kept: $(DEV)
	$(BIN)/python -m graph.reference --breaking $(RELEASED) $(SCHEMA)

deprecated: $(DEV)
	$(BIN)/python -m graph.deprecations $(SCHEMA) CHANGELOG.md

docs-current: $(DEV)
	$(BIN)/python -m graph.reference --check docs/reference
	$(BIN)/python -m tests.docs.engine_page --check

# The environment. Stamps tell what is in it, so nothing is installed twice.

COMPILE = $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
    --no-emit-index-url --no-annotate --no-header
# uv does not read pip's configuration: a registry or certificates named only there are handed on.
PIP_SAYS = $$($(BIN)/python -m pip config list 2>/dev/null | sed -n "s/^.*\.$(1)='\(.*\)'$$/\1/p" | head -n 1)
REGISTRY = index="$${UV_DEFAULT_INDEX:-$(call PIP_SAYS,index-url)}"; \
    cert="$${SSL_CERT_FILE:-$(call PIP_SAYS,cert)}"; \
    test -z "$$index" || export UV_DEFAULT_INDEX="$$index"; \
    test -z "$$cert" || export SSL_CERT_FILE="$$cert";
INSTALL = $(REGISTRY) \
    $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements/$(1).lock && \
    $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .

$(BIN)/uv: requirements/uv.lock
	@set -e; \
	for each in $(PYTHON) python3.13 python3.12 python3.11 python3 none; do \
	    $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	if [ $$each = none ]; then \
	    echo "Headwater needs Python 3.11 or newer, and found none." >&2; \
	    echo "Install it, or name one that is not on the PATH: make PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	fi; \
	if ! $$each -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "This Python makes no environments: on Debian and Ubuntu, install python3-venv." >&2; \
	    exit 1; \
	fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$($$each --version)."; \
	    $$each -m venv --clear $(VENV); \
	fi
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

$(VENV)/.app: requirements/app.lock pyproject.toml $(BIN)/uv
	@echo "Installing what the service needs."
	@$(call INSTALL,app)
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml $(BIN)/uv
	@echo "Installing what the service and its tests need."
	@$(call INSTALL,dev)
	@touch $(VENV)/.app $@

# What the engine is measured beside, in an environment of its own: it is no part of the service or its tests.
$(PEERS): requirements/peers.lock $(BIN)/uv
	@echo "Installing what the engine is measured beside."
	@$(BIN)/uv venv -q --clear --python $(BIN)/python $(@D)
	@$(REGISTRY) $(BIN)/uv pip sync -q --python $(@D)/bin/python --require-hashes $<
	@touch $@
