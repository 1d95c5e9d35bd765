"""An outage of the server's database, and what people do meanwhile."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from bot.core.clock import utc_now
from bot.core.skip_reasons import SkipReason
from bot.sandbox.environment import FINAL_STATES
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.records import Post
from bot.sandbox.live_events.base import (
    Event,
    EventContext,
    EventOutcome,
    Reports,
    counted,
    reason_of,
    state_of,
)
from bot.store import State

OUTAGE = timedelta(seconds=3)


class DatabaseOutage(Event):
    """The database goes down while a reply is sent. One post becomes NSFW, one reply is to be deleted.

    `begin` must be called when nothing else is left to do, so that the next comment is a reply to one of
    its posts.
    """

    def __init__(self, context: EventContext, published: datetime) -> None:
        super().__init__(context)
        self._server = context.environment.fediverse
        self._unwanted = context.post("A post whose poster wants no reply", published=published)
        self._waiting: list[Post] = []
        self._interrupted: Post | None = None
        self._became_nsfw: Post | None = None
        self._have_people_acted = False

    @property
    def has_begun(self) -> bool:
        return bool(self._waiting)

    def begin(self) -> None:
        self._server.faults.plan(Fault.DATABASE_DOWN)
        self.add_later_posts()

    def add_later_posts(self) -> None:
        now = utc_now()
        with self.context.state.lock:  # both in the same listing, because nothing is listed in the outage
            self._waiting = [
                self.context.post("A first post before an outage", published=now - timedelta(seconds=1)),
                self.context.post("A second post before an outage", published=now),
            ]

    def step(self, reports: Reports) -> None:
        are_known = all(state_of(post, reports) is not None for post in self._waiting)
        if self._have_people_acted or not self._server.outage.is_active or not are_known:
            return
        self._interrupted, self._became_nsfw = self._interrupted_first()
        self._became_nsfw.nsfw = True
        (reply,) = self.context.bot_comments(self._unwanted)
        self.context.state.add_comment(self._unwanted, self.context.environment.alice, "delete", reply)
        self._server.outage.begin(OUTAGE)
        self._have_people_acted = True

    def _interrupted_first(self) -> list[Post]:
        """The two posts: first the one whose reply met the outage, which depends on which was read first."""
        requests = [each for each in self._server.requests if each.method == "POST"]
        replied = [each.json()["post_id"] for each in requests if each.path.endswith("/comment")]
        return sorted(
            self._waiting, key=lambda post: replied.index(post.id) if post.id in replied else math.inf
        )

    def is_finished(self, reports: Reports) -> bool:
        return (
            self._have_people_acted
            and not self._server.outage.is_active
            and state_of(self._unwanted, reports) is State.DELETED
            and state_of(self._interrupted, reports) in FINAL_STATES
            and state_of(self._became_nsfw, reports) in FINAL_STATES
        )

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        if not self.has_begun:
            return [
                EventOutcome("The server's database goes down.", "not yet, other events are not over", False)
            ]
        replies_to = self.context.replies_to
        interrupted, unwanted = replies_to(self._interrupted), replies_to(self._unwanted)
        reason = reason_of(self._became_nsfw, reports)
        return [
            EventOutcome(
                "The server's database went down while a reply was sent.",
                counted("{0} under the post when it was back", interrupted),
                interrupted == (1, 0),
            ),
            EventOutcome(
                "During the outage, a post became NSFW while its reply waited.",
                reason.sentence if reason else "no skip",
                reason is SkipReason.NSFW and replies_to(self._became_nsfw) == (0, 0),
            ),
            EventOutcome(
                "During the outage, a poster wrote “delete” below a reply.",
                counted("{0} left, {1} deleted", unwanted),
                unwanted == (0, 1),
            ),
        ]
