"""A logged-in session: the saved token, one log-in if it is no longer valid, and the rate limits."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.errors import AccountError, PlatformError, RetryLater, UnknownOutcome, Unreachable
from bot.platforms.api_call import ApiError, Call, MalformedResponse, is_valid_header_value
from bot.platforms.api_client import ApiClient
from bot.platforms.base import TokenStore
from bot.platforms.fencing import NOT_REVOCABLE, Revocation, TokenState
from bot.platforms.rate_limits import Clock, RateLimits

_PAUSE_AFTER_LOGIN = timedelta(minutes=10)
_PAUSE_AFTER_REFUSAL = timedelta(hours=1)
"""There are never two log-in attempts in a row: servers allow ten an hour, and some ban for more."""
_PAUSE_AFTER_NO_VERDICT = timedelta(seconds=15)
_LONGEST_PAUSE_AFTER_NO_VERDICT = timedelta(minutes=15)
"""After an error that says nothing about the account. Doubled each time: at most nine log-ins an hour."""


class RateLimitReached(RetryLater):
    """The server reported that its rate limit `bucket` is reached, although ours was not."""

    def __init__(self, retry_at: datetime, detail: str, bucket: str) -> None:
        super().__init__(retry_at, detail)
        self.bucket = bucket


class LoginApi(Protocol):
    """The log-in calls of an API, and the errors that they may return."""

    shared_bucket: str | None
    """A rate limit that every call counts against, in addition to its own."""
    login_proves_access: bool
    """Whether a token from a log-in is always valid."""

    def login_call(self, username: str, password: str) -> Call: ...
    def parse_token(self, response: Any) -> str: ...
    def token_check_call(self) -> Call: ...
    def logout_call(self) -> Call | None:
        """The call that revokes the token it is sent with; None if the server cannot revoke tokens."""
        ...

    def probe_call(self) -> Call:
        """A public read call that needs the server's database."""
        ...

    def is_token_refused(self, error: ApiError) -> bool: ...
    def is_rate_limit(self, error: ApiError) -> bool: ...
    def login_error(self, error: ApiError, username: str, host: str) -> AccountError | None:
        """What is wrong with the account; None if the error does not say that anything is."""
        ...


class LoginSession:
    """Sends calls with the account's token, within the limits.

    In addition to the errors of `ApiClient.send`, every call may raise RetryLater (our rate limit or
    the server's) and AccountError (cannot log in).

    A server whose database is down refuses valid tokens, with the codes of invalid ones. So a token is kept
    until the server has refused it twice, and has read from its database in between.
    """

    def __init__(
        self,
        client: ApiClient,
        login_api: LoginApi,
        rate_limits: RateLimits,
        token_store: TokenStore,
        clock: Clock,
        *,
        account: str,
        username: str,
        password: str,
    ) -> None:
        self._client = client
        self.login_api = login_api
        self._rate_limits = rate_limits
        self._token_store = token_store
        self._clock = clock
        self._account = account
        self._username = username
        self._password = password
        self._token: str | None = None
        self._last_login: datetime | None = None
        self._login_refusal: AccountError | None = None
        self._logins_without_verdict = 0
        self._login_retry_at: datetime | None = None
        self._lock = threading.RLock()

    def switch_to(self, login_api: LoginApi) -> None:
        """Use another version of the API. A log-in is then allowed at once: upgrades may end all tokens."""
        with self._lock:
            self.login_api = login_api
            if self._login_refusal is None:
                self._last_login = None

    def ensure_logged_in(self) -> bool:
        """Make sure that the server accepts the token. Logs in at most once, and returns whether it did."""
        with self._lock:
            token = self._token = self._token or self._saved_token()
            if token is None or not self._is_accepted(token):
                self._log_in()
            return self._token != token

    def read(self, call: Call) -> Any:
        """Send a read call. If the token is no longer accepted, log in and send the call once more."""
        token = self._current_token()
        try:
            return self._send(call, token)
        except ApiError as error:
            if not self.login_api.is_token_refused(error):
                raise
            self._renew(token, error)
        return self._send(call, self._token)

    def write(self, call: Call) -> Any:
        """Send a write call once. If the token is refused, log in, but do not repeat the call.

        A node that no longer leads the account does not log in: then this raises WriteStopped.
        """
        token = self._current_token()
        try:
            return self._send(call, token)
        except ApiError as error:
            if not self.login_api.is_token_refused(error):
                raise
            self._client.write_guard.check()
            self._renew(token, error)
            raise RetryLater(self._clock(), "the token had expired; nothing was stored") from error

    def revoke(self, saved: str) -> Revocation:
        """Log out with a token from the token store. Another node may have saved it.

        A refused token was not valid any more, if the server read from its database before it refused the
        token again.
        """
        token, call = self._token_in(saved), self.login_api.logout_call()
        if token is None or call is None:
            return NOT_REVOCABLE
        with self._lock:
            if self._token == token:
                self._token = None
            for _ in range(2):
                try:
                    self._send(call, token)
                except UnknownOutcome as error:
                    raise Unreachable(f"it is not known whether the token was revoked: {error}") from error
                except ApiError as error:
                    if not self.login_api.is_token_refused(error):
                        raise Unreachable(f"{self._client.host} failed to log out: {error}") from error
                    self._check_database()
                else:
                    return Revocation(TokenState.REVOKED)
            return Revocation(TokenState.NOT_VALID)

    def _current_token(self) -> str | None:
        """The token. Without one, the server would answer as to an anonymous user."""
        if self._token is None:
            self.ensure_logged_in()
        return self._token

    def _renew(self, token: str | None, error: ApiError) -> None:
        with self._lock:
            if self._token != token:
                return  # another thread has renewed it
            if token is not None and self._is_accepted(token):
                raise Unreachable(f"{self._client.host} accepts the token, but answers {error}") from error
            self._log_in()

    def _is_accepted(self, token: str) -> bool:
        """Check the token: with a bad one, read calls are answered as for anonymous users."""
        try:
            self._send(self.login_api.token_check_call(), token)
        except ApiError as error:
            if self.login_api.is_token_refused(error):
                return False
            raise Unreachable(f"{self._client.host} failed to check the token: {error}") from error
        return True

    def _log_in(self) -> None:
        """Log in, unless the server accepts the token after all."""
        if self._token is None:
            self._check_login_pause()
        self._check_database()
        if self._token is not None:
            if self._is_accepted(self._token):
                return
            self._check_login_pause()
        try:
            response = self._send(self.login_api.login_call(self._username, self._password), None)
            token = _valid_token(self.login_api.parse_token(response))
        except ApiError as error:
            raise self._error_of_login(error) from error
        except (UnknownOutcome, MalformedResponse) as error:  # an unused token does no harm
            raise Unreachable(f"no valid response to the log-in: {error}") from error
        self._logins_without_verdict, self._login_retry_at = 0, None
        if not self.login_api.login_proves_access and not self._is_accepted(token):
            self._last_login = self._clock()
            self._login_refusal = AccountError(
                f"{self._client.host} gave {self._username} a token that it does not accept.",
                "The account is probably banned from the server, or not verified yet: ask its admins.",
            )
            raise self._login_refusal
        self._save(token)
        # Only now: a token that could not be saved says nothing about the account, so the next call logs in.
        self._login_refusal, self._last_login = None, self._clock()

    def _check_database(self) -> None:
        """Raises Unreachable if the server cannot read from its database."""
        try:
            self._send(self.login_api.probe_call(), None)
        except ApiError as error:
            if not self.login_api.is_token_refused(
                error
            ):  # else a private server, which shows strangers nothing
                raise Unreachable(f"{self._client.host} cannot answer a public request: {error}") from error

    def _error_of_login(self, error: ApiError) -> PlatformError:
        now = self._clock()
        self._login_refusal = self.login_api.login_error(error, self._username, self._client.host)
        if self._login_refusal is not None:
            self._save(None)
            self._last_login = now
            return self._login_refusal
        pause = _PAUSE_AFTER_NO_VERDICT * 2 ** min(self._logins_without_verdict, 10)
        self._logins_without_verdict += 1
        self._login_retry_at = now + min(pause, _LONGEST_PAUSE_AFTER_NO_VERDICT)
        return Unreachable(f"{self._client.host} failed to log {self._username} in: {error}")

    def _check_login_pause(self) -> None:
        """Raises AccountError if the last log-in was too recent, RetryLater after one without a verdict."""
        if self._login_retry_at is not None and self._clock() < self._login_retry_at:
            raise RetryLater(self._login_retry_at, f"{self._client.host} failed to log {self._username} in")
        if self._last_login is None:
            return
        since = self._clock() - self._last_login
        if self._login_refusal is not None and since < _PAUSE_AFTER_REFUSAL:
            raise AccountError(str(self._login_refusal), self._login_refusal.remedy)
        if since < _PAUSE_AFTER_LOGIN:
            self._save(None)
            raise AccountError(
                f"{self._client.host} accepted the log-in of {self._username}, then refused the new token.",
                "Check whether the account is banned from the server. Precis tries again after ten minutes.",
            )

    def _save(self, token: str | None) -> None:
        """Save the token before it is used: the next leader of the account can only revoke a saved one."""
        value = None if token is None else json.dumps({"owner": self._owner, "token": token})
        self._token_store.save(self._account, value)
        self._token = token

    def _saved_token(self) -> str | None:
        """The saved token, unless it belongs to another user or server than in the config."""
        owner, token = _parse_saved(self._token_store.load(self._account))
        return token if owner == self._owner else None

    def _token_in(self, saved: str) -> str | None:
        """The token in an entry of the token store, of any user of this server; else None."""
        owner, token = _parse_saved(saved)
        return token if owner.endswith(f"@{self._client.host}") else None

    @property
    def _owner(self) -> str:
        return f"{self._username.lower()}@{self._client.host}"

    def _send(self, call: Call, token: str | None) -> Any:
        if call.bucket is None:
            return self._client.send(call, token)
        buckets = (self.login_api.shared_bucket or call.bucket, call.bucket)
        wait_until = self._rate_limits.take(buckets, self._clock())
        if wait_until is not None:
            raise RetryLater(wait_until, f"the rate limit of {self._client.host} for {call.bucket} calls")
        refused = None
        try:
            return self._client.send(call, token)
        except ApiError as error:
            if self.login_api.is_rate_limit(error):
                refused = call.bucket
                retry_at = self._rate_limits.record_refusal(call.bucket, self._clock())
                detail = f"{self._client.host} reports that its rate limit is reached"
                raise RateLimitReached(retry_at, detail, call.bucket) from error
            raise
        finally:
            counted = tuple(name for name in buckets if name != refused)
            self._rate_limits.record_response(counted, self._clock())


def _parse_saved(saved: str | None) -> tuple[str, str | None]:
    """Owner and token of an entry in the token store; "" and None if it cannot be used."""
    try:
        entry = json.loads(saved or "null")
        owner, token = str(entry["owner"]), str(entry["token"])
    except (ValueError, TypeError, KeyError):
        return "", None
    return (owner, token) if is_valid_header_value(token) else ("", None)


def _valid_token(token: str) -> str:
    """Raises MalformedResponse if a header cannot contain the token."""
    if not is_valid_header_value(token):
        raise MalformedResponse("the token has characters that a header cannot contain")
    return token
