"""What people do and what happens to the Fediverse server while the demo's daemon runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.skip_reasons import SkipReason
from bot.daemon.tuning import utc_now
from bot.sandbox.environment import FINAL_STATES, SandboxEnvironment
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.records import Post
from bot.sandbox.server_software import ServerSoftware
from bot.store import State
from bot.store.status_reports import PostReport

CAPPED_COMMUNITY = "corner"
"""Its rules allow one reply per day."""
OUTAGE = timedelta(seconds=3)
_POSTS_OVER_CAP = 3


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """An event, and how Precis dealt with it."""

    event: str
    outcome: str
    as_expected: bool


class LiveEvents:
    """Events in the first run of a demo. Later runs in its folder only have the same posts.

    First the link of a post is edited after its reply, and somebody asks for a reply that exists. When
    every post has an outcome, the server's database goes down while a reply is sent. During the outage,
    one post becomes NSFW and one poster asks for the deletion of a reply.
    """

    def __init__(self, environment: SandboxEnvironment, *, first_run: bool) -> None:
        self._environment = environment
        self._state = environment.fediverse.state
        self._news = environment.communities[0]
        self._links = environment.article_urls()
        start = utc_now() - timedelta(minutes=20)
        self._edited = self._post("A post whose link is edited after the reply", start)
        self._unwanted = self._post("A post whose poster wants no reply", start)
        corner = next(each for each in environment.communities if each.name == CAPPED_COMMUNITY)
        self._capped = [
            self._state.add_post(
                corner, environment.alice, f"Post {n} in a community with a maximum", self._links[0]
            )
            for n in range(1, _POSTS_OVER_CAP + 1)
        ]
        self._asked_about: Post | None = None
        if environment.software is not ServerSoftware.PIEFED:  # there, a host with a port has no mentions
            self._asked_about = self._post("A post that somebody asks about after its reply", start)
        self._interrupted: Post | None = None
        self._became_nsfw: Post | None = None
        self._bot_is_mentioned = self._link_is_edited = self._had_outage = self._in_outage = not first_run
        if not first_run:
            self._add_posts_of_outage()

    def _post(self, title: str, published: datetime) -> Post:
        return self._state.add_post(
            self._news, self._environment.alice, title, self._links[0], published=published
        )

    def _add_posts_of_outage(self) -> None:
        """Both in the same listing, because nothing can be listed during the outage."""
        now = utc_now()
        with self._state.lock:
            self._interrupted = self._post("A post whose reply meets an outage", now - timedelta(seconds=1))
            self._became_nsfw = self._post("A post that becomes NSFW while its reply waits", now)

    def step(self, reports: list[PostReport]) -> None:
        """Let the next event happen if it is its turn; `reports` are the daemon's current posts."""
        if not self._bot_is_mentioned:
            self._mention_bot(reports)
        if not self._link_is_edited:
            self._edit_link(reports)
        elif self._interrupted is None:
            self._break_next_reply(reports)
        elif not self._in_outage:
            self._act_during_outage(reports)
        elif not self._had_outage and not self._environment.fediverse.outage.is_active:
            self._had_outage = True

    def _edit_link(self, reports: list[PostReport]) -> None:
        if _state_of(self._edited, reports) is State.SENT:
            self._edited.url = self._links[1]
            self._link_is_edited = True

    def _mention_bot(self, reports: list[PostReport]) -> None:
        if self._asked_about is not None and _state_of(self._asked_about, reports) is State.SENT:
            mention = f"@{self._environment.bot.name}@{self._state.host} please"
            self._state.add_comment(self._asked_about, self._environment.alice, mention)
            self._bot_is_mentioned = True

    def _break_next_reply(self, reports: list[PostReport]) -> None:
        """When nothing else is left to do, so that the next comment is a reply to one of these posts."""
        everything_done = len(reports) >= self._environment.count_posts() and all(
            each.state in FINAL_STATES for each in reports
        )
        everything_done &= self._replies_to(self._edited) == (1, 1) and self._mention_is_answered()
        if everything_done:
            self._environment.fediverse.faults.plan(Fault.DATABASE_DOWN)
            self._add_posts_of_outage()

    def _act_during_outage(self, reports: list[PostReport]) -> None:
        assert self._became_nsfw is not None
        if not self._environment.fediverse.outage.is_active or not _state_of(self._became_nsfw, reports):
            return
        self._became_nsfw.nsfw = True
        reply = next(each for each in self._state.comments(self._unwanted) if self._is_bots(each.creator))
        self._state.add_comment(self._unwanted, self._environment.alice, "delete", reply)
        self._environment.fediverse.outage.begin(OUTAGE)
        self._in_outage = True

    def finished(self, reports: list[PostReport]) -> bool:
        """Whether every event has happened, and Precis has dealt with it."""
        return self._had_outage and (
            _state_of(self._unwanted, reports) is State.DELETED
            and all(each.state in FINAL_STATES for each in reports)
            and len(reports) >= self._environment.count_posts()
        )

    def outcomes(self, reports: list[PostReport]) -> list[EventOutcome]:
        """One for each event, from the servers and the database."""
        capped = [_state_of(post, reports) for post in self._capped]
        replied, skipped = capped.count(State.SENT), capped.count(State.SKIPPED)
        outcomes = [
            EventOutcome(
                "A post's link was edited after the reply.",
                _counted("{1} deleted, {0} about the new link", self._replies_to(self._edited)),
                self._replies_to(self._edited) == (1, 1),
            ),
            EventOutcome(
                "The server's database went down while a reply was sent.",
                _counted("{0} under the post when it was back", self._replies_to(self._interrupted)),
                self._replies_to(self._interrupted) == (1, 0),
            ),
            self._skip_of(
                self._became_nsfw, reports, "During the outage, a post became NSFW while its reply waited."
            ),
            EventOutcome(
                "During the outage, a poster wrote “delete” below a reply.",
                _counted("{0} left, {1} deleted", self._replies_to(self._unwanted)),
                self._replies_to(self._unwanted) == (0, 1),
            ),
            EventOutcome(
                f"{len(self._capped)} posts were made at once in a community with max_per_day = 1.",
                f"{replied} replied, {skipped} skipped",
                (replied, skipped) == (1, len(self._capped) - 1),
            ),
        ]
        if self._asked_about is not None:
            private = len(self._private_messages())
            outcomes.append(
                EventOutcome(
                    "A person mentioned the bot under a post that had its reply.",
                    _counted("{0} under the post", self._replies_to(self._asked_about))
                    + f", {private} private answer that it exists already",
                    self._replies_to(self._asked_about) == (1, 0) and private == 1,
                )
            )
        return outcomes

    def _mention_is_answered(self) -> bool:
        return self._asked_about is None or bool(self._private_messages())

    def _private_messages(self) -> list[str]:
        """What the bot wrote to the person who mentioned it."""
        return [
            message.content
            for message in self._state.all_private_messages()
            if self._is_bots(message.creator) and "already" in message.content
        ]

    def _skip_of(self, post: Post | None, reports: list[PostReport], event: str) -> EventOutcome:
        report = next((each for each in reports if post and each.title == post.name), None)
        reason = report.reason if report else None
        as_expected = reason is SkipReason.NSFW and self._replies_to(post) == (0, 0)
        return EventOutcome(event, reason.sentence if reason else "no skip", as_expected)

    def _replies_to(self, post: Post | None) -> tuple[int, int]:
        """How many replies are visible, and how many are deleted; none if the post was never made."""
        if post is None:
            return 0, 0
        own = [each for each in self._state.comments(post) if self._is_bots(each.creator)]
        deleted = sum(each.deleted for each in own)
        return len(own) - deleted, deleted

    def _is_bots(self, creator: object) -> bool:
        return creator is self._environment.bot


def _state_of(post: Post, reports: list[PostReport]) -> State | None:
    return next((each.state for each in reports if each.title == post.name), None)


def _counted(sentence: str, counts: tuple[int, int]) -> str:
    return sentence.format(*(f"{count} repl{'y' if count == 1 else 'ies'}" for count in counts))
