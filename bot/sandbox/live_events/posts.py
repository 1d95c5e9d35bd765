"""Events that happen to posts: an edited link, a late link, a maximum per day, and a retry."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

from bot.core.clock import utc_now
from bot.sandbox.environment import FINAL_STATES, child_environment
from bot.sandbox.lemmy.records import Post
from bot.sandbox.live_events.base import Event, EventContext, EventOutcome, Reports, counted, state_of
from bot.sandbox.server_software import ServerSoftware
from bot.store import State

CAPPED_COMMUNITY = "corner"
"""Its rules allow one reply per day."""
POSTS_OVER_CAP = 3
_LINK_DELAY = timedelta(seconds=3)
"""Before the last time at which the sandbox's daemon reads a post without a link again."""


class LinkEdited(Event):
    """The link of a post is edited after its reply."""

    def __init__(self, context: EventContext, published: datetime) -> None:
        super().__init__(context)
        self._post = context.post("A post whose link is edited after the reply", published=published)
        self._is_edited = False

    def step(self, reports: Reports) -> None:
        if not self._is_edited and state_of(self._post, reports) is State.SENT:
            self._post.url = self.context.links[1]
            self._is_edited = True

    def is_finished(self, reports: Reports) -> bool:
        return self.context.replies_to(self._post) == (1, 1)

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        replies = self.context.replies_to(self._post)
        outcome = counted("{1} deleted, {0} about the new link", replies)
        return [EventOutcome("A post's link was edited after the reply.", outcome, replies == (1, 1))]


class LateLink(Event):
    """PieFed saves a post without its link, and adds the link some seconds later."""

    def __init__(self, context: EventContext) -> None:
        super().__init__(context)
        self._post: Post | None = None

    def step(self, reports: Reports) -> None:
        if self._post is None and reports:  # the daemon polls, so it sees the post without its link
            with self.context.state.lock:
                self._post = self._add_post()
                self._post.link_visible_from = utc_now() + _LINK_DELAY

    def add_later_posts(self) -> None:
        self._post = self._add_post()

    def _add_post(self) -> Post:
        return self.context.post("A post that gets its link later")

    def is_finished(self, reports: Reports) -> bool:
        return state_of(self._post, reports) in FINAL_STATES

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        replies = self.context.replies_to(self._post)
        event = f"PieFed added the link of a post {_LINK_DELAY.seconds} seconds after the post."
        return [EventOutcome(event, counted("{0} under the post", replies), replies == (1, 0))]


class DailyMaximum(Event):
    """More posts at once than a community allows replies in a day."""

    def __init__(self, context: EventContext) -> None:
        super().__init__(context)
        self._posts = [
            context.post(f"Post {number} in a community with a maximum", community=CAPPED_COMMUNITY)
            for number in range(1, POSTS_OVER_CAP + 1)
        ]

    def is_finished(self, reports: Reports) -> bool:
        return all(state_of(post, reports) in FINAL_STATES for post in self._posts)

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        states = [state_of(post, reports) for post in self._posts]
        replied, skipped = states.count(State.SENT), states.count(State.SKIPPED)
        return [
            EventOutcome(
                f"{len(states)} posts were made at once in a community with max_per_day = 1.",
                f"{replied} replied, {skipped} skipped",
                (replied, skipped) == (1, len(states) - 1),
            )
        ]


class RetryOfEditedPost(Event):
    """A skipped post gets the link of an article, and the operator runs `precis retry`."""

    def __init__(self, context: EventContext, published: datetime) -> None:
        super().__init__(context)
        self._post = context.post(
            "A post that gets an article after it was skipped",
            url=f"{context.environment.site.url}/harbour.jpg",
            published=published,
        )
        self._command: subprocess.Popen[bytes] | None = None

    def step(self, reports: Reports) -> None:
        if self._command is None and state_of(self._post, reports) is State.SKIPPED:
            self._post.url = self.context.links[2]
            config = str(self.context.environment.config_path)
            self._command = self.context.environment.process_type(
                [sys.executable, "-m", "bot", "retry", self._address(), "-c", config],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=child_environment(),
            )

    def _address(self) -> str:
        """The post's address as the server's web page shows it."""
        server = self.context.environment.fediverse.url
        if self.context.environment.software is ServerSoftware.PIEFED:
            return f"{server}/c/{self._post.community.name}/p/{self._post.id}/a-post"
        return f"{server}/post/{self._post.id}?scrollToComments=true"

    def is_finished(self, reports: Reports) -> bool:
        if self._command is None or self._command.poll() is None:
            return False
        return self._command.returncode != 0 or state_of(self._post, reports) is State.SENT

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        replies = self.context.replies_to(self._post)
        event = "A skipped post got the link of an article, and the operator ran precis retry."
        return [EventOutcome(event, counted("{0} under the post", replies), replies == (1, 0))]
