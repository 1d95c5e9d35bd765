# Everything a person does here. `make` targets create and refresh .venv by themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-sources --python-version 3.11

.PHONY: help demo run test lint format bench bench-summaries calls kills faults traps snudown lock clean
help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

$(VENV)/ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(VENV)/ready      ## the real daemon against a Lemmy, a Reddit and a news site here; ARGS="--lemmy 1.0" or --piefed
	$(BIN)/precis demo $(ARGS)

run: $(VENV)/ready       ## the daemon with ./config.toml
	$(BIN)/precis run $(ARGS)

test: $(VENV)/ready      ## all tests, on both cores
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/ready      ## style, types and the import arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/ready    ## let ruff put everything in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/ready     ## time to reply and posts a minute, printed as a table
	$(BIN)/python -m benchmarks.throughput $(ARGS)

calls: $(VENV)/ready     ## what an hour, and a rush, asks of the servers: calls counted by what they are for
	$(BIN)/python -m benchmarks.calls $(ARGS)

kills: $(VENV)/ready     ## 200 SIGKILLs with random faults: replies missing and doubled; ARGS="--on 1.0|upgrade|piefed"
	$(BIN)/python -m benchmarks.kills $(ARGS)

faults: $(VENV)/ready    ## each fault of a server x each platform: the comments that stand there in the end
	$(BIN)/python -m benchmarks.faults

traps: $(VENV)/ready     ## the traps of real servers, and the tests that stand for each
	$(BIN)/python -m benchmarks.traps

tests/render/snudown/node_modules: tests/render/snudown/package-lock.json
	cd tests/render/snudown && npm ci --silent --no-audit --no-fund
	touch $@

snudown: tests/render/snudown/node_modules  ## Reddit's own Markdown renderer, for the tests (needs node)

bench-summaries: $(VENV)/ready  ## summaries against other methods; DATA=folder with the articles
	$(BIN)/python -m benchmarks.summaries "$(DATA)" $(ARGS)

lock: $(VENV)/ready      ## pin every dependency, with hashes; uv writes no index address
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock

clean:           ## forget .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
