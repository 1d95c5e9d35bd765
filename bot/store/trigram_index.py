"""The index of the words that a search finds on PostgreSQL: pg_trgm's parts of three characters.

A server on which Precis may not create this extension gets no index, and a search reads all posts.
https://www.postgresql.org/docs/current/pgtrgm.html
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, String, and_, literal_column, or_

from bot.store.dialects import POSTGRESQL
from bot.store.stored_values import storable_text
from bot.store.tables import posts

NAME = "ix_posts_search"
_TEXTS = ("content->>'title'", "content->>'url'", "permalink", "community", "error")
_TEXT = " || chr(10) || ".join(f"coalesce({text}, '')" for text in _TEXTS)
"""The searched texts of a post, one in each line. Change it only with a migration."""
CREATE = f"CREATE INDEX {NAME} ON posts USING gin (({_TEXT}) gin_trgm_ops) WHERE done_at IS NOT NULL"
"""Without pending posts: there are few, and each of their states would add all parts of the texts again."""
_CAN_CREATE = (
    "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') OR"
    " (EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')"
    " AND has_database_privilege(current_database(), 'CREATE'))"
)
_text: ColumnElement[str] = literal_column(f"({_TEXT})", String())


def create_index(connection: Connection) -> None:
    """Create the index in the caller's transaction, if this is PostgreSQL and the server allows it."""
    if connection.dialect.name == POSTGRESQL and connection.exec_driver_sql(_CAN_CREATE).scalar():
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.exec_driver_sql(CREATE)


def has_index(connection: Connection) -> bool:
    if connection.dialect.name != POSTGRESQL:
        return False
    return connection.exec_driver_sql(f"SELECT to_regclass('{NAME}') IS NOT NULL").scalar() is True


def may_contain(words: list[str]) -> ColumnElement[bool]:
    """Whether a post is pending or has all words in its texts: true for each post that the search finds."""
    matches = (_text.icontains(storable_text(word), autoescape=True) for word in words)
    return or_(posts.c.done_at.is_(None), and_(posts.c.done_at.is_not(None), *matches))
