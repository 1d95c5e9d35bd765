"""The stored counts equal what counting all posts gives, after everything that happens to posts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import ClockCorrection, Database, OutgoingReplies, PostQueue, SentReplies
from bot.store.manual_actions import requeue_post
from bot.store.post_counts import fold_counts, recount_posts
from bot.store.tables import daily_counts, post_counts, posts
from tests.conftest import START, a_post

REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)
DAY = timedelta(days=1)


def counted(database: Database) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """The counts of all posts, by account and by day."""
    reason = func.coalesce(posts.c.reason, "")
    with database.read_transaction() as connection:
        rows = connection.execute(
            select(posts.c.account, posts.c.community, posts.c.state, reason, posts.c.done_at)
        ).all()
    return (
        Counter((row[0], row[1], row[2], row[3]) for row in rows),
        Counter((f"{row[4]:%Y-%m-%d}", row[2], row[3]) for row in rows if row[4] is not None),
    )


def stored(database: Database) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    by_account: Counter[tuple[str, ...]] = Counter()
    by_day: Counter[tuple[str, ...]] = Counter()
    with database.read_transaction() as connection:
        for counts, table in ((by_account, post_counts), (by_day, daily_counts)):
            for *key, number in connection.execute(select(table)).all():
                counts[tuple(key)] += number
    return +by_account, +by_day


def test_the_counts_follow_the_posts(database: Database) -> None:
    queue, outgoing, replies = PostQueue(database), OutgoingReplies(database), SentReplies(database)
    queue.discover(
        Source("home", "news@lemmy.example"), PollResult(tuple(map(a_post, range(1, 9))), "c"), START
    )
    assert stored(database) == counted(database)
    queue.discover(Source("home", "news@lemmy.example"), PollResult((a_post(1), a_post(9)), "d"), START)
    queue.skip(1, Skipped(SkipReason.WALL), START)
    queue.mark_dead(2, "no answer", START + DAY)
    for row in (3, 4, 5):
        queue.make_ready(row, REPLY, START, START)
        outgoing.mark_sending(row, START, START)
        outgoing.mark_sent(
            row, Comment(f"c{row}", str(row), f"https://lemmy.example/comment/{row}", START), START
        )
    assert stored(database) == counted(database)
    replies.mark_deleted(3, START + DAY)
    replies.restart(4, a_post(4, url="https://paper.example/other"), START)
    replies.adopt(a_post(6), Comment("c6", "6", "https://lemmy.example/comment/6", START), START)
    replies.withdraw(7, START, "because")
    requeue_post(database, 1, START)
    ClockCorrection(database).apply(-DAY, START)
    assert stored(database) == counted(database)
    with database.write_transaction() as connection:
        connection.execute(delete(posts).where(posts.c.id == 5))
    assert stored(database) == counted(database)
    assert sum(stored(database)[0].values()) == 8


def test_a_rolled_back_change_is_not_counted(database: Database) -> None:
    PostQueue(database).discover(Source("home", None), PollResult((a_post(1),), "c"), START)
    before = stored(database)
    with pytest.raises(IntegrityError):
        _change_and_fail(database)
    assert stored(database) == before == counted(database)


def test_a_recount_corrects_wrong_numbers(database: Database) -> None:
    PostQueue(database).discover(Source("home", None), PollResult((a_post(1),), "c"), START)
    PostQueue(database).skip(1, Skipped(SkipReason.WALL), START)
    assert recount_posts(database) == 0
    fold_counts(database)
    assert recount_posts(database) == 0
    with database.write_transaction() as connection:
        connection.execute(update(post_counts).values(number=7))
        connection.execute(delete(daily_counts))
    assert recount_posts(database) == 2  # a wrong one and a missing one
    assert stored(database) == counted(database)


def _change_and_fail(database: Database) -> None:
    with database.write_transaction() as connection:
        connection.execute(update(posts).values(state="skipped", done_at=START))
        connection.execute(update(posts).values(account=None))
