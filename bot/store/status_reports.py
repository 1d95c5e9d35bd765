"""The status of the daemon, for the operator."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from bot.core.skip_reasons import SkipReason
from bot.store.mutes import MUTES, MutedCommunity
from bot.store.post_reports import SELECT, PostReport, make_report, when_text
from bot.store.post_states import State
from bot.store.text_queries import Readable, TextQuery


class SourceReport(Struct, frozen=True):
    source: str
    polled_at: datetime | None
    error: str | None


class PendingReplies(Struct, frozen=True):
    """Replies that are ready to be sent in one community."""

    account: str
    community: str
    waiting: int
    next_at: datetime

    def sentence(self, now: datetime) -> str:
        day = f"{self.next_at:%Y-%m-%d} " if self.next_at.date() != now.date() else ""
        when = "now" if self.next_at <= now else f"at {day}{self.next_at:%H:%M} UTC"
        return f"{self.waiting} waiting, next {when}"


class FailedDeletions(Struct, frozen=True):
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
            f"{when_text(self.next_at, now)}; you can also delete it by hand."
        )


class StatusReport(Struct, frozen=True):
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


def _pair(name: str, value: str) -> tuple[str, str]:
    return name, value


_POST_TIMES = ("published", "discovered_at", "due_at", "ready_at", "sending_at", "done_at", "delete_at")
_STATES = TextQuery(
    "SELECT state, sum(number) AS number FROM post_counts GROUP BY state HAVING sum(number) > 0",
    lambda state, number: (State(state), int(number)),
)
_REASONS = TextQuery(
    "SELECT reason, sum(number) AS number FROM post_counts WHERE state = 'skipped' "
    "GROUP BY reason HAVING sum(number) > 0 ORDER BY sum(number) DESC",
    lambda reason, number: (SkipReason(reason), int(number)),
)
_SOURCES = TextQuery(
    "SELECT source, polled_at, error FROM cursors ORDER BY source", SourceReport, times=("polled_at",)
)
_ACCOUNT_ERRORS = TextQuery(
    "SELECT account AS name, error AS value FROM accounts WHERE error IS NOT NULL", _pair
)
_PLANS = TextQuery(
    "SELECT account, community, count(*) AS waiting, min(due_at) AS next_at FROM posts "
    "WHERE state = 'ready' AND done_at IS NULL GROUP BY account, community ORDER BY account, community",
    PendingReplies,
    times=("next_at",),
)
_UNDELETED = TextQuery(
    "SELECT account, count(*) OVER (PARTITION BY account) AS count, "
    "min(delete_at) OVER (PARTITION BY account) AS next_at, "
    "comment_url, delete_attempts AS attempts, delete_error AS error FROM posts "
    "WHERE state = 'sent' AND delete_at IS NOT NULL AND delete_error IS NOT NULL "
    "ORDER BY account, delete_attempts DESC, id",
    FailedDeletions,
    times=("next_at",),
)
_LAST_REPLY = TextQuery(
    f"{SELECT} WHERE state = 'sent' ORDER BY done_at DESC LIMIT 1",
    make_report,
    times=_POST_TIMES,
    json=("content",),
)
_OLDEST_WAITING = TextQuery(
    f"{SELECT} WHERE state IN ('discovered', 'ready', 'sending') AND done_at IS NULL "
    "ORDER BY discovered_at LIMIT 1",
    make_report,
    times=_POST_TIMES,
    json=("content",),
)


def status_report(database: Readable) -> StatusReport:
    """One state of the database. Raises `StoreError`."""
    with database.text_queries() as queries:
        return StatusReport(
            states=dict(queries.all(_STATES)),
            reasons=dict(queries.all(_REASONS)),
            sources=tuple(queries.all(_SOURCES)),
            account_errors=dict(queries.all(_ACCOUNT_ERRORS)),
            mutes=tuple(queries.all(MUTES)),
            plans=tuple(queries.all(_PLANS)),
            failed_deletions=tuple(
                next(failed) for _, failed in groupby(queries.all(_UNDELETED), attrgetter("account"))
            ),
            last_reply=queries.first(_LAST_REPLY),
            oldest_waiting=queries.first(_OLDEST_WAITING),
        )
