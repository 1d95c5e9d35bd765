"""A search with the index of words finds what comparing the texts of all posts finds."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.models import PollResult, Post, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, PostQueue, post_search
from bot.store.post_search import PostFilter, count_posts, search_posts
from bot.store.search_index import merge_index, rebuild_index
from tests.conftest import START, a_post, on_sqlite

TITLES = (
    *("The harbour bridge is closed", "Brückenbau in KÖLN", 'She said "no" to 100%', "İstanbul'da bir gün"),
    *("東京の新しい橋", "a\x01b_c", "\N{GRINNING FACE} emoji bridge", "back\\slash %20", "ab", ""),
)
SOURCE = Source("home", "news@lemmy.example")


def titled(number: int, title: str) -> Post:
    return replace(a_post(number), title=title, url=f"https://Paper{number}.example/{number}?q=Ä")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = Database(tmp_path_factory.mktemp("search") / "precis.db", START)
    posts = tuple(titled(number, title) for number, title in enumerate(TITLES, 1))
    PostQueue(database).discover(SOURCE, PollResult(posts, "c"), START)
    PostQueue(database).skip(3, Skipped(SkipReason.WALL, "Answered with a Wall"), START)
    return database


def found(database: Database, words: str, before: int | None = None) -> list[int]:
    return [post.row for post in search_posts(database, PostFilter(words), 50, before)]


_TEXTS = (*TITLES, "Answered with a Wall", "https://paper3.example/3", "news@lemmy.example")
_PARTS = st.tuples(st.sampled_from(_TEXTS), st.integers(0, 20), st.integers(1, 12)).map(
    lambda cut: cut[0][cut[1] : cut[1] + cut[2]]
)
_WORDS = _PARTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(words=_WORDS, swap=st.booleans())
@example(words="bridge emoji", swap=False)
@example(words="wall ANSWERED", swap=False)
@example(words="Paper1", swap=True)
@example(words='"no"', swap=False)
@example(words="\0\0\0\0", swap=False)
@example(words="AND NOT (", swap=False)
def test_the_index_does_not_change_what_is_found(filled: Database, words: str, swap: bool) -> None:
    words = words.swapcase() if swap else words
    for before in (None, 5):
        with mock.patch.object(post_search, "has_index", return_value=False):
            without = found(filled, words, before), count_posts(filled, PostFilter(words))
        assert (found(filled, words, before), count_posts(filled, PostFilter(words))) == without


def index_of(database: Database, part: str) -> list[int]:
    sql = "SELECT rowid FROM post_search WHERE post_search MATCH ?"
    with database.read_transaction() as connection:
        return list(connection.exec_driver_sql(sql, (f'"{part}"',)).scalars())


@on_sqlite
def test_erased_posts_leave_the_index(database: Database) -> None:
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult((titled(1, "A xylophone"), titled(2, "Another xylophone")), "c"), START)
    queue.skip(1, Skipped(SkipReason.WALL), START)
    assert index_of(database, "xyl") == [1, 2]
    queue.erase_content(START + timedelta(days=1))
    assert index_of(database, "xyl") == [2]
    assert found(database, "xylophone") == [2]
    merge_index(database)
    assert found(database, "xylophone") == [2]
    assert 1 in index_of(database, "lem")  # its address is still found


def test_a_changed_post_is_found_by_its_new_words(database: Database) -> None:
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult((titled(1, "A xylophone"),), "c"), START)
    queue.update_post(1, titled(1, "A trumpet"))
    queue.retry(1, "The site does not answer", START)
    assert (found(database, "xylophone"), found(database, "trumpet answer")) == ([], [1])


@on_sqlite
def test_the_index_can_be_rebuilt(database: Database) -> None:
    PostQueue(database).discover(SOURCE, PollResult((titled(1, "A xylophone"),), "c"), START)
    with database.write_transaction() as connection:
        connection.exec_driver_sql("INSERT INTO post_search (post_search) VALUES ('delete-all')")
    assert found(database, "xylophone") == []
    rebuild_index(database)
    assert found(database, "xylophone") == [1]


def test_a_rare_word_does_not_read_all_posts(filled: Database) -> None:
    with filled.read_transaction() as connection:
        statement, _ = post_search._indexed(
            connection, post_search.select(post_search.posts), PostFilter("xylophone")
        )
        sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        plan = [
            step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        ]
    assert plan[0].startswith("SCAN post_search VIRTUAL TABLE INDEX")
    assert plan[1].startswith("SEARCH posts USING INTEGER PRIMARY KEY")


def test_a_sqlite_without_the_index_searches_all_posts(tmp_path: Path) -> None:
    with (
        mock.patch("bot.store.search_index._OLDEST_SQLITE", (99,)),
        closing(Database(tmp_path / "precis.db", START)) as database,
    ):
        PostQueue(database).discover(SOURCE, PollResult((titled(1, "A xylophone"),), "c"), START)
        assert found(database, "xylophone") == [1]
        rebuild_index(database)
        merge_index(database)
