"""Fill a new database with many posts, as two years of a busy daemon leave them.

    python benchmarks/many_posts.py precis.db 1000000

`benchmarks.compare` runs this file with the package `bot` of an older checkout, so it uses only functions
and columns that older versions have too.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.store import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The posts end at this time."""
DAYS = 730
ACCOUNTS = ("main", "second")
COMMUNITIES = tuple(f"community{number}@lemmy.example" for number in range(60))
REASONS = ("too-short", "wall", "not-found", "too-old", "language", "daily-cap", "same-article")
CONTENT_KEPT = timedelta(days=30)
"""After this, the content of a post is erased."""
PENDING_POSTS = 20
REPLY_SHARE = 0.4
CHECK_PERIOD = timedelta(days=3)
"""The score of a reply is checked for so long after it was sent."""
WORDS = ("amber", "bridge", "council", "dairy", "election", "ferry", "garden", "harbour", "island", "jury")

_COLUMNS = (
    *("account", "post_id", "parent_id", "community", "permalink", "url_hash", "article_hash", "content"),
    *("state", "reason", "attempts", "due_at", "published", "discovered_at", "ready_at", "sending_at"),
    *("done_at", "article_words", "summary_words", "saved", "sends", "empty_reads", "comment_id"),
    *("comment_url", "reply_check_at", "distinguish_done", "reply_score"),
)
_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'posts' AND sql > ''"


def fill(path: Path, count: int) -> None:
    """Create a database at `path` and add `count` posts."""
    Database(path, NOW).close()
    marks = ", ".join("?" * len(_COLUMNS))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):  # 1 GB
            connection.execute(f"PRAGMA {setting}")
        indexes = connection.execute(_INDEXES).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.executemany(
            f"INSERT INTO posts ({', '.join(_COLUMNS)}) VALUES ({marks})",
            _rows(count),
        )
        for _, statement in indexes:  # sorting the rows of each index once is faster than inserting them
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    numbers = random.Random(7)
    for number in range(count):
        age = timedelta(days=DAYS) * ((count - number) / count)
        values = _post(number, NOW - age, numbers, pending=number >= count - PENDING_POSTS)
        yield tuple(values.get(name) for name in _COLUMNS)


def _post(number: int, published: datetime, numbers: random.Random, *, pending: bool) -> dict[str, Any]:
    community, account = numbers.choice(COMMUNITIES), ACCOUNTS[number % len(ACCOUNTS)]
    url = f"https://paper{number % 400}.example/{number}"
    found, done = published + timedelta(seconds=40), published + timedelta(seconds=90)
    values: dict[str, Any] = {
        "account": account,
        "post_id": str(number),
        "parent_id": "",
        "community": community,
        "permalink": f"https://lemmy.example/post/{number}",
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
        "state": "discovered",
        "attempts": 0,
        "due_at": _stored(found),
        "published": _stored(published),
        "discovered_at": _stored(found),
        "sends": 0,
        "empty_reads": 0,
    }
    if pending or NOW - done < CONTENT_KEPT:
        values["content"] = _content(account, community, number, url, published, numbers)
    if pending:
        return values
    values["done_at"] = _stored(done)
    if numbers.random() >= REPLY_SHARE:
        return values | {"state": "skipped", "reason": numbers.choice(REASONS)}
    return values | {
        "state": "sent",
        "ready_at": _stored(done - timedelta(seconds=20)),
        "sending_at": _stored(done - timedelta(seconds=2)),
        "article_hash": values["url_hash"],
        "article_words": 900,
        "summary_words": 90,
        "saved": numbers.randint(80, 95),
        "sends": 1,
        "comment_id": str(10_000_000 + number),
        "comment_url": f"https://lemmy.example/comment/{10_000_000 + number}",
        "reply_check_at": _stored(NOW + timedelta(hours=1)) if NOW - done < CHECK_PERIOD else None,
        "distinguish_done": 1,
        "reply_score": numbers.randint(-2, 9),
    }


def _content(
    account: str, community: str, number: int, url: str, published: datetime, numbers: random.Random
) -> str:
    return json.dumps(
        {
            "account": account,
            "community": community,
            "id": str(number),
            "title": " ".join(numbers.choices(WORDS, k=8)).capitalize(),
            "url": url,
            "permalink": f"https://lemmy.example/post/{number}",
            "author": f"person{number % 5000}@lemmy.example",
            "published": published.isoformat(),
        }
    )


def _stored(time: datetime) -> str:
    """As the database stores times."""
    return f"{time:%Y-%m-%d %H:%M:%S.%f}"


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
