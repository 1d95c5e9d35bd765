"""What happened in one community since a time: replies, votes, deletions and skipped posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Integer, and_, cast, func, or_, select

from bot.core.deletion_causes import DeletionCause
from bot.core.skip_reasons import SkipReason
from bot.store.database import Database
from bot.store.post_states import State
from bot.store.reply_counts import sent_at
from bot.store.tables import posts, replaced_replies, votes


class CommunityReport(Struct, frozen=True):
    """The figures of one community, for all accounts together."""

    community: str
    replies: int
    """Replies that were sent in the time, including those that were deleted since then."""
    scored_replies: int
    """How many of these have been checked for their score."""
    score: int
    """The sum of their scores at the last check."""
    good: int
    """"good bot" votes in the time; `bad` likewise."""
    bad: int
    deletions: Mapping[DeletionCause, int]
    """Replies that were deleted in the time, the most frequent cause first."""
    skips: Mapping[SkipReason | None, int]
    """Posts that got no reply, the most frequent reason first. None: given up after several attempts."""

    @property
    def mean_score(self) -> float | None:
        """None if no reply has been checked."""
        return self.score / self.scored_replies if self.scored_replies else None

    @property
    def is_empty(self) -> bool:
        return not (self.replies or self.good or self.bad or self.deletions or self.skips)


def community_report(database: Database, community: str, since: datetime) -> CommunityReport:
    """The report of a community since `since`, from one state of the database."""
    with database.read_transaction() as connection:
        replies, scored, score = _replies(connection, community, since)
        replaced = _replaced(connection, community, since)
        good, bad = _votes(connection, community, since)
        deletions = _deletions(connection, community, since)
        deletions[DeletionCause.POST_CHANGED] += replaced
        skips = _skips(connection, community, since)
    return CommunityReport(
        community=community,
        replies=replies + replaced,
        scored_replies=scored,
        score=score,
        good=good,
        bad=bad,
        deletions={cause: count for cause, count in deletions.most_common() if count},
        skips=dict(skips.most_common()),
    )


def _replies(connection: Connection, community: str, since: datetime) -> tuple[int, int, int]:
    """The replies, how many of them have a score, and the sum of the scores."""
    deleted = and_(posts.c.state == State.DELETED, posts.c.sending_at.is_not(None))
    # done_at is never before the send. It limits the search to an index; the time of the send decides.
    statement = select(
        func.count(), func.count(posts.c.reply_score), func.coalesce(func.sum(posts.c.reply_score), 0)
    ).where(
        posts.c.community == community,
        posts.c.done_at >= since,
        sent_at >= since,
        or_(posts.c.state == State.SENT, deleted),
    )
    replies, scored, score = connection.execute(statement).one()
    return replies, scored, score


def _replaced(connection: Connection, community: str, since: datetime) -> int:
    """Replies that were deleted because their post was changed, and that may have a new one."""
    statement = select(func.count()).where(
        replaced_replies.c.community == community, replaced_replies.c.sent_at >= since
    )
    return connection.execute(statement).scalar_one()


def _votes(connection: Connection, community: str, since: datetime) -> tuple[int, int]:
    """The numbers of "good bot" and "bad bot"."""
    good = func.coalesce(func.sum(cast(votes.c.good, Integer)), 0)
    statement = select(good, func.count() - good).where(
        votes.c.community == community, votes.c.voted_at >= since
    )
    found, rest = connection.execute(statement).one()
    return found, rest


def _deletions(connection: Connection, community: str, since: datetime) -> Counter[DeletionCause]:
    deleted = and_(posts.c.community == community, posts.c.done_at >= since, posts.c.state == State.DELETED)
    causes = connection.execute(select(posts.c.error).where(deleted)).scalars()
    return Counter(map(DeletionCause.of_text, causes))


def _skips(connection: Connection, community: str, since: datetime) -> Counter[SkipReason | None]:
    unanswered = and_(
        posts.c.community == community,
        posts.c.done_at >= since,
        posts.c.state.in_((State.SKIPPED, State.DEAD)),
    )
    statement = select(posts.c.reason, func.count()).where(unanswered).group_by(posts.c.reason)
    found = connection.execute(statement).all()
    return Counter({SkipReason(reason) if reason else None: count for reason, count in found})
