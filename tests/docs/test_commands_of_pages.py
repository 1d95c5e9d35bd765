"""Runs every command of the docs, in the order of the page, with the settings that the page writes."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import postgresql
from tests.conftest import on_server
from tests.docs.command_table import (
    EXIT_CODES,
    HELP_ONLY,
    NOT_RUN,
    OTHER_BLOCKS,
    OTHER_TESTS,
    POSTGRESQL,
    SEVERAL_MACHINES,
    commands,
    help_only,
    treatment,
)
from tests.docs.page_blocks import PAGES, ROOT, Kind, blocks, name_of
from tests.docs.page_session import TIMEOUT_SECONDS, PageSession, Servers, copy_of, running_servers

DAEMON = "precis run"
ON_POSTGRESQL = (POSTGRESQL, SEVERAL_MACHINES)
STARTS = {
    "docs/how-to/watch.md": "curl ",
    "docs/how-to/operate.md": "precis reload",
    "docs/how-to/troubleshooting.md": "precis logs",
    SEVERAL_MACHINES: "precis status",
}
"""Pages with a command that needs a daemon, and how the first one begins."""
CONFIGS = {"docs/how-to/deploy.md": Path("etc/precis/config.toml")}
"""The settings file that a page changes, if it is not config.toml."""
STOPS = {SEVERAL_MACHINES: ("precis restore",)}
USUAL_STOPS = ("precis backup", "precis status")
"""How the first command begins before which the daemon ends, for some pages and for all others."""
LASTING = {"precis run --dry-run": "would reply under", DAEMON: '"event": "running"'}
"""Commands that run until they are stopped, and what they print when they work."""


def runnable_pages() -> list[Path]:
    """The pages with a command that this test runs, or with settings."""
    with_commands = {page for page, command in commands() if treatment(page, command) == "run"}
    with_settings = {
        name_of(page) for page in PAGES if any(each.kind is Kind.SETTINGS for each in blocks(page))
    }
    return [page for page in PAGES if name_of(page) in (with_commands | with_settings) - OTHER_TESTS.keys()]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with running_servers() as started:
        yield started


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=name_of(page), marks=on_server if name_of(page) in ON_POSTGRESQL else ())
        for page in runnable_pages()
    ],
)
def test_the_commands_of_the_page_run(page: Path, servers: Servers, tmp_path: Path) -> None:
    with PageSession(servers, copy_of(servers, tmp_path)) as session:
        if name_of(page) in ON_POSTGRESQL:
            cluster = postgresql.shared_cluster()
            if cluster is None:
                pytest.skip("PostgreSQL is not installed")
            session.use_postgresql(cluster, page.stem.replace("-", "_"))
        for block in blocks(page):
            if block.kind is Kind.SETTINGS:
                session.change_settings(CONFIGS.get(name_of(page), Path("config.toml")), block.text)
            elif block.kind is Kind.COMMANDS:
                for command in block.commands:
                    if treatment(name_of(page), command) == "run":
                        run_command(session, name_of(page), command)


def run_command(session: PageSession, page: str, command: str) -> None:
    """Run one command; start or stop the daemon before, where the page has or has not one by then."""
    if not session.is_running(DAEMON) and command.startswith(STARTS.get(page, "\0")):
        session.start(DAEMON, LASTING[DAEMON])
    elif session.is_running(DAEMON) and command.startswith(STOPS.get(page, USUAL_STOPS)):
        session.stop(DAEMON)
    if command in LASTING:
        session.start(command, LASTING[command])
        session.stop(command)
    else:
        session.run(command, EXIT_CODES.get(command, (0,)))


def test_the_table_has_only_commands_of_the_docs() -> None:
    assert NOT_RUN.keys() - set(commands()) == set()


def test_the_reasons_for_options_only_are_needed() -> None:
    for start in HELP_ONLY:
        assert any(command.startswith(start) for _, command in commands()), start


def test_every_other_block_is_known() -> None:
    """A block that is neither commands nor settings has no command in it, and is in the table."""
    known = set()
    for page in PAGES:
        for block in blocks(page):
            if block.kind is Kind.OTHER:
                keys = [
                    key for key in OTHER_BLOCKS if key[0] == name_of(page) and block.text.startswith(key[1])
                ]
                assert keys, f"{name_of(page)}: {block.lines[0]}"
                known.update(keys)
                assert not re.search(r"^(\.venv/bin/)?precis ", block.text, re.MULTILINE), block.text
    assert known == OTHER_BLOCKS.keys()


@pytest.mark.parametrize(("page", "test"), OTHER_TESTS.items())
def test_the_other_tests_exist(page: str, test: str) -> None:
    assert (ROOT / page).is_file()
    assert (ROOT / test).is_file()


@pytest.mark.parametrize(
    ("page", "command"), [(page, command) for page, command in commands() if help_only(command)]
)
def test_the_name_and_the_options_exist(page: str, command: str) -> None:
    name, *arguments = shlex.split(command)
    if name == "make":
        dry_run = [name, "--dry-run", "--always-make", *arguments]
        subprocess.run(dry_run, cwd=ROOT, check=True, capture_output=True, timeout=TIMEOUT_SECONDS)
        return
    module = find_spec(arguments[1])
    assert module is not None, f"{page}: {command}"
    assert module.origin is not None
    source = Path(module.origin).read_text(encoding="utf-8")
    for option in arguments[2:]:
        assert not option.startswith("-") or f'"{option}"' in source, f"{page}: {command}"
