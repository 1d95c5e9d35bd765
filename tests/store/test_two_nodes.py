"""Several nodes on one PostgreSQL: each node has its own connections, as another process would."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.core.daily_cap import DailyCap
from bot.core.messages import Message, MessageKind
from bot.core.models import PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, OutgoingReplies, PostQueue, ReceivedMessages
from bot.store.post_counts import fold_counts, recount_posts
from bot.store.tables import post_counts, posts
from tests.conftest import START, a_post
from tests.store.conftest import at_once

pytestmark = pytest.mark.engines("postgresql")

SOURCE = Source("home", "news@lemmy.example")
LEASE = timedelta(minutes=5)
SINCE = START - timedelta(hours=24)


def discover(database: Database, count: int, **changes: object) -> None:
    found = tuple(a_post(number, **changes) for number in range(1, count + 1))
    PostQueue(database).discover(SOURCE, PollResult(found, "c"), START)


def reply(article: str | None = None) -> Reply:
    return Reply("A.", "en", article_words=900, summary_words=90, saved=90, article_hash=article)


def test_no_post_is_claimed_by_two_nodes(nodes: list[Database]) -> None:
    discover(nodes[0], 200)

    def claim_all(database: Database, number: int) -> list[int]:
        claimed = []
        while found := PostQueue(database).claim(START, 5, LEASE):
            claimed += [each.row for each in found]
        return claimed

    rows = [row for claimed in at_once(nodes, claim_all) for row in claimed]
    assert sorted(rows) == list(range(1, 201))


@pytest.mark.parametrize("known_by", ["link", "article"])
def test_one_article_is_made_ready_once_in_a_community(nodes: list[Database], known_by: str) -> None:
    same_link = {"url": "https://paper.example/same"} if known_by == "link" else {}
    discover(nodes[0], 40, **same_link)

    def make_ready(database: Database, number: int) -> list[bool]:
        queue = PostQueue(database)
        return [
            queue.make_ready(row, reply("the article"), START, START, unless_replied_since=SINCE) is None
            for row in range(1 + number, 41, 4)
        ]

    assert sum(sum(results) for results in at_once(nodes, make_ready)) == 1


def test_the_maximum_per_day_holds_when_replies_are_made_ready(nodes: list[Database]) -> None:
    discover(nodes[0], 40)
    cap = DailyCap.at(START, 7)

    def make_ready(database: Database, number: int) -> int:
        results = [
            PostQueue(database).make_ready(row, reply(), START, START, cap=cap)
            for row in range(1 + number, 41, 4)
        ]
        return results.count(None)

    assert sum(at_once(nodes, make_ready)) == 7


def test_the_maximum_per_day_holds_when_replies_are_sent(nodes: list[Database]) -> None:
    discover(nodes[0], 40)
    for row in range(1, 41):
        PostQueue(nodes[0]).make_ready(row, reply(), START, START)
    cap = DailyCap.at(START, 7)

    def send(database: Database, number: int) -> int:
        outgoing = OutgoingReplies(database)
        results = [outgoing.mark_sending(row, START, START, cap) for row in range(1 + number, 41, 4)]
        return results.count(True)

    assert sum(at_once(nodes, send)) == 7


def test_two_outboxes_send_a_reply_once(nodes: list[Database]) -> None:
    discover(nodes[0], 30)
    for row in range(1, 31):
        PostQueue(nodes[0]).make_ready(row, reply(), START, START)

    def send_all(database: Database, number: int) -> list[int]:
        outgoing = OutgoingReplies(database)
        return [row for row in range(1, 31) if outgoing.mark_sending(row, START, START) is True]

    sent = [row for rows in at_once(nodes, send_all) for row in rows]
    assert sorted(sent) == list(range(1, 31))


def test_a_person_causes_no_more_work_than_the_limit(nodes: list[Database]) -> None:
    messages = ReceivedMessages(nodes[0])
    received = []
    for number in range(40):
        message = Message("home", str(number), MessageKind.PRIVATE, "alice@lemmy.example", "Hi", START)
        messages.add(message, START)
        found = messages.next_new("home", START)
        assert found is not None
        received.append(found)
        messages.retry(found.row, START + LEASE, "later")

    def begin(database: Database, number: int) -> int:
        mine = received[number::4]
        return sum(ReceivedMessages(database).begin_work(each, START, SINCE, 10) for each in mine)

    assert sum(at_once(nodes, begin)) == 10


def test_counts_are_right_and_writers_do_not_deadlock(nodes: list[Database]) -> None:
    """Each node changes the same two communities in another order, in one transaction each time."""
    discover(nodes[0], 80)
    with nodes[0].write_transaction() as connection:
        connection.execute(update(posts).where(posts.c.id > 40).values(community="b@lemmy.example"))

    def skip(database: Database, number: int) -> None:
        rows = [row for pair in zip(range(1, 41), range(41, 81), strict=True) for row in pair]
        mine = rows[number::4] if number % 2 else rows[number::4][::-1]
        for first, second in zip(mine[::2], mine[1::2], strict=True):
            with database.write_transaction() as connection:
                for row in (first, second):
                    connection.execute(
                        update(posts).where(posts.c.id == row).values(state="skipped", done_at=START)
                    )
            fold_counts(database)

    at_once(nodes, skip)
    number = func.sum(post_counts.c.number)
    columns = (post_counts.c.community, post_counts.c.state)
    with nodes[0].read_transaction() as connection:
        found = connection.execute(select(*columns, number).group_by(*columns).having(number > 0)).all()
    assert Counter({tuple(key): count for *key, count in found}) == {
        ("news@lemmy.example", "skipped"): 40,
        ("b@lemmy.example", "skipped"): 40,
    }
    assert recount_posts(nodes[0]) == 0


def test_a_late_result_of_an_expired_lease_changes_nothing(nodes: list[Database]) -> None:
    discover(nodes[0], 1)
    first, second = PostQueue(nodes[0]), PostQueue(nodes[1])
    (slow,) = first.claim(START, 1, LEASE)
    (quick,) = second.claim(START + LEASE, 1, LEASE)
    assert slow.row == quick.row
    assert second.make_ready(quick.row, reply(), START, START) is None
    first.skip(slow.row, Skipped(SkipReason.TOO_SLOW), START)
    assert OutgoingReplies(nodes[1]).mark_sending(quick.row, START, START) is True
