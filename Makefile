# Everything a person does with this checkout. `make help` prints the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3.14 python3 2>/dev/null))
BIN := .venv/bin
PORT ?= 8000
SANDBOX_PORT ?= 8420
DATA_DIR ?= var
WORKERS ?= 2
POSTGRES ?= postgresql://postgres@127.0.0.1:5432
REDIS ?= redis://127.0.0.1:6379/7
export PYTHONWARNINGS ?=

ifeq ($(PYTHON),)
PYTHON := echo "Python 3.11 or newer is missing. Debian, Ubuntu: sudo apt-get install python3 python3-venv" >&2; false
endif
PREPARE = @$(PYTHON) tools/prepare.py

# A production installation's variables, for the checks that judge one. None of them is a secret.
PRODUCTION = DEMO= SECRET_KEY=$$(printf 'check-only-%050d' 7) SITE_URL=https://giving.example.org \
	DATABASE_URL=postgresql://check@127.0.0.1:1/check NEWSROOM_NAME=Check \
	STRIPE_SECRET_KEY=rk_live_check STRIPE_WEBHOOK_SECRETS=whsec_check \
	REDIS_URL=redis://127.0.0.1:6379/7 EMAIL_URL=smtp+tls://user:pass@mail.example.org:587

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Make .venv with everything for development
	$(PREPARE) venv dev libraries

.PHONY: demo
demo: ## Run the whole product on this machine (PORT, SANDBOX_PORT, DATA_DIR, SEED=large)
	$(PREPARE) venv run libraries
	@DEMO=1 PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT) DATA_DIR=$(DATA_DIR) \
		exec $(BIN)/python manage.py demo

.PHONY: run
run: ## Serve the web part with the settings of the environment
	$(PREPARE) venv run libraries
	@exec $(BIN)/granian --interface wsgi --host 127.0.0.1 --port $(PORT) \
		--blocking-threads 1 --workers $(WORKERS) config.wsgi:application

.PHONY: worker
worker: ## Do the waiting work: with REDIS_URL by Celery, without by the tick command
	$(PREPARE) venv run libraries
	@if [ -n "$$REDIS_URL" ]; then mkdir -p $(DATA_DIR) && exec $(BIN)/celery -A config.celery worker --beat \
		--schedule $(DATA_DIR)/beat --loglevel INFO; \
		else exec $(BIN)/python manage.py tick --forever; fi

.PHONY: test
test: ## The whole suite on SQLite, browser part included; ARGS go to pytest
	$(PREPARE) venv dev libraries browser
	@env -u DATABASE_URL -u REDIS_URL -u DEMO -u DATA_DIR \
		$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: test-services
test-services: ## The same suite on PostgreSQL, Redis and a real Celery worker
	$(PREPARE) venv dev libraries browser services
	@env -u DEMO -u DATA_DIR DATABASE_URL=$(POSTGRES)/keepopen_$$$$ REDIS_URL=$(REDIS) \
		$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: lint
lint: ## Style, types and floors
	$(PREPARE) venv dev libraries
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@git ls-files -z '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check

.PHONY: check
check: lint ## lint, and Django's checks in a production profile, and migrations complete
	@mkdir -p $(DATA_DIR)
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@DEMO=1 DATA_DIR=$(DATA_DIR) $(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: format
format: ## Put code and templates into their form
	$(PREPARE) venv dev
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@git ls-files -z '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 || true

.PHONY: bench
bench: ## Measure speed and memory against their bounds; ARGS names some of them
	$(PREPARE) venv dev libraries services nginx browser
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: simulate
simulate: ## Live random lives under random faults; ARGS as in "--seed 7 --days 400 --supporters 200"
	$(PREPARE) venv dev libraries
	@env -u DATABASE_URL -u REDIS_URL DEMO=1 $(BIN)/python manage.py simulate $(ARGS)

.PHONY: mutate
mutate: ## How many small mistakes in money and services the tests notice; ARGS as in "--sample 50"
	$(PREPARE) venv dev libraries
	@$(BIN)/python -m tests.tools.mutate $(ARGS)

.PHONY: catalogue
catalogue: ## Write the table of cases and their tests into docs/reliability.md
	$(PREPARE) venv dev
	@$(BIN)/python -m tests.tools.catalogue

.PHONY: pictures
pictures: ## Photograph every page of the demo into docs/pictures
	$(PREPARE) venv dev libraries browser
	@$(BIN)/python -m tests.tools.pictures
