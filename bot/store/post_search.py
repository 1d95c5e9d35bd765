"""Posts that somebody looks for: by words, state, reason, place and time; newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, State
from bot.store.status_reports import PostReport, report_of
from bot.store.tables import posts

CHUNK_SIZE = 500
MAX_INTEGER = 2**63 - 1
"""The greatest number that a column of integers can hold."""


@dataclass(frozen=True, slots=True)
class PostFilter:
    """What a post has to be like; empty fields ask for nothing."""

    words: str = ""
    """In the title, the link, the post's address, the community or the last error; all of them."""
    state: State | None = None
    reason: SkipReason | None = None
    account: str = ""
    community: str = ""
    since: datetime | None = None
    """When it was seen first."""


def search_posts(
    database: Database, post_filter: PostFilter, limit: int, before: int | None = None
) -> list[PostReport]:
    """At most `limit` posts, the last seen first; `before` is the `row` where an earlier answer ended."""
    asked = select(posts).where(_matches(post_filter)).order_by(posts.c.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(posts.c.id < min(before, MAX_INTEGER))
    with database.read_transaction() as connection:
        return [report_of(row) for row in connection.execute(asked)]


def search_all_posts(database: Database, post_filter: PostFilter) -> Iterator[PostReport]:
    """Every such post, read in chunks: for exports of any size."""
    before = None
    while chunk := search_posts(database, post_filter, CHUNK_SIZE, before):
        yield from chunk
        before = chunk[-1].row


def count_posts(database: Database, post_filter: PostFilter) -> int:
    with database.read_transaction() as connection:
        return connection.execute(
            select(func.count()).select_from(posts).where(_matches(post_filter))
        ).scalar_one()


def find_post_by_row(database: Database, row: int) -> PostReport | None:
    if row > MAX_INTEGER:
        return None
    with database.read_transaction() as connection:
        found = connection.execute(select(posts).where(posts.c.id == row)).first()
    return None if found is None else report_of(found)


def _matches(wanted: PostFilter) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = [_has(word) for word in wanted.words.split()]
    if wanted.state is not None:
        asked.append(posts.c.state == wanted.state)
    if wanted.reason is not None:
        asked.append(and_(posts.c.state == State.SKIPPED, posts.c.reason == wanted.reason.value))
    if wanted.account:
        asked.append(posts.c.account == wanted.account)
    if wanted.community:
        asked.append(posts.c.community == wanted.community.lower())
    if wanted.since is not None:
        asked.append(posts.c.discovered_at >= wanted.since)
    return and_(True, *asked)


def _has(word: str) -> ColumnElement[bool]:
    texts = (
        posts.c.facts["title"].as_string(),
        posts.c.facts["url"].as_string(),
        posts.c.permalink,
        posts.c.community,
        posts.c.error,
    )
    return or_(*(text.icontains(word, autoescape=True) for text in texts))
