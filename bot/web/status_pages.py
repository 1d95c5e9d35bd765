"""The status pages. Each reads the database and renders a template."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from bot.core.models import Source
from bot.core.poll_interval import PollInterval
from bot.notices.conditions import find_conditions, observe
from bot.store import OperatorActions, State
from bot.store.active_pauses import paused_accounts
from bot.store.cluster_report import cluster_report
from bot.store.community_history import entry_of_action
from bot.store.failure_statistics import FailingSite, failing_sites, recent_errors
from bot.store.statistics import (
    CommunityStatistics,
    DayStatistics,
    Statistics,
    community_statistics,
    daily_statistics,
    statistics_since,
)
from bot.store.status_reports import StatusReport, status_report
from bot.web.actions import note_of, permissions
from bot.web.context import PageContext
from bot.web.day_charts import day_charts
from bot.web.templating import render
from bot.web.time_tags import ago_tag, until_tag

DAYS = 90
SHOWN_ACTIONS = 10
CACHE_SECONDS = 20.0
"""How long the 90-day statistics are cached."""


class LongStatistics(Struct, frozen=True):
    """The statistics that take long to compute."""

    days: tuple[DayStatistics, ...]
    totals: Statistics
    sites: tuple[FailingSite, ...]


class CommunityRow(Struct, frozen=True):
    """One community in the table of the status page."""

    account: str
    community: str
    polled_at: datetime | None
    next_check: datetime | None
    statistics: CommunityStatistics | None
    error: str | None


class AccountRow(Struct, frozen=True):
    """One account in the table of the status page."""

    name: str
    platform: str
    error: str
    """What the operator must fix; "" if it works."""
    paused_at: datetime | None


class StatusPages:
    def __init__(self, context: PageContext, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._monotonic = monotonic
        self._long: tuple[float, LongStatistics] | None = None

    def overview(self, request: Request) -> Response:
        """`/`: the status page."""
        now = self._context.clock()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        database = self._context.database
        report, long = status_report(database), self.long_statistics(now)
        rows = self._community_rows(report, community_statistics(database, today), now)
        of_today = statistics_since(database, today)
        return render(
            request,
            "status.html",
            now=now,
            ago=lambda moment: ago_tag(moment, now),
            time_until=lambda moment: until_tag(moment, now),
            rows=rows,
            failing=report.account_errors,
            accounts=self._account_rows(report),
            nodes=cluster_report(database).nodes,
            actions=[entry_of_action(each) for each in OperatorActions(database).latest(SHOWN_ACTIONS)],
            note=note_of(request),
            can=permissions(request, self._context),
            today=of_today,
            today_reasons=Counter(dict(of_today.reasons)),
            waiting=sum(
                report.states.get(state, 0) for state in (State.DISCOVERED, State.READY, State.SENDING)
            ),
            last_reply=report.last_reply,
            problems=self._problems(report, now),
            recent_errors=recent_errors(database, now - timedelta(days=7), 8),
            long=long,
            charts=day_charts(long.days),
        )

    def long_statistics(self, now: datetime) -> LongStatistics:
        """The 90-day statistics, computed at most once in `CACHE_SECONDS`."""
        if self._long is None or self._monotonic() - self._long[0] > CACHE_SECONDS:
            database, since = self._context.database, now - timedelta(days=DAYS)
            long = LongStatistics(
                daily_statistics(database, now.date(), DAYS),
                statistics_since(database, since),
                failing_sites(database, since, 10),
            )
            self._long = (self._monotonic(), long)
        return self._long[1]

    def _account_rows(self, report: StatusReport) -> list[AccountRow]:
        paused = paused_accounts(self._context.database)
        return [
            AccountRow(name, platform, report.account_errors.get(name, ""), paused.get(name))
            for platform, name, _ in self._context.config.accounts()
        ]

    def _community_rows(
        self, report: StatusReport, found: tuple[CommunityStatistics, ...], now: datetime
    ) -> list[CommunityRow]:
        by_name = {(each.account, each.community): each for each in found}
        sources = {each.source: each for each in report.sources}
        rows = []
        for source in self._context.config.sources():
            seen = sources.get(source.key)
            polled = seen.polled_at if seen else None
            name = (source.account, source.community or "")
            statistics = by_name.get(name) or _account_totals(source, found)
            pause = self._time_to_next_poll(statistics, now)
            rows.append(
                CommunityRow(
                    account=source.account,
                    community=source.community or "everything",
                    polled_at=polled,
                    next_check=max(polled + pause, now) if polled else None,
                    statistics=statistics,
                    error=seen.error if seen else None,
                )
            )
        return rows

    def _time_to_next_poll(self, statistics: CommunityStatistics | None, now: datetime) -> timedelta:
        """The time between two polls. It is longer if there was nothing new for a while."""
        poll = self._context.config.poll
        poll_interval = PollInterval(poll.interval, poll.quiet_interval)
        last_new_at = statistics.last_seen if statistics else None
        quiet = last_new_at is None or now - last_new_at >= poll_interval.quiet_after
        return max(poll_interval.interval, poll_interval.quiet_interval) if quiet else poll_interval.interval

    def _problems(self, report: StatusReport, now: datetime) -> list[tuple[str, str]]:
        """What needs attention, as pairs of subject and sentence."""
        context = self._context
        found = find_conditions(context.config, observe(context.database, now, report), now, context.health)
        return [(condition.subject, condition.sentence) for condition in found]


def _account_totals(source: Source, found: tuple[CommunityStatistics, ...]) -> CommunityStatistics | None:
    """The sum over all communities of an account, for a source that covers everything."""
    own = [each for each in found if each.account == source.account]
    if source.community is not None or not own:
        return None
    return CommunityStatistics(
        account=source.account,
        community="",
        waiting=sum(each.waiting for each in own),
        next_at=min((each.next_at for each in own if each.next_at), default=None),
        last_reply=max((each.last_reply for each in own if each.last_reply), default=None),
        last_seen=max((each.last_seen for each in own if each.last_seen), default=None),
        replies=sum(each.replies for each in own),
        skips=sum(each.skips for each in own),
    )
