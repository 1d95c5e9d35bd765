"""The maximum of replies per day is exact, with many posts at once, several accounts, and killed daemons."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from bot.core.daily_cap import DailyCap
from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.sandbox.environment import FINAL_STATES, SandboxEnvironment, stop_daemon
from bot.sandbox.server_software import ServerSoftware
from bot.store import Database, OutgoingReplies, PostQueue, SentReplies
from bot.store.post_lookup import all_posts
from tests.conftest import Clock, a_post
from tests.quick_daemon import QUICK_DAEMON

CAP = 3
POSTS = 5 * CAP
THREADS = 8
TIMEOUT_SECONDS = 240.0
"""A busy machine takes half a minute to start a daemon."""
REPLY = Reply("Text.", "en", 900, 90, 90)


def run_daemon_until(environment: SandboxEnvironment, replies: int, *, kill: bool) -> None:
    """Run the real daemon until there are so many replies, or every post has an outcome."""
    daemon = environment.start_daemon("--settle", "1.2", "--poll", "0.5", module=QUICK_DAEMON)
    started = time.monotonic()
    try:
        while len(environment.replies()) < replies and not all_finished(environment):
            assert time.monotonic() - started < TIMEOUT_SECONDS, environment.log_path.read_text()[-2000:]
            try:
                daemon.wait(0.05 if kill else 0.2)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(environment.log_path.read_text()[-2000:])
    finally:
        if kill:
            daemon.kill()
            daemon.wait()
        else:
            stop_daemon(daemon)


def all_finished(environment: SandboxEnvironment) -> bool:
    reports = environment.post_reports()
    return len(reports) == environment.count_posts() and all(r.state in FINAL_STATES for r in reports)


@pytest.mark.parametrize("software", ServerSoftware)
def test_a_cap_of_n_with_5_n_posts_at_once_and_two_kills_gives_n_replies(
    tmp_path: Path, software: ServerSoftware
) -> None:
    with SandboxEnvironment(tmp_path, software=software, subreddits=("news",)) as environment:
        config = environment.config_path.read_text()
        config = config.replace("max_per_day = 1000", f"max_per_day = {CAP}")
        config = config.replace("[fetch]", f"[fetch]\nat_once = {THREADS}")
        environment.config_path.write_text(config)
        link = environment.article_urls()[0]
        for number in range(POSTS):
            community, subreddit = environment.communities[0], environment.subreddits[0]
            environment.fediverse.state.add_post(community, environment.alice, f"Post {number}", link)
            environment.reddit.state.add_submission(subreddit, environment.rosa, f"Post {number}", link)
        run_daemon_until(environment, 1, kill=True)
        run_daemon_until(environment, 3, kill=True)
        run_daemon_until(environment, POSTS * 2, kill=False)
        replies = Counter(reply.account for reply in environment.replies())
        reasons = Counter(report.reason for report in environment.post_reports())
    assert list(replies.values()) == [CAP, CAP], replies
    assert reasons == {None: 2 * CAP, SkipReason.DAILY_CAP: 2 * (POSTS - CAP)}


def discover(database: Database, clock: Clock, count: int, account: str = "home") -> list[int]:
    """Discover posts in one community; return their rows."""
    queue = PostQueue(database)
    posts = tuple(a_post(number, account=account) for number in range(1, count + 1))
    queue.discover(Source(account, None), PollResult(posts, "-"), clock())
    return sorted(task.row for task in queue.claim(clock(), count, timedelta(minutes=5)))


def test_threads_that_make_replies_ready_together_stop_at_the_cap(database: Database, clock: Clock) -> None:
    rows, queue, cap = discover(database, clock, THREADS), PostQueue(database), DailyCap.at(clock(), CAP)
    barrier = Barrier(THREADS)

    def make_ready(row: int) -> Skipped | None:
        barrier.wait()
        return queue.make_ready(row, REPLY, clock(), clock(), cap=cap)

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(make_ready, rows))
    assert outcomes.count(None) == CAP
    assert {outcome.reason for outcome in outcomes if outcome} == {SkipReason.DAILY_CAP}


def test_a_cap_that_is_lowered_while_replies_wait_holds_for_all_accounts(
    database: Database, clock: Clock
) -> None:
    """Two accounts on different servers reply in the same community."""
    queue, replies = PostQueue(database), OutgoingReplies(database)
    rows = [*discover(database, clock, 3), *discover(database, clock, 3, "away")]
    for row in rows:
        queue.make_ready(row, REPLY, clock(), clock())
    cap = DailyCap.at(clock(), 2)
    marked = [replies.mark_sending(row, clock(), clock(), cap) for row in rows]
    assert [mark is True for mark in marked] == [True, True, False, False, False, False]
    assert isinstance(marked[-1], Skipped)


def test_replies_count_from_the_time_they_were_sent_and_also_after_they_were_deleted(
    database: Database, clock: Clock
) -> None:
    queue, replies = PostQueue(database), OutgoingReplies(database)
    first, second, third = discover(database, clock, 3)
    queue.make_ready(first, REPLY, clock(), clock())
    clock.advance(20 * 3600)  # the reply waited for the end of a rate limit
    replies.mark_sending(first, clock(), clock())
    replies.mark_sent(first, Comment("c1", "1", "https://lemmy.example/comment/1", clock()), clock())
    clock.advance(20 * 3600)
    SentReplies(database).mark_deleted(first, clock())
    queue.make_ready(second, REPLY, clock(), clock())
    assert replies.mark_sending(second, clock(), clock(), DailyCap.at(clock(), 1)) == Skipped(
        SkipReason.DAILY_CAP, "at most 1 in 24 hours"
    )
    clock.advance(4 * 3600 + 1)
    assert replies.mark_sending(second, clock(), clock(), DailyCap.at(clock(), 1)) is True
    assert queue.make_ready(third, REPLY, clock(), clock(), cap=DailyCap.at(clock(), 1)) is not None


def test_a_reply_that_was_deleted_because_its_post_was_edited_counts_on_its_day(
    database: Database, clock: Clock
) -> None:
    """Every reply to the post counts, each from the time it was sent."""
    queue, replies = PostQueue(database), OutgoingReplies(database)
    edited, other = discover(database, clock, 2)
    for number in (1, 2):
        queue.make_ready(edited, REPLY, clock(), clock())
        replies.mark_sending(edited, clock(), clock())
        comment = Comment(f"c{number}", "1", f"https://lemmy.example/comment/{number}", clock())
        replies.mark_sent(edited, comment, clock())
        clock.advance(3600)
        new_link = a_post(1, url=f"https://paper.example/{number}")
        SentReplies(database).restart(edited, new_link, clock())
    known = queue.obstacles.before_fetch(new_link, "fediverse", clock() - timedelta(hours=24))
    assert known.replies == 2
    for row in (edited, other):
        refused = queue.make_ready(row, REPLY, clock(), clock(), cap=DailyCap.at(clock(), 2))
        assert refused == Skipped(SkipReason.DAILY_CAP, "at most 2 in 24 hours")
    clock.advance(22 * 3600 + 1)
    assert queue.make_ready(other, REPLY, clock(), clock(), cap=DailyCap.at(clock(), 2)) is None
    assert replies.mark_sending(other, clock(), clock(), DailyCap.at(clock(), 2)) is True
    assert queue.make_ready(edited, REPLY, clock(), clock(), cap=DailyCap.at(clock(), 2)) is not None


def test_a_reply_that_was_withdrawn_just_before_it_is_sent_is_not_sent(
    database: Database, clock: Clock
) -> None:
    queue, replies = PostQueue(database), OutgoingReplies(database)
    (row,) = discover(database, clock, 1)
    queue.make_ready(row, REPLY, clock(), clock())
    SentReplies(database).withdraw(row, clock(), "The poster asked for it.")
    assert replies.mark_sending(row, clock(), clock()) is False
    assert all_posts(database)[0].state == "skipped"
