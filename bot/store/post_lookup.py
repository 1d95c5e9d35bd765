"""Finds posts for what a person typed: an id, or an address of a post or a reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from bot.core.post_addresses import PostAddress, parse_post_address, server_of
from bot.core.urls import url_hash
from bot.store.database import Database
from bot.store.post_reports import PostReport, report_of
from bot.store.tables import post_counts, posts

MAX_OF_LINK = 50
"""Posts that are found for one article."""


def find_posts(database: Database, url_or_id: str) -> list[PostReport]:
    """The posts with this address or id, of the post or of its reply; see `bot.core.post_addresses`."""
    with database.read_transaction() as connection:
        return [report_of(row) for row in find_rows(connection, url_or_id)]


def find_posts_of_link(database: Database, url: str) -> list[PostReport]:
    """The posts that link to an article, in any spelling of its address; the newest first."""
    of_link = or_(posts.c.url_hash == url_hash(url), posts.c.article_hash == url_hash(url))
    newest = select(posts).where(of_link).order_by(posts.c.id.desc()).limit(MAX_OF_LINK)
    with database.read_transaction() as connection:
        return [report_of(row) for row in connection.execute(newest).all()]


def all_posts(database: Database) -> list[PostReport]:
    """All posts, in the order of discovery."""
    with database.read_transaction() as connection:
        return [report_of(row) for row in connection.execute(select(posts).order_by(posts.c.id)).all()]


def find_rows(connection: Connection, url_or_id: str, account: str | None = None) -> list[Row[Any]]:
    """The rows of a post, or those of one comment, in the order of discovery; of all accounts if None.

    An address of a comment finds the reply with this id, else the reply to this comment, else the
    replies under the post.
    """
    accounts = _all_accounts(connection) if account is None else [account]
    text = url_or_id.strip()
    urls = [text.rstrip("/"), text.rstrip("/") + "/"]
    rows = _rows(
        connection,
        accounts,
        of_address=[posts.c.permalink.in_(urls), posts.c.comment_url.in_(urls)],
        of_id=[posts.c.post_id == text, posts.c.comment_id == text],
    )
    address = None if rows else parse_post_address(text)
    return rows if address is None or address.is_share_link else _at_address(connection, address, accounts)


def _at_address(connection: Connection, address: PostAddress, accounts: list[str]) -> list[Row[Any]]:
    post, comment = address.post_id, address.comment_id
    ids: list[ColumnElement[bool]] = [] if post is None else [posts.c.post_id == post]
    if comment is not None:
        requested = posts.c.request.is_not(None)  # a reply to a comment always is
        ids += [posts.c.comment_id == comment, requested & (posts.c.parent_id == comment)]
    rows = _rows(connection, accounts, of_id=ids)
    if address.is_reddit:
        rows = [row for row in rows if "/comments/" in row.permalink]
    else:
        by_server = ([row for row in rows if server_of(row.permalink) == each] for each in address.servers)
        rows = next((found for found in by_server if found), [])
    of_comment = [row for row in rows if comment is not None and row.comment_id == comment]
    for_comment = [row for row in rows if comment is not None and row.parent_id == comment]
    under_post = [row for row in rows if post is not None and row.post_id == post]
    return of_comment or for_comment or under_post


def _all_accounts(connection: Connection) -> list[str]:
    return list(connection.execute(select(post_counts.c.account).distinct()).scalars())


def _rows(
    connection: Connection,
    accounts: list[str],
    *,
    of_address: Iterable[ColumnElement[bool]] = (),
    of_id: Iterable[ColumnElement[bool]] = (),
) -> list[Row[Any]]:
    """The accounts' rows that match a condition. Each condition has its own index, so it is its own query.

    The indexes of ids begin with the account. For an address, SQLite would take one of them by mistake.
    """
    mine = posts.c.account.in_(accounts)
    found: dict[int, Row[Any]] = {}
    for condition in (*of_address, *(mine & each for each in of_id)):
        found |= {row.id: row for row in connection.execute(select(posts).where(condition))}
    return [found[row] for row in sorted(found) if found[row].account in accounts]
