"""`precis copy-database`: move all rows to another database, from SQLite to PostgreSQL or back."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bot.config import load
from bot.core.clock import utc_now
from bot.core.cluster_timing import ClusterTiming
from bot.core.database_location import DatabaseLocation, PostgresUrl, is_postgres_url
from bot.core.errors import UserError
from bot.store.daemon_lock import daemon_lock
from bot.store.database_copy import CopiedTable, CopyDiffersError, copy_database


def copy_all(config: Path, source: str | None, target: str | None) -> None:
    """Copy the database, and print what each table has on both sides. Raises `UserError`.

    A database that is not named is that of the settings.
    """
    found, chosen = _locate(config, source, target)
    with ExitStack() as stack:
        for location in (found, chosen):
            if isinstance(location, Path):
                stack.enter_context(daemon_lock(location))
        console = Console(stderr=True)
        progress = stack.enter_context(console.status("Opening both databases…"))
        try:
            copied = copy_database(
                found, chosen, utc_now(), ClusterTiming().lease, lambda done: progress.update(done)
            )
        except CopyDiffersError as error:
            progress.stop()
            _print_tables(error.tables)
            raise
    _print_tables(copied)
    print(f"\nCopied {found} to {chosen}. All tables are equal.")
    print("Keep the first one until you have seen the bot work with the second. Never run both.")


def _locate(
    config: Path, source: str | None, target: str | None
) -> tuple[DatabaseLocation, DatabaseLocation]:
    if source is None and target is None:
        raise UserError(
            "There is nothing to copy to.",
            "Name the other database: precis copy-database --from precis.db, or: --to postgresql://…",
        )
    configured = load(config, os.environ).bot.database if source is None or target is None else None
    found, chosen = (_location(text, configured) for text in (source, target))
    same_file = isinstance(found, Path) and isinstance(chosen, Path) and found.resolve() == chosen.resolve()
    if found == chosen or same_file:
        raise UserError(f"Both databases are {found}.", "Name another one with --from or --to.")
    return found, chosen


def _location(text: str | None, configured: DatabaseLocation | None) -> DatabaseLocation:
    """Where a database is that the command line names, or that of the settings."""
    if text is None:
        assert configured is not None
        return configured
    if not is_postgres_url(text):
        return Path(text)
    url = PostgresUrl(text)
    if url.has_password:
        raise UserError(
            "The URL of a database must not contain the password: other users of the machine would see it.",
            "Leave it out, and put it into ~/.pgpass or the variable PGPASSWORD.",
        )
    return url


def _print_tables(tables: tuple[CopiedTable, ...]) -> None:
    print(f"{'Table':22}{'Rows in FROM':>13}{'Rows in TO':>13}  SHA-256")
    for table in tables:
        source, target = table.source, table.target
        digest = source.sha256 if table.is_equal else f"{source.sha256} in FROM, {target.sha256} in TO"
        print(f"{table.name:22}{source.rows:>13,}{target.rows:>13,}  {digest}")
