"""Microseconds of processor time of each operation of the store on the way of a post, in a SQLite file.

    python benchmarks/store_operations.py [--posts N]

Prints one line of JSON. `benchmarks.compare` runs this file with the package `bot` of two checkouts in turn,
so it uses only functions that the older one has too.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from bot.core.daily_cap import DailyCap
from bot.core.models import Comment, PollResult, Post, Reply, Source
from bot.store import Database, MutedCommunities, OptOuts, OutgoingReplies, PostQueue, SentReplies

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
COMMUNITY = "news@lemmy.example"
SOURCE = Source("home", COMMUNITY)
REPLY = Reply("**A bridge** is closed.\n" * 20, "en", article_words=900, summary_words=90, saved=90)
WARM_UP = 20
"""Posts that do not count: they build and compile the statements."""

_Result = TypeVar("_Result")


class Operations:
    """Takes posts through the store one after the other, and measures each operation."""

    def __init__(self, database: Database) -> None:
        self.queue = PostQueue(database)
        self.replies = OutgoingReplies(database)
        self.sent = SentReplies(database)
        self.muted = MutedCommunities(database)
        self.opt_outs: Any = OptOuts(database)
        self.obstacles: Any = getattr(self.queue, "obstacles", None)
        self.times: defaultdict[str, list[int]] = defaultdict(list)

    def measure(self, name: str, operation: Callable[[], _Result]) -> _Result:
        started = time.process_time_ns()
        result = operation()
        self.times[name].append(time.process_time_ns() - started)
        return result

    def ask_before_fetch(self, post: Post, since: datetime) -> None:
        """One query, or those of an older checkout."""
        if self.obstacles is not None:
            self.obstacles.before_fetch(post, "fediverse", since)
            return
        queue: Any = self.queue
        self.muted.find(post.account, post.community)
        self.opt_outs.has("fediverse", post.author)
        queue.count_replies(post.community, since)
        queue.is_requested(post)

    def ask_before_send(self, post: Post) -> None:
        """The same for what an older checkout asks after the outbox has found the reply."""
        if self.obstacles is not None:
            self.obstacles.before_send(post, "fediverse")
            return
        self.muted.find(post.account, post.community)
        self.opt_outs.has("fediverse", post.author)
        self.sent.find(post.account, post=post.id)

    def take(self, number: int) -> None:
        """Let a post be found, processed and replied to."""
        now = NOW + timedelta(seconds=number)
        measure, queue, replies = self.measure, self.queue, self.replies
        post = _post(number, now)
        cap = DailyCap.at(now, 1_000_000)
        measure("cursor", lambda: queue.cursor(SOURCE, now))
        measure("discover", lambda: queue.discover(SOURCE, PollResult((post,), str(number)), now))
        (claimed,) = measure("claim", lambda: queue.claim(now, 1, timedelta(minutes=5)))
        row = claimed.row
        measure("before fetch", lambda: self.ask_before_fetch(post, now - timedelta(days=1)))
        measure("same link", lambda: queue.find_same_link_replied(row, now - timedelta(days=1)))
        measure("next_due of none", lambda: replies.next_due("home", now))
        measure("make_ready", lambda: queue.make_ready(row, REPLY, now, now, now - timedelta(days=1), cap))
        found = measure("next_due", lambda: replies.next_due("home", now))
        if found is None or found.row != row:
            raise SystemExit("the reply is not due")
        measure("before send", lambda: self.ask_before_send(post))
        measure("mark_sending", lambda: replies.mark_sending(row, now, now + timedelta(minutes=2), cap))
        comment = Comment(str(number), post.id, f"https://lemmy.example/comment/{number}", now)
        measure("mark_sent", lambda: replies.mark_sent(row, comment, now))


def _post(number: int, now: datetime) -> Post:
    return Post(
        account="home",
        id=str(number),
        community=COMMUNITY,
        title=f"The {number}th bridge of the harbour town is closed",
        url=f"https://paper.example/{number}",
        permalink=f"https://lemmy.example/post/{number}",
        author="person@lemmy.example",
        published=now,
    )


def measure_operations(path: Path, posts: int) -> dict[str, float]:
    """The median of each operation, in microseconds."""
    database = Database(path, NOW - timedelta(days=1))
    operations = Operations(database)
    for number in range(WARM_UP + posts):
        operations.take(number)
    database.close()
    return {name: median(times[WARM_UP:]) / 1000 for name, times in operations.times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure_operations(Path(folder, "precis.db"), options.posts)))


if __name__ == "__main__":
    main()
