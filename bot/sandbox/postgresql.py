"""A PostgreSQL server for the demo, tests and benchmarks: databases of its own in a folder, no root needed.

It listens on a socket in its folder only, which nobody else may use. `bot.sandbox.tcp_proxy` makes it
reachable over TCP.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from bot.core.errors import UserError

USER = "precis"
"""The database user that owns everything."""
SERVER_USERS = ("postgres", "nobody")
"""PostgreSQL refuses to run as root. Root uses the first of these users that exists."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "lc_messages": "C",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Additional settings of a server whose data may be lost with the machine, but not with a process."""
TIMEOUT_SECONDS = 60


@cache
def find_programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; None if PostgreSQL is not installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(versions), *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def require_programs() -> Path:
    """The folder of `initdb` and `pg_ctl`; raises `UserError` if PostgreSQL is not installed."""
    programs = find_programs()
    if programs is None:
        raise UserError(
            "PostgreSQL is not installed on this machine.",
            "Install it, for example on Debian and Ubuntu: apt install postgresql",
        )
    return programs


class ServerUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: tuple[int, ...]


class PostgresServer:
    """A server with its databases in `folder`, which must have a short path: its socket is there too.

    The server keeps running when this process ends, until `stop`.
    """

    def __init__(self, folder: Path, programs: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.settings = {**SETTINGS, **(settings or {})}
        self._programs = programs

    @property
    def socket_path(self) -> Path:
        """The socket that the server listens on. The number is the default port."""
        return self.folder / ".s.PGSQL.5432"

    @property
    def log_path(self) -> Path:
        return self.folder / "server.log"

    @property
    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    @property
    def pid(self) -> int:
        """The process ID of the running server."""
        return int((self.data / "postmaster.pid").read_text().partition("\n")[0])

    def url(self, database: str, **options: str) -> str:
        """The URL of a database, through the socket."""
        more = "".join(f"&{name}={quote(value, safe='')}" for name, value in options.items())
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}{more}"

    def start(self) -> None:
        """Create the databases unless they exist, and start the server unless it runs."""
        if self.is_running:
            return
        if not self.data.exists():
            self._create()
        options = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        options += f" -c unix_socket_directories='{self.folder}'"
        where = ("--pgdata", self.data, "-l", self.log_path)
        self.run("pg_ctl", "start", "--wait", "--silent", *where, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; "immediate" is like a crash. Does nothing if it does not run."""
        if self.is_running:
            self.run(*self._stop_arguments(mode))

    def stop_command(self) -> list[str]:
        """A command that stops the server at once, for another process."""
        program, *arguments = map(str, self._stop_arguments("immediate"))
        return [str(self._programs / program), *arguments]

    def _stop_arguments(self, mode: str) -> tuple[str, *tuple[object, ...]]:
        return ("pg_ctl", "stop", "--wait", "--silent", "--mode", mode, "--pgdata", self.data)

    def create_database(self, name: str) -> str:
        """Create an empty database. Returns its URL."""
        self.run("createdb", "--host", self.folder, "--username", USER, name)
        return self.url(name)

    def prepare_folder(self) -> None:
        """Create the folder for the user of the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        user = _server_user()
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o700)

    def _create(self) -> None:
        self.prepare_folder()
        trusted = ("--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.run("initdb", "--pgdata", self.data, *trusted, "--no-instructions")

    def run(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs as the user of the server; raises `UserError` if it fails."""
        command = [str(self._programs / program), *map(str, arguments)]
        # Not a pipe: the server would inherit it, and the end of the output would never come.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
                command,
                stdout=output,
                stderr=output,
                cwd="/",
                timeout=TIMEOUT_SECONDS,
                check=False,
                **server_user(),
            )
            output.seek(0)
            text = output.read().decode(errors="replace").strip()
        if done.returncode != 0:
            raise UserError(
                f"PostgreSQL's {program} failed: {text}", f"See its log, if there is one: {self.log_path}"
            )


def server_user() -> ServerUser:
    """The arguments of `subprocess.run` for a program of the server; none unless this process is root."""
    user = _server_user()
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def _server_user() -> pwd.struct_passwd | None:
    """The user of the server if this process is root; else None, for the user of this process."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    found = next((known[name] for name in SERVER_USERS if name in known), None)
    if found is None:
        raise UserError(
            "PostgreSQL does not run as root, and there is no other user for it.",
            f"Add a user with the name {SERVER_USERS[0]}, or run this as another user.",
        )
    return found
