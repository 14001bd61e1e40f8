# Two commands: `make run` does the main job, `make test` passes the tests. Each sets up what it needs.
#   make run PIPELINE=<dag id> CONF='{"source": "…"}'    make sql Q="select …"    make validate FILES="…"
SHELL := /bin/sh
PYTHON ?= python3
AIRFLOW_PYTHON := .venv/bin/python
INSTALL := $(PYTHON) -m include.local.install
VENVS := $(CURDIR)/.local/venvs
EMBEDDED_BIN := $(VENVS)/embedded/bin
TEST_SNOWFLAKE = cd include/local/snowflake && EMBEDDED_SNOWFLAKE_TEST_PYTHON=$(VENVS)/snowpark/bin/python \
	EMBEDDED_SNOWFLAKE_TEST_VENVS=$(VENVS) $(EMBEDDED_BIN)/python -m pytest

PIPELINE ?=
CONF ?=
Q ?=
FILES ?=
ARGS ?=
BENCH ?=
export CONF Q

FAST := -q -m "not server and not cluster and not browser and not benchmark"
COVERAGE := $(AIRFLOW_PYTHON) -m coverage
LINTS := lint-style lint-types lint-imports lint-snowflake
FAST_TESTS := test-fast-factory test-fast-others test-fast-snowflake
.PHONY: help setup run data sql snowflake cluster cluster-down image airflow-image sbom validate plan loaders doctor up distributed load stop lint $(LINTS) $(FAST_TESTS) test test-snowflake test-fast bench bench-tasks format lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

setup: ## the Python environments (the others call it themselves)
	@$(INSTALL)

run: setup ## run a pipeline: PIPELINE=<dag id> CONF='{"param": …}'
	@$(AIRFLOW_PYTHON) -m include.local.run $(PIPELINE) --conf "$$CONF"

data: ## bring New York's real flights of 2013, for PIPELINE=flight_delay_side_by_side
	@$(PYTHON) -m include.local.real_flights

sql: setup ## run SQL in the embedded Snowflake: Q="select …"
	@$(AIRFLOW_PYTHON) -m include.local.sql "$$Q"

snowflake: setup ## start the embedded Snowflake only
	@$(AIRFLOW_PYTHON) -m include.local.snowflake_server

cluster: ## start the local cluster: CLUSTER=none|current|context:<name>|kind|k3d|minikube|debian
	@$(PYTHON) -m include.local.kubernetes up

cluster-down: ## end the cluster that make started, and leave the machine as it was
	@$(PYTHON) -m include.local.kubernetes down

image: ## build the task image, for the cluster or for a registry: PUSH=registry/name:tag
	@$(PYTHON) -m include.local.kubernetes image $(if $(PUSH),--push $(PUSH))

airflow-image: ## build the Airflow image, and push it: PUSH=registry/name:tag EXTRAS="postgres celery fab statsd"
	@$(PYTHON) -m include.local.kubernetes airflow-image $(if $(PUSH),--push $(PUSH))

SBOM = $(VENVS)/uv/bin/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py requirements - --pyproject pyproject.toml --output-reproducible
sbom: ## what is in the images, as CycloneDX, into .local/sbom: EXTRAS="postgres celery fab statsd"
	@$(INSTALL) airflow
	@mkdir -p .local/sbom
	@cat requirements.txt $(patsubst %,include/deploy/requirements/%.txt,$(or $(EXTRAS),postgres celery fab statsd)) | sort -u | $(SBOM) --output-file .local/sbom/airflow.cdx.json
	@$(SBOM) --output-file .local/sbom/snowpark.cdx.json < include/runtime/requirements.txt
	@ls .local/sbom/*

validate: ## check the configs: FILES="…" (all of them without)
	@$(INSTALL) airflow
	@$(AIRFLOW_PYTHON) -m include.factory validate $(FILES)

plan: ## what the configs give, where each task runs and how (session, procedure, UDF, pod); or what changed: AGAINST=HEAD
	@$(INSTALL) airflow
	@$(AIRFLOW_PYTHON) -m include.factory plan $(if $(AGAINST),--against $(AGAINST))

loaders: ## write the files in dags/ between which `loaders` splits the pipelines; REMOVE=1 removes those not needed
	@$(INSTALL) airflow
	@$(AIRFLOW_PYTHON) -m include.factory loaders $(if $(REMOVE),--remove)

doctor: ## what an environment lacks, and the command that mends it: ENVIRONMENT=production (this laptop without) ARGS="--format json"
	@$(INSTALL) airflow
	@$(AIRFLOW_PYTHON) -m include.local.doctor "$(ENVIRONMENT)" $(ARGS)

up: setup ## Airflow's UI with all of it, on loopback
	@$(AIRFLOW_PYTHON) -m include.local.up start

distributed: setup ## Airflow as in production, on this machine: PostgreSQL, Redis, two Celery workers
	@$(INSTALL) distributed
	@$(AIRFLOW_PYTHON) -m include.local.distributed up

RUNS ?= 50
SIDE_BY_SIDE ?= 20
load: distributed ## many runs at once on it, while parts of it fail: RUNS=50 SIDE_BY_SIDE=20 ARGS=--no-faults
	@$(AIRFLOW_PYTHON) -m include.local.load --runs $(RUNS) --side-by-side $(SIDE_BY_SIDE) $(ARGS)

stop: ## stop Airflow and the embedded Snowflake
	@if $(AIRFLOW_PYTHON) -c 'import psutil, yaml' 2>/dev/null; then $(AIRFLOW_PYTHON) -m include.local.distributed down; ended=$$?; \
	$(AIRFLOW_PYTHON) -m include.local.up stop && exit $$ended; fi

lint: setup ## style, types and import contracts, two at a time
	@$(INSTALL) test embedded-test
	@$(MAKE) --no-print-directory -j 2 $(LINTS)

lint-style:
	@$(AIRFLOW_PYTHON) -m ruff check .
	@$(AIRFLOW_PYTHON) -m ruff format --check .

lint-types:
	@$(AIRFLOW_PYTHON) -m mypy

lint-imports:
	@.venv/bin/lint-imports

lint-snowflake:
	@cd include/local/snowflake && $(EMBEDDED_BIN)/mypy && $(EMBEDDED_BIN)/lint-imports

# Two at a time: much of their time tests wait, for pods and for Airflow.
test: lint ## all checks and tests: ARGS="-k taxi"
	@$(INSTALL) browser
	@$(AIRFLOW_PYTHON) -m pytest $(if $(ARGS),$(ARGS),--numprocesses 2 --durations 30)
	@$(if $(ARGS),,$(TEST_SNOWFLAKE) --numprocesses 2 --dist loadfile)

bench-tasks: setup ## what a task costs beside the same work by Airflow's own operators: ARGS="--rounds 7"
	@$(INSTALL) test
	@$(AIRFLOW_PYTHON) -m tests.benchmarks.task_start $(ARGS)

test-snowflake: setup ## the tests of the embedded Snowflake only: ARGS="-k merge"
	@$(INSTALL) embedded-test
	@$(TEST_SNOWFLAKE) $(ARGS)

# All of them run two at a time, and then the core's coverage is printed; its floor is `fail_under` in pyproject.toml.
ifdef ARGS
test-fast: lint
	@$(AIRFLOW_PYTHON) -m pytest $(FAST) $(ARGS)
else
test-fast: setup ## all checks, and the tests that need no server, cluster or browser
	@$(INSTALL) test embedded-test
	@$(MAKE) --no-print-directory -j 2 $(LINTS) $(FAST_TESTS)
	@$(COVERAGE) combine --quiet --keep --data-file .local/coverage/all .local/coverage/factory .local/coverage/others
	@$(COVERAGE) report --data-file .local/coverage/all
endif

test-fast-factory:
	@$(COVERAGE) run --data-file .local/coverage/factory -m pytest $(FAST) tests/factory

test-fast-others:
	@$(COVERAGE) run --data-file .local/coverage/others -m pytest $(FAST) --ignore tests/factory

test-fast-snowflake:
	@$(TEST_SNOWFLAKE) -q -m "not server"

bench: setup ## what loading costs, beside other ways to write DAGs: BENCH="100 1000" (numbers of pipelines) or BENCH="--help"
	@$(INSTALL) bench
	@$(AIRFLOW_PYTHON) -m tests.benchmarks.loading $(BENCH)

format: ## format the code
	@$(INSTALL) test
	@$(AIRFLOW_PYTHON) -m ruff format .
	@$(AIRFLOW_PYTHON) -m ruff check --fix .

LOCK := $(VENVS)/uv/bin/uv pip compile --universal --fork-strategy fewest --python-version 3.11 --no-emit-index-url --no-header --no-annotate --quiet
ALL_EXTRAS := postgres celery fab statsd hashicorp amazon microsoft-azure
lock: setup ## write the pinned requirements anew from pyproject.toml
	@$(LOCK) pyproject.toml -o requirements.txt
	@$(LOCK) --group snowpark -o include/runtime/requirements.txt
	@$(LOCK) --group distributed -c requirements.txt -o include/local/distributed/requirements.txt
	@$(LOCK) --group extras -c requirements.txt -o include/deploy/requirements/all.txt
	@for extra in $(ALL_EXTRAS); do $(LOCK) --group $$extra -c include/deploy/requirements/all.txt -o include/deploy/requirements/$$extra.txt || exit 1; done
	@$(LOCK) --group test -c requirements.txt -o tests/requirements.txt
	@$(LOCK) --group bench -c requirements.txt -o tests/benchmarks/requirements.txt
	@cd include/local/snowflake && $(LOCK) pyproject.toml -o requirements.txt
	@cd include/local/snowflake && $(LOCK) --group test -c requirements.txt -o tests/requirements.txt
	@cd include/local/snowflake && $(subst 3.11,3.10,$(LOCK)) --group client-oldest -o tests/clients/oldest.txt
	@cd include/local/snowflake && $(LOCK) --group client-newest -o tests/clients/newest.txt
	@cd include/local/snowflake && $(LOCK) --group client-snow -o tests/clients/snow.txt
	@cd include/local/snowflake && grep -v '^packaging==' ../../runtime/requirements.txt | $(LOCK) --group client-ml -c - -o tests/clients/ml.txt

CACHES := .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
clean: stop cluster-down ## stop all and remove everything that was made
	@rm -rf .local .venv $(CACHES) $(addprefix include/local/snowflake/, $(CACHES))
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
