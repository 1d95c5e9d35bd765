"""Texts of strangers that PostgreSQL cannot store: NUL, and surrogates without their other half."""

from __future__ import annotations

import pytest

from bot.core.messages import Message, MessageKind
from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, PostQueue, ReceivedMessages
from bot.store.failure_statistics import failing_sites, recent_errors
from bot.store.post_lookup import all_posts, find_posts
from bot.store.post_search import PostFilter, count_posts, search_posts
from bot.store.stored_values import storable_text, write_json
from tests.conftest import START, a_post

BAD = "a\0b\ud800c"
STORED = "a\ufffdb\ufffdc"
SOURCE = Source("home", "news@lemmy.example")


def test_they_are_replaced_when_a_post_is_stored(database: Database) -> None:
    queue = PostQueue(database)
    bad_post = a_post(1, title=BAD, body=BAD, author=BAD, permalink=f"https://lemmy.example/{BAD}")
    queue.discover(SOURCE, PollResult((bad_post, a_post(2)), BAD), START)
    queue.skip(1, Skipped(SkipReason.WALL, BAD), START)
    (first, second) = all_posts(database)
    assert (first.title, first.error) == (STORED, STORED)
    assert second.title == "Post 2"
    assert queue.cursor(SOURCE, START) == STORED


@pytest.mark.parametrize("word", ["\0", "\ud800", "b"])
def test_searches_work_beside_them(database: Database, word: str) -> None:
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult((a_post(1, title=BAD), a_post(2)), "c"), START)
    queue.mark_dead(1, BAD, START)
    post_filter = PostFilter(words=word)
    assert [post.row for post in search_posts(database, post_filter, 10)][-1] == 1
    assert count_posts(database, post_filter) >= 1
    assert [site.failures for site in failing_sites(database, START, 5)] == [1]
    assert recent_errors(database, START, 5) == ((STORED, 1),)
    assert find_posts(database, BAD) == []


def test_a_message_with_them_is_handled_once(database: Database) -> None:
    messages = ReceivedMessages(database)
    message = Message("home", BAD, MessageKind.PRIVATE, BAD, BAD, START)
    assert messages.add(message, START)
    assert not messages.add(message, START)
    assert messages.known_ids("home", [BAD]) == {STORED}
    found = messages.next_new("home", START)
    assert found is not None
    assert found.message.text == STORED


@pytest.mark.parametrize("text", ["", "plain", "é", "😀", "\\u0000", "\\ud800"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert storable_text(text) == text
    assert write_json({"a": [text]}) == write_json({"a": (text,)})
    assert storable_text(BAD + text) == STORED + text
