"""A PostgreSQL server for the tests: a cluster of its own in a temporary folder, reached by a socket.

The first test that needs it starts it, in whichever process of pytest-xdist that is. The process that
started pytest stops it at the end.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from filelock import FileLock

from bot.core.database_location import PostgresUrl
from bot.store import schema_version
from bot.store.migrate import migrate
from bot.store.tables import metadata

FOLDER_VARIABLE = "PRECIS_TEST_POSTGRESQL"
"""Names the folder of the cluster for all processes of one run of pytest."""
SERVER_USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root. Root uses the first of these users that exists."""
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    "lc_messages": "C",
}

TASK_TABLES = tuple(f"procrastinate_{name}" for name in ("periodic_defers", "events", "jobs", "workers"))


@cache
def find_programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; None if PostgreSQL is not installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(versions), *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Cluster:
    """One cluster of databases in a folder, with a server that listens on a socket there."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._programs = programs

    def url(self, database: str, **options: str) -> PostgresUrl:
        more = "".join(f"&{name}={quote(value, safe='')}" for name, value in options.items())
        return PostgresUrl(f"postgresql://precis@/{database}?host={quote(str(self.folder), safe='')}{more}")

    def start(self) -> None:
        """Create the cluster unless it exists, and start its server unless it runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder.with_name(f"{self.folder.name}.lock")):
            if (self._data / "postmaster.pid").exists():
                return
            if not self._data.exists():
                self._create()
            options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
            options += f" -c unix_socket_directories='{self.folder}'"
            log = str(self.folder / "server.log")
            self._run(
                "pg_ctl", "start", "--wait", "--silent", "--pgdata", self._data, "-l", log, "-o", options
            )

    def stop(self, mode: str = "immediate") -> None:
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--silent", "--mode", mode, "--pgdata", self._data)

    def _create(self) -> None:
        user = _server_user()
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o755)
        trusted = ("--auth=trust", "--username=precis", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "--pgdata", self._data, *trusted, "--no-instructions")

    def _stop_after_pytest(self) -> None:
        """Let a process wait for the end of pytest, which may be killed, and stop the server then."""
        held = self.folder.with_name(HELD)
        if held.exists():
            stop = self._command("pg_ctl", "stop", "--silent", "--mode", "immediate", "--pgdata", self._data)
            subprocess.Popen(
                ["flock", "--shared", held, *stop],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
            )

    def _command(self, program: str, *arguments: object) -> list[str]:
        command = [str(self._programs / program), *map(str, arguments)]
        user = _server_user()
        if user is None:
            return command
        ids = ("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups")
        return ["setpriv", *ids, *command]

    def _run(self, program: str, *arguments: object) -> None:
        command = self._command(program, *arguments)
        # Not a pipe: the server would inherit it, and the end of the output would never come.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd="/", timeout=60)
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace")


def _server_user() -> pwd.struct_passwd | None:
    """The user of the server if this process is root; else None, for the user of this process."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in SERVER_USERS if name in known)


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
        Cluster(folder / "cluster", programs).stop()
    shutil.rmtree(folder, ignore_errors=True)


@cache
def shared_cluster() -> Cluster | None:
    """The running cluster of this run of pytest; None if PostgreSQL is not installed."""
    programs = find_programs()
    if programs is None:
        return None
    cluster = Cluster(Path(os.environ[FOLDER_VARIABLE]) / "cluster", programs)
    cluster.start()
    return cluster


TEMPLATE = "precis_template"


@cache
def worker_database() -> PostgresUrl | None:
    """The database of this process, with all tables; None if PostgreSQL is not installed."""
    cluster = shared_cluster()
    if cluster is None:
        return None
    _create_template(cluster)
    url = cluster.url(f"worker_{os.getpid()}")
    with _connect(cluster.url("postgres")) as connection:
        connection.execute(f"CREATE DATABASE worker_{os.getpid()} TEMPLATE {TEMPLATE}")
    return url


def new_database(name: str, *, tables: bool = True) -> PostgresUrl:
    """Another database, for a test that damages or migrates it."""
    cluster = shared_cluster()
    assert cluster is not None
    _create_template(cluster)
    source = f" TEMPLATE {TEMPLATE}" if tables else ""
    with _connect(cluster.url("postgres")) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}{source}")
    return cluster.url(name)


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
    with FileLock(cluster.folder.with_name("template.lock")), _connect(cluster.url("postgres")) as connection:
        found = "SELECT count(*) FROM pg_database WHERE datname = %s"
        if connection.execute(found, (TEMPLATE,)).fetchone() == (1,):
            return
        connection.execute("CREATE DATABASE unfinished")
        url = cluster.url("unfinished")
        migrate(url, datetime(2000, 1, 1, tzinfo=UTC))
        with _connect(url) as made:
            sequences = [name for (name,) in made.execute("SELECT sequencename FROM pg_sequences").fetchall()]
            tables = [*(table.name for table in metadata.sorted_tables), *TASK_TABLES]
            deletes = [f"DELETE FROM {name};" for name in tables]
            deletes += [f"PERFORM setval('{name}', 1, false);" for name in sequences]
            deletes += [f"UPDATE alembic_version SET version_num = '{schema_version.head()}';"]
            made.execute(_EMPTY_TABLES.format(deletes="\n  ".join(deletes)))
        connection.execute(f"ALTER DATABASE unfinished RENAME TO {TEMPLATE}")
