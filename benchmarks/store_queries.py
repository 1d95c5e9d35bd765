"""Milliseconds of processor time of each query that jobs and pages run on a database of `many_posts`.

    python benchmarks/store_queries.py precis.db [SECONDS]

Prints one line of JSON. `benchmarks.compare` runs this file with the package `bot` of two checkouts, so it
uses only functions that the older one has too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Any

from many_posts import ACCOUNTS, COMMUNITIES, NOW  # type: ignore[import-not-found]  # beside this script

from bot.core.models import PollResult, Post, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.outbox.deletion_follower import MAX_CHECKS_PER_RUN
from bot.store import Database, DeletionChecks, OutgoingReplies, PostQueue, SentReplies
from bot.store.backlog import find_backlog
from bot.store.failure_statistics import failing_sites, recent_errors
from bot.store.outcome_events import ALL_KINDS, OutcomeEvents
from bot.store.post_search import PostFilter, count_posts, search_posts
from bot.store.statistics import (
    community_statistics,
    count_outcomes,
    daily_statistics,
    statistics_since,
)
from bot.store.status_reports import status_report

try:
    from bot.store.post_lookup import find_posts
except ImportError:  # in an older checkout
    from bot.store.status_reports import find_posts  # type: ignore[attr-defined, no-redef]

MONTH, DAY = NOW - timedelta(days=30), NOW - timedelta(days=1)
SECONDS_EACH = 1.5
"""About as long as each query is repeated, by default."""
MAX_RUNS = 200


def queries(database: Database) -> dict[str, Callable[[], object]]:
    """Each query that a job, a command or a page runs, by name."""
    replies, outgoing, queue = SentReplies(database), OutgoingReplies(database), PostQueue(database)
    checks, events = DeletionChecks(database), OutcomeEvents(database)
    account, community = ACCOUNTS[0], COMMUNITIES[0]
    words = PostFilter("xylophone")
    new_rows, new_ids = count(last_row(database) + 1), count(1_000_000_000)
    return {
        "claim": lambda: queue.claim(DAY - timedelta(days=800), 4, timedelta(minutes=5)),
        "next reply to send": lambda: outgoing.next_due(account, NOW),
        "next reply to delete": lambda: replies.next_to_delete(account, NOW),
        "next reply to distinguish": lambda: replies.next_to_distinguish(account, NOW - timedelta(days=3)),
        "replies due for a check": lambda: replies.due_for_check(account, NOW, 50),
        "find a reply by its post": lambda: replies.find(account, post="500"),
        "find a reply by its comment": lambda: replies.find(account, comment="10000500"),
        "recent communities": lambda: replies.recent_communities(ACCOUNTS, DAY),
        "count of replies in a day": lambda: replies_in(queue, community),
        "replies to check for deletion": lambda: replies_to_check(checks, account),
        "posts to check for deletion": lambda: queue.due_for_recheck(account, DAY, 50),
        "backlog": lambda: find_backlog(database, NOW),
        "events": lambda: events.after(NOW - timedelta(minutes=5), ALL_KINDS, 50),
        "status": lambda: status_report(database),
        "counts for metrics": lambda: count_outcomes(database),
        "statistics of a day": lambda: statistics_since(database, DAY),
        "statistics of 30 days": lambda: statistics_since(database, MONTH),
        "30 days one by one": lambda: daily_statistics(database, NOW.date(), 30),
        "communities": lambda: community_statistics(database, DAY),
        "failing sites": lambda: failing_sites(database, MONTH, 10),
        "recent errors": lambda: recent_errors(database, NOW - timedelta(days=7), 8),
        "list of posts": lambda: search_posts(database, PostFilter(), 50),
        "number of posts": lambda: count_posts(database, PostFilter()),
        "search of a rare word": lambda: search_posts(database, words, 50),
        "why": lambda: find_posts(database, "https://lemmy.example/post/500"),
        "save 50 new posts": lambda: save_poll(queue, new_ids),
        "skip one of them": lambda: queue.skip(next(new_rows), Skipped(SkipReason.WALL), NOW),
    }


def replies_in(queue: Any, community: str) -> None:
    """Together with what else is asked before the fetch, if the checkout asks one question."""
    if hasattr(queue, "obstacles"):
        post = Post(ACCOUNTS[0], "1", community, "", None, "", "person@lemmy.example", NOW)
        queue.obstacles.before_fetch(post, "fediverse", DAY)
    else:
        queue.count_replies(community, DAY)


def last_row(database: Database) -> int:
    with database.read_transaction() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM posts").scalar_one())


def save_poll(queue: PostQueue, ids: Iterator[int]) -> None:
    posts = tuple(
        Post(
            account=ACCOUNTS[0],
            id=str(number),
            community=COMMUNITIES[0],
            title=f"The {number}th bridge of the harbour town is closed",
            url=f"https://paper.example/{number}",
            permalink=f"https://lemmy.example/post/{number}",
            author="person@lemmy.example",
            published=NOW,
        )
        for number in islice(ids, 50)
    )
    queue.discover(Source(ACCOUNTS[0], COMMUNITIES[0]), PollResult(posts, "cursor"), NOW)


def replies_to_check(checks: DeletionChecks, account: str) -> None:
    """Those of one run of the housekeeping. Newer versions read only the replies that they check."""
    found = checks.sent_since(account, NOW - timedelta(days=3))
    if found and isinstance(found[0], int):
        for row in found[:MAX_CHECKS_PER_RUN]:
            checks.find(row)


def measure(query: Callable[[], object], seconds: float) -> float:
    """The median of a few runs, in milliseconds of processor time."""
    query()  # compiles the statement
    times: list[float] = []
    end = time.monotonic() + seconds
    while not times or (time.monotonic() < end and len(times) < MAX_RUNS):
        started = time.process_time()
        query()
        times.append((time.process_time() - started) * 1000)
    return median(times)


def main(path: Path, seconds: float = SECONDS_EACH) -> None:
    database = Database(path, NOW)  # upgrades the copy of an older version
    print(json.dumps({name: measure(query, seconds) for name, query in queries(database).items()}))
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(float, sys.argv[2:]))
