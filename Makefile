# Everything a person does with a checkout. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
TEMPLATES = $(shell git ls-files 'templates/*.html')
WORKERS ?= auto
ARGS ?=
# Else every process would compile every module it imports, each time.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run test spark-test check messages assets bench bench-kpis bench-gate
.PHONY: screenshots backup restore

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.run ## start the whole platform (PORT, PILOTGATE_HOME, DEMO=0)
	@exec $(PY) -m config.supervisor

test: .venv/.dev ## run every test (ARGS="-k gate", WORKERS=0 for one process)
	@exec $(PY) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

spark-test: .venv/.dev .venv/.spark ## compare Spark with DuckDB (needs Java 17: openjdk-17-jre-headless)
	@command -v java >/dev/null || { echo "java is missing (Debian: apt-get install -y openjdk-17-jre-headless)" >&2; exit 1; }
	@exec $(PY) -m pytest -m spark tests/kpis/test_spark.py $(ARGS)

# mypy forgets: with the Django plugin, a cache left by a broken tree keeps its errors.
check: export SECRET_KEY = a key for looking at the code, never for serving it
check: .venv/.dev ## lint, format, import contracts, types, templates, migrations, translations
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	.venv/bin/lint-imports --no-logo
	@.venv/bin/djade --check --target-version 5.2 $(TEMPLATES)
	@.venv/bin/djangofmt check $(TEMPLATES)
	@$(PY) -m tests.house
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PY) -m mypy --no-error-summary --cache-dir=/dev/null .

messages: .venv/.dev ## collect the texts to translate (needs gettext)
	$(PY) manage.py makemessages --locale zh_Hans --no-location --no-obsolete \
		--ignore 'tests/*' --ignore 'build/*'
	$(PY) -m config.translations

assets: ## fetch the front-end files that static/vendor/lock.json names (needs npm)
	$(PY) static/vendor/refresh.py

bench: .venv/.dev ## measure; each prints a table and writes bench/results/<name>.json
	@for each in bench/[a-z]*.py; do $(PY) -m bench.$$(basename $$each .py) || exit 1; done

bench-kpis: .venv/.dev ## the KPI engine's figures (ROWS=1000000 for a small run)
	@exec $(PY) -m bench.kpis

bench-gate: .venv/.dev ## simulate the gate's law: 40,000 pilots a cell, some minutes
	@exec $(PY) -m bench.gate $(ARGS)

screenshots: .venv/.dev ## picture every page of a running demo (PILOTGATE_URL)
	@exec $(PY) -m tests.journeys.screenshots

backup: .venv/.run ## put database, lake, files and keys into one file under build/
	@exec $(PY) -m config.backup save

restore: .venv/.run ## bring a backup back: make restore FILE=...
	@exec $(PY) -m config.backup restore "$(FILE)"

.venv/.run: requirements.txt
	@config/install.sh $< $@

.venv/.dev: requirements-dev.txt
	@config/install.sh $< $@

.venv/.spark: requirements-spark.txt
	@config/install.sh $< $@
