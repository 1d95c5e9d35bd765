"""The Protocols that every platform implements.

An adapter converts the platform's own types, errors and clocks to those of `bot.core`. Read calls
raise `RetryLater`, `Unreachable` or `AccountError`. Write calls also raise `Refused`, and
`UnknownOutcome` if the request may have been executed. No adapter retries a write call.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from msgspec import Struct

from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.platforms.rate_limits import RateLimits

MAX_INBOX_MESSAGES = 500
"""Messages that one look reads from one list of the inbox."""


class Identity(Struct, frozen=True):
    """Who the bot is on a platform."""

    name: str
    """`name@host` on Lemmy and PieFed, the name alone on Reddit."""
    id: str
    bot_flag: bool


class TokenStore(Protocol):
    """Stores one token for each account across restarts."""

    def load(self, account: str) -> str | None: ...

    def save(self, account: str, token: str | None) -> None: ...


class Platform(Protocol):
    """One account on one server."""

    account: str
    """Its name in the config: the key of rows, sources and tokens."""
    dialect: Dialect

    def connect(self) -> Identity:
        """Check the saved token, or log in. There are never two log-in attempts in a row."""
        ...

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        """Posts after `cursor` that are not older than `since`, newest last.

        A post may be returned twice, but a post published after `since` is never missed. `cursor` is
        None for the first poll of a source.
        """
        ...

    def fetch_post(self, post_id: str) -> Post:
        """The post as it is now; it may be `gone` or `locked` since the poll."""
        ...

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """Those of the posts that were deleted or removed, so that the data stored about them can be erased.

        Empty if the platform would need too many calls to find out.
        """
        ...

    def resolve_address(self, address: str) -> str | None:
        """The address, on the account's server, of the post or comment that an address names.

        It may be an address on another server, or a share link. None if it names neither, or if the server
        does not find it.
        """
        ...

    def own_comment(self, comment_id: str) -> Comment | None:
        """A comment of the bot; None if there is none with this id, or it is somebody else's."""
        ...

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """The bot's own top-level comments on a post, including deleted and removed ones.

        Raises Refused if the account's settings hide them: it must not write there.
        """
        ...

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        """Write a top-level comment. `language` is ISO 639-1; the adapter may leave it out.

        `refused_sends` is how often the platform has clearly refused this reply before: a server that
        remembers an Idempotency-Key after a refusal needs a new one.
        """
        ...

    def edit(self, comment_id: str, markdown: str) -> None: ...

    def delete(self, comment_id: str) -> None:
        """Delete an own comment. No error if it is already deleted."""
        ...

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        """Comment id -> current score; comments that cannot be read are left out."""
        ...

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        """Mark an own comment as a moderator's, and pin it if `sticky`. No error if it already is.

        Raises Refused if the account is not a moderator, or the platform does not support it.
        """
        ...

    def next_reply_at(self, community: str) -> datetime | None:
        """When the rate limits allow the next reply in a community; None means now."""
        ...

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        """The results of `precis check` for this account: log-in, bot flag, communities, limits."""
        ...

    def messaging(self) -> Messaging | None:
        """The messaging API of the account; None if there is none."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class RateLimited(Protocol):
    """A platform whose servers count requests by IP address, so that all accounts on a server share limits.

    Its constructor takes a shared `rate_limits`.
    """

    rate_limits: RateLimits


@runtime_checkable
class SoftwareReporter(Protocol):
    """A platform whose servers are run by others, who may update them at any time."""

    @property
    def software(self) -> str | None:
        """The server's software as last seen, such as `Lemmy 0.19.5`. None if it is not known."""
        ...


@runtime_checkable
class SelfVoter(Protocol):
    """A platform that adds an upvote of the author to each new comment."""

    def remove_own_vote(self, comment_id: str) -> None:
        """Remove the bot's own vote for its comment, if the config says so; else do nothing."""
        ...


@runtime_checkable
class NsfwFilter(Protocol):
    """A platform whose accounts choose whether their lists of posts contain NSFW posts."""

    def hides_nsfw(self) -> bool:
        """Whether the server hides NSFW posts from the account. Raises the errors of read calls."""
        ...


class Messaging(Protocol):
    """The messages of one account. Not every platform has it.

    Calls raise the same errors as those of `Platform`; write calls are never retried.
    """

    account: str
    dialect: Dialect

    def fetch_inbox(self) -> InboxPage:
        """Unread messages, oldest first. Costs one call if there are none.

        Reads further pages while there are some, up to `MAX_INBOX_MESSAGES` of each list.
        """
        ...

    def mark_read(self, message: Message) -> None:
        """Mark a message as read. No error if it already is."""
        ...

    def reply_to_comment(
        self,
        post_id: str,
        comment_id: str,
        markdown: str,
        language: str | None,
        *,
        refused_sends: int = 0,
    ) -> Comment:
        """Write a direct reply to a comment on that post. `refused_sends` as for `Platform.reply`."""
        ...

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        """The bot's own direct replies to a comment, including deleted and removed ones.

        Raises Refused as `Platform.own_comments` does.
        """
        ...

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Send a private message to a person (on Reddit also to `r/NAME`: its moderators).

        `thread` is the thread of the message that is answered. Returns the id of the new message, or ""
        if the platform does not report it.
        """
        ...

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        """The ids of the bot's private messages to a person with this text, sent since then, oldest first."""
        ...

    def moderators(self, community: str) -> frozenset[str]:
        """The current moderators of a community, named like the authors of messages.

        Raises `CommunityNotFound` if a working server does not know the community.
        """
        ...

    def settings_page(self, community: str) -> SettingsPage | None:
        """The page where moderators can write settings; None if there is none."""
        ...

    def create_settings_page(self, community: str, text: str) -> None:
        """Create the page. Raises Refused if it already exists, or cannot exist."""
        ...

    def accept_invitation(self, community: str) -> None:
        """Become a moderator. Raises Refused if there is no such invitation, or it was withdrawn."""
        ...
