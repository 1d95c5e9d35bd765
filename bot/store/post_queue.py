"""Posts to work on: every method is one transaction; times come in as arguments, aware and in UTC."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.models import PollResult, Post, PrivateReply, Reply, Skipped, Source
from bot.core.urls import url_hash
from bot.store.database import PENDING, Database, State
from bot.store.tables import cursors, posts

MAX_WAIT = timedelta(hours=25)
"""No pause is longer: a site may ask for a day."""


@dataclass(frozen=True, slots=True)
class ClaimedPost:
    """A post that somebody has claimed to work on."""

    row: int
    post: Post
    attempts: int
    """How often it was tried before this time."""
    request: str | None = None
    """"here" when somebody asked for it, "private" when the answer may not stand there."""


class PostQueue:
    """From a poll to a finished reply, or to the reason for none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self, source: Source) -> str | None:
        with self._database.read_transaction() as connection:
            return connection.execute(
                select(cursors.c.cursor).where(cursors.c.source == source.key)
            ).scalar_one_or_none()

    def discover(self, source: Source, result: PollResult, now: datetime) -> int:
        """Keep the posts of a batch and how far it read, both or neither; the number of new posts."""
        rows = [new_post_values(post, now) for post in result.posts]
        with self._database.write_transaction() as connection:
            new = 0
            if rows:
                statement = insert(posts).on_conflict_do_nothing(
                    index_elements=["account", "post_id", "parent_id"]
                )
                new = sum(connection.execute(statement.values(row)).rowcount for row in rows)
            _set_cursor(connection, source, cursor=result.cursor, polled_at=now, error=None)
        return new

    def record_poll_error(self, source: Source, error: str) -> None:
        with self._database.write_transaction() as connection:
            _set_cursor(connection, source, error=error)

    def claim(self, now: datetime, limit: int, lease: timedelta) -> list[ClaimedPost]:
        """Up to `limit` posts whose time has come, newest first, leased until they are recorded."""
        free = or_(posts.c.lease_until.is_(None), posts.c.lease_until <= now)
        due = and_(posts.c.state == State.DISCOVERED, posts.c.due_at <= now, free)
        with self._database.write_transaction() as connection:
            found = connection.execute(
                select(posts.c.id, posts.c.facts, posts.c.attempts, posts.c.request)
                .where(due)
                .order_by(posts.c.published.desc())
                .limit(limit)
            ).all()
            rows = [row.id for row in found]
            connection.execute(update(posts).where(posts.c.id.in_(rows)).values(lease_until=now + lease))
        return [ClaimedPost(row.id, post_of(row.facts), row.attempts, row.request) for row in found]

    def release(self, rows: list[int] | None = None) -> None:
        """End the leases of these rows, or, at start-up, of all: their work begins anew."""
        statement = update(posts).where(posts.c.lease_until.is_not(None)).values(lease_until=None)
        with self._database.write_transaction() as connection:
            connection.execute(statement if rows is None else statement.where(posts.c.id.in_(rows)))

    def shift_due_times(self, by: timedelta, now: datetime) -> int:
        """The wall clock was set by so much: the pauses of waiting posts stay as long as they were.

        No post waits longer than `LONGEST_WAIT` from now, and a lease beyond it ends; how many were moved.
        Reads that have to rest after an unclear answer rest as long after a clock that went forward, too.
        """
        waiting = posts.c.state.in_(PENDING)
        beyond = now + MAX_WAIT
        with self._database.write_transaction() as connection:
            found = connection.execute(select(posts.c.id, posts.c.state, posts.c.due_at).where(waiting)).all()
            moved = {row.id: _moved(row.state, row.due_at, by, now, beyond) for row in found}
            changed = [(row.id, moved[row.id]) for row in found if moved[row.id] != row.due_at]
            for row, due_at in changed:
                connection.execute(update(posts).where(posts.c.id == row).values(due_at=due_at))
            connection.execute(update(posts).where(posts.c.lease_until > beyond).values(lease_until=None))
        return len(changed)

    def retry(self, row: int, error: str, at: datetime, *, counted: bool = True) -> None:
        """The work on a post failed; it is due again at `at`. A wait that was no try is not `counted`."""
        attempts = posts.c.attempts + int(counted)
        only = (State.DISCOVERED,)
        self._database.update_post(row, only, error=error, due_at=at, attempts=attempts, lease_until=None)

    def skip(self, row: int, skipped: Skipped, now: datetime) -> None:
        """The text of a reply that somebody asked for stays: it goes out in private."""
        kept = case((posts.c.request.is_not(None), posts.c.markdown), else_=None)
        self._database.finish_post(
            row, State.SKIPPED, now, reason=skipped.reason.value, error=skipped.detail or None, markdown=kept
        )

    def withhold(self, row: int, withheld: PrivateReply, now: datetime) -> None:
        """A reply that was asked for is written, and may not stand where it was."""
        why = {"reason": withheld.skipped.reason.value, "error": withheld.skipped.detail or None}
        self._database.finish_post(row, State.SKIPPED, now, **why, **asdict(withheld.reply))

    def mark_dead(self, row: int, error: str, now: datetime) -> None:
        """No further try: the post is dead, with its last error."""
        self._database.finish_post(row, State.DEAD, now, error=error)

    def make_ready(
        self,
        row: int,
        reply: Reply,
        now: datetime,
        not_before: datetime,
        unless_replied_since: datetime | None = None,
    ) -> str | None:
        """The reply is written; with `alone_since`, unless another post of the article has one since then.

        The address of that other post, with nothing changed; None when the row is ready.
        """
        values = {
            "state": State.READY,
            "ready_at": now,
            "due_at": not_before,
            "lease_until": None,
            "error": None,
            "markdown_hash": text_hash(summary_text_of(reply.markdown)),
            **asdict(reply),
        }
        with self._database.write_transaction() as connection:
            if unless_replied_since is not None:
                first = _answered(connection, row, reply.article_hash, unless_replied_since)
                if first is not None:
                    return first
            # A thread that comes back from a long hang has been overtaken.
            mine = and_(posts.c.id == row, posts.c.state == State.DISCOVERED)
            connection.execute(update(posts).where(mine).values(values))
        return None

    def find_same_link_replied(self, row: int, since: datetime) -> str | None:
        """The address of another post with the row's link in its community that has a reply since then."""
        with self._database.read_transaction() as connection:
            return _answered(connection, row, None, since)

    def has_earlier_pending(self, row: int, now: datetime) -> bool:
        """Whether an earlier post with the row's link in its community is to be worked on at the moment."""
        me, other = posts.alias(), posts.alias()
        earlier = or_(
            other.c.published < me.c.published,
            and_(other.c.published == me.c.published, other.c.id < me.c.id),
        )
        with self._database.read_transaction() as connection:
            found = connection.execute(
                select(other.c.id)
                .join(me, and_(me.c.community == other.c.community, me.c.url_hash == other.c.url_hash))
                .where(me.c.id == row, other.c.state == State.DISCOVERED, other.c.due_at <= now, earlier)
                .limit(1)
            ).first()
        return found is not None

    def restart(self, row: int, post: Post, now: datetime) -> None:
        """The post is another than the one its reply was written for: it goes the whole way again."""
        seen = {name: value for name, value in new_post_values(post, now).items() if name in _RENEWED}
        self._database.update_post(
            row,
            **seen,
            ready_at=None,
            markdown=None,
            attempts=0,
            error="The post was edited to another link.",
        )

    def is_requested(self, post: Post) -> bool:
        """Whether somebody asked for a summary of the post's link, and got or gets it under the post."""
        same = and_(posts.c.account == post.account, posts.c.post_id == post.id)
        asked = and_(posts.c.request == "here", posts.c.url_hash == link_hash(post.url))
        going = posts.c.state.in_([State.DISCOVERED, State.READY, State.SENDING, State.SENT])
        with self._database.read_transaction() as connection:
            return connection.execute(select(posts.c.id).where(same, asked, going)).first() is not None

    def count_replies(self, community: str, since: datetime) -> int:
        """Replies written for a community, sent or about to be."""
        counted = posts.c.state.in_([State.READY, State.SENDING, State.SENT])
        with self._database.read_transaction() as connection:
            return connection.execute(
                select(func.count()).where(posts.c.community == community, posts.c.ready_at >= since, counted)
            ).scalar_one()

    def due_for_recheck(self, account: str, before: datetime, limit: int) -> dict[str, int]:
        """Finished posts with something left to forget, not checked since `before`: id -> row.

        Of several rows of one post it is one; the others' turn comes next.
        """
        kept = and_(posts.c.account == account, posts.c.facts.is_not(None), posts.c.done_at.is_not(None))
        stale = or_(posts.c.checked_at.is_(None), posts.c.checked_at < before)
        with self._database.read_transaction() as connection:
            found = connection.execute(
                select(posts.c.post_id, posts.c.id).where(kept, stale).order_by(posts.c.id).limit(limit)
            ).all()
        return {row.post_id: row.id for row in found}

    def record_recheck(self, rows: Collection[int], deleted: Collection[int], now: datetime) -> None:
        """Posts that were checked; of the gone ones, what they were about is forgotten."""
        with self._database.write_transaction() as connection:
            connection.execute(update(posts).where(posts.c.id.in_(rows)).values(checked_at=now))
            connection.execute(update(posts).where(posts.c.id.in_(deleted)).values(facts=None, error=None))

    def erase_content(self, before: datetime) -> int:
        """Drop what posts finished before then were about; ids, states, hashes and numbers stay."""
        old = and_(posts.c.done_at < before, posts.c.facts.is_not(None))
        with self._database.write_transaction() as connection:
            return connection.execute(update(posts).where(old).values(facts=None, error=None)).rowcount


def _moved(state: str, due_at: datetime, by: timedelta, now: datetime, beyond: datetime) -> datetime:
    """When a row is due by a clock that was set."""
    back = by < timedelta(0)
    if (back and due_at > now) or (state == State.SENDING and not back):
        due_at += by
    return min(due_at, beyond)


def _answered(connection: Connection, row: int, article_hash: str | None, since: datetime) -> str | None:
    mine = connection.execute(select(posts.c.community, posts.c.url_hash).where(posts.c.id == row)).one()
    hashes = [each for each in (mine.url_hash, article_hash) if each is not None]
    same = or_(posts.c.url_hash.in_(hashes), posts.c.article_hash.in_(hashes))
    replied = posts.c.state.in_([State.READY, State.SENDING, State.SENT])
    return connection.execute(
        select(posts.c.permalink)
        .where(posts.c.community == mine.community, posts.c.ready_at >= since, replied, same)
        .where(posts.c.id != row)
        .order_by(posts.c.ready_at)
        .limit(1)
    ).scalar_one_or_none()


_RENEWED = frozenset({"url_hash", "facts", "state", "due_at"})
"""What a post that was edited takes over; it stays the row of the same post."""


def new_post_values(post: Post, now: datetime) -> dict[str, Any]:
    """A post's values at the beginning of its way."""
    facts = asdict(post)
    facts["published"] = post.published.isoformat()
    return {
        "account": post.account,
        "post_id": post.id,
        "community": post.community,
        "permalink": post.permalink,
        "parent_id": "",
        "url_hash": link_hash(post.url),
        "facts": facts,
        "state": State.DISCOVERED,
        "due_at": now,
        "published": post.published,
        "discovered_at": now,
    }


def link_hash(url: str | None) -> str | None:
    """What is left of a link when it is forgotten: enough to see whether another one is the same."""
    return None if url is None else url_hash(url)


def text_hash(text: str) -> str:
    """What is kept of a text that has to be known again, and of no other use."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def summary_text_of(markdown: str) -> str:
    """What a reply says of the article: all above the line that the footer stands below."""
    return markdown.partition("\n\n---\n\n")[0]


def post_of(facts: dict[str, Any]) -> Post:
    """A post from what is kept of it."""
    return Post(**{**facts, "published": datetime.fromisoformat(facts["published"])})


def _set_cursor(connection: Connection, source: Source, **values: Any) -> None:
    statement = insert(cursors).values(source=source.key, account=source.account, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=values))
