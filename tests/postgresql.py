"""A PostgreSQL server for the tests: a cluster of its own in a temporary folder, reached by a socket.

The first test that needs it starts it, in whichever process of pytest-xdist that is. The process that
started pytest stops it at the end.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from filelock import FileLock

from bot.core.database_location import PostgresUrl
from bot.sandbox.postgresql import NOT_DURABLE, PostgresServer, find_programs, server_user
from bot.store import schema_version
from bot.store.migrate import migrate
from bot.store.tables import metadata

FOLDER_VARIABLE = "TESTS_POSTGRESQL"
"""Names the cluster's folder for all processes of one run of pytest. Precis removes PRECIS_ variables."""
SETTINGS = {
    **NOT_DURABLE,
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}
TASK_TABLES = tuple(f"procrastinate_{name}" for name in ("periodic_defers", "events", "jobs", "workers"))


class Cluster(PostgresServer):
    """One cluster of databases, which several processes start and use."""

    def __init__(self, folder: Path, programs: Path) -> None:
        super().__init__(folder, programs, SETTINGS)

    def location(self, database: str) -> PostgresUrl:
        return PostgresUrl(self.url(database))

    def start(self) -> None:
        with FileLock(self.folder.with_name(f"{self.folder.name}.lock")):
            if not self.is_running:
                super().start()
                self._stop_after_pytest()

    def _stop_after_pytest(self) -> None:
        """Let a process wait for the end of pytest, which may be killed, and stop the server then."""
        held = self.folder.with_name(HELD)
        if held.exists():
            subprocess.Popen(
                ["flock", "--shared", held, *self.stop_command()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                **server_user(),
            )


HELD = "held-by-pytest"
"""A file that pytest locks until it ends, for any reason."""
_held_by_pytest: IO[str] | None = None


def prepare_folder() -> None:
    """Choose the folder of the cluster before pytest-xdist starts its processes. Nothing is started yet."""
    global _held_by_pytest
    folder = Path(tempfile.mkdtemp(prefix="precis-postgresql-"))
    folder.chmod(0o755)  # the user of the server must get to its own folder in it
    _held_by_pytest = (folder / HELD).open("w")
    fcntl.flock(_held_by_pytest, fcntl.LOCK_EX)
    os.environ[FOLDER_VARIABLE] = str(folder)


def remove_folder() -> None:
    """Stop the server, and delete all of its databases."""
    folder, programs = Path(os.environ.pop(FOLDER_VARIABLE)), find_programs()
    if programs is not None:
        Cluster(folder / "cluster", programs).stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


expected = False
"""Whether the test that runs is marked as one that needs the server."""


def shared_cluster() -> Cluster | None:
    """The running cluster of this run of pytest; None if PostgreSQL is not installed."""
    assert expected, "Mark this test with `on_server`, so that it is not part of `make test`."
    return _started_cluster()


@cache
def _started_cluster() -> Cluster | None:
    programs = find_programs()
    if programs is None:
        return None
    cluster = Cluster(Path(os.environ[FOLDER_VARIABLE]) / "cluster", programs)
    cluster.start()
    return cluster


TEMPLATE = "precis_template"


def worker_database() -> PostgresUrl | None:
    """The database of this process, with all tables; None if PostgreSQL is not installed."""
    cluster = shared_cluster()
    return cluster and _created_database(cluster)


@cache
def _created_database(cluster: Cluster) -> PostgresUrl:
    _create_template(cluster)
    url = cluster.location(f"worker_{os.getpid()}")
    with _connect(cluster.location("postgres")) as connection:
        connection.execute(f"CREATE DATABASE worker_{os.getpid()} TEMPLATE {TEMPLATE}")
    return url


def new_database(name: str, *, tables: bool = True, language: str | None = None) -> PostgresUrl:
    """Another database, for a test that damages or migrates it.

    One without tables can sort texts as in a language.
    """
    cluster = shared_cluster()
    assert cluster is not None
    _create_template(cluster)
    source = f" TEMPLATE {TEMPLATE}" if tables else ""
    if language is not None:
        source = f" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '{language}'"
    with _connect(cluster.location("postgres")) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}{source}")
    return cluster.location(name)


def empty_tables(url: PostgresUrl, now: datetime) -> None:
    """Make the database of this process new again, as if it was created at `now`."""
    with _connect(url) as connection:
        connection.execute("SELECT empty_tables(%s)", (now.astimezone(UTC).replace(tzinfo=None),))


def _connect(url: PostgresUrl) -> Any:
    import psycopg

    return psycopg.connect(url.address, autocommit=True)


_EMPTY_TABLES = """
CREATE FUNCTION empty_tables(created timestamp) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
  SET LOCAL session_replication_role = replica;  -- without triggers
  {deletes}
  INSERT INTO meta (name, time) VALUES ('created', created);
END $$
"""
"""To delete a few rows takes a tenth of the time of TRUNCATE, which writes a new file for each table."""


def _create_template(cluster: Cluster) -> None:
    lock = FileLock(cluster.folder.with_name("template.lock"))
    with lock, _connect(cluster.location("postgres")) as connection:
        found = "SELECT count(*) FROM pg_database WHERE datname = %s"
        if connection.execute(found, (TEMPLATE,)).fetchone() == (1,):
            return
        connection.execute("CREATE DATABASE unfinished")
        url = cluster.location("unfinished")
        migrate(url, datetime(2000, 1, 1, tzinfo=UTC))
        with _connect(url) as made:
            sequences = [name for (name,) in made.execute("SELECT sequencename FROM pg_sequences").fetchall()]
            tables = [*(table.name for table in metadata.sorted_tables), *TASK_TABLES]
            deletes = [f"DELETE FROM {name};" for name in tables]
            deletes += [f"PERFORM setval('{name}', 1, false);" for name in sequences]
            deletes += [f"UPDATE alembic_version SET version_num = '{schema_version.head()}';"]
            made.execute(_EMPTY_TABLES.format(deletes="\n  ".join(deletes)))
        connection.execute(f"ALTER DATABASE unfinished RENAME TO {TEMPLATE}")
