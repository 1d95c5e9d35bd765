# Everything a person does here. `make` targets create and refresh .venv by themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-sources --python-version 3.11

.PHONY: help demo run test lint format bench bench-summaries bench-safety calls kills wishes faults traps disk soak fuzz snudown axe findings docs pictures unit wheel lock clean
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

lint: $(VENV)/ready      ## style, types, the import arrows, and known holes in what is pinned
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python -m tests.audit requirements.lock

format: $(VENV)/ready    ## let ruff put everything in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/ready     ## time to reply, posts a minute, start, memory, and what a page costs beside peers
	$(BIN)/python -m benchmarks.throughput $(ARGS)
	$(BIN)/python -m benchmarks.daemon --posts 1000
	$(BIN)/python -m benchmarks.peers

calls: $(VENV)/ready     ## what an hour, and a rush, asks of the servers: calls counted by what they are for
	$(BIN)/python -m benchmarks.api_calls $(ARGS)

kills: $(VENV)/ready     ## 200 SIGKILLs with random faults: replies missing and doubled; ARGS="--on 1.0|upgrade|piefed"
	$(BIN)/python -m benchmarks.kills $(ARGS)

wishes: $(VENV)/ready    ## SIGKILLs while the bot does what people ask (delete, opt out, pause ...): done how often
	$(BIN)/python -m benchmarks.command_kills $(ARGS)

faults: $(VENV)/ready    ## each fault of a server x each platform: the comments that stand there in the end
	$(BIN)/python -m benchmarks.faults

traps: $(VENV)/ready     ## the traps of real servers, and the tests that stand for each
	$(BIN)/python -m benchmarks.server_quirks

disk: $(VENV)/ready      ## disk full at every single write from the first poll to the last reply
	mkdir -p .disk && $(BIN)/python -m tests.disk .disk; found=$$?; rm -rf .disk; exit $$found

fuzz: $(VENV)/ready      ## new hostile inputs for each target; MINUTES=20 each, ARGS=names of targets
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),20) $(ARGS)

soak: $(VENV)/ready      ## 10,000 mixed posts among faults: memory, threads, files, outcomes (an hour)
	$(BIN)/python -m benchmarks.soak $(ARGS)

tests/render/snudown/node_modules: tests/render/snudown/package-lock.json
	cd tests/render/snudown && npm ci --silent --no-audit --no-fund
	touch $@

snudown: tests/render/snudown/node_modules  ## Reddit's own Markdown renderer, for the tests (needs node)

tests/web/axe/node_modules: tests/web/axe/package-lock.json
	cd tests/web/axe && npm ci --silent --no-audit --no-fund
	touch $@

axe: tests/web/axe/node_modules  ## the accessibility rules for the tests of the pages (needs node)

bench-summaries: $(VENV)/ready  ## summaries against other methods; DATA=folder with the articles
	$(BIN)/python -m benchmarks.summaries "$(DATA)" $(ARGS)

bench-safety: $(VENV)/ready  ## hostile links, servers, texts and pages, with the plain libraries beside
	$(BIN)/python -m benchmarks.safety $(ARGS)

findings:                ## behaviour of other software that guesses get wrong, run anew; ARGS=names (needs node and cargo)
	@failed=; for finding in $(or $(ARGS),$(basename $(notdir $(wildcard findings/*.sh)))); do \
	  echo "== $$finding"; timeout 600 bash findings/$$finding.sh || failed="$$failed $$finding"; \
	done; test -z "$$failed" || { echo "changed or failed:$$failed"; exit 1; }

.venv-docs/ready: requirements-docs.lock
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

unit: $(VENV)/ready      ## the systemd unit's score, and the daemon at work under what the unit forbids (needs root)
	$(BIN)/python -m benchmarks.systemd_unit

docs: .venv-docs/ready   ## the docs as a site in ./site
	.venv-docs/bin/zensical build --strict

pictures: $(VENV)/ready  ## the pictures of the docs, anew (needs chromium)
	$(BIN)/python docs/pictures.py

wheel: $(VENV)/ready    ## build the wheel, install it in a clean environment, and try it there
	.ci/wheel

lock: $(VENV)/ready      ## pin every dependency, with hashes; uv writes no index address
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	$(COMPILE) --group docs -o requirements-docs.lock

clean:           ## forget .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
