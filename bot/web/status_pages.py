"""The pages that show how things stand; each reads the database and hands words to its template."""

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
from bot.core.poll_interval import Rhythm
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from bot.store import State
from bot.store.post_search import Wanted, count, one, search
from bot.store.statistics import (
    Day,
    Figures,
    Place,
    Site,
    days,
    failing_sites,
    figures,
    places,
    recent_troubles,
)
from bot.store.status_reports import StatusReport, status
from bot.web.charts import line, outcomes, round_up_time
from bot.web.context import Parts
from bot.web.formatting import ago, due, duration
from bot.web.templating import page

DAYS = 90
FRESH = 20.0
"""Seconds for which the long figures are good."""
LEAST_PATIENCE = timedelta(minutes=10)
PER_PAGE = 50
AGE: TypeAdapter[timedelta] = TypeAdapter(Duration)
E = TypeVar("E", State, SkipReason)


@dataclass(frozen=True, slots=True)
class Long:
    """What takes a while to count."""

    days: tuple[Day, ...]
    figures: Figures
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One community in the table of now."""

    account: str
    community: str
    polled_at: datetime | None
    next_look: datetime | None
    place: Place | None
    error: str | None


class StatusPages:
    def __init__(self, parts: Parts, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._monotonic = monotonic
        self._long: tuple[float, Long] | None = None

    def now(self, request: Request) -> Response:
        """`/`: how things stand."""
        now = self._parts.clock()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        report, long = status(self._parts.database), self.long_figures(now)
        rows = self._rows(report, places(self._parts.database, today), now)
        times = [day.to_reply for day in long.days]
        of_today = figures(self._parts.database, today)
        return page(
            request,
            "now.html",
            now=now,
            ago=lambda moment: ago(moment, now),
            due=lambda moment: due(moment, now),
            rows=rows,
            failing=report.account_errors,
            today=of_today,
            today_reasons=Counter(dict(of_today.reasons)),
            waiting=sum(
                report.states.get(state, 0) for state in (State.DISCOVERED, State.READY, State.SENDING)
            ),
            last_reply=report.last_reply,
            troubles=self._troubles(report),
            post_troubles=recent_troubles(self._parts.database, now - timedelta(days=7), 8),
            long=long,
            chart=outcomes(long.days),
            saved=line([day.saved for day in long.days], 100),
            to_reply=line(times, round_up_time(max((time for time in times if time), default=1))),
        )

    def posts(self, request: Request) -> Response:
        """`/posts`: every post, searchable."""
        asked = request.query_params
        now = self._parts.clock()
        wanted, mistake = _wanted(dict(asked), now)
        before = int(asked["before"]) if asked.get("before", "").isdecimal() else None
        found = search(self._parts.database, wanted, PER_PAGE + 1, before)
        more = found[PER_PAGE - 1].row if len(found) > PER_PAGE else None
        return page(
            request,
            "posts.html",
            asked=dict(asked),
            mistake=mistake,
            found=found[:PER_PAGE],
            total=count(self._parts.database, wanted),
            more=more,
            states=list(State),
            reasons=sorted(SkipReason, key=lambda reason: reason.sentence),
            places=places(self._parts.database, now),
            now=now,
            ago=lambda moment: ago(moment, now),
        )

    def post(self, request: Request) -> Response:
        """`/posts/ROW`: one post's way through the stages."""
        found = one(self._parts.database, request.path_params["row"])
        if found is None:
            return missing(request)
        return page(request, "post.html", post=found, sentence=found.sentence(self._parts.clock()))

    def settings(self, request: Request) -> Response:
        """`/settings`: what holds in each community, and where that comes from."""
        config = self._parts.config
        watched = [source.community for source in config.sources() if source.community]
        seen = [place.community for place in places(self._parts.database, self._parts.clock())]
        communities = sorted(dict.fromkeys(watched + seen))
        return page(
            request,
            "settings.html",
            everywhere=self._parts.settings(""),
            held={name: self._parts.settings(name) for name in communities},
            about={name: field.description for name, field in CommunityRules.model_fields.items()},
        )

    def long_figures(self, now: datetime) -> Long:
        """What takes a while to count: at most every `FRESH` seconds, however many look."""
        if self._long is None or self._monotonic() - self._long[0] > FRESH:
            database, since = self._parts.database, now - timedelta(days=DAYS)
            long = Long(
                days(database, now.date(), DAYS), figures(database, since), failing_sites(database, since, 10)
            )
            self._long = (self._monotonic(), long)
        return self._long[1]

    def _rows(self, report: StatusReport, found: tuple[Place, ...], now: datetime) -> list[Row]:
        by_name = {(place.account, place.community): place for place in found}
        sources = {each.source: each for each in report.sources}
        rows = []
        for source in self._parts.config.sources():
            seen = sources.get(source.key)
            polled = seen.polled_at if seen else None
            place = by_name.get((source.account, source.community or "")) or _all_of(source, found)
            pause = self._pause(place, now)
            rows.append(
                Row(
                    account=source.account,
                    community=source.community or "everything",
                    polled_at=polled,
                    next_look=max(polled + pause, now) if polled else None,
                    place=place,
                    error=seen.error if seen else None,
                )
            )
        return rows

    def _pause(self, place: Place | None, now: datetime) -> timedelta:
        """Until the next look: longer where nothing has come for a while."""
        poll = self._parts.config.poll
        rhythm = Rhythm(poll.interval, poll.quiet_interval)
        news_at = place.last_seen if place else None
        quiet = news_at is None or now - news_at >= rhythm.quiet_after
        return max(rhythm.interval, rhythm.quiet) if quiet else rhythm.interval

    def _troubles(self, report: StatusReport) -> list[tuple[str, str]]:
        """What needs a person, each with its subject."""
        health = self._parts.health
        ill = health.troubles() if health else asleep(report, self._parts)
        found = [("The daemon", sentence) for sentence in ill]
        found += [(f"Account {name}", error) for name, error in report.account_errors.items()]
        found += [(_place(each.source), each.error) for each in report.sources if each.error]
        found += [
            (
                mute.community,
                f"{mute.detail} Precis keeps quiet there until: precis unmute {mute.community}",
            )
            for mute in report.mutes
        ]
        return found


def asleep(report: StatusReport, parts: Parts) -> tuple[str, ...]:
    """Whether nobody reads the sources, as far as the database tells: for pages without a daemon."""
    polled = [each.polled_at for each in report.sources if each.polled_at]
    poll = parts.config.poll
    patience = max(3 * max(poll.interval, poll.quiet_interval), LEAST_PATIENCE)
    if polled and parts.clock() - max(polled) <= patience:
        return ()
    since = f"for {duration(parts.clock() - max(polled))}" if polled else "yet"
    return (f"No source has been read {since}. Is the daemon running?",)


def _place(source: str) -> str:
    """A source as people call it, of its key."""
    account, _, community = source.partition("/")
    return f"Everything that {account} sees" if community == "*" else community


def _all_of(source: Source, found: tuple[Place, ...]) -> Place | None:
    """The sum over an account's communities, for a source that is all of them."""
    those = [place for place in found if place.account == source.account]
    if source.community is not None or not those:
        return None
    return Place(
        account=source.account,
        community="",
        waiting=sum(place.waiting for place in those),
        next_at=min((place.next_at for place in those if place.next_at), default=None),
        last_reply=max((place.last_reply for place in those if place.last_reply), default=None),
        last_seen=max((place.last_seen for place in those if place.last_seen), default=None),
        replies=sum(place.replies for place in those),
        skips=sum(place.skips for place in those),
    )


def _wanted(asked: dict[str, Any], now: datetime) -> tuple[Wanted, str]:
    """The search that a query string asks for, and what of it could not be understood."""
    mistake, since = "", None
    if asked.get("since"):
        try:
            since = now - AGE.validate_python(asked["since"])
        except (ValidationError, OverflowError):
            mistake = f"“{asked['since']}” is no time; write for example 12h or 7d."
    wanted = Wanted(
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


def missing(request: Request) -> Response:
    return page(request, "missing.html", 404)
