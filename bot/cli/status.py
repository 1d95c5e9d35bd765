"""`precis status`: reads the database, also while a daemon runs.

It loads little: on SQLite, loading SQLAlchemy would take as long as all the rest.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cli.status_text import Status, status_object, status_parts
from bot.cli.terminal import print_json
from bot.config import Config, load
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.notices.conditions import find_conditions, observe
from bot.store.active_pauses import read_pauses
from bot.store.cluster_report import cluster_report
from bot.store.sqlite_reader import open_reader
from bot.store.status_reports import status_report

WATCH_INTERVAL = 2.0
"""Seconds between two reports of `precis status --watch`."""


def show_status(config: Path, *, as_json: bool = False) -> None:
    settings = load(config, os.environ)
    now = utc_now()
    status = _read_status(settings, now)
    if as_json:
        print_json(status_object(status, settings, now))
    else:
        _print_status(Console(highlight=False, emoji=False), status, settings, now)


def watch_status(config: Path, wait: Callable[[float], object] = time.sleep) -> None:
    """Show the status again every `WATCH_INTERVAL` until Ctrl-C. Raises `UserError` without a terminal."""
    if not sys.stdout.isatty():
        raise UserError("--watch needs a terminal.", "Leave it out to print the status once.")
    settings, console = load(config, os.environ), Console(highlight=False, emoji=False)
    try:
        while True:
            now = utc_now()
            status = _read_status(settings, now)
            console.clear()
            _print_status(console, status, settings, now)
            console.print(f"[dim]{now:%H:%M:%S} UTC, every {WATCH_INTERVAL:g} seconds. Ctrl-C ends it.[/]")
            wait(WATCH_INTERVAL)
    except KeyboardInterrupt:
        return


def _read_status(settings: Config, now: datetime) -> Status:
    with closing(open_reader(settings.bot.database)) as database:
        report = status_report(database)
        conditions = find_conditions(settings, observe(database, now, report), now, None)
        return Status(report, conditions, read_pauses(database), cluster_report(database))


def _print_status(console: Console, status: Status, settings: Config, now: datetime) -> None:
    for part in status_parts(status, settings, now):
        # Lines are not wrapped, so that the terminal keeps an address in one piece.
        console.print(part, soft_wrap=not isinstance(part, Table))
