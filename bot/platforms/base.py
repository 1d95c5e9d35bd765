"""What every platform can do for Precis, and what it may answer.

Adapters translate: a platform's own types, errors and clocks end here. Reading calls raise
`NotNow`, `Unreachable` or `AccountError`; writing calls also `Refused` and, whenever the request
may have been carried out without a clear answer, `Ambiguous`. No adapter repeats a writing call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.models import Batch, Comment, Dialect, Finding, Post, Source


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on a platform."""

    name: str
    """`name@host` on Lemmy, the bare name on Reddit."""
    id: str
    bot_flag: bool


class Vault(Protocol):
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

    def poll(self, source: Source, cursor: str | None, since: datetime) -> Batch:
        """Posts that `cursor` has not covered yet, none older than `since`, newest last.

        A post may come twice; a post published after `since` never goes missing. `cursor` is None
        at the first poll of a source.
        """
        ...

    def reread(self, post_id: str) -> Post:
        """The post as it is now; `gone` or `locked` may have come since."""
        ...

    def vanished(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """Which of these posts have been deleted or removed: what is kept of them has to go.

        A platform that cannot be asked at a fair price says none.
        """
        ...

    def own_replies(self, post_id: str) -> tuple[Comment, ...]:
        """The bot's own comments directly under a post, deleted and removed ones too."""
        ...

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        """Write a comment directly under a post. `language` is ISO 639-1, a wish only."""
        ...

    def edit(self, comment_id: str, markdown: str) -> None: ...

    def delete(self, comment_id: str) -> None:
        """Delete an own comment; one that is already deleted is no error."""
        ...

    def next_reply_at(self, community: str) -> datetime | None:
        """When the account's limits allow the next reply in a community; None for now."""
        ...

    def inspect(self, sources: tuple[Source, ...]) -> tuple[Finding, ...]:
        """What `precis check` says of this account: log-in, bot flag, communities, limits."""
        ...

    def close(self) -> None: ...
