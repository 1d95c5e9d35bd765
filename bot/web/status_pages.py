"""The status pages. Each reads the database and renders a template."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bot.config.setting_types import Duration
from bot.core.models import Source
from bot.core.poll_interval import PollInterval
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from bot.store import State
from bot.store.post_search import PostFilter, count_posts, find_post_by_row, search_posts
from bot.store.statistics import (
    CommunityStatistics,
    DayStatistics,
    FailingSite,
    Statistics,
    community_statistics,
    daily_statistics,
    failing_sites,
    recent_errors,
    statistics_since,
)
from bot.store.status_reports import StatusReport, status_report
from bot.web.charts import line_chart, outcome_chart, round_up_time
from bot.web.context import PageContext
from bot.web.formatting import ago, duration, time_until
from bot.web.templating import render

DAYS = 90
CACHE_SECONDS = 20.0
"""How long the 90-day statistics are cached."""
LEAST_PATIENCE = timedelta(minutes=10)
PER_PAGE = 50
AGE_ADAPTER: TypeAdapter[timedelta] = TypeAdapter(Duration)
E = TypeVar("E", State, SkipReason)


@dataclass(frozen=True, slots=True)
class LongStatistics:
    """The statistics that take long to compute."""

    days: tuple[DayStatistics, ...]
    figures: Statistics
    sites: tuple[FailingSite, ...]


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """One community in the table of the status page."""

    account: str
    community: str
    polled_at: datetime | None
    next_look: datetime | None
    place: CommunityStatistics | None
    error: str | None


class StatusPages:
    def __init__(self, parts: PageContext, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._monotonic = monotonic
        self._long: tuple[float, LongStatistics] | None = None

    def now(self, request: Request) -> Response:
        """`/`: the status page."""
        now = self._parts.clock()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        report, long = status_report(self._parts.database), self.long_figures(now)
        rows = self._rows(report, community_statistics(self._parts.database, today), now)
        times = [day.to_reply for day in long.days]
        of_today = statistics_since(self._parts.database, today)
        return render(
            request,
            "now.html",
            now=now,
            ago=lambda moment: ago(moment, now),
            due=lambda moment: time_until(moment, now),
            rows=rows,
            failing=report.account_errors,
            today=of_today,
            today_reasons=Counter(dict(of_today.reasons)),
            waiting=sum(
                report.states.get(state, 0) for state in (State.DISCOVERED, State.READY, State.SENDING)
            ),
            last_reply=report.last_reply,
            troubles=self._troubles(report),
            post_troubles=recent_errors(self._parts.database, now - timedelta(days=7), 8),
            long=long,
            chart=outcome_chart(long.days),
            saved=line_chart([day.saved for day in long.days], 100),
            to_reply=line_chart(times, round_up_time(max((time for time in times if time), default=1))),
        )

    def posts(self, request: Request) -> Response:
        """`/posts`: all posts, with search."""
        asked = request.query_params
        now = self._parts.clock()
        wanted, mistake = _wanted(dict(asked), now)
        before = int(asked["before"]) if asked.get("before", "").isdecimal() else None
        found = search_posts(self._parts.database, wanted, PER_PAGE + 1, before)
        more = found[PER_PAGE - 1].row if len(found) > PER_PAGE else None
        return render(
            request,
            "posts.html",
            asked=dict(asked),
            mistake=mistake,
            found=found[:PER_PAGE],
            total=count_posts(self._parts.database, wanted),
            more=more,
            states=list(State),
            reasons=sorted(SkipReason, key=lambda reason: reason.sentence),
            places=community_statistics(self._parts.database, now),
            now=now,
            ago=lambda moment: ago(moment, now),
        )

    def post(self, request: Request) -> Response:
        """`/posts/ROW`: one post, with the timeline of its stages."""
        found = find_post_by_row(self._parts.database, request.path_params["row"])
        if found is None:
            return not_found(request)
        return render(request, "post.html", post=found, sentence=found.sentence(self._parts.clock()))

    def settings(self, request: Request) -> Response:
        """`/settings`: the settings that apply in each community, and where they come from."""
        config = self._parts.config
        watched = [source.community for source in config.sources() if source.community]
        seen = [place.community for place in community_statistics(self._parts.database, self._parts.clock())]
        communities = sorted(dict.fromkeys(watched + seen))
        return render(
            request,
            "settings.html",
            everywhere=self._parts.settings(""),
            held={name: self._parts.settings(name) for name in communities},
            about={name: field.description for name, field in CommunityRules.model_fields.items()},
        )

    def long_figures(self, now: datetime) -> LongStatistics:
        """The 90-day statistics, computed at most once in `CACHE_SECONDS`."""
        if self._long is None or self._monotonic() - self._long[0] > CACHE_SECONDS:
            database, since = self._parts.database, now - timedelta(days=DAYS)
            long = LongStatistics(
                daily_statistics(database, now.date(), DAYS),
                statistics_since(database, since),
                failing_sites(database, since, 10),
            )
            self._long = (self._monotonic(), long)
        return self._long[1]

    def _rows(
        self, report: StatusReport, found: tuple[CommunityStatistics, ...], now: datetime
    ) -> list[CommunityRow]:
        by_name = {(place.account, place.community): place for place in found}
        sources = {each.source: each for each in report.sources}
        rows = []
        for source in self._parts.config.sources():
            seen = sources.get(source.key)
            polled = seen.polled_at if seen else None
            place = by_name.get((source.account, source.community or "")) or _all_of(source, found)
            pause = self._pause(place, now)
            rows.append(
                CommunityRow(
                    account=source.account,
                    community=source.community or "everything",
                    polled_at=polled,
                    next_look=max(polled + pause, now) if polled else None,
                    place=place,
                    error=seen.error if seen else None,
                )
            )
        return rows

    def _pause(self, place: CommunityStatistics | None, now: datetime) -> timedelta:
        """The time between two polls. It is longer if there was nothing new for a while."""
        poll = self._parts.config.poll
        rhythm = PollInterval(poll.interval, poll.quiet_interval)
        news_at = place.last_seen if place else None
        quiet = news_at is None or now - news_at >= rhythm.quiet_after
        return max(rhythm.interval, rhythm.quiet_interval) if quiet else rhythm.interval

    def _troubles(self, report: StatusReport) -> list[tuple[str, str]]:
        """What needs attention, as pairs of subject and sentence."""
        health = self._parts.health
        ill = health.problems() if health else polling_problems(report, self._parts)
        found = [("The daemon", sentence) for sentence in ill]
        found += [(f"Account {name}", error) for name, error in report.account_errors.items()]
        found += [(_place(each.source), each.error) for each in report.sources if each.error]
        found += [
            (
                mute.community,
                f"{mute.detail} Replies are off in {mute.community}. To turn them on: precis unmute {mute.community}",
            )
            for mute in report.mutes
        ]
        return found


def polling_problems(report: StatusReport, parts: PageContext) -> tuple[str, ...]:
    """A sentence if no source was polled recently, from the database: for pages without a daemon."""
    polled = [each.polled_at for each in report.sources if each.polled_at]
    poll = parts.config.poll
    patience = max(3 * max(poll.interval, poll.quiet_interval), LEAST_PATIENCE)
    if polled and parts.clock() - max(polled) <= patience:
        return ()
    since = f"for {duration(parts.clock() - max(polled))}" if polled else "yet"
    return (f"No source has been polled {since}. Is the daemon running?",)


def _place(source: str) -> str:
    """The name of a source on the pages, from its key."""
    account, _, community = source.partition("/")
    return f"Everything that {account} sees" if community == "*" else community


def _all_of(source: Source, found: tuple[CommunityStatistics, ...]) -> CommunityStatistics | None:
    """The sum over all communities of an account, for a source that covers everything."""
    those = [place for place in found if place.account == source.account]
    if source.community is not None or not those:
        return None
    return CommunityStatistics(
        account=source.account,
        community="",
        waiting=sum(place.waiting for place in those),
        next_at=min((place.next_at for place in those if place.next_at), default=None),
        last_reply=max((place.last_reply for place in those if place.last_reply), default=None),
        last_seen=max((place.last_seen for place in those if place.last_seen), default=None),
        replies=sum(place.replies for place in those),
        skips=sum(place.skips for place in those),
    )


def _wanted(asked: dict[str, Any], now: datetime) -> tuple[PostFilter, str]:
    """The filter in a query string, and a sentence if part of it is invalid."""
    mistake, since = "", None
    if asked.get("since"):
        try:
            since = now - AGE_ADAPTER.validate_python(asked["since"])
        except (ValidationError, OverflowError):
            mistake = f"“{asked['since']}” is not a duration. Use for example 12h or 7d."
    wanted = PostFilter(
        words=asked.get("words", ""),
        state=_member(State, asked.get("state")),
        reason=_member(SkipReason, asked.get("reason")),
        account=asked.get("account", ""),
        community=asked.get("community", ""),
        since=since,
    )
    return wanted, mistake


def _member(kind: type[E], value: str | None) -> E | None:
    try:
        return kind(value or "")
    except ValueError:
        return None


def not_found(request: Request) -> Response:
    return render(request, "missing.html", 404)
