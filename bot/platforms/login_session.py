"""A logged-in session: the kept token, one log-in when it is gone, and the limits of each call."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.errors import AccountError, Ambiguous, NotNow, Unreachable
from bot.platforms.api_call import ApiError, Call, Malformed, may_be_header
from bot.platforms.api_client import Client
from bot.platforms.base import Vault
from bot.platforms.rate_limits import Clock, Pace

_PAUSE_AFTER_LOGIN = timedelta(minutes=10)
_PAUSE_AFTER_REFUSAL = timedelta(hours=1)
"""A log-in is never tried twice in a row: servers allow ten an hour, and some ban for more."""


class Gate(Protocol):
    """How an API lets people in, and how it says no to them."""

    shared_bucket: str | None
    """A limit that every call counts against beside its own."""
    login_proves: bool
    """Whether a log-in that is answered with a token lets the account in for sure."""

    def log_in(self, username: str, password: str) -> Call: ...
    def token(self, answer: Any) -> str: ...
    def check_token(self) -> Call: ...
    def refuses_token(self, error: ApiError) -> bool: ...
    def is_limit(self, error: ApiError) -> bool: ...
    def of_log_in(self, error: ApiError, username: str, host: str) -> AccountError: ...


class Session:
    """Sends calls with the account's token, within the limits.

    Besides the errors of `Client.send`, every call may raise NotNow (a limit, ours or theirs) and
    AccountError (no token to be had).
    """

    def __init__(
        self,
        client: Client,
        gate: Gate,
        pace: Pace,
        vault: Vault,
        clock: Clock,
        *,
        account: str,
        username: str,
        password: str,
    ) -> None:
        self._client = client
        self.gate = gate
        self._pace = pace
        self._vault = vault
        self._clock = clock
        self._account = account
        self._username = username
        self._password = password
        self._token: str | None = None
        self._last_login: datetime | None = None
        self._refused: AccountError | None = None
        self._lock = threading.RLock()

    def open(self) -> None:
        """Make sure of a token that the server accepts, with one log-in at the most."""
        with self._lock:
            self._token = self._token or self._kept()
            if self._token is None or not self._accepted(self._token):
                self._log_in()

    def read(self, call: Call) -> Any:
        """A reading call; with a new token once, when the old one is no longer accepted."""
        token = self._held()
        try:
            return self._send(call, token)
        except ApiError as error:
            if not self.gate.refuses_token(error):
                raise
            self._renew(token, error)
        return self._send(call, self._token)

    def write(self, call: Call) -> Any:
        """A writing call, sent once. A refused token is renewed, but the call is not repeated."""
        token = self._held()
        try:
            return self._send(call, token)
        except ApiError as error:
            if not self.gate.refuses_token(error):
                raise
            self._renew(token, error)
            raise NotNow(self._clock(), "the log-in had to be renewed; nothing was stored") from error

    def _held(self) -> str | None:
        """The token; without one a call would be answered as to a stranger."""
        if self._token is None:
            self.open()
        return self._token

    def _renew(self, token: str | None, error: ApiError) -> None:
        with self._lock:
            if self._token != token:
                return  # another thread was quicker
            if token is not None and self._accepted(token):
                raise Unreachable(f"{self._client.host} accepts the token, yet says {error}") from error
            self._log_in()

    def _accepted(self, token: str) -> bool:
        """A reading call with a bad token is silently answered as to a stranger: so ask."""
        try:
            self._send(self.gate.check_token(), token)
        except ApiError as error:
            if self.gate.refuses_token(error):
                return False
            raise Unreachable(f"{self._client.host} does not check the token: {error}") from error
        return True

    def _log_in(self) -> None:
        self._forbid_haste()
        self._use(None)
        try:
            answer = self._send(self.gate.log_in(self._username, self._password), None)
            token = _checked(self.gate.token(answer))
        except ApiError as error:
            self._refused = self.gate.of_log_in(error, self._username, self._client.host)
            self._last_login = self._clock()
            raise self._refused from error
        except (Ambiguous, Malformed) as error:  # a token that nobody received does no harm
            raise Unreachable(f"the log-in was not answered: {error}") from error
        self._refused, self._last_login = None, self._clock()
        if not self.gate.login_proves and not self._accepted(token):
            self._refused = AccountError(
                f"{self._client.host} gave {self._username} a token that is good for nothing.",
                "The account is probably banned from the server, or not verified yet: ask its admins.",
            )
            raise self._refused
        self._use(token)

    def _forbid_haste(self) -> None:
        """Raises AccountError when the last log-in was answered only a short while ago."""
        if self._last_login is None:
            return
        since = self._clock() - self._last_login
        if self._refused is not None and since < _PAUSE_AFTER_REFUSAL:
            raise AccountError(str(self._refused), self._refused.remedy)
        if since < _PAUSE_AFTER_LOGIN:
            raise AccountError(
                f"{self._client.host} let {self._username} in and refused the token shortly afterwards.",
                "Look whether the account is banned from the server; Precis tries again in ten minutes.",
            )

    def _use(self, token: str | None) -> None:
        self._token = token
        kept = None if token is None else json.dumps({"owner": self._owner, "token": token})
        self._vault.save(self._account, kept)

    def _kept(self) -> str | None:
        """The kept token, unless it is of another user or server than the config names now."""
        try:
            kept = json.loads(self._vault.load(self._account) or "null")
            token = str(kept["token"])
            return token if kept["owner"] == self._owner and may_be_header(token) else None
        except (ValueError, TypeError, KeyError):
            return None

    @property
    def _owner(self) -> str:
        return f"{self._username.lower()}@{self._client.host}"

    def _send(self, call: Call, token: str | None) -> Any:
        if call.bucket is None:
            return self._client.send(call, token)
        buckets = (self.gate.shared_bucket or call.bucket, call.bucket)
        wait_until = self._pace.take(buckets, self._clock())
        if wait_until is not None:
            raise NotNow(wait_until, f"the limit of {self._client.host} for {call.bucket} calls")
        try:
            return self._client.send(call, token)
        except ApiError as error:
            if self.gate.is_limit(error):
                until = self._pace.refused(call.bucket, self._clock())
                raise NotNow(until, f"{self._client.host} says that its rate limit is reached") from error
            raise
        finally:
            self._pace.answered(buckets, self._clock())


def _checked(token: str) -> str:
    """Raises Malformed for one that no header may have."""
    if not may_be_header(token):
        raise Malformed("the token has characters that no header may have")
    return token
