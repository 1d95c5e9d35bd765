"""What a first-time moderator writes, reads and waits for: `python -m benchmarks.moderator_path`.

A moderator of a Lemmy community and one of a subreddit follow docs/how-to/moderators.md. They want three
sentences, bullets and no replies to one site, misspell the name of a setting once, and later change only
the layout. At the end, one sends `settings` with a single line, as if it changed only that. All jobs of the
daemon run on their usual intervals, over real HTTP, on a clock that jumps. The moderators write at once, so
the minutes are the bot's.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.config import load
from bot.daemon.app import App
from bot.daemon.tuning import Tuning
from bot.sandbox.news import NewsSite
from tests.inbox.commands.dialogue import open_server
from tests.inbox.commands.moderator_path import ModeratorPath, PathCount
from tests.inbox.commands.simulation import daemon_config
from tests.inbox.servers import LemmyServer, RedditServer

KINDS = ("lemmy", "reddit")


def count_path(kind: str) -> PathCount:
    """The path on a new server; `kind` is lemmy or reddit."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server, site = stack.enter_context(open_server(kind, folder)), stack.enter_context(NewsSite())
        assert isinstance(server, LemmyServer | RedditServer)
        config = folder / "config.toml"
        config.write_text(f"{daemon_config(server)}[workers]\nprocesses = 1\n")
        config.chmod(0o600)
        reddit = {"base_url": server.sandbox.url}
        local = frozenset({site.url.removeprefix("http://")})
        tuning = Tuning(clock=server.clock, allow_local=local, connection_settings={"reddit": reddit})
        app = stack.enter_context(App(load(config, {}), tuning, database=folder / "precis.db"))
        return ModeratorPath(server, app, site).follow()


def main() -> None:
    table, counts = Table("the path of a moderator", *KINDS), [count_path(kind) for kind in KINDS]
    for field in fields(PathCount):
        values = (getattr(count, field.name) for count in counts)
        table.add_row(field.name.replace("_", " "), *(f"{value:g}" for value in values))
    Console().print(table)


if __name__ == "__main__":
    main()
