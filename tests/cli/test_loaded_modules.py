"""Each command loads only the libraries that it uses."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.models import CommandInfo

from bot.cli.options import app
from bot.sandbox.news.page_builder import build_page
from bot.store import Database
from tests.cli.conftest import ROOT, write_config
from tests.cli.test_json_output import CONFIG

READING = {"bot.extract.extraction_steps", "bot.summarize", "numpy", "lxml", "sumy", "newspaper", "py3langid"}
NETWORK = {"bot.fetch.fetcher", "httpx2", "praw", "bot.platforms.lemmy", "stamina"}
SERVICE = {"bot.daemon.app", "apscheduler", "starlette", "uvicorn", "procrastinate", "prometheus_client"}
UNUSED = {"bot.daemon.tuning", "bot.config.first_config", "sqlalchemy.dialects.postgresql", "alembic"}
SQL = {"sqlalchemy", "bot.store.database", "bot.store.tables", "filelock", "asyncio"}
"""What `status` on SQLite does without: its queries are texts, which sqlite3 executes."""
RARE = {"tomlkit", "tempfile", "importlib.metadata", "email", "ssl"}
"""What only error messages, extensions and other commands need."""
LOOKS = {"rich.traceback", "babel", "jinja2"}
SETTINGS = {"sqlalchemy", "bot.config", "tomlkit", "rich"}
"""What a page in a file needs neither without --config nor without a terminal."""
COMMAND_LINE = {"typer", "pydantic", "structlog", "sqlalchemy", "rich", "asyncio"}

PROGRAM = """
import runpy, sys
try:
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
except SystemExit as end:
    assert not end.code, end.code
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path, CONFIG)
    Database(tmp_path / "precis.db", datetime.now(UTC)).close()
    (tmp_path / "page.html").write_bytes(build_page("bridge", "https://courier.example/harbour/bridge"))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "not_loaded"),
    [
        (["--version"], COMMAND_LINE | READING | NETWORK | SERVICE | LOOKS),
        (["status"], READING | NETWORK | SERVICE | LOOKS | UNUSED | SQL | RARE),
        (["status", "--json"], READING | NETWORK | SERVICE | LOOKS | UNUSED | SQL | RARE),
        (["posts"], READING | NETWORK | SERVICE | LOOKS),
        (["try", "page.html"], (READING | NETWORK | SERVICE | LOOKS | SETTINGS) - {"jinja2", "babel"}),
    ],
)
def test_a_command_loads_only_what_it_uses(command: list[str], not_loaded: set[str], folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert done.stdout
    assert "bot" in loaded
    assert loaded & not_loaded == set()


def test_the_version_is_the_same_with_and_without_the_command_line(folder: Path) -> None:
    commands = (["--version"], ["--version", "status"])
    printed = [
        subprocess.run(
            [sys.executable, "-m", "bot", *command], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for command in commands
    ]
    assert printed[0] == printed[1]
    assert printed[0].startswith("precis ")


def test_only_the_command_that_runs_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = typer.main.get_command_from_info

    def note(command_info: CommandInfo, **options: Any) -> object:
        built.append(command_info.callback.__name__)  # type: ignore[union-attr]
        return build(command_info, **options)

    monkeypatch.setattr(typer.main, "get_command_from_info", note)
    for name in ("try", "copy-database", "posts"):
        typer.main.get_command(app.with_only([name]))
    assert built == ["try_", "copy_database", "posts"]
    built.clear()
    typer.main.get_command(app.with_only(["--version"]))
    typer.main.get_command(app.with_only(["post"]))  # the error suggests one of all
    typer.main.get_command(app.with_only([]))
    assert len(built) == 3 * len(app.registered_commands) > 60
