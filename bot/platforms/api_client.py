"""Requests to one server: HTTP in, `ApiError` and the errors of `bot.core.errors` out.

Read calls share keep-alive connections and are retried a few times within a total time. A write
call is sent once, on its own connection, which is closed afterwards. The reasons: a server that
answers before it has read the body leaves a connection on which the next request hangs; and if the
server has just closed the connection, it is unknown whether the request was executed.

A write call that is checked (`bot.platforms.fencing`) opens its connection first, then calls the check,
then sends. It never connects again: if the server has closed the connection in between, the call ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from bot.core.errors import PlatformError, RetryLater, UnknownOutcome, Unreachable
from bot.operations.tls import system_tls_context
from bot.platforms.api_call import ApiError, Call
from bot.platforms.fencing import WriteGuard
from bot.platforms.http_retries import retry_context
from bot.platforms.json_response import ResponseBody
from bot.platforms.page_size import ResponseTooLarge
from bot.platforms.rate_limits import Clock

_NOTHING_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_BEFORE_FIRST_BYTE = "http11.send_request_headers.started"
"""httpcore2's event between the open connection and the request. An exception that its handler raises
closes the connection."""
_DEFAULT_RETRY_AFTER = timedelta(seconds=60)
_LARGE = 1_000_000
"""Bytes. A response that takes too long after so many may arrive in time when it has fewer entries."""

ErrorParser = Callable[[int, Any], ApiError | None]
"""(status, JSON or None) of a 4xx response -> the API's error, or None if the response is not in the API's
form, because for example a proxy sent it."""


class ApiNotServed(Unreachable):
    """The server does not have this part of the API. It may have been upgraded to another version."""


class ApiClient:
    """Sends `Call`s to `base_url`. `parse_error` parses the API's errors.

    `timeout` applies to one response, from the start of the request to the last byte of the body.
    """

    def __init__(
        self,
        base_url: str,
        user_agent: str,
        timeout: timedelta,
        clock: Clock,
        parse_error: ErrorParser,
        write_guard: WriteGuard | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout.total_seconds()
        self._clock = clock
        self._parse_error = parse_error
        self.write_guard = write_guard or WriteGuard(clock)
        common: dict[str, Any] = {
            "base_url": self.base_url,
            "headers": {"User-Agent": user_agent, "Accept": "application/json", "Accept-Language": "en"},
            "timeout": httpx2.Timeout(self._timeout, connect=min(10.0, self._timeout)),
            "trust_env": False,
            "verify": system_tls_context(),
        }
        self._read_client = httpx2.Client(**common)
        self._write_client = httpx2.Client(**common, limits=httpx2.Limits(max_keepalive_connections=0))

    @property
    def host(self) -> str:
        return httpx2.URL(self.base_url).netloc.decode()

    def close(self) -> None:
        self._read_client.close()
        self._write_client.close()

    def send(self, call: Call, token: str | None) -> Any:
        """The response's JSON.

        Raises ApiError for a 4xx of the API; RetryLater if a proxy is busy; Unreachable if nothing
        can have been stored; UnknownOutcome if a write call may have been executed; WriteStopped if the
        check before a write call fails.
        """
        if call.is_write:
            return self._send_once(self._write_client, call, token, {"Connection": "close"})
        return self._send_with_retries(call, token)

    def _send_with_retries(self, call: Call, token: str | None) -> Any:
        for attempt in retry_context(
            on=_may_pass_later, attempts=3, timeout=2 * self._timeout, wait_initial=0.5, wait_max=5.0
        ):
            with attempt:
                return self._send_once(self._read_client, call, token, {})
        raise AssertionError("stamina either returns or raises")  # pragma: no cover

    def _send_once(
        self, client: httpx2.Client, call: Call, token: str | None, headers: dict[str, str]
    ) -> Any:
        if token is not None:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        if call.idempotency_key is not None:
            headers = {**headers, "Idempotency-Key": call.idempotency_key}
        is_checked = call.is_write and self.write_guard.is_used
        request = client.build_request(
            call.method,
            call.path,
            params=dict(call.query) or None,
            json=call.body,
            headers=headers,
            extensions={"trace": self._check_before_first_byte} if is_checked else None,
        )
        try:
            response, body = self._exchange(client, request)
        except _NOTHING_SENT as error:
            raise Unreachable(f"{self.host} cannot be reached: {error}") from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise _no_response_error(
                call, f"{self.host} did not answer: {type(error).__name__} {error}"
            ) from error
        except OverflowError as error:
            detail = f"{self.host} answered {call.path}, but {error}"
            raise UnknownOutcome(detail) if call.is_write else ResponseTooLarge(detail) from error
        return self._check_response(call, response, body)

    def _check_before_first_byte(self, event: str, info: Mapping[str, Any]) -> None:
        del info
        if event == _BEFORE_FIRST_BYTE:
            self.write_guard.check()

    def _exchange(
        self, client: httpx2.Client, request: httpx2.Request
    ) -> tuple[httpx2.Response, ResponseBody]:
        """Read with a total deadline, because httpx2's read timeout restarts with each chunk."""
        deadline = time.monotonic() + self._timeout
        response = client.send(request, stream=True)
        body = ResponseBody()
        try:
            for chunk in response.iter_bytes():
                body.feed(chunk)
                if time.monotonic() > deadline:
                    if body.received > _LARGE:
                        raise OverflowError("the response takes too long")
                    raise httpx2.ReadTimeout("the response took too long")
        finally:
            response.close()
        return response, body

    def _check_response(self, call: Call, response: httpx2.Response, body: ResponseBody) -> Any:
        status = response.status_code
        if status >= 500:
            raise _no_response_error(call, f"{self.host} answered {status}")
        if 300 <= status < 400:
            target = response.headers.get("Location", "(no Location)")
            raise Unreachable(f"{self.host} redirects {call.path} to {target}: use that server's address")
        value = _json(body)
        if status >= 400:
            raise self._parse_error(status, value) or self._non_api_error(call, response)
        if value is None:
            raise _no_response_error(call, f"{self.host} answered {call.path} with invalid JSON")
        return value

    def _non_api_error(self, call: Call, response: httpx2.Response) -> PlatformError:
        """The error for a 4xx that is not in the API's own form."""
        status = response.status_code
        if status == 429:
            return RetryLater(
                self._clock() + _retry_after(response, self._clock), f"{self.host} is busy (429)"
            )
        if status == 408:
            return _no_response_error(call, "the request timed out at the server (408)")
        if status == 422 and call.idempotency_key is not None:
            return UnknownOutcome(f"{self.host} already received this request (422)")
        kind = ApiNotServed if status == 404 else Unreachable
        return kind(f"{call.method} {call.path} got {status} from something other than the server's API")


def _may_pass_later(error: Exception) -> bool:
    """Whether a retry may succeed."""
    return isinstance(error, Unreachable) and not isinstance(error, (ApiNotServed, ResponseTooLarge))


def _no_response_error(call: Call, detail: str) -> PlatformError:
    return UnknownOutcome(detail) if call.is_write else Unreachable(detail)


def _json(body: ResponseBody) -> Any:
    try:
        return body.parse()
    except ValueError:
        return None


def _retry_after(response: httpx2.Response, clock: Clock) -> timedelta:
    """Retry-After in seconds or as a date (RFC 9110, 10.2.3), limited to between 1 second and 1 hour."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        wait = timedelta(seconds=int(value[:9]))
    else:
        try:
            wait = parsedate_to_datetime(value) - clock()
        except (ValueError, TypeError):
            wait = _DEFAULT_RETRY_AFTER
    return max(timedelta(seconds=1), min(wait, timedelta(hours=1)))
