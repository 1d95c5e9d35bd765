"""Fencing: how a platform stops the writes of a node that no longer leads an account.

Several nodes share one database, and one of them leads an account. A node may be paused between its last
look at the database and its request. When it continues, another node leads the account, and the database
cannot stop the request. The platform can: the new leader first revokes the token of the last one.

So each write call has this order: have a token that is saved in the store, open the connection, check that
this node still leads the account, send. Nothing logs in or connects between the check and the request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from msgspec import Struct

from bot.core.errors import StoreError, WriteStopped
from bot.platforms.base import TokenStore
from bot.platforms.rate_limits import Clock

UNUSED_CONNECTION_LIFETIME = timedelta(minutes=5, seconds=30)
"""After this time, servers have closed a connection on which they received nothing.

nginx waits 60 s (`client_header_timeout`), and Caddy's idle timeout is 5 minutes. The rest is a margin. A
proxy may have no limit: docs/explanation/several-machines.md tells what remains.
"""


class TokenState(StrEnum):
    """What is known about a token after `TokenRevocation.revoke_token`."""

    REVOKED = "revoked"
    NOT_VALID = "was not valid any more"
    NOT_REVOCABLE = "cannot be revoked"


class Revocation(Struct, frozen=True):
    """The result of revoking a token."""

    state: TokenState
    wait: timedelta = timedelta(0)
    """How long a request that was prepared before may still be accepted.

    In addition to this, the server needs time for requests that it already received (`SendTiming.settle`).
    """


NOT_REVOCABLE = Revocation(TokenState.NOT_REVOCABLE, UNUSED_CONNECTION_LIFETIME)
NOTHING_TO_REVOKE = Revocation(TokenState.NOT_VALID)


@runtime_checkable
class TokenRevocation(Protocol):
    """A platform that can be asked to revoke a token. A platform without this cannot revoke any."""

    def revoke_token(self, saved: str) -> Revocation:
        """Revoke a token, as the `TokenStore` has it. May be repeated.

        Raises the errors of read calls. Then the token may still be valid: retry before the first write.
        """
        ...


WriteCheck = Callable[[], None]
"""Raises WriteStopped or StoreError if this node must not write for the account."""


@runtime_checkable
class CheckedWrites(Protocol):
    """A platform that calls a check directly before the first byte of each write call, also of a log-in."""

    write_guard: WriteGuard


class WriteGuard:
    """The check before write calls. Without `use`, every write call is allowed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._check: WriteCheck | None = None

    def use(self, check: WriteCheck) -> None:
        self._check = check

    @property
    def is_used(self) -> bool:
        return self._check is not None

    def check(self) -> None:
        """Raises WriteStopped if this node must not write, or if the database cannot tell."""
        if self._check is None:
            return
        try:
            self._check()
        except StoreError as error:
            raise WriteStopped(self._clock(), f"nothing was sent: {error}") from error


def revoke_last_token(platform: object, token_store: TokenStore, account: str) -> Revocation:
    """Revoke the token that the last leader of an account saved, and forget it.

    The new leader calls this before `Platform.connect`, which then logs in anew: a token belongs to one
    leader. Both need a platform object that was not used by an earlier leader of the same process. If this
    raises, or the process ends, the token stays in the store, so that the next call revokes it.
    """
    revocation = revoke_saved_token(platform, token_store.load(account))
    token_store.save(account, None)
    return revocation


def revoke_saved_token(platform: object, saved: str | None) -> Revocation:
    """Revoke a token as the `TokenStore` has it; None if it has none. Raises the errors of read calls."""
    if saved is None:
        return NOTHING_TO_REVOKE
    return platform.revoke_token(saved) if isinstance(platform, TokenRevocation) else NOT_REVOCABLE
