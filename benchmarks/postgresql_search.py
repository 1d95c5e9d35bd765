"""A search for words on PostgreSQL with and without the index of trigrams.

    python -m benchmarks.postgresql_search [--posts N]

Prints the median milliseconds of seven searches in turn, on a server of its own.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from unittest import mock

from rich.console import Console
from rich.table import Table

from bot.core.database_location import PostgresUrl
from bot.sandbox.cluster_environment import short_temporary_folder
from bot.sandbox.postgresql import PostgresServer, require_programs
from bot.sandbox.sample_history import fill_database
from bot.store import Database, trigram_index
from bot.store.migrate import migrate
from bot.store.post_search import PostFilter, search_posts

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RUNS = 7
WORDS = {"a word that no post has": "zzznothing", "a word of some posts": "lighthouse", "two letters": "zz"}


def milliseconds(search: Callable[[], object]) -> float:
    began = time.perf_counter()
    search()
    return (time.perf_counter() - began) * 1000


def compare(database: Database, words: str) -> tuple[float, float]:
    """The medians with and without the index."""
    with_index, without = [], []
    for _ in range(RUNS):
        with_index.append(milliseconds(lambda: search_posts(database, PostFilter(words), 50)))
        with mock.patch.object(trigram_index, "has_index", return_value=False):
            without.append(milliseconds(lambda: search_posts(database, PostFilter(words), 50)))
    return median(with_index), median(without)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    posts = parser.parse_args().posts
    table = Table("search for", "with, ms", "without, ms", "ratio", title=f"{posts} posts")
    with short_temporary_folder() as folder:
        server = PostgresServer(Path(folder) / "server", require_programs())
        server.start()
        try:
            location = PostgresUrl(server.create_database("precis"))
            migrate(location, NOW)
            with closing(Database(location, NOW)) as database:
                fill_database(database, NOW, posts)
                with database.write_transaction() as connection:
                    connection.exec_driver_sql("ANALYZE posts")
                for name, words in WORDS.items():
                    found, without = compare(database, words)
                    table.add_row(name, f"{found:.1f}", f"{without:.1f}", f"{found / without:.3f}")
        finally:
            server.stop("immediate")
    Console().print(table)


if __name__ == "__main__":
    main()
