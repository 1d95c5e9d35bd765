# All commands of the project. The targets create and update .venv as needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
IN_PLACE := $(filter .venv,$(VENV))
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-sources --python-version 3.11

.PHONY: help install demo run test test-postgresql lint format bench bench-summaries bench-safety api-calls kills command-kills failover database-faults nodes faults server-quirks disk soak fuzz resolve collect snudown axe findings docs reference pictures unit wheel release lock clean
help:            ## print this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

# What a user needs. In .venv it is this folder itself, so that git pull updates it; elsewhere it is a copy.
# Only the modules that Precis uses are compiled, which saves time and space. pip is removed at the end: it is
# needed only here, and takes more space than Precis.
$(VENV)/installed: requirements.lock requirements-build.lock pyproject.toml $(if $(IN_PLACE),,$(shell find bot -name '*.py'))
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --require-hashes -r requirements.lock
	$(PIP_INSTALL) --require-hashes --target $(VENV)/build -r requirements-build.lock
	PYTHONPATH=$(VENV)/build $(PIP_INSTALL) --no-build-isolation $(if $(IN_PLACE),--editable,--force-reinstall) .
	rm -rf $(VENV)/build
	PYTHONDONTWRITEBYTECODE= $(BIN)/python deploy/precompile.py
	test -e $(VENV)/ready || $(BIN)/python -m pip uninstall --quiet --yes pip setuptools
	touch $@

# What a developer needs in addition. Both locks have the same versions of what a user needs.
$(VENV)/ready: requirements-dev.lock $(VENV)/installed
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	touch $@

# What nodes on PostgreSQL need in addition.
$(VENV)/postgres: requirements-postgres.lock $(VENV)/installed
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --require-hashes -r requirements-postgres.lock
	test -e $(VENV)/ready || $(BIN)/python -m pip uninstall --quiet --yes pip setuptools
	touch $@

install: $(VENV)/installed $(if $(POSTGRES),$(VENV)/postgres)  ## install what a user needs in .venv; VENV=/opt/precis: for all users; POSTGRES=1: for several nodes
	@echo "Installed: $(BIN)/precis"

demo: $(VENV)/installed  ## run the daemon against a local Lemmy, Reddit and news site; ARGS="--lemmy 1.0" or --piefed
	$(BIN)/precis demo $(ARGS)

run: $(VENV)/installed   ## run the daemon with ./config.toml
	$(BIN)/precis run $(ARGS)

test: $(VENV)/ready      ## run all tests that need no PostgreSQL server, in parallel
	$(BIN)/python -m pytest $(ARGS)

test-postgresql: $(VENV)/ready  ## run the tests on PostgreSQL: the store and its users again, and several nodes
	$(BIN)/python -m pytest -m postgresql $(ARGS)

lint: $(VENV)/ready      ## check style, types, import directions and known vulnerabilities of dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python -m tests.audit requirements.lock

format: $(VENV)/ready    ## format all code with ruff
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/ready     ## measure time to reply, posts per minute, start, memory, and the cost per page
	$(BIN)/python -m benchmarks.throughput $(ARGS)
	$(BIN)/python -m benchmarks.daemon --posts 1000
	$(BIN)/python -m benchmarks.peers

api-calls: $(VENV)/ready ## count the API calls of an hour and of a burst of posts, by purpose
	$(BIN)/python -m benchmarks.api_calls $(ARGS)

kills: $(VENV)/ready     ## 200 SIGKILLs with random faults: missing and double replies; ARGS="--on 1.0|upgrade|piefed", --clock
	$(BIN)/python -m benchmarks.kills $(or $(KILLS),$(ARGS))

command-kills: $(VENV)/ready  ## SIGKILLs while the bot executes commands (delete, opt out, pause ...): each executed once?
	$(BIN)/python -m benchmarks.command_kills $(or $(STEPS),$(ARGS))

failover: $(VENV)/ready  ## 200 failovers between two nodes at every step of a send: missing and double replies
	$(BIN)/python -m benchmarks.failover $(ARGS)

database-faults: $(VENV)/ready  ## restart, crash, failover and too many connections of PostgreSQL in the middle of a run
	$(BIN)/python -m benchmarks.database_faults $(ARGS)

nodes: $(VENV)/ready     ## posts a minute and processor time with 1, 2 and 4 nodes, beside a single machine
	$(BIN)/python -m benchmarks.nodes $(ARGS)

faults: $(VENV)/ready    ## each fault of a server on each platform: the comments on the server in the end
	$(BIN)/python -m benchmarks.faults

server-quirks: $(VENV)/ready  ## list the quirks of real servers, and the tests for each
	$(BIN)/python -m benchmarks.server_quirks

disk: $(VENV)/ready      ## let the disk be full at every single write from the first poll to the last reply
	mkdir -p .disk && $(BIN)/python -m tests.disk .disk; status=$$?; rm -rf .disk; exit $$status

fuzz: $(VENV)/ready      ## try new hostile inputs for each target; MINUTES=20 each, ARGS=names of targets
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),20) $(ARGS)

soak: $(VENV)/ready      ## process 10,000 mixed posts with faults: memory, threads, files, outcomes (an hour)
	$(BIN)/python -m benchmarks.soak $(ARGS)

resolve:                 ## look for versions that fit with the oldest and the newest pip
	python3 benchmarks/install_cost.py --resolve

collect: $(VENV)/ready   ## import all tests, which writes their byte code
	@output=$$($(BIN)/python -m pytest --collect-only -n 0 -qq 2>&1) || { echo "$$output"; exit 1; }

tests/render/snudown/node_modules: tests/render/snudown/package-lock.json
	cd tests/render/snudown && npm ci --silent --no-audit --no-fund
	touch $@

snudown: tests/render/snudown/node_modules  ## install Reddit's Markdown renderer for the tests (needs node)

tests/web/axe/node_modules: tests/web/axe/package-lock.json
	cd tests/web/axe && npm ci --silent --no-audit --no-fund
	touch $@

axe: tests/web/axe/node_modules  ## install the accessibility rules for the tests of the pages (needs node)

bench-summaries: $(VENV)/ready  ## compare summaries with other methods; DATA=folder with the articles
	$(BIN)/python -m benchmarks.summaries "$(DATA)" $(ARGS)

bench-safety: $(VENV)/ready  ## hostile links, servers, texts and pages, compared with plain libraries
	$(BIN)/python -m benchmarks.safety $(ARGS)

findings:                ## unexpected behaviour of other software, run again; ARGS=names (needs node and cargo)
	@failed=; for finding in $(or $(ARGS),$(basename $(notdir $(wildcard findings/*.sh)))); do \
	  echo "== $$finding"; timeout 600 bash findings/$$finding.sh || failed="$$failed $$finding"; \
	done; test -z "$$failed" || { echo "changed or failed:$$failed"; exit 1; }

.venv-docs/ready: requirements-docs.lock
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

unit: $(VENV)/ready      ## score the systemd unit, and run the daemon under its restrictions (needs root)
	$(BIN)/python -m benchmarks.systemd_unit

docs: .venv-docs/ready   ## build the docs in ./site
	.venv-docs/bin/zensical build --strict

reference: $(VENV)/ready ## generate the docs of the settings and commands from the code again
	$(BIN)/python -m bot.config.docs_page
	$(BIN)/python -m bot.inbox.commands.docs_page
	$(BIN)/python -m tests.inbox.commands.dialogue
	$(BIN)/python -m bot.workers.docs_page

pictures: $(VENV)/ready  ## create the pictures of the docs again (needs chromium)
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/sandbox_pictures.py

wheel: $(VENV)/ready     ## build the wheel and test it in a clean environment
	.ci/wheel

.venv-release/ready: requirements-release.lock
	$(PYTHON) -m venv .venv-release
	.venv-release/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

release: .venv-release/ready  ## build wheel, source distribution, SBOM and checksums in ./dist
	.venv-release/bin/python deploy/release.py

lock: $(VENV)/ready      ## pin every dependency with hashes (uv writes no index URL)
	$(COMPILE) pyproject.toml --excludes requirements-excluded.txt -o requirements.lock
	$(COMPILE) pyproject.toml --excludes requirements-excluded.txt --extra postgres --constraints requirements.lock -o requirements-postgres.lock
	$(COMPILE) pyproject.toml --group dev --extra postgres --constraints requirements.lock -o requirements-dev.lock
	$(COMPILE) --group build --constraints requirements-dev.lock -o requirements-build.lock
	$(COMPILE) --group release --constraints requirements-dev.lock -o requirements-release.lock
	$(COMPILE) --group docs -o requirements-docs.lock

clean:           ## delete .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
