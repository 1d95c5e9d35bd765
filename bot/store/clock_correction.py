"""Times in the database after the wall clock was wrong.

A stored time is a *wait* (something is due then) or a *mark* (something happened then). A mark in the future
was written by a clock that was ahead. Both kinds block something until the time passes: a retry, a limit on
answers, the next check of a page. So all of them move to the present when the clock is right again.

A clock that is behind looks the same as one that was ahead before. Then the marks of the last hours become
older than they are, and a daily limit may no longer count some of them. That sends nothing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, is_pending, text_queries_of
from bot.store.post_rows import post_of
from bot.store.post_states import State
from bot.store.process_marks import correct_last_alive, last_alive_at
from bot.store.tables import (
    accounts,
    conditions,
    cursors,
    host_pauses,
    muted_communities,
    operator_actions,
    opt_outs,
    outgoing_messages,
    posts,
    received_messages,
    replaced_replies,
    report_subscriptions,
    robots_files,
    settings_changes,
    settings_pages,
    votes,
)
from bot.store.text_queries import TextQuery, only_value

TOLERANCE = timedelta(minutes=5)
"""How far another clock, or ours before it was corrected slowly, may be ahead of ours."""
LONGEST_WAIT = timedelta(hours=25)
"""Longer than any wait that is planned: a site may ask for a day."""
LONGEST_CHECK_WAIT = timedelta(hours=73)
"""Longer than the wait for the last check of a reply."""


class _Wait(Struct, frozen=True):
    column: Column[datetime]
    rows: ColumnElement[bool]
    longest: timedelta = LONGEST_WAIT


_SENT = posts.c.state == State.SENT
_UNSENT = outgoing_messages.c.state.in_((State.READY, State.SENDING))
_NEW = received_messages.c.state == "new"
_WAITS = (
    _Wait(posts.c.due_at, is_pending()),
    _Wait(posts.c.overdue_from, is_pending()),
    _Wait(posts.c.delete_at, posts.c.state.in_((State.SENDING, State.SENT))),
    _Wait(posts.c.reply_check_at, _SENT, LONGEST_CHECK_WAIT),
    _Wait(received_messages.c.due_at, _NEW),
    _Wait(outgoing_messages.c.due_at, _UNSENT),
)
_MARKS = (
    *(posts.c.discovered_at, posts.c.ready_at, posts.c.sending_at, posts.c.done_at),
    *(posts.c.post_checked_at, posts.c.refetched_at),
    *(received_messages.c.received_at, received_messages.c.work_began_at, received_messages.c.handled_at),
    *(outgoing_messages.c.created_at, outgoing_messages.c.read_back_from),
    *(outgoing_messages.c.sending_at, outgoing_messages.c.done_at, replaced_replies.c.sent_at),
    *(settings_changes.c.changed_at, settings_pages.c.checked_at, cursors.c.polled_at),
    *(muted_communities.c.muted_at, accounts.c.error_at, votes.c.voted_at, opt_outs.c.opted_out_at),
    *(report_subscriptions.c.reported_at, accounts.c.software_changed_at),
    *(conditions.c.began_at, conditions.c.over_since),
    *(accounts.c.paused_at, operator_actions.c.done_at),
)


_LATEST = TextQuery(
    "SELECT max(polled_at) AS time FROM cursors "
    "UNION ALL SELECT max(discovered_at) FROM posts "
    "WHERE state IN ('discovered', 'ready', 'sending') AND done_at IS NULL "
    "UNION ALL SELECT max(received_at) FROM received_messages WHERE state = 'new' "
    "UNION ALL SELECT max(created_at) FROM outgoing_messages WHERE state IN ('ready', 'sending')",
    only_value,
    times=("time",),
)
"""What was recorded last of what waits: few rows."""


_MARKS_IN_FUTURE = TextQuery(
    " UNION ALL ".join(
        f"SELECT '{mark}' AS mark WHERE EXISTS (SELECT 1 FROM {mark.table} WHERE {mark.name} > :future)"  # noqa: S608 (our own names)
        for mark in _MARKS
    ),
    only_value,
)


class ClockCorrection:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ahead_by(self, now: datetime) -> timedelta:
        """How far the clock was ahead when the database was last used; 0 if there is no sign of that."""
        with self._database.read_transaction() as connection:
            found = [last_alive_at(connection), *text_queries_of(connection).all(_LATEST)]
        ahead = max((time for time in found if time is not None), default=now) - now
        return ahead if ahead > TOLERANCE else timedelta(0)

    def apply(self, by: timedelta, now: datetime) -> int:
        """Correct all times after the clock was set by `by`, back or forward; return how many waits changed.

        After it was set back, waits keep their length. After it was set forward, only the settle time of rows
        in `sending` does. What was decided by a clock that was ahead or behind is decided again.
        """
        with self._database.write_transaction() as connection:
            _reopen_posts(connection, now)
            _read_sources_again(connection, now)
            changed = sum(_move_waits(connection, wait, by, now) for wait in _WAITS)
            _move_link_waits(connection, by, now)
            for mark in _marks_in_future(connection, now):
                _move_marks(connection, mark, by, now)
            if by < timedelta(0):
                _forget_shared_waits(connection, now)
            correct_last_alive(connection, now)  # else the next start would correct all times again
            too_long = is_pending() & (posts.c.lease_until > now + LONGEST_WAIT)
            connection.execute(update(posts).where(too_long).values(lease_until=None))
        return changed


def _reopen_posts(connection: Connection, now: datetime) -> None:
    """Judge posts again that were skipped because of their age by a clock that was behind or ahead."""
    was_behind = (posts.c.reason == SkipReason.FUTURE.value) & (posts.c.published <= now + TOLERANCE)
    was_ahead = (posts.c.reason == SkipReason.TOO_OLD.value) & (posts.c.done_at > now + TOLERANCE)
    skipped = and_(posts.c.state == State.SKIPPED, posts.c.content.is_not(None))
    # the text of a post without a link was erased when it was skipped
    needs_text = posts.c.content["url"].as_string().is_(None)
    values = {
        "state": State.DISCOVERED,
        "due_at": now,
        "attempts": 0,
        "refetch": needs_text,
        "overdue_from": now,
    }
    cleared = dict.fromkeys(("reason", "error", "ready_at", "done_at", "lease_until"))
    statement = update(posts).where(skipped, or_(was_behind, was_ahead))
    connection.execute(statement.values(**values, **cleared))


def _read_sources_again(connection: Connection, now: datetime) -> None:
    """Forget how far sources were read by a clock that was ahead: it took recent posts for too old."""
    ahead = cursors.c.polled_at > now + TOLERANCE
    connection.execute(update(cursors).where(ahead).values(cursor=None))


def _move_waits(connection: Connection, wait: _Wait, by: timedelta, now: datetime) -> int:
    table, latest = _table(wait.column), now + wait.longest

    def moved(time: datetime, state: str) -> datetime:
        back = by < timedelta(0)
        if (back and time > now) or (state == State.SENDING and not back):
            time += by
        return min(time, latest)

    waiting = select(table.c.id, wait.column, table.c.state).where(wait.rows, wait.column.is_not(None))
    found = connection.execute(waiting).all()
    changes = [{"key": row, "time": new} for row, time, state in found if (new := moved(time, state)) != time]
    if changes:
        values = {wait.column.name: bindparam("time", type_=wait.column.type)}
        connection.execute(update(table).where(table.c.id == bindparam("key")).values(values), changes)
    return len(changes)


def _move_link_waits(connection: Connection, by: timedelta, now: datetime) -> None:
    """Posts wait for a link from the time when they were found without one, which is in their content."""
    waiting = is_pending(State.DISCOVERED) & posts.c.content.is_not(None)
    for row, content in connection.execute(select(posts.c.id, posts.c.content).where(waiting)).all():
        since = post_of(content).link_awaited_since
        if since is not None and since > now:
            moved = {**content, "link_awaited_since": min(since + by, now).isoformat()}
            connection.execute(update(posts).where(posts.c.id == row).values(content=moved))


def _forget_shared_waits(connection: Connection, now: datetime) -> None:
    """What nodes share about sites is fetched again, which costs less than a site that waits for days."""
    connection.execute(delete(host_pauses).where(host_pauses.c.next_at > now))
    connection.execute(delete(robots_files).where(robots_files.c.valid_until > now))


def _marks_in_future(connection: Connection, now: datetime) -> list[Column[datetime]]:
    """One query for all: to compile one for each takes longer, and nearly always there are none."""
    names = text_queries_of(connection).all(_MARKS_IN_FUTURE, future=now + TOLERANCE)
    return [mark for mark in _MARKS if str(mark) in names]


def _move_marks(connection: Connection, mark: Column[datetime], by: timedelta, now: datetime) -> None:
    """Move marks in the future by `by`, so that they keep their order, but not into the future."""
    table = _table(mark)
    keys = tuple(table.primary_key.columns)
    found = connection.execute(select(mark, *keys).where(mark > now + TOLERANCE)).all()
    if not found:
        return
    changes = [
        {"time": min(time + by, now), **{f"key_{i}": value for i, value in enumerate(key)}}
        for time, *key in found
    ]
    statement = update(table).values({mark.name: bindparam("time", type_=mark.type)})
    for i, key in enumerate(keys):
        statement = statement.where(key == bindparam(f"key_{i}"))
    connection.execute(statement, changes)


def _table(column: Column[datetime]) -> Table:
    assert isinstance(column.table, Table)
    return column.table
