"""Statistics of the posts: by day, since a time, by community, and in total."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import and_, func, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import PENDING, Database, State
from bot.store.tables import posts


@dataclass(frozen=True, slots=True)
class DayStatistics:
    """The outcomes of one day, in UTC."""

    day: date
    replies: int = 0
    skips: int = 0
    given_up: int = 0
    saved: float | None = None
    """The share of the article's words that a reply saves, in percent, median."""
    to_reply: float | None = None
    """Seconds from a post's publication to its reply, median."""
    votes: int | None = None
    """The sum of the replies' scores at their last check; None before the first check."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The outcomes since a time. Durations are seconds; None without a reply."""

    replies: int
    skips: int
    given_up: int
    reasons: tuple[tuple[SkipReason, int], ...]
    """(reason, number of posts), most frequent first."""
    saved: float | None
    """The share of the article's words that a reply saves, in percent, median."""
    words_spared: int
    """The sum over all replies."""
    to_reply: float | None
    """From the post's publication to its reply, median."""
    to_reply_slow: float | None
    """The 90th percentile of `to_reply`."""
    seconds_from_discovery: float | None
    """From the discovery of the post to its reply, median."""
    votes: int | None
    """The sum of the replies' scores at their last check; None before the first check."""


@dataclass(frozen=True, slots=True)
class CommunityStatistics:
    """One community, for one account."""

    account: str
    community: str
    waiting: int
    next_at: datetime | None
    """When the first pending post is due."""
    last_reply: datetime | None
    last_seen: datetime | None
    replies: int
    """Since the requested time."""
    skips: int


def daily_statistics(
    database: Database, last: date, count: int, community: str | None = None
) -> tuple[DayStatistics, ...]:
    """The outcomes of the `count` days until `last`, oldest first, without gaps, in one community or all."""
    first = last - timedelta(days=count - 1)
    by_day = func.date(posts.c.done_at)
    of_days = by_day >= first.isoformat()
    if community is not None:
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)  # for the index
        of_days = and_(posts.c.community == community, posts.c.done_at >= since, of_days)
    with database.read_transaction() as connection:
        found = connection.execute(
            select(by_day, posts.c.state, func.count()).where(of_days).group_by(by_day, posts.c.state)
        ).all()
        replies = connection.execute(
            select(by_day, posts.c.saved, posts.c.published, posts.c.done_at, posts.c.reply_score).where(
                of_days, posts.c.state == State.SENT
            )
        ).all()
    counts = {(str(day), State(state)): number for day, state, number in found}
    of_day: defaultdict[str, list[tuple[int | None, float, int | None]]] = defaultdict(list)
    for day, saved, published, done, score in replies:
        of_day[str(day)].append((saved, (done - published).total_seconds(), score))
    return tuple(_day(first + timedelta(days=n), counts, of_day) for n in range(count))


def _day(
    day: date,
    counts: dict[tuple[str, State], int],
    replies: Mapping[str, Sequence[tuple[int | None, float, int | None]]],
) -> DayStatistics:
    name = day.isoformat()
    sent, skips, given_up = (
        counts.get((name, state), 0) for state in (State.SENT, State.SKIPPED, State.DEAD)
    )
    day_replies = replies.get(name, ())
    saved = _median([saved for saved, *_ in day_replies if saved is not None])
    to_reply, votes = (
        _median([seconds for _, seconds, _ in day_replies]),
        _sum(score for *_, score in day_replies),
    )
    return DayStatistics(day, sent, skips, given_up, saved, to_reply, votes)


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """The number of all posts ever discovered."""

    replies: dict[tuple[str, str], int]
    """By account and community, including deleted replies."""
    skips: dict[tuple[str, str], int]
    """By account and reason."""
    given_up: dict[str, int]
    """By account."""
    waiting: dict[tuple[str, str], int]
    """By account and state."""


def count_outcomes(database: Database) -> OutcomeCounts:
    with database.read_transaction() as connection:
        found = connection.execute(
            select(posts.c.account, posts.c.community, posts.c.state, posts.c.reason, func.count()).group_by(
                posts.c.account, posts.c.community, posts.c.state, posts.c.reason
            )
        ).all()
    counts = OutcomeCounts(Counter(), Counter(), Counter(), Counter())
    for account, community, state, reason, number in found:
        match State(state):
            case State.SENT | State.DELETED:  # a counter never goes down
                counts.replies[account, community] += number
            case State.SKIPPED:
                counts.skips[account, reason or ""] += number
            case State.DEAD:
                counts.given_up[account] += number
            case pending:
                counts.waiting[account, pending.value] += number
    return counts


def statistics_since(database: Database, since: datetime) -> Statistics:
    with database.read_transaction() as connection:
        ended = connection.execute(
            select(posts.c.state, posts.c.reason, func.count())
            .where(posts.c.done_at >= since)
            .group_by(posts.c.state, posts.c.reason)
        ).all()
        replies = connection.execute(
            select(
                posts.c.saved,
                posts.c.article_words - posts.c.summary_words,
                posts.c.published,
                posts.c.discovered_at,
                posts.c.done_at,
                posts.c.reply_score,
            ).where(posts.c.done_at >= since, posts.c.state == State.SENT)
        ).all()
    states: Counter[State] = Counter()
    reasons: Counter[SkipReason] = Counter()
    for state, reason, number in ended:
        states[State(state)] += number
        if state == State.SKIPPED and reason:
            reasons[SkipReason(reason)] += number
    seconds = sorted((done - published).total_seconds() for _, _, published, _, done, _ in replies)
    return Statistics(
        replies=states[State.SENT],
        skips=states[State.SKIPPED],
        given_up=states[State.DEAD],
        reasons=tuple(reasons.most_common()),
        saved=_median([saved for saved, *_ in replies if saved is not None]),
        words_spared=sum(words or 0 for _, words, *_ in replies),
        to_reply=_median(seconds),
        to_reply_slow=seconds[min(len(seconds) * 9 // 10, len(seconds) - 1)] if seconds else None,
        seconds_from_discovery=_median([(done - seen).total_seconds() for *_, seen, done, _ in replies]),
        votes=_sum(score for *_, score in replies),
    )


def community_statistics(database: Database, since: datetime) -> tuple[CommunityStatistics, ...]:
    """All communities that posts came from, ordered by account and name."""
    state, ended = posts.c.state, posts.c.done_at >= since
    pending = state.in_(PENDING)
    with database.read_transaction() as connection:
        found = connection.execute(
            select(
                posts.c.account,
                posts.c.community,
                func.count().filter(pending),
                func.min(posts.c.due_at).filter(pending),
                func.max(posts.c.done_at).filter(state == State.SENT),
                func.max(posts.c.discovered_at),
                func.count().filter(and_(state == State.SENT, ended)),
                func.count().filter(and_(state == State.SKIPPED, ended)),
            )
            .group_by(posts.c.account, posts.c.community)
            .order_by(posts.c.account, posts.c.community)
        ).all()
    return tuple(CommunityStatistics(*row) for row in found)


def _sum(scores: Iterable[int | None]) -> int | None:
    known = [score for score in scores if score is not None]
    return sum(known) if known else None


def _median(numbers: Sequence[float]) -> float | None:
    return statistics.median(numbers) if numbers else None
