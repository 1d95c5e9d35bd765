"""What every platform can do for Precis, and what it may answer.

Adapters translate: a platform's own types, errors and clocks end here. Reading calls raise
`NotNow`, `Unreachable` or `AccountError`; writing calls also `Refused` and, whenever the request
may have been carried out without a clear answer, `Ambiguous`. No adapter repeats a writing call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.platforms.rate_limits import RateLimits


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on a platform."""

    name: str
    """`name@host` on Lemmy, the bare name on Reddit."""
    id: str
    bot_flag: bool


class TokenStore(Protocol):
    """Where tokens outlive the process; kept by the store, one value for each account."""

    def load(self, account: str) -> str | None: ...

    def save(self, account: str, token: str | None) -> None: ...


class Platform(Protocol):
    """One account on one server."""

    account: str
    """Its name in the config: the key of rows, sources and tokens."""
    dialect: Dialect

    def connect(self) -> Identity:
        """Log in, or check the kept token; a log-in is never tried twice in a row."""
        ...

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        """Posts that `cursor` has not covered yet, none older than `since`, newest last.

        A post may come twice; a post published after `since` never goes missing. `cursor` is None
        at the first poll of a source.
        """
        ...

    def fetch_post(self, post_id: str) -> Post:
        """The post as it is now; `gone` or `locked` may have come since."""
        ...

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """Which of these posts have been deleted or removed: what is kept of them has to go.

        A platform that cannot be asked at a fair price says none.
        """
        ...

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """The bot's own comments directly under a post, deleted and removed ones too."""
        ...

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        """Write a comment directly under a post. `language` is ISO 639-1, a wish only."""
        ...

    def edit(self, comment_id: str, markdown: str) -> None: ...

    def delete(self, comment_id: str) -> None:
        """Delete an own comment; one that is already deleted is no error."""
        ...

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        """The votes on own comments as they stand now; what cannot be seen is left out."""
        ...

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        """Mark an own comment as a moderator's, and pin it on top where `sticky`; again is no error.

        Refused where the account is no moderator, or the platform knows no such thing.
        """
        ...

    def next_reply_at(self, community: str) -> datetime | None:
        """When the account's limits allow the next reply in a community; None for now."""
        ...

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        """What `precis check` says of this account: log-in, bot flag, communities, limits."""
        ...

    def messaging(self) -> Messaging | None:
        """How the account is spoken to; None where it cannot be."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class RateLimited(Protocol):
    """A platform whose servers count by address, so that all accounts on one share its limits.

    What makes it takes a `pace` in place of one of its own.
    """

    rate_limits: RateLimits


@runtime_checkable
class SelfVoter(Protocol):
    """A platform whose comments begin with a vote of their author."""

    def remove_own_vote(self, comment_id: str) -> None:
        """Take the bot's own vote for its comment back, where the config wants that; else do nothing."""
        ...


class Messaging(Protocol):
    """How one account is spoken to and answers; a platform may have it or not.

    Writing calls are answered as those of `Platform` are, and none is repeated.
    """

    account: str
    dialect: Dialect

    def fetch_inbox(self) -> InboxPage:
        """Messages that are not marked as read, oldest first; one call when there are none."""
        ...

    def mark_read(self, message: Message) -> None:
        """Say that a message has been taken in; one that is read already is no error."""
        ...

    def reply_to_comment(self, post_id: str, comment_id: str, markdown: str, language: str | None) -> Comment:
        """Write a comment directly below a comment of that post."""
        ...

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        """The bot's own comments directly below a comment, deleted and removed ones too."""
        ...

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Write in private to a person (on Reddit also `r/NAME`: to its moderators).

        `thread` is that of the message that is answered. The letter's id, or "" where the platform
        does not say it.
        """
        ...

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        """The ids of the bot's private messages to a person that say this, sent since then, oldest first."""
        ...

    def moderators(self, community: str) -> frozenset[str]:
        """Who moderates a community at this moment, as authors of messages are named."""
        ...

    def settings_page(self, community: str) -> SettingsPage | None:
        """The page where moderators may leave settings; None where there is none."""
        ...

    def create_settings_page(self, community: str, text: str) -> None:
        """Write a first page; Refused where there is one already, or none can be."""
        ...

    def accept_invitation(self, community: str) -> None:
        """Become a moderator; Refused where there is no such invitation (any more)."""
        ...
