"""What people ask the database: how things stand, and what became of one post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, or_, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, State
from bot.store.muted_communities import MutedCommunities, MutedCommunity
from bot.store.tables import accounts, cursors, posts


@dataclass(frozen=True, slots=True)
class PostReport:
    """One post's way through the states."""

    account: str
    community: str
    permalink: str
    title: str
    """Empty once it is forgotten."""
    state: State
    reason: SkipReason | None
    error: str | None
    attempts: int
    sends: int
    published: datetime
    discovered_at: datetime
    due_at: datetime
    done_at: datetime | None
    saved: int | None
    article_words: int | None
    summary_words: int | None
    comment_url: str | None
    row: int = 0
    url: str | None = None
    """The link, until it is forgotten."""
    ready_at: datetime | None = None
    sending_at: datetime | None = None
    comment_id: str | None = None

    def sentence(self, now: datetime) -> str:
        """What became of the post, in a sentence or two for people."""
        match self.state:
            case State.SENT:
                return f"Answered at {_at(self.done_at)}, {self.saved}% saved: {self.comment_url}"
            case State.DELETED:
                return f"Answered, and deleted again at {_at(self.done_at)}. {self.error or ''}".strip()
            case State.SKIPPED:
                reason = self.reason.sentence if self.reason else "Skipped."
                return f"{reason} ({self.error})" if self.error else reason
            case State.DEAD:
                return f"Given up after {max(self.attempts, self.sends)} tries: {self.error}"
            case State.READY:
                return f"The reply is written and goes out {_when(self.due_at, now)}.{self._last_error()}"
            case State.SENDING:
                return (
                    "The reply went out without a clear answer; Precis looks for it under the post "
                    f"{_when(self.due_at, now)} before anything else.{self._last_error()}"
                )
            case State.DISCOVERED if self.attempts:
                return f"Waiting for try {self.attempts + 1} {_when(self.due_at, now)}.{self._last_error()}"
            case State.DISCOVERED:
                return "Seen, and waiting for its turn."

    def _last_error(self) -> str:
        return f" Last time: {self.error}" if self.error else ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    source: str
    polled_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class PendingReplies:
    """Replies that are written and wait for their time, in one community."""

    account: str
    community: str
    waiting: int
    next_at: datetime

    def sentence(self, now: datetime) -> str:
        day = f"{self.next_at:%Y-%m-%d} " if self.next_at.date() != now.date() else ""
        when = "now" if self.next_at <= now else f"at {day}{self.next_at:%H:%M} UTC"
        return f"{self.waiting} waiting, next {when}"


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What `precis status` shows."""

    states: dict[State, int]
    reasons: dict[SkipReason, int]
    sources: tuple[SourceReport, ...]
    account_errors: dict[str, str]
    mutes: tuple[MutedCommunity, ...]
    plans: tuple[PendingReplies, ...]
    last_reply: PostReport | None
    oldest_waiting: PostReport | None


def status_report(database: Database) -> StatusReport:
    waiting = posts.c.state.in_([State.DISCOVERED, State.READY, State.SENDING])
    with database.read_transaction() as connection:
        states = connection.execute(select(posts.c.state, func.count()).group_by(posts.c.state)).all()
        reasons = connection.execute(
            select(posts.c.reason, func.count())
            .where(posts.c.state == State.SKIPPED)
            .group_by(posts.c.reason)
            .order_by(func.count().desc())
        ).all()
        polled = connection.execute(select(cursors).order_by(cursors.c.source)).all()
        errors = connection.execute(
            select(accounts.c.account, accounts.c.error).where(accounts.c.error.is_not(None))
        ).all()
        plans = connection.execute(
            select(posts.c.account, posts.c.community, func.count(), func.min(posts.c.due_at))
            .where(posts.c.state == State.READY)
            .group_by(posts.c.account, posts.c.community)
            .order_by(posts.c.account, posts.c.community)
        ).all()
        last = connection.execute(
            select(posts).where(posts.c.state == State.SENT).order_by(posts.c.done_at.desc()).limit(1)
        ).first()
        oldest = connection.execute(
            select(posts).where(waiting).order_by(posts.c.discovered_at).limit(1)
        ).first()
    return StatusReport(
        states={State(state): count for state, count in states},
        reasons={SkipReason(reason): count for reason, count in reasons},
        sources=tuple(SourceReport(row.source, row.polled_at, row.error) for row in polled),
        account_errors=dict(tuple(row) for row in errors),
        mutes=MutedCommunities(database).list_all(),
        plans=tuple(PendingReplies(*row) for row in plans),
        last_reply=None if last is None else report_of(last),
        oldest_waiting=None if oldest is None else report_of(oldest),
    )


def find_posts(database: Database, address: str) -> list[PostReport]:
    """The posts with this address: a post's own, its reply's, or the id of either."""
    wanted = address.strip().rstrip("/")
    match = or_(
        posts.c.permalink.in_([wanted, f"{wanted}/"]),
        posts.c.comment_url == wanted,
        posts.c.post_id == wanted,
        posts.c.comment_id == wanted,
    )
    with database.read_transaction() as connection:
        return [report_of(row) for row in connection.execute(select(posts).where(match)).all()]


def all_posts(database: Database) -> list[PostReport]:
    """All posts, in the order they were seen."""
    with database.read_transaction() as connection:
        return [report_of(row) for row in connection.execute(select(posts).order_by(posts.c.id)).all()]


def report_of(row: Row[tuple[object, ...]]) -> PostReport:
    """A whole row of `posts` for people."""
    return PostReport(
        account=row.account,
        community=row.community,
        permalink=row.permalink,
        title=(row.facts or {}).get("title", ""),
        state=State(row.state),
        reason=SkipReason(row.reason) if row.reason else None,
        error=row.error,
        attempts=row.attempts,
        sends=row.sends,
        published=row.published,
        discovered_at=row.discovered_at,
        due_at=row.due_at,
        done_at=row.done_at,
        saved=row.saved,
        article_words=row.article_words,
        summary_words=row.summary_words,
        comment_url=row.comment_url,
        row=row.id,
        url=(row.facts or {}).get("url"),
        ready_at=row.ready_at,
        sending_at=row.sending_at,
        comment_id=row.comment_id,
    )


def _at(time: datetime | None) -> str:
    return "an unknown time" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _when(time: datetime, now: datetime) -> str:
    return "next" if time <= now else f"not before {_at(time)}"
