"""What all events need: posts, people, and what the bot did under the posts and wrote to the people."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.core.skip_reasons import SkipReason
from bot.sandbox.environment import FEDIVERSE_ACCOUNT, SandboxEnvironment
from bot.sandbox.lemmy.records import Comment, Community, Person, Post
from bot.store import State
from bot.store.post_reports import PostReport

Reports = Sequence[PostReport]
"""The daemon's posts with their states."""


class EventOutcome(Struct, frozen=True):
    """An event, and how Precis dealt with it."""

    event: str
    outcome: str
    as_expected: bool


class EventContext:
    """The sandbox as the events use it."""

    def __init__(self, environment: SandboxEnvironment) -> None:
        self.environment = environment
        self.state = environment.fediverse.state
        self.links = environment.article_urls()

    def community(self, name: str) -> Community:
        return next(each for each in self.environment.communities if each.name == name)

    def post(
        self,
        title: str,
        *,
        community: str = "news",
        url: str | None = None,
        published: datetime | None = None,
        nsfw: bool = False,
    ) -> Post:
        """A new post of Alice; without a `url`, with a link to an article."""
        return self.state.add_post(
            self.community(community),
            self.environment.alice,
            title,
            url or self.links[0],
            published=published,
            nsfw=nsfw,
        )

    def mention_bot(self, person: Person, post: Post) -> Comment:
        mention = f"@{self.environment.bot.name}@{self.state.host} please"
        return self.state.add_comment(post, person, mention)

    def bot_comments(self, post: Post) -> list[Comment]:
        own = self.environment.bot
        return [each for each in self.state.comments(post) if each.creator is own]

    def replies_to(self, post: Post | None) -> tuple[int, int]:
        """How many of the bot's comments are visible, and how many are deleted; none without a post."""
        own = [] if post is None else self.bot_comments(post)
        deleted = sum(each.deleted for each in own)
        return len(own) - deleted, deleted

    def messages_to(self, person: Person) -> list[str]:
        """The private messages of the bot to a person, oldest first."""
        return [
            each.content
            for each in self.state.all_private_messages()
            if each.creator is self.environment.bot and each.recipient is person
        ]


class Event(ABC):
    """One kind of event. The posts that it needs from the start are added when it is created.

    Runs after the first in a folder only have its posts, in the same order, so that they have the same ids.
    """

    def __init__(self, context: EventContext) -> None:
        self.context = context

    def start(self) -> None:  # noqa: B027 (most events have nothing to do here)
        """What happens before the daemon starts; only in the first run."""

    def step(self, reports: Reports) -> None:  # noqa: B027
        """Let its next part happen if it is its turn."""

    def add_later_posts(self) -> None:  # noqa: B027
        """Add the posts that `step` adds in the first run."""

    @abstractmethod
    def is_finished(self, reports: Reports) -> bool:
        """Whether everything has happened, and Precis has dealt with it."""

    @abstractmethod
    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        """What is printed, from the servers and the database."""


def reports_of(post: Post | None, reports: Reports) -> list[PostReport]:
    """All rows of the post: each request for a summary has its own."""
    if post is None:
        return []
    return [each for each in reports if (each.account, each.post_id) == (FEDIVERSE_ACCOUNT, str(post.id))]


def state_of(post: Post | None, reports: Reports) -> State | None:
    return next((each.state for each in reports_of(post, reports)), None)


def reason_of(post: Post | None, reports: Reports) -> SkipReason | None:
    return next((each.reason for each in reports_of(post, reports)), None)


def counted(sentence: str, counts: tuple[int, int]) -> str:
    """The sentence with the numbers of visible and of deleted replies for {0} and {1}."""
    return sentence.format(*(f"{count} repl{'y' if count == 1 else 'ies'}" for count in counts))
