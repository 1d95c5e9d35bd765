"""Statistics of a database with a few known outcomes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, OutgoingReplies, PostQueue, SentReplies, State
from bot.store.failure_statistics import failing_sites, host_of, recent_errors
from bot.store.manual_actions import requeue_post
from bot.store.post_search import PostFilter, count_posts, find_post_by_row, search_all_posts, search_posts
from bot.store.statistics import (
    DayStatistics,
    community_statistics,
    count_outcomes,
    daily_statistics,
    statistics_since,
)
from bot.store.tables import posts
from tests.conftest import START, Clock, a_post

SOURCE = Source("home", "news@lemmy.example")


@pytest.fixture
def queue(database: Database) -> PostQueue:
    return PostQueue(database)


def seen(queue: PostQueue, number: int, at: datetime, **changes: object) -> int:
    """Discover a post and return its row."""
    queue.discover(SOURCE, PollResult((a_post(number, **changes),), "c"), at)
    return max(task.row for task in queue.claim(at + timedelta(days=900), 100, timedelta(0)))


def sent(
    database: Database, queue: PostQueue, row: int, at: datetime, words: tuple[int, int] = (1000, 100)
) -> None:
    article, summary = words
    saved = round(100 * (1 - summary / article))
    queue.make_ready(row, Reply("text", "en", article, summary, saved), at, at)
    drafts = OutgoingReplies(database)
    drafts.mark_sending(row, at, at)
    comment = Comment("c1", "1", f"https://lemmy.example/comment/{row}", at)
    drafts.mark_sent(row, comment, at)


def test_every_day_has_its_outcomes(database: Database, queue: PostQueue) -> None:
    sent(database, queue, seen(queue, 1, START), START + timedelta(seconds=30))
    queue.skip(seen(queue, 2, START), Skipped(SkipReason.WALL), START)
    queue.mark_dead(seen(queue, 3, START), "boom", START - timedelta(days=1))
    queue.skip(seen(queue, 4, START), Skipped(SkipReason.WALL), START - timedelta(days=3))
    today = START.date()
    assert daily_statistics(database, today, 3) == (
        DayStatistics(today - timedelta(days=2)),
        DayStatistics(today - timedelta(days=1), given_up=1),
        DayStatistics(today, replies=1, skips=1, saved=90, to_reply=29),
    )


def test_the_statistics_since_a_time(database: Database, queue: PostQueue) -> None:
    for number, (seconds, words) in enumerate([(30, (1000, 100)), (60, (500, 100)), (90, (400, 40))], 1):
        row = seen(queue, number, START, published=START - timedelta(seconds=10))
        sent(database, queue, row, START + timedelta(seconds=seconds), words)
    queue.skip(seen(queue, 8, START), Skipped(SkipReason.WALL), START + timedelta(days=2))
    queue.skip(seen(queue, 9, START), Skipped(SkipReason.TOO_SHORT), START - timedelta(seconds=1))
    found = statistics_since(database, START)
    assert (found.replies, found.skips, found.given_up) == (3, 1, 0)
    assert found.reasons == ((SkipReason.WALL, 1),)
    assert (found.saved, found.words_spared) == (90, 900 + 400 + 360)
    assert (found.to_reply, found.to_reply_slow, found.seconds_from_discovery) == (70, 100, 60)
    nothing = statistics_since(database, START + timedelta(days=9))
    assert (nothing.replies, nothing.to_reply, nothing.to_reply_slow, nothing.saved) == (0, None, None, None)


def test_votes_are_the_scores_of_the_last_checks(database: Database, queue: PostQueue) -> None:
    rows = [seen(queue, number, START) for number in (1, 2, 3)]
    for row in rows:
        sent(database, queue, row, START)
    assert statistics_since(database, START).votes is None
    replies = SentReplies(database)
    replies.record_check(rows[0], 5, START)
    replies.record_check(rows[0], 3, START)
    replies.record_check(rows[1], -1, None)
    assert statistics_since(database, START).votes == 2
    assert [day.votes for day in daily_statistics(database, START.date(), 2)] == [None, 2]


def test_a_deleted_reply_still_counts_as_sent(database: Database, queue: PostQueue) -> None:
    row = seen(queue, 1, START)
    sent(database, queue, row, START)
    before = count_outcomes(database).replies
    SentReplies(database).mark_deleted(row, START)
    assert count_outcomes(database).replies == before == {("home", "news@lemmy.example"): 1}


def test_each_community_has_its_pending_posts(database: Database, queue: PostQueue, clock: Clock) -> None:
    sent(database, queue, seen(queue, 1, START), START + timedelta(seconds=30))
    seen(queue, 2, START + timedelta(seconds=40))
    seen(queue, 3, START, community="quiet@lemmy.example")
    news, quiet = community_statistics(database, START)
    assert (news.community, news.waiting, news.replies) == ("news@lemmy.example", 1, 1)
    assert news.last_reply == START + timedelta(seconds=30)
    assert news.next_at == START + timedelta(seconds=40)
    assert (quiet.community, quiet.waiting, quiet.last_reply) == ("quiet@lemmy.example", 1, None)


def test_sites_are_counted_only_for_their_own_failures(database: Database, queue: PostQueue) -> None:
    for number, (url, reason) in enumerate(
        [
            ("https://www.walled.example/a", SkipReason.WALL),
            ("https://walled.example/b", SkipReason.WALL),
            ("https://walled.example/c", SkipReason.ROBOTS),
            ("https://walled.example/d", SkipReason.TOO_SHORT),
            ("https://fine.example/a", SkipReason.NSFW),
            ("http://[broken", SkipReason.NOT_FOUND),
        ],
        1,
    ):
        queue.skip(seen(queue, number, START, url=url), Skipped(reason), START)
    queue.mark_dead(seen(queue, 9, START, url="https://dead.example/"), "no answer", START)
    walled, dead = failing_sites(database, START, 10)
    assert (walled.host, walled.failures, walled.posts, walled.reason) == (
        "walled.example",
        3,
        4,
        SkipReason.WALL,
    )
    assert (dead.host, dead.failures, dead.reason) == ("dead.example", 1, None)
    assert failing_sites(database, START, 1) == (walled,)


def test_errors_are_counted_by_their_text(database: Database, queue: PostQueue) -> None:
    for number in (1, 2):
        queue.mark_dead(seen(queue, number, START), "no answer", START)
    queue.retry(seen(queue, 3, START), "timed out", START)
    assert recent_errors(database, START, 5) == (("no answer", 2), ("timed out", 1))


def test_posts_are_found_by_words_in_any_column(database: Database, queue: PostQueue) -> None:
    queue.skip(
        seen(queue, 1, START, title="100% of the bridge"), Skipped(SkipReason.WALL, "<b>pay</b>"), START
    )
    seen(queue, 2, START + timedelta(days=1), title="A ferry", url="https://bridge.example/")
    assert [post.row for post in search_posts(database, PostFilter("bridge"), 10)] == [2, 1]
    assert [post.row for post in search_posts(database, PostFilter("bridge"), 10, before=2)] == [1]
    assert [post.row for post in search_posts(database, PostFilter("BRIDGE 100%"), 10)] == [1]
    assert search_posts(database, PostFilter("100_"), 10) == []
    assert [
        post.title for post in search_posts(database, PostFilter(since=START + timedelta(hours=1)), 10)
    ] == ["A ferry"]
    assert [post.row for post in search_posts(database, PostFilter(reason=SkipReason.WALL), 10)] == [1]
    assert count_posts(database, PostFilter(state=State.DISCOVERED, community="News@lemmy.example")) == 1
    found = find_post_by_row(database, 1)
    assert found is not None
    assert found.url == "https://paper.example/1"
    assert find_post_by_row(database, 77) is None


def test_an_export_reads_all_posts_in_chunks(database: Database, queue: PostQueue) -> None:
    facts = {**_row_of(1), "post_id": ""}
    with database.write_transaction() as connection:
        connection.execute(insert(posts), [{**facts, "post_id": str(number)} for number in range(1203)])
    found = [post.row for post in search_all_posts(database, PostFilter())]
    assert len(found) == 1203
    assert found == sorted(found, reverse=True)


def _row_of(number: int) -> dict[str, object]:
    return {
        "account": "home",
        "post_id": str(number),
        "community": "news@lemmy.example",
        "permalink": "https://lemmy.example/post/1",
        "state": State.DISCOVERED,
        "due_at": START,
        "published": START,
        "discovered_at": START,
    }


def test_the_host_of_a_link() -> None:
    assert host_of("https://WWW.Paper.example:8080/a") == "paper.example"
    assert [host_of(url) for url in (None, "", "mailto:a@b", "http://[::1", "%%")] == [""] * 5


def test_a_reason_that_no_post_has_any_more_is_left_out(database: Database, queue: PostQueue) -> None:
    """The counts of a day keep a row for it."""
    row = seen(queue, 1, START)
    queue.skip(row, Skipped(SkipReason.WALL), START)
    assert statistics_since(database, START).reasons == ((SkipReason.WALL, 1),)
    requeue_post(database, row, START)
    assert statistics_since(database, START - timedelta(days=30)).reasons == ()


@pytest.mark.parametrize("score", [2**31, -(2**40), 2**70])
def test_a_score_beyond_all_bounds_is_stored_as_the_largest(database: Database, score: int) -> None:
    PostQueue(database).discover(Source("home", None), PollResult((a_post(1),), "c"), START)
    SentReplies(database).record_check(1, score, None)
    with database.read_transaction() as connection:
        stored = connection.execute(select(posts.c.reply_score)).scalar_one()
    assert abs(stored) == 2**31 - 1
    assert (stored > 0) is (score > 0)
