"""`precis sandbox`: a Lemmy and a news site of one's own on loopback, for a first bot without a server."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from itertools import cycle
from typing import Self

from rich.console import Console

from bot.config import Config
from bot.core.errors import UserError
from bot.daemon.scheduler import Signals
from bot.daemon.tuning import Tuning
from bot.sandbox.environment import BOT_PASSWORD, BOT_USERNAME
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.news import NewsSite

DEFAULT_PORT = 8536
"""Lemmy's own default; the news site stands one above."""
COMMUNITY = "home"


class StandaloneSandbox:
    """Serves from `with` to its end. The first post is there already."""

    def __init__(self, port: int = DEFAULT_PORT) -> None:
        try:
            self.lemmy, self.site = LemmySandbox(port=port), NewsSite(port + 1)
        except OSError as error:
            raise UserError(
                f"The sandbox cannot have the ports {port} and {port + 1}: {error.strerror}.",
                "Stop what holds them, or choose another with --port.",
            ) from error
        world = self.lemmy.state
        world.add_person(BOT_USERNAME, password=BOT_PASSWORD, bot_account=True)
        self._alice = world.add_person("alice")
        self._home = world.add_community(COMMUNITY)
        self._stories: Iterator[int] = cycle(range(len(self.site.stories)))

    def __enter__(self) -> Self:
        self.site.start()
        self.lemmy.start()
        self.post_next_link()
        return self

    def __exit__(self, *error: object) -> None:
        self.lemmy.stop()
        self.site.stop()

    def post_next_link(self) -> str:
        """Let alice post the next link; its title."""
        story = self.site.stories[next(self._stories)]
        link = f"{self.site.url}{story.path}"
        self.lemmy.state.add_post(self._home, self._alice, story.title, link)
        return story.title


def sandbox_tuning(config: Config) -> Tuning:
    """How the real daemon runs in the sandbox: in a hurry, and allowed to open the news site there.

    Raises `UserError` when an account is anywhere but on this machine: what the sandbox allows must not
    hold where strangers post links.
    """
    news: set[str] = set()
    for _, name, account in config.accounts():
        host = getattr(account, "host", "")
        address, _, port = host.partition(":")
        if address not in {"127.0.0.1", "localhost"} or not port.isdecimal():
            raise UserError(
                f"The account {name} is not in the sandbox, and --sandbox is for accounts there only.",
                f"Its server has to be http://127.0.0.1:{DEFAULT_PORT}, or leave --sandbox out.",
            )
        news.add(f"127.0.0.1:{int(port) + 1}")
    return fast_tuning(frozenset(news), settle_seconds=2.0, poll_seconds=5.0, reddit_url=None)


def run_sandbox(port: int) -> None:
    """Serve until Ctrl-C; on a terminal, each Enter posts another link."""
    signals, console = Signals(), Console(highlight=False, soft_wrap=True)
    with StandaloneSandbox(port) as playground, signals.installed():
        console.print(
            f"Your sandbox is a Lemmy at {playground.lemmy.url} with a community {COMMUNITY}.\n"
            f"The bot's account there is {BOT_USERNAME}, its password {BOT_PASSWORD}.\n"
            "Somebody has posted a link. Leave this running, and go on in another terminal."
        )
        if sys.stdin.isatty():
            console.print("Press Enter to have another link posted, Ctrl-C to end.")
            # Reading cannot be interrupted, so a thread reads that ends with the process.
            threading.Thread(target=_post_on_enter, args=(playground, console), daemon=True).start()
        signals.stop.wait()


def _post_on_enter(playground: StandaloneSandbox, console: Console) -> None:
    for _ in sys.stdin:
        console.print(f"Posted: {playground.post_next_link()}")
