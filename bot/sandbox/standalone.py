"""`precis sandbox`: a Lemmy and a news site on loopback, to try a first bot without a real server."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from itertools import cycle
from typing import Self

from rich.console import Console

from bot.config import Config
from bot.core.errors import UserError
from bot.daemon.signals import Signals
from bot.daemon.tuning import Tuning
from bot.operations.program_name import program_name
from bot.sandbox.environment import BOT_PASSWORD, BOT_USERNAME
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.news import NewsSite

DEFAULT_PORT = 8536
"""Lemmy's default port; the news site has the next one."""
COMMUNITY = "home"
MODERATOR = "mona"


class StandaloneSandbox:
    """The servers run inside a `with` block, and the first post exists from the start."""

    def __init__(self, port: int = DEFAULT_PORT) -> None:
        """Raises `UserError` with the port that cannot be used."""
        try:
            self.lemmy, self.site = LemmySandbox(port=port), NewsSite(port + 1)
        except UserError as error:
            other = f"Or choose other ports with --port; {port} stands for {port} and {port + 1}."
            raise UserError(error.message, f"{error.remedy} {other}") from error
        state = self.lemmy.state
        state.add_person(BOT_USERNAME, password=BOT_PASSWORD, bot_account=True)
        self._alice = state.add_person("alice")
        self._community = state.add_community(COMMUNITY, moderators=[state.add_person(MODERATOR)])
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
        """Let alice post the next link. Returns its title."""
        story = self.site.stories[next(self._stories)]
        link = f"{self.site.url}{story.path}"
        self.lemmy.state.add_post(self._community, self._alice, story.title, link)
        return story.title


def sandbox_tuning(config: Config) -> Tuning:
    """The tuning of the real daemon in the sandbox: short waits, and its news site may be fetched.

    Raises `UserError` if an account is not on this machine, because what the sandbox allows is unsafe
    where strangers post links.
    """
    news: set[str] = set()
    for _, name, account in config.accounts():
        address, _, port = (account.host or "").partition(":")
        if address not in {"127.0.0.1", "localhost"} or not port.isdecimal():
            raise UserError(
                f"The account {name} is not in the sandbox. Use --sandbox only with accounts in it.",
                f"Set its server to http://127.0.0.1:{DEFAULT_PORT}, or leave out --sandbox.",
            )
        news.add(f"127.0.0.1:{int(port) + 1}")
    return fast_tuning(frozenset(news), settle_seconds=2.0, poll_seconds=5.0, reddit_url=None)


def run_sandbox(port: int) -> None:
    """Serve until Ctrl-C; on a terminal, each Enter posts another link."""
    signals, console = Signals(), Console(highlight=False, soft_wrap=True)
    with StandaloneSandbox(port) as sandbox, signals.installed():
        console.print(
            f"Your sandbox is a Lemmy at {sandbox.lemmy.url} with the community {COMMUNITY}.\n"
            f"Open {sandbox.lemmy.url}/ in a browser to see it. There you can be alice, or {MODERATOR}, who "
            "moderates.\n"
            f"The bot's account there is {BOT_USERNAME}, its password is {BOT_PASSWORD}.\n"
            "Somebody has posted a link. Leave this running and continue in another terminal:\n"
            f"  {program_name()} init"
        )
        if sys.stdin.isatty():
            console.print("Press Enter to post another link, Ctrl-C to stop.")
            # Reading from a terminal cannot be interrupted, so a daemon thread does it.
            threading.Thread(target=_post_on_enter, args=(sandbox, console), daemon=True).start()
        signals.stop.wait()


def _post_on_enter(sandbox: StandaloneSandbox, console: Console) -> None:
    for _ in sys.stdin:
        console.print(f"Posted: {sandbox.post_next_link()}")
