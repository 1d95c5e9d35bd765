"""The same posts get the same replies, whatever the communities live on."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

from bot.config import load
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.daemon.tuning import utc_now
from bot.sandbox.environment import SandboxEnvironment
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.server_software import ServerSoftware

Answered = set[tuple[str, str]]
"""Titles of posts, and the replies under them."""


def answered(home: ServerSoftware, folder: Path) -> tuple[str, Answered]:
    """What the server says it is, and the replies to a post for each article, and to one without a link."""
    with SandboxEnvironment(folder, software=home) as stage:
        world, news = stage.fediverse.state, stage.communities[0]
        for page in stage.site.stories:
            if page.expected is None:
                world.add_post(news, stage.alice, page.title, stage.site.url + page.path)
        world.add_post(news, stage.alice, "A question")
        terms = fast_tuning(frozenset({stage.site.url.removeprefix("http://")}), 0.0, None, None)
        ahead = [timedelta(0), timedelta(minutes=5)]  # one page is there only at the second try
        with App(
            load(stage.config_path, os.environ), replace(terms, clock=lambda: utc_now() + ahead[0])
        ) as app:
            app.run_once(TimeLimit.start(Event(), 60))
            ahead.pop(0)
            app.run_once(TimeLimit.start(Event(), 60))
            (server, *_) = app.platforms[0].inspect(())
        replies = [(reply.title, reply.markdown) for reply in stage.replies()]
        assert len(replies) == len(world.posts) - 1
        return server.text, set(replies)


def test_the_same_posts_get_the_same_replies_everywhere(tmp_path: Path) -> None:
    found = {home: answered(home, tmp_path / home) for home in ServerSoftware}
    old, new, pie = (found[home][1] for home in ServerSoftware)
    assert old == new == pie
    assert len(old) >= 8
    names = [re.sub(r"^\S+ runs ", "", found[home][0]) for home in ServerSoftware]
    assert names == ["Lemmy 0.19.20", "Lemmy 1.0.0-beta.1", "Piefed 1.6.27"]
