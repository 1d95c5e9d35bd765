"""Reports for the operator: the status of the daemon, and the outcome of one post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Row, func, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, State, is_pending
from bot.store.database_errors import stored_value
from bot.store.muted_communities import MutedCommunities, MutedCommunity
from bot.store.post_lookup import find_rows, find_rows_of_link
from bot.store.tables import accounts, cursors, post_counts, posts


@dataclass(frozen=True, slots=True)
class PostReport:
    """A post, its state and its outcome."""

    account: str
    community: str
    permalink: str
    title: str
    """Empty after it was erased."""
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
    """None for a reply that was sent with an earlier database; the same for the words."""
    article_words: int | None
    summary_words: int | None
    comment_url: str | None
    row: int = 0
    url: str | None = None
    """None after it was erased."""
    ready_at: datetime | None = None
    sending_at: datetime | None = None
    comment_id: str | None = None
    post_id: str = ""
    delete_at: datetime | None = None
    delete_attempts: int = 0
    delete_error: str | None = None

    def sentence(self, now: datetime) -> str:
        """The outcome of the post, in one or two sentences."""
        match self.state:
            case State.SENT:
                saved = "" if self.saved is None else f", {self.saved}% saved"
                return f"Replied at {_at(self.done_at)}{saved}: {self.comment_url}{self._deletion(now)}"
            case State.DELETED:
                return f"The reply was deleted at {_at(self.done_at)}. {self.error or ''}".strip()
            case State.SKIPPED:
                reason = self.reason.sentence if self.reason else "Skipped."
                return f"{reason} ({self.error})" if self.error else reason
            case State.DEAD:
                return f"Failed after {max(self.attempts, self.sends)} attempts: {self.error}"
            case State.READY:
                return f"The reply is ready and will be sent {_when(self.due_at, now)}.{self._last_result()}"
            case State.SENDING:
                return (
                    "The reply was sent, but the server gave no clear answer. Precis will check "
                    f"{_when(self.due_at, now)} whether it is under the post.{self._last_result()}"
                )
            case State.DISCOVERED if self.attempts:
                when = _when(self.due_at, now)
                return f"Waiting for attempt {self.attempts + 1}, {when}.{self._last_result()}"
            case State.DISCOVERED:
                return "Discovered, waiting to be processed."

    def _deletion(self, now: datetime) -> str:
        """A sentence that begins with a space, if the reply is to be deleted."""
        if self.delete_at is None:
            return ""
        when = f" The reply will be deleted {_when(self.delete_at, now)}."
        if self.delete_error is None:
            return when
        return f"{when} Failed attempts so far: {self.delete_attempts}. Last error: {self.delete_error}"

    def _last_result(self) -> str:
        """Why it waits: an error, or what it waits for."""
        return f" Last result: {self.error}" if self.error else ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    source: str
    polled_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class PendingReplies:
    """Replies that are ready to be sent in one community."""

    account: str
    community: str
    waiting: int
    next_at: datetime

    def sentence(self, now: datetime) -> str:
        day = f"{self.next_at:%Y-%m-%d} " if self.next_at.date() != now.date() else ""
        when = "now" if self.next_at <= now else f"at {day}{self.next_at:%H:%M} UTC"
        return f"{self.waiting} waiting, next {when}"


@dataclass(frozen=True, slots=True)
class FailedDeletions:
    """Replies of one account that the platform did not delete so far."""

    account: str
    count: int
    next_at: datetime
    comment_url: str
    """Of the reply with the most failed attempts; the same for the fields below."""
    attempts: int
    error: str

    def sentence(self, now: datetime) -> str:
        replies = "1 reply is" if self.count == 1 else f"{self.count} replies are"
        return (
            f"{replies} not deleted yet although somebody asked for it. Failed attempts to delete "
            f"{self.comment_url}: {self.attempts}. Last error: {self.error}. Precis tries again "
            f"{_when(self.next_at, now)}; you can also delete it by hand."
        )


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What `precis status` shows."""

    states: dict[State, int]
    reasons: dict[SkipReason, int]
    sources: tuple[SourceReport, ...]
    account_errors: dict[str, str]
    mutes: tuple[MutedCommunity, ...]
    plans: tuple[PendingReplies, ...]
    failed_deletions: tuple[FailedDeletions, ...]
    last_reply: PostReport | None
    oldest_waiting: PostReport | None


def status_report(database: Database) -> StatusReport:
    with database.read_transaction() as connection:
        number = func.sum(post_counts.c.number)
        states = connection.execute(
            select(post_counts.c.state, number).group_by(post_counts.c.state).having(number > 0)
        ).all()
        reasons = connection.execute(
            select(post_counts.c.reason, number)
            .where(post_counts.c.state == State.SKIPPED)
            .group_by(post_counts.c.reason)
            .having(number > 0)
            .order_by(number.desc())
        ).all()
        polled = connection.execute(select(cursors).order_by(cursors.c.source)).all()
        errors = connection.execute(
            select(accounts.c.account, accounts.c.error).where(accounts.c.error.is_not(None))
        ).all()
        plans = connection.execute(
            select(posts.c.account, posts.c.community, func.count(), func.min(posts.c.due_at))
            .where(is_pending(State.READY))
            .group_by(posts.c.account, posts.c.community)
            .order_by(posts.c.account, posts.c.community)
        ).all()
        undeleted = connection.execute(
            select(
                posts.c.account,
                func.count().over(partition_by=posts.c.account),
                func.min(posts.c.delete_at).over(partition_by=posts.c.account),
                posts.c.comment_url,
                posts.c.delete_attempts,
                posts.c.delete_error,
            )
            .where(
                posts.c.state == State.SENT, posts.c.delete_at.is_not(None), posts.c.delete_error.is_not(None)
            )
            .order_by(posts.c.account, posts.c.delete_attempts.desc(), posts.c.id)
        ).all()
        last = connection.execute(
            select(posts).where(posts.c.state == State.SENT).order_by(posts.c.done_at.desc()).limit(1)
        ).first()
        oldest = connection.execute(
            select(posts).where(is_pending()).order_by(posts.c.discovered_at).limit(1)
        ).first()
    return StatusReport(
        states={State(state): count for state, count in states},
        reasons={SkipReason(reason): count for reason, count in reasons},
        sources=tuple(SourceReport(row.source, row.polled_at, row.error) for row in polled),
        account_errors=dict(tuple(row) for row in errors),
        mutes=MutedCommunities(database).list_all(),
        plans=tuple(PendingReplies(*row) for row in plans),
        failed_deletions=tuple(
            FailedDeletions(*next(rows)) for _, rows in groupby(undeleted, key=lambda row: row.account)
        ),
        last_reply=None if last is None else report_of(last),
        oldest_waiting=None if oldest is None else report_of(oldest),
    )


def find_posts(database: Database, url_or_id: str) -> list[PostReport]:
    """The posts with this address or id, of the post or of its reply; see `bot.core.post_addresses`."""
    with database.read_transaction() as connection:
        return [report_of(row) for row in find_rows(connection, url_or_id)]


def find_posts_of_link(database: Database, url: str) -> list[PostReport]:
    """The posts that link to an article, the newest first."""
    with database.read_transaction() as connection:
        return [report_of(row) for row in find_rows_of_link(connection, url)]


def all_posts(database: Database) -> list[PostReport]:
    """All posts, in the order of discovery."""
    with database.read_transaction() as connection:
        return [report_of(row) for row in connection.execute(select(posts).order_by(posts.c.id)).all()]


def report_of(row: Row[tuple[object, ...]]) -> PostReport:
    """The report of a complete row of `posts`. Raises `StoreError` if its content is damaged."""
    with stored_value("a post"):
        title, url = (row.content or {}).get("title", ""), (row.content or {}).get("url")
    return PostReport(
        account=row.account,
        community=row.community,
        permalink=row.permalink,
        title=title,
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
        url=url,
        ready_at=row.ready_at,
        sending_at=row.sending_at,
        comment_id=row.comment_id,
        post_id=row.post_id,
        delete_at=row.delete_at,
        delete_attempts=row.delete_attempts,
        delete_error=row.delete_error,
    )


def _at(time: datetime | None) -> str:
    return "an unknown time" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _when(time: datetime, now: datetime) -> str:
    return "now" if time <= now else f"after {_at(time)}"
