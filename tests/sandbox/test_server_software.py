"""The same posts get the same replies on every Fediverse server."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from threading import Event

from msgspec.structs import replace

from bot.config import load
from bot.core.clock import utc_now
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.sandbox.environment import SandboxEnvironment
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.server_software import ServerSoftware

Replies = set[tuple[str, str]]
"""Titles of posts, and the replies to them."""


def run_daemon(software: ServerSoftware, folder: Path) -> tuple[str, Replies]:
    """The server's name and version, and the replies to a post per article and to a post without a link."""
    with SandboxEnvironment(folder, software=software) as environment:
        state, news = environment.fediverse.state, environment.communities[0]
        for page in environment.site.stories:
            if page.expected is None:
                state.add_post(news, environment.alice, page.title, environment.site.url + page.path)
        state.add_post(news, environment.alice, "A question")
        tuning = fast_tuning(frozenset({environment.site.url.removeprefix("http://")}), 0.0, None, None)
        ahead = [timedelta(0), timedelta(minutes=5)]  # one page works only on the second request
        with App(
            load(environment.config_path, os.environ), replace(tuning, clock=lambda: utc_now() + ahead[0])
        ) as app:
            app.run_once(TimeLimit.start(Event(), 60))
            ahead.pop(0)
            app.run_once(TimeLimit.start(Event(), 60))
            (server, *_) = app.platforms[0].inspect(())
        replies = [(reply.title, _without_escapes(reply.markdown)) for reply in environment.replies()]
        assert len(replies) == len(state.posts) - 1
        return server.text, set(replies)


def _without_escapes(markdown: str) -> str:
    """The text that a reader sees: Lemmy needs a backslash where PieFed needs a character reference."""
    return re.sub(r"\\(?=[^\w\s])", "", unescape(markdown))


def test_the_same_posts_get_the_same_replies_everywhere(tmp_path: Path) -> None:
    found = {software: run_daemon(software, tmp_path / software) for software in ServerSoftware}
    old, new, pie = (found[software][1] for software in ServerSoftware)
    assert old == new == pie
    assert len(old) >= 8
    names = [re.sub(r"^\S+ runs ", "", found[software][0]) for software in ServerSoftware]
    assert names == ["Lemmy 0.19.20", "Lemmy 1.0.0-beta.1", "Piefed 1.6.27"]
