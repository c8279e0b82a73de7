# The commands of this repository. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

in_venv := .venv/bin
localrun := $(in_venv)/python -m localrun
# BROKER=4 has whatever is started use RabbitMQ 4.
export POSTKAMER_BROKER ?= $(BROKER)
python_files := find . -name '*.py' -not -path './.*' -not -path '*/migrations/*'

.PHONY: help setup demo up stop test test-long check failures failures-full bench bench-full contracts migration features lock clean
.PHONY: dashboards dashboards-check
.PHONY: format lint types floor-plan spelling contracts-check

help:
	@echo "Postkamer, a mailroom for invoices. Commands:"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## make .venv from requirements.lock (every command does this first)
	@deploy/local/setup

demo: setup ## start the suite, play a billing system, show who got what; ONCE=1 ends by itself
	@exec $(localrun) demo $(if $(ONCE),--once)

up: setup ## start the suite and keep it running until Ctrl-C
	@exec $(localrun) up

stop: setup ## end what `make up` or `make demo` has started
	@$(localrun) stop

test: setup ## every test, beside servers of its own; ARGS="services/documents -k publishing"
	@deploy/local/chromium
	@exec $(if $(ARGS),$(localrun) with-servers -- $(in_venv)/pytest $(ARGS),deploy/local/in-lanes)

test-long: setup ## what make test leaves out because it takes minutes, faults apart
	@exec $(localrun) with-servers -- $(in_venv)/pytest -m long --ignore=tests/failures $(ARGS)

check: setup ## format, lint, types, floor plan, spelling, contracts
	@$(MAKE) --jobs=2 --keep-going --output-sync=target \
		types lint format floor-plan spelling contracts-check

failures: setup ## the failure suite; SIZE=full SEED=7 for one storm; BROKER=4 against RabbitMQ 4
	@$(in_venv)/python -m localrun.rabbitmq_image
ifdef SIZE
	@exec $(localrun) storm --size $(SIZE) $(SEED:%=--seed %) $(PROMISE:%=--promise %)
else
	@exec $(in_venv)/pytest tests/failures -m '' $(ARGS)
endif

failures-full: ## 20,000 documents through 57 faults, about half an hour; SEED=7 PROMISE=hold
	@$(MAKE) failures SIZE=full

bench: setup ## measure beside what one would use instead; figures also in bench/results
	@exec $(in_venv)/python bench

bench-full: setup ## the same with large sizes, and what takes longer than a coffee
	@exec $(in_venv)/python bench --full

contracts: setup ## write the schema snapshots and docs/messages.md anew
	@$(in_venv)/python -m contracts
	@$(in_venv)/python tests/architecture/homes.py

migration: setup ## write a migration: service=documents m="say what changes"
	@test -n "$(service)" -a -n "$(m)" || { echo 'make migration service=… m="…"' >&2; exit 2; }
	@exec $(localrun) with-servers -- $(in_venv)/python -m $(service) migration -m "$(m)"

dashboards: setup ## write deploy/monitoring's dashboards, alert rules and their cases anew
	@$(in_venv)/python -m deploy.monitoring

dashboards-check: setup ## ask every panel's question of the suite that runs; FOLDER=.run
	@exec $(in_venv)/python -m deploy.monitoring check $(FOLDER:%=--folder %)

features: setup ## which feature is proven by which test
	@$(in_venv)/python tests/features.py

# uv.lock names the registry it was made with, so it stays out of git; the export names none.
lock: setup ## pin the dependencies anew, after a pyproject.toml has changed
	@PATH="$$PWD/.run/uv/bin:$$PATH"; uv lock
	@PATH="$$PWD/.run/uv/bin:$$PATH"; uv export --quiet --all-packages --all-groups \
		--no-emit-workspace --no-header --no-annotate > .run/requirements.lock
	@! grep -n '://' .run/requirements.lock
	@mv .run/requirements.lock requirements.lock
	@deploy/local/setup

clean: ## take away .venv, .run (with its data) and every cache
	@if [ -x $(in_venv)/python ]; then $(localrun) stop; fi
	@rm -rf .venv .run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The parts of `check`. A checker that looked at nothing is content too, so each part also holds
# its report against the number of files there are.
format:
	@echo "== format"
	@$(in_venv)/ruff format --check . | tee .run/format.txt
	@test "$$(sed -n 's/^\([0-9]*\) files\? already formatted/\1/p' .run/format.txt)" \
		-ge "$$($(python_files) | wc -l)"

lint:
	@echo "== lint"
	@$(in_venv)/ruff check .
	@$(in_venv)/hadolint deploy/Dockerfile
	@test "$$($(in_venv)/ruff check --show-files . | grep -c '\.py$$')" \
		-ge "$$($(python_files) | wc -l)"

types:
	@echo "== types"
	@$(in_venv)/mypy | tee .run/types.txt
	@test "$$(sed -n 's/.* in \([0-9]*\) source files\?$$/\1/p' .run/types.txt)" \
		-ge "$$($(python_files) -path '*/src/*' | wc -l)"

floor-plan:
	@echo "== floor plan"
	@$(in_venv)/lint-imports --no-logo | tee .run/floor-plan.txt
	@grep -q '[1-9][0-9]* kept' .run/floor-plan.txt

spelling:
	@echo "== spelling"
	@git ls-files --cached --others --exclude-standard -z | grep -zv '\.lock$$' \
		| xargs -0 $(in_venv)/codespell --count

contracts-check:
	@echo "== contracts"
	@$(in_venv)/python -m contracts check
