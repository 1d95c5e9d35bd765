"""The queue of posts, from a poll to a finished reply or the reason why there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import BindParameter, Connection, Integer, Row, and_, bindparam, func, or_, select, update

from bot.core.daily_cap import DailyCap
from bot.core.models import Outdated, PollResult, Post, PrivateReply, Reply, Skipped, Source
from bot.core.skip_reasons import REASONS_OF_PLACE, SkipReason
from bot.store.clock_correction import TOLERANCE
from bot.store.column_types import String
from bot.store.database import (
    FINISH_POST,
    FINISH_REQUESTED,
    FINISH_WITH_TEXT,
    UPDATE_POST,
    Database,
    is_pending,
)
from bot.store.dialects import insert
from bot.store.post_rows import (
    content_of,
    new_post_values,
    post_of,
    reply_values,
    source_hash,
    summary_text_of,
    text_hash,
)
from bot.store.post_states import State
from bot.store.read_queue import ReadQueue
from bot.store.reply_counts import (
    COMMUNITY_OF_ROW,
    COUNT_OTHERS_SENT_OR_READY,
    OTHERS_SENT_OR_READY,
    below_cap,
    cap_values,
    check_cap,
)
from bot.store.reply_obstacles import ReplyObstacles
from bot.store.tables import cursors, posts

# Building a statement takes longer than executing it, so those of the jobs are built once.
_CURSORS = select(cursors.c.source, cursors.c.cursor).where(
    cursors.c.account == bindparam("account"), cursors.c.polled_at <= bindparam("latest")
)
_ADD_POSTS = insert(posts).on_conflict_do_nothing(index_elements=["account", "post_id", "parent_id"])
_ADD_POSTS_WITH_TASKS = _ADD_POSTS.returning(posts.c.id)
_new_cursor = insert(cursors)
_SAVE_POLL = _new_cursor.on_conflict_do_update(
    index_elements=["source"],
    set_={name: _new_cursor.excluded[name] for name in ("cursor", "polled_at", "error")},
)
_SAVE_POLL_ERROR = _new_cursor.on_conflict_do_update(
    index_elements=["source"], set_={"error": _new_cursor.excluded.error}
)
CLAIMED = (
    posts.c.id,
    posts.c.content,
    posts.c.attempts,
    posts.c.request,
    posts.c.community,
    posts.c.refetch,
)
"""What a `ClaimedPost` is made of."""
_DUE = (
    select(*CLAIMED)
    .where(is_pending(State.DISCOVERED), posts.c.due_at <= bindparam("now"))
    .where(or_(posts.c.lease_until.is_(None), posts.c.lease_until <= bindparam("now")))
    .order_by(posts.c.published.desc())
    .limit(bindparam("limit"))
)
_NEXT_DUE_AT = select(func.min(posts.c.due_at)).where(is_pending(State.DISCOVERED))
_DUE_UNLOCKED = _DUE.with_for_update(skip_locked=True)
"""In PostgreSQL, leaves out what another node is claiming at this moment. SQLite has one writer at a time."""
_LEASE = update(posts).where(posts.c.id.in_(bindparam("row_ids", expanding=True)))
_MAKE_READY = update(posts).where(posts.c.id == bindparam("row_id"), is_pending(State.DISCOVERED))
_MAKE_READY_BELOW_CAP = _MAKE_READY.where(below_cap(OTHERS_SENT_OR_READY))
_RETRY = UPDATE_POST.values(attempts=posts.c.attempts + bindparam("attempt", type_=Integer))
_me, _other = posts.alias(), posts.alias()
_other_hashes = (_other.c.url_hash, _other.c.article_hash)
_article_hash: BindParameter[Any] = bindparam("of_article", type_=String)
_REPLIED = (
    select(_other.c.permalink)
    .join(_me, _me.c.community == _other.c.community)
    .where(_me.c.id == bindparam("row_id"), _other.c.id != bindparam("row_id"))
    .where(_other.c.ready_at >= bindparam("since"))
    .where(_other.c.state.in_([State.READY, State.SENDING, State.SENT]))
    .where(or_(*(each == known for each in _other_hashes for known in (_me.c.url_hash, _article_hash))))
    .order_by(_other.c.ready_at)
    .limit(1)
)
"""Another post in the community with the same link or article; `of_article` may be None."""
_EARLIER_PENDING = (
    select(_other.c.id)
    .join(_me, and_(_me.c.community == _other.c.community, _me.c.url_hash == _other.c.url_hash))
    .where(_me.c.id == bindparam("row_id"))
    .where(_other.c.state == State.DISCOVERED, _other.c.due_at <= bindparam("now"))
    .where(
        or_(
            _other.c.published < _me.c.published,
            and_(_other.c.published == _me.c.published, _other.c.id < _me.c.id),
        )
    )
    .limit(1)
)

_KEPT = (
    select(posts.c.post_id, posts.c.id)
    .where(posts.c.account == bindparam("account"))
    .where(posts.c.content.is_not(None), posts.c.done_at.is_not(None))
    .limit(bindparam("limit"))
)
# Two statements, because an index is in order only for each of them.
_NEVER_CHECKED = _KEPT.where(posts.c.post_checked_at.is_(None)).order_by(posts.c.id)
_CHECKED_BEFORE = _KEPT.where(posts.c.post_checked_at < bindparam("before")).order_by(posts.c.post_checked_at)


class ClaimedPost(Struct, frozen=True):
    """A post whose row is leased for processing."""

    row: int
    post: Post
    attempts: int
    """How many attempts there were before this one."""
    community: str
    """Of the row, which keeps it when the post is read again."""
    request: str | None = None
    """None without a request; "here", or "private" where the bot may not comment."""
    refetch: bool = False
    """Whether the post must be read again from its platform before it is processed."""


def claimed_post_of(row: Row[*tuple[Any, ...]]) -> ClaimedPost:
    """From a row with the columns `CLAIMED`."""
    return ClaimedPost(
        row.id, post_of(row.content), row.attempts, row.community, row.request, bool(row.refetch)
    )


class PostQueue:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database, tasks: ReadQueue | None = None) -> None:
        """`tasks` gets a task for each post that becomes due; None if `claim` looks for due posts."""
        self._database = database
        self._tasks = tasks
        self.obstacles = ReplyObstacles(database)

    def cursor(self, source: Source, now: datetime) -> str | None:
        """How far the source was read; None if it never was, or by a clock that was ahead.

        Such a clock takes recent posts for too old and counts them as read.
        """
        return self.cursors(source.account, now).get(source.key)

    def cursors(self, account: str, now: datetime) -> dict[str, str | None]:
        """The same for all sources of an account, by their keys, with one statement."""
        found = self._database.all_rows(_CURSORS, account=account, latest=now + TOLERANCE)
        return {row.source: row.cursor for row in found}

    def discover(self, source: Source, result: PollResult, now: datetime) -> int:
        """Save the posts of a poll together with its cursor; return the number of new posts."""
        return self.discover_all([(source, result)], now)[0]

    def discover_all(self, polls: Sequence[tuple[Source, PollResult]], now: datetime) -> list[int]:
        """The same for several polls in one transaction; return the number of new posts of each."""
        with self._database.write_transaction() as connection:
            counts = [self._add_posts(connection, result, now) for _, result in polls]
            connection.execute(_SAVE_POLL, [_poll_values(source, result, now) for source, result in polls])
        return counts

    def _add_posts(self, connection: Connection, result: PollResult, now: datetime) -> int:
        """The number of posts that are new."""
        if not result.posts:
            return 0
        rows = [new_post_values(post, now) for post in result.posts]
        if self._tasks is None:
            return connection.execute(_ADD_POSTS, rows).rowcount
        new = connection.execute(_ADD_POSTS_WITH_TASKS, rows).scalars().all()
        self._tasks.add(connection, new)
        return len(new)

    def record_poll_error(self, source: Source, error: str) -> None:
        values = {"source": source.key, "account": source.account, "error": error}
        with self._database.write_transaction() as connection:
            connection.execute(_SAVE_POLL_ERROR, values)

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[ClaimedPost]:
        """Lease up to `limit` posts that are due, newest first, until their result is recorded."""
        if not self._database.has_row(_DUE, now=now, limit=1):
            return []  # without a write transaction, which would wait for others
        with self._database.write_transaction() as connection:
            found = connection.execute(_DUE_UNLOCKED, {"now": now, "limit": limit}).all()
            if found:
                rows = [row.id for row in found]
                connection.execute(_LEASE, {"row_ids": rows, "lease_until": now + lease})
            return [claimed_post_of(row) for row in found]

    def next_due_at(self) -> datetime | None:
        """When the next post is due. For a post that is being processed, this is in the past."""
        return self._database.earliest(_NEXT_DUE_AT)

    def release(self, rows: list[int] | None = None) -> None:
        """End the leases of these rows, or at start-up of all rows, so that they are claimed again."""
        statement = (
            update(posts).where(is_pending(), posts.c.lease_until.is_not(None)).values(lease_until=None)
        )
        with self._database.write_transaction() as connection:
            connection.execute(statement if rows is None else statement.where(posts.c.id.in_(rows)))

    def retry(
        self, row: int, error: str, at: datetime, *, counted: bool = True, planned: bool = False
    ) -> None:
        """Processing failed; the post is due again at `at`. A wait is not `counted` as an attempt.

        A post is not overdue while it waits for a time that was `planned`.
        """
        values: dict[str, Any] = {"error": error, "due_at": at, "lease_until": None}
        if planned:
            values["overdue_from"] = at
        values |= {"row_id": row, "only_states": [State.DISCOVERED], "attempt": int(counted)}
        with self._database.write_transaction() as connection:
            connection.execute(_RETRY, values)
            self._add_task(connection, row, at)

    def _add_task(self, connection: Connection, row: int, at: datetime | None = None) -> None:
        if self._tasks is not None:
            self._tasks.add(connection, [row], at)

    def skip(self, row: int, skipped: Skipped, now: datetime) -> None:
        """Skip a post that was processed. The text of a requested reply is kept if it may be sent privately.

        After a long hang, another process may have processed the post. Then that result counts.
        """
        why = {"reason": skipped.reason.value, "error": skipped.detail or None}
        statement = FINISH_REQUESTED if skipped.reason in REASONS_OF_PLACE else FINISH_POST
        self._database.finish_post(row, State.SKIPPED, now, statement, only=_PROCESSED, **why)

    def record_private_reply(self, row: int, private: PrivateReply, now: datetime) -> None:
        """Skip the post and keep its reply, which was requested and is sent privately."""
        why = {"reason": private.skipped.reason.value, "error": private.skipped.detail or None}
        reply = reply_values(private.reply)
        self._database.finish_post(row, State.SKIPPED, now, FINISH_WITH_TEXT, only=_PROCESSED, **why, **reply)

    def mark_dead(self, row: int, error: str, now: datetime) -> None:
        """No further attempts; the post keeps its last error, and a requested reply its text."""
        why = {"reason": None, "error": error}
        self._database.finish_post(row, State.DEAD, now, FINISH_REQUESTED, only=_PROCESSED, **why)

    def make_ready(
        self,
        row: int,
        reply: Reply,
        now: datetime,
        not_before: datetime,
        unless_replied_since: datetime | None = None,
        cap: DailyCap | None = None,
        community: str | None = None,
    ) -> Skipped | None:
        """Save the reply to be sent and return None; or change nothing and return why it must not be sent.

        With `unless_replied_since`: another post of the article in the community got a reply since then.
        With `cap`: the community has its maximum of replies that were sent, are being sent or are ready.

        In PostgreSQL, other nodes wait with their posts of the community until this transaction ends. If
        the `community` of the row is not given, it is looked up.
        """
        values = {
            "state": State.READY,
            "ready_at": now,
            "due_at": not_before,
            "lease_until": None,
            "error": None,
            "markdown_hash": text_hash(summary_text_of(reply.markdown)),
            **reply_values(reply),
        }
        if community is None:
            found = self._database.first(COMMUNITY_OF_ROW, row_id=row)
            community = None if found is None else found.community
        with self._database.write_queries(community) as queries:
            if unless_replied_since is not None:
                about = {"row_id": row, "of_article": reply.article_hash, "since": unless_replied_since}
                first = queries.first(_REPLIED, **about)
                if first is not None:
                    return Skipped(SkipReason.SAME_ARTICLE, first.permalink)
            # After a long hang, another thread may have processed the post.
            if cap is None:
                queries.change(_MAKE_READY, row_id=row, **values)
            elif not queries.change(_MAKE_READY_BELOW_CAP, row_id=row, **values, **cap_values(cap)):
                return check_cap(queries, COUNT_OTHERS_SENT_OR_READY, row, cap)
        return None

    def find_same_link_replied(self, row: int, since: datetime) -> str | None:
        """The URL of another post with the same link in the community that got a reply since `since`."""
        found = self._database.first(_REPLIED, row_id=row, of_article=None, since=since)
        return None if found is None else found.permalink

    def has_earlier_pending(self, row: int, now: datetime) -> bool:
        """Whether an earlier post with the same link in the community is due for processing."""
        return self._database.has_row(_EARLIER_PENDING, row_id=row, now=now)

    def restart(self, row: int, outdated: Outdated, now: datetime) -> None:
        """Process a post again from the start, because its reply must be written again."""
        values = new_post_values(outdated.post, now)
        renewed = {name: values[name] for name in _RESTARTED_COLUMNS}
        renewed |= {"ready_at": None, "markdown": None, "attempts": 0, "overdue_from": now}
        key = {"row_id": row, "only_states": [State.READY], "error": outdated.why}
        with self._database.write_transaction() as connection:
            connection.execute(UPDATE_POST, key | renewed)
            self._add_task(connection, row)

    def update_post(self, row: int, post: Post) -> None:
        """Replace a post that is being processed by its current version; the lease stays.

        It has just been read from its platform, so a refetch that the operator asked for is done.
        """
        self._database.update_post(
            row, (State.DISCOVERED,), url_hash=source_hash(post), content=content_of(post), refetch=None
        )

    def due_for_recheck(self, account: str, before: datetime, limit: int) -> dict[str, int]:
        """Finished posts whose content is not erased and that were not checked since `before`: id -> row.

        Of several rows of one post, one is returned; the others follow in the next calls.
        """
        parameters = {"account": account, "before": before, "limit": limit}
        with self._database.read_transaction() as connection:
            found = list(connection.execute(_NEVER_CHECKED, parameters))
            if len(found) < limit:
                rest = {**parameters, "limit": limit - len(found)}
                found.extend(connection.execute(_CHECKED_BEFORE, rest))
        return {row.post_id: row.id for row in found}

    def record_recheck(self, rows: Collection[int], deleted: Collection[int], now: datetime) -> None:
        """Record that posts were checked, and erase the content of the deleted ones."""
        with self._database.write_transaction() as connection:
            connection.execute(update(posts).where(posts.c.id.in_(rows)).values(post_checked_at=now))
            connection.execute(update(posts).where(posts.c.id.in_(deleted)).values(content=None, error=None))

    def erase_content(self, before: datetime) -> int:
        """Erase the content of posts finished before `before`; ids, states, hashes and numbers stay."""
        old = and_(posts.c.done_at < before, posts.c.content.is_not(None))
        with self._database.write_transaction() as connection:
            return connection.execute(update(posts).where(old).values(content=None, error=None)).rowcount


def _poll_values(source: Source, result: PollResult, now: datetime) -> dict[str, Any]:
    return {
        "source": source.key,
        "account": source.account,
        "cursor": result.cursor,
        "polled_at": now,
        "error": None,
    }


_PROCESSED = (State.DISCOVERED,)
_RESTARTED_COLUMNS = frozenset({"url_hash", "content", "state", "due_at"})
"""What an edited post gets from its new version; it stays the row of the same post."""
