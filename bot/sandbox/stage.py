"""A Lemmy server, a news site and a folder for one daemon: the demo, tests and `make bench` run on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import StoreError
from bot.sandbox.faults import Faults
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.lemmy.world import Community, Person
from bot.sandbox.news import NewsSite
from bot.store import Database, State
from bot.store.reports import PostReport, every

ENDED = (State.SENT, State.SKIPPED, State.DEAD)
BOT = "precis"
PASSWORD = "sandbox"  # noqa: S105 (of an account that lives as long as the demo)


class Stage:
    """Serves from `with` to its end; the daemons are the caller's to stop."""

    def __init__(
        self,
        folder: Path,
        *,
        communities: tuple[str, ...] = ("news",),
        limits: Mapping[str, tuple[int, int]] | None = None,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        """`limits` and `faults` are the Lemmy server's; `port` is its port, 0 for any."""
        self.folder = folder
        self.site = NewsSite()
        self.lemmy = LemmySandbox(limits=limits, faults=faults, port=port)
        world = self.lemmy.world
        self.bot: Person = world.add_person(BOT, password=PASSWORD, bot_account=True)
        self.alice: Person = world.add_person("alice")
        self.communities: list[Community] = [world.add_community(name) for name in communities]

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site.start()
        self.lemmy.start()
        self._write_config()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lemmy.stop()
        self.site.stop()

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def log(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def database(self) -> Path:
        return self.folder / "precis.db"

    def article_urls(self) -> list[str]:
        """Links of the news site that end in a reply."""
        return [self.site.url + page.path for page in self.site.stories if page.expected is None]

    def start_daemon(
        self, *options: str, module: tuple[str, ...] = ("bot.sandbox.daemon",)
    ) -> subprocess.Popen[bytes]:
        """The real daemon as a process of its own; `options` are those of `bot.sandbox.daemon`."""
        command = [sys.executable, "-m", *module, "--config", str(self.config)]
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (our own module)
                [*command, "--allow-local", self.site.url.removeprefix("http://"), *options],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )

    def reports(self) -> list[PostReport]:
        """All posts that the daemon has seen so far; none while it is still making its database."""
        try:
            database = Database(self.database, None)
        except StoreError:
            return []
        try:
            return every(database)
        finally:
            database.close()

    def ended(self) -> int:
        """How many posts have their outcome."""
        return sum(post.state in ENDED for post in self.reports())

    def _write_config(self) -> None:
        names = ", ".join(f'"{community.name}@{self.lemmy.world.host}"' for community in self.communities)
        self.config.write_text(
            f"""# What the daemon of the sandbox runs on; written anew at each start.
[bot]
owner = "demo@localhost.invalid"

[fetch]
timeout = "4s"
host_delay = "0s"

[rules]
max_per_day = 1000

[lemmy.demo]
server = "{self.lemmy.url}"
username = "{BOT}"
password = "{PASSWORD}"
communities = [{names}]
"""
        )
        self.config.chmod(0o600)


def stop(daemon: subprocess.Popen[bytes]) -> int:
    """End a daemon as a service manager would: SIGTERM, and SIGKILL after 30 s; its exit code."""
    daemon.terminate()
    try:
        return daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        return daemon.wait()
