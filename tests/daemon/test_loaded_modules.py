"""The daemon starts without the libraries that it needs later, or that only some settings need."""

from __future__ import annotations

import subprocess
import sys

from tests.cli.conftest import ROOT

ONLY_WITH_SETTINGS = {
    *("starlette", "uvicorn", "smtplib", "praw", "bot.platforms.reddit", "bot.platforms.piefed.adapter"),
    *("procrastinate", "psycopg", "sqlalchemy.dialects.postgresql", "bot.cluster", "bot.web", "bot.sandbox"),
}
LATER = {
    *("jinja2", "yaml", "babel", "alembic", "bot.rules.yaml_events"),
    *("bot.platforms.lemmy.api_v3", "bot.platforms.lemmy.api_v4"),  # a server has one of them
}
NEVER = {
    *("asyncio", "anyio", "trio", "greenlet._asyncio", "typer", "rich", "prometheus_client"),
    *(
        "numpy",
        "lxml",
        "trafilatura",
        "newspaper",
        "sumy",
        "bot.extract.extraction_steps",
        "bot.workers.preload",
    ),
}
PROGRAM = """
import sys
import bot.daemon.first_imports
from bot.config import load
from bot.daemon.create import create_daemon
from bot.daemon.lifecycle import run_daemon
from bot.platforms.lemmy import Adapter
from bot.store import sqlite_engine
print(*sys.modules)
"""


def test_the_daemon_starts_without_what_it_does_not_use_yet() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"bot.daemon.app", "bot.store.tables", "apscheduler", "httpx2"} <= loaded
    assert loaded & (ONLY_WITH_SETTINGS | LATER | NEVER) == set()


def test_libraries_find_what_was_left_out_when_they_use_it() -> None:
    program = """
import bot.daemon.first_imports
import asyncio, anyio
from importlib.metadata import entry_points
from sqlalchemy.util import concurrency
from bot.daemon.scheduler import Scheduler
assert concurrency.asyncio.TimeoutError is asyncio.TimeoutError
assert not concurrency.is_exit_exception(ValueError())
assert entry_points(group="console_scripts")
assert anyio.run(anyio.sleep, 0) is None
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
