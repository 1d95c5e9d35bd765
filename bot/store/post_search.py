"""Search posts by words, state, reason, account, community and time; newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVarTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, or_, select

from bot.core.skip_reasons import SkipReason
from bot.store import trigram_index
from bot.store.database import Database
from bot.store.post_reports import PostReport, report_of
from bot.store.post_states import State
from bot.store.search_index import candidates, has_index
from bot.store.stored_values import storable_text
from bot.store.tables import post_counts, posts

CHUNK_SIZE = 500
MAX_WORDS = 10
"""Words that a search looks for; the rest is ignored. SQLite refuses conditions that are too deep."""
MAX_INTEGER = 2**63 - 1
"""The largest value of an integer column."""
Values = TypeVarTuple("Values")


class PostFilter(Struct, frozen=True):
    """The conditions for a post. An empty field sets none."""

    words: str = ""
    """Each must be in the title, the link, the post's URL, the community or the last error."""
    state: State | None = None
    reason: SkipReason | None = None
    account: str = ""
    community: str = ""
    since: datetime | None = None
    """Only posts that were discovered at this time or later."""


def search_posts(
    database: Database, post_filter: PostFilter, limit: int, before: int | None = None
) -> list[PostReport]:
    """At most `limit` posts, newest first; `before` is the last `row` of the previous page."""
    with database.read_transaction() as connection:
        statement, row = _indexed(connection, select(posts), post_filter)
        statement = statement.order_by(row.desc()).limit(limit)
        if before is not None:
            statement = statement.where(row < min(before, MAX_INTEGER))
        return [report_of(row) for row in connection.execute(statement)]


def search_all_posts(database: Database, post_filter: PostFilter) -> Iterator[PostReport]:
    """All matching posts, read in chunks, for exports of any size."""
    before = None
    while chunk := search_posts(database, post_filter, CHUNK_SIZE, before):
        yield from chunk
        before = chunk[-1].row


def count_posts(database: Database, post_filter: PostFilter) -> int:
    """The number of posts that match, from the stored counts unless the filter has words or a time."""
    statement: Select[int]
    with database.read_transaction() as connection:
        if post_filter.words.split() or post_filter.since is not None:
            statement, _ = _indexed(connection, select(func.count()).select_from(posts), post_filter)
        else:
            number = func.coalesce(func.sum(post_counts.c.number), 0)
            statement = select(number).where(_matches(post_filter, post_counts))
        return connection.execute(statement).scalar_one()


def find_post_by_row(database: Database, row: int) -> PostReport | None:
    if row > MAX_INTEGER:
        return None
    with database.read_transaction() as connection:
        found = connection.execute(select(posts).where(posts.c.id == row)).first()
    return None if found is None else report_of(found)


def _indexed(
    connection: Connection, statement: Select[*Values], post_filter: PostFilter
) -> tuple[Select[*Values], ColumnElement[Any]]:
    """The statement with its conditions, by the index of words if it helps, and the row's id to sort by."""
    statement = statement.where(_matches(post_filter))
    words = post_filter.words.split()[:MAX_WORDS]
    if words and trigram_index.has_index(connection):
        return statement.where(trigram_index.may_contain(words)), posts.c.id
    found = candidates(words) if words and has_index(connection) else None
    if found is None:
        return statement, posts.c.id
    return statement.select_from(found.tables).where(found.condition), found.row


def _matches(post_filter: PostFilter, table: Table = posts) -> ColumnElement[bool]:
    columns = table.c
    conditions: list[ColumnElement[bool]] = [
        _contains(word) for word in post_filter.words.split()[:MAX_WORDS]
    ]
    if post_filter.state is not None:
        conditions.append(columns.state == post_filter.state)
    if post_filter.reason is not None:
        conditions.append(and_(columns.state == State.SKIPPED, columns.reason == post_filter.reason.value))
    if post_filter.account:
        conditions.append(columns.account == post_filter.account)
    if post_filter.community:
        conditions.append(columns.community == post_filter.community.lower())
    if post_filter.since is not None:
        conditions.append(columns.discovered_at >= post_filter.since)
    return and_(True, *conditions)


def _contains(word: str) -> ColumnElement[bool]:
    texts = (
        posts.c.content["title"].as_string(),
        posts.c.content["url"].as_string(),
        posts.c.permalink,
        posts.c.community,
        posts.c.error,
    )
    stored = storable_text(word)
    return or_(*(text.icontains(stored, autoescape=True) for text in texts))
