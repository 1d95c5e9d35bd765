"""No query that a job, a command or a page runs all the time reads all posts, or all posts of a state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Connection, event

from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import (
    ClockCorrection,
    Database,
    DeletionChecks,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    ReceivedMessages,
    SentReplies,
)
from bot.store.backlog import find_backlog
from bot.store.community_reports import community_report
from bot.store.failure_statistics import failing_sites, recent_errors
from bot.store.outcome_events import ALL_KINDS, OutcomeEvents
from bot.store.post_lookup import find_posts, find_posts_of_link
from bot.store.post_search import PostFilter, count_posts
from bot.store.reply_obstacles import ReplyObstacles
from bot.store.statistics import (
    community_statistics,
    count_outcomes,
    daily_statistics,
    statistics_since,
)
from bot.store.status_reports import status_report
from tests.conftest import START, a_post, on_sqlite

pytestmark = on_sqlite

DAY = timedelta(days=1)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)
COMMENT = Comment("9", "1", "https://lemmy.example/comment/9", START)
COMMUNITY = "news@lemmy.example"
FEW_ROWS = (
    "ix_posts_pending",
    "ix_posts_delete",
    "ix_posts_check",
    "ix_posts_content",
    "ix_posts_distinguish",
)
"""Indexes without the posts that nothing will happen to; a query may read all of one."""
WHOLE_INDEXES = ("ix_posts_done",)
"""Indexes of all posts that a query may read from the end, until it has found one."""

QUERIES: dict[str, Callable[[Database], object]] = {
    "discover": lambda db: PostQueue(db).discover(Source("home", COMMUNITY), _poll(), START),
    "claim": lambda db: PostQueue(db).claim(START, 4, DAY),
    "release": lambda db: PostQueue(db).release(),
    "retry": lambda db: PostQueue(db).retry(1, "no answer", START),
    "skip": lambda db: PostQueue(db).skip(3, Skipped(SkipReason.WALL), START),
    "earlier pending": lambda db: PostQueue(db).has_earlier_pending(1, START),
    "same link": lambda db: PostQueue(db).find_same_link_replied(1, START),
    "before the fetch": lambda db: ReplyObstacles(db).before_fetch(a_post(1), "fediverse", START),
    "before the send": lambda db: ReplyObstacles(db).before_send(a_post(1), "fediverse"),
    "ready": lambda db: PostQueue(db).make_ready(2, REPLY, START, START, START),
    "recheck": lambda db: PostQueue(db).due_for_recheck("home", START, 50),
    "erase": lambda db: PostQueue(db).erase_content(START - DAY),
    "next reply": lambda db: OutgoingReplies(db).next_due("home", START),
    "sending": lambda db: OutgoingReplies(db).mark_sending(2, START, START),
    "sent": lambda db: OutgoingReplies(db).mark_sent(2, COMMENT, START),
    "settling": lambda db: OutgoingReplies(db).restart_settling(START),
    "next message": lambda db: OutgoingMessages(db).next_due("home", START),
    "next received": lambda db: ReceivedMessages(db).next_new("home", START),
    "finished requests": lambda db: ReceivedMessages(db).next_with_finished_post("home", START),
    "unfinished messages": lambda db: ReceivedMessages(db).has_unfinished("home"),
    "delete": lambda db: SentReplies(db).next_to_delete("home", START),
    "distinguish": lambda db: SentReplies(db).next_to_distinguish("home", START),
    "check": lambda db: SentReplies(db).due_for_check("home", START, 50),
    "find": lambda db: SentReplies(db).find("home", comment="9", post="1"),
    "find at": lambda db: SentReplies(db).find_at("home", "https://lemmy.example/comment/9"),
    "recent communities": lambda db: SentReplies(db).recent_communities(["home"], START),
    "deletion checks": lambda db: DeletionChecks(db).sent_since("home", START),
    "next post at": lambda db: PostQueue(db).next_due_at(),
    "next reply at": lambda db: OutgoingReplies(db).next_due_at("home"),
    "next message at": lambda db: OutgoingMessages(db).next_due_at("home"),
    "next received at": lambda db: ReceivedMessages(db).next_due_at("home"),
    "next check at": lambda db: SentReplies(db).next_due_at("home"),
    "clock": lambda db: ClockCorrection(db).ahead_by(START),
    "backlog": lambda db: find_backlog(db, START),
    "events": lambda db: OutcomeEvents(db).after(START, ALL_KINDS, 50),
    "status": status_report,
    "metrics": count_outcomes,
    "statistics": lambda db: statistics_since(db, START),
    "days": lambda db: daily_statistics(db, START.date(), 30),
    "days of a community": lambda db: daily_statistics(db, START.date(), 30, COMMUNITY),
    "communities": lambda db: community_statistics(db, START),
    "report": lambda db: community_report(db, COMMUNITY, START),
    "failing sites": lambda db: failing_sites(db, START, 10),
    "recent errors": lambda db: recent_errors(db, START, 10),
    "number of posts": lambda db: count_posts(db, PostFilter(reason=SkipReason.WALL, community=COMMUNITY)),
    "why by address": lambda db: find_posts(db, "https://lemmy.example/post/1"),
    "why by id": lambda db: find_posts(db, "1"),
    "why by link": lambda db: find_posts_of_link(db, "https://paper.example/1"),
}


def _poll() -> PollResult:
    return PollResult((a_post(9),), "c")


@pytest.fixture
def filled(database: Database) -> Database:
    """A few posts, so that each query gets as far as it does in the daemon."""
    queue = PostQueue(database)
    queue.discover(Source("home", COMMUNITY), PollResult(tuple(map(a_post, range(1, 6))), "c"), START)
    queue.make_ready(1, REPLY, START, START)
    queue.make_ready(2, REPLY, START, START)
    OutgoingReplies(database).mark_sent(1, COMMENT, START)
    return database


@contextmanager
def recorded_statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    statements: list[tuple[str, Any]] = []

    def record(connection: Connection, cursor: Any, sql: str, parameters: Any, *rest: Any) -> None:
        statements.append((sql, parameters))

    def fetch_one(sql: str, parameters: Any) -> Any:
        statements.append((sql, parameters))
        return Database._fetch_one(database, sql, parameters)

    event.listen(database._engine, "before_cursor_execute", record)
    with mock.patch.object(database, "_fetch_one", fetch_one):
        yield statements
    event.remove(database._engine, "before_cursor_execute", record)


def plan_of(database: Database, sql: str, parameters: Any) -> list[str]:
    many = isinstance(parameters, list) and parameters and isinstance(parameters[0], tuple | dict)
    one = parameters[0] if many else tuple(parameters)
    with database.read_transaction() as connection:
        return [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", one)]


def reads_all_posts(step: str) -> bool:
    """Whether a step of a plan reads all posts, or all of an account or of a state.

    `posts` may have an alias, so a step is also known by the names of the indexes.
    """
    is_about_posts = " posts" in step or "posts_" in step
    if not is_about_posts or any(name in step for name in FEW_ROWS):
        return False
    if step.startswith("SCAN"):
        return not any(name in step for name in WHOLE_INDEXES)
    return step.endswith(("(account=?)", "(state=?)", "(community=?)"))


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_reads_all_posts(filled: Database, name: str) -> None:
    with recorded_statements(filled) as statements:
        QUERIES[name](filled)
    queries = [each for each in statements if each[0].startswith(("SELECT", "UPDATE", "DELETE", "WITH"))]
    plans = {sql: plan_of(filled, sql, parameters) for sql, parameters in queries}
    assert statements
    assert {sql: steps for sql, steps in plans.items() if any(map(reads_all_posts, steps))} == {}


def test_a_scan_is_noticed(filled: Database) -> None:
    found = plan_of(filled, "SELECT * FROM posts WHERE error = ?", ("x",))
    of_account = plan_of(filled, "SELECT * FROM posts WHERE account = ?", ("x",))
    assert any(map(reads_all_posts, found))
    assert any(map(reads_all_posts, of_account))
