"""Numbers for people and machines: what was done in a time, day by day, place by place, site by site."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import and_, func, or_, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, State
from bot.store.tables import posts

PENDING_STATES = (State.DISCOVERED, State.READY, State.SENDING)
SITE_FAILURES = frozenset(
    {
        SkipReason.ROBOTS,
        SkipReason.NOT_FOUND,
        SkipReason.REFUSED_BY_SITE,
        SkipReason.SITE_DOWN,
        SkipReason.TOO_SLOW,
        SkipReason.TOO_LARGE,
        SkipReason.TOO_MANY_REDIRECTS,
        SkipReason.NOT_TEXT,
        SkipReason.WALL,
        SkipReason.CONSENT,
        SkipReason.LOGIN,
        SkipReason.ERROR_PAGE,
        SkipReason.CRASHED,
    }
)
"""Reasons for which another page of the same site is likely to fail too."""


@dataclass(frozen=True, slots=True)
class DayStatistics:
    """The outcomes of one day, in UTC."""

    day: date
    replies: int = 0
    skips: int = 0
    given_up: int = 0
    saved: float | None = None
    """The median reply's share of words spared, in percent."""
    to_reply: float | None = None
    """Seconds from a post's publication to its reply, median."""
    votes: int | None = None
    """The sum over the day's replies, as they were last looked at; None before the first look."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was done since a time. Times are seconds; None where there was no reply."""

    replies: int
    skips: int
    given_up: int
    reasons: tuple[tuple[SkipReason, int], ...]
    """Most frequent first."""
    saved: float | None
    """The median reply's share of words spared, in percent."""
    words_spared: int
    """Over all replies."""
    to_reply: float | None
    """From the post's publication to its reply, median."""
    to_reply_slow: float | None
    """Nine of ten replies were faster."""
    at_work: float | None
    """From when the post was seen to its reply, median."""
    votes: int | None
    """The sum over all replies, as they were last looked at; None before the first look."""


@dataclass(frozen=True, slots=True)
class CommunityStatistics:
    """One community as one account sees it."""

    account: str
    community: str
    waiting: int
    next_at: datetime | None
    """When the first of those that wait is due."""
    last_reply: datetime | None
    last_seen: datetime | None
    replies: int
    """Since the time that was asked for."""
    skips: int


@dataclass(frozen=True, slots=True)
class FailingSite:
    """A host whose pages could not be read."""

    host: str
    failures: int
    posts: int
    """All posts that linked there."""
    reason: SkipReason | None
    """The most frequent one; None for pages that were given up."""


def daily_statistics(database: Database, last: date, count: int) -> tuple[DayStatistics, ...]:
    """The outcomes of `count` days up to and with `last`, the oldest first, each day there."""
    first = last - timedelta(days=count - 1)
    by_day = func.date(posts.c.done_at)
    with database.read_transaction() as connection:
        found = connection.execute(
            select(by_day, posts.c.state, func.count())
            .where(by_day >= first.isoformat())
            .group_by(by_day, posts.c.state)
        ).all()
        replies = connection.execute(
            select(by_day, posts.c.saved, posts.c.published, posts.c.done_at, posts.c.score).where(
                by_day >= first.isoformat(), posts.c.state == State.SENT
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
    those = replies.get(name, ())
    saved = _median([saved for saved, *_ in those if saved is not None])
    to_reply, votes = _median([seconds for _, seconds, _ in those]), _sum(score for *_, score in those)
    return DayStatistics(day, sent, skips, given_up, saved, to_reply, votes)


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """All posts ever seen, as machines count them."""

    replies: dict[tuple[str, str], int]
    """By account and community; also those that were deleted again."""
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
    made = OutcomeCounts(Counter(), Counter(), Counter(), Counter())
    for account, community, state, reason, number in found:
        match State(state):
            case State.SENT | State.DELETED:  # a counter never goes down
                made.replies[account, community] += number
            case State.SKIPPED:
                made.skips[account, reason or ""] += number
            case State.DEAD:
                made.given_up[account] += number
            case waiting:
                made.waiting[account, waiting.value] += number
    return made


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
                posts.c.score,
            ).where(posts.c.done_at >= since, posts.c.state == State.SENT)
        ).all()
    states: Counter[State] = Counter()
    reasons: Counter[SkipReason] = Counter()
    for state, reason, number in ended:
        states[State(state)] += number
        if state == State.SKIPPED and reason:
            reasons[SkipReason(reason)] += number
    whole = sorted((done - published).total_seconds() for _, _, published, _, done, _ in replies)
    return Statistics(
        replies=states[State.SENT],
        skips=states[State.SKIPPED],
        given_up=states[State.DEAD],
        reasons=tuple(reasons.most_common()),
        saved=_median([saved for saved, *_ in replies if saved is not None]),
        words_spared=sum(spared or 0 for _, spared, *_ in replies),
        to_reply=_median(whole),
        to_reply_slow=whole[min(len(whole) * 9 // 10, len(whole) - 1)] if whole else None,
        at_work=_median([(done - seen).total_seconds() for *_, seen, done, _ in replies]),
        votes=_sum(score for *_, score in replies),
    )


def community_statistics(database: Database, since: datetime) -> tuple[CommunityStatistics, ...]:
    """Every community from which posts came, by account and name."""
    state, ended = posts.c.state, posts.c.done_at >= since
    waits = state.in_(PENDING_STATES)
    with database.read_transaction() as connection:
        found = connection.execute(
            select(
                posts.c.account,
                posts.c.community,
                func.count().filter(waits),
                func.min(posts.c.due_at).filter(waits),
                func.max(posts.c.done_at).filter(state == State.SENT),
                func.max(posts.c.discovered_at),
                func.count().filter(and_(state == State.SENT, ended)),
                func.count().filter(and_(state == State.SKIPPED, ended)),
            )
            .group_by(posts.c.account, posts.c.community)
            .order_by(posts.c.account, posts.c.community)
        ).all()
    return tuple(CommunityStatistics(*row) for row in found)


def failing_sites(database: Database, since: datetime, limit: int) -> tuple[FailingSite, ...]:
    """The hosts with most pages that could not be read since then, of those not yet forgotten."""
    link = posts.c.facts["url"].as_string()
    with database.read_transaction() as connection:
        found = connection.execute(
            select(link, posts.c.state, posts.c.reason).where(
                posts.c.done_at >= since, posts.c.facts.is_not(None)
            )
        ).all()
    every: Counter[str] = Counter()
    failed: defaultdict[str, list[SkipReason | None]] = defaultdict(list)
    for url, state, code in found:
        host = host_of(url)
        every[host] += 1
        reason = SkipReason(code) if code else None
        if state == State.DEAD or reason in SITE_FAILURES:
            failed[host].append(reason)
    worst = sorted((host for host in failed if host), key=lambda host: (-len(failed[host]), host))
    return tuple(_site(host, failed[host], every[host]) for host in worst[:limit])


def _site(host: str, reasons: Sequence[SkipReason | None], posts_there: int) -> FailingSite:
    ((most, _),) = Counter(reasons).most_common(1)
    return FailingSite(host, len(reasons), posts_there, most)


def recent_errors(database: Database, since: datetime, limit: int) -> tuple[tuple[str, int], ...]:
    """The last errors of posts that were given up or are being tried again, with how many say the same."""
    trying = and_(posts.c.state.in_(PENDING_STATES), posts.c.discovered_at >= since)
    given_up = and_(posts.c.state == State.DEAD, posts.c.done_at >= since)
    with database.read_transaction() as connection:
        found = connection.execute(
            select(posts.c.error, func.count())
            .where(posts.c.error.is_not(None), or_(trying, given_up))
            .group_by(posts.c.error)
            .order_by(func.count().desc())
            .limit(limit)
        ).all()
    return tuple((error, number) for error, number in found)


def host_of(url: str | None) -> str:
    """The host of a link as people know it, without www; "" where there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _sum(scores: Iterable[int | None]) -> int | None:
    known = [score for score in scores if score is not None]
    return sum(known) if known else None


def _median(numbers: Sequence[float]) -> float | None:
    return statistics.median(numbers) if numbers else None
