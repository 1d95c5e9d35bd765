"""The backlog contains posts that nothing asks to wait, and no others."""

from __future__ import annotations

from datetime import timedelta

from bot.core.models import PollResult, Reply, Source
from bot.store import Database, OutgoingReplies, PostQueue
from bot.store.backlog import find_backlog
from bot.store.manual_actions import requeue_post
from tests.conftest import START, Clock, a_post

SOURCE = Source("home", "news@lemmy.example")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)


def discovered(database: Database, number: int = 1) -> PostQueue:
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult((a_post(number),), "c"), START)
    return queue


def claimed_row(queue: PostQueue, clock: Clock) -> int:
    (claimed,) = queue.claim(clock(), 1, MINUTE)
    return claimed.row


def test_a_post_that_is_not_processed_is_a_backlog(database: Database, clock: Clock) -> None:
    assert find_backlog(database, clock()) is None
    discovered(database)
    clock.advance(7200)
    backlog = find_backlog(database, clock(), 2 * HOUR)
    assert backlog is not None
    assert (backlog.count, backlog.oldest_permalink) == (1, "https://lemmy.example/post/1")
    assert backlog.oldest_since == START
    assert find_backlog(database, clock(), 3 * HOUR) is None


def test_a_planned_wait_does_not_count_also_after_it_has_ended(database: Database, clock: Clock) -> None:
    queue = discovered(database)
    morning = START + 8 * HOUR
    queue.retry(claimed_row(queue, clock), "quiet hours", morning, counted=False, planned=True)
    clock.advance(7 * 3600)
    assert find_backlog(database, clock()) is None
    clock.advance(3600)
    row = claimed_row(queue, clock)
    queue.retry(row, "the server cannot be reached", clock() + MINUTE, counted=False)
    clock.advance(3600)
    backlog = find_backlog(database, clock())
    assert backlog is not None
    assert backlog.oldest_since == morning


def test_a_wait_because_of_an_error_counts(database: Database, clock: Clock) -> None:
    queue = discovered(database)
    queue.retry(claimed_row(queue, clock), "the server cannot be reached", START + 3 * HOUR, counted=False)
    clock.advance(7200)
    assert find_backlog(database, clock(), 2 * HOUR) is not None


def test_a_reply_that_waits_for_a_limit_does_not_count(database: Database, clock: Clock) -> None:
    queue = discovered(database)
    row = claimed_row(queue, clock)
    queue.make_ready(row, REPLY, clock(), clock())
    replies = OutgoingReplies(database)
    replies.postpone(row, START + 5 * HOUR, "waiting until the server allows the next comment", planned=True)
    clock.advance(4 * 3600)
    assert find_backlog(database, clock()) is None
    replies.return_to_ready(row, START + 9 * HOUR, "too many comments", planned=True)
    clock.advance(4 * 3600)
    assert find_backlog(database, clock()) is None
    replies.postpone(row, START + 20 * HOUR, "the server cannot be reached")
    clock.advance(4 * 3600)
    assert find_backlog(database, clock(), 2 * HOUR) is not None


def test_an_old_post_that_the_operator_retries_is_not_overdue_at_once(
    database: Database, clock: Clock
) -> None:
    queue = discovered(database)
    queue.mark_dead(claimed_row(queue, clock), "gave up", clock())
    clock.advance(86400)
    assert requeue_post(database, 1, clock())
    clock.advance(60)
    assert find_backlog(database, clock(), MINUTE) is not None
    assert find_backlog(database, clock(), 2 * MINUTE) is None
