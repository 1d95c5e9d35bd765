"""The dialogue of docs/how-to/moderators.md between moderators and the bot, over real HTTP.

`make reference` runs it against the servers of the sandbox and writes its transcript into the page.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stamina

from bot.inbox.commands.docs_page import OUTPUT_PATH, render_page
from bot.sandbox.faults import FaultInjector
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.reddit import RedditSandbox
from tests.inbox.commands.simulation import (
    CommandDaemon,
    add_person,
    send_private_message,
)
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer
from tests.platforms.clock import ManualClock

WIKI_PAGE = "the wiki page"


@dataclass(frozen=True, slots=True)
class Step:
    """What a moderator writes. `{here}` is the community."""

    author: str
    text: str
    changes_one_setting: bool = False
    to: str = ""
    """Empty for a private message to the bot."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A step and the bot's answer, with the names of the docs."""

    step: Step
    text: str
    answer: str


LEMMY = (
    Step(
        "mona",
        "settings {here}\nsentences: 3\nlayout: bullets\nblock_domains: [shop.example, tabloid.example]",
    ),
    Step("mona", "set {here} words: 90", changes_one_setting=True),
    Step("mona", "layout: collapsed", changes_one_setting=True),
    Step("mona", "layuot: paragraphs"),
    Step("mona", "reset layout", changes_one_setting=True),
    Step("nora", "set {here} block_domains: shop.example, casino.example", changes_one_setting=True),
    Step("mona", "show {here}"),
    Step("nora", "settings {here}\nprofile: news\nsentences: 2"),
    Step("mona", "puase {here}"),
    Step("mona", "pause {here}"),
    Step("mona", "resume {here}"),
)
REDDIT = (
    Step("mona", "start {here}"),
    Step("mona", "sentences: 3\nblock_flairs: #Satire", to=WIKI_PAGE),
    Step("nora", "set {here} layout: bullets", changes_one_setting=True),
    Step("nora", "quiet_hours: 22-7", changes_one_setting=True),
    Step("nora", "set {here} profile: strict"),
    Step("nora", "show {here}"),
    Step("mona", "pause news"),
    Step("mona", "pause {here}"),
)


def hold_dialogue(server: PlatformServer) -> list[Turn]:
    """Let the moderators write each step, and the bot answer it."""
    people = {name: add_person(server, name, moderator=True) for name in ("mona", "nora")}
    if isinstance(server, RedditServer):
        server.news.moderators.append(server.bot)
    daemon = CommandDaemon(server)
    try:
        steps = REDDIT if isinstance(server, RedditServer) else LEMMY
        return [_take(step, server, people, daemon) for step in steps]
    finally:
        daemon.close()


def _take(step: Step, server: PlatformServer, people: dict[str, Any], daemon: CommandDaemon) -> Turn:
    here = "r/news" if isinstance(server, RedditServer) else f"!{server.community}"
    text, author = step.text.format(here=here), people[step.author]
    before = len(server.bot_messages())
    if step.to == WIKI_PAGE:
        assert isinstance(server, RedditServer)
        page = server.sandbox.state.add_wiki_revision(server.news, "precis", text, author)
        page.permlevel = 2
    else:
        send_private_message(server, author, text)
    for minutes in (1, 1, 61):
        daemon.run_all_jobs(minutes)
        answers = server.bot_messages()
        if len(answers) > before:
            return Turn(step, _public(text, server), _public(answers[-1], server))
    raise AssertionError(f"no answer to {text!r}")


def _public(text: str, server: PlatformServer) -> str:
    if isinstance(server, LemmyServer):
        text = text.replace(server.sandbox.state.host, "lemmy.example")
    return text


def render_dialogue(turns: list[Turn]) -> str:
    """The dialogue in Markdown. A folded list is shortened."""
    return "\n\n".join(_render(turn) for turn in turns)


def _render(turn: Turn) -> str:
    name = turn.step.author.capitalize()
    place = f" in {turn.step.to}" if turn.step.to else ""
    written = "\n".join(f"    {line}" for line in turn.text.splitlines())
    answer = re.sub(r"(?ms)^(::: spoiler [^\n]*\n).*?^:::$", r"\1\n…\n\n:::", turn.answer)
    quoted = "\n".join(f"> {line}".rstrip() for line in answer.splitlines())
    lines, words = turn.answer.count("\n") + 1, len(turn.answer.split())
    size = f"{lines} line{'s' * (lines > 1)}, {words} words"
    return f"{name} writes{place}:\n\n{written}\n\nThe bot answers ({size}):\n\n{quoted}"


@contextmanager
def open_server(kind: str, folder: Path) -> Iterator[PlatformServer]:
    """A server of the sandbox; `kind` is lemmy or reddit."""
    clock = ManualClock()
    faults = FaultInjector(calls=())
    if kind == "reddit":
        with RedditSandbox(clock=clock, faults=faults) as sandbox:
            yield RedditServer(folder, clock, sandbox)
    else:
        with LemmySandbox(version="0.19.20", clock=clock, limits=None, faults=faults) as lemmy:
            yield LemmyServer(folder, clock, lemmy)


def main() -> None:
    """Hold both dialogues and write them into the page."""
    rendered: dict[str, str] = {}
    for kind in ("lemmy", "reddit"):
        with (
            tempfile.TemporaryDirectory() as folder,
            stamina.set_testing(True, attempts=2, cap=True),
            open_server(kind, Path(folder)) as server,
        ):
            rendered[kind] = render_dialogue(hold_dialogue(server))
    OUTPUT_PATH.write_text(render_page(rendered), encoding="utf-8")


if __name__ == "__main__":
    main()
