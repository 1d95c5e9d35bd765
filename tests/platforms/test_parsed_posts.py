"""Entries of a list are parsed again only after a change."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from bot.core.models import Post
from bot.platforms.api_call import MalformedResponse
from bot.platforms.pagination import UnreadablePost
from bot.platforms.parsed_posts import MAX_POSTS, ParsedPosts
from tests.conftest import a_post


def entry(number: int, title: str = "A title") -> dict[str, Any]:
    return {"post": {"id": number, "name": title}}


class Parser:
    def __init__(self) -> None:
        self.parsed: list[int] = []

    def __call__(self, item: Any) -> Post:
        if "name" not in item["post"]:
            raise MalformedResponse("no name")
        self.parsed.append(item["post"]["id"])
        return replace(a_post(item["post"]["id"]), title=item["post"]["name"])


def test_an_equal_entry_is_parsed_once() -> None:
    posts, parse = ParsedPosts(), Parser()
    first = posts.parse([entry(2), entry(1)], "me", parse)
    second = posts.parse([entry(3), entry(2), entry(1)], "me", parse)
    assert parse.parsed == [2, 1, 3]
    assert second[1:] == first


def test_a_changed_entry_is_parsed_again() -> None:
    posts, parse = ParsedPosts(), Parser()
    posts.parse([entry(1)], "me", parse)
    (changed,) = posts.parse([entry(1, "Another title")], "me", parse)
    assert isinstance(changed, Post)
    assert changed.title == "Another title"


def test_another_viewer_reads_the_entry_again() -> None:
    posts, parse = ParsedPosts(), Parser()
    posts.parse([entry(1)], "me", parse)
    posts.parse([entry(1)], "you", parse)
    assert parse.parsed == [1, 1]


def test_entries_that_cannot_be_parsed_are_reported_each_time() -> None:
    posts, parse = ParsedPosts(), Parser()
    broken: list[Any] = [{"post": {"id": 1}}, {"post": {}}]
    for _ in range(2):
        found = posts.parse(broken, "me", parse)
        assert [each.id for each in found if isinstance(each, UnreadablePost)] == [1, None]
    assert parse.parsed == []


def test_only_the_last_entries_are_kept() -> None:
    posts, parse = ParsedPosts(), Parser()
    posts.parse(map(entry, range(MAX_POSTS + 10)), "me", parse)
    parse.parsed.clear()
    posts.parse([entry(0), entry(MAX_POSTS + 9)], "me", parse)
    assert parse.parsed == [0]
