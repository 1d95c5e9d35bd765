"""What stands between prawcore and the network: every call goes out once.

prawcore 4 sends a call again after a 5xx, a time-out or a lost connection (`Session._do_retry`),
also one that writes a comment, so that a server that stored it and answered badly has two or three.
PRAW's public `requestor_class` is the place to end that: what leaves open whether a writing call was
carried out raises `Ambiguous`, which prawcore does not know and so does not repeat.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import prawcore
import requests
from prawcore.const import ACCESS_TOKEN_PATH
from requests import Response
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

from bot.core.errors import AccountError, PlatformError, RetryLater, UnknownOutcome, Unreachable
from bot.platforms.api_call import is_valid_header_value
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import errors
from bot.platforms.reddit.rate_limits import RATE_LIMIT_HEADERS, RateLimits
from bot.platforms.reddit.saved_token import SavedToken

_LOGIN_PAUSE = timedelta(minutes=15)
"""After a refused log-in; asking again at once helps nobody and looks like guessing passwords."""
_LONGEST_LIFE = 366 * 24 * 3600
"""Seconds that a token may say it lives; Reddit's live a day."""


class Requestor(prawcore.Requestor):
    """Raises the errors of `bot.core.errors` for all that prawcore would repeat, sleep over or choke on."""

    def __init__(self, *, quota: RateLimits, clock: Clock, kept: SavedToken, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._quota = quota
        self._kept = kept
        self._clock = clock
        self._token_was_refused = False
        self._login_refused: AccountError | None = None
        self._login_again_at: datetime | None = None

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> Response:
        """As `requests.Session.request`; `timeout` is ours, for prawcore passes its own."""
        method, url, *_ = args
        kwargs |= {"allow_redirects": False, "timeout": self.timeout}
        if str(url).endswith(ACCESS_TOKEN_PATH):
            return self._log_in(args, kwargs)
        writes = str(method).upper() != "GET"
        self._quota.take()
        response = self._send(args, kwargs, writes=writes)
        self._quota.update_from_headers(response.headers)
        for name in RATE_LIMIT_HEADERS:  # prawcore would sleep by them, up to ten minutes
            response.headers.pop(name, None)
        self._judge(response, writes=writes)
        return response

    def _send(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, writes: bool) -> Response:
        try:
            return super().request(*args, **kwargs)
        except prawcore.RequestException as error:
            cause = error.original_exception
            detail = f"Reddit did not answer: {_root(cause)}"
            raise _unclear(detail, writes=writes and not _nothing_sent(cause)) from error

    def _judge(self, response: Response, *, writes: bool) -> None:
        status = response.status_code
        if status == 401:
            self._judge_token(writes=writes)
            return
        self._token_was_refused = False
        if status == 429:
            until = errors.retry_time(self._clock(), response.headers.get("retry-after"))
            self._quota.block_until(until)
            raise RetryLater(until, "Reddit says that it is asked too often (429)")
        if status == 408 or status >= 500:
            raise _unclear(f"Reddit answered {status}", writes=writes)

    def _judge_token(self, *, writes: bool) -> None:
        """prawcore renews the token and repeats the call, which is right for a reading call, once."""
        self._kept.forget()
        if writes:
            raise errors.TokenRefused
        if self._token_was_refused:
            self._token_was_refused = False
            raise AccountError(
                "Reddit gives the account a token and refuses it at once.",
                "Log in on Reddit's web page with the account: is it suspended, or its password too old?",
            )
        self._token_was_refused = True

    def _log_in(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
        """The kept token where it still holds, for prawcore knows nothing of an earlier run."""
        kept = self._kept.load()
        if kept is not None:
            return _as_response(kept)
        if self._login_refused and self._login_again_at and self._clock() < self._login_again_at:
            raise AccountError(str(self._login_refused), self._login_refused.remedy)
        response = self._send(args, kwargs, writes=False)
        grant = dict(kwargs.get("data") or ()).get("grant_type", "")
        refusal = _refusal(response, grant, self._clock())
        if isinstance(refusal, AccountError):
            self._login_refused, self._login_again_at = refusal, self._clock() + _LOGIN_PAUSE
        if refusal is not None:
            raise refusal
        self._login_refused = None
        self._kept.save(response.json())
        return response


def _as_response(answer: dict[str, Any]) -> Response:
    response = Response()
    response.status_code = 200
    response.raw = BytesIO(json.dumps(answer).encode())
    return response


def _refusal(response: Response, grant: str, now: datetime) -> PlatformError | None:
    """Why a token call gave no token; Reddit also refuses with a 200 that has an `error`."""
    status = response.status_code
    if status == 429:
        return RetryLater(
            errors.retry_time(now, response.headers.get("retry-after")), "too many log-ins (429)"
        )
    told = _told(response)
    code = str(told.get("error") or "")
    if status in {400, 401, 403} or (status == 200 and code):
        return errors.login_error(grant, status, code)
    if status != 200:
        return Unreachable(f"Reddit answered the log-in with {status}")
    if not _is_token(told):
        return Unreachable("Reddit answered the log-in with no token that can be used")
    return None


def _told(response: Response) -> dict[str, Any]:
    try:
        told = response.json()
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_token(told: dict[str, Any]) -> bool:
    ends, token = told.get("expires_in"), told.get("access_token")
    return (
        isinstance(ends, int)
        and 0 < ends < _LONGEST_LIFE
        and isinstance(told.get("scope"), str)
        and isinstance(token, str)
        and is_valid_header_value(token)
    )


def _unclear(detail: str, *, writes: bool) -> PlatformError:
    return UnknownOutcome(detail) if writes else Unreachable(detail)


def _root(error: BaseException) -> str:
    """What a chain of errors began with: the libraries on the way each repeat it in their own words."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return str(error) or type(error).__name__


def _nothing_sent(cause: Exception) -> bool:
    """Whether it failed before the first byte of the request: no connection, or no TLS."""
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    inner = reason.reason if isinstance(reason, MaxRetryError) else reason
    return isinstance(inner, (NewConnectionError, ConnectTimeoutError, SSLError))
