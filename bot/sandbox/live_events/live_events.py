"""All events of a demo, in their order."""

from __future__ import annotations

from datetime import timedelta

from bot.core.clock import utc_now
from bot.sandbox.environment import FINAL_STATES, SandboxEnvironment
from bot.sandbox.live_events.base import Event, EventContext, EventOutcome, Reports
from bot.sandbox.live_events.moderation import (
    BANNING_COMMUNITY,
    EDITED_COMMUNITY,
    LiftedBan,
    SidebarChangedBack,
)
from bot.sandbox.live_events.outage import DatabaseOutage
from bot.sandbox.live_events.posts import (
    CAPPED_COMMUNITY,
    DailyMaximum,
    LateLink,
    LinkEdited,
    RetryOfEditedPost,
)
from bot.sandbox.live_events.requests import (
    RequestUnderHiddenPost,
    RequestUnderLockedPost,
    SecondRequest,
    SettingsOfOtherCommunity,
)
from bot.sandbox.server_software import ServerSoftware

EXTRA_COMMUNITIES = (CAPPED_COMMUNITY, BANNING_COMMUNITY, EDITED_COMMUNITY)
"""Communities that the events need, besides `news`."""
MAX_PER_DAY = {CAPPED_COMMUNITY: 1}


class LiveEvents:
    """Events in the first run of a demo. Later runs in its folder only have the same posts.

    The outage begins when all other events are over and every post has an outcome.
    """

    def __init__(self, environment: SandboxEnvironment, *, first_run: bool) -> None:
        self._environment = environment
        context = EventContext(environment)
        start = utc_now() - timedelta(minutes=20)
        self._outage = DatabaseOutage(context, start)
        self._events: list[Event] = [
            LinkEdited(context, start),
            RetryOfEditedPost(context, start),
            DailyMaximum(context),
            SecondRequest(context, start),
            RequestUnderHiddenPost(context, start),
            RequestUnderLockedPost(context, start),
            LiftedBan(context, start),
            SidebarChangedBack(context),
            SettingsOfOtherCommunity(context),
        ]
        if environment.software is ServerSoftware.PIEFED:
            self._events.insert(0, LateLink(context))
        for event in (*self._events, self._outage):
            if first_run:
                event.start()
            else:
                event.add_later_posts()

    def step(self, reports: Reports) -> None:
        """Let the next events happen if it is their turn; `reports` are the daemon's current posts."""
        for event in self._events:
            event.step(reports)
        if self._outage.has_begun:
            self._outage.step(reports)
        elif self._is_everything_done(reports):
            self._outage.begin()

    def _is_everything_done(self, reports: Reports) -> bool:
        known = {(each.account, each.post_id) for each in reports}
        return (
            len(known) >= self._environment.count_posts()
            and all(each.state in FINAL_STATES for each in reports)
            and all(event.is_finished(reports) for event in self._events)
        )

    def finished(self, reports: Reports) -> bool:
        """Whether every event has happened, and Precis has dealt with it."""
        return self._outage.is_finished(reports) and self._is_everything_done(reports)

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        """One or more for each event, from the servers and the database."""
        return [outcome for event in (*self._events, self._outage) for outcome in event.outcomes(reports)]
