"""What people ask the bot for: summaries below posts, and settings of communities."""

from __future__ import annotations

from datetime import datetime

from bot.core.skip_reasons import SkipReason
from bot.sandbox.lemmy.records import Post
from bot.sandbox.live_events.base import Event, EventContext, EventOutcome, Reports, counted, state_of
from bot.store import State

_SUMMARY = "The original article contains"


class SecondRequest(Event):
    """A person asks for a summary under a post that has its reply."""

    def __init__(self, context: EventContext, published: datetime) -> None:
        super().__init__(context)
        self._post = context.post("A post that somebody asks about after its reply", published=published)
        self._person = context.state.add_person("dora")
        self._has_asked = False

    def step(self, reports: Reports) -> None:
        if not self._has_asked and state_of(self._post, reports) is State.SENT:
            self.context.mention_bot(self._person, self._post)
            self._has_asked = True

    def is_finished(self, reports: Reports) -> bool:
        return bool(self.context.messages_to(self._person))

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        replies, answers = self.context.replies_to(self._post), self.context.messages_to(self._person)
        return [
            EventOutcome(
                "A person mentioned the bot under a post that had its reply.",
                counted("{0} under the post, ", replies)
                + f"{len(answers)} private answer that it exists already",
                replies == (1, 0) and len(answers) == 1 and "already" in answers[0],
            )
        ]


class RequestAnsweredInPrivate(Event):
    """A person asks for a summary under a post where the bot cannot reply."""

    event: str
    expected: str
    parts: tuple[str, ...]
    """What the private answer must contain."""

    def __init__(self, context: EventContext, post: Post, person: str) -> None:
        super().__init__(context)
        self._post = post
        self._person = context.state.add_person(person)

    def start(self) -> None:
        self.context.mention_bot(self._person, self._post)

    def is_finished(self, reports: Reports) -> bool:
        return bool(self.context.messages_to(self._person))

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        """Whether the answer is one private message, and nothing is under the post."""
        replies, answers = self.context.replies_to(self._post), self.context.messages_to(self._person)
        complete = len(answers) == 1 and all(part in answers[0] for part in self.parts)
        as_expected = replies == (0, 0) and complete
        found = self.expected if as_expected else f"{len(answers)} private answers"
        return [EventOutcome(self.event, f"{counted('{0} under the post, ', replies)}{found}", as_expected)]


class RequestUnderHiddenPost(RequestAnsweredInPrivate):
    """A person asks under an NSFW post, which the server does not show in lists to the bot's account."""

    event = "A person mentioned the bot under an NSFW post that its account hides."
    expected = "1 private answer with the reason"
    parts = (SkipReason.NSFW.sentence,)

    def __init__(self, context: EventContext, published: datetime) -> None:
        post = context.post("A post that is hidden as NSFW", published=published, nsfw=True)
        super().__init__(context, post, "emil")


class RequestUnderLockedPost(RequestAnsweredInPrivate):
    """A person asks under a locked post, where the bot cannot reply."""

    event = "A person mentioned the bot under a post that is locked."
    expected = "the summary in private, with the reason"
    parts = (SkipReason.LOCKED.sentence, _SUMMARY)

    def __init__(self, context: EventContext, published: datetime) -> None:
        post = context.post("A locked post that somebody asks about", published=published)
        post.locked = True
        super().__init__(context, post, "frida")


class SettingsOfOtherCommunity(Event):
    """A person asks for the settings of a community that the bot does not watch."""

    def __init__(self, context: EventContext) -> None:
        super().__init__(context)
        self._other = context.state.add_community("allotments")
        self._person = context.state.add_person("gus")

    def start(self) -> None:
        text = f"show !{self._other.name}@{self._other.host}"
        self.context.state.add_private_message(self._person, self.context.environment.bot, text)

    def is_finished(self, reports: Reports) -> bool:
        return bool(self.context.messages_to(self._person))

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        answers = self.context.messages_to(self._person)
        as_expected = len(answers) == 1 and "I do not watch" in answers[0]
        return [
            EventOutcome(
                "A person wrote “show” for a community that the bot does not watch.",
                "1 answer that it is not watched" if as_expected else f"{len(answers)} answers",
                as_expected,
            )
        ]
