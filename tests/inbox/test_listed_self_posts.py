"""Every platform lists self posts with their texts, as its server sends them over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.models import Post, Source
from tests.inbox.servers import Daemon, PlatformServer, RedditServer

TEXT = "# Garden\n\nWe >!dug!< for *two* days & nights; 3 < 4.\n\n::: spoiler T\nx\n:::"


def add(server: PlatformServer, url: str | None, text: str) -> Any:
    name = "selftext" if isinstance(server, RedditServer) else "body"
    return server.add_post(url, **{name: text})


def listed(server: PlatformServer, daemon: Daemon) -> dict[str, Post]:
    source = Source(server.account, server.community)
    found = daemon.platform.poll(source, None, server.clock() - timedelta(days=9))
    assert found.parse_errors == ()
    return {post.id: post for post in found.posts}


def test_a_self_post_is_listed_and_read_with_its_text(server: PlatformServer, daemon: Daemon) -> None:
    added = add(server, None, TEXT)
    for post in (listed(server, daemon)[str(added.id)], daemon.platform.fetch_post(str(added.id))):
        assert (post.body, post.is_self_post) == (TEXT, True)
        assert not post.url


def test_the_text_of_a_link_post_is_left_out(server: PlatformServer, daemon: Daemon) -> None:
    added = add(server, "https://paper.example/1", TEXT)
    post = listed(server, daemon)[str(added.id)]
    assert (post.url, post.body, post.is_self_post) == ("https://paper.example/1", "", False)


def test_a_post_without_text_and_link_is_no_self_post(server: PlatformServer, daemon: Daemon) -> None:
    added = add(server, None, "")
    assert not listed(server, daemon)[str(added.id)].is_self_post
