"""Servers, a news site, and a PostgreSQL server for several nodes: for the demo, tests and benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from bot.config.setting_types import to_toml
from bot.core.database_location import is_postgres_url
from bot.sandbox.account_servers import AccountServer, RedditAccountServer
from bot.sandbox.environment import child_environment
from bot.sandbox.news import NewsSite
from bot.sandbox.postgresql import PostgresServer

NODE_MODULE = ("bot.sandbox.daemon_process",)
DATABASE = "precis"


class Node(Struct, frozen=True):
    """A node of the cluster: the process of a daemon."""

    name: str
    process: subprocess.Popen[bytes]
    log_path: Path

    def events(self) -> list[dict[str, Any]]:
        """What the node has logged, also before it was started again."""
        return list(read_log(self.log_path))


class ClusterEnvironment:
    """The servers run inside a `with` block. The caller starts and stops PostgreSQL and the nodes."""

    def __init__(self, folder: Path, accounts: Collection[AccountServer], *, settings: str = "") -> None:
        """`settings` are further lines of config.toml."""
        self.folder = folder
        self.accounts = tuple(accounts)
        self.site = NewsSite()
        self._settings = settings

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site.start()
        for account in self.accounts:
            account.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for account in self.accounts:
            account.server.stop()
        self.site.stop()

    def article_urls(self) -> list[str]:
        """Links to the news site that get a reply."""
        return [self.site.url + page.path for page in self.site.stories if page.expected is None]

    def config_path(self, node: str) -> Path:
        """Each node has a folder of its own, as it has on a machine of its own."""
        return self.folder / node / "config.toml"

    def log_path(self, node: str) -> Path:
        return self.folder / f"{node}.log"

    def write_config(self, node: str, database: str, roles: Collection[str] = ()) -> Path:
        """Write the config of a node, or of a single daemon if `database` is a path.

        All nodes have the same accounts.
        """
        path = self.config_path(node)
        path.parent.mkdir(exist_ok=True)
        cluster = f'\n[cluster]\nnode = "{node}"\n' if is_postgres_url(database) else ""
        cluster += f"roles = {to_toml(list(roles))}\n" if roles else ""
        path.write_text(
            f"""# The configuration of a node in the sandbox; overwritten at each start.
[bot]
owner = "demo@localhost.invalid"
database = "{database}"
{cluster}
[fetch]
timeout = "4s"
host_delay = "0s"

[rules]
max_per_day = 1000
reposts = true
{self._settings}{"".join(account.config_section() for account in self.accounts)}"""
        )
        path.chmod(0o600)
        return path

    def start_node(
        self,
        name: str,
        database: str,
        *options: str,
        roles: Collection[str] = (),
        module: tuple[str, ...] = NODE_MODULE,
    ) -> Node:
        """Start the real daemon as a process; `options` are those of `bot.sandbox.daemon_process`."""
        config = self.write_config(name, database, roles)
        command = [sys.executable, "-m", *module, "--config", str(config), "--log-format", "json"]
        for account in self.accounts:
            if isinstance(account, RedditAccountServer):
                command += ["--reddit", account.server.url]
        command += ["--allow-local", self.site.url.removeprefix("http://"), *options]
        with self.log_path(name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 (our own module)
                command, stdout=log, stderr=log, env=child_environment()
            )
        return Node(name, process, self.log_path(name))


def new_postgresql(folder: Path, programs: Path, settings: dict[str, str]) -> tuple[PostgresServer, str]:
    """Start a server with an empty database of Precis. Returns it with the URL of the database."""
    server = PostgresServer(folder, programs, settings)
    server.start()
    return server, server.create_database(DATABASE)


def short_temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for PostgreSQL servers: with a short path, and open to the user of the server."""
    folder = tempfile.TemporaryDirectory(prefix="precis-")
    Path(folder.name).chmod(0o711)
    return folder


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """The events in a log of JSON lines. Other lines, such as those of a crash, are left out."""
    for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event
