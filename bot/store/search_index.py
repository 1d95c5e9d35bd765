"""The index of the words that a search finds: parts of three characters (SQLite's FTS5).

It has the rows that may contain a word, and the search compares their texts. So a search with the index
finds what a search without it finds. It stores no texts: triggers keep it, also when content is erased. A
SQLite without FTS5 gets no index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, column, literal_column, table

from bot.store.tables import posts

if TYPE_CHECKING:
    from bot.store.database import Database

PART_LENGTH = 3
_OLDEST_SQLITE = (3, 34)
"""The first version that divides texts into parts."""
PAGES_OF_MERGE = 2000
"""The work of one merge: about 8 MB are written."""


def _text(row: str) -> str:
    """SQL for the searched texts of a row, one in each line."""
    content = f"CASE WHEN JSON_VALID({row}.content) THEN {row}.content END"
    texts = [f"COALESCE(JSON_EXTRACT({content}, '$.{name}'), '')" for name in ("title", "url")]
    return " || CHAR(10) || ".join(
        [*texts, f"{row}.permalink", f"{row}.community", f"COALESCE({row}.error, '')"]
    )


_TABLE = (
    "CREATE VIRTUAL TABLE post_search USING fts5("
    "text, content = '', columnsize = 0, detail = none, tokenize = 'trigram')"
)
_INTO = "INSERT INTO post_search"
_FILL = f"{_INTO} (rowid, text) SELECT id, {_text('posts')} FROM posts"  # noqa: S608 (constants)
_ADD = f"{_INTO} (rowid, text) VALUES (NEW.id, {_text('NEW')});"
_REMOVE = f"{_INTO} (post_search, rowid, text) VALUES ('delete', OLD.id, {_text('OLD')});"
TRIGGERS = {
    "index_new_post": f"AFTER INSERT ON posts BEGIN {_ADD} END",
    "index_changed_post": (
        "AFTER UPDATE OF content, permalink, community, error ON posts"
        f" WHEN {_text('OLD')} IS NOT {_text('NEW')} BEGIN {_REMOVE} {_ADD} END"
    ),
    "index_deleted_post": f"AFTER DELETE ON posts BEGIN {_REMOVE} END",
}
"""SQLite's triggers, by name. Change them, and the table, only with a migration."""

_search = table("post_search", column("post_search"), column("rowid"))
# The plus sign keeps SQLite from looking for each post in the index, instead of for what it has found.
_is_post: ColumnElement[bool] = literal_column("+post_search.rowid") == posts.c.id


def create_index(connection: Connection) -> None:
    """Create the index of a new database, if this SQLite can."""
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        return
    modules = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
    if connection.exec_driver_sql(modules).first() is None:
        return
    connection.exec_driver_sql(_TABLE)
    for name, rest in TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {rest}")


def has_index(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    find = "SELECT 1 FROM sqlite_master WHERE name = 'post_search'"
    return connection.exec_driver_sql(find).first() is not None


def rebuild_index(database: Database) -> None:
    """Read the words of all posts again."""
    with database.write_transaction() as connection:
        if has_index(connection):
            connection.exec_driver_sql(f"{_INTO} (post_search) VALUES ('delete-all')")
            connection.exec_driver_sql(_FILL)


def merge_index(database: Database) -> None:
    """Remove from the file a share of the words of erased posts; searches no longer find them anyway."""
    with database.write_transaction() as connection:
        if has_index(connection):
            merge = f"{_INTO} (post_search, rank) VALUES ('merge', ?)"
            connection.exec_driver_sql(merge, (-PAGES_OF_MERGE,))


class Candidates(Struct, frozen=True):
    """Parts of a statement that reads the posts in the index instead of all."""

    tables: FromClause
    condition: ColumnElement[bool]
    row: ColumnElement[Any]
    """The id of the post; the index is read in its order."""


def candidates(words: list[str]) -> Candidates | None:
    """The posts that may contain all words; None if no word is long enough for the index."""
    parts = sorted({part for word in words for part in _parts(word)})
    if not parts:
        return None
    query = " ".join(f'"{part}"' for part in parts)
    return Candidates(_search.join(posts, _is_post), _search.c.post_search.match(query), _search.c.rowid)


def _parts(word: str) -> Iterator[str]:
    """The parts of a word, as FTS5's query language writes them between quotation marks."""
    for start in range(len(word) - PART_LENGTH + 1):
        part = word[start : start + PART_LENGTH]
        if "\0" not in part:  # it would end the query
            yield part.replace('"', '""')
