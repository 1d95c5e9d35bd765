"""On PostgreSQL, a search for words uses an index, where the server allows one, and finds the same."""

from __future__ import annotations

from contextlib import closing
from unittest import mock

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from bot.core.database_location import PostgresUrl
from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, PostQueue, trigram_index
from bot.store.migrate import migrate
from bot.store.post_search import PostFilter, count_posts, search_posts
from tests import postgresql
from tests.conftest import START, a_post, on_server

pytestmark = [on_server, pytest.mark.engines("postgresql")]
TITLES = (
    *("The harbour bridge is closed", "Brückenbau in KÖLN", 'She said "no" to 100%', "a_b/c\\d"),
    *("東京の新しい橋", "\N{GRINNING FACE} emoji bridge", "ab", ""),
)
WORDS = (
    "bridge",
    "BRIDGE emoji",
    "köln",
    "brücken",
    '"no"',
    "100%",
    "a_b",
    "axb",
    "/c",
    "\\",
    "新しい",
    "ab",
)
OTHER_WORDS = (
    "axb",
    "%",
    "_",
    "wall",
    "paper3.example",
    "news@lemmy.example",
    "\N{GRINNING FACE}",
    "nothing",
    "\0",
)


@pytest.fixture
def filled(database: Database) -> Database:
    posts = tuple(replace(a_post(n), title=title) for n, title in enumerate(TITLES, 1))
    PostQueue(database).discover(Source("home", "news@lemmy.example"), PollResult(posts, "c"), START)
    PostQueue(database).skip(3, Skipped(SkipReason.WALL, "Answered with a Wall"), START)
    return database


def found(database: Database, words: str) -> tuple[list[int], int]:
    sought = PostFilter(words)
    return [post.row for post in search_posts(database, sought, 50)], count_posts(database, sought)


def test_the_index_does_not_change_what_is_found(filled: Database) -> None:
    results = {words: found(filled, words) for words in (*WORDS, *OTHER_WORDS)}
    with mock.patch.object(trigram_index, "has_index", return_value=False):
        assert results == {words: found(filled, words) for words in results}
    assert len(results["bridge"][0]) == 2
    assert results["nothing"] == ([], 0)


def test_the_search_uses_the_index(filled: Database) -> None:
    """As soon as there are more finished posts than fit into a few pages."""
    copies = (
        "INSERT INTO posts (account, post_id, parent_id, community, permalink, content, state, attempts,"
        " due_at, published, discovered_at, done_at, sends, empty_reads)"
        " SELECT account, 'copy ' || number, '', community, permalink || number, content, 'sent', 0, due_at,"
        " published, discovered_at, due_at, 1, 0 FROM posts, generate_series(1, 3000) AS number WHERE id = 1"
    )
    with filled.write_transaction() as connection:
        connection.execute(text(copies))
    with filled.write_transaction() as connection:
        # Both happen by themselves after a while.
        connection.execute(text(f"SELECT gin_clean_pending_list('{trigram_index.NAME}')"))
        connection.execute(text("ANALYZE posts"))
    with filled.read_transaction() as connection:
        assert trigram_index.has_index(connection)
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        condition = trigram_index.may_contain(["köln"]).compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        plan = connection.exec_driver_sql(f"EXPLAIN SELECT id FROM posts WHERE {condition}").scalars()
        assert trigram_index.NAME in " ".join(plan)


def test_without_the_right_to_create_it_a_search_reads_all_posts() -> None:
    url = postgresql.new_database("without_extension", tables=False)
    with postgresql._connect(url) as connection:
        connection.execute("DROP ROLE IF EXISTS limited")
        connection.execute("CREATE ROLE limited LOGIN")
        connection.execute("GRANT CREATE ON SCHEMA public TO limited")
    limited = PostgresUrl(url.address.replace("precis@", "limited@", 1))
    migrate(limited, START)
    with closing(Database(limited, START)) as database:
        with database.read_transaction() as connection:
            assert not trigram_index.has_index(connection)
        posts = (replace(a_post(1), title="The harbour bridge"),)
        PostQueue(database).discover(Source("home", "news@lemmy.example"), PollResult(posts, "c"), START)
        assert found(database, "harbour") == ([1], 1)
