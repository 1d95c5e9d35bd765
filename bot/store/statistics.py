"""Statistics of the posts: by day, since a time, by community, and in total."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, case, func, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, is_pending
from bot.store.dialects import seconds_between
from bot.store.post_states import State
from bot.store.tables import daily_counts, post_counts, posts

_ONE_STEP = timedelta(microseconds=1)
_communities = (
    select(
        post_counts.c.account,
        post_counts.c.community,
        func.sum(case((post_counts.c.state == State.SENT, post_counts.c.number), else_=0)).label("replies"),
    )
    .group_by(post_counts.c.account, post_counts.c.community)
    .having(func.sum(post_counts.c.number) > 0)
    .subquery()
)
"""All communities that posts came from, with the number of their replies."""


class DayStatistics(Struct, frozen=True):
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


class Statistics(Struct, frozen=True):
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


class CommunityStatistics(Struct, frozen=True):
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
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    ended = posts.c.done_at >= since
    by_day = func.date(posts.c.done_at)
    if community is None:
        counted = select(daily_counts.c.day, daily_counts.c.state, daily_counts.c.number).where(
            daily_counts.c.day >= first.isoformat()
        )
    else:
        ended &= posts.c.community == community
        counted = select(by_day, posts.c.state, func.count()).where(ended).group_by(by_day, posts.c.state)
    replies = select(by_day, posts.c.saved, _seconds_since(posts.c.published), posts.c.reply_score).where(
        ended, posts.c.state == State.SENT
    )
    with database.read_transaction() as connection:
        found = connection.execute(counted).all()
        sent = connection.execute(replies).all()
    counts: Counter[tuple[str, State]] = Counter()
    for day, state, number in found:
        counts[str(day), State(state)] += number
    of_day: defaultdict[str, list[tuple[int | None, float, int | None]]] = defaultdict(list)
    for day, saved, seconds, score in sent:
        of_day[str(day)].append((saved, seconds, score))
    return tuple(_day(first + timedelta(days=n), counts, of_day) for n in range(count))


def _day(
    day: date,
    counts: Mapping[tuple[str, State], int],
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


class OutcomeCounts(Struct, frozen=True):
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
    counted = post_counts.c
    with database.read_transaction() as connection:
        found = connection.execute(
            select(counted.account, counted.community, counted.state, counted.reason, counted.number)
        ).all()
    counts = OutcomeCounts(Counter(), Counter(), Counter(), Counter())
    for account, community, state, reason, number in found:
        match State(state):
            case State.SENT | State.DELETED:  # a counter never goes down
                counts.replies[account, community] += number
            case State.SKIPPED:
                counts.skips[account, reason] += number
            case State.DEAD:
                counts.given_up[account] += number
            case pending:
                counts.waiting[account, pending.value] += number
    return counts


def statistics_since(database: Database, since: datetime) -> Statistics:
    """The outcomes since a time. Whole days are in `daily_counts`; the rest of the first day is counted."""
    next_day = (since + timedelta(days=1) - _ONE_STEP).date()
    midnight = datetime(next_day.year, next_day.month, next_day.day, tzinfo=UTC)
    counts = daily_counts.c
    whole_days = select(counts.state, counts.reason, counts.number).where(counts.day >= next_day.isoformat())
    first_day = (
        select(posts.c.state, func.coalesce(posts.c.reason, ""), func.count())
        .where(posts.c.done_at >= since, posts.c.done_at < midnight)
        .group_by(posts.c.state, posts.c.reason)
    )
    replies_since = select(
        posts.c.saved,
        posts.c.article_words - posts.c.summary_words,
        _seconds_since(posts.c.published),
        _seconds_since(posts.c.discovered_at),
        posts.c.reply_score,
    ).where(posts.c.done_at >= since, posts.c.state == State.SENT)
    with database.read_transaction() as connection:
        ended = [*connection.execute(whole_days).all(), *connection.execute(first_day).all()]
        replies = connection.execute(replies_since).all()
    states: Counter[State] = Counter()
    reasons: Counter[SkipReason] = Counter()
    for state, reason, number in ended:
        states[State(state)] += number
        if state == State.SKIPPED and reason:
            reasons[SkipReason(reason)] += number
    seconds = sorted(from_post for _, _, from_post, _, _ in replies)
    return Statistics(
        replies=states[State.SENT],
        skips=states[State.SKIPPED],
        given_up=states[State.DEAD],
        reasons=tuple((reason, number) for reason, number in reasons.most_common() if number),
        saved=_median([saved for saved, *_ in replies if saved is not None]),
        words_spared=sum(words or 0 for _, words, *_ in replies),
        to_reply=_median(seconds),
        to_reply_slow=seconds[min(len(seconds) * 9 // 10, len(seconds) - 1)] if seconds else None,
        seconds_from_discovery=_median([from_discovery for *_, from_discovery, _ in replies]),
        votes=_sum(score for *_, score in replies),
    )


def community_statistics(database: Database, since: datetime) -> tuple[CommunityStatistics, ...]:
    """All communities that posts came from, ordered by account and name."""
    of_community = (posts.c.account == _communities.c.account, posts.c.community == _communities.c.community)
    last_seen = select(func.max(posts.c.discovered_at)).where(*of_community)
    last_reply = (
        select(posts.c.done_at)
        .where(*of_community, posts.c.done_at.is_not(None), posts.c.state == State.SENT)
        .order_by(posts.c.done_at.desc())
        .limit(1)
    )
    known = select(
        _communities.c.account,
        _communities.c.community,
        case((_communities.c.replies > 0, last_reply.scalar_subquery())),
        last_seen.scalar_subquery(),
    ).order_by(_communities.c.account, _communities.c.community)
    by_community = (posts.c.account, posts.c.community)
    pending = (
        select(*by_community, func.count(), func.min(posts.c.due_at))
        .where(is_pending())
        .group_by(*by_community)
    )
    ended = (
        select(*by_community, posts.c.state, func.count())
        .where(posts.c.done_at >= since, posts.c.state.in_([State.SENT, State.SKIPPED]))
        .group_by(posts.c.state, *by_community)  # by the community first, SQLite would read all posts
    )
    with database.read_transaction() as connection:
        found = connection.execute(known).all()
        waiting = {
            (account, name): (number, due_at) for account, name, number, due_at in connection.execute(pending)
        }
        outcomes = {(*key,): number for *key, number in connection.execute(ended)}
    return tuple(
        CommunityStatistics(
            account,
            name,
            *waiting.get((account, name), (0, None)),  # how many, and when the first is due
            replied,
            seen,
            outcomes.get((account, name, State.SENT), 0),
            outcomes.get((account, name, State.SKIPPED), 0),
        )
        for account, name, replied, seen in found
    )


def _seconds_since(time: Column[datetime]) -> ColumnElement[float]:
    """Seconds from a time of a post to its end, to the millisecond."""
    return seconds_between(time, posts.c.done_at)


def _sum(scores: Iterable[int | None]) -> int | None:
    known = [score for score in scores if score is not None]
    return sum(known) if known else None


def _median(numbers: Sequence[float]) -> float | None:
    return statistics.median(numbers) if numbers else None
