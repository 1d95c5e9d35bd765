"""The layer between prawcore and the network, which sends every call once.

prawcore 4 sends a call again after a 5xx, a timeout or a lost connection (`Session._do_retry`), even
one that writes a comment. If the server had stored the comment, there are then two or three.
PRAW's public `requestor_class` prevents that: if the outcome of a writing call is unknown, this class
raises `UnknownOutcome`, which prawcore does not know and therefore does not retry.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import prawcore
import requests
from prawcore.const import ACCESS_TOKEN_PATH, REVOKE_TOKEN_PATH
from requests import Response
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

from bot.core.errors import AccountError, PlatformError, RetryLater, UnknownOutcome, Unreachable
from bot.platforms.api_call import is_valid_header_value
from bot.platforms.fencing import WriteGuard
from bot.platforms.json_response import ResponseBody
from bot.platforms.page_size import ResponseTooLarge
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import errors
from bot.platforms.reddit.rate_limits import RATE_LIMIT_HEADERS, RateLimits
from bot.platforms.reddit.saved_token import SavedToken

_LOGIN_RETRY_INTERVAL = timedelta(minutes=15)
"""Wait after a refused login. Retrying at once would not help and looks like guessing passwords."""
_MAX_TOKEN_LIFETIME = 366 * 24 * 3600
"""Seconds. Reddit's tokens are valid for a day; a longer lifetime than this is not believed."""


class Requestor(prawcore.Requestor):
    """Raises the errors of `bot.core.errors` where prawcore would retry, sleep or fail."""

    def __init__(
        self,
        *,
        rate_limits: RateLimits,
        clock: Clock,
        saved_token: SavedToken,
        write_guard: WriteGuard,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._rate_limits = rate_limits
        self._saved_token = saved_token
        self._write_guard = write_guard
        self._clock = clock
        self._token_was_refused = False
        self._login_error: AccountError | None = None
        self._login_retry_at: datetime | None = None

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> Response:
        """Like `requests.Session.request`, but ignores `timeout`: prawcore passes its own instead of ours.

        prawcore takes the token of a call, and logs in if it has expired, before it calls this. So nothing
        logs in between the check of a writing call and its request.
        """
        method, url, *_ = args
        kwargs |= {"allow_redirects": False, "timeout": self.timeout}
        if str(url).endswith(ACCESS_TOKEN_PATH):
            return self._log_in(args, kwargs)
        if str(url).endswith(REVOKE_TOKEN_PATH):  # it may be repeated, and has no rate limit of the API
            return self._send(args, kwargs, writes=False)
        writes = str(method).upper() != "GET"
        self._rate_limits.take()
        if writes:
            self._write_guard.check()
        response = self._send(args, kwargs, writes=writes)
        self._rate_limits.update_from_headers(response.headers)
        for name in RATE_LIMIT_HEADERS:  # they would make prawcore sleep for up to ten minutes
            response.headers.pop(name, None)
        self._check_status(response, writes=writes)
        return response

    def _send(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, writes: bool) -> Response:
        try:
            response = super().request(*args, **kwargs)
        except prawcore.RequestException as error:
            cause = error.original_exception
            detail = f"Reddit did not answer: {_root_message(cause)}"
            raise _no_answer_error(detail, writes=writes and not _was_never_sent(cause)) from error
        body = ResponseBody()
        try:
            body.feed(response.content)
        except OverflowError as error:
            detail = f"Reddit answered, but {error}"
            raise UnknownOutcome(detail) if writes else ResponseTooLarge(detail) from error
        response.json = lambda **_options: body.parse()  # type: ignore[method-assign]  # for prawcore
        return response

    def _check_status(self, response: Response, *, writes: bool) -> None:
        status = response.status_code
        if status == 401:
            self._handle_token_refusal(writes=writes)
            return
        self._token_was_refused = False
        if status == 429:
            until = errors.retry_time(self._clock(), response.headers.get("retry-after"))
            self._rate_limits.block_until(until)
            raise RetryLater(until, "Reddit's rate limit is reached (429)")
        if status == 408 or status >= 500:
            raise _no_answer_error(f"Reddit answered {status}", writes=writes)

    def _handle_token_refusal(self, *, writes: bool) -> None:
        """Let prawcore renew the token and repeat the call, but only once and only for a reading call."""
        if writes:
            raise errors.TokenRefused
        self._saved_token.forget()
        if self._token_was_refused:
            self._token_was_refused = False
            raise AccountError(
                "Reddit issued a token for the account and rejected it at once.",
                "Log in to Reddit's website with the account. Check whether it is suspended or needs a new "
                "password.",
            )
        self._token_was_refused = True

    def _log_in(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
        """Returns the saved token while it is valid, because prawcore does not know the previous run's."""
        saved_token = self._saved_token.load()
        if saved_token is not None:
            return _as_response(saved_token)
        if self._login_error and self._login_retry_at and self._clock() < self._login_retry_at:
            raise AccountError(str(self._login_error), self._login_error.remedy)
        self._write_guard.check()
        response = self._send(args, kwargs, writes=False)
        grant = dict(kwargs.get("data") or ()).get("grant_type", "")
        refusal = _login_refusal(response, grant, self._clock())
        if isinstance(refusal, AccountError):
            self._login_error, self._login_retry_at = refusal, self._clock() + _LOGIN_RETRY_INTERVAL
        if refusal is not None:
            raise refusal
        self._login_error = None
        self._saved_token.save(response.json())
        return response


def _as_response(answer: dict[str, Any]) -> Response:
    response = Response()
    response.status_code = 200
    response.raw = BytesIO(json.dumps(answer).encode())
    return response


def _login_refusal(response: Response, grant: str, now: datetime) -> PlatformError | None:
    """Why a token call failed, or None. Reddit also refuses with a 200 response that has an `error`."""
    status = response.status_code
    if status == 429:
        return RetryLater(
            errors.retry_time(now, response.headers.get("retry-after")), "too many logins (429)"
        )
    answer = _json_object(response)
    code = str(answer.get("error") or "")
    if status in {400, 401, 403} or (status == 200 and code):
        return errors.login_error(grant, status, code)
    if status != 200:
        return Unreachable(f"Reddit responded to the login with {status}")
    if not _is_token_answer(answer):
        return Unreachable("Reddit's response to the login has no usable token")
    return None


def _json_object(response: Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_token_answer(answer: dict[str, Any]) -> bool:
    lifetime, token = answer.get("expires_in"), answer.get("access_token")
    return (
        isinstance(lifetime, int)
        and 0 < lifetime < _MAX_TOKEN_LIFETIME
        and isinstance(answer.get("scope"), str)
        and isinstance(token, str)
        and is_valid_header_value(token)
    )


def _no_answer_error(detail: str, *, writes: bool) -> PlatformError:
    return UnknownOutcome(detail) if writes else Unreachable(detail)


def _root_message(error: BaseException) -> str:
    """The message of the first error in a chain: each library wraps it in words of its own."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return str(error) or type(error).__name__


def _was_never_sent(cause: Exception) -> bool:
    """Whether the call failed before its first byte was sent: no connection, or no TLS."""
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    inner = reason.reason if isinstance(reason, MaxRetryError) else reason
    return isinstance(inner, (NewConnectionError, ConnectTimeoutError, SSLError))
