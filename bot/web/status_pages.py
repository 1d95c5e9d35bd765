"""The status pages. Each reads the database and renders a template."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.core.models import Source
from bot.core.poll_interval import PollInterval
from bot.core.skip_reasons import SkipReason
from bot.notices.conditions import find_conditions, observe
from bot.rules import CommunityRules
from bot.store import State, community_report
from bot.store.failure_statistics import FailingSite, failing_sites, recent_errors
from bot.store.post_search import count_posts, find_post_by_row, search_posts
from bot.store.statistics import (
    CommunityStatistics,
    DayStatistics,
    Statistics,
    community_statistics,
    daily_statistics,
    statistics_since,
)
from bot.store.status_reports import StatusReport, status_report
from bot.web.charts import line_chart, outcome_chart, round_up_time
from bot.web.context import PageContext
from bot.web.formatting import ago, time_until
from bot.web.search_query import parse_row, parse_search_query
from bot.web.templating import render

DAYS = 90
REPORTED = timedelta(days=7)
"""The time that the page of a community tells of, as the `report` of moderators does."""
CACHE_SECONDS = 20.0
"""How long the 90-day statistics are cached."""
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LongStatistics:
    """The statistics that take long to compute."""

    days: tuple[DayStatistics, ...]
    totals: Statistics
    sites: tuple[FailingSite, ...]


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """One community in the table of the status page."""

    account: str
    community: str
    polled_at: datetime | None
    next_check: datetime | None
    statistics: CommunityStatistics | None
    error: str | None


class StatusPages:
    def __init__(self, context: PageContext, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._monotonic = monotonic
        self._long: tuple[float, LongStatistics] | None = None

    def overview(self, request: Request) -> Response:
        """`/`: the status page."""
        now = self._context.clock()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        report, long = status_report(self._context.database), self.long_statistics(now)
        rows = self._community_rows(report, community_statistics(self._context.database, today), now)
        times = [day.to_reply for day in long.days]
        of_today = statistics_since(self._context.database, today)
        return render(
            request,
            "status.html",
            now=now,
            ago=lambda moment: ago(moment, now),
            time_until=lambda moment: time_until(moment, now),
            rows=rows,
            failing=report.account_errors,
            today=of_today,
            today_reasons=Counter(dict(of_today.reasons)),
            waiting=sum(
                report.states.get(state, 0) for state in (State.DISCOVERED, State.READY, State.SENDING)
            ),
            last_reply=report.last_reply,
            problems=self._problems(report, now),
            recent_errors=recent_errors(self._context.database, now - timedelta(days=7), 8),
            long=long,
            chart=outcome_chart(long.days),
            saved=line_chart([day.saved for day in long.days], 100),
            to_reply=line_chart(times, round_up_time(max((time for time in times if time), default=1))),
        )

    def posts(self, request: Request) -> Response:
        """`/posts`: all posts, with search."""
        query = dict(request.query_params)
        now = self._context.clock()
        post_filter, problem = parse_search_query(query, now)
        before = parse_row(query.get("before", ""))
        found = search_posts(self._context.database, post_filter, PER_PAGE + 1, before)
        more = found[PER_PAGE - 1].row if len(found) > PER_PAGE else None
        return render(
            request,
            "posts.html",
            query=query,
            problem=problem,
            found=found[:PER_PAGE],
            total=count_posts(self._context.database, post_filter),
            more=more,
            states=list(State),
            reasons=sorted(SkipReason, key=lambda reason: reason.sentence),
            communities=community_statistics(self._context.database, now),
            now=now,
            ago=lambda moment: ago(moment, now),
        )

    def post(self, request: Request) -> Response:
        """`/posts/ROW`: one post, with the timeline of its stages."""
        row = parse_row(request.path_params["row"])
        found = None if row is None else find_post_by_row(self._context.database, row)
        if found is None:
            return not_found(request)
        return render(request, "post.html", post=found, sentence=found.sentence(self._context.clock()))

    def community(self, request: Request) -> Response:
        """`/community?name=NAME`: the last 7 days of a community, and its settings."""
        name = request.query_params.get("name", "")
        if name not in self._communities():
            return not_found(request)
        now = self._context.clock()
        settings = [each for each in self._context.settings(name) if each.origin]
        report = community_report(self._context.database, name, now - REPORTED)
        return render(request, "community.html", report=report, days=REPORTED.days, settings=settings)

    def _communities(self) -> list[str]:
        """The communities that are watched, and those of which posts are stored."""
        watched = [source.community for source in self._context.config.sources() if source.community]
        seen = [
            each.community for each in community_statistics(self._context.database, self._context.clock())
        ]
        return sorted(dict.fromkeys(watched + seen))

    def settings(self, request: Request) -> Response:
        """`/settings`: the settings that apply in each community, and where they come from."""
        return render(
            request,
            "settings.html",
            general_settings=self._context.settings(""),
            communities={name: self._context.settings(name) for name in self._communities()},
            descriptions={name: field.description for name, field in CommunityRules.model_fields.items()},
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


def not_found(request: Request) -> Response:
    return render(request, "missing.html", 404)
