"""`precis backup`, `restore`, `migrate` and `recount`: maintenance of the database."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from bot.config import load
from bot.core.clock import utc_now
from bot.core.database_location import PostgresUrl
from bot.core.errors import UserError
from bot.store import Database, ProcessMarks
from bot.store.backups import list_backups, restore_backup, verify_backup, write_backup
from bot.store.cluster_reset import reset_cluster
from bot.store.daemon_lock import daemon_lock
from bot.store.migrate import migrate as migrate_tables
from bot.store.post_counts import recount_posts
from bot.store.schema_version import head
from bot.store.search_index import rebuild_index


def back_up(config: Path, file: Path | None) -> None:
    """Copy the database, also while a daemon writes to it. Raises `UserError`."""
    database = load(config, os.environ).bot.database
    if isinstance(database, PostgresUrl):
        raise UserError(
            f"{database} is a PostgreSQL database, and precis backup copies only a file.",
            f"Back it up with: pg_dump --format=custom --file=precis.dump '{database}'",
        )
    if not database.exists():
        raise UserError(f"There is no database {database} yet.", "Start the daemon once with: precis run")
    target = file or database.with_name(f"{database.name}.backup")
    if target.is_dir():
        target /= f"{database.name}.backup"
    write_backup(database, target)
    print(f"Wrote {target}. It contains the accounts' tokens. Store it where nobody else can read it.")


def restore(config: Path, file: Path | None, *, after_pg_restore: bool = False) -> None:
    """Restore a copy; if `file` is None, the newest good one. Raises `UserError`.

    A PostgreSQL database was restored by pg_restore before, which `after_pg_restore` confirms.
    """
    database = load(config, os.environ).bot.database
    if isinstance(database, PostgresUrl):
        _finish_pg_restore(database, after_pg_restore=after_pg_restore)
    elif after_pg_restore:
        raise UserError(f"{database} is a file.", "Restore it with: precis restore FILE")
    else:
        _restore_file(database, file)
    print(
        "Start the bot with: precis run. It reads back what it has sent since then: nothing is posted twice."
    )


def _restore_file(database: Path, file: Path | None) -> None:
    with daemon_lock(database):
        copy = file or _newest_good(database)
        previous = restore_backup(copy, database)
        with closing(Database(database, utc_now())) as restored:
            _expect_unknown_replies(restored)
    print(f"Restored {database} from {copy}.")
    if previous is not None:
        print(f"The previous file is now {previous}.")


def _finish_pg_restore(database: PostgresUrl, *, after_pg_restore: bool) -> None:
    if not after_pg_restore:
        raise UserError(
            f"{database} is a PostgreSQL database, and precis restore replaces only a file.",
            f"Restore it with: pg_restore --clean --if-exists --single-transaction --dbname='{database}' "
            "precis.dump. Then run: precis restore --after-pg-restore",
        )
    with closing(Database(database, utc_now())) as restored:
        reset_cluster(restored)
        _expect_unknown_replies(restored)
    print(f"{database} counts as restored now.")


def _expect_unknown_replies(restored: Database) -> None:
    """Replies may have been sent since the backup was made, which was while a daemon ran."""
    restored.set_created_at(utc_now())
    ProcessMarks(restored).stop()


def migrate(config: Path) -> None:
    """Create or upgrade the tables; each start does that with a file. Raises `UserError`."""
    database = load(config, os.environ).bot.database
    before = migrate_tables(database, utc_now())
    if before is None:
        print(f"Created the tables in {database}.")
    elif before == head():
        print(f"The tables in {database} have the version of this Precis already.")
    else:
        print(f"Upgraded the tables in {database} from version {before} to {head()}.")


def recount(config: Path) -> None:
    """Count all posts again, also while a daemon runs. Raises `UserError`."""
    database = Database(load(config, os.environ).bot.database, None)
    try:
        wrong = recount_posts(database)
        rebuild_index(database)
    finally:
        database.close()
    print(f"Counted all posts. Wrong numbers that were corrected: {wrong}.")


def _newest_good(database: Path) -> Path:
    for copy in list_backups(database):
        try:
            verify_backup(copy)
        except UserError:
            continue
        return copy
    raise UserError(
        f"There is no good copy of {database}.",
        "Choose one with: precis restore FILE. If you have none, move the damaged file away and start the "
        "bot. It creates a new database, and reads its own replies back before it sends any.",
    )
