"""Strangers who write the longest texts that a server accepts hide nothing, on every platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.models import PollResult, Source
from bot.platforms import json_response, json_shortener
from tests.inbox.servers import Daemon, LemmyServer, PlatformServer, RedditServer

LONGEST_POST = {RedditServer: 40_000, LemmyServer: 50_000}
"""Characters that Reddit and Lemmy (0.19.20 and 1.0) accept as the text of a post. PieFed gets as many."""
LONGEST_MESSAGE = 10_000
HAN = "\u6f22"


def allow(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let responses have so many bytes after their texts were cut."""
    monkeypatch.setattr(json_response, "MAX_BYTES_AT_ONCE", 1_000)
    monkeypatch.setattr(json_shortener, "MAX_SHORTENED", size)


def add_posts(server: PlatformServer, count: int, length: int) -> list[Any]:
    text = "selftext" if isinstance(server, RedditServer) else "body"
    return [
        server.add_post(f"https://paper.example/{number}", **{text: HAN * length}) for number in range(count)
    ]


def poll(server: PlatformServer, daemon: Daemon) -> PollResult:
    source = Source(server.account, server.community)
    return daemon.platform.poll(source, None, server.clock() - timedelta(days=9))


def ids(posts: list[Any]) -> set[str]:
    return {str(post.id) for post in posts}


def test_posts_of_the_greatest_length_are_all_found(server: PlatformServer, daemon: Daemon) -> None:
    posts = add_posts(server, 60, LONGEST_POST[type(server)])
    assert {post.id for post in poll(server, daemon).posts} == ids(posts)


def test_a_list_is_read_with_smaller_pages_where_a_page_is_too_large(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, 150_000)
    posts = [*add_posts(server, 30, 20), *add_posts(server, 9, 5_000), *add_posts(server, 30, 20)]
    before = server.request_count()
    found = poll(server, daemon)
    assert {post.id for post in found.posts} == ids(posts)
    assert found.parse_errors == ()
    assert server.request_count() - before < 100


@pytest.mark.parametrize("server", ["piefed"], indirect=True)
def test_a_post_that_alone_is_too_large_hides_no_other_where_pages_have_numbers(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, 40_000)
    before, huge, after = add_posts(server, 4, 20), add_posts(server, 1, 15_000), add_posts(server, 4, 20)
    found = poll(server, daemon)
    assert {post.id for post in found.posts} == ids(before + after) - ids(huge)
    (line,) = found.parse_errors
    assert "too large" in line


@pytest.mark.parametrize("size", [json_shortener.MAX_SHORTENED, 400_000])
def test_long_messages_do_not_hide_others(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    allow(monkeypatch, size)
    server.send_private_message("pause")
    post = server.add_post("https://paper.example/1")
    for number in range(55):
        server.send_private_message(f"{number} {HAN * LONGEST_MESSAGE}")
        server.add_comment(post, f"{{bot}} {number} {HAN * (LONGEST_MESSAGE - 100)}")
    page = daemon.messaging.fetch_inbox()
    assert page.parse_errors == ()
    assert len(page.messages) == 111
    assert "pause" in [message.text for message in page.messages]


def test_own_replies_are_found_below_a_post_of_the_greatest_length(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each comment of a thread comes with the text of the post on Lemmy and PieFed."""
    allow(monkeypatch, 600_000)
    (post,) = add_posts(server, 1, LONGEST_POST[type(server)])
    own = server.add_bot_comment(post, "A reply.")
    comments = [server.add_comment(post, HAN * 9_000) for _ in range(12)]
    below = server.sandbox.state.add_comment(post, server.bot, "An answer.", comments[0])  # type: ignore[attr-defined]
    assert [comment.id for comment in daemon.platform.own_comments(str(post.id))] == [str(own.id)]
    found = daemon.messaging.own_replies_to_comment(str(post.id), str(comments[0].id))
    assert [comment.id for comment in found] == [str(below.id)]
