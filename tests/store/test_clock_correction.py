"""Every stored time that blocks something, after the clock was ahead, behind, set back or set forward."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Column, Table, insert, select, update

from bot.core.models import PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import ClockCorrection, Database, OutgoingReplies, OutgoingReply, PostQueue, ProcessMarks
from bot.store.backups import list_backups, write_backup_when_due
from bot.store.clock_correction import TOLERANCE
from bot.store.tables import cursors, meta, metadata, posts
from tests.conftest import START, Clock, a_post, on_sqlite

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SOURCE = Source("home", "news@lemmy.example")
SERVER_TIMES = {"posts.published", "unhandled_messages.sent_at"}
"""Written by servers, and nothing waits for them."""
LEASES = {"posts.lease_until"}
"""They end at a start."""
CLUSTER = {"nodes", "account_leaders", "host_pauses", "robots_files"}
"""Tables whose times are the database's."""


def discover(database: Database, now: datetime, *numbers: int) -> PostQueue:
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult(tuple(map(a_post, numbers)), "c"), now)
    return queue


def correct(database: Database, now: datetime) -> timedelta:
    """What a start of the daemon does."""
    correction = ClockCorrection(database)
    ahead = correction.ahead_by(now)
    correction.apply(-ahead, now)
    return ahead


def time_columns() -> list[tuple[Table, Column[datetime]]]:
    """Except the rows of `meta`, which have their own rules."""
    tables = [table for table in metadata.sorted_tables if table is not meta and table.name not in CLUSTER]
    found = [(table, column) for table in tables for column in table.columns]
    return [(table, column) for table, column in found if type(column.type).__name__ == "UtcDateTime"]


def filled_row(table: Table, now: datetime) -> dict[str, object]:
    """Values for all columns that a row must have, and `now` for all times."""
    values: dict[str, object] = {}
    for column in table.columns:
        if type(column.type).__name__ == "UtcDateTime":
            values[column.name] = now
        elif not column.nullable and column.default is None and column.name != "id":
            values[column.name] = {"Boolean": True, "Integer": 1}.get(type(column.type).__name__, "x")
    states = {"posts": "sending", "received_messages": "new", "outgoing_messages": "ready"}
    return values | ({"state": states[table.name]} if table.name in states else {})


@pytest.mark.parametrize(("table", "column"), time_columns(), ids=str)
def test_no_time_of_a_clock_that_was_ahead_is_left(
    database: Database, clock: Clock, table: Table, column: Column[datetime]
) -> None:
    """A new column with a time must be in `clock_correction`, or here with the reason why not."""
    with database.write_transaction() as connection:
        connection.execute(insert(table).values(filled_row(table, clock() + DAY)))
        if column.name in ("reply_check_at", "done_at"):
            connection.execute(update(posts).values(state="sent"))
        else:
            connection.execute(update(posts).values(done_at=None))  # as it is while a post is pending
    ClockCorrection(database).apply(-DAY, clock())
    with database.read_transaction() as connection:
        left = connection.execute(select(column).where(column > clock())).all()
    assert bool(left) == (f"{table.name}.{column.name}" in SERVER_TIMES | LEASES)


def test_a_post_seen_with_a_clock_a_day_ahead_is_due_at_once_with_the_right_clock(
    database: Database, clock: Clock
) -> None:
    queue = discover(database, clock() + DAY, 1)
    assert queue.claim(clock(), 1, MINUTE) == []
    assert correct(database, clock()) == DAY
    assert len(queue.claim(clock(), 1, MINUTE)) == 1


def test_a_retry_planned_by_a_clock_that_was_ahead_waits_as_long_as_it_should(
    database: Database, clock: Clock
) -> None:
    queue = discover(database, clock(), 1)
    (task,) = queue.claim(clock(), 1, MINUTE)
    queue.retry(task.row, "the site is down", clock() + DAY + 10 * MINUTE)
    ProcessMarks(database).start(clock() + DAY)
    queue.release()
    correct(database, clock())
    assert queue.claim(clock() + 9 * MINUTE, 1, MINUTE) == []
    assert len(queue.claim(clock() + 10 * MINUTE, 1, MINUTE)) == 1


def test_a_right_clock_changes_no_wait(database: Database, clock: Clock) -> None:
    queue = discover(database, clock(), 1)
    (task,) = queue.claim(clock(), 1, MINUTE)
    queue.retry(task.row, "the site asks for a day", clock() + DAY)
    queue.release()
    assert correct(database, clock() - TOLERANCE) == timedelta(0)
    assert queue.claim(clock() + DAY - MINUTE, 1, MINUTE) == []


def test_a_post_that_a_clock_ahead_took_for_too_old_is_judged_again(database: Database, clock: Clock) -> None:
    queue = discover(database, clock() + DAY, 1, 2)
    old, other = sorted(queue.claim(clock() + DAY, 2, MINUTE), key=lambda task: task.row)
    queue.skip(old.row, Skipped(SkipReason.TOO_OLD), clock() + DAY)
    queue.skip(other.row, Skipped(SkipReason.NSFW), clock() + DAY)
    correct(database, clock())
    assert [task.row for task in queue.claim(clock(), 9, MINUTE)] == [old.row]


def test_a_post_that_a_clock_behind_took_for_future_dated_is_judged_again(
    database: Database, clock: Clock
) -> None:
    behind = clock() - HOUR
    queue = discover(database, behind, 1)
    (task,) = queue.claim(behind, 1, MINUTE)
    queue.skip(task.row, Skipped(SkipReason.FUTURE), behind)
    correct(database, behind)
    assert queue.claim(behind, 1, MINUTE) == []
    correct(database, clock())
    assert len(queue.claim(clock(), 1, MINUTE)) == 1


def test_a_skip_that_was_right_stays(database: Database, clock: Clock) -> None:
    queue = discover(database, clock(), 1)
    (task,) = queue.claim(clock(), 1, MINUTE)
    queue.skip(task.row, Skipped(SkipReason.TOO_OLD), clock())
    correct(database, clock())
    assert queue.claim(clock() + DAY, 1, MINUTE) == []


def test_a_source_that_was_read_by_a_clock_ahead_is_read_again_before_the_correction(
    database: Database, clock: Clock
) -> None:
    """The clock may be set some seconds before the daemon notices it and corrects all times."""
    queue = discover(database, clock() + DAY)
    assert queue.cursor(SOURCE, clock()) is None
    discover(database, clock())
    assert queue.cursor(SOURCE, clock()) is not None


def test_a_source_that_was_read_by_a_clock_ahead_is_read_again(database: Database, clock: Clock) -> None:
    """That clock took recent posts for too old, so they were not stored."""
    other = Source("home", "other@lemmy.example")
    PostQueue(database).discover(other, PollResult((), "kept"), clock())
    queue = discover(database, clock() + DAY)
    correct(database, clock())
    assert queue.cursor(SOURCE, clock()) is None
    assert queue.cursor(other, clock()) == "kept"
    with database.read_transaction() as connection:
        assert connection.execute(select(cursors.c.polled_at)).scalars().all() == [START, START]


def test_a_wait_for_a_link_starts_in_the_present(database: Database, clock: Clock) -> None:
    post = a_post(1, url=None, link_awaited_since=clock() + DAY)
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult((post,), "c"), clock() + DAY)
    correct(database, clock())
    (task,) = queue.claim(clock(), 1, MINUTE)
    assert task.post.link_awaited_since == clock()


def test_marks_of_a_clock_ahead_keep_their_order(database: Database, clock: Clock) -> None:
    discover(database, clock() + DAY, 1)
    discover(database, clock() + DAY - MINUTE, 2)
    correct(database, clock())
    with database.read_transaction() as connection:
        times = connection.execute(select(posts.c.post_id, posts.c.discovered_at)).all()
    assert {row.post_id: row.discovered_at for row in times} == {"1": clock(), "2": clock() - MINUTE}


@on_sqlite
def test_a_backup_of_a_clock_ahead_does_not_stay_the_newest(database: Database, clock: Clock) -> None:
    wrong = write_backup_when_due(database.path, clock() + DAY)
    assert wrong is not None
    right = write_backup_when_due(database.path, clock())
    assert list_backups(database.path)[0] == right
    assert write_backup_when_due(database.path, clock() + MINUTE) is None
    assert len(list_backups(database.path)) == 2


def test_a_clock_that_is_set_back_makes_no_post_wait_longer(database: Database, clock: Clock) -> None:
    queue, replies = PostQueue(database), OutgoingReplies(database)
    source = Source("home", None)
    queue.discover(source, PollResult(tuple(a_post(n) for n in (1, 2, 3)), "c"), clock())
    one, two, three = sorted(queue.claim(clock(), 3, MINUTE), key=lambda task: task.row)
    queue.retry(one.row, "the site is down", clock() + HOUR)
    for task in (two, three):
        queue.make_ready(task.row, Reply("text", "en", 100, 10, 90), clock(), clock())
    replies.mark_sending(three.row, clock(), clock() + MINUTE)
    clock.advance(-5 * 3600)
    assert ClockCorrection(database).apply(timedelta(hours=-5), clock()) == 3
    assert queue.claim(clock() + HOUR, 9, MINUTE) != []
    assert [draft.row for draft in replies_due(replies, clock)] == [two.row]
    clock.advance(60)
    assert {draft.row for draft in replies_due(replies, clock)} == {three.row}


def test_a_clock_that_is_set_back_under_a_running_daemon_is_corrected_once(
    database: Database, clock: Clock
) -> None:
    """The daemon corrects the times, and restarts: then it must not take the same clock for ahead again."""
    queue = discover(database, clock(), 1)
    (task,) = queue.claim(clock(), 1, MINUTE)
    ProcessMarks(database).record_alive(clock() + DAY)
    queue.retry(task.row, "the site is down", clock() + DAY + HOUR)
    queue.release()
    ClockCorrection(database).apply(-DAY, clock())
    assert correct(database, clock()) == timedelta(0)
    assert queue.claim(clock() + HOUR - MINUTE, 1, MINUTE) == []


def replies_due(replies: OutgoingReplies, clock: Clock) -> list[OutgoingReply]:
    draft = replies.next_due("home", clock())
    return [] if draft is None else [draft]


def test_an_ambiguous_reply_waits_as_long_when_the_clock_is_set_forward(
    database: Database, clock: Clock
) -> None:
    queue, replies = PostQueue(database), OutgoingReplies(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    (task,) = queue.claim(clock(), 1, MINUTE)
    queue.make_ready(task.row, Reply("text", "en", 100, 10, 90), clock(), clock())
    replies.mark_sending(task.row, clock(), clock() + MINUTE)
    clock.advance(3600)
    ClockCorrection(database).apply(HOUR, clock())
    assert replies_due(replies, clock) == []
    clock.advance(60)
    assert len(replies_due(replies, clock)) == 1


def test_nothing_waits_for_a_time_of_a_wrong_clock(database: Database, clock: Clock) -> None:
    """The daemon starts with a clock that is years ahead, and again with a correct one."""
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(days=400))
    queue.retry(task.row, "the site is down", clock() + timedelta(days=400))
    ClockCorrection(database).apply(timedelta(0), clock())
    clock.advance(26 * 3600)
    assert len(queue.claim(clock(), 1, MINUTE)) == 1
