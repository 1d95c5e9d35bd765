"""Statistics of failures: the sites whose pages cannot be read, and the most frequent recent errors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import and_, func, or_, select

from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, is_pending
from bot.store.post_states import State
from bot.store.tables import posts

SITE_FAILURES = frozenset(
    {
        SkipReason.ROBOTS,
        SkipReason.NOT_FOUND,
        SkipReason.REFUSED_BY_SITE,
        SkipReason.SITE_DOWN,
        SkipReason.TOO_SLOW,
        SkipReason.TOO_LARGE,
        SkipReason.TOO_MANY_REDIRECTS,
        SkipReason.ONLY_REDIRECT,
        SkipReason.NOT_TEXT,
        SkipReason.WALL,
        SkipReason.CONSENT,
        SkipReason.LOGIN,
        SkipReason.ERROR_PAGE,
        SkipReason.CRASHED,
    }
)
"""Reasons that are likely to apply to other pages of the same site."""


class FailingSite(Struct, frozen=True):
    """A host whose pages could not be read."""

    host: str
    failures: int
    posts: int
    """All posts that linked there."""
    reason: SkipReason | None
    """The most frequent reason; None if processing failed."""


def failing_sites(database: Database, since: datetime, limit: int) -> tuple[FailingSite, ...]:
    """The hosts with the most unreadable pages since `since`. Posts with erased content do not count."""
    link = posts.c.content["url"].as_string()
    with database.read_transaction() as connection:
        found = connection.execute(
            select(link, posts.c.state, posts.c.reason).where(
                posts.c.done_at >= since, posts.c.content.is_not(None)
            )
        ).all()
    totals: Counter[str] = Counter()
    failed: defaultdict[str, list[SkipReason | None]] = defaultdict(list)
    for url, state, code in found:
        host = host_of(url)
        totals[host] += 1
        reason = SkipReason(code) if code else None
        if state == State.DEAD or reason in SITE_FAILURES:
            failed[host].append(reason)
    worst = sorted((host for host in failed if host), key=lambda host: (-len(failed[host]), host))
    return tuple(_site_of(host, failed[host], totals[host]) for host in worst[:limit])


def _site_of(host: str, reasons: Sequence[SkipReason | None], total: int) -> FailingSite:
    ((most, _),) = Counter(reasons).most_common(1)
    return FailingSite(host, len(reasons), total, most)


def recent_errors(database: Database, since: datetime, limit: int) -> tuple[tuple[str, int], ...]:
    """(error, number of posts) of posts that failed or are retried, most frequent first."""
    retried = and_(is_pending(), posts.c.discovered_at >= since)
    failed = and_(posts.c.state == State.DEAD, posts.c.done_at >= since)
    with database.read_transaction() as connection:
        found = connection.execute(
            select(posts.c.error, func.count())
            .where(posts.c.error.is_not(None), or_(retried, failed))
            .group_by(posts.c.error)
            .order_by(func.count().desc())
            .limit(limit)
        ).all()
    return tuple((error, number) for error, number in found)


def host_of(url: str | None) -> str:
    """The host of a link without `www.`, or ""."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
